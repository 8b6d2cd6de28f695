"""What else is in a graded folder: the files that nbgrader's release_feedback reads, whatever was handed in, and the data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from nbgrader.utils import notebook_hash

from cnngrade.classroom.report_store import secret
from cnngrade.gradebook.graded_folder import link_data, read_by_release_feedback
from cnngrade.model import Course

SECRET, TIMESTAMP = "submission_secret.txt", "timestamp.txt"
OF_NBGRADER = b"0123456789abcdef" * 8


def read(course: Course, student: str, folder: Path) -> dict[str, str]:
    """Read the files as nbgrader does, which stops where it cannot."""
    made = read_by_release_feedback(course, course.units[0], student, folder)
    return {name: content.decode("utf-8") for name, content in made.items()}


@pytest.mark.parametrize("content", [OF_NBGRADER, OF_NBGRADER + b"\n", b"own-hub:7f3a/=+"])
def test_a_submission_keeps_its_secret(bare_course: Course, tmp_path: Path, content: bytes) -> None:
    """what nbgrader or another exchange wrote is what the student's own copy holds, and is not changed"""
    (tmp_path / SECRET).write_bytes(content)
    (tmp_path / TIMESTAMP).write_text("2026-03-01 12:00:00.000000 UTC")
    assert read(bare_course, "ada", tmp_path) == {SECRET: content.decode(), TIMESTAMP: "2026-03-01 12:00:00.000000 UTC"}


@pytest.mark.parametrize(
    "content", [None, b"", b"\n\n", b"\xff\xfe\x00", "Zürich".encode(), b"two words", b"x" * 2000, b"x" * 100_000]
)
def test_what_is_no_secret_is_replaced(bare_course: Course, tmp_path: Path, content: bytes | None) -> None:
    """release_feedback goes on to the others: there is a secret, always the same, which no other student has"""
    if content is not None:
        (tmp_path / SECRET).write_bytes(content)
    made = read(bare_course, "ada", tmp_path)
    assert made[TIMESTAMP] == ""
    assert notebook_hash(secret=made[SECRET], notebook_id="convolution")
    assert made == read(bare_course, "ada", tmp_path)
    assert made[SECRET] != read(bare_course, "ben", tmp_path)[SECRET]
    assert secret(bare_course) not in made[SECRET]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_what_is_no_file_is_replaced(bare_course: Course, tmp_path: Path) -> None:
    """a link, which might lead to what is not the student's, and a folder are no secret and no time"""
    hidden = tmp_path / "hidden"
    hidden.write_bytes(OF_NBGRADER)
    linked, folders = tmp_path / "linked", tmp_path / "folders"
    for name in (SECRET, TIMESTAMP):
        linked.mkdir(exist_ok=True)
        (linked / name).symlink_to(hidden)
        (folders / name).mkdir(parents=True)
    assert read(bare_course, "ada", linked) == read(bare_course, "ada", folders) == read(bare_course, "ada", tmp_path / "none")


@pytest.mark.skipif(sys.platform == "win32", reason="instructors are on Linux or macOS")
@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_data_is_beside_a_graded_notebook(tmp_path: Path, is_elsewhere: bool) -> None:
    """the link leads to the release from where the folder really is, and the classroom can be moved with it"""
    room, graded = tmp_path / "room", tmp_path / "room" / "autograded" / "ada" / "scaling"
    (room / "release" / "scaling" / "data").mkdir(parents=True)
    (room / "release" / "scaling" / "data" / "dot.png").write_text("dot")
    if is_elsewhere:
        (tmp_path / "large" / "disk").mkdir(parents=True)
        (room / "autograded").symlink_to(tmp_path / "large" / "disk")
    draft = graded.with_name(".draft")
    draft.mkdir(parents=True)
    link_data(draft, graded, room / "release" / "scaling")
    draft.rename(graded)
    assert (graded / "data" / "dot.png").read_text() == "dot"
    if not is_elsewhere:
        room.rename(tmp_path / "moved")
        assert (tmp_path / "moved" / "autograded" / "ada" / "scaling" / "data" / "dot.png").read_text() == "dot"


def test_a_lesson_without_data_has_no_link(tmp_path: Path) -> None:
    """nothing is laid in where nothing was handed out"""
    for name in ("draft", "release"):
        (tmp_path / name).mkdir()
    link_data(tmp_path / "draft", tmp_path / "graded", tmp_path / "release")
    assert list((tmp_path / "draft").iterdir()) == []
