"""How calls ended instead of answering: exceptions by what they say, with the lines where they came up, and endless loops."""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cnngrade.errors import Verdict
from cnngrade.insight.class_report import CodeLine, ExceptionFigures, people
from cnngrade.model import Outcome, Report
from cnngrade.report.order import never_ran

_MOST_LINES = 3


_IN_HIDDEN_CASES = "in hidden cases alone"


_MOST_SAID, _MOST_CODE = 300, 200
"""Characters of what students chose."""


_PYTHONS_OWN = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)


_ENDED = (Verdict.RAISED, Verdict.OVER_TIME, Verdict.OVER_MEMORY)


# "f raised ValueError: ...", and of a cell that does not run "script.py, line 3: SyntaxError: ...".
_RAISED = (
    re.compile(r"\braised (?P<kind>[^\W\d][\w.]*)(?::\s*(?P<text>.*))?$"),
    re.compile(r"\bline \d+: (?P<kind>[^\W\d][\w.]*(?:Error|Exception|Exit|Warning))(?::\s*(?P<text>.*))?$"),
)


# Shapes and other figures, which depend on the inputs of the case and not on the mistake.
_SHAPE = re.compile(r"\((?:\d+(?:, ?|\)))+\)?")


_FIGURE = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b")


# How a report shows a line of code: where it is, what happens there, and the code.
_CODE = re.compile(r"^(?:.*, )?line \d+(?:, (?P<what>[^:\n]*))?:  (?P<code>.+)$", re.MULTILINE)


@dataclass(slots=True)
class _Group:
    """Students for whom the same happened; `lines` holds (student, code) once each, `example` is the shortest text."""

    students: set[str] = field(default_factory=set)
    lines: set[tuple[str, str]] = field(default_factory=set)
    example: str = ""

    def add(self, student: str, told: str, code: str) -> None:
        self.students.add(student)
        if code:
            self.lines.add((student, code))
        if told and not 0 < len(self.example) <= len(told):
            self.example = told


def exception_figures(reports: Sequence[Report]) -> tuple[ExceptionFigures, ...]:
    """Return how calls ended without an answer, that which most students have seen first.

    What a known mistake explains is left out: it is told as that. A student counts once for each. What came up in hidden cases
    alone is told without its text, in which code may have put their inputs: a class may see this.
    """
    groups: dict[tuple[str, str, str], _Group] = {}
    for report in reports:
        student = report.submission.student
        for function, outcome in _without_answer(report):
            code = _failing_code(outcome.for_student)
            told = "" if outcome.case.hidden else outcome.for_student
            groups.setdefault((function, *_said(outcome)), _Group()).add(student, told, code)
        for kind, text, told in _unrun_cells(report):
            groups.setdefault(("", kind, text), _Group()).add(student, told, "")
    found = [
        ExceptionFigures(function, kind, text, people(group.students), _ranked(group), group.example)
        for (function, kind, text), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.people.count, each.function, each.kind, each.text)))


def _without_answer(report: Report) -> Iterator[tuple[str, Outcome]]:
    """Yield (function, outcome) of what ended without an answer; where nothing ran at all, that once and about no function.

    What came up in a hidden case is left out where public cases of the function show anything.
    """
    found = [outcome for outcome in report.outcomes if outcome.verdict in _ENDED and not outcome.cause]
    if never_ran(report):
        yield from (("", outcome) for outcome in found[:1])
        return
    in_public = {outcome.case.function for outcome in found if not outcome.case.hidden}
    for outcome in found:
        if not outcome.case.hidden or outcome.case.function not in in_public:
            yield outcome.case.function, outcome


def _unrun_cells(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, what it says, the whole text) of exceptions at which cells stop whose functions are then only missing."""
    if all(outcome.verdict is Verdict.PASSED for outcome in report.outcomes):
        return
    for problem in report.problems:
        raised = _RAISED[1].search(problem.partition("\n")[0][:_MOST_SAID])
        is_told = any(problem in outcome.for_student for outcome in report.outcomes if outcome.verdict in _ENDED)
        if raised is not None and not is_told:
            yield raised["kind"], _without_figures(raised["text"] or ""), problem


def _said(outcome: Outcome) -> tuple[str, str]:
    """Return the exception's name, "" where there was none, and what was said, the same whatever the figures were."""
    first = outcome.for_student.partition("\n")[0].strip()[:_MOST_SAID]
    found = (form.search(first) for form in _RAISED) if outcome.verdict is Verdict.RAISED else ()
    raised = next(filter(None, found), None)
    if outcome.case.hidden:
        # Code may give an exception of its own any name.
        if raised is not None and raised["kind"] in _PYTHONS_OWN:
            return raised["kind"], _IN_HIDDEN_CASES
        return "", f"{outcome.verdict.value}, {_IN_HIDDEN_CASES}"
    if raised is not None:
        return raised["kind"], _without_figures(raised["text"] or "")
    return "", _without_figures(first.removeprefix(f"{outcome.case.function} ")) or outcome.verdict.value


def _without_figures(text: str) -> str:
    return _FIGURE.sub("#", _SHAPE.sub("(...)", text))


def _failing_code(text: str) -> str:
    """Return the line of code at which an exception came up, "" where the text shows none."""
    found = list(_CODE.finditer(text))
    failing = next((each for each in found if each["what"] == "where it fails"), None)
    first = failing or (found[0] if found else None)
    return first["code"].strip()[:_MOST_CODE] if first else ""


def _ranked(group: _Group) -> tuple[CodeLine, ...]:
    counts = Counter(code for _, code in group.lines)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(CodeLine(code, count) for code, count in ranked[:_MOST_LINES])
