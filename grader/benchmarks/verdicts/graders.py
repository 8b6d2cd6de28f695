"""Who measures: graders in processes of their own, and what they are given."""

from __future__ import annotations

import contextlib
import gc
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnngrade.answers.recording import RecordingReference, save_answers
from cnngrade.answers.reference import LiveReference, Reference
from cnngrade.answers.replay import Recording, ReplayReference
from cnngrade.budget.baseline import Timed
from cnngrade.budget.measure import measure
from cnngrade.course import paths
from cnngrade.course.modules import load_module
from cnngrade.judge.budget_case import RegisteredBudget, UnseenInputs
from cnngrade.judge.case_context import CaseContext
from cnngrade.model import Course
from cnngrade.sandbox.backends import AUTO, choose
from cnngrade.sandbox.confined import Warm
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline, Remote
from cnngrade.submission import read
from verdicts.collected import Budget
from verdicts.loads import FORK, Child

OURS, LIMIT, PAIR = METHODS = ("ours", "wall limit", "wall pair")
GRADERS = 4


@dataclass(slots=True)
class Answer:
    """A right answer of the corpus. `true` is what it costs, by each method: CPU ratio, wall seconds, wall ratio."""

    budget: Budget
    path: Path
    work: read.Work
    true: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.budget.function} {self.path.stem}"


@dataclass(frozen=True, slots=True)
class Observed:
    """What was found of an answer. `estimate` is by the neutral workload, `leeway` is the deciding over the published limit."""

    found: dict[str, list[float]]
    seconds: float
    samples: int
    leeway: float
    estimate: float | None = None


class Grader:
    """What a judge is to the time budgets: submissions in confined workers, one after the other."""

    def __init__(self, course: Course, answers: Sequence[Answer], scratch: Path) -> None:
        self.course, self.answers, self.scratch = course, answers, scratch
        data = paths.data_folder(course)
        self.sources = [Warm(course.policy, choose(AUTO), data) for _ in range(GRADERS)]
        self.unseen: dict[str, UnseenInputs] = {}
        self._inline: dict[str, tuple[Timed, Timed]] = {}
        self._recordings: dict[Path, Recording] = {}
        gc.freeze()

    def close(self) -> None:
        for source in self.sources:
            source.close()

    def _registered(self, student: Student, budget: Budget, reference: Reference) -> RegisteredBudget:
        context = CaseContext(self.course, budget.unit, student, reference, unseen=self.unseen)
        context.begin(budget.case)
        context.register(*budget.registered)
        return context.budgets[0]

    def _in_this_process(self, answer: Answer) -> tuple[Timed, Timed]:
        """Return the answer and the reference as functions of this process, on the same input."""
        if answer.name not in self._inline:
            budget = answer.budget
            loaded = LiveReference(load_module(answer.path, answer.path.parents[2]))
            sides = [side.baseline("", budget.function, [budget.inputs()]).timed for side in (loaded, budget.reference)]
            self._inline[answer.name] = sides[0], sides[1]
        return self._inline[answer.name]

    def observe(self, index: int, limit: float, walls: int = 1, recording: Path | None = None) -> Observed | str:
        """Measure an answer by every method, ours with this limit. Returns a string if there was nothing to measure."""
        answer = self.answers[index]
        found: dict[str, list[float]] = {method: [] for method in METHODS}
        try:
            for _ in range(walls):
                mine, theirs = (_wall(timed) for timed in self._in_this_process(answer))
                found[LIMIT].append(mine)
                found[PAIR].append(mine / theirs)
            with closing(Student(Remote(self.sources[0]), self.course.policy, answer.work)) as student:
                entry = self._registered(student, answer.budget, answer.budget.reference)
                leeway = max(entry.measurement.limits) / entry.terms.limit
                entry.measurement.limits = (limit,)
                ratio = _measured(entry)
                found[OURS].append(ratio)
                seconds, samples = min(entry.measurement.student_times), len(entry.measurement.student_times)
                estimate = None
                if recording:
                    known = self._recordings.setdefault(recording, Recording(recording))
                    entry = self._registered(student, answer.budget, ReplayReference(known))
                    entry.measurement.limits = (limit * entry.baseline.unit,)
                    estimate = _measured(entry)
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}".splitlines()[0]
        return Observed(found, seconds, samples, leeway, estimate)

    def record(self, index: int, name: str) -> Path:
        """Record the budget of an answer as a release does."""
        budget = self.answers[index].budget
        solution = load_module(paths.solution_file(self.course, budget.unit.name), self.course.root)
        reference = RecordingReference(solution)
        self._registered(Student(Inline(solution), self.course.policy), budget, reference)
        path = self.scratch / f"{name}.npz"
        save_answers(path, reference, [], None)  # type: ignore[arg-type]  # of no calls there is nothing to know
        return path

    def cost(self, indices: Sequence[int]) -> tuple[float, float]:
        """Return the CPU and wall seconds of measuring several answers at once at the limits of the course."""
        with contextlib.ExitStack() as stack:
            transports, entries = [], []
            for source, index in zip(self.sources, indices, strict=True):
                answer = self.answers[index]
                transports.append(Remote(source))
                student = stack.enter_context(closing(Student(transports[-1], self.course.policy, answer.work)))
                entries.append(self._registered(student, answer.budget, answer.budget.reference))

            def used() -> float:
                return time.process_time() + sum(transport.cpu_seconds() for transport in transports)

            cpu, start = used(), time.perf_counter()
            measure([entry.measurement for entry in entries])
            wall = time.perf_counter() - start
            return used() - cpu, wall


def _measured(entry: RegisteredBudget) -> float:
    measure([entry.measurement])
    if entry.measurement.failure:
        raise entry.measurement.failure
    return entry.ratio


def _wall(timed: Timed) -> float:
    timed(1, 0)
    start = time.perf_counter()
    timed(1, 0)
    return time.perf_counter() - start


class Remotely:
    """A grader in a process of its own; `group` is the control group that it and its workers are in."""

    def __init__(self, *setting: Any, group: Path | None = None) -> None:
        self._pipe, theirs = FORK.Pipe()
        self.child = Child(self._serve, theirs, setting, group)

    @staticmethod
    def _serve(pipe: Any, setting: tuple[Any, ...], group: Path | None) -> None:
        if group:
            (group / "cgroup.procs").write_text(str(os.getpid()))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where answers print that are called in this process
        with closing(Grader(*setting)) as grader:
            while (asked := pipe.recv()) is not None:
                name, arguments = asked
                pipe.send([getattr(grader, name)(*each) for each in arguments])

    def ask(self, name: str, arguments: Iterable[tuple[Any, ...]]) -> None:
        self._pipe.send((name, list(arguments)))

    def answers(self) -> list[Any]:
        answers: list[Any] = self._pipe.recv()
        return answers

    def call(self, name: str, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
        self.ask(name, arguments)
        return self.answers()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        self.child.end(grace=10.0)
