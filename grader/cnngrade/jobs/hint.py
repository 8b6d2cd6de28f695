"""The next hint: check the work, find what failed first, and give one more of its three hints.

Which hints were given is kept in `.cnngrade-hints.json` beside the work, so that none is given twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course.hints import Hints, load_hints
from cnngrade.errors import UsageError, Verdict
from cnngrade.files import write_atomically
from cnngrade.jobs.check import check
from cnngrade.jobs.targets import Target
from cnngrade.model import Outcome, Report

MEMORY = ".cnngrade-hints.json"


_NOT_YET = (Verdict.UNFINISHED, Verdict.SKIPPED)


_WORDS = {
    Verdict.UNFINISHED: "not written yet",
    Verdict.RAISED: "raises an error",
    Verdict.OVER_TIME: "takes too long",
    Verdict.OVER_MEMORY: "takes too much memory",
    Verdict.SLOW: "too slow",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: number `number` of the three about `about`. `because` says what failed; `given` are those before it."""

    about: str
    number: int
    text: str
    because: str
    given: tuple[str, ...]
    repeated: bool
    mistake: str = ""


def _memory(folder: Path) -> dict[str, int]:
    try:
        data = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {key: value for key, value in data.items() if isinstance(value, int) and value >= 0}


def _failed(report: Report, function: str | None) -> Outcome | None:
    """Return the outcome that a hint is about: what is wrong comes before what is slow, and each in the order of the cases."""
    open_cases = [
        outcome
        for outcome in report.outcomes
        if outcome.verdict not in (Verdict.PASSED, Verdict.SKIPPED, Verdict.FAULT)
        and (function is None or outcome.case.function == function)
    ]
    return min(open_cases, key=lambda outcome: outcome.verdict is Verdict.SLOW, default=None)


def _only_time_is_short(report: Report, outcome: Outcome) -> bool:
    """Say whether the case ran over its time while every other judged case of the function is right."""
    others = [other for other in report.outcomes if other.case.function == outcome.case.function and other is not outcome]
    right = (Verdict.PASSED, Verdict.OVER_TIME, Verdict.SLOW)
    return outcome.verdict is Verdict.OVER_TIME and bool(others) and all(other.verdict in right for other in others)


def _series(
    hints: Hints, report: Report, outcome: Outcome, asked: str | None, given: dict[str, int]
) -> tuple[str, tuple[str, ...]]:
    """Return which three hints fit what failed: the key under which they are remembered, and the hints."""
    function, unit = outcome.case.function, report.submission.unit
    untouched = all(other.verdict in _NOT_YET for other in report.outcomes)
    broken = all(not other.earned for other in report.outcomes) and bool(report.problems)
    if asked is None and (untouched or broken) and given.get(unit, 0) < len(hints.unit):
        return unit, hints.unit
    if function in hints.budgets and (outcome.verdict is Verdict.SLOW or _only_time_is_short(report, outcome)):
        return f"{unit}/{function}/budget", hints.budgets[function]
    return f"{unit}/{function}", hints.functions[function]


def next_hint(target: Target, function: str | None = None) -> Hint | None:
    """Return the next hint for the first thing that failed (in `function`), None if nothing did; remembers that it was given.

    Raises UsageError for a function or unit that has no hints, and what `check` raises.
    """
    unit = target.unit
    hints = load_hints(target.course, unit)
    if hints is None:
        raise UsageError(f"{unit.name} has no hints. Read its lesson again, or ask the course staff.")
    if function is not None and function not in unit.functions:
        raise UsageError(f"{unit.name} has no function {function}. There are: {', '.join(unit.functions)}.")
    report = check(target)
    outcome = _failed(report, function)
    if outcome is None:
        return None
    folder = target.path.parent
    given = _memory(folder)
    key, texts = _series(hints, report, outcome, function, given)
    before = min(given.get(key, 0), len(texts))
    number = min(before + 1, len(texts))
    if before < len(texts):
        write_atomically(folder / MEMORY, json.dumps(given | {key: number}, indent=2) + "\n")
    if key == unit.name:
        about, because = unit.name, report.problems[0] if report.problems else "nothing is written yet"
    else:
        about = outcome.case.function + (", within its time budget" if key.endswith("/budget") else "")
        because = f"{outcome.case.title}: {_WORDS.get(outcome.verdict, 'wrong')}"
    repeated = before == len(texts)
    return Hint(about, number, texts[number - 1], because, texts[: number - 1], repeated, outcome.cause or "")


def hint_as_text(hint: Hint, again: bool) -> str:
    """Return the hint for a terminal; `again` puts the earlier ones before it."""
    import textwrap

    lines = [
        f"{hint.about}   (hint {hint.number} of 3)",
        *textwrap.wrap(hint.because, 96, initial_indent="  ", subsequent_indent="  "),
    ]
    if hint.mistake:
        lines += ["", *textwrap.wrap(f"The mistake: {hint.mistake}", 96, initial_indent="  ", subsequent_indent="  ")]
    for number, text in enumerate((*(hint.given if again else ()), hint.text), 1 if again else hint.number):
        lines += ["", *textwrap.wrap(f"{number}. {text}", 96, initial_indent="  ", subsequent_indent="     ")]
    lines.append("")
    if hint.repeated:
        lines.append(
            "That was the last of the three, and you have seen it. Now pen and paper: do the smallest failing case by hand."
        )
    elif hint.number < 3:
        lines.append("Try it before you ask for the next one.")
    return "\n".join(lines).rstrip()
