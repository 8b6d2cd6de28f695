"""Tell whether a displayed name may be a person's: platforms turn names round, squeeze them and drop what is not ASCII."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from cnngrade.alike import folded

# What stands beside a name, and not on every platform.
_BESIDE = frozenset({"jr", "sr", "ii", "iii", "iv", "dr", "prof", "phd", "msc", "bsc", "mr", "mrs", "ms"})


_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\uff08[^\uff08\uff09]*\uff09")


# Signs within a word: the parts belong together.
_WITHIN_WORDS = re.compile("['`\u00b4\u2018\u2019\u201b\u2032\uff07\u02bb\u02bc\u02b9\u00b7\u2027\u30fb\u05f3\u05f4\u055a]")


_OTHER_LETTERS = str.maketrans({
    "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u00fe": "th", "\u0131": "i",
    "\u0127": "h",
})  # fmt: skip


_UMLAUTS = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00e5": "aa", "\u00f8": "oe"})


# In these scripts a mark is an accent, or may be left out; in others it is a vowel.
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC")


def _words(text: str) -> tuple[str, ...]:
    joined = _WITHIN_WORDS.sub("", folded(text))
    apart = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in joined)
    return tuple(apart.split())


def in_order(name: str) -> tuple[str, ...]:
    """Return the words of a displayed name, folded, first names first: `Doe, John` is `John Doe`."""
    last, comma, first = name.partition(",")
    return _words(first) + _words(last) if comma else _words(name)


def _without_accents(word: str) -> str:
    kept, script = "", ""
    for letter in unicodedata.normalize("NFD", word):
        if unicodedata.category(letter) == "Mn":
            if script in _ACCENTED:
                continue
        else:
            script = unicodedata.name(letter, "").partition(" ")[0]
        kept += letter
    return unicodedata.normalize("NFC", kept).translate(_OTHER_LETTERS)


def _plainly(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the words without accents, and as German and the Nordic languages write theirs without."""
    spelled = [word.translate(_UMLAUTS) for word in words]
    return [tuple(_without_accents(word) for word in each) for each in (words, spelled)]


def _exact(orders: Sequence[tuple[str, ...]]) -> set[str]:
    return {" ".join(orders[0])}


def _in_any_order(orders: Sequence[tuple[str, ...]]) -> set[str]:
    return {" ".join(sorted(orders[0]))}


def _spelled_plainly(orders: Sequence[tuple[str, ...]]) -> set[str]:
    words = [word for word in orders[0] if word not in _BESIDE]
    return {" ".join(sorted(each)) for each in _plainly(words)}


def _squeezed(orders: Sequence[tuple[str, ...]]) -> set[str]:
    return {"".join(each) for words in orders for each in (words, *_plainly(words))}


def _steps(orders: Sequence[tuple[str, ...]], bare: Sequence[tuple[str, ...]]) -> tuple[frozenset[str], ...]:
    found = (_exact(orders), _in_any_order(orders), _spelled_plainly(bare), _squeezed(orders) | _squeezed(bare))
    return tuple(frozenset(keys - {""}) for keys in found)


def displayed_keys(name: str) -> tuple[frozenset[str], ...]:
    """Return by what a displayed name is compared, the strictest first: two names that share a key of a step may be one's."""
    orders = [in_order(name), _words(name)]
    bare = _IN_BRACKETS.sub(" ", name)
    return _steps(orders, [in_order(bare), _words(bare)])


def known_keys(first_name: str, last_name: str) -> tuple[frozenset[str], ...]:
    """Return the same for somebody whose names are known apart."""
    orders, bare = (
        [_words(first) + _words(last), _words(last) + _words(first)]
        for first, last in ((first_name, last_name), (_IN_BRACKETS.sub(" ", first_name), _IN_BRACKETS.sub(" ", last_name)))
    )
    return _steps(orders, bare)
