"""Names that a stranger chose, of students, folders and files, move no terminal and forge no line, whatever prints them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cnngrade.cli import console
from cnngrade.course.paths import TIMESTAMP
from cnngrade.model import Course
from cnngrade.safe_text import visible, visible_name
from support import tiny_course
from support.places import GRADER

RIGHT = tiny_course.script(**tiny_course.RIGHT).encode()
HOSTILE = [
    b"\x1b]0;title\x07\x1b[31mred", b"x\x1b[2K\x1b[1Fevil", b"eve\n[9 of 9] mallory: 3 of 3 points", b"eve\rmallory",
    b"e\x7fve", "e\u202eve".encode(), "e\u2066v\u2069e".encode(), "e\u2028ve".encode(), "\u009b2Jeve".encode(),
    "e\u200bve".encode(), b"ev\xff\xfe", b"e\tve", "e\u00a0ve".encode(), b"e\x08\x08\x08ve",
]  # fmt: skip


def run(*arguments: str, folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "cnngrade", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(GRADER), "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )
    # Not what would be shown but what is written: a half of a surrogate pair is no text at all.
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def assert_harmless(*outputs: str) -> None:
    for output in outputs:
        assert all(line.isprintable() for line in output.split("\n")), ascii(output)
        assert not any(line.startswith(("[9 of 9]", "mallory")) for line in output.split("\n")), output


def make_folders(parent: Path, *inside: str) -> None:
    """Make a folder of each name, with a right submission in it."""
    parent.mkdir(parents=True, exist_ok=True)
    made = 0
    for name in HOSTILE:
        place = os.path.join(os.fsencode(parent), name, *map(os.fsencode, inside))  # noqa: PTH118 - a Path holds no such bytes
        try:
            os.makedirs(place)  # noqa: PTH103
        except OSError:
            continue
        made += 1
        with open(os.path.join(place, b"scaling.py"), "wb") as file:  # noqa: PTH118, PTH123
            file.write(RIGHT)
    if not made:
        pytest.skip("this file system takes no such names")


def test_collecting_a_folder(course: Course, tmp_path: Path) -> None:
    """collect names folders and files that strangers named, each on one line"""
    make_folders(tmp_path / "handed-in")
    make_folders(tmp_path / "handed-in" / "eve")
    status, out, errors = run("collect", "scaling", "--from", str(tmp_path / "handed-in"), folder=course.root)
    assert_harmless(out, errors)
    assert (status, errors) == (1, "")
    assert r"\x1b]0;title\x07\x1b[31mred" in out
    assert r"eve\n[9 of 9] mallory" in out


def test_collecting_an_archive(course: Course, tmp_path: Path) -> None:
    """collect names the entries of an archive"""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in HOSTILE:
            text = name.decode("utf-8", "replace")
            for form in ("{}/scaling.py", "{}.py", "eve/{}.py", "{}"):
                archive.writestr(zipfile.ZipInfo(form.format(text)), RIGHT)
    status, out, errors = run("collect", "scaling", "--from", str(tmp_path / "all.zip"), folder=course.root)
    assert_harmless(out, errors)
    assert (status, errors) == (1, "")
    assert r"\x1b[2K\x1b[1Fevil" in out


def test_an_archive_that_is_none(course: Course, tmp_path: Path) -> None:
    """an error repeats no raw name, neither of the file nor of what is in it"""
    path = tmp_path / "a\x1b[31m.zip"
    path.write_bytes(b"PK\x03\x04\x1b[31m")
    status, out, errors = run("collect", "scaling", "--from", str(path), folder=course.root)
    assert_harmless(out, errors)
    assert (status, r"a\x1b[31m.zip is not a zip archive" in errors) == (2, True)


def test_grading_students_of_such_names(course: Course) -> None:
    """progress and reports name students whom nbgrader's exchange may have brought; JSON stays JSON"""
    make_folders(course.root / "classroom" / "submitted", "scaling")
    status, out, errors = run("grade", "scaling", "--no-gradebook", "--sandbox", "none", "--jobs", "1", folder=course.root)
    assert_harmless(out, errors)
    assert status == 0, errors
    assert r"eve\n[9 of 9] mallory: 3 of 3 points: 5 of 5 points" in errors
    status, out, errors = run("grade", "scaling", "--no-gradebook", "--sandbox", "none", "--json", folder=course.root)
    assert_harmless(out, errors)
    students = {report["submission"]["student"] for report in json.loads(out)}
    assert students == {path.name for path in (course.root / "classroom" / "submitted").iterdir()}


@pytest.mark.slow
def test_entering_students_of_such_names(course: Course) -> None:
    """what keeps somebody from the gradebook, and feedback, name students and paths on one line"""
    assert run("release", "scaling", folder=course.root)[0] == 0
    make_folders(course.root / "classroom" / "submitted", "scaling")
    for name in HOSTILE:
        folder = Path(os.fsdecode(os.path.join(os.fsencode(course.root), b"classroom/submitted", name, b"scaling")))  # noqa: PTH118
        if folder.is_dir():
            (folder / TIMESTAMP).write_text("yesterday\x1b[2J")
    _, out, errors = run("grade", "scaling", "--sandbox", "none", "--jobs", "1", folder=course.root)
    assert_harmless(out, errors)
    assert r"\x1b]0;title\x07\x1b[31mred is not in the gradebook: " in errors
    asked = ["--student", "e\x1bve\n[9 of 9] mallory", "--student", "\u202eeve"]
    for command in ("grade", "feedback"):
        status, out, errors = run(command, "scaling", *asked, folder=course.root)
        assert_harmless(out, errors)
        assert (status in (2, 4), r"e\x1bve\n[9 of 9] mallory" in errors) == (True, True), errors


@pytest.mark.parametrize("character", [*map(chr, range(0x20)), "\x7f", "\x80", "\x9b", "\xad", "\u200e", "\u202e", "\ud83d"])
def test_json_stays_json(capsys: pytest.CaptureFixture[str], character: str) -> None:
    """whatever a text holds, the document is valid, says the same, and has only characters that can be seen"""
    document = {"a" + character: [character, f"x{character}y"]}
    console.say_json(document)
    printed = capsys.readouterr().out
    assert all(line.isprintable() for line in printed.split("\n"))
    assert json.load(io.StringIO(printed)) == document


def test_what_is_printed_is_visible(capsys: pytest.CaptureFixture[str]) -> None:
    """both ways to print show escapes, and keep lines"""
    console.say("a\x1b[1mb\nc")
    console.note("a\u202eb\nc")
    assert capsys.readouterr() == ("a\\x1b[1mb\nc\n", "a\\u202eb\nc\n")


def test_a_name_loses_nothing() -> None:
    """two names are never shown alike for a line end; ordinary names stay as they are"""
    assert visible_name("a\nb") == r"a\nb"
    assert visible_name("Jos\u00e9  N\u00fa\u00f1ez") == "Jos\u00e9  N\u00fa\u00f1ez"
    assert visible("a\nb\r\nc\td") == "a\nb\nc   d"
