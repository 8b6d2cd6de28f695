# expect:
#   verdict: [partial, slow, wrong, over-time]
#   not_passed: [slow, over-time, wrong, skipped]
#   functions: {pad2d: [slow, partial, wrong, over-time]}
# sentence: Changes its limits, niceness, processors and scheduling class, and pins the judge; processor time is what it is.

import contextlib
import os
import resource

import numpy as np

def slow(x, padding, value=0.0):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    if ph < 0 or pw < 0:
        raise ValueError("padding must not be negative")
    (n, c, h, w), dtype = x.shape, np.float32 if x.dtype == np.float32 else np.float64
    out = np.full((n, c, h + 2 * ph, w + 2 * pw), value, dtype)
    for a, b, i, j in np.ndindex(x.shape):
        out[a, b, i + ph, j + pw] = x[a, b, i, j]
    return out

pad2d = slow

def output_size(size, kernel, stride=1, padding=0):
    if min(size, kernel, stride) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("no window fits")
    return (size + 2 * padding - kernel) // stride + 1

def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return kernel // 2

for act in (
    lambda: resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    lambda: os.nice(-20),
    lambda: os.sched_setaffinity(0, {0}),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    lambda: os.setpriority(os.PRIO_PROCESS, int("@JUDGE@"), 19),
    lambda: os.sched_setaffinity(int("@JUDGE@"), {0}),
):
    with contextlib.suppress(OSError, ValueError):
        act()
