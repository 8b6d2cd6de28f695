"""What `verify` says of a unit with classes that is not sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.verify import verify
from support import other_course
from support.sweeps import sweep

SOLUTION = {
    "def push(self, item):": ("def push(self, thing):", "Stack.push takes (self, item) in"),
    "def __len__(self):": ("def size(self):", "Stack.__len__ takes (self) in"),
    "(self, numbers=()):": ("(self, numbers=None):", "Tree.__init__ takes (self, numbers=())"),
    "def balanced(": ("def is_balanced(", "there is no function balanced, which course.yml names"),
}
OTHER_SOLUTION = {
    "class Stack:": ("class Pile:", "there is no class Stack, which course.yml names"),
    "def insert(self, number):": ("def _insert(self, number):", "Tree.insert takes (self, number) in"),
}
LESSON = {
    "(2, 1)": ("(1, 1)", "an example of Stack does not hold"),
    ">>> balanced(": ("balanced(", "the docstring of balanced has no example"),
    '"""Numbers in order, each once.\n': ('"""Numbers.\n\n    >>> 1\n    2\n', "an example of Tree does not hold"),
}


@pytest.mark.parametrize(
    ("file", "faults"),
    sweep([("solutions", SOLUTION), ("solutions", OTHER_SOLUTION), ("exercises", LESSON)], [("exercises", LESSON)]),
)
def test_a_class_that_is_not_its_stubs(tmp_path: Path, file: str, faults: dict[str, tuple[str, str]]) -> None:
    """methods with the same arguments, and examples that hold, are asked of classes as of functions; each fault is told"""
    root = other_course.make_other_course(tmp_path)
    path = root / file / "stacks.py"
    text = path.read_text(encoding="utf-8")
    for old, (new, _) in faults.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    course = load_course(root)
    (proof,) = verify(course, course.units[:1], lambda unit, step: None)
    for _, said in faults.values():
        assert any(said in finding.text for finding in proof.findings), (said, proof.findings)


@pytest.mark.parametrize(("old", "new"), [("Tree", "tree"), ("balanced", "Balanced")])
def test_a_class_has_a_capital_letter(tmp_path: Path, old: str, new: str) -> None:
    """and a function has none: otherwise a test would call methods of what has none, or none of what has some"""
    root = other_course.make_other_course(tmp_path)
    for path in [path for path in root.rglob("*.py") if path.stem.endswith("stacks")] + [root / "course.yml"]:
        text = path.read_text(encoding="utf-8")
        is_test = path.stem == "test_stacks"
        path.write_text(text if is_test else text.replace(old, new), encoding="utf-8")
    course = load_course(root)
    (proof,) = verify(course, course.units[:1], lambda unit, step: None)
    assert any(f"{new} is not named as what it is: a class must" in finding.text for finding in proof.findings), proof.findings
