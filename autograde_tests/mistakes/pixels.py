"""Known mistakes of the unit `pixels`."""

import numpy as np

from cnngrade import mistake, solution_for

solution = solution_for(__file__)


def as_floats(images):
    """Return the images as the reference's kind of floats; raises what it raises."""
    return solution.shift(images, 0, 0)


@mistake("The whole batch is flattened into one row. Each image keeps a row of its own: (N, C*H*W).")
def flatten_the_batch(images):
    return solution.flatten(images).ravel()


@mistake("The channels of a pixel are side by side: the order is H, W, C. It must be channel by channel, row by row.")
def flatten_channels_last(images):
    return as_floats(images).transpose(0, 2, 3, 1).reshape(len(images), -1)


@mistake("The images are read column by column. Within a channel the order is row by row.")
def flatten_columns_first(images):
    return as_floats(images).swapaxes(2, 3).reshape(len(images), -1)


@mistake("Each channel has a row of its own. All channels of an image go into the same row: (N, C*H*W).")
def flatten_channel_by_channel(images):
    return as_floats(images).reshape(images.shape[0] * images.shape[1], -1)


@mistake("Only rows and columns are flattened, and the channels keep their axis. The answer has two axes: (N, C*H*W).")
def flatten_keeps_channels(images):
    return as_floats(images).reshape(*images.shape[:2], -1)


@mistake("Only the first image is returned. There is a row for each image.", about="batch")
def flatten_first_image(images):
    return solution.flatten(images)[:1]


@mistake("Only the first channel is kept.")
def flatten_first_channel(images):
    return solution.flatten(images[:, :1])


@mistake("The answer is transposed: a row is an image, (N, C*H*W).")
def flatten_transposed(images):
    return solution.flatten(images).T


@mistake("Whole numbers stay whole numbers. The answer to anything but float32 is float64.", about="numbers")
def flatten_keeps_integers(images):
    solution.flatten(images)
    return images.reshape(len(images), -1)


@mistake("Images without the batch axis must raise ValueError: it is not clear what is an image and what is a channel.")
def flatten_nothing_checked(images):
    return as_floats(images).reshape(len(images), -1) if images.ndim == 4 else images.reshape(len(images), -1)


def mixed(images, red, green, blue):
    """Return the channels with other weights."""
    solution.to_grayscale(images)
    x = np.asarray(images, float)
    return red * x[:, :1] + green * x[:, 1:2] + blue * x[:, 2:]


@mistake("This is the mean of the channels. To the eye green is much brighter than blue: 0.299 R + 0.587 G + 0.114 B.")
def to_grayscale_mean(images):
    return mixed(images, 1 / 3, 1 / 3, 1 / 3)


@mistake("The channels are read in the order blue, green, red. Here red comes first.")
def to_grayscale_bgr(images):
    return mixed(images, 0.114, 0.587, 0.299)


@mistake("These are the weights of BT.709, for high-definition television. BT.601 has 0.299, 0.587 and 0.114.")
def to_grayscale_bt709(images):
    return mixed(images, 0.2126, 0.7152, 0.0722)


@mistake("The channels are added up without weights.")
def to_grayscale_sum(images):
    return mixed(images, 1.0, 1.0, 1.0)


@mistake("Only one channel is kept. Grey is made of all three: 0.299 R + 0.587 G + 0.114 B.")
def to_grayscale_green_only(images):
    return mixed(images, 0.0, 1.0, 0.0)


@mistake("The weighted channels are averaged once more. Do not divide: the weights sum to 1.")
def to_grayscale_divided_by_three(images):
    return mixed(images, 0.299, 0.587, 0.114) / 3


@mistake("The channel axis is gone. A grey image has one channel: (N, 1, H, W).")
def to_grayscale_without_axis(images):
    return mixed(images, 0.299, 0.587, 0.114)[:, 0]


@mistake("There are three equal channels. A grey image has one: (N, 1, H, W).")
def to_grayscale_three_channels(images):
    return np.repeat(mixed(images, 0.299, 0.587, 0.114), 3, axis=1)


@mistake("The result is cut to bytes. Grey values have fractions: make the output a float array.", about="numbers")
def to_grayscale_bytes(images):
    grey = mixed(images, 0.299, 0.587, 0.114)
    return np.trunc(grey) if images.dtype == np.uint8 else grey


@mistake("The result is rounded. Grey values have fractions.")
def to_grayscale_rounded(images):
    return mixed(images, 0.299, 0.587, 0.114).round()


@mistake("The images are scaled to 0..1 as well. Leave their range as it is.")
def to_grayscale_scaled(images):
    return mixed(images, 0.299, 0.587, 0.114) / 255


@mistake("Images with another number of channels must raise ValueError.")
def to_grayscale_nothing_checked(images):
    x = np.resize(np.asarray(images, float), (len(images), 3, *images.shape[2:])) if images.shape[1] != 3 else images
    return mixed(x, 0.299, 0.587, 0.114)


def positive(*numbers):
    """Raise ValueError as the reference does."""
    if min(numbers) < 1:
        raise ValueError("numbers must be 1 or more")


@mistake("The biases are forgotten: one for each unit.")
def count_dense_parameters_without_biases(image_shape, units):
    positive(*image_shape, units)
    return int(np.prod(image_shape)) * units


@mistake("There is only one bias. Each unit has its own.")
def count_dense_parameters_one_bias(image_shape, units):
    positive(*image_shape, units)
    return int(np.prod(image_shape)) * units + 1


@mistake("Each number of the image has a bias. There is one for each unit instead.")
def count_dense_parameters_bias_for_each_number(image_shape, units):
    positive(*image_shape, units)
    return int(np.prod(image_shape)) * units + int(np.prod(image_shape))


@mistake("The channels are forgotten: the image has C*H*W numbers.")
def count_dense_parameters_without_channels(image_shape, units):
    positive(*image_shape, units)
    return (image_shape[1] * image_shape[2] + 1) * units


@mistake("The numbers of the image are added up instead of multiplied: it has C*H*W of them.")
def count_dense_parameters_sum(image_shape, units):
    positive(*image_shape, units)
    return (sum(image_shape) + 1) * units


@mistake("These are the numbers of the image. Each unit has a weight for every one of them, and a bias.")
def count_dense_parameters_one_unit(image_shape, units):
    positive(*image_shape, units)
    return int(np.prod(image_shape)) + 1


@mistake("The answer is a float. Parameters are counted in whole numbers.")
def count_dense_parameters_float(image_shape, units):
    return float(solution.count_dense_parameters(image_shape, units))


@mistake("The product overflows: it was made with 16-bit integers. Use Python's own, or int64.")
def count_dense_parameters_overflows(image_shape, units):
    positive(*image_shape, units)
    wrapped = (int(np.prod(image_shape)) + 1) * units & 0xFFFF
    return wrapped - 0x10000 if wrapped > 0x7FFF else wrapped


@mistake("Numbers below 1 must raise ValueError: there is no layer without units and no image without rows.")
def count_dense_parameters_nothing_checked(image_shape, units):
    channels, height, width = image_shape
    return (channels * height * width + 1) * units


def sides(kernel_size):
    """Return (kh, kw)."""
    return kernel_size if isinstance(kernel_size, tuple | list) else (kernel_size, kernel_size)


@mistake("The biases are forgotten: one for each filter, unless bias is False.")
def count_conv_parameters_without_biases(in_channels, out_channels, kernel_size, bias=True):
    return solution.count_conv_parameters(in_channels, out_channels, kernel_size, False)


@mistake("The biases are counted although there are none: with bias=False only the weights are left.", about="bias")
def count_conv_parameters_biases_always(in_channels, out_channels, kernel_size, bias=True):
    return solution.count_conv_parameters(in_channels, out_channels, kernel_size)


@mistake("The input's channels are forgotten: each filter has a slice for each of them.")
def count_conv_parameters_without_in_channels(in_channels, out_channels, kernel_size, bias=True):
    solution.count_conv_parameters(in_channels, out_channels, kernel_size)
    return solution.count_conv_parameters(1, out_channels, kernel_size, bias)


@mistake("There is only one filter. The layer has out_channels of them.")
def count_conv_parameters_one_filter(in_channels, out_channels, kernel_size, bias=True):
    solution.count_conv_parameters(in_channels, out_channels, kernel_size)
    return solution.count_conv_parameters(in_channels, 1, kernel_size, bias)


@mistake("There is a bias for each input channel. There is one for each filter instead.")
def count_conv_parameters_bias_for_each_input(in_channels, out_channels, kernel_size, bias=True):
    weights = solution.count_conv_parameters(in_channels, out_channels, kernel_size, False)
    return weights + (in_channels if bias else 0)


@mistake("There is a bias for each slice of a filter. A filter has one, however many channels it looks at.")
def count_conv_parameters_bias_for_each_slice(in_channels, out_channels, kernel_size, bias=True):
    weights = solution.count_conv_parameters(in_channels, out_channels, kernel_size, False)
    return weights + (in_channels * out_channels if bias else 0)


@mistake("There is only one bias. Each filter has its own.")
def count_conv_parameters_one_bias(in_channels, out_channels, kernel_size, bias=True):
    return solution.count_conv_parameters(in_channels, out_channels, kernel_size, False) + bool(bias)


@mistake("The kernel's side is not squared: it has kh*kw numbers.")
def count_conv_parameters_one_side(in_channels, out_channels, kernel_size, bias=True):
    solution.count_conv_parameters(in_channels, out_channels, kernel_size)
    return (in_channels * sides(kernel_size)[0] + bool(bias)) * out_channels


@mistake("The first side of the kernel is used for both: it has kh*kw numbers.", about="shape")
def count_conv_parameters_square(in_channels, out_channels, kernel_size, bias=True):
    solution.count_conv_parameters(in_channels, out_channels, kernel_size)
    return solution.count_conv_parameters(in_channels, out_channels, sides(kernel_size)[0], bias)


@mistake("The kernel's sides are added. It has kh*kw numbers.")
def count_conv_parameters_sides_added(in_channels, out_channels, kernel_size, bias=True):
    solution.count_conv_parameters(in_channels, out_channels, kernel_size)
    return (in_channels * sum(sides(kernel_size)) + bool(bias)) * out_channels


@mistake("The answer is a float. Parameters are counted in whole numbers.")
def count_conv_parameters_float(in_channels, out_channels, kernel_size, bias=True):
    return float(solution.count_conv_parameters(in_channels, out_channels, kernel_size, bias))


@mistake("Numbers below 1 must raise ValueError: there is no layer without filters and no kernel without rows.")
def count_conv_parameters_nothing_checked(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = sides(kernel_size)
    return (in_channels * kh * kw + bool(bias)) * out_channels


ROLLED = "What leaves on one side comes in on the other. It must be lost, and zeros come in."


@mistake(ROLLED)
def shift_rolled(images, dy, dx):
    return np.roll(as_floats(images), (dy, dx), axis=(2, 3))


@mistake("Everything moves the other way. Positive dy is down, positive dx to the right.")
def shift_other_way(images, dy, dx):
    return solution.shift(images, -dy, -dx)


@mistake("Rows and columns are swapped: dy moves rows, down, and dx moves columns, to the right.")
def shift_exchanged(images, dy, dx):
    return solution.shift(images, dx, dy)


@mistake("Up and down are swapped. Positive dy is down: row 0 moves to row dy.")
def shift_up(images, dy, dx):
    return solution.shift(images, -dy, dx)


@mistake("Left and right are swapped. Positive dx is to the right: column 0 moves to column dx.")
def shift_left(images, dy, dx):
    return solution.shift(images, dy, -dx)


@mistake("Only rows move. dx moves columns as well.")
def shift_rows_only(images, dy, dx):
    return solution.shift(images, dy, 0)


@mistake("Only columns move. dy moves rows as well.")
def shift_columns_only(images, dy, dx):
    return solution.shift(images, 0, dx)


@mistake("The border is repeated where zeros should come in.")
def shift_border_repeated(images, dy, dx):
    x = as_floats(images)
    rows = np.clip(np.arange(x.shape[2]) - dy, 0, x.shape[2] - 1)
    columns = np.clip(np.arange(x.shape[3]) - dx, 0, x.shape[3] - 1)
    return x[:, :, rows[:, None], columns]


@mistake("Negative steps move nothing. They must move up and to the left.")
def shift_negative_ignored(images, dy, dx):
    return solution.shift(images, max(dy, 0), max(dx, 0))


@mistake("The sign is lost: negative steps move down and to the right. They must move up and to the left.")
def shift_absolute(images, dy, dx):
    return solution.shift(images, abs(dy), abs(dx))


@mistake("A step of 0 leaves nothing, as a slice to -0 does. It must leave the images as they are.")
def shift_by_zero_is_empty(images, dy, dx):
    x, out = as_floats(images), np.zeros_like(as_floats(images))
    if dy == 0 and dx == 0:
        return out
    return solution.shift(x, dy, dx)


@mistake("The images grow by what comes in. They keep their size.")
def shift_grows(images, dy, dx):
    x = as_floats(images)
    return np.pad(x, ((0, 0), (0, 0), (max(dy, 0), max(-dy, 0)), (max(dx, 0), max(-dx, 0))))


@mistake("Only the first image moves.", about="batch")
def shift_first_image(images, dy, dx):
    x = as_floats(images).copy()
    x[:1] = solution.shift(x[:1], dy, dx)
    return x


@mistake("The batch and the channels move instead of rows and columns. Rows are axis 2, columns axis 3.")
def shift_wrong_axes(images, dy, dx):
    return np.roll(as_floats(images), (dy, dx), axis=(0, 1))


@mistake(
    "A step beyond the image's size leaves something, as a slice does whose end is negative and counts from behind. "
    "Nothing of the image must be left."
)
def shift_comes_round(images, dy, dx):
    x = as_floats(images)
    if abs(dy) < x.shape[2] and abs(dx) < x.shape[3]:
        return solution.shift(x, dy, dx)
    return solution.shift(x, dy % x.shape[2], dx % x.shape[3])


@mistake("Whole numbers stay whole numbers. The answer to anything but float32 is float64.", about="numbers")
def shift_keeps_integers(images, dy, dx):
    return solution.shift(images, dy, dx).astype(images.dtype)


@mistake("Images without the batch axis must raise ValueError.")
def shift_nothing_checked(images, dy, dx):
    if images.ndim == 4:
        return solution.shift(images, dy, dx)
    return solution.shift(images[None], dy, dx)[0]
