# expect:
#   verdict: [partial, slow, wrong, over-time]
#   not_passed: [slow, over-time, wrong, skipped]
#   functions: {pad2d: [slow, partial, wrong, over-time]}
# sentence: Replaces the worker's sample, so that timed calls are not made at all; an answer that is not checked is not to be timed.

import numpy as np
from cnngrade import worker

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

results = []

def sample(self, function, name, before, calls, inputs):
    if not results:
        answer = honest(self, function, name, before, calls, inputs)
        results.extend(answer["value"])
        return answer
    return {"ok": True, "seconds": 1e-6, "value": (results * calls)[:calls]}

honest = worker.Workplace.sample
worker.Workplace.sample = sample
