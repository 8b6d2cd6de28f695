"""What a worker says of the values in a frame is checked for its form, and no value can do more than be shown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from cnngrade.errors import Reason, StudentFailure, WireError
from cnngrade.model import Policy, Submission
from cnngrade.safe_text import visible_block
from cnngrade.sandbox.connection import Connection
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import Work
from cnngrade.worker import wire
from cnngrade.worker.cells import Cell

SOURCE = "def f(x, i):\n    y = x[i] * x.T @ x.reshape(i, -1) + (x,) * i - i / 0\n    return y[i:i:i, ..., None, x]\n"


class Saying:
    """A connection whose every call fails with these frames."""

    layers = ()

    def __init__(self, frames: Any, message: str) -> None:
        self._frames, self._message = frames, message

    def start(self) -> Connection:
        return self  # type: ignore[return-value]  # it has all that is used here

    def request(self, frame: bytes, seconds: float, wall_seconds: float) -> dict[str, Any]:
        asked = wire.unpack(frame)
        if asked["op"] == "call":
            said = {"reason": "raised", "kinds": ["IndexError", "ValueError", "TypeError"], "message": self._message}
            trace = [("work.py", 2, "f", "x"), ("numpy.py", 9, "g", "x"), ("work.py", 3, "f\x1b[2J", "x")]
            return wire.unpack(wire.pack({"ok": False, "id": asked["id"], **said, "trace": trace, "frames": self._frames}))
        loaded = {"functions": ["f"], "others": [], "failures": []} if asked["op"] == "load" else {}
        return {"ok": True, "id": asked["id"]} | loaded

    def missing_room(self, answered: bool = False) -> str:
        return ""

    def printed(self) -> str:
        return ""

    def spent(self) -> float:
        return 0.0

    def threads(self) -> int:
        return 0

    def close(self) -> None:
        pass


MESSAGES = (
    "index 5 is out of bounds for axis 0 with size 3",
    "index 999999999999999999999999 is out of bounds for axis 99999999 with size 0",
    "operands could not be broadcast together with shapes (2,3) (4,)",
    "operands could not be broadcast together with shapes (" + "9" * 2_000,
    "'float' object cannot be interpreted as an integer",
    "matmul: Input operand 1 has a mismatch in its core dimension 0",
    "cannot reshape array of size 3 into shape (0,newaxis)",
    "axis 7 is out of bounds for array of dimension 0",
    "'NoneType' object has no attribute 'shape'",
    "cannot unpack non-iterable int object",
    "unsupported operand type(s) for /: 'list' and 'NoneType'",
    "Python integer 256 out of bounds for uint8000",
    "\x1b[2J" * 500,
)


def told(frames: Any, message: str = MESSAGES[0]) -> StudentFailure:
    work = Work(Submission("", "work", Path("work.py"), ""), (Cell(SOURCE, "work.py"),))
    student = Student(Remote(Saying(frames, message)), Policy(), work)
    with pytest.raises(StudentFailure) as failure:
        student.functions.f()
    return failure.value


def frame(*forms: Any, index: int = 2, span: Any = (3, 3, 11, 32)) -> tuple[Any, ...]:
    return index, span, list(zip(("x", "i", "y"), forms, strict=False))


MALFORMED = {
    "no list": 7,
    "no frame": ["x"],
    "too many frames": [frame(("none",))] * 5,
    "an index below 0": [frame(("none",), index=-1)],
    "a span of three": [frame(("none",), span=(1, 1, 1))],
    "a line below 0": [frame(("none",), span=(-1, 1, 1, 1))],
    "no form": [frame(7)],
    "an unknown form": [frame(("secret", 1))],
    "a form of nothing": [frame(())],
    "an array without a shape": [frame(("array", "float64"))],
    "an array of negative lengths": [frame(("array", "float64", (-1,)))],
    "an array of too many axes": [frame(("array", "float64", (1,) * 65))],
    "a length that is no int": [frame(("array", "float64", (True,)))],
    "a number that is a text": [frame(("number", "int", "7"))],
    "a number that is huge": [frame(("number", "int", 10**40))],
    "a row that is too long": [frame(("row", "list", 20, [("none",)] * 11))],
    "a row of no forms": [frame(("row", "list", 1, ["x"]))],
    "a table of no names": [frame(("table", 1, [(7, ("none",))]))],
    "too deep": [
        frame(("row", "list", 1, [("row", "list", 1, [("row", "list", 1, [("row", "list", 1, [("row", "list", 1, [])])])])]))
    ],
    "a name that is too long": [(2, (3, 3, 0, 0), [("x" * 101, ("none",))])],
    "a type that is too long": [frame(("other", "x" * 101))],
    "too many names": [(2, (3, 3, 0, 0), [("x", ("none",))] * 61)],
}


@pytest.mark.parametrize("frames", MALFORMED.values(), ids=MALFORMED)
def test_frames_of_another_form_are_no_answer(frames: Any) -> None:
    """whatever a worker would not say was sent by somebody else"""
    assert told(frames).reason is Reason.UNREADABLE


HUGE = ("array", "float64", (2**61,) * 32)
HOSTILE = {
    "huge arrays": [frame(HUGE, HUGE, HUGE)],
    "arrays of many axes": [frame(("array", "int64", (1,) * 64), ("array", "bool", (3,) * 32), HUGE)],
    "a huge number": [frame(("array", "int64", (3,)), ("number", "int", 2**63), ("number", "float", float("inf")))],
    "NaN as an index": [frame(("array", "int64", (3,)), ("number", "float", float("nan")), ("none",))],
    "a number that is not what it is called": [frame(("array", "int64", (3,)), ("number", "int", float("nan")), ("none",))],
    "a row that is longer than its parts": [frame(("row", "list", 2**61, []), ("number", "int", 5), ("row", "tuple", 3, []))],
    "escape sequences": [frame(("other", "\x1b[2J\u202e"), ("array", "\x1b[2J", (3,)), ("row", "\x1b", 1, [("none",)]))],
    "a type without a name": [frame(("other", ""), ("other", ""), ("other", ""))],
    "no values": [frame()],
    "a frame that is not there": [frame(HUGE, index=40)],
    "a frame of NumPy's": [frame(HUGE, index=1)],
    "frames out of order": [frame(HUGE, index=2), frame(HUGE, index=0, span=(2, 2, 8, 12)), frame(HUGE, index=2)],
    "a span from elsewhere": [frame(HUGE, span=(1, 2**31, 2**31, 0))],
}


@pytest.mark.parametrize("frames", HOSTILE.values(), ids=HOSTILE)
def test_forged_values_can_only_be_shown(frames: Any) -> None:
    """frames of the right form and any content give a text of sensible size, quickly, and never an error of the judge's"""
    start = time.process_time()
    for message in MESSAGES:
        failure = told(frames, message)
        assert failure.reason is Reason.RAISED
        assert len(str(failure)) < 4_000
        assert "\x1b" not in visible_block(str(failure), 14, 2_000)
    assert time.process_time() - start < 2.0


def test_a_forged_frame_is_refused_by_its_form_on_the_wire_too() -> None:
    """a form that is nested more deeply than the wire carries does not reach the check"""
    deep: Any = ("none",)
    for _ in range(40):
        deep = ("row", "list", 1, [deep])
    with pytest.raises(WireError):
        wire.pack({"frames": [frame(deep)]})
