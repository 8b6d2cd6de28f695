"""The reference of the unit `convolution`: cross-correlation of one image, and of a batch with a bank of filters."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from solutions import kernels
from solutions.arrays import Pair, as_pair, float_type, ready
from solutions.kernels import compiled


# A fused multiply-add rounds once instead of twice; "contract" allows nothing else.
@compiled(fastmath={"contract"})
def _slide(padded, w, b, sh, sw, out):
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
                        row = padded[n, c, i * sh + u]
                        for v in range(kw):
                            weight = w[k, c, u, v]
                            # The same line twice: at stride 1 the row is read in one piece, several numbers at a time.
                            if sw == 1:
                                for j in range(width):
                                    total[j] += weight * row[v + j]
                            else:
                                for j in range(width):
                                    total[j] += weight * row[v + j * sw]
                for j in range(width):
                    out[n, k, i, j] = total[j]


Shape = tuple[int, int, int, int]
"""That of maps: (N, K, Ho, Wo)."""


def maps_shape(shape: tuple[int, ...], w: NDArray, b: NDArray | None, stride: Pair, padding: Pair) -> Shape:
    """Return the shape of the maps, (N, K, Ho, Wo), of images of this shape. Raises ValueError where no convolution fits."""
    (sh, sw), (ph, pw) = as_pair(stride), as_pair(padding)
    if len(shape) != 4 or w.ndim != 4:
        raise ValueError(f"images are (N, C, H, W) and filters (K, C, kh, kw), not {shape} and {w.shape}")
    (images, channels, height, width), (filters, wanted, kh, kw) = shape, w.shape
    if channels != wanted:
        raise ValueError(f"the images have {channels} channels, but the filters were made for {wanted}")
    if b is not None and b.shape != (filters,):
        raise ValueError(f"{filters} filters need a bias of shape ({filters},), not {b.shape}")
    if sh < 1 or sw < 1:
        raise ValueError(f"the stride must be 1 or more, not {stride}")
    if ph < 0 or pw < 0:
        raise ValueError(f"the padding must be 0 or more, not {padding}")
    height, width = height + 2 * ph, width + 2 * pw
    if kh > height or kw > width:
        raise ValueError(f"a kernel of {kh}x{kw} does not fit into a padded image of {height}x{width}")
    return images, filters, (height - kh) // sh + 1, (width - kw) // sw + 1


def prepared(x: NDArray, w: NDArray, b: NDArray | None, stride: Pair, padding: Pair) -> tuple[NDArray, NDArray, NDArray, Shape]:
    """Check the arguments of a convolution.

    Returns images, filters and biases as kernels take them, in the answer's dtype, and the shape of the maps.
    """
    x, w = np.asarray(x), np.asarray(w)
    b = None if b is None else np.asarray(b)
    shape = maps_shape(x.shape, w, b, stride, padding)
    dtype = float_type(x, w) if b is None else float_type(x, w, b)
    return ready(x, dtype), ready(w, dtype), np.zeros(len(w), dtype) if b is None else ready(b, dtype), shape


def _plain(x: NDArray, w: NDArray, bias: NDArray, shape: Shape, stride: Pair, padding: Pair) -> NDArray:
    """Convolve with the plain kernel."""
    out = np.empty(shape, x.dtype)
    _slide(framed(x, padding, x.dtype), w, bias, *as_pair(stride), out)
    return out


def framed(x: NDArray, padding: Pair, dtype: DTypeLike) -> NDArray:
    """Return the images with zeros around them, in an array of their own."""
    (images, channels, height, width), (ph, pw) = x.shape, as_pair(padding)
    padded = np.zeros((images, channels, height + 2 * ph, width + 2 * pw), dtype)
    padded[:, :, ph : ph + height, pw : pw + width] = x
    return padded


def conv2d(x: NDArray, w: NDArray, b: NDArray | None = None, stride: Pair = 1, padding: Pair = 0) -> NDArray:
    """Slide every filter over every image and add up what lies under it.

    x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None   stride, padding: one number, or one for rows and one for columns
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh)//stride + 1, float32 if all arrays are float32 and otherwise float64.
    Raises ValueError for arguments that do not fit each other.
    """
    x, w, bias, shape = prepared(x, w, b, stride, padding)
    sh, sw = as_pair(stride)
    if sh == sw and kernels.serve_convolution(x, w, bias, shape):
        return kernels.conv2d(x, w, bias, sh, as_pair(padding))
    return _plain(x, w, bias, shape, stride, padding)


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


def baseline_conv2d(x: NDArray, w: NDArray, b: NDArray | None = None, stride: Pair = 1, padding: Pair = 0) -> NDArray:
    """Do what `conv2d` does, always with the plain kernel: what time budgets are measured against on every machine."""
    return _plain(*prepared(x, w, b, stride, padding), stride, padding)
