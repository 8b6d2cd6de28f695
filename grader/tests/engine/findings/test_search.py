"""The line of a mistake is told where it is proved; whatever a variant does, the verdicts and the time stay what they were."""

from __future__ import annotations

import contextlib
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cnngrade.findings.allowance import NONE, Allowance
from cnngrade.findings.search import Search
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Finding, FindingKind, Report
from cnngrade.sandbox.confined import Warm
from cnngrade.student.candidate import Candidate, candidate
from support import tiny_course
from support.sandboxes import SANDBOXES, need

TIME = Allowance(5.0)
"""CPU seconds. A machine that does much besides may take several times as long."""

TOLD = {
    "a number": ("    return 4 * np.asarray(x)", 1),
    "an operator": ("    return np.asarray(x) + 3", 1),
    "a name": ("    y = np.asarray(x)\n    z = y + y\n    return z + z", 3),
    "one's own check": ("    assert len(x) < 4, 'too long'\n    return 3 * np.asarray(x)", 1),
    "a helper": ("    return thrice(x)\n\n\ndef thrice(x):\n    y = 3 * np.asarray(x)\n    return y - 1", 6),
    "a place of an array that is not filled": (
        "    out = np.empty(len(x))\n    for i in range(len(x)):\n        out[0] = 3.0 * x[i]\n    return out",
        3,
    ),
    "two lines": ("    y = np.array(x, dtype=float)\n    y[:2] = y[:2] * 4\n    y[2:] = y[2:] * 2\n    return y", 2, 3),
}
"""{what is wrong: (the body of a function, and the lines of it that are to be told)}"""

NOTHING_TOLD = {
    "zeros": "    return np.zeros(len(x))",
    "a constant": "    return 1.5",
    "random numbers": "    return np.random.normal(size=len(x))",
    "sorted": "    return np.sort(x)",
    "another function": "    return np.tanh(x) + np.cos(len(x))",
    "a loop that does something else": "    out = []\n    for n in x:\n        out.append(n**5 - 2)\n    return np.array(out)",
    "None": "    np.asarray(x)",
    "an empty one": "    pass",
}
"""Bodies that no small edit can put right."""

HOSTILE = {
    "goes on for ever": "    n = 4\n    while n != 4:\n        pass\n    return n * np.asarray(x)",
    "calls itself": "    n = 4\n    return n * np.asarray(x) if n == 4 else triple(x)",
    "asks for memory": "    n = 4\n    room = [np.ones(10 ** n)] * 9 ** (n - 4)\n    return n * np.asarray(x) + len(room) - 1",
    "prints": "    n = 4\n    print('here', n)\n    return n * np.asarray(x)",
    "ends the process": (
        "    n = 4\n    if n != 4:\n        import signal\n        signal.raise_signal(signal.SIGKILL)\n"
        "    return n * np.asarray(x)"
    ),
    "raises SystemExit": "    n = 4\n    if n != 4:\n        raise SystemExit\n    return n * np.asarray(x)",
    "changes what it keeps": "    SEEN.append(4)\n    return len(SEEN) * np.asarray(x)",
    "swallows what stops it": (
        "    n = 4\n    while n != 4:\n        try:\n            n = n + 0\n        except BaseException:\n            pass\n"
        "    return n * np.asarray(x)"
    ),
    "is nested deeply": "    return " + "(" * 60 + "4" + ")" * 60 + " * np.asarray(x)" + " + 0" * 600,
    "has thousands of lines": "    n = 4\n" + "    n = n + 1 - 1\n" * 3000 + "    return n * np.asarray(x)",
}
"""Bodies whose variants do what no worker should see, or whose source is hard on whoever reads it."""

FORGER = """
import sys
import numpy as np

def put(workplace=sys.modules["cnngrade.worker.serve"].Workplace):
    covered = variants = None
{lies}
    # They are found by their names.
    for lie in (covered, variants):
        if lie:
            setattr(workplace, lie.__name__, lie)

put()
print("lies")
"""

FORGED = {
    "every variant right": """
def variants(self, args, choices, **asked):
    end = (1, False, False, "", 0, 0)
    return dict(ok=True, value=[3 * np.asarray(args[0])], ends=[end], which=[0] * len(choices))""",
    "lines without end": """
def covered(*args, **asked):
    return dict(ok=True, lines=[(0, line) for line in range(30_000)])""",
    "lines of cells that are not there": """
def covered(*args, **asked):
    return dict(ok=True, lines=[(1 << 20, 1 << 31)] * 9)""",
    "one large answer for each end": """
def variants(*args, **asked):
    ends = [(1, False, False, "", 0, line) for line in range(20_000)]
    return dict(ok=True, value=[np.zeros(15 << 20, dtype=bool)], ends=ends, which=list(range(256)))""",
    "larger answers than asked for": """
def variants(*args, **asked):
    ends = [(number, False, False, "", 0, 0) for number in range(1, 9)]
    return dict(ok=True, value=[np.zeros(15 << 20, dtype=bool)] * 8, ends=ends, which=list(range(8)) * 32)""",
    "places out of range": """
def variants(*args, **asked):
    ends = [(0, False, False, "ValueError", 1 << 20, 1 << 31), (99_999, True, True, "", 0, 0), (7, False, False, "<b>", 5, 5)]
    return dict(ok=True, value=[], ends=ends, which=[number % 4 for number in range(256)])""",
    "another form": """
def variants(*args, **asked):
    return dict(ok=True, value={}, ends=[()], which=[-1])""",
}
"""What a worker may say in place of what came of variants."""


def judged(course: Course, bodies: dict[str, str], search: Allowance) -> dict[str, Report]:
    """Return the reports on submissions of which each has its own body of `triple`."""
    unit, folder = course.unit(tiny_course.UNIT), course.root / "work"
    folder.mkdir(exist_ok=True)
    entries = []
    for number, (name, body) in enumerate(bodies.items()):
        path = folder / f"scaling_{number}.py"
        path.write_text(f"import numpy as np\nSEEN = []\nprint('loaded')\ndef triple(x):\n{body}\n")
        entries.append(candidate(course, path, unit, name))
    reports: dict[str, Report] = {}
    suite = Suite(course, unit, hidden=True, search=search)
    judge_many(suite, entries, lambda report: reports.update({report.submission.student: report}))
    return reports


def places(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.kind is FindingKind.PLACE and finding.function == "triple"]


def lines(report: Report) -> list[int]:
    """Return the lines of the body that are told."""
    return [place.line - 4 for finding in places(report) for place in finding.places]


def test_the_line_is_told(course: Course) -> None:
    """the line with its own text and without the change; two where it takes two"""
    reports = judged(course, {name: body for name, (body, *_) in TOLD.items()}, TIME)
    assert {name: lines(report) for name, report in reports.items()} == {name: told for name, (_, *told) in TOLD.items()}
    (finding,) = places(reports["an operator"])
    assert finding.text.startswith("Line 5: ")
    assert finding.text.endswith("\n    return np.asarray(x) + 3")
    assert places(reports["two lines"])[0].text.startswith("Look at two places.\nLine 6: ")


def test_nothing_is_told_where_no_edit_helps(course: Course) -> None:
    """zeros, constants, random numbers and other functions are not a line away from the right one"""
    reports = judged(course, NOTHING_TOLD, TIME)
    assert {name: lines(report) for name, report in reports.items()} == {name: [] for name in NOTHING_TOLD}


@pytest.mark.slow
def test_hostile_variants_change_nothing(course: Course) -> None:
    """verdicts, points, prints and notes are those of a judging without a search, and each takes its seconds at most"""
    without = judged(course, HOSTILE, NONE)
    start = time.process_time()
    with_search = judged(course, HOSTILE, Allowance(0.5))
    assert time.process_time() - start < 2.0 * len(HOSTILE)  # of the judge alone
    for name, report in with_search.items():
        assert judgement_of(report) == judgement_of(without[name]), name


def judgement_of(report: Report) -> Report:
    """Return a report without what a search adds to it, a place for each outcome among it, and without its time."""
    outcomes = tuple(replace(outcome, place=None) for outcome in report.outcomes)
    return replace(report, outcomes=outcomes, findings=(), seconds=0.0)


def lying(course: Course, lies: str, body: str = "    a = np.asarray(x)\n    return 3 + a") -> Report:
    """Return the report on a submission that puts methods in place of its worker's, or sends what none sends."""
    path = course.root / "scaling.py"
    path.write_text(f"{FORGER.format(lies=textwrap.indent(lies.strip(), '    '))}\ndef triple(x):\n{body}\n")
    unit, reports = course.unit(tiny_course.UNIT), list[Report]()
    judge_many(Suite(course, unit, search=Allowance(1.0)), [candidate(course, path, unit, "ada")], reports.append)
    return reports[0]


@pytest.mark.parametrize("lies", FORGED.values(), ids=FORGED)
def test_what_is_forged_is_looked_at_in_time(course: Course, lies: str) -> None:
    """lines and answers without end, and numbers beyond all, cost no more than a search may; a liar is told too many lines"""
    honest = judged(course, {"ada": "    a = np.asarray(x)\n    return 3 + a"}, NONE)["ada"]
    start = time.process_time()
    report = lying(course, lies)
    assert time.process_time() - start < 4.0
    assert report.output == "lies\n"
    assert report.earned == honest.earned
    # What it says of lines is no more than an order in which to look: it may be told the right one.
    assert not (places(report) and "def variants" in lies)
    assert not report.problems


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_a_search_leaves_the_sandbox_as_it_is(course: Course, sandbox: str) -> None:
    """one server serves all workers, those of the searches too: a sandbox that is started again costs more than any search"""
    need(sandbox)
    unit, reports, servers = course.unit(tiny_course.UNIT), list[Report](), set[int]()
    with contextlib.closing(Warm(course.policy, sandbox)) as warm:

        def entries() -> Iterator[Candidate]:
            for number in range(3):
                path = course.root / "work" / str(number) / "scaling.py"
                path.parent.mkdir(parents=True)
                path.write_text("import numpy as np\ndef triple(x):\n    return 4 * np.asarray(x)\n")
                yield candidate(course, path, unit, str(number), warm)

        def take(report: Report) -> None:
            assert warm._server
            servers.add(warm._server.pid)
            reports.append(report)

        judge_many(Suite(course, unit, hidden=True, secret="s", search=TIME), entries(), take)
    assert len(servers) == 1
    assert [len(places(report)) for report in reports] == [1, 1, 1]


def test_a_search_by_the_clock_is_over_in_time(course: Course) -> None:
    """who waits for a check waits no longer than was said, even where the file takes long to load"""
    slow = {"slow": "    return 4 * np.asarray(x)\n\nimport time\ntime.sleep(0.7)"}
    start = time.monotonic()
    judged(course, slow, NONE)
    without = time.monotonic() - start
    start = time.monotonic()
    reports = judged(course, slow, Allowance(0.5, by_clock=0.5))
    assert not places(reports["slow"])
    assert time.monotonic() - start < without + 2.0


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_the_policy_turns_the_search_off(course: Course, seconds: float) -> None:
    """without `locate_seconds` nobody looks, whatever is asked for"""
    course = replace(course, policy=replace(course.policy, locate_seconds=seconds))
    report = judged(course, {"ada": "    return 4 * np.asarray(x)"}, TIME)["ada"]
    assert bool(places(report)) is bool(seconds)


REFUSAL = """

@points(0.5)
def test_triple_of_a_table(student, rng):
    \"\"\"a table is refused\"\"\"
    assert_raises(ValueError, student.triple, rng.normal(size=(2, 3)))
"""


def refusing(course: Course) -> Course:
    """Return the course with a solution that refuses tables, and a case that asks for that."""
    tests = next((course.root / "autograde_tests" / "public").glob("*scaling.py"))
    tests.write_text(tests.read_text().replace("import assert_close,", "import assert_close, assert_raises,") + REFUSAL)
    solution = course.root / "solutions" / "scaling.py"
    check = "    if np.ndim(x) != 1:\n        raise ValueError\n"
    solution.write_text(solution.read_text().replace("def triple(x):\n", f"def triple(x):\n{check}"))
    return course


def test_a_check_that_refuses_too_much(course: Course) -> None:
    """it is the check that is told, and no line where another exception would do for the refusal by chance"""
    check = "    if np.ndim(x) != {}:\n        raise ValueError('a row')\n    y = np.asarray(x)\n    return 3 * y[: len(x)]"
    reports = judged(refusing(course), {"two": check.format(2), "seven": check.format(7)}, TIME)
    assert {name: lines(report) for name, report in reports.items()} == {"two": [1], "seven": [1]}


def test_a_check_that_lets_too_much_through(course: Course) -> None:
    """it is the check that is told where it refuses too little, and nothing where no check is written"""
    tests = next((course.root / "autograde_tests" / "public").glob("*scaling.py"))
    text = tests.read_text()
    again = text[text.index("@points(2)") :].replace("size=5", "size=6").replace("of_a_row", "of_six")
    tests.write_text(f"{text}\n\n{again}")
    course = refusing(course)
    tests.write_text(tests.read_text() + REFUSAL.replace("of_a_table", "of_a_cube").replace("(2, 3)", "(2, 2, 5)"))
    check = "    if np.ndim(x) {}:\n        raise ValueError('a row')\n    return 3 * np.asarray(x)"
    bodies = {
        "and": check.format("!= 1 and len(x) == 7"),
        "comparison": check.format("< 1"),
        "none": "    return 3 * np.asarray(x)",
        "another": "    if isinstance(x, str):\n        raise ValueError('a row')\n    return 3 * np.asarray(x)",
    }
    reports = judged(course, bodies, TIME)
    assert {name: lines(report) for name, report in reports.items()} == {
        "and": [1],
        "comparison": [1],
        "none": [],
        "another": [],
    }


def test_a_missing_check_hides_no_other_mistake(course: Course) -> None:
    """what was never written has no line; what is wrong besides has one"""
    reports = judged(refusing(course), {"ada": "    x = np.asarray(x)\n    return 3 + x"}, TIME)
    assert lines(reports["ada"]) == [2]


def test_a_line_that_explains_a_part(course: Course) -> None:
    """where two mistakes are, and one of them is out of reach, the line of the other is told as a part of it"""
    tests = next((course.root / "autograde_tests" / "public").glob("*scaling.py"))
    text = tests.read_text()
    tests.write_text(text + "\n\n" + text[text.index("@points(2)") :].replace("size=5", "size=6").replace("of_a_row", "of_six"))
    body = "    x = np.asarray(x)\n    if len(x) == 5:\n        return np.sort(x)\n    if len(x) == 6:\n        return 3 + x"
    report = judged(course, {"ada": body}, TIME)["ada"]
    assert lines(report) == [5]
    assert places(report)[0].text.endswith("A change there puts some of the wrong calls right, and not all of them.")


def test_a_search_that_fails_costs_nothing(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """the report is there, without a line"""
    without = judged(course, {"ada": "    return 4 * np.asarray(x)"}, NONE)["ada"]

    def fail(_: Search) -> None:
        raise ValueError

    monkeypatch.setattr(Search, "solutions", fail)
    report = judged(course, {"ada": "    return 4 * np.asarray(x)"}, TIME)["ada"]
    assert replace(report, seconds=0.0) == replace(without, seconds=0.0)


def test_nobody_tries_variants_of_what_reaches_for_files(course: Course) -> None:
    """a function that writes a file is run as it stands and in no other way: a variant might write another one"""
    kept = course.root / "work" / "kept.txt"
    body = f"    open({str(kept)!r}, 'a').write('.')\n    return 4 * np.asarray(x)"
    report = judged(course, {"ada": body}, NONE)["ada"]
    once = kept.read_text()
    assert not places(judged(course, {"ada": body}, TIME)["ada"])
    assert report.earned == 0
    assert kept.read_text() == 2 * once


def test_hidden_inputs_are_not_searched(course: Course) -> None:
    """what is wrong in hidden cases alone is told no line"""
    unit = course.unit(tiny_course.UNIT)
    path = course.root / "scaling.py"
    path.write_text("import numpy as np\ndef double(x):\n    x = np.asarray(x)\n    return x * 2 if x.ndim == 1 else x * 4\n")
    reports: list[Report] = []
    suite = Suite(course, unit, hidden=True, functions=("double",), search=TIME)
    judge_many(suite, [candidate(course, path, unit, "ada")], reports.append)
    assert any(outcome.case.hidden and outcome.earned == 0 for outcome in reports[0].outcomes)
    assert not reports[0].findings


def test_a_failure_while_explaining_costs_no_verdict(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """what fails while causes are looked for is said, to the staff in full, and verdicts and points stand"""
    body = {"ada": "    return 4 * np.asarray(x)"}
    usual = judged(course, body, NONE)["ada"]

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret 7")

    monkeypatch.setattr("cnngrade.judge.explain.find", fail)
    report = judged(course, body, NONE)["ada"]
    assert [(o.verdict, o.earned) for o in report.outcomes] == [(o.verdict, o.earned) for o in usual.outcomes]
    assert report.earned == usual.earned
    assert any("ZeroDivisionError" in problem and "secret" not in problem for problem in report.problems)
    assert any("secret 7" in note for note in report.staff_notes)
