"""Keep the course's roster: who takes part, and under which id each platform knows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnngrade.classroom.csv_table import read_csv
from cnngrade.classroom.exports import Listing, read_listing
from cnngrade.classroom.roster import Roster
from cnngrade.classroom.roster_file import course_roster, write_roster
from cnngrade.classroom.roster_merge import Merged, merge
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.model import Course

if TYPE_CHECKING:
    from cnngrade.gradebook.students import EnteredStudents


@dataclass(frozen=True, slots=True)
class ImportedRoster:
    """What importing a list did: what the list held, how it was merged, and what became of the gradebook (None: there is none).

    `is_guessed` says that the list is in no Unicode encoding, so that letters may be read as others.
    """

    listing: Listing
    merged: Merged
    is_guessed: bool
    entered: EnteredStudents | None


def roster_of(course: Course) -> Roster:
    """Return the course's roster, an empty one if there is none; raises UsageError if it cannot be used."""
    return course_roster(course) or Roster()


def enter_roster(course: Course, roster: Roster) -> EnteredStudents | None:
    """Enter a roster into the gradebook if it has anybody and there is a gradebook; raises Fault where that is locked."""
    if not roster.participants or not paths.nbgrader_config(course).is_file():
        return None
    # nbgrader takes a second to import.
    from cnngrade.gradebook.students import enter_students

    return enter_students(course, roster)


def import_roster(course: Course, path: Path, form: str = "", *, dry_run: bool = False) -> ImportedRoster:
    """Bring a platform's list of people into the course's roster, and into the gradebook if there is one.

    `form` is one of `exports.FORMS`, "" to tell it from the list. With `dry_run` nothing is written. Raises UsageError if the
    list or the roster cannot be used, and Fault if something cannot be written.
    """
    table = read_csv(path)
    listing = read_listing(table, form)
    merged = merge(roster_of(course), listing)
    if not merged.roster.participants:
        raise UsageError(f"{path} lists nobody.")
    entered = None
    if not dry_run:
        write_roster(paths.roster(course), merged.roster)
        entered = enter_roster(course, merged.roster)
    return ImportedRoster(listing, merged, table.encoding == "cp1252", entered)
