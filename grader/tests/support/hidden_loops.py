"""A convolution whose loop over rows or places is hard to see, in one way after the other.

Each takes images (N, C, H, W) and filters (K, C, kh, kw) in float64, and returns maps (N, K, Ho, Wo).
"""

from __future__ import annotations

import _thread
import functools
import itertools
import operator
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
POOL = ThreadPoolExecutor(2)


def columns(x: Array, w: Array) -> Array:
    """Return the windows of the images as rows of numbers, (N, Ho, Wo, C*kh*kw)."""
    seen = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
    return seen.reshape(*seen.shape[:3], -1)


def by_rows(products: Callable[[Array, Array], Iterable[Array]]) -> Callable[[Array, Array], Array]:
    """Make a convolution of a way to multiply each row of windows, (N*Ho, Wo, C*kh*kw), with (C*kh*kw, K)."""

    @functools.wraps(products)
    def conv2d(x: Array, w: Array) -> Array:
        seen = columns(x, w)
        rows = seen.reshape(-1, *seen.shape[2:])
        # np.stack would itself loop over them in Python.
        out = np.array(list(products(rows, w.reshape(len(w), -1).T)))
        return out.reshape(*seen.shape[:3], -1).transpose(0, 3, 1, 2)

    return conv2d


@by_rows
def loop(rows: Array, flat: Array) -> Iterable[Array]:
    return [row @ flat for row in rows]


@by_rows
def untraced(rows: Array, flat: Array) -> Iterable[Array]:
    sys.settrace(None)
    return [row @ flat for row in rows]


@by_rows
def in_kept_pool(rows: Array, flat: Array) -> Iterable[Array]:
    return POOL.map(lambda row: row @ flat, rows)


@by_rows
def in_raw_thread(rows: Array, flat: Array) -> Iterable[Array]:
    out: list[Array] = []
    done = threading.Lock()
    done.acquire()

    def run() -> None:
        out.extend([row @ flat for row in rows])
        done.release()

    _thread.start_new_thread(run, ())
    done.acquire()
    return out


@by_rows
def only_where_large(rows: Array, flat: Array) -> Iterable[Array]:
    return [row @ flat for row in rows] if rows.size > 1000 else rows @ flat


@by_rows
def mapped_operator(rows: Array, flat: Array) -> Iterable[Array]:
    return map(operator.matmul, rows, itertools.repeat(flat))


@by_rows
def mapped_setitem(rows: Array, flat: Array) -> Iterable[Array]:
    out = np.empty((*rows.shape[:2], flat.shape[1]))
    products = map(operator.matmul, rows, itertools.repeat(flat))
    place: Callable[..., None] = operator.setitem
    deque(map(place, itertools.repeat(out), range(len(out)), products), 0)
    return out


@by_rows
def reduced(rows: Array, flat: Array) -> Iterable[Array]:
    out: list[Array] = []
    functools.reduce(operator.iadd, zip(map(operator.matmul, rows, itertools.repeat(flat))), out)
    return out


@by_rows
def written_many_times(rows: Array, flat: Array) -> Iterable[Array]:
    out: list[Array] = []
    exec("add(following() @ flat)\n" * len(rows), {"add": out.append, "following": iter(rows).__next__, "flat": flat})
    return out


@by_rows
def mapped_places(rows: Array, flat: Array) -> Iterable[Array]:
    return map(operator.matmul, rows.reshape(-1, len(flat)), itertools.repeat(flat))


def _multiplied(rows: Array, flat: Array, multiply: Callable[[Array, Array], Array]) -> Array:
    out: Array = multiply(rows[..., None], flat).sum(axis=2).astype(float)
    return out


@by_rows
def ufunc_of_c(rows: Array, flat: Array) -> Iterable[Array]:
    return _multiplied(rows, flat, np.frompyfunc(operator.mul, 2, 1))


@by_rows
def vectorized_c(rows: Array, flat: Array) -> Iterable[Array]:
    return _multiplied(rows, flat, np.vectorize(operator.mul, otypes=[float]))


@by_rows
def vectorized(rows: Array, flat: Array) -> Iterable[Array]:
    return _multiplied(rows, flat, np.vectorize(lambda a, b: a * b, otypes=[float]))


@by_rows
def objects(rows: Array, flat: Array) -> Iterable[Array]:
    out: Array = (rows.astype(object) @ flat.astype(object)).astype(float)
    return out


WAYS: dict[str, Callable[[Array, Array], Array]] = {
    "a loop over rows": loop,
    "`sys.settrace(None)` before the loop": untraced,
    "a `ThreadPoolExecutor` that is kept": in_kept_pool,
    "a thread of `_thread`": in_raw_thread,
    "a loop only where the input is large": only_where_large,
    "`np.vectorize` of a function of Python": vectorized,
    "`map(operator.matmul, rows, ...)`": mapped_operator,
    "`deque(map(operator.setitem, ...), 0)`": mapped_setitem,
    "`functools.reduce(operator.iadd, ...)`": reduced,
    "`exec` of a line written for each row": written_many_times,
    "`map(operator.matmul, places, ...)`": mapped_places,
    "`np.frompyfunc` of a C function": ufunc_of_c,
    "`np.vectorize` of a C function": vectorized_c,
    "arrays of objects": objects,
}
"""The ways, as the author's guide names them."""
