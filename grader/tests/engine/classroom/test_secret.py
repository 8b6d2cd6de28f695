"""The classroom's secret decides everybody's numbers in graded tests: one is made, once, and no failure replaces it."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade import files
from cnngrade.classroom.report_store import secret
from cnngrade.course import paths
from cnngrade.errors import Fault
from cnngrade.model import Course

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of Unix")


def test_it_is_made_once(bare_course: Course) -> None:
    """the first who asks makes it, for nobody else to read, and it stays"""
    made = secret(bare_course)
    assert len(made) == 32
    assert secret(bare_course) == made
    path = paths.secret_file(bare_course)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_many_at_once_get_the_same(bare_course: Course) -> None:
    """of those who start at once, each in a classroom that has none yet, nobody has a secret of its own"""
    begin, got = threading.Barrier(8), []

    def ask() -> None:
        begin.wait()
        got.append(secret(bare_course))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


def test_it_is_made_where_there_are_no_links(bare_course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """a file system without hard links holds one all the same, and it is not replaced either"""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    made = secret(bare_course)
    assert secret(bare_course) == made
    path = paths.secret_file(bare_course)
    files.write_once(path, "another\n")
    assert path.read_text() == f"{made}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"\n", b"abc\n", b"0" * 31, b"0" * 33, "0123456789abcdef0123456789abcdeé".encode()])
def test_a_damaged_one_is_said(bare_course: Course, content: bytes) -> None:
    """what is no secret is named and left alone: with an empty one, graded numbers would be those of the handout"""
    path = paths.secret_file(bare_course)
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Fault, match=r"secret .*\.secret (is damaged|cannot be read: it is not text)"):
        secret(bare_course)
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_said(bare_course: Course) -> None:
    """whatever else keeps it from being read is no reason to make another"""
    path = paths.secret_file(bare_course)
    path.mkdir(parents=True)
    with pytest.raises(Fault, match=r"cannot be read: Is a directory"):
        secret(bare_course)
    assert path.is_dir()


@pytest.fixture
def open_course(bare_course: Course) -> Iterator[Course]:
    """A course in a folder that other users may enter, which those of pytest's are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        course = replace(bare_course, root=Path(folder))
        paths.classroom(course).mkdir()
        yield course


@contextmanager
def another_user() -> Iterator[None]:
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become another user")
def test_another_users_is_not_replaced(open_course: Course) -> None:
    """a second teacher who may not read it is told whom to ask, even where the folder is open, and it stays as it is"""
    made = secret(open_course)
    paths.classroom(open_course).chmod(0o777)
    with another_user(), pytest.raises(Fault, match=r"\.secret belongs to root.* Ask root to share .*classroom with a group"):
        secret(open_course)
    assert secret(open_course) == made


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_of_another_user_is_said(open_course: Course) -> None:
    """a teacher who may not write into the classroom is told so, and gets no secret of their own"""
    with another_user(), pytest.raises(Fault, match=r"classroom belongs to root"):
        secret(open_course)
    assert list(paths.classroom(open_course).iterdir()) == []


def test_in_a_shared_classroom_it_is_the_groups(bare_course: Course) -> None:
    """where the classroom is for a group, as nbgrader's groupshared makes it, a second teacher grades with the same numbers"""
    classroom = paths.classroom(bare_course)
    classroom.mkdir()
    classroom.chmod(0o2770)
    secret(bare_course)
    assert stat.S_IMODE(paths.secret_file(bare_course).stat().st_mode) == 0o660
