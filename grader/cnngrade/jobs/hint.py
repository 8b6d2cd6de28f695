"""The next hint: check the work, find what failed first, and give one more of its three hints.

Which hints were given is kept in `.cnngrade-hints.json` beside the work, so that none is given twice.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course.hints import Hints, load_hints
from cnngrade.errors import SubmissionError, UsageError, Verdict
from cnngrade.files import write_atomically
from cnngrade.jobs.check import check
from cnngrade.jobs.targets import Target
from cnngrade.model import Outcome, Report
from cnngrade.safe_text import visible_block
from cnngrade.student.failures import YOUR_FILE, not_written
from cnngrade.submission.choose import written_beside
from cnngrade.submission.read import read_work

MEMORY = ".cnngrade-hints.json"


_NOT_YET = (Verdict.UNFINISHED, Verdict.SKIPPED)


# Lines and characters of what student's code said.
_SHOWN = (14, 2_000)


_WORDS = {
    Verdict.UNFINISHED: "not written yet",
    Verdict.RAISED: "raises an error",
    Verdict.OVER_TIME: "takes too long",
    Verdict.OVER_MEMORY: "takes too much memory",
    Verdict.SLOW: "too slow",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: number `number` of the three about `about`. `because` says what failed; `given` are those before it.

    Number 0 is none of the three: the code did not run, and `because` is why.
    """

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


def _open_cases(report: Report, function: str | None) -> list[Outcome]:
    """Return the cases that a hint may be about: what is wrong before what is slow, and each in the order of the cases."""
    found = [
        outcome
        for outcome in report.outcomes
        if outcome.verdict not in (Verdict.PASSED, Verdict.SKIPPED, Verdict.FAULT)
        and (function is None or outcome.case.function == function)
    ]
    return sorted(found, key=lambda outcome: outcome.verdict is Verdict.SLOW)


def _own_words(target: Target) -> set[str]:
    """Return what the functions in the student's file, stubs among them, say while they are not written."""
    words: set[str] = set()
    for cell in read_work(target.path, target.unit.name).cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            words.update(re.findall(r"""raise +NotImplementedError\(["'](.+)["']\)""", cell.source))
            continue
        for call in (node.exc for node in nodes if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "NotImplementedError":
                words.update(str(part.value) for part in ast.walk(call) if isinstance(part, ast.Constant))
    return words - {""}


def _why_not_there(target: Target, outcome: Outcome) -> str:
    """Say why a function is not there or not written; "" where that is all there is to say."""
    function, fact = outcome.case.function, outcome.for_student
    try:
        # A stub speaks for itself; about a function that is not there, or stands elsewhere, the report does.
        own_words = {not_written(function), *_own_words(target)}
        if function in written_beside(target.path, target.course, target.unit):
            return f"{function} is written in a cell that is not judged." if fact in own_words else fact
        return "" if any(words in fact for words in own_words) else fact
    except SubmissionError:
        return fact


def _not_run(target: Target, report: Report, cases: Sequence[Outcome]) -> Hint | None:
    """Return what to say before any hint where a function is not there or its code did not run; None where it did."""
    failed_cells = [problem for problem in report.problems if problem != target.note]
    for outcome in cases:
        function, fact = outcome.case.function, outcome.for_student
        cause = next((problem for problem in failed_cells if problem in fact), "")
        because = fact if cause or fact.startswith(YOUR_FILE) else ""
        if outcome.verdict is Verdict.RAISED and not because:
            # What an import or a definition in a failed cell would have brought is missing later.
            places = [problem for problem in failed_cells if "NameError" in fact or problem.partition(": ")[0] in fact]
            because = "\n".join([*places, fact]) if places else ""
        elif outcome.verdict is Verdict.UNFINISHED:
            because = _why_not_there(target, outcome)
        if because:
            return Hint(function, 0, f"Fix this first. Hints on {function} come once it runs.", because, (), repeated=False)
    return None


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
    if asked is None and untouched and given.get(unit, 0) < len(hints.unit):
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
    cases = _open_cases(report, function)
    if not cases:
        return None
    if first := _not_run(target, report, cases):
        return first
    outcome = cases[0]
    folder = target.path.parent
    given = _memory(folder)
    key, texts = _series(hints, report, outcome, function, given)
    before = min(given.get(key, 0), len(texts))
    number = min(before + 1, len(texts))
    if before < len(texts):
        write_atomically(folder / MEMORY, json.dumps(given | {key: number}, indent=2) + "\n")
    if key == unit.name:
        about, because = unit.name, "nothing is written yet"
    else:
        about = outcome.case.function + (", within its time budget" if key.endswith("/budget") else "")
        because = f"{outcome.case.title}: {_WORDS.get(outcome.verdict, 'wrong')}"
    repeated = before == len(texts)
    return Hint(about, number, texts[number - 1], because, texts[: number - 1], repeated, outcome.cause or "")


def hint_as_text(hint: Hint, again: bool) -> str:
    """Return the hint for a terminal; `again` puts the earlier ones before it."""
    import textwrap

    if hint.number == 0:
        lines = [f"{hint.about}   (before any hint)"]
        for line in visible_block(hint.because, *_SHOWN).splitlines():
            lines += textwrap.wrap(line, 96, initial_indent="  ", subsequent_indent="  ")
        return "\n".join([*lines, "", hint.text])
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
