"""The words that every rendering shares: verdicts, points, ratios, and what to do next."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cnngrade.budget.ratio import ratio_text
from cnngrade.errors import Verdict
from cnngrade.model import Cost, Outcome, Report
from cnngrade.safe_text import visible_block, visible_line
from cnngrade.scoring import LOOPED_SHARE, NONE_FROM, deciding_limit

WORDS = {
    Verdict.PASSED: "ok",
    Verdict.WRONG: "wrong",
    Verdict.RAISED: "raised",
    Verdict.UNFINISHED: "to do",
    Verdict.SLOW: "slow",
    Verdict.OVER_TIME: "timeout",
    Verdict.OVER_MEMORY: "memory",
    Verdict.SKIPPED: "waits",
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


_NOT_DONE = (Verdict.PASSED, Verdict.SLOW, Verdict.SKIPPED)


def points_text(points: float) -> str:
    """Return points with as many decimals as they need, two at most."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def share_text(earned: float, points: float) -> str:
    """Return what is earned of what can be, such as "1.5/3"."""
    return f"{points_text(earned)}/{points_text(points)}"


def score_text(report: Report) -> str:
    """Return the score of a whole report; without one, the words never look like zero."""
    possible = f"{points_text(report.possible)} point{'' if report.possible == 1 else 's'}"
    return f"{points_text(report.earned)} of {possible}" if report.earned is not None else f"no score yet (of {possible})"


def standing(cost: Cost) -> str:
    """Return where an estimate is: "within" the limit, "over" it, or so "close" to it that only the graded run can decide."""
    if cost.ratio > cost.limit * CLOSE:
        return "over"
    return "close" if cost.ratio >= cost.limit / CLOSE else "within"


def cost_text(cost: Cost) -> str:
    """Return the sentence for a budget case's numbers."""
    about = "about " if cost.estimated else ""
    if math.isinf(cost.ratio):
        text = "more than could be measured"
    elif cost.ratio > cost.limit and ratio_text(cost.ratio) == ratio_text(cost.limit):
        text = f"a little over {ratio_text(cost.limit)} the reference's time"
    else:
        text = f"{about}{ratio_text(cost.ratio)} the reference's time"
    if cost.estimated:
        text = f"{standing(cost)}: {text}"
    text += f"; full points up to {ratio_text(cost.limit)}"
    if cost.ratio > deciding_limit(cost.limit):
        text += f", none from {ratio_text(NONE_FROM * cost.limit)}"
    elif cost.ratio > cost.limit:
        text += ", and this is close enough"
    text += "."
    if cost.estimated and standing(cost) == "close":
        text += " This is an estimate: the graded run decides."
    if cost.looped:
        text = (
            f"Your code loops over {_and(cost.looped)} in Python, which leaves at most {LOOPED_SHARE:.0%} of the points: "
            f"let NumPy take such an axis as a whole. The time: {text}"
        )
    elif cost.ratio > CLOSE * cost.limit:
        text += " A Python loop over single numbers is the usual reason."
    return text


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def facts(outcome: Outcome, said: Iterable[str] = (), named: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what to say below the title of a case, made visible: the fact, the numbers, the call, the known mistake.

    A fact may have several lines. What is already `said` about the whole file is not said again, and of a mistake that was
    `named` at an earlier case only that it is the same.
    """
    told = []
    fact = outcome.for_student
    if fact.strip() and fact not in tuple(said):
        told.append(visible_block(fact, *_FACT))
    elif outcome.cost is not None:
        told.append(cost_text(outcome.cost))
    elif outcome.verdict in _MEANINGS and not fact.strip():
        told.append(_MEANINGS[outcome.verdict])
    if outcome.call:
        told.append(f"The call: {visible_block(outcome.call, *_CALL)}")
    if outcome.cause:
        again = outcome.cause in tuple(named)
        told.append("The same known mistake." if again else f"Known mistake: {visible_line(outcome.cause)}")
    return tuple(told)


def findings_at(report: Report) -> dict[str, tuple[str, ...]]:
    """Return {case: texts}, made visible: what was found about a function stands below its first case that did not pass."""
    found: dict[str, tuple[str, ...]] = {}
    for function in dict.fromkeys(finding.function for finding in report.findings):
        texts = tuple(visible_block(finding.text, *_FACT) for finding in report.findings if finding.function == function)
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


def next_step(report: Report, headings: Mapping[str, str] | None = None) -> str:
    """Return the one sentence that says what to do next.

    `headings` maps a function to the heading of the lesson cell that explains it.
    """
    file = report.submission.path
    where = visible_line(file.name if file.is_absolute() else file.as_posix())
    if any(outcome.verdict is Verdict.FAULT for outcome in report.outcomes):
        return "tell your instructor. A part of the grader failed, not your work, and it costs you no points."
    if not report.outcomes:
        return f"no case was judged. Fix {where} first."
    first = _first_to_fix(report)
    if first is None:
        return "nothing is left to fix here. Every case passed."
    function, title = visible_line(first.case.function), visible_line(first.case.title)
    heading = (headings or {}).get(first.case.function)
    read = f'read "{visible_line(heading)}" in {where}, then ' if heading else ""
    place = "" if heading else f" in {where}"
    if first.verdict is Verdict.UNFINISHED:
        return f"{read}write {function}{place}."
    if first.verdict is Verdict.SLOW:
        return f"{read}make {function} faster{place}: let NumPy work on whole arrays where a Python loop runs now."
    return f'{read}fix {function}{place}: "{title}".'


def _first_to_fix(report: Report) -> Outcome | None:
    """Return the first case to work on: right comes before fast, and a case that waits needs no work of its own."""
    failing = [outcome for outcome in report.outcomes if outcome.verdict is not Verdict.PASSED]
    for chosen in (
        [outcome for outcome in failing if outcome.verdict not in _NOT_DONE],
        [outcome for outcome in failing if outcome.verdict is Verdict.SLOW],
        failing,
    ):
        if chosen:
            return chosen[0]
    return None
