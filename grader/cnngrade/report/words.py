"""The words that every rendering shares: verdicts, points, ratios, and what to do next."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from cnngrade.budget.ratio import ratio_text
from cnngrade.errors import Verdict
from cnngrade.model import Cost, FindingKind, Outcome, Report
from cnngrade.report.order import Task, never_ran, steps
from cnngrade.safe_text import visible_block, visible_line
from cnngrade.scoring import LOOPED_FROM, LOOPED_SHARE, NONE_FROM, deciding_limit, loops_cost_points, whole_up_to

WORDS = {
    Verdict.PASSED: "ok",
    Verdict.WRONG: "wrong",
    Verdict.RAISED: "raised",
    Verdict.UNFINISHED: "to do",
    Verdict.SLOW: "slow",
    Verdict.OVER_TIME: "timeout",
    Verdict.OVER_MEMORY: "memory",
    Verdict.SKIPPED: "waits",
    Verdict.STOPPED: "stopped",
    Verdict.FAULT: "fault",
}
"""One word (two at most) per verdict, of at most 7 letters: they form a column."""


# What an outcome without a text of its own says.
_MEANINGS = {
    Verdict.OVER_TIME: "It ran longer than the course allows and was stopped.",
    Verdict.OVER_MEMORY: "It asked for more memory than there is.",
    Verdict.FAULT: "The grader failed here, not your work. It costs you nothing.",
}


CLOSE = 2.0


_FACT = (14, 2_000)


_CALL = (3, 300)


_NOT_DONE = (Verdict.PASSED, Verdict.SLOW, Verdict.SKIPPED, Verdict.STOPPED)


def points_text(points: float) -> str:
    """Return points with as many decimals as they need, two at most."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def points_in_words(points: float) -> str:
    """Return points with their word: "1 point", "2.5 points"."""
    text = points_text(points)
    return f"{text} point{'' if text == '1' else 's'}"


def share_text(earned: float, points: float) -> str:
    """Return what is earned of what can be, such as "1.5/3"."""
    return f"{points_text(earned)}/{points_text(points)}"


def score_text(report: Report) -> str:
    """Return the score of a whole report; without one, the words never look like zero."""
    possible = points_in_words(report.possible)
    return f"{points_text(report.earned)} of {possible}" if report.earned is not None else f"no score yet (of {possible})"


def rest_text(report: Report) -> str:
    """Return how all points of the unit are made up, "" where these are all: "12 public + 8 hidden = 20 points"."""
    if report.rest is None or not (report.rest.hidden or report.rest.prose):
        return ""
    total = points_in_words(report.possible + report.rest.hidden + report.rest.prose)
    return f"{points_by_kind(report.possible, report.rest.hidden, report.rest.prose)} = {total}"


def points_by_kind(public: float, hidden: float, prose: float) -> str:
    """Return points by who gives them, without kinds that there are none of: "12 public + 7 hidden + 1 in prose"."""
    kinds = ((public, "public"), (hidden, "hidden"), (prose, "in prose"))
    return " + ".join(f"{points_text(points)} {kind}" for points, kind in kinds if points)


def standing(cost: Cost) -> str:
    """Return where an estimate is: "within" the limit, "over" it, or so "close" to it that only the graded run can decide.

    The limit is the budget's, or that of its loops where there are some and they have one.
    """
    limit = whole_up_to(cost)
    if cost.ratio > limit * CLOSE:
        return "over"
    return "close" if cost.ratio >= limit / CLOSE else "within"


def cost_text(cost: Cost) -> str:
    """Return the sentences for a budget case's numbers."""
    if cost.looped and cost.loops_cost_beyond is not None:
        text = _with_timed_loops(cost, cost.loops_cost_beyond)
    else:
        where = f"{standing(cost)}: " if cost.estimated else ""
        text = f"{where}{_time_text(cost, cost.limit)}; {_limit_text(cost)}."
    if cost.estimated and standing(cost) == "close":
        text += " This is an estimate: the graded run decides."
    if cost.looped and cost.loops_cost_beyond is None:
        return (
            f"{_loops(cost)}, which leaves at most {LOOPED_SHARE:.0%} of the points: "
            f"{_REMEDY[0].lower()}{_REMEDY[1:]}. The time: {text}"
        )
    if not cost.looped and cost.ratio > CLOSE * cost.limit:
        text += " A Python loop over single numbers is the usual reason."
    return text


_REMEDY = "Let NumPy take such an axis as a whole"


def _loops(cost: Cost) -> str:
    return f"Your code loops over {_and([visible_line(axis) for axis in cost.looped])} in Python"


def _with_timed_loops(cost: Cost, beyond: float) -> str:
    """Return what is said of loops that cost points beyond a ratio: over what, how quick it is, and where that ratio is."""
    loops, time = _loops(cost), _time_text(cost, beyond)
    if loops_cost_points(cost):
        most = f"at most {LOOPED_SHARE:.0%} of the points from {ratio_text(LOOPED_FROM * beyond)} on"
        text = f"{loops} and takes {time}: loops cost nothing up to {ratio_text(beyond)}, and leave {most}."
        return f"{text} {_REMEDY}; without such loops, {_limit_text(cost)}."
    enough = "and may be quick enough" if cost.estimated and standing(cost) == "close" else "and is quick enough"
    near = ", and this is close enough" if cost.ratio > beyond else ""
    return f"{loops}, {enough}: {time}; loops cost points beyond {ratio_text(beyond)}{near}."


def _time_text(cost: Cost, limit: float) -> str:
    """Return the ratio, told apart from a limit that it is just over."""
    about = "about " if cost.estimated else ""
    if math.isinf(cost.ratio):
        return "more than could be measured"
    if cost.ratio > limit and ratio_text(cost.ratio) == ratio_text(limit):
        return f"a little over {ratio_text(limit)} the reference's time"
    return f"{about}{ratio_text(cost.ratio)} the reference's time"


def _limit_text(cost: Cost) -> str:
    """Return up to which ratio the budget leaves all points, and what follows beyond it."""
    text = f"full points up to {ratio_text(cost.limit)}"
    if cost.ratio > deciding_limit(cost.limit):
        return f"{text}, none from {ratio_text(NONE_FROM * cost.limit)}"
    return f"{text}, and this is close enough" if cost.ratio > cost.limit else text


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def block(text: str) -> str:
    """Return a sentence or several, made visible and cut to what is shown below a case."""
    return visible_block(text, *_FACT)


def fact(outcome: Outcome) -> str:
    """Return what there is to say of how a case ended, made visible: the fact or the numbers; it may have several lines."""
    if outcome.for_student.strip():
        return block(outcome.for_student)
    return cost_text(outcome.cost) if outcome.cost is not None else _MEANINGS.get(outcome.verdict, "")


def call(outcome: Outcome) -> str:
    """Return the call that was wrong, made visible, "" where it is not known or not to be told."""
    return f"The call: {visible_block(outcome.call, *_CALL)}" if outcome.call else ""


def facts(outcome: Outcome) -> tuple[str, ...]:
    """Return what to say of a case that is read by itself, made visible: the fact, the call, and the known mistake."""
    cause = f"Known mistake: {visible_line(outcome.cause)}" if outcome.cause else ""
    return tuple(text for text in (fact(outcome), call(outcome), cause) if text)


def case_title(outcome: Outcome) -> str:
    """Return what a case is called where cases of several functions stand together."""
    return visible_line(f"{outcome.case.function}: {outcome.case.title}")


def case_text(outcome: Outcome) -> str:
    """Return what is told of a case where its verdict's word does not stand beside it; never empty."""
    return "\n".join(facts(outcome)) or WORDS[outcome.verdict]


def first_sentence(text: str) -> str:
    """Return the first sentence of a text on one line."""
    found = re.match(r".+?[.!?](?=\s|$)", text)
    return found[0] if found else text


def findings_at(report: Report) -> dict[str, tuple[str, ...]]:
    """Return {case: texts}, made visible: what was found about a function stands below its first case that did not pass."""
    found: dict[str, tuple[str, ...]] = {}
    for function in dict.fromkeys(finding.function for finding in report.findings):
        texts = tuple(block(finding.text) for finding in report.findings if finding.function == function)
        cases = (outcome for outcome in report.outcomes if outcome.case.function == function)
        first = next((outcome.case.id for outcome in cases if outcome.verdict not in _NOT_DONE), None)
        if first is not None:
            found[first] = texts
    return found


def inputs_note(report: Report) -> str:
    """Return the note for a student whose answers were wrong on inputs that he does not have; "" if there are none."""
    if not any(outcome.own_inputs and outcome.verdict is Verdict.WRONG for outcome in report.outcomes):
        return ""
    return (
        "Grading uses other numbers than your handout. Run `cnngrade check`: it runs the public cases on your handout's "
        "numbers and shows what was expected. If all pass there, your code is right only for those numbers."
    )


def counts_text(report: Report) -> str:
    """Return how many cases ended how, such as "4 ok, 1 wrong", in the order of `Verdict`."""
    counts = Counter(outcome.verdict for outcome in report.outcomes)
    return ", ".join(f"{counts[verdict]} {WORDS[verdict]}" for verdict in Verdict if counts[verdict])


def next_step(report: Report, headings: Mapping[str, str] | None = None, whole: str = "") -> str:
    """Return the one sentence that says what to do next, about the case to work on first (see `report.order`).

    `headings` maps a function to the heading of the lesson cell that explains it. `whole` is what to call for a check of the
    whole unit: the command if that is left out.
    """
    file = report.submission.path
    where = visible_line(file.name if file.is_absolute() else file.as_posix())
    if any(outcome.verdict is Verdict.FAULT for outcome in report.outcomes):
        return "tell your instructor. A part of the grader failed, not your work, and it costs you no points."
    if any(outcome.verdict is Verdict.STOPPED for outcome in report.outcomes):
        return "check again: this check was stopped before it was done."
    if not report.outcomes:
        return f"no case was judged. Fix {where} first."
    if never_ran(report):
        return f"fix {where} first: none of its functions could be called."
    step = next(iter(steps(report)), None)
    if step is None:
        return _when_all_passed(report, where, whole)
    function = visible_line(step.outcome.case.function)
    if step.task is Task.RUN:
        return f"run {visible_line(step.about)}."
    if step.task is Task.CORRECT:
        line = _PLACE.match(_first_line(step.about))
        return f"fix {_within(line[0]) if line else where} first: that code does not run."
    if step.task is Task.RENAME:
        return f"give the value that is called {function} another name, in {visible_line(step.about) or where}."
    if step.task is Task.MOVE:
        return f"move {function} from {visible_line(step.about)} to where it is judged."
    if step.task is Task.WAIT and (called := _called_by(report, step.outcome)):
        return called
    if step.task is Task.FIX and (known := _known_about(report, step.outcome)):
        return f"fix {function} in {where}{known}"
    heading = (headings or {}).get(step.outcome.case.function)
    read = f'read "{visible_line(heading)}" in {where}, then ' if heading else ""
    place = "" if heading else f" in {where}"
    if step.task is Task.WRITE:
        return f"{read}write {function}{place}."
    if step.task is Task.HASTEN:
        return f"{read}make {function} faster{place}: let NumPy work on whole arrays where a Python loop runs now."
    return f'{read}fix {function}{place}: "{visible_line(step.outcome.case.title)}".'


def open_question(points: float, where: str) -> str:
    """Return what to do about a question in prose that has no answer yet."""
    return f"answer the question in {where}, which is worth {points_in_words(points)}: no answer is there yet."


def _when_all_passed(report: Report, where: str, whole: str) -> str:
    """Return what is left to do, or that nothing is, once every case that was run has passed."""
    note = " Read the note before you hand it in." if report.problems and not report.submission.student else ""
    if report.functions:
        functions, unit = map(visible_line, (_and(report.functions), report.submission.unit))
        call = whole or f"`cnngrade check {unit}`"
        return f"go on: every public case of {functions} passed. {call} checks the whole unit.{note}"
    if report.rest is None:
        return f"nothing is left to fix here. Every case passed.{note}"
    if not report.rest.answered:
        return f"{open_question(report.rest.prose, where)} Every public case passed.{note}"
    if report.rest.hidden:
        return f"nothing is left to fix here. Every public case passed; hidden ones run when your work is graded.{note}"
    return f"nothing is left to fix here. Every case passed.{note}"


_PLACE = re.compile(r".+?, line \d+(?=:)|the cell of \w+|cell \[\d+\]", re.IGNORECASE)
_LINE = re.compile(r"(?:cell \S+, )?line \d+")
# What has a capital letter only because a sentence begins with it.
_BEGINNING = re.compile(r"^(?:Line|Cell|The cell)\b")
# What says how many calls are right, and not which.
_TALLY = re.compile(r"Right in \d+ of \d+ calls\.")
# The beginnings of the lines of a finding that name a place.
_PLACES = re.compile(r"^(\S.*?[Ll]ine \d+|Line \d+)(?=: look at )", re.MULTILINE)


def _called_by(report: Report, outcome: Outcome) -> str:
    """Return which function has to be put right first, of those that the failing one calls; "" where none has."""
    calls = (found for found in report.findings if found.kind is FindingKind.CALLS and found.function == outcome.case.function)
    return next((_first_line(found.text) for found in calls), "")


def _known_about(report: Report, outcome: Outcome) -> str:
    """Return the end of the advice on a function of which more is known than that it is wrong, "" for any other."""
    if outcome.cause:
        return f": {first_sentence(visible_line(outcome.cause))}"
    found = {finding.kind: _in_short(finding.text) for finding in report.findings if finding.function == outcome.case.function}
    if place := found.get(FindingKind.PLACE):
        return f". {place}"
    line = _LINE.search(outcome.for_student) if outcome.verdict is Verdict.RAISED else None
    where = f", {line[0]}" if line else ""
    if (rule := found.get(FindingKind.INPUTS)) and not _TALLY.fullmatch(rule):
        return f"{where}. {rule}"
    return f'{where}: "{visible_line(outcome.case.title)}".' if line else ""


def _in_short(text: str) -> str:
    """Return the first line of what was found, and if that only counts places, which they are."""
    first = _first_line(text)
    places = _PLACES.findall(text)
    if _PLACES.match(text) or not places:
        return first
    either = " or " if "one of" in first else " and "
    told = either.join(map(_within, places))
    return f"{first.rstrip('.')}: {visible_line(told)}."


def _within(place: str) -> str:
    """Return the name of a place as it is called within a sentence."""
    return _BEGINNING.sub(lambda word: word[0].lower(), place)


def _first_line(text: str) -> str:
    return visible_line(text.partition("\n")[0])
