"""A report as a page of its own, or as the output of a notebook's cell.

Both stand alone: no script, no link, nothing is fetched. Every text that comes from a person or a program is made visible and
escaped; the page forbids scripts as well. A fragment carries its styles in its elements, because a notebook gives it nothing.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnngrade.errors import Verdict
from cnngrade.model import Cost, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.report.axis import cost_bar
from cnngrade.report.order import never_ran
from cnngrade.report.rows import Row, RowReader
from cnngrade.safe_text import visible_block, visible_line
from cnngrade.scoring import part_of, verdict_for_cost

POLICY = "default-src 'none'; style-src 'unsafe-inline'"


_OUTPUT = (200, 20_000)


_STAFF = (400, 40_000)


_NOTE = (20, 2_000)


# Each colour is legible under white letters (contrast of 4.5 or more), so that it serves light and dark pages alike.
_GOOD, _BAD, _MIDDLE, _OPEN, _OURS = "#1a7f37", "#c62828", "#9a5b00", "#5a6472", "#7b3fb5"


_COLOURS = {
    Verdict.PASSED: _GOOD,
    Verdict.WRONG: _BAD,
    Verdict.RAISED: _BAD,
    Verdict.UNFINISHED: _OPEN,
    Verdict.SLOW: _MIDDLE,
    Verdict.OVER_TIME: _BAD,
    Verdict.OVER_MEMORY: _BAD,
    Verdict.SKIPPED: _OPEN,
    Verdict.STOPPED: _OPEN,
    Verdict.FAULT: _OURS,
}


_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1c2128; background: #fff;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.15rem; margin: 1.75rem 0 0.25rem; }
article + article { border-top: 2px solid #8886; margin-top: 3rem; padding-top: 1rem; }
.score { font-size: 1.25rem; font-weight: 600; margin: 0; }
.next, .note { border-left: 0.3rem solid #2f6fbd; padding: 0.5rem 0.8rem; background: #2f6fbd1c; margin: 1rem 0; }
.note { border-color: #9a5b00; background: #9a5b001c; white-space: pre-wrap; }
.small { font-size: 0.875rem; opacity: 0.85; }
@media (prefers-color-scheme: dark) { body { color: #e6e9ee; background: #15181d; } }
@media print { body { max-width: none; } }
"""


_BADGE = (
    "display:inline-block;min-width:4.2em;text-align:center;white-space:nowrap;padding:0 0.4em;border-radius:0.3em;"
    "color:#fff;font-weight:600"
)


_TABLE = "border-collapse:collapse;width:100%;text-align:left;table-layout:auto;margin:0.25em 0"


_CELL = "padding:0.45em 0.6em;vertical-align:top;text-align:left;border-top:1px solid rgba(128,128,128,0.4)"


_HEAD = "padding:0.2em 0.6em;text-align:left;font-weight:600;font-size:0.85em"


_NUMBER = "text-align:right;white-space:nowrap"


_FACT = "margin:0.3em 0 0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:0.93em"


_PRE = (
    "margin:0.3em 0 0;padding:0.5em;white-space:pre-wrap;overflow-wrap:anywhere;font-size:0.85em;"
    "background:rgba(128,128,128,0.14);border-radius:0.3em;direction:ltr"
)


# Browsers make what has no other family than `monospace` smaller than what is around it.
_MONOSPACED = "font-family:ui-monospace,monospace;font-size:0.95em"


# A table is as wide as the page, however wide the code in it is: that is scrolled. nbconvert's pages put code in boxes.
_CODE = (
    "margin:0.1em 0;padding:0;border:0;background:none;white-space:pre;overflow-x:auto;contain:inline-size;direction:ltr;"
    f"{_MONOSPACED}"
)


# Code in a sentence, between backticks.
_QUOTED = re.compile(r"`([^`\n]+)`")


def reports_as_page(reports: Sequence[Report], staff: bool = False, headings: Mapping[str, str] | None = None) -> str:
    """Return a whole page about several reports, one below the other.

    `headings` maps a function to the heading of its lesson, for the advice on what to do next.
    """
    shown = [report if staff else as_students_see(report) for report in reports]
    title = _line(", ".join(report.title for report in shown)) or "Report"
    articles = "\n".join("\n".join(_article(report, staff, headings)) for report in shown)
    return whole_page(title, _STYLE, articles)


def whole_page(title: str, style: str, main: str, footer: str = "") -> str:
    """Return a page that stands alone, and on which no script runs; all texts in it are HTML already.

    `style` is its CSS; `footer` stands below its main part.
    """
    below = f"<footer>\n{footer}\n</footer>\n" if footer else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{main}
</main>
{below}</body>
</html>
"""


def report_fragment(
    report: Report,
    function: str | None,
    staff: bool = False,
    headings: Mapping[str, str] | None = None,
    whole: str = "",
    more: str = "",
) -> str:
    """Return the part of a report that is about `function` (None: all of it) for the output of a notebook's cell.

    It holds no headings, since it appears between a notebook's own. `headings` maps a function to the heading of its lesson,
    and `whole` is what checks a whole unit, for the advice on what to do next; `more` stands below it.
    """
    shown = report if staff else as_students_see(report)
    part = shown if function is None else part_of(shown, function)
    name = shown.title if function is None else function
    lines = [f'<p style="margin:0 0 0.4em"><strong>{_line(name)}</strong>: {_text(words.score_text(part))}</p>']
    if function is None and (rest := words.rest_text(part)):
        lines.append(f'<p style="{_FACT}">{_text(rest)}</p>')
    lines += [f'<div style="{_FACT}">Note: {with_code(visible_block(problem, *_NOTE))}</div>' for problem in part.problems]
    if part.outcomes:
        lines += _cases(shown, part, staff, name)
        if not staff and (note := words.inputs_note(part)):
            lines.append(f'<p style="{_FACT}">{_text(note)}</p>')
        lines.append(f'<p style="margin:0.4em 0 0"><strong>Next:</strong> {_text(words.next_step(part, headings, whole))}</p>')
        if more:
            lines.append(f'<p style="{_FACT}">{_text(more)}</p>')
    else:
        lines.append("<p>No case tests it.</p>")
    if function is None:
        lines += _output(part)
    return fragment(lines)


def fragment(lines: Iterable[str]) -> str:
    """Return lines of HTML as the output of a notebook's cell, whose colours it takes."""
    body = "\n".join(lines)
    # What a student's code says may hold formulas for MathJax, with links in them; here it is text.
    style = "font-family:system-ui,sans-serif;line-height:1.45;max-width:60em;overflow-wrap:anywhere"
    return f'<div class="tex2jax_ignore" style="{style}">\n{body}\n</div>'


def _cases(shown: Report, part: Report, staff: bool, name: str) -> Iterator[str]:
    """Yield the table of a function's cases; of several functions one each, that of what is done folded away."""
    reading, functions = RowReader(shown), list(dict.fromkeys(outcome.case.function for outcome in part.outcomes))
    if len(functions) == 1 or never_ran(part):
        yield from _table(reading.rows(part.outcomes, folded=False), staff, f"The cases of {name}")
        return
    for function in functions:
        own = part_of(part, function)
        is_done = all(outcome.verdict is Verdict.PASSED for outcome in own.outcomes)
        yield f'<details{"" if is_done else " open"} style="margin:0.4em 0">'
        title = f'<code style="{_MONOSPACED}">{_line(function)}</code> {_text(_share(own))}'
        yield f'<summary style="cursor:pointer">{title}</summary>'
        yield from _table(reading.rows(own.outcomes, folded=True), staff, f"The cases of {function}")
        yield "</details>"


def _article(report: Report, staff: bool, headings: Mapping[str, str] | None) -> Iterator[str]:
    yield "<article>"
    student = report.submission.student
    if staff and student:
        yield f'<p class="small">{_line(student)}</p>'
    yield f"<h1>{_line(report.title)}</h1>"
    yield f'<p class="score">{_text(words.score_text(report))}</p>'
    if rest := words.rest_text(report):
        yield f'<p class="small">{_text(rest)}</p>'
    if report.outcomes:
        yield f'<p class="small">{_text(words.counts_text(report))}</p>'
    yield f'<p class="next"><strong>Next:</strong> {_text(words.next_step(report, headings))}</p>'
    for problem in report.problems:
        yield f'<div class="note">Note: {with_code(visible_block(problem, *_NOTE))}</div>'
    if not staff and (note := words.inputs_note(report)):
        yield f'<p class="note">{_text(note)}</p>'
    for note in report.staff_notes:
        yield f'<div class="note">For staff: {with_code(visible_block(note, *_NOTE))}</div>'
    yield from _sections(report, staff)
    yield from _output(report)
    if staff and report.layers:
        rows = "\n".join(f"{'' if layer.active else 'not by '}{layer.name}: {layer.text}" for layer in report.layers)
        yield _folded("What confined the code", _block(rows, *_NOTE))
    yield "</article>"


def _sections(report: Report, staff: bool) -> Iterator[str]:
    reading = RowReader(report)
    if never_ran(report):
        yield from _table(reading.rows(report.outcomes, folded=False), staff, "The cases")
        return
    for function in dict.fromkeys(outcome.case.function for outcome in report.outcomes):
        part = part_of(report, function)
        yield "<section>"
        yield f"<h2><code>{_line(function)}</code> {_text(_share(part))}</h2>"
        yield from _table(reading.rows(part.outcomes, folded=False), staff, f"The cases of {function}")
        yield "</section>"


def _share(part: Report) -> str:
    return "(no score yet)" if part.earned is None else words.share_text(part.earned, part.possible)


def _table(rows: Iterable[Row], staff: bool, label: str) -> list[str]:
    lines = [f'<table style="{_TABLE}" aria-label="{_line(label)}">', "<thead><tr>"]
    lines += [
        f'<th scope="col" style="{_HEAD}">Verdict</th>',
        f'<th scope="col" style="{_HEAD}">Case</th>',
        f'<th scope="col" style="{_HEAD};{_NUMBER}">Points</th>',
        "</tr></thead>",
        "<tbody>",
    ]
    for row in rows:
        lines += _row(row, staff)
    return [*lines, "</tbody>", "</table>"]


def _row(row: Row, staff: bool) -> Iterator[str]:
    outcome = row.outcome
    badge = f'<span style="{_BADGE};background:{_COLOURS[row.verdict]}">{words.WORDS[row.verdict]}</span>'
    hidden = " <small>(hidden)</small>" if row.hidden else ""
    yield "<tr>"
    yield f'<td style="{_CELL};width:5.5em">{badge}</td>'
    yield f'<td style="{_CELL}">{_text(row.title)}{hidden}'
    if outcome is not None and outcome.cost is not None:
        yield _figure(outcome.cost)
    for fact in row.facts:
        yield f'<div style="{_FACT}">{with_code(fact)}</div>'
    if staff and outcome is not None and outcome.for_staff.strip():
        yield _folded("For staff", _block(outcome.for_staff, *_STAFF))
    yield "</td>"
    yield f'<td style="{_CELL};{_NUMBER}">{words.share_text(row.earned, row.points)}</td>'
    yield "</tr>"


def _figure(cost: Cost) -> str:
    """Draw the ratio as a bar, and its limit as an upright."""
    scale, colour = cost_bar(cost), _GOOD if verdict_for_cost(cost) is Verdict.PASSED else _MIDDLE
    bar, limit = round(300 * scale.bar, 1), round(300 * scale.limit, 1)
    label = html.escape(f"Bar: {words.cost_text(cost)}")
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 300 16" width="300" height="16"'
        ' style="display:block;max-width:100%;height:auto;margin-top:0.35em">'
        '<rect x="0" y="4" width="300" height="8" rx="2" fill="#888" fill-opacity="0.3"/>'
        f'<rect x="0" y="4" width="{bar:g}" height="8" rx="2" fill="{colour}"/>'
        f'<rect x="{limit - 1:g}" y="0" width="2" height="16" fill="currentColor"/>'
        "</svg>"
    )


def _output(report: Report) -> Iterator[str]:
    if report.output.strip():
        yield _folded("What the code printed", _block(report.output, *_OUTPUT))


def _folded(summary: str, block: str) -> str:
    return f'<details><summary>{summary}</summary><pre style="{_PRE}">{block}</pre></details>'


def _text(text: str) -> str:
    """Escape text that is already visible, and set what is between backticks as code."""
    return _QUOTED.sub(rf'<code style="{_MONOSPACED}">\1</code>', html.escape(text))


def with_code(text: str) -> str:
    """Escape text that is already visible; lines that are indented are code or figures, whose columns stay below each other."""
    groups = itertools.groupby(text.split("\n"), lambda line: line.startswith("  "))
    parts = [(is_code, "\n".join(lines)) for is_code, lines in groups]
    return "".join(f'<pre style="{_CODE}">{html.escape(part)}</pre>' if is_code else _text(part) for is_code, part in parts)


def _line(text: str) -> str:
    return html.escape(visible_line(text))


def _block(text: str, lines: int, characters: int) -> str:
    return html.escape(visible_block(text, lines, characters))
