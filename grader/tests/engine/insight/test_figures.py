"""The figures about a class: scores, cases, mistakes, exceptions, budgets, times, and what to talk about."""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.errors import Verdict
from cnngrade.insight.budgets import budget_figures
from cnngrade.insight.cases import case_figures, discrimination, function_figures
from cnngrade.insight.causes import input_figures, mistake_figures, nameless_figures
from cnngrade.insight.class_report import CaseFigures, People, ScoreSource, TopicKind, people
from cnngrade.insight.exceptions import exception_figures
from cnngrade.insight.facts import class_report_of
from cnngrade.insight.naming import Naming, as_named
from cnngrade.insight.scores import MOST_BINS, score_bins, score_figures
from cnngrade.insight.times import time_figures
from cnngrade.insight.wording import budget_text, odd_case, percent
from cnngrade.model import Finding, FindingKind
from support.handmade_class import facts, group, large_facts, raised, report, timed, wrong
from support.handmade_reports import FAULT, outcome

POINTS = st.floats(0, 1000, allow_nan=False)


# Scores


@given(st.lists(POINTS, max_size=40), st.floats(0.25, 400))
def test_every_score_is_in_one_bin(scores: list[float], possible: float) -> None:
    """the bins are at most ten, side by side from 0 to what is possible, and hold every score"""
    bins = score_bins(scores, possible)
    assert sum(entry.count for entry in bins) == len(scores)
    assert 1 <= len(bins) <= MOST_BINS
    assert bins[0].low == 0
    assert bins[-1].high == pytest.approx(possible, abs=1e-3)
    assert all(left.high == right.low for left, right in itertools.pairwise(bins))


@pytest.mark.parametrize(
    ("possible", "edges"),
    [
        (20, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]),
        (6, [0, 1, 2, 3, 4, 5]),
        (19, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]),
        (1, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
        (100, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]),
        (0, [0]),
    ],
)
def test_bins_have_round_borders(possible: float, edges: list[float]) -> None:
    """borders are numbers that one reads off an axis"""
    assert [entry.low for entry in score_bins([], possible)] == pytest.approx(edges)


def test_a_score_at_a_border_is_above_it() -> None:
    """a sum of floats that falls short of a border by rounding is not below it; full marks and more are in the last bin"""
    assert [entry.count for entry in score_bins([0.1 + 0.2, 0.1 * 3, 0.3], 1.0)][3] == 3
    assert [entry.count for entry in score_bins([6.0, 5.0, 7.5], 6.0)] == [0, 0, 0, 0, 0, 3]


@given(st.lists(POINTS, min_size=1, max_size=40))
def test_quartiles_are_numpys(scores: list[float]) -> None:
    """mean, median and quartiles are what NumPy says; one score is all of them"""
    found = score_figures(scores, 1000, ScoreSource.REPORTS)
    assert (found.lower, found.median, found.upper) == pytest.approx(tuple(np.quantile(scores, [0.25, 0.5, 0.75])))
    assert found.mean == pytest.approx(np.mean(scores))
    assert score_figures([], 5, ScoreSource.REPORTS).mean is None


# Cases


def _class_of(pattern: str) -> list:
    """Return reports in which a student for each letter passed the case (p) or not (w), waits (s) or met a fault (f)."""
    verdicts = {"p": Verdict.PASSED, "w": Verdict.WRONG, "s": Verdict.SKIPPED, "f": Verdict.FAULT}
    return [
        report(
            f"s{number:02}",
            outcome("the case", verdicts[letter], function="double"),
            *(outcome(f"other {n}", Verdict.PASSED if number % 5 >= n else Verdict.WRONG, function="triple") for n in range(4)),
        )
        for number, letter in enumerate(pattern)
    ]


def test_discrimination_is_the_correlation_with_all_other_cases() -> None:
    """it is Pearson's between passing and the rest of the points, without the case's own"""
    reports = _class_of("pw" * 12)
    (found,) = [each for each in case_figures(reports) if each.title == "the case"]
    passed = [float(each.outcomes[0].verdict is Verdict.PASSED) for each in reports]
    rest = [sum(entry.earned for entry in each.outcomes[1:]) for each in reports]
    assert found.discrimination == pytest.approx(statistics.correlation(passed, rest), abs=0.01)
    assert (found.passed, found.judged, found.not_tried) == (12, 24, 0)


@pytest.mark.parametrize(
    ("passed", "rest"),
    [
        ([True, False] * 9 + [True], [float(number) for number in range(19)]),
        ([True] * 28 + [False] * 2, [float(number) for number in range(30)]),
        ([False] * 30, [float(number) for number in range(30)]),
        ([True, False] * 15, [2.0] * 30),
        ([], []),
        ([True], [1.0]),
    ],
    ids=["small", "nearly all pass", "none passes", "all others alike", "nobody", "one"],
)
def test_nothing_is_said_of_discrimination(passed: list[bool], rest: list[float]) -> None:
    """where the class is too small or all are alike a correlation would be chance"""
    assert discrimination(passed, rest) is None


@given(st.lists(st.tuples(st.booleans(), POINTS), min_size=1, max_size=60))
def test_discrimination_is_a_correlation(entries: list[tuple[bool, float]]) -> None:
    """whatever the class, it is nothing or within -1 and 1"""
    found = discrimination([passed for passed, _ in entries], [rest for _, rest in entries])
    assert found is None or -1 <= found <= 1


def test_who_never_tried_says_nothing_of_a_case() -> None:
    """who waits for another case lowers its share of passes, and not its discrimination; a fault counts nowhere"""
    alone, waiting = _class_of("ppwpw" * 6), _class_of("ppwpw" * 6 + "s" * 30 + "f")
    of_case = [next(each for each in case_figures(reports) if each.title == "the case") for reports in (alone, waiting)]
    assert of_case[0].discrimination == of_case[1].discrimination is not None
    assert [(each.judged, each.not_tried) for each in of_case] == [(30, 0), (60, 30)]


@pytest.mark.parametrize(
    ("value", "ran", "told"),
    [(-0.5, 30, True), (-0.3, 30, False), (-0.2, 400, True), (-0.19, 400, False), (0.1, 30, False), (None, 30, False)],
)
def test_a_case_that_goes_against_all_others_is_pointed_out(value: float | None, ran: int, told: bool) -> None:
    """a clearly negative discrimination is told, where it is more than chance in a class of that size"""
    case = CaseFigures("a", "a", "double", False, 1.0, {Verdict.PASSED: ran, Verdict.SKIPPED: 5}, value)
    assert bool(odd_case(case)) is told


def test_cases_are_in_the_order_of_the_tests() -> None:
    """a report that lacks cases, since the tests have changed, puts none of them last"""
    cases = [outcome(title) for title in ("first", "second", "third")]
    found = case_figures([report("ada", cases[2]), report("ben", *cases), report("cy", cases[1], outcome("old"))])
    assert [each.title for each in found] == ["first", "second", "third", "old"]


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 300, "0 %"), (1, 300, "1 %"), (299, 300, "99 %"), (300, 300, "100 %"), (1, 3, "33 %"), (0, 0, "-")],
)
def test_a_share_is_all_or_nothing_only_where_it_is(part: int, whole: int, told: str) -> None:
    """one of three hundred is not 0 %, and all but one are not 100 %"""
    assert percent(part, whole) == told


def test_functions() -> None:
    """of each function it is told for whom all is right, who has not written it, and the mean"""
    unwritten = report(
        "eve", outcome("a", Verdict.UNFINISHED, function="double"), outcome("b", Verdict.SKIPPED, function="double")
    )
    right = report("ada", outcome("a", function="double"), outcome("b", function="double"))
    half = report("ben", outcome("a", function="double"), outcome("b", Verdict.WRONG, function="double"))
    (found,) = function_figures([right, half, unwritten])
    assert (found.right, found.begun, found.unwritten, found.mean, found.possible) == (1, 2, People(1, ("eve",)), 1.0, 2.0)


# Mistakes


def test_each_student_counts_once_for_a_mistake() -> None:
    """however many cases show it; the rank is by students, then by what it costs"""
    found = mistake_figures([wrong("ada", "A", 3), wrong("ben", "A"), wrong("cy", "B", 4), wrong("dee", "C"), report("eve")])
    assert [(each.sentence, each.people.count, each.cost) for each in found] == [("A", 2, 2.0), ("B", 1, 4.0), ("C", 1, 1.0)]
    assert found[0].people.names == ("ada", "ben")


def test_a_mistake_costs_what_waits_because_of_it() -> None:
    """the points of cases behind a gate are lost to the mistake that closed it, and to no other one"""
    gate = outcome("the gate", Verdict.WRONG, points=0.5, function="double", cause="A")
    waiting = [outcome(f"row {number}", Verdict.SKIPPED, points=3, function="double") for number in range(2)]
    other = outcome("a row", Verdict.WRONG, points=1, function="triple", cause="B")
    unnamed = [replace(gate, cause=None), *waiting]
    before = outcome("before the gate", Verdict.WRONG, points=0.25, function="double", cause="C")
    reports = [report("ada", gate, other, *waiting), report("ben", before, *unnamed), report("cy", gate, other)]
    assert {each.sentence: (each.cost, each.function) for each in mistake_figures(reports)} == {
        "A": ((6.5 + 0.5) / 2, "double"),
        "B": (1.0, "triple"),
        "C": (0.25, "double"),
    }


def test_wrong_answers_without_a_name() -> None:
    """who has an unexplained wrong answer is counted for its function, also if another answer is explained"""
    both = report(
        "cy", outcome("a", Verdict.WRONG, function="double"), outcome("b", Verdict.WRONG, function="double", cause="A")
    )
    (found,) = nameless_figures([wrong("ada"), wrong("ben", "A"), both])
    assert (found.function, found.people.names) == ("double", ("ada", "cy"))


def test_rules_are_counted_whatever_the_number_of_calls() -> None:
    """which inputs fail is one rule however many calls a student's tests made; how many are right is none"""
    texts = [
        "Right in all 9 calls where `n` is 1; wrong in all 3 where it is more.",
        "Right in all 21 calls where `n` is 1; wrong in all 4 where it is more.",
        "Right in 3 of 9 calls.",
    ]
    reports = [
        report(f"s{number}", findings=(Finding("double", FindingKind.INPUTS, text),)) for number, text in enumerate(texts)
    ]
    (found,) = input_figures(reports)
    assert (found.people.count, found.text) == (2, "Right in all calls where `n` is 1; wrong in all where it is more.")


# Exceptions

SHAPES = (
    "double raised ValueError: operands could not be broadcast together with shapes {} {}\nline 3, in double:  out = out + b"
)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([SHAPES.format("(2,3,3,6)", "(3,)"), SHAPES.format("(1, 4)", "(4,)")], ("ValueError", "(...) (...)")),
        (
            [
                "double raised IndexError: index 3 is out of bounds for axis 3 with size 3",
                "double raised IndexError: index -17 is out of bounds for axis 0 with size 40",
            ],
            ("IndexError", "index # is out of bounds for axis # with size #"),
        ),
        (
            [
                "double is missing because its cell does not run. scaling.py, line 31: SyntaxError: expected ':'\n    for i",
                "double is missing because its cell does not run. cell 5, line 4: SyntaxError: expected ':'",
            ],
            ("SyntaxError", "expected ':'"),
        ),
        (["double raised SystemExit: 0", "double raised SystemExit: 3"], ("SystemExit", "#")),
        (["double raised KeyError", "double raised KeyError:"], ("KeyError", "")),
        (
            ["double ended the whole process: it ended the process with exit status 0."] * 2,
            ("", "ended the whole process: it ended the process with exit status #."),
        ),
        (["double raised MyOwnError: x is 2.5e-3", "double raised MyOwnError: x is -1.25"], ("MyOwnError", "x is #")),
        (["double raised numpy.linalg.LinAlgError: Singular matrix"] * 2, ("numpy.linalg.LinAlgError", "Singular matrix")),
        (["double raised StopIteration: ", "double raised StopIteration"], ("StopIteration", "")),
        (["", ""], ("", "raised")),
        (["double raised Oops: no 3", "double raised Oops: no 4"], ("Oops", "no #")),
        (["double raised Fehlerü"] * 2, ("Fehlerü", "")),
    ],
)
def test_exceptions_go_by_what_they_say(texts: list[str], said: tuple[str, str]) -> None:
    """figures, shapes and places do not tell exceptions apart; each student counts once"""
    (found,) = exception_figures([raised(f"s{number}", text) for number, text in enumerate(texts)])
    assert found.kind == said[0]
    assert found.text.endswith(said[1])
    assert (found.function, found.people.count) == ("double", 2)


def test_lines_at_which_an_exception_came_up() -> None:
    """the line that fails is told, not one that only leads there; the commonest first"""
    led = (
        "double raised IndexError: index 3 is out of bounds\nline 32, in double:  for j in range(W):\n"
        "scaling.ipynb cell 3, line 34, where it fails:  out[i, j] = x: y\n    out (1, 1)\nand line 2:  n = 3"
    )
    plain = "double raised IndexError: index 9 is out of bounds\nline 5, in double:  return x[n]"
    (found,) = exception_figures([raised("ada", led), raised("ben", plain), raised("cy", plain)])
    assert [(each.code, each.count) for each in found.lines] == [("return x[n]", 2), ("out[i, j] = x: y", 1)]
    assert found.example == plain


def test_hidden_inputs_are_not_told() -> None:
    """what code said in a hidden case is told nowhere; that it raised there is"""
    told = outcome("seen", Verdict.RAISED, function="double", text="double raised KeyError: 'x'")
    text = "double raised ValueError: SECRET\nline 1, in f:  g(x)"
    secret = outcome("a", Verdict.RAISED, function="double", hidden=True, text=text)
    own = outcome("a", Verdict.RAISED, function="double", hidden=True, text="double raised SECRET: x")
    function = outcome("a", Verdict.RAISED, function="double", hidden=True, text="double raised print: x")
    other = outcome("b", Verdict.OVER_TIME, function="triple", hidden=True, text="SECRET")
    reports = [report("ada", secret, other), report("ben", told, secret), report("cy", secret), report("dee", own)]
    reports.append(report("eve", function))
    found = class_report_of(facts(*reports))
    assert {(each.kind, each.text, each.people.names, each.example) for each in found.exceptions} == {
        ("ValueError", "in hidden cases alone", ("ada", "cy"), ""),
        ("KeyError", "'x'", ("ben",), "double raised KeyError: 'x'"),
        ("", "over-time, in hidden cases alone", ("ada",), ""),
        ("", "raised, in hidden cases alone", ("dee", "eve"), ""),
    }
    assert "SECRET" not in repr(found)


def test_what_students_choose_has_an_end() -> None:
    """a message of thousands of letters, and a name that is none, are cut and kept apart from nobody"""
    odd = raised("ada", f"double raised <b>x</b>: {'y' * 9000}\nline 3, in double:  raise {'z' * 9000}")
    (found,) = exception_figures([odd, raised("ben", odd.outcomes[0].for_student)])
    assert (found.kind, found.people.count, len(found.text) < 301, len(found.lines[0].code)) == ("", 2, True, 200)


def test_what_a_mistake_explains_is_no_exception() -> None:
    """an exception that a known mistake explains is told as that; endless loops and memory are told by what they say"""
    loop = raised(
        "ben", "double gave no answer within 10 s of CPU time and was stopped. Does a loop never end?", Verdict.OVER_TIME
    )
    found = exception_figures([raised("ada", "double raised ValueError: x", cause="A"), loop])
    assert [(each.kind, each.text[:20]) for each in found] == [("", "gave no answer withi")]


def test_a_file_that_does_not_run_counts_once() -> None:
    """where nothing of a file runs it is one thing, and about no function"""
    sentence = "scaling.py, line 3: SyntaxError: invalid syntax"
    cases = [outcome("a", Verdict.RAISED, function=name, text=sentence) for name in ("double", "triple")]
    (found,) = exception_figures([report("ada", *cases, problems=(sentence,))])
    assert (found.function, found.kind, found.people.count) == ("", "SyntaxError", 1)


def test_a_cell_that_stops_is_told_once() -> None:
    """a cell that stops is told once: with the function that it would define, or else as the whole file's"""
    stops = "scaling.py, line 3: NameError: name 'x' is not defined"
    missing = outcome("a", Verdict.RAISED, function="double", text=f"double is missing because its cell does not run. {stops}")
    unfinished = outcome("b", Verdict.UNFINISHED, function="triple", text="triple is not defined in scaling.py.")
    told = [report("ada", missing, unfinished, problems=(stops,)), report("ben", outcome("a"), unfinished, problems=(stops,))]
    found = {(each.function, each.kind, each.people.names) for each in exception_figures(told)}
    assert found == {("double", "NameError", ("ada",)), ("", "NameError", ("ben",))}


# Budgets and times


def test_where_a_class_is_against_a_limit() -> None:
    """ratios in order, who is beyond the limit with its leeway, and who loops over what"""
    reports = [
        timed("ada", 3.0),
        timed("ben", 59.0),
        timed("cy", 61.0),
        timed("dee", 8.0, "H", "W"),
        timed("eve", math.inf, "H"),
    ]
    (found,) = budget_figures([*reports, report("fay")])
    assert found.ratios == (3.0, 8.0, 59.0, 61.0, math.inf)
    assert found.beyond.names == ("cy", "eve")
    assert [(each.axes, each.people.names) for each in found.loops] == [(("H",), ("eve",)), (("H", "W"), ("dee",))]
    assert budget_text(found).endswith("the median needs 59x")
    assert found.quick_loops.count == 0
    assert budget_text(replace(found, ratios=(2.0, 8.0), beyond=people([]))).endswith("the median needs 5x")


def test_loops_that_cost_nothing_are_no_trouble_of_a_class() -> None:
    """who loops and is quick enough is counted apart from those whose loops cost points, and is no topic for a lesson"""
    ratios = {"ada": (12.0, "H"), "ben": (24.0, "H", "W"), "cy": (25.0, "H"), "dee": (23.0,), "eve": (61.0, "W")}
    reports = [timed(name, *measured, loops_cost_beyond=20.0) for name, measured in ratios.items()]
    (found,) = budget_figures(reports)
    assert [(each.axes, each.people.names) for each in found.loops] == [(("H",), ("cy",)), (("W",), ("eve",))]
    assert (found.beyond.names, found.quick_loops.names) == (("eve",), ("ada", "ben"))
    assert budget_text(found).endswith("the median needs 24x; 2 loop over an axis in Python, quick enough")
    (one,) = budget_figures(reports[:1])
    assert budget_text(one).endswith("; 1 loops over an axis in Python, quick enough")
    assert one.loops == ()
    # What is between both limits costs nothing only where no loop is.
    assert "(without loops, up to 60x costs nothing)" in budget_text(found)
    assert "(up to 60x costs nothing)" in budget_text(one)


def test_when_work_came_in() -> None:
    """the moment it is due is in time, a second later is late"""
    hours = {"a": 0.0, "b": -1 / 3600, "c": 24.0, "d": 200.0, "e": -24.0, "f": -25.0, "g": 0.5}
    found = time_figures([report("a", seconds=2.0), report("b", seconds=4.0)], hours, ["b", "e", "f"], 1)
    counts = {entry.label: entry.count for entry in found.bins if entry.count}
    assert counts == {
        "a week before, or more": 1, "1 to 3 days before": 1, "in the last hour": 2, "late, up to a day": 2,
        "later than a day": 1,
    }  # fmt: skip
    assert (found.median_hours, found.median_seconds, found.all_seconds, found.late.count) == (0.0, 3.0, 6.0, 3)
    assert time_figures([], {}, [], 0).bins == ()


# What to talk about


def test_what_concerns_most_students_comes_first() -> None:
    """three topics at most, by how many they concern; what one student did is none"""
    reports = [
        *(wrong(f"a{number}", "A") for number in range(2)),
        *(wrong(f"b{number}", "B") for number in range(4)),
        *(raised(f"c{number}", "double raised KeyError: 'x'\nline 1, in double:  d['x']") for number in range(3)),
        *(timed(f"d{number}", 9.0, "H", "W") for number in range(5)),
        wrong("e", "E"),
    ]
    found = class_report_of(facts(*reports)).topics
    assert [(topic.kind, topic.people.count) for topic in found] == [
        (TopicKind.LOOP, 5), (TopicKind.MISTAKE, 4), (TopicKind.EXCEPTION, 3),
    ]  # fmt: skip
    assert found[2].text == "KeyError: 'x'. Most often at `d['x']`."
    assert class_report_of(facts(report("ada"), wrong("ben", "A"))).topics == ()
    assert [topic.text for topic in class_report_of(facts(wrong("ben", "A"))).topics] == ["A"]


def test_a_group_stands_for_its_inputs() -> None:
    """where wrong answers are grouped by behaviour the rule about inputs is no topic of its own"""
    rule = (Finding("double", FindingKind.INPUTS, "Right in all 3 calls where `n` is 1; wrong in all 3 where it is more."),)
    reports = [report(name, outcome("a", Verdict.WRONG, function="double"), findings=rule) for name in ("ada", "ben")]
    assert [topic.kind for topic in class_report_of(facts(*reports)).topics] == [TopicKind.INPUTS]
    grouped = class_report_of(facts(*reports, groups=(group("ada", "ben"),)))
    assert [topic.kind for topic in grouped.topics] == [TopicKind.UNNAMED]
    assert grouped.groups[0].command == "cnngrade new mistake scaling double_1f3a"


def test_an_exception_is_one_topic() -> None:
    """where those who raise are in groups as well, the exception is the topic: it has more of them, and the line"""
    reports = [raised(name, "double raised KeyError: 'x'\nline 1, in double:  d['x']") for name in ("ada", "ben", "cy")]
    alike = group("ada", "ben")
    found = class_report_of(facts(*reports, groups=(replace(alike, example=replace(alike.example, answered="KeyError: 'x'")),)))
    assert [topic.kind for topic in found.topics] == [TopicKind.EXCEPTION]
    other = group("ben", "cy")
    found = class_report_of(facts(*reports, groups=(replace(other, example=replace(other.example, answered="KeyErrors: 1")),)))
    assert [topic.kind for topic in found.topics] == [TopicKind.EXCEPTION, TopicKind.UNNAMED]


# People


def test_who_is_in_which_state() -> None:
    """missing, without a report, not in the roster: nobody is counted where he does not belong"""
    found = class_report_of(
        facts(
            report("ada"), report("zoe"), members=("ada", "ben", "cy"), handed_in=("ada", "cy", "dee", "zoe"), damaged=("dee",)
        )
    )
    who = found.attendance
    assert (who.missing, who.unjudged, who.strangers) == (people(["ben"]), people(["cy"]), people(["zoe"]))
    assert (found.class_size, found.handed_in, found.graded, who.waiting) == (5, 4, 2, None)


def test_the_case_of_an_id_makes_nobody_a_stranger() -> None:
    """who is in the roster in another case or with composed letters is the same person"""
    found = class_report_of(facts(report("ADA"), report("zoe\u0308"), members=("ada", "zo\u00eb", "ben")))
    assert (found.attendance.strangers.count, found.attendance.missing.names, found.class_size) == (0, ("ben",), 3)


def test_a_fault_is_no_score() -> None:
    """who has no score is in no mean"""
    found = class_report_of(facts(report("ada"), report("ben", *FAULT.outcomes)))
    assert (found.scores.count, found.scores.mean) == (1, 3.0)


@pytest.mark.parametrize("naming", Naming)
def test_only_numbers_stay_of_who_is_not_named(naming: Naming) -> None:
    """without names all counts are the same; who needs attention is named unless nobody is"""
    whole = class_report_of(large_facts())
    found = as_named(whole, naming)
    assert [each.people.count for each in found.mistakes] == [each.people.count for each in whole.mistakes]
    assert bool(found.mistakes[0].people.names) is (naming is Naming.EVERYBODY)
    assert bool(found.groups[0].people.names) is (naming is Naming.EVERYBODY)
    assert bool(found.attendance.missing.names) is (naming is not Naming.NOBODY)
    assert bool(found.times.late.names) is (naming is not Naming.NOBODY)
    assert found.scores == whole.scores


OWNED = {
    "[Errno #] No such file or directory: '/home/ada/data.npy'": "[Errno #] No such file or directory: '/home/.../data.npy'",
    r"No such file: 'C:\\Users\\Ada Lovelace\\x.npy'": r"No such file: 'C:\\Users\\...\\x.npy'",
    "'/Users/ada'": "'/Users/...'",
    "/mnt/c/Users/ada/x": "/mnt/c/Users/.../x",
    "file:///nethome/ada/x": "file:///nethome/.../x",
    "homes / users / n": "homes / users / n",
}


@pytest.mark.parametrize("text", OWNED)
def test_nobodys_files_are_told_of_to_a_class(text: str) -> None:
    """a page for the class has no text that one student reads, and no name of whose folder a path leads through"""
    told = f"double raised OSError: {text}\nada_own.py, line 1, in double:  open({text})"
    alike = group("ada", "ben", source=f"def double(x):\n    open({text})\n")
    whole = class_report_of(facts(raised("ada", told), raised("ben", told), groups=(alike,)))
    found = as_named(whole, Naming.NOBODY)
    (figures,) = found.exceptions
    assert (figures.text, figures.lines[0].code, figures.example) == (OWNED[text], f"open({OWNED[text]})", "")
    assert OWNED[text] in found.groups[0].source
    assert "ada" not in repr(found).casefold()
    assert as_named(whole, Naming.ATTENTION).exceptions[0].example == told
