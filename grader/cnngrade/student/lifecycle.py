"""A submission's worker from its start to its end: the file is loaded before the first call, and again into each next worker.

A call that ends its worker, or has to be ended, costs only itself: the next call finds another worker. What all calls took
together is limited, and so is how often one function may run over its time.
"""

from __future__ import annotations

import time
from typing import Any

from cnngrade.errors import StudentFailure, WireError
from cnngrade.model import Policy
from cnngrade.sandbox.connection import WorkerExcess, WorkerGone, WorkerKilled, WorkerSilent
from cnngrade.student import failures
from cnngrade.student.transport import Transport
from cnngrade.submission.read import Work
from cnngrade.worker import wire

_MAX_TIMEOUTS = 2


_MAX_NOTICED = 20


class Lifecycle:
    """Sends requests to whichever worker there is.

    `disturbed` says that something outside ended a worker, which the code could not have done: then nothing here is to be
    trusted, and the submission is judged again. `ended` counts the workers that have ended: each took with it what it had been
    sent.
    """

    def __init__(self, transport: Transport, policy: Policy, work: Work | None) -> None:
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
        self._passed = self._waited = 0.0
        self._unloadable: StudentFailure | None = None
        self.disturbed = False
        self.ended = 0

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for every cell that did not run, and for what the code did that the grading's sandbox denies.

        What was said once hidden inputs were about to be seen is not among them.
        """
        return tuple(dict.fromkeys([*self._failed_at_first, *self._noticed[:_MAX_NOTICED]]))

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

    def cpu_seconds(self) -> float:
        """Return the clock that the student's code is charged by; each worker has its own."""
        return self._transport.cpu_seconds()

    def close(self) -> None:
        """End the worker."""
        self._transport.close()

    def ask(self, function: str, message: wire.Parcel) -> dict[str, Any]:
        """Send a request that runs `function` and return its answer; raises StudentFailure."""
        if self._timeouts.get(function, 0) >= _MAX_TIMEOUTS:
            raise failures.not_tried_again(function, _MAX_TIMEOUTS)
        self._check_time_left(function)
        self._load(function)
        answer = self._request(function, message, self._policy.call_seconds)
        if not answer["ok"]:
            raise failures.told_by_worker(function, answer, self._work)
        return answer

    def _request(self, function: str, message: wire.Parcel, seconds: float) -> dict[str, Any]:
        self._check_time_left(function)
        start = time.monotonic()
        try:
            answer = self._transport.request(message, seconds, seconds * self._policy.wall_factor)
            (self._noticed if self._after_hidden is None else self._after_hidden).extend(answer.get("noticed", ()))
            return answer
        except (WorkerGone, WorkerExcess, WorkerSilent, WireError) as error:
            # The next worker has neither the file nor any arguments.
            self._defined = None
            self.ended += 1
            raise self._failure(function, seconds, error) from None
        finally:
            self._passed += time.monotonic() - start

    def _check_time_left(self, function: str) -> None:
        """Raise StudentFailure when the whole submission has used up its time."""
        most = self._policy.submission_seconds
        # Calls that were ended because they only waited: else a file of many functions would hold the judge for an hour.
        if self._waited > most:
            raise failures.no_patience_left(function, self._waited)
        # One thread cannot have used more than has passed, and of several the system keeps count: so this is seldom asked.
        if self._passed <= most:
            return
        if self._transport.cpu_seconds_so_far() > most:
            raise failures.no_time_left(function, most)
        if self._passed > most * self._policy.wall_factor:
            raise failures.no_patience_left(function, most * self._policy.wall_factor)

    def _failure(self, function: str, seconds: float, error: Exception) -> StudentFailure:
        """Return the failure for a request during which the worker ended."""
        if isinstance(error, WorkerKilled):
            self.disturbed = True
            return failures.killed(function, error)
        if isinstance(error, WorkerExcess):
            return failures.stopped(function, error)
        if isinstance(error, WorkerSilent):
            self._timeouts[function] = self._timeouts.get(function, 0) + 1
            if error.waited:
                self._waited += seconds * self._policy.wall_factor
                return failures.only_waited(function, seconds * self._policy.wall_factor)
            return failures.no_answer_in_time(function, seconds)
        if isinstance(error, WorkerGone):
            return failures.ended_process(function, error)
        return failures.unreadable(function, str(error))

    def _load(self, function: str) -> None:
        """Load the file into a worker that does not have it yet, and check that the function is there."""
        if self._work is None:
            return
        if self._unloadable:
            raise self._unloadable
        if self._defined is None:
            answer = self._loaded(self._work)
            self._defined = frozenset(answer.get("functions", ()))
            told = list(answer.get("failures", ()))
            self._failed_cells = [(cell, text + failures.left_out_name(text, self._work)) for cell, text in told]
            self._others = dict(answer.get("others", ()))
            texts = [text for _, text in self._failed_cells]
            # The first worker has seen nothing while it loads the file, whichever case that is for.
            if self._after_hidden is None or not self.ended:
                self._failed_at_first = texts
            else:
                self._after_hidden += texts
        if function not in self._defined:
            raise failures.missing(function, self._work, self._failed_cells, self._others.get(function, ""))

    def _loaded(self, work: Work) -> dict[str, Any]:
        message = {
            "op": "load",
            "name": work.submission.unit,
            "path": str(work.submission.path),
            "cells": [(cell.source, cell.filename, cell.first_line) for cell in work.cells],
            "modules": [(own.name, own.filename, own.source, own.is_package) for own in work.modules],
            "as_notebook": work.as_notebook,
        }
        try:
            answer = self._request(failures.YOUR_FILE, wire.parcel(message), self._policy.import_seconds)
        except StudentFailure as failure:
            self._unloadable = failure
            raise
        if not answer["ok"]:
            raise failures.told_by_worker(failures.YOUR_FILE, answer, work)
        return answer
