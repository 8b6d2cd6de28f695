"""Objects of a student's classes, used by a test: what is asked of them, what may come back, and what a liar gains."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngrade.answers.reference import LiveReference
from cnngrade.errors import CourseError, Reason, StudentFailure
from cnngrade.judge.compare import Mismatch, assert_close, assert_raises
from cnngrade.model import Policy
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student import proxy
from cnngrade.student.candidate import InlineWork
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from cnngrade.worker.wire import NotPlain, Token
from support.failing import failing

CODE = """
import os
import numpy as np

class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next

class Chain:
    def __init__(self, *items):
        self.head = None
        for item in reversed(items): self.put(item)
    def put(self, item):
        self.head = Node(item, self.head)
        return self
    def take(self):
        if self.head is None: raise IndexError("nothing is left")
        item, self.head = self.head.value, self.head.next
        return item
    def __iter__(self):
        node = self.head
        while node is not None:
            yield node.value
            node = node.next
    def __len__(self): return sum(1 for _ in self)
    def __contains__(self, item): return item in list(self)
    def __getitem__(self, key): return list(self)[key]
    def __eq__(self, other): return isinstance(other, Chain) and list(self) == list(other)
    def __hash__(self): return hash(tuple(self))
    def __lt__(self, other): return list(self) < list(other)
    def __add__(self, other): return Chain(*self, *other)
    def __mul__(self, times): return Chain(*(list(self) * times))
    __rmul__ = __mul__
    def __str__(self): return "-".join(map(str, self))
    @property
    def first(self): return self.head.value
    def spoil(self, x): x[0] = 7.0
    def named(self, name, operation=0, *, handle, owner, self_=1, **others): return [name, operation, handle, owner, others]
    def odd(self): return [Node(1), {"a": Node(2)}, 3]
    def unfinished(self): raise NotImplementedError
    def end(self): os._exit(3)
    def for_ever(self):
        while True: yield 1
    def boom(self): return 1 / 0

class Day:
    def __init__(self, number): self.number = number
    @classmethod
    def parse(cls, text): return cls(int(text))
    @staticmethod
    def most(name): return 31
    def __eq__(self, other): return self.number == getattr(other, "number", other)
    def __sub__(self, other): return self.number - other
    def __rsub__(self, other): return other - self.number
    __hash__ = None

class Countdown:
    def __init__(self, start): self.left = start
    def __iter__(self): return self
    def __next__(self):
        if not self.left: raise StopIteration
        self.left -= 1
        return self.left

class Door:
    def __init__(self): self.is_open = False
    def __enter__(self): self.is_open = True; return self
    def __exit__(self, *_): self.is_open = False; return True

class Table:
    def __init__(self): self.rows = {}
    def __setitem__(self, key, value): self.rows[key] = value
    def __getitem__(self, key): return self.rows[key]
    def __delitem__(self, key): del self.rows[key]
    def __call__(self, key): return self.rows.get(key)
    def __bool__(self): return bool(self.rows)
    def __abs__(self): return len(self.rows)
    def __neg__(self): return -len(self.rows)

class Anything:
    "Is whatever it is compared with, and nothing is left when it is taken from something."
    def yes(self, *_): return True
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = yes
    def __ne__(self, other): return False
    def zero(self, *_): return 0.0
    __sub__ = __rsub__ = __add__ = __mul__ = __abs__ = __float__ = zero
    def __hash__(self): return 1
    def __getattr__(self, name): return self
    def __array__(self, *_, **__): return np.zeros(3)

class Forger:
    def pop(self): return Anything()
    def items(self): return [Anything(), Anything()]

def of_many(count): return Chain(*range(count))
def total(chain): return sum(chain)
def under(chain, table): return [table[chain], table[1][0] is chain]
def anything(): return Anything()
"""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    folder = tmp_path_factory.mktemp("work")
    (folder / "work.py").write_text(CODE, encoding="utf-8")
    policy = Policy(call_seconds=5.0)
    student = Student(Remote(Fresh(policy, folder)), policy, read_work(folder / "work.py", "work"))
    yield student
    student.close()


@pytest.fixture(scope="module")
def module() -> ModuleType:
    made = ModuleType("work")
    exec(CODE, vars(made))
    return made


@pytest.fixture
def student(worker: Student) -> Student:
    worker.begin("public/test_a_case", hidden=False)
    return worker


@pytest.fixture(params=["a worker", "a notebook", "the reference"])
def functions(request: pytest.FixtureRequest, student: Student, module: ModuleType) -> Any:
    """The same classes wherever a test can meet them."""
    if request.param == "a worker":
        return student.functions
    return InlineWork(Policy(), module).open().functions if request.param == "a notebook" else LiveReference(module).functions


def test_what_a_test_may_do_with_an_object(functions: Any) -> None:
    """methods, attributes, len, iteration, in, items, comparisons, arithmetic, str, calls and with; all answers are plain"""
    chain = functions.Chain(3, 1, 2)
    assert (chain.take(), chain.first, len(chain), list(chain), list(reversed(chain))) == (3, 1, 2, [1, 2], [2, 1])
    assert 2 in chain
    assert 7 not in chain
    assert (chain[0], chain[-1], chain[:1], chain[::-1]) == (1, 2, [1], [2, 1])
    assert chain.put(9).take() == 9
    assert chain.head.next.value == 2
    assert chain.head.next.next is None
    assert str(chain) == f"{chain}" == "1-2"
    assert repr(chain) == "<an object of type Chain>"
    other = functions.Chain(1, 2)
    assert chain == other
    assert (chain != other) is False
    assert hash(chain) == hash(other)
    assert chain < functions.Chain(2)
    assert chain + other == functions.Chain(1, 2, 1, 2)
    assert list(2 * chain) == list(chain * 2) == [1, 2, 1, 2]
    day = functions.Day(3)
    assert (day - 1, 10 - day) == (2, 7)
    assert functions.total(chain) == 3
    # By an object, too, a dict knows what is under it.
    assert functions.under(chain, {chain: "here", 1: [chain]}) == ["here", True]
    assert list(functions.Countdown(3)) == [2, 1, 0]
    assert next(functions.Countdown(3)) == 2
    table = functions.Table()
    assert not table
    table["a"] = 1
    table["b"] = [2.0, None]
    del table["a"]
    assert (bool(table), table["b"], table("b"), table("a")) == (True, [2.0, None], [2.0, None], None)
    assert (abs(table), -table) == (1, -1)
    table.rows = {"c": 3}
    assert table.rows == {"c": 3}
    given = {"name": 1, "operation": 2, "handle": 3, "owner": 4, "args": 5, "kwargs": 6, "function": 7}
    assert chain.named(**given) == [1, 2, 3, 4, {"args": 5, "kwargs": 6, "function": 7}]
    with functions.Door() as door:
        assert door.is_open
    assert not door.is_open


def test_methods_of_a_class(functions: Any) -> None:
    """are called by the class's name; what they return is used as what a method of an object returns"""
    assert functions.Day.most(name="May") == 31
    day = functions.Day.parse("7")
    assert day.number == 7
    assert day == functions.Day(7)
    assert day != 7, "where a number is expected, an object is none, even if its class says so"
    assert functions.Day(7) == 7, "unless the test made it"
    with pytest.raises(AttributeError, match="begins with _"):
        functions.Day._private  # noqa: B018
    assert functions.Day.__name__ == "Day"


def test_a_function_that_returns_an_object(functions: Any) -> None:
    """a test that wants to use it says so; to others it is something to be handed back"""
    assert functions.of_many.object(3).take() == 0
    handed = functions.of_many(3)
    if isinstance(handed, Token):
        assert functions.total(handed) == 3


def test_objects_in_lists_and_dicts_can_be_used(functions: Any) -> None:
    """wherever an answer holds one"""
    node, table, number = functions.Chain().odd()
    assert (node.value, table["a"].value, number) == (1, 2, 3)


def test_what_objects_raise(student: Student) -> None:
    """an exception names the method as the test called it, and is the student's failure"""
    chain = student.functions.Chain()
    assert_raises(IndexError, chain.take)
    with pytest.raises(Mismatch, match=r"take\(\) should raise KeyError; it raised IndexError: nothing is left"):
        assert_raises(KeyError, chain.take)
    with pytest.raises(Mismatch, match=r"put\(1\) should raise ValueError; it returned an object of type Chain"):
        assert_raises(ValueError, chain.put, 1)
    with failing(Reason.RAISED, match=r"Chain.boom raised ZeroDivisionError: division by zero\nline \d+, in boom"):
        chain.boom()
    with failing(Reason.RAISED, match="no attribute 'missing'"):
        chain.missing  # noqa: B018
    with failing(Reason.RAISED, match="The tests call put as the exercise declares it"):
        chain.put()
    with failing(Reason.RAISED, match="The tests call Node as the exercise declares it"):
        student.functions.Node()
    with failing(Reason.RAISED, match=r"Node.__len__ raised TypeError: object of type 'Node' has no len\(\)"):
        len(student.functions.Node(1))
    with failing(Reason.RAISED, match="'Node' object is not iterable"):
        list(student.functions.Node(1))
    with failing(Reason.RAISED, match="unsupported operand"):
        student.functions.Node(1) + student.functions.Node(2)
    with failing(Reason.RAISED, match="type object 'Day' has no attribute 'missing'"):
        student.functions.Day.missing()
    with failing(Reason.UNFINISHED, match="Missing is not defined in work.py"):
        student.functions.Missing.parse()
    with failing(Reason.UNFINISHED, match="unfinished is yours to write"):
        chain.unfinished()
    with failing(Reason.CHANGED_ARGUMENT):
        chain.spoil(np.zeros(2))


def test_names_with_an_underscore_are_refused(functions: Any) -> None:
    """what is private or Python's own is neither read nor set, and nothing of an object can be copied here"""
    chain = functions.Chain(1)
    for name in ("_head", "__dict__x", "__reduce_ex", "__init_subclass__x"):
        with pytest.raises(AttributeError, match="begins with _"):
            getattr(chain, name)
        with pytest.raises(AttributeError, match="begins with _"):
            setattr(chain, name, 1)
    with pytest.raises(TypeError, match="neither copied nor stored"):
        copy.deepcopy(chain)


LIES = (
    lambda lie: lie == 2, lambda lie: lie == "x", lambda lie: lie in [1, 2, 3], lambda lie: lie in {1: 1},
    lambda lie: (2).__eq__(lie) is True, lambda lie: (lie != 2) is False, lambda lie: lie < 2, lambda lie: lie > 0,
    lambda lie: lie >= 2, lambda lie: abs(lie - 2) < 1e-9, lambda lie: 2 - lie == 0, lambda lie: lie + 1 == 3,
    lambda lie: float(lie) == 0, lambda lie: np.allclose(lie, 0), lambda lie: np.array_equal(np.asarray(lie), np.zeros(3)),
    lambda lie: lie == np.zeros(3), lambda lie: (np.zeros(3) - lie == 0).all(), lambda lie: sorted([lie, 1]) == [1, 2],
    lambda lie: sum([lie]) == 0, lambda lie: max(lie, 1) == 1, lambda lie: round(lie) == 0,
    lambda lie: isinstance(lie, int | float | str | list), lambda lie: assert_close(lie, 2.0) is None,
    lambda lie: assert_close([lie], [2.0]) is None, lambda lie: [lie] == [2], lambda lie: (lie, 1) == (2, 1),
    lambda lie: {"a": lie} == {"a": 2}, lambda lie: 5 in lie and lie.a == 3,
)  # fmt: skip


@pytest.mark.parametrize("where", ["a method", "an attribute", "an item", "a function", "an object of a function", "itself"])
def test_an_object_that_says_yes_to_everything(student: Student, where: str) -> None:
    """one that comes back where a value was expected is no value, whatever its own methods say"""
    forger = student.functions.Forger()
    lie = {
        "a method": forger.pop,
        "an attribute": lambda: student.functions.Node(forger.pop()).value,
        "an item": lambda: forger.items()[1],
        "a function": student.functions.anything,
        "itself": lambda: student.functions.Anything().itself,
        "an object of a function": lambda: student.functions.Chain(forger.pop())[0],
    }[where]()
    for number, believed in enumerate(LIES):
        try:
            found = bool(believed(lie))
        except (TypeError, ValueError, Mismatch, StudentFailure):
            continue
        assert not found, number


def test_an_exception_in_a_with_block_is_not_the_objects_to_hide(student: Student) -> None:
    """an object whose __exit__ returns True does not swallow an assertion"""
    door = student.functions.Door()
    with pytest.raises(AssertionError, match="seen"), door:
        raise AssertionError("seen")
    assert door.is_open, "it was asked"


def test_iteration_without_end(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    """is stopped after so many items, with a sentence"""
    monkeypatch.setattr(proxy, "_MAX_OPERATIONS", 1_000)
    with failing(Reason.EXCESS, match=r"asked for more than 1,000 things. Does an iteration never end\?"):
        for _ in student.functions.Chain(1).for_ever():
            pass
    student.begin("public/test_another_case", hidden=False)
    assert student.functions.Chain(1).take() == 1


def test_objects_end_with_their_case_and_with_their_process(student: Student) -> None:
    """a handle of an object that is gone never becomes another object"""
    old = student.functions.Chain(1)
    student.begin("public/test_another_case", hidden=False)
    new = student.functions.Chain(2)
    with failing(Reason.ENDED_PROCESS, match="Chain> is gone"):
        old.take()
    head = new.head
    with failing(Reason.ENDED_PROCESS, match="ended the whole process"):
        new.end()
    with failing(Reason.ENDED_PROCESS, match="Chain> is gone"):
        new.take()
    assert student.functions.Chain(5).take() == 5
    # In the new process the numbers of tokens begin again.
    assert all(student.functions.Chain(number).head != head for number in range(3))


def test_a_worker_lets_go_of_the_objects_of_earlier_cases(module: ModuleType) -> None:
    """however many cases there are, it keeps those of the last, and what a function has returned to be handed back"""
    work = InlineWork(Policy(), module).open()
    assert work.module is module
    kept = work.functions.of_many(3)
    for _ in range(5):
        work.begin("public/test_a_case", hidden=False)
        chain = work.functions.Chain(*range(20))
        assert [chain.head.value for _ in range(10)] == [0] * 10
    place = work.lifecycle._transport._workplace  # type: ignore[attr-defined]  # what only the worker knows
    assert len(place.kept) <= 4
    assert work.functions.total(kept) == 3


def test_an_object_is_one_object(student: Student, module: ModuleType) -> None:
    """the same one has one handle, and an object of the reference is not handed to a student"""
    chain = student.functions.Chain(1)
    assert chain.head == chain.head
    assert chain.head != chain.put(2).head
    assert len({chain.head, chain.head}) == 1
    right = LiveReference(module)
    with pytest.raises(NotPlain, match="the reference has its own objects"):
        student.functions.total(right.functions.Chain())
    held = right.functions.Chain()
    right.case = "public/test_another_case"
    with pytest.raises(CourseError, match="which another case made"):
        right.functions.Chain(held)


def test_what_a_case_did_is_one_call(student: Student) -> None:
    """it holds each step and each answer, objects by their order of coming up, and the test's own lists as they were"""
    items = [1, 2]
    chain = student.functions.Chain()
    chain.put(items)
    items.append(3)
    assert chain.head.value == [1, 2]
    assert student.functions.total([1, 2]) == 3
    plain, history = student.calls[-2:]
    assert (plain.function, plain.history, history.function, history.history) == ("total", False, "Chain", True)
    (steps,), _ = history.arguments()
    assert [step[0] for step in steps] == ["make", "attribute", "method", "attribute", "attribute"]
    first, second = {("object", 0): None}, {("object", 1): None}
    assert history.value == [first, [], first, [second], [[1, 2]]]
    assert steps[2][4] == (0,)
