"""Where a course is, said to somebody who looks for it in the wrong folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cnngrade.course.load import find_course
from cnngrade.course.nearby import where_else
from cnngrade.errors import CourseError

NOTHING = "Change into the course's folder first: the one that you were given, or that came out of its zip."


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "course.yml").write_text("title: A course\n")
    return folder


@pytest.mark.parametrize(
    ("course", "start", "says"),
    [
        ("here/course", "here", "cd course"),
        ("here/downloads/course", "here", f"cd {Path('downloads/course')}"),
        ("here/course", "here/empty", f"cd {Path('../course')}"),
        ("here/my course", "here", 'cd "my course"'),
        ("here/a/b/course", "here", NOTHING),
        ("here/.course", "here", NOTHING),
    ],
)
def test_in_which_folder_it_is(tmp_path: Path, course: str, start: str, says: str) -> None:
    """in this one or in those in it, or beside it; a hidden one is nobody's, and what is farther away is not looked for"""
    put(tmp_path / course)
    (tmp_path / start).mkdir(exist_ok=True)
    assert where_else(tmp_path / start).endswith(says)


def test_several_are_named(tmp_path: Path) -> None:
    """in order, and three at most"""
    for name in "dbca":
        put(tmp_path / "here" / name)
    assert where_else(tmp_path / "here") == "Units are in another folder: cd a; or cd b; or cd c"


def test_a_zip_that_is_not_unpacked(tmp_path: Path) -> None:
    """a zip with a course in its only folder is named; any other, and what is no zip, is passed over"""
    here = tmp_path / "here"
    here.mkdir()
    (here / "broken.zip").write_text("no zip")
    (here / "folder.zip").mkdir()
    with zipfile.ZipFile(here / "deep.zip", "w") as archive:
        archive.writestr("a/b/course.yml", "")
    assert where_else(here) == NOTHING
    with zipfile.ZipFile(here / "see.ZIP", "w") as archive:
        archive.writestr("see/course.yml", "")
    assert where_else(here) == "see.ZIP holds a course: unpack it, and change into the folder that comes out."


def test_folders_that_cannot_be_read(tmp_path: Path) -> None:
    """a folder that nobody may look into, and one that is gone, stop nothing"""
    here = tmp_path / "here"
    closed = put(here / "closed")
    closed.chmod(0)
    (here / "dangling").symlink_to(here / "nowhere")
    try:
        assert where_else(here).startswith(("Change into", "Units are in another folder: cd closed"))
    finally:
        closed.chmod(0o700)
    assert where_else(tmp_path / "gone" / "too") == NOTHING


def test_the_error_says_so(tmp_path: Path) -> None:
    """the error of a folder without a course ends with it"""
    put(tmp_path / "here" / "course")
    with pytest.raises(CourseError, match=r"There is no course\.yml in .*here or in a folder above it\. .* cd course$"):
        find_course(tmp_path / "here")
