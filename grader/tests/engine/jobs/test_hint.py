"""Hints: the next of three for what failed first, remembered beside the work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from cnngrade.course.hints import load_hints
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, UsageError
from cnngrade.jobs.hint import MEMORY, hint_as_text, next_hint
from cnngrade.jobs.release import write_handout
from cnngrade.jobs.targets import Target, targets
from cnngrade.jobs.verify import verify
from cnngrade.judge.progress import Phase
from support import tiny_course
from support.places import GRADER
from support.sweeps import sweep

TEXTS = yaml.safe_load(tiny_course.HINTS)


TRIPLED_ONCE = """\
    x = rng.normal(size=5)
    assert_close(student.triple(x), reference.triple(x))
"""
TRIPLED_TWICE = """\
    rows = [rng.normal(size=size) for size in (5, 3)]
    for row, tripled in [(row, student.triple(row)) for row in rows]:
        assert_close(tripled, reference.triple(row))
"""


def course_with_names(root: Path) -> Path:
    """Write the tiny course, in which `triple` is asked of two shapes: a mistake of one alone has no name."""
    tests = tiny_course.make_course(root) / "autograde_tests" / "public" / "test_scaling.py"
    assert TRIPLED_ONCE in tiny_course.PUBLIC_TESTS
    tests.write_text(tiny_course.PUBLIC_TESTS.replace(TRIPLED_ONCE, TRIPLED_TWICE), encoding="utf-8")
    return root


def work(root: Path, **functions: str) -> Target:
    course_with_names(root)
    (root / "exercises" / "scaling.py").write_text(tiny_course.script(**functions), encoding="utf-8")
    return targets((), root)[0]


def asked(target: Target, given: dict[str, int] | None) -> tuple[str, int, bool]:
    """Return the next hint, its number and whether it was given before, after so many of each series (None: as it is)."""
    if given is not None:
        (target.path.parent / MEMORY).write_text(json.dumps(given), encoding="utf-8")
    hint = next_hint(target)
    return hint.text, hint.number, hint.repeated


def test_hints_go_from_the_unit_to_its_first_function(tmp_path):
    """a student who has written nothing is told how to begin, then how to go on with the first stub, and the last hint stays"""
    target = work(tmp_path)
    assert asked(target, {}) == (TEXTS["unit"][0], 1, False)
    assert asked(target, {"scaling": 2}) == (TEXTS["unit"][2], 3, False)
    assert asked(target, None) == (TEXTS["functions"]["double"][0], 1, False)
    assert asked(target, {"scaling": 3, "scaling/double": 2}) == (TEXTS["functions"]["double"][2], 3, False)
    assert asked(target, None) == (TEXTS["functions"]["double"][2], 3, True)


def test_a_hint_is_about_what_failed(tmp_path):
    """with the first function right, the hint is about the second, and names the mistake where it is known"""
    hint = next_hint(work(tmp_path, double=tiny_course.RIGHT["double"], triple="def triple(x):\n    return 2 * np.asarray(x)"))
    assert hint.text == TEXTS["functions"]["triple"][0]
    assert hint.because == "every number of a row is tripled: wrong"
    assert hint.mistake == "The numbers are doubled, and once more is needed."


def test_a_hint_tells_what_it_looks_at(tmp_path):
    """whoever waits while the line of a mistake is looked for is told in which function, and nobody where nothing is wrong"""
    told = []
    next_hint(
        work(tmp_path, double=tiny_course.RIGHT["double"], triple="def triple(x):\n    return np.asarray(x) + 3"),
        tell=told.append,
    )
    assert [step.function for step in told if step.phase is Phase.LINES] == ["triple"]
    told.clear()
    next_hint(work(tmp_path / "right", **tiny_course.RIGHT), tell=told.append)
    assert {step.phase for step in told} == {Phase.REFERENCE, Phase.CASES}


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
        (lambda data: data.update(extra=1), '"extra" is not one of "unit", "functions", "budgets", "mistakes", "cases"'),
        (lambda data: data.update(mistakes={"m": []}), "mistakes, m: there must be one to 3 hints, each a string"),
        (lambda data: data.update(mistakes={"m": list("abcd")}), "mistakes, m: there must be one to 3 hints"),
        (lambda data: data.update(mistakes={"m": "a"}), "mistakes, m: there must be one to 3 hints"),
        (lambda data: data.update(cases={"c": [1]}), "cases, c: there must be one to 3 hints"),
        (lambda data: data.update(cases=["a"]), '"cases" must map names of cases to their hints'),
        (lambda data: data.update(cases={1: ["a"]}), '"cases" must map names of cases to their hints'),
    ],
)
def test_incomplete_hints_are_refused(tmp_path, change, said):
    """a hint that is missing, is no text or belongs to nothing is named"""
    course = load_course(tiny_course.make_course(tmp_path))
    data = yaml.safe_load(tiny_course.HINTS)
    change(data)
    (tmp_path / "autograde_tests" / "hints" / "scaling.yml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CourseError, match=f"scaling.yml: .*{said}"):
        load_hints(course, course.units[0])


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


def as_notebook(root: Path, *cells: str, playground: str = "") -> Target:
    """Hand in these cells as the unit's notebook, with the stubs that they do not hold."""
    tiny_course.make_course(root)
    made = [nbformat.v4.new_code_cell(source) for source in ("import numpy as np", *cells)]
    if playground:
        made.append(nbformat.v4.new_code_cell(playground, metadata={"tags": ["playground"]}))
    nbformat.write(nbformat.v4.new_notebook(cells=made), root / "exercises" / "scaling.ipynb")
    return targets((str(root / "exercises" / "scaling.ipynb"),), root)[0]


RIGHT, STUBS = tiny_course.RIGHT, tiny_course.STUBS
NOT_RUN = {
    "a name that is not there": (
        ["print(first)\n" + RIGHT["double"], STUBS["triple"]],
        "double",
        ["NameError", "cell 2, line 1"],
    ),
    "not valid Python": (["def double(x)\n    return 2 * x", STUBS["triple"]], "double", ["SyntaxError", "cell 2, line 1"]),
    "an exception": (["1 / 0\n" + RIGHT["double"], STUBS["triple"]], "double", ["ZeroDivisionError", "cell 2, line 1"]),
    "the second function": ([STUBS["double"], "1 / 0\n" + RIGHT["triple"]], "triple", ["ZeroDivisionError", "cell 3, line 1"]),
    "deleted": ([STUBS["triple"]], "double", ["double is not defined"]),
    "overwritten": ([RIGHT["double"], "double = double(3)", STUBS["triple"]], "double", ["double"]),
    "a package that is not there": (
        ["import nowhere\n" + RIGHT["double"].replace("np.", "nowhere."), STUBS["triple"]],
        "double",
        ["ModuleNotFoundError", "line 1"],
    ),
    "a helper in a cell that failed": (
        ["def two(): return 2 +\n", "def double(x):\n    return two() * np.asarray(x)", STUBS["triple"]],
        "double",
        ["SyntaxError", "cell 2, line 1", "name 'two' is not defined"],
    ),
    "the end of the process": (["import os\nos._exit(3)", RIGHT["double"]], "double", ["ended the whole process"]),
}


@pytest.mark.parametrize(
    ("cells", "about", "said"),
    sweep(
        NOT_RUN.values(),
        {"not valid Python", "overwritten", "a helper in a cell that failed", "the end of the process"},
        [*NOT_RUN],
    ),
)
def test_what_did_not_run_is_said_before_any_hint(tmp_path, cells, about, said):
    """where a function is not there, or its cell failed, the cause comes first, each time, and no hint is used up"""
    target = as_notebook(tmp_path, *cells)
    first = next_hint(target)
    assert (first.number, first.about) == (0, about)
    assert all(part in first.because for part in said), first.because
    text = hint_as_text(first, again=True)
    assert text.startswith(f"{about}   (before any hint)\n  ")
    assert f"Fix this first. Hints on {about} come once it runs." in text
    assert all(part in " ".join(text.split()) for part in said)
    assert next_hint(target, about) == first
    assert not (target.path.parent / MEMORY).exists()


def test_a_definition_in_a_playground_is_no_stub(tmp_path):
    """a function that is defined where nothing is judged is not there, and its first hint would be beside the point"""
    for name, cells in {"deleted": [STUBS["triple"]], "untouched": [STUBS["double"], STUBS["triple"]]}.items():
        hint = next_hint(as_notebook(tmp_path / name, *cells, playground=RIGHT["double"]))
        assert (hint.number, hint.about) == (0, "double")
        assert "There is a double in" in hint.because


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_file_that_cannot_be_read_is_said_before_any_hint(tmp_path, text):
    """the reason why nothing could be judged stands where a hint would"""
    target = as_notebook(tmp_path)
    target.path.write_text(text)
    hint = next_hint(target)
    assert hint.number == 0
    assert hint.because.startswith("scaling.ipynb")


def test_a_deleted_stub_is_no_cause_of_what_was_attempted(tmp_path):
    """where one function is not there and another one is wrong, the hint is about the one that was tried"""
    hint = next_hint(as_notebook(tmp_path, RIGHT["triple"].replace("3 *", "7 +")))
    assert (hint.about, hint.number) == ("triple", 1)


@pytest.mark.parametrize(
    "cells",
    [
        [RIGHT["double"].replace("2 *", "3 *"), "1 / 0", STUBS["triple"]],
        [RIGHT["double"].replace("2 *", "3 *"), "plot(double(3)", STUBS["triple"]],
        ["def double(x):\n    raise NotImplementedError", STUBS["triple"], "1 / 0"],
        ["def double(x):\n    raise NotImplementedError('I have ' 'no idea')", RIGHT["triple"]],
        ["def double(x):\n    raise NotImplementedError(f'{1} thing is missing')", RIGHT["triple"]],
        ["%matplotlib inline\n" + STUBS["double"], RIGHT["triple"]],
        ["def double(x):\n    return x[7, 7, 7]", "1 / 0", STUBS["triple"]],
    ],
)
def test_what_ran_gets_its_hint(tmp_path, cells):
    """a cell that fails elsewhere, and a function that says in its own words that it is not written, bring the usual hints"""
    hint = next_hint(as_notebook(tmp_path, *cells), "double")
    assert (hint.about, hint.number, hint.text) == ("double", 1, TEXTS["functions"]["double"][0])


def test_the_choice_between_two_files_is_no_failure(tmp_path):
    """what the report says about script and notebook does not stand in the way of a hint"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    folder = tmp_path / "work"
    write_handout(course, course.units[0], folder)
    wrong = [code.replace("np.asarray", "7 + np.asarray") for code in RIGHT.values()]
    cells = [nbformat.v4.new_code_cell(source) for source in ("import numpy as np", *wrong)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "scaling.ipynb")
    (folder / "scaling.py").write_text("import numpy as np\n" + "\n\n".join(wrong))
    target = targets((), folder)[0]
    assert "hold work" in target.note
    assert next_hint(target).text == TEXTS["functions"]["double"][0]


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


DOUBLED_ONCE = "def triple(x):\n    return 2 * np.asarray(x)"
KEYED = """\
mistakes:
  triple_double: ["What is once more?", Count to three.]
cases:
  test_double_of_a_row: [Look at the whole row.]
  every number of a row is tripled: ["How many rows are there?"]
"""


def keyed_course(root: Path) -> Path:
    course_with_names(root)
    (root / "autograde_tests" / "hints" / "scaling.yml").write_text(tiny_course.HINTS + KEYED, encoding="utf-8")
    return root


@pytest.mark.parametrize("in_handout", [True, False])
def test_hints_about_mistake_and_case_come_first(tmp_path, in_handout):
    """what is said about the mistake comes first, then what is said about the case, then the hints of the function"""
    folder = keyed_course(tmp_path / "course")
    if in_handout:
        course = load_course(folder)
        folder = tmp_path / "work"
        write_handout(course, course.units[0], folder)
    file = folder / "scaling.py" if in_handout else folder / "exercises" / "scaling.py"
    file.write_text(tiny_course.script(double=RIGHT["double"], triple=DOUBLED_ONCE), encoding="utf-8")
    target = targets((str(file),), folder)[0]
    first = next_hint(target)
    assert (first.text, first.number, first.of, first.more) == ("What is once more?", 1, 2, True)
    text = hint_as_text(next_hint(target), again=True)
    assert "triple   (hint 2 of 2)" in text
    assert "1. What is once more?" in text
    assert "2. Count to three." in text
    assert text.endswith("Try it before you ask for the next one.")
    assert asked(target, None) == ("How many rows are there?", 1, False)
    assert asked(target, None) == (TEXTS["functions"]["triple"][0], 1, False)


@pytest.mark.parametrize(
    ("double", "expected"),
    [
        ("def double(x):\n    return 2 * np.asarray(x) if len(x) < 2 else x[:, 0]", "Look at the whole row."),
        ("def double(x):\n    return 7 * np.asarray(x)", TEXTS["functions"]["double"][0]),
    ],
)
def test_hints_about_a_case_are_given_for_it_alone(tmp_path, double, expected):
    """another case of the function gets the function's hints"""
    folder = keyed_course(tmp_path)
    (folder / "exercises" / "scaling.py").write_text(tiny_course.script(double=double), encoding="utf-8")
    assert next_hint(targets((), folder)[0]).text == expected


def test_a_hint_is_about_what_was_attempted(tmp_path):
    """with the first function untouched and the second one tried, the hint is about the second"""
    hint = next_hint(work(tmp_path, triple="def triple(x):\n    return 2 * np.asarray(x)"))
    assert (hint.about, hint.text) == ("triple", TEXTS["functions"]["triple"][0])


def test_hints_about_what_is_not_there_make_a_unit_unsound(tmp_path):
    """verify names the file and each key that is no known mistake or no public case; a hidden case can have no hints"""
    keyed = """\
mistakes: {triple_treble: [a], triple_double: [a]}
cases: {test_double_of_a_table: [a], a table is doubled as well: [a], test_triple_of_a_row: [a]
  , a single number is doubled: [b]}
"""
    course = load_course(tiny_course.make_course(tmp_path))
    (tmp_path / "autograde_tests" / "hints" / "scaling.yml").write_text(tiny_course.HINTS + keyed, encoding="utf-8")
    (proof,) = verify(course, course.units, lambda unit, step: None)
    assert {finding.step for finding in proof.findings} == {"extras"}
    neither = "which is neither the name nor the title of a public case."
    assert [finding.text.partition("scaling.yml: ")[2] for finding in proof.findings] == [
        '"mistakes" has hints for triple_treble, which is no known mistake of the unit.',
        f'"cases" has hints for "test_double_of_a_table", {neither}',
        f'"cases" has hints for "a table is doubled as well", {neither}',
    ]
