"""What the cells of a notebook call: a check, a hint, pictures and pages of the functions as they are in the running kernel."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from cnngrade.course import paths
from cnngrade.course.folder import CourseFolder, course_folder
from cnngrade.errors import Interrupted, UsageError
from cnngrade.findings.allowance import Allowance
from cnngrade.findings.written import functions_in_module
from cnngrade.jobs.check import SEARCH
from cnngrade.jobs.explore import ExploreDisplay, page_of
from cnngrade.jobs.hint import PATIENT, Hint, HintSource, hint_about, hint_as_html, hint_as_text, hints_for
from cnngrade.jobs.kernel_sources import kernel_work
from cnngrade.jobs.play import chosen_plays, page_with, played
from cnngrade.jobs.rest import with_rest
from cnngrade.jobs.running_kernel import named_notebooks, runs_of, saved_notebook, shell_of, what_is_judged
from cnngrade.jobs.show import PictureDisplay, chosen, compared
from cnngrade.jobs.targets import Target, lesson_headings, unit_of_name
from cnngrade.jobs.unrun_cells import UnrunCells
from cnngrade.judge.judging import judge_one
from cnngrade.judge.outcomes import was_stopped
from cnngrade.judge.session import STOPPED_LOOKING
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report, Submission, Unit
from cnngrade.report.html import fragment, report_fragment, with_code
from cnngrade.report.order import Task, steps
from cnngrade.report.terminal import report_as_text
from cnngrade.safe_text import visible_line
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.scoring import part_of
from cnngrade.student.candidate import Candidate, InlineWork, handed_out
from cnngrade.worker.cells import Cell
from cnngrade.worker.packages import foreign

_WHOLE = "`cnngrade.check()`"


@dataclass(frozen=True, slots=True)
class _Here:
    """The unit of the running notebook, and the module that holds what its kernel has defined."""

    course: Course
    unit: Unit
    module: ModuleType

    @property
    def notebook(self) -> Path:
        """The file of the notebook or script: where it is, or where it would be."""
        shell = shell_of(self.module)
        saved = saved_notebook(self.course, self.unit, shell) if shell else getattr(self.module, "__file__", None)
        return Path(saved) if saved else paths.submission_folder(self.course) / f"{self.unit.name}.ipynb"

    @property
    def target(self) -> Target:
        """The same as a command knows it; what there is to remember is kept where the command keeps it."""
        return Target(self.course, self.unit, paths.submission_folder(self.course) / f"{self.unit.name}.ipynb")

    def work(self, functions: Sequence[str], path: Path) -> tuple[InlineWork, tuple[str, ...]]:
        """Return functions of the kernel as work to be judged, and what there is to say of them beforehand."""
        course, unit, module = self.course, self.unit, self.module
        known = {function: said for function in functions if (said := what_is_judged(course, unit, function, module))}
        notes = [*known.values(), *(_note(course, function, module) for function in functions)]
        sources = kernel_work(unit, functions, module, path)
        work = InlineWork(
            course.policy,
            module,
            sources,
            Fresh(course.policy, Path.cwd()) if sources else None,
            partial(handed_out, course, unit.name),
            UnrunCells(course, unit, module, known).about,
            is_watched=True,
        )
        return work, tuple(dict.fromkeys(filter(None, notes)))


class CheckDisplay:
    """A report as a notebook shows it.

    The plain form of a report on one function is the points earned, which is what nbgrader reads from a grade cell; that of any
    other is its text.
    """

    def __init__(self, report: Report, target: Target, functions: Sequence[str] = ()) -> None:
        self.report, self._target, self._functions = report, target, tuple(functions)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        one = self._functions[0] if len(self._functions) == 1 else None
        plain = repr(self) if one is None else f"{self.report.earned or 0.0:g}"
        page = report_fragment(self.report, one, headings=lesson_headings(self._target), whole=_WHOLE, more=self._more())
        return {"text/plain": plain, "text/html": page}

    def __repr__(self) -> str:
        text = report_as_text(self.report, colour=False, headings=lesson_headings(self._target), whole=_WHOLE)
        return f"{text}\n{more.replace('`', '')}" if (more := self._more()) else text

    def _more(self) -> str:
        """Say what else there is to call about what did not pass; "" where there is nothing."""
        step = next(iter(steps(self.report)), None)
        if step is None or step.task is Task.RUN or was_stopped(self.report.outcomes):
            return ""
        has_hints = paths.hints_file(self._target.course, self._target.unit.name).is_file()
        # What only waits for another function is not the one to think about.
        about = "" if step.task is Task.WAIT else f'"{step.outcome.case.function}"'
        return f"For a hint: `cnngrade.hint({about})`" if has_hints else ""


class HintDisplay:
    """A hint as a notebook shows it; None where nothing failed."""

    def __init__(self, hint: Hint | None, again: bool) -> None:
        self.hint, self._again = hint, again

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": hint_as_html(self.hint, self._again)}

    def __repr__(self) -> str:
        return hint_as_text(self.hint, self._again)


class PicturesHere:
    """Pictures as a notebook shows them, below what has to be run before there are any of the student's own."""

    def __init__(self, pictures: PictureDisplay, notes: Sequence[str]) -> None:
        self.pictures, self._notes = pictures, tuple(notes)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        drawn = self.pictures._repr_mimebundle_()
        noted = fragment(f"<div>{with_code(visible_line(note))}</div>" for note in self._notes) if self._notes else ""
        return {"text/plain": repr(self), "text/html": noted + drawn["text/html"]}

    def __repr__(self) -> str:
        return "\n\n".join([*self._notes, repr(self.pictures)])


def _names_in(code: CodeType) -> Iterator[str]:
    """Yield the global names and attributes that a function's code, and functions inside it, use."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _modules_used(function: str, module: ModuleType) -> set[str]:
    """Return the names of the modules that a function of the notebook uses, and the notebook's functions that it calls."""
    found, waiting, seen = set[str](), [function], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in vars(module):
            continue
        seen.add(name)
        value: Any = vars(module)[name]
        found |= {str(value.__name__) if isinstance(value, ModuleType) else str(getattr(value, "__module__", ""))}
        if isinstance(code := getattr(value, "__code__", None), CodeType) and value.__module__ == module.__name__:
            waiting += _names_in(code)
    return found - {module.__name__}


def _note(course: Course, function: str, module: ModuleType) -> str:
    """Say which packages a function of the notebook uses that will be missing when it is graded; "" if there are none."""
    strangers = foreign(_modules_used(function, module), course.policy.packages)
    if not strangers:
        return ""
    return (
        f"{function} uses {' and '.join(strangers)}, which will not be there when it is graded: besides Python's own modules "
        f"submissions may use {' and '.join(course.policy.packages)}."
    )


def _with_called(unit: Unit, functions: Sequence[str], module: ModuleType) -> tuple[str, ...]:
    """Return functions and those of the unit that they call, in the unit's order: what is wrong may be wrong in these."""
    written = functions_in_module(module)
    found, waiting = set[str](), list(functions)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += written[name].uses if name in written else ()
    return tuple(name for name in unit.functions if name in found)


def _unit_of_file(units: Sequence[Unit], path: Path) -> Unit | None:
    """Return the unit whose name a file's name holds."""
    fitting = [unit for unit in units if unit.name in path.stem]
    return max(fitting, key=lambda unit: len(unit.name), default=None)


def _unit_here(place: CourseFolder, module: ModuleType) -> Unit | None:
    """Return the unit of the running notebook or script: by its file's name, or else by what has been defined."""
    if len(place.units_here) == 1:
        return place.units_here[0]
    shell, script = shell_of(module), getattr(module, "__file__", None)
    files = named_notebooks(shell) if shell else [Path(script)] if script else []
    if named := [unit for path in files if (unit := _unit_of_file(place.units_here, path))]:
        return named[0]
    written = functions_in_module(module)
    begun = [unit for unit in place.units_here if not written.keys().isdisjoint(unit.functions)]
    return begun[0] if len(begun) == 1 else None


def _here(names: Sequence[str | None], call: str) -> tuple[_Here, tuple[str, ...]]:
    """Return the unit that a call is about, by the names of its functions, its own, or without any, and the functions named.

    Raises UsageError, CourseError.
    """
    place, module = course_folder(Path.cwd()), sys.modules["__main__"]
    here, asked = _unit_here(place, module), tuple(dict.fromkeys(name for name in names if name is not None))
    if here is not None and set(asked) <= {*here.functions}:
        return _Here(*place.own(here), module), asked
    if not asked:
        calls = ", ".join(f'cnngrade.{call}("{unit.name}")' for unit in place.units_here)
        raise UsageError(f"Which unit is this? Say {calls}, or the name of a function.")
    named = [unit_of_name(name, place, Path.cwd()) for name in asked]
    if len({(course.root, unit.name) for course, unit, _ in named}) > 1:
        raise UsageError(f"{' and '.join(asked)} belong to different units. Ask about one unit at a time.")
    course, unit, _ = named[0]
    is_whole = any(not functions for _, _, functions in named)
    return _Here(course, unit, module), () if is_whole else asked


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let whoever interrupts a call read one line, and not the way that it took through this package."""
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt:
        raise Interrupted from None


def _judged(here: _Here, functions: Sequence[str], search: Allowance) -> Report:
    """Return the report on some functions as the kernel holds them, all of the unit's if none is named."""
    path = Path(here.notebook.name)
    judged = _with_called(here.unit, functions, here.module) if functions else here.unit.functions
    work, notes = here.work(judged, path)
    candidate = Candidate(Submission("", here.unit.name, path, ""), work, notes)
    suite = Suite(here.course, here.unit, functions=judged, search=search)
    report = judge_one(suite, candidate)
    return with_rest(part_of(report, *functions) if functions else report, replace(here.target, functions=tuple(functions)))


def _was_stopped(report: Report) -> bool:
    return was_stopped(report.outcomes) or STOPPED_LOOKING in report.problems


def check_here(*names: str) -> CheckDisplay:
    """Run public tests on what the running notebook or script has defined so far.

    `names` are functions of one unit, or a unit; without any it is the notebook's unit. Returns something that a notebook shows
    as a report. Raises UsageError, and Interrupted once the report on what was judged before is shown.
    """
    with _interruptible():
        here, functions = _here(names, "check")
        report = _judged(here, functions, SEARCH)
        display = CheckDisplay(report, here.target, functions)
        if _was_stopped(report):
            if shell_of(here.module) is None:
                raise Interrupted(f"\n{display}")
            from IPython.display import display as show_now  # there is a kernel, so it has been loaded

            show_now(display)  # type: ignore[no-untyped-call]
            raise Interrupted
        return display


def hint_here(function: str | None = None, again: bool = False) -> HintDisplay:
    """Return the next hint for the first thing to work on in what the running notebook or script has defined so far.

    `function` asks for one about this function; `again` shows those that were given before as well. Which ones were given is
    kept where the command `cnngrade hint` keeps it. Raises UsageError, and Interrupted, after which no hint has been used.
    """
    with _interruptible():
        here, functions = _here([function], "hint")
        about = functions[0] if functions else None
        hints = hints_for(here.course, here.unit, about)
        report = _judged(here, functions, PATIENT)
        if was_stopped(report.outcomes):
            raise Interrupted("No hint was used.")
        shell = shell_of(here.module)
        cells = [Cell(source, f"cell [{number}]") for number, source in runs_of(shell)] if shell else []
        return HintDisplay(hint_about(HintSource(here.target, report, lambda: cells), hints, about), again)


def _notes(work: InlineWork, functions: Sequence[str]) -> tuple[str, ...]:
    """Return what has to be run before there is anything of the student's own to show."""
    return tuple(dict.fromkeys(filter(None, map(work.unrun, functions))))


def _played(here: _Here, functions: Sequence[str]) -> ExploreDisplay:
    plays = chosen_plays(here.course, here.unit, functions)
    asked = tuple(dict.fromkeys(entry.function for entry in plays))
    work, _ = here.work(asked, Path(here.notebook.name))
    found = played(plays, work.open())
    told = "\n".join(f"{entry.play.function}: {entry.play.caption}\n  {entry.remark()}" for entry in found)
    return ExploreDisplay(here.unit.name, page_with(here.course, here.unit, "this notebook", found), told, _notes(work, asked))


def show_here(*names: str, play: bool = False) -> PicturesHere | ExploreDisplay:
    """Draw the pictures of some functions, or of a unit, with what the running notebook or script has defined so far.

    Without names it is the notebook's unit. With `play`, the unit's page goes through the numbers of their answers instead.
    Returns something that a notebook shows. Raises UsageError and Interrupted.
    """
    with _interruptible():
        here, functions = _here(names, "show")
        if play:
            return _played(here, functions)
        pictures = chosen(here.course, here.unit, functions)
        asked = functions or here.unit.functions
        work, _ = here.work(asked, Path(here.notebook.name))
        drawn = PictureDisplay(tuple(compared(here.course, here.unit, pictures, work.open(), "")))
        return PicturesHere(drawn, _notes(work, asked))


def explore_here(*names: str, play: bool = False) -> ExploreDisplay:
    """Return the interactive page of a unit; without a name it is the notebook's unit, a function stands for its own.

    With `play` it is what `show` with `play` returns. Raises UsageError, CourseError and Interrupted.
    """
    with _interruptible():
        here, functions = _here(names, "explore")
        return _played(here, functions) if play else ExploreDisplay(here.unit.name, page_of(here.course, here.unit))
