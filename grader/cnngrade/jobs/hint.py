"""The next hint: check the work, find what to work on first, and give one more of the hints about it.

Hints about the mistake that was made come first, then those about the case, then the three about the function.

Which hints were given is kept in `.cnngrade-hints.json` beside the work, so that none is given twice.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cnngrade.course.hints import EACH, Hints, load_hints
from cnngrade.errors import SubmissionError, UsageError, Verdict
from cnngrade.files import write_atomically
from cnngrade.findings.allowance import Allowance
from cnngrade.jobs.check import check
from cnngrade.jobs.targets import Target
from cnngrade.judge.progress import TellStep, tell_nobody
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Outcome, Report, Unit
from cnngrade.report.html import fragment, with_code
from cnngrade.report.layout import wrapped
from cnngrade.report.order import steps
from cnngrade.safe_text import visible_block, visible_line
from cnngrade.scoring import part_of
from cnngrade.student.failures import YOUR_FILE, not_written
from cnngrade.submission.choose import written_beside
from cnngrade.submission.read import read_work
from cnngrade.worker.cells import Cell

MEMORY = ".cnngrade-hints.json"


# Whoever asks for a hint may wait for it.
_SEARCH_SECONDS = 10.0


_NOT_YET = (Verdict.UNFINISHED, Verdict.SKIPPED)


# Lines and characters of what student's code said.
_SHOWN = (14, 2_000)


_WIDTH = 96


_WORDS = {
    Verdict.UNFINISHED: "not written yet",
    Verdict.RAISED: "raises an error",
    Verdict.OVER_TIME: "takes too long",
    Verdict.OVER_MEMORY: "takes too much memory",
    Verdict.SLOW: "too slow",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: number `number` of `of` about `about`. `because` says what failed; `given` are those before it.

    Number 0 is none of them: the code did not run, and `because` is why. `found` is what else is known of the function, and
    `more` says whether there are hints that were not given yet.
    """

    about: str
    number: int
    text: str
    because: str
    given: tuple[str, ...]
    repeated: bool
    mistake: str = ""
    found: tuple[str, ...] = ()
    of: int = EACH
    more: bool = True


def _memory(folder: Path) -> dict[str, int]:
    try:
        data = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {key: value for key, value in data.items() if isinstance(value, int) and value >= 0}


def _open_cases(report: Report, function: str | None) -> list[Outcome]:
    """Return the cases that a hint may be about, in the order in which they should be worked on."""
    asked = report if function is None else part_of(report, function)
    return [step.outcome for step in steps(asked) if step.outcome.verdict is not Verdict.FAULT]


@dataclass(frozen=True, slots=True)
class HintSource:
    """What hints are about: the report on some work, the code that it was made of, and what is written in cells beside that.

    Both raise SubmissionError where the work cannot be read. Which hints were given is kept beside the target's path.
    """

    target: Target
    report: Report
    cells: Callable[[], Iterable[Cell]]
    beside: Callable[[], Collection[str]] = tuple


def _own_words(cells: Iterable[Cell]) -> set[str]:
    """Return what the functions of the student's code, stubs among them, say while they are not written."""
    words: set[str] = set()
    for cell in cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            words.update(re.findall(r"""raise +NotImplementedError\(["'](.+)["']\)""", cell.source))
            continue
        for call in (node.exc for node in nodes if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "NotImplementedError":
                words.update(str(part.value) for part in ast.walk(call) if isinstance(part, ast.Constant))
    return words - {""}


def _why_not_there(judged: HintSource, outcome: Outcome) -> str:
    """Say why a function is not there or not written; "" where that is all there is to say."""
    function, fact = outcome.case.function, outcome.for_student
    try:
        # A stub speaks for itself; about a function that is not there, or stands elsewhere, the report does.
        own_words = {not_written(function), *_own_words(judged.cells())}
        if function in judged.beside():
            return f"{function} is written in a cell that is not judged." if fact in own_words else fact
        return "" if any(words in fact for words in own_words) else fact
    except SubmissionError:
        return fact


def _not_run(judged: HintSource, outcome: Outcome) -> Hint | None:
    """Return what to say before any hint where the function is not there or its code did not run; None where it did."""
    failed_cells = [problem for problem in judged.report.problems if problem != judged.target.note]
    function, fact = outcome.case.function, outcome.for_student
    cause = next((problem for problem in failed_cells if problem in fact), "")
    because = fact if cause or fact.startswith(YOUR_FILE) else ""
    if outcome.verdict is Verdict.RAISED and not because:
        # What an import or a definition in a failed cell would have brought is missing later.
        places = [problem for problem in failed_cells if "NameError" in fact or problem.partition(": ")[0] in fact]
        because = "\n".join([*places, fact]) if places else ""
    elif outcome.verdict is Verdict.UNFINISHED:
        because = _why_not_there(judged, outcome)
    if not because:
        return None
    return Hint(function, 0, f"Fix this first. Hints on {function} come once it runs.", because, (), repeated=False)


def _only_time_is_short(report: Report, outcome: Outcome) -> bool:
    """Say whether the case ran over its time while every other judged case of the function is right."""
    others = [other for other in report.outcomes if other.case.function == outcome.case.function and other is not outcome]
    right = (Verdict.PASSED, Verdict.OVER_TIME, Verdict.SLOW)
    return outcome.verdict is Verdict.OVER_TIME and bool(others) and all(other.verdict in right for other in others)


@dataclass(frozen=True, slots=True)
class _Series:
    """Hints that belong together: the key under which it is remembered how many were given, what they are about, and they."""

    key: str
    about: str
    texts: tuple[str, ...]


def _all_series(hints: Hints, target: Target, report: Report, outcome: Outcome, asked: str | None) -> list[_Series]:
    """Return the series of hints that fit what failed, the most special first; there is always one."""
    function, unit = outcome.case.function, target.unit.name
    found: list[_Series] = []
    if asked is None and all(other.verdict in _NOT_YET for other in report.outcomes):
        found.append(_Series(unit, unit, hints.unit))
    if outcome.cause and hints.mistakes:
        found += [
            _Series(f"{unit}/{function}/mistake/{name}", function, hints.mistakes[name])
            for name in _names_of(outcome.cause, target)
            if name in hints.mistakes
        ]
    if texts := hints.about_case(outcome.case):
        found.append(_Series(f"{unit}/{function}/case/{outcome.case.id}", function, texts))
    if function in hints.budgets and (outcome.verdict is Verdict.SLOW or _only_time_is_short(report, outcome)):
        return [*found, _Series(f"{unit}/{function}/budget", f"{function}, within its time budget", hints.budgets[function])]
    return [*found, _Series(f"{unit}/{function}", function, hints.functions[function])]


def _names_of(sentence: str, target: Target) -> list[str]:
    """Return the names of the known mistakes that a sentence explains."""
    knowledge = Suite(target.course, target.unit).answers().knowledge()
    known = (known for function in target.unit.functions for known in knowledge.mistakes(function))
    return [known.name for known in known if known.sentence == sentence]


def next_hint(target: Target, function: str | None = None, tell: TellStep = tell_nobody) -> Hint | None:
    """Return the next hint for the first thing to work on (in `function`), None if nothing failed; remembers that it was given.

    `tell` hears of each step before it is taken; looking for the line of a mistake may take seconds. Raises UsageError
    for a function or unit that has no hints, and what `check` raises.
    """
    if function is None and target.functions:
        function = target.functions[0]
    # Whether a function fails because of another one shows only where both are judged.
    target = replace(target, functions=())
    hints = hints_for(target.course, target.unit, function)
    judged = HintSource(
        target,
        check(target, search=PATIENT, tell=tell),
        lambda: read_work(target.path, target.unit.name).cells,
        lambda: written_beside(target.path, target.course, target.unit),
    )
    return hint_about(judged, hints, function)


PATIENT = Allowance(_SEARCH_SECONDS, by_clock=2 * _SEARCH_SECONDS)
"""How long the lines of mistakes are looked for when somebody has asked for a hint."""


def hints_for(course: Course, unit: Unit, function: str | None) -> Hints:
    """Return the unit's hints; raises UsageError where it has none, or no such function."""
    hints = load_hints(course, unit)
    if hints is None:
        raise UsageError(f"{unit.name} has no hints. Read its lesson again, or ask the course staff.")
    if function is not None and function not in unit.functions:
        raise UsageError(f"{unit.name} has no function {function}. There are: {', '.join(unit.functions)}.")
    return hints


def hint_about(judged: HintSource, hints: Hints, function: str | None) -> Hint | None:
    """Return the next hint for the first thing to work on (in `function`), None if nothing failed; it counts as given."""
    target, report, unit = judged.target, judged.report, judged.target.unit
    cases = _open_cases(report, function)
    if not cases:
        return None
    outcome = cases[0]
    if first := _not_run(judged, outcome):
        return first
    folder = target.path.parent
    given = _memory(folder)
    fitting = _all_series(hints, target, report, outcome, function)
    series = next((series for series in fitting if given.get(series.key, 0) < len(series.texts)), fitting[-1])
    texts = series.texts
    before = min(given.get(series.key, 0), len(texts))
    number = min(before + 1, len(texts))
    if before < len(texts):
        write_atomically(folder / MEMORY, json.dumps(given | {series.key: number}, indent=2) + "\n")
    return Hint(
        series.about,
        number,
        texts[number - 1],
        because=_because(series, outcome, unit),
        given=texts[: number - 1],
        repeated=before == len(texts),
        mistake=outcome.cause or "",
        found=tuple(finding.text for finding in report.findings if finding.function == outcome.case.function),
        of=len(texts),
        more=number < len(texts) or series is not fitting[-1],
    )


def _because(series: _Series, outcome: Outcome, unit: Unit) -> str:
    if series.about == unit.name:
        return "nothing is written yet"
    return f"{outcome.case.title}: {_WORDS.get(outcome.verdict, 'wrong')}"


NOTHING_FAILED = "Nothing failed, so there is no hint to give."


_LAST = "That was the last of them, and you have seen it. Now pen and paper: do the smallest failing case by hand."


_TRY_FIRST = "Try it before you ask for the next one."


def hint_as_html(hint: Hint | None, again: bool) -> str:
    """Return the hint as the output of a notebook's cell; `again` puts the earlier ones before it."""
    return fragment([_paragraph(NOTHING_FAILED)] if hint is None else _html_lines(hint, again))


def _html_lines(hint: Hint, again: bool) -> Iterator[str]:
    number = f"hint {hint.number} of {hint.of}" if hint.number else "before any hint"
    yield f'<p style="margin:0 0 0.4em"><strong>{with_code(visible_line(hint.about))}</strong> ({number})</p>'
    yield _paragraph(hint.because)
    if not hint.number:
        yield _paragraph(hint.text)
        return
    if hint.mistake:
        yield _paragraph(f"The mistake: {hint.mistake}")
    yield from map(_paragraph, hint.found)
    texts = (*(hint.given if again else ()), hint.text)
    yield f'<ol start="{hint.number - len(texts) + 1}" style="margin:0.4em 0 0.4em 0.4em">'
    yield from (f"<li>{_paragraph(text)}</li>" for text in texts)
    yield "</ol>"
    if after := _after(hint):
        yield _paragraph(after)


def _paragraph(text: str) -> str:
    # No <p>: one cannot hold the blocks of code that may be in it.
    return f'<div style="margin:0.3em 0;white-space:pre-wrap">{with_code(visible_block(text, *_SHOWN))}</div>'


def _after(hint: Hint) -> str:
    """Return what to do once the hint has been read."""
    return _LAST if hint.repeated else _TRY_FIRST if hint.more else ""


def hint_as_text(hint: Hint | None, again: bool) -> str:
    """Return the hint for a terminal; `again` puts the earlier ones before it."""
    if hint is None:
        return NOTHING_FAILED
    if hint.number == 0:
        because = wrapped(visible_block(hint.because, *_SHOWN), _WIDTH, 2)
        return "\n".join([f"{hint.about}   (before any hint)", *because, "", hint.text])
    lines = [f"{hint.about}   (hint {hint.number} of {hint.of})", *wrapped(hint.because, _WIDTH, 2)]
    if hint.mistake:
        lines += ["", *wrapped(f"The mistake: {hint.mistake}", _WIDTH, 2)]
    for text in hint.found:
        lines += ["", *wrapped(visible_block(text, *_SHOWN), _WIDTH, 2)]
    for number, text in enumerate((*(hint.given if again else ()), hint.text), 1 if again else hint.number):
        first, *more = wrapped(text, _WIDTH, 5)
        lines += ["", f"  {number}. {first.strip()}", *more]
    return "\n".join([*lines, "", _after(hint)]).rstrip()
