"""What `verify` says of a unit with classes that is not sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.verify import verify
from support import other_course


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("solutions", "def push(self, item):", "def push(self, thing):", "Stack.push takes (self, item) in"),
        ("solutions", "def __len__(self):", "def size(self):", "Stack.__len__ takes (self) in"),
        ("solutions", "(self, numbers=()):", "(self, numbers=None):", "Tree.__init__ takes (self, numbers=())"),
        ("solutions", "class Stack:", "class Pile:", "there is no class Stack, which course.yml names"),
        ("exercises", "(2, 1)", "(1, 1)", "an example of Stack does not hold"),
        ("exercises", ">>> list(tree)", "list(tree)", "the docstring of Tree has no example"),
    ],
)  # fmt: skip
def test_a_class_that_is_not_its_stubs(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    """methods with the same arguments, and examples that hold, are asked of classes as of functions"""
    root = other_course.make_other_course(tmp_path)
    path = root / file / "stacks.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(">>> tree = Tree([3, 1, 2])", "tree = Tree([3, 1, 2])") if "list(tree)" in old else text
    path.write_text(text.replace(old, new), encoding="utf-8")
    course = load_course(root)
    (proof,) = verify(course, course.units[:1], lambda unit, step: None)
    assert any(said in finding.text for finding in proof.findings), proof.findings


def test_a_class_has_a_capital_letter(tmp_path: Path) -> None:
    """otherwise no test could call its methods"""
    root = other_course.make_other_course(tmp_path)
    for path in [path for path in root.rglob("*.py") if path.stem.endswith("stacks")] + [root / "course.yml"]:
        text = path.read_text(encoding="utf-8")
        is_test = path.stem == "test_stacks"
        path.write_text(text if is_test else text.replace("Tree", "tree"), encoding="utf-8")
    course = load_course(root)
    (proof,) = verify(course, course.units[:1], lambda unit, step: None)
    assert any("the class tree must begin with a capital letter" in finding.text for finding in proof.findings), proof.findings
