"""What a case did with objects, asked again: of the solution, of known mistakes, and from a recording."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngrade.answers.diagnosis import diagnose
from cnngrade.answers.evidence import Telling, telling, telling_of_history
from cnngrade.answers.fingerprint import fingerprint
from cnngrade.answers.knowledge import LiveKnowledge
from cnngrade.answers.recording import RecordingReference, save_answers
from cnngrade.answers.replay import RecordedKnowledge, Recording, ReplayReference
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.errors import Fault, Reason, StudentFailure
from cnngrade.findings.history_text import history_text
from cnngrade.model import Course, Policy
from cnngrade.student.history import LOST, History
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Inline
from cnngrade.worker.wire import pack
from support import other_course

QUEUE = "What came first goes first: that is a queue. A stack gives back what came last."


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(other_course.make_other_course(tmp_path_factory.mktemp("course")))


@pytest.fixture(scope="module")
def solution(course: Course) -> ModuleType:
    return load_module(course.root / "solutions" / "stacks.py", course.root)


@pytest.fixture(scope="module")
def live(course: Course, solution: ModuleType) -> LiveKnowledge:
    return LiveKnowledge(course, course.unit("stacks"), solution)


def student_of(**parts: str) -> Student:
    """Return a student whose code is the solution's with other parts."""
    module = ModuleType("work")
    for source in (other_course.RIGHT | parts).values():
        exec(source, vars(module))
    return Student(Inline(module), Policy())


def piled(student: Student, *items: Any, pops: int, case: str = "public/a") -> list[Any]:
    student.begin(case, hidden=False)
    pile = student.functions.Stack()
    for item in items:
        pile.push(item)
    return [pile.pop() for _ in range(pops)]


FIFO = {"Stack": other_course.STACK.replace("self.items.pop()", "self.items.pop(0)")}


def test_a_history_is_answered_by_the_solution_and_by_mistakes(live: LiveKnowledge) -> None:
    """the same steps, each with its answer; a mistake that answers all as the student did is named if that proves it"""
    student = student_of(**FIFO)
    piled(student, 1001, 1002, 1003, pops=3)
    (call,) = student.calls
    assert call.history
    assert live.right_value(call)[-3:] == [1003, 1002, 1001]
    names = {known.name: live.mistaken(call, known).agrees(fingerprint(call.value)) for known in live.mistakes("Stack")}
    assert names == {"Stack_that_is_a_queue": True, "Stack_shared": False, "Stack_that_peeks": False}
    assert diagnose(student.calls, live) == {}, "one case is no proof"
    piled(student, 7, 2.5, "x", 4711, pops=4, case="public/b")
    assert diagnose(student.calls, live) == {"public/a": {"Stack": QUEUE}, "public/b": {"Stack": QUEUE}}


@pytest.mark.parametrize(
    ("parts", "is_named"),
    [
        ({}, False),
        ({"Stack": FIFO["Stack"].replace("pop(0)", "pop(len(self.items) // 2)")}, False),
        ({"Stack": FIFO["Stack"].replace("return self.items.pop(0)", "return str(self.items.pop(0))")}, False),
        ({"Stack": FIFO["Stack"].replace("class Stack", "class Other: pass\n\nclass Stack")}, True),
        ({"Stack": FIFO["Stack"].replace("self.items.append(item)", "self.items.append(item); return self")}, False),
    ],
)
def test_another_fault_has_no_name(live: LiveKnowledge, parts: dict[str, str], is_named: bool) -> None:
    """what differs in one step of one case speaks against a mistake"""
    student = student_of(**parts)
    for case, first in {"a": 1001, "b": 2001, "c": 3001}.items():
        piled(student, *range(first, first + 4), pops=4, case=f"public/{case}")
    found = diagnose(student.calls, live)
    assert bool(found) is is_named


def test_objects_that_meet(live: LiveKnowledge) -> None:
    """objects inside of others, handed to functions and coming back keep their identity when the steps are made again"""
    student = student_of()
    student.begin("public/a", hidden=False)
    tree = student.functions.Tree([5, 3, 8])
    tree.root.left.value = 4
    assert list(tree) == [4, 5, 8]
    pile = student.functions.Stack()
    pile.push(tree)
    assert list(pile.pop()) == [4, 5, 8]
    (call,) = student.calls
    assert live.right_answer(call).agrees(fingerprint(call.value))
    assert call.value[0] == {("object", 0): None}
    assert {("object", 0): None} in call.value[1:], "the stack gave the tree back"


def test_an_answer_that_is_no_object_ends_what_can_be_asked(live: LiveKnowledge) -> None:
    """steps with an object that the solution does not return cannot be made again: nothing is claimed of them"""
    student = student_of(Tree=other_course.TREE.replace("self.root = None", "self.root = Node(0)"))
    student.begin("public/a", hidden=False)
    assert student.functions.Tree().root.value == 0
    (call,) = student.calls
    assert live.right_value(call)[-1] == LOST
    assert diagnose(student.calls, live) == {}


def test_what_ended_a_case_from_outside_is_its_last_step() -> None:
    """whatever a test asks after that is no part of what the objects did"""
    history, step = History("Stack"), pack({"args": (), "kwargs": {}})
    for came in (1, StudentFailure(Reason.UNSENDABLE, "cannot be sent"), 2):
        history.note("method", "pop", step, came)
    assert history.answers == [1, {("failed", Reason.UNSENDABLE.value): None}]
    assert len(history.steps) == 2


def test_a_recording_knows_a_case_that_ended_early(live: LiveKnowledge, solution: ModuleType, tmp_path: Path) -> None:
    """where an assertion ended a case after some of its steps, the recording names the mistake as the mistakes themselves do"""
    items = {"public/a": tuple(range(1001, 1008)), "public/b": tuple(range(2001, 2009))}
    right, wrong = student_of(), student_of(**FIFO)
    for case, given in items.items():
        piled(right, *given, pops=len(given), case=case)
    save_answers(tmp_path / "a.npz", RecordingReference(solution), right.calls, live)
    recorded = RecordedKnowledge(Recording(tmp_path / "a.npz"))
    for case, given in items.items():
        piled(wrong, *given, pops=3, case=case)
    named = {case: {"Stack": QUEUE} for case in items}
    assert diagnose(wrong.calls, live) == diagnose(wrong.calls, recorded) == named
    assert all(recorded.right_value(call) is None for call in wrong.calls)
    piled(wrong, 1, 2, 3, pops=3, case="public/a")
    assert recorded.right_answer(wrong.calls[-1]) is None, "of other inputs nothing was recorded"


def test_a_replayed_reference_answers_as_the_live_one(course: Course, solution: ModuleType, tmp_path: Path) -> None:
    """objects, what they hold, iteration and exceptions; other steps are not answered"""
    live = RecordingReference(solution)
    live.case = "public/a"

    def use(functions: Any) -> Iterator[Any]:
        tree = functions.Tree([2, 1, 3])
        yield list(tree)
        yield (tree.root.value, tree.root.left.value, tree.root.left.left, 2 in tree, 9 in tree)
        pile = functions.Stack()
        try:
            pile.pop()
        except IndexError as error:
            yield str(error)
        pile.push(np.arange(3.0))
        yield pile.pop().tolist()
        yield functions.balanced("()")

    right = list(use(live.functions))
    assert right == [[1, 2, 3], (2, 1, None, True, False), "the stack is empty", [0.0, 1.0, 2.0], True]
    save_answers(tmp_path / "a.npz", live, [], LiveKnowledge(course, course.unit("stacks"), solution))
    replayed = ReplayReference(Recording(tmp_path / "a.npz"))
    for _ in range(2):
        replayed.case = "public/a"
        assert list(use(replayed.functions)) == right
    replayed.case = "public/a"
    tree = replayed.functions.Tree([2, 1, 3])
    with pytest.raises(Fault, match="asks for an answer that was not recorded"):
        tree.insert(4)
    replayed.case = "public/a"
    with pytest.raises(Fault, match="makes other inputs on this machine"):
        replayed.functions.Tree([2, 1])


def test_steps_are_told_as_one_would_type_them() -> None:
    """by names for the objects; without what Python does by itself, and without numbers where these are not to be told"""
    student = student_of()
    student.begin("public/a", hidden=False)
    tree = student.functions.Tree([5, 3])
    assert tree.root.left.value == 3
    assert 3 in tree
    assert list(tree) == [3, 5]
    one, two = student.functions.Stack(), student.functions.Stack()
    one.push(tree)
    two.push(7)
    assert len(two) == 1
    (call,) = student.calls
    assert history_text(call, with_numbers=True).replace("\n    ", " ") == (
        "tree = Tree([5, 3]); tree.root.left.value; 3 in tree; list(tree); stack = Stack(); "
        "stack2 = Stack(); stack.push(tree); stack2.push(7); len(stack2)"
    )
    assert "5" not in history_text(call, with_numbers=False)
    piled(student, *range(100), pops=100, case="public/b")
    long = history_text(student.calls[-1], with_numbers=True)
    assert long.startswith("stack = Stack(); stack.push(0); ")
    assert long.endswith("stack.pop(); stack.pop()")
    assert len(long.splitlines()) <= 3
    assert "...;" in long
    student.begin("public/c", hidden=False)
    node = student.functions.Tree([*range(300)]).root
    for _ in range(250):
        node = node.right
    assert node.value == 250
    start = time.perf_counter()
    chain = history_text(student.calls[-1], with_numbers=True)
    assert time.perf_counter() - start < 1.0
    assert chain == "tree = Tree(...); ....value"


def test_lists_of_numbers_tell_as_much_as_arrays() -> None:
    """their order is what a function makes of its numbers; what is handed back as it came tells nothing"""
    right = fingerprint([1, 2, 3, 5000])
    assert telling([5000, 3, 2, 1], right, ([3, 2], [1, 5000])) is Telling.MUCH
    assert telling([3, 2, 1, 5000], right, ([3, 2, 1, 5000],)) is Telling.NOTHING
    assert telling([1, 1, 1, 1], right, ([3, 2],)) is Telling.NOTHING
    assert telling([0, 1, 0, 1], right, ([3, 2],)) is Telling.LITTLE
    assert telling([10**400, 1, 2, 3], right, ([3, 2],)) is Telling.MUCH
    assert telling_of_history([None, 3, 2, 1], fingerprint([None, 1, 2, 3])) is Telling.MUCH
    assert telling_of_history([None, 3], fingerprint([None, 1])) is Telling.LITTLE
    assert telling_of_history([None, True], fingerprint([None, False])) is Telling.NOTHING


def test_a_history_too_long_for_a_message_is_left_out() -> None:
    """its case is judged all the same"""
    student = student_of()
    given = [list(range(1_000))] * 250
    assert piled(student, *given, pops=1) == [given[0]]
    assert [call for call in student.calls if isinstance(call, Call)] == []


def test_more_objects_than_any_case_needs_are_not_written_down(live: LiveKnowledge) -> None:
    """the judge's memory is not for objects that a liar makes by the thousand; nothing is claimed of what came after"""
    many = "class Stack:\n    def pop(self): return [object() for _ in range(6_000)]\n"
    student = student_of(Stack=many)
    student.begin("public/a", hidden=False)
    pile = student.functions.Stack()
    assert [len(pile.pop()) for _ in range(4)] == [6_000] * 4
    (call,) = student.calls
    assert len(call.value) == 4
    assert diagnose([call], live) == {}
