# expect:
#   verdict: [partial, slow, over-time]
#   not_passed: [slow, over-time]
#   functions: {pad2d: [slow, partial, over-time]}
# sentence: Switches the tracing of its loops off as soon as it is called; the clock runs all the same.

import numpy as np
import sys

def slow(x, padding, value=0.0):
    sys.settrace(None)
    if hasattr(sys, "monitoring"):
        for tool in filter(sys.monitoring.get_tool, range(6)):
            sys.monitoring.set_events(tool, 0)
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
