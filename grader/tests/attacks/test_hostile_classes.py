"""Classes that lie, never end, end everything or forge what is on the wire: each costs its own cases, and is no fault.

A test uses objects step by step, so there is more to lie about than a value: a length, a truth value, a name, the next item.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.report.json import report_to_json
from cnngrade.report.terminal import report_as_text
from cnngrade.sandbox.confined import Warm
from cnngrade.student.candidate import Candidate, candidate
from support.other_course import POINTS, RIGHT, make_other_course, stacks_script
from support.sandboxes import sandboxes_here
from support.sweeps import sweep

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")

STACK, TREE = RIGHT["Stack"], RIGHT["Tree"]
WITHOUT_ITER = TREE.partition("    def __iter__")[0]
POPPED = "return self.items.pop()"
FORGED = "import sys\n{stack}\nsys.modules['cnngrade.worker.operations'].ON_WIRE['object.len'] = lambda owner: {length}\n"
TOKEN = "{stack}\nimport sys\nStack.pop = lambda self: sys.modules['cnngrade.worker.wire'].Token({number}, {kind})\n"
NAMED = "class Meta(type):\n    __name__ = property(lambda self: {name})\n\n\n{stack}"


def popping(value: str, beside: str = "") -> str:
    """Return a stack whose pop returns something else."""
    return f"{STACK.replace(POPPED, f'return {value}')}\n{beside}"


def with_meta(name: str) -> str:
    return NAMED.format(name=name, stack=STACK.replace("class Stack:", "class Stack(metaclass=Meta):"))


YES = """
class Yes(int):
    __eq__ = __bool__ = __lt__ = lambda self, *_: True
    __hash__ = __index__ = __len__ = lambda self: 1
"""

OF_STACK: Mapping[str, str] = {
    "a length below nothing": FORGED.format(stack=STACK, length="-1"),
    "a length for ever": FORGED.format(stack=STACK, length="2**62"),
    "a length that is a flag": FORGED.format(stack=STACK, length="True"),
    "a name with a NUL on the wire": TOKEN.format(stack=STACK, number=0, kind=r"'a\0b'"),
    "a name that is half a character": TOKEN.format(stack=STACK, number=0, kind=r"'\ud800'"),
    "a name that is none": TOKEN.format(stack=STACK, number=0, kind="None"),
    "a name of escapes": TOKEN.format(stack=STACK, number=0, kind=r"'\x1b[2J<script>alert(1)</script>' * 1000"),
    "an object of another number": TOKEN.format(stack=STACK, number=10**30, kind="'int'"),
    "a metaclass with a NUL": with_meta(r"'a\0b'"),
    "a metaclass without a name": with_meta("None"),
    "itself": popping("self"),
    "what equals everything": popping("Yes()", YES),
    "what equals everything, in a list": popping("[Yes()] * 9", YES),
    "five thousand objects": popping("[Stack() for _ in range(5_000)]"),
    "a nest": popping("functools.reduce(lambda inner, _: [inner], range(5_000), [])", "import functools"),
    "itself without end": popping("self.pop()"),
    "a function": popping("lambda: 0"),
    "a sleep": STACK.replace("return len(self.items)", "import time; time.sleep(60)"),
    "an end": STACK.replace("self.items.append(item)", "import os; os._exit(0)"),
    "an end by an exception": STACK.replace("self.items.append(item)", "raise GeneratorExit"),
    "an end at the end": f"{STACK}\n    def __del__(self):\n        import os; os._exit(3)\n",
    "every name": f"{STACK}\n    def __getattribute__(self, name): return lambda *_: 0\n",
    "a keeper of nothing": "class Stack:\n    push = lambda *_: None\n    pop = push\n    __len__ = lambda *_: 0\n",
    "a worker that agrees": (
        "class Agrees(dict):\n    __contains__ = lambda *_: True\n    __getitem__ = lambda *_: lambda *_: True\n"
        f"import sys\n{STACK}\nsys.modules['cnngrade.worker.operations'].ON_WIRE = Agrees()\n"
    ),
}  # fmt: skip

OF_TREE: Mapping[str, str] = {
    "an honest length for ever": f"{TREE}\n    def __len__(self): return 2**60\n",
    "a long honest length": f"{TREE}\n    def __len__(self): return 10**9\n",
    "numbers without end": f"{WITHOUT_ITER}    def __iter__(self):\n        while True: yield 1\n",
    "large items without end": f"{WITHOUT_ITER}    def __iter__(self):\n        while True: yield 'x' * 10**6\n",
    "no iterator": f"{WITHOUT_ITER}    def __iter__(self):\n        raise StopIteration\n",
    "nodes without end": TREE.replace("self.root = None", "self.root = Node(1); self.root.left = self.root.right = self.root"),
    "numbers that are all there": TREE.replace("return node is not None", "return True"),
}


EARNED: Mapping[str, float] = {
    "an end at the end": 4.0, "an honest length for ever": 2.0, "a long honest length": 2.0, "numbers without end": 2.0,
    "no iterator": 2.0, "numbers that are all there": 4.0,
}  # fmt: skip
"""The points of the cases that do not come upon the attack: without an entry, all of them do."""


@pytest.fixture(scope="module")
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Report]:
    """The reports on the selected ones by title, each followed by one on right work, all judged in one session."""
    selected = {item.callspec.params.get("title") for item in request.session.items if hasattr(item, "callspec")}
    root = tmp_path_factory.mktemp("classes")
    course = load_course(make_other_course(root / "course"))
    course = replace(course, policy=replace(course.policy, submission_seconds=20.0, call_seconds=1.0))
    unit = course.units[0]
    attacks = {title: {"Stack": text} for title, text in OF_STACK.items()}
    attacks |= {title: {"Tree": text} for title, text in OF_TREE.items()}
    attacks = {title: parts for title, parts in attacks.items() if title in selected}
    found: dict[str, Report] = {}
    with contextlib.closing(Warm(course.policy, sandboxes_here()[0])) as source:

        def candidates() -> Iterator[Candidate]:
            for number, (title, parts) in enumerate(attacks.items()):
                for name, work in ((title, RIGHT | parts), (f"after {title}", RIGHT)):
                    folder = root / f"{number}-{len(work)}-{name.startswith('after')}"
                    folder.mkdir()
                    (folder / f"{unit.name}.py").write_text(stacks_script(**work), encoding="utf-8")
                    yield candidate(course, folder / f"{unit.name}.py", unit, name, source)

        def take(report: Report) -> None:
            found[report.submission.student] = report

        judge_many(Suite(course, unit, hidden=True), candidates(), take)
    return found


FAST = {
    "a length for ever", "a name of escapes", "an object of another number", "a metaclass with a NUL", "itself",
    "what equals everything", "a nest", "an end", "an end at the end", "every name", "a worker that agrees",
    "an honest length for ever", "numbers without end", "nodes without end", "numbers that are all there",
}  # fmt: skip
"""Of each kind, what asks most of the judge: lengths, names, objects, ends, and what has no end."""


@pytest.mark.parametrize("title", sweep([*OF_STACK, *OF_TREE], FAST))
def test_a_hostile_class(title: str, reports: Mapping[str, Report]) -> None:
    """it gets no points for what it did not do, is no fault, can be told, and the next submission gets all of its points"""
    report, after = reports[title], reports[f"after {title}"]
    text = report_as_text(report, colour=False, staff=True)
    assert report.earned is not None, text
    assert Verdict.FAULT not in {outcome.verdict for outcome in report.outcomes}, text
    attacked = "Stack" if title in OF_STACK else "Tree"
    earned = sum(outcome.earned for outcome in report.outcomes if outcome.case.function == attacked)
    assert earned <= EARNED.get(title, 0.0), text
    assert text.replace("\n", "").isprintable()
    assert " at 0x" not in text
    assert len(json.dumps(report_to_json(report))) < 100_000
    assert report.seconds < 40.0
    assert after.earned == after.possible == sum(POINTS.values())
