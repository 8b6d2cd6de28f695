"""The workloads: what a course on convolutional networks computes, and what is aimed at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from peers.machine import Machine

Array = np.ndarray[Any, Any]
AIM, MEMORY_AIM = 1.0, 0.95
CACHE_BYTES = 1 << 20


@dataclass(frozen=True)
class Work:
    """One thing to compute.

    kind: conv2d, its gradients, the fused hierarchy of LeNet, or the name of what is done to maps
    x, w: shapes   flops: multiplications and additions; 0 where memory is all that counts   moved: bytes an answer reads and
    writes at least
    """

    name: str
    kind: str
    x: tuple[int, ...]
    w: tuple[int, ...] = ()
    stride: int = 1
    padding: int = 0
    filters: tuple[tuple[int, ...], ...] = field(default=())

    def maps(self) -> tuple[int, ...]:
        """Return the shape of the feature maps."""
        ho, wo = ((self.x[axis] + 2 * self.padding - self.w[axis]) // self.stride + 1 for axis in (2, 3))
        return self.x[0], self.w[0], ho, wo

    def flops(self) -> float:
        """Return how many multiplications and additions the definition takes."""
        if self.kind == "hierarchy":
            total, (n, _, height, width) = 0.0, self.x
            for shape in self.filters:
                height, width = height - shape[2] + 1, width - shape[3] + 1
                total += 2.0 * n * height * width * float(np.prod(shape))
                height, width = height // 2, width // 2
            return total
        if not self.w:
            return 0.0
        forwards = 2.0 * float(np.prod(self.maps())) * float(np.prod(self.w[1:]))
        return 2 * forwards if self.kind == "gradients" else forwards

    def moved(self, item: int) -> float:
        """Return how many bytes are read and written if everything is touched once, `item` bytes a number."""
        whole = float(np.prod(self.x))
        numbers = {
            "relu": 2 * whole, "pad": 2 * whole, "maxpool": 1.25 * whole, "avgpool": 1.25 * whole,
            "relu back": 3 * whole, "pad back": 2 * whole, "maxpool back": 2.25 * whole, "avgpool back": 1.25 * whole,
        }.get(self.kind)  # fmt: skip
        if numbers is None and self.kind == "hierarchy":
            numbers = whole + sum(float(np.prod(shape)) for shape in self.filters) + self.x[0] * 400.0
        elif numbers is None:
            numbers = whole + float(np.prod(self.w)) + float(np.prod(self.maps()))
            numbers *= 2 if self.kind == "gradients" else 1
        return item * numbers

    def memory_bound(self, dtype: str, machine: Machine) -> bool:
        """Say whether memory sets the speed of whoever does this, and not what the core multiplies and adds.

        It does so where moving everything once takes longer than all operations at the peak. What fits into the second-level
        cache is moved there.
        """
        moved = self.moved(np.dtype(dtype).itemsize)
        bandwidth = machine.cached if moved <= CACHE_BYTES else machine.copied
        return moved / bandwidth > self.flops() / machine.flops[dtype]

    def aim(self, dtype: str, machine: Machine) -> float:
        """Return how many times as fast as torch the kernels are to be: not slower, but for what memory may do to both."""
        return MEMORY_AIM if self.memory_bound(dtype, machine) else AIM


LENET = (6, 1, 5, 5), (16, 6, 5, 5)
CONVOLUTIONS = (
    Work("1x28x28, 8 of 3x3", "conv2d", (1, 1, 28, 28), (8, 1, 3, 3)),
    Work("LeNet layer 1, N=1", "conv2d", (1, 1, 32, 32), LENET[0]),
    Work("LeNet layer 2, N=1", "conv2d", (1, 6, 14, 14), LENET[1]),
    Work("LeNet layer 1, N=64", "conv2d", (64, 1, 32, 32), LENET[0]),
    Work("LeNet layer 2, N=64", "conv2d", (64, 6, 14, 14), LENET[1]),
    Work("LeNet layer 1, N=256", "conv2d", (256, 1, 32, 32), LENET[0]),
    Work("LeNet layer 2, N=256", "conv2d", (256, 6, 14, 14), LENET[1]),
    Work("1,797 digits, 16 of 3x3", "conv2d", (1797, 1, 8, 8), (16, 1, 3, 3)),
    Work("3x224x224, 64 of 7x7 by 2", "conv2d", (1, 3, 224, 224), (64, 3, 7, 7), 2, 3),
    Work("64x56x56, 64 of 3x3", "conv2d", (1, 64, 56, 56), (64, 64, 3, 3), 1, 1),
    Work("3x1080x1920, 8 of 5x5", "conv2d", (1, 3, 1080, 1920), (8, 3, 5, 5)),
)
HIERARCHIES = tuple(Work(f"LeNet, fused, N={n}", "hierarchy", (n, 1, 32, 32), filters=LENET) for n in (16, 64, 256))
MAPS = tuple(
    Work(f"{kind}, {'x'.join(map(str, shape))}", kind, shape)
    for kind in ("relu", "pad", "maxpool", "avgpool", "relu back", "pad back", "maxpool back", "avgpool back")
    for shape in ((64, 6, 28, 28), (1, 64, 112, 112), (1, 8, 1080, 1920))
)
GRADIENTS = tuple(
    Work(f"gradients of {work.name}", "gradients", work.x, work.w, work.stride, work.padding) for work in CONVOLUTIONS[:-1]
)
