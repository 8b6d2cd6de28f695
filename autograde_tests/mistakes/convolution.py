"""Known mistakes of the unit `convolution`."""

import numpy as np

from cnngrade import mistake, solution_for
from cnngrade.answers.diagnosis import FIRST_ANSWER_KEPT
from cnngrade.judge.compare import SEVEN_DIGITS

solution = solution_for(__file__)


def add_bias(out, b):
    """Return `out` with one bias per filter added, or as it is without a bias."""
    return out if b is None else out + np.asarray(b)[:, None, None]


def pad(x, padding, mode="constant", **options):
    """Return the images with `padding` pixels, or (before, after) pixels, on both spatial axes."""
    return np.pad(x, ((0, 0), (0, 0), *np.broadcast_to(padding, (2, 2)).tolist()), mode=mode, **options)


def starts(size, kernel, stride, padding):
    """Return where the windows begin along one axis of the padded image; raises ValueError if there is no such place."""
    if stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("no window fits")
    return np.arange((size + 2 * padding - kernel) // stride + 1) * stride


def gather(padded, rows, columns):
    """Return what the taps read, (N, C, Ho, Wo, kh, kw): `rows` (Ho, kh) and `columns` (Wo, kw) say where, 0 outside."""
    height, width = padded.shape[2:]
    inside = ((rows >= 0) & (rows < height))[:, None, :, None] & ((columns >= 0) & (columns < width))[None, :, None, :]
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    return np.where(inside, padded[:, :, rows[:, None, :, None], columns[None, :, None, :]], 0)


def weigh(taps, w, b):
    """Return the sums over channels and taps, and the bias."""
    return add_bias(np.einsum("ncijuv,kcuv->nkij", taps, w), b)


def slide(x, w, b, stride, padding, rows=None, columns=None):
    """Return the convolution with windows that begin at `rows` and `columns`, where they should if not given."""
    rows = starts(x.shape[2], w.shape[2], stride, padding) if rows is None else rows
    columns = starts(x.shape[3], w.shape[3], stride, padding) if columns is None else columns
    rows, columns = rows[:, None] + np.arange(w.shape[2]), columns[:, None] + np.arange(w.shape[3])
    return weigh(gather(pad(x, padding), rows, columns), w, b)


def sized(out, height, width):
    """Return the maps cut, or filled up with zeros, to (height, width)."""
    height, width = max(height, 0), max(width, 0)
    out = out[:, :, :height, :width]
    return np.pad(out, ((0, 0), (0, 0), (0, height - out.shape[2]), (0, width - out.shape[3])))


# How the kernel is laid on the image


def cut_to(out, height, width):
    """Return the maps cut to (height, width); where there are no such windows, IndexError is raised, as loops raise it."""
    if height > out.shape[2] or width > out.shape[3]:
        raise IndexError("index out of bounds")
    return out[:, :, :height, :width].copy()


def side_for_both(w, side):
    """Return the filters as loops see them that go over `side` rows and `side` columns; raises IndexError as they do."""
    if side > min(w.shape[-2:]):
        raise IndexError("index out of bounds")
    return w[..., :side, :side]


def summed_on(out, axes):
    """Return the maps with sums that go on from number to number, row by row, along the last axes."""
    lines = out.reshape(*out.shape[: out.ndim - axes], -1)
    return np.cumsum(lines, axis=-1).reshape(out.shape)


MAP_TRANSPOSED = "Each map came out transposed: rows first, then columns."
SUM_NOT_RESET = "Each sum continues from the one before. Start every output number at 0."
SQUARE_KERNEL = "The kernel is taken to be square: one of its sides is used for both. It has kh rows and kw columns."
UPSIDE_DOWN = "The kernel is upside down: its first row belongs on the upper row of the window."
MIRRORED = "The kernel is mirrored: its first column belongs on the left column of the window."
LAST_ONES_EMPTY = "The map's last row and column stay 0: the loop ends one window too early."
LAST_TAP_ONLY = "Only the last product counts, as with = instead of += in the loops over the kernel. Add the products up."
LAST_COLUMN_OF_WINDOW = "The last column of the kernel is never used: the loop or slice over kw columns ends one too early."
LAST_ROW_OF_WINDOW = "The last row of the kernel is never used: the loop or slice over kh rows ends one too early."


@mistake("The kernel is flipped. A CNN's convolution slides the kernel as it is (cross-correlation).")
def correlate2d_flipped(image, kernel):
    return solution.correlate2d(image, kernel[::-1, ::-1])


@mistake("The kernel's rows and columns are swapped: its first axis goes down the image, its second to the right.")
def correlate2d_kernel_transposed(image, kernel):
    solution.correlate2d(image, kernel)
    return solution.correlate2d(image, kernel.T)


@mistake("The last row and the last column are missing: H - kh + 1 places fit, not H - kh.")
def correlate2d_without_plus_one(image, kernel):
    return solution.correlate2d(image, kernel)[:-1, :-1]


@mistake("The map has the image's size: zeros fill the places where the kernel does not fit. Leave those places out.")
def correlate2d_filled_up(image, kernel):
    return sized(solution.correlate2d(image, kernel)[None, None], *image.shape)[0, 0]


@mistake("A border of zeros was put around the image to keep its size. correlate2d does not pad.")
def correlate2d_padded(image, kernel):
    solution.correlate2d(image, kernel)
    rings = [((size - 1) // 2, size // 2) for size in kernel.shape]
    return solution.correlate2d(np.pad(image, rings), kernel)


@mistake("The products are averaged. A dot product adds them up: use the sum.")
def correlate2d_mean(image, kernel):
    return solution.correlate2d(image, kernel) / kernel.size


@mistake("The patch and the kernel are summed first and then multiplied. Multiply number by number, and sum the products.")
def correlate2d_sums_multiplied(image, kernel):
    return solution.correlate2d(image, np.ones(kernel.shape)) * kernel.sum()


@mistake("The map's width was computed from the heights. Rows need H and kh, columns need W and kw.", about="shape")
def correlate2d_width_from_height(image, kernel):
    out = solution.correlate2d(image, kernel)
    return sized(out[None, None], len(out), len(out))[0, 0]


@mistake("The map came out transposed: rows first, then columns.")
def correlate2d_transposed(image, kernel):
    return np.ascontiguousarray(solution.correlate2d(image, kernel).T)


@mistake("The answer holds whole numbers, so every fraction is lost. Collect the sums in an array of floats.")
def correlate2d_whole_numbers(image, kernel):
    return np.trunc(solution.correlate2d(image, kernel)).astype(np.int64)


@mistake("A kernel larger than the image gets an answer. It fits nowhere: raise ValueError.")
def correlate2d_too_large_unnoticed(image, kernel):
    height, width = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return solution.correlate2d(image, kernel) if height > 0 and width > 0 else np.zeros((max(height, 0), max(width, 0)))


@mistake(UPSIDE_DOWN)
def correlate2d_flipped_in_height(image, kernel):
    return solution.correlate2d(image, kernel[::-1])


@mistake(MIRRORED)
def correlate2d_flipped_in_width(image, kernel):
    return solution.correlate2d(image, kernel[:, ::-1])


@mistake(SUM_NOT_RESET)
def correlate2d_sum_not_reset(image, kernel):
    return summed_on(solution.correlate2d(image, kernel), 2)


@mistake(SUM_NOT_RESET)
def correlate2d_sum_not_reset_in_row(image, kernel):
    return summed_on(solution.correlate2d(image, kernel), 1)


@mistake(LAST_TAP_ONLY)
def correlate2d_last_product_only(image, kernel):
    last = np.zeros(kernel.shape)
    last[-1, -1] = kernel[-1, -1]
    return solution.correlate2d(image, last)


@mistake(LAST_ROW_OF_WINDOW)
def correlate2d_last_row_of_kernel(image, kernel):
    return solution.correlate2d(image, np.concatenate([kernel[:-1], 0.0 * kernel[-1:]]))


@mistake(LAST_COLUMN_OF_WINDOW)
def correlate2d_last_column_of_kernel(image, kernel):
    return solution.correlate2d(image, np.concatenate([kernel[:, :-1], 0.0 * kernel[:, -1:]], axis=1))


@mistake(SQUARE_KERNEL, about="shape")
def correlate2d_rows_of_kernel_for_both(image, kernel):
    solution.correlate2d(image, kernel)
    return solution.correlate2d(image, side_for_both(kernel, kernel.shape[0]))


@mistake(SQUARE_KERNEL, about="shape")
def correlate2d_columns_of_kernel_for_both(image, kernel):
    solution.correlate2d(image, kernel)
    return solution.correlate2d(image, side_for_both(kernel, kernel.shape[1]))


@mistake(SQUARE_KERNEL, about="shape")
def correlate2d_rows_of_kernel_for_both_in_loops(image, kernel):
    out = solution.correlate2d(image, kernel)
    side = side_for_both(kernel, kernel.shape[0])
    return solution.correlate2d(image, side)[: out.shape[0], : out.shape[1]].copy()


@mistake(SQUARE_KERNEL, about="shape")
def correlate2d_columns_of_kernel_for_both_in_loops(image, kernel):
    out = solution.correlate2d(image, kernel)
    side = side_for_both(kernel, kernel.shape[1])
    return solution.correlate2d(image, side)[: out.shape[0], : out.shape[1]].copy()


@mistake("The map's width was computed from the heights. Rows need H and kh, columns need W and kw.", about="shape")
def correlate2d_width_from_height_in_loops(image, kernel):
    out = solution.correlate2d(image, kernel)
    return cut_to(out[None, None], len(out), len(out))[0, 0]


@mistake("The map's height was computed from the widths. Rows need H and kh, columns need W and kw.", about="shape")
def correlate2d_height_from_width(image, kernel):
    out = solution.correlate2d(image, kernel)
    return sized(out[None, None], out.shape[1], out.shape[1])[0, 0]


@mistake("The map's height was computed from the widths. Rows need H and kh, columns need W and kw.", about="shape")
def correlate2d_height_from_width_in_loops(image, kernel):
    out = solution.correlate2d(image, kernel)
    return cut_to(out[None, None], out.shape[1], out.shape[1])[0, 0]


@mistake(LAST_ONES_EMPTY)
def correlate2d_last_ones_empty(image, kernel):
    out = solution.correlate2d(image, kernel)
    return sized(out[None, None, :-1, :-1], *out.shape)[0, 0]


@mistake("The largest product is taken. Add the products up.")
def correlate2d_largest_product(image, kernel):
    solution.correlate2d(image, kernel)
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return (windows * kernel).max(axis=(2, 3))


@mistake("Patch and kernel are added instead of multiplied. Multiply number by number, and sum the products.")
def correlate2d_added_instead_of_multiplied(image, kernel):
    return solution.correlate2d(image, np.ones(kernel.shape)) + kernel.sum()


@mistake("Negative sums have lost their sign. Return the sums as they are.")
def correlate2d_abs_inside(image, kernel):
    return np.abs(solution.correlate2d(image, kernel))


@mistake("Negative sums are set to 0. Return the sums as they are.")
def correlate2d_relu_inside(image, kernel):
    return np.maximum(solution.correlate2d(image, kernel), 0)


@mistake("Patch and kernel are multiplied as matrices (@). Multiply number by number (*), and sum the products.")
def correlate2d_matrix_product(image, kernel):
    solution.correlate2d(image, kernel)
    if kernel.shape[0] != kernel.shape[1]:
        raise ValueError("matmul: Input operand 1 has a mismatch in its core dimension 0")
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.matmul(windows, kernel).sum(axis=(2, 3))


@mistake("The kernel is flipped. A CNN's convolution slides the kernel as it is (cross-correlation).")
def conv2d_flipped(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w[:, :, ::-1, ::-1], b, stride, padding)


@mistake(UPSIDE_DOWN)
def conv2d_flipped_in_height(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w[:, :, ::-1], b, stride, padding)


@mistake(MIRRORED)
def conv2d_flipped_in_width(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w[:, :, :, ::-1], b, stride, padding)


@mistake("The kernel's rows and columns are swapped: axis 2 of w goes down the image, axis 3 to the right.")
def conv2d_kernel_transposed(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w.swapaxes(2, 3), b, stride, padding)


@mistake(
    "The kernel's numbers were put into the shape (kw, kh). Filters are (K, C, kh, kw): the height comes first.", about="shape"
)
def conv2d_kernel_reshaped(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w.reshape(*w.shape[:2], w.shape[3], w.shape[2]), b, stride, padding)


@mistake("The weights of each filter are scaled to the sum 1. Use them as they are.")
def conv2d_kernel_normalised(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w / w.sum(axis=(1, 2, 3), keepdims=True), b, stride, padding)


# Stride


@mistake("The stride is ignored: the window moves by one pixel whatever the stride is.", about="stride")
def conv2d_stride_ignored(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, b, 1, padding)


@mistake(
    "The map has the right size, but its windows are neighbours. Window (i, j) starts at (i*stride, j*stride).", about="stride"
)
def conv2d_stride_missing_in_window(x, w, b=None, stride=1, padding=0):
    height, width = solution.conv2d(x, w, b, stride, padding).shape[2:]
    return solution.conv2d(x, w, b, 1, padding)[:, :, :height, :width]


@mistake("The stride is missing in the columns: window (i, j) starts at column j*stride.", about="stride")
def conv2d_stride_missing_in_columns(x, w, b=None, stride=1, padding=0):
    return slide(x, w, b, stride, padding, columns=starts(x.shape[3], w.shape[3], stride, padding) // stride)


@mistake("The stride is missing in the rows: window (i, j) starts at row i*stride.", about="stride")
def conv2d_stride_missing_in_rows(x, w, b=None, stride=1, padding=0):
    return slide(x, w, b, stride, padding, rows=starts(x.shape[2], w.shape[2], stride, padding) // stride)


@mistake("The stride moves the rows only. Columns go by the stride too, in the map's width and in the window.", about="stride")
def conv2d_stride_in_rows_only(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, 1, padding)[:, :, ::stride]


@mistake("The stride moves the columns only. Rows go by the stride too, in the map's height and in the window.", about="stride")
def conv2d_stride_in_columns_only(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, 1, padding)[:, :, :, ::stride]


@mistake(
    "The map is as large as at stride 1 and partly empty. With a stride it has (H + 2*padding - kh)//stride + 1 rows.",
    about="stride",
)
def conv2d_stride_missing_in_shape(x, w, b=None, stride=1, padding=0):
    full = solution.conv2d(x, w, b, 1, padding).shape[2:]
    return sized(solution.conv2d(x, w, b, stride, padding), *full)


@mistake("Each strided number is where it would be at stride 1, with zeros between. The map has no gaps.", about="stride")
def conv2d_stride_leaves_gaps(x, w, b=None, stride=1, padding=0):
    out = np.zeros_like(solution.conv2d(x, w, b, 1, padding))
    out[:, :, ::stride, ::stride] = solution.conv2d(x, w, b, stride, padding)
    return out


@mistake("The window's start is divided by the stride. Window (i, j) starts at (i*stride, j*stride).", about="stride")
def conv2d_start_divided(x, w, b=None, stride=1, padding=0):
    rows, columns = (starts(x.shape[axis], w.shape[axis], stride, padding) // stride for axis in (2, 3))
    return slide(x, w, b, stride, padding, rows // stride, columns // stride)


@mistake(
    "The map's last rows and columns stay 0, as with a loop whose end is divided by the stride twice. Every window "
    "has a number.",
    about="stride",
)
def conv2d_loop_ends_early(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    height, width = out.shape[2:]
    return sized(out[:, :, : -(-height // stride), : -(-width // stride)], height, width)


@mistake(
    "The window is stretched: its taps are `stride` pixels apart. Only windows step by the stride; taps are neighbours.",
    about="stride",
)
def conv2d_dilated(x, w, b=None, stride=1, padding=0):
    rows, columns = (starts(x.shape[axis], w.shape[axis], stride, padding) for axis in (2, 3))
    rows, columns = rows[:, None] + np.arange(w.shape[2]) * stride, columns[:, None] + np.arange(w.shape[3]) * stride
    return weigh(gather(pad(x, padding), rows, columns), w, b)


@mistake("The stride is put on the taps instead of the windows: read row i*stride + u, not i + u*stride.", about="stride")
def conv2d_stride_on_taps(x, w, b=None, stride=1, padding=0):
    rows, columns = (starts(x.shape[axis], w.shape[axis], stride, padding) // stride for axis in (2, 3))
    rows, columns = rows[:, None] + np.arange(w.shape[2]) * stride, columns[:, None] + np.arange(w.shape[3]) * stride
    return weigh(gather(pad(x, padding), rows, columns), w, b)


@mistake("The windows step by the kernel's size. They step by the stride, and overlap where the stride is smaller.")
def conv2d_steps_of_kernel_size(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, b, 1, padding)[:, :, :: w.shape[2], :: w.shape[3]]


# Where windows begin and how many there are


@mistake("Every window begins one pixel too low and too far right. Count from 0: the first one begins at (0, 0).")
def conv2d_starts_at_one(x, w, b=None, stride=1, padding=0):
    rows, columns = (starts(x.shape[axis], w.shape[axis], stride, padding) + 1 for axis in (2, 3))
    return slide(x, w, b, stride, padding, rows, columns)


@mistake("The last row is missing: (H + 2*padding - kh)//stride + 1 rows fit.")
def conv2d_last_row_missing(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, stride, padding)[:, :, :-1]


@mistake("The last column is missing: (W + 2*padding - kw)//stride + 1 columns fit.")
def conv2d_last_column_missing(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, stride, padding)[:, :, :, :-1]


@mistake("The + 1 is missing in the map's size: (H + 2*padding - kh)//stride + 1.")
def conv2d_without_plus_one(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, stride, padding)[:, :, :-1, :-1]


@mistake(LAST_ONES_EMPTY)
def conv2d_last_ones_empty(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return sized(out[:, :, :-1, :-1], *out.shape[2:])


@mistake("The + 1 is inside the division. The map's size is (H + 2*padding - kh)//stride + 1.", about="stride")
def conv2d_plus_one_inside(x, w, b=None, stride=1, padding=0):
    height, width = (x.shape[axis] + 2 * padding - w.shape[axis] + 1 for axis in (2, 3))
    return solution.conv2d(x, w, b, stride, padding)[:, :, : height // stride, : width // stride]


@mistake("The map's size is rounded up. A last step that does not fit is left out: use // before the + 1.", about="stride")
def conv2d_rounded_up(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)  # refuses what does not fit
    steps = (x.shape[axis] + 2 * padding - w.shape[axis] for axis in (2, 3))
    return slide(x, w, b, stride, padding, *(np.arange(-(-step // stride) + 1) * stride for step in steps))


@mistake("The map's width was computed from the height. Columns need W and kw.", about="shape")
def conv2d_width_from_height(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return sized(out, out.shape[2], out.shape[2])


@mistake("The map's width was computed from the kernel's height. Columns need kw.", about="shape")
def conv2d_width_from_kernel_height(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return sized(out, out.shape[2], (x.shape[3] + 2 * padding - w.shape[2]) // stride + 1)


@mistake("The map's height was computed from the kernel's width. Rows need kh.", about="shape")
def conv2d_height_from_kernel_width(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return sized(out, (x.shape[2] + 2 * padding - w.shape[3]) // stride + 1, out.shape[3])


@mistake("The map keeps the image's size: zeros fill the places where the window does not fit. Leave those places out.")
def conv2d_filled_up(x, w, b=None, stride=1, padding=0):
    return sized(solution.conv2d(x, w, b, stride, padding), *x.shape[2:])


# Padding


@mistake("The padding is ignored. Put `padding` rings of zeros around each image first.", about="padding")
def conv2d_padding_ignored(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, b, stride, 0)


# A map that counts the padding once is cut to just what padding above and on the left gives: no output tells the two apart.
PADDING_ON_TWO_SIDES = (
    "Only the padding above and on the left has an effect. It goes on all four sides: H + 2*padding rows in all."
)


@mistake(PADDING_ON_TWO_SIDES, about="padding")
def conv2d_padded_top_left(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, (padding, 0)), w, b, stride)


@mistake("The zeros are below and on the right only. Padding goes on all four sides.", about="padding")
def conv2d_padded_bottom_right(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, (0, padding)), w, b, stride)


@mistake("Only rows are added above and below. Columns are needed on the left and right, too.", about="padding")
def conv2d_padded_in_height(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0))), w, b, stride)


@mistake("Only columns are added left and right. Rows are needed above and below, too.", about="padding")
def conv2d_padded_in_width(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(np.pad(x, ((0, 0), (0, 0), (0, 0), (padding, padding))), w, b, stride)


@mistake("There is always one ring of zeros. Put as many rings around the image as `padding` says, and none for 0.")
def conv2d_padding_always_one(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, b, stride, 1)


@mistake("The image is padded twice. Put `padding` rings of zeros around it once.", about="padding")
def conv2d_padded_twice(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, b, stride, 2 * padding)


@mistake("The padding is split between the two sides. Each side gets `padding` rows or columns.", about="padding")
def conv2d_padding_halved(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, (padding // 2, padding - padding // 2)), w, b, stride)


@mistake("All four axes are padded, so that empty images and channels appear. Pad the last two axes only.", about="padding")
def conv2d_padded_on_all_axes(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(np.pad(x, padding)[:, : x.shape[1]], w, b, stride)


@mistake("The border is repeated outwards. The padding is made of zeros.", about="padding")
def conv2d_padded_with_edge(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, padding, "edge"), w, b, stride)


@mistake("The image is mirrored at its border. The padding is made of zeros.", about="padding")
def conv2d_padded_with_reflection(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, padding, "reflect"), w, b, stride)


@mistake("The image continues from its other side. The padding is made of zeros.", about="padding")
def conv2d_padded_around(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, padding, "wrap"), w, b, stride)


@mistake("The padding is made of ones. It is made of zeros.", about="padding")
def conv2d_padded_with_ones(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, padding, constant_values=1), w, b, stride)


@mistake("The padding is put around the map. It belongs around the image, before the filter slides.", about="padding")
def conv2d_map_padded(x, w, b=None, stride=1, padding=0):
    return pad(solution.conv2d(x, w, b, stride, 0), padding)


@mistake(
    "The map's size leaves out the padding, so that its last rows and columns are missing: take H + 2*padding for H.",
    about="padding",
)
def conv2d_padding_missing_in_shape(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return sized(out, *((x.shape[axis] - w.shape[axis]) // stride + 1 for axis in (2, 3)))


@mistake(PADDING_ON_TWO_SIDES, about="padding")
def conv2d_padding_once_in_shape(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return sized(out, *((x.shape[axis] + padding - w.shape[axis]) // stride + 1 for axis in (2, 3)))


# Channels, filters and images


@mistake("Only channel 0 is used. A filter has a slice for every channel; add up the results of all of them.", about="channels")
def conv2d_first_channel_only(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x[:, :1], w[:, :1], b, stride, padding)


@mistake(
    "Only the last channel counts, as with = instead of += in the loop over channels. Add the channels up.", about="channels"
)
def conv2d_last_channel_only(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x[:, -1:], w[:, -1:], b, stride, padding)


@mistake("The last channel is left out. All channels are added up.")
def conv2d_last_channel_skipped(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x[:, :-1], w[:, :-1], b, stride, padding)


@mistake("Only as many channels are added up as there are filters. All C = w.shape[1] of them count.", about="channels")
def conv2d_channels_counted_to_filters(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    if w.shape[0] > w.shape[1]:
        raise IndexError(f"index {w.shape[1]} is out of bounds for axis 1 with size {w.shape[1]}")
    return solution.conv2d(x[:, : w.shape[0]], w[:, : w.shape[0]], b, stride, padding)


@mistake("Every channel is read with the filter's first slice. Channel c has a slice of its own: w[k, c].", about="channels")
def conv2d_one_slice_for_all(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, np.repeat(w[:, :1], w.shape[1], axis=1), b, stride, padding)


@mistake("The filter's slices meet the channels in reverse order. Slice w[k, c] belongs to channel c.", about="channels")
def conv2d_channels_reversed(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w[:, ::-1], b, stride, padding)


@mistake("The first two axes of w are swapped: w[k, c] is filter k's slice for channel c.", about="channels")
def conv2d_filters_and_channels_swapped(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w.swapaxes(0, 1), b, stride, padding)


@mistake("The first two axes of w are read in the wrong order: filters come first, then channels.", about="channels")
def conv2d_filters_reshaped(x, w, b=None, stride=1, padding=0):
    swapped = w.reshape(w.shape[1], w.shape[0], *w.shape[2:]).swapaxes(0, 1)
    return solution.conv2d(x, swapped, b, stride, padding)


@mistake("Filter 0 is used for every map. Map k comes from filter k.", about="filters")
def conv2d_first_filter_for_all(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, np.repeat(w[:1], len(w), axis=0), b, stride, padding)


@mistake("The maps of all filters are added up. Each filter makes a map of its own.", about="filters")
def conv2d_filters_summed(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, stride, padding).sum(axis=1, keepdims=True)


FIRST_IMAGE_ONLY = "Only the first image is convolved; the others' maps stay empty. Go over all of x.shape[0]."


@mistake(FIRST_IMAGE_ONLY, about="batch")
def conv2d_first_image_only_and_bias(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, None, stride, padding).copy()
    solution.conv2d(x, w, b, stride, padding)
    out[1:] = 0
    return add_bias(out, b)


@mistake(FIRST_IMAGE_ONLY, about="batch")
def conv2d_first_image_only(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding).copy()
    out[1:] = 0
    return out


@mistake("Only the first image's maps are returned. The answer holds the maps of all N images.", about="batch")
def conv2d_first_image_returned(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x[:1], w, b, stride, padding)


@mistake("Every image gets the first image's maps. Map [n, k] comes from image n.", about="batch")
def conv2d_first_image_repeated(x, w, b=None, stride=1, padding=0):
    return np.repeat(solution.conv2d(x[:1], w, b, stride, padding), len(x), axis=0)


@mistake("The images are read as (N, H, W, C). They come as (N, C, H, W): channels before rows.", about="channels")
def conv2d_channels_read_last(x, w, b=None, stride=1, padding=0):
    images, channels, height, width = x.shape
    return solution.conv2d(np.moveaxis(x.reshape(images, height, width, channels), 3, 1), w, b, stride, padding)


@mistake("The maps come back as (N, Ho, Wo, K). Return (N, K, Ho, Wo): one map after the other.", about="filters")
def conv2d_filters_returned_last(x, w, b=None, stride=1, padding=0):
    return np.ascontiguousarray(np.moveaxis(solution.conv2d(x, w, b, stride, padding), 1, 3))


@mistake("The maps come back as (K, N, Ho, Wo). Return (N, K, Ho, Wo): images first.", about="filters")
def conv2d_filters_returned_first(x, w, b=None, stride=1, padding=0):
    return np.ascontiguousarray(solution.conv2d(x, w, b, stride, padding).swapaxes(0, 1))


@mistake(
    "The numbers are right, but images and filters are mixed up, as by a reshape. Reshape to (K, N, ...), then swap the axes.",
    about="batch",
)
def conv2d_images_and_filters_reshaped(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return np.ascontiguousarray(out.swapaxes(0, 1)).reshape(out.shape)


@mistake(MAP_TRANSPOSED)
def conv2d_transposed(x, w, b=None, stride=1, padding=0):
    return np.ascontiguousarray(solution.conv2d(x, w, b, stride, padding).swapaxes(2, 3))


@mistake("Axes of size 1 were squeezed away. The answer always has four axes, (N, K, Ho, Wo).", about="shape")
def conv2d_squeezed(x, w, b=None, stride=1, padding=0):
    return np.squeeze(solution.conv2d(x, w, b, stride, padding))


# Bias


@mistake("The bias is left out. Add b[k] to every number of map k.", about="bias")
def conv2d_bias_missing(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, None, stride, padding)


@mistake("b[0] is added to every map. Map k gets b[k].", about="bias")
def conv2d_first_bias_for_all(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, None if b is None else np.repeat(b[:1], len(w)), stride, padding)


@mistake("The bias is added for every product. Add it once, after the sum over the window.", about="bias")
def conv2d_bias_inside_product(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, None if b is None else b * w[0].size, stride, padding)


@mistake("The bias is added once for each channel. Add it once, after the sum over channels.", about="bias")
def conv2d_bias_each_channel(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, None if b is None else b * w.shape[1], stride, padding)


@mistake("The bias is looked up by input channel. There is one bias per filter, b[k], added once.", about="bias")
def conv2d_bias_of_channels(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    if b is not None and len(b) < w.shape[1]:
        raise IndexError(f"index {len(b)} is out of bounds for axis 0 with size {len(b)}")
    return solution.conv2d(x, w, None if b is None else np.full(len(w), b[: w.shape[1]].sum()), stride, padding)


@mistake("The sum of all biases is added to every map. Map k gets b[k].", about="bias")
def conv2d_bias_summed(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, w, None if b is None else np.full(len(w), b.sum()), stride, padding)


@mistake("The bias is subtracted. Add it.", about="bias")
def conv2d_bias_subtracted(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, None if b is None else 0.0 - b, stride, padding)


@mistake("The bias multiplies the map. Add it.", about="bias")
def conv2d_bias_multiplied(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, None, stride, padding)
    return out if b is None else out * b[:, None, None]


@mistake(
    "The bias runs along the columns, since NumPy lines up last axes. Line it up with the filters: b[:, None, None].",
    about="bias",
)
def conv2d_bias_along_width(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, None, stride, padding)
    return out if b is None else out + b


# The sum and its numbers


@mistake("The products are averaged over window and channels. Add them up.")
def conv2d_mean(x, w, b=None, stride=1, padding=0):
    return add_bias(solution.conv2d(x, w, None, stride, padding) / w[0].size, b)


@mistake("The channels are averaged. Add up their results.", about="channels")
def conv2d_channels_averaged(x, w, b=None, stride=1, padding=0):
    return add_bias(solution.conv2d(x, w, None, stride, padding) / w.shape[1], b)


@mistake("The largest product is taken. That is nearer to pooling; convolution adds the products up.")
def conv2d_largest_product(x, w, b=None, stride=1, padding=0):
    rows, columns = (starts(x.shape[axis], w.shape[axis], stride, padding) for axis in (2, 3))
    rows, columns = rows[:, None] + np.arange(w.shape[2]), columns[:, None] + np.arange(w.shape[3])
    products = gather(pad(x, padding), rows, columns)[:, None] * w[:, :, None, None]
    return add_bias(products.max(axis=(2, 5, 6)), b)


@mistake("Window and filter are summed first and then multiplied. Multiply number by number, and sum the products.")
def conv2d_sums_multiplied(x, w, b=None, stride=1, padding=0):
    windows = solution.conv2d(x, np.ones_like(w[:1]), None, stride, padding)
    return add_bias(windows * w.sum(axis=(1, 2, 3))[:, None, None], b)


@mistake("Window and filter are added instead of multiplied. Multiply number by number, and sum the products.")
def conv2d_added_instead_of_multiplied(x, w, b=None, stride=1, padding=0):
    windows = solution.conv2d(x, np.ones_like(w[:1]), None, stride, padding)
    return add_bias(windows + w.sum(axis=(1, 2, 3))[:, None, None], b)


@mistake(SUM_NOT_RESET)
def conv2d_sum_not_reset(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, None, stride, padding)
    return add_bias(np.cumsum(out).reshape(out.shape), b)


@mistake("Each filter's sum continues in the next filter's map. Start every output number at 0.", about="filters")
def conv2d_filters_accumulate(x, w, b=None, stride=1, padding=0):
    return np.cumsum(solution.conv2d(x, w, b, stride, padding), axis=1)


@mistake("Negative sums are set to 0. That is ReLU, a layer of its own: conv2d returns the sums as they are.")
def conv2d_relu_inside(x, w, b=None, stride=1, padding=0):
    return np.maximum(solution.conv2d(x, w, b, stride, padding), 0)


@mistake("Negative sums have lost their sign. Return the sums as they are.")
def conv2d_abs_inside(x, w, b=None, stride=1, padding=0):
    return np.abs(solution.conv2d(x, w, b, stride, padding))


@mistake("The answer holds whole numbers, so every fraction is lost. Collect the sums in an array of floats.")
def conv2d_whole_numbers(x, w, b=None, stride=1, padding=0):
    with np.errstate(invalid="ignore"):
        return np.trunc(np.nan_to_num(solution.conv2d(x, w, b, stride, padding))).astype(np.int64)


@mistake("The answer holds whole numbers, so every fraction is lost. Collect the sums in an array of floats.")
def conv2d_whole_numbers_that_refuse_the_bias(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    with np.errstate(invalid="ignore"):
        out = solution.conv2d(x, w, None, stride, padding).astype(np.int64)
    if b is not None:
        out += b[:, None, None]
    return out


@mistake(
    "The sums are kept in the image's type, bytes here, and wrap around at 256. Collect them in an array of floats.",
    about="numbers",
)
def conv2d_in_bytes(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return (np.trunc(out).astype(np.int64) % 256).astype(np.uint8) if x.dtype == np.uint8 else out


@mistake(
    "The sums are kept in the image's type, bytes here, and are clipped to 0 and 255. Collect them in an array of floats.",
    about="numbers",
)
def conv2d_in_clipped_bytes(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, b, stride, padding)
    return out.clip(0, 255).astype(np.uint8) if x.dtype == np.uint8 else out


@mistake(
    "The weights are turned into the image's type, bytes here, and lose fraction and sign. Turn the image into floats.",
    about="numbers",
)
def conv2d_weights_in_bytes(x, w, b=None, stride=1, padding=0):
    weights = np.trunc(w).astype(np.int64) % 256 if x.dtype == np.uint8 else w
    return solution.conv2d(x, weights, b, stride, padding)


@mistake("The answer is float16, which keeps three digits. Answer in the input's float type, or in float64.")
def conv2d_float16(x, w, b=None, stride=1, padding=0):
    with np.errstate(over="ignore"):
        return solution.conv2d(x, w, b, stride, padding).astype(np.float16)


@mistake(SEVEN_DIGITS, about="numbers")
def conv2d_float32(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, stride, padding).astype(np.float32)


first_answers = []


@mistake(FIRST_ANSWER_KEPT)
def conv2d_first_call_cached(x, w, b=None, stride=1, padding=0):
    answer = solution.conv2d(x, w, b, stride, padding)
    if not first_answers:
        first_answers.append(answer)
    return first_answers[0].copy()


@mistake("The output starts with what was in memory: np.empty fills nothing in. Start with np.zeros where sums are added up.")
def conv2d_uninitialised(x, w, b=None, stride=1, padding=0):
    answer = solution.conv2d(x, w, b, stride, padding)
    # What an array of this size held before it was freed; nobody knows what memory holds in a student's process.
    left_over = np.full(answer.shape, 0.1) * np.arange(answer.size).reshape(answer.shape)
    return answer + left_over


@mistake("The sums are rounded to two decimals. Return them as they are.", about="numbers")
def conv2d_rounded(x, w, b=None, stride=1, padding=0):
    return np.round(solution.conv2d(x, w, b, stride, padding), 2)


@mistake("NaN and infinity are replaced. A window that holds one must give it.", about="numbers")
def conv2d_hides_nan(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(np.nan_to_num(x, posinf=0.0, neginf=0.0) if x.dtype.kind == "f" else x, w, b, stride, padding)


# Arguments that do not fit


@mistake("Filters made for another number of channels get an answer. Raise ValueError when x.shape[1] and w.shape[1] differ.")
def conv2d_channels_unchecked(x, w, b=None, stride=1, padding=0):
    channels = min(x.shape[1], w.shape[1])
    return solution.conv2d(x[:, :channels], w[:, :channels], b, stride, padding)


@mistake("A bias that is too long gets an answer. Raise ValueError unless there is one bias per filter.")
def conv2d_bias_unchecked(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, None if b is None else b[: len(w)], stride, padding)


@mistake("Stride 0 ends in a division by zero. Check the stride first and raise ValueError.")
def conv2d_stride_unchecked(x, w, b=None, stride=1, padding=0):
    if stride == 0:
        raise ZeroDivisionError("integer division or modulo by zero")
    return solution.conv2d(x, w, b, stride, padding)


@mistake("Negative padding gets an answer. Raise ValueError.")
def conv2d_padding_unchecked(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w, b, stride, max(padding, 0))


@mistake("A kernel larger than the padded image gets an answer without numbers. Raise ValueError.")
def conv2d_kernel_size_unchecked(x, w, b=None, stride=1, padding=0):
    sizes = [(x.shape[axis] + 2 * padding - w.shape[axis]) // max(stride, 1) + 1 for axis in (2, 3)]
    return solution.conv2d(x, w, b, stride, padding) if min(sizes) > 0 else np.zeros((len(x), len(w), *np.maximum(sizes, 0)))


@mistake("Arguments that do not fit raise AssertionError. Raise ValueError: assertions are for what cannot happen.")
def conv2d_asserts(x, w, b=None, stride=1, padding=0):
    try:
        return solution.conv2d(x, w, b, stride, padding)
    except ValueError as error:
        raise AssertionError(str(error)) from error


# Other numbers


IN_THE_IMAGES_TYPE = (
    "The sums are kept in the image's type, whole numbers here, and lose their fractions. Collect them in floats."
)


@mistake(IN_THE_IMAGES_TYPE, about="numbers")
def correlate2d_in_the_images_type(image, kernel):
    answer = solution.correlate2d(image, kernel)
    return answer if image.dtype.kind == "f" else answer.astype(np.int64).astype(image.dtype)


@mistake("NaN is passed over. A patch that holds NaN gives NaN: what is not known stays not known.", about="numbers")
def correlate2d_hides_nan(image, kernel):
    return solution.correlate2d(np.nan_to_num(image), kernel)


@mistake(IN_THE_IMAGES_TYPE, about="numbers")
def conv2d_in_the_images_type(x, w, b=None, stride=1, padding=0):
    answer = solution.conv2d(x, w, b, stride, padding)
    return answer if x.dtype.kind in "fu" else answer.astype(np.int64).astype(x.dtype)


@mistake("The weights are turned into the image's type and lose their fractions. Turn the image into floats.", about="numbers")
def conv2d_weights_in_the_images_type(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, w if x.dtype.kind in "fu" else np.trunc(w), b, stride, padding)


# What people assume or mix up


@mistake(SQUARE_KERNEL, about="shape")
def conv2d_rows_of_kernel_for_both(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, side_for_both(w, w.shape[2]), b, stride, padding)


@mistake(SQUARE_KERNEL, about="shape")
def conv2d_columns_of_kernel_for_both(x, w, b=None, stride=1, padding=0):
    solution.conv2d(x, w, b, stride, padding)
    return solution.conv2d(x, side_for_both(w, w.shape[3]), b, stride, padding)


@mistake(SQUARE_KERNEL, about="shape")
def conv2d_rows_of_kernel_for_both_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(solution.conv2d(x, side_for_both(w, w.shape[2]), b, stride, padding), *right.shape[2:])


@mistake(SQUARE_KERNEL, about="shape")
def conv2d_columns_of_kernel_for_both_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(solution.conv2d(x, side_for_both(w, w.shape[3]), b, stride, padding), *right.shape[2:])


@mistake("The map's width was computed from the kernel's height. Columns need kw.", about="shape")
def conv2d_width_from_kernel_height_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(right, right.shape[2], (x.shape[3] + 2 * padding - w.shape[2]) // stride + 1)


@mistake("The map's height was computed from the kernel's width. Rows need kh.", about="shape")
def conv2d_height_from_kernel_width_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(right, (x.shape[2] + 2 * padding - w.shape[3]) // stride + 1, right.shape[3])


@mistake("The map's width was computed from the height. Columns need W and kw.", about="shape")
def conv2d_width_from_height_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(right, right.shape[2], right.shape[2])


HEIGHT_FROM_WIDTH = "The map's height was computed from the width. Rows need H and kh."
WIDTH_FROM_IMAGE_HEIGHT = "The map's width was computed from the image's height. Columns need W."


@mistake(HEIGHT_FROM_WIDTH, about="shape")
def conv2d_height_from_width(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return sized(right, right.shape[3], right.shape[3])


@mistake(HEIGHT_FROM_WIDTH, about="shape")
def conv2d_height_from_width_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(right, right.shape[3], right.shape[3])


@mistake(WIDTH_FROM_IMAGE_HEIGHT, about="shape")
def conv2d_width_from_image_height(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return sized(right, right.shape[2], (x.shape[2] + 2 * padding - w.shape[3]) // stride + 1)


@mistake(WIDTH_FROM_IMAGE_HEIGHT, about="shape")
def conv2d_width_from_image_height_in_loops(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return cut_to(right, right.shape[2], (x.shape[2] + 2 * padding - w.shape[3]) // stride + 1)


@mistake(LAST_ROW_OF_WINDOW)
def conv2d_last_row_of_kernel(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, np.concatenate([w[:, :, :-1], 0.0 * w[:, :, -1:]], axis=2), b, stride, padding)


@mistake(LAST_COLUMN_OF_WINDOW)
def conv2d_last_column_of_kernel(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(x, np.concatenate([w[..., :-1], 0.0 * w[..., -1:]], axis=3), b, stride, padding)


@mistake(LAST_TAP_ONLY)
def conv2d_last_tap_only(x, w, b=None, stride=1, padding=0):
    last = 0.0 * w
    last[:, :, -1, -1] = w[:, :, -1, -1]
    return solution.conv2d(x, last, b, stride, padding)


@mistake(LAST_TAP_ONLY)
def conv2d_last_product_only(x, w, b=None, stride=1, padding=0):
    last = 0.0 * w
    last[:, -1, -1, -1] = w[:, -1, -1, -1]
    return solution.conv2d(x, last, b, stride, padding)


@mistake("Only as many filters are used as there are channels. All K = w.shape[0] of them make a map.", about="filters")
def conv2d_filters_counted_to_channels(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding).copy()
    if w.shape[1] > w.shape[0]:
        raise IndexError("index out of bounds")
    right[:, w.shape[1] :] = 0
    return right


PLACES_AND_FILTERS = (
    "The numbers are right, but places and filters are mixed up by a reshape. Reshape to (N, Ho, Wo, K), then move K forward."
)


@mistake(PLACES_AND_FILTERS, about="filters")
def conv2d_places_and_filters_reshaped(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return np.ascontiguousarray(np.moveaxis(right, 1, 3)).reshape(right.shape)


@mistake(PLACES_AND_FILTERS, about="filters")
def conv2d_places_and_filters_reshaped_before_bias(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, None, stride, padding)
    solution.conv2d(x, w, b, stride, padding)
    return add_bias(np.ascontiguousarray(np.moveaxis(right, 1, 3)).reshape(right.shape), b)


@mistake(MAP_TRANSPOSED)
def conv2d_places_column_by_column(x, w, b=None, stride=1, padding=0):
    right = solution.conv2d(x, w, b, stride, padding)
    return np.ascontiguousarray(right.swapaxes(2, 3)).reshape(right.shape)


@mistake(
    "The window's numbers and the filter's are laid out in different orders: w.reshape(K, -1) goes channel by channel.",
    about="channels",
)
def conv2d_columns_in_another_order(x, w, b=None, stride=1, padding=0):
    filters, channels, rows, columns = w.shape
    return solution.conv2d(x, np.moveaxis(w.reshape(filters, rows, columns, channels), 3, 1).copy(), b, stride, padding)


@mistake(
    "The bias runs along the rows, since NumPy lines up last axes. Line it up with the filters: b[:, None, None].", about="bias"
)
def conv2d_bias_along_height(x, w, b=None, stride=1, padding=0):
    out = solution.conv2d(x, w, None, stride, padding)
    return out if b is None else out + b[:, None]


@mistake(SUM_NOT_RESET)
def conv2d_sum_not_reset_in_map(x, w, b=None, stride=1, padding=0):
    return add_bias(summed_on(solution.conv2d(x, w, None, stride, padding), 2), b)


@mistake(SUM_NOT_RESET)
def conv2d_sum_not_reset_in_row(x, w, b=None, stride=1, padding=0):
    return add_bias(summed_on(solution.conv2d(x, w, None, stride, padding), 1), b)


@mistake(SUM_NOT_RESET)
def conv2d_sum_not_reset_in_image(x, w, b=None, stride=1, padding=0):
    return add_bias(summed_on(solution.conv2d(x, w, None, stride, padding), 3), b)


@mistake(SUM_NOT_RESET)
def conv2d_sum_and_bias_not_reset_in_map(x, w, b=None, stride=1, padding=0):
    return summed_on(solution.conv2d(x, w, b, stride, padding), 2)


OUTPUT_OF_IMAGE_DTYPE = (
    "The map has the image's dtype, so whole numbers in give whole numbers out: fractions are lost. Make it of floats."
)


@mistake(OUTPUT_OF_IMAGE_DTYPE, about="numbers")
def conv2d_of_the_images_dtype(x, w, b=None, stride=1, padding=0):
    answer = solution.conv2d(x, w, b, stride, padding)
    return answer if x.dtype.kind == "f" else answer.astype(np.int64).astype(x.dtype)


@mistake(
    "The map has the filters' dtype, so whole numbers in give whole numbers out: fractions are lost. Make it of floats.",
    about="numbers",
)
def conv2d_of_the_filters_dtype(x, w, b=None, stride=1, padding=0):
    answer = solution.conv2d(x, w, b, stride, padding)
    return answer if w.dtype.kind == "f" else answer.astype(np.int64).astype(w.dtype)


@mistake(
    "The map has the kernel's dtype, so whole numbers in give whole numbers out: fractions are lost. Make it of floats.",
    about="numbers",
)
def correlate2d_of_the_kernels_dtype(image, kernel):
    answer = solution.correlate2d(image, kernel)
    return answer if kernel.dtype.kind == "f" else answer.astype(np.int64).astype(kernel.dtype)


IN_A_CORNER = "The image lies in a corner of its frame. It belongs in the middle, `padding` rows down and columns to the right."


@mistake(IN_A_CORNER, about="padding")
def conv2d_image_in_the_upper_left_corner(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, (0, 2 * padding)), w, b, stride)


@mistake(IN_A_CORNER, about="padding")
def conv2d_image_in_the_lower_right_corner(x, w, b=None, stride=1, padding=0):
    return solution.conv2d(pad(x, (2 * padding, 0)), w, b, stride)
