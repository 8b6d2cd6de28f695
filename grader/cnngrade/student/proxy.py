"""The student's functions as a test sees them: `student.conv2d(x, w)` runs elsewhere and returns plain values.

The proxy writes down every call (what went out, what came back), so that a wrong answer can be compared with known mistakes
afterwards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cnngrade.errors import StudentFailure
from cnngrade.model import Policy
from cnngrade.student import failures
from cnngrade.student.lifecycle import Lifecycle
from cnngrade.student.own_code import OwnCode
from cnngrade.student.timing import Timing
from cnngrade.student.transport import Inline, Transport
from cnngrade.submission.read import Work
from cnngrade.worker import wire

_MAX_ANSWERS_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it went out and what came of it: `packed` holds {"args", "kwargs"}; one of `value` and `failure` is set.

    `case` and `hidden` say in which case it was made. `fresh` says that the answer had to be an array of its own.
    """

    case: str
    hidden: bool
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
    """One submission at work. Tests use `functions`: a call returns an answer, or raises a `StudentFailure` that says why not.

    `calls` is everything that was called, `timing` takes the time of further calls, and `lifecycle` is the worker's.
    `is_elsewhere` says that the code runs in a process of its own, `work` is what was handed in, if it was read from a file,
    `module` holds the functions that run in this process. `code` is what is known of the text of what raises. `is_watched` says
    that somebody waits beside it who may interrupt a call: then what comes of the rest is not asked.
    """

    def __init__(
        self,
        transport: Transport,
        policy: Policy,
        work: Work | None = None,
        code: OwnCode | None = None,
        is_watched: bool = False,
    ) -> None:
        self.work = work
        self.is_watched = is_watched
        self._transport, self._policy = transport, policy
        self.lifecycle = Lifecycle(transport, policy, work, code or OwnCode(work))
        self.timing = Timing(self.lifecycle)
        self.functions = Functions(self._call, self._fresh_call)
        self.calls: list[Call] = []
        self._case, self._hidden = "", False
        self._answered = 0
        self.is_elsewhere = not isinstance(transport, Inline)
        self.module = transport.module if isinstance(transport, Inline) else None

    def begin(self, case: str, hidden: bool) -> None:
        """Note in which case the next calls are made."""
        self._case, self._hidden = case, hidden
        if hidden:
            self.lifecycle.hidden_from_now()

    @contextlib.contextmanager
    def aside(self, seconds: float) -> Iterator[None]:
        """Let calls in the block take so many seconds at most, all together, and nothing from what later ones may take."""
        answered = self._answered
        try:
            with self.lifecycle.aside(seconds):
                yield
        finally:
            self._answered = answered

    def another(self, seconds: float, by_clock: float) -> Student:
        """Return the same submission in a new worker, which knows nothing of what this one was asked; this one's is ended.

        It may take so many seconds of CPU time and `by_clock` in all, its start included; raises Fault.
        """
        most = {name: min(getattr(self._policy, name), seconds) for name in ("import_seconds", "call_seconds")}
        factor = min(self._policy.wall_factor, by_clock / seconds)
        policy = replace(self._policy, **most, submission_seconds=seconds, wall_factor=factor)
        return Student(self._transport.another(), policy, self.work)

    def close(self) -> None:
        """End the worker."""
        self.lifecycle.close()

    def _fresh_call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._call(function, args, kwargs, fresh=True)

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], fresh: bool = False) -> Any:
        arguments = wire.parcel({"args": args, "kwargs": kwargs})
        packed = arguments.frame()
        try:
            value = self._answer(function, arguments, fresh)
        except StudentFailure as failure:
            self.calls.append(Call(self._case, self._hidden, function, packed, failure=failure, fresh=fresh))
            raise
        self.calls.append(Call(self._case, self._hidden, function, packed, value=value, fresh=fresh))
        return value

    def _answer(self, function: str, arguments: wire.Parcel, fresh: bool) -> Any:
        answer = self.lifecycle.ask(function, arguments.adding(op="call", function=function))
        self._answered += wire.size_of(answer.get("value"))
        if self._answered > _MAX_ANSWERS_BYTES:
            raise failures.too_many_answers(function, _MAX_ANSWERS_BYTES)
        if answer.get("changed"):
            raise failures.changed_argument(function)
        if fresh and answer.get("shared"):
            raise failures.shares_argument(function)
        return answer.get("value")
