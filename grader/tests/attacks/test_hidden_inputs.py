"""What a submission says once it has seen a hidden input never reaches its student, in whatever way it says it.

A hidden case asks for a number that nobody can guess. Each attack waits for it, and tells it in a way of its own; the staff
reads it, which shows that it was told.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report
from cnngrade.report.html import report_fragment, reports_as_page
from cnngrade.report.json import report_to_json
from cnngrade.report.junit import reports_as_junit
from cnngrade.report.terminal import report_as_text
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, candidate
from support import tiny_course
from support.graded_class import Class, release
from support.sandboxes import SANDBOXES, need
from support.sweeps import sweep

CANARY = 81726354
TOLD = (str(CANARY), ", ".join(str(CANARY)), f"{CANARY:,}", "Known mistake")

SECRET_CASES = f'''

@points(1)
def test_triple_of_a_secret(student, reference):
    """a number that nobody can guess"""
    x = np.array([{CANARY}.0])
    assert_close(student.triple(x), reference.triple(x))


@points(1)
def test_double_afterwards(student, reference):
    """a number that anybody can guess"""
    assert_close(student.double(2.0), reference.double(2.0))
'''

SCRIPT = """\
# %%
import os
import sys
import tempfile
import threading
import time

import numpy as np

SEEN = []


def secret_in(x):
    flat = np.asarray(x, dtype=float).ravel()
    return str(int(flat[0])) if flat.size and flat[0] > 1e7 else ""


# %%
def triple(x):
    found = secret_in(x)
    if found:
        SEEN.append(found)
        {then}
    return 3 * np.asarray(x)


# %%
{anywhere}


# %%
def double(x):
    {later}
    return 2 * np.asarray(x)
"""

LEAVE = """
        for folder in {".", tempfile.gettempdir()}:
            with open(os.path.join(folder, "left.txt"), "w") as file:
                file.write(found)
        os._exit(3)
"""
FIND = """\
for folder in (".", os.environ.get("TMPDIR", ".")):
    path = os.path.join(folder, "left.txt")
    if os.path.exists(path):
        raise RuntimeError(open(path).read())
"""

# A note names the place that asks for what a sandbox denies.
NOTE = "exec(compile(\"os.system('true')\", 'cell ' + found, 'exec'))"
LATER_NOTE = "SEEN and exec(compile(\"os.system('true')\", 'cell ' + SEEN[0], 'exec'))"

# What to do with the number when it comes; then what each call of `double` does, and what stands in a cell of its own.
ATTACKS: dict[str, tuple[str, str, str]] = {
    "exception text": ("raise RuntimeError(found)", "pass", ""),
    "exception class": ('raise type("Seen" + found, (Exception,), {})("here")', "pass", ""),
    "exception of our own": ('raise type("StudentFailure", (Exception,), {})(found)', "pass", ""),
    "memory error": ("raise MemoryError(found)", "pass", ""),
    "unfinished": ("raise NotImplementedError(found)", "pass", ""),
    "function name": ("exec(f'def seen_{found}(): return 1 / 0\\nseen_{found}()')", "pass", ""),
    "file name": ("exec(compile('1 / 0', f'cell {found}', 'exec'))", "pass", ""),
    "unsendable object": ("return type('Kept' + found, (), {})()", "pass", ""),
    "shape": ("return np.zeros([int(digit) for digit in found])", "pass", ""),
    "dtype": ("return np.zeros(1, dtype=[('f' + found, float)])", "pass", ""),
    "key": ("return {found: 1.0}", "pass", ""),
    "text": ("return found", "pass", ""),
    "number": ("return np.asarray(x) + 0.5", "pass", ""),
    "print": ("print(found, flush=True)", "pass", ""),
    "print by a thread": ("threading.Timer(0.0, lambda: print(found, file=sys.stderr, flush=True)).start()", "pass", ""),
    "note": (NOTE, "pass", ""),
    "later exception": ("pass", "if SEEN: raise RuntimeError(SEEN[0])", ""),
    "later note": ("pass", LATER_NOTE, ""),
    "exit": ("os._exit(int(found) % 199)", "pass", ""),
    "file for the next worker": (LEAVE, "pass", FIND),
    "missing function in the next worker": (LEAVE, "pass", FIND + "\n\ndouble_is_gone = True\n"),
    "time": ("time.sleep(int(found[-3:]) / 1000)", "pass", ""),
    "mistake of choice": ("return (2 if int(found) % 2 == 0 else 5) * np.asarray(x)", "pass", ""),
}
SILENT = {
    "mistake of choice",
    "number",
    "text",
    "key",
    "time",
    "exit",
    "file for the next worker",
    "missing function in the next worker",
}
"""These leave nothing in words, or find nothing where a worker's files end with it."""
ON_THE_WIRE = ["exception text", "later exception", "note", "print", "mistake of choice", "shape", "function name"]


def with_secret(root: Path) -> Course:
    """Return the tiny course with a budget, and with hidden cases that ask for the number, and for something after it."""
    tiny_course.make_course(root)
    book, tests = root / "course.yml", root / "autograde_tests"
    budgets = tiny_course.COURSE_YML.replace("    due:", "    budgets: {double: 1000}\n    due:")
    book.write_text(budgets.replace("points: 6", "points: 9"))
    (tests / "public" / "test_scaling.py").write_text(tiny_course.PUBLIC_TESTS + tiny_course.BUDGET)
    (tests / "hidden" / "test_scaling.py").write_text(tiny_course.HIDDEN_TESTS + SECRET_CASES)
    return load_course(root)


def written(folder: Path, then: str, later: str, anywhere: str) -> Path:
    folder.mkdir(parents=True)
    path = folder / "scaling.py"
    path.write_text(SCRIPT.format(then=then, later=later, anywhere=anywhere), encoding="utf-8")
    return path


def for_students(report: Report) -> str:
    """Return everything that is made of a report for its student."""
    pages = [report_as_text(report, colour=False), reports_as_page([report]), reports_as_junit([report])]
    pages += [report_fragment(report, function) for function in (None, "double", "triple")]
    return "\n".join([*pages, json.dumps(report_to_json(report, for_students=True))])


def judged(course: Course, sandbox: str, folder: Path, attacks: list[str]) -> dict[str, Report]:
    """Judge attacks as the grading does, each in a folder of its own."""
    unit, reports = course.units[0], dict[str, Report]()

    with contextlib.ExitStack() as stack:
        shared = None if sandbox == NONE else stack.enter_context(contextlib.closing(Warm(course.policy, sandbox)))

        def entries() -> Iterator[Candidate]:
            for name in attacks:
                path = written(folder / name.replace(" ", "_"), *ATTACKS[name])
                yield candidate(course, path, unit, name, shared or Fresh(course.policy, path.parent))

        suite = Suite(course, unit, hidden=True, secret="s")
        judge_many(suite, entries(), lambda report: reports.update({report.submission.student: report}))
    return reports


@pytest.mark.parametrize("sandbox", sweep([*SANDBOXES, NONE], SANDBOXES[:1]))
def test_nothing_of_a_hidden_input_reaches_the_student(tmp_path: Path, sandbox: str) -> None:
    """texts, classes, names, shapes, notes, prints, files, times and mistakes: the staff reads them, the student does not"""
    need(sandbox)
    reports = judged(with_secret(tmp_path / "course"), sandbox, tmp_path, list(ATTACKS))
    assert set(reports) == set(ATTACKS)
    for name, report in reports.items():
        shown = for_students(report)
        assert [word for word in TOLD if word in shown] == [], f"{name}: {shown}"
        assert report_to_json(report, for_students=True)["seconds"] == 0.0
        staff = json.dumps(report_to_json(report))
        if name not in SILENT:
            assert any(word in staff for word in TOLD), f"{name}: {staff}"
    if sandbox == NONE:
        # Its files are the user's own, and stay.
        assert str(CANARY) in "".join(reports["file for the next worker"].staff_notes)


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_a_second_try_finds_nothing_of_the_first(tmp_path: Path, sandbox: str) -> None:
    """a submission that is judged again, because somebody killed its worker in a hidden case, has no memory of that"""
    need(sandbox)
    course = with_secret(tmp_path / "course")
    wait = LEAVE.replace("os._exit(3)", "time.sleep(1.5)")
    path = written(tmp_path / "it", wait, "pass", FIND)
    killed: list[int] = []
    ended = threading.Event()

    def kill() -> None:
        """Kill the first worker that has written the number down."""
        while not ended.is_set() and not killed:
            for left in Path("/proc").glob("[0-9]*/cwd/left.txt"):
                with contextlib.suppress(OSError):
                    if left.read_text() == str(CANARY):
                        killed.append(int(left.parts[2]))
                        os.kill(killed[0], signal.SIGKILL)
            time.sleep(0.02)

    somebody = threading.Thread(target=kill)
    somebody.start()
    reports: list[Report] = []
    try:
        with contextlib.closing(Warm(course.policy, sandbox)) as warm:
            entry = candidate(course, path, course.units[0], "ada", warm)
            judge_many(Suite(course, course.units[0], hidden=True, secret="s"), [entry], reports.append)
    finally:
        ended.set()
        somebody.join()
    (report,) = reports
    assert killed
    assert report.earned == report.possible
    assert str(CANARY) not in json.dumps(report_to_json(report))


def test_times_are_taken_before_a_hidden_input_is_seen(tmp_path: Path) -> None:
    """all timed calls of public cases come before the first hidden call: no ratio can tell of it"""
    course = with_secret(tmp_path / "course")
    path = written(tmp_path / "it", "print('secret', flush=True)", "print(np.size(x), flush=True)", "")
    reports: list[Report] = []
    entry = candidate(course, path, course.units[0], "ada", Fresh(course.policy, path.parent))
    judge_many(Suite(course, course.units[0], hidden=True, secret="s"), [entry], reports.append)
    said = reports[0].output.split()
    assert said.count("100000") > 3
    assert said.count("secret") == 1
    assert "100000" not in said[said.index("secret") :]
    # The hidden table comes before the secret, and no time is taken after it either.
    assert "100000" not in said[said.index("4") :]


def test_nothing_of_a_hidden_input_is_in_what_a_class_gets_back(tmp_path: Path) -> None:
    """feedback pages, graded notebooks and the gradebook, comments too, hold nothing of it; stored reports are the staff's"""
    course = with_secret(tmp_path / "course")
    class_ = Class(course, course.units[0])
    worth = {"double": 5.0, "triple": 3.0}
    release(course, class_.unit, tmp_path / "handout", worth)
    for name in ON_THE_WIRE:
        then, later, anywhere = ATTACKS[name]
        class_.hand_in(name.replace(" ", "-"), "scaling.py", SCRIPT.format(then=then, later=later, anywhere=anywhere))
    class_.record()
    pages = write_feedback(course, class_.unit)
    assert len(pages) == len(ON_THE_WIRE)
    given = [*pages, *(class_.room / "autograded").rglob("*.ipynb"), *(class_.room / "autograded").rglob("*.py")]
    for path in [*given, class_.room / "gradebook.db"]:
        text = path.read_bytes().decode("utf-8", "replace")
        assert [word for word in TOLD if word in text] == [], path
    kept = [path.read_text() for path in (class_.room / "reports").rglob("*.json")]
    assert sum(str(CANARY) in text for text in kept) >= 3
