"""Submissions that are alike, as one page: the texts of each two side by side, with the parts that are alike marked in both.

The page stands alone: no script, nothing is fetched, and everything that a student wrote is made visible and escaped. A part
has the same number and the same colour in both texts, and its number leads to the other one.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngrade.report.html import whole_page
from cnngrade.safe_text import visible, visible_line, visible_name
from cnngrade.similarity.alike_class import MOST_LINKS, NOT_A_VERDICT, AlikeClass, common_text, in_percent, names_text
from cnngrade.similarity.definitions import Definition
from cnngrade.similarity.likeness import AlikeGroup, Likeness, Rarity
from cnngrade.similarity.matching import AlikePart, alike_definitions, alike_parts, counted_places
from cnngrade.similarity.submitted import Compared
from cnngrade.similarity.tree import Span

_COLOURS = 6


_MOST_NAMES = 40


# Characters of one submission that are shown.
_MOST_SHOWN = 40_000


# Dark letters on light colours and light ones on dark ones: a contrast of 4.5 or more each.
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 90rem; margin: 0 auto; padding: 1rem; color: #1c2128; background: #fff;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.25rem; border-top: 2px solid #8886; padding-top: 1rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.25rem; }
h4 { font-size: 1rem; margin: 0.5rem 0 0; }
a { color: #0b5cad; }
.notice { border-left: 0.3rem solid #9a5b00; padding: 0.5rem 0.8rem; background: #9a5b001c; margin: 1rem 0; }
.small { font-size: 0.875rem; margin: 0.25rem 0; }
table { border-collapse: collapse; }
th { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-top: 1px solid #8886; }
td.share { text-align: right; white-space: nowrap; }
.two { display: grid; grid-template-columns: 1fr; gap: 0 1.5rem; }
@media (min-width: 60rem) { .two { grid-template-columns: 1fr 1fr; } }
.two > div { min-width: 0; }
pre { font: 0.85rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; direction: ltr;
  margin: 0.25rem 0; padding: 0.5rem; background: #f6f7f9; border-radius: 0.3rem; }
pre span { color: #5a6270; }
mark { color: #1c2128; border-bottom: 2px solid; border-radius: 0.15rem; }
mark a { font-weight: 700; color: inherit; padding: 0 0.35em; margin-right: 0.25em; border: 1px solid; border-radius: 0.6em; }
.c0 { background: #ffe08a; } .c1 { background: #b9e3ff; } .c2 { background: #c8f0c0; }
.c3 { background: #ffd0c2; } .c4 { background: #e3d3ff; } .c5 { background: #c3f0ea; }
:target { outline: 3px solid #0b5cad; outline-offset: 2px; }
a:focus-visible { outline: 3px solid #0b5cad; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e9ee; background: #15181d; }
  a { color: #8fc4ff; }
  pre { background: #1e2229; }
  pre span { color: #9aa3b0; }
  mark { color: #f2f4f7; }
  .c0 { background: #574500; } .c1 { background: #0f4468; } .c2 { background: #1d4d1a; }
  .c3 { background: #6b2a1a; } .c4 { background: #452c78; } .c5 { background: #0d4f48; }
  :target, a:focus-visible { outline-color: #8fc4ff; }
}
@media print { body { max-width: none; } }
"""


def alike_as_page(found: AlikeClass) -> str:
    """Return a whole page about what was found alike in a class."""
    return whole_page(f"Alike: {_line(found.title)}", _STYLE, "\n".join(_body(found)))


def _line(text: str) -> str:
    return html.escape(visible_line(text))


def _name(name: str) -> str:
    return html.escape(visible_name(name))


def _body(found: AlikeClass) -> Iterator[str]:
    yield f"<h1>{_line(found.title)}: submissions that are alike</h1>"
    yield f'<p class="notice"><strong>Read this first.</strong> {html.escape(NOT_A_VERDICT)}</p>'
    yield f"<p>{html.escape(_how_many(found))}</p>"
    if found.not_compared:
        yield "<p>Not compared, or not as a whole:</p><ul>"
        yield from (f"<li>{_name(left_out.student)}: {_line(left_out.why)}</li>" for left_out in found.not_compared)
        yield "</ul>"
    for held in found.common:
        yield f"<p>{html.escape(common_text(held, found))}: {html.escape(names_text(held.students))}.</p>"
    if not found.groups:
        return
    yield from _contents(found)
    yield (
        '<p class="small">A part that is alike has the same number and colour in both texts, and the number leads to the other '
        "one. Grey is what was not counted: what was handed out, comments, the course&#x27;s own ways and those of many in the "
        "class.</p>"
    )
    count = 0
    for number, group in enumerate(found.groups, 1):
        yield f'<h2 id="g{number}">{number}. {_names(group, found)}</h2>'
        for link in group.links[:MOST_LINKS]:
            count += 1
            yield from _link(count, link, found, alone=len(group.links) == 1)
        if len(group.links) > MOST_LINKS:
            more = len(group.links) - MOST_LINKS
            yield f"<p>{more} more pairs of this group, less alike, are not shown; --json names them.</p>"


def _how_many(found: AlikeClass) -> str:
    own = len(found.submissions) - found.with_former
    text = f"{own} submission{'' if own == 1 else 's'} compared with each other"
    text += f", and with {found.with_former} of others." if found.with_former else "."
    if not found.groups:
        return f"{text} No two are alike by {in_percent(found.threshold)} or more."
    more = found.not_shown
    return text + (f" {more} more pairs or groups, less alike than these, are not shown." if more else "")


def _names(group: AlikeGroup, found: AlikeClass) -> str:
    return html.escape(names_text([found.submissions[at].student for at in group.members]))


def _contents(found: AlikeClass) -> Iterator[str]:
    yield '<table aria-label="Who is alike"><thead><tr><th scope="col">Alike</th><th scope="col">Who</th></tr></thead><tbody>'
    for number, group in enumerate(found.groups, 1):
        who = f'<a href="#g{number}">{number}. {_names(group, found)}</a>'
        yield f'<tr><td class="share">{in_percent(group.share)}</td><td>{who}</td></tr>'
    yield "</tbody></table>"


def _link(number: int, link: Likeness, found: AlikeClass, alone: bool) -> Iterator[str]:
    one, other = found.two(link)
    parts = alike_parts(one, other, found.rarity)
    if not alone:
        yield f"<h3>{_name(one.student)} and {_name(other.student)}</h3>"
    yield f"<p>Alike: {in_percent(link.share)}. {html.escape(_where(one, other, found.rarity))}</p>"
    yield from (f'<p class="small">{html.escape(hint)}</p>' for hint in found.hints_on(link))
    level = "h3" if alone else "h4"
    yield '<div class="two">'
    for side, (submission, name) in enumerate(((one, other.student), (other, one.student))):
        yield f"<div><{level}>{_name(submission.student)}</{level}>"
        yield from _Text(number, side, submission, name, parts, found.rarity).lines()
        yield "</div>"
    yield "</div>"


def _where(one: Compared, other: Compared, rarity: Rarity) -> str:
    told = []
    for alike in alike_definitions(one, other, rarity):
        name, its = visible_line(alike.one), visible_line(alike.other)
        told.append(f"{name}{f' (there {its})' if its not in ('', name) else ''} {in_percent(alike.share)}")
    return f"By definition: {', '.join(told)}." if told else ""


@dataclass(slots=True)
class _Mark:
    """A stretch of a text that is in a part: the part's number, and whether it is the first stretch of it."""

    span: Span
    part: int
    first: bool


class _Text:
    """One of two texts: pair `number`, `side` 0 or 1, with its parts marked. `name` is whose the other text is."""

    def __init__(
        self, number: int, side: int, submission: Compared, name: str, parts: Sequence[AlikePart], rarity: Rarity
    ) -> None:
        self._number, self._side, self._submission, self._name, self._rarity = number, side, submission, name, rarity
        spans = [
            (span, at, not index) for at, part in enumerate(parts, 1) for index, span in enumerate((part.one, part.other)[side])
        ]
        self._marks = _apart([_Mark(*mark) for mark in spans])
        self._counted = counted_places(submission, rarity)

    def lines(self) -> Iterator[str]:
        """Yield the definitions in which something counts, and the names of the others."""
        left, without = _MOST_SHOWN, []
        for definition in self._submission.definitions:
            if not self._counts(definition.span):
                without += [visible_line(definition.name)] if definition.name else []
            elif left > 0:
                source = self._submission.sources[definition.span[0]]
                where = f"{source.title}, line {source.line(definition.span[1])}"
                yield f'<p class="small">{_line(where)}</p><pre>{self._marked(definition, left)}</pre>'
                left -= definition.span[2] - definition.span[1]
        if left <= 0:
            yield f'<p class="small">Only the first {_MOST_SHOWN:,} characters are shown.</p>'
        if without:
            names = html.escape(", ".join(without[:_MOST_NAMES]))
            yield f'<p class="small">Not counted, as handed out or as many write it: {names}.</p>'

    def _counts(self, whole: Span) -> bool:
        return any(span[0] == whole[0] and whole[1] <= span[1] < whole[2] for span in self._counted)

    def _marked(self, definition: Definition, most: int) -> str:
        """Return a definition as HTML."""
        number, begin, end = definition.span
        end = min(end, begin + most)
        text = self._submission.sources[number].text
        marks = [mark for mark in self._marks if mark.span[0] == number and begin <= mark.span[1] and mark.span[2] <= end]
        pieces, at = [], begin
        for mark in marks:
            pieces += [
                self._plain(number, at, mark.span[1]),
                self._opened(mark),
                _visible(text[mark.span[1] : mark.span[2]]),
                "</mark>",
            ]
            at = mark.span[2]
        return "".join([*pieces, self._plain(number, at, end)])

    def _opened(self, mark: _Mark) -> str:
        here, there = (f"p{self._number}-{side}-{mark.part}" for side in (self._side, 1 - self._side))
        opened = f'<mark class="c{mark.part % _COLOURS}"'
        if not mark.first:
            return f"{opened}>"
        label = f"Part {mark.part}: to the same part of {visible_name(self._name)}"
        return f'{opened} id="{here}"><a href="#{there}" aria-label="{html.escape(label)}">{mark.part}</a>'

    def _plain(self, number: int, begin: int, end: int) -> str:
        """Return a stretch without marks, what does not count in grey."""
        text, pieces, at = self._submission.sources[number].text, [], begin
        for span in self._counted:
            if span[0] == number and span[1] < end and span[2] > at:
                first, last = max(span[1], at), min(span[2], end)
                pieces += [_grey(text[at:first]), _visible(text[first:last])]
                at = last
        return "".join([*pieces, _grey(text[at:end])])


def _apart(marks: Sequence[_Mark]) -> list[_Mark]:
    """Return marks in order, of those that overlap the first; each part that has any has a first one."""
    found: list[_Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.span):
        last = found[-1].span if found else (-1, 0, 0)
        if mark.span[0] == last[0] and mark.span[1] < last[2]:
            continue
        found.append(mark)
    seen = set[int]()
    for mark in found:
        mark.first = mark.part not in seen
        seen.add(mark.part)
    return found


def _visible(text: str) -> str:
    return html.escape(visible(text.replace("\t", "    ")))


def _grey(text: str) -> str:
    return f"<span>{_visible(text)}</span>" if text.strip() else _visible(text)
