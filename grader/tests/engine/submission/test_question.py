"""Whether the question in prose has an answer, as a student's own notebook and script show it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.model import Course, Unit
from cnngrade.submission.choose import files_of
from cnngrade.submission.question import is_answered, text_digests
from support import tiny_course

ANSWER = "Squaring depends on the number itself, and doubling does not."
PLACE = "# *Write your answer here.*"
SCRIPT = tiny_course.EXERCISE


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Unit, str]:
    """A course, its unit, and the unit's notebook as it is handed out."""
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("course")))
    unit = course.units[0]
    return course, unit, nbformat.writes(source_notebook(course, unit, tiny_course.POINTS))


def answered(released: tuple[Course, Unit, str], folder: Path, **files: str) -> bool:
    course, unit, _ = released
    for suffix, text in files.items():
        (folder / f"scaling.{suffix}").write_text(text, encoding="utf-8")
    return is_answered(course, unit, files_of(unit, folder))


def in_script(old: str, new: str) -> str:
    assert old in SCRIPT
    return SCRIPT.replace(old, new)


WRITTEN = tiny_course.script(**tiny_course.RIGHT)

NO_ANSWER_IN_SCRIPTS = {
    "the stub": SCRIPT,
    "all functions written": WRITTEN,
    "the place for it is cleared": in_script(PLACE, ""),
    "the place for it is marked otherwise": in_script(PLACE, "# **Write your answer here.**"),
    "a comment in a function": WRITTEN.replace(
        "    return 2 *", "    # Twice is a sum of the array with itself.\n    return 2 *"
    ),
    "a text cell of one's own far above": in_script("# ## Twice", "# My notes on scaling\n\n# %% [markdown]\n# ## Twice"),
    "a cell of code below": f"{SCRIPT}\n# %%\nprint(double(np.arange(3.0)))\n",
    "spaces at the ends of lines": "\n".join(f"{line}  " for line in SCRIPT.splitlines()),
    "a script of one's own that begins with comments": f"# My work on scaling.\n\n# %%\n{tiny_course.RIGHT['double']}\n",
    "line ends of Windows": SCRIPT.replace("\n", "\r\n"),
}
ANSWERS_IN_SCRIPTS = {
    "in its place": in_script(PLACE, f"# {ANSWER}"),
    "below what marks its place": in_script(PLACE, f"{PLACE}\n# {ANSWER}"),
    "one word": in_script(PLACE, "# Negative."),
    "in the question's cell": in_script("twice not the same as squared?", f"twice not the same as squared?\n#\n# {ANSWER}"),
    "in a text cell below": f"{SCRIPT}\n# %% [markdown]\n# {ANSWER}\n",
    "in a string": in_script(f"[markdown] tags=[\"answer\"]\n{PLACE}", f'tags=["answer"]\n"""{ANSWER}"""'),
    "in text of three quotes": in_script(PLACE, f'"""\n{ANSWER}\n"""'),
    "in comments in a cell of code": f"{SCRIPT}\n# %%\n# {ANSWER}\n",
    "in another language": in_script(PLACE, "# 因为平方取决于数字本身"),
    "without the tags": SCRIPT.replace(' tags=["answer"]', "").replace(' tags=["prose"]', "").replace(PLACE, f"# {ANSWER}"),
}  # fmt: skip


@pytest.mark.parametrize("text", NO_ANSWER_IN_SCRIPTS.values(), ids=NO_ANSWER_IN_SCRIPTS)
def test_no_answer_in_a_script(released: tuple[Course, Unit, str], tmp_path: Path, text: str) -> None:
    """what was handed out is none, nor is text that stands elsewhere"""
    assert not answered(released, tmp_path, py=text)


@pytest.mark.parametrize("text", ANSWERS_IN_SCRIPTS.values(), ids=ANSWERS_IN_SCRIPTS)
def test_an_answer_in_a_script(released: tuple[Course, Unit, str], tmp_path: Path, text: str) -> None:
    """text at the question that was not handed out is one"""
    assert answered(released, tmp_path, py=text)


@pytest.mark.parametrize("text", [*NO_ANSWER_IN_SCRIPTS.values(), *ANSWERS_IN_SCRIPTS.values()])
def test_a_notebook_shows_what_its_script_does(released: tuple[Course, Unit, str], tmp_path: Path, text: str) -> None:
    """the same cells in a notebook come to the same"""
    made = jupytext.writes(jupytext.reads(text.replace("\r\n", "\n"), fmt="py:percent"), fmt="ipynb")
    assert answered(released, tmp_path, ipynb=made) == (text in ANSWERS_IN_SCRIPTS.values())


def cells(released: tuple[Course, Unit, str]) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(released[2])
    return notebook


def test_the_released_notebook_has_none(released: tuple[Course, Unit, str], tmp_path: Path) -> None:
    """as it is handed out it has none, and with an answer in its cell, or in a new one below, it has one"""
    assert not answered(released, tmp_path, ipynb=released[2])
    notebook = cells(released)
    notebook["cells"][-1]["source"] = ANSWER
    assert answered(released, tmp_path, ipynb=json.dumps(notebook))
    notebook = cells(released)
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": [ANSWER]})
    assert answered(released, tmp_path, ipynb=json.dumps(notebook))


def test_marks_of_any_form(released: tuple[Course, Unit, str], tmp_path: Path) -> None:
    """metadata that no editor writes stops nothing"""
    for metadata in (
        None,
        [],
        {"tags": "answer"},
        {"tags": [3, None]},
        {"nbgrader": ["answer"]},
        {"nbgrader": {"grade_id": 3}},
    ):
        notebook = cells(released)
        notebook["cells"][-1]["metadata"] = metadata
        assert not answered(released, tmp_path, ipynb=json.dumps(notebook))
        notebook["cells"][-1]["source"] = ANSWER
        assert answered(released, tmp_path, ipynb=json.dumps(notebook))


def test_either_file_will_do(released: tuple[Course, Unit, str], tmp_path: Path) -> None:
    """an answer counts in the script where the notebook is judged, and the other way round, and beside a broken file"""
    with_answer = ANSWERS_IN_SCRIPTS["in its place"]
    assert answered(released, tmp_path, ipynb=released[2], py=with_answer)
    assert answered(released, tmp_path, ipynb="no notebook", py=with_answer)
    assert not answered(released, tmp_path, ipynb="no notebook", py=SCRIPT)


def test_where_nothing_is_asked(released: tuple[Course, Unit, str]) -> None:
    """a unit without a question has none that is open"""
    course, unit, _ = released
    assert is_answered(course, Unit(unit.name, unit.title, 5.0, 0.0, unit.functions), ())
    assert not is_answered(course, unit, ())


def test_what_a_handout_notes(released: tuple[Course, Unit, str]) -> None:
    """digests alone, of every text cell and of the comments that a script begins with"""
    course, unit, _ = released
    assert len(text_digests(course, unit)) == SCRIPT.count("# %% [markdown]") + 1
    assert all(len(digest) == 16 for digest in text_digests(course, unit))


@pytest.mark.parametrize("left", ["", None], ids=["emptied", "missing"])
def test_where_it_is_not_known_what_was_handed_out(tmp_path: Path, left: str | None) -> None:
    """nobody is told that a question is open"""
    course = load_course(tiny_course.make_course(tmp_path))
    exercise = tmp_path / "exercises" / "scaling.py"
    assert not is_answered(course, course.units[0], (exercise,))
    exercise.unlink()
    if left is not None:
        exercise.write_text(left)
    assert is_answered(course, course.units[0], (exercise,))
