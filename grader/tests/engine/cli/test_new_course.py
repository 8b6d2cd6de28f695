"""`cnngrade new --course`: a course from nothing, which is sound at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.jobs.verify import verify
from support.sweeps import sweep


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "Data structures (2026)"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def problems(root: Path) -> list[str]:
    """Return what makes the course unsound."""
    course = load_course(root)
    return [finding.text for proof in verify(course, course.units, lambda unit, step: None) for finding in proof.findings]


def names(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_a_course_is_sound_at_once(folder: Path) -> None:
    """one command in an empty folder, and `verify` finds nothing wrong; the known mistake is named for students"""
    done = run("new", "--course")
    assert done.exit_code == 0, done.output
    assert names(folder) == {
        "course.yml", ".gitignore", "exercises/basics.py", "solutions/basics.py", "solutions/basics.md",
        "autograde_tests/public/test_basics.py", "autograde_tests/hidden/test_basics.py", "autograde_tests/mistakes/basics.py",
        "autograde_tests/hints/basics.yml",
    }  # fmt: skip
    course = load_course(folder)
    assert (course.name, course.title) == ("data-structures-2026", "Data structures (2026)")
    (proof,) = verify(course, course.units, lambda unit, step: None)
    assert proof.findings == []
    assert [(caught.named, caught.named_by_handout) for caught in proof.mistakes] == [(True, True)]


@pytest.mark.parametrize(
    "title", ['A "quoted" one: yes', "# no comment", "Ünïts\\n of {braces}", "- a list", "yes", "2026", " ", "😀"]
)
def test_any_title_will_do(folder: Path, title: str) -> None:
    """whatever the title holds, course.yml can be read, and a unit with such a title can be added"""
    assert run("new", "--course", "first", "--title", title, "--points", "4.5").exit_code == 0
    done = run("new", "second", "--title", title)
    assert done.exit_code == 0, done.output
    course = load_course(folder)
    assert [unit.name for unit in course.units] == ["first", "second"]
    assert sum(unit.points for unit in course.units) == 14.5
    assert course.units[1].title == (" ".join(title.replace("\\", "/").replace('"', "'").split()) or "second")


def test_nothing_is_overwritten(folder: Path) -> None:
    """a course.yml, or a file of the unit's name, is left as it is, and nothing else is written"""
    (folder / "exercises").mkdir()
    (folder / "exercises" / "basics.py").write_text("mine", encoding="utf-8")
    done = run("new", "--course")
    assert done.exit_code == 2
    assert "exists already" in done.output
    assert names(folder) == {"exercises/basics.py"}
    assert run("new", "--course", "other").exit_code == 0
    before = (folder / "course.yml").read_text(encoding="utf-8")
    done = run("new", "--course", "third")
    assert done.exit_code == 2
    assert "cnngrade new UNIT" in done.output
    assert (folder / "course.yml").read_text(encoding="utf-8") == before
    (folder / ".gitignore").write_text("own\n", encoding="utf-8")
    (folder / "course.yml").unlink()
    assert run("new", "--course", "third").exit_code == 0
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "own\n"


@pytest.mark.parametrize("arguments", [("--course", "Bad-Name"), ("--course", "class"), ("--course", "--points", "2"), ()])
def test_what_cannot_be_is_said(folder: Path, arguments: tuple[str, ...]) -> None:
    """a name that cannot be a unit's, too few points, or no name at all: a usage error, and no file"""
    done = run("new", *arguments)
    assert done.exit_code == 2
    assert "Error" in done.output
    assert names(folder) == set()


@pytest.mark.parametrize(
    "units",
    sweep(
        ["units: []", "units: [ ]  # none yet", "units:\n  []\npolicy: {call_seconds: 5}", "points: 3\nunits: []"],
        ["units:\n  []\npolicy: {call_seconds: 5}"],
    ),
)
def test_the_first_unit_of_an_empty_course(folder: Path, units: str) -> None:
    """a course without units says what to do, and that works"""
    (folder / "course.yml").write_text(f"title: Mine\n{units}\n", encoding="utf-8")
    done = run("verify")
    assert done.exit_code == 3
    assert "the course has no unit yet" in done.output
    assert "cnngrade new NAME" in done.output
    done = run("new", "sums", "--points", "6")
    assert done.exit_code == 0, done.output
    assert problems(folder) == []


def test_a_listed_unit_gets_the_files_that_are_missing(folder: Path) -> None:
    """the error's own remedy works: stubs for all its functions, its points, nothing that is there is touched"""
    book = "title: Mine\nunits:\n  - {name: one, title: One, points: 7.5, prose: 2, functions: [a, b, c]}\n"
    book += "  - {name: two, title: Two, points: 3, functions: [d]}\n"
    (folder / "course.yml").write_text(book, encoding="utf-8")
    done = run("verify")
    assert done.exit_code == 3
    for unit in ("one", "two"):
        assert f"cnngrade new {unit}" in done.output
        assert run("new", unit).exit_code == 0
    assert (folder / "course.yml").read_text(encoding="utf-8") == book
    assert problems(folder) == []
    (folder / "autograde_tests" / "hidden" / "test_one.py").unlink()
    solution = folder / "solutions" / "one.py"
    solution.write_text(solution.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    assert run("new", "one").exit_code == 0
    assert solution.read_text(encoding="utf-8").endswith("# mine\n")
    assert problems(folder) == []
    done = run("new", "one")
    assert done.exit_code == 2
    assert "with all its files" in done.output


def test_a_unit_of_classes_is_sound_at_once(folder: Path) -> None:
    """a name with a capital letter gets a class, with tests of its methods and a known mistake that is named"""
    assert run("new", "--course", "first", "--points", "4").exit_code == 0
    book = folder / "course.yml"
    entry = "  - {name: second, title: Second, points: 8, functions: [Purse, Account, spent]}\n"
    book.write_text(book.read_text(encoding="utf-8").replace("points: 4\n\n", "points: 12\n\n") + entry, encoding="utf-8")
    done = run("new", "second")
    assert done.exit_code == 0, done.output
    lesson = (folder / "exercises" / "second.py").read_text(encoding="utf-8")
    assert all(stub in lesson for stub in ("class Purse:", "class Account:", "def spent(x):"))
    course = load_course(folder)
    (proof,) = verify(course, course.units[1:], lambda unit, step: None)
    assert proof.findings == []
    assert [(caught.named, caught.named_by_handout) for caught in proof.mistakes] == [(True, True)] * 3
