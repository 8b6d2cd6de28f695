"""What an exception means: each sentence beside code that really raises, and the line that is told first."""

from __future__ import annotations

import io
import re
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrade.errors import StudentRaised
from cnngrade.model import Submission
from cnngrade.student.failures import told_by_worker
from cnngrade.student.own_code import OwnCode
from cnngrade.submission.read import Work
from cnngrade.submission.stubs import statement_digests
from cnngrade.worker import wire
from cnngrade.worker.cells import Cell, OwnModule
from cnngrade.worker.serve import Workplace

X = np.arange(288.0).reshape(2, 3, 6, 8)
W = np.ones((5, 3, 3, 2))
BYTES = np.ones((2, 3), np.uint8)
HEAD = "import math\nimport numpy as np\n"


@pytest.fixture(autouse=True)
def nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())


def raised(source: str, *args: Any, given: str = "") -> StudentRaised:
    """Return what is told of the exception that `f(*args)` raises; the code begins at line 3, after what was `given`."""
    cells = (Cell(HEAD + given + textwrap.dedent(source), "work.py"),)
    work = Work(Submission("", "work", Path("work.py"), ""), cells)
    place = Workplace()
    place.handle({"op": "receive", "name": "work", "path": "work.py", "cells": [(cells[0].source, "work.py", 1)]})
    assert place.handle({"op": "load"})["failures"] == []
    with np.errstate(all="ignore"):
        answer = wire.unpack(place.answer({"op": "call", "function": "f", "args": args, "kwargs": {}, "id": 1}))
    assert not answer["ok"], answer
    digests = statement_digests([Cell(given, "given.py")])
    failure = told_by_worker("f", answer, work, OwnCode(work, lambda: digests))
    assert isinstance(failure, StudentRaised)
    return failure


def said(failure: StudentRaised) -> str:
    """Return the last line of what is told: what the exception means."""
    return str(failure).splitlines()[-1]


def lines(failure: StudentRaised) -> list[int]:
    return [line for _, line in failure.places]


# (code, arguments, what is said).
FLOATS = [
    ("def f(n): return np.zeros(n / 2)", (6,), "`/` gives a float, even where nothing is left over: `n / 2` is 3.0 here"),
    ("def f(n): return list(range(n / 2))", (6,), "The bound of a range has to be a whole number"),
    ("def f(x, n): return x.reshape(n / 2, -1)", (X, 6), "`//` of whole numbers gives one"),
    ("def f(x, n): return x[:, :, : n / 2]", (X, 6), "The end of a slice has to be a whole number"),
    ("def f(x, n): return x[n / 2]", (X, 2), "An index has to be a whole number"),
    ("def f(n): return [1, 2][n / 2]", (2,), "An index has to be a whole number"),
    ("def f(n): return [0] * (n / 2)", (2,), "`/` gives a float"),
    ("def f(x, p): return np.pad(x, ((0, 0), (0, 0), (p / 2, p / 2), (0, 0)))", (X, 2), "`p / 2` is 1.0 here"),
    ("def f(x): return x[2.0]", (X,), "An index has to be a whole number: `2.0` is 2.0 here."),
    ("def f(n): return np.zeros((n, n - 5))", (3,), "A length cannot be negative, and `n - 5` is -2 here."),
    ("def f(x, p): return np.pad(x, p - 3)", (X, 1), "A length cannot be negative, and `p - 3` is -2 here."),
    ("def f(n): return np.linspace(0.5, 1.5, n / 2)", (3,), "`n / 2` is 1.5 here. A size has to be a whole number."),
    ("def f(n): return np.random.default_rng(0).normal(0.5, 2.5, size=n / 2)", (3,), "`n / 2` is 1.5 here."),
    (
        "def f(a): a[:] = -np.inf",
        (np.ones(3, int),),
        "`-np.inf` is a float, for which there is no whole number: only an array of floats holds it",
    ),
    (
        "def f(a):\n    low = float('nan')\n    a[0] = low",
        (np.ones(3, int),),
        "`low` is made of `float('nan')`, for which there is no whole number",
    ),
    (
        "def f(a, b): a[0] = int(b)",
        (np.ones(3), np.inf),
        "a division by zero, a log of zero or an overflow, or was",
    ),
    ("def f(a): return int(a[0])", (np.full(3, np.nan),), "or was among the inputs."),
    ("def f(a, b): return np.concatenate(a, b)", (X, X), "Arrays to put together stand in one list: np.concatenate([a, b])."),
    ("def f(a, b): return np.max(a, b)", (X, X), "np.maximum(a, b) takes the larger of each two numbers."),
    ("def f(a): return range(a)", (np.zeros(3),), "One whole number is needed there, and `a` is an array of shape (3,)."),
]
INDICES = [
    ("def f(x): return x[2]", (X,), "`x` has 2 entries along axis 0, 0 to 1, and the index is 2."),
    ("def f(x, n): return x[:, 1 + n]", (X, 3), "`x` has 3 entries along axis 1, 0 to 2, and `1 + n` is 4."),
    ("def f(x, n): return x[..., n]", (X, 8), "`x` has 8 entries along axis 3, 0 to 7, and `n` is 8."),
    ("def f(x, n): return x[None, n]", (X, 8), "`x` has 2 entries along axis 0, 0 to 1, and `n` is 8."),
    ("def f(x, k): return x[k]", (X, np.array([0, 4])), "and `k` holds 4: it is looked up along axis 0."),
    ("def f(x): return x.shape[4]", (X,), "`x.shape` has 4 entries, 0 to 3, and the index is 4."),
    ("def f(a, i): return a[i + 1]", ([1, 2], 1), "`a` has 2 entries, 0 to 1, and `i + 1` is 2."),
    ("def f(x): return x[0, 0, 0, 0, 0]", (X,), "`x` has 4 axes here, of shape (2, 3, 6, 8), and 5 are indexed."),
    ("def f(x): return x['a']", (X,), "`x` is an array, not a dict: 'a' is no index."),
    ("def f(x): return x[x]", (X,), "`x` holds numbers of dtype float64, and an index has to be whole: x.astype(int)."),
    ("def f(x): return x.sum()[0]", (X,), "a sum, mean or maximum without an axis gives one."),
    ("def f(n): return n[0]", (3,), "`n` is one number here, 3, and has no parts to index."),
    ("def f(x): return x.reshape[2]", (X,), "A call has round ones: x.reshape(...)."),
    ("def f(x):\n    a = [[1]]\n    return a[0, 0]", (X,), "A list has no axes: it takes one index"),
    ("def f(x): return np.max(x[:0])", (X,), "`x[:0]` is empty here, of shape (0, 3, 6, 8)"),
    ("def f(x):\n    y = x[5:]\n    return y.argmax()", (X,), "`y` is empty here, of shape (0, 3, 6, 8)"),
    ("def f(x): return x[np.array([0, 1]), np.array([0, 1, 2])]", (X,), "Arrays that index together are taken in pairs"),
    ("def f(x): return x[np.array([True] * 3)]", (X,), "axis 0 has 2 entries, and the mask 3."),
]
SHAPES = [
    ("def f(x, w): return x * w[:, :, 0, 0]", (X, W), "are equal or one of them is 1: here the last axes are 8 and 3 long."),
    ("def f(x, b): return x + b", (X, np.ones(3)), "would fit along axis 1 of (2, 3, 6, 8) as an array of shape (3, 1, 1)."),
    ("def f(x): return np.where(x > 0, x, np.ones(5))", (X,), "here the last axes are 8 and 5 long."),
    (
        "def f(x):\n    o = np.zeros((2, 3))\n    o[:, 0] = x[0]",
        (X,),
        "has the shape (3, 6, 8), and its place (2,). It has 2 axes too many",
    ),
    (
        "def f(x):\n    o = np.zeros((2, 3))\n    o[:] = x.T",
        (np.ones((2, 3)),),
        "They hold as many numbers, in another layout.",
    ),
    (
        "def f(x):\n    o = np.zeros(3)\n    o += x",
        (np.ones((4, 3)),),
        "keeps its shape (3,) in place, and the result has the shape (4, 3).",
    ),
    (
        "def f(x, w): return x @ w + 1",
        (np.ones((4, 3)), np.ones((5, 3))),
        "here they are 3 and 5 long. `w.T` is (3, 5), and would fit.",
    ),
    ("def f(x, w): return np.dot(x, w)", (np.ones((4, 3)), np.ones((5, 3))), "here they are 3 and 5 long. `w.T` is (3, 5)"),
    (
        "def f(x, w): return x.dot(w)",
        (np.ones((4, 3)), np.ones(5)),
        "as long as the only one of the right side: here they are 3 and 5",
    ),
    ("def f(x, n): return x @ n", (np.ones((4, 3)), 2), "One side of a matrix product is a single number"),
    (
        "def f(x): return np.ones((3, 2, 3)) @ np.ones((2, 3, 4))",
        (X,),
        "the axes before the last two are lined up as in arithmetic",
    ),
    ("def f(x): return x.reshape(2, 3, 3, 2, 3, 2)", (X,), "there are 288, and the new shape takes 216. Cut off before"),
    ("def f(x): return x.reshape(2, 3, -1, 5)", (X,), "there are 288, which cannot be divided by 30 for the axis that is -1."),
    ("def f(x): return x.mean(axis=(3, 4))", (X,), "4 axes are 0 to 3, or -4 to -1 from the end. There is no axis 4."),
    ("def f(x): return np.max(x, axis=1)", (np.ones(3),), "an array of one axis has axis 0 alone, and no axis 1."),
    ("def f(x): return x.transpose(0, 1, 2)", (X,), "transpose needs each axis once: the array has 4 axes here"),
    ("def f(x): return np.concatenate([x, x[:1]], axis=1)", (X,), "along axis 0 array 0 has 2 and array 1 has 1."),
    ("def f(x): return np.concatenate([x, x[0]])", (X,), "need the same number of axes; x[None] adds one in front"),
    ("def f(x): return np.stack([x, x[0]])", (X,), "np.stack puts arrays of one and the same shape"),
    ("def f(x): return np.concatenate([])", (X,), "The list of arrays to put together is empty."),
    (
        "def f(x, p): return np.pad(x, ((p, p), (p, p)))",
        (X, 1),
        "np.pad needs a pair (before, after) for each axis, and `x` has 4 axes",
    ),
    (
        "def f(x, p): return np.pad(x, (p, p, p))",
        (X, 1),
        "np.pad needs a pair (before, after) for each axis, and `x` has 4 axes",
    ),
    ("def f(x, w): return np.einsum('nchw,kc->nk', x, w)", (X, W), "'kc' has 2 letters, and `w` has 4 axes."),
    ("def f(x, w): return np.einsum('nchw,kcuvq->nk', x, w)", (X, W), "'kcuvq' has 5 letters, and `w` has 4 axes."),
    ("def f(x, w): return np.einsum('nchw,khuv->nk', x, w)", (X, W), "a letter has one length: 'h' is 6 in `x` and 3 in `w`."),
    ("def f(x, w): return np.einsum('nchw,kcuv->z', x, w)", (X, W), "'z' does not."),
    ("def f(x, w): return np.einsum('nchw', x, w)", (X, W), "there are 1 group and 2 operands."),
    ("def f(x, w): return np.tensordot(x, w, axes=([2], [2]))", (X, W), "two of a pair must be equally long."),
    (
        "def f(x): return np.lib.stride_tricks.sliding_window_view(x, (9, 9), axis=(2, 3))",
        (X,),
        "The window is longer than the array along one of its axes.",
    ),
    ("def f(x): return np.lib.stride_tricks.sliding_window_view(x, (2, 2))", (X,), "window_shape and axis are equally long."),
    ("def f(x):\n    if x > 0:\n        return 1", (X,), "a condition asks for one answer: np.where"),
    ("def f(x): return max(x, 0)", (X,), "np.maximum(a, b) goes number by number."),
    ("def f(x): return x[(x > 0) and (x < 1)]", (X,), "(a > 0) & (b > 0) goes number by number, with the brackets."),
    ("def f(x): return x[0 < x < 1]", (X,), "(0 < a) & (a < 1) goes number by number."),
    ("def f(x): return not x", (X,), "~a goes number by number."),
    ("def f(x): return x in [x * 1]", (X,), "`in` compares whole arrays."),
    (
        "def f(x):\n    o = np.zeros(3)\n    o[0] = [1, 2]",
        (X,),
        "`o[0]` is the place of one number, and several are put there.",
    ),
    ("def f(x): return np.array([[1, 2], [3]])", (X,), "The parts of a list that becomes an array need the same shape"),
    (
        "def f(x): return float(x[0])",
        (X,),
        "and `x[0]` is an array of shape (3, 6, 8). Use x[0].item() if it holds one number",
    ),
    ("def f(x): return math.exp(x)", (X,), "One number without axes is needed there"),
    ("def f(x): return x.squeeze(0)", (X,), "squeeze drops axes of length 1, and this one is longer."),
]
CALLS = [
    (
        "def g(x): x + 1\ndef f(x):\n    y = g(x)\n    return y.shape",
        (X,),
        "It is what g(...) returned: does every way through it end",
    ),
    (
        "def f(x):\n    a = []\n    a = a.append(x)\n    return a.shape",
        (X,),
        "a.append(...) changes what it is given and returns None.",
    ),
    ("def f(x, b=None): return x + b.reshape(-1)", (X,), "`b` is None here, and has no reshape."),
    ("def g(x, b): return b.shape\ndef f(x): return g(x, 0)", (X,), "It is what line 4 hands over: `0`."),
    ("def f(x): return x.shape", ([1, 2],), "a list has no shape; np.asarray(...) makes an array of it."),
    ("def f(x): return x.append(1)", (X,), "An array has a fixed length and no append"),
    ("def f(x): return x.length", (X,), "x.size the number of its entries."),
    ("def f(x): return x.exp()", (X,), "exp is a function of NumPy's and no method of an array: np.exp(x, ...)."),
    ("def f(x): return f.shape", (X,), "`f` is a function here, not what it returns"),
    ("def f(x, g=len): return x.shape[0] + g.shape", (X,), "`g` is a function here, not what it returns"),
    ("def f(k, n): return list(zip([k], n))", (3, 4), "`n` is the int 4 here, and several values are needed."),
    ("def f(x): return x.sum * 2", (X,), "`x.sum` is a function here, not what it returns"),
    ("def f(x): return x(0)", (X,), "square brackets, x[...]."),
    ("def f(n): return n(2 + 3)", (3,), "an operator such as * may be missing."),
    ("def f(x): return x.shape(0)", (X,), "`x.shape` is no function, and takes no brackets; one part of it is x.shape[...]."),
    ("def f(x):\n    sum = 0\n    return sum(x)", (X,), "`sum` is a name of your own since line 4"),
    ("def f(x): return np(x)", (X,), "A module is called like a function"),
    ("def f(n):\n    for i in n:\n        pass", (3,), "`n` is one number: range(n)."),
    ("def f(n): return sum(n)", (3,), "`n` is the int 3 here, and several values are needed."),
    ("def f(p):\n    a, b = p", (1,), "2 values are taken from it. A single number has to be made two first: (p, p)."),
    ("def g(x): pass\ndef f(x):\n    a, b = g(x)", (X,), "g(...) returned None, and 2 values are taken from it."),
    (
        "def f(x):\n    n, c = x.shape",
        (X,),
        "There are 2 names on the left, and `x` has 4 axes here: its shape is (2, 3, 6, 8).",
    ),
    ("def f(x):\n    n, c, h, w = x.shape", (np.ones((5, 4)),), "There are 4 names on the left, and `x` has 2 axes here"),
    ("def f(p):\n    a, b, c = p", ((1, 2),), "There are 3 names on the left, and `p` has 2 values."),
    ("def f(x, b=None): return x + b", (X,), "`b` is None here, and cannot be computed with."),
    ("def f(x, b=None):\n    x = x * 1\n    x += b", (X,), "`b` is None here, and cannot be computed with."),
    ("def f(n): return 2.0 ^ n", (2,), "A power is `**`"),
    ("def f(x): return x ^ 2", (X,), "A power is `**`"),
    ("def f(p): return p + 1", ((1, 2),), "`+` puts a tuple and another tuple together"),
    ("def f(p): return p - 1", ([1, 2],), "`p` is a list of 2 here, and `-` does not go through its numbers"),
    ("def f(p): return p < 0", ((1, 2),), "`p` is a tuple of 2 here, and `<` compares single numbers."),
    ("def f(n): return len(n)", (3,), "`n` is the int 3 here, and has no length."),
    ("def f(x): return len(x)", (np.array(3.0),), "An array without axes is one number, and has no length."),
    ("def f(x):\n    for part in x:\n        pass", (np.array(3.0),), "there is nothing to go through"),
    ("def f(x):\n    s = x.shape\n    s[0] = 1", (X,), "a tuple stays as it was made, list(...) can be changed."),
    ("def f(): return 1", (X,), "The tests call f as the exercise declares it"),
    ("def g(x, y): return 1\ndef f(x): return g(x)", (X,), "Compare this call with the parameters of g"),
    ("def g(x, y): return 1\ndef f(x): return g(x, z=3)", (X,), "Compare this call with the parameters of g"),
    ("def f(x):\n    if x.sum() < 0:\n        y = 1\n    return y", (X,), "`y` gets its value on line 5, and that was not run"),
    ("K = 1\ndef f(x):\n    K += 1", (X,), "which makes it a name of f alone"),
    ("def f(x):\n    def g():\n        return q\n    g()\n    q = 1", (X,), "`q` belongs to the function around this one"),
    ("def f(images): return image", (X,), "There is no image, but there is images: is that meant?"),
    ("def f(x): return In[3]", (X,), "In is there in a notebook only"),
    ("def f(x): return maximum(x, 0)", (X,), "NumPy has a maximum: np.maximum."),
    ("def f(x): return f(x)", (X,), "f calls itself without end"),
    ("def f(x):\n    assert x.sum() < 0, 'no'", (X,), "This assert is your own: what it demands does not hold for this call."),
    (
        "def f(x):\n    if x.sum() > 0:\n        raise ValueError('no')",
        (X,),
        "This raise is your own: the condition on line 4 leads to it.",
    ),
]
NUMBERS = [
    ("def f(x): return x.astype(np.float)", (X,), "NumPy has no np.float any more. Use Python's own float."),
    ("def f(x): return x.astype(np.int)", (X,), "NumPy has no np.int any more. Use Python's own int."),
    ("def f(x): return np.product(x.shape)", (X,), "NumPy has no np.product any more. Use np.prod."),
    ("def f(x): return np.cumproduct(x)", (X,), "NumPy has no np.cumproduct any more. Use np.cumprod."),
    ("def f(x): return np.alltrue(x)", (X,), "NumPy has no np.alltrue any more. Use np.all."),
    ("def f(x): return np.Inf", (X,), "NumPy has no np.Inf any more. Use np.inf."),
    ("def f(x): return np.NaN", (X,), "NumPy has no np.NaN any more. Use np.nan."),
    ("def f(x): return np.asscalar(x)", (X,), "NumPy has no np.asscalar any more. Use x.item()."),
    ("def f(x): return np.relu(x)", (X,), "NumPy has no np.relu."),
    ("def f(x): return np.maximun(x, 0)", (X,), "Is np.maximum meant?"),
    ("def f(x): return x.itemset(0, 1)", (X,), "Arrays have no itemset any more. Use x[index] = value."),
    ("def f(x): return np.array([1, 2], copy=False)", (X,), "Since NumPy 2 copy=False means that no copy may be made."),
    ("def f(x):\n    o = np.zeros_like(x)\n    o += 0.5", (BYTES,), "dtype=float makes it one of floats."),
    ("def f(x):\n    x /= 2", (BYTES,), "`x` is changed in place and stays of dtype uint8, which cannot hold the float64"),
    ("def f(x): return x + 300", (BYTES,), "Numbers of dtype uint8 are 0 to 255, and 300 is not among them."),
    ("def f(n): return 1 / n", (0,), "Nothing can be divided by 0, and `n` is 0 here."),
    ("def f(n): return 5 % n", (0,), "Nothing can be divided by 0, and `n` is 0 here."),
    ("def f(n): return range(0, 5, n)", (0,), "A step of 0 never gets anywhere"),
    ("def f(x, n): return x[::n]", (X, 0), "A step of 0 never gets anywhere"),
    (
        "def f(x):\n    y = np.broadcast_to(x, (1, 2, 3, 6, 8))\n    y[0] = 1",
        (X,),
        "`y` cannot be written to. A copy can: y.copy().",
    ),
    ("def f(x): return int(x.sum() * 0 / 0)", (X,), "NaN is no whole number. It comes of a division by zero"),
    ("def f(x): return int(float('nan'))", (X,), "`float('nan')` is a float, for which there is no whole number"),
    (
        "def f(x):\n    o = np.zeros(3, int)\n    o[0] = -np.inf",
        (X,),
        "`-np.inf` is a float, for which there is no whole number",
    ),
    ("def f(x):\n    low = -math.inf\n    o = x.copy()\n    o[...] = low", (BYTES,), "`low` is made of `-math.inf`, for which"),
    ("def f(x):\n    o = x.copy()\n    o[0] = np.nan", (BYTES,), "only an array of floats holds it, x.astype(float)."),
    ("def f(x): return int(x[0, 0, 0, 1] / 0)", (X,), "An infinite number is no whole number"),
    ("def f(x): return x - 'a'", (X,), "Something here is no array of numbers"),
    ("def f(x): return (x > 0) - (x < 0)", (X,), "Arrays of True and False cannot be subtracted"),
    ("def f(x): return -(x > 0)", (X,), "Arrays of True and False cannot be subtracted"),
    ("def f(x): return x > 0 & x < 1", (X,), "`&` and `|` bind more tightly than a comparison"),
    ("def f(x): return np.zeros(3, 4)", (X,), "np.zeros takes the shape as one tuple: np.zeros((3, 4))."),
    ("def f(x): return np.multiply(x, x, 0)", (X,), "np.multiply takes two arrays"),
    ("def f(p): return p['b']", ({"a": 1, "c": 2},), "`p` has no such key. It has 'a', 'c'."),
    ("def f(x): return math.sqrt(-1)", (X,), "The math function has no answer for this number"),
    ("def f(x): return {x: 1}", (X,), "cannot be a key of a dict"),
    ("def f(x): return input()", (X,), "input() waits for somebody to type"),
    ("def f(x): exit()", (X,), "a function ends with return."),
    ("def f(x): return np.linalg.inv(np.zeros((2, 2)))", (X,), "This matrix has no inverse"),
]


ARGUMENTS = [
    ("def f(n): return np.zeros(n, 2, 3, 4)", (2,), "np.zeros takes the shape as one tuple: np.zeros((n, 2, 3, 4))."),
    ("def f(n): return np.empty(n, n, n)", (2,), "np.empty takes the shape as one tuple: np.empty((n, n, n))."),
    ("def f(n): return np.full(n, n, 0.5)", (2,), "as one tuple, and then the value: np.full((n, n), 0.5)."),
    ("def f(n): return np.full(n, n, n, n, 0.5)", (2,), "as one tuple, and then the value: np.full((n, n, n, n), 0.5)."),
    ("def f(n): return np.array(n, 2, 3)", (2,), "np.array takes the numbers as one list: np.array([n, 2, 3])."),
    ("def f(n): return np.array(n, 2)", (2,), "np.array takes the numbers as one list: np.array([n, 2])."),
    ("def f(x): return np.reshape(x, 2, -1)", (X,), "np.reshape takes the new shape as one tuple: np.reshape(x, (2, -1))."),
    ("def f(x): return np.transpose(x, 0, 2, 3, 1)", (X,), "takes the order of the axes as one tuple: np.transpose(x, (0, 2"),
    ("def f(x): return x.reshape(-1, -1)", (X,), "One length alone may be -1 in reshape"),
    ("def f(x): return x.flatten(1)", (X,), "x.flatten puts all axes into one and takes none"),
    (
        "def f(x): return np.maximum(x, axis=(2, 3))",
        (X,),
        "and no axis. The largest number of one array is np.max(a, axis=...).",
    ),
    ("def f(x): return np.minimum(x)", (X,), "The smallest number of one array is np.min(a, axis=...)."),
    ("def f(x): return np.maximum(x, x, axis=1)", (X,), "np.maximum takes two arrays, number by number, and no axis."),
    ("def f(x): return np.add(x)", (X,), "The sum of one array is np.sum(a, axis=...)."),
    ("def f(x): return x.max(2, 3)", (X,), "Several axes stand in one tuple: x.max(axis=(2, 3))."),
    ("def f(x): return x.mean(2, 3)", (X,), "Several axes stand in one tuple: x.mean(axis=(2, 3))."),
    ("def f(x): return np.sum(x, 2, 3)", (X,), "Several axes stand in one tuple: np.sum(x, axis=(2, 3))."),
    ("def f(x): return x.mean(axis=[2, 3])", (X,), "Several axes stand in a tuple, and `[2, 3]` is a list"),
    ("def f(x): return x.sum(axis=(2, 2))", (X,), "`axis` names the same axis twice."),
    ("def f(x): return x.sum(axis='rows')", (X,), "An axis is told by its number, counted from 0, and 'rows' is a text."),
    ("def f(x): return list(range(x.shape))", (X,), "range takes whole numbers, and `x.shape` is a tuple of 4."),
    (
        "def f(n): return np.random.randn((n, 3))",
        (2,),
        "np.random.randn takes the lengths one by one and no tuple: np.random.randn(n, 3).",
    ),
    ("def f(x): return np.random.rand(x.shape)", (X,), "one by one and no tuple: np.random.rand(*x.shape)."),
    ("def f(x): return np.zeros((x.shape, 3))", (X,), "its part `x.shape` holds several: *x.shape puts them in one by one."),
    ("def f(x): return x.sum(axes=1)", (X,), "sum has no argument `axes`. Is `axis` meant?"),
    ("def f(x): return np.concatenate([x, x], dim=1)", (X,), "concatenate has no argument `dim`. Is `axis` meant?"),
    ("def f(x): return np.max(x, axis=1, keepdim=True)", (X,), "max has no argument `keepdim`. Is `keepdims` meant?"),
    ("def f(x): return np.pad(x, (1, 1), (2, 2))", (X,), "The third argument of np.pad is the mode."),
    ("def f(x): return np.pad(x, 1, mode='zeros')", (X,), "np.pad has no mode 'zeros'."),
    ("def f(x): return np.pad(x, 1, 'constants')", (X,), "np.pad has no mode 'constants'. Is 'constant' meant?"),
    ("def f(x): return np.where(x > 0, x)", (X,), "np.where takes three arguments, np.where(condition, a, b)"),
    (
        "def f(x): return x.item()",
        (X,),
        "item() takes the one number out of an array, and `x` is an array of shape (2, 3, 6, 8).",
    ),
    ("def f(x): return np.split(x, 4, axis=1)", (X,), "np.split makes parts of one length"),
    ("def f(x): return math.exp(1000)", (X,), "The result is larger than any float."),
    ("def f(x): return np.sliding_window_view(x, 2)", (X,), "it is np.lib.stride_tricks.sliding_window_view."),
    ("def f(x): return np.cat([x, x])", (X,), "NumPy has no np.cat: it is np.concatenate."),
    ("def f(x): return x.permute(0, 2, 3, 1)", (X,), "Arrays of NumPy's have no permute: it is x.transpose(...)."),
    ("def f(x, b): return x + b[None]", (X, None), "`b` is None here, and has no parts to index."),
    ("def f(b): return -b", (None,), "`b` is None here, and there is no `-` of it."),
    ("def f(x):\n    for i, v in range(3):\n        x = v", (X,), "The loop has 2 names, and each round brings one number"),
    (
        "def f(p):\n    for k, v in p:\n        p = v",
        ({"weights": 1},),
        "a dict brings its keys alone: p.items() brings keys and values.",
    ),
    ("def f(p): return np.eye(3)[p, p]", (np.array([0, 3]),), "Indices are counted from 0: the last one along this axis is 2."),
    (
        "def f(x, n): return x[np.arange(n), 0]",
        (X, 3),
        "`x` has 2 entries along axis 0, 0 to 1, and `np.arange(n)` asks for entry 2.",
    ),
    (
        "def f(x, g): return np.eye(2)[x[np.abs(g), 0, 0, 0].astype(int)]",
        (X, np.array([0, 1])),
        "Indices are counted from 0: the last one along this axis is 1.",
    ),
    ("def f(x): return x[0][:, [1, 7]]", (X,), "`x[0]` has 6 entries along axis 1, 0 to 5, and `[1, 7]` asks for entry 7."),
]


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(
    ("source", "args", "sentence"),
    [pytest.param(*case, id=case[0].replace("\n", " ")) for case in (*FLOATS, *INDICES, *SHAPES, *CALLS, *NUMBERS, *ARGUMENTS)],
)
def test_an_exception_is_explained(source: str, args: tuple[Any, ...], sentence: str) -> None:
    """each kind of mistake gets its sentence, and the line that raised is among those that are told"""
    assert sentence in said(raised(source, *args))


# (code, arguments, the lines that are told in their order, a part of the text).
LINES = {
    "two float sizes, each made elsewhere": (
        "def f(h, w, s):\n    ho = (h - 2) / s + 1\n    wo = (w - 2) / s + 1\n    return np.zeros((ho, wo))",
        (6, 8, 2),
        [4, 5, 6],
        """line 4, in f:  ho = (h - 2) / s + 1
line 5:  wo = (w - 2) / s + 1
line 6, where it fails:  return np.zeros((ho, wo))
    ho 3.0   wo 4.0
""",
    ),
    "a float in a tuple that is taken apart": (
        "def f(h, s):\n    a, b = h / s, h // s\n    for i in range(b):\n        for j in range(a):\n            pass",
        (6, 2),
        [4, 6],
        "`a` is 3.0 here",
    ),
    "a float made in place": ("def f(n):\n    n /= 2\n    return list(range(n))", (6,), [4, 5], "`/=` gives a float"),
    "a float that is handed on": (
        "def f(x, n):\n    a = n / 2\n    b = a + 1\n    return x[:, :, :b]",
        (X, 6),
        [4, 6],
        "The end of a slice",
    ),
    "a float by a function": ("def f(n):\n    m = np.floor(n / 2)\n    return range(m)", (6,), [4, 5], "gives a float: `m` is"),
    "a float by a function of one's own": (
        "def out(n, k, s):\n    return (n - k) / s + 1\n\n\ndef f(n):\n    m = out(n, 2, 2)\n    return np.zeros(m)",
        (6,),
        [4, 9],
        "line 4, in out:  return (n - k) / s + 1\nline 9, where it fails:  return np.zeros(m)\n    m 3.0\n`/` gives a float",
    ),
    "two floats by a function of one's own": (
        "def out(h, w):\n    return h / 2, w / 2\n\n\ndef f(n):\n    a, b = out(n, n)\n    return np.zeros((a, b))",
        (6,),
        [4, 9],
        "`a` is 3.0 here",
    ),
    "a function with two ways out: none is told": (
        "def out(n):\n    if n > 9:\n        return n\n    return n / 2\n\n\ndef f(n):\n    m = out(n)\n    return np.zeros(m)",
        (6,),
        [11],
        "A size has to be a whole number: `m` is 3.0 here.",
    ),
    "an index that is computed from two loops": (
        """\
def f(x, s):
    for i in range(4):
        for u in range(3):
            y = x[0, 0, i * s + u]""",
        (X, 2),
        [6, 4, 5],
        "`x` has 6 entries along axis 2, 0 to 5, and `i * s + u` is 6.",
    ),
    "a reshape whose -1 hides that the first axis was another": (
        "def f(x, n):\n    flat = x.reshape(n, -1)\n    return flat @ np.ones((144, 2))",
        (X, 3),
        [5, 4],
        "On line 4 an array of shape (2, 3, 6, 8) is made one of shape (3, 96).",
    ),
    "the same by NumPy's function": (
        "def f(x, n):\n    flat = np.reshape(x, (n, -1))\n    return flat + np.ones((2, 144))",
        (X, 4),
        [5, 4],
        "On line 4 an array of shape (2, 3, 6, 8) is made one of shape (4, 72).",
    ),
    "a reshape that keeps the first axis is not spoken of": (
        "def f(x, n):\n    flat = x.reshape(n, -1)\n    return flat @ np.ones((9, 2))",
        (X, 2),
        [5, 4],
        "here they are 144 and 9 long.",
    ),
    "a reshape of an array that has another shape by now": (
        "def f(x, n):\n    flat = x.reshape(n, -1)\n    x = x[0].reshape(-1)\n    return flat @ np.ones((144, 2))",
        (X, 3),
        [6, 4],
        "(or its only one): here they are 96 and 144 long.",
    ),
    "two ways to a float: none is told": (
        "def f(n, wide):\n    if wide:\n        m = n / 2\n    else:\n        m = n / 4\n    return range(m)",
        (6, True),
        [8],
        "The bound of a range has to be a whole number: `m` is 3.0 here.",
    ),
    "a float of the round before: the line below is not told as certain": (
        "def f(n):\n    m = n\n    for i in range(2):\n        y = np.zeros(m)\n        m = m / 2",
        (6,),
        [6],
        "A size has to be a whole number: `m` is 3.0 here.",
    ),
    "a loop whose index fits nowhere": (
        """\
def f(x, s):
    o = np.zeros((3, 3))
    for i in range(0, 6, s):
        for j in range(3):
            o[i, j] = x[0, 0, i : i + 2, j].sum()""",
        (X, 2),
        [5, 7],
        "`o` has 3 entries along axis 0, 0 to 2, and `i` is 4: on line 5 it runs over `range(0, 6, s)`.",
    ),
    "a loop whose index fits elsewhere is not to blame": (
        "def f(x, w):\n    for n in range(2):\n        for k in range(1):\n            y = x[n, k] + w[n, k]",
        (X, np.ones((1, 3, 6, 8))),
        [6, 4],
        "`w` has 1 entry along axis 0, and `n` is 1: on line 4 it runs over `range(2)`.",
    ),
    "an index into the whole array": (
        "def f(x):\n    p = x[0, 0]\n    r = np.argmax(p)\n    return p[r, 0]",
        (X,),
        [5, 6],
        "`np.argmax(p)` counts through the whole array, row after row",
    ),
    "an index along one axis is no such thing": (
        "def f(x):\n    r = np.argmax(x[0, 0, 0]) + 1\n    return x[0, 0, r, 0]",
        (X,),
        [5, 4],
        "`x` has 6 entries along axis 2, 0 to 5, and `r` is 8.",
    ),
    "arrays of shapes that do not fit, and where they were made": (
        "def f(x, w):\n    rows = x.reshape(2, -1)\n    k = w[:, 0, 0]\n    return rows @ k",
        (X, W),
        [6, 5, 4],
        "    rows (2, 144)   k (5, 2)\nand line 5:  k = w[:, 0, 0]\nand line 4:  rows = x.reshape(2, -1)\n",
    ),
    "a slice without the step of its neighbour": (
        "def f(x):\n    part = x[:, :, 0:6, 0:6:2]\n    o = np.zeros((2, 3, 3))\n    o += part[:, 0]",
        (X,),
        [4, 6],
        "On line 4 `0:6:2` has a step; `0:6`, the axis that does not fit, has none.",
    ),
    "an array like one of integers": (
        "def f(x):\n    o = np.zeros_like(x)\n    for i in range(2):\n        o[i] += 0.5",
        (BYTES,),
        [4, 6],
        "`np.zeros_like(x)` takes its dtype from its argument",
    ),
    "a statement of several lines": (
        """\
def f(x, w):
    return np.stack(
        [
            x,
            x * w[
                :, :, 0, 0
            ],
        ])""",
        (X, W),
        [7],
        "x (2, 3, 6, 8)   w[:, :, 0, 0] (5, 3)",
    ),
    "a function of one's own calls another": (
        "def g(a, b):\n    return a @ b\n\n\ndef f(x):\n    part = x[0, 0]\n    return g(part, part)",
        (X,),
        [4, 9, 8],
        """line 4, in g:  return a @ b
    a (6, 8)   b (6, 8)
line 9, in f, which called it:  return g(part, part)
    part (6, 8)
and line 8:  part = x[0, 0]
""",
    ),
    "a refusal of one's own, further in": (
        """\
def g(a, b):
    if a.shape != b.shape:
        raise ValueError("no")
    return a + b


def f(x):
    return g(x, x[0])""",
        (X,),
        [5, 4, 10],
        """line 5, in g:  raise ValueError("no")
and line 4:  if a.shape != b.shape:
    a.shape (2, 3, 6, 8)   b.shape (3, 6, 8)
line 10, in f, which called it:  return g(x, x[0])
    x (2, 3, 6, 8)   x[0] (3, 6, 8)
This raise is your own, in g: look at what it is called with.""",
    ),
    "a number out of an array is told by its type alone": (
        "def f(x):\n    v = x[0, 0, 0, 1] / 3\n    return v[0]",
        (X,),
        [5, 4],
        "    v a float64\nand line 4:  v = x[0, 0, 0, 1] / 3\n`v` is one number here, and has no parts to index.",
    ),
    "a function of NumPy's fails inside": (
        "def f(x):\n    p = ((1, 1), (1, 1))\n    return np.pad(x, p)",
        (X,),
        [5],
        "line 5, in f:  return np.pad(x, p)\n    x (2, 3, 6, 8)   p a tuple of 2\n",
    ),
    "a function that is short of a name": (
        "def f(x):\n    return [y for y in xs]",
        (X,),
        [4],
        "line 4, in f:  return [y for y in xs]",
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_the_lines_to_look_at(case: str) -> None:
    """the line that made what fails comes first where that is certain, then the line that fails, then its callers"""
    source, args, told, text = LINES[case]
    failure = raised(source, *args)
    assert lines(failure) == told, failure
    assert text in str(failure)


def test_the_name_in_a_comprehension_is_another() -> None:
    """what the function has under the same name is neither shown nor followed"""
    failure = raised("def f(n):\n    m = n / 2\n    return [np.zeros(m) for m in (1.5,)]", 6)
    assert lines(failure) == [5]
    assert "3.0" not in str(failure)


@pytest.mark.parametrize(
    ("source", "args"),
    [
        ("def f(k, n): return list(zip([k], k, n))", (3, 4)),
        ("def f(p, q): return q.pop(p['a'])", ({"a": "b"}, {"c": 1})),
        ("def f(rows):\n    u, v = [a for a, b in rows]\n    return u", ([(1, 2, 3), (4, 5, 6)],)),
        ("def f(rows):\n    for i, (a, b) in enumerate(rows):\n        pass", ([1, 2],)),
        ("def f(rows):\n    for a, b in [v for u, v in rows]:\n        pass", ([1, 2],)),
        ("def f(x): return x.sum(depth=1)", (X,)),
    ],
)
def test_where_nobody_can_tell_nothing_is_said(source: str, args: tuple[Any, ...]) -> None:
    """a name, a number or a key of the line that may not be the one that fails is not blamed"""
    # The last line is that of the code, or what was in hand there.
    assert re.match("line |    ", said(raised(source, *args)))


def told_in(path: str, cells: tuple[Cell, ...], *modules: OwnModule) -> str:
    """Return what is told where the code is in several pieces, of which the last defines `f(x)`."""
    work = Work(Submission("", "work", Path(path), ""), cells, (), modules)
    place = Workplace()
    own = [(module.name, module.filename, module.source, module.is_package) for module in modules]
    texts = [(cell.source, cell.filename, cell.first_line) for cell in cells]
    place.handle({"op": "receive", "name": "work", "path": path, "cells": texts, "modules": own})
    assert place.handle({"op": "load"})["failures"] == []
    answer = wire.unpack(place.answer({"op": "call", "function": "f", "args": (X,), "kwargs": {}, "id": 1}))
    return str(told_by_worker("f", answer, work, OwnCode(work)))


def test_a_line_of_a_notebook_is_told_with_its_cell() -> None:
    """cells are told by their number in the file, and each line by its place in the cell"""
    one = Cell("def half(n):\n    n = n / 2\n    return [0] * n", "work.ipynb cell 3")
    other = Cell("\n\ndef f(x):\n    return half(4)", "work.ipynb cell 7")
    assert told_in("work.ipynb", (one, other)).split("\n")[1:5] == [
        "cell 3, line 2, in half:  n = n / 2",
        "cell 3, line 3, where it fails:  return [0] * n",
        "    n 2.0",
        "cell 7, line 4, in f, which called it:  return half(4)",
    ]


def test_a_line_of_a_later_part_of_a_script_is_told_by_its_number_in_the_file() -> None:
    """the cells of a script are one file; where another file belongs to the work, each line is told with its file"""
    first, last = Cell("import numpy as np", "work.py", 1), Cell("def f(x):\n    return x[2]", "work.py", 40)
    assert "\nline 41, in f:  return x[2]\n" in told_in("work.py", (first, last))
    helper = OwnModule("own_helper", "own_helper.py", "def g(x):\n    return x[2]")
    text = told_in("work.py", (Cell("from own_helper import g\n\n\ndef f(x):\n    return g(x)", "work.py"),), helper)
    assert text.split("\n")[1:4:2] == [
        "own_helper.py, line 2, in g:  return x[2]",
        "work.py, line 5, in f, which called it:  return g(x)",
    ]


GIVEN = '''\
def slide(x, w, b=None, padding=(0, 0)):
    """Given."""
    rows, columns = padding
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    out = x * rows
    return out if b is None else out + b.astype(float)


'''


@pytest.mark.parametrize(
    ("source", "told", "sentence"),
    [
        (
            "def f(x):\n    pad = 1\n    return slide(x, x, padding=pad)",
            [14, 13],
            "slide, which was given, cannot work with what it is called with: as its `padding` it gets `pad`, the int 1.",
        ),
        (
            "def f(x):\n    return slide(x, x, 0)",
            [13],
            "slide, which was given, cannot work with what it is called with: as its `b` it gets `0`, the int 0.",
        ),
        (
            "def f(x):\n    part = x[0]\n    return slide(part, x)",
            [14, 13],
            "slide, which was given, refuses what it is called with: as its `x` it gets `part`, an array of shape (3, 6, 8).",
        ),
        ("def f(x):\n    return slide(*[x[0], x])", [13], "slide, which was given, refuses what it is called with."),
    ],
)
def test_what_was_given_is_not_to_blame(source: str, told: list[int], sentence: str) -> None:
    """where a function that was handed out fails, the student's own call is told, and what it hands over"""
    failure = raised(source, X, given=GIVEN)
    assert said(failure) == sentence
    assert lines(failure) == told


def test_an_expression_of_a_thousand_parts_is_told_plainly() -> None:
    """what is nested too deeply to be read is told by its line alone"""
    failure = raised("def f(x):\n    return " + " + ".join(["x"] * 900) + " + None", X)
    assert str(failure).startswith(
        "f raised TypeError: unsupported operand type(s) for +: 'float' and 'NoneType'\nline 4, in f:  "
    )
    assert len(str(failure)) < 500


def test_a_changed_given_function_is_ones_own() -> None:
    """once it was changed, a function that was given is told like any other"""
    failure = raised(GIVEN.replace("rows, columns", "rows, _") + "def f(x):\n    return slide(x, x, padding=1)", X)
    assert said(failure) == "`padding` is the int 1 here, and 2 values are taken from it. It is what line 13 hands over: `1`."
    assert lines(failure) == [5, 13]
