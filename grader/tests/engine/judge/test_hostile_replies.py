"""A hostile worker answers every request of a judging as it likes: that is the student's failure, never ours, and no points.

The worker here is a connection that makes up its frames; all of the judge is real. What is made up begins with the form of an
honest reply, since what is merely random goes no further than its first field.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge.judgement import Judgement
from cnngrade.judge.pytest_session import in_pytest
from cnngrade.judge.session import JudgeSession
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Layer, Unit
from cnngrade.report.terminal import report_as_text
from cnngrade.sandbox.connection import Connection, WorkerExcess, WorkerGone, WorkerSilent
from cnngrade.student.candidate import remote
from cnngrade.submission.read import read_work
from cnngrade.worker import wire
from cnngrade.worker.operations import ON_WIRE, PREFIX
from cnngrade.worker.serve import Workplace
from support import tiny_course
from support.fuzzing import ANY_TEXT, ODD, fuzz
from support.places import CORPUS, ROOT

ARRAYS = st.one_of(
    hnp.arrays(
        st.sampled_from(["f8", "f4", ">f8", "f2", "i8", "u1", "?", "c16", "g"]),
        hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=3),
        elements={"allow_nan": True},
        fill=st.nothing(),
    ).filter(lambda array: array.dtype.kind != "V"),
    st.sampled_from([(0, 2**40), (2**31, 0), (1,) * 32, (100_000,), (300, 300)]).map(np.zeros),
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.sampled_from([value for value in ODD if value is not True]), ANY_TEXT, ARRAYS,
        st.builds(wire.Token, st.sampled_from([0, -1, 10**30]), ANY_TEXT), st.complex_numbers().map(np.complex128),
        st.sampled_from([np.float32("nan"), np.bool_(0), np.int8(-7)]),
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3), st.lists(parts, max_size=3).map(tuple), st.dictionaries(ANY_TEXT, parts, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip
"""What no test of these courses expects, be it of a type that may cross."""

OTHER_FLAGS = (1, 0, "yes", None, [], np.True_, np.zeros(2), "true")
OTHER_TIMES = (np.nan, np.inf, -1.0, 10**400, "0", 0, None, np.zeros(3), np.float64(0.001), [0.0], True)


class FakeConnection:
    """What a judge uses of a connection. Its frames are read by the judge's own reader."""

    replies = 0
    """How many replies were not an honest worker's."""

    def __init__(self) -> None:
        self._workplace = Workplace()

    def request(self, frame: bytes, seconds: float, wall_seconds: float) -> dict[str, Any]:
        return wire.unpack(self.answer(wire.unpack(frame)))

    def answer(self, message: dict[str, Any]) -> bytes:
        """Return the frame that answers a request."""
        return self._workplace.answer(message)

    def cpu_seconds(self) -> float:
        return 0.0

    def spent(self) -> float:
        return 0.0

    def missing_room(self, answered: bool = False) -> str:
        return ""

    def threads(self) -> int:
        return 0

    def printed(self) -> str:
        return ""

    def close(self) -> None:
        pass


class FakeSource:
    """Where such workers come from."""

    layers: tuple[Layer, ...] = ()

    def __init__(self, connect: Callable[[], FakeConnection]) -> None:
        self._connect = connect

    def start(self) -> Connection:
        return self._connect()  # type: ignore[return-value]  # it has all that a judge uses

    def close(self) -> None:
        pass


class OneFieldWrong(FakeConnection):
    """A worker of a right submission whose replies to one operation are wrong in one field; `MISSING` leaves it out."""

    def __init__(self, operation: str, field: str, value: Any) -> None:
        super().__init__()
        self._operation, self._field, self._value = operation, field, value

    def answer(self, message: dict[str, Any]) -> bytes:
        if message["op"] != self._operation:
            return super().answer(message)
        FakeConnection.replies += 1
        reply = wire.unpack(super().answer(message)) | {self._field: self._value}
        if self._value is MISSING:
            del reply[self._field]
        return wire.pack(reply)


class Hostile(FakeConnection):
    """A worker that makes up its replies, but for those to operations in which it is `honest`."""

    def __init__(self, unit: Unit, pool: Sequence[Any], chance: random.Random, honest: frozenset[str]) -> None:
        super().__init__()
        self._unit, self._pool, self._chance, self._honest = unit, pool, chance, honest

    def answer(self, message: dict[str, Any]) -> bytes:
        operation, identity = message["op"], message["id"]
        if operation in self._honest:
            return super().answer(message)
        FakeConnection.replies += 1
        if (end := self._chance.random()) < 0.05:
            ends = (WorkerGone("it ended"), WorkerSilent(1.0), WorkerSilent(1.0, waited=True), WorkerExcess("too much"))
            raise ends[int(80 * end)]
        reply = self._reply(operation, len(message.get("inputs") or ()))
        reply["id"] = identity
        for _ in range(self._chance.choice([0, 0, 1, 1, 2, 4])):
            self._spoil(reply)
        return self._framed(reply)

    def _any(self) -> Any:
        return self._chance.choice(self._pool)

    def _about_object(self, operation: str) -> dict[str, Any]:
        """Return a reply about an object, now and then of the form that it should have."""
        chance, token = self._chance, wire.Token(self._chance.choice([0, 1, -1, 10**30]), "Box")
        values: list[Any] = [self._any(), token, [token], [], [self._any()], self._any(), chance.choice([3, 2**61, False])]
        return {"value": chance.choice(values), "changed": False}

    def _reply(self, operation: str, count: int) -> dict[str, Any]:
        """Return a reply that has the right form and is of no use."""
        chance = self._chance
        if chance.random() < 0.15:
            reason = chance.choice(
                ["raised", "unfinished", "unsendable", "too-large", "over-memory", "fault", "over-time", "\ud800"]
            )
            trace = [("work.py", 1, "f", "x"), ("work.py", -1, "f", "x"), self._any()]
            forms = [
                ("number", "int", 2**61),
                ("array", "\x1b[2J", (2**61,) * 32),
                ("row", "x", 2**61, [self._any()]),
                self._any(),
            ]
            frames = [(chance.choice([0, 1, 49]), (1, 1, 0, 9), [("x", chance.choice(forms))]), self._any()]
            said = {"reason": reason, "message": "no", "kinds": ["Odd"], "trace": chance.sample(trace, 2)}
            return {"ok": False, **said, "frames": chance.sample(frames, chance.choice([0, 1, 2]))}
        forms: dict[str, Callable[[], dict[str, Any]]] = {
            "load": lambda: {
                "functions": [*self._unit.functions, self._any()],
                "others": [(self._unit.functions[0], "int")] if chance.random() < 0.5 else self._any(),
                "failures": [(chance.choice([0, -1, 10**30]), "no")],
            },
            "call": lambda: {"value": self._any(), "changed": False, "shared": False},
            "stage": dict,
            "answers": lambda: {"value": [self._any() for _ in range(chance.choice([1, 3, 0]))]},
            "sample": lambda: {"value": [self._any() for _ in range(count)], "seconds": chance.choice([*OTHER_TIMES, 1e-6])},
            "count": lambda: {"counts": [chance.choice([0, 10, -5, 2**70, 10**400]) for _ in range(3)]},
            "forget": dict,
            **{name: lambda: self._about_object(operation) for name in ON_WIRE},
        }
        if "Box" in self._unit.functions:
            made = {"value": wire.Token(chance.choice([0, 7]), "Box"), "changed": False, "shared": False}
            forms["call"] = lambda: chance.choice([made, made, made | {"value": self._any()}])
        return {"ok": True, **forms[operation]()}

    def _spoil(self, reply: dict[str, Any]) -> None:
        """Make one thing wrong: a type, a key, a size, the identity."""
        chance = self._chance
        key = chance.choice(list(reply) or ["ok"])
        match chance.choice([*4 * ["replace", "delete", "add", "id", "ok", "deep", "wrap"], "long"]):
            case "replace":
                reply[key] = self._any()
            case "delete":
                reply.pop(key, None)
            case "add":
                reply[chance.choice(["noticed", "kinds", "trace", "frames", "", "message", "\udfff", "worked"])] = self._any()
            case "id":
                reply["id"] = chance.choice(
                    [np.zeros(2), 7, 10**400, "7", None, True, float(2**61), [reply.get("id")], self._any()]
                )
            case "ok":
                reply["ok"] = chance.choice(OTHER_FLAGS)
            case "long":
                reply[key] = chance.choice([["x"] * 60_000, "x" * 100_000, [()] * 6_000, {str(n): n for n in range(4_000)}])
            case "deep":
                for _ in range(chance.choice([5, 29])):
                    reply[key] = [reply.get(key)]
            case "wrap":
                reply[key] = (reply.get(key),)

    def _framed(self, reply: dict[str, Any]) -> bytes:
        chance = self._chance
        try:
            data = bytearray(wire.pack(reply))
        except wire.WireError:
            data = bytearray(b"CNG1")
        if chance.random() < 0.1:
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(len(data))
                data[place : place + chance.choice([0, 1, 3])] = chance.choice([b"", b"\0", b"\xff\xff", b"[[", b"1e999"])
            if chance.random() < 0.3:
                del data[chance.randrange(len(data)) :]
        return bytes(data) or b"-"


def hostile(unit: Unit, pool: Sequence[Any], seed: int) -> FakeSource:
    """Return where hostile workers come from. Each takes its submission honestly: none of the student's code is there yet."""
    chance = random.Random(seed)
    # To reach what comes late, what comes before it must go well now and then.
    timed = [("load", "stage"), *3 * [("load", "stage", "answers")]]
    objects = [("load", "call"), ("load", "call", "object.method", "object.attribute")]
    well = chance.choice([(), *3 * [("load",)], *(objects if "Box" in unit.functions else timed)])
    return FakeSource(lambda: Hostile(unit, pool, chance, frozenset({"receive", *well})))


def in_session(course: Course, unit: Unit, answer: Path, test: Callable[[Callable[[FakeSource], Judgement]], None]) -> int:
    """Let `test` judge submissions of workers from the sources that it gives, in one session; return how many replies."""
    suite, work = Suite(course, unit, hidden=True, secret="k", open_gates=True, ask_seconds=0.2), read_work(answer, unit.name)
    before = FakeConnection.replies

    def run(cases: Sequence[Any], contexts: Any) -> None:
        session = JudgeSession(suite, suite.answers(), suite.chosen(cases, "tests"), contexts)
        session.rehearse()
        test(lambda source: session.judge(remote(course, work, source)))

    in_pytest(course, unit, suite.files(), run)
    return FakeConnection.replies - before


def judge_hostile(course: Course, unit: Unit, answer: Path, examples: int) -> int:
    """Judge as many hostile submissions and return how many hostile replies that took."""

    def test(judged: Callable[[FakeSource], Judgement]) -> None:
        @fuzz(examples)
        @given(st.lists(VALUES, min_size=1, max_size=8), st.integers(0, 2**32))
        def is_the_students(pool: list[Any], seed: int) -> None:
            judgement = judged(hostile(unit, pool, seed))
            report = judgement.report
            ends = [(end.case.id, end.verdict, end.for_student, end.for_staff) for end in report.outcomes]
            assert report.earned == 0.0, ends
            assert not [end for end in ends if end[1] in (Verdict.FAULT, Verdict.PASSED)]
            document = json.loads(json.dumps(judgement.to_json()))
            assert Judgement.from_json(document).to_json() == document
            report_as_text(report, colour=False, staff=True).encode()

        is_the_students()

    return in_session(course, unit, answer, test)


MISSING = object()
ANY_FIELD: dict[str, tuple[Any, ...]] = {
    "id": (MISSING, np.zeros(2), np.int64(7), 7, 1.5, "7", None, [7], {}, 10**400, True),
    "ok": (MISSING, 1, 0, "yes", None, np.True_, np.zeros(2), []),
    "noticed": ("text", [1], ["x" * 1001], ["x"] * 21, None, {"a": 1}, np.zeros(3), [["x"]], 10**400),
    "something": (1, None, np.zeros(2)),
    "worked": ([],),
}
FIELDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "load": {
        "functions": (
            MISSING,
            None,
            7,
            "double",
            ["double", 7],
            [["double"]],
            ["double"] * 50_001,
            ["x" * 1001],
            np.zeros(2),
            {},
        ),
        "others": (
            MISSING,
            None,
            7,
            [7],
            [("double",)],
            [("a", 1)],
            [(["a"], "b")],
            [["a", "b"]],
            np.zeros((2, 2)),
            {"a": "b"},
        ),
        "failures": (MISSING, None, 7, [7], [(1,)], [(-1, "x")], [(10**400, "x")], [(True, "x")], [(1.5, "x")], [(1, ["x"])]),
    },
    "call": {
        "value": (MISSING,),
        "changed": (MISSING, 1, 0, "no", None, np.False_, np.zeros(2), [], 10**400),
        "shared": (MISSING, 1, 0, "no", None, np.False_, np.zeros(2), [], 10**400),
    },
    "stage": {"value": (None,)},
    "answers": {"value": (MISSING, None, 7, "x", [], [1.0], (1.0, 2.0), np.zeros(3), {}, [None] * 1001, 10**400)},
    "sample": {
        "value": (MISSING, None, 7, "x", [], (1.0, 2.0), np.zeros(3), {}, [None] * 1001, 10**400),
        "seconds": (
            MISSING,
            None,
            "0",
            -1.0,
            0,
            True,
            math.nan,
            math.inf,
            -math.inf,
            10**400,
            [0.1],
            np.zeros(1),
            np.float64(0.1),
        ),
    },
    "count": {
        "counts": (
            MISSING,
            None,
            7,
            "x",
            [],
            ["x"],
            [1.5] * 3,
            [10**400] * 3,
            [-1, 10, 20],
            [True] * 3,
            np.zeros(3),
            [1] * 1001,
        )
    },
}


BOX = """\
class Box:
    def __init__(self, *items):
        self.items, self.label = list(items), "box"

    def put(self, item):
        self.items.append(item)

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __contains__(self, item):
        return item in self.items

    def __getitem__(self, key):
        return self.items[key]

    def __setitem__(self, key, value):
        self.items[key] = value

    def __delitem__(self, key):
        del self.items[key]

    def __eq__(self, other):
        return isinstance(other, Box) and self.items == other.items

    def __lt__(self, other):
        return self.items < other.items

    def __le__(self, other):
        return self.items <= other.items

    def __hash__(self):
        return len(self.items)

    def __add__(self, other):
        return Box(*self.items, *other.items)

    def __neg__(self):
        return -sum(self.items)

    def __call__(self, number):
        return self.items[0] * number

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.items.clear()

    def __str__(self):
        return " ".join(map(str, self.items))
"""
"""A class with which everything can be done."""


USES = {
    "method attribute getitem": "box.put(b); assert box[1] == b",
    "slice": "assert box[:] == [a]",
    "len": "assert len(box) == 1",
    "iter next": "assert [*box, b] == [a, b]",
    "contains": "assert a in box and b not in box",
    "setitem": "box[0] = b; assert box[0] == b",
    "delitem": "del box[0]; assert not box.items",
    "eq ne": "assert box == student.Box(a) and box != student.Box(b)",
    "lt le": "assert student.Box(0) < box and not box < student.Box(0) and box <= box",
    "gt ge": "assert box > student.Box(0) and not student.Box(0) > box and box >= box",
    "hash": "assert hash(student.Box(a, b)) == 2",
    "add": "assert list(box + student.Box(b)) == [a, b]",
    "neg": "assert -box == -a",
    "invoke": "assert box(b) == a * b",
    "enter exit": "with box as inner: assert inner[0] == a\n    assert len(box) == 0",
    "str": "assert str(box) == str(a)",
    "set": "box.label = str(b); assert box.label == str(b)",
    "bool": "assert bool(box) and not student.Box()",
}
"""What a test does with a box of one number, by the operations that it asks for."""


def course_of_objects(root: Path) -> Course:
    """Return a course of the unit `scaling` with a class, whose tests ask for each operation."""
    tiny_course.make_course(root)
    book = tiny_course.COURSE_YML.replace("[double, triple]", "[Box]").replace("points: 6", "points: 2")
    tests = 'from cnngrade import points\n\n\n@points(1)\ndef test_Box(student, rng):\n    """everything"""\n'
    for use in USES.values():
        tests += f"    a, b = rng.integers(10**6, 10**9, 2).tolist()\n    box = student.Box(a)\n    {use}\n"
    # What is let go of is what an earlier case has made.
    tests += '\n\n@points(1)\ndef test_Box_again(student):\n    """once more"""\n    assert len(student.Box(1, 2)) == 2\n'
    files = {
        "course.yml": book, "solutions/scaling.py": BOX, "autograde_tests/mistakes/scaling.py": "",
        "autograde_tests/public/test_scaling.py": tests, "autograde_tests/hidden/test_scaling.py": "",
    }  # fmt: skip
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return load_course(root)


NO_FLAG = (MISSING, None, 1, "True", np.True_)
NO_NUMBER = (MISSING, None, 1.0, True, np.int64(1), 2**70, -(2**70))
NO_LIST_OF_ONE = (MISSING, None, (1,), [1, 1], np.zeros(1), "x")
OF_OBJECTS = {
    f"{PREFIX}{name}": {"value": (MISSING,), "changed": (MISSING,)} for names in USES for name in names.split()
} | {
    "object.eq": {"value": NO_FLAG, "changed": (MISSING, 1, None, np.False_, 10**400)},
    "object.contains": {"value": NO_FLAG},
    "object.len": {"value": NO_NUMBER},
    "object.hash": {"value": NO_NUMBER},
    "object.next": ANY_FIELD | {"value": NO_LIST_OF_ONE, "shared": (False,)},
    "object.attribute": {"value": NO_LIST_OF_ONE},
    "object.str": {"value": (MISSING, 1, ["x"], None, "x" * 100_001)},
    "forget": ANY_FIELD | {"value": (None,)},
}  # fmt: skip


def counted_course(root: Path) -> Course:
    """Return the tiny course with a budget whose loops are counted, so that every operation is asked for."""
    tiny_course.add_budget(tiny_course.make_course(root))
    tests = root / "autograde_tests" / "public" / "test_scaling.py"
    timed = "lambda rng: (rng.normal(size=100_000),)"
    text = tests.read_text(encoding="utf-8")
    assert timed in text
    tests.write_text(text.replace(timed, f"{timed}, lambda rng, N: (rng.normal(size=N),), N=2"), encoding="utf-8")
    return load_course(root)


@pytest.mark.slow
def test_each_field_of_each_reply(tmp_path: Path) -> None:
    """a field that is missing, or of another type, range or size, makes the reply one that cannot be read"""
    course = counted_course(tmp_path / "course")
    answer = tmp_path / "scaling.py"
    answer.write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")

    def test(judged: Callable[[FakeSource], Judgement]) -> None:
        assert judged(FakeSource(FakeConnection)).report.earned == 6.0
        for operation, fields in FIELDS.items():
            for field, values in (ANY_FIELD | fields).items():
                for value in values:
                    report = judged(FakeSource(lambda made=(operation, field, value): OneFieldWrong(*made))).report
                    where = operation, field, value, [(end.verdict, end.for_student, end.for_staff) for end in report.outcomes]
                    assert report.earned is not None, where
                    # Inputs are sent with what needs them first; alone they are sent to a worker that was started again.
                    assert report.earned < 6.0 or operation == "stage", where
                    assert Verdict.FAULT not in {end.verdict for end in report.outcomes}, where

    assert in_session(course, course.units[0], answer, test) > 300


def test_each_field_of_each_reply_about_objects(tmp_path: Path) -> None:
    """so it is with every operation on an object: a reply of another form costs the case that asked, and is no fault"""
    course = course_of_objects(tmp_path / "course")
    answer = tmp_path / "scaling.py"
    answer.write_text(BOX, encoding="utf-8")

    def test(judged: Callable[[FakeSource], Judgement]) -> None:
        assert judged(FakeSource(FakeConnection)).report.earned == 2.0
        for operation, fields in OF_OBJECTS.items():
            for field, values in fields.items():
                for value in values:
                    report = judged(FakeSource(lambda made=(operation, field, value): OneFieldWrong(*made))).report
                    where = operation, field, value, [(end.verdict, end.for_student, end.for_staff) for end in report.outcomes]
                    assert report.earned is not None, where
                    assert report.earned < 2.0, where
                    assert Verdict.FAULT not in {end.verdict for end in report.outcomes}, where

    assert in_session(course, course.units[0], answer, test) > 100


@pytest.mark.slow
def test_a_hundred_replies_about_objects(tmp_path: Path) -> None:
    """each of a hundred made-up replies about objects, to tokens of any number, earns nothing and is no fault"""
    course = course_of_objects(tmp_path / "course")
    answer = tmp_path / "scaling.py"
    answer.write_text(BOX, encoding="utf-8")
    assert judge_hostile(course, course.units[0], answer, 50) > 100


def test_a_few_hundred_replies(tmp_path: Path) -> None:
    """each of a few hundred hostile replies, to any request, is the student's failure and earns nothing"""
    course = counted_course(tmp_path / "course")
    answer = tmp_path / "scaling.py"
    answer.write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    assert judge_hostile(course, course.units[0], answer, 50) > 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "answer"), [("convolution", "einsum_windows"), ("learning", "einsum"), ("classifier", "step_by_step")]
)
def test_ten_thousand_replies(unit: str, answer: str) -> None:
    """the same with ten thousand of them, before the tests of this course"""
    course = load_course(ROOT)
    assert judge_hostile(course, course.unit(unit), CORPUS / unit / f"{answer}.py", 250) > 3_500
