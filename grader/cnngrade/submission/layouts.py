"""Whose each file in a source is: as the platform names them that it comes from, or else as people name folders and files.

A source comes with the folders in which a platform, or whoever packed it, has put everything. A folder that may just as well be
one student's is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from cnngrade.submission.archive import MAX_FILE_BYTES, File
from cnngrade.submission.filenames import bad_path, bad_source_path, is_junk, is_last_in, read_name
from cnngrade.submission.no_links import Refused
from cnngrade.submission.own_zips import is_zip, zipped_files
from cnngrade.submission.platforms.github import AROUND
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source
from cnngrade.submission.platforms.levels import WORK
from cnngrade.submission.platforms.recognise import recognise
from cnngrade.submission.whose import Around, bears_name_of, folder_around, is_of_many, names_unit, spelled_alike

# These platforms put a folder of the assignment's or the course's name around everything that they hand out; of the first, the
# folders in it are such as nobody makes by hand.
_PLAIN_TO_SEE = frozenset({"sakai", "ilias", "teams", "gradescope"})
_WITH_FOLDER = _PLAIN_TO_SEE | {"github", "nbgrader"}


# Of more folders beside one another nobody keeps a course's downloads, but students' work.
_MOST_DOWNLOADS = 50


# Of more archives beside one another each is a student's.
_MOST_ARCHIVES = 3


_MOST_IN_ARCHIVE = 50_000


_WHOSE = "it does not say whose work it is: put it in a folder named after the student"


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is in a source, by whose it is.

    `claims` go by the path in the source, as `refused` do, with the reasons; what a platform itself has put in is only counted
    (`own`), what belongs to other assignments is left `aside`, with their names, and `notes` are sentences of the platform's
    recogniser. `platform` is None where people named the folders. `saved_times` says that times of files are those at which
    students saved them. `prefix` is the path of the folder around everybody's work, "" or with a slash at its end. `folder` is
    one around it whose name alone did not say so ("" for none), and `holds` some of what is in it; it may be a student's where
    `is_unclear`, and then nobody's work is told. Nor is it where several `downloads` lie beside one another, by their folders,
    and no name says which is of the unit.
    """

    claims: Mapping[str, Claim] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    own: int = 0
    aside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    platform: Platform | None = None
    saved_times: bool = False
    prefix: str = ""
    folder: str = ""
    holds: tuple[str, ...] = ()
    is_unclear: bool = False
    downloads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Level:
    """A platform's reading of what is in the folder `prefix` of a source."""

    prefix: str
    platform: Platform
    reading: Reading

    @property
    def people(self) -> set[tuple[Person, ...]]:
        return {claim.people for claim in self.reading.claims.values()}


class Layouts:
    """Reads the layout of one source; `files` are all that may be somebody's, by their paths in it.

    `known` are the students known so far, spelled alike, and `are_all` says that there are no others. A platform's times that
    do not say their zone are in `zone`. `name` is that of the source itself, and `others` are the course's other units.
    """

    def __init__(
        self,
        files: Mapping[str, File],
        unit: str,
        zone: tzinfo,
        known: Collection[str],
        name: str = "",
        are_all: bool = False,
        others: Collection[str] = (),
    ) -> None:
        self._files, self._unit, self._others, self._zone, self._name = files, unit, others, zone, name
        self._known, self._are_all = known, are_all
        # Of junk a platform sees what tells of a repository, and nobody else anything.
        self._junk = frozenset(filter(is_junk, files))
        self._problems = {path: bad_source_path(path) for path in files}

    def sorted_out(self, inside: str = "") -> Sorted:
        """Return whose each file is. With `inside`, the students' folders are in that folder, and the rest is left aside."""
        telling = self._telling()
        if inside:
            level = self._level(f"{inside}/")
            return self._as_platform(level) if level else self._as_people(Around(f"{inside}/"))
        if level := self._best_level(telling):
            # The folder around everything may look like somebody's own.
            return self._as_platform(level, asks=True)
        if downloads := self._downloads(telling):
            return self._of_downloads(downloads)
        around = folder_around(telling, self._unit, self._known)
        if around.is_unclear:
            return Sorted(folder=around.folder, holds=around.holds, is_unclear=True)
        return self._as_people(around)

    def _best_level(self, telling: Sequence[str]) -> _Level | None:
        """Return what a platform reads in the folder around everybody's work, None where none does."""
        levels = [level for prefix in _levels(telling, self._unit) if (level := self._level(prefix))]
        # One platform's name in somebody's folder says nothing of the folder.
        certain = [
            level
            for level in levels
            if self._is_of_many(level.prefix) or len(level.people) > 1 or level.platform.name in _PLAIN_TO_SEE
        ]
        if not certain:
            return None
        best = max(certain, key=lambda level: len(level.people))
        # A platform passes over a folder around everything, which may be somebody's own: whose it is must be asked of it.
        return [level for level in levels if level.platform is best.platform and level.people == best.people][-1]

    def _downloads(self, telling: Sequence[str]) -> list[_Level]:
        """Return what platforms read in the folders beside one another, each the work of many; none unless most are such."""
        around = list(_levels(telling, self._unit))[-1]
        below: dict[str, list[str]] = {}
        for path in telling:
            top, is_folder, inside = path.removeprefix(around).partition("/")
            if is_folder and path.startswith(around):
                below.setdefault(f"{around}{top}/", []).append(inside)
        if len(below) > _MOST_DOWNLOADS:
            return []
        found = []
        for folder, paths in below.items():
            levels = [level for prefix in _levels(paths, self._unit) if (level := self._level(folder + prefix))]
            best = max(levels, key=lambda level: len(level.people), default=None)
            found += [best] if best is not None and len(best.people) > 1 else []
        return found if 2 * len(found) > len(below) else []

    def _of_downloads(self, downloads: Sequence[_Level]) -> Sorted:
        """Return what is in the download of the unit: in the only one, or in the only one that bears its name."""
        named = [level for level in downloads if bears_name_of(level.prefix, self._unit)]
        of_unit = named if len(downloads) > 1 else downloads
        if len(of_unit) != 1:
            return Sorted(downloads=tuple(level.prefix.rstrip("/") for level in downloads))
        return self._as_platform(of_unit[0], asks=True, beside=[level.prefix for level in downloads])

    def _is_of_many(self, prefix: str) -> bool:
        """Say whether the folders around everything can be no student's by their names alone."""
        return all(is_of_many(folder, self._unit) for folder in prefix.split("/")[:-1])

    def _telling(self) -> list[str]:
        """Return the paths that tell what is around everything: those that could be written, unless most could not be.

        One path that leads elsewhere must not change the owners of the others; nbgrader's folders have times in their names.
        """
        usable = [path for path, problem in self._problems.items() if not problem and path not in self._junk]
        written = [path for path in usable if not bad_path(path)]
        return written if 2 * len(written) > len(usable) else usable

    def _text(self, prefix: str, path: str) -> str | None:
        file = self._files.get(prefix + path)
        if file is None or file.size > MAX_FILE_BYTES:
            return None
        try:
            return file.read().decode("utf-8-sig")
        except (Refused, OSError, UnicodeDecodeError):
            return None

    def _level(self, prefix: str) -> _Level | None:
        """Return what a platform reads of most files in the folder `prefix`, None where none does."""
        paths = [path for path in self._files if path.startswith(prefix) and not self._problems[path]]
        below = tuple(path.removeprefix(prefix) for path in paths)
        source = Source(
            below, self._unit, self._zone,
            text=lambda path: self._text(prefix, path),
            owner=lambda path: self._files[prefix + path].owner,
            name=prefix.rstrip("/").rpartition("/")[2] or self._name,
            others=tuple(self._others),
            is_student=lambda name: spelled_alike(name) in self._known,
        )  # fmt: skip
        found = recognise(source)
        if found is None:
            return None
        platform, reading = found
        if 2 * len({*reading.claims, *reading.own, *reading.refused, *reading.aside}) <= len(below):
            return None
        return _Level(prefix, platform, reading)

    def _as_platform(self, level: _Level, asks: bool = False, beside: Collection[str] = ()) -> Sorted:
        """Return what a platform reads; what is in the downloads `beside` it is of other assignments."""
        folder = level.prefix.rstrip("/")
        if asks and folder and not self._is_around(level):
            holds = tuple(sorted({path.partition("/")[0] for path in level.reading.claims}))
            return Sorted(folder=folder, holds=holds, is_unclear=True)
        refused: dict[str, str] = {}
        claims: dict[str, Claim] = {}
        own, aside = 0, dict[str, str]()
        for path in self._files:
            below = path.removeprefix(level.prefix)
            if path in self._junk:
                continue
            if problem := self._problems[path]:
                refused[path] = problem
            elif not path.startswith(level.prefix):
                other = next((prefix for prefix in beside if path.startswith(prefix)), "")
                if other:
                    aside[path] = other.rstrip("/")
                elif beside and not path.casefold().endswith(WORK):
                    own += 1
                else:
                    refused[path] = f"it is not in {folder}"
            elif claim := level.reading.claims.get(below):
                claims[path] = claim
            elif below in level.reading.own:
                own += 1
            elif below in level.reading.aside:
                aside[path] = level.reading.aside[below]
            else:
                reason = f"it is not named as {level.platform.title} names what students hand in"
                refused[path] = level.reading.refused.get(below, reason)
        found = self._of_this_unit(level, claims, aside)
        others = tuple(sorted({name for path, name in aside.items() if path not in found}))
        return Sorted(
            claims | found, refused, own, others, level.reading.notes, level.platform, level.reading.saved_times,
            level.prefix, folder if asks else "",
        )  # fmt: skip

    def _of_this_unit(self, level: _Level, claims: Mapping[str, Claim], aside: Mapping[str, str]) -> dict[str, Claim]:
        """Return what is work on this unit of people for whom nothing else is, though it lies in another folder.

        Where nbgrader has a folder for each assignment, people have folders of any name, and the unit's is in one of them.
        """
        if level.platform.name != "nbgrader":
            return {}
        have_work = {person.id for claim in claims.values() for person in claim.people}
        folders: dict[tuple[str, str], dict[str, str]] = {}
        for path in aside:
            top, _, inside = path.removeprefix(level.prefix).partition("/")
            if path.startswith(level.prefix) and "+" not in top and "/" in inside and top not in have_work:
                folders.setdefault((top, inside.partition("/")[0]), {})[path] = inside
        return {
            path: Claim(path.removeprefix(level.prefix), (Person(top),), inside)
            for (top, _), paths in folders.items()
            if any(names_unit(part, self._unit) for inside in paths.values() for part in inside.split("/")[1:])
            for path, inside in paths.items()
        }

    def _is_around(self, level: _Level) -> bool:
        """Say whether the folders around what a platform names are certainly no student's own."""
        if any(spelled_alike(folder) in self._known for folder in level.prefix.split("/")[:-1]):
            return False
        if self._are_all or self._is_of_many(level.prefix) or level.prefix.endswith(f"{AROUND}/"):
            return True
        if level.platform.name in _WITH_FOLDER:
            return len(level.people) > 1 or bool(level.reading.own)
        names = {spelled_alike(name) for people in level.people for each in people for name in (each.id, each.name) if name}
        return not names & set(self._known)

    def _as_people(self, around: Around) -> Sorted:
        """Return whose each file is by the names of folders and files in the folder around everybody's work."""
        refused: dict[str, str] = {}
        claims: dict[str, Claim] = {}
        aside: dict[str, str] = {}
        downloads = self._archives_of_many(around.prefix)
        for path in self._files:
            if path in self._junk:
                continue
            below = path.removeprefix(around.prefix)
            named = read_name(below, self._unit)
            student, problem = named.student, self._problems[path] or named.problem
            is_known = spelled_alike(student) in self._known
            if not problem and not is_known and (rest := _after_unit(below, self._unit)):
                # Such a name is a student's only if it is known.
                student, problem = (rest, "") if spelled_alike(rest) in self._known else ("", _WHOSE)
            if not self._problems[path] and not is_known and (other := self._other_unit(below)):
                aside[path] = other
                continue
            if title := downloads.get(path):
                problem = f"it is a whole download of {title}: collect from this archive itself"
            if problem:
                refused[path] = problem
            else:
                claims[path] = Claim(below, (Person(student, _displayed(below)),), named.called)
        return Sorted(
            claims, refused, aside=tuple(sorted(set(aside.values()))), saved_times=True,
            prefix=around.prefix, folder=around.folder, holds=around.holds,
        )  # fmt: skip

    def _other_unit(self, path: str) -> str:
        """Return the other unit after which a file beside the students' folders is called, "" for none.

        Of units' names that are parts of one another the longest is meant.
        """
        if "/" in path:
            return ""
        units = sorted((self._unit, *self._others), key=len, reverse=True)
        last = (unit for unit in units if is_last_in(path, unit))
        first = (unit for unit in units if _after_unit(path, unit))
        unit = next(last, "") or next(first, self._unit)
        return "" if unit == self._unit else unit

    def _archives_of_many(self, prefix: str) -> dict[str, str]:
        """Return the archives beside students' folders that are downloads themselves, with what people call their platforms."""
        zips = [path for path in self._files if path.startswith(prefix) and "/" not in path[len(prefix) :] and is_zip(path)]
        found: dict[str, str] = {}
        for path in zips if len(zips) <= _MOST_ARCHIVES else ():
            try:
                files = zipped_files(path, self._files[path], self._zone, _MOST_IN_ARCHIVE)
            except (Refused, OSError):
                continue
            held = {file.path: file for file in files if isinstance(file, File)}
            inner = Layouts(held, self._unit, self._zone, (), path)
            level = inner._best_level(inner._telling())
            if level is not None and len(level.people) > 1:
                found[path] = level.platform.title
        return found


def _displayed(path: str) -> str:
    """Return the name of a folder, which may be the displayed one of a person."""
    top, is_below, _ = path.partition("/")
    return top if is_below else ""


def _after_unit(path: str, unit: str) -> str:
    """Return what a file at the top is called after the unit's name, "" for one that is called otherwise."""
    match = re.match(rf"(?i:{re.escape(unit)})(?:[^\w/]|_)+(?P<rest>[^/]+?)\.(?i:ipynb|py|zip)$", path)
    return match["rest"] if match else ""


def _levels(paths: Sequence[str], unit: str) -> Iterator[str]:
    """Yield the folders that may be around everybody's work, each as a prefix; they are in one another.

    One that holds nothing but a folder around the work of many is left out.
    """
    prefix = ""
    while True:
        tops = {path.removeprefix(prefix).partition("/")[0] for path in paths}
        is_around = len(tops) == 1 and all("/" in path.removeprefix(prefix) for path in paths)
        top = min(tops, default="")
        if not (is_around and is_of_many(top, unit)):
            yield prefix
        if not is_around:
            return
        prefix += f"{top}/"
