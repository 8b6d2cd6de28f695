"""The student's functions as a test sees them: `student.conv2d(x, w)` runs elsewhere and returns plain values.

The proxy writes down every call (what went out, what came back), so that a wrong answer can be compared with known mistakes
afterwards.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnngrade.course.naming import names_a_class
from cnngrade.errors import StudentFailure, WireError
from cnngrade.model import Policy
from cnngrade.student import failures
from cnngrade.student.history import LOST, History, HistoryStep
from cnngrade.student.lifecycle import Lifecycle
from cnngrade.student.objects import Handle, Link, handle_of, holds_token, link_of, token_for
from cnngrade.student.own_code import OwnCode
from cnngrade.student.timing import Timing
from cnngrade.student.transport import Inline, Transport
from cnngrade.submission.read import Work
from cnngrade.worker import wire
from cnngrade.worker.arguments import copied
from cnngrade.worker.operations import PREFIX

_MAX_ANSWERS_BYTES = 256 << 20


# Arguments up to this size are kept unpacked.
_KEPT_BYTES = 1 << 20


# No test asks objects for as many things in one case; an iteration that never ends does.
_MAX_OPERATIONS = 5_000


# Requests that call a function: with an answer of any kind, with one of its own arrays, and with an object to be used.
_CALL, _FRESH, _MAKE = "call", "fresh", "make"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it went out and what came of it: `packed` holds {"args", "kwargs"}; one of `value` and `failure` is set.

    `case` and `hidden` say in which case it was made. `fresh` says that the answer had to be an array of its own. A `history`
    is all that a case did with objects (see the module of that name), under the name of the class that it began with: its value
    is a list of the answers so far, whether or not a failure ended it.
    """

    case: str
    hidden: bool
    function: str
    packed: bytes
    value: Any = None
    failure: StudentFailure | None = None
    fresh: bool = False
    history: bool = False

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return fresh copies of what the function was called with."""
        small = len(self.packed) <= _KEPT_BYTES
        message = copied(_last_unpacked(self.packed)) if small else wire.unpack(self.packed)
        return message["args"], message["kwargs"]


@functools.lru_cache(maxsize=1)
def _last_unpacked(packed: bytes) -> dict[str, Any]:
    """Return what was sent, to be copied: one mistake after another is asked about the same call."""
    return wire.unpack(packed)


_Caller = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]


class Functions:
    """Makes every attribute a function: `functions.f(...)` is `call("f", args, kwargs)`.

    With more callers, `functions.f.fresh(...)` goes to `fresh`, and `functions.f.object(...)` to `make`. What bears the name of
    a class is one: calling it makes an object.
    """

    def __init__(self, call: _Caller, fresh: _Caller | None = None, make: _Caller | None = None) -> None:
        self._call = call
        self._fresh = fresh
        self._make = make

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)
        # Kept, since tests ask for the same function again and again.
        made = vars(self)[function] = self._function(function)
        return made

    def _function(self, function: str) -> Callable[..., Any]:
        if self._make is not None and names_a_class(function):
            return ClassToCall(function, self._make)
        call = _bound(self._call, function)
        if self._fresh is not None:
            vars(call)["fresh"] = _bound(self._fresh, function)
        if self._make is not None:
            vars(call)["object"] = _bound(self._make, function)
        return call


def _bound(caller: _Caller, function: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return caller(function, args, kwargs)

    call.__name__ = call.__qualname__ = function
    return call


class ClassToCall:
    """A class as a test sees it: calling it makes an object, and what belongs to the class itself is called by its name."""

    def __init__(self, name: str, make: _Caller) -> None:
        self.__name__ = name
        self._make = make

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Make an object."""
        return self._make(self.__name__, args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(f"{name} of a student's class is not asked for: its name begins with _")
        return _bound(self._make, f"{self.__name__}.{name}")


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
        self.functions = Functions(self._call, self._fresh_call, self._make)
        self._calls: list[Call] = []
        self._history: History | None = None
        self._case, self._hidden = "", False
        # Of objects: how many operations and cases there were, the numbers of those that a test holds or has held, and of
        # tokens that it may hand back for ever.
        self._operations, self._cases = 0, 0
        self._held: set[int] = set()
        self._left: tuple[int, list[int]] = 0, []
        self._stay: set[int] = set()
        self._answered = 0
        self.is_elsewhere = not isinstance(transport, Inline)
        self.module = transport.module if isinstance(transport, Inline) else None

    def begin(self, case: str, hidden: bool) -> None:
        """Note in which case the next calls are made. Objects of the case before are gone."""
        self._end_history()
        self._case, self._hidden = case, hidden
        self._operations, self._cases = 0, self._cases + 1
        if self._held:
            self._left, self._held = (self.lifecycle.ended, sorted(self._held - self._stay)), set()
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

    @property
    def calls(self) -> list[Call]:
        """All calls so far, those of objects as one for each case. To be asked for between two cases."""
        self._end_history()
        return self._calls

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value = self._carried_out(_CALL, function, args, kwargs)
        self._stay.update(_numbers(value))
        return value

    def _fresh_call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._carried_out(_FRESH, function, args, kwargs)

    def _make(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        root, of_class, _ = function.partition(".")
        value = self._carried_out(_MAKE, function, args, kwargs, needed=root)
        # What a method of the class returns may be wanted for a number.
        return wire.with_tokens(value, lambda token: self._handle(token, root, function, made=not of_class))

    def operate(self, operation: str, label: str, link: Link, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Carry out what a test asks of an object; raises StudentFailure."""
        value = self._carried_out(operation, label, args, kwargs, needed=link.root)
        # Not even an object that returns itself: where a number was expected it would be asked whether it is that number.
        return wire.with_tokens(value, lambda token: self._handle(token, link.root, label, made=False))

    def answers_to(self, steps: Sequence[HistoryStep]) -> list[Any] | StudentFailure:
        """Return what comes of each step of a history, or the failure that ends it."""
        self._history = history = History("")
        for operation, function, args, kwargs, _ in steps:
            try:
                args, kwargs = history.actual(args), history.actual(kwargs)
            except KeyError:
                history.answers.append(LOST)
                break
            with contextlib.suppress(StudentFailure):
                # What a file has to define is the class of the object, not its method.
                self._carried_out(operation, function, args, kwargs, needed=function.partition(".")[0])
            if history.failure is not None:
                return history.failure
        return history.answers

    def _handle(self, token: wire.Token, root: str, label: str, made: bool) -> Handle:
        self._held.add(token.number)
        return handle_of(Link(token, self, root, label, made, self._since()))

    def _since(self) -> tuple[int, int]:
        return self.lifecycle.ended, self._cases

    def _token(self, value: object) -> wire.Token | None:
        """Return the token in whose place a handle stands; raises StudentFailure where its object is gone, and NotPlain."""
        link = link_of(value)
        if link is None:
            return None
        token = token_for(link, self, self._since())
        if token is None:
            raise failures.lost_object(repr(value))
        return token

    def _carried_out(
        self, operation: str, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], needed: str = ""
    ) -> Any:
        """Send a request and write down what came of it; returns a plain value, objects in it as tokens."""
        arguments = wire.parcel({"args": args, "kwargs": kwargs}, self._token)
        packed = arguments.frame()
        try:
            came = self._answer(operation, function, arguments, needed)
        except StudentFailure as failure:
            self._note(operation, function, arguments, packed, failure)
            raise
        self._note(operation, function, arguments, packed, came)
        return came

    def _note(self, operation: str, function: str, arguments: wire.Parcel, packed: bytes, came: Any) -> None:
        makes = operation == _MAKE and holds_token(came)
        if makes and self._history is None:
            self._history = History(function.partition(".")[0])
        in_history = self._history is not None and (operation not in (_CALL, _FRESH, _MAKE) or makes or arguments.holds_token)
        if self._history is not None and (in_history or holds_token(came)):
            self._history.note(operation, function, packed, came)
        elif isinstance(came, StudentFailure):
            fresh = operation == _FRESH
            self._calls.append(Call(self._case, self._hidden, function, packed, failure=came, fresh=fresh))
        else:
            self._calls.append(Call(self._case, self._hidden, function, packed, value=came, fresh=operation == _FRESH))

    def _end_history(self) -> None:
        """Write down what a case did with objects as one call. Of more than fits into a message nothing is known afterwards."""
        history, self._history = self._history, None
        if history is None:
            return
        with contextlib.suppress(WireError):
            packed = history.packed()
            call = Call(self._case, self._hidden, history.function, packed, history.answers, history.failure, history=True)
            self._calls.append(call)

    def _answer(self, operation: str, function: str, arguments: wire.Parcel, needed: str) -> Any:
        self._let_go(function, needed)
        if operation in (_CALL, _FRESH, _MAKE):
            asked = arguments.adding(op="call", function=function)
        else:
            self._operations += 1
            if self._operations > _MAX_OPERATIONS:
                raise failures.without_end(function, _MAX_OPERATIONS)
            asked = arguments.adding(op=f"{PREFIX}{operation}")
        answer = self.lifecycle.ask(function, asked, needed=needed)
        self._answered += wire.size_of(answer.get("value"))
        if self._answered > _MAX_ANSWERS_BYTES:
            raise failures.too_many_answers(function, _MAX_ANSWERS_BYTES)
        if answer.get("changed"):
            raise failures.changed_argument(function)
        if operation == _FRESH and answer.get("shared"):
            raise failures.shares_argument(function)
        return answer.get("value")

    def _let_go(self, function: str, needed: str) -> None:
        """Have the worker forget the objects of earlier cases, if it is the one that has them."""
        (ended, numbers), self._left = self._left, (0, [])
        if numbers and ended == self.lifecycle.ended:
            self.lifecycle.ask(function, wire.parcel({"op": "forget", "numbers": numbers}), needed=needed)


def _numbers(value: Any) -> set[int]:
    """Return the numbers of the tokens that a plain value holds."""
    if isinstance(value, wire.Token):
        return {value.number}
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return set().union(*map(_numbers, parts)) if isinstance(parts, tuple | list) else set()
