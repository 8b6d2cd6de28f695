# expect:
#   verdict: passed
#   earned: all
#
# Cells of Spyder with titles, a broken one among them, and wrappers made of lambdas.

# -*- coding: utf-8 -*-
"""
Created on Tue Oct  6 10:12:44 2026

@author: me
"""

#%% imports
import numpy as np

#%% playing
linear(np.ones(3))

#%% layers


def linear(x, w, b):
    if x.shape[1] != w.shape[1] or len(b) != len(w):
        raise ValueError("sizes differ")
    return np.einsum("nd,md->nm", x.astype(float), w.astype(float)) + b


def softmax(x, axis=-1):
    x = np.asarray(x, float)
    logarithm = np.logaddexp.reduce(x, axis=axis, keepdims=True)
    return np.exp(x - logarithm)


#%%% convolution and what follows it
def convolved(x, w, b):
    n, c, height, width = x.shape
    k, channels, kh, kw = w.shape
    if c != channels or kh > height or kw > width:
        raise ValueError("the filters do not fit")
    out = np.zeros((n, k, height - kh + 1, width - kw + 1)) + b[:, None, None]
    for u in range(kh):
        for v in range(kw):
            seen = x[:, :, u : u + height - kh + 1, v : v + width - kw + 1]
            out += np.einsum("nchw,kc->nkhw", seen, w[:, :, u, v])
    return out


relu = lambda x: np.where(x > 0, x, 0.0)
halved = lambda x: np.maximum.reduce(
    [x[:, :, i : x.shape[2] // 2 * 2 : 2, j : x.shape[3] // 2 * 2 : 2] for i in (0, 1) for j in (0, 1)]
)


def lenet(images, params):
    p = params
    x = halved(relu(convolved(images, p["conv1_w"], p["conv1_b"])))
    x = halved(relu(convolved(x, p["conv2_w"], p["conv2_b"])))
    x = x.reshape(len(x), -1)
    x = relu(linear(x, p["fc1_w"], p["fc1_b"]))
    x = relu(linear(x, p["fc2_w"], p["fc2_b"]))
    return linear(x, p["fc3_w"], p["fc3_b"])


#%% the whole
classify = lambda images, params: lenet(images.repeat(4, 1).repeat(4, 2)[:, None] / 16, params).argmax(1)
