"""Known mistakes of the unit `pooling`, each with the sentence that a student reads."""

import numpy as np

from cnngrade import mistake, solution_for

solution = solution_for(__file__)


def both(value):
    """Return (rows, columns)."""
    return value if isinstance(value, tuple | list) else (value, value)


def windows(x, kernel_size, stride, padding, fill):
    """Return every window of the padded images as (N, C, Ho, Wo, kh, kw), after the solution has checked the arguments."""
    solution.maxpool2d(x, kernel_size, stride, padding)
    (kh, kw), (sh, sw) = both(kernel_size), both(kernel_size if stride is None else stride)
    ph, pw = both(padding)
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    padded = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=fill)
    return np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]


def cropped(maps, height, width):
    """Return the maps made to this size: cut off, or filled up with their last row and column."""
    rows = np.minimum(np.arange(height), maps.shape[2] - 1)
    columns = np.minimum(np.arange(width), maps.shape[3] - 1)
    return np.ascontiguousarray(maps[:, :, rows][:, :, :, columns])


MOVE_BY_ONE = "The windows move by 1. Where stride is None they move by the kernel's size."
PLUS_ONE_MISSING = "The + 1 after the division is missing: the map has (H + 2*padding - kernel)//stride + 1 rows."


@mistake("The smallest number of each window was kept. Keep the largest.")
def maxpool2d_minimum(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, np.inf).min(axis=(4, 5))


@mistake("The mean of each window was taken. Keep the largest number.")
def maxpool2d_mean(x, kernel_size, stride=None, padding=0):
    return solution.avgpool2d(x, kernel_size, stride, padding)


@mistake("The numbers of each window were added up. Keep the largest.")
def maxpool2d_sum(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, 0.0).sum(axis=(4, 5))


@mistake("The median of each window was taken. Keep the largest number.")
def maxpool2d_median(x, kernel_size, stride=None, padding=0):
    return np.median(windows(x, kernel_size, stride, padding, -np.inf), axis=(4, 5))


@mistake(
    "No answer is below 0: the search starts at 0. Start at the window's first number, or at minus infinity.", about="numbers"
)
def maxpool2d_starts_at_zero(x, kernel_size, stride=None, padding=0):
    return np.maximum(solution.maxpool2d(x, kernel_size, stride, padding), 0)


@mistake("The frame wins with its zeros. For a maximum the frame is made of minus infinity.", about="padding")
def maxpool2d_zeros_win(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, 0.0).max(axis=(4, 5))


@mistake("The number farthest from 0 was kept, without its sign. Keep the largest number as it is.", about="numbers")
def maxpool2d_largest_absolute(x, kernel_size, stride=None, padding=0):
    return np.abs(windows(x, kernel_size, stride, padding, 0.0)).max(axis=(4, 5))


@mistake("The number farthest from 0 was kept. Keep the largest: 1 is larger than -2.", about="numbers")
def maxpool2d_farthest_from_zero(x, kernel_size, stride=None, padding=0):
    found = windows(x, kernel_size, stride, padding, 0.0)
    found = found.reshape(*found.shape[:4], -1)
    place = np.abs(found).argmax(axis=4)
    return np.take_along_axis(found, place[..., None], axis=4)[..., 0]


@mistake("The place of the largest number was returned (argmax). Keep the number itself (max).")
def maxpool2d_index(x, kernel_size, stride=None, padding=0):
    found = windows(x, kernel_size, stride, padding, -np.inf)
    return found.reshape(*found.shape[:4], -1).argmax(axis=4).astype(np.float64)


@mistake("The first number of each window was kept, at its upper left. Look at all of them.")
def maxpool2d_top_left(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., 0, 0].copy()


@mistake("The last number of each window was kept, at its lower right. Look at all of them.")
def maxpool2d_bottom_right(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., -1, -1].copy()


@mistake("Only the window's diagonal was looked at. Rows and columns each need a loop, or a slice, of their own.")
def maxpool2d_diagonal(x, kernel_size, stride=None, padding=0):
    return np.diagonal(windows(x, kernel_size, stride, padding, -np.inf), axis1=4, axis2=5).max(axis=-1)


@mistake("Only the first row of each window was looked at. Look at all of them.")
def maxpool2d_first_row(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., 0, :].max(axis=-1)


@mistake("Only the first column of each window was looked at. Look at all of them.")
def maxpool2d_first_column(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., :, 0].max(axis=-1)


@mistake("The maximum is taken over the channels too. Each channel is pooled on its own.", about="channels")
def maxpool2d_across_channels(x, kernel_size, stride=None, padding=0):
    out = solution.maxpool2d(x, kernel_size, stride, padding)
    out[:] = out.max(axis=1, keepdims=True)
    return out


@mistake("The maximum is taken over the images too. Each image is pooled on its own.", about="batch")
def maxpool2d_across_images(x, kernel_size, stride=None, padding=0):
    out = solution.maxpool2d(x, kernel_size, stride, padding)
    out[:] = out.max(axis=0, keepdims=True)
    return out


@mistake("Only the first image was pooled; the others are copies of it. Go over all images.", about="batch")
def maxpool2d_first_image(x, kernel_size, stride=None, padding=0):
    out = solution.maxpool2d(x, kernel_size, stride, padding)
    out[1:] = out[:1]
    return out


@mistake("The map has the right size, but its windows are neighbours. Window (i, j) starts at (i*stride, j*stride).")
def maxpool2d_stride_missing_in_window(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    return cropped(solution.maxpool2d(x, kernel_size, 1, padding), *right.shape[2:])


@mistake("The stride is missing in the columns: window (i, j) starts at column j*stride.")
def maxpool2d_stride_in_rows_only(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    sh, _ = both(kernel_size if stride is None else stride)
    return cropped(solution.maxpool2d(x, kernel_size, (sh, 1), padding), *right.shape[2:])


@mistake("The stride is missing in the rows: window (i, j) starts at row i*stride.")
def maxpool2d_stride_in_columns_only(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    _, sw = both(kernel_size if stride is None else stride)
    return cropped(solution.maxpool2d(x, kernel_size, (1, sw), padding), *right.shape[2:])


@mistake("The stride is ignored: windows move by the kernel's size. They do so only where stride is None.", about="stride")
def maxpool2d_stride_is_kernel(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    return solution.maxpool2d(x, kernel_size, None, padding)


@mistake(MOVE_BY_ONE)
def maxpool2d_stride_one(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    return solution.maxpool2d(x, kernel_size, 1, padding)


@mistake("The kernel's rows and columns are swapped: kernel_size is (rows, columns).", about="shape")
def maxpool2d_kernel_swapped(x, kernel_size, stride=None, padding=0):
    kh, kw = both(kernel_size)
    return solution.maxpool2d(x, (kw, kh), stride, padding)


@mistake("One side of the kernel is used for both. kernel_size may be (rows, columns).", about="shape")
def maxpool2d_kernel_columns_for_both(x, kernel_size, stride=None, padding=0):
    return solution.maxpool2d(x, both(kernel_size)[1], both(kernel_size if stride is None else stride), padding)


@mistake("The kernel's rows are used for its columns as well. kernel_size may be (rows, columns).", about="shape")
def maxpool2d_kernel_rows_for_both(x, kernel_size, stride=None, padding=0):
    return solution.maxpool2d(x, both(kernel_size)[0], stride, padding)


@mistake("The stride of the rows is used for the columns as well. stride may be (rows, columns).", about="shape")
def maxpool2d_one_stride(x, kernel_size, stride=None, padding=0):
    return solution.maxpool2d(x, kernel_size, both(kernel_size if stride is None else stride)[0], padding)


@mistake("The padding of the rows is used for the columns as well. padding may be (rows, columns).", about="shape")
def maxpool2d_one_padding(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    return windows(x, kernel_size, stride, both(padding)[0], -np.inf).max(axis=(4, 5))


@mistake("The padding is ignored. Put a frame of minus infinity around each image.", about="padding")
def maxpool2d_padding_ignored(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    return solution.maxpool2d(x, kernel_size, stride)


@mistake(
    "The map's size is rounded up, so the last windows are incomplete. A window that does not fit completely is left out.",
    about="stride",
)
def maxpool2d_rounded_up(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    (kh, kw), (sh, sw) = both(kernel_size), both(kernel_size if stride is None else stride)
    ph, pw = both(padding)
    more = (-(x.shape[2] + 2 * ph - kh) % sh, -(x.shape[3] + 2 * pw - kw) % sw)
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    padded = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph + more[0]), (pw, pw + more[1])), constant_values=-np.inf)
    return solution.maxpool2d(padded, kernel_size, stride)


@mistake("The map's size is H//kernel. With stride and padding it is (H + 2*padding - kernel)//stride + 1.", about="stride")
def maxpool2d_size_by_kernel(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    kh, kw = both(kernel_size)
    return cropped(right, x.shape[2] // kh, x.shape[3] // kw)


@mistake(PLUS_ONE_MISSING)
def maxpool2d_without_plus_one(x, kernel_size, stride=None, padding=0):
    return solution.maxpool2d(x, kernel_size, stride, padding)[:, :, :-1, :-1].copy()


@mistake("The answer keeps the input's kind of numbers. Answer in floats.", about="numbers")
def maxpool2d_keeps_integers(x, kernel_size, stride=None, padding=0):
    out = solution.maxpool2d(x, kernel_size, stride, padding)
    return out.astype(x.dtype) if x.dtype.kind in "iu" else out


@mistake("NaN is passed over. A window with NaN gives NaN: what is not known must not look known.", about="numbers")
def maxpool2d_hides_nan(x, kernel_size, stride=None, padding=0):
    return np.fmax.reduce(windows(x, kernel_size, stride, padding, -np.inf), axis=(4, 5))


@mistake("Arguments that fit no window must raise ValueError: stride 0, too much padding, a kernel larger than the image.")
def maxpool2d_unchecked(x, kernel_size, stride=None, padding=0):
    try:
        return solution.maxpool2d(x, kernel_size, stride, padding)
    except ValueError:
        return np.zeros((*x.shape[:2], 0, 0))


LAST_COLUMN_OF_WINDOW = "The last column of each window is never looked at: the slice ends at j*stride + kw, without - 1."
LAST_ROW_OF_WINDOW = "The last row of each window is never looked at: the slice ends at i*stride + kh, without - 1."
LAST_OF_WINDOW = (
    "The last row and column of each window are never looked at: slices end at the start plus the size, without - 1."
)


@mistake(LAST_COLUMN_OF_WINDOW)
def maxpool2d_last_column_of_window(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., :-1].max(axis=(4, 5))


@mistake(LAST_ROW_OF_WINDOW)
def maxpool2d_last_row_of_window(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., :-1, :].max(axis=(4, 5))


@mistake(LAST_OF_WINDOW)
def maxpool2d_last_of_window(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf)[..., :-1, :-1].max(axis=(4, 5))


def refilled(maps, height, width):
    """Return the maps cut, or filled up with zeros, to (height, width)."""
    maps = maps[:, :, : max(height, 0), : max(width, 0)]
    return np.pad(maps, ((0, 0), (0, 0), (0, height - maps.shape[2]), (0, width - maps.shape[3])))


@mistake("The map's last row and column stay empty. Every window has a number.")
def maxpool2d_last_ones_empty(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    return refilled(right[:, :, :-1, :-1], *right.shape[2:])


WIDTH_FROM_HEIGHT = "The map's width was computed from the height. Columns need W and the kernel's width."
HEIGHT_FROM_WIDTH = "The map's height was computed from the width. Rows need H and the kernel's height."


def cut_to(maps, height, width):
    """Return the maps cut to (height, width); where there are no such windows, IndexError is raised, as loops raise it."""
    if height > maps.shape[2] or width > maps.shape[3]:
        raise IndexError("index out of bounds")
    return maps[:, :, :height, :width].copy()


@mistake(WIDTH_FROM_HEIGHT, about="shape")
def maxpool2d_width_from_height_rest_empty(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    return refilled(right, right.shape[2], right.shape[2])


@mistake(WIDTH_FROM_HEIGHT, about="shape")
def maxpool2d_width_from_height_by_loops(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    return cut_to(right, right.shape[2], right.shape[2])


@mistake(HEIGHT_FROM_WIDTH, about="shape")
def maxpool2d_height_from_width(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    return refilled(right, right.shape[3], right.shape[3])


@mistake(HEIGHT_FROM_WIDTH, about="shape")
def maxpool2d_height_from_width_by_loops(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    return cut_to(right, right.shape[3], right.shape[3])


@mistake(PLUS_ONE_MISSING)
def maxpool2d_plus_one_inside(x, kernel_size, stride=None, padding=0):
    right = solution.maxpool2d(x, kernel_size, stride, padding)
    (kh, kw), (sh, sw) = both(kernel_size), both(kernel_size if stride is None else stride)
    ph, pw = both(padding)
    return right[:, :, : (x.shape[2] + 2 * ph - kh + 1) // sh, : (x.shape[3] + 2 * pw - kw + 1) // sw].copy()


@mistake(MOVE_BY_ONE)
def maxpool2d_default_stride_one(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    return solution.maxpool2d(x, kernel_size, 1 if stride is None else stride, padding)


@mistake("The stride's rows and columns are swapped: stride is (rows, columns).", about="shape")
def maxpool2d_stride_swapped(x, kernel_size, stride=None, padding=0):
    sh, sw = both(kernel_size if stride is None else stride)
    return solution.maxpool2d(x, kernel_size, (sw, sh), padding)


@mistake("The padding's rows and columns are swapped: padding is (rows, columns).", about="shape")
def maxpool2d_padding_swapped(x, kernel_size, stride=None, padding=0):
    ph, pw = both(padding)
    return solution.maxpool2d(x, kernel_size, stride, (pw, ph))


@mistake("The frame is only above and on the left. It goes on all four sides.", about="padding")
def maxpool2d_padded_top_left(x, kernel_size, stride=None, padding=0):
    right, (ph, pw) = solution.maxpool2d(x, kernel_size, stride, padding), both(padding)
    (sh, sw), (height, width) = both(kernel_size if stride is None else stride), x.shape[2:]
    (kh, kw), (rows, columns) = both(kernel_size), right.shape[2:]
    return right[:, :, : min(rows, (height + ph - kh) // sh + 1), : min(columns, (width + pw - kw) // sw + 1)].copy()


@mistake("Padding of more than half the kernel gets an answer. There a window holds nothing but frame: raise ValueError.")
def maxpool2d_padding_unchecked(x, kernel_size, stride=None, padding=0):
    (ph, pw), ((kh, kw), (sh, sw)) = both(padding), (both(kernel_size), both(kernel_size if stride is None else stride))
    if min(sh, sw) < 1 or min(ph, pw) < 0 or kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        return solution.maxpool2d(x, kernel_size, stride, padding)
    framed = np.pad(solution.maxpool2d(x, 1), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    return solution.maxpool2d(framed, kernel_size, stride if stride is not None else kernel_size)


@mistake(
    "NaN is passed over unless it comes first, as by comparing, which is never true for NaN. A window with NaN gives "
    "NaN: use np.max.",
    about="numbers",
)
def maxpool2d_nan_unless_first(x, kernel_size, stride=None, padding=0):
    found = windows(x, kernel_size, stride, padding, -np.inf)
    return np.where(np.isnan(found[..., 0, 0]), np.nan, np.fmax.reduce(found, axis=(4, 5))).astype(found.dtype)


@mistake(LAST_COLUMN_OF_WINDOW)
def avgpool2d_last_column_of_window(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, 0.0)[..., :-1].mean(axis=(4, 5))


@mistake(LAST_ROW_OF_WINDOW)
def avgpool2d_last_row_of_window(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, 0.0)[..., :-1, :].mean(axis=(4, 5))


@mistake(LAST_OF_WINDOW)
def avgpool2d_last_of_window(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, 0.0)[..., :-1, :-1].mean(axis=(4, 5))


@mistake("The map has the right size, but its windows are neighbours. Window (i, j) starts at (i*stride, j*stride).")
def avgpool2d_stride_missing_in_window(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    return cropped(solution.avgpool2d(x, kernel_size, 1, padding), *right.shape[2:])


@mistake(MOVE_BY_ONE)
def avgpool2d_stride_one(x, kernel_size, stride=None, padding=0):
    solution.avgpool2d(x, kernel_size, stride, padding)
    return solution.avgpool2d(x, kernel_size, 1, padding)


@mistake("The stride of the rows is used for the columns as well. stride may be (rows, columns).", about="shape")
def avgpool2d_one_stride(x, kernel_size, stride=None, padding=0):
    return solution.avgpool2d(x, kernel_size, both(kernel_size if stride is None else stride)[0], padding)


@mistake("The kernel's rows and columns are swapped: kernel_size is (rows, columns).", about="shape")
def avgpool2d_kernel_swapped(x, kernel_size, stride=None, padding=0):
    kh, kw = both(kernel_size)
    return solution.avgpool2d(x, (kw, kh), stride, padding)


@mistake("The kernel's rows are used for its columns as well. kernel_size may be (rows, columns).", about="shape")
def avgpool2d_kernel_rows_for_both(x, kernel_size, stride=None, padding=0):
    return solution.avgpool2d(x, both(kernel_size)[0], stride, padding)


@mistake("The padding of the rows is used for the columns as well. padding may be (rows, columns).", about="shape")
def avgpool2d_one_padding(x, kernel_size, stride=None, padding=0):
    return solution.avgpool2d(x, kernel_size, stride, both(padding)[0])


@mistake(WIDTH_FROM_HEIGHT, about="shape")
def avgpool2d_width_from_height_rest_empty(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    return refilled(right, right.shape[2], right.shape[2])


@mistake(WIDTH_FROM_HEIGHT, about="shape")
def avgpool2d_width_from_height_by_loops(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    return cut_to(right, right.shape[2], right.shape[2])


@mistake(PLUS_ONE_MISSING)
def avgpool2d_without_plus_one(x, kernel_size, stride=None, padding=0):
    return solution.avgpool2d(x, kernel_size, stride, padding)[:, :, :-1, :-1].copy()


@mistake("The map's size is H//kernel. With stride and padding it is (H + 2*padding - kernel)//stride + 1.", about="stride")
def avgpool2d_size_by_kernel(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    kh, kw = both(kernel_size)
    return cropped(right, x.shape[2] // kh, x.shape[3] // kw)


@mistake(
    "The map's size is rounded up, so the last windows are incomplete. A window that does not fit completely is left out.",
    about="stride",
)
def avgpool2d_rounded_up(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    (kh, kw), (sh, sw) = both(kernel_size), both(kernel_size if stride is None else stride)
    ph, pw = both(padding)
    more = (-(x.shape[2] + 2 * ph - kh) % sh, -(x.shape[3] + 2 * pw - kw) % sw)
    padded = np.pad(x.astype(right.dtype), ((0, 0), (0, 0), (ph, ph + more[0]), (pw, pw + more[1])), constant_values=np.nan)
    taps = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    answer = np.nansum(taps, axis=(4, 5)) / np.maximum((~np.isnan(taps)).sum(axis=(4, 5)), 1)
    answer[:, :, : right.shape[2], : right.shape[3]] = right
    return answer


@mistake("The frame is made of minus infinity, as for a maximum. For a mean it is made of zeros.", about="padding")
def avgpool2d_frame_of_infinity(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride, padding, -np.inf).mean(axis=(4, 5))


@mistake("The mean is taken over the channels too. Each channel is pooled on its own.", about="channels")
def avgpool2d_across_channels(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    return np.repeat(right.mean(axis=1, keepdims=True), right.shape[1], axis=1)


@mistake("Only the first image was pooled; the others are copies of it. Go over all images.", about="batch")
def avgpool2d_first_image(x, kernel_size, stride=None, padding=0):
    right = solution.avgpool2d(x, kernel_size, stride, padding)
    return np.repeat(right[:1], len(right), axis=0)


@mistake("Each sum is divided by the stride's square. A window has kh*kw numbers.", about="stride")
def avgpool2d_divided_by_stride(x, kernel_size, stride=None, padding=0):
    (kh, kw), (sh, sw) = both(kernel_size), both(kernel_size if stride is None else stride)
    return solution.avgpool2d(x, kernel_size, stride, padding) * (kh * kw) / (sh * sw)


@mistake("The median of each window was taken. Take the mean.")
def avgpool2d_median(x, kernel_size, stride=None, padding=0):
    return np.median(windows(x, kernel_size, stride, padding, 0.0), axis=(4, 5))


@mistake("Padding of more than half the kernel gets an answer. There a window holds nothing but frame: raise ValueError.")
def avgpool2d_padding_unchecked(x, kernel_size, stride=None, padding=0):
    (ph, pw), ((kh, kw), (sh, sw)) = both(padding), (both(kernel_size), both(kernel_size if stride is None else stride))
    if min(sh, sw) < 1 or min(ph, pw) < 0 or kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        return solution.avgpool2d(x, kernel_size, stride, padding)
    framed = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    return solution.avgpool2d(framed, kernel_size, stride if stride is not None else kernel_size)


@mistake(
    "Each sum is divided by the number of picture pixels under the window. The zeros of the frame count: divide by kh*kw.",
    about="padding",
)
def avgpool2d_frame_left_out(x, kernel_size, stride=None, padding=0):
    ones = solution.avgpool2d(np.ones(x.shape), kernel_size, stride, padding)
    out = solution.avgpool2d(x, kernel_size, stride, padding)
    return (out / ones).astype(out.dtype)


@mistake("The sum was not divided. The mean is the sum over kh*kw.")
def avgpool2d_sum(x, kernel_size, stride=None, padding=0):
    kh, kw = both(kernel_size)
    return solution.avgpool2d(x, kernel_size, stride, padding) * (kh * kw)


@mistake("The largest number was kept. Take the mean.")
def avgpool2d_maximum(x, kernel_size, stride=None, padding=0):
    return solution.maxpool2d(x, kernel_size, stride, padding)


@mistake("Each sum is divided by kh*kh. A window has kh*kw numbers.", about="shape")
def avgpool2d_divided_by_square(x, kernel_size, stride=None, padding=0):
    kh, kw = both(kernel_size)
    return solution.avgpool2d(x, kernel_size, stride, padding) * (kw / kh)


@mistake("Each sum is divided by the kernel's rows alone. A window has kh*kw numbers.")
def avgpool2d_divided_by_rows(x, kernel_size, stride=None, padding=0):
    return solution.avgpool2d(x, kernel_size, stride, padding) * both(kernel_size)[1]


@mistake("The stride is ignored: windows move by the kernel's size. They do so only where stride is None.", about="stride")
def avgpool2d_stride_is_kernel(x, kernel_size, stride=None, padding=0):
    solution.avgpool2d(x, kernel_size, stride, padding)
    return solution.avgpool2d(x, kernel_size, None, padding)


@mistake("The padding is ignored. Put a frame of zeros around each image.", about="padding")
def avgpool2d_padding_ignored(x, kernel_size, stride=None, padding=0):
    solution.avgpool2d(x, kernel_size, stride, padding)
    return solution.avgpool2d(x, kernel_size, stride)


@mistake("The fractions are lost. The mean of whole numbers has a fraction: answer in floats.", about="numbers")
def avgpool2d_whole_numbers(x, kernel_size, stride=None, padding=0):
    out = solution.avgpool2d(x, kernel_size, stride, padding)
    return out.astype(x.dtype) if x.dtype.kind in "iu" else out


@mistake("Arguments that fit no window must raise ValueError: stride 0, negative or too much padding.")
def avgpool2d_unchecked(x, kernel_size, stride=None, padding=0):
    try:
        return solution.avgpool2d(x, kernel_size, stride, padding)
    except ValueError:
        return np.zeros((*x.shape[:2], 0, 0))


@mistake("The mean is taken over the channels too. Every map has a mean of its own: the answer is (N, C).")
def global_avgpool2d_over_channels(x):
    return np.repeat(solution.global_avgpool2d(x).mean(axis=1, keepdims=True), x.shape[1], axis=1)


@mistake("One number per image was returned. Every map has a mean of its own: the answer is (N, C).")
def global_avgpool2d_one_number(x):
    return solution.global_avgpool2d(x).mean(axis=1)


@mistake("The axes of length 1 were kept. The answer is (N, C).")
def global_avgpool2d_keeps_axes(x):
    return solution.global_avgpool2d(x)[:, :, None, None]


@mistake("The largest number of each map was kept. Take the mean.")
def global_avgpool2d_maximum(x):
    return solution.maxpool2d(x, x.shape[2:])[:, :, 0, 0].copy()


@mistake("The sum was not divided. The mean is the sum over H*W.")
def global_avgpool2d_sum(x):
    return solution.global_avgpool2d(x) * (x.shape[2] * x.shape[3])


@mistake("Only one axis was averaged. A map has rows and columns: the mean is over both.")
def global_avgpool2d_one_axis(x):
    return solution.avgpool2d(x, (x.shape[2], 1))[:, :, 0].copy()


@mistake("The fractions are lost. The mean of whole numbers has a fraction: answer in floats.", about="numbers")
def global_avgpool2d_whole_numbers(x):
    out = solution.global_avgpool2d(x)
    return out.astype(x.dtype) if x.dtype.kind in "iu" else out


@mistake(WIDTH_FROM_HEIGHT, about="shape")
def maxpool2d_width_from_height(x, kernel_size, stride=None, padding=0):
    out = solution.maxpool2d(x, kernel_size, stride, padding)
    return cropped(out, out.shape[2], out.shape[2])


@mistake("Axes of length 1 were squeezed away. The answer is (N, C, Ho, Wo), for one image too.", about="shape")
def maxpool2d_squeezed(x, kernel_size, stride=None, padding=0):
    return np.squeeze(solution.maxpool2d(x, kernel_size, stride, padding))


@mistake(WIDTH_FROM_HEIGHT, about="shape")
def avgpool2d_width_from_height(x, kernel_size, stride=None, padding=0):
    out = solution.avgpool2d(x, kernel_size, stride, padding)
    return cropped(out, out.shape[2], out.shape[2])


@mistake("NaN is passed over. A window with NaN gives NaN: what is not known stays not known.", about="numbers")
def avgpool2d_hides_nan(x, kernel_size, stride=None, padding=0):
    solution.avgpool2d(x, kernel_size, stride, padding)
    with np.errstate(invalid="ignore"):
        return np.nanmean(windows(x, kernel_size, stride, padding, 0.0), axis=(4, 5))


@mistake("The sums of whole numbers are kept in their own type and overflow: 200 + 100 is 44 in bytes.", about="numbers")
def avgpool2d_sums_overflow(x, kernel_size, stride=None, padding=0):
    answer = solution.avgpool2d(x, kernel_size, stride, padding)
    if x.dtype.kind == "f":
        return answer
    seen = windows(x, kernel_size, stride, padding, 0.0).astype(x.dtype)
    return seen.sum(axis=(4, 5), dtype=x.dtype) / (seen.shape[4] * seen.shape[5])


@mistake("NaN is passed over. A map with NaN has the mean NaN: what is not known stays not known.", about="numbers")
def global_avgpool2d_hides_nan(x):
    return np.nanmean(x.astype(float), axis=(2, 3))


@mistake("The sums of whole numbers are kept in their own type and overflow: 200 + 100 is 44 in bytes.", about="numbers")
def global_avgpool2d_sums_overflow(x):
    answer = solution.global_avgpool2d(x)
    return answer if x.dtype.kind == "f" else x.sum(axis=(2, 3), dtype=x.dtype) / (x.shape[2] * x.shape[3])


@mistake("The means are over the images as well. Every map has a mean of its own: the answer is (N, C).")
def global_avgpool2d_over_images(x):
    return solution.global_avgpool2d(x).mean(axis=0)


@mistake("The mean is taken over all numbers. Every map has a mean of its own: the answer is (N, C).")
def global_avgpool2d_over_everything(x):
    return float(solution.global_avgpool2d(x).mean())


@mistake("The mean is taken over the wrong axes. Rows are axis 2 and columns axis 3: the answer is (N, C).")
def global_avgpool2d_over_images_and_channels(x):
    return x.astype(float).mean(axis=(0, 1))


@mistake("The mean is taken over the wrong axes. Rows are axis 2 and columns axis 3: the answer is (N, C).")
def global_avgpool2d_over_channels_and_rows(x):
    return x.astype(float).mean(axis=(1, 2))


@mistake("Only one axis was averaged. A map has rows and columns: the mean is over both.")
def global_avgpool2d_columns_only(x):
    return x.astype(float).mean(axis=3)


@mistake("The sum is divided by H*H. A map has H*W numbers.", about="shape")
def global_avgpool2d_divided_by_square(x):
    return solution.global_avgpool2d(x) * (x.shape[3] / x.shape[2])


@mistake("The sum is divided by one side of the map alone. A map has H*W numbers.")
def global_avgpool2d_divided_by_rows(x):
    return solution.global_avgpool2d(x) * x.shape[3]


@mistake("The sum is divided by one side of the map alone. A map has H*W numbers.")
def global_avgpool2d_divided_by_columns(x):
    return solution.global_avgpool2d(x) * x.shape[2]
