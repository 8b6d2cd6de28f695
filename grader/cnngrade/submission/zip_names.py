"""In which code the names in a zip archive are written, where the archive does not say so.

An archive marks a name as UTF-8, or says nothing about it: then it is UTF-8 all the same (macOS), or in the code of the machine
that wrote it (Windows). All such names of an archive are in one code. It is taken for known if only one reading of all of them
looks like names; else a person is asked.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

# The codes in which Windows writes names, by the languages that it speaks. Of Chinese and Korean only the usual characters: all
# bytes are some character of the larger sets.
_OF_CONSOLES = ("cp437", "cp850", "cp857", "cp852", "cp866", "cp932", "gb2312", "big5", "euc_kr")


# The codes of Windows' own programs, in which few tools write names: asked only where none of the others can be read.
_OF_WINDOWS = ("cp1252", "cp1250", "cp1251")


_UTF8_FLAG = 0x800


_UNICODE_PATH = 0x7075


_SIGNS = frozenset("\u2019\u00b7\u2013\u00aa\u00ba\u3000\u30fb\u3001\u3002\uff08\uff09\u300c\u300d\u30fc")
"""What stands in names besides letters: a typographic apostrophe, a middle dot, a dash, ordinals, and Japanese punctuation."""


_SCRIPTS = {"LATIN": 1, "CYRILLIC": 2, "CJK": 3, "HIRAGANA": 3, "KATAKANA": 3, "HANGUL": 4}


# The last first byte of the characters in daily use.
_FIRST_LEVEL = {"gb2312": 0xD7, "big5": 0xC6}


@dataclass(frozen=True, slots=True)
class EntryName:
    """The path of an entry with slashes; `problem` says why it cannot be read, and is "" where it can."""

    path: str
    problem: str = ""


def _raw(info: zipfile.ZipInfo) -> bytes:
    """Return the name of an unmarked entry as it stands in the archive; zipfile has read it as cp437."""
    return info.orig_filename.encode("cp437")


def extra_fields(info: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """Yield the extra fields of an entry, by their kinds; one that is cut off ends them."""
    rest = info.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        if len(rest) < 4 + size:
            return
        yield kind, rest[4 : 4 + size]
        rest = rest[4 + size :]


def _said_beside(info: zipfile.ZipInfo) -> str | None:
    """Return the name in an entry's extra field (Info-ZIP's Unicode path), None without a valid one."""
    for kind, data in extra_fields(info):
        if kind == _UNICODE_PATH and len(data) > 5 and data[1:5] == struct.pack("<L", zlib.crc32(_raw(info))):
            try:
                return data[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def _script(letter: str) -> int:
    """Return the number of a letter's script, 0 for one in which nobody writes names in these codes."""
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], 0)


def _are_cased(word: str) -> bool:
    """Say whether the foreign letters of a word are upper and lower case as in names: Ada, ADA or ada, never AdA."""
    for before, letter, after in zip(" " + word, word, word[1:] + " ", strict=False):
        if letter.isascii():
            continue
        if letter.isupper() and before.isalpha() and not word.isupper():
            return False
        if letter.islower() and before.isupper() and after.isupper():
            return False
    return True


def _is_word(word: str) -> bool:
    """Say whether letters, some of them foreign, may be a word: of one script, and not all accents where it is Latin."""
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    foreign = sum(not letter.isascii() for letter in word)
    is_all_accents = scripts == {_SCRIPTS["LATIN"]} and len(word) > 1 and 3 * foreign > 2 * len(word)
    return len(scripts) == 1 and 0 not in scripts and not is_all_accents and _are_cased(word)


def _is_name(text: str) -> bool:
    """Say whether people may have written this: letters of one script a word, and no signs that stand in no name."""
    for letters, run in groupby(text, key=lambda sign: sign.isalpha() or unicodedata.combining(sign) > 0):
        word = "".join(run)
        if word.isascii():
            continue
        if letters and not _is_word(word):
            return False
        if not letters and not all(sign.isascii() or sign in _SIGNS for sign in word):
            return False
    return True


def _is_common(texts: Sequence[str], code: str) -> bool:
    """Say of a reading as Chinese whether most of its characters are of the first level: any bytes may be the others."""
    if code not in _FIRST_LEVEL:
        return True
    leads = [sign.encode(code)[0] for text in texts for sign in text if not sign.isascii()]
    return 2 * sum(lead <= _FIRST_LEVEL[code] for lead in leads) > len(leads)


def _readings(names: Sequence[bytes], codes: Sequence[str]) -> dict[str, list[str]]:
    """Return the readings of all names that look like names, by code; of codes that read the same, the first."""
    found: dict[str, list[str]] = {}
    for code in codes:
        try:
            texts = [name.decode(code) for name in names]
        except UnicodeDecodeError:
            continue
        if texts not in found.values() and all(map(_is_name, texts)) and _is_common(texts, code):
            found[code] = texts
    return found


def _question(readings: dict[str, list[str]]) -> str:
    """Return what to ask a person about names that cannot be read, or can be in several ways."""
    if not readings:
        return "the archive does not say in which code its name is written: say so with --encoding, such as --encoding cp932"
    ways = " or ".join(f"--encoding {code} ({texts[0].rpartition('/')[0] or texts[0]})" for code, texts in readings.items())
    return f"the archive does not say in which code its name is written: collect again with {ways}"


def _unmarked(names: Sequence[bytes], encoding: str) -> list[EntryName]:
    """Return the names of the entries that are not marked; with an `encoding` they are in that one."""
    if encoding:
        return [_in_code(name, encoding) for name in names]
    try:
        return [EntryName(name.decode("utf-8")) for name in names]
    except UnicodeDecodeError:
        pass
    foreign = [name for name in names if not name.isascii()]
    readings = _readings(foreign, _OF_CONSOLES) or _readings(foreign, _OF_WINDOWS)
    if len(readings) == 1:
        (code,) = readings
        return [EntryName(name.decode(code)) for name in names]
    question = _question(readings)
    return [EntryName(name.decode("cp437"), "" if name.isascii() else question) for name in names]


def _in_code(name: bytes, encoding: str) -> EntryName:
    try:
        return EntryName(name.decode(encoding))
    except UnicodeDecodeError:
        return EntryName(name.decode("cp437"), f"its name cannot be read as {encoding}")


def entry_names(infos: Sequence[zipfile.ZipInfo], encoding: str = "") -> list[EntryName]:
    """Return the names of an archive's entries, in order.

    `encoding` is the code of those that are not marked as UTF-8; without it that is found out. The separators of Windows are
    slashes.
    """
    names: dict[int, EntryName] = {}
    unmarked: dict[int, bytes] = {}
    for place, info in enumerate(infos):
        if info.flag_bits & _UTF8_FLAG:
            names[place] = EntryName(info.orig_filename)
        elif (said := _said_beside(info)) is not None:
            names[place] = EntryName(said)
        else:
            unmarked[place] = _raw(info)
    names |= dict(zip(unmarked, _unmarked(list(unmarked.values()), encoding), strict=True))
    return [EntryName(names[place].path.replace("\\", "/"), names[place].problem) for place in range(len(infos))]
