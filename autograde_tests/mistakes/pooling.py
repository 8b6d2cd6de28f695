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


@mistake("The windows always move by 1. Where stride is None they move by the kernel's size.")
def maxpool2d_stride_one(x, kernel_size, stride=None, padding=0):
    solution.maxpool2d(x, kernel_size, stride, padding)
    return solution.maxpool2d(x, kernel_size, 1, padding)


@mistake("The kernel's rows and columns are swapped: kernel_size is (rows, columns).", about="shape")
def maxpool2d_kernel_swapped(x, kernel_size, stride=None, padding=0):
    kh, kw = both(kernel_size)
    return solution.maxpool2d(x, (kw, kh), stride, padding)


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


@mistake("The + 1 is missing in the map's size: (H + 2*padding - kernel)//stride + 1.")
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


@mistake("The map's width was computed from the height. Columns need W and the kernel's width.", about="shape")
def maxpool2d_width_from_height(x, kernel_size, stride=None, padding=0):
    out = solution.maxpool2d(x, kernel_size, stride, padding)
    return cropped(out, out.shape[2], out.shape[2])


@mistake("Axes of length 1 were squeezed away. The answer is (N, C, Ho, Wo), for one image too.", about="shape")
def maxpool2d_squeezed(x, kernel_size, stride=None, padding=0):
    return np.squeeze(solution.maxpool2d(x, kernel_size, stride, padding))


@mistake("The map's width was computed from the height. Columns need W and the kernel's width.", about="shape")
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
