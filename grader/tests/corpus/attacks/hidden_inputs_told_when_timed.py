# expect:
#   verdict: partial
#   functions: {pad2d: partial, output_size: passed, same_padding: passed}
#   not_passed: [raised]
#   earned: 6
#   sentence: SEEN
# sentence: Raises with the inputs of earlier calls while its time is taken; that comes before hidden calls, and costs the time.

import sys

import numpy as np

seen = []


def pad2d(x, padding, value=0.0):
    frame = sys._getframe(1)
    while frame:
        if frame.f_code.co_name == "sample":
            raise RuntimeError("SEEN " + " ".join(seen[-24:])[:1900])
        frame = frame.f_back
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    if ph < 0 or pw < 0:
        raise ValueError("padding must not be negative")
    seen.append(f"{x.shape} {padding} {value}")
    n, c, h, w = x.shape
    out = np.full((n, c, h + 2 * ph, w + 2 * pw), value, np.result_type(x.dtype, np.float32 if x.dtype.kind == "f" else float))
    out[:, :, ph : ph + h, pw : pw + w] = x
    return out


def output_size(size, kernel, stride=1, padding=0):
    if stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("these arguments do not fit together")
    return (size + 2 * padding - kernel) // stride + 1


def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("only odd kernels have a padding that keeps the size")
    return (kernel - 1) // 2
