"""Hints: the next of three for what failed first, remembered beside the work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cnngrade.course.hints import load_hints
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, UsageError
from cnngrade.jobs.hint import MEMORY, hint_as_text, next_hint
from cnngrade.jobs.targets import Target, targets
from cnngrade.jobs.verify import verify
from support import tiny_course
from support.places import GRADER

TEXTS = yaml.safe_load(tiny_course.HINTS)


def work(root: Path, **functions: str) -> Target:
    tiny_course.make_course(root)
    (root / "exercises" / "scaling.py").write_text(tiny_course.script(**functions), encoding="utf-8")
    return targets((), root)[0]


def test_hints_go_from_the_unit_to_its_first_function(tmp_path):
    """a student who has written nothing is told how to begin, then how to go on with the first stub, and the last hint stays"""
    target = work(tmp_path)
    given = [next_hint(target) for _ in range(7)]
    assert [hint.text for hint in given] == [*TEXTS["unit"], *TEXTS["functions"]["double"], TEXTS["functions"]["double"][2]]
    assert [hint.number for hint in given] == [1, 2, 3, 1, 2, 3, 3]
    assert [hint.repeated for hint in given] == [False] * 6 + [True]


def test_a_hint_is_about_what_failed(tmp_path):
    """with the first function right, the hint is about the second, and names the mistake where it is known"""
    hint = next_hint(work(tmp_path, double=tiny_course.RIGHT["double"], triple="def triple(x):\n    return 2 * np.asarray(x)"))
    assert hint.text == TEXTS["functions"]["triple"][0]
    assert hint.because == "every number of a row is tripled: wrong"
    assert hint.mistake == "The numbers are doubled, and once more is needed."


def test_a_function_may_be_named(tmp_path):
    """a hint on a function is about it, whatever else failed before"""
    assert next_hint(work(tmp_path), "triple").text == TEXTS["functions"]["triple"][0]
    with pytest.raises(UsageError, match="double, triple"):
        next_hint(work(tmp_path), "quadruple")


def test_nothing_failed(tmp_path):
    """right work gets no hint, and nothing is written"""
    target = work(tmp_path, **tiny_course.RIGHT)
    assert next_hint(target) is None
    assert not (target.path.parent / MEMORY).exists()


@pytest.mark.parametrize("damage", ["", "[1]", '{"scaling": "x"}', '{"scaling": -4}', '{"scaling": 99}'])
def test_a_damaged_memory_costs_nothing(tmp_path, damage):
    """whatever the file of given hints holds, a hint is given"""
    target = work(tmp_path)
    (target.path.parent / MEMORY).write_text(damage, encoding="utf-8")
    assert next_hint(target).text in (TEXTS["unit"][0], TEXTS["functions"]["double"][0])


def test_text_repeats_what_was_given(tmp_path):
    """--again shows the hints before this one, numbered"""
    target = work(tmp_path)
    next_hint(target)
    text = hint_as_text(next_hint(target), again=True)
    assert "1. Begin with double" in text
    assert "2. Write the numbers" in text
    assert "1. Begin" not in hint_as_text(next_hint(target), again=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("unit"), "unit: there must be 3 hints"),
        (lambda data: data["functions"].pop("triple"), "no hints for triple"),
        (lambda data: data["functions"]["double"].pop(), "functions, double: there must be 3 hints"),
        (lambda data: data["functions"].update(third=["a", "b", "c"]), "hints for third"),
        (lambda data: data.update(budgets={"double": ["a", "b", "c"]}), "hints for double, which"),
        (lambda data: data.update(extra=1), '"extra" is not one of'),
    ],
)
def test_incomplete_hints_make_a_unit_unsound(tmp_path, change, said):
    """a hint that is missing or belongs to nothing is named by verify"""
    course = load_course(tiny_course.make_course(tmp_path))
    data = yaml.safe_load(tiny_course.HINTS)
    change(data)
    (tmp_path / "autograde_tests" / "hints" / "scaling.yml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        load_hints(course, course.units[0])
    (proof,) = verify(course, course.units, lambda unit, step: None)
    assert [finding.step for finding in proof.findings] == ["extras"]


def test_the_command(tmp_path):
    """the command gives one hint after the other, and remembers them in one file"""
    folder = tiny_course.make_course(tmp_path)
    command = [sys.executable, "-m", "cnngrade", "hint", "scaling"]
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    before = set(folder.rglob("*"))
    said = [
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout
        for _ in range(2)
    ]
    assert TEXTS["unit"][0] in " ".join(said[0].split())
    assert TEXTS["unit"][1] in " ".join(said[1].split())
    new = {path.name for path in set(folder.rglob("*")) - before if path.is_file() and "__pycache__" not in str(path)}
    assert new == {MEMORY}
    assert json.loads((folder / "exercises" / MEMORY).read_text()) == {"scaling": 2}


BUDGET = '''

@points(1)
def test_triple_within_its_budget(budget):
    """a thousand numbers are tripled within the budget"""
    budget("triple", lambda rng: (rng.normal(size=1000),))
'''


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        ("[3 * float(number) for number in x for _ in range(30)][::30]", 10),
        ("x * (3 if len(x) < 9 else sum(1 for _ in iter(int, 1)))", 1),
    ],
)
def test_what_is_right_and_slow_gets_a_hint_about_time(tmp_path, code, seconds):
    """a function that is only too slow, or that runs over its time where time is measured, gets the hints of its budget"""
    tiny_course.make_course(tmp_path)
    book, tests = tmp_path / "course.yml", tmp_path / "autograde_tests" / "public" / "test_scaling.py"
    text = book.read_text().replace("points: 6", "points: 7").replace("    due:", "    budgets: {triple: 2}\n    due:")
    book.write_text(text.replace("policy:", f"policy:\n  call_seconds: {seconds}"))
    tests.write_text(tests.read_text() + BUDGET)
    hints = tiny_course.HINTS + "budgets:\n  triple: [Count the loops., Count again., No loop at all.]\n"
    (tmp_path / "autograde_tests" / "hints" / "scaling.yml").write_text(hints)
    slow = f"def triple(x):\n    return np.array({code})"
    (tmp_path / "exercises" / "scaling.py").write_text(tiny_course.script(double=tiny_course.RIGHT["double"], triple=slow))
    hint = next_hint(targets((), tmp_path)[0])
    assert hint.about == "triple, within its time budget"
    assert hint.text == "Count the loops."
