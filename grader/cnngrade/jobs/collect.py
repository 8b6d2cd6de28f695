"""Take what students handed in, from a folder or a zip archive, into classroom/submitted.

Names and sizes in an archive are written by strangers: each is checked before anything is written, what cannot be taken is
refused by name, and one student's refusal costs no other.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path, PurePosixPath

from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.files import replace_folder, restore_folder
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line, visible_name
from cnngrade.submission.archive import MAX_FILE_BYTES, File, NotRead, folder_files, zip_files
from cnngrade.submission.filenames import MAX_PATH, Named, bad_path, bad_student, is_junk, read_name
from cnngrade.submission.no_links import FolderWithoutLinks, Refused, is_link
from cnngrade.submission.whose import Around, folder_around, other_in, spelled_alike

MAX_STUDENT_BYTES = 128 << 20


MAX_TOTAL_BYTES = 16 << 30


MAX_STUDENT_FILES = 1_000


MAX_FILES = 50_000


MAX_ENTRIES = 1_000_000


MAX_SHOWN = 40


_TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f %Z"


class Fate(Enum):
    """What became of something that was found."""

    COLLECTED = "collected"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Collected:
    """One line of what collecting did.

    `found` is the name in the source; `student` is "" if no student could be told from it. A submission is KEPT when what was
    collected before is as new. `reason` says why for all but COLLECTED.
    """

    found: str
    student: str
    fate: Fate
    reason: str = ""
    files: tuple[str, ...] = ()


def collected_as_text(entry: Collected) -> str:
    """Return what became of one thing that was found, as a line that is short and moves no terminal: a stranger named it."""
    found = entry.found if len(entry.found) <= MAX_PATH else f"{entry.found[:MAX_PATH]}..."
    what = ", ".join(entry.files) if entry.fate is Fate.COLLECTED else f"{found}: {entry.reason}"
    return visible_name(f"{entry.fate.value:9}  {entry.student or '-':20}  {what}")


@dataclass(frozen=True, slots=True)
class _Handed:
    """A file, its path below the folder around everybody's work, and its owner."""

    file: File
    path: str
    named: Named

    @property
    def below(self) -> str:
        """The path below its owner's folder, "" for a file in none."""
        return self.path.removeprefix(f"{self.named.top}/") if self.path != self.named.top else ""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be collected, and how: what `collect` was asked for."""

    course: Course
    unit: Unit
    source: Path
    force: bool
    inside: str

    def again(self, inside: str) -> str:
        """Return the command that collects the same from the folder `inside` of the source."""
        options = ["--from", str(self.source), "--inside", inside, *(["--force"] if self.force else [])]
        return shlex.join(["cnngrade", "collect", self.unit.name, *options])


def _in_gradebook(course: Course, folder: str) -> bool:
    """Say whether a folder bears the name of a student whom the gradebook knows."""
    if not (paths.gradebook(course).is_file() and paths.nbgrader_config(course).is_file()):
        return False
    # nbgrader takes a second to import, and is asked about few sources.
    from cnngrade.gradebook.class_table import students

    return spelled_alike(folder) in {spelled_alike(student) for student in students(course)}


def _some(names: Sequence[str]) -> str:
    """Return the first of some names from a source, in a few words."""
    shown = [name if len(name) <= MAX_SHOWN else f"{name[:MAX_SHOWN]}..." for name in names[:5]]
    return visible_name(", ".join(shown) + (" and more" if len(names) > len(shown) else "")) or "nothing"


def _question(around: Around, request: _Request) -> str:
    """Return what to ask a person about the only folder of a source, and how to go on with either answer."""
    return (
        f"it holds {_some(around.holds)}, and may be a student's folder or one around the work of many. If it is a student's, "
        f"put the work straight into it. If it is around the work of many, go on with: {request.again(around.folder)}"
    )


def _sort_out(
    found: Sequence[File], request: _Request, present: Collection[str]
) -> tuple[dict[str, list[_Handed]], list[Collected]]:
    """Return the files by student, and what belongs to nobody or is refused; `present` are students, spelled alike."""
    unit = request.unit
    around = Around(f"{request.inside}/")
    if not request.inside:
        around = folder_around([file.path for file in found], unit.name, present)
    if around.is_unclear or (around.folder and _in_gradebook(request.course, around.folder.rpartition("/")[2])):
        return {}, [Collected(around.folder, "", Fate.REFUSED, _question(around, request))]
    students: dict[str, list[_Handed]] = {}
    lines: list[Collected] = []
    for file in found:
        problem = bad_path(file.path) or (f"it is larger than {MAX_FILE_BYTES >> 20} MiB" if file.size > MAX_FILE_BYTES else "")
        path = file.path.removeprefix(around.prefix)
        named = read_name(path, unit.name)
        problem = problem or named.problem or bad_student(named.student)
        if problem:
            lines.append(Collected(file.path, "", Fate.REFUSED, problem))
        else:
            students.setdefault(named.student, []).append(_Handed(file, path, named))
    return students, lines


def _check_whose(files: Sequence[_Handed], unit: Unit, people: Collection[str]) -> None:
    """Raise Refused where the files may be several people's; `people` are all who are known, spelled alike."""
    persons = sorted({handed.named.person for handed in files if handed.named.person})
    if len(persons) > 1:
        raise Refused(f"{len(persons)} people go by this name ({', '.join(persons[:5])}): rename one of them")
    tops = sorted({handed.named.top for handed in files})
    if len(tops) > 1 and any(handed.below for handed in files) and not all(handed.named.person for handed in files):
        raise Refused(f"{' and '.join(tops[:5])} are all read as this student's: leave one, or rename the others")
    for handed in files:
        if handed.below and (name := other_in(handed.below, handed.named, unit.name, people)):
            raise Refused(
                f"{handed.path} bears another student's name ({name}) and the unit's: whose work is it? Rename {name}, or take "
                "it out (unpack an archive first, and collect from the folder)"
            )


def _choose(files: Sequence[_Handed], unit: Unit) -> dict[str, File]:
    """Return what to write for one student, by path below their folder; raises Refused."""
    if len(files) > MAX_STUDENT_FILES:
        raise Refused(f"there are {len(files):,} files; at most {MAX_STUDENT_FILES:,} per student are read")
    work = {f"{unit.name}.py", f"{unit.name}.ipynb"}
    chosen: dict[str, _Handed] = {}
    for handed in files:
        held = chosen.get(handed.named.inside)
        # Of several copies of the work (a browser or a learning platform numbers them) the one saved last counts.
        if held is None or (handed.named.inside in work and held.file.moment < handed.file.moment):
            chosen[handed.named.inside] = handed
        elif handed.named.inside not in work:
            raise Refused(f"two files would become {handed.named.inside}")
    if not work & set(chosen):
        names = ", ".join(sorted(chosen)[:5])
        raise Refused(f"there is neither {unit.name}.ipynb nor {unit.name}.py (found: {names})")
    # The released notebook is put beside a script that comes alone.
    folders = {str(folder).casefold() for inside in chosen for folder in PurePosixPath(inside).parents}
    if both := sorted(name for name in {*chosen, *work} if name.casefold() in folders):
        raise Refused(f"a file and a folder have the same name ({', '.join(both[:5])})")
    folded = Counter(inside.casefold() for inside in chosen)
    twice = [inside for inside in chosen if folded[inside.casefold()] > 1]
    if twice:
        raise Refused(f"the names {' and '.join(sorted(twice, key=str.casefold)[:2])} differ only in upper and lower case")
    if sum(handed.file.size for handed in chosen.values()) > MAX_STUDENT_BYTES:
        raise Refused(f"the files are larger than {MAX_STUDENT_BYTES >> 20} MiB together")
    return {inside: handed.file for inside, handed in sorted(chosen.items())}


def read_timestamp(folder: Path) -> datetime | None:
    """Return when the submission in `folder` was handed in, None if it does not say."""
    try:
        text = (folder / paths.TIMESTAMP).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    for form in (_TIME_FORMAT, "%Y-%m-%d %H:%M:%S %Z"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _write(chosen: dict[str, File], moment: datetime, target: Path, released: Path) -> None:
    """Write a submission: it is there whole or not at all, and so is the one that it replaces.

    nbgrader goes by notebooks. A script that comes alone gets the released one beside it, untouched and with the oldest of
    times, so that `nbgrader autograde` finds the submission and the script is what is judged.
    """
    try:
        with replace_folder(target) as draft:
            written = 0
            for inside, file in chosen.items():
                path = draft / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                file.write_to(path)
                written += path.lstat().st_size
                if written > MAX_STUDENT_BYTES:
                    # A file may have grown since it was listed.
                    raise Refused(f"the files are larger than {MAX_STUDENT_BYTES >> 20} MiB together")
                # Between a script and a notebook the one saved last is judged.
                os.utime(path, (file.moment.timestamp(), file.moment.timestamp()))
            if released.name not in chosen and released.is_file():
                shutil.copyfile(released, draft / released.name)
                os.utime(draft / released.name, (0, 0))
            (draft / paths.TIMESTAMP).write_text(moment.strftime(_TIME_FORMAT) + "\n", encoding="utf-8")
    except BaseException:
        # A student whose only work is refused gets no folder; one that holds anything stays.
        with contextlib.suppress(OSError):
            target.parent.rmdir()
        raise


def _too_many(students: Mapping[str, Sequence[_Handed]]) -> str:
    """Say which limit all of it together exceeds, "" if none. One student's excess is refused for that student alone."""
    counts = [len(files) for files in students.values() if len(files) <= MAX_STUDENT_FILES]
    sizes = [min(sum(handed.file.size for handed in files), MAX_STUDENT_BYTES) for files in students.values()]
    if sum(counts) <= MAX_FILES and sum(sizes) <= MAX_TOTAL_BYTES:
        return ""
    return (
        f"There are {sum(counts):,} files of {sum(sizes) >> 20} MiB. "
        f"At most {MAX_FILES:,} files of {MAX_TOTAL_BYTES >> 30} GiB are read: collect in parts."
    )


def _take(
    course: Course, unit: Unit, student: str, files: Sequence[_Handed], force: bool, people: Mapping[str, Sequence[str]]
) -> Collected:
    """Collect one student's work. `people` are the students of the source and the classroom, by what their spellings share."""
    released = paths.release_folder(course, unit.name) / f"{unit.name}.ipynb"
    found = files[0].named.top
    others = [other for other in people[spelled_alike(student)] if other != student]
    try:
        if others:
            raise Refused(f"there is a student {others[0]}, too: the names differ only in upper and lower case or in spelling")
        _check_whose(files, unit, people)
        chosen = _choose(files, unit)
        moment = max(file.moment for name, file in chosen.items() if name in (f"{unit.name}.py", f"{unit.name}.ipynb"))
        target = paths.submission(course, unit.name, student)
        for place in (target.parent, target):
            if is_link(place):
                raise Refused(f"{place} is a link, and nothing is written through one")
        restore_folder(target)
        if target.exists() and not force:
            former = read_timestamp(target)
            if former is not None and moment <= former:
                return Collected(found, student, Fate.KEPT, "what was collected before is as new")
        _write(chosen, moment, target, released)
    except Refused as error:
        return Collected(found, student, Fate.REFUSED, str(error))
    except OSError as error:
        return Collected(found, student, Fate.REFUSED, f"it cannot be written: {error.strerror or error}")
    return Collected(found, student, Fate.COLLECTED, files=tuple(chosen))


def _keep_inside(files: list[File], lines: list[Collected], request: _Request) -> tuple[list[File], list[Collected]]:
    """Return what is in the folder that was asked for; raises UsageError where there is no such folder."""
    prefix = f"{request.inside}/"
    kept = [file for file in files if file.path.startswith(prefix)]
    told = [line for line in lines if f"{line.found}/".startswith(prefix)]
    if not kept and not told:
        tops = sorted({file.path.partition("/")[0] for file in files if not bad_path(file.path)})
        raise UsageError(f"There is no folder {visible_name(request.inside)} in {request.source}: it holds {_some(tops)}.")
    return kept, told


def _all_from(found: Iterator[File | NotRead], request: _Request) -> tuple[Collected, ...]:
    course, unit = request.course, request.unit
    files: list[File] = []
    lines: list[Collected] = []
    for item in found:
        if is_junk(item.path):
            continue
        if isinstance(item, NotRead):
            lines.append(Collected(item.path, "", Fate.REFUSED, item.reason))
        else:
            files.append(item)
        if len(files) + len(lines) > MAX_ENTRIES:
            raise UsageError(f"There are more than {MAX_ENTRIES:,} files. Take away what nobody handed in.")
    if request.inside:
        files, lines = _keep_inside(files, lines, request)
    submitted = paths.submitted(course)
    present = [path.name for path in submitted.iterdir() if not path.name.startswith(".")] if submitted.is_dir() else []
    students, refused = _sort_out(files, request, {spelled_alike(student) for student in present})
    lines += refused
    if problem := _too_many(students):
        raise UsageError(problem)
    submitted.mkdir(parents=True, exist_ok=True)
    people: dict[str, list[str]] = {}
    for student in dict.fromkeys([*sorted(students), *sorted(present)]):
        people.setdefault(spelled_alike(student), []).append(student)
    lines += [_take(course, unit, student, students[student], request.force, people) for student in sorted(students)]
    return tuple(sorted(lines, key=lambda line: (line.student, line.found)))


def collect(course: Course, unit: Unit, source: Path, force: bool = False, inside: str = "") -> tuple[Collected, ...]:
    """Collect the submissions of a unit from a folder or a zip archive, and say what became of each.

    Understood are one sub-folder a student, files named STUDENT_UNIT.ipynb or STUDENT.py, and the names that Canvas and Moodle
    give. Work is replaced only by newer work, or with `force`. The students' folders are in the folder `inside` of the source;
    without it that is told from their names, and where they do not tell it, nothing is taken and a person is asked. Raises
    UsageError if `source` can be read as neither or holds no such folder.
    """
    request = _Request(course, unit, source, force, inside.strip("/"))
    if source.is_dir():
        try:
            folder = FolderWithoutLinks(source)
        except OSError as error:
            raise UsageError(f"{source} cannot be read: {error.strerror}.") from error
        with folder:
            return _all_from(folder_files(folder), request)
    if not source.is_file():
        raise UsageError(f"There is no folder or zip archive {source}.")
    try:
        archive = zipfile.ZipFile(source)
    except Exception as error:
        # zipfile fails in ways of its own on a damaged directory.
        raise UsageError(
            f"{source} is not a zip archive ({visible_line(str(error))}). Give a folder or a .zip file."
        ) from error
    with archive:
        if len(archive.infolist()) > MAX_ENTRIES:
            raise UsageError(f"{source} holds {len(archive.infolist()):,} files; at most {MAX_ENTRIES:,} are read.")
        return _all_from(zip_files(archive), request)
