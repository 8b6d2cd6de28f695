"""What the processor offers: the length of its vectors, and the register tiles that fit into its registers.

A tile keeps m x n sums in registers while it walks over the taps of the kernel, so each number that it loads serves m or n
times. It is worth what fits: m*n sums, the n vectors they are made from, and one register for a weight. To try another tile,
change a number here; `python grader/benchmarks/speed.py --quick` says what it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solutions.kernels import compat


@dataclass(frozen=True)
class Target:
    """An instruction set: the bytes of a vector, whether it multiplies and adds in one step, and its tiles.

    Each table says for m, the filters of a block, how many n are computed at once. `positions`: n vectors of positions or
    images, or of taps where the sums are gradients of weights. `filters`: m counts vectors of filters, n single positions. Of
    the m, one must be 1, or there would be filters left.
    """

    name: str
    vector_bytes: int
    fused: bool
    positions: Mapping[int, int]
    filters: Mapping[int, int]


# 32 registers; a weight is broadcast by the instruction that multiplies.
AVX512 = Target("AVX-512", 64, True, {8: 3, 6: 4, 4: 6, 3: 7, 2: 8, 1: 8}, {2: 10, 1: 14})
# 16 registers, of which a broadcast takes one.
AVX2 = Target("AVX2", 32, True, {6: 2, 4: 3, 2: 5, 1: 7}, {2: 5, 1: 10})
# 32 registers; a multiplication takes its weight from a lane.
NEON = Target("NEON", 16, True, {8: 3, 6: 4, 4: 6, 2: 8, 1: 8}, {2: 10, 1: 14})
# Any other: 16 registers of 128 bits, a product and a sum in two steps, so that one more register is taken.
PLAIN = Target("plain", 16, False, {4: 2, 2: 4, 1: 6}, {2: 4, 1: 8})


def this_machine() -> Target:
    """Return the tables of the processor that numba compiles for: NUMBA_CPU_NAME and NUMBA_CPU_FEATURES may restrict it."""
    platform, features = compat.processor()
    if "+avx512f" in features:
        return AVX512
    if {"+avx2", "+fma"} <= features:
        return AVX2
    return NEON if platform.startswith(("aarch64", "arm64")) else PLAIN


TARGET = this_machine()
