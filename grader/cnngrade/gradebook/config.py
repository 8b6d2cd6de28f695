"""classroom/nbgrader_config.py: written so that plain nbgrader commands use our judge, and read for our own runs of nbgrader.

The file has two parts. The upper one is ours and is rewritten by each release, and by a grading where it is out of date; a
digest in its first line tells whether somebody has edited it. What is below `OWN_SETTINGS` is the instructor's and is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from cnngrade.course import paths
from cnngrade.errors import CourseError, Fault, UsageError, is_shortage
from cnngrade.files import USUAL, digest, write_atomically
from cnngrade.model import Course

OWN_SETTINGS = "# your own settings below"


_FIRST_LINE = "# Written by cnngrade release; digest "


_UPPER_PART = """\
# nbgrader reads this file when it is started in this folder. Change nothing here: put your own settings at the end of the file,
# where they are kept and may override what stands here.

from functools import partial
from pathlib import Path

from cnngrade.gradebook.compat import average_work_alone, extend_no_due_date, take_folders_literally
from cnngrade.gradebook.formgrader import protect_pages
from cnngrade.gradebook.sharing import share_converted
from sqlalchemy.engine import URL

c = get_config()  # noqa: F821

classroom = Path(__file__).resolve().parent
course = str((classroom / {course!r}).resolve())

c.CourseDirectory.root = str(classroom)
c.CourseDirectory.course_id = {course_id!r}

# formgrader shows times in the course's zone, and averages what came in: more time is no work.
c.NbGraderAPI.timezone = {timezone!r}
average_work_alone()
extend_no_due_date()

# A folder above may have any name: nbgrader would take brackets in it for a pattern, and `%` and `?` for parts of an address.
take_folders_literally()
if set(str(classroom)) & set("%?"):
    c.CourseDirectory.db_url = URL.create("sqlite", database=str(classroom / {gradebook!r})).render_as_string()

# What `cnngrade grade` notes beside a graded notebook is not for feedback.
c.CourseDirectory.ignore.append({key_file!r})

# What students wrote, on the pages of formgrader and feedback.
c.HTMLExporter.filters = {{"strip_files_prefix": "cnngrade.gradebook.page_filter.shown_text"}}
protect_pages()

# Where the preprocessors below find course.yml.
c.CoursePreprocessor.course = course
c.LatePlugin.course = course

# A stub is handed out as it stands in exercises/, not replaced by a placeholder.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "cnngrade.gradebook.preprocessor.KeepStubs",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Due dates are those of course.yml. However broken a submitted notebook is, a whole one is made of it first; a large one need
# not be read for that.
c.Autograde.exporter_class = "cnngrade.gradebook.submitted_notebook.SubmittedNotebook"
c.Autograde.sanitize_preprocessors = [
    "cnngrade.gradebook.due_dates.KeepDueDate",
    "cnngrade.gradebook.merge.LayStudentWork",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# The judge stands where nbgrader would run the notebook in a kernel.
c.Autograde.autograde_preprocessors = [
    "cnngrade.gradebook.grade_cells.Judge",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "cnngrade.gradebook.save_grades.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A student may hand in the script: the one that was handed out must not take its place. Nothing else that was handed out is
# needed beside a graded notebook either, since nothing is run there.
source = classroom / {source!r}
c.Autograde.exclude_overwriting = {{
    unit: [str(path.relative_to(source / unit)) for path in (source / unit).rglob("*") if path.is_file()] for unit in {units!r}
}}

# A table in which names may hold commas and quotes.
c.ExportApp.plugin_class = "cnngrade.gradebook.export.QuotedCsvPlugin"

# In a classroom of several teachers each can go on after another.
c.ExchangeFactory.collect = "cnngrade.gradebook.exchange.Collect"
c.BaseConverter.post_convert_hook = partial(share_converted, classroom)

# late_penalty_per_day in course.yml, and what a student reads of it.
c.AssignLatePenalties.plugin_class = "cnngrade.gradebook.late.LatePlugin"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "cnngrade.gradebook.late.TellLateness",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
"""


def _digest(upper: str) -> str:
    return digest(upper.strip().encode())[:16]


def _upper_part(course: Course) -> str:
    to_course = Path(os.path.relpath(course.root.resolve(), paths.classroom(course).resolve()))
    return _UPPER_PART.format(
        course=to_course.as_posix(),
        course_id=course.name,
        timezone=course.timezone,
        key_file=paths.KEY_FILE,
        gradebook=paths.gradebook(course).name,
        source=paths.source(course).name,
        units=[unit.name for unit in course.units],
    )


def _own_settings(path: Path) -> str:
    """Return what an instructor wrote below the line; raises UsageError where a rewrite would lose a change."""
    if not path.exists():
        return "\n"
    text = path.read_text(encoding="utf-8")
    upper, line, own = text.partition(OWN_SETTINGS)
    first, _, upper = upper.partition("\n")
    if not line or not first.startswith(_FIRST_LINE):
        raise UsageError(
            f"{path} was not written by cnngrade, so it is left alone. "
            f"Rename it, release again, and copy your settings below the line `{OWN_SETTINGS}`."
        )
    if first.removeprefix(_FIRST_LINE).strip() != _digest(upper):
        raise UsageError(
            f"{path} was changed above the line `{OWN_SETTINGS}`, so it is left alone. "
            "Move your settings below that line, delete everything above them that is not yours to keep, or delete the file; "
            "then release again."
        )
    return own


def _whole(course: Course, own: str) -> str:
    upper = _upper_part(course)
    return f"{_FIRST_LINE}{_digest(upper)}\n{upper}\n{OWN_SETTINGS}{own}"


def write(course: Course) -> Path:
    """Write the classroom's configuration, keeping the instructor's part; raises UsageError rather than lose a change."""
    path = paths.nbgrader_config(course)
    # Those who grade with the instructor read it too.
    write_atomically(path, _whole(course, _own_settings(path)), mode=USUAL)
    return path


def bring_up_to_date(course: Course) -> None:
    """Write our part anew where another version of cnngrade, or another course.yml, made it what it is; raises Fault.

    What somebody has changed above the line stays as it is: the next release says what to do about it.
    """
    path = paths.nbgrader_config(course)
    if not path.exists():
        return
    try:
        whole = _whole(course, _own_settings(path))
    except UsageError:
        return
    if path.read_text(encoding="utf-8") != whole:
        write_atomically(path, whole, mode=USUAL)


def read(course: Course) -> Config:
    """Return the classroom's configuration as nbgrader itself would read it; raises UsageError, CourseError."""
    path = paths.nbgrader_config(course)
    if not path.exists():
        raise UsageError(f"{path} does not exist. Run `cnngrade release UNIT` first: it sets up the classroom.")
    try:
        # Named in full: in the name of a folder to search, traitlets takes `$` and `~` for something else.
        return PyFileConfigLoader(str(path), path=str(path.parent)).load_config()
    except Exception as error:
        # The file is Python that an instructor may have edited: it can raise anything.
        kind = Fault if is_shortage(error) else CourseError
        raise kind(f"{path} does not run: {type(error).__name__}: {error}") from error
