"""The reference at the speed of the machine: convolution, pooling and their gradients, in numba and nothing else.

Every function takes C-contiguous arrays of one dtype, float32 or float64, that fit each other (the solutions check their
arguments, this package does not), and answers in that dtype. Sums are taken in it too, each of its own products alone: the
error of every number stays below 50 eps of the sum of its absolute products. (Winograd's algorithm multiplies less and is not
here: where an edge is near, its error on the dark side is that of the bright one.)

    dispatch       whether the kernels serve at all, in which layout, on how many threads
    convolution    conv2d, and a chain of blocks that are convolved, clipped and pooled
    gradients      the way back of conv2d
    maps           what is done between convolutions, and its way back
    layouts        by_position, by_image, by_filter, by_channel: what lies in the lanes of a vector
    simd           target, vector, tile, packing: what the layouts are made of; all time is spent in the tile
    cache          compiled code that is never stale
    compat         what is private to numba

Nothing is compiled before it is called. One thread does the work unless `threads` says otherwise: grading runs students side by
side.
"""

from __future__ import annotations

from solutions.kernels.cache import compiled
from solutions.kernels.convolution import conv2d, hierarchy
from solutions.kernels.dispatch import is_large_map, serve_convolution, serve_gradients, serve_hierarchy, serve_windows
from solutions.kernels.gradients import conv2d_backward
from solutions.kernels.maps import avgpool2x2, maxpool2x2, maxpool2x2_backward, pad2d, relu, relu_backward

__all__ = [
    "avgpool2x2",
    "compiled",
    "conv2d",
    "conv2d_backward",
    "hierarchy",
    "is_large_map",
    "maxpool2x2",
    "maxpool2x2_backward",
    "pad2d",
    "relu",
    "relu_backward",
    "serve_convolution",
    "serve_gradients",
    "serve_hierarchy",
    "serve_windows",
]
