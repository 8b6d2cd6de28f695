"""A function taken out of a submission, with what it needs and nothing else; and answers in a few words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngrade.errors import Reason, StudentFailure, StudentRaised
from cnngrade.findings.excerpt import excerpt
from cnngrade.findings.in_few_words import in_few_words
from cnngrade.model import Submission
from cnngrade.submission.read import Work, script_cells
from cnngrade.worker.cells import OwnModule


def taken_out(text: str, *modules: OwnModule) -> str:
    path = Path("f.py")
    return excerpt(Work(Submission("", "f", path, ""), tuple(script_cells(text, "f.py")), modules=modules), "f")


KEPT = {
    "a helper and what that needs": (
        "import math, os\nK = 2\nL = K + 1\ndef g(x):\n    return L * math.pi\ndef h(): pass\ndef f(x):\n    return g(x)\n",
        "import math, os\n\nK = 2\n\nL = K + 1\n\ndef g(x):\n    return L * math.pi\n\ndef f(x):\n    return g(x)\n",
    ),
    "no comment, docstring or other cell": (
        '# %%\n"""Written by Ada."""\n# Ada\nADA = "ada"\n# %%\ndef f(x):\n    """Ada says."""\n    return x  # by Ada\n',
        "def f(x):\n    return x\n",
    ),
    "the last of several definitions": ("def f(x):\n    return 1\n\ndef f(x):\n    return 2\n", "def f(x):\n    return 2\n"),
    "both, where one is made of the other": (
        "def f(x):\n    return 1\n\nf = lambda x, old=f: old(x) + 1\n",
        "def f(x):\n    return 1\n\nf = lambda x, old=f: old(x) + 1\n",
    ),
    "both, where something is made of the first in between": (
        "def f(x):\n    return 1\n\nold = f\n\ndef f(x):\n    return old(x)\n",
        "def f(x):\n    return 1\n\nold = f\n\ndef f(x):\n    return old(x)\n",
    ),
    "what is done to what it uses": (
        "seen = []\nother = []\nseen.append(1)\nother.append(2)\nseen[0] = 3\ndef f(x):\n    return seen[0]\n",
        "seen = []\n\nseen.append(1)\n\nseen[0] = 3\n\ndef f(x):\n    return seen[0]\n",
    ),
    "decorators, defaults and annotations": (
        "from functools import cache as kept\nONE = 1\nT = int\n@kept\ndef f(x: T, y=ONE):\n    return x + y\n",
        "from functools import cache as kept\n\nONE = 1\n\nT = int\n\n@kept\ndef f(x: T, y=ONE):\n    return x + y\n",
    ),
    "a name of its own is not one outside": (
        "x = 1\ny = 2\ndef f(x):\n    y = x\n    return y\n",
        "def f(x):\n    y = x\n    return y\n",
    ),
    "what is bound within if, try and with": (
        "try:\n    import numba as fast\nexcept ImportError:\n    fast = None\ndef f(x):\n    return fast\n",
        "try:\n    import numba as fast\nexcept ImportError:\n    fast = None\n\ndef f(x):\n    return fast\n",
    ),
    "two that call each other": (
        "def f(x):\n    return g(x - 1) if x else 0\ndef g(x):\n    return f(x)\n",
        "def f(x):\n    return g(x - 1) if x else 0\n\ndef g(x):\n    return f(x)\n",
    ),
    "a lambda": ("a = 3\nf = lambda x: x * a\n", "a = 3\n\nf = lambda x: x * a\n"),
    "a class": (
        "def f(x):\n    return C(x).y\nclass C:\n    '''Doc.'''\n",
        "def f(x):\n    return C(x).y\n\nclass C:\n    pass\n",
    ),
    "imports from the future come first": (
        "# %%\nK = 1\n# %%\nfrom __future__ import annotations\ndef f(x: K):\n    return x\n",
        "from __future__ import annotations\n\nK = 1\n\ndef f(x: K):\n    return x\n",
    ),
    "cells that are no Python are left out": (
        "# %%\nthis is none\n# %%\ndef f(x):\n    return x\n",
        "def f(x):\n    return x\n",
    ),
    "what a star may bring": (
        "from a import *\nif True:\n    from b import *\nK = 1\ndef f(x):\n    return array(x)\n",
        "from a import *\n\nif True:\n    from b import *\n\ndef f(x):\n    return array(x)\n",
    ),
    "nothing that cannot be written out": (f"K = 0x{'f' * 6000}\ndef f(x):\n    return x + K\n", ""),
    "nothing where there is no such function": ("def g(x):\n    return x\n", ""),
    "nothing of what nobody would read": (f"def f(x):\n    return {'[' + '1, ' * 20_000 + ']'}\n", ""),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_is_taken_out(what: str) -> None:
    """what the function needs of its submission is there, in order, and nothing else"""
    text, kept = KEPT[what]
    assert taken_out(text) == kept


def test_modules_of_the_students_own() -> None:
    """what is imported from them is put in its place"""
    module = OwnModule("tools", "tools.py", "STEP = 2\ndef step(x):\n    return x + STEP\n", False)
    text = "from tools import step, step as go\ndef f(x):\n    return go(x)\n"
    assert (
        taken_out(text, module) == "STEP = 2\n\ndef step(x):\n    return x + STEP\n\ngo = step\n\ndef f(x):\n    return go(x)\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "import tools\ndef f(x):\n    return tools.step(x)\n",
        "import kit.tools as t\ndef f(x):\n    return t.step(x)\n",
        "from kit import tools\ndef f(x):\n    return tools.step(x)\n",
        "from kit.tools import step\ndef f(x):\n    import tools\n    return step(x)\n",
        "def f(x):\n    from tools import step\n    return step(x)\n",
        "try:\n    from tools import step\nexcept ImportError:\n    step = abs\ndef f(x):\n    return step(x)\n",
        "from . import tools\ndef f(x):\n    return tools.step(x)\n",
    ],
)
def test_what_needs_a_module_of_the_students_own(text: str) -> None:
    """of a function that needs such a module by its name nothing is taken out: alone it would not run"""
    step = "def step(x):\n    return x\n"
    modules = [OwnModule(*named, False) for named in (
        ("tools", "tools.py", step), ("kit", "kit/__init__.py", ""), ("kit.tools", "kit/tools.py", step)
    )]  # fmt: skip
    assert taken_out(text, *modules) == ""
    assert taken_out(f"{text}\ndef f(x):\n    return x\n", *modules) == "def f(x):\n    return x\n"


@pytest.mark.parametrize("deep", ["-" * 20_000 + "x", "x" + ".y" * 20_000, "(" * 300 + "x" + ")" * 300, "x" + "+x" * 20_000])
def test_a_deep_expression_takes_nothing_down(deep: str) -> None:
    """of code as deep as no reader of Python likes nothing is taken out"""
    assert taken_out(f"def f(x):\n    return {deep}\n") == ""


ROW = np.arange(20.0)
WORDS = {
    "a small array": (np.array([1.0, 2.5]), np.array([1.0, 2.0]), "[1. , 2.5]"),
    "the first number that differs": (ROW + (ROW > 6), ROW, "8 at [7]"),
    "another shape": (ROW, ROW.reshape(4, 5), "an array of shape (20,), float64"),
    "another kind of numbers": (ROW.astype(int), ROW, "an array of shape (20,), int64"),
    "no number differs": (ROW, ROW, "an array of shape (20,), float64"),
    "a part of a tuple": ((1, np.array([3])), (1, np.array([4])), "part 1: [3]"),
    "a part of a part": ([{"a": np.ones(2)}], [{"a": np.zeros(2)}], "part 0: 'a': [1., 1.]"),
    "nothing": (None, ROW, "None"),
    "a long list": (list(range(100)), None, "a list of 100"),
    "an exception": (StudentRaised("", ("ValueError",), "not\n\x1b[31mthis"), 1, "ValueError: not \\x1b[31mthis"),
    "no answer": (StudentFailure(Reason.OVER_TIME, "f gave no answer."), 1, "f gave no answer."),
    "a hostile text": ("\u202e<script>", 1, "'\\u202e<script>'"),
    "a number that is none": (float("nan"), 1.0, "nan"),
    "a long text": (StudentRaised("", ("E",), "x" * 500), 1, "E: " + "x" * 113 + " ..."),
}


@pytest.mark.parametrize("what", WORDS)
def test_answers_in_few_words(what: str) -> None:
    """the part of an answer that differs, on one line of a sensible length"""
    value, other, said = WORDS[what]
    assert in_few_words(value, other) == said
