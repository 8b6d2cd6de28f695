"""One student's work on a platform: found among what was handed in, and judged as `grade` judges it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.judge_in_turn import judge_in_turn
from cnngrade.classroom.report_store import secret
from cnngrade.errors import Fault, SubmissionError
from cnngrade.judge.judgement import Judgement
from cnngrade.model import Course, Report, Unit
from cnngrade.report.terminal import clipped
from cnngrade.safe_text import visible_line, visible_name
from cnngrade.sandbox.backends import require, strongest
from cnngrade.submission.archive import File, folder_files
from cnngrade.submission.filenames import bad_path, is_junk
from cnngrade.submission.no_links import FolderWithoutLinks, Refused
from cnngrade.submission.the_work import Chosen, NoWork, WorkFinder

# What may hold the work, in whatever way it is called and packed.
_MAY_HOLD_WORK = re.compile(r"(?i:\.(ipynb|py|json|zip|rar|7z|tar|tgz|gz|bz2|xz)(\.txt)?)$")


class NothingHandedIn(SubmissionError):
    """Among what was handed in there is no notebook, no script, and no archive that might hold one."""


def judge_work(course: Course, unit: Unit, submission: Path, student: str) -> Report:
    """Return the report on what lies in the folder `submission`, with all tests, from the strongest sandbox of this machine.

    `student` goes into the random numbers of the tests. Raises NothingHandedIn, and SubmissionError where it cannot be told
    which file is the work; UsageError where there is no sandbox or a package is missing; CourseError; and Fault.
    """
    require(course.policy.packages)
    sandbox = strongest(
        "Nothing on this machine can confine the student's code", "grade on a machine that has one, with cnngrade grade."
    )
    judged: list[Judgement] = []
    with tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True) as place:
        note = _take(course, unit, submission, Path(place))
        work = HandedIn(student, Path(place), note)
        judge_in_turn(course, unit, [work], sandbox, secret(course), judged.append)
    (judgement,) = judged
    return judgement.report


def _take(course: Course, unit: Unit, submission: Path, place: Path) -> str:
    """Write the work under the unit's name into `place`, with what lies beside it; return a sentence about the choice."""
    try:
        with FolderWithoutLinks(submission) as source:
            files, problems = _files(source)
            chosen = _chosen(course, unit, files, problems)
            for inside, file in chosen.files.items():
                path = place / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                file.write_to(path)
    except Refused as error:
        raise SubmissionError(_sentence(str(error))) from error
    except OSError as error:
        raise Fault(f"What was handed in cannot be read: {error.strerror or error}.") from error
    # What is missing may be what the work imports: nobody is to look for that elsewhere.
    said = [*([chosen.note] if chosen.note else []), *_clipped(problems)]
    return visible_name(f"{'; '.join(said)}.") if said else ""


def _chosen(course: Course, unit: Unit, files: Mapping[str, File], problems: Sequence[str]) -> Chosen:
    """Return which file is the work, and what is written with it; raises NothingHandedIn, and Refused."""
    try:
        # A platform's times are those at which it unpacked the files.
        return WorkFinder(course, unit, times_tell=False).chosen(files)
    except NoWork as error:
        told = [str(error) if files or problems else "no file was handed in", *_clipped(problems)]
        if problems or any(map(_MAY_HOLD_WORK.search, files)):
            raise Refused("; ".join(told if files else told[1:])) from error
        raise NothingHandedIn(_sentence(told[0])) from error


def _clipped(problems: Sequence[str]) -> list[str]:
    return [clipped(each, 200) for each in problems[:3]]


def _sentence(text: str) -> str:
    line = visible_line(text)
    # A file's name stays as it is.
    begins_with_a_name = "." in line.partition(" ")[0]
    return f"{line}." if begins_with_a_name else f"{line[:1].upper()}{line[1:]}."


def _files(source: FolderWithoutLinks) -> tuple[Mapping[str, File], list[str]]:
    """Return the files by their paths, and why others are not read."""
    files: dict[str, File] = {}
    problems: list[str] = []
    for item in folder_files(source):
        problem = bad_path(item.path) if isinstance(item, File) else item.reason
        if is_junk(item.path):
            continue
        if problem or not isinstance(item, File):
            problems.append(f"{item.path}: {problem}")
        else:
            files[item.path] = item
    return files, problems
