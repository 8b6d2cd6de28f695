"""Known mistakes of the unit `filters`."""

import numpy as np

from cnngrade import mistake, solution_for

solution = solution_for(__file__)

BYTES = "The differences of bytes go wrong below 0: 3 - 5 is 254 in uint8. Turn the images into floats first."
FAINT = (
    "A faint map comes out dark: a small number is added to the divisor, or the range is compared with one. Divide by the "
    "range as it is, and by 1 only where it is 0."
)
NOT_ONE = "The weights do not sum to 1, so the blurred image gets brighter. Divide them by the sum of all of them."


def bell(size, sigma, power=2, factor=2.0, middle=None):
    """Return Gauss's bell before it is divided by anything, with some of its parts changed."""
    solution.gaussian(size, sigma)
    distance = np.arange(size) - (size // 2 if middle is None else middle)
    return np.exp(-(np.abs(distance[:, None]) ** power + np.abs(distance) ** power) / (factor * sigma**2))


def normalised(kernel):
    """Return the kernel divided by its sum."""
    return kernel / kernel.sum()


@mistake(NOT_ONE)
def gaussian_not_normalised(size, sigma):
    return bell(size, sigma)


@mistake(
    "The weights are divided by 2 pi sigma^2. That would do for an infinite kernel; one that is cut off is divided by the sum "
    "of what is left."
)
def gaussian_divided_by_formula(size, sigma):
    return bell(size, sigma) / (2 * np.pi * sigma**2)


@mistake(NOT_ONE)
def gaussian_divided_by_largest(size, sigma):
    return bell(size, sigma) / bell(size, sigma).max()


@mistake("The 2 below the fraction is missing: the exponent is -(dy^2 + dx^2)/(2 sigma^2).")
def gaussian_without_two(size, sigma):
    return normalised(bell(size, sigma, factor=1.0))


@mistake("Sigma is not squared: the exponent is -(dy^2 + dx^2)/(2 sigma^2).")
def gaussian_sigma_not_squared(size, sigma):
    solution.gaussian(size, sigma)
    return normalised(bell(size, sigma**0.5))


@mistake("The distances are not squared: the exponent is -(dy^2 + dx^2)/(2 sigma^2).")
def gaussian_distance_not_squared(size, sigma):
    return normalised(bell(size, sigma, power=1))


@mistake("The distances run from -1 to 1 whatever the size. They are counted in pixels: -2, -1, 0, 1, 2 for size 5.")
def gaussian_distance_from_minus_1_to_1(size, sigma):
    solution.gaussian(size, sigma)
    distance = np.linspace(-1, 1, size) if size > 1 else np.zeros(1)
    return normalised(np.exp(-(distance[:, None] ** 2 + distance**2) / (2 * sigma**2)))


@mistake("The size is used as a radius. It is the number of rows and of columns of the kernel.")
def gaussian_size_as_radius(size, sigma):
    solution.gaussian(size, sigma)
    return solution.gaussian(2 * size + 1, sigma)


@mistake("The bell is not in the middle. The distance is counted from size//2, not from the corner.")
def gaussian_from_the_corner(size, sigma):
    return normalised(bell(size, sigma, middle=0))


@mistake("The bell is half a pixel off the middle. For an odd size the middle is size//2.")
def gaussian_beside_the_middle(size, sigma):
    return normalised(bell(size, sigma, middle=size / 2))


@mistake("Only one row is returned. The kernel is a square, (size, size).")
def gaussian_one_row(size, sigma):
    return solution.gaussian(size, sigma).sum(axis=0)


@mistake("All weights are equal: that is a mean. They fall off with the distance from the middle.")
def gaussian_box(size, sigma):
    return normalised(0 * bell(size, sigma) + 1)


@mistake("The exponent is positive, so the weights grow outwards. It has a minus sign.")
def gaussian_inside_out(size, sigma):
    return normalised(1 / bell(size, sigma))


@mistake("Each row sums to 1. All weights together must sum to 1.")
def gaussian_rows_normalised(size, sigma):
    return bell(size, sigma) / bell(size, sigma).sum(axis=1, keepdims=True)


@mistake("An even size or a sigma that is not positive must raise ValueError: there would be no middle, or no bell.")
def gaussian_nothing_checked(size, sigma):
    size, sigma = max(size, 1), abs(sigma) or 1.0
    return solution.gaussian(size if size % 2 else size + 1, sigma)


@mistake("The two kernels are in the wrong order. First comes the one that answers where it gets brighter to the right.")
def sobel_other_order():
    return solution.sobel()[::-1]


@mistake("The signs are reversed. The first kernel is positive on its right side, the second on its lower one.")
def sobel_negative():
    return -solution.sobel()


@mistake("The second kernel is positive above. It answers where it gets brighter downwards: positive numbers below.")
def sobel_upwards():
    right, down = solution.sobel()
    return np.stack([right, -down])


@mistake("The first kernel is positive on its left side. It answers where it gets brighter to the right.")
def sobel_leftwards():
    right, down = solution.sobel()
    return np.stack([-right, down])


@mistake("The middle row weighs as much as the others: that is Prewitt's kernel. Sobel's has 1, 2, 1 across.")
def sobel_prewitt():
    return np.sign(solution.sobel())


@mistake("The kernels are divided by 8. Leave the numbers as they are.")
def sobel_divided():
    return solution.sobel() / 8


@mistake("Only one kernel is returned. There are two, (2, 3, 3).")
def sobel_first_only():
    return solution.sobel()[0]


@mistake("The kernels come as whole numbers. Make them float arrays.")
def sobel_whole_numbers():
    return solution.sobel().astype(int)


@mistake("The kernels come as a tuple. Make one array (2, 3, 3) of them.")
def sobel_tuple():
    return tuple(solution.sobel())


@mistake("The middle is wrong: the kernel must sum to 0, so that an even surface gives 0. Four neighbours need -4.")
def laplacian_wrong_middle():
    return solution.laplacian() + np.array([[0, 0, 0], [0, 5.0, 0], [0, 0, 0]])


@mistake("All eight neighbours count. Here it is the four beside, above and below; the corners are 0.")
def laplacian_eight_neighbours():
    return np.array([[1.0, 1.0, 1.0], [1.0, -8.0, 1.0], [1.0, 1.0, 1.0]])


@mistake("The signs are reversed: the neighbours count positively, the middle negatively.")
def laplacian_negative():
    return -solution.laplacian()


@mistake("This is the kernel that sharpens. The Laplacian has -4 in the middle and sums to 0.")
def laplacian_sharpen():
    return np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]])


@mistake("The kernel is divided by 4. Leave the numbers as they are.")
def laplacian_divided():
    return solution.laplacian() / 4


@mistake("The kernel comes as whole numbers. Make it a float array.")
def laplacian_whole_numbers():
    return solution.laplacian().astype(int)


@mistake("The numbers are at the corners. They belong beside, above and below the middle.")
def laplacian_corners():
    return np.array([[1.0, 0.0, 1.0], [0.0, -4.0, 0.0], [1.0, 0.0, 1.0]])


def gradient(images):
    """Return gx and gy, each (N, C, H - 2, W - 2)."""
    solution.edge_strength(images)
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(images, float), (3, 3), axis=(2, 3))
    return np.einsum("ncijuv,kuv->kncij", windows, solution.sobel())


@mistake("Only one direction is used. The strength is made of both: sqrt(gx^2 + gy^2).")
def edge_strength_right_only(images):
    return np.abs(gradient(images)[0])


@mistake("Only the second direction is used. The strength is made of both: sqrt(gx^2 + gy^2).")
def edge_strength_down_only(images):
    return np.abs(gradient(images)[1])


@mistake("The answers of both directions are added as they are, so they may cancel. The strength is sqrt(gx^2 + gy^2).")
def edge_strength_sum(images):
    return gradient(images).sum(axis=0)


@mistake("The absolute answers are added. That gives more for slanted edges; the strength is sqrt(gx^2 + gy^2).")
def edge_strength_absolute_sum(images):
    return np.abs(gradient(images)).sum(axis=0)


@mistake("The larger of the two answers is taken. The strength is sqrt(gx^2 + gy^2).")
def edge_strength_larger(images):
    return np.abs(gradient(images)).max(axis=0)


@mistake("The root is left out. The strength is sqrt(gx^2 + gy^2), a length and not its square.")
def edge_strength_squared(images):
    return (gradient(images) ** 2).sum(axis=0)


@mistake("The mean of both squares is taken. The strength is sqrt(gx^2 + gy^2), with the sum of them.")
def edge_strength_mean_of_squares(images):
    return np.sqrt((gradient(images) ** 2).mean(axis=0))


@mistake("This is the direction of the gradient. Return its length: sqrt(gx^2 + gy^2).")
def edge_strength_direction(images):
    right, down = gradient(images)
    return np.arctan2(down, right)


@mistake("All channels end in one map. Each one is treated by itself and keeps a map of its own.", about="channels")
def edge_strength_one_map(images):
    return np.sqrt((gradient(images) ** 2).sum(axis=(0, 2)))[:, None]


@mistake("The channels are mixed. Each one is treated by itself.", about="channels")
def edge_strength_of_the_mean(images):
    mean = np.asarray(images, float).mean(axis=1, keepdims=True)
    return np.repeat(solution.edge_strength(mean), images.shape[1], axis=1)


@mistake("Only the first channel is looked at. Each one is treated by itself.", about="channels")
def edge_strength_first_channel(images):
    return solution.edge_strength(images[:, :1])


@mistake("The image is padded, and the frame makes an edge of its own. There is no padding here: two rows and columns less.")
def edge_strength_padded(images):
    solution.edge_strength(images)
    return solution.edge_strength(np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1))))


@mistake("Prewitt's kernels are used: the middle row does not count twice. Sobel's have 1, 2, 1 across.")
def edge_strength_prewitt(images):
    solution.edge_strength(images)
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(images, float), (3, 3), axis=(2, 3))
    gx, gy = np.einsum("ncijuv,kuv->kncij", windows, np.sign(solution.sobel()))
    return np.sqrt(gx**2 + gy**2)


def gradient_in_own_dtype(images):
    """Return gx and gy as they come out if bytes stay bytes."""
    solution.edge_strength(images)
    x = np.asarray(images)
    columns, rows = x[..., 2:] - x[..., :-2], x[:, :, 2:] - x[:, :, :-2]
    right = columns[:, :, :-2] + 2 * columns[:, :, 1:-1] + columns[:, :, 2:]
    down = rows[..., :-2] + 2 * rows[..., 1:-1] + rows[..., 2:]
    return right, down


@mistake(BYTES, about="numbers")
def edge_strength_bytes(images):
    right, down = gradient_in_own_dtype(images)
    return np.sqrt(right.astype(float) ** 2 + down.astype(float) ** 2)


@mistake(BYTES, about="numbers")
def edge_strength_squares_of_bytes(images):
    right, down = gradient_in_own_dtype(images)
    return np.sqrt((right**2 + down**2).astype(float))


@mistake(BYTES, about="numbers")
def edge_strength_root_of_bytes(images):
    right, down = gradient_in_own_dtype(images)
    return np.sqrt(right**2 + down**2)


@mistake("The strength is divided by its largest number. Leave it as it is; to_display is for looking.")
def edge_strength_scaled(images):
    strength = solution.edge_strength(images)
    return strength / max(strength.max(), 1e-9)


@mistake("Images with fewer than three rows or columns must raise ValueError: no kernel fits.")
def edge_strength_nothing_checked(images):
    if min(np.shape(images)[2:]) < 3:
        return np.zeros((*np.shape(images)[:2], 0, 0))
    return solution.edge_strength(images)


def slid(images, bank, before, after):
    """Return the maps with another padding: (rows, columns) of zeros before and after the image."""
    framed = np.pad(np.asarray(images, float), ((0, 0), (0, 0), (before[0], after[0]), (before[1], after[1])))
    windows = np.lib.stride_tricks.sliding_window_view(framed[:, 0], bank.shape[1:], axis=(1, 2))
    return np.einsum("nijuv,kuv->nkij", windows, bank)


@mistake("The kernels are flipped. Lay them on the image as they are.")
def feature_maps_flipped(images, bank):
    return solution.feature_maps(images, bank[:, ::-1, ::-1])


NO_PADDING = (
    "There is no padding: the maps are smaller than the image. Put zeros around it, (kh - 1)/2 rows and (kw - 1)/2 columns."
)


@mistake(NO_PADDING)
def feature_maps_without_padding_where_it_fits(images, bank):
    solution.feature_maps(images, bank)
    if (np.array(bank.shape[1:]) > images.shape[2:]).any():
        raise ValueError("the kernel is larger than the image")
    return slid(images, bank, (0, 0), (0, 0))


@mistake(NO_PADDING)
def feature_maps_without_padding(images, bank):
    solution.feature_maps(images, bank)
    larger = np.maximum(0, np.array(bank.shape[1:]) - images.shape[2:])
    return slid(images, bank, (0, 0), tuple(larger))


@mistake("All padding is on one side, so that the maps are shifted. Put half of it on each side.")
def feature_maps_padded_at_the_end(images, bank):
    solution.feature_maps(images, bank)
    return slid(images, bank, (0, 0), (bank.shape[1] - 1, bank.shape[2] - 1))


def slid_where_it_fits(images, bank, padding):
    """Return the maps with another padding, the same on both sides, or one place where the kernel would not fit at all."""
    ph, pw = padding
    more = np.maximum(0, np.array(bank.shape[1:]) - np.array(images.shape[2:]) - 2 * np.array([ph, pw]))
    return slid(images, bank, (ph, pw), (ph + more[0], pw + more[1]))


@mistake("Rows and columns of the padding are swapped: (kh - 1)/2 rows and (kw - 1)/2 columns.", about="shape")
def feature_maps_padding_exchanged(images, bank):
    solution.feature_maps(images, bank)
    return slid_where_it_fits(images, bank, (bank.shape[2] // 2, bank.shape[1] // 2))


@mistake(
    "The padding is 1 for every kernel. It depends on the kernel's size: (kh - 1)/2 rows and (kw - 1)/2 columns.", about="shape"
)
def feature_maps_padding_one(images, bank):
    solution.feature_maps(images, bank)
    return slid_where_it_fits(images, bank, (1, 1))


@mistake("The padding of rows is used for columns as well. It is (kh - 1)/2 rows and (kw - 1)/2 columns.", about="shape")
def feature_maps_padding_of_rows_for_both(images, bank):
    solution.feature_maps(images, bank)
    return slid_where_it_fits(images, bank, (bank.shape[1] // 2, bank.shape[1] // 2))


@mistake("The padding of columns is used for rows as well. It is (kh - 1)/2 rows and (kw - 1)/2 columns.", about="shape")
def feature_maps_padding_of_columns_for_both(images, bank):
    solution.feature_maps(images, bank)
    return slid_where_it_fits(images, bank, (bank.shape[2] // 2, bank.shape[2] // 2))


@mistake("The maps are larger than the image: a kernel's side less 1 is too much padding, half of that belongs on each side.")
def feature_maps_full(images, bank):
    solution.feature_maps(images, bank)
    return slid_where_it_fits(images, bank, (bank.shape[1] - 1, bank.shape[2] - 1))


@mistake("The products are averaged over the kernel. Sum them up.")
def feature_maps_mean(images, bank):
    return solution.feature_maps(images, bank) / (bank.shape[1] * bank.shape[2])


@mistake("Each kernel is divided by the sum of its numbers. Take the kernels as they are: many of them sum to 0.")
def feature_maps_normalised_kernels(images, bank):
    sums = bank.sum(axis=(1, 2), keepdims=True)
    return solution.feature_maps(images, bank / np.where(np.abs(sums) < 1e-9, 1, sums))


@mistake("The padding mirrors the border. The frame is made of zeros.")
def feature_maps_border_mirrored(images, bank):
    solution.feature_maps(images, bank)
    ph, pw = bank.shape[1] // 2, bank.shape[2] // 2
    framed = np.pad(np.asarray(images, float), ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(framed[:, 0], bank.shape[1:], axis=(1, 2))
    return np.einsum("nijuv,kuv->nkij", windows, bank)


@mistake("The padding repeats the border. The frame is made of zeros.")
def feature_maps_border_repeated(images, bank):
    solution.feature_maps(images, bank)
    ph, pw = bank.shape[1] // 2, bank.shape[2] // 2
    framed = np.pad(np.asarray(images, float), ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(framed[:, 0], bank.shape[1:], axis=(1, 2))
    return np.einsum("nijuv,kuv->nkij", windows, bank)


@mistake("Only the first kernel is used. Every kernel of the bank makes a map of its own.", about="filters")
def feature_maps_first_kernel(images, bank):
    return solution.feature_maps(images, np.repeat(bank[:1], len(bank), axis=0))


@mistake("The maps of all kernels are added up. Each kernel makes a map of its own.", about="filters")
def feature_maps_summed(images, bank):
    return solution.feature_maps(images, bank).sum(axis=1, keepdims=True)


@mistake("Every image gets the maps of the first one.", about="batch")
def feature_maps_first_image(images, bank):
    return np.repeat(solution.feature_maps(images[:1], bank), len(images), axis=0)


@mistake("Kernels and images are swapped in the answer: it is (N, K, H, W), images first.", about="filters")
def feature_maps_exchanged(images, bank):
    return solution.feature_maps(images, bank).swapaxes(0, 1)


@mistake("The kernels are transposed. Their rows are the image's rows.")
def feature_maps_kernels_transposed(images, bank):
    return solution.feature_maps(images, bank.swapaxes(1, 2))


@mistake("Negative answers are cut off. A map holds them as they are; there is no ReLU here.")
def feature_maps_with_relu(images, bank):
    return np.maximum(solution.feature_maps(images, bank), 0)


@mistake("Negative answers lose their sign. A map holds them as they are.")
def feature_maps_absolute(images, bank):
    return np.abs(solution.feature_maps(images, bank))


@mistake("The maps are cut to the range of bytes. Make them float arrays.", about="numbers")
def feature_maps_bytes(images, bank):
    maps = solution.feature_maps(images, bank)
    return np.clip(maps, 0, 255).astype(np.uint8).astype(float) if images.dtype == np.uint8 else maps


@mistake("The maps are already stretched to 0..1. to_display is for that; here the answers stay as they are.")
def feature_maps_stretched(images, bank):
    return solution.to_display(solution.feature_maps(images, bank))


@mistake("Colour images and kernels without a middle must raise ValueError.")
def feature_maps_nothing_checked(images, bank):
    odd = bank[:, : bank.shape[1] - (bank.shape[1] + 1) % 2, : bank.shape[2] - (bank.shape[2] + 1) % 2]
    return solution.feature_maps(images[:, :1], odd)


def stretched(maps, axis, low=None):
    """Return maps stretched by the range along other axes."""
    maps = np.asarray(maps, float)
    low = maps.min(axis=axis, keepdims=True) if low is None else low
    spread = maps.max(axis=axis, keepdims=True) - low
    return (maps - low) / np.where(spread == 0, 1, spread)


@mistake(
    "All maps are stretched together, so weak ones stay dark. Each map has its own smallest and largest number.", about="batch"
)
def to_display_all_together(maps):
    return stretched(maps, None)


@mistake("All maps of an image are stretched together. Each map has its own smallest and largest number.", about="channels")
def to_display_image_by_image(maps):
    return stretched(maps, (1, 2, 3))


@mistake(
    "Each kernel's maps are stretched together. Each map of each image has its own smallest and largest number.", about="batch"
)
def to_display_map_by_map(maps):
    return stretched(maps, (0, 2, 3))


@mistake("Each row is stretched by itself. The whole map has one smallest and one largest number.")
def to_display_row_by_row(maps):
    return stretched(maps, 3)


@mistake("The maps are divided by their largest number, and the smallest is not subtracted: negative numbers stay negative.")
def to_display_divided_only(maps):
    largest = np.max(maps, axis=(2, 3), keepdims=True).astype(float)
    return np.asarray(maps, float) / np.where(largest == 0, 1, largest)


@mistake("The smallest number is subtracted, and the rest is divided by the largest. Divide by the largest minus the smallest.")
def to_display_divided_by_largest(maps):
    maps = np.asarray(maps, float)
    largest = maps.max(axis=(2, 3), keepdims=True)
    return (maps - maps.min(axis=(2, 3), keepdims=True)) / np.where(largest == 0, 1, largest)


@mistake("Numbers below 0 and above 1 are cut off. The map is stretched, so that its smallest is 0 and its largest 1.")
def to_display_clipped(maps):
    return np.clip(np.asarray(maps, float), 0, 1)


@mistake("A constant map becomes NaN: 0 divided by 0. It is shown black, as zeros.")
def to_display_constant_is_nan(maps):
    maps = np.asarray(maps, float)
    low, high = maps.min(axis=(2, 3), keepdims=True), maps.max(axis=(2, 3), keepdims=True)
    with np.errstate(all="ignore"):
        return (maps - low) / (high - low)


@mistake(FAINT, about="numbers")
def to_display_faint_map_darkened(maps):
    maps = np.asarray(maps, float)
    low, high = maps.min(axis=(2, 3), keepdims=True), maps.max(axis=(2, 3), keepdims=True)
    return (maps - low) / (high - low + 1e-8)


@mistake(FAINT, about="numbers")
def to_display_faint_map_as_constant(maps):
    maps = np.asarray(maps, float)
    faint = np.ptp(maps, axis=(2, 3), keepdims=True) < 1e-8
    return np.where(faint, 0.0, stretched(maps, (2, 3)))


@mistake("The range is -1 to 1. Here it is 0 to 1.")
def to_display_from_minus_1(maps):
    return np.where(np.ptp(np.asarray(maps, float), axis=(2, 3), keepdims=True) == 0, 0, 2 * stretched(maps, (2, 3)) - 1)


@mistake("A constant map becomes ones. It is shown black, as zeros.")
def to_display_constant_is_one(maps):
    flat = np.ptp(np.asarray(maps, float), axis=(2, 3), keepdims=True) == 0
    return np.where(flat, 1.0, solution.to_display(maps).astype(float))


@mistake("The maps are inverted: the largest number becomes black. It becomes 1, which is white.")
def to_display_negative(maps):
    flat = np.ptp(np.asarray(maps, float), axis=(2, 3), keepdims=True) == 0
    return np.where(flat, 0.0, 1.0 - solution.to_display(maps).astype(float))


@mistake("The range is 0 to 255. Here it is 0 to 1.")
def to_display_bytes(maps):
    return 255 * solution.to_display(maps).astype(float)


@mistake("The mean becomes 0 and the spread 1. Here the smallest number becomes 0 and the largest 1.")
def to_display_standardised(maps):
    maps = np.asarray(maps, float)
    spread = maps.std(axis=(2, 3), keepdims=True)
    return (maps - maps.mean(axis=(2, 3), keepdims=True)) / np.where(spread == 0, 1, spread)


@mistake("0 stays in the middle: the maps are divided by twice their largest absolute value. The smallest number becomes 0.")
def to_display_around_zero(maps):
    maps = np.asarray(maps, float)
    largest = np.abs(maps).max(axis=(2, 3), keepdims=True)
    return maps / np.where(largest == 0, 1, 2 * largest) + 0.5


@mistake("Axes of length 1 were squeezed away. The maps are (N, K, H, W), with one image and one kernel too.", about="shape")
def feature_maps_squeezed(images, bank):
    return np.squeeze(solution.feature_maps(images, bank))


@mistake("Axes of length 1 were squeezed away. The answer is (N, C, H - 2, W - 2), for one image too.", about="shape")
def edge_strength_squeezed(images):
    return np.squeeze(solution.edge_strength(images))


@mistake("The width was computed from the height. Columns need W.", about="shape")
def edge_strength_width_from_height(images):
    answer = solution.edge_strength(images)
    out = np.zeros((*answer.shape[:3], answer.shape[2]))
    width = min(answer.shape[2:])
    out[..., :width] = answer[..., :width]
    return out


@mistake("NaN and infinity are replaced. A window that holds one must give it.", about="numbers")
def edge_strength_hides_nan(images):
    return solution.edge_strength(np.nan_to_num(images))


@mistake("The maps are kept in the image's type, whole numbers here, and lose their fractions.", about="numbers")
def feature_maps_in_the_images_type(images, bank):
    answer = solution.feature_maps(images, bank)
    return answer if images.dtype.kind in "fu" else answer.astype(np.int64).astype(images.dtype)
