# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: partial}
#   not_passed: [slow]
#
# Nested lists that become an array at the very end.

# %%
import numpy as np

# %%
def correlate2d(image, kernel):
    kh, kw = len(kernel), len(kernel[0])
    if kh > len(image) or kw > len(image[0]):
        raise ValueError("kernel does not fit")
    rows = []
    for i in range(len(image) - kh + 1):
        row = []
        for j in range(len(image[0]) - kw + 1):
            row.append(sum(float(image[i + u][j + v]) * float(kernel[u][v]) for u in range(kh) for v in range(kw)))
        rows.append(row)
    return np.array(rows)

# %%
def check_arguments(x, w, b, stride, padding):
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if padding < 0:
        raise ValueError("padding must not be negative")
    if x.shape[1] != w.shape[1]:
        raise ValueError("x and w have different numbers of channels")
    if b is not None and len(b) != len(w):
        raise ValueError("there must be one bias per filter")
    if w.shape[2] > x.shape[2] + 2 * padding or w.shape[3] > x.shape[3] + 2 * padding:
        raise ValueError("the kernel is larger than the padded image")

# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    kh, kw = w.shape[2:]
    batch = []
    for image in xp:
        maps = []
        for k in range(len(w)):
            rows = []
            for top in range(0, xp.shape[2] - kh + 1, stride):
                row = []
                for left in range(0, xp.shape[3] - kw + 1, stride):
                    number = np.sum(image[:, top : top + kh, left : left + kw] * w[k])
                    row.append(number + (b[k] if b is not None else 0))
                rows.append(row)
            maps.append(rows)
        batch.append(maps)
    return np.array(batch)
