"""The values of a class at a glance: what the reports of a unit, the roster and the gradebook say together.

Wherever students are counted stands a `People`: how many they are and, as far as they may be named, who.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from cnngrade.errors import Verdict


@dataclass(frozen=True, slots=True)
class People:
    """How many students something is true of, and who they are; `names` is empty where nobody is to be named."""

    count: int
    names: tuple[str, ...] = ()


def people(names: Iterable[str]) -> People:
    """Return the people of these names, each once, in the order of their names."""
    everybody = tuple(sorted(set(names)))
    return People(len(everybody), everybody)


class ScoreSource(Enum):
    """Where scores come from: the gradebook has them after penalties and with persons' points, reports have the cases alone."""

    GRADEBOOK = "gradebook"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """How many scores are from `low` up to, and not with, `high`; in the last bin all from `low` on."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """The scores of a class, in points of `possible`. Without any score the figures are None.

    `lower` and `upper` are the quartiles, by the method that NumPy and spreadsheets call inclusive.
    """

    source: ScoreSource
    possible: float
    count: int
    bins: tuple[ScoreBin, ...]
    mean: float | None = None
    median: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """One case of the tests in the whole class.

    `counts` says how often it ended how, faults and stops left out. `discrimination` is, of those for whom it
    ran, the correlation of passing it with the points of all other cases (point-biserial, corrected); None where they are too
    few, or nearly all alike.
    """

    id: str
    title: str
    function: str
    hidden: bool
    points: float
    counts: Mapping[Verdict, int]
    discrimination: float | None = None

    @property
    def judged(self) -> int:
        """In how many reports it has a verdict."""
        return sum(self.counts.values())

    @property
    def passed(self) -> int:
        """How many passed it."""
        return self.counts.get(Verdict.PASSED, 0)

    @property
    def not_tried(self) -> int:
        """For how many it never ran: the function is not written, or the case waited for another one."""
        return self.counts.get(Verdict.UNFINISHED, 0) + self.counts.get(Verdict.SKIPPED, 0)


@dataclass(frozen=True, slots=True)
class FunctionFigures:
    """How far the class is with one function: for whom all cases passed, who has written it, and the mean of the points."""

    function: str
    possible: float
    mean: float
    right: int
    begun: int
    unwritten: People


@dataclass(frozen=True, slots=True)
class MistakeFigures:
    """A known mistake, who made it, and the points that its cases, and those that wait for them, cost them on average."""

    function: str
    sentence: str
    people: People
    cost: float


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group of wrong answers that nobody has named, with its smallest example, and the command that begins to name it.

    `command` is "" where no sentence could ever be told: no answer proves a mistake, or the code cannot be taken out.
    """

    function: str
    name: str
    people: People
    source: str
    call: str
    answered: str
    expected: str
    command: str


@dataclass(frozen=True, slots=True)
class NamelessFigures:
    """Whose wrong answers of a function no known mistake explains."""

    function: str
    people: People


@dataclass(frozen=True, slots=True)
class InputFigures:
    """With which inputs a function fails, as its reports say it, and for whom that is so."""

    function: str
    text: str
    people: People


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of code at which an exception came up, and how many students it did so for."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class ExceptionFigures:
    """How calls of `function` ended instead of answering, whoever's they were; "" where whole files did not run.

    `kind` is the exception's name, "" for what is none. `text` is what it says, with figures left out. `lines` are where
    it came up, the commonest first, and `example` is what one of the students reads.
    """

    function: str
    kind: str
    text: str
    people: People
    lines: tuple[CodeLine, ...]
    example: str


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """Who loops in Python over these axes, where that costs points."""

    axes: tuple[str, ...]
    people: People


@dataclass(frozen=True, slots=True)
class BudgetFigures:
    """A time budget in the whole class: every ratio that was measured, in order, and on which side of the limit it is.

    `beyond` are those that were too slow whatever they loop over, and `quick_loops` those whose loops cost no points, because
    they are quick enough. Whose answers are wrong is not measured.
    """

    case: str
    title: str
    function: str
    limit: float
    ratios: tuple[float, ...]
    beyond: People
    loops: tuple[LoopFigures, ...]
    quick_loops: People


@dataclass(frozen=True, slots=True)
class HandInBin:
    """How many handed in at a time that `label` describes, as seen from when it was due."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class TimeFigures:
    """When work came in, and how long the judging took.

    `bins` are empty without a due date, and `median_hours` is None: how long before it was due the median came in. `untimed`
    are those of whom nobody knows when. Seconds are those of the reports.
    """

    bins: tuple[HandInBin, ...]
    median_hours: float | None
    late: People
    untimed: int
    median_seconds: float
    longest_seconds: float
    all_seconds: float


class TopicKind(Enum):
    """What a lesson can take up."""

    MISTAKE = "mistake"
    UNNAMED = "unnamed"
    INPUTS = "inputs"
    EXCEPTION = "exception"
    LOOP = "loop"
    SLOW = "slow"
    UNWRITTEN = "unwritten"


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to talk about in the next lesson: `text` says what, as a sentence or two."""

    kind: TopicKind
    function: str
    text: str
    people: People


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is in which state, besides those who are graded.

    `missing` are those of the class who handed in nothing. `unjudged` handed in and have no report: they were not graded yet,
    or the grader failed. Of `waiting` an answer in prose, or a cell, waits for a person; None where there is no gradebook to
    know it. The reports of `outdated` are of other work, or of other tests, than there are now. Those of `damaged` cannot be
    read. `strangers` are graded and not in the roster.
    """

    missing: People
    unjudged: People
    waiting: People | None
    outdated: People
    damaged: People
    strangers: People


@dataclass(frozen=True, slots=True)
class ClassReport:
    """A class at a glance, in one unit.

    `class_size` counts the roster, or where there is none the gradebook's students, and everybody who handed in. `notes` are
    sentences about what could not be read.
    """

    unit: str
    title: str
    due: datetime | None
    class_size: int
    has_roster: bool
    handed_in: int
    graded: int
    scores: ScoreFigures
    topics: tuple[Topic, ...]
    functions: tuple[FunctionFigures, ...]
    cases: tuple[CaseFigures, ...]
    mistakes: tuple[MistakeFigures, ...]
    groups: tuple[GroupFigures, ...]
    nameless: tuple[NamelessFigures, ...]
    inputs: tuple[InputFigures, ...]
    exceptions: tuple[ExceptionFigures, ...]
    budgets: tuple[BudgetFigures, ...]
    attendance: Attendance
    times: TimeFigures
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UngradedUnit:
    """A unit of which nothing is graded yet."""

    unit: str
    title: str
    handed_in: int


@dataclass(frozen=True, slots=True)
class CourseReport:
    """The class in several units; `made` is when, in the course's zone."""

    course: str
    title: str
    made: datetime
    units: tuple[ClassReport, ...]
    ungraded: tuple[UngradedUnit, ...] = ()
