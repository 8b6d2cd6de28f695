"""Measure a unit's styles against the lines of its time budgets: where does each line lie, and where should it?

A style is measured as a submission is, in a worker of its own, with the solution's functions for what its file does not define.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cnngrade.answers.answer_key import Truth, live_truth
from cnngrade.budget.placement import Measured, Placement
from cnngrade.budget.styles import Kind, Style, style_of
from cnngrade.course import paths
from cnngrade.course.modules import load_afresh
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError, UsageError
from cnngrade.judge.session import judge
from cnngrade.model import Course, Outcome, Report, Submission, Unit
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, remote
from cnngrade.submission.read import Work
from cnngrade.worker.cells import Cell

PAIRS = 24
"""How many pairs of samples a ratio is taken from where it is wanted exactly."""


FEW_PAIRS = 6
"""How many suffice where only a style on the wrong side of a limit is looked for: that one is measured again."""


_AGAIN = 2


OnStyle = Callable[[Style], None]


def load_styles(course: Course, unit: Unit) -> list[Style]:
    """Return the unit's styles in the order of the file, none if there is no file; raises CourseError."""
    path = paths.styles_file(course, unit.name)
    if not path.is_file():
        return []
    found = []
    for name, value in vars(load_afresh(path, course.root)).items():
        marked = style_of(value)
        if marked is None:
            continue
        function = function_of(name, unit.functions)
        if function is None or function not in unit.budgets:
            raise CourseError(
                f"{path}: the style {name} belongs to no function of {unit.name} with a time budget. "
                f"Begin its name with one of those ({', '.join(unit.budgets) or 'there are none'}), or remove it."
            )
        found.append(Style(name, function, *marked))
    return found


# A function is fetched at its first call: most styles need nothing of the solution, which takes long to import.
_FROM_SOLUTION = """\
def {name}(*args, **kwargs):
    global {name}
    from cnngrade.mistakes import solution_for
    {name} = solution_for(__file__).{name}
    return {name}(*args, **kwargs)
"""


def styled(course: Course, unit: Unit, entry: Style) -> Candidate:
    """Return a style as a submission, named after it, in a worker that is trusted as far as the course is."""
    path = paths.styles_file(course, unit.name)
    cells = (
        Cell("\n".join(_FROM_SOLUTION.format(name=name) for name in unit.functions), "the solution's functions"),
        Cell(path.read_text(encoding="utf-8"), path.name),
        Cell(f"{entry.function} = {entry.name}\n", entry.name),
    )
    work = Work(Submission(entry.name, unit.name, path, ""), cells)
    return remote(course, work, Fresh(course.policy, path.parent, course.root))


def _measured(entry: Style, outcome: Outcome) -> Measured:
    if outcome.cost is not None:
        return Measured(entry, outcome.case.id, outcome.cost.ratio, looped=outcome.cost.looped)
    said = " ".join(f"{outcome.verdict.value}. {outcome.for_student} {outcome.for_staff}".split())
    return Measured(entry, outcome.case.id, None, said)


def _measure(
    course: Course, unit: Unit, function: str, styles: Iterable[Style], truth: Truth, pairs: int, on_style: OnStyle
) -> list[Measured]:
    """Judge the styles of one function by the cases that take its time."""
    listed = list(styles)
    reports: list[Report] = []

    def candidates() -> Iterator[Candidate]:
        for entry in listed:
            on_style(entry)
            yield styled(course, unit, entry)

    judge(course, unit, candidates(), reports.append, hidden=True, truth=truth, functions=(function,), pairs=pairs)
    return [_measured(entry, outcome) for entry, report in zip(listed, reports, strict=True) for outcome in report.outcomes]


def _kindest(entry: Measured, again: Iterable[Measured]) -> Measured:
    """Return `entry` with the best for its line of all its ratios."""
    same = [other for other in again if (other.style, other.case) == (entry.style, entry.case)]
    ratios = [other.ratio for other in (entry, *same) if other.ratio is not None]
    best = min if entry.style.kind is Kind.GOOD else max
    return replace(entry, ratio=best(ratios))


def _place(
    course: Course, unit: Unit, function: str, styles: list[Style], truth: Truth, pairs: int, on_style: OnStyle
) -> Placement:
    measured = _measure(course, unit, function, styles, truth, pairs, on_style)
    cases = len({entry.case for entry in measured})
    placement = Placement(function, unit.budgets[function], cases, tuple(measured))
    # A machine that is busy with something else is no reason to refuse a line: it takes three measurements that agree.
    for _ in range(_AGAIN):
        doubted = {entry.style: None for entry in placement.measured if placement.nearly_in_place(entry)}
        if not doubted:
            break
        again = _measure(course, unit, function, doubted, truth, PAIRS, on_style)
        settled = (_kindest(entry, again) if entry.style in doubted else entry for entry in placement.measured)
        placement = replace(placement, measured=tuple(settled))
    return placement


def placements(course: Course, unit: Unit, on_style: OnStyle, pairs: int = PAIRS) -> list[Placement]:
    """Measure the styles of each function with a time budget, and return how its line lies among them.

    `on_style` hears of each style before its turn. One that only just does not suit the line is measured again. Raises
    CourseError when the styles or the tests cannot be read, and for a function without styles.
    """
    styles = load_styles(course, unit)
    live = live_truth(course, unit)
    # Without the rehearsal: whether the solution passes is not asked here.
    truth = Truth(live.reference, live.knowledge)
    found = []
    for function in unit.budgets:
        mine = [entry for entry in styles if entry.function == function]
        if not mine:
            raise CourseError(
                f"{function} has a time budget and no styles to hold its line against. "
                f"Write good and slow ones in {paths.styles_file(course, unit.name)}."
            )
        found.append(_place(course, unit, function, mine, truth, pairs, on_style))
    return found


def calibrate(course: Course, unit: Unit, on_style: OnStyle) -> list[Placement]:
    """Measure the unit's styles and return where its lines lie and should lie; raises UsageError if it has no time budget."""
    if not unit.budgets:
        raise UsageError(f"{unit.name} has no time budget, so there is no line to place.")
    return placements(course, unit, on_style)
