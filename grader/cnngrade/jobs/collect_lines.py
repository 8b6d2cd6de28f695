"""What became of each thing that was found where work was handed in, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from cnngrade.classroom.csv_table import csv_text
from cnngrade.course.dates import shown_time
from cnngrade.safe_text import visible_name
from cnngrade.submission.filenames import MAX_PATH

# What may hold somebody's work; without an ending it may be a folder.
_MAY_BE_WORK = re.compile(r"(?i:\.(ipynb|py|zip|rar|7z|tar|tgz|gz)(\.txt|\.json)?)$|^[^.]*$")


class Fate(Enum):
    """What became of something that was found."""

    COLLECTED = "collected"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Collected:
    """One line of what collecting did.

    `found` is the name in the source; `student` is "" if no student could be told from it, `name` the displayed one where a
    platform shows one. A submission is KEPT when it is there already, or something newer is. `reason` says why for all but
    COLLECTED, and `note` which file is the work where that is not plain. `submitted` is the time of submission (aware, None for
    none), and `is_late` the platform's word. `is_work` says that somebody's work may be missing where it is refused, and
    `asks_which` that one of the student's files must be named as the work.
    """

    found: str
    student: str
    fate: Fate
    reason: str = ""
    files: tuple[str, ...] = ()
    name: str = ""
    note: str = ""
    submitted: datetime | None = None
    is_late: bool = False
    is_work: bool = True
    asks_which: bool = False


def may_be_work(path: str) -> bool:
    """Say whether a file, or what may be a folder, may hold somebody's work by its name."""
    return _MAY_BE_WORK.search(path.rpartition("/")[2]) is not None


def refusal(found: str, reason: str, student: str = "", name: str = "", is_work: bool = False) -> Collected:
    """Return the line on something that is not taken; what is neither a person's nor looks like work is no loss."""
    is_work = is_work or bool(student or name) or may_be_work(found)
    return Collected(found, student, Fate.REFUSED, reason, name=name, is_work=is_work)


@dataclass(frozen=True, slots=True)
class CollectedClass:
    """What became of a whole source: a line each, and what there is to say of all (`notes`, sentences).

    `unmapped` are the names in the source of which nobody could tell whose they are: the first column of a map. `own` counts
    files that the platform itself has put in.
    """

    lines: tuple[Collected, ...] = ()
    notes: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    own: int = 0

    def __iter__(self) -> Iterator[Collected]:
        return iter(self.lines)

    def as_told(self) -> list[Collected]:
        """Return the lines in the order in which they are printed: of hundreds the last are seen, so they ask for something."""
        order = (Fate.KEPT, Fate.COLLECTED, Fate.REFUSED)
        return sorted(self.lines, key=lambda line: order.index(line.fate))

    def count(self, fate: Fate) -> int:
        """Return how many lines say this."""
        return sum(line.fate is fate for line in self.lines)

    @property
    def misses_work(self) -> bool:
        """Whether nobody's work was found, or somebody's was refused."""
        refused = [line for line in self.lines if line.fate is Fate.REFUSED]
        return len(refused) == len(self.lines) or any(line.is_work for line in refused)


def collected_as_text(entry: Collected) -> str:
    """Return what became of one thing that was found, as a line that is short and moves no terminal: a stranger named it."""
    found = entry.found if len(entry.found) <= MAX_PATH else f"{entry.found[:MAX_PATH]}..."
    name = entry.name if entry.name not in ("", entry.student, found) else ""
    who = f"{entry.student or '-':20}{f'  {name}:' if name and entry.student else ''}"
    if entry.fate is Fate.COLLECTED:
        when = shown_time(entry.submitted) if entry.submitted else ""
        told = [", ".join(entry.files[:5]) + (f" and {len(entry.files) - 5} more" if len(entry.files) > 5 else ""), when]
        what = "; ".join(part for part in (*told, entry.note) if part)
    else:
        what = f"{found}: {entry.reason}"
    return visible_name(f"{entry.fate.value:9}  {who}  {what}")


def summary(done: CollectedClass, rehearsal: bool) -> list[str]:
    """Return what is said at the end: counts, and what to do about what was refused."""
    taken, kept, refused = (done.count(fate) for fate in (Fate.COLLECTED, Fate.KEPT, Fate.REFUSED))
    lines = [f"{taken} collected, {kept} kept as they were, {refused} refused."]
    if rehearsal:
        lines = [f"{taken} would be collected, {kept} kept as they are, {refused} refused. Nothing was written."]
    if not any(line.is_work for line in done.lines):
        lines.append("Nobody's work was found here: is it the right file or folder?")
    if done.own:
        lines.append(f"{done.own} file{' is' if done.own == 1 else 's are'} the platform's own.")
    lines += map(visible_name, done.notes)
    if frame := map_frame(done):
        lines.append(f"Say {_to_be_said(done)} in a file for --map, and collect again:")
        lines += [f"  {row}" for row in frame.removeprefix("\ufeff").splitlines()]
    return lines


def _to_be_said(done: CollectedClass) -> str:
    whose = "whose these are (a line without a student is nobody's work, several lines are a group's)"
    which = "which file is the work"
    asks_which = any(line.asks_which for line in done.lines)
    return " and ".join([*([whose] if done.unmapped else []), *([which] if asks_which else [])])


def map_frame(done: CollectedClass) -> str:
    """Return the beginning of a file for `--map` as CSV, with empty places for what a person must say; "" where nothing is."""
    which = [(line.found, line.student) for line in done.lines if line.asks_which]
    if not (done.unmapped or which):
        return ""
    if not which:
        return csv_text(["found", "student"], [[visible_name(name), ""] for name in done.unmapped])
    rows = [[visible_name(name), "", ""] for name in done.unmapped]
    rows += [[visible_name(name), student, ""] for name, student in which]
    return csv_text(["found", "student", "file"], rows)
