"""What the machine can do at most: multiplications and additions a second, and bytes a second, of one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from solutions.kernels.simd.vector import ELEMENTS, INT64, Vector, load_vector, multiply_add, pointer, store_vector

CHAINS = 24
"""Sums that do not wait for one another: more than the processor can have under way, and no more than it has registers."""


@intrinsic
def _chains(typingctx, p, rounds):  # type: ignore[no-untyped-def]
    """Add to each of CHAINS vectors its product with another, `rounds` times, in registers alone."""
    vector = ir.VectorType(ELEMENTS[p.dtype], Vector(p.dtype).lanes)

    def codegen(context, b, signature, values):  # type: ignore[no-untyped-def]
        def place(index: int) -> ir.Constant:
            return ir.Constant(INT64, index * vector.count)

        address, count = values
        first, second = load_vector(b, address, place(CHAINS), vector), load_vector(b, address, place(CHAINS + 1), vector)
        start = [load_vector(b, address, place(index), vector) for index in range(CHAINS)]
        before, loop, after = b.block, b.append_basic_block("loop"), b.append_basic_block("after")
        b.branch(loop)
        b.position_at_end(loop)
        step, sums = b.phi(INT64), [b.phi(vector) for _ in start]
        added = [multiply_add(b, first, second, total) for total in sums]
        following = b.add(step, ir.Constant(INT64, 1))
        for phi, begin, end in zip([step, *sums], [ir.Constant(INT64, 0), *start], [following, *added], strict=True):
            phi.add_incoming(begin, before)
            phi.add_incoming(end, loop)
        b.cbranch(b.icmp_signed("<", following, count), loop, after)
        b.position_at_end(after)
        for index, total in enumerate(added):
            store_vector(b, address, place(index), total)
        return context.get_dummy_value()

    return types.void(p, types.int64), codegen


@njit(nogil=True)
def _multiply_and_add(numbers, rounds):  # type: ignore[no-untyped-def]
    _chains(pointer(numbers), rounds)
    return numbers[0]


def peak_work(dtype: str, rounds: int = 50_000) -> tuple[Callable[[], Any], float]:
    """Return work of about a millisecond that only multiplies and adds, in registers, and how many operations it takes."""
    kind = {"float32": types.float32, "float64": types.float64}[dtype]
    lanes = Vector(kind).lanes
    numbers = np.zeros((CHAINS + 2) * lanes, dtype)
    return lambda: _multiply_and_add(numbers, rounds), 2.0 * CHAINS * lanes * rounds


@dataclass
class Machine:
    """The best that was seen so far: a busy neighbour can only take away."""

    flops: dict[str, float] = field(default_factory=lambda: {"float32": 0.0, "float64": 0.0})
    copied: float = 0.0
    cached: float = 0.0

    def look_again(self) -> None:
        """Measure everything once more; a tenth of a second."""
        for name in self.flops:
            run, operations = peak_work(name)
            run()
            for _ in range(5):
                begin = time.thread_time()
                run()
                self.flops[name] = max(self.flops[name], operations / (time.thread_time() - begin))
        large, small = np.ones(1 << 23), np.ones(1 << 14)
        self.copied = max(self.copied, _copied(large, 2))
        self.cached = max(self.cached, _copied(small, 400))


def _copied(source: NDArray[Any], times: int) -> float:
    """Return the bytes read and written a second when an array is copied."""
    target, best = np.ones_like(source), 0.0
    for _ in range(5):
        begin = time.thread_time()
        for _ in range(times):
            np.copyto(target, source)
        best = max(best, 2 * source.nbytes * times / (time.thread_time() - begin))
    return best
