# expect:
#   verdict: passed
#   earned: all
#
# float32 stays float32; a class that counts.

# %%
import numpy as np

# %%
def kind(images):
    if images.ndim != 4:
        raise ValueError("four axes")
    return np.float32 if images.dtype == np.float32 else np.float64


def flatten(images):
    return images.astype(kind(images)).reshape(images.shape[0], -1)


# %%
def to_grayscale(images):
    dtype = kind(images)
    if images.shape[1] != 3:
        raise ValueError("three channels")
    weights = np.array([0.299, 0.587, 0.114], dtype)
    return (images.astype(dtype) * weights[:, None, None]).sum(axis=1, keepdims=True)


# %%
class Layer:
    def __init__(self, inputs, units, bias=True):
        self.inputs, self.units, self.bias = inputs, units, bias

    @property
    def parameters(self):
        if self.inputs < 1 or self.units < 1:
            raise ValueError("nothing to connect")
        return self.units * (self.inputs + int(self.bias))


def count_dense_parameters(image_shape, units):
    if min(image_shape) < 1:
        raise ValueError("an image without pixels")
    return Layer(image_shape[0] * image_shape[1] * image_shape[2], units).parameters


# %%
def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = np.broadcast_to(kernel_size, 2).tolist()
    if min(kh, kw) < 1:
        raise ValueError("an empty kernel")
    return Layer(in_channels * kh * kw, out_channels, bias).parameters


# %%
def shift(images, dy, dx):
    out = np.zeros(images.shape, kind(images))
    rows, columns = np.arange(images.shape[2]) - dy, np.arange(images.shape[3]) - dx
    to_rows = np.flatnonzero((rows >= 0) & (rows < images.shape[2]))
    to_columns = np.flatnonzero((columns >= 0) & (columns < images.shape[3]))
    out[:, :, to_rows[:, None], to_columns] = images[:, :, rows[to_rows][:, None], columns[to_columns]]
    return out
