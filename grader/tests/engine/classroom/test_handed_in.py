"""Who handed in: asked for by collecting, grading, extending and the shell's completion."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnngrade.classroom.handed_in import who_handed_in
from cnngrade.course import paths
from cnngrade.errors import Fault
from cnngrade.model import Course


def test_who_has_a_folder(bare_course: Course, tmp_path: Path) -> None:
    """whoever has a folder, or a link to one; neither a file nor what is hidden; nobody where nothing was handed in"""
    assert who_handed_in(bare_course) == []
    submitted = paths.submitted(bare_course)
    for name in ("ada", "ben", ".ipynb_checkpoints"):
        (submitted / name).mkdir(parents=True)
    (submitted / "notes.txt").touch()
    (submitted / "linked").symlink_to(tmp_path)
    (submitted / "gone").symlink_to(tmp_path / "nowhere")
    assert sorted(who_handed_in(bare_course)) == ["ada", "ben", "linked"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "Permission denied"), "What was handed in cannot be read: "),
        (OSError(5, "Input/output error"), "Input"),
    ],
)
def test_a_folder_that_cannot_be_read(bare_course: Course, monkeypatch: pytest.MonkeyPatch, error: OSError, told: str) -> None:
    """it is named, with what to do"""
    paths.submitted(bare_course).mkdir(parents=True)

    def refuse(_: object) -> object:
        raise error

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(Fault, match=told):
        who_handed_in(bare_course)
