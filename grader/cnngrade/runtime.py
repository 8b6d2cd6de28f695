"""What holds for every process that computes: one thread for numerical libraries, and a settled allocator."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
from collections.abc import Iterator

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""Environment variables that keep numerical libraries to one thread; they have to be there before NumPy is loaded."""


_LARGE_BLOCK = 31 << 20  # the C library stops learning at 32 MiB


@functools.cache
def settle_allocator() -> None:
    """Free one large block, after which the C allocator keeps freed memory instead of faulting it in again at each call.

    It has learnt that for good, also for the processes that are forked from this one. A second block would be cut from what it
    keeps, and cleared for nothing.
    """
    bytes(_LARGE_BLOCK)


@functools.cache
def settle() -> None:
    """Settle this process, and those that it starts, before anything is measured in it. Later calls do nothing.

    Every way in calls this when it is loaded: the command, the preprocessors that nbgrader loads, the pytest plugin.
    """
    os.environ.update(ONE_THREAD)
    if "numpy" in sys.modules:
        # NumPy has read the variables already, so that only its BLAS itself can be told.
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, "blas")
    settle_allocator()


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Keep the garbage collector away while modules are loaded in the block: they stay, so that it would look in vain.

    Nor does it look at them later.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
