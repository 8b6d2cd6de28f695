"""Where in a source the students' folders are, and what is done with the files beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from cnngrade.alike import one_spelling
from cnngrade.submission.filenames import is_junk
from cnngrade.submission.platforms.handed import Claim, Person, Reading, without_files

# No file system takes a longer one, and what reads names may take long over longer ones.
MAX_NAME = 255


WORK = (".py", ".ipynb", ".zip")
"""How names of files end that may be somebody's work."""


def folders_in(paths: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the names of the folders in each folder ("" is the outermost), without a system's own."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if is_junk(path):
            continue
        above = ""
        for name in path.split("/")[:-1][:4]:
            found.setdefault(above, set()).add(name)
            above = f"{above}/{name}" if above else name
    return {folder: frozenset(names) for folder, names in found.items()}


def student_level(
    folders: Mapping[str, frozenset[str]], is_students: Callable[[str], bool], beside: Collection[str] = ()
) -> str | None:
    """Return the folder around the students' folders, with a slash ("" for none), None where most folders are no students'.

    `is_students` says of a folder's path whether it is named as the platform names a student's. A folder around them counts
    only where it is the only one, apart from those in `beside`: else a student could put folders with others' names into his.
    """

    def most(above: str) -> bool:
        names = folders.get(above, frozenset())
        found = [name for name in names if len(name) <= MAX_NAME and is_students(f"{above}/{name}" if above else name)]
        return 2 * len(found) > len(names)

    if most(""):
        return ""
    around = [name for name in folders.get("", ()) if one_spelling(name) not in beside]
    return f"{around[0]}/" if len(around) == 1 and most(around[0]) else None


@dataclass(slots=True)
class Draft:
    """A reading in the making: every path of the source goes to one place."""

    claims: dict[str, Claim] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def claim(self, claim: Claim) -> None:
        """Take a file of somebody's; where a name is empty, it is nobody's."""
        if claim.inside and all(person.id or person.name for person in claim.people):
            self.claims[claim.path] = claim
        else:
            self.refused[claim.path] = "its name does not say whose it is"

    def leave(self, path: str) -> None:
        """Leave a file that is in no student's folder: somebody's work is missed, of anything else nobody asks whose it is."""
        if path.casefold().endswith(WORK) and not is_junk(path):
            self.refused[path] = "it is in no student's folder"
        else:
            self.own.add(path)

    def put_aside(self, path: str, assignment: str) -> None:
        """Leave a file that was handed in for another assignment."""
        self.aside[path] = assignment

    def note_without_files(self, people: Iterable[Person]) -> None:
        """Name those of `people` who are on the platform, and of whom there is no file."""
        handed_in = {person for claim in self.claims.values() for person in claim.people}
        self.notes += without_files(person for person in people if person not in handed_in)

    def reading(self, saved_times: bool = False) -> Reading:
        """Return what was read."""
        return Reading(
            claims=self.claims, own=frozenset(self.own), refused=self.refused, saved_times=saved_times, aside=self.aside,
            notes=tuple(self.notes),
        )  # fmt: skip
