"""Check work again whenever it has been saved, and say what is different since the last time.

What is there to be checked is asked for anew each time: who goes on in the notebook after the script has the notebook checked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cnngrade.course.folder import CourseFolder, course_folder
from cnngrade.errors import CourseError, Fault, SubmissionError, UsageError
from cnngrade.jobs.check import check
from cnngrade.jobs.targets import Target, targets, unit_target
from cnngrade.judge.progress import TellStep, tell_nobody
from cnngrade.model import Report, Unit
from cnngrade.report.changes import FunctionChange, changes_between, points_between
from cnngrade.submission.read import read_work

_Stamp = dict[Path, tuple[int, ...]]

# For so long a file may be empty, or a notebook without its end, while it is written: some programs write in place, Jupyter
# among them, and on a busy machine that takes time.
_BEING_WRITTEN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """One check: when it began, how long it took, and what is different since the one before it, if there was one."""

    target: Target
    report: Report
    began: datetime
    seconds: float
    since: datetime | None = None
    changes: tuple[FunctionChange, ...] = ()
    points: str = ""


class Watch:
    """The work on some units or functions, of which one unit is looked at: the one that was saved last.

    `names` and `where` are as `targets` takes them. Raises what that raises, and UsageError for two files of one unit.
    """

    def __init__(self, names: Sequence[str], where: Path, as_graded: bool = False) -> None:
        self._where, self._as_graded = where, as_graded
        self._targets = {target.unit.name: target for target in _one_of_each(targets(names, where))}
        # A file that was named is the one that is meant; of a unit, the work may go on in the other one.
        self._names_files = any(Path(name).suffix in (".py", ".ipynb") for name in names)
        self._looked_at = max(self._targets, key=lambda name: _saved_at(self._targets[name]))
        self._modules: dict[str, frozenset[Path]] = {}
        self._last: dict[tuple[str, ...], Run] = {}
        # As they were when the work was checked, as they were last seen, and since when they are as they were seen.
        self._stamps: dict[str, _Stamp] = {}
        self._seen: dict[str, _Stamp] = {}
        self._since: dict[str, float] = {}
        self._begin_anew()

    @property
    def target(self) -> Target:
        """What is looked at."""
        return self._targets[self._looked_at]

    def reports(self) -> list[Report]:
        """Return the last report on each unit that was checked."""
        return [run.report for run in self._last.values()]

    def was_saved(self) -> bool:
        """Say whether something was saved that was not checked since; its unit is then the one that is looked at.

        A file that is being written, or is not there while an editor puts another in its place, has to wait for a later call:
        only what is the same at two of them counts, and what looks unfinished only after a while.
        """
        now, before, moment = self._stamps_now(), self._seen, time.monotonic()
        self._since |= {name: moment for name in now if now[name] != before[name]}
        self._seen = now
        saved: dict[str, tuple[int, ...]] = {}
        for name, stamp in now.items():
            changed = stamp.items() - self._stamps[name].items()
            is_patient = moment - self._since[name] > _BEING_WRITTEN_SECONDS
            if changed and stamp == before[name] and (is_patient or all(_is_whole(path) for path, _ in changed)):
                saved[name] = max(when for _, when in changed)
        if not saved:
            return False
        # A module of several units is saved for all of them: that is no reason to look at another one.
        self._looked_at = max(saved, key=lambda name: (saved[name], name == self._looked_at))
        return True

    def run(self, tell: TellStep = tell_nobody) -> Run:
        """Check what is looked at. Raises what `targets` and `check` raise."""
        if not self._names_files:
            self._look_at(self._place(), self.target.unit, self.target.functions)
        target, start, began = self.target, time.monotonic(), datetime.now().astimezone()
        self._modules[target.unit.name] = frozenset(_modules(target))
        self._begin_anew()
        report = check(target, self._as_graded, tell=tell)
        run = Run(target, report, began, time.monotonic() - start)
        key = (target.unit.name, *target.functions)
        if last := self._last.get(key):
            run = replace(
                run,
                since=last.began,
                changes=changes_between(last.report, report),
                points=points_between(last.report, report),
            )
        self._last[key] = run
        return run

    def go_on(self) -> bool:
        """Look at the next function, where functions are looked at, or else at the next unit; say whether there is one."""
        place, unit = self._place(), self.target.unit
        if self.target.functions:
            last = max(unit.functions.index(function) for function in self.target.functions)
            if following := unit.functions[last + 1 : last + 2]:
                self._look_at(place, unit, following)
                return True
        units = [other for other in place.units if place.is_there(other)]
        names = [other.name for other in units]
        if unit.name not in names[:-1]:
            return False
        following_unit = units[names.index(unit.name) + 1]
        if following_unit.name not in self._targets:
            self._targets, self._names_files = {following_unit.name: unit_target(place, following_unit)}, False
        self._looked_at = following_unit.name
        self._begin_anew()
        return True

    def _place(self) -> CourseFolder:
        try:
            return course_folder(self._where)
        except CourseError:
            # A file that was named may be anywhere.
            return course_folder(self.target.path.resolve().parent)

    def _look_at(self, place: CourseFolder, unit: Unit, functions: tuple[str, ...]) -> None:
        """Look at a unit's work, or at these functions of it, in the file in which it is now."""
        self._targets[unit.name] = replace(unit_target(place, unit), functions=functions)
        self._looked_at = unit.name

    def _begin_anew(self) -> None:
        """Take what is there now for what is checked."""
        self._stamps = self._seen = self._stamps_now()
        self._since = dict.fromkeys(self._seen, time.monotonic())

    def _stamps_now(self) -> dict[str, _Stamp]:
        return {name: dict(self._stamped(target)) for name, target in self._targets.items()}

    def _stamped(self, target: Target) -> Iterator[tuple[Path, tuple[int, ...]]]:
        """Yield the files that may change what a check of the target says, each with when it was saved."""
        folder, others = target.path.parent, {unit.name for unit in target.course.units} - {target.unit.name}
        # A module may have been missing at the last check, and be there now.
        beside = {path for path in folder.glob("*.py") if path.stem not in others and not path.name.startswith(".")}
        own = {target.path, folder / f"{target.unit.name}.ipynb"}
        for path in sorted(own | beside | self._modules.get(target.unit.name, frozenset())):
            try:
                found = path.stat()
            except OSError:
                continue
            # Some editors put another file in its place, and some copies keep the time of their original.
            yield path, (found.st_mtime_ns, found.st_size, found.st_ino)


def _one_of_each(found: list[Target]) -> list[Target]:
    names = [target.unit.name for target in found]
    if repeated := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"--watch takes one file of a unit, and there are two of {repeated}.")
    return found


def _is_whole(path: Path) -> bool:
    """Say whether a file has something in it and, if it is a notebook, ends as one."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 64, 0))
            end = file.read().strip()
    except OSError:
        return False
    return end.endswith(b"}") if path.suffix == ".ipynb" else bool(end)


def _saved_at(target: Target) -> int:
    try:
        return target.path.stat().st_mtime_ns
    except OSError:
        return 0


def _modules(target: Target) -> Iterator[Path]:
    """Yield the files of the modules that the work imports, where they can be read."""
    try:
        work = read_work(target.path, target.unit.name)
    except (SubmissionError, Fault):
        return
    for module in work.modules:
        yield target.path.parent / module.filename
