"""Known mistakes of the unit `hierarchy`."""

import numpy as np

from cnngrade import mistake, solution_for

solution = solution_for(__file__)


def convolution(x, w, b=None, padding=0):
    """Return what a block makes before ReLU and pooling: what ReLU leaves of it, less what ReLU leaves of its opposite."""
    return solution.conv_block(x, w, b, padding) - solution.conv_block(x, 0.0 - w, None if b is None else 0.0 - b, padding)


def windows(x, pool, with_rests=False):
    """Return x cut into pooling windows, (N, C, Ho, Wo, pool, pool); `with_rests`, the last ones reach over the edge."""
    if with_rests:
        x = np.pad(x, ((0, 0), (0, 0), (0, -x.shape[2] % pool), (0, -x.shape[3] % pool)), constant_values=-np.inf)
    rows, columns = x.shape[2] // pool, x.shape[3] // pool
    x = x[:, :, : rows * pool, : columns * pool].reshape(*x.shape[:2], rows, pool, columns, pool)
    return x.transpose(0, 1, 2, 4, 3, 5)


def chain(x, layers, block):
    """Return the images and the maps after each block, with a block other than the right one."""
    maps = [x]
    for layer in layers:
        maps.append(block(maps[-1], *layer))
    return maps


@mistake("Negative numbers are only made smaller. ReLU sets them to 0.")
def relu_leaky(x):
    return np.where(x > 0, x, 0.01 * x)


@mistake("Negative numbers lose their sign. ReLU sets them to 0.")
def relu_absolute(x):
    return np.abs(np.asarray(x, float))


@mistake("Nothing is clipped: negative numbers come out unchanged. ReLU sets them to 0.")
def relu_left_out(x):
    return np.array(x, float)


@mistake("The positive numbers are clipped and the negative ones kept. It is the maximum of x and 0, not the minimum.")
def relu_of_the_wrong_side(x):
    return np.minimum(np.asarray(x, float), 0)


@mistake("Positive numbers become 1. That is ReLU's slope; ReLU itself keeps them as they are.")
def relu_slope(x):
    return (np.asarray(x) > 0).astype(float)


@mistake("Numbers above some limit are cut off. ReLU has no upper end.")
def relu_with_upper_end(x):
    return np.clip(np.asarray(x, float), 0, 1)


@mistake("NaN becomes 0, which hides that something went wrong before. np.maximum(x, 0) carries NaN through.", about="numbers")
def relu_hides_nan(x):
    return np.where(np.asarray(x) > 0, np.asarray(x, float), 0)


@mistake(
    "Minus infinity becomes NaN, which is what 0 times infinity and infinity minus infinity give. Take the maximum of x and 0.",
    about="numbers",
)
def relu_by_multiplication(x):
    with np.errstate(invalid="ignore"):
        return np.asarray(x, float) * (np.asarray(x) > 0)


@mistake("Integers stay integers. The answer to anything but float32 is float64.", about="numbers")
def relu_keeps_integers(x):
    return np.maximum(x, 0)


@mistake("The result is cut down to whole numbers. Make the output a float array.")
def relu_rounds_down(x):
    with np.errstate(invalid="ignore"):
        return np.maximum(np.trunc(np.asarray(x, float)), 0)


@mistake("The input array is changed. Return a new one, as np.maximum(x, 0) does.")
def relu_in_place(x):
    x[x < 0] = 0
    return np.asarray(x, float)


NO_RELU = "ReLU is left out: the maps hold negative numbers. Each block clips the convolution's output."
RELU_FIRST = "ReLU comes before the convolution. The filter must see the negative numbers too; clip what it answers."
NO_POOLING = "The maps are not pooled. The last step of a block keeps the maximum of each pool x pool window."
MEAN_POOLING = "Pooling takes the mean of each window. Here it keeps the largest number."
NO_PADDING = "The padding is left out. The convolution puts `padding` rings of zeros around its input first."
NO_BIAS = "The bias is left out. Each filter has its own number, added to all of its map."
BIAS_LAST = "The bias is added after ReLU. It belongs inside: the bias is what moves ReLU's threshold."
FLIPPED = "The kernel is flipped. The convolution of these networks slides the kernel as it is."
OVERLAPPING = "The pooling windows overlap, since they move by 1. They must not overlap: their stride is their size."
WITH_RESTS = "Pooling makes an extra row or column of the rest that fills no window. Drop such rows and columns."
WINDOW_OF_2 = "Pooling uses windows of 2x2 whatever `pool` says."
NORMALISED = "The maps are scaled by the largest number of the whole batch. A block leaves its numbers as they are."


@mistake(NO_RELU)
def conv_block_without_relu(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return windows(convolution(x, w, b, padding), pool).max(axis=(4, 5))


@mistake(RELU_FIRST)
def conv_block_relu_first(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return conv_block_without_relu(solution.relu(x), w, b, padding, pool)


@mistake("ReLU is applied twice, before the convolution as well. The filter must see the negative numbers too.")
def conv_block_relu_twice(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(solution.relu(x), w, b, padding, pool)


@mistake("Negative answers lose their sign instead of becoming 0. A filter that finds the opposite has found nothing.")
def conv_block_absolute(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return windows(np.abs(convolution(x, w, b, padding)), pool).max(axis=(4, 5))


@mistake(NO_POOLING, about="pooling")
def conv_block_without_pooling(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return solution.conv_block(x, w, b, padding)


@mistake(MEAN_POOLING, about="pooling")
def conv_block_mean_pooling(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return windows(solution.conv_block(x, w, b, padding), pool).mean(axis=(4, 5))


@mistake("Pooling keeps the smallest number of each window. It keeps the largest, the strongest answer.", about="pooling")
def conv_block_minimum_pooling(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return windows(solution.conv_block(x, w, b, padding), pool).min(axis=(4, 5))


@mistake(
    "The first number of each window is kept, as if the convolution took steps of `pool`. Keep the largest of the window.",
    about="pooling",
)
def conv_block_corner_of_window(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return windows(solution.conv_block(x, w, b, padding), pool)[..., 0, 0]


@mistake(OVERLAPPING, about="pooling")
def conv_block_overlapping_pooling(x, w, b=None, padding=0, pool=1):
    maps = solution.conv_block(x, w, b, padding)
    return np.lib.stride_tricks.sliding_window_view(maps, (pool, pool), axis=(2, 3)).max(axis=(4, 5))


@mistake(WITH_RESTS, about="pooling")
def conv_block_pooling_with_rests(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return windows(solution.conv_block(x, w, b, padding), pool, with_rests=True).max(axis=(4, 5))


@mistake(WINDOW_OF_2, about="pooling")
def conv_block_window_of_2(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return solution.conv_block(x, w, b, padding, 1 if pool == 1 else 2)


@mistake("The input is pooled before the filters see it. Pool what they answer: convolution, ReLU, pooling.", about="pooling")
def conv_block_pooling_first(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return solution.conv_block(windows(x, pool).max(axis=(4, 5)), w, b, padding)


@mistake(
    "The padding is put around the map before pooling. It belongs to the convolution: zeros around its input.", about="padding"
)
def conv_block_padding_for_pooling(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    ring = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return windows(np.pad(solution.conv_block(x, w, b), ring), pool).max(axis=(4, 5))


@mistake(NO_PADDING, about="padding")
def conv_block_without_padding(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return solution.conv_block(x, w, b, 0, pool)


@mistake(NO_BIAS, about="bias")
def conv_block_without_bias(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x, w, None, padding, pool)


@mistake(BIAS_LAST, about="bias")
def conv_block_bias_after_relu(x, w, b=None, padding=0, pool=1):
    maps = solution.conv_block(x, w, None, padding, pool)
    return maps if b is None else maps + b[:, None, None]


@mistake("The first filter's bias is added to every map. Each filter has its own.", about="bias")
def conv_block_one_bias(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x, w, None if b is None else np.full_like(b, b[0]), padding, pool)


@mistake(FLIPPED)
def conv_block_flipped(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x, w[:, :, ::-1, ::-1], b, padding, pool)


@mistake(
    "Only the first channel is looked at. A filter has a kernel for each channel and adds up their results.", about="channels"
)
def conv_block_first_channel(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return solution.conv_block(x[:, :1], w[:, :1], b, padding, pool)


@mistake("Only the first image of the batch is processed.", about="batch")
def conv_block_first_image(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x[:1], w, b, padding, pool)


@mistake(NORMALISED)
def conv_block_normalised(x, w, b=None, padding=0, pool=1):
    maps = solution.conv_block(x, w, b, padding, pool)
    return maps / max(maps.max(), 1e-12)


@mistake("Integer images are scaled to 0..1 on the way. A block takes the numbers as they are.", about="numbers")
def conv_block_scales_pixels(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x / 255 if x.dtype == np.uint8 else x, w, b, padding, pool)


@mistake("A pooling window of 0 is accepted. Raise ValueError unless `pool` is at least 1.")
def conv_block_takes_pool_0(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x, w, b, padding, pool or 1)


@mistake("A pooling window larger than the map gives an empty map. Raise ValueError.")
def conv_block_empty_map(x, w, b=None, padding=0, pool=1):
    maps = solution.conv_block(x, w, b, padding)
    if pool > min(maps.shape[2:]):
        return maps[:, :, : maps.shape[2] // pool, : maps.shape[3] // pool]
    return solution.conv_block(x, w, b, padding, pool)


@mistake("The images are missing from the list. They come first, before the maps of the blocks.")
def feature_hierarchy_without_image(x, layers):
    return solution.feature_hierarchy(x, layers)[1:]


@mistake("Only the last map is returned. Keep the images and the maps after every block in a list.")
def feature_hierarchy_last_map_only(x, layers):
    return solution.feature_hierarchy(x, layers)[-1]


@mistake("The last block is missing. There is a map for every layer, besides the images.")
def feature_hierarchy_without_last_block(x, layers):
    return solution.feature_hierarchy(x, layers[:-1])


@mistake("The list runs from the last map to the image. The image comes first.")
def feature_hierarchy_backwards(x, layers):
    return solution.feature_hierarchy(x, layers)[::-1]


@mistake("The maps come in a tuple. Return a list.")
def feature_hierarchy_tuple(x, layers):
    return tuple(solution.feature_hierarchy(x, layers))


@mistake("The first layer's filters are used in every block. Each layer has its own.")
def feature_hierarchy_first_filters_for_all(x, layers):
    return solution.feature_hierarchy(x, [(*layers[0][:2], padding, pool) for _, _, padding, pool in layers])


@mistake("The first layer's padding is used in every block. Each layer has its own.", about="padding")
def feature_hierarchy_first_padding_for_all(x, layers):
    return solution.feature_hierarchy(x, [(w, b, layers[0][2], pool) for w, b, _, pool in layers])


@mistake("The first layer's pooling window is used in every block. Each layer has its own.", about="pooling")
def feature_hierarchy_first_pool_for_all(x, layers):
    return solution.feature_hierarchy(x, [(w, b, padding, layers[0][3]) for w, b, padding, _ in layers])


@mistake("Padding and pooling window are swapped. A layer is (w, b, padding, pool), in this order.")
def feature_hierarchy_padding_for_pool(x, layers):
    return solution.feature_hierarchy(x, [(w, b, pool, padding) for w, b, padding, pool in layers])


@mistake("Every block reads the image. Each block reads the maps of the block before.")
def feature_hierarchy_every_block_reads_image(x, layers):
    return [x, *(solution.conv_block(x, *layer) for layer in layers)]


@mistake("ReLU is left out after the last block. Every block has one.")
def feature_hierarchy_last_without_relu(x, layers):
    maps = solution.feature_hierarchy(x, layers)
    return [*maps[:-1], conv_block_without_relu(maps[-2], *layers[-1])] if layers else maps


@mistake("The maps are kept before they are pooled. A block ends with its pooling.", about="pooling")
def feature_hierarchy_maps_before_pooling(x, layers):
    maps = solution.feature_hierarchy(x, layers)
    return [x, *(solution.conv_block(below, *layer[:3]) for below, layer in zip(maps, layers, strict=False))]


@mistake("The first entry is not the image unchanged: ReLU has clipped it. Only the convolution's output is clipped.")
def feature_hierarchy_clipped_image(x, layers):
    return solution.feature_hierarchy(np.maximum(x, 0), layers)


@mistake("The images are scaled before the first block. The chain takes the numbers as they are.")
def feature_hierarchy_scaled_images(x, layers):
    return solution.feature_hierarchy(x / np.abs(x).max(), layers)


@mistake("Only the first image of the batch is processed.", about="batch")
def feature_hierarchy_first_image(x, layers):
    return solution.feature_hierarchy(x[:1], layers)


@mistake(NO_RELU)
def feature_hierarchy_without_relu(x, layers):
    return chain(x, layers, conv_block_without_relu)


@mistake(RELU_FIRST)
def feature_hierarchy_relu_first(x, layers):
    return chain(x, layers, conv_block_relu_first)


@mistake(NO_POOLING, about="pooling")
def feature_hierarchy_without_pooling(x, layers):
    return chain(x, layers, conv_block_without_pooling)


@mistake(MEAN_POOLING, about="pooling")
def feature_hierarchy_mean_pooling(x, layers):
    return chain(x, layers, conv_block_mean_pooling)


@mistake(OVERLAPPING, about="pooling")
def feature_hierarchy_overlapping_pooling(x, layers):
    return chain(x, layers, conv_block_overlapping_pooling)


@mistake(WITH_RESTS, about="pooling")
def feature_hierarchy_pooling_with_rests(x, layers):
    return chain(x, layers, conv_block_pooling_with_rests)


@mistake(WINDOW_OF_2, about="pooling")
def feature_hierarchy_window_of_2(x, layers):
    return chain(x, layers, conv_block_window_of_2)


@mistake(NO_PADDING, about="padding")
def feature_hierarchy_without_padding(x, layers):
    return chain(x, layers, conv_block_without_padding)


@mistake(NO_BIAS, about="bias")
def feature_hierarchy_without_bias(x, layers):
    return chain(x, layers, conv_block_without_bias)


@mistake(BIAS_LAST, about="bias")
def feature_hierarchy_bias_after_relu(x, layers):
    return chain(x, layers, conv_block_bias_after_relu)


@mistake(FLIPPED)
def feature_hierarchy_flipped(x, layers):
    return chain(x, layers, conv_block_flipped)


@mistake(NORMALISED)
def feature_hierarchy_normalised(x, layers):
    return chain(x, layers, conv_block_normalised)


@mistake("The step is left out: after pooling by p, a window of s numbers spans (s - 1) steps of p pixels.", about="pooling")
def receptive_field_without_step(layers):
    solution.receptive_field(layers)
    fields = [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + kernel - 1 + pool - 1)
    return fields


@mistake("The pooling window's own width is left out. A pooled number sees (pool - 1) steps more.", about="pooling")
def receptive_field_without_pooling_window(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + (kernel - 1) * step)
        step *= pool
    return fields


@mistake(
    "Pooling is left out entirely. It widens the field by its window, and the step of everything after it.", about="pooling"
)
def receptive_field_without_pooling(layers):
    solution.receptive_field(layers)
    return solution.receptive_field([(kernel, 1) for kernel, _ in layers])


@mistake(
    "The step grows before the block's convolution. Its pooling comes after, so only later blocks take wider steps.",
    about="pooling",
)
def receptive_field_step_too_early(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        step *= pool
        fields.append(fields[-1] + (kernel - 1 + pool - 1) * step)
    return fields


@mistake(
    "The step grows before the pooling window is counted. The window spans steps of the map that it pools.", about="pooling"
)
def receptive_field_step_before_pooling_window(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + (kernel - 1) * step + (pool - 1) * step * pool)
        step *= pool
    return fields


@mistake("The whole window is added. From the first to the last of s numbers it is only s - 1 steps.")
def receptive_field_without_minus_1(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + kernel * step + (pool - 1) * step)
        step *= pool
    return fields


@mistake("The field is multiplied by each window. It grows by (s - 1) steps: the windows of neighbours overlap.")
def receptive_field_product(layers):
    solution.receptive_field(layers)
    fields = [1]
    for kernel, pool in layers:
        fields.append(fields[-1] * kernel * pool)
    return fields


@mistake(
    "The field is scaled by the pooling. Pooling scales the step between neighbours; the field grows by (pool - 1) steps.",
    about="pooling",
)
def receptive_field_scaled(layers):
    solution.receptive_field(layers)
    fields = [1]
    for kernel, pool in layers:
        fields.append((fields[-1] + kernel - 1) * pool)
    return fields


@mistake("The step is the last pooling alone. It is the product of all poolings so far.", about="pooling")
def receptive_field_last_pooling_only(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + (kernel - 1) * step + (pool - 1) * step)
        step = pool
    return fields


@mistake("The poolings are added up. The step is their product.", about="pooling")
def receptive_field_sum_of_poolings(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + (kernel - 1) * step + (pool - 1) * step)
        step += pool
    return fields


@mistake("These are the steps between neighbours, not the fields that they see.")
def receptive_field_steps(layers):
    solution.receptive_field(layers)
    steps = [1]
    for _, pool in layers:
        steps.append(steps[-1] * pool)
    return steps


@mistake("The pooling is counted before the convolution. In a block the convolution comes first.", about="pooling")
def receptive_field_pooling_first(layers):
    solution.receptive_field(layers)
    sees, step, fields = 1, 1, [1]
    for kernel, pool in layers:
        sees += (pool - 1) * step
        step *= pool
        sees += (kernel - 1) * step
        fields.append(sees)
    return fields


@mistake("The image is missing from the list. It comes first: one number of it sees 1 pixel.")
def receptive_field_without_image(layers):
    return solution.receptive_field(layers)[1:]


@mistake("Only the last field is returned. Keep one for the image and one for every block in a list.")
def receptive_field_last_only(layers):
    return solution.receptive_field(layers)[-1]


@mistake("The number of pixels in the whole square is returned. Return the length of its side.")
def receptive_field_areas(layers):
    return [sees * sees for sees in solution.receptive_field(layers)]


@mistake("The image counts as 0. One number of the image sees one pixel, itself.")
def receptive_field_from_0(layers):
    return [sees - 1 for sees in solution.receptive_field(layers)]


@mistake("The layers are read from last to first. Start at the image.")
def receptive_field_backwards(layers):
    return solution.receptive_field(layers[::-1])


@mistake("A kernel or a pooling window of 0 is accepted. Raise ValueError if either is less than 1.")
def receptive_field_takes_0(layers):
    return solution.receptive_field([(max(kernel, 1), max(pool, 1)) for kernel, pool in layers])


@mistake("The map's width was computed from the height. Columns need W and kw.", about="shape")
def conv_block_width_from_height(x, w, b=None, padding=0, pool=1):
    answer = solution.conv_block(x, w, b, padding, pool)
    out = np.zeros((*answer.shape[:3], answer.shape[2]))
    width = min(answer.shape[2:])
    out[..., :width] = answer[..., :width]
    return out


@mistake("Axes of length 1 were squeezed away. The maps are (N, K, Ho, Wo), with one image and one filter too.", about="shape")
def conv_block_squeezed(x, w, b=None, padding=0, pool=1):
    return np.squeeze(solution.conv_block(x, w, b, padding, pool))


@mistake("A window of pooling with NaN gives the largest of the others. It gives NaN.", about="numbers")
def conv_block_hides_nan(x, w, b=None, padding=0, pool=1):
    with np.errstate(invalid="ignore"):
        return np.fmax(solution.conv_block(x, w, b, padding, pool), 0.0)


@mistake("The maps are kept in the image's type, whole numbers here, and lose their fractions.", about="numbers")
def conv_block_in_the_images_type(x, w, b=None, padding=0, pool=1):
    answer = solution.conv_block(x, w, b, padding, pool)
    return answer if x.dtype.kind == "f" else np.trunc(answer).astype(np.int64).astype(x.dtype)


@mistake(
    "x * (x > 0) keeps whole numbers whole, and makes NaN of minus infinity. Turn x into floats, and take the maximum with 0.",
    about="numbers",
)
def relu_mask_in_own_type(x):
    with np.errstate(invalid="ignore"):
        return x * (x > 0)


@mistake(
    "Whole numbers stay whole, and NaN becomes 0, since it is not above 0. Turn x into floats, and take the maximum with 0.",
    about="numbers",
)
def relu_where_in_own_type(x):
    return np.where(x > 0, x, x.dtype.type(0))


@mistake(
    "(x + |x|)/2 makes NaN of minus infinity and overflows in whole numbers. Turn x into floats, and take the maximum with 0.",
    about="numbers",
)
def relu_half_of_sum(x):
    with np.errstate(invalid="ignore"):
        return (x + np.abs(x)) / 2


@mistake("The larger side is cut off: numbers above 0 lose their sign. It is the maximum of x and 0.")
def relu_of_the_negative(x):
    return np.maximum(0.0 - np.asarray(x, float), 0)


@mistake("The filters are transposed: their rows go down the image.")
def conv_block_kernel_transposed(x, w, b=None, padding=0, pool=1):
    solution.conv_block(x, w, b, padding, pool)
    return solution.conv_block(x, w.swapaxes(2, 3), b, padding, pool)


@mistake("The bias is subtracted. Add it before ReLU.", about="bias")
def conv_block_bias_subtracted(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x, w, None if b is None else 0.0 - b, padding, pool)


@mistake("The convolution is padded by the pooling window, and pooling takes the padding as its window: the two are swapped.")
def conv_block_padding_for_pool(x, w, b=None, padding=0, pool=1):
    return solution.conv_block(x, w, b, pool, padding)


@mistake("The convolution takes steps of `pool`, and its map is pooled as well. Its stride is 1.", about="pooling")
def conv_block_strided_and_pooled(x, w, b=None, padding=0, pool=1):
    every = solution.conv_block(x, w, b, padding)[:, :, ::pool, ::pool]
    if min(every.shape[2:]) < pool:
        return solution.conv_block(x, w, b, padding, max(every.shape[2:]) * pool + 1)  # refuses as pooling does
    return windows(every, pool).max(axis=(4, 5))


@mistake("ReLU is applied to the images as well as to each map. Only what the filters answer is clipped.")
def feature_hierarchy_relu_before_each_block(x, layers):
    return chain(x, layers, conv_block_relu_twice)


@mistake("The last layer's filters are used in every block. Each layer has its own.")
def feature_hierarchy_last_filters_for_all(x, layers):
    return solution.feature_hierarchy(x, [(*layers[-1][:2], padding, pool) for _, _, padding, pool in layers])


@mistake("The whole window is added. From the first to the last of s numbers it is only s - 1 steps.")
def receptive_field_without_either_minus_1(layers):
    solution.receptive_field(layers)
    step, fields = 1, [1]
    for kernel, pool in layers:
        fields.append(fields[-1] + kernel * step + pool * step)
        step *= pool
    return fields


@mistake("The kernel's window is left out. A number sees (kernel - 1) steps more after a convolution.")
def receptive_field_without_kernel(layers):
    solution.receptive_field(layers)
    return solution.receptive_field([(1, pool) for _, pool in layers])
