"""Whose names stand in the paths of a source: the folder around everybody's, and other people in one student's folder.

A student fills a folder as he likes. What is in it is never taken for another's work; what looks like it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cnngrade.alike import folded
from cnngrade.submission.filenames import Named, bad_student, read_name, unit_file

# Folders that the handout and `cnngrade show` put beside the work: nobody is meant, even where a student has such a name.
_NOBODY = frozenset({"autograde_tests", "data", "pictures"})


# What a folder around the work of many is called. A name with any other word in it may be a student's.
_OF_MANY = frozenset({
    "abgabe", "abgaben", "archive", "archives", "assignment", "assignments", "classroom", "consegne", "coursework",
    "entregas", "exchange", "exercise", "exercises", "export", "exported", "handed", "handin", "handins", "homework",
    "homeworks", "inbound", "inbox", "rendus", "students", "submissions", "submits", "submitted", "unit", "units", "upload",
    "uploads", "week", "weeks",
})  # fmt: skip


# Words that such a name may hold besides.
_BESIDE = frozenset({
    "a", "all", "and", "class", "classes", "collected", "course", "courses", "download", "downloaded", "downloads", "file",
    "files", "folder", "folders", "for", "from", "hand", "in", "of", "received", "the", "to", "turned", "work", "works",
    "zip",
})  # fmt: skip


# What people call folders of their own work: two of these in a folder are no two students.
_OF_ONES_OWN = frozenset({
    "attempt", "backup", "bak", "copy", "draft", "final", "first", "improved", "last", "my", "new", "old", "original", "second",
    "solution", "solutions", "src", "test", "tests", "tmp", "try", "v", "version",
})  # fmt: skip


_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Around:
    """The folder around everybody's work, as a path that ends with a slash ("" if there is none).

    `folder` is the one whose name alone did not say whether it is that or a student's ("" if there was none), and `holds` some
    of what is in it. It is in `prefix` where what it holds says that it is around the work of many; else a person must be
    asked.
    """

    prefix: str
    folder: str = ""
    holds: tuple[str, ...] = ()

    @property
    def is_unclear(self) -> bool:
        """Whether nothing in the source says what `folder` is."""
        return bool(self.folder) and self.prefix != f"{self.folder}/"


def spelled_alike(name: str) -> str:
    """Return what all spellings of a student's name have in common: case, letters, spaces, what is not seen."""
    return folded(re.sub(r"\s+", "-", name.strip()))


def is_of_many(folder: str, unit: str) -> bool:
    """Say whether the name of a folder can be no student's but only that of one around the work of many."""
    words = {word.casefold() for word in _WORD.findall(folder)}
    of_the_unit = {word.casefold() for word in _WORD.findall(unit)}
    says_so = bool(words & (_OF_MANY | of_the_unit))
    return says_so and all(word in _OF_MANY | _BESIDE | of_the_unit or word.isdigit() for word in words)


def bears_name_of(folder: str, unit: str) -> bool:
    """Say whether the words of a unit's name are in that of a folder."""
    words = {word.casefold() for word in _WORD.findall(folder)}
    return {word.casefold() for word in _WORD.findall(unit)} <= words


def _is_work(path: str, unit: str) -> bool:
    """Say whether a path may be somebody's work: by the name of the unit, or by a name that stands for a student."""
    name = path.rpartition("/")[2]
    return unit_file(name, unit) is not None or not read_name(name, unit).problem


def _are_students(inside: Sequence[str], around: str, unit: str, people: Collection[str]) -> bool:
    """Say whether the paths in the folder `around` look like the work of several students, none of whom is known.

    They do where most folders hold work named after the unit, or are named by a learning platform. Scripts beside them, folders
    called `old` and `new`, and one called as the folder itself are what a student's own folder holds.
    """
    known = {*people, spelled_alike(around)}
    tops: set[str] = set()
    students: set[str] = set()
    for path in inside:
        top, is_below, _ = path.partition("/")
        named = read_name(path, unit)
        if not is_below and not named.person:
            if not named.problem or unit_file(top, unit):
                return False
            continue
        if spelled_alike(named.student) in known:
            return False
        tops.add(top)
        words = {word.casefold() for word in _WORD.findall(top) if not word.isdigit()}
        is_own = not words - _OF_ONES_OWN or top in _NOBODY or is_of_many(top, unit) or bool(bad_student(named.student))
        if named.person or (unit_file(named.inside, unit) and not is_own):
            students.add(named.student)
    return len(students) > 1 and 2 * len(students) > len(tops)


def folder_around(files: Sequence[str], unit: str, people: Collection[str]) -> Around:
    """Return the folder around everybody's work; `people` are known students, spelled alike.

    An archive of a folder of submissions has one. A single student's folder looks the same when it holds folders itself, so
    a folder is taken for one around others only where its name can be no student's, or where it holds several students' folders
    and neither it nor one of them bears the name of a known student.
    """
    names = list(files)
    prefix = ""
    while True:
        tops = {name.partition("/")[0] for name in names}
        if len(tops) != 1 or any("/" not in name for name in names):
            return Around(prefix)
        (top,) = tops
        inside = [name.removeprefix(f"{top}/") for name in names]
        if spelled_alike(top) in people or read_name(f"{top}/{unit}.py", unit).person:
            return Around(prefix)
        if is_of_many(top, unit):
            prefix, names = f"{prefix}{top}/", inside
            continue
        is_submission = any(unit_file(name, unit) or name.startswith(f"{unit}/") for name in inside)
        work = [name for name in inside if _is_work(name, unit)]
        if is_submission or not work:
            return Around(prefix)
        held = tuple(sorted({name.partition("/")[0] for name in work}))
        inner = f"{prefix}{top}/" if _are_students(inside, top, unit, people) else prefix
        return Around(inner, prefix + top, held)


def names_unit(part: str, unit: str) -> bool:
    """Say whether a folder has the unit's name, or a script or a notebook has it in its own."""
    return part.casefold() == unit.casefold() or _is_named_after(part, unit)


def _is_named_after(file: str, unit: str) -> bool:
    """Say whether a script or a notebook has the unit's name in its own, alone or among other words; a test of it has not."""
    name = file.casefold()
    stem, _, ending = name.rpartition(".")
    word = unit.casefold()
    if ending not in ("py", "ipynb") or name in (f"test_{word}.py", f"{word}_test.py"):
        return False
    return re.search(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", stem) is not None


def _names_another(part: str, is_file: bool, owner: Named, unit: str, people: Collection[str]) -> bool:
    """Say whether a folder or a file in the folder of `owner` bears the name of somebody else."""
    mine, whole = spelled_alike(owner.student), spelled_alike(part)
    named = read_name(part if is_file else f"{part}/{unit}.py", unit)
    if named.person and (spelled_alike(named.student) != mine or (owner.person and named.person != owner.person)):
        return True
    if not is_file:
        return whole in people and whole != mine and whole not in _NOBODY and whole != spelled_alike(unit)
    if unit_file(part, unit):
        return False
    stem, of = whole.rpartition(".")[0], re.escape(spelled_alike(unit))
    candidates = {stem, re.sub(rf"[-_.]+{of}[-_()\d]*$", "", stem), re.sub(rf"^{of}[-_.]+", "", stem)}
    return any(candidate in people and candidate != mine for candidate in candidates)


def other_in(path: str, owner: Named, unit: str, people: Collection[str]) -> str:
    """Return the part of a path below the folder of `owner` that says it is another student's work, "" if none does.

    Only what is named after the unit can be that: students' ids may be ordinary words, and `test.py` or a folder `max` of other
    things is anybody's. `people` are the known students, spelled alike; whom a learning platform names is a student, known or
    not.
    """
    *folders, file = path.split("/")
    if not _is_named_after(file, unit):
        return ""
    for part in folders:
        if _names_another(part, False, owner, unit, people):
            return part
    return file if _names_another(file, True, owner, unit, people) else ""
