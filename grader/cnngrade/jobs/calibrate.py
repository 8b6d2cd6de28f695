"""Measure a unit's variants against the limits of its time budgets: where is each limit, and where should it be?

A variant is measured as a submission is, in a worker of its own, with the solution's functions for what its file does not
define.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cnngrade.answers.answer_key import live_answer_key
from cnngrade.budget.placement import Measured, Placement
from cnngrade.budget.variants import Kind, Variant, variant_of
from cnngrade.course import paths
from cnngrade.course.modules import load_afresh
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError, UsageError
from cnngrade.judge.judging import measure_ratios
from cnngrade.judge.session import CaseRatio
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Submission, Unit
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, remote
from cnngrade.submission.read import Work
from cnngrade.worker.cells import Cell

SAMPLES = 24
"""How many samples an exact ratio takes."""


FEW_SAMPLES = 6
"""How many suffice to find a variant on the wrong side of a limit: that one is measured again."""


_AGAIN = 2


OnVariant = Callable[[Variant], None]


def load_variants(course: Course, unit: Unit) -> list[Variant]:
    """Return the unit's variants in the order of the file, none if there is no file; raises CourseError."""
    path = paths.variants_file(course, unit.name)
    if not path.is_file():
        return []
    found = []
    for name, value in vars(load_afresh(path, course.root)).items():
        marked = variant_of(value)
        if marked is None:
            continue
        function = function_of(name, unit.functions)
        if function is None or function not in unit.budgets:
            raise CourseError(
                f"{path}: the variant {name} belongs to no function of {unit.name} with a time budget. "
                f"Begin its name with one of those ({', '.join(unit.budgets) or 'there are none'}), or remove it."
            )
        found.append(Variant(name, function, *marked))
    return found


# A function is fetched at its first call: most variants need nothing from the solution, which is slow to import.
_FROM_SOLUTION = """\
def {name}(*args, **kwargs):
    global {name}
    from cnngrade import solution_for
    {name} = solution_for(__file__).{name}
    return {name}(*args, **kwargs)
"""


def variant_candidate(course: Course, unit: Unit, entry: Variant) -> Candidate:
    """Return a variant as a submission, named after it, in a worker that is trusted as far as the course is."""
    path = paths.variants_file(course, unit.name)
    cells = (
        Cell("\n".join(_FROM_SOLUTION.format(name=name) for name in unit.functions), "the solution's functions"),
        Cell(path.read_text(encoding="utf-8"), path.name),
        Cell(f"{entry.function} = {entry.name}\n", entry.name),
    )
    work = Work(Submission(entry.name, unit.name, path, ""), cells)
    return remote(course, work, Fresh(course.policy, path.parent, course.root))


def _measured(entry: Variant, found: CaseRatio) -> Measured:
    return Measured(entry, found.case.id, found.ratio, found.problem, found.looped)


def _measure(suite: Suite, variants: Iterable[Variant], samples: int, on_variant: OnVariant) -> list[Measured]:
    """Measure variants of one function by the cases that take its time."""
    listed = list(variants)

    def candidates() -> Iterator[Candidate]:
        for entry in listed:
            on_variant(entry)
            yield variant_candidate(suite.course, suite.unit, entry)

    ratios = measure_ratios(suite, candidates(), samples)
    return [_measured(entry, found) for entry, cases in zip(listed, ratios, strict=True) for found in cases]


def _kindest(entry: Measured, again: Iterable[Measured]) -> Measured:
    """Return `entry` with the best for its limit of all its ratios."""
    same = [other for other in again if (other.variant, other.case) == (entry.variant, entry.case)]
    ratios = [other.ratio for other in (entry, *same) if other.ratio is not None]
    best = min if entry.variant.kind is Kind.GOOD else max
    return replace(entry, ratio=best(ratios))


def _place(suite: Suite, variants: list[Variant], samples: int, on_variant: OnVariant) -> Placement:
    (function,) = suite.functions
    measured = _measure(suite, variants, samples, on_variant)
    cases = len({entry.case for entry in measured})
    unit = suite.unit
    placement = Placement(function, unit.budgets[function], cases, tuple(measured), unit.loops_cost_beyond.get(function))
    # A busy machine must not refuse a limit: that takes three measurements that agree.
    for _ in range(_AGAIN):
        doubted = {entry.variant: None for entry in placement.measured if placement.nearly_in_place(entry)}
        if not doubted:
            break
        again = _measure(suite, doubted, SAMPLES, on_variant)
        settled = (_kindest(entry, again) if entry.variant in doubted else entry for entry in placement.measured)
        placement = replace(placement, measured=tuple(settled))
    return placement


def placements(course: Course, unit: Unit, on_variant: OnVariant, samples: int = SAMPLES) -> list[Placement]:
    """Measure the variants of each function with a time budget, and return where its limit is among them.

    `on_variant` hears of each variant before its turn. One that only just misses the limit is measured again. Raises
    CourseError when the variants or the tests cannot be read, and for a function without variants.
    """
    variants = load_variants(course, unit)
    answer_key = live_answer_key(course, unit)
    found = []
    for function in unit.budgets:
        mine = [entry for entry in variants if entry.function == function]
        if not mine:
            raise CourseError(
                f"{function} has a time budget and no variants to check its limit against. "
                f"Write good and slow ones in {paths.variants_file(course, unit.name)}."
            )
        suite = Suite(course, unit, hidden=True, functions=(function,), answer_key=answer_key)
        found.append(_place(suite, mine, samples, on_variant))
    return found


def calibrate(course: Course, unit: Unit, on_variant: OnVariant) -> list[Placement]:
    """Measure the unit's variants and return where its limits are and should be; raises UsageError if it has no time budget."""
    if not unit.budgets:
        raise UsageError(f"{unit.name} has no time budget, so there is no limit to place.")
    return placements(course, unit, on_variant)
