# expect:
#   verdict: [partial, slow, wrong, over-time, raised]
#   not_passed: [slow, over-time, wrong, raised, skipped]
#   functions: {pad2d: [slow, partial, wrong, over-time, raised]}
# sentence: Right but slow, with clock_gettime of the C library overwritten to return at once; that clock is its own

import contextlib
import ctypes
import mmap

import numpy as np

with contextlib.suppress(Exception):
    libc = ctypes.CDLL(None, use_errno=True)
    for name in ("clock_gettime", "getrusage", "times"):
        where = ctypes.cast(getattr(libc, name), ctypes.c_void_p).value
        page = where & ~(mmap.PAGESIZE - 1)
        if libc.mprotect(ctypes.c_void_p(page), 2 * mmap.PAGESIZE, 7) == 0:
            ctypes.memmove(where, b"\x31\xc0\xc3", 3)

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
