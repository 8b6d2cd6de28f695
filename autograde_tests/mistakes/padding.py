"""Known mistakes of the unit `padding`, each with the sentence that a student reads."""

import numpy as np

from cnngrade import mistake, solution_for

solution = solution_for(__file__)


def both(padding):
    """Return (ph, pw)."""
    return padding if isinstance(padding, tuple | list) else (padding, padding)


def framed(x, top, bottom, left, right, value):
    """Return x with these rows and columns around it."""
    x = np.asarray(x)
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    if min(top, bottom, left, right) < 0:
        raise ValueError("negative")
    return np.pad(x.astype(dtype), ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=value)


def numpy_mode(x, padding, mode):
    """Return x padded by one of NumPy's modes."""
    ph, pw = both(padding)
    x = solution.pad2d(x, 0)
    if min(ph, pw) < 0:
        raise ValueError("negative")
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode=mode)


@mistake("With a padding of 0 the images themselves come back, not a copy: changing the answer would change the images.")
def pad2d_view(x, padding, value=0.0):
    ph, pw = both(padding)
    framed = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value) if ph or pw else x
    return solution.pad2d(x, padding, value) if framed is not x or x.dtype.kind != "f" else framed


@mistake("The frame is only above and to the left. Padding goes on all four sides.")
def pad2d_top_left_only(x, padding, value=0.0):
    ph, pw = both(padding)
    return framed(x, ph, 0, pw, 0, value)


@mistake("The frame is only below and to the right. Padding goes on all four sides.")
def pad2d_bottom_right_only(x, padding, value=0.0):
    ph, pw = both(padding)
    return framed(x, 0, ph, 0, pw, value)


@mistake("The frame has the right size, but the picture is in its upper left corner. Move it by ph rows and pw columns.")
def pad2d_in_the_corner(x, padding, value=0.0):
    ph, pw = both(padding)
    return framed(x, 0, 2 * ph, 0, 2 * pw, value)


@mistake("Only rows were added. Columns are padded as well: the last axis gets its frame too.")
def pad2d_height_only(x, padding, value=0.0):
    solution.pad2d(x, padding, value)
    ph, _ = both(padding)
    return framed(x, ph, ph, 0, 0, value)


@mistake("Only columns were added. Rows are padded as well: the third axis gets its frame too.")
def pad2d_width_only(x, padding, value=0.0):
    solution.pad2d(x, padding, value)
    _, pw = both(padding)
    return framed(x, 0, 0, pw, pw, value)


@mistake("All four axes are padded. The numbers of images and channels do not change: give them (0, 0).")
def pad2d_all_axes(x, padding, value=0.0):
    ph, pw = both(padding)
    return np.pad(framed(x, ph, ph, pw, pw, value), ((ph, ph), (pw, pw), (0, 0), (0, 0)), constant_values=value)


@mistake("The channels are padded with the picture. Only height and width get a frame: give the channels (0, 0).")
def pad2d_channels_too(x, padding, value=0.0):
    ph, pw = both(padding)
    return np.pad(framed(x, ph, ph, pw, pw, value), ((0, 0), (ph, ph), (0, 0), (0, 0)), constant_values=value)


@mistake("The border is repeated outwards. The frame is made of the value, which is 0 unless another one is given.")
def pad2d_edge(x, padding, value=0.0):
    return numpy_mode(x, padding, "edge")


@mistake("The picture is mirrored at its border. The frame is made of the value, which is 0 unless another one is given.")
def pad2d_reflect(x, padding, value=0.0):
    return numpy_mode(x, padding, "reflect")


@mistake("The picture continues from its other side. The frame is made of the value, which is 0 unless another one is given.")
def pad2d_wrap(x, padding, value=0.0):
    return numpy_mode(x, padding, "wrap")


@mistake("The frame is made of ones. It is made of the value, which is 0 unless another one is given.")
def pad2d_ones(x, padding, value=0.0):
    return solution.pad2d(x, padding, 1.0)


@mistake("The value is ignored: the frame is always 0. Put `value` there.", about="value")
def pad2d_value_ignored(x, padding, value=0.0):
    return solution.pad2d(x, padding)


@mistake("The frame is twice as wide as it should be. `padding` is the width on each side.")
def pad2d_twice(x, padding, value=0.0):
    ph, pw = both(padding)
    return solution.pad2d(x, (2 * ph, 2 * pw), value)


@mistake("There is no frame: the pictures come back unchanged.")
def pad2d_ignored(x, padding, value=0.0):
    solution.pad2d(x, padding, value)
    return solution.pad2d(x, 0)


@mistake("The frame is always 1 wide. Use `padding`.")
def pad2d_always_one(x, padding, value=0.0):
    solution.pad2d(x, padding, value)
    return solution.pad2d(x, 1, value)


@mistake("Rows and columns are swapped: (ph, pw) is ph rows above and below, pw columns left and right.", about="shape")
def pad2d_swapped(x, padding, value=0.0):
    ph, pw = both(padding)
    return solution.pad2d(x, (pw, ph), value)


@mistake(
    "One number of the pair is used for both axes. (ph, pw) is ph rows above and below, pw columns left and right.",
    about="shape",
)
def pad2d_first_for_both(x, padding, value=0.0):
    solution.pad2d(x, padding, value)
    return solution.pad2d(x, both(padding)[0], value)


@mistake(
    "One number of the pair is used for both axes. (ph, pw) is ph rows above and below, pw columns left and right.",
    about="shape",
)
def pad2d_second_for_both(x, padding, value=0.0):
    solution.pad2d(x, padding, value)
    return solution.pad2d(x, both(padding)[1], value)


@mistake("Only the first image is there; the others are empty. Go over all images.", about="batch")
def pad2d_first_image_only(x, padding, value=0.0):
    ph, pw = both(padding)
    out = solution.pad2d(x, padding, value)
    out[1:, :, ph : out.shape[2] - ph, pw : out.shape[3] - pw] = value
    return out


@mistake("Only the first channel is there; the others are empty. Go over all channels.", about="channels")
def pad2d_first_channel_only(x, padding, value=0.0):
    ph, pw = both(padding)
    out = solution.pad2d(x, padding, value)
    out[:, 1:, ph : out.shape[2] - ph, pw : out.shape[3] - pw] = value
    return out


@mistake(
    "The answer keeps the input's kind of numbers, so fractions are lost. Make the output with a float dtype.", about="numbers"
)
def pad2d_keeps_integers(x, padding, value=0.0):
    padded = solution.pad2d(x, padding, value)
    return padded.astype(x.dtype) if x.dtype.kind in "iu" else padded


@mistake("The input picture is changed. Make a new array and copy the picture into it.")
def pad2d_input_changed(x, padding, value=0.0):
    out = solution.pad2d(x, padding, value)
    x[:] = 0
    return out


@mistake("A negative padding must raise ValueError. It was accepted.")
def pad2d_negative_unnoticed(x, padding, value=0.0):
    ph, pw = both(padding)
    return solution.pad2d(x, (max(ph, 0), max(pw, 0)), value)


@mistake("A padding of 0 cuts the picture away: x[0:-0] is empty. Compute the end as ph + H.")
def pad2d_minus_zero(x, padding, value=0.0):
    ph, pw = both(padding)
    out = solution.pad2d(x, padding, value)
    if ph == 0 or pw == 0:
        out[:] = value
    return out


@mistake("The + 1 is missing: (size + 2*padding - kernel)//stride counts the jumps, and there is one place more than jumps.")
def output_size_without_plus_one(size, kernel, stride=1, padding=0):
    return solution.output_size(size, kernel, stride, padding) - 1


@mistake("The + 1 is inside the division. Add it after dividing by the stride.", about="stride")
def output_size_plus_one_inside(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size + 2 * padding - kernel + 1) // stride


@mistake("The division rounds up. A jump that does not fit completely is not made: use //.", about="stride")
def output_size_rounded_up(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return -(-(size + 2 * padding - kernel) // stride) + 1


@mistake("The division rounds to the nearest number. A jump that does not fit completely is not made: use //.", about="stride")
def output_size_rounded(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return round((size + 2 * padding - kernel) / stride) + 1


PRECEDENCE = "Only a part of the way is divided by the stride: // comes before + and -. Put all of the way into brackets."


@mistake(PRECEDENCE, about="stride")
def output_size_kernel_divided(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return size + 2 * padding - kernel // stride + 1


@mistake(PRECEDENCE, about="stride")
def output_size_padding_divided_by_nothing(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size - kernel) // stride + 2 * padding + 1


@mistake("The stride is 1 too large: (size + 2*padding - kernel)//stride + 1 divides first and adds 1 last.")
def output_size_divided_by_stride_and_one(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size + 2 * padding - kernel) // (stride + 1)


@mistake("The number of places is a fraction or a float. Divide with //, which gives an int.")
def output_size_float(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size + 2 * padding - kernel) / stride + 1


@mistake("The padding is counted once. It is on both sides: 2*padding.", about="padding")
def output_size_padding_once(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size + padding - kernel) // stride + 1


@mistake("The padding is left out. It makes the axis longer on both sides: size + 2*padding.", about="padding")
def output_size_without_padding(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size - kernel) // stride + 1


@mistake("The stride is left out. Divide the remaining way by it.", about="stride")
def output_size_without_stride(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return solution.output_size(size, kernel, 1, padding)


@mistake("The size is divided by the stride, and the kernel is forgotten.")
def output_size_without_kernel(size, kernel, stride=1, padding=0):
    solution.output_size(size, kernel, stride, padding)
    return (size + 2 * padding) // stride


@mistake("A negative padding must raise ValueError. It was accepted.")
def output_size_negative_padding_unnoticed(size, kernel, stride=1, padding=0):
    return solution.output_size(size + 2 * padding, kernel, stride)


@mistake("A window that does not fit must raise ValueError, and so must stride 0 and negative padding.")
def output_size_unchecked(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1 if stride else 0


@mistake("That is one too many. The window reaches (kernel - 1)/2 from its middle.")
def same_padding_rounded_up(kernel):
    solution.same_padding(kernel)
    return (kernel + 1) // 2


@mistake("That is the padding of both sides together. Each side gets half of it: (kernel - 1)//2.")
def same_padding_both_sides(kernel):
    solution.same_padding(kernel)
    return kernel - 1


@mistake("The padding is a float. Divide with //, which gives an int.")
def same_padding_float(kernel):
    solution.same_padding(kernel)
    return (kernel - 1) / 2


@mistake("An even kernel has no padding that keeps the size. It must raise ValueError.")
def same_padding_even_unnoticed(kernel):
    return kernel // 2


@mistake("A kernel of 0 or less has no middle either. It must raise ValueError.")
def same_padding_below_one_unnoticed(kernel):
    if kernel % 2 == 0:
        raise ValueError("even")
    return (kernel - 1) // 2
