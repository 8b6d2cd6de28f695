"""A report as a student reads it in a terminal.

One line per case: verdict, title, points; below it the smallest fact that shows what happened. A console that cannot show a
character gets a plainer one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cnngrade.errors import Verdict
from cnngrade.model import Cost, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.report.axis import cost_bar
from cnngrade.report.layout import wrapped
from cnngrade.report.rows import Row, RowReader
from cnngrade.safe_text import visible_block, visible_line

_COLOURS = {
    Verdict.PASSED: "32",
    Verdict.WRONG: "31",
    Verdict.RAISED: "31",
    Verdict.UNFINISHED: "36",
    Verdict.SLOW: "33",
    Verdict.OVER_TIME: "31",
    Verdict.OVER_MEMORY: "31",
    Verdict.SKIPPED: "36",
    Verdict.STOPPED: "36",
    Verdict.FAULT: "35",
}


_BOLD = "1"


_INDENT = 2


_NARROWEST = 40


_WIDEST_TITLE = 72


_BAR = 40


_OUTPUT = (20, 2_000)


_STAFF = (60, 8_000)


def report_as_text(
    report: Report,
    colour: bool,
    width: int = 100,
    staff: bool = False,
    encoding: str = "utf-8",
    headings: Mapping[str, str] | None = None,
    whole: str = "",
) -> str:
    """Return the report as lines of at most `width` columns, without a final line end.

    `staff` adds what is for the staff alone. `encoding` is that of the console; what it cannot show becomes an escape.
    For the last line's advice `headings` maps a function to the heading of its lesson, and `whole` is what checks a whole unit.
    """
    page = Screen(colour, max(width, _NARROWEST), encoding)
    lines = list(_lines(page, report if staff else as_students_see(report), staff, headings, whole))
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
class Screen:
    """What lines are written on: whether it has colours, its columns, and the encoding of what it can show."""

    colour: bool
    width: int
    encoding: str

    def paint(self, text: str, code: str) -> str:
        """Return the text in a colour, by its ANSI code, where there are colours."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def can_show(self, text: str) -> bool:
        """Say whether the encoding has every character of the text."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def wrapped(self, text: str, indent: int) -> Iterator[str]:
        """Yield the lines of a text that fit behind the indentation."""
        return wrapped(text, self.width, indent)

    def quoted(self, text: str, indent: int) -> Iterator[str]:
        """Yield the lines of `text` behind a bar, each cut to pieces where it is too wide."""
        room = self.width - indent - 2
        for line in text.split("\n"):
            for start in range(0, max(len(line), 1), room):
                yield f"{'':{indent}}| {line[start : start + room]}"


def _lines(page: Screen, report: Report, staff: bool, headings: Mapping[str, str] | None, whole: str) -> Iterator[str]:
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
    yield from page.wrapped(f"Next: {words.next_step(report, headings, whole)}", 0)


def _head(page: Screen, report: Report, staff: bool) -> Iterator[str]:
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
    if rest := words.rest_text(report):
        yield from page.wrapped(rest, _INDENT)


def _cases(page: Screen, report: Report, staff: bool) -> Iterator[str]:
    lines = [
        (words.WORDS[row.verdict], f"{row.title} (hidden)" if row.hidden else row.title, _share(row), row)
        for row in RowReader(report).rows(report.outcomes, folded=True)
    ]
    first = max(5, *(len(word) for word, *_ in lines))
    last = max(len(share) for _, _, share, _ in lines)
    indent = _INDENT + first + 2
    room = min(page.width - indent - 2 - last, _WIDEST_TITLE)
    room = min(room, max(len(title) for _, title, _, _ in lines))
    for word, whole, share, row in lines:
        title, *more = textwrap.wrap(whole, max(room, 10)) or [""]
        painted = page.paint(word, _COLOURS[row.verdict]) + " " * (first - len(word))
        yield f"{'':{_INDENT}}{painted}  {title:{room}}  {share:>{last}}"
        for line in more:
            yield f"{'':{indent}}{line}"
        yield from _below(page, row, staff, indent)


def _share(row: Row) -> str:
    return words.share_text(row.earned, row.points)


def _below(page: Screen, row: Row, staff: bool, indent: int) -> Iterator[str]:
    outcome = row.outcome
    if outcome is not None and outcome.cost is not None:
        yield f"{'':{indent}}{_bar(page, outcome.cost, min(_BAR, page.width - indent))}"
    for fact in row.facts:
        yield from page.wrapped(fact, indent)
    if staff and outcome is not None and outcome.for_staff.strip():
        yield f"{'':{indent}}For staff:"
        yield from page.quoted(visible_block(outcome.for_staff, *_STAFF), indent)


def _bar(page: Screen, cost: Cost, width: int) -> str:
    """Draw the ratio as a bar and the limit as an upright in it."""
    full, empty = ("\u2588", "\u2591") if page.can_show("\u2588\u2591") else ("#", ".")
    scale = cost_bar(cost)
    filled = round(scale.bar * width)
    cells = [full] * filled + [empty] * (width - filled)
    cells[min(round(scale.limit * width), width - 1)] = "|"
    return "".join(cells)
