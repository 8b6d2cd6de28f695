"""Variants of the unit `padding`: the limit of pad2d lies between them. They do not check their arguments."""

import numpy as np

from cnngrade import variant


def rings(padding):
    """Return how many rows and columns are added."""
    return padding if isinstance(padding, tuple | list) else (padding, padding)


def filled(x, padding, value):
    """Return the frame, with `value` everywhere."""
    ph, pw = rings(padding)
    return np.full((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw), value, x.dtype)


@variant("good", "The frame first; then the images are copied into it as one slice.")
def pad2d_slice(x, padding, value=0.0):
    (ph, pw), out = rings(padding), filled(x, padding, value)
    out[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]] = x
    return out


@variant("good", "np.pad.")
def pad2d_numpy(x, padding, value=0.0):
    ph, pw = rings(padding)
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)


@variant("good", "Strips joined at the sides, then above and below.")
def pad2d_concatenate(x, padding, value=0.0):
    ph, pw = rings(padding)
    side = np.full((*x.shape[:3], pw), value, x.dtype)
    wide = np.concatenate([side, x, side], axis=3)
    strip = np.full((*wide.shape[:2], ph, wide.shape[3]), value, x.dtype)
    return np.concatenate([strip, wide, strip], axis=2)


@variant("good", "Each place reads from a clipped index, and the places outside are masked.")
def pad2d_by_index(x, padding, value=0.0):
    (ph, pw), (height, width) = rings(padding), x.shape[2:]
    rows, columns = np.arange(-ph, height + ph), np.arange(-pw, width + pw)
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    numbers = x[:, :, rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)]
    return np.where(inside, numbers, value)


@variant("between", "A loop over the rows of an image, for all images at once.")
def pad2d_row_by_row(x, padding, value=0.0):
    (ph, pw), out = rings(padding), filled(x, padding, value)
    for i in range(x.shape[2]):
        out[:, :, ph + i, pw : pw + x.shape[3]] = x[:, :, i]
    return out


@variant("good", "np.pad for each channel of each image.")
def pad2d_image_by_image(x, padding, value=0.0):
    ph, pw = rings(padding)
    return np.array([[np.pad(plane, ((ph, ph), (pw, pw)), constant_values=value) for plane in image] for image in x])


@variant("between", "A loop over the rows of every channel of every image.")
def pad2d_every_row(x, padding, value=0.0):
    (ph, pw), out = rings(padding), filled(x, padding, value)
    for n, c, i in np.ndindex(x.shape[:3]):
        out[n, c, ph + i, pw : pw + x.shape[3]] = x[n, c, i]
    return out


@variant("slow", "Nested lists, joined row by row.")
def pad2d_lists(x, padding, value=0.0):
    (ph, pw), width = rings(padding), x.shape[3]
    strip, edge = [[float(value)] * (width + 2 * pw)] * ph, [float(value)] * pw
    planes = [
        [strip + [edge + [1.0 * number for number in row] + edge for row in plane] + strip for plane in image]
        for image in x.tolist()
    ]
    return np.array(planes)


@variant("good", "np.insert of two rows or columns at a time, for each channel of each image.")
def pad2d_insert(x, padding, value=0.0):
    ph, pw = rings(padding)
    planes = []
    for plane in x.reshape(-1, *x.shape[2:]):
        for axis, count in ((0, ph), (1, pw)):
            for _ in range(count):
                plane = np.insert(plane, [0, plane.shape[axis]], value, axis=axis)
        planes.append(plane)
    return np.array(planes).reshape(*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw)


@variant("slow", "Each number of the images goes to its place by itself.")
def pad2d_number_by_number(x, padding, value=0.0):
    (ph, pw), out = rings(padding), filled(x, padding, value)
    for n, c, i, j in np.ndindex(x.shape):
        out[n, c, ph + i, pw + j] = x[n, c, i, j]
    return out


@variant("slow", "Each place of the answer is checked for whether it is inside.")
def pad2d_every_place(x, padding, value=0.0):
    (ph, pw), out = rings(padding), filled(x, padding, value)
    height, width = x.shape[2:]
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    inside = ph <= i < ph + height and pw <= j < pw + width
                    out[n, c, i, j] = x[n, c, i - ph, j - pw] if inside else value
    return out


@variant("slow", "np.vectorize of a function for one place.")
def pad2d_vectorize(x, padding, value=0.0):
    (ph, pw), (height, width) = rings(padding), x.shape[2:]

    def at(n, c, i, j):
        inside = ph <= i < ph + height and pw <= j < pw + width
        return x[n, c, i - ph, j - pw] if inside else value

    shape = (*x.shape[:2], height + 2 * ph, width + 2 * pw)
    return np.vectorize(at, otypes=[float])(*np.ogrid[: shape[0], : shape[1], : shape[2], : shape[3]])
