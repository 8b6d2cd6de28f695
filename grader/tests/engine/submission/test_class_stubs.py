"""Classes among a unit's stubs: which are written, and where their code goes."""

from __future__ import annotations

import pytest

from cnngrade.gradebook.top_level import defined, split
from cnngrade.submission.stubs import statement_digests, untouched, written
from cnngrade.worker.cells import Cell
from support import other_course

NAMES = ("Stack", "balanced", "Tree")
RELEASED = statement_digests([Cell(other_course.STACKS, "stacks.py")])


def found(source: str) -> set[str]:
    return set(written([Cell(source, "stacks.py")], "stacks", NAMES, RELEASED).functions)


STUB = other_course.STACKS[
    other_course.STACKS.index("class Stack:") : other_course.STACKS.index("# %% [markdown]\n# ## Brackets")
]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (other_course.STACKS, set()),
        ("class Stack:\n    pass\n", set()),
        ('class Stack:\n    """A pile of my own."""\n    ...\n', set()),
        (STUB.replace("A pile: items", "My pile: things"), set()),
        (STUB.replace("Put an item on top.", "Say nothing.").replace("push(self, item)", "push(self, thing)"), set()),
        (STUB.replace('raise NotImplementedError("push is yours to write")', "self.items.append(item)"), {"Stack"}),
        (STUB + "\n    def helper(self):\n        return 1\n", {"Stack"}),
        (STUB.replace("class Stack:", "class Stack(list):"), {"Stack"}),
        (other_course.stacks_script(Tree=other_course.TREE), {"Tree"}),
        ("class Stack:\n    def push(self, item):\n        self.items = [item\n", {"Stack"}),
        ("if True:\n" + "".join(f"    {line}\n" for line in other_course.STACK.splitlines()), {"Stack"}),
        ("from mine import Stack\n", {"Stack"}),
        ("Stack = list\n", {"Stack"}),
    ],
)  # fmt: skip
def test_which_classes_are_written(source: str, names: set[str]) -> None:
    """one of which any method does more than its stub, or that has more; what it says of itself is not work"""
    assert found(source) == names


def test_a_class_that_was_handed_out_is_known() -> None:
    """as functions are, so that nobody looks for mistakes in it"""
    assert untouched([Cell(other_course.STACKS, "stacks.py")], RELEASED) == set(NAMES)
    assert untouched([Cell(other_course.STACK, "stacks.py")], RELEASED) == set()


def test_a_cell_of_several_classes_is_cut_up() -> None:
    """each goes to its own cell of the graded notebook, with decorators and comments above it; also where it does not parse"""
    tree = other_course.TREE[other_course.TREE.index("class Tree") :]
    source = f"# mine\n{other_course.STACK}\n\n# and this\n@total_ordering\n{tree}"
    assert defined(source, NAMES) == ["Stack", "Tree"]
    first, second = split(source, NAMES)
    assert first.startswith("# mine\nclass Stack")
    assert second.startswith("# and this\n@total_ordering\nclass Tree")
    assert defined("class Stack:\n    def push(self, (:\n", NAMES) == ["Stack"]
