"""The sections of docs/benchmarks.md that programs write: each between two marks with its name."""

from __future__ import annotations

import re
from pathlib import Path

from .programs import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
_BEGIN = re.compile(r"^<!-- ([a-z-]+): begin -->$", re.MULTILINE)


def marks(name: str) -> tuple[str, str]:
    """Return the lines before and after a section."""
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def sections(text: str) -> dict[str, str]:
    """Return the sections of a page by name, in their order; raises ValueError if marks are missing or out of order."""
    found: dict[str, str] = {}
    place = 0
    for match in _BEGIN.finditer(text):
        name = match[1]
        begin, end = marks(name)
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"each mark of the section {name!r} has to be there once")
        after = text.index(end)
        if match.start() < place or after < match.end():
            raise ValueError(f"the section {name!r} begins before another one ends")
        found[name] = text[match.end() : after].strip()
        place = after
    if len(re.findall(r"^<!-- [a-z-]+: end -->$", text, re.MULTILINE)) != len(found):
        raise ValueError("a section ends that has not begun")
    return found


def with_section(text: str, name: str, body: str) -> str:
    """Return the page with another body in one of its sections; raises ValueError if it has none of that name."""
    if name not in sections(text):
        raise ValueError(f"the page has no section {name!r}: put the lines {' and '.join(marks(name))} where it is to be")
    if any(mark in body for mark in ("<!--", "-->")):
        raise ValueError(f"a mark within the section {name!r} would end it early")
    begin, end = marks(name)
    before, after = text.split(begin)[0], text.split(end)[1]
    return f"{before}{begin}\n\n{body.strip()}\n\n{end}{after}"


def write_section(page: Path, name: str, body: str) -> None:
    """Write a section into a page; raises ValueError as `with_section` does, and leaves the page as it was."""
    text = with_section(page.read_text(encoding="utf-8"), name, body)
    scratch = page.with_name(f".{page.name}.new")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(page)
