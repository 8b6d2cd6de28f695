"""The list of a report's cases as it is read from top to bottom: one cause is told once, and what says the same is folded."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngrade.errors import Verdict
from cnngrade.model import Outcome, Report
from cnngrade.report import words
from cnngrade.report.order import never_ran
from cnngrade.safe_text import visible_line
from cnngrade.scoring import rounded

# Of cases in a row that say the same, the first few are shown and the rest counted.
_KEPT = {Verdict.PASSED: 3, Verdict.UNFINISHED: 1, Verdict.SKIPPED: 1, Verdict.STOPPED: 1}


_FOLDED_FROM = 2


# Of these the word says enough where the sentence has been read before.
_SAYS_IT_ALL = (Verdict.UNFINISHED, Verdict.SKIPPED, Verdict.STOPPED)


# A line of an exception's report that shows a line of the student's code.
_OF_CODE = re.compile(r"(?:and )?(?:\S.*, )?line \d+(?:, (?:in|where) [^:]*)?: ")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, with what stands below it: a case, or (`outcome` is None) how many more there are like the last."""

    verdict: Verdict
    title: str
    earned: float
    points: float
    outcome: Outcome | None
    facts: tuple[str, ...] = ()
    hidden: bool = False


class RowReader:
    """What has been read of a report so far."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._problems = tuple(problem for problem in map(words.block, report.problems) if problem)
        self._found = words.findings_at(report)
        self._read: dict[str, set[str]] = {}
        self._causes: list[str] = []
        self._called: set[str] = set()

    def rows(self, outcomes: Sequence[Outcome], folded: bool) -> list[Row]:
        """Return the rows of some of the report's cases; `folded` shows the first few of those that say the same."""
        if outcomes and never_ran(self._report):
            return self._one_row(outcomes)
        if not folded:
            return [self._row(outcome) for outcome in outcomes]
        return list(self._folded(outcomes))

    def _one_row(self, outcomes: Sequence[Outcome]) -> list[Row]:
        first = next(outcome for outcome in self._report.outcomes if outcome.verdict is not Verdict.SKIPPED)
        title = f"None of the {len(outcomes)} cases ran." if len(outcomes) > 1 else visible_line(outcomes[0].case.title)
        return [Row(first.verdict, title, 0.0, _sum([outcome.case.points for outcome in outcomes]), first, self._facts(first))]

    def _folded(self, outcomes: Sequence[Outcome]) -> Iterator[Row]:
        for _, run in itertools.groupby(enumerate(outcomes), _alike):
            alike = [outcome for _, outcome in run]
            kept = _KEPT.get(alike[0].verdict, 1)
            if len(alike) - kept < _FOLDED_FROM:
                kept = len(alike)
            yield from map(self._row, alike[:kept])
            if rest := alike[kept:]:
                earned, points = _sum([entry.earned for entry in rest]), _sum([entry.case.points for entry in rest])
                yield Row(rest[0].verdict, f"... and {len(rest)} more like this", earned, points, None)

    def _row(self, outcome: Outcome) -> Row:
        case = outcome.case
        facts = self._facts(outcome)
        quoted = {_code_in(line) for fact in facts for line in fact.split("\n") if _OF_CODE.match(line)}
        facts += tuple(_without(quoted, found) for found in self._found.get(case.id, ()))
        title = visible_line(case.title)
        return Row(outcome.verdict, title, rounded(outcome.earned), rounded(case.points), outcome, facts, case.hidden)

    def _facts(self, outcome: Outcome) -> tuple[str, ...]:
        fact = self._unread(outcome, words.fact(outcome))
        cause = "" if outcome.cause is None else self._cause(outcome.cause)
        return tuple(text for text in (fact, self._call(outcome), cause) if text)

    def _call(self, outcome: Outcome) -> str:
        """Return the call, with what its arguments are if it is the first that is told of its function."""
        call = "" if self._about_file(outcome) else words.call(outcome)
        if outcome.case.function in self._called:
            first = call.partition("\n")[0]
            # Further lines are the steps that followed, not what arguments are.
            return f"{first} ..." if first.endswith(";") else first
        if call:
            self._called.add(outcome.case.function)
        return call

    def _about_file(self, outcome: Outcome) -> bool:
        """Say whether a case ended before its function was called."""
        return any(problem in words.fact(outcome) for problem in self._problems)

    def _unread(self, outcome: Outcome, fact: str) -> str:
        """Return what of a fact has not been read, about the whole file or at an earlier case of its function."""
        if not fact or fact in self._problems:
            return ""
        for problem in self._problems:
            fact = re.sub(rf"(^|[.!?] )?{re.escape(problem)}", lambda found: _note_above(found[1]), fact)
        read = self._read.setdefault(outcome.case.function, set())
        first, *rest = fact.split("\n")
        if fact in read:
            return "" if outcome.verdict in _SAYS_IT_ALL else "The same as above."
        if outcome.verdict is Verdict.RAISED:
            places = {line for line in rest if _OF_CODE.match(line)}
            if places and places <= read:
                # The same lines of code: with these inputs the figures are others, and what is to be done is the same.
                return f"As above: {first}"
            read |= places
        read.add(fact)
        return fact

    def _cause(self, cause: str) -> str:
        if self._causes and self._causes[-1] == cause:
            return "The same known mistake."
        is_read = cause in self._causes
        self._causes.append(cause)
        text = visible_line(cause)
        return f"Known mistake, as above: {words.first_sentence(text)}" if is_read else f"Known mistake: {text}"


def _code_in(line: str) -> str:
    """Return the code in a line of an exception's report."""
    return line.partition(":  ")[2].strip()


def _without(quoted: set[str], found: str) -> str:
    """Return what was found without the lines of code below its places that the report on an exception shows already."""
    lines = found.split("\n")
    return "\n".join(line for line in lines if not (line.startswith("    ") and line.strip() in quoted))


def _note_above(before: str | None) -> str:
    return "see the note above." if before is None else f"{before}See the note above."


def _alike(numbered: tuple[int, Outcome]) -> object:
    """Return what neighbours that may be shown together have in common; a case with something to say is shown alone."""
    number, outcome = numbered
    has_told = outcome.for_student and outcome.verdict not in _KEPT
    if has_told or outcome.cost or outcome.cause or outcome.for_staff:
        return number
    return outcome.verdict, outcome.case.function, outcome.for_student


def _sum(points: Sequence[float]) -> float:
    return rounded(sum(points))
