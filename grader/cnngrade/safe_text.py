"""Make a stranger's text safe to look at.

What a student printed, or put into an exception, may hold escape sequences that repaint a terminal, bidirectional overrides
that make code read backwards, NUL bytes, or a million characters. None of it may do anything; all of it may be seen.
"""

from __future__ import annotations

import unicodedata

_TAB = 4


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def visible(text: str) -> str:
    r"""Return `text` with every character that cannot be seen plainly as an escape such as `\x1b` or `\u202e`.

    Line ends are kept (`\r\n` counts as one), tabs become spaces, and every kind of space becomes the ordinary one.

    >>> visible("\x1b[31mred\x1b[0m")
    '\\x1b[31mred\\x1b[0m'
    """
    lines = text.replace("\r\n", "\n").expandtabs(_TAB).split("\n")
    return "\n".join(line if line.isprintable() else "".join(map(_escape, line)) for line in lines)


def visible_name(name: str) -> str:
    r"""Return a name of a stranger's as one line in which nothing is lost: a line end is an escape, too.

    >>> visible_name("a\nb  c")
    'a\\nb  c'
    """
    return name if name.isprintable() else "".join(map(_escape, name))


def visible_line(text: str) -> str:
    """Return `visible(text)` on one line: line ends and runs of spaces become single spaces."""
    return " ".join(visible(text).split())


def shortened(text: str, lines: int, characters: int) -> tuple[str, int]:
    """Return the beginning of `text`, at most that many lines and characters of it, and how many characters are left out."""
    kept = "\n".join(text.split("\n", lines)[:lines])[:characters]
    return kept, len(text) - len(kept)


def visible_block(text: str, lines: int, characters: int) -> str:
    """Return the beginning of `text`, made visible, and a last line that says how much more there is (if there is more)."""
    kept, rest = shortened(text.rstrip(), lines, characters)
    kept = visible(kept).rstrip()
    if not rest:
        return kept
    return f"{kept}\n... and {rest:,} more character{'s' if rest > 1 else ''}"
