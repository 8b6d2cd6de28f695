"""A case that did not pass has the line to look at, and every case has the time that it took."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_one
from cnngrade.judge.lines_to_look_at import with_places
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Finding, FindingKind, Report, SourceLine, Submission
from cnngrade.report.json import report_from_json, report_to_json
from cnngrade.student.candidate import candidate
from cnngrade.submission.read import Work, script_cells
from support import tiny_course
from support.handmade_reports import outcome

RIGHT = "def triple(x):\n    return 3 * np.asarray(x)\n"


def judged(course: Course, path: Path, text: str) -> Report:
    path.write_text(text, encoding="utf-8")
    return judge_one(Suite(course, course.units[0], hidden=True), candidate(course, path, course.units[0], ""))


def places(report: Report, function: str = "double") -> set[SourceLine | None]:
    return {outcome.place for outcome in report.outcomes if outcome.case.function == function}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def double(x):\n    y = np.asarray(x)\n    return y[y.size + 7]\n", 4),  # where it raised
        ("def double(x):\n    return halved(x)\n\n\ndef halved(x):\n    return 1 / 0\n", 7),  # in what it calls
        ("def other(x):\n    return x\n\n\ndef double(x):\n    return np.asarray(x) ** 2\n", 6),  # where it begins
        ("double = 7\n\n\ndef double(x):\n    while True:\n        raise SystemExit\n", 7),
        ("def double(x):\n    import os\n    os._exit(3)\n", 2),  # it ended the process, and told no line
        ("double = lambda x: x ** 2\n", 2),
    ],
)
def test_the_line_of_a_script(course: Course, tmp_path: Path, text: str, line: int) -> None:
    """the line that raised, or else the one at which the function begins, as it was written last"""
    report = judged(course, tmp_path / "scaling.py", f"import numpy as np\n{text}\n\n{RIGHT}")
    assert places(report) - {None} == {SourceLine("scaling.py", line)}
    for each in report.outcomes:
        assert (each.place is None) == (each.verdict in (Verdict.PASSED, Verdict.SKIPPED))


def test_a_cell_that_does_not_run(course: Course, tmp_path: Path) -> None:
    """the line at which it fails, in the cell that fails"""
    sources = ["import numpy as np\n", "# %%\n\ndef double(x):\n    return x +\n", RIGHT]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    report = judged(course, tmp_path / "scaling.ipynb", json.dumps(notebook))
    assert places(report) - {None} == {SourceLine("scaling.ipynb cell 2", 4)}
    assert places(report, "triple") == {None}


def test_no_place_where_there_is_no_function(course: Course, tmp_path: Path) -> None:
    """what is missing stands nowhere; a line that the code only names in its message is not taken for one"""
    text = f'import numpy as np\n\n\n{RIGHT}\ndef double(x):\n    raise ValueError("scaling.py, line 1")\n'
    assert places(judged(course, tmp_path / "scaling.py", text)) - {None} == {SourceLine("scaling.py", 8)}
    assert places(judged(course, tmp_path / "scaling.py", f"import numpy as np\n{RIGHT}")) == {None}
    assert places(judged(course, tmp_path / "scaling.py", "")) == {None}


PLACE = Finding("double", FindingKind.PLACE, "The line to look at.", places=(SourceLine("scaling.py", 2),))


@pytest.mark.parametrize(
    ("said", "findings", "line"),
    [
        ("It stops at scaling.py, line 4: IndexError", (PLACE,), 4),
        ("double differs", (PLACE,), 2),
        ("double differs", (replace(PLACE, function="triple"),), 3),
        ("double differs", (replace(PLACE, kind=FindingKind.INPUTS),), 3),
        ("my_scaling.py, line 4: IndexError", (), 3),
        ("old-scaling.py, line 4 and scaling.py, line 9", (), 3),
        ("scaling.py, line 0; scaling.py, line 6; scaling.py, line 5", (), 5),
    ],
)
def test_which_line_comes_first(said: str, findings: tuple[Finding, ...], line: int) -> None:
    """the line that a failure names, if the file has it; then that of a finding; then the first of the function"""
    text = "import numpy as np\n\ndef double(x):\n    return x\n# the end"
    work = Work(Submission("", "scaling", Path("scaling.py"), ""), tuple(script_cells(text, "scaling.py")))
    (found,) = with_places([outcome("a case", Verdict.RAISED, function="double", text=said)], findings, work)
    assert found.place == SourceLine("scaling.py", line)


def test_cases_take_time(course: Course, tmp_path: Path) -> None:
    """seconds are those of each case, and of all together no more than those of the report"""
    slow = f"import time\nimport numpy as np\n{RIGHT}\ndef double(x):\n    time.sleep(0.05)\n    return 2 * np.asarray(x)\n"
    report = judged(course, tmp_path / "scaling.py", slow)
    doubles = [outcome.seconds for outcome in report.outcomes if outcome.case.function == "double"]
    assert min(doubles) > 0.05
    assert sum(outcome.seconds for outcome in report.outcomes) <= report.seconds
    again = report_from_json(report_to_json(report))
    assert [outcome.seconds for outcome in again.outcomes] == [outcome.seconds for outcome in report.outcomes]


def test_reports_of_before_are_read(course: Course, tmp_path: Path) -> None:
    """a stored report without times and places is one whose cases have none"""
    report = judged(course, tmp_path / "scaling.py", tiny_course.script(double="def double(x):\n    return x ** 2"))
    plain = report_to_json(report)
    for each in plain["outcomes"]:
        del each["seconds"], each["place"]
    bare = tuple(replace(each, seconds=0.0, place=None) for each in report.outcomes)
    assert report_from_json(plain) == replace(report, outcomes=bare)
