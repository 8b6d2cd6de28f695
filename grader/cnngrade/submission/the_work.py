"""Which of the files that a student handed in is the work on a unit, whatever it is called.

A student's only notebook is the work. Of several it is the one with the unit's name, then one with the unit's name in its
own, then one that holds the unit's cells or functions; where that does not tell either, a person is asked. A notebook that
says it is of another unit is never taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from cnngrade.alike import one_spelling
from cnngrade.course import paths
from cnngrade.errors import CnngradeError
from cnngrade.files import digest
from cnngrade.model import Course, Unit
from cnngrade.submission.archive import File
from cnngrade.submission.choose import stub_digests
from cnngrade.submission.filenames import unit_file
from cnngrade.submission.no_links import Refused
from cnngrade.submission.own_zips import is_zip, with_opened_zips
from cnngrade.submission.read import cell_source, decoded, notebook_cells, parse_notebook, script_cells
from cnngrade.submission.stubs import written

MAX_STUDENT_BYTES = 128 << 20


MAX_STUDENT_FILES = 1_000


# Times in a zip are two seconds apart.
_LATER = timedelta(seconds=2)


_NOTEBOOK = re.compile(r"(?i:\.ipynb(\.txt|\.json)?)$")


_SCRIPT = re.compile(r"(?i:\.py(\.txt)?)$")


# What a notebook may be called that was saved by a browser.
_TEXT = re.compile(r"(?i:\.(txt|json))$")


# Archives that are not opened, and how people call them.
_OTHER_ARCHIVE = re.compile(r"(?i:\.(rar|7z|tar|tgz|tar\.gz|tar\.bz2|tar\.xz|gz|bz2|xz))$")


_TEST = re.compile(r"^(test_.*|.*_test|conftest|setup|__init__)$")


class _Rank(IntEnum):
    """How much the name of a file says that it is the work."""

    EXACT = 0
    SPELLED = 1
    NUMBERED = 2
    NAMED = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be written for a student, by path below the student's folder.

    `work` are the paths of the notebook and the script as they were handed in, and `note` says which file is the work where it
    is not called as it should be, and that it is empty ("" where there is nothing to say). `is_untouched` says that no code was
    written in any of them, of which at least one holds something.
    """

    files: Mapping[str, File]
    work: tuple[str, ...]
    note: str = ""
    is_untouched: bool = False


class _Content:
    """What a file holds that may be the work; what takes time is looked at when it is asked for."""

    def __init__(self, path: str, data: bytes, unit: Unit, released: Collection[str]) -> None:
        self._path, self._data, self._unit, self._released = path, data, unit, released

    @cached_property
    def digest(self) -> str:
        return digest(self._data)

    @cached_property
    def is_notebook(self) -> bool:
        """Whether it is one, whatever it is called."""
        if _NOTEBOOK.search(self._path):
            return True
        return self._data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and self._notebook is not None

    @property
    def is_pointer(self) -> bool:
        """Whether it is what Git LFS keeps in the place of a file."""
        return self._data.startswith(b"version https://git-lfs.github.com/spec/")

    @cached_property
    def unit(self) -> str:
        """The unit that it says it is of, "" for none."""
        if not self.is_notebook or b'"cnngrade"' not in self._data or self._notebook is None:
            return ""
        metadata = self._notebook.get("metadata")
        ours = metadata.get("cnngrade") if isinstance(metadata, dict) else None
        unit = ours.get("unit") if isinstance(ours, dict) else None
        return unit if isinstance(unit, str) else ""

    @cached_property
    def is_ours(self) -> bool:
        """Whether it holds functions or cells of the unit."""
        functions = "|".join(map(re.escape, self._unit.functions))
        defines = re.compile(rf"^[ \t]*(?:def|class)\s+({functions})\b", re.MULTILINE)
        if not self.is_notebook:
            return defines.search(self._data.decode("utf-8", "replace")) is not None
        cells = self._notebook["cells"] if self._notebook else []
        if {*_grade_ids(cells)} & {*self._unit.functions}:
            return True
        return any(defines.search(cell_source(cell)) for cell in cells if cell.get("cell_type") == "code")

    @cached_property
    def is_touched(self) -> bool:
        """Whether it holds code that was not handed out; what cannot be read may be anything, but not what is empty."""
        if not self._data.strip(b"\xef\xbb\xbf \t\r\n"):
            return False
        name, cells_of = ("work.ipynb", notebook_cells) if self.is_notebook else ("work.py", script_cells)
        try:
            cells = cells_of(decoded(self._data, name), name)
        except CnngradeError:
            return True
        look = written(cells, self._unit.name, self._unit.functions, self._released)
        return bool(look.functions) or look.differs

    @cached_property
    def _notebook(self) -> dict[str, Any] | None:
        try:
            return parse_notebook(decoded(self._data, "work.ipynb"), self._path)
        except CnngradeError:
            return None


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: str
    file: File
    rank: _Rank
    seen: _Content

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.path).parent)

    @property
    def depth(self) -> int:
        return self.path.count("/")


class NoWork(Refused):
    """There is no file that may be the work."""


class WhichWork(Refused):
    """Several files may be the work, and a person is asked which is."""


def is_called(name: str, path: str, file: File) -> bool:
    """Say whether a person means a file by a name: its `path` below the student's folder, or that in the source or its end."""
    return name in (path, file.path) or file.path.endswith(f"/{name}")


class WorkFinder:
    """Finds the work on one unit. `times_tell` says that the files' times are those at which students saved them."""

    def __init__(self, course: Course, unit: Unit, times_tell: bool) -> None:
        self._unit = unit
        self._others = {other.name.casefold() for other in course.units if other.name != unit.name}
        self._times_tell, self._zone = times_tell, course.zone
        try:
            self._released = frozenset(stub_digests(course, unit))
        except CnngradeError:
            # Without the exercise every code counts as the student's.
            self._released = frozenset()

    def chosen(self, files: Mapping[str, File], wanted: str = "") -> Chosen:
        """Return what to write of a student's files, by their paths below the student's folder.

        With `wanted` that file is the work, whatever it holds. Raises NoWork where none may be the work, and Refused where
        several may be, or where they cannot be written.
        """
        if len(files) > MAX_STUDENT_FILES:
            raise Refused(f"there are {len(files):,} files; at most {MAX_STUDENT_FILES:,} per student are read")
        _check_size(files)
        if wanted:
            if not any(wanted in (path, file.path) for path, file in files.items()):
                files, _ = self._opened(files)
            work = self._named(files, wanted)
        else:
            files, work = self._found(files)
        if pointers := [each.path for each in work if each.seen.is_pointer]:
            raise Refused(f"{pointers[0]} is a pointer of Git LFS, and what it points to is not here: ask for the file itself")
        placed = _placed(files, work, self._unit.name)
        _check_writable(placed, self._unit.name)
        is_untouched = not any(each.seen.is_touched for each in work) and any(each.file.size for each in work)
        return Chosen(dict(sorted(placed.items())), tuple(each.path for each in work), self._note(work), is_untouched)

    def _found(self, files: Mapping[str, File]) -> tuple[Mapping[str, File], list[_Candidate]]:
        """Return the files and the work among them; a student's own zips are opened where there is no work beside them."""
        try:
            return files, self._work(files)
        except NoWork:
            if not any(map(is_zip, files)):
                raise
        opened, problems = self._opened(files)
        try:
            return opened, self._work(opened)
        except NoWork as error:
            raise NoWork("; ".join([str(error), *problems[:3]])) from error

    def _opened(self, files: Mapping[str, File]) -> tuple[Mapping[str, File], list[str]]:
        """Return the files with those in a student's own zips, and why some are not read; raises Refused."""
        opened, problems = with_opened_zips(files, self._zone, MAX_STUDENT_FILES)
        # Before any of them is unpacked.
        _check_size(opened)
        return opened, problems

    def _named(self, files: Mapping[str, File], wanted: str) -> list[_Candidate]:
        found = [path for path in files if is_called(wanted, path, files[path])]
        found.sort(key=lambda path: not is_called(wanted, "", files[path]))
        if not found:
            raise Refused(f"there is no file {wanted} (found: {', '.join(sorted(files)[:5])})")
        return [self._candidate(found[0], files[found[0]])]

    def _work(self, files: Mapping[str, File]) -> list[_Candidate]:
        """Return the notebook and the script, those of the two that are there."""
        candidates = [
            self._candidate(path, file) for path, file in files.items() if _NOTEBOOK.search(path) or _SCRIPT.search(path)
        ]
        candidates = candidates or [
            candidate
            for path, file in files.items()
            if _TEXT.search(path) and (candidate := self._candidate(path, file)).seen.is_notebook
        ]
        strangers = [candidate for candidate in candidates if self._is_of_another(candidate)]
        candidates = [candidate for candidate in candidates if candidate not in strangers]
        notebooks = [candidate for candidate in candidates if candidate.seen.is_notebook]
        scripts = [candidate for candidate in candidates if not candidate.seen.is_notebook]
        own_script = any(script.rank <= _Rank.NUMBERED for script in scripts)
        notebook = self._one_of([each for each in notebooks if not own_script or each.rank < _Rank.OTHER or each.seen.is_ours])
        elsewhere = [each for each in scripts if each.rank < _Rank.OTHER or each.seen.is_ours]
        if notebook and (not elsewhere or notebook.seen.is_touched or not any(each.seen.is_touched for each in elsewhere)):
            beside = [each for each in scripts if each.rank <= _Rank.NUMBERED and each.folder == notebook.folder]
            script = self._one_of(beside)
            return [notebook, script] if script else [notebook]
        scripts = [script for script in scripts if script.rank < _Rank.OTHER or _may_be_work(script.path)]
        if len(scripts) > 1:
            scripts = [script for script in scripts if script.rank < _Rank.OTHER or script.seen.is_ours]
        if script := self._one_of(scripts):
            return [script]
        raise NoWork(self._nothing(files, strangers))

    def _nothing(self, files: Mapping[str, File], strangers: Sequence[_Candidate]) -> str:
        unit = self._unit.name
        if strangers:
            first = strangers[0]
            if first.seen.unit:
                return f"{first.path} is the work on another unit ({first.seen.unit})"
            other = self._other_unit(first)
            unless = "if it is the work, name it in the column file of --map"
            return f"{first.path} is called after another unit ({other}): {unless}"
        packed = sorted(path for path in files if _OTHER_ARCHIVE.search(path))
        if packed:
            return (
                f"{packed[0]} is an archive that is not opened here: unpack it, or ask for a .zip file or the notebook itself"
            )
        names = ", ".join(sorted(files)[:5])
        return f"there is neither a notebook nor a script of {unit} (found: {names})"

    def _is_of_another(self, candidate: _Candidate) -> bool:
        if candidate.seen.unit:
            return candidate.seen.unit != self._unit.name
        return bool(self._other_unit(candidate))

    def _other_unit(self, candidate: _Candidate) -> str:
        """Return the other unit after which a file is called, numbered copies included, "" for none.

        Of units' names that are parts of one another the longest is meant; and where a file has another unit's name beside
        other words, and not this one's, what it holds may still be of this unit.
        """
        name = _plain_name(PurePosixPath(candidate.path).name)
        stem = name.rpartition(".")[0]
        if stem in self._others:
            return stem
        own = self._unit.name.casefold()
        for other in sorted(self._others, key=len, reverse=True):
            if candidate.rank is _Rank.NAMED and own in other and _is_word_in(other, stem):
                return other
            if candidate.rank is _Rank.OTHER and (
                unit_file(name, other) or (_is_word_in(other, stem) and not candidate.seen.is_ours)
            ):
                return other
        return ""

    def _candidate(self, path: str, file: File) -> _Candidate:
        return _Candidate(path, file, self._rank(path), _Content(path, file.read(), self._unit, self._released))

    def _rank(self, path: str) -> _Rank:
        name, unit = PurePosixPath(path).name, self._unit.name
        if name in (f"{unit}.ipynb", f"{unit}.py"):
            return _Rank.EXACT
        if _plain_stem(path) == unit.casefold():
            return _Rank.SPELLED
        if unit_file(_plain_name(name), unit.casefold()):
            return _Rank.NUMBERED
        if _may_be_work(path) and _is_word_in(unit.casefold(), _plain_stem(path)):
            return _Rank.NAMED
        return _Rank.OTHER

    def _one_of(self, candidates: Sequence[_Candidate]) -> _Candidate | None:
        """Return the work among files of one kind, None where there is none; raises Refused where it cannot be told."""
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        touched = [candidate for candidate in candidates if candidate.seen.is_touched]
        left = touched or list(candidates)
        best = min(candidate.rank for candidate in left)
        if best <= _Rank.NUMBERED:
            return self._of_copies([candidate for candidate in left if candidate.rank <= _Rank.NUMBERED])
        left = [candidate for candidate in left if candidate.rank is best]
        for narrow in (lambda each: True, lambda each: each.seen.is_ours):
            if len({candidate.seen.digest for candidate in left if narrow(candidate)}) == 1:
                return min(filter(narrow, left), key=lambda candidate: (candidate.depth, candidate.path))
        names = ", ".join(sorted(candidate.path for candidate in left)[:5])
        raise WhichWork(f"which file is the work cannot be told ({names})")

    def _of_copies(self, copies: Sequence[_Candidate]) -> _Candidate:
        """Return the one that counts of copies that a browser or a platform has numbered: if it is known, the last saved."""
        by_name = sorted(copies, key=lambda copy: (copy.depth, copy.rank, copy.path))
        if self._times_tell:
            last = max(copies, key=lambda copy: copy.file.moment)
            if all(last.file.moment - copy.file.moment >= _LATER for copy in copies if copy is not last):
                return last
        return by_name[0]

    def _note(self, work: Sequence[_Candidate]) -> str:
        """Say which files the work is in, where they are not called after the unit, and which hold nothing at all."""
        targets = {each.path: _target(each, self._unit.name) for each in work}
        told = [f"{path} is taken as {target}" for path, target in targets.items() if path != target]
        return ", ".join(told + [f"{each.path} is empty" for each in work if each.file.size == 0])


def _plain_name(name: str) -> str:
    """Return a file's name in lower case, without the ending that a mail program or a browser has added."""
    return re.sub(r"(\.ipynb|\.py)(\.txt|\.json)$", r"\1", one_spelling(name))


def _is_word_in(unit: str, stem: str) -> bool:
    """Say whether a unit's name stands in that of a file, alone or among other words."""
    return re.search(rf"(?<![^\W\d_]){re.escape(unit)}(?![^\W\d_])", stem) is not None


def _plain_stem(path: str) -> str:
    return _plain_name(PurePosixPath(path).name).rpartition(".")[0]


def _may_be_work(path: str) -> bool:
    """Say whether a script may be the work by its name: tests, and what the handout brings, are not."""
    return not _TEST.match(_plain_stem(path)) and "autograde_tests" not in PurePosixPath(path).parts


def _grade_ids(cells: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the names that nbgrader has given cells."""
    for cell in cells:
        metadata = cell.get("metadata")
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        if isinstance(name, str):
            yield name


def _target(work: _Candidate, unit: str) -> str:
    return f"{unit}.ipynb" if work.seen.is_notebook else f"{unit}.py"


def _placed(files: Mapping[str, File], work: Sequence[_Candidate], unit: str) -> dict[str, File]:
    """Return where each file is written: the work under the unit's name at the top, and what is in its folder beside it."""
    targets = {candidate.path: _target(candidate, unit) for candidate in work}
    folder = work[0].folder
    base = "" if folder == "." else f"{folder}/"
    placed = {targets[path]: files[path] for path in targets}
    for path, file in files.items():
        inside = path.removeprefix(base)
        if path in targets or PurePosixPath(path).name == paths.TIMESTAMP:
            # nbgrader writes the time; a student's file of that name says nothing.
            continue
        if inside in targets.values():
            # An older copy of the work, which the one that counts replaces.
            continue
        if inside in placed:
            raise Refused(f"two files would become {inside}")
        placed[inside] = file
    return placed


def _check_writable(placed: Mapping[str, File], unit: str) -> None:
    """Raise Refused where no disk holds these files together, or where they are too large."""
    # The released notebook is put beside a script that comes alone.
    names = {*placed, f"{unit}.py", f"{unit}.ipynb"}
    folders = {str(folder).casefold() for inside in placed for folder in PurePosixPath(inside).parents}
    if both := sorted(name for name in names if name.casefold() in folders):
        raise Refused(f"a file and a folder have the same name ({', '.join(both[:5])})")
    folded = Counter(inside.casefold() for inside in placed)
    twice = [inside for inside in placed if folded[inside.casefold()] > 1]
    if twice:
        raise Refused(f"the names {' and '.join(sorted(twice, key=str.casefold)[:2])} differ only in upper and lower case")
    _check_size(placed)


def _check_size(files: Mapping[str, File]) -> None:
    """Raise Refused for files that are too large together, before any of them is read."""
    if sum(file.size for file in files.values()) > MAX_STUDENT_BYTES:
        raise Refused(f"the files are larger than {MAX_STUDENT_BYTES >> 20} MiB together")
