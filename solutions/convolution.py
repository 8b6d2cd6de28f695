"""The reference of the unit `convolution`: cross-correlation of one image, and of a batch with a bank of filters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.arrays import float_type, ready
from solutions.kernels import compiled


# A fused multiply-add rounds once instead of twice; "contract" allows nothing else.
@compiled(fastmath={"contract"})
def _slide(padded, w, b, stride, out):
    """Fill `out` row by row: each number of the kernel adds one weighted row of the image to a row of the feature map."""
    images, filters, height, width = out.shape
    channels, kh, kw = w.shape[1:]
    # The sums are taken in float64, for float32 images too.
    total = np.empty(width)
    for n in range(images):
        for k in range(filters):
            for i in range(height):
                # Number by number here and at the end: assigning slices takes seconds to compile.
                for j in range(width):
                    total[j] = b[k]
                for c in range(channels):
                    for u in range(kh):
                        row = padded[n, c, i * stride + u]
                        for v in range(kw):
                            weight = w[k, c, u, v]
                            # The same line twice: at stride 1 the row is read in one piece, several numbers at a time.
                            if stride == 1:
                                for j in range(width):
                                    total[j] += weight * row[v + j]
                            else:
                                for j in range(width):
                                    total[j] += weight * row[v + j * stride]
                for j in range(width):
                    out[n, k, i, j] = total[j]


def maps_shape(shape: tuple[int, ...], w: NDArray, b: NDArray | None, stride: int, padding: int) -> tuple[int, int, int, int]:
    """Return the shape of the maps, (N, K, Ho, Wo), of images of this shape. Raises ValueError where no convolution fits."""
    if len(shape) != 4 or w.ndim != 4:
        raise ValueError(f"images are (N, C, H, W) and filters (K, C, kh, kw), not {shape} and {w.shape}")
    if shape[1] != w.shape[1]:
        raise ValueError(f"the images have {shape[1]} channels, but the filters were made for {w.shape[1]}")
    if b is not None and b.shape != w.shape[:1]:
        raise ValueError(f"{w.shape[0]} filters need a bias of shape ({w.shape[0]},), not {b.shape}")
    if stride < 1:
        raise ValueError(f"the stride must be 1 or more, not {stride}")
    if padding < 0:
        raise ValueError(f"the padding must be 0 or more, not {padding}")
    height, width = shape[2] + 2 * padding, shape[3] + 2 * padding
    if w.shape[2] > height or w.shape[3] > width:
        raise ValueError(f"a kernel of {w.shape[2]}x{w.shape[3]} does not fit into a padded image of {height}x{width}")
    return shape[0], len(w), (height - w.shape[2]) // stride + 1, (width - w.shape[3]) // stride + 1


def prepared(x: NDArray, w: NDArray, b: NDArray | None, stride: int, padding: int) -> tuple[NDArray, NDArray, NDArray]:
    """Check the arguments of a convolution; return images, filters and biases as kernels take them, in the answer's dtype."""
    x, w = np.asarray(x), np.asarray(w)
    b = None if b is None else np.asarray(b)
    maps_shape(x.shape, w, b, stride, padding)
    dtype = float_type(x, w) if b is None else float_type(x, w, b)
    return ready(x, dtype), ready(w, dtype), np.zeros(len(w), dtype) if b is None else ready(b, dtype)


def _plain(x: NDArray, w: NDArray, bias: NDArray, stride: int, padding: int) -> NDArray:
    """Convolve with the plain kernel."""
    images, channels, height, width = x.shape
    padded = np.zeros((images, channels, height + 2 * padding, width + 2 * padding), x.dtype)
    padded[:, :, padding : padding + height, padding : padding + width] = x
    out = np.empty(maps_shape(x.shape, w, bias, stride, padding), x.dtype)
    _slide(padded, w, bias, stride, out)
    return out


def conv2d(x: NDArray, w: NDArray, b: NDArray | None = None, stride: int = 1, padding: int = 0) -> NDArray:
    """Slide every filter over every image and add up what lies under it.

    x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh)//stride + 1, float32 if all arrays are float32 and otherwise float64.
    Raises ValueError for arguments that do not fit each other.
    """
    x, w, bias = prepared(x, w, b, stride, padding)
    convolve = kernels.conv2d if kernels.serve_convolution(x, w, bias, stride, padding) else _plain
    return convolve(x, w, bias, stride, padding)


def correlate2d(image: NDArray, kernel: NDArray) -> NDArray:
    """Return the dot product of the kernel with every patch of the image that has the kernel's size.

    image: (H, W)   kernel: (kh, kw)
    returns (H - kh + 1, W - kw + 1), float32 if both are float32 and otherwise float64.
    Raises ValueError if either is not two-dimensional or the kernel is larger than the image.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    if image.ndim != 2 or kernel.ndim != 2:
        raise ValueError(f"one image (H, W) and one kernel (kh, kw) are needed, not {image.shape} and {kernel.shape}")
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError(f"a kernel of shape {kernel.shape} does not fit into an image of shape {image.shape}")
    return conv2d(image[None, None], kernel[None, None])[0, 0]


def baseline_conv2d(x: NDArray, w: NDArray, b: NDArray | None = None, stride: int = 1, padding: int = 0) -> NDArray:
    """Do what `conv2d` does, always with the plain kernel: what time budgets are measured against on every machine."""
    return _plain(*prepared(x, w, b, stride, padding), stride, padding)
