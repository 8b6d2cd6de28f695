"""What spellings of a name have in common, and which of several names somebody meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def one_spelling(name: str) -> str:
    """Return a name in lower case, each letter spelled as one: macOS takes letters with marks apart."""
    return unicodedata.normalize("NFC", name).casefold()


def folded(text: str) -> str:
    """Return what all spellings of a text have in common: case, composed letters, full width, and what cannot be seen."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in once if unicodedata.category(letter) != "Cf").strip()


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return that of the `known` names which is most like a word, in any case; None where none is, by `likeness` from 0 to 1.

    >>> nearest("Pading", ["pooling", "padding"])
    'padding'
    """
    import difflib  # only an error needs it

    names = {name.casefold(): name for name in reversed(list(known))}
    found = difflib.get_close_matches(word.casefold(), names, 1, likeness)
    return names[found[0]] if found else None
