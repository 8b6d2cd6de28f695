"""The student's functions as a test sees them: `student.conv2d(x, w)` runs elsewhere and brings back plain values.

The proxy writes down every call (what went out, what came back), so that a wrong answer can be compared with known mistakes
afterwards. `Remote` speaks to a worker process; `Inline` runs trusted code (a solution, a known mistake, a notebook's own
kernel) in this process, through the same encoding.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cnngrade.budget.loops import looped_axes
from cnngrade.errors import (
    StudentAnswerUnusable,
    StudentFailure,
    StudentOverMemory,
    StudentOverTime,
    StudentRaised,
    StudentUnfinished,
    WireError,
)
from cnngrade.model import Policy
from cnngrade.sandbox.connection import WorkerExcess, WorkerGone, WorkerKilled, WorkerSilent
from cnngrade.student.transport import Transport
from cnngrade.submission.read import Work
from cnngrade.worker import wire

_MAX_TIMEOUTS = 2


_MAX_ANSWERS_BYTES = 256 << 20


# What a worker may use around timed calls: so many times what its untimed calls take, at the pace of the timed ones, and what
# carrying the inputs costs the judge; and a moment.
_ALLOWED, _ALLOWED_SECONDS, _NOTED = 2.0, 5e-4, 3


_HINTS = (
    (
        "TypeError",
        "only 0-dimensional arrays can be converted to Python scalars",
        "Since NumPy 2.4 float(a) and int(a) take only arrays without dimensions. Write a.item(), or np.sum(...) for a number.",
    ),
    (
        "UFuncTypeError",
        "Cannot cast ufunc",
        "An in-place operation (+=) cannot put float results into an integer array. Make the output with a float dtype.",
    ),
    ("IndexError", "out of bounds", "An index runs past the end: hold the bounds of the loop against the array's shape."),
    ("ValueError", "could not be broadcast together", "Print the shapes on both sides just before that line."),
    ("RecursionError", "", "The function calls itself without an end."),
)


def _unreadable(function: str) -> StudentAnswerUnusable:
    return StudentAnswerUnusable(f"{function} sent an answer that cannot be read.")


def _listed(function: str, answer: dict[str, Any], count: int) -> list[Any]:
    """Return the so many values of an answer."""
    value = answer.get("value")
    if not isinstance(value, list) or len(value) != count:
        raise _unreadable(function)
    return value


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it went out and what came of it: `packed` holds {"args", "kwargs"}; one of `value` and `failure` is set.

    `fresh` says that the answer had to be an array of its own.
    """

    case: str
    function: str
    packed: bytes
    value: Any = None
    failure: StudentFailure | None = None
    fresh: bool = False

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return fresh copies of what the function was called with."""
        message = wire.unpack(self.packed)
        return message["args"], message["kwargs"]


_Caller = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]


class Functions:
    """Makes every attribute a function: `functions.f(...)` is `call("f", args, kwargs)`.

    With a second caller, `functions.f.fresh(...)` goes to that one.
    """

    def __init__(self, call: _Caller, fresh: _Caller | None = None) -> None:
        self._call = call
        self._fresh = fresh

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._call(function, args, kwargs)

        call.__name__ = call.__qualname__ = function
        if self._fresh is not None:
            fresh = self._fresh
            vars(call)["fresh"] = lambda *args, **kwargs: fresh(function, args, kwargs)
        return call


class Student:
    """One submission at work. Tests use `functions`: a call brings an answer, or raises a `StudentFailure` that says why not.

    `case` is the case that runs now and `calls` is everything that was called. `disturbed` says that something outside ended a
    worker, which the code could not have done: then nothing here is to be trusted, and the submission is judged again.
    """

    def __init__(self, transport: Transport, policy: Policy, work: Work | None = None) -> None:
        self._transport = transport
        self._policy = policy
        self._work = work
        self._defined: frozenset[str] | None = None
        self._failed_cells: list[tuple[int, str]] = []
        self._timeouts: dict[str, int] = {}
        self._spent = 0.0
        self._answered = 0
        self.disturbed = False
        self._dead: StudentFailure | None = None
        self.calls: list[Call] = []
        self.case = ""
        self.functions = Functions(self._call, self._fresh_call)
        self._staged: dict[str, list[tuple[Any, ...]]] = {}
        self._laid_out: set[str] = set()

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for every cell that did not run."""
        return tuple(dict.fromkeys(text for _, text in self._failed_cells))

    def printed(self) -> str:
        """Return what the student's code printed, capped and not yet escaped."""
        return self._transport.printed()

    def close(self) -> None:
        """End the worker."""
        self._transport.close()

    def stage(self, function: str, name: str, inputs: Sequence[tuple[Any, ...]]) -> None:
        """Lay out argument lists of `function`, under a name, that may be used again and again; raises StudentFailure."""
        self._staged[name] = list(inputs)
        self._laid_out.discard(name)
        self._lay_out(function, name)

    def _lay_out(self, function: str, name: str) -> None:
        """Send what is staged to a worker that does not have it yet: another call may have ended the last one."""
        if name not in self._laid_out:
            self.ask(function, {"op": "stage", "name": name, "inputs": self._staged[name]})
            self._laid_out.add(name)

    def answers(self, function: str, name: str) -> list[Any]:
        """Call `function` on each of the inputs staged under `name` and return the answers; raises StudentFailure."""
        self._lay_out(function, name)
        answer = self.ask(function, {"op": "answers", "function": function, "name": name})
        return _listed(function, answer, len(self._staged[name]))

    def looped_axes(self, function: str, axes: Sequence[str], inputs: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
        """Return those of `axes` over which `function` loops in Python; raises StudentFailure.

        `inputs` are as `counting.counts` asks for them. Code can hide its loops from this: that there are none proves nothing.
        """
        counted = self.ask(function, {"op": "count", "function": function, "inputs": list(inputs)}).get("counts")
        try:
            return looped_axes(axes, counted)  # type: ignore[arg-type]  # what is no list of counts is caught here
        except (TypeError, ValueError):
            raise _unreadable(function) from None

    def timed(self, function: str, name: str, calls: int, before: int) -> float:
        """Make calls on staged inputs, after `before` untimed ones, and return their CPU seconds; raises StudentFailure."""
        return self._sample(function, name, before, calls, [])[0]

    def timed_on(
        self, function: str, name: str, inputs: Sequence[tuple[Any, ...]], before: int, carried: dict[int, list[float]]
    ) -> tuple[float, list[Any]]:
        """Call `function` once on each of `inputs`, which it has never seen; returns the CPU seconds and the answers.

        The worker says how long the calls took, which is exact and nothing to rely on: the student's code runs there. So all
        that it used meanwhile is read from outside, and what is beyond the calls and what honest code spends around them is
        charged as well: work that is done while inputs are laid out, in the untimed calls on the inputs staged under `name`,
        or only when the answers are sent, and calls that took longer than was said. What it costs here to pack and unpack so
        many inputs is noted in `carried`. Raises StudentFailure.
        """
        noted = carried.setdefault(len(inputs), [])
        if len(noted) < _NOTED:
            start = time.thread_time()
            wire.unpack(wire.pack({"inputs": list(inputs)}))
            noted.append(time.thread_time() - start)
        self._lay_out(function, name)  # which may start a worker, whose clock begins anew
        start = self._transport.cpu_seconds()
        running, answers = self._sample(function, name, before, len(inputs), inputs)
        used = self._transport.cpu_seconds() - start
        around = _ALLOWED * (min(noted) + before * running / len(inputs)) + _ALLOWED_SECONDS
        return running + max(0.0, used - running - around), answers

    def _sample(
        self, function: str, name: str, before: int, calls: int, inputs: Sequence[tuple[Any, ...]]
    ) -> tuple[float, list[Any]]:
        """Return the CPU seconds of the calls, as the worker says, and the answers to `inputs`."""
        self._lay_out(function, name)
        message = {"op": "sample", "function": function, "name": name, "before": before, "calls": calls, "inputs": list(inputs)}
        answer = self.ask(function, message)
        seconds = answer.get("seconds")
        if type(seconds) is not float or not 0 <= seconds < math.inf:
            raise _unreadable(function)
        return seconds, _listed(function, answer, len(inputs))

    def _fresh_call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._call(function, args, kwargs, fresh=True)

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], fresh: bool = False) -> Any:
        arguments = wire.parcel({"args": args, "kwargs": kwargs})
        packed = arguments.frame()
        try:
            value = self._answer(function, arguments, fresh)
        except StudentFailure as failure:
            self.calls.append(Call(self.case, function, packed, failure=failure, fresh=fresh))
            raise
        self.calls.append(Call(self.case, function, packed, value=value, fresh=fresh))
        return value

    def _answer(self, function: str, arguments: wire.Parcel, fresh: bool) -> Any:
        answer = self._ask(function, arguments.adding(op="call", function=function))
        self._answered += wire.size_of(answer.get("value"))
        if self._answered > _MAX_ANSWERS_BYTES:
            raise StudentAnswerUnusable(
                f"{function} was not compared: all answers together are larger than {_MAX_ANSWERS_BYTES >> 20} MiB."
            )
        if answer.get("changed"):
            raise StudentAnswerUnusable(f"{function} changed one of its arguments. Work on a copy: x = x.copy().")
        if fresh and answer.get("shared"):
            raise StudentAnswerUnusable(
                f"{function} gave back its argument, or a view of it: whoever changes the answer changes the argument. "
                "Return an array of its own."
            )
        return answer.get("value")

    def ask(self, function: str, message: dict[str, Any]) -> dict[str, Any]:
        """Send a request that runs `function` and return its answer; raises StudentFailure."""
        return self._ask(function, wire.parcel(message))

    def _ask(self, function: str, message: wire.Parcel) -> dict[str, Any]:
        if self._timeouts.get(function, 0) >= _MAX_TIMEOUTS:
            raise StudentOverTime(f"{function} was not tried again: it ran over its time {_MAX_TIMEOUTS} times.")
        self._load(function)
        answer = self._request(function, message, self._policy.call_seconds)
        if not answer["ok"]:
            raise self._raised(function, answer)
        return answer

    def _request(self, function: str, message: wire.Parcel, seconds: float) -> dict[str, Any]:
        if self._spent > self._policy.submission_seconds:
            raise StudentOverTime(
                f"{function} was not tried: the whole file has used up its {self._policy.submission_seconds:g} s."
            )
        start = time.monotonic()
        try:
            return self._transport.request(message, seconds)
        except WorkerKilled as error:
            self._begin_anew()
            self.disturbed = True
            raise StudentOverMemory(
                f"{function} was ended by the system, most likely because there was no more memory.", str(error)
            ) from None
        except WorkerExcess as error:
            self._begin_anew()
            raise StudentRaised(f"{function} was stopped: {error}.", ("WorkerExcess",), str(error)) from None
        except WorkerSilent:
            self._begin_anew()
            self._timeouts[function] = self._timeouts.get(function, 0) + 1
            raise StudentOverTime(
                f"{function} gave no answer within {seconds:g} s and was stopped. Does a loop never end?"
            ) from None
        except WorkerGone as error:
            self._begin_anew()
            raise StudentRaised(f"{function} ended the whole process: {error}.", ("SystemExit",), str(error)) from None
        except WireError as error:
            self._begin_anew()
            raise StudentAnswerUnusable(f"{function} sent an answer that cannot be read.", str(error)) from None
        finally:
            self._spent += time.monotonic() - start

    def _begin_anew(self) -> None:
        """Note that the worker has ended: the next one has neither the file nor any arguments."""
        self._defined = None
        self._laid_out.clear()

    def _load(self, function: str) -> None:
        if self._dead:
            raise self._dead
        if self._defined is None and self._work is not None:
            cells = [(cell.source, cell.filename, cell.first_line) for cell in self._work.cells]
            submission = self._work.submission
            message = {"op": "load", "name": submission.unit, "path": str(submission.path), "cells": cells}
            try:
                answer = self._request("your file", wire.parcel(message), self._policy.import_seconds)
            except StudentFailure as failure:
                self._dead = failure
                raise
            if not answer["ok"]:
                raise self._raised("your file", answer)
            self._defined = frozenset(answer.get("functions", ()))
            self._failed_cells = list(answer.get("failures", ()))
        if self._work is not None and self._defined is not None and function not in self._defined:
            raise self._missing(function)

    def _missing(self, function: str) -> StudentFailure:
        assert self._work is not None
        for index, text in self._failed_cells:
            if 0 <= index < len(self._work.cells) and f"def {function}" in self._work.cells[index].source:
                return StudentRaised(f"{function} is not there because its cell does not run. {text}", ("SyntaxError",), text)
        return StudentUnfinished(f"{function} is not defined in {self._work.submission.path.name}.")

    def _raised(self, function: str, answer: dict[str, Any]) -> StudentFailure:
        kinds = tuple(answer.get("kinds", ())) or ("Exception",)
        message = answer.get("message", "")
        frames = answer.get("trace", ())
        trace = "\n".join(f"  {name}, line {line}, in {where}: {text}" for name, line, where, text in frames)
        if "NotImplementedError" in kinds:
            return StudentUnfinished(message or f"{function} is yours to write")
        if kinds[0] == "Unsendable":
            return StudentAnswerUnusable(f"{function} returned what cannot be compared: {message}.")
        if "MemoryError" in kinds:
            return StudentOverMemory(f"{function} asked for more memory than there is: {message}", trace)
        own = [frame for frame in frames if self._work and any(frame[0] == cell.filename for cell in self._work.cells)]
        text = f"{function} raised {kinds[0]}: {message}"
        if own:
            name, line, where, source = own[-1]
            text += f"\n{name}, line {line}, in {where}: {source}"
        for kind, part, hint in _HINTS:
            if kind in kinds and part in message:
                text += f"\n{hint}"
                break
        return StudentRaised(text, kinds, message, trace)
