"""Bodies of functions that loop over rows or entries in Python, and of others; as a program it prints the counts of their
steps.

    PYTHON loop_bodies.py

The counts come as JSON, in any Python; without NumPy, only those of the bodies that need none. `x` is a list of H lists of W
numbers. What is said of a body are the axes over which it loops.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

STEPS = Path(__file__).resolve().parents[2] / "cnngrade" / "worker" / "steps.py"


HELPERS = """
import asyncio, collections, contextlib, copy, functools, heapq, itertools, math, operator, re, string, threading
from concurrent.futures import ThreadPoolExecutor

class Iterated:
    def __init__(self, items): self.items = items
    def __iter__(self):
        for item in self.items:
            yield item

class Indexed:
    def __init__(self, items): self.items = items
    def __getitem__(self, index): return self.items[index]

class Sized(Indexed):
    def __len__(self): return len(self.items)

class Next:
    def __init__(self, items): self.rest = list(items)
    def __iter__(self): return self
    def __next__(self):
        if not self.rest: raise StopIteration
        return self.rest.pop()

class Number:
    def __init__(self, value): self.value = value
    def __add__(self, other): return self
    __radd__ = __add__
    def __lt__(self, other): return self.value < other.value
    def __eq__(self, other): return self.value == other.value
    def __hash__(self): return hash(self.value)
    def __index__(self): return 0
    def __float__(self): return 0.0
    def __format__(self, _): return ""
    @property
    def half(self): return self.value / 2

class Context:
    def __enter__(self): return self
    def __exit__(self, *_): return False

def generated(rows):
    yield from rows

def answered(rows):
    for row in rows:
        got = yield row

def descending(rows):
    return 1 + descending(rows[1:]) if rows else 0

def halved(rows):
    return halved(rows[: len(rows) // 2]) + halved(rows[len(rows) // 2 :]) if len(rows) > 1 else len(rows)

def even(n): return n == 0 or odd(n - 1)

def odd(n): return n != 0 and even(n - 1)

def constant(_): return 0

def twice(function):
    @functools.wraps(function)
    def wrapped(*args): return function(*args)
    return wrapped

@twice
def decorated(row): return row

async def awaited(row): return row

async def each_awaited(rows):
    for row in rows:
        await awaited(row)

async def streamed(rows):
    for row in rows:
        yield row

async def all_streamed(rows):
    return [row async for row in streamed(rows)]

def driven(coroutine):
    try:
        while True: coroutine.send(None)
    except StopIteration as stop:
        return stop.value

POOL = ThreadPoolExecutor(2)
"""


LOOPS = {
    # for
    "for row in x: pass": "H",
    "for row in x: row": "H",
    "for row in range(len(x)): pass": "H",
    "for i in range(len(x)):\n    x[i]": "H",
    "for i, row in enumerate(x): pass": "H",
    "for i in reversed(range(len(x))): pass": "H",
    "for a, b in zip(x, x): pass": "H",
    "for a, b in itertools.pairwise([0, *x]): pass": "H",
    "for row in x:\n    for value in row: pass": "H W",
    "for i in range(len(x)):\n    for j in range(len(x[0])): x[i][j]": "H W",
    "for i, j in itertools.product(range(len(x)), range(len(x[0]))): pass": "H W",
    "for value in itertools.chain.from_iterable(x): pass": "H W",
    "for value in x[0]: pass": "W",
    "for column in zip(*x): max(column)": "W",
    "for start in range(0, len(x), 2): x[start : start + 2]": "H",
    "for row in x: continue": "H",
    "for row in x:\n    if row is None: break\nelse:\n    pass": "H",
    "for row in x[1:]: pass": "H",
    "for row in iter(x): pass": "H",
    "for row in list(map(max, x)): pass": "H",
    "for x[0][0] in range(len(x)): pass": "H",
    "for (\n    row\n) in (\n    x\n):\n    pass": "H",
    "out = []\nfor row in x: out.append(max(row))": "H",
    "out = []\nfor row in x: out += [row]": "H",
    "out = {}\nfor row in x: out[len(out)] = row": "H",
    "total = 0\nfor row in x: total += row[0]": "H",
    # while
    "i = 0\nwhile i < len(x): i += 1": "H",
    "i = 0\nwhile i < len(x):\n    i += 1": "H",
    "i = 0\nwhile i < len(x):\n    i += 1\n    if i: continue": "H",
    "i = 0\nwhile True:\n    i += 1\n    if i > len(x): break": "H",
    "rest = list(x)\nwhile rest: rest.pop()": "H",
    "rest = list(x)\nwhile rest: del rest[0]": "H",
    "rest = collections.deque(x)\nwhile rest: rest.popleft()": "H",
    "rest = iter(x)\nwhile (row := next(rest, None)) is not None: pass": "H",
    "rest = iter(x)\nwhile True:\n    try: next(rest)\n    except StopIteration: break": "H",
    "i = 0\ntry:\n    while True:\n        x[i]\n        i += 1\nexcept IndexError: pass": "H",
    "rest = list(x)\nwhile rest and True: rest = rest[1:]": "H",
    "rest = list(x)\nwhile not not rest: *rest, _ = rest": "H",
    "heap = list(range(len(x)))\nwhile heap: heapq.heappop(heap)": "H",
    # comprehensions
    "[row for row in x]": "H",
    "[0 for _ in x]": "H",
    "[max(row) for row in x]": "H",
    "[max(*row) for row in x]": "H",
    "[sorted(row, reverse=True) for row in x]": "H",
    "[row for row in x if row]": "H",
    "[row for row in x if not row]": "H",
    "[[value for value in row] for row in x]": "H W",
    "[value for row in x for value in row]": "H W",
    "[(lambda: row)() for row in x]": "H",
    "[y := row for row in x]": "H",
    "[f'{row}' for row in x]": "H",
    "[x[i : i + 1] for i in range(len(x))]": "H",
    "{i: row for i, row in enumerate(x)}": "H",
    "{0: row for row in x}": "H",
    "{len(row) for row in x}": "H",
    "sum([row[0] for row in x])": "H",
    # generators
    "sum(max(row) for row in x)": "H",
    "any(row is None for row in x)": "H",
    "all(row for row in x)": "H",
    "max(row[0] for row in x)": "H",
    "tuple(row for row in x)": "H",
    "''.join('a' for _ in x)": "H",
    "[*(row for row in x)]": "H",
    "a, *b = (row for row in x)": "H",
    "print(*(0 for _ in x), file=type('No', (), {'write': staticmethod(len)}))": "H",
    "dict((i, 0) for i, _ in enumerate(x))": "H",
    "list(generated(x))": "H",
    "list(yes for row in x for yes in (True,))": "H",
    "collections.deque((row for row in x), maxlen=0)": "H",
    "next((row for row in x if row is None), None)": "H",
    "it = answered(x)\nwith contextlib.suppress(StopIteration):\n    next(it)\n    while True: it.send(1)": "H",
    "sorted(row[0] for row in x)": "H",
    "driven(each_awaited(x))": "H",
    "driven(all_streamed(x))": "H",
    # functions of Python that C code calls
    "list(map(constant, x))": "H",
    "list(map(lambda row: 0, x))": "H",
    "list(map(lambda row: row, x))": "H",
    "list(map(decorated, x))": "H",
    "list(map(functools.partial(constant), x))": "H",
    "list(filter(lambda row: True, x))": "H",
    "list(itertools.starmap(lambda *row: 0, x))": "H",
    "list(itertools.accumulate(x, lambda a, b: a))": "H",
    "list(itertools.takewhile(lambda row: True, x))": "H",
    "functools.reduce(lambda a, b: a, x, None)": "H",
    "sorted(x, key=lambda row: 0)": "H",
    "max(x, key=constant)": "H",
    "re.sub('a', lambda found: '', 'a' * len(x))": "H",
    "rest = [None, *x]\nlist(iter(lambda: rest.pop(), None))": "H",
    "collections.Counter(map(len, [*map(decorated, x)]))": "H",
    # classes
    "list(Iterated(x))": "H",
    "list(Indexed(x))": "H",
    "list(Next(x))": "H",
    "list(reversed(Sized(x)))": "H",
    "0 in Indexed(x)": "H",
    "[row for row in Next(x)]": "H",
    "sum([Number(0)] * len(x), Number(0))": "H",
    "max([Number(0)] * len(x))": "H",
    "list(map(Number, x))": "H",
    "list(map(math.sqrt, [Number(0)] * len(x)))": "H",
    "set([Number(0)] * len(x))": "H",
    "list(map('{}'.format, [Number(0)] * len(x)))": "H",
    "list(map(operator.attrgetter('half'), [Number(0)] * len(x)))": "H",
    "list(map([0].__getitem__, [Number(0)] * len(x)))": "H",
    # functions that call themselves
    "descending(x)": "H",
    "halved(x)": "H",
    "even(len(x))": "H",
    "def inner(i):\n    if i < len(x): inner(i + 1)\ninner(0)": "H",
    "(again := lambda i: i and again(i - 1))(len(x))": "H",
    "def inner():\n    for row in x: pass\ninner()": "H",
    "class Local:\n    rows = [0 for _ in range(3)]\nfor row in x: Local.rows": "H",
    # with, try, match, del, threads
    "for row in x:\n    with Context(): pass": "H",
    "for row in x:\n    with contextlib.suppress(ValueError): raise ValueError": "H",
    "for row in x:\n    try: raise LookupError\n    except LookupError: pass": "H",
    "for row in x:\n    try: continue\n    finally: pass": "H",
    "for row in x:\n    match row:\n        case [_]: pass\n        case _: pass": "H",
    "for i in range(len(x)):\n    if i % 2: pass\n    else: pass": "H",
    "copy.deepcopy(x)": "H W",
    "thread = threading.Thread(target=lambda: [row for row in x])\nthread.start()\nthread.join()": "H",
    "list(POOL.map(constant, x))": "H",
    "POOL.submit(lambda: [row for row in x]).result()": "H",
    "exec('for row in x: pass', {'x': x})": "H",
    "eval('[row for row in x]', {'x': x})": "H",
    "exec('constant(0);' * len(x), globals())": "H",
}
"""The axes over which bodies loop that need no NumPy."""


NO_LOOPS = (
    "pass",
    "[1, 2, 3, 4, 5, 6, 7, 8]",
    "(x, x, x, x)",
    "{'a': x, 'b': x}",
    "{1, 2, 3}",
    "a, b, *rest = [*x, *x]",
    "[*x, *x]",
    "(*x, *x[0])",
    "{**{}, 'x': x}",
    "x + x",
    "x * 3",
    "x[::-1]",
    "x[:] = x[::-1]",
    "x == x",
    "x in x",
    "len(x), len(x[0])",
    "max(x), min(x), sum(x[0])",
    "sorted(x, reverse=True)",
    "list(zip(*x))",
    "list(map(max, x))",
    "list(map(operator.itemgetter(0), x))",
    "list(itertools.chain.from_iterable(x))",
    "list(itertools.starmap(max, zip(*x, *x)))",
    "functools.reduce(operator.add, x)",
    "dict(enumerate(x))",
    "str(x)",
    "f'{x} and {len(x)}'",
    "','.join(map(str, x))",
    "re.sub('1', '2', str(x))",
    "re.sub('(1)', r'\\1', str(x))",
    "collections.Counter(x[0])",
    "collections.deque(map(max, x), maxlen=0)",
    "for size in (len(x), len(x[0])): size",
    "for _ in range(20): x",
    "while True: break",
    "[0 for _ in range(9)]",
    "[int(size) for size in (len(x), len(x[0]))]",
    "try: x[99]\nexcept IndexError: pass",
    "x if len(x) > 3 else [*x]",
    "if len(x) > 3:\n    for _ in range(50): pass",
    "descending([1, 2, 3])",
    "even(4)",
    "constant(x)",
    "(lambda rows: len(rows))(x)",
    "with Context(): pass",
    "copy.copy(x)",
    "length = 1\nwhile length < len(x): length *= 2",
    "generated(x)",
    "list(itertools.islice(generated(x), 2))",
    "POOL.submit(len, x).result()",
    "list(iter([None, *x].pop, None))",
    "constant(x) + constant(x)",
    "any(x) and all(x)",
)
"""Bodies that loop over nothing, or only over what is as long as it is."""


WITH_NUMPY = {
    "for row in np.array(x): pass": "H",
    "for row in np.array(x): row.sum()": "H",
    "for column in np.array(x).T: column.sum()": "W",
    "for place in np.ndindex(len(x), len(x[0])): pass": "H W",
    "for place, value in np.ndenumerate(np.array(x)): pass": "H W",
    "for value in np.nditer(np.array(x)): pass": "H W",
    "for value in np.array(x).flat: pass": "H W",
    "np.stack([row * 2 for row in np.array(x)])": "H",
    "np.fromiter((0 for _ in x), float)": "H",
    "np.vectorize(lambda value: value)(np.array(x))": "H W",
    "np.frompyfunc(lambda value: value, 1, 1)(np.array(x))": "H W",
    "np.apply_along_axis(lambda row: row, 1, np.array(x))": "H",
    "np.array([Number(0)] * len(x)).sum()": "H",
    "np.array([Number(0)] * len(x)).astype(float)": "H",
    "np.piecewise(np.array(x), [np.array(x) > 0], [lambda part: [value for value in part]])": "H W",
    "np.array2string(np.array(x), formatter={'float': lambda value: '0'})": "H W",
    "asyncio.run(all_streamed(np.array(x)))": "H",
    "asyncio.run(awaited(np.array(x)))": "",
    "str(np.array(x))": "",
    "np.array(x).sum(axis=0)": "",
    "np.pad(np.array(x), 1)": "",
    "np.einsum('ij,kj->ik', np.array(x), np.array(x), optimize=True)": "",
    "np.tensordot(np.array(x), np.array(x), axes=(1, 1))": "",
    "np.lib.stride_tricks.sliding_window_view(np.array(x), (1, 2)).max(axis=-1)": "",
    "np.fft.irfft2(np.fft.rfft2(np.array(x)))": "",
    "np.repeat(np.tile(np.array(x), (2, 2)), 3, axis=0)": "",
    "np.take_along_axis(np.array(x), np.argsort(np.array(x), axis=1), axis=1)": "",
    "np.linalg.svd(np.array(x))": "",
    "np.convolve(np.array(x)[0], [1, 2])": "",
    "np.concatenate([np.array(x), np.zeros((2, len(x[0])))])": "",
    "np.array(x).tolist()": "",
    "np.insert(np.array(x), 0, 0, axis=1)": "",
}
"""The axes over which bodies loop that need NumPy."""


def inputs(enlarged: int) -> list[tuple[Any, ...]]:
    """Return a tiny input, then two of which H is longer, and two of which W is."""
    longer = [2 + enlarged, 2 + 2 * enlarged]
    sizes = [(2, 2), *((rows, 2) for rows in longer), *((2, columns) for columns in longer)]
    return [([[1.0] * columns for _ in range(rows)],) for rows, columns in sizes]


def function(body: str, **names: Any) -> Callable[..., Any]:
    """Return a function of `x` with this body, in a module of its own."""
    scope: dict[str, Any] = dict(names)
    exec(HELPERS + "\ndef function(x):\n" + textwrap.indent(body, "    "), scope)
    made: Callable[..., Any] = scope["function"]
    return made


def _steps() -> ModuleType:
    """Return the module that counts, without the engine around it: a bare Python has none of what that needs."""
    spec = importlib.util.spec_from_file_location("steps", STEPS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    steps = _steps()
    names: dict[str, Any] = {}
    bodies = [*LOOPS, *NO_LOOPS]
    if importlib.util.find_spec("numpy"):
        names["np"] = importlib.import_module("numpy")
        bodies += WITH_NUMPY
    counts = {}
    for body in bodies:
        given = inputs(steps.ENLARGED)
        called = function(body, **names)
        called(*given[0])
        counts[body] = steps.counts(called, given)
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main()
