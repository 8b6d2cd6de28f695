"""Small edits of a function: the one that mends a mistake is among them, at its line, and none of them knows what it is for."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import subprocess
import sys
import time
import types
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cnngrade.worker.cells import Cell
from cnngrade.worker.edits import MOST_EDITS, MOST_SOURCE, Program
from support.sweeps import sweep


@dataclass(frozen=True)
class Mistake:
    """A wrong function, the right one's answers to calls, the lines where the fault is, and at most how far the edit is."""

    wrong: str
    right: str
    calls: tuple[tuple[Any, ...], ...]
    lines: tuple[int, ...]
    what: str
    level: int


def mistake(
    wrong: str, old: str, new: str, *calls: tuple[Any, ...], lines: tuple[int, ...] = (2,), what: str, level: int
) -> Mistake:
    assert old in wrong
    return Mistake(wrong, wrong.replace(old, new), calls, lines, what, level)


GRID = np.arange(24.0).reshape(4, 6) % 7
BOX = np.arange(60.0).reshape(3, 4, 5) % 11
ROWS = np.array([[3.0, 1.0, 2.0], [9.0, 7.0, 8.0]])

MISTAKES = {
    "Python's own sum": mistake(
        "def f(a):\n    return sum(a)\n",
        "sum(a)",
        "np.sum(a)",
        (GRID,),
        what="the function `sum`",
        level=0,
    ),
    "a maximum of two arrays": mistake(
        "def f(a):\n    return np.max(a, 0)\n",
        "max",
        "maximum",
        (GRID - 3,),
        what="the function `max`",
        level=0,
    ),
    "a maximum along axes": mistake(
        "def f(a):\n    return np.maximum(a, axis=(1, 2))\n",
        "maximum",
        "max",
        (BOX,),
        what="the function `maximum`",
        level=0,
    ),
    "cut off and rounded": mistake(
        "def f(a):\n    return np.fix(a / 4)\n",
        "fix",
        "rint",
        (GRID,),
        what="the function `fix`",
        level=0,
    ),
    "a turn too many": mistake(
        "def f(a):\n    return np.flipud(a) + 1\n",
        "np.flipud(a)",
        "a",
        (GRID,),
        what="the call of `flipud`",
        level=1,
    ),
    "a slice beside the right one": mistake(
        "def f(a):\n    return a.shape[0:2]\n",
        "[0:2]",
        "[1:3]",
        (BOX,),
        what="the bounds of this slice",
        level=0,
    ),
    "the other part of a slice": mistake(
        "def f(a, k):\n    return a[:k]\n",
        "[:k]",
        "[k:]",
        (np.arange(7), 2),
        what="the bounds of this slice",
        level=0,
    ),
    "a condition that takes in too much": mistake(
        "def f(a, b=True):\n    return a + 7 if b else 0\n",
        "a + 7 if b else 0",
        "a + (7 if b else 0)",
        (3, True),
        (3, False),
        what="where this conditional expression begins",
        level=0,
    ),
    "a condition that takes in too little": mistake(
        "def f(a, b=True):\n    return a * (7 if b else 0)\n",
        "a * (7 if b else 0)",
        "a * 7 if b else 0 * 0 + 0",
        (3, True),
        (np.inf, False),
        what="where this conditional expression begins",
        level=0,
    ),
    "a margin on both sides": mistake(
        "def f(x, k, p=0):\n    h, w = x.shape\n    rows = (h - k) // 2\n    cols = (w - k) // 2\n    return rows, cols\n",
        "rows = (h - k) // 2\n    cols = (w - k)",
        "rows = (h + 2 * p - k) // 2\n    cols = (w + 2 * p - k)",
        (GRID, 3, 1),
        (GRID, 2, 4),
        lines=(3, 4),
        what="this calculation",
        level=1,
    ),
    "all of an axis for one place of it": mistake(
        "def f(a):\n    x = [0, 0, 0]\n    for c in range(3):\n        x[c] = a[:, :, c].max(axis=0).sum()\n    return x\n",
        "a[:, :, c].max(axis=0).sum()",
        "a[c, :, c].sum()",
        (BOX[:, :3, :3],),
        lines=(4,),
        what="what the reduction goes over",
        level=1,
    ),
    "sums without a zero before them": mistake(
        "def f(a, k):\n    s = np.cumsum(a)\n    return s[k:] - s[:-k]\n",
        "np.cumsum(a)",
        "np.pad(np.cumsum(a), (1, 0))",
        (np.arange(9.0), 3),
        what="where the sums begin",
        level=1,
    ),
    "a number for what was given": mistake(
        "def f(a, k, s=None):\n    if s is None:\n        s = 1\n    return a[::s]\n",
        "s = 1",
        "s = k",
        (np.arange(9), 3),
        (np.arange(9), 2),
        lines=(3,),
        what="the numbers",
        level=1,
    ),
    "a length that is not that of the array": mistake(
        "def f(a, n):\n    b = a[:n]\n    return b.reshape(n, -1)\n",
        "reshape(n, -1)",
        "reshape(len(b), -1)",
        (GRID, 3),
        (GRID, 7),
        lines=(3,),
        what="the sizes",
        level=0,
    ),
    "a step after the last one": mistake(
        "def f(a):\n    for i in (1, 2, 3):\n        a = a * 2\n        a = a + 1\n    return a\n",
        "a = a + 1",
        "a = a + 1 if i != 3 else a",
        (-9,),
        (3,),
        lines=(4,),
        what="what is done at each turn of the loop",
        level=1,
    ),
    "an axis that is not stated": mistake(
        "def f(a):\n    return np.concatenate([a, a])\n",
        "[a, a]",
        "[a, a], axis=1",
        (GRID,),
        what="the axis",
        level=0,
    ),
    "zero taken for nothing": mistake(
        "def f(a, s=None):\n    s = s or 2\n    return a + s\n",
        "s or 2",
        "2 if s is None else s",
        (3, 0),
        (3, None),
        (3, 5),
        what="what counts as false",
        level=1,
    ),
    "a mean of fewer numbers": mistake(
        "def f(a, kh, kw):\n    part = a[:kh, :kw]\n    return part.mean()\n",
        "part.mean()",
        "part.sum() / (kh * kw)",
        (GRID, 2, 9),
        (GRID, 6, 3),
        lines=(3,),
        what="what the sum is divided by",
        level=1,
    ),
    "an attribute for another one": mistake(
        "class A:\n    def __init__(self, h, w):\n        self.h, self.w = h, w\n    def size(self):\n"
        "        return np.zeros((self.h, self.h))\n\ndef f(h, w):\n    return A(h, w).size()\n",
        "(self.h, self.h)",
        "(self.h, self.w)",
        (3, 5),
        lines=(5,),
        what="which attribute is read",
        level=1,
    ),
    "which length": mistake(
        "def f(a):\n    return a.sum(axis=1) / len(a)\n",
        "len(a)",
        "a.shape[1]",
        (GRID,),
        what="which length is taken",
        level=1,
    ),
    "an operator": mistake(
        "def f(a, b):\n    return (a - b) / 2\n", "a - b", "a + b", (3.0, 4.0), (1.0, 5.0), what="the operator", level=0
    ),
    "a comparison": mistake(
        "def f(a):\n    return [v for v in a if v > 2]\n", "v > 2", "v >= 2", ([1, 2, 3],), what="the comparison", level=0
    ),
    "the numbers": mistake(
        "def f(a):\n    return a.reshape(a.shape[0], a.shape[0])\n",
        "a.shape[0])",
        "a.shape[1])",
        (GRID,),
        what="the numbers",
        level=0,
    ),
    "a sign": mistake("def f(a):\n    return (-a).max()\n", "(-a)", "(a)", (GRID,), what="the sign", level=0),
    "two sides in each other's place": mistake(
        "def f(a, b):\n    return b - a\n", "b - a", "a - b", (3, 5), what="the order of the two sides", level=0
    ),
    "brackets": mistake(
        "def f(n, k, s):\n    return n - k // s + 1\n",
        "n - k // s",
        "(n - k) // s",
        (7, 3, 2),
        (9, 2, 3),
        what="the brackets",
        level=1,
    ),
    "whether this is a whole number": mistake(
        "def f(n, k):\n    m = (n - k) / 2 + 1\n    return np.arange(m) + range(m)[0]\n",
        ") / 2",
        ") // 2",
        (7, 3),
        (8, 2),
        what="the operator",
        level=0,
    ),
    "a power": mistake("def f(a):\n    return a ^ 2\n", "^", "**", (3,), (4,), what="the operator", level=0),
    "a name": mistake(
        "def f(a):\n    h, w = a.shape\n    return np.zeros((h, h))\n",
        "(h, h)",
        "(h, w)",
        (GRID,),
        lines=(3,),
        what="the names that are used",
        level=0,
    ),
    "the number of another loop": mistake(
        "def f(a):\n    out = np.zeros(a.shape)\n    for i in range(a.shape[0]):\n        for j in range(a.shape[1]):\n"
        "            out[i, j] = a[i, i] * 2\n    return out\n",
        "a[i, i]",
        "a[i, j]",
        (GRID,),
        lines=(5,),
        what="the names that are used",
        level=0,
    ),
    "an end of a slice": mistake(
        "def f(a, k):\n    return a[k:k + 2 - 1]\n",
        "2 - 1",
        "2",
        (np.arange(9), 3),
        (np.arange(9), 1),
        what="the end of this calculation",
        level=0,
    ),
    "minus nothing": mistake(
        "def f(a, p):\n    return a[p:-p]\n",
        ":-p",
        ":len(a) - p",
        (np.arange(9), 0),
        (np.arange(9), 2),
        what="the end of this slice",
        level=0,
    ),
    "an end without its start": mistake(
        "def f(a, i, k):\n    return a[i:k]\n",
        "i:k",
        "i:i + k",
        (np.arange(9), 3, 2),
        (np.arange(9), 1, 4),
        what="the end of this slice",
        level=0,
    ),
    "a step left out": mistake(
        "def f(a, step=2):\n    return a[0:7]\n",
        "0:7",
        "0:7:step",
        (np.arange(9), 3),
        (np.arange(9),),
        what="the step of this slice",
        level=0,
    ),
    "an order of arguments": mistake(
        "def f(a, b):\n    return np.subtract(b, a)\n", "(b, a)", "(a, b)", (3, 5), what="the order of the arguments", level=0
    ),
    "an order of results": mistake(
        "def f(a):\n    return a.min(), a.max()\n",
        "a.min(), a.max()",
        "a.max(), a.min()",
        (GRID,),
        what="the order of the results",
        level=0,
    ),
    "one argument too early": mistake(
        "def g(a, b=None, c=0):\n    return a + c if b is None else a + b * c\n\n\ndef f(a, c):\n    return g(a, c)\n",
        "g(a, c)",
        "g(a, None, c)",
        (3, 4),
        lines=(6,),
        what="the order of the arguments",
        level=1,
    ),
    "whether the call lacks an argument": mistake(
        "def g(a, k=1):\n    return a * k\n\n\ndef f(a, k=1):\n    return g(a)\n",
        "return g(a)",
        "return g(a, k=k)",
        (3, 4),
        lines=(6,),
        what="whether the call lacks an argument",
        level=0,
    ),
    "an axis": mistake("def f(a):\n    return a.sum(axis=0)\n", "axis=0", "axis=1", (GRID,), what="the axis", level=0),
    "an axis that is asked for": mistake(
        "def f(a, axis=1):\n    return a.max(axis=1)\n",
        "axis=1)\n",
        "axis=axis)\n",
        (GRID, 0),
        (GRID,),
        what="the axis",
        level=0,
    ),
    "two axes for one": mistake(
        "def f(a):\n    return a.max(axis=1)\n", "axis=1", "axis=(1, 2)", (BOX,), what="the axis", level=1
    ),
    "keepdims": mistake(
        "def f(a):\n    return a - a.max(axis=1)\n", "axis=1", "axis=1, keepdims=True", (GRID,), what="the axis", level=0
    ),
    "= for +=": mistake(
        "def f(a):\n    out = np.zeros(2)\n    for row in a:\n        out[:] = row[:2]\n    return out\n",
        "out[:] =",
        "out[:] +=",
        (GRID,),
        lines=(4,),
        what="whether it is `=` or `+=`",
        level=0,
    ),
    "+= for =": mistake(
        "def f(a):\n    t = 1\n    for v in a:\n        t += v\n    return t\n",
        "t += v",
        "t = v",
        ([3, 4, 7],),
        lines=(4,),
        what="whether it is `=` or `+=`",
        level=0,
    ),
    "a dtype": mistake(
        "def f(a):\n    out = np.zeros_like(a)\n    out[:] = a / 2\n    return out\n",
        "zeros_like(a)",
        "zeros_like(a, dtype=float)",
        (np.arange(5),),
        what="the dtype",
        level=0,
    ),
    "an argument that is changed": mistake(
        "def f(a):\n    out = a\n    out[0] = 7\n    return out\n",
        "out = a",
        "out = a.copy()",
        (np.arange(5.0),),
        what="whether a copy is needed",
        level=0,
    ),
    "which arrays are transposed": mistake(
        "def f(a, b):\n    return a @ b\n", "@ b", "@ b.T", (GRID, GRID[:3]), what="which arrays are transposed", level=0
    ),
    "floor and ceil": mistake(
        "def f(a):\n    return int(np.ceil(a / 3))\n", "ceil", "floor", (7,), (8,), what="the function `ceil`", level=0
    ),
    "max and mean": mistake("def f(a):\n    return a.mean()\n", "mean", "max", (GRID,), what="the function `mean`", level=0),
    "a sum that is not begun anew": mistake(
        "def f(a):\n    out = []\n    t = 0\n    for row in a:\n        for v in row:\n            t += v\n"
        "        out.append(t)\n    return out\n",
        "    t = 0\n    for row in a:\n",
        "    for row in a:\n        t = 0\n",
        ([[1, 2], [3, 4]],),
        lines=(3,),
        what="what is inside the loop",
        level=0,
    ),
    "a return in the loop": mistake(
        "def f(a):\n    t = 0\n    for v in a:\n        t += v\n        return t\n",
        "        return t",
        "    return t",
        ([3, 4],),
        lines=(5,),
        what="what is inside the loop",
        level=0,
    ),
    "a check of one's own": mistake(
        "def f(a):\n    assert len(a) % 2 == 0\n    return a[0]\n",
        "    assert len(a) % 2 == 0\n",
        "",
        ([1, 2, 3],),
        what="this check",
        level=0,
    ),
    "a check the wrong way round": mistake(
        "def f(a, b=None):\n    if b is None:\n        a = a + b\n    return a\n",
        "is None",
        "is not None",
        (3,),
        (3, 4),
        what="the condition",
        level=0,
    ),
    "an axis that lines up": mistake(
        "def f(a, b):\n    return a + b\n",
        "+ b",
        "+ b[:, None, None]",
        (BOX, np.array([1.0, 2.0, 3.0])),
        what="the axes of this array",
        level=0,
    ),
    "whole rows": mistake(
        "def f(a, b):\n    return a[b]\n", "a[b]", "a[np.arange(2), b]", (ROWS, np.array([2, 0])), what="the index", level=1
    ),
    "an order of sizes": mistake(
        "def f(a):\n    return a.reshape(6, 4)\n", "6, 4", "4, 6", (GRID,), what="the order of the sizes", level=0
    ),
    "a reshape for a transpose": mistake(
        "def f(a):\n    return a.reshape(5, 3, 4)\n",
        "a.reshape(5, 3, 4)",
        "a.reshape(3, 4, 5).transpose(2, 0, 1)",
        (BOX,),
        what="the order of the axes",
        level=1,
    ),
    "an order of axes": mistake(
        "def f(a):\n    return a.transpose(1, 2, 0)\n", "1, 2, 0", "2, 0, 1", (BOX,), what="the order of the axes", level=0
    ),
    "a letter of einsum": mistake(
        'def f(a, b):\n    return np.einsum("ij,kj->ik", a, b)\n',
        "kj",
        "jk",
        (GRID, np.ones((6, 2)) * 3),
        what="the letters of einsum",
        level=0,
    ),
    "a missing division": mistake(
        "def f(a):\n    n = len(a)\n    return a.sum(axis=0)\n",
        "axis=0)",
        "axis=0) / n",
        (GRID,),
        lines=(3,),
        what="what it is multiplied or divided by",
        level=1,
    ),
    "a frame of the wrong value": mistake(
        "def f(a):\n    return np.pad(a, 1).max()\n",
        "np.pad(a, 1)",
        "np.pad(a, 1, constant_values=-np.inf)",
        (-GRID - 1,),
        what="the value that is put around the array",
        level=1,
    ),
    "one of a pair": mistake(
        "def f(a):\n    p = 2\n    q, r = p\n    return a[q:, r:]\n",
        "p = 2",
        "p = 2, 2",
        (GRID,),
        lines=(3,),
        what="whether one number or two are needed",
        level=2,
    ),
    "the size that is used for both axes": mistake(
        "def f(a, w):\n    k = w.shape[0]\n    out = np.zeros((k, k))\n    for u in range(k):\n        for v in range(k):\n"
        "            out[u, v] = a[u, v] * w[u, v]\n    return out\n",
        "    out = np.zeros((k, k))\n    for u in range(k):\n        for v in range(k):\n",
        "    out = np.zeros((k, w.shape[1]))\n    for u in range(k):\n        for v in range(w.shape[1]):\n",
        (GRID, np.ones((2, 3))),
        (GRID, np.ones((3, 2))),
        what="the size that is used for both axes",
        level=1,
    ),
    "two sizes for both axes": mistake(
        "def f(a, s):\n    n = a.shape[0]\n    m = n // s + 1\n    b = np.zeros((n + 9, n + 9))\n"
        "    return b[0:n, 0:n].size, m, (m, m)\n",
        "b[0:n, 0:n].size, m, (m, m)",
        "a.size, m, (m, a.shape[1] // s + 1)",
        (GRID, 2),
        (GRID, 3),
        lines=(2, 3),
        what="the size that is used for both axes",
        level=1,
    ),
    "the product with a condition": mistake(
        "def f(a):\n    return a * (a > 0)\n",
        "a * (a > 0)",
        "np.maximum(a, 0)",
        (np.array([np.nan, -np.inf, 2.0]),),
        what="the product with a condition",
        level=1,
    ),
    "nothing returned": mistake(
        "def f(a):\n    out = a + 1\n    out[0] = 0\n",
        "= 0\n",
        "= 0\n    return out\n",
        (ROWS,),
        lines=(3,),
        what="what is returned",
        level=1,
    ),
    "a largest number that begins with 0": mistake(
        "def f(a):\n    out = np.zeros(3)\n    for row in a:\n        out = np.maximum(out, row)\n    return out\n",
        "np.zeros(3)",
        "np.full(3, -np.inf)",
        (-ROWS,),
        what="the value that it starts with",
        level=1,
    ),
    "a key": mistake(
        "def f(a):\n    d = {'one': a, 'two': a + 1}\n    d['two'] *= 2\n    return d['one']\n",
        "return d['one']",
        "return d['two']",
        (ROWS,),
        lines=(4,),
        what="the key",
        level=1,
    ),
    "once for twice": mistake(
        "def f(n, p=1):\n    m = n + p - 3\n    return range(m)\n",
        "n + p",
        "n + 2 * p",
        (7, 2),
        (8, 3),
        what="this calculation",
        level=1,
    ),
    "the place in the flat array": mistake(
        "def f(a):\n    rows, cols = a.shape\n    r, c = np.argmax(a), np.argmax(a) % cols\n    return a[r, c], r, c\n",
        "np.argmax(a),",
        "np.argmax(a) // cols,",
        (GRID,),
        (-BOX[0],),
        lines=(3,),
        what="the place in the flat array",
        level=1,
    ),
    "a place in a flat array as a pair": mistake(
        "def f(a):\n    r, c = a.argmax()\n    return a[r, c]\n",
        "a.argmax()",
        "np.unravel_index(a.argmax(), a.shape)",
        (GRID,),
        what="the place in the flat array",
        level=1,
    ),
    "an argument that is written to": mistake(
        "def f(a):\n    a[a < 3] = 0\n    return a\n",
        "    a[a",
        "    a = a.copy()\n    a[a",
        (GRID,),
        what="whether a copy is needed",
        level=0,
    ),
    "a frame that is not cut off": mistake(
        "def f(a, p=1):\n    b = np.pad(a, p)\n    return b, 1\n",
        "return b, 1",
        "return a, 1",
        (GRID, 2),
        (GRID, 0),
        lines=(3,),
        what="the size of this array",
        level=2,
    ),
    "a value that may be None": mistake(
        "def f(a, b=None):\n    a = a * 2\n    a = a + b\n    return a\n",
        "    a = a + b\n",
        "    if b is not None:\n        a = a + b\n",
        (3,),
        (3, 4),
        lines=(3,),
        what="what is done where a value is None",
        level=1,
    ),
    "an answer for what is None": mistake(
        "def f(a, b):\n    c = a.sum()\n    return a, c\n",
        "a.sum()",
        "None if b is None else a.sum()",
        (GRID, None),
        (GRID, 4),
        what="what is done where a value is None",
        level=2,
    ),
    "a transposed array in a call": mistake(
        "def f(a, b):\n    return np.dot(a, b)\n",
        "(a, b)\n",
        "(a, b.T)\n",
        (GRID, GRID[:3]),
        what="which arrays are transposed",
        level=0,
    ),
    "a place for the number of a loop": mistake(
        "def f(a, step=2):\n    out = []\n    for i in range(3):\n        out.append(a[i])\n    return out\n",
        "a[i]",
        "a[i * step]",
        (np.arange(9), 2),
        (np.arange(9), 3),
        lines=(4,),
        what="the index",
        level=1,
    ),
    "a frame that is not cut off, of two sizes": mistake(
        "def f(a, p):\n    h, w = (len(a) + p) // 2, (len(a[0]) + p) // 2\n    m, n = (h + p) // w, (w + p) // h\n"
        "    b = np.pad(a, p)\n    return b, m, n\n",
        "return b, m",
        "return a, m",
        (GRID, 2),
        (GRID, 0),
        lines=(5,),
        what="the size of this array",
        level=2,
    ),
    "twins": mistake(
        "def f(a, s):\n    h, w = a.shape\n    rows = h / s\n    cols = w / s\n    return np.zeros((rows, cols))\n",
        " / s",
        " // s",
        (GRID, 2),
        (GRID, 3),
        lines=(3, 4),
        what="the operator",
        level=0,
    ),
}


def function_of(definitions: list[tuple[str, types.CodeType]]) -> Any:
    names: dict[str, Any] = {"np": np, "steps": lambda: None}
    for _, code in definitions:
        exec(code, names)
    return names["f"]


def answer(function: Any, call: tuple[Any, ...]) -> Any:
    given = tuple(part.copy() if isinstance(part, np.ndarray) else part for part in call)
    with np.errstate(all="ignore"):
        value = function(*given)
    changed = any(
        not np.array_equal(one, other, equal_nan=True)
        for one, other in zip(given, call, strict=True)
        if isinstance(one, np.ndarray)
    )
    return value, changed


def same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if one is None or other is None:
        return one is other
    mine, theirs = np.asarray(one), np.asarray(other)
    return mine.shape == theirs.shape and bool(np.allclose(mine, theirs, rtol=1e-9, equal_nan=True))


def mends(program: Program, numbers: tuple[int, ...], wanted: list[Any], calls: tuple[tuple[Any, ...], ...]) -> bool:
    try:
        function = function_of(program.definitions(numbers, "steps"))
        for call, right in zip(calls, wanted, strict=True):
            value, changed = answer(function, call)
            if changed or not same(value, right):
                return False
    except Exception:
        return False
    return True


def twins(program: Program) -> list[tuple[int, ...]]:
    """Return the numbers of edits that make the same change at two to four like places."""
    groups: dict[str, list[int]] = {}
    for number, edit in enumerate(program.edits):
        groups.setdefault(edit.twin, []).append(number)
    return [tuple(group) for key, group in groups.items() if key and 2 <= len(group) <= 4]


@pytest.mark.parametrize("name", MISTAKES)
def test_an_edit_that_mends_the_mistake_is_among_them_at_its_line(name: str) -> None:
    given = MISTAKES[name]
    wanted = [
        answer(function_of(Program([Cell(given.right, "a.py")], "f", []).definitions((), "steps")), call)[0]
        for call in given.calls
    ]
    program = Program([Cell(given.wrong, "a.py")], "f", [])
    assert not mends(program, (), wanted, given.calls)
    choices = [(number,) for number in range(len(program.edits))] + twins(program)
    found = [[program.edits[number] for number in choice] for choice in choices if mends(program, choice, wanted, given.calls)]
    near = [edits for edits in found if max(edit.level for edit in edits) <= given.level]
    assert any(tuple(sorted({edit.line for edit in edits})) == given.lines and edits[0].what == given.what for edits in near), (
        found[:5]
    )


HELPED = """
import numpy as np
SCALE = 3.0
SIZES = [1, 2]
OTHER = 7

def unused(a):
    return a + OTHER

def given(a):
    return a - 1

def helper(a):
    for i in range(2):
        a = given(a) * SCALE
    return a

def f(a):
    "A text."
    return helper(a) + 1

class Model:
    def run(self, a):
        return f(a)
"""


def lines_of(program: Program) -> set[int]:
    return {edit.line for edit in program.edits}


def test_helpers_that_are_reached_by_name_are_edited_and_others_are_not() -> None:
    assert lines_of(Program([Cell(HELPED, "a.py")], "f", [])) == {3, 11, 14, 15, 16, 20}
    assert lines_of(Program([Cell(HELPED, "a.py")], "f", ["given"])) == {3, 14, 15, 16, 20}
    assert lines_of(Program([Cell(HELPED, "a.py")], "f", ["helper"])) == {20}
    assert lines_of(Program([Cell(HELPED, "a.py")], "Model", ["f"])) == {24}


def test_no_name_is_put_where_it_has_no_value_yet() -> None:
    source = "def f(a):\n    b = a + 1\n    for i in range(b):\n        c = a * i\n"
    source += "    d = [j + b for j in range(a)]\n    return c, d\n"
    program = Program([Cell(source, "a.py")], "f", [])
    answers, unbound = set(), 0
    for number, edit in enumerate(program.edits):
        if edit.what == "the names that are used":
            try:
                answers.add(repr(function_of(program.definitions((number,), "steps"))(2)))
            except (TypeError, NameError) as error:
                unbound += isinstance(error, UnboundLocalError)
    assert unbound == 0
    # Those in which `a` is `b`, `c` is `i`, and `b` is `j`.
    assert {"(6, [3, 4])", "(4, [3, 4, 5])", "(2, [3, 4])", "(4, [0, 2])"} <= answers


def test_a_name_that_is_not_there_has_no_edits() -> None:
    assert Program([Cell(HELPED, "a.py")], "g", []).edits == ()
    assert Program([], "f", []).edits == ()


def test_lines_are_those_of_the_file_and_the_last_definition_counts() -> None:
    first = Cell("def f(a):\n    return a - 1\n", "a.py", 10)
    second = Cell("x = 1\n\ndef f(a):\n    return a + 2\n", "a.ipynb cell 4", 1)
    broken = Cell("def f(:\n", "a.ipynb cell 5", 1)
    program = Program([first, second, broken], "f", [])
    assert {(edit.cell, edit.line) for edit in program.edits} == {(1, 4)}
    assert {(edit.cell, edit.line) for edit in Program([second, first], "f", []).edits} == {(1, 11)}


def test_a_name_for_another_function_is_followed() -> None:
    source = "def one(a):\n    return a - 1\n\nf = one\n"
    program = Program([Cell(source, "a.py")], "f", [])
    assert 2 in lines_of(program)
    number = next(number for number, edit in enumerate(program.edits) if edit.what == "the operator")
    assert function_of(program.definitions((number,), "steps"))(5) == 6
    assert function_of(program.definitions((), "steps"))(5) == 4


def every_mistake() -> list[Program]:
    return [Program([Cell(given.wrong, "a.py")], "f", []) for given in MISTAKES.values()]


def test_edits_leave_the_program_as_it_was() -> None:
    for used, fresh in zip(every_mistake(), every_mistake(), strict=True):
        for number in range(len(used.edits)):
            with contextlib.suppress(SyntaxError, ValueError):
                used.definitions((number,), "steps")
        # The last one is compiled from the tree in which all the others were made.
        last = len(used.edits) - 1
        mine, other = used.definitions((last,), "steps"), fresh.definitions((last,), "steps")
        assert marshal.dumps([code for _, code in mine]) == marshal.dumps([code for _, code in other])


def test_hardly_any_edit_cannot_be_compiled() -> None:
    tried, failed = 0, 0
    for program in every_mistake():
        for number in range(len(program.edits)):
            tried += 1
            try:
                program.definitions((number,), "steps")
            except (SyntaxError, ValueError):
                failed += 1
    assert tried > 4_000
    assert failed < tried / 200


def test_two_edits_of_one_place_build_on_each_other_or_exclude_each_other() -> None:
    program = Program(
        [Cell("def f(a, b, c):\n    for i in range(b):\n        a = max(a - b, c)\n    return a\n", "a.py")], "f", []
    )
    count = len(program.edits)
    for one in range(0, count, 3):
        for other in range(1, count, 7):
            with contextlib.suppress(SyntaxError, ValueError):
                program.definitions((one, other), "steps")
    assert function_of(program.definitions((), "steps"))(9, 2, 0) == 5


def test_the_order_is_the_same_in_every_process() -> None:
    code = (
        "import hashlib, sys; from cnngrade.worker.cells import Cell; from cnngrade.worker.edits import Program; "
        "print(hashlib.sha256(repr(Program([Cell(sys.stdin.read(), 'a.py')], 'f', ['unused']).edits).encode()).hexdigest())"
    )
    source = HELPED + MISTAKES["the number of another loop"].wrong
    mine = hashlib.sha256(repr(Program([Cell(source, "a.py")], "f", ["unused"]).edits).encode()).hexdigest()
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code], input=source, text=True, capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert run.stdout.strip() == mine


HOSTILE = {
    "nested deeply": "def f(a):\n    return " + "(" * 80 + "a" + ")" * 80 + " + " + "-" * 2_000 + "a\n",
    "a long sum": "def f(a):\n    return " + " + ".join(["a"] * 20_000) + "\n",
    "a long chain of calls": "def f(a):\n    return a" + ".T" * 3_000 + "\n",
    "many statements": "def f(a):\n" + "    a = a[1:, 2] + 1\n" * 12_000 + "    return a\n",
    "many names": "def f(a):\n" + "".join(f"    v{i} = a + {i}\n" for i in range(5_000)) + "    return a\n",
    "a long tuple": "def f(a):\n    return a[" + "1, " * 20_000 + "]\n",
    "many functions": "".join(f"def f{i}(a):\n    return f{i + 1}(a)\n" for i in range(5_000)) + "f = f0\n",
    "a function that calls itself": "def f(a):\n    return f(a - 1)\n",
    "loops in loops": "def f(a):\n"
    + "".join("    " + " " * i + "for i in a:\n" for i in range(19))
    + "    "
    + " " * 19
    + "a = 1\n",
    "ifs in ifs": "def f(a):\n" + "".join(" " * (i + 1) + "if a:\n" for i in range(90)) + " " * 92 + "a = 1\n",
    "a long text": "def f(a):\n    'x' * 3\n    return np.einsum('" + "abc," * 5_000 + "', a)\n",
    "a large number": "def f(a):\n    return a[" + "9" * 4_000 + "] + 1e308 + 1e999\n",
    "no end": "def f(a):\n    return (((\n",
    "a zero": "def f(a):\n    return a\0\n",
    "more than anybody reads": "def f(a):\n    return a - 1\n" + "#" * MOST_SOURCE,
}


@pytest.mark.parametrize("name", sweep(HOSTILE, HOSTILE.keys() - {"many functions", "many names"}))
def test_a_hostile_source_takes_little_time_and_has_few_edits(name: str) -> None:
    start = time.process_time()
    program = Program([Cell(HOSTILE[name], "a.py")], "f", [])
    assert time.process_time() - start < 5
    assert len(program.edits) <= MOST_EDITS
    for number in range(0, len(program.edits), max(len(program.edits) // 5, 1)):
        try:
            program.definitions((number,), "steps")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
