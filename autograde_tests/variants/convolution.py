"""Variants of the unit `convolution`: the limit of conv2d lies between them. They do not check their arguments."""

import numpy as np

from cnngrade import variant


def pad(x, padding):
    """Return the images with a frame of zeros."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def places(padded, w, stride):
    """Return how many rows and columns a map has."""
    return (padded.shape[2] - w.shape[2]) // stride + 1, (padded.shape[3] - w.shape[3]) // stride + 1


def windows(padded, w, stride):
    """Return every window of the images, (N, C, Ho, Wo, kh, kw), without copying them."""
    return np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]


def tap(padded, w, stride, u, v):
    """Return what the number (u, v) of the kernel meets, (N, C, Ho, Wo)."""
    ho, wo = places(padded, w, stride)
    return padded[:, :, u : u + stride * ho : stride, v : v + stride * wo : stride]


def add_bias(out, b):
    """Return the maps with each filter's bias added."""
    return out if b is None else out + b[:, None, None]


@variant("good", "The windows as columns of one matrix, by strides; one matrix product per image.")
def conv2d_im2col(x, w, b=None, stride=1, padding=0):
    seen = windows(pad(x, padding), w, stride)
    columns = seen.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), w[0].size, -1)
    return add_bias((w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), *seen.shape[2:4]), b)


@variant("good", "The windows as columns of one matrix, fetched by arrays of indices.")
def conv2d_im2col_by_index(x, w, b=None, stride=1, padding=0):
    padded, (channels, kh, kw) = pad(x, padding), w.shape[1:]
    ho, wo = places(padded, w, stride)
    channel = np.repeat(np.arange(channels), kh * kw)[:, None]
    rows = np.tile(np.repeat(np.arange(kh), kw), channels)[:, None] + stride * np.repeat(np.arange(ho), wo)
    columns = np.tile(np.arange(kw), kh * channels)[:, None] + stride * np.tile(np.arange(wo), ho)
    out = w.reshape(len(w), -1) @ padded[:, channel, rows, columns]
    return add_bias(out.reshape(len(x), len(w), ho, wo), b)


@variant("good", "einsum over the windows, as in the formula.")
def conv2d_einsum(x, w, b=None, stride=1, padding=0):
    return add_bias(np.einsum("ncijuv,kcuv->nkij", windows(pad(x, padding), w, stride), w), b)


@variant("good", "einsum over the windows, which may use a matrix product.")
def conv2d_einsum_optimised(x, w, b=None, stride=1, padding=0):
    return add_bias(np.einsum("ncijuv,kcuv->nkij", windows(pad(x, padding), w, stride), w, optimize=True), b)


@variant("good", "tensordot over the windows.")
def conv2d_tensordot(x, w, b=None, stride=1, padding=0):
    out = np.tensordot(windows(pad(x, padding), w, stride), w, axes=([1, 4, 5], [1, 2, 3]))
    return add_bias(out.transpose(0, 3, 1, 2), b)


@variant("good", "A loop over the numbers of the kernel, a matrix product over the channels for each.")
def conv2d_taps_matmul(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    ho, wo = places(padded, w, stride)
    out = np.zeros((len(x), len(w), ho * wo))
    for u, v in np.ndindex(w.shape[2:]):
        out += w[:, :, u, v] @ tap(padded, w, stride, u, v).reshape(len(x), -1, ho * wo)
    return add_bias(out.reshape(len(x), len(w), ho, wo), b)


@variant("good", "A loop over the numbers of the kernel; images, filters and channels side by side, summed over the channels.")
def conv2d_taps_broadcast(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    out = np.zeros((len(x), len(w), *places(padded, w, stride)))
    for u, v in np.ndindex(w.shape[2:]):
        out += (tap(padded, w, stride, u, v)[:, None] * w[:, :, u, v, None, None]).sum(axis=2)
    return add_bias(out, b)


@variant("good", "Loops over filters, channels and the numbers of the kernel; one weighted image is added at a time.")
def conv2d_channel_by_channel(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    out = np.zeros((len(x), len(w), *places(padded, w, stride)))
    for k, c, u, v in np.ndindex(w.shape):
        out[:, k] += w[k, c, u, v] * tap(padded, w, stride, u, v)[:, c]
    return add_bias(out, b)


@variant("between", "A loop over the places of a map; a matrix product for all images and filters in each.")
def conv2d_place_by_place(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    ho, wo = places(padded, w, stride)
    out, flat = np.zeros((len(x), len(w), ho, wo)), w.reshape(len(w), -1).T
    for i, j in np.ndindex(ho, wo):
        seen = padded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        out[:, :, i, j] = seen.reshape(len(x), -1) @ flat
    return add_bias(out, b)


@variant("between", "A loop over the places of a map; tensordot for all images and filters in each.")
def conv2d_place_by_place_tensordot(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    ho, wo = places(padded, w, stride)
    out = np.zeros((len(x), len(w), ho, wo))
    for i, j in np.ndindex(ho, wo):
        seen = padded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        out[:, :, i, j] = np.tensordot(seen, w, axes=([1, 2, 3], [1, 2, 3]))
    return add_bias(out, b)


@variant("slow", "Loops over images, filters and places; NumPy adds up one window.")
def conv2d_number_by_number(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    out = np.zeros((len(x), len(w), *places(padded, w, stride)))
    for n, k, i, j in np.ndindex(out.shape):
        seen = padded[n, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        out[n, k, i, j] = np.sum(seen * w[k])
    return add_bias(out, b)


@variant("slow", "The windows as columns of arrays of Python numbers.")
def conv2d_objects(x, w, b=None, stride=1, padding=0):
    seen = windows(pad(x, padding).astype(object), w, stride)
    columns = seen.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), w[0].size, -1)
    out = np.matmul(w.reshape(len(w), -1).astype(object), columns).astype(float)
    return add_bias(out.reshape(len(x), len(w), *seen.shape[2:4]), b)


@variant("slow", "np.vectorize of a function for one place.")
def conv2d_vectorize(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)

    def at(n, k, i, j):
        seen = padded[n, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        return (seen * w[k]).sum()

    ho, wo = places(padded, w, stride)
    out = np.vectorize(at, otypes=[float])(*np.ogrid[: len(x), : len(w), :ho, :wo])
    return add_bias(out, b)


@variant("slow", "Seven loops over nested lists.")
def conv2d_lists(x, w, b=None, stride=1, padding=0):
    padded, filters = pad(x, padding), w.tolist()
    ho, wo = places(padded, w, stride)
    maps = []
    for image in padded.tolist():
        for kernel in filters:
            for i in range(0, ho * stride, stride):
                for j in range(0, wo * stride, stride):
                    total = 0.0
                    for plane, taps in zip(image, kernel, strict=True):
                        for row, weights in zip(plane[i : i + w.shape[2]], taps, strict=True):
                            for number, weight in zip(row[j : j + w.shape[3]], weights, strict=True):
                                total += number * weight
                    maps.append(total)
    return add_bias(np.array(maps).reshape(len(x), len(w), ho, wo), b)


@variant("slow", "Seven loops over arrays.")
def conv2d_seven_loops(x, w, b=None, stride=1, padding=0):
    padded = pad(x, padding)
    out = np.zeros((len(x), len(w), *places(padded, w, stride)))
    for n, k, i, j in np.ndindex(out.shape):
        total = 0.0
        for c in range(w.shape[1]):
            for u in range(w.shape[2]):
                for v in range(w.shape[3]):
                    total += padded[n, c, i * stride + u, j * stride + v] * w[k, c, u, v]
        out[n, k, i, j] = total
    return add_bias(out, b)
