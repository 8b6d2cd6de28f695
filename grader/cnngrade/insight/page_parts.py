"""Parts of the page about a class: tables, bars, names that unfold; every text in them is made visible and escaped."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngrade.errors import Verdict
from cnngrade.insight import wording
from cnngrade.insight.class_report import CaseFigures, People
from cnngrade.safe_text import visible_block, visible_line, visible_name

_MOST_ROWS = 10


_MOST_CODE = 300


_METER = {
    "good": (Verdict.PASSED,),
    "bad": (Verdict.WRONG, Verdict.RAISED),
    "middle": (Verdict.SLOW, Verdict.OVER_TIME, Verdict.OVER_MEMORY),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page; `place` is what links to it say. Without a body there is nothing to show."""

    place: str
    title: str
    body: str


def line(text: str) -> str:
    """Return a text on one line, escaped."""
    return html.escape(visible_line(text))


def code(text: str) -> str:
    """Return a piece of code on one line, escaped and not too long."""
    shown = visible_line(text)
    return f"<code>{html.escape(shown if len(shown) <= _MOST_CODE else shown[: _MOST_CODE - 3] + '...')}</code>"


def cut(text: str, most: tuple[int, int]) -> str:
    """Return the beginning of a text of several lines, escaped; `most` are lines and characters."""
    return html.escape(visible_block(text, *most))


def unfolding(summary: str, body: str) -> str:
    """Return what is seen once its summary is opened."""
    return f"<details><summary>{summary}</summary>{body}</details>"


def names(who: People) -> str:
    """Return who people are, folded away, "" where nobody is to be named."""
    if not who.names:
        return ""
    told = ", ".join(html.escape(visible_name(name)) for name in who.names)
    return unfolding("who", f'<p class="names">{told}</p>')


def counted_of(part: int, whole: int) -> str:
    """Return a number with its share of a whole, and a bar for it."""
    width = 100 * part / whole if whole else 0.0
    bar = f'<div class="meter" aria-hidden="true"><span class="bar" style="width:{min(width, 100):.1f}%"></span></div>'
    return f"{part} <small>({wording.percent(part, whole)})</small>{bar}"


def case_meter(case: CaseFigures) -> str:
    """Return a bar in colours of how a case ended; that is said in words, too."""
    counts = {kind: sum(case.counts.get(verdict, 0) for verdict in verdicts) for kind, verdicts in _METER.items()}
    passed, wrong, slow = (counts[kind] for kind in ("good", "bad", "middle"))
    told = f"passed {passed}, wrong or raised {wrong}, slow or stopped {slow}, not tried {case.not_tried}"
    spans = "".join(
        f'<span class="{kind}" style="width:{100 * count / case.judged:.1f}%"></span>'
        for kind, count in counts.items()
        if count
    )
    return f'<div class="meter" role="img" aria-label="{told}">{spans}</div>'


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table; the head of a column of numbers begins with #, and the first cell of each row is the row's head."""
    kinds = ["number" if head.startswith("#") else "" for head in heads]
    if kinds[0]:
        kinds[0] = "number share"
    yield f"<table><caption>{line(caption)}</caption><thead><tr>"
    yield "".join(f'<th scope="col"{_class(kind)}>{head.lstrip("#")}</th>' for head, kind in zip(heads, kinds, strict=True))
    yield "</tr></thead><tbody>"
    for first, *rest in rows:
        cells = "".join(f"<td{_class(kind)}>{cell}</td>" for cell, kind in zip(rest, kinds[1:], strict=True))
        yield f'<tr><th scope="row"{_class(kinds[0])}>{first}</th>{cells}</tr>'
    yield "</tbody></table>"


def folded_rest(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], what: str) -> Iterator[str]:
    """Yield a table of the first rows, and one of the others that unfolds."""
    yield from table(caption, heads, rows[:_MOST_ROWS])
    if rest := rows[_MOST_ROWS:]:
        yield unfolding(f"{len(rest)} more {what}", "\n".join(table(f"{caption} (the rest)", heads, rest)))


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
