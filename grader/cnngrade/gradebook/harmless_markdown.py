"""A student's Markdown as a person can look at it: nothing in it acts in a browser, and nothing that was written is lost.

nbgrader's pages are made by nbconvert, which lets HTML and any link through, and stops at a picture that is missing. Here a
text is changed where it must be, and only there: `<` stays `<` in code and in formulas. What decides is nbconvert's own parser,
before and after. A text that it cannot show without harm is shown as it was typed, as a block of code.

Libraries that clean HTML (nh3, bleach) cannot do this: they read pages, and of `i<n` in a text they keep the `i`. They have the
last word on the page that is made of it: see `page_filter`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from cnngrade.alike import one_spelling
from cnngrade.gradebook import formulas
from cnngrade.gradebook.addresses import ATTACHED, is_data, is_web, may_lead, media_type, picture_named
from cnngrade.gradebook.attachments import Pictures, as_picture
from cnngrade.safe_text import visible_line

MAX_PARSED = 10_000
"""Characters of a text that is read as Markdown: many times an answer's. For some texts nbconvert takes the square of it."""


_ROUNDS = 4


# One character for each place that is asked about; no text has them by chance.
_FIRST_MARK, _MOST_MARKS = 0xF0000, 0xFFFD


_ANY_MARK = re.compile(f"[{chr(_FIRST_MARK)}-{chr(0x10FFFF)}]")


# Where a browser sees a tag.
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")


# An address may stand in angle brackets: in `[a](<b c>)` and in `[a]: <b c>`.
_PLACE = re.compile(r"(?P<tag>(?<!\]\()(?<!\]: )<(?=[a-zA-Z/!?]))|(?<!\])!?\[")


_DEFINITION = re.compile(r"^[ \t>]*(?=\[(?:\\.|[^\\\[\]])++\]:)", re.MULTILINE)


_AUTOMATIC_LINK = re.compile(r"<(?:https?://|mailto:)[^<>\s]*>")


# A link or a picture as it is typed: its text, and the address or the label that follows.
_LINK = re.compile(
    r"!?\[(?P<text>(?:\\.|[^\\\[\]]|\[(?:\\.|[^\\\[\]])*+\])*+)\](?:\((?:\\.|[^\\()]|\([^()]*+\))*+\)|\[(?:\\.|[^\\\[\]])*+\])?",
    re.DOTALL,
)


_IMG = re.compile(r"<img\b[^<>]*+>", re.IGNORECASE)


_ATTRIBUTE = r"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""


# Colab keeps a pasted picture in the text itself.
_IN_THE_TEXT = re.compile(
    r"""(?P<before>\]\(\s*<?|\bsrc\s*=\s*["']?)data:(?P<kind>image/[a-z+]+);base64,(?P<data>[A-Za-z0-9+/=\s]{64,}+)"""
)


# A name with spaces ends a link for a parser, and not for the student who attached a file of that name.
_SPACED = re.compile(r"(?<=\]\()attachment:(?P<name>(?:[^()<>\n]|\([^()<>\n]*+\))++)(?=\))")


# As a student names a file that is beside the notebook.
_FILE = re.compile(r"[^/\\:][^\\:]*")


_LITERAL = ("codespan", "block_code", "inline_math", "block_math", "latex_environment")


class _HarmfulError(Exception):
    """Something in a text would act in a browser."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that can be shown, with the pictures that it shows."""

    source: str
    pictures: Pictures


@dataclass(slots=True)
class _Parsed:
    """What the parser makes of the marked places: those in code or formulas, and the addresses of links and pictures."""

    literal: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)

    def take(self, tokens: Iterable[Mapping[str, Any]]) -> None:
        before = ""
        for token in tokens:
            kind, attrs = token["type"], token.get("attrs") or {}
            # nbconvert puts a diagram into the page as it stands.
            if kind in _LITERAL and not str(attrs.get("info") or "").lstrip().startswith("mermaid"):
                self.literal.update(token.get("raw", ""), attrs.get("body", ""))
            elif kind == "link" and before:
                self.links[before] = attrs["url"]
            elif kind == "image" and before:
                self.images[before] = attrs["url"]
            before = token["raw"][-1:] if kind == "text" else ""
            self.take(token.get("children", ()))


class _Strict(IPythonRenderer):  # type: ignore[misc]  # nbconvert ships no types
    """nbconvert's renderer, stopped by whatever would act in a browser; it stops itself where a picture is missing."""

    def __init__(self, pictures: Pictures, handout: Path | None) -> None:
        super().__init__(escape=False, attachments=pictures)
        self._handout = handout

    def block_html(self, html: str) -> str:
        raise _HarmfulError(html)

    def inline_html(self, html: str) -> str:
        raise _HarmfulError(html)

    def block_mermaidjs(self, code: str) -> str:
        if _TAG.search(code):
            raise _HarmfulError(code)
        return str(super().block_mermaidjs(code))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not _may_lead(url, self.attachments, self._handout):
            raise _HarmfulError(url)
        return str(super().link(text, url, title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if not url.startswith(ATTACHED) and not _is_shown(url, self._handout):
            raise _HarmfulError(url)
        return str(super().image(text, url, title))


def _may_lead(url: str, pictures: Pictures, handout: Path | None) -> bool:
    return may_lead(url, handout) or (url.startswith(ATTACHED) and url.removeprefix(ATTACHED) in pictures)


def _is_shown(url: str, handout: Path | None) -> bool:
    """Say whether an address is that of a picture which is here, whatever is attached."""
    return is_data(url) or picture_named(url, handout) is not None


def _is_escaped(source: str, position: int) -> bool:
    before = source[:position]
    return bool((len(before) - len(before.rstrip("\\"))) % 2)


def _marked(source: str) -> tuple[str, dict[str, re.Match[str]]]:
    """Put a mark for each `<` that looks like a tag, and before each bracket that may open a link; returns marks and places."""
    definitions = {match.end() for match in _DEFINITION.finditer(source)}
    places: dict[str, re.Match[str]] = {}
    pieces, done = [], 0
    for place in _PLACE.finditer(source):
        if place.start() in definitions or _is_escaped(source, place.start()):
            continue
        mark = chr(_FIRST_MARK + len(places))
        if len(places) == _MOST_MARKS:
            raise _HarmfulError(source)
        places[mark] = place
        pieces += [source[done : place.start()], mark]
        done = place.end() if place["tag"] else place.start()
    return "".join([*pieces, source[done:]]), places


def plain(text: str, most: int = 80) -> str:
    """Return Markdown that shows the beginning of `text` as it is, on one line."""
    return re.sub(r"([!-/:-@\[-^`{-~])", r"\\\1", visible_line(text)[:most])


def _attribute(tag: str, name: str) -> str:
    found = re.search(_ATTRIBUTE.format(name=name), tag, re.IGNORECASE)
    return html.unescape(next((group for group in found.groups() if group is not None), "")) if found else ""


def _spelled_alike(name: str) -> str:
    return one_spelling(unquote(name))


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


class _Defusing:
    """One round: what the parser says of a text, and the changes that follow from it."""

    def __init__(self, source: str, pictures: Pictures, handout: Path | None) -> None:
        self.source, self.pictures, self._handout = source, dict(pictures), handout
        marked, self._places = _marked(source)
        self._parsed = _Parsed()
        self._parsed.take(MarkdownWithMath(renderer=None)(marked))
        self._linked = {url.removeprefix(ATTACHED) for url in self._parsed.images.values()}

    def edits(self) -> Iterator[_Edit]:
        """Yield the changes in the order of the text; pictures get the names by which they are looked up."""
        for mark, place in self._places.items():
            if mark in self._parsed.literal:
                continue
            start = place.start()
            if place["tag"]:
                edit = self._of_tag(start)
            elif mark in self._parsed.images:
                edit = self._of_image(start, self._parsed.images[mark])
            elif mark in self._parsed.links and not _may_lead(self._parsed.links[mark], self.pictures, self._handout):
                edit = _Edit(start, start, "\\")
            else:
                continue
            if edit is not None:
                yield edit

    def _of_tag(self, start: int) -> _Edit | None:
        if _AUTOMATIC_LINK.match(self.source, start):
            return None
        tag = _IMG.match(self.source, start)
        address = _attribute(tag[0], "src") if tag else ""
        if tag and address.startswith(ATTACHED):
            name = quote(address.removeprefix(ATTACHED))
            return _Edit(start, tag.end(), f"![{plain(_attribute(tag[0], 'alt'))}]({ATTACHED}{name})")
        return _Edit(start, start + 1, "&lt;")

    def _of_image(self, start: int, url: str) -> _Edit | None:
        if _is_shown(url, self._handout) or (url.startswith(ATTACHED) and self._has(url.removeprefix(ATTACHED))):
            return None
        typed = _LINK.match(self.source, start)
        if typed is not None and is_web(url):
            # Who opens the page must not ask the student's server for anything unless they mean to.
            return _Edit(start, start + 2, "[" if typed["text"] else "[picture")
        name = url.removeprefix(ATTACHED)
        if typed is None or not (url.startswith(ATTACHED) or (media_type(name) and _FILE.fullmatch(name))):
            return _Edit(start + 1, start + 1, "\\")
        note = (
            f"*(The picture {plain(unquote(name))} is not here: it was not handed in with the text, "
            "or it is not a PNG, JPEG, GIF, WebP or SVG picture.)*"
        )
        return _Edit(start, typed.end(), note)

    def _has(self, name: str) -> bool:
        """Say whether there is a picture of that name; one whose name is spelled differently is renamed."""
        if name in self.pictures:
            return True
        alike = _spelled_alike(name)
        for known in self.pictures:
            if _spelled_alike(known) == alike:
                self.pictures[name] = self.pictures[known] if known in self._linked else self.pictures.pop(known)
                return True
        return False


def _edited(source: str, edits: Iterable[_Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        if edit.start >= done:
            pieces += [source[done : edit.start], edit.text]
            done = edit.end
    return "".join([*pieces, source[done:]])


def _defused(source: str, pictures: Pictures, handout: Path | None) -> Shown:
    """Change what must be changed; raises whatever stops nbconvert, and _HarmfulError where something harmful is left."""
    for _ in range(_ROUNDS):
        if not _PLACE.search(source):
            break
        round_ = _Defusing(source, pictures, handout)
        edited = _edited(source, round_.edits())
        pictures = round_.pictures
        if edited == source:
            break
        source = edited
    page = MarkdownWithMath(renderer=_Strict(pictures, handout)).render(source)
    if not formulas.are_harmless(page):
        raise _HarmfulError(source)
    return Shown(source, pictures)


def as_code(source: str, language: str = "") -> str:
    """Return Markdown that shows a text as a block of code."""
    fence = "`" * (max([2, *map(len, re.findall("`+", source))]) + 1)
    return f"{fence}{language}\n{source}\n{fence}"


def _as_typed(source: str, pictures: Pictures) -> Shown:
    """Show a text as a block of code, and its pictures below."""
    named = {f"picture-{number}": picture for number, picture in enumerate(pictures.values(), 1)}
    below = [f"![{name}]({ATTACHED}{name})" for name in named]
    return Shown("\n\n".join([as_code(source), *below]), named)


def _taken_out(source: str, pictures: Pictures) -> Shown:
    """Make attachments of the pictures that the text itself holds, and links of names with spaces."""
    found = dict(pictures)

    def taken(match: re.Match[str]) -> str:
        data = as_picture(match["kind"], match["data"])
        if data is None:
            return match[0]
        name = next(name for number in range(1, len(found) + 2) if (name := f"pasted-{number}") not in found)
        found[name] = data
        return f"{match['before']}{ATTACHED}{name}"

    def joined(match: re.Match[str]) -> str:
        return ATTACHED + quote(match["name"]) if " " in match["name"] and match["name"] in found else match[0]

    return Shown(_SPACED.sub(joined, _IN_THE_TEXT.sub(taken, source)), found)


def harmless(source: str, pictures: Pictures, most: int = MAX_PARSED, handout: Path | None = None) -> Shown:
    """Return Markdown that nbgrader's pages show without harm, with its pictures; a text longer than `most` as it was typed.

    `pictures` are those attached to the cell, as `attachments.attached` returns them, `handout` is the folder with what was
    handed out. Doing it twice changes nothing more.
    """
    whole = _taken_out(source, pictures)
    if len(whole.source) <= min(most, MAX_PARSED) and not _ANY_MARK.search(whole.source):
        try:
            return _defused(whole.source, whole.pictures, handout)
        except Exception:
            # Whatever stops nbconvert here would stop nbgrader's pages as well.
            pass
    return _as_typed(whole.source, whole.pictures)
