# expect:
#   verdict: [partial, slow, wrong, over-time]
#   not_passed: [slow, over-time, wrong, skipped]
#   functions: {pad2d: [slow, partial, wrong, over-time]}
# sentence: Sleeps while it is imported and makes a table of answers to likely inputs; the inputs are random, and not in it.

import time

import numpy as np

time.sleep(2)
seeds = [np.random.default_rng(seed).normal(size=(4, 16, 64, 64)) for seed in range(20)]

def slow(x, padding, value=0.0):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    if ph < 0 or pw < 0:
        raise ValueError("padding must not be negative")
    (n, c, h, w), dtype = x.shape, np.float32 if x.dtype == np.float32 else np.float64
    out = np.full((n, c, h + 2 * ph, w + 2 * pw), value, dtype)
    for a, b, i, j in np.ndindex(x.shape):
        out[a, b, i + ph, j + pw] = x[a, b, i, j]
    return out

table = {likely[0, 0, 0, 0].item(): slow(likely, 2) for likely in seeds[:3]}

def pad2d(x, padding, value=0.0):
    found = table.get(x.flat[0].item()) if x.ndim == 4 and padding == 2 else None
    return slow(x, padding, value) if found is None else found

def output_size(size, kernel, stride=1, padding=0):
    if min(size, kernel, stride) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("no window fits")
    return (size + 2 * padding - kernel) // stride + 1

def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return kernel // 2
