"""A submission's worker from its start to its end: the file is loaded before the first call, and again into each next worker.

A call that ends its worker, or has to be ended, costs only itself: the next call finds another worker. What all calls took
together is limited, and so is how often one function may run over its time.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from typing import Any

from cnngrade.errors import Disturbed, Fault, StudentFailure, TooLarge, WireError
from cnngrade.model import Policy
from cnngrade.sandbox.connection import WorkerExcess, WorkerGone, WorkerKilled, WorkerSilent
from cnngrade.student import failures
from cnngrade.student.own_code import OwnCode
from cnngrade.student.transport import CallInterrupted, Transport
from cnngrade.submission.read import Work
from cnngrade.worker import wire

_MAX_TIMEOUTS = 2


_MAX_NOTICED = 20


# What Python raises where the system starts no thread, or no process.
_MAY_BE_FOR_THREADS = frozenset({"RuntimeError", "OSError"})


class Lifecycle:
    """Sends requests to whichever worker there is.

    `fault` is what failed of ours, if anything did: then nothing here is to be trusted, and every further request raises it. It
    is Disturbed where something outside ended a worker, or left it no room for threads. `answered` counts the requests of which
    the student's code has made something, be it an exception or its end. `ended` counts the workers that have ended: each took
    with it what it had been sent.
    """

    def __init__(self, transport: Transport, policy: Policy, work: Work | None, code: OwnCode) -> None:
        self._code = code
        self._transport = transport
        self._policy = policy
        self._work = work
        self._defined: frozenset[str] | None = None
        self._failed_cells: list[tuple[int, str]] = []
        self._failed_at_first: list[str] = []
        self._others: dict[str, str] = {}
        self._noticed: list[str] = []
        self._after_hidden: list[str] | None = None
        self._timeouts: dict[str, int] = {}
        self._passed = 0.0
        self._uncharged, self._aside_until = 0.0, math.inf
        self._unloadable: StudentFailure | None = None
        self.fault: Fault | None = None
        self.answered = 0
        self.ended = 0

    def check(self) -> None:
        """Raise the fault, if there was one."""
        if self.fault:
            raise self.fault

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for every cell that did not run, and for what the code did that the grading's sandbox denies.

        What was said once hidden inputs were about to be seen is not among them.
        """
        return tuple(dict.fromkeys([*self._code.told, *self._failed_at_first, *self._noticed[:_MAX_NOTICED]]))

    @property
    def has_no_file(self) -> bool:
        """Whether the file as a whole could not be loaded, so that nothing is known of any function."""
        return self._unloadable is not None

    @property
    def waits_for_cells(self) -> bool:
        """Whether calls failed for want of what cells define that a kernel has not run."""
        return bool(self._code.told)

    def hidden_from_now(self) -> None:
        """Keep what the code says of itself from now on for the staff: it may hold inputs of hidden cases."""
        if self._after_hidden is None:
            self._after_hidden = []

    def staff_notes(self) -> tuple[str, ...]:
        """Return the sentences that `problems` leaves out."""
        new = [text for text in self._after_hidden or () if text not in self.problems()]
        return tuple(dict.fromkeys(new))[:_MAX_NOTICED]

    def printed(self) -> str:
        """Return what the student's code printed, capped and not yet escaped."""
        return self._transport.printed()

    @property
    def has_own_clock(self) -> bool:
        """Whether that is the CPU time of a process that runs nothing else."""
        return self._transport.has_own_clock

    def cpu_seconds(self) -> float:
        """Return the clock that the student's code is charged by; each worker has its own."""
        return self._transport.cpu_seconds()

    def close(self) -> None:
        """End the worker."""
        self._transport.close()

    def spent(self) -> float:
        """Return about how many seconds the student's code has run and waited in all workers."""
        return self._transport.spent()

    @contextlib.contextmanager
    def aside(self, seconds: float) -> Iterator[None]:
        """Let what is asked in the block take so many seconds at most, and cost the submission nothing of what it may take."""
        start, passed, timeouts = self.spent(), self._passed, dict(self._timeouts)
        self._aside_until = start + seconds
        try:
            yield
        finally:
            self._aside_until = math.inf
            self._uncharged += self.spent() - start
            self._passed, self._timeouts = passed, timeouts

    def ask(self, function: str, message: wire.Parcel, seconds: float = math.inf, needed: str = "") -> dict[str, Any]:
        """Send a request that runs `function`, for so long at most, and return its answer.

        `needed` is what the file has to define for it, where that is not the function itself but the class of its object.
        Raises StudentFailure, TooLarge, Fault, and Interrupted where it ran in this process.
        """
        if self._timeouts.get(function, 0) >= _MAX_TIMEOUTS:
            raise failures.not_tried_again(function, _MAX_TIMEOUTS)
        self._time_left(function)
        self._load(needed or function)
        try:
            answer = self._request(function, message, min(self._policy.call_seconds, seconds))
        except CallInterrupted as interrupt:
            raise failures.interrupted(function, interrupt.answer, self._code) from None
        if not answer["ok"]:
            if (kinds := set(answer.get("kinds", ()))) & _MAY_BE_FOR_THREADS and "NotImplementedError" not in kinds:
                self._check_threads()
            raise failures.told_by_worker(function, answer, self._work, self._code)
        return answer

    def _check_threads(self) -> None:
        """Raise Disturbed where code that failed could not have had the threads that it may have."""
        if why := self._transport.short_of_threads():
            self.fault = Disturbed(f"There was no room for the submission's threads: {why}.")
            raise self.fault

    def _request(self, function: str, message: wire.Parcel, seconds: float) -> dict[str, Any]:
        """Send a request to the student's code: whatever is wrong with what comes back is its doing, as long as it could be."""
        given = min(seconds, self._time_left(function))
        try:
            answer = self._exchange(message, given)
        except (WorkerGone, WorkerExcess, WorkerSilent, WireError) as error:
            if isinstance(error, TooLarge):
                raise
            if isinstance(error, (WorkerGone, WorkerSilent)):
                self._check_threads()
            self.answered += 1
            if isinstance(error, WorkerSilent):
                self._timeouts[function] = self._timeouts.get(function, 0) + 1
                if given < seconds or error.with_submission:
                    raise failures.stopped_with_the_file(function, self._policy.submission_seconds) from None
            raise failures.of_worker(function, seconds, error) from None
        self.answered += 1
        (self._noticed if self._after_hidden is None else self._after_hidden).extend(answer.get("noticed", ()))
        return answer

    def _exchange(self, message: wire.Parcel, seconds: float) -> dict[str, Any]:
        """Send a request; raises as a transport does, and Fault where none of the student's code can have had a part in it."""
        self.check()
        start = time.monotonic()
        try:
            answer = self._transport.request(message, seconds, seconds * self._policy.wall_factor)
            if self._transport.is_fresh:
                self._lost()
            return answer
        except TooLarge:
            raise
        except WorkerKilled as error:
            self.fault = Disturbed(f"The submission's worker was ended by the system or by somebody: {error}.")
            raise self.fault from None
        except Fault as error:
            self.fault = error
            raise
        except (WorkerGone, WorkerExcess, WorkerSilent, WireError):
            self._lost()
            raise
        finally:
            self._passed += time.monotonic() - start

    def _lost(self) -> None:
        """Note that the next worker has neither the file nor any arguments."""
        self._defined = None
        self.ended += 1

    def _time_left(self, function: str) -> float:
        """Return what is left of the submission's seconds; raises StudentFailure when that is nothing."""
        most = self._policy.submission_seconds
        spent = self._transport.spent()
        left = min(most + self._uncharged, self._aside_until) - spent
        if left <= 0:
            raise failures.no_time_left(function, most)
        # Where nobody can tell its waiting from the machine's, or the machine is hopelessly busy.
        if self._passed > most * self._policy.wall_factor:
            raise failures.no_patience_left(function, most * self._policy.wall_factor)
        return left

    def _load(self, function: str) -> None:
        """Load the file into a worker that does not have it yet, and check that the function is there."""
        if self._work is None:
            return
        if self._unloadable:
            raise self._unloadable
        if self._defined is None:
            try:
                answer = self._loaded(self._work)
            except StudentFailure as failure:
                self._unloadable = failure
                raise
            self._defined = frozenset(answer["functions"])
            self._failed_cells = [(cell, text + failures.left_out_name(text, self._work)) for cell, text in answer["failures"]]
            self._others = dict(answer["others"])
            texts = [text for _, text in self._failed_cells]
            # The first worker has seen nothing while it loads the file, whichever case that is for.
            if self._after_hidden is None or not self.ended:
                self._failed_at_first = texts
            else:
                self._after_hidden += texts
        if function not in self._defined:
            raise failures.missing(function, self._work, self._failed_cells, self._others.get(function, ""))

    def _loaded(self, work: Work) -> dict[str, Any]:
        self._hand_over(work)
        answer = self._request(failures.YOUR_FILE, wire.parcel({"op": "load"}), self._policy.import_seconds)
        if not answer["ok"] or answer["failures"]:
            self._check_threads()
        if not answer["ok"]:
            raise failures.told_by_worker(failures.YOUR_FILE, answer, work, self._code)
        return answer

    def _hand_over(self, work: Work) -> None:
        """Send the submission to a worker in which none of its code has run: what fails there is a Fault."""
        message = {
            "op": "receive",
            "name": work.submission.unit,
            "path": str(work.submission.path),
            "cells": [(cell.source, cell.filename, cell.first_line) for cell in work.cells],
            "modules": [(own.name, own.filename, own.source, own.is_package) for own in work.modules],
            "as_notebook": work.as_notebook,
        }
        try:
            answer = self._exchange(wire.parcel(message), self._policy.import_seconds)
            why = "" if answer["ok"] else f"{' '.join(answer.get('kinds', ())[:1])}: {answer['message']}"
        except TooLarge as error:
            raise failures.too_much_code(error) from None
        except (WorkerGone, WorkerExcess, WorkerSilent, WireError) as error:
            why = str(error)
        if why:
            self.fault = Fault(f"The submission could not be put where it runs: {why}.")
            raise self.fault
