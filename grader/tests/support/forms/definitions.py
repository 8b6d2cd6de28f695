"""Ways to define a function in a cell, each below its name."""

from __future__ import annotations

import re

from support.forms.cells import form
from support.forms.form import BOTH, ONLY_TRIPLE

# An array has no hash, and these two return something that is no array.
_WRONG = {"cached", "async function", "generator"}

_SOURCES = '''
## lambda
double = lambda x: 2 * np.asarray(x)

## partial
from functools import partial
double = partial(np.multiply, 2)

## ufunc made by hand
double = np.vectorize(lambda x: 2 * x, otypes=[float])

## object that is called
class Scale:
    def __call__(self, x):
        return 2 * np.asarray(x)
double = Scale()

## method of an object
class Scale:
    k = 2
    def by(self, x):
        return self.k * np.asarray(x)
double = Scale().by

## static method
class Scale:
    @staticmethod
    def by(x):
        return 2 * np.asarray(x)
double = Scale.by

## decorated
import functools
def logged(function):
    @functools.wraps(function)
    def inner(*arguments):
        print(arguments)
        return function(*arguments)
    return inner
@logged
def double(x):
    return 2 * np.asarray(x)

## cached
import functools
@functools.cache
def double(x):
    return 2 * np.asarray(x)

## closure
def times(k):
    def inner(x):
        return k * np.asarray(x)
    return inner
double = times(2)

## made by exec
exec("def double(x): return 2 * np.asarray(x)")

## put into globals
globals()["double"] = lambda x: 2 * np.asarray(x)

## global counter
calls = 0
def double(x):
    global calls
    calls += 1
    return 2 * np.asarray(x)

## in a try
try:
    import cupy as xp
except ImportError:
    xp = np
    def double(x):
        return 2 * xp.asarray(x)

## in an if
if np.__version__ >= "1":
    def double(x):
        return 2 * np.asarray(x)
else:
    double = None

## in a with
with np.errstate(all="ignore"):
    def double(x):
        return 2 * np.asarray(x)

## in a loop
for k in (1, 2):
    def double(x):
        return k * np.asarray(x)

## star import
from numpy import *
def double(x):
    return add(x, x)

## async function
async def double(x):
    return 2 * np.asarray(x)

## generator
def double(x):
    yield 2 * np.asarray(x)

## dataclass
from dataclasses import dataclass
@dataclass(frozen=True)
class Scale:
    k: int = 2
def double(x):
    return Scale().k * np.asarray(x)

## typing
from typing import Protocol, TypeVar
T = TypeVar("T")
class Same(Protocol):
    def same(self, x: T) -> T: ...
def double(x: np.ndarray) -> "np.ndarray":
    return 2 * np.asarray(x)

## enum and named tuple
from collections import namedtuple
from enum import Enum
Pair = namedtuple("Pair", "one two")
class Factor(Enum):
    TWO = Pair(1, 2)
def double(x):
    return Factor.TWO.value.two * np.asarray(x)

## match statement
def double(x):
    match np.ndim(x):
        case _ if (k := 2):
            return k * np.asarray(x)

## source of itself
import inspect
def double(x):
    assert "return" in inspect.getsource(double)
    return 2 * np.asarray(x)

## doctest
def double(x):
    """
    >>> double(1)
    2
    """
    return 2 * np.asarray(x)
import doctest
doctest.testmod()

## unittest
def double(x):
    return 2 * np.asarray(x)
import unittest
class Test(unittest.TestCase):
    def test(self):
        self.assertEqual(double(1), 2)
unittest.main(argv=[""], exit=False)

## errors made loud
np.seterr(all="raise")
np.set_printoptions(precision=3)
def double(x):
    return 2 * np.asarray(x)

## pickled
def double(x):
    return 2 * np.asarray(x)
import pickle
double = pickle.loads(pickle.dumps(double))

## from the main module
def double(x):
    return 2 * np.asarray(x)
from __main__ import double as again

## found in the main module
import __main__
def double(x):
    return __main__.np.asarray(x) * 2

## logging
import logging
logging.basicConfig(level=logging.DEBUG)
logging.info("hello")
def double(x):
    return 2 * np.asarray(x)

## one line
def double(x): return 2 * np.asarray(x)
'''

DEFINITIONS = [
    form(name, ONLY_TRIPLE if name in _WRONG else BOTH, double=source.strip())
    for name, source in re.findall(r"^## (.+)\n((?:(?!## ).*\n)+)", _SOURCES, re.MULTILINE)
]
