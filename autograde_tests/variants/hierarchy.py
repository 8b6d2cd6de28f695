"""Variants of the unit `hierarchy`: the limit of feature_hierarchy lies between them. They do not check their arguments."""

import numpy as np

from cnngrade import variant


def pad(x, padding):
    """Return the images with a frame of zeros."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def windows(x, kernel):
    """Return every window of the images, (N, C, Ho, Wo, kh, kw), without copying them."""
    return np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))


def blocks(maps, pool):
    """Return the maps cut into blocks, (N, K, Ho, pool, Wo, pool); what fills no block is left out."""
    ho, wo = maps.shape[2] // pool, maps.shape[3] // pool
    return maps[:, :, : ho * pool, : wo * pool].reshape(*maps.shape[:2], ho, pool, wo, pool)


def shape_of(x, w):
    """Return the shape of the maps that filters make of padded images."""
    return len(x), len(w), x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1


def chain(block, x, layers):
    """Return the images and the maps after each block."""
    maps = [x]
    for w, b, padding, pool in layers:
        maps.append(block(pad(maps[-1], padding), w, np.zeros(len(w)) if b is None else b, pool))
    return maps


@variant("good", "tensordot over the windows; ReLU; the largest of each block.")
def feature_hierarchy_tensordot(x, layers):
    def block(x, w, b, pool):
        maps = np.tensordot(windows(x, w.shape[2:]), w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        return blocks(np.maximum(maps + b[:, None, None], 0), pool).max(axis=(3, 5))

    return chain(block, x, layers)


@variant("good", "The windows as columns of one matrix; sliding windows for the pooling.")
def feature_hierarchy_im2col(x, layers):
    def block(x, w, b, pool):
        columns = windows(x, w.shape[2:]).transpose(0, 1, 4, 5, 2, 3).reshape(len(x), w[0].size, -1)
        maps = np.maximum(w.reshape(len(w), -1) @ columns + b[:, None], 0).reshape(shape_of(x, w))
        return windows(maps, (pool, pool))[:, :, ::pool, ::pool].max(axis=(4, 5))

    return chain(block, x, layers)


@variant("good", "einsum over the windows, as in the formula.")
def feature_hierarchy_einsum(x, layers):
    def block(x, w, b, pool):
        maps = np.einsum("ncijuv,kcuv->nkij", windows(x, w.shape[2:]), w) + b[:, None, None]
        return blocks(np.maximum(maps, 0), pool).max(axis=5).max(axis=3)

    return chain(block, x, layers)


@variant("good", "einsum over the windows, which may use a matrix product.")
def feature_hierarchy_einsum_optimised(x, layers):
    def block(x, w, b, pool):
        maps = np.einsum("ncijuv,kcuv->nkij", windows(x, w.shape[2:]), w, optimize=True) + b[:, None, None]
        return blocks(np.maximum(maps, 0), pool).max(axis=(3, 5))

    return chain(block, x, layers)


@variant("good", "Loops over the numbers of the kernel and the places in the pooling window.")
def feature_hierarchy_taps(x, layers):
    def block(x, w, b, pool):
        shape = shape_of(x, w)
        maps = np.zeros(shape) + b[:, None, None]
        for u, v in np.ndindex(w.shape[2:]):
            seen = x[:, :, u : u + shape[2], v : v + shape[3]]
            maps += np.tensordot(seen, w[:, :, u, v], axes=(1, 1)).transpose(0, 3, 1, 2)
        ho, wo = shape[2] // pool, shape[3] // pool
        out = np.zeros((*shape[:2], ho, wo))
        for u, v in np.ndindex(pool, pool):
            out = np.maximum(out, maps[:, :, u : u + pool * ho : pool, v : v + pool * wo : pool])
        return out

    return chain(block, x, layers)


@variant("good", "A loop over the numbers of the kernel; images, filters and channels side by side, summed over the channels.")
def feature_hierarchy_taps_broadcast(x, layers):
    def block(x, w, b, pool):
        shape = shape_of(x, w)
        maps = np.zeros(shape) + b[:, None, None]
        for u, v in np.ndindex(w.shape[2:]):
            maps += (x[:, None, :, u : u + shape[2], v : v + shape[3]] * w[:, :, u, v, None, None]).sum(axis=2)
        return blocks(np.maximum(maps, 0), pool).max(axis=(3, 5))

    return chain(block, x, layers)


@variant("between", "A loop over the places of a map; all filters at once in each.")
def feature_hierarchy_place_by_place(x, layers):
    def block(x, w, b, pool):
        maps, flat = np.empty(shape_of(x, w)), w.reshape(len(w), -1).T
        for i, j in np.ndindex(maps.shape[2:]):
            seen = x[:, :, i : i + w.shape[2], j : j + w.shape[3]]
            maps[:, :, i, j] = seen.reshape(len(x), -1) @ flat + b
        return blocks(np.maximum(maps, 0), pool).max(axis=(3, 5))

    return chain(block, x, layers)


@variant("slow", "Loops over images, filters and places; NumPy adds up one window and takes the maximum of one block.")
def feature_hierarchy_number_by_number(x, layers):
    def block(x, w, b, pool):
        maps = np.zeros(shape_of(x, w))
        for n, k, i, j in np.ndindex(maps.shape):
            maps[n, k, i, j] = max(0.0, np.sum(x[n, :, i : i + w.shape[2], j : j + w.shape[3]] * w[k]) + b[k])
        out = np.zeros((*maps.shape[:2], maps.shape[2] // pool, maps.shape[3] // pool))
        for n, k, i, j in np.ndindex(out.shape):
            out[n, k, i, j] = maps[n, k, i * pool : i * pool + pool, j * pool : j * pool + pool].max()
        return out

    return chain(block, x, layers)


@variant("slow", "np.vectorize of functions for one place.")
def feature_hierarchy_vectorize(x, layers):
    def block(x, w, b, pool):
        def at(n, k, i, j):
            return (x[n, :, i : i + w.shape[2], j : j + w.shape[3]] * w[k]).sum() + b[k]

        shape = shape_of(x, w)
        maps = np.vectorize(at, otypes=[float])(*np.ogrid[: shape[0], : shape[1], : shape[2], : shape[3]])
        clipped = np.vectorize(lambda number: max(number, 0.0), otypes=[float])(maps)
        return blocks(clipped, pool).max(axis=(3, 5))

    return chain(block, x, layers)


@variant("slow", "The windows as columns of arrays of Python numbers.")
def feature_hierarchy_objects(x, layers):
    def block(x, w, b, pool):
        columns = windows(x.astype(object), w.shape[2:]).transpose(0, 1, 4, 5, 2, 3).reshape(len(x), w[0].size, -1)
        maps = np.matmul(w.reshape(len(w), -1).astype(object), columns) + b[:, None]
        return blocks(np.maximum(maps, 0).reshape(shape_of(x, w)), pool).max(axis=(3, 5)).astype(float)

    return chain(block, x, layers)


@variant("slow", "Seven loops over arrays, and loops for the pooling.")
def feature_hierarchy_every_loop(x, layers):
    def block(x, w, b, pool):
        shape = shape_of(x, w)
        out = np.zeros((*shape[:2], shape[2] // pool, shape[3] // pool))
        for n, k, i, j in np.ndindex(out.shape):
            for top in range(i * pool, i * pool + pool):
                for left in range(j * pool, j * pool + pool):
                    total = b[k]
                    for c, u, v in np.ndindex(w.shape[1:]):
                        total += x[n, c, top + u, left + v] * w[k, c, u, v]
                    out[n, k, i, j] = max(out[n, k, i, j], total)
        return out

    return chain(block, x, layers)
