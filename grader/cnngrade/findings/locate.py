"""Look for the lines of mistakes that have no name, in a worker that has seen nothing but public inputs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator, Sequence

from cnngrade.errors import Fault, Verdict
from cnngrade.findings.allowance import Allowance
from cnngrade.findings.evidence import Evidence
from cnngrade.findings.goals import Goal, can_be_searched, goals_of
from cnngrade.findings.places import finding
from cnngrade.findings.search import Search
from cnngrade.findings.trials import Budget, Trials
from cnngrade.model import Finding
from cnngrade.student.proxy import Student
from cnngrade.submission.read import Work
from cnngrade.submission.stubs import untouched
from cnngrade.worker.edits import MOST_SOURCE, Program

_FAILED = (Verdict.WRONG, Verdict.RAISED)


# On a student's machine nothing keeps code from his files. Of a function that reaches for them no variant is made: it might
# write to another one, or remove it.
_REACHES_OUT = frozenset(
    (
        "open", "exec", "eval", "compile", "__import__", "os", "sys", "io", "shutil", "pathlib", "Path", "subprocess", "socket",
        "tempfile", "ctypes", "importlib", "runpy", "urllib", "requests", "save", "savez", "savez_compressed", "savetxt",
        "tofile", "memmap", "open_memmap", "dump", "savefig", "to_csv", "to_pickle", "imwrite", "imsave",
    )
)  # fmt: skip


class Locator:
    """Looks for the lines of mistakes in one submission, for as long as it is allowed to.

    released: the digests of the unit's statements as they were handed out (see `submission.stubs`)
    """

    def __init__(self, evidence: Evidence, released: Collection[str], allowance: Allowance) -> None:
        self._unit, self._student, self._knowledge = evidence.unit, evidence.student, evidence.knowledge
        self._outcomes = [outcome for outcome in evidence.outcomes if not outcome.case.hidden]
        self._aside = evidence.aside
        self._released, self._allowance = released, allowance

    def findings(self, waiting: Collection[str]) -> tuple[Finding, ...]:
        """Return what is found out about the functions that fail without a name for all of it.

        waiting: functions that may fail only because others do
        """
        work = self._student.work
        if work is None or not self._allowance.seconds or sum(len(cell.source) for cell in work.cells) > MOST_SOURCE:
            return ()
        asked = [(function, self._goals(function)) for function in self._unnamed() if function not in waiting]
        asked = [(function, goals) for function, goals in asked if can_be_searched(goals)]
        return tuple(self._found(work, asked)) if asked else ()

    def _unnamed(self) -> list[str]:
        failed = [outcome for outcome in self._outcomes if outcome.verdict in _FAILED and not outcome.cause]
        return [function for function in self._unit.functions if any(outcome.case.function == function for outcome in failed)]

    def _goals(self, function: str) -> list[Goal]:
        failed = {outcome.case.id for outcome in (*self._outcomes, *self._aside) if outcome.verdict in _FAILED}
        calls = (call for call in self._student.calls if call.function == function and not call.hidden)
        return goals_of(calls, self._knowledge, failed)

    def _found(self, work: Work, asked: Sequence[tuple[str, list[Goal]]]) -> Iterator[Finding]:
        seconds, latest = self._allowance.seconds, time.monotonic() + self._allowance.by_clock
        try:
            other = self._student.another(seconds, self._allowance.by_clock)
        except Fault:
            return
        with contextlib.closing(other):
            spent = other.lifecycle.spent
            clock = (lambda: time.thread_time() + spent()) if other.lifecycle.has_own_clock else time.monotonic
            budget = Budget(clock, seconds, latest)
            for index, (function, goals) in enumerate(asked):
                self._allowance.tell(function)
                if found := self._searched(work, function, goals, other, budget.share(len(asked) - index)):
                    yield found

    def _searched(self, work: Work, function: str, goals: list[Goal], other: Student, budget: Budget) -> Finding | None:
        """Return what is found out about one function; nothing where a search fails, since the verdicts stand without it."""
        others = {*self._unit.functions, *untouched(work.cells, self._released)} - {function}
        try:
            program = Program(work.cells, function, others)
            if program.names() & _REACHES_OUT:
                return None
            trials = Trials(other.lifecycle, function, others, budget)
            return finding(function, Search(program, work.cells, goals, trials).solutions(), work.cells)
        except Exception:
            return None
