"""Code is compared by what it computes: layout, names and one way of writing for another change nothing."""

from __future__ import annotations

import pytest

from support.alike import of
from support.disguises import DISGUISES, disguised

LONG = """
import numpy as np

def triple(x, w, b=None):
    rows, columns = x.shape
    padded = np.pad(x, ((1, 1), (2, 2)))
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] += np.sum(padded[i:i + 3, j:j + 5] * w)
    if b is not None:
        out = out + b[:, None]
    return out
"""


def prints(text: str) -> frozenset[str]:
    return of("ada", text).fingerprints


def function(*lines: str) -> str:
    return "import numpy as np\n\ndef triple(x, y, z):\n" + "".join(f"    {line}\n" for line in lines)


SAME = {
    "names": (["value = f(x + y * z)", "return value + value"], ["other = f(x + y * z)", "return other + other"]),
    "layout and comments": (["return g(x, y + 1 * z)"], ["# why", "return g(x,", "   y+1*z)  # because"]),
    "a docstring": (["return g(x, y + 1 * z)"], ['"""Say what."""', "return g(x, y + 1 * z)"]),
    "annotations": (["a: int = x + y * z", "return a + a"], ["a = x + y * z", "return a + a"]),
    "texts": (["raise ValueError('one' + str(x + y))"], ["raise ValueError('other' + str(x + y))"]),
    "f-strings": (["return g(x, y, f'{x}')"], ["return g(x, y, 'x')"]),
    "an added value": (["x[y] += z * 2", "return x"], ["x[y] = x[y] + z * 2", "return x"]),
    "comparisons": (["if x + 1 > y: return z * 2 + x"], ["if y < x + 1: return z * 2 + x"]),
    "sums": (["return g(x * 2 + y)"], ["return g(y + x * 2)"]),
    "products of names": (["return g(x[y] * z[x])"], ["return g(z[x] * x[y])"]),
    "methods": (["return np.sum(x + y, axis=1)"], ["return (x + y).sum(axis=1)"]),
    "keywords": (["return g(x, a=y, b=z + 1)"], ["return g(x, b=z + 1, a=y)"]),
    "a name for a part": (["return g(h(x + y), z)"], ["part = x + y", "inner = h(part)", "return g(inner, z)"]),
    "a value nobody uses": (["return g(x, y + z)"], ["unused = [None] * 3", "return g(x, y + z)"]),
    "two at once": (["a, b = x + 1 * y, y + 2 * z", "return a * a + b * b"],
                    ["a = x + 1 * y", "b = y + 2 * z", "return a * a + b * b"]),
    "a counting while": (["for i in range(len(x) + 1):", "    x[i] = y[i] * 2"],
                         ["i = 0", "while i < len(x) + 1:", "    x[i] = y[i] * 2", "    i += 1"]),
    "a condition turned": (["if not x + y:", "    return g(x, y, z)", "else:", "    return h(z, y, x)"],
                           ["if x + y:", "    return h(z, y, x)", "else:", "    return g(x, y, z)"]),
    "whole floats": (["return g(x, 2.0 * y)"], ["return g(x, 2 * y)"]),
    "lists and tuples": (["return g([x, y, z + 1])"], ["return g((x, y, z + 1))"]),
    "printing nothing": (["return g(x, y + z)"], ["pass", "...", "return g(x, y + z)"]),
}  # fmt: skip

OTHER = {
    "another operation": (["return g(x + y * z)"], ["return g(x - y * z)"]),
    "another number": (["return g(x + y * 2)"], ["return g(x + y * 3)"]),
    "another function of NumPy": (["return np.sum(x + y, axis=1)"], ["return np.max(x + y, axis=1)"]),
    "another name in one place": (["return g(x[y] + x[y])"], ["return g(x[y] + x[z])"]),
    "sides of a difference": (["return g(x[y] - z)"], ["return g(z - x[y])"]),
    "an end for a beginning": (["return g(x[y + 1:])"], ["return g(x[:y + 1])"]),
    "another comparison": (["if x + 1 > y: return z * 2 + x"], ["if x + 1 >= y: return z * 2 + x"]),
}


@pytest.mark.parametrize("way", SAME)
def test_the_same_written_otherwise(way):
    """two ways to write the same have the same fingerprints, and have some"""
    one, other = (prints(function(*lines)) for lines in SAME[way])
    assert one
    assert one == other


@pytest.mark.parametrize("way", OTHER)
def test_something_else_stays_something_else(way):
    """code that computes something else has other fingerprints"""
    one, other = (prints(function(*lines)) for lines in OTHER[way])
    assert one - other
    assert other - one


def test_imported_names_mean_what_they_are():
    """a function is the same however it is imported"""
    one = "import numpy as np\n\ndef triple(x, y):\n    return np.einsum('ij', np.pad(x, y), x + y)\n"
    for head, call in (
        ("import numpy", "numpy.einsum('ij', numpy.pad(x, y), x + y)"),
        ("from numpy import einsum, pad", "einsum('ij', pad(x, y), x + y)"),
        ("from numpy import einsum as e, pad as p", "e('ij', p(x, y), x + y)"),
        ("import numpy as banana", "banana.einsum('ij', banana.pad(x, y), x + y)"),
    ):
        assert prints(f"{head}\n\ndef triple(x, y):\n    return {call}\n") == prints(one)


def test_what_a_module_or_a_class_names_is_kept():
    """values that nobody in the same definition uses are used elsewhere: helpers as lambdas, tables, attributes of classes"""
    for text in (
        "helper = lambda x, y: x[y] * 2 + y\n",
        "TABLE = make(1 + 2, size=3 * 4)\n",
        "class Layer:\n    weights = make(1 + 2, size=3 * 4)\n",
        "class Layer:\n    def __call__(self, x):\n        self.seen = x * 2 + 1\n        return self.seen\n",
    ):
        assert any("=/2" in one for one in prints(text)), text
    assert not any("make" in one for one in prints("def triple(x):\n    unused = make(1 + 2, size=3)\n    return x\n"))


@pytest.mark.parametrize("disguise", ["comments and layout", "renamed", "definitions reordered"])
def test_a_disguise_that_changes_nothing(disguise):
    """names, layout, comments and the order of definitions leave every fingerprint as it is"""
    assert prints(disguised(LONG, disguise)) == prints(LONG)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_disguises_change_the_text(disguise):
    """each disguise makes another text, which is Python, and not the same fingerprints of everything"""
    text = disguised(LONG, disguise, 1)
    compile(text, "a copy", "exec")
    assert text != LONG


# What a student may leave in a line, each of which is no Python.
BROKEN = [
    "    out = np.zeros((rows, columns)",
    "    out == = np.zeros((rows, columns))",
    "    out = np.zeros((rows, columns",
    "out = 'never closed",
    "    for in range(3):",
    "    out = np.zeros(\x00)",
    "    print 'hello'",
    "    %matplotlib inline !",
    "    else:",
]


@pytest.mark.parametrize("line", BROKEN)
def test_one_broken_line_costs_that_line_alone(line):
    """of code that is no Python as a whole every line that is one by itself is compared"""
    lines = LONG.split("\n")
    at = next(index for index, text in enumerate(lines) if "np.zeros" in text)
    broken = "\n".join([*lines[:at], line, *lines[at + 1 :]])
    with pytest.raises((SyntaxError, ValueError)):
        compile(broken, "broken", "exec")
    kept, whole = prints(broken), prints(LONG)
    assert len(kept & whole) > len(whole) / 2


@pytest.mark.parametrize(
    "line", ["import numpy as np !", "import\0 numpy as np", "", "%load numpy", "import numpy as np as np"]
)
def test_an_import_that_is_no_python_or_not_there_costs_nothing(line):
    """what NumPy's functions are called by is known without the line that imports it"""
    broken = LONG.replace("import numpy as np", line)
    kept, whole = prints(broken), prints(LONG)
    assert kept >= whole


def test_a_broken_cell_costs_no_other():
    """what stands in other cells is compared as it stands"""
    submission = of("ada", "def double(x:\n    return", LONG)
    assert {definition.name for definition in submission.definitions} >= {"double", "triple"}
    assert prints(LONG) <= submission.fingerprints


NESTED = {
    "brackets": "def triple(x):\n    return " + "(" * 150 + "x" + ")" * 150,
    "calls": "def triple(x):\n    return " + "f(" * 5_000 + "x" + ")" * 5_000,
    "operators": "def triple(x):\n    return " + "-" * 20_000 + "x",
    "sums": "def triple(x):\n    return " + " + ".join(["x"] * 20_000),
    "attributes": "def triple(x):\n    return x" + ".y" * 20_000,
    "elif": "def triple(x):\n    if x: pass\n" + "    elif x + 1: pass\n" * 1_000,
    "blocks": "".join(" " * depth + "if x:\n" for depth in range(90)) + " " * 90 + "x = x + 1 * 2",
    "a chain of values": "def triple(x):\n"
    + "".join(f"    a{n + 1} = f(a{n}, 1)\n" for n in range(2_000))
    + "    return a2000",
    "one line": "x = [" + "1 + 2 * y, " * 3_000 + "]",
    "a table": "TABLE = [" + "[1.5, 2.5], " * 3_000 + "]",
    "lines of rubbish": "def (\n" * 8_000,
    "open brackets": "((((\n" * 8_000,
    "texts never closed": "'''\n" * 8_001,
    "a mebibyte": "def triple(x):\n" + "    x = f(x, 1)\n" * 65_000,
    "digits": "def triple(x):\n    return f(" + "9" * 100_000 + ")",
    "many statements": "".join(f"x{n} = f(y{n} * {n}, z[{n}], y{n} + z[y{n}])\n" for n in range(1_500)),
    "nothing": "",
    "bytes": "\x00\x01\x02" * 1000,
    "half a pair": "x = '\ud800'\n\ndef triple(x):\n    return f(x + '\ud800', x * 2)",
    "line ends": "def triple(x):\r\n    y = f(x, 1)\r    return y + x * 2\x0c\n",
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_huge_or_hostile_is_bounded(kind):
    """no text takes long or fails, and an ordinary one beside it is compared as ever"""
    from cnngrade.similarity.submitted import MOST_NODES, comparable
    from cnngrade.worker.cells import Cell

    submission = comparable("ada", [Cell(LONG, "cell 1"), Cell(NESTED[kind], "cell 2")], ("triple",))
    assert prints(LONG) <= submission.fingerprints
    assert submission.cut == (kind in ("a mebibyte", "digits", "many statements"))
    assert sum(one.tree.size for part in submission.definitions for one in part.statements) <= MOST_NODES
