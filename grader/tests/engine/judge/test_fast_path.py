"""Cases that run without pytest's set-up around them: the same outcomes, and pytest's own way where something asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.judge import fast_path
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.student.candidate import candidate
from support import tiny_course

TESTS = '''
import pytest

LOG = []

@pytest.fixture
def numbers(rng):
    return rng.normal(size=3)

@pytest.fixture
def both(numbers, student):
    return numbers, student.triple(numbers)

@pytest.fixture
def broken(numbers):
    raise LookupError("no such number")

@pytest.fixture
def opened():
    LOG.append("open")
    yield 2.0
    LOG.append("closed")

@pytest.fixture(scope="session")
def kept():
    LOG.append("kept")
    return 4.0

@pytest.fixture
def asked(request):
    return request.node.name

@pytest.fixture(params=[1.0, 5.0])
def either(request):
    return request.param

@points(1)
def test_triple_plain(student, reference, rng):
    """p"""
    x = rng.normal(size=4)
    assert_close(student.triple(x), reference.triple(x))

@points(1)
def test_triple_through_fixtures(both, reference):
    """f"""
    assert_close(both[1], reference.triple(both[0]))

@points(1)
@pytest.mark.parametrize("x", [1.0, 2.0])
def test_triple_parameters(student, x):
    """x"""
    assert_close(student.triple(x), 3 * x)

@points(1)
def test_triple_false(student):
    """a"""
    value = student.triple(1.0)
    assert value == 4.0, "not four"

@points(1)
def test_triple_with_a_broken_fixture(student, broken):
    """b"""

@points(1)
def test_triple_leaves(student):
    """l"""
    raise SystemExit(3)

@points(1)
def test_triple_opened(student, opened):
    """o"""
    assert_close(student.triple(opened), 6.0)
    assert LOG[-1] == "open"

@points(1)
def test_triple_after(student):
    """closed again"""
    assert_close(student.triple(1.0), 3.0)
    assert LOG == ["open", "closed"]

@points(1)
def test_triple_kept(student, kept):
    """k"""
    assert_close(student.triple(kept), 12.0)

@points(1)
def test_triple_asked(student, asked):
    """q"""
    assert_close(student.triple(1.0), 3.0)
    assert asked == "test_triple_asked"

@points(1)
def test_triple_either(student, either):
    """e"""
    assert_close(student.triple(either), 3 * either)

@points(1)
@pytest.mark.skipif(True, reason="never")
def test_triple_skipped(student):
    """s"""
    raise RuntimeError
'''
BY_PYTEST = {"opened", "kept", "asked", "either[1.0]", "either[5.0]", "skipped"}


def judged_in(place: Path) -> Report:
    course = load_course(tiny_course.make_course(place / "course"))
    path = course.root / "autograde_tests" / "hidden" / "test_scaling.py"
    path.write_text(path.read_text() + TESTS)
    script = place / "scaling.py"
    script.write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    return judge_one(Suite(course, course.units[0], hidden=True), candidate(course, script, course.units[0], "ada"))


def rows(report: Report) -> list[tuple[str, str, float, str, str]]:
    return [(o.case.id, o.verdict.value, o.earned, o.for_student, o.for_staff) for o in report.outcomes]


def test_it_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """every case has the verdict, points and words that it has when pytest runs it"""
    directly = rows(judged_in(tmp_path / "direct"))
    monkeypatch.setattr("cnngrade.judge.case_run.plan", lambda item: None)
    assert directly == rows(judged_in(tmp_path / "pytest"))
    verdicts = {case.removeprefix("hidden/test_triple_"): verdict for case, verdict, *_ in directly}
    assert {name for name, verdict in verdicts.items() if verdict == "fault"} == {
        "false", "with_a_broken_fixture", "leaves", "skipped",
    }  # fmt: skip


def test_what_pytest_offers_is_left_to_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """fixtures that yield, are kept, ask or are parametrised, and skip marks, have no plan; everything else has"""
    planned: dict[str, fast_path.Plan | None] = {}

    def noted(item: pytest.Function) -> fast_path.Plan | None:
        planned[item.name] = fast_path.plan(item)
        return planned[item.name]

    monkeypatch.setattr("cnngrade.judge.case_run.plan", noted)
    judged_in(tmp_path)
    without = {name for name, found in planned.items() if found is None}
    assert without == {f"test_triple_{name}" for name in BY_PYTEST}
    assert len(planned) > len(without) + 5


def test_a_courses_own_hooks_are_heard(tmp_path: Path) -> None:
    """a hook in conftest.py takes part in every case"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    conftest = course.root / "autograde_tests" / "conftest.py"
    log = tmp_path / "log"
    hook = f"def pytest_runtest_setup(item):\n    with open({str(log)!r}, 'a') as file:\n        file.write(item.name)\n"
    conftest.write_text(hook)
    script = tmp_path / "scaling.py"
    script.write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    judge_one(Suite(course, course.units[0], hidden=True), candidate(course, script, course.units[0], "ada"))
    assert "test_triple_of_a_row" in log.read_text()


def test_ctrl_c_ends_the_session(tmp_path: Path) -> None:
    """KeyboardInterrupt inside a case is not a verdict"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    path = course.root / "autograde_tests" / "public" / "test_scaling.py"
    path.write_text(path.read_text() + '\n\n@points(1)\ndef test_triple_stopped():\n    """i"""\n    raise KeyboardInterrupt\n')
    script = tmp_path / "scaling.py"
    script.write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        judge_one(Suite(course, course.units[0], hidden=True), candidate(course, script, course.units[0], "ada"))
