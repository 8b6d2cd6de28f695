"""Whose names stand in the paths of a source: the folder around everybody's, and other people in one student's folder.

A student fills a folder as he likes. What is in it is his, whatever it is called, and is never taken for another's work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cnngrade.submission.filenames import Named, bad_path, plain_name, read_name, unit_file

# Folders that the handout and `cnngrade show` put beside the work: nobody is meant, even where a student has such a name.
_NOBODY = frozenset({"autograde_tests", "data", "pictures"})


# Files that somebody's name may stand for: work, or an archive of it, which is not unpacked.
_NAMES_SOMEBODY = (".py", ".ipynb", ".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")


# What a folder around the work of many is called. A name with any other word in it may be a student's.
_OF_MANY = frozenset({
    "archive", "archives", "assignment", "assignments", "classroom", "coursework", "exchange", "exercises", "export",
    "exported", "handed", "handin", "handins", "homework", "homeworks", "inbound", "inbox", "students", "submissions",
    "submits", "submitted", "unit", "units", "upload", "uploads", "week", "weeks",
})  # fmt: skip


# Words that such a name may hold besides.
_BESIDE = frozenset({
    "a", "all", "and", "class", "classes", "collected", "course", "courses", "download", "downloaded", "downloads", "file",
    "files", "folder", "folders", "for", "from", "hand", "in", "of", "received", "the", "to", "turned", "work", "works",
    "zip",
})  # fmt: skip


_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Around:
    """The folder around everybody's work, as a path that ends with a slash ("" if there is none).

    `question` is what to ask a person where a folder may be that or a student's, and `folder` the one that is meant.
    """

    prefix: str
    folder: str = ""
    question: str = ""


def spelled_alike(name: str) -> str:
    """Return what all spellings of a student's name have in common: case, composed letters, full width, spaces."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain_name(name)).casefold())


def _is_of_many(folder: str, unit: str) -> bool:
    words = {word.casefold() for word in _WORD.findall(folder)}
    of_the_unit = {word.casefold() for word in _WORD.findall(unit)}
    says_so = bool(words & (_OF_MANY | of_the_unit))
    return says_so and all(word in _OF_MANY | _BESIDE | of_the_unit or word.isdigit() for word in words)


def _is_work(path: str, unit: str) -> bool:
    """Say whether a path may be somebody's work: by the name of the unit, or by a name that stands for a student."""
    name = path.rpartition("/")[2]
    return unit_file(name, unit) is not None or not read_name(name, unit).problem


def folder_around(files: Sequence[str], unit: str, people: Collection[str]) -> Around:
    """Return the folder around everybody's work; `people` are known students, spelled alike.

    An archive of a folder of submissions has one. A single student's folder looks the same when it holds folders itself, so
    a folder is taken for one around others only where its name can be no student's.
    """
    # One path that leads elsewhere must not change the owners of the others.
    names = [path for path in files if not bad_path(path)]
    prefix = ""
    while True:
        tops = {name.partition("/")[0] for name in names}
        if len(tops) != 1 or any("/" not in name for name in names):
            return Around(prefix)
        (top,) = tops
        inside = [name.removeprefix(f"{top}/") for name in names]
        if spelled_alike(top) in people or read_name(f"{top}/{unit}.py", unit).person:
            return Around(prefix)
        if _is_of_many(top, unit):
            prefix, names = f"{prefix}{top}/", inside
            continue
        is_submission = any(unit_file(name, unit) or name.startswith(f"{unit}/") for name in inside)
        work = [name for name in inside if _is_work(name, unit)]
        if is_submission or not work:
            return Around(prefix)
        held = ", ".join(sorted({name.partition("/")[0] for name in work})[:5])
        question = (
            f"it holds {held}, and may be a student's folder or one around the work of many. If it is around the work of many, "
            "collect from that folder itself (unpack an archive first); if it is a student's, put the work straight into it"
        )
        return Around(prefix, prefix + top, question)


def _names_another(part: str, is_file: bool, owner: Named, unit: str, people: Collection[str]) -> bool:
    """Say whether a folder or a file in the folder of `owner` bears the name of somebody else."""
    mine, whole = spelled_alike(owner.student), spelled_alike(part)
    named = read_name(part if is_file else f"{part}/{unit}.py", unit)
    if named.person and (spelled_alike(named.student) != mine or (owner.person and named.person != owner.person)):
        return True
    if not is_file:
        return whole in people and whole != mine and whole not in _NOBODY
    ending = next((ending for ending in _NAMES_SOMEBODY if whole.endswith(ending)), "")
    if not ending:
        return False
    stem, of = whole.removesuffix(ending), re.escape(spelled_alike(unit))
    candidates = {stem, re.sub(rf"[-_.]+{of}[-_()\d]*$", "", stem), re.sub(rf"^{of}[-_.]+", "", stem)}
    return any(candidate in people and candidate != mine for candidate in candidates)


def other_in(path: str, owner: Named, unit: str, people: Collection[str]) -> str:
    """Return the part of a path below the folder of `owner` that bears another student's name, "" if none does.

    `people` are the known students, spelled alike; whom a learning platform names is a student, known or not.
    """
    *folders, file = path.split("/")
    for part in folders:
        if _names_another(part, False, owner, unit, people):
            return part
    return file if _names_another(file, True, owner, unit, people) else ""
