"""The values that pass between the parts: all frozen, all plain.

A `Course` has `Unit`s. A `Submission` of a unit is judged case by case: each `Case` ends in an `Outcome`, and the outcomes
make a `Report`. Points are floats, times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import Enum
from pathlib import Path

from cnngrade.errors import Verdict


class ReportVerdict(Enum):
    """How a whole submission, or all cases of a function together, ended: PARTIAL where a part of the points is earned."""

    PASSED = "passed"
    PARTIAL = "partial"
    WRONG = "wrong"
    RAISED = "raised"
    UNFINISHED = "unfinished"
    SLOW = "slow"
    OVER_TIME = "over-time"
    OVER_MEMORY = "over-memory"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for every submission of a course.

    Seconds are CPU time, for the import, for each call and for a whole submission, so that the machine's other work does not
    count. What code waits by itself counts as well: a call that waits has a quarter more seconds in all. However busy the
    machine, a call is ended by the clock after `wall_factor` times as many. Where a worker's CPU time cannot be read (elsewhere
    than on Linux), seconds are wall time, and `wall_factor` is not used. `late_penalty_per_day` is the fraction
    of the score that each day begun after the due date costs. `packages` are what a submission may import besides Python's own
    modules, as pip names them; NumPy is always among them. `locate_seconds` is how long the grading looks for the line of a
    mistake that has no name, in one submission; with 0 nobody looks, on students' machines neither.
    """

    import_seconds: float = 20.0
    call_seconds: float = 10.0
    memory_mib: int = 2048
    submission_seconds: float = 300.0
    wall_factor: float = 10.0
    output_bytes: int = 20_000
    late_penalty_per_day: float = 0.0
    packages: tuple[str, ...] = ("numpy",)
    locate_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Unit:
    """One lesson with its stubs, and what its work is worth.

    `points` counts everything, `prose_points` the part of it that a person gives for the question in prose. `budgets` maps a
    function to its limit: the highest ratio of the student's time to the reference's that still earns full points.
    `may_loop_over` names, for such a function, the axes over which it may loop in Python, and `loops_cost_beyond` is the ratio
    up to which loops over the others cost no points: without one they always do. `public_points` is what the public cases are
    worth, which a handout says and a course leaves to its tests (None).
    """

    name: str
    title: str
    points: float
    prose_points: float
    functions: tuple[str, ...]
    budgets: Mapping[str, float] = field(default_factory=dict)
    may_loop_over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loops_cost_beyond: Mapping[str, float] = field(default_factory=dict)
    release: datetime | None = None
    due: datetime | None = None
    public_points: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course as course.yml describes it.

    `handout` tells a released folder from the instructor's repository, and `overview` one that holds a folder for each unit,
    which is a handout of its own, from the folder of one unit. `stub_digests` and `text_digests` are of a handout's code and
    text as they were released. `timezone` names the zone of every time that does not say its own.
    """

    name: str
    title: str
    root: Path
    units: tuple[Unit, ...]
    policy: Policy = Policy()
    handout: bool = False
    classroom: Path = Path("classroom")
    overview: bool = False
    stub_digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text_digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timezone: str = "UTC"

    @property
    def zone(self) -> tzinfo:
        """The zone of every time that does not say its own: due dates, what platforms write, a zip's entries."""
        if self.timezone == "UTC":
            # Windows, and a small container, know no zone unless it is installed.
            return UTC
        # Few commands ask for it, and `check` is not one of them.
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)

    def unit(self, name: str) -> Unit:
        """Return the unit called `name`; raises KeyError."""
        for unit in self.units:
            if unit.name == name:
                return unit
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's work on one unit. `student` is "" on the student's own machine; `digest` is the SHA-256 of the file."""

    student: str
    unit: str
    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Case:
    """One test function (or one of its parameters). `id` is like "public/test_conv2d_stride"; `function` is what it tests."""

    id: str
    title: str
    points: float
    hidden: bool
    function: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a budget case measured.

    `ratio` is the student's time over the reference's, `limit` the ratio up to which all points are earned. An `estimated`
    ratio was measured against a neutral workload, because the reference is not on this machine. `looped` names the axes over
    which the function loops in Python and should not; that was counted, not timed. It costs points from a ratio of about
    `loops_cost_beyond` on, and always where that is None.
    """

    ratio: float
    limit: float
    estimated: bool = False
    looped: tuple[str, ...] = ()
    loops_cost_beyond: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case ended. `cause` is the sentence of the known mistake whose output this is, if it is one.

    `for_student` may be shown to the student who wrote the code; `for_staff` may hold anything (tracebacks, hidden inputs).
    `own_inputs` says that a public case had other inputs than the student finds in the handout. `call` is the call that was
    wrong in a public case, as one would type it, with what its arguments are on further lines. `seconds` is the wall time of
    the case, without that of measuring; it says nothing of the work, and outcomes that differ in it alone are equal. `place` is
    the line to look at first: the one that raised, the one that a finding names, or else where the function begins.
    """

    case: Case
    verdict: Verdict
    earned: float
    for_student: str = ""
    for_staff: str = ""
    cause: str | None = None
    cost: Cost | None = None
    own_inputs: bool = False
    call: str = ""
    seconds: float = field(default=0.0, compare=False)
    place: SourceLine | None = None


class FindingKind(Enum):
    """What a finding is about: another function that is called, which inputs fail, or where in the code the mistake is."""

    CALLS = "calls"
    INPUTS = "inputs"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a student's code: `file` is the script's name or says which cell, `line` counts from 1 in it."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What all public cases of a wrong function show together, for its student to read. `places` are the lines it is about."""

    function: str
    kind: FindingKind
    text: str
    places: tuple[SourceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of what confined a submission. `text` says what it does, or what its lack allows where it is not `active`."""

    name: str
    active: bool
    text: str


@dataclass(frozen=True, slots=True)
class Rest:
    """What a unit is worth besides the cases of a report, as its student can know: the rest of its points, and what is open.

    `hidden` are the points of cases that run in the grading only, `prose` those that a person gives for the question.
    `answered` says whether an answer to it can be seen in the work.
    """

    hidden: float = 0.0
    prose: float = 0.0
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say about one submission.

    `earned` is None when a fault of ours prevents it, or somebody stopped the check: then there is no score yet, which is not
    the same as zero.
    `possible` counts the cases alone; prose is added by a person. `problems` are sentences about the file as a whole (a cell
    that does not run, a choice between script and notebook). `staff_notes` are those that may tell of hidden inputs. `output`
    is what the code printed, capped. `findings` are about the functions that did not pass, in the order in which they are told.
    `rest` is what else belongs to the unit; None in the grading, where every case runs, and where it is not known.
    `functions` are those that the check was asked for, if it was not the whole unit.
    """

    submission: Submission
    title: str
    outcomes: tuple[Outcome, ...]
    earned: float | None
    possible: float
    problems: tuple[str, ...] = ()
    output: str = ""
    seconds: float = 0.0
    layers: tuple[Layer, ...] = ()
    staff_notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    rest: Rest | None = None
    functions: tuple[str, ...] = ()
