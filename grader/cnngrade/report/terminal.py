"""A report as a student reads it in a terminal.

One line per case: verdict, title, points; below it the smallest fact that shows what happened. A console that cannot show a
character gets a plainer one.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cnngrade.errors import Verdict
from cnngrade.model import Cost, Outcome, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.report.axis import cost_bar
from cnngrade.safe_text import visible_block, visible_line
from cnngrade.scoring import rounded

_COLOURS = {
    Verdict.PASSED: "32",
    Verdict.WRONG: "31",
    Verdict.RAISED: "31",
    Verdict.UNFINISHED: "36",
    Verdict.SLOW: "33",
    Verdict.OVER_TIME: "31",
    Verdict.OVER_MEMORY: "31",
    Verdict.SKIPPED: "36",
    Verdict.FAULT: "35",
}


_BOLD = "1"


_INDENT = 2


_NARROWEST = 40


_WIDEST_TITLE = 72


_BAR = 40


_OUTPUT = (20, 2_000)


_STAFF = (60, 8_000)


# Of cases in a row that say the same, the first few are shown and the rest counted.
_KEPT = {Verdict.PASSED: 3, Verdict.UNFINISHED: 1, Verdict.SKIPPED: 1}


_FOLDED_FROM = 2


def report_as_text(
    report: Report,
    colour: bool,
    width: int = 100,
    staff: bool = False,
    encoding: str = "utf-8",
    headings: Mapping[str, str] | None = None,
) -> str:
    """Return the report as lines of at most `width` columns, without a final line end.

    `staff` adds what is for the staff alone. `encoding` is that of the console; what it cannot show becomes an escape.
    `headings` maps a function to the heading of its lesson, for the last line's advice.
    """
    page = _Page(colour, max(width, _NARROWEST), encoding)
    lines = list(_lines(page, report if staff else as_students_see(report), staff, headings))
    text = "\n".join(line.rstrip() for line in lines)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def summary_line(report: Report) -> str:
    """Return the whole report on one line: "6 of 10 points: 4 ok, 1 wrong"."""
    counts = words.counts_text(report)
    return f"{words.score_text(report)}: {counts}" if counts else words.score_text(report)


def clipped(text: str, width: int) -> str:
    """Return `text` on one line of at most `width` columns, with "..." where the rest was."""
    line = visible_line(text)
    return line if len(line) <= width else line[: max(width - 3, 0)].rstrip() + "..."


@dataclass(frozen=True, slots=True)
class _Page:
    """What the lines are written on."""

    colour: bool
    width: int
    encoding: str

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def can_show(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def wrapped(self, text: str, indent: int) -> Iterator[str]:
        """Yield the lines of `text`, each broken where it is too wide; its own indentation is kept."""
        margin = " " * indent
        for line in text.split("\n"):
            own = line[: len(line) - len(line.lstrip())][:8]
            yield from textwrap.wrap(
                line, self.width, initial_indent=margin, subsequent_indent=margin + own, break_on_hyphens=False
            ) or [""]

    def quoted(self, text: str, indent: int) -> Iterator[str]:
        """Yield the lines of `text` behind a bar, each cut to pieces where it is too wide."""
        room = self.width - indent - 2
        for line in text.split("\n"):
            for start in range(0, max(len(line), 1), room):
                yield f"{'':{indent}}| {line[start : start + room]}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the list of cases: one case, or (`outcome` is None) how many more there are like the one before."""

    word: str
    code: str
    title: str
    share: str
    outcome: Outcome | None


def _lines(page: _Page, report: Report, staff: bool, headings: Mapping[str, str] | None) -> Iterator[str]:
    yield from _head(page, report, staff)
    for problem in report.problems:
        yield ""
        yield from page.wrapped(f"Note: {visible_block(problem, *_OUTPUT)}", 0)
    if report.outcomes:
        yield ""
        yield from _cases(page, report, staff)
    if not staff and (note := words.inputs_note(report)):
        yield ""
        yield from page.wrapped(note, 0)
    if report.output.strip():
        yield ""
        yield "Your code printed:"
        yield from page.quoted(visible_block(report.output, *_OUTPUT), _INDENT)
    for note in report.staff_notes:
        yield ""
        yield from page.wrapped(f"For staff: {visible_block(note, *_OUTPUT)}", 0)
    if staff and report.layers:
        yield ""
        yield "Confined by:"
        for layer in report.layers:
            yield from page.wrapped(f"{'' if layer.active else 'not by '}{layer.name}: {visible_line(layer.text)}", _INDENT)
    yield ""
    yield from page.wrapped(f"Next: {words.next_step(report, headings)}", 0)


def _head(page: _Page, report: Report, staff: bool) -> Iterator[str]:
    who = f"{report.submission.student}: " if staff and report.submission.student else ""
    title, score = visible_line(who + report.title), words.score_text(report)
    *lines, last = textwrap.wrap(title, page.width) or [""]
    for line in lines:
        yield page.paint(line, _BOLD)
    if len(last) + 3 + len(score) <= page.width:
        yield f"{page.paint(last, _BOLD)}   {score}"
    else:
        yield page.paint(last, _BOLD)
        yield score


def _cases(page: _Page, report: Report, staff: bool) -> Iterator[str]:
    rows = list(_rows(report))
    first = max(5, *(len(row.word) for row in rows))
    last = max(len(row.share) for row in rows)
    indent = _INDENT + first + 2
    room = min(page.width - indent - 2 - last, _WIDEST_TITLE)
    room = min(room, max(len(row.title) for row in rows))
    named: list[str] = []
    found = words.findings_at(report)
    for row in rows:
        title, *more = textwrap.wrap(row.title, max(room, 10)) or [""]
        word = page.paint(row.word, row.code) + " " * (first - len(row.word))
        yield f"{'':{_INDENT}}{word}  {title:{room}}  {row.share:>{last}}"
        for line in more:
            yield f"{'':{indent}}{line}"
        if row.outcome is not None:
            yield from _below(page, row.outcome, report.problems, named, staff, indent)
            named += [row.outcome.cause] if row.outcome.cause else []
            for text in found.get(row.outcome.case.id, ()):
                yield from page.wrapped(text, indent)


def _rows(report: Report) -> Iterator[_Row]:
    for _, run in itertools.groupby(enumerate(report.outcomes), _alike):
        outcomes = [outcome for _, outcome in run]
        kept = _KEPT.get(outcomes[0].verdict, 1)
        if len(outcomes) - kept < _FOLDED_FROM:
            kept = len(outcomes)
        for outcome in outcomes[:kept]:
            title = visible_line(outcome.case.title) + (" (hidden)" if outcome.case.hidden else "")
            yield _row(outcome.verdict, title, [outcome], outcome)
        if rest := outcomes[kept:]:
            yield _row(rest[0].verdict, f"... and {len(rest)} more like this", rest, None)


def _alike(numbered: tuple[int, Outcome]) -> object:
    """Return what neighbours that may be shown together have in common; a case with something to say is shown alone."""
    number, outcome = numbered
    has_told = outcome.for_student and outcome.verdict not in _KEPT
    if has_told or outcome.cost or outcome.cause or outcome.for_staff:
        return number
    return outcome.verdict, outcome.case.function, outcome.for_student


def _row(verdict: Verdict, title: str, outcomes: list[Outcome], outcome: Outcome | None) -> _Row:
    earned = sum(outcome.earned for outcome in outcomes)
    points = sum(outcome.case.points for outcome in outcomes)
    return _Row(words.WORDS[verdict], _COLOURS[verdict], title, words.share_text(rounded(earned), rounded(points)), outcome)


def _below(page: _Page, outcome: Outcome, said: tuple[str, ...], named: list[str], staff: bool, indent: int) -> Iterator[str]:
    if outcome.cost is not None:
        yield f"{'':{indent}}{_bar(page, outcome.cost, min(_BAR, page.width - indent))}"
    for fact in words.facts(outcome, said, named):
        yield from page.wrapped(fact, indent)
    if staff and outcome.for_staff.strip():
        yield f"{'':{indent}}For staff:"
        yield from page.quoted(visible_block(outcome.for_staff, *_STAFF), indent)


def _bar(page: _Page, cost: Cost, width: int) -> str:
    """Draw the ratio as a bar and the limit as an upright in it."""
    full, empty = ("\u2588", "\u2591") if page.can_show("\u2588\u2591") else ("#", ".")
    scale = cost_bar(cost)
    filled = round(scale.bar * width)
    cells = [full] * filled + [empty] * (width - filled)
    cells[min(round(scale.limit * width), width - 1)] = "|"
    return "".join(cells)
