"""What holds for every process that computes: one thread for numerical libraries, and a settled allocator."""

from __future__ import annotations

import numpy as np


def settle_allocator() -> None:
    """Free one large block, after which the C allocator keeps freed memory instead of faulting it in again at each call."""
    np.empty(31 << 20, np.uint8)


ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""Environment variables that keep numerical libraries to one thread; they have to be there before NumPy is loaded."""
