"""A proof that is kept: a release rests on it as long as nothing has changed that it depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError
from cnngrade.jobs.kept_proof import kept_proof, proof_key
from cnngrade.jobs.release import release
from cnngrade.jobs.verify import verify
from cnngrade.model import Course
from support import tiny_course


def key_of(root: Path) -> str:
    course = load_course(root)
    return proof_key(course, course.unit("scaling"))


def test_a_release_does_not_repeat_the_proof(course: Course) -> None:
    """a release after `verify` takes no step of it, has the same cases and counts, and a change makes it prove again"""
    unit = course.units[0]
    (proof,) = verify(course, [unit], lambda unit, step: None)
    steps: list[str] = []
    done = release(course, unit, lambda _, step: steps.append(step))
    assert steps[0].startswith("proved on 2")
    assert steps[1:] == ["notebook"]
    assert done.proven.cases == tuple(proof.cases)
    assert (done.proven.known, done.proven.caught) == (2, 2)
    steps.clear()
    with paths.hints_file(course, unit.name).open("a") as hints:
        hints.write("# A note.\n")
    release(course, unit, lambda _, step: steps.append(step))
    assert "solution" in steps


@pytest.mark.slow
def test_what_is_not_sound_is_not_kept(course: Course) -> None:
    """an unsound unit is proved each time, and a sound proof from before does not hold for it"""
    unit = course.units[0]
    verify(course, [unit], lambda unit, step: None)
    assert kept_proof(course, unit) is not None
    solution = paths.solution_file(course, unit.name)
    right = solution.read_text(encoding="utf-8")
    solution.write_text(right.replace("3 * np", "4 * np"), encoding="utf-8")
    (proof,) = verify(course, [unit], lambda unit, step: None)
    assert not proof.sound
    assert kept_proof(course, unit) is None
    with pytest.raises(CourseError, match="is not sound, so it was not released"):
        release(course, unit, lambda unit, step: None)
    solution.write_text(right, encoding="utf-8")
    assert kept_proof(course, unit) is not None, "what was proved of these files still holds"


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"key": 1}', b"\xff\xfe", b"null"])
def test_a_damaged_proof_is_none(course: Course, damage: bytes) -> None:
    """a file that cannot be read, or holds something else, counts as no proof"""
    path = paths.proof_file(course, "scaling")
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert kept_proof(course, course.units[0]) is None
    text = f'{{"key": "{proof_key(course, course.units[0])}", "cases": [{{"id": 1}}]}}'
    path.write_text(text, encoding="utf-8")
    assert kept_proof(course, course.units[0]) is None


def test_everything_that_is_proved_is_in_the_key(tmp_path: Path) -> None:
    """each file of the unit, of the solutions, of the data and of what is shared; a file that comes or goes; the policy"""
    root = tiny_course.add_page(tiny_course.add_budget(tiny_course.make_course(tmp_path)))
    before = key_of(root)
    files = [path for path in root.rglob("*") if path.is_file() and path.name != "course.yml"]
    assert len(files) >= 13
    for path in files:
        text = path.read_bytes()
        path.write_bytes(text + b" ")
        assert key_of(root) != before, path
        path.write_bytes(text)
    for new in ("solutions/helper.py", "exercises/data/more.txt", "autograde_tests/conftest.py"):
        (root / new).write_text("", encoding="utf-8")
        assert key_of(root) != before, new
        (root / new).unlink()
    moved = root / "exercises" / "data" / "numbers.npz"
    moved.rename(moved.with_name("renamed.npz"))
    assert key_of(root) != before, "another name"
    moved.with_name("renamed.npz").rename(moved)
    book = root / "course.yml"
    text = book.read_text(encoding="utf-8")
    for old, new in (
        ("points: 7", "points: 8"),
        ("{double: 60}", "{double: 61}"),
        ("title: A tiny", "name: other\ntitle: A tiny"),
    ):
        assert old in text
        book.write_text(text.replace(old, new), encoding="utf-8")
        assert key_of(root) != before, new
    book.write_text(text, encoding="utf-8")
    assert key_of(root) == before


def test_what_proves_nothing_is_not_in_the_key(tmp_path: Path) -> None:
    """another unit's lesson and tests, the classroom, bytecode, dates and the price of a late day change nothing"""
    root = tiny_course.add_unit(tiny_course.make_course(tmp_path))
    before = key_of(root)
    for name in ("exercises/growing.py", "autograde_tests/public/test_growing.py", "autograde_tests/hints/growing.yml"):
        with (root / name).open("a", encoding="utf-8") as file:
            file.write("\n")
    (root / "classroom").mkdir()
    (root / "classroom" / "notes.txt").write_text("", encoding="utf-8")
    (root / "exercises" / "__pycache__").mkdir()
    (root / "exercises" / "__pycache__" / "scaling.cpython-311.pyc").write_bytes(b"x")
    book = root / "course.yml"
    text = book.read_text(encoding="utf-8").replace("due: 2026-03-01 12:00", "due: 2026-04-01").replace("0.25", "0.5")
    book.write_text(text, encoding="utf-8")
    assert key_of(root) == before
    with (root / "solutions" / "growing.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert key_of(root) != before, "solutions may use each other"
