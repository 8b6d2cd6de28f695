"""The ways to reach the student's code.

`Remote` speaks to a worker process; `Inline` runs trusted code (a solution, a known mistake, a notebook's own kernel) in this
process, and returns what would have arrived from a worker.
"""

from __future__ import annotations

import math
import operator
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from cnngrade.errors import Fault, Reason, WireError
from cnngrade.own_limits import Lifted
from cnngrade.sandbox.connection import MAX_THREADS, Connection, Ours, WorkerExcess, WorkerGone, WorkerSilent
from cnngrade.sandbox.room import short_of_threads
from cnngrade.sandbox.unconfined import WorkerSource
from cnngrade.worker import wire
from cnngrade.worker.operations import AT_MOST_ONE, FLAGS, NUMBERS, OPERATIONS, PREFIX
from cnngrade.worker.serve import Workplace


class Transport(Protocol):
    """A way to reach the student's code. Frames go out and plain answers come back.

    `has_own_clock` says whether `cpu_seconds` is the CPU time of a process that runs nothing but the student's code.
    """

    has_own_clock: bool

    @property
    def is_fresh(self) -> bool:
        """Whether nothing that was sent before is there any more."""

    def another(self) -> Transport:
        """Return another way to the same code; the worker that there was is ended. Raises Fault."""

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Send one message and return its answer. Limits are in seconds of CPU time, and by the clock (see `Connection`)."""

    def cpu_seconds(self) -> float:
        """Return the clock that the student's code is charged by."""

    def spent(self) -> float:
        """Return about how many seconds all of the student's code has run and waited."""

    def short_of_threads(self) -> str:
        """Return what keeps the code from starting as many threads as it may, though it is not its own doing; "" if nothing."""

    def printed(self) -> str:
        """Return what the code printed."""

    def close(self) -> None:
        """Release everything."""


def _missing_room(process: Connection, answered: bool) -> str:
    """Say what the disk lacks of the room for a worker's files, "" if nothing; raises Fault."""
    with Ours("The room for a submission's files cannot be found out"):
        return process.missing_room(answered)


class Remote:
    """A worker process from `source`, started again when the last one had to be ended."""

    has_own_clock = sys.platform == "linux"

    def __init__(self, source: WorkerSource) -> None:
        self._source = source
        self._process: Connection | None = source.start()
        self._printed = ""
        self._spent_by_ended = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether there is no worker now: the next one knows nothing."""
        return self._process is None

    def another(self) -> Remote:
        """End this worker, since a sandbox has one at a time, and return another of the same source; raises Fault.

        Nothing that the ended one kept, in its memory or in files of a sandbox, is there for the next.
        """
        with Lifted():
            self.close()
            return Remote(self._source)

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Send one message and return an answer of the form that its operation has.

        Raises WorkerGone, WorkerSilent, WorkerExcess, WireError and Fault, after which the worker has ended; before anything is
        sent, TooLarge. The worker may also have ended where it says that a call failed. What the judge limits of itself it does
        not limit here: a worker has limits of its own.
        """
        with Lifted():
            return self._request(message, seconds, wall_seconds)

    def _request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        identity = secrets.randbits(62)
        frame = message.adding(id=identity).frame()
        if self._process is None:
            self._process = self._source.start()
        try:
            answer = self._process.request(frame, seconds, wall_seconds)
            if not _is_answer(answer, message.operation, identity):
                raise WireError("the worker answered something that was not asked")
            self._check_room(answer["ok"] and not answer.get("failures"))
        except (WorkerGone, WorkerSilent, WorkerExcess, WireError):
            self._end_for_room()
            raise
        except Fault:
            self.close()
            raise
        return answer

    def _check_room(self, answered: bool) -> None:
        """Raise Fault if the disk lacks room that the worker was promised: its code may have met that, or got round it.

        Where only the worker's end shows whose files take the room, it is ended.
        """
        assert self._process
        missing = _missing_room(self._process, answered)
        if missing and answered:
            raise Fault(missing)
        if missing:
            self._end_for_room()

    def _end_for_room(self) -> None:
        """End the worker, whose own files are then gone, and raise Fault if room is still lacking."""
        ended = self._process
        self.close()
        missing = _missing_room(ended, answered=False) if ended else ""
        if missing:
            raise Fault(missing)

    def cpu_seconds(self) -> float:
        """Return the worker's CPU time, taken from outside."""
        return self._process.cpu_seconds() if self._process else 0.0

    def spent(self) -> float:
        """Return about how many seconds all workers of this submission have run and waited."""
        return self._spent_by_ended + (self._process.spent() if self._process else 0.0)

    def short_of_threads(self) -> str:
        """Return what keeps the worker from starting as many threads as it may, those included that it has; "" if nothing."""
        return short_of_threads(MAX_THREADS - (self._process.threads() if self._process else 0))

    def printed(self) -> str:
        """Return what all workers of this submission printed."""
        return self._printed + (self._process.printed() if self._process else "")

    def close(self) -> None:
        """End the worker. What that takes is the submission's time as well: one might end its worker in every call."""
        if self._process:
            spent, start = self._process.spent(), time.monotonic()
            self._process.close()
            self._spent_by_ended += spent + time.monotonic() - start
            self._printed += self._process.printed()
            self._process = None


_Form = Callable[[Any], bool]


def _text(most: int) -> _Form:
    return lambda value: type(value) is str and len(value) <= most


def _number(most: int) -> _Form:
    return lambda value: type(value) is int and 0 <= value <= most


def _list(most: int, form: _Form) -> _Form:
    return lambda value: type(value) is list and len(value) <= most and all(map(form, value))


def _tuple(*forms: _Form) -> _Form:
    return lambda value: type(value) is tuple and len(value) == len(forms) and all(map(operator.call, forms, value))


def _is_flag(value: Any) -> bool:
    return type(value) is bool


_FORM_DEPTH = 3


def _is_form(value: Any, depth: int = 0) -> bool:
    """Say whether a value says what another one is, as `worker.frames.form_of` does."""
    if type(value) is not tuple or depth > _FORM_DEPTH or not value or type(value[0]) is not str:
        return False
    form = _FORMS_OF_VALUES.get(value[0])
    if form is None or not form(value[1:]):
        return False
    if value[0] == "row":
        return all(_is_form(part, depth + 1) for part in value[3])
    return value[0] != "table" or all(_is_form(part, depth + 1) for _, part in value[2])


_is_length = _number(1 << 62)


def _is_shape(value: Any) -> bool:
    return type(value) is tuple and len(value) <= 64 and all(map(_is_length, value))


def _is_number(value: Any) -> bool:
    return type(value) in (bool, float) or (type(value) is int and abs(value) < 1 << 64)


def _is_time(value: Any) -> bool:
    return type(value) is float and 0 <= value < math.inf


# What a worker can know about a call that gave no answer; everything else is the judge's to say.
_TOLD_BY_WORKER = frozenset(
    reason.value for reason in (Reason.RAISED, Reason.UNFINISHED, Reason.UNSENDABLE, Reason.TOO_LARGE, Reason.OVER_MEMORY)
)


# Whatever the wire lets through may be a function's answer, which the tests compare.
_ANY: _Form = lambda _: True  # noqa: E731  # a form like the others


_NAME = _text(1_000)


_LINE = _number(1 << 31)


_SPAN = _tuple(_LINE, _LINE, _LINE, _LINE)


# What a form holds behind its first word; the forms of its parts are looked at on their own.
_FORMS_OF_VALUES: Mapping[str, _Form] = {
    "none": _tuple(),
    "array": _tuple(_text(100), _is_shape),
    "number": _tuple(_text(100), _is_number),
    "row": _tuple(_text(10), _number(1 << 62), _list(10, _ANY)),
    "table": _tuple(_number(1 << 62), _list(10, _tuple(_text(100), _ANY))),
    "other": _tuple(_text(100)),
}


def _form_of_operation(name: str) -> _Form:
    """Return the form of what an operation on an object answers."""
    if name in FLAGS:
        return _is_flag
    if name in NUMBERS:
        return _number(1 << 62) if name == "len" else lambda value: type(value) is int and abs(value) < 1 << 63
    if name in AT_MOST_ONE:
        return _list(1, _ANY)
    return _text(_MOST_TEXT) if name == "str" else _ANY


# What an object says of itself may be as long as this.
_MOST_TEXT = 100_000


# What `worker` answers to each operation, field by field, and how long at most: anything else was sent by somebody else.
_FORMS: Mapping[str, dict[str, _Form]] = {
    "receive": {},
    "load": {
        "functions": _list(50_000, _NAME),
        "others": _list(1_000, _tuple(_NAME, _NAME)),
        "failures": _list(5_000, _tuple(_LINE, _NAME)),
    },
    "call": {"value": _ANY, "changed": _is_flag, "shared": _is_flag},
    **{f"{PREFIX}{name}": {"value": _form_of_operation(name), "changed": _is_flag} for name in OPERATIONS},
    "forget": {},
    "stage": {},
    "answers": {"value": _list(1_000, _ANY)},
    "sample": {"value": _list(1_000, _ANY), "seconds": _is_time},
    "count": {"counts": _list(1_000, _number(1 << 62))},
    "covered": {"lines": _list(100_000, _tuple(_number(1 << 20), _LINE))},
    "variants": {
        "value": _list(100_000, _ANY),
        "ends": _list(100_000, _tuple(_number(100_000), _is_flag, _is_flag, _text(100), _number(1 << 20), _LINE)),
        "which": _list(100_000, _number(100_000)),
    },
}


_FAILED: dict[str, _Form] = {"reason": lambda value: type(value) is str and value in _TOLD_BY_WORKER, "message": _text(3_000)}


# What may be there or not. A line of a traceback is its file, number, function and text; a frame is one of these lines, what of
# it was run, and the names that the function had.
_OPTIONAL: dict[str, _Form] = {
    "noticed": _list(20, _NAME),
    "kinds": _list(20, _text(100)),
    "trace": _list(50, _tuple(_text(5_000), _LINE, _NAME, _NAME)),
    "frames": _list(4, _tuple(_number(50), _SPAN, _list(60, _tuple(_text(100), _is_form)))),
}


def _checks(form: dict[str, _Form]) -> tuple[frozenset[str], dict[str, _Form]]:
    """Return the fields that must be there, and the forms of all that may be."""
    return frozenset(form), form | _OPTIONAL | {"id": _ANY, "ok": _ANY}


_DONE, _NOT_DONE = {operation: _checks(form) for operation, form in _FORMS.items()}, _checks(_FAILED)


def _is_answer(answer: dict[str, Any], operation: str, identity: int) -> bool:
    """Say whether an answer has the form that `worker` gives it, before anything of it is used: it may be forged."""
    said = answer.get("id")
    if type(said) is not int or said != identity or not _is_flag(answer.get("ok")):
        return False
    needed, forms = _DONE[operation] if answer["ok"] else _NOT_DONE
    return needed <= answer.keys() <= forms.keys() and all(forms[key](value) for key, value in answer.items())


class CallInterrupted(KeyboardInterrupt):
    """Somebody interrupted this process while it ran code for a transport; `answer` describes where."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class Inline:
    """Trusted code in this process. Without time limits, and with prints where prints go."""

    has_own_clock = False
    is_fresh = False

    def __init__(self, module: ModuleType | None = None, source: WorkerSource | None = None) -> None:
        self.module = module
        self._workplace = Workplace()
        self._workplace.module = module
        self._source = source

    def another(self) -> Transport:
        """Return a worker of the source, where there is one, and else another way to the same module."""
        return Remote(self._source) if self._source else Inline(self._workplace.module)

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Handle one message as a worker would; raises CallInterrupted. What arrives is what would have come from one."""
        with np.errstate(all="ignore"):
            answer = self._workplace.handle(wire.unpack(message.frame()))
            value = wire.arrived(answer.get("value"))
            # Most answers are one array, and encoding it would take longer than most functions do.
            arrived = answer | {"value": value} if value is not None else wire.unpack(self._workplace.packed(answer))
        if arrived.get("kinds", ())[:1] == ["KeyboardInterrupt"]:
            raise CallInterrupted(arrived)
        return arrived

    def cpu_seconds(self) -> float:
        """Return this thread's CPU time."""
        return time.thread_time()

    def spent(self) -> float:
        """Return 0: trusted code has no limits."""
        return 0.0

    def short_of_threads(self) -> str:
        """Return "": trusted code has no limits."""
        return ""

    def printed(self) -> str:
        """Return nothing: what was printed has been seen."""
        return ""

    def close(self) -> None:
        """Nothing to release."""
