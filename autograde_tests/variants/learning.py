"""Variants of the unit `learning`: the limit of train lies between them. They do not check their arguments.

All train in the same way; they differ in how a batch goes through the convolution and the pooling, and back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnngrade import variant


def windows(x, kernel):
    """Return every window of the images, (N, C, Ho, Wo, kh, kw), without copying them."""
    return np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))


def pairs(maps):
    """Return the maps cut into blocks of 2x2, (N, K, Ho, 2, Wo, 2); what fills no block is left out."""
    ho, wo = maps.shape[2] // 2, maps.shape[3] // 2
    return maps[:, :, : 2 * ho, : 2 * wo].reshape(*maps.shape[:2], ho, 2, wo, 2)


@dataclass(frozen=True)
class Ways:
    """How a batch goes through the network and back.

    convolve(padded, w) -> maps        filter_gradient(dmaps, padded, kernel) -> dw
    pool(clipped) -> pooled            pool_gradient(dpooled, clipped) -> dclipped
    """

    convolve: Callable
    filter_gradient: Callable
    pool: Callable
    pool_gradient: Callable


def trained(ways, images, labels, params, epochs, lr, batch, seed):
    """Return the trained parameters and the loss of each epoch."""
    rng, losses, params = np.random.default_rng(seed), [], dict(params)
    for _ in range(epochs):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss, grads = step(ways, images[chosen], labels[chosen], params)
            params = {name: value - lr * grads[name] for name, value in params.items()}
            total += loss * len(chosen)
        losses.append(total / len(order))
    return params, losses


def step(ways, images, labels, params):
    """Return the loss of a batch and the gradients."""
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    maps = ways.convolve(padded, params["conv_w"]) + params["conv_b"][:, None, None]
    clipped = np.maximum(maps, 0)
    pooled = ways.pool(clipped)
    flat = pooled.reshape(len(images), -1)
    logits = flat @ params["fc_w"].T + params["fc_b"]
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(shares[rows, labels]).mean()
    shares[rows, labels] -= 1
    dlogits = shares / len(labels)
    dclipped = ways.pool_gradient((dlogits @ params["fc_w"]).reshape(pooled.shape), clipped)
    dmaps = dclipped * (maps > 0)
    grads = {"conv_w": ways.filter_gradient(dmaps, padded, params["conv_w"].shape[2:]), "conv_b": dmaps.sum(axis=(0, 2, 3))}
    return loss, grads | {"fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)}


def convolve_tensordot(padded, w):
    return np.tensordot(windows(padded, w.shape[2:]), w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)


def filter_gradient_tensordot(dmaps, padded, kernel):
    return np.tensordot(dmaps, windows(padded, kernel), axes=([0, 2, 3], [0, 2, 3]))


def pool_blocks(clipped):
    return pairs(clipped).max(axis=(3, 5))


def pool_gradient_argmax(dpooled, clipped):
    winners = pairs(clipped).transpose(0, 1, 2, 4, 3, 5).reshape(*dpooled.shape, 4).argmax(axis=-1)
    n, c, i, j = np.indices(dpooled.shape)
    dclipped = np.zeros(clipped.shape)
    dclipped[n, c, 2 * i + winners // 2, 2 * j + winners % 2] = dpooled
    return dclipped


def pool_gradient_taps(dpooled, clipped):
    best, dclipped, undecided = pool_blocks(clipped), np.zeros(clipped.shape), np.ones(dpooled.shape, bool)
    ho, wo = dpooled.shape[2:]
    for u, v in np.ndindex(2, 2):
        place = (slice(None), slice(None), slice(u, 2 * ho, 2), slice(v, 2 * wo, 2))
        wins = undecided & (clipped[place] == best)
        dclipped[place] = wins * dpooled
        undecided &= ~wins
    return dclipped


@variant("good", "tensordot over the windows, both ways; the winners by argmax.")
def train_tensordot(images, labels, params, epochs, lr, batch, seed):
    ways = Ways(convolve_tensordot, filter_gradient_tensordot, pool_blocks, pool_gradient_argmax)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


@variant("good", "The windows as columns of one matrix, both ways; the winners tap by tap.")
def train_im2col(images, labels, params, epochs, lr, batch, seed):
    def columns(padded, kernel):
        return windows(padded, kernel).transpose(0, 1, 4, 5, 2, 3).reshape(len(padded), padded.shape[1] * np.prod(kernel), -1)

    def convolve(padded, w):
        shape = (len(padded), len(w), padded.shape[2] - w.shape[2] + 1, -1)
        return (w.reshape(len(w), -1) @ columns(padded, w.shape[2:])).reshape(shape)

    def filter_gradient(dmaps, padded, kernel):
        d = dmaps.reshape(*dmaps.shape[:2], -1)
        return (d @ columns(padded, kernel).transpose(0, 2, 1)).sum(axis=0).reshape(dmaps.shape[1], -1, *kernel)

    ways = Ways(convolve, filter_gradient, pool_blocks, pool_gradient_taps)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


@variant("good", "einsum over the windows, both ways.")
def train_einsum(images, labels, params, epochs, lr, batch, seed):
    ways = Ways(
        lambda padded, w: np.einsum("ncijuv,kcuv->nkij", windows(padded, w.shape[2:]), w),
        lambda dmaps, padded, kernel: np.einsum("nkij,ncijuv->kcuv", dmaps, windows(padded, kernel)),
        pool_blocks,
        pool_gradient_argmax,
    )
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


@variant("good", "Loops over the numbers of the kernel and the places in the pooling window.")
def train_taps(images, labels, params, epochs, lr, batch, seed):
    def convolve(padded, w):
        ho, wo = padded.shape[2] - w.shape[2] + 1, padded.shape[3] - w.shape[3] + 1
        out = np.zeros((len(padded), len(w), ho, wo))
        for u, v in np.ndindex(w.shape[2:]):
            out += np.tensordot(padded[:, :, u : u + ho, v : v + wo], w[:, :, u, v], axes=(1, 1)).transpose(0, 3, 1, 2)
        return out

    def filter_gradient(dmaps, padded, kernel):
        (ho, wo), dw = dmaps.shape[2:], np.zeros((dmaps.shape[1], padded.shape[1], *kernel))
        for u, v in np.ndindex(kernel):
            dw[:, :, u, v] = np.tensordot(dmaps, padded[:, :, u : u + ho, v : v + wo], axes=([0, 2, 3], [0, 2, 3]))
        return dw

    ways = Ways(convolve, filter_gradient, pool_blocks, pool_gradient_taps)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


@variant("good", "Loops over filters and the numbers of the kernel; one weighted image at a time.")
def train_filter_by_filter(images, labels, params, epochs, lr, batch, seed):
    def convolve(padded, w):
        ho, wo = padded.shape[2] - w.shape[2] + 1, padded.shape[3] - w.shape[3] + 1
        out = np.zeros((len(padded), len(w), ho, wo))
        for k, c, u, v in np.ndindex(w.shape):
            out[:, k] += w[k, c, u, v] * padded[:, c, u : u + ho, v : v + wo]
        return out

    def filter_gradient(dmaps, padded, kernel):
        (ho, wo), dw = dmaps.shape[2:], np.zeros((dmaps.shape[1], padded.shape[1], *kernel))
        for k, c, u, v in np.ndindex(dw.shape):
            dw[k, c, u, v] = (dmaps[:, k] * padded[:, c, u : u + ho, v : v + wo]).sum()
        return dw

    ways = Ways(convolve, filter_gradient, pool_blocks, pool_gradient_taps)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


def pool_gradient_window_by_window(dpooled, clipped):
    dclipped = np.zeros(clipped.shape)
    for n, c, i, j in np.ndindex(dpooled.shape):
        u, v = divmod(int(clipped[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].argmax()), 2)
        dclipped[n, c, 2 * i + u, 2 * j + v] += dpooled[n, c, i, j]
    return dclipped


@variant("between", "NumPy for everything but the backward pass of the pooling, a loop over its windows.")
def train_winner_by_winner(images, labels, params, epochs, lr, batch, seed):
    ways = Ways(convolve_tensordot, filter_gradient_tensordot, pool_blocks, pool_gradient_window_by_window)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


@variant("slow", "Forward in one piece; back in loops over the places of convolution and pooling.")
def train_window_by_window(images, labels, params, epochs, lr, batch, seed):
    def filter_gradient(dmaps, padded, kernel):
        dw = np.zeros((dmaps.shape[1], padded.shape[1], *kernel))
        for n, i, j in np.ndindex(len(dmaps), *dmaps.shape[2:]):
            dw += dmaps[n, :, i, j, None, None, None] * padded[n, :, i : i + kernel[0], j : j + kernel[1]]
        return dw

    ways = Ways(convolve_tensordot, filter_gradient, pool_blocks, pool_gradient_window_by_window)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)


@variant("slow", "Loops over images, filters and places, both ways.")
def train_number_by_number(images, labels, params, epochs, lr, batch, seed):
    def convolve(padded, w):
        out = np.zeros((len(padded), len(w), padded.shape[2] - w.shape[2] + 1, padded.shape[3] - w.shape[3] + 1))
        for n, k, i, j in np.ndindex(out.shape):
            out[n, k, i, j] = np.sum(padded[n, :, i : i + w.shape[2], j : j + w.shape[3]] * w[k])
        return out

    def filter_gradient(dmaps, padded, kernel):
        dw = np.zeros((dmaps.shape[1], padded.shape[1], *kernel))
        for n, k, i, j in np.ndindex(dmaps.shape):
            dw[k] += dmaps[n, k, i, j] * padded[n, :, i : i + kernel[0], j : j + kernel[1]]
        return dw

    def pool(clipped):
        out = np.zeros((*clipped.shape[:2], clipped.shape[2] // 2, clipped.shape[3] // 2))
        for n, c, i, j in np.ndindex(out.shape):
            out[n, c, i, j] = clipped[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
        return out

    ways = Ways(convolve, filter_gradient, pool, pool_gradient_window_by_window)
    return trained(ways, images, labels, params, epochs, lr, batch, seed)
