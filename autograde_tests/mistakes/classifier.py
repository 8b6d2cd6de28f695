"""Known mistakes of the unit `classifier`."""

import numpy as np

from cnngrade import mistake, solution_for
from solutions.convolution import conv2d
from solutions.pooling import maxpool2d

solution = solution_for(__file__)
BATCH_OF_ONE = "Every image of the batch gets the first one's answer. Each image has its own row."


NO_BIAS = "The bias is left out. Each unit adds its own to every image."


@mistake(NO_BIAS, about="bias")
def linear_without_bias(x, w, b):
    return solution.linear(x, w, 0 * b)


@mistake(NO_BIAS, about="bias")
def linear_without_bias_in_own_type(x, w, b):
    answer = solution.linear(x, w, 0.0 * b)
    own = x @ w.T
    return answer if own.dtype.kind == "f" else own


@mistake("The bias is subtracted. It is added to the dot product.", about="bias")
def linear_bias_subtracted(x, w, b):
    return solution.linear(x, w, 0.0 - b)


@mistake("All biases are added to every unit. Unit m adds b[m] alone.", about="bias")
def linear_biases_summed(x, w, b):
    return solution.linear(x, w, np.full(b.shape, b.sum(), b.dtype if b.dtype.kind == "f" else float))


@mistake("Every unit adds the first bias. Unit m adds b[m].", about="bias")
def linear_first_bias(x, w, b):
    return solution.linear(x, w, np.full_like(b, b[0]))


@mistake("The result is transposed: its rows are units. A row is an image, a column a unit.", about="batch")
def linear_transposed(x, w, b):
    return solution.linear(x, w, b).T


@mistake(
    "The weights are reshaped instead of transposed: w is (M, D), one row for each unit. Multiply with its transpose, x w^T."
)
def linear_reshaped(x, w, b):
    return solution.linear(x, w.reshape(w.shape[::-1]).T, b)


@mistake("Negative answers are cut off: there is a ReLU inside. A linear layer leaves them; lenet clips where it has to.")
def linear_with_relu(x, w, b):
    return np.maximum(solution.linear(x, w, b), 0)


@mistake("The products are averaged instead of summed.")
def linear_mean(x, w, b):
    return solution.linear(x, w / w.shape[1], b)


@mistake(BATCH_OF_ONE, about="batch")
def linear_first_image(x, w, b):
    return np.repeat(solution.linear(x[:1], w, b), len(x), axis=0)


@mistake("The answer is cut to whole numbers. Make the output a float array.")
def linear_whole_numbers(x, w, b):
    return np.trunc(solution.linear(x, w, b))


@mistake("Pixels that are uint8 overflow. Turn the images into floats before they are multiplied or added.", about="numbers")
def linear_overflows(x, w, b):
    if x.dtype == np.uint8:
        x = x.astype(np.int8)
    return solution.linear(x, w, b)


@mistake("A single image loses its row: the answer has one axis. It is (N, M), with N = 1 too.", about="batch")
def linear_squeezed(x, w, b):
    answer = solution.linear(x, w, b)
    return answer[0] if len(answer) == 1 else answer


@mistake("Sizes that do not fit must raise ValueError. A bias of length 1 would silently be added to every unit.")
def linear_nothing_checked(x, w, b):
    size = min(x.shape[1], w.shape[1])
    return solution.linear(x[:, :size], w[:, :size], np.resize(b, len(w)))


@mistake("The weights are not transposed: w has one row for each unit. Multiply with its transpose, x w^T.")
def linear_untransposed(x, w, b):
    solution.linear(x, w, b)
    if w.shape[0] != w.shape[1]:
        raise ValueError("matmul: Input operand 1 has a mismatch in its core dimension 0")
    return solution.linear(x, w.T, b)


@mistake("The bias runs down the images. It belongs to the units, the last axis of the answer: add b as it is.")
def linear_bias_along_images(x, w, b):
    answer = solution.linear(x, w, 0.0 * b)
    return answer + b[:, None]


@mistake("The bias multiplies the answer. Add it.")
def linear_bias_multiplied(x, w, b):
    return solution.linear(x, w, 0.0 * b) * b


@mistake("The bias is added for every product. Add it once, after the sum.", about="bias")
def linear_bias_inside_sum(x, w, b):
    return solution.linear(x, w, b * float(w.shape[1]))


@mistake(
    "exp(1000) is infinite, and infinity divided by infinity is not a number. Subtract the largest number before exp.",
    about="numbers",
)
def softmax_overflows(x, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(np.asarray(x, float))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)


@mistake(
    "The largest number of the whole array is subtracted, so that rows far below it vanish. Each row (each line along the "
    "axis) has its own largest number.",
    about="numbers",
)
def softmax_one_maximum(x, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(np.asarray(x, float) - np.max(x))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)


WHOLE_ARRAY = "The probabilities of the whole array sum to 1. Each row (each line along the axis) sums to 1 by itself."


@mistake(WHOLE_ARRAY, about="batch")
def softmax_over_everything(x, axis=-1):
    exponentials = np.exp(np.asarray(x, float) - np.max(x, axis=axis, keepdims=True))
    return exponentials / exponentials.sum()


@mistake(WHOLE_ARRAY, about="batch")
def softmax_one_maximum_and_one_sum(x, axis=-1):
    exponentials = np.exp(np.asarray(x, float) - np.max(x))
    return exponentials / exponentials.sum()


@mistake(WHOLE_ARRAY, about="batch")
def softmax_one_sum_without_maximum(x, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(np.asarray(x, float))
        return exponentials / exponentials.sum()


@mistake(
    "The axis is ignored: the maximum is taken along it, and the sum always along the last one. Use axis in both.", about="axis"
)
def softmax_sum_along_the_last_axis(x, axis=-1):
    exponentials = np.exp(np.asarray(x, float) - np.max(x, axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@mistake("The axis is ignored: the sums are always taken along axis 1.", about="axis")
def softmax_axis_one_always(x, axis=-1):
    return solution.softmax(x, 1)


@mistake("The exponentials are divided by their number: that is a mean. Divide them by their sum along the axis.")
def softmax_divided_by_number(x, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(np.asarray(x, float))
        return exponentials / np.shape(x)[axis]


@mistake("The powers are of 2. Softmax takes powers of e: np.exp.")
def softmax_of_powers_of_two(x, axis=-1):
    return solution.softmax(np.asarray(x, float) * np.log(2), axis)


@mistake("The axis is ignored: the sums are always taken along the last one.", about="axis")
def softmax_last_axis_always(x, axis=-1):
    return solution.softmax(x)


OVER_THE_BATCH = (
    "The softmax is taken over the batch. Where no axis is given it is the last one: each image's own numbers sum to 1."
)


@mistake(OVER_THE_BATCH)
def softmax_over_the_batch(x, axis=0):
    return solution.softmax(x, axis)


@mistake(OVER_THE_BATCH)
def softmax_over_the_batch_always(x, axis=0):
    return solution.softmax(x, 0)


@mistake(
    "The sums are taken along axis 1 where no axis is given. It is the last one, -1, whatever the number of axes.", about="axis"
)
def softmax_axis_one(x, axis=1):
    return solution.softmax(x, min(axis, np.ndim(x) - 1))


@mistake("The numbers are divided by their sum without exp. Probabilities are made of exponentials.")
def softmax_without_exp(x, axis=-1):
    with np.errstate(all="ignore"):
        return np.asarray(x, float) / np.sum(x, axis=axis, keepdims=True)


@mistake("These are the exponentials. Divide them by their sum along the axis.")
def softmax_not_divided(x, axis=-1):
    return np.exp(np.asarray(x, float) - np.max(x, axis=axis, keepdims=True))


@mistake("This is the logarithm of the softmax. Return the probabilities themselves.")
def softmax_logarithm(x, axis=-1):
    with np.errstate(all="ignore"):
        shifted = np.asarray(x, float) - np.max(x, axis=axis, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


@mistake("The signs are reversed: the smallest number gets the largest probability.")
def softmax_of_the_negative(x, axis=-1):
    return solution.softmax(-np.asarray(x, float), axis)


@mistake("Each number goes through a sigmoid by itself. Softmax divides by the sum over the whole row.")
def softmax_sigmoid(x, axis=-1):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-np.asarray(x, float)))


@mistake("Only the largest number is marked. Softmax gives every number its probability.")
def softmax_hard(x, axis=-1):
    return (np.asarray(x) == np.max(x, axis=axis, keepdims=True)).astype(float)


@mistake("NaN is treated as a number. It stays, and makes its whole row NaN.", about="numbers")
def softmax_hides_nan(x, axis=-1):
    return solution.softmax(np.nan_to_num(np.asarray(x, float)), axis)


def pipeline(
    images, params, *, relus=(1, 2, 3, 4), last_relu=False, relu_first=False, flat="chw", order="crp", pool=True, mean=False,
    weights=None, biases=True, normalise=None,
):  # fmt: skip
    """Return the logits with some of the steps changed."""
    p = dict(params) if biases else {name: value * (name[-1] == "w") for name, value in params.items()}
    p |= weights or {}
    x = np.asarray(images, float)
    for number, layer in ((1, "conv1"), (2, "conv2")):
        if relu_first:
            x = np.maximum(x, 0)
        x = conv2d(x, p[f"{layer}_w"], p[f"{layer}_b"])
        if number in relus and not relu_first:
            x = np.maximum(x, 0)
        if mean:
            rows, columns = x.shape[2] // 2, x.shape[3] // 2
            x = x[:, :, : rows * 2, : columns * 2].reshape(*x.shape[:2], rows, 2, columns, 2).mean(axis=(3, 5))
        elif pool:
            x = maxpool2d(x, 2)
        else:
            x = x[:, :, : x.shape[2] // 2 * 2 : 2, : x.shape[3] // 2 * 2 : 2]
        if normalise:
            x = normalise(x)
    axes = {"chw": (0, 1, 2, 3), "hwc": (0, 2, 3, 1), "cwh": (0, 1, 3, 2)}[flat]
    x = x.transpose(axes).reshape(len(x), -1)
    for number, layer in ((3, "fc1"), (4, "fc2")):
        x = solution.linear(x, p[f"{layer}_w"], p[f"{layer}_b"])
        if number in relus:
            x = np.maximum(x, 0)
    x = solution.linear(x, p["fc3_w"], p["fc3_b"])
    return np.maximum(x, 0) if last_relu else x


NO_RELU = "ReLU is left out everywhere. It follows both convolutions and the first two linear layers."
LAST_RELU = "ReLU follows the last layer, too. Logits may be negative, and nothing is cut off."
AXIS_LOST = "The batch axis is lost. The logits are (N, M): flatten what belongs to one image, and keep a row for each."
HWC = "The maps are flattened with the channels last. The order is channels, rows, columns, as the maps are in memory."


@mistake(NO_RELU)
def lenet_without_relu(images, params):
    return pipeline(images, params, relus=())


@mistake(LAST_RELU)
def lenet_relu_on_logits(images, params):
    return pipeline(images, params, last_relu=True)


@mistake("ReLU comes before each convolution. The filters must see the negative numbers too; clip what they answer.")
def lenet_relu_first(images, params):
    return pipeline(images, params, relu_first=True)


@mistake("ReLU is missing after the convolutions.")
def lenet_without_relu_on_maps(images, params):
    return pipeline(images, params, relus=(3, 4))


@mistake("ReLU is missing after the linear layers fc1 and fc2. Without it they are one layer.")
def lenet_without_relu_between_linear(images, params):
    return pipeline(images, params, relus=(1, 2))


@mistake("ReLU is missing after the first convolution.")
def lenet_without_first_relu(images, params):
    return pipeline(images, params, relus=(2, 3, 4))


@mistake("ReLU is missing after the second convolution.")
def lenet_without_second_relu(images, params):
    return pipeline(images, params, relus=(1, 3, 4))


@mistake("ReLU is missing after fc1.")
def lenet_without_third_relu(images, params):
    return pipeline(images, params, relus=(1, 2, 4))


@mistake("ReLU is missing after fc2.")
def lenet_without_fourth_relu(images, params):
    return pipeline(images, params, relus=(1, 2, 3))


@mistake(HWC)
def lenet_channels_last(images, params):
    return pipeline(images, params, flat="hwc")


@mistake("The maps are flattened column by column. The order is channels, rows, columns, as the maps are in memory.")
def lenet_columns_first(images, params):
    return pipeline(images, params, flat="cwh")


@mistake(AXIS_LOST)
def lenet_batch_flattened(images, params):
    def refuse(x):
        if len(x) > 1:
            raise ValueError("the sizes differ")
        return x

    return refuse(pipeline(images, params))[0]


@mistake(AXIS_LOST, about="batch")
def lenet_squeezed(images, params):
    return pipeline(images, params).squeeze()


@mistake(BATCH_OF_ONE, about="batch")
def lenet_first_image(images, params):
    return np.repeat(pipeline(images[:1], params), len(images), axis=0)


@mistake("The biases are left out.", about="bias")
def lenet_without_biases(images, params):
    return pipeline(images, params, biases=False)


@mistake("The mean of each window is kept. This network keeps the largest number of each window.")
def lenet_mean_pooling(images, params):
    return pipeline(images, params, mean=True)


@mistake("Every other pixel is taken, whatever is beside it. Pooling keeps the largest number of each 2x2 window.")
def lenet_every_other_pixel(images, params):
    return pipeline(images, params, pool=False)


@mistake("The maps are divided by the largest number of the whole batch. An image's answer does not depend on its neighbours.")
def lenet_normalised_by_batch(images, params):
    return pipeline(images, params, normalise=lambda x: x / max(np.abs(x).max(), 1e-9))


@mistake("The maps are normalised over the batch. An image's answer does not depend on what else is in the batch.")
def lenet_standardised_by_batch(images, params):
    def normalise(x):
        return (x - x.mean(axis=(0, 2, 3), keepdims=True)) / (x.std(axis=(0, 2, 3), keepdims=True) + 1e-5)

    return pipeline(images, params, normalise=normalise)


@mistake("Probabilities are returned. Return the logits themselves; softmax is a step of its own.")
def lenet_softmaxed(images, params):
    return solution.softmax(pipeline(images, params))


@mistake("fc2 adds the biases of fc1 again. Each layer has its own weights and its own biases.", about="bias")
def lenet_one_bias_for_all(images, params):
    return pipeline(images, params, weights={"fc2_b": np.resize(params["fc1_b"], params["fc2_b"].shape)})


@mistake("The first filter of a layer makes all of its maps. Each map has a filter of its own.", about="filters")
def lenet_one_filter_for_all(images, params):
    repeated = {name: np.repeat(params[name][:1], len(params[name]), axis=0) for name in ("conv1_w", "conv2_w")}
    return pipeline(images, params, weights=repeated)


@mistake("The filters are flipped. Networks slide them as they are.")
def lenet_flipped(images, params):
    return pipeline(images, params, weights={name: params[name][:, :, ::-1, ::-1] for name in ("conv1_w", "conv2_w")})


@mistake("The images are scaled once more. lenet takes them as they come; classify is where pixels are scaled.")
def lenet_scales_images(images, params):
    return pipeline(np.asarray(images) / 16, params)


@mistake("Images of the wrong size must raise ValueError. What does not fit is neither cut off nor filled up.")
def lenet_nothing_checked(images, params):
    images = np.resize(images, (len(images), params["conv1_w"].shape[1], *images.shape[2:]))
    try:
        return pipeline(images, params)
    except ValueError:
        return np.zeros((len(images), len(params["fc3_w"])))


def logits_of(images, params, divisor=16.0, enlarged=True):
    """Return LeNet's logits for raw images, scaled by another number or enlarged in another way."""
    return solution.lenet((np.asarray(images) / divisor).repeat(4, axis=1).repeat(4, axis=2)[:, None], params)


@mistake("The pixels are not scaled: the network learned with numbers from 0 to 1, and raw ones go up to 16. Divide by 16.")
def classify_not_scaled(images, params):
    return logits_of(images, params, 1.0).argmax(axis=1)


@mistake("The pixels are divided by 255. These images go from 0 to 16: divide by 16.")
def classify_scaled_by_255(images, params):
    return logits_of(images, params, 255.0).argmax(axis=1)


@mistake(
    "The scaled pixels are whole numbers, so that everything but full ink becomes 0. Divide with / and not //, and "
    "keep the fractions."
)
def classify_scaled_to_whole_numbers(images, params):
    return logits_of(np.asarray(images) // 16, params, 1.0).argmax(axis=1)


@mistake("The images are divided by the largest pixel of the batch. Divide by 16, whatever the batch holds.", about="batch")
def classify_scaled_by_batch(images, params):
    return logits_of(images, params, max(float(np.max(images)), 1.0)).argmax(axis=1)


@mistake("Paper and ink are swapped: the network learned with 0 for paper and 16 for ink. Do not invert the images.")
def classify_inverted(images, params):
    return logits_of(16.0 - np.asarray(images, float), params).argmax(axis=1)


@mistake("The largest logit is taken along the batch. Each image has its own: argmax over axis 1.")
def classify_over_the_batch(images, params):
    return logits_of(images, params).argmax(axis=0)


@mistake(
    "One name is returned for the whole batch, as argmax without an axis gives one place. Each image has a name: use axis 1."
)
def classify_one_name(images, params):
    return int(logits_of(images, params).argmax())


@mistake("The smallest logit is taken. The largest one names the digit.")
def classify_smallest(images, params):
    return logits_of(images, params).argmin(axis=1)


@mistake("The names start at 1. Index 0 means the digit 0.")
def classify_counts_from_one(images, params):
    return logits_of(images, params).argmax(axis=1) + 1


@mistake("The largest logits themselves are returned. Return their indices.")
def classify_values(images, params):
    return logits_of(images, params).max(axis=1)


@mistake("Probabilities are returned. A name is the index of the largest one.")
def classify_probabilities(images, params):
    return solution.softmax(logits_of(images, params))


@mistake("The names are floats. An index is a whole number.")
def classify_floats(images, params):
    return logits_of(images, params).argmax(axis=1).astype(float)


@mistake("The names come as a list. Return the array that argmax gives.")
def classify_list(images, params):
    return logits_of(images, params).argmax(axis=1).tolist()


@mistake("The images are tiled instead of enlarged: sixteen small digits side by side. Each pixel becomes 4x4 pixels.")
def classify_tiled(images, params):
    return solution.lenet(np.tile(np.asarray(images) / 16.0, (1, 4, 4))[:, None], params).argmax(axis=1)


@mistake("Rows and columns are swapped: the digits lie on their side.")
def classify_transposed(images, params):
    return logits_of(np.asarray(images).transpose(0, 2, 1), params).argmax(axis=1)


@mistake("A single image gives a bare number. The names are an array (N,), with N = 1 too.", about="batch")
def classify_squeezed(images, params):
    names = logits_of(images, params).argmax(axis=1)
    return names[0] if len(names) == 1 else names


@mistake(
    "Whole numbers are kept in their own type: bytes wrap around at 256, and no answer has a fraction. Turn the arrays into "
    "floats before you multiply.",
    about="numbers",
)
def linear_in_own_type(x, w, b):
    answer = solution.linear(x, w, b)
    own = x @ w.T + b
    return answer if own.dtype.kind == "f" else own


@mistake(
    "Products of whole numbers are kept in their own type and overflow: 20*20 is 144 in bytes. Turn the arrays into floats "
    "before you multiply.",
    about="numbers",
)
def linear_products_overflow(x, w, b):
    answer = solution.linear(x, w, b)
    return answer if x.dtype.kind == "f" or w.dtype.kind == "f" else (x @ w.T).astype(float) + b
