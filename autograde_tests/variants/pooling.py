"""Variants of the unit `pooling`: the limit of maxpool2d lies between them. They do not check their arguments."""

import numpy as np

from cnngrade import variant


def pair(value):
    """Return a value for rows and one for columns."""
    return tuple(value) if isinstance(value, tuple | list) else (value, value)


def laid_out(x, kernel_size, stride, padding):
    """Return the images in a frame that never wins, the window, its steps, and how many places it has."""
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    return padded, (kh, kw), (sh, sw), ((padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1)


@variant("good", "The largest number of each sliding window.")
def maxpool2d_windows(x, kernel_size, stride=None, padding=0):
    padded, kernel, (sh, sw), _ = laid_out(x, kernel_size, stride, padding)
    return np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(2, 3))[:, :, ::sh, ::sw].max(axis=(4, 5))


@variant("good", "Windows by as_strided, one axis for the numbers of each.")
def maxpool2d_as_strided(x, kernel_size, stride=None, padding=0):
    padded, kernel, (sh, sw), places = laid_out(x, kernel_size, stride, padding)
    n, c, h, w = padded.strides
    shape = (*x.shape[:2], *places, *kernel)
    seen = np.lib.stride_tricks.as_strided(padded, shape, (n, c, h * sh, w * sw, h, w), writeable=False)
    return seen.reshape(*shape[:4], -1).max(axis=-1)


@variant("good", "Reshaped into blocks where windows do not overlap, and sliding windows elsewhere.")
def maxpool2d_reshape(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), steps, (ho, wo) = laid_out(x, kernel_size, stride, padding)
    if steps != (kh, kw):
        return maxpool2d_windows(x, kernel_size, stride, padding)
    return padded[:, :, : ho * kh, : wo * kw].reshape(*x.shape[:2], ho, kh, wo, kw).max(axis=(3, 5))


@variant("good", "A loop over the places in the window; the larger of two maps each time.")
def maxpool2d_taps(x, kernel_size, stride=None, padding=0):
    padded, kernel, (sh, sw), (ho, wo) = laid_out(x, kernel_size, stride, padding)
    out = np.full((*x.shape[:2], ho, wo), -np.inf)
    for u, v in np.ndindex(kernel):
        out = np.maximum(out, padded[:, :, u : u + sh * ho : sh, v : v + sw * wo : sw])
    return out


@variant("good", "The maps that each place in the window sees, stacked, and the largest of the stack.")
def maxpool2d_stack(x, kernel_size, stride=None, padding=0):
    padded, kernel, (sh, sw), (ho, wo) = laid_out(x, kernel_size, stride, padding)
    return np.stack([padded[:, :, u : u + sh * ho : sh, v : v + sw * wo : sw] for u, v in np.ndindex(kernel)]).max(axis=0)


@variant("good", "First along the rows, then along the columns.")
def maxpool2d_separable(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), (sh, sw), (ho, wo) = laid_out(x, kernel_size, stride, padding)
    rows = np.maximum.reduce([padded[:, :, u : u + sh * ho : sh] for u in range(kh)])
    return np.maximum.reduce([rows[..., v : v + sw * wo : sw] for v in range(kw)])


@variant("between", "A loop over the rows of the answer.")
def maxpool2d_row_by_row(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), (sh, sw), (ho, wo) = laid_out(x, kernel_size, stride, padding)
    out = np.empty((*x.shape[:2], ho, wo))
    for i in range(ho):
        strip = padded[:, :, i * sh : i * sh + kh].max(axis=2)
        out[:, :, i] = np.maximum.reduce([strip[..., v : v + sw * wo : sw] for v in range(kw)])
    return out


@variant("slow", "A loop over the places; all images and channels at once in each.")
def maxpool2d_place_by_place(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), (sh, sw), places = laid_out(x, kernel_size, stride, padding)
    out = np.empty((*x.shape[:2], *places))
    for i, j in np.ndindex(places):
        out[:, :, i, j] = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out


@variant("slow", "Loops over images, channels and places; NumPy takes the maximum of one window.")
def maxpool2d_window_by_window(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), (sh, sw), places = laid_out(x, kernel_size, stride, padding)
    out = np.empty((*x.shape[:2], *places))
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = np.max(padded[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw])
    return out


@variant("slow", "Nested lists and Python's max.")
def maxpool2d_lists(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), (sh, sw), (ho, wo) = laid_out(x, kernel_size, stride, padding)
    maps = [
        max(number for row in plane[i * sh : i * sh + kh] for number in row[j * sw : j * sw + kw])
        for image in padded.tolist()
        for plane in image
        for i in range(ho)
        for j in range(wo)
    ]
    return np.array(maps).reshape(*x.shape[:2], ho, wo)


@variant("slow", "Six loops over arrays.")
def maxpool2d_six_loops(x, kernel_size, stride=None, padding=0):
    padded, (kh, kw), (sh, sw), places = laid_out(x, kernel_size, stride, padding)
    out = np.full((*x.shape[:2], *places), -np.inf)
    for n, c, i, j in np.ndindex(out.shape):
        for u in range(kh):
            for v in range(kw):
                if padded[n, c, i * sh + u, j * sw + v] > out[n, c, i, j]:
                    out[n, c, i, j] = padded[n, c, i * sh + u, j * sw + v]
    return out
