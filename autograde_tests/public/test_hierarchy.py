"""What a student sees of the unit `hierarchy`."""

import numpy as np

from cnngrade import assert_close, gate, points


def largest_sum(reference, x, w, b=None, padding=0, pool=1):
    """Return the largest sum of absolute products: rounding errors are measured by it."""
    return reference.conv_block(abs(x), abs(w), None if b is None else abs(b), padding, pool).max()


def blocked(student, reference, x, w, b=None, padding=0, pool=1):
    """Return the student's answer, the right one, and the largest sum of absolute products: rounding is measured by it."""
    scale = largest_sum(reference, *(None if array is None else array.astype(float) for array in (x, w, b)), padding, pool)
    return student.conv_block(x, w, b, padding, pool), reference.conv_block(x, w, b, padding, pool), scale


def assert_maps_close(reference, answers):
    """Compare the images and the maps after every block, one by one; `answers` are (maps, images, layers)."""
    for maps, x, layers in answers:
        assert isinstance(maps, list), f"feature_hierarchy returns a list of arrays; yours is of type {type(maps).__name__}."
        blocks = "1 block makes" if len(layers) == 1 else f"{len(layers)} blocks make"
        assert len(maps) == len(layers) + 1, (
            f"{blocks} a list of length {len(layers) + 1}, the images first; yours has length {len(maps)}."
        )
        absolute = [(abs(w), None if b is None else abs(b), padding, pool) for w, b, padding, pool in layers]
        scales = reference.feature_hierarchy(abs(x), absolute)
        for actual, expected, scale in zip(maps, reference.feature_hierarchy(x, layers), scales, strict=True):
            assert_close(actual, expected, scale=scale.max())


def assert_fields(student, reference, *chains):
    """Ask for the receptive fields of all chains of layers, and compare them exactly."""
    answers = [student.receptive_field(layers) for layers in chains]
    for actual, layers in zip(answers, chains, strict=True):
        expected = reference.receptive_field(layers)
        assert isinstance(actual, list), f"receptive_field returns a list of ints; yours is of type {type(actual).__name__}."
        assert actual == expected, f"receptive_field({layers})\nyours:    {actual}\nexpected: {expected}"


TINY_IMAGE = np.array(
    [[[[1, -4, 2, 0, 3], [5, 1, -7, 2, 8], [0, 6, 1, 9, -3], [4, -2, 8, 1, 5], [-3, 7, 0, -6, 2]]]], dtype=np.float64
)
# The same, and a row and a column more.
LARGER_IMAGE = np.pad(TINY_IMAGE, ((0, 0), (0, 0), (0, 1), (1, 0)), mode="wrap")
TINY_FILTER = np.array([[[[-1.0, 2.0], [1.0, -3.0]]]])


def tiny_images(rng):
    """Return ten times the tiny images, and a little more: too little to make another number the largest of a window."""
    return [10 * image + rng.integers(1, 3, size=image.shape) for image in (TINY_IMAGE, LARGER_IMAGE)]


@gate
@points(0.5)
def test_relu_clips_negative_numbers(student, reference, rng, assert_all_close):
    """negative numbers become 0, the others stay"""
    # One number is between 0 and 1, where an upper end at 1 is no slope.
    signs = np.array([[-1.0, 0.0, 1.0], [0.01, -1.0, -1.0]]), np.array([[1.0, -1.0], [-1.0, 0.02], [1.0, 1.0]])
    arrays = [sign * (rng.permutation(100)[:6].reshape(sign.shape) + 0.5) for sign in signs]
    assert_all_close([(student.relu(x), reference.relu(x)) for x in arrays])


@points(0.5)
def test_relu_keeps_the_shape(student, reference, rng, assert_all_close):
    """relu works number by number on an array of any shape"""
    arrays = [3 * rng.normal(size=shape) for shape in [(7,), (2, 3, 4, 5)]]
    assert_all_close([(student.relu(x), reference.relu(x)) for x in arrays])


@gate
@points(0.5)
def test_conv_block_on_a_tiny_image(student, reference, rng, forgive_axes, assert_all_close):
    """a convolution whose numbers are all positive stays as it is"""
    w = np.array([[[[1.0, 2.0], [0.5, 3.0]]]])
    images = [np.abs(image) for image in tiny_images(rng)]
    answers, expected = [student.conv_block(x, w) for x in images], [reference.conv_block(x, w) for x in images]
    assert_all_close([(forgive_axes(mine, right), right) for mine, right in zip(answers, expected, strict=True)])


@points(0.25)
def test_conv_block_pools_the_map(student, reference, rng, assert_all_close):
    """negative numbers become 0, and then the largest number of each 2x2 window is kept"""
    larger = rng.normal(size=(2, 1, 9, 8)), rng.normal(size=(3, 1, 2, 3))
    asked = [(tiny_images(rng)[0], TINY_FILTER), larger]
    assert_all_close([(student.conv_block(x, w, pool=2), *blocked(student, reference, x, w, pool=2)[1:]) for x, w in asked])


@points(0.5)
def test_conv_block_without_pooling(student, reference, rng, assert_all_close):
    """with pool=1 and without a bias, a block is convolution and ReLU"""
    shapes = [((2, 3, 7, 10), (5, 3, 3, 4)), ((3, 2, 9, 6), (4, 2, 4, 2))]
    asked = [(rng.normal(size=x), rng.normal(size=w)) for x, w in shapes]
    assert_all_close([(student.conv_block(x, w), *blocked(student, reference, x, w)[1:]) for x, w in asked])


@points(1)
def test_conv_block_with_everything(student, reference, rng, assert_all_close):
    """every image, channel and filter counts, with padding, bias and pooling"""
    # Biases so low that some windows hold nothing but negative numbers.
    ways = [((3, 2, 12, 8), (4, 2, 4, 3), -4, 1, 2), ((2, 3, 8, 13), (5, 3, 3, 4), -6, 2, 3)]
    asked = [(rng.normal(size=x), rng.normal(size=w), rng.normal(low, size=w[0]), *rest) for x, w, low, *rest in ways]
    answers = [student.conv_block(x, w, b, padding=padding, pool=pool) for x, w, b, padding, pool in asked]
    expected = [reference.conv_block(*each) for each in asked]
    assert_all_close(zip(answers, expected, [largest_sum(reference, *each) for each in asked], strict=True))


@points(0.25)
def test_conv_block_that_finds_nothing(student, reference, rng, assert_all_close):
    """where the filter finds nothing the map is 0, and the bias is added before ReLU"""
    asked = []
    for shape in [(1, 2, 10, 11), (2, 2, 9, 6)]:
        x, w = rng.uniform(1, 2, size=shape), -rng.uniform(1, 2, size=(3, 2, 2, 3))
        asked.append((x, w, np.array([-1.0, 2.0, 90.0]), 0, 2))
    assert_all_close([blocked(student, reference, *each) for each in asked])


@gate
@points(0.5)
def test_feature_hierarchy_keeps_every_map(student, reference, rng):
    """the list holds the image first, then the maps after each block"""
    layers = [(TINY_FILTER, np.zeros(1), 0, 1), (np.array([[[[0.5, -1.0], [2.0, 1.0]]]]), np.zeros(1), 0, 1)]
    images = [np.abs(image) for image in tiny_images(rng)]
    assert_maps_close(reference, [(student.feature_hierarchy(image, layers), image, layers) for image in images])


@points(0.5)
def test_feature_hierarchy_reads_the_maps_of_the_block_before(student, reference, rng):
    """each block reads the maps of the block before, with its own filters, bias, padding and pool"""
    ways = [
        ((2, 3, 18, 23), [((4, 3, 3, 3), 1, 2), ((6, 4, 2, 4), 2, 1), ((5, 6, 3, 2), 1, 3)]),
        ((1, 2, 17, 12), [((2, 2, 3, 3), 1, 1), ((2, 2, 3, 3), 1, 3)]),
    ]
    asked = []
    for shape, blocks in ways:
        layers = [(rng.normal(size=w), rng.normal(size=w[0]), padding, pool) for w, padding, pool in blocks]
        asked.append((rng.normal(size=shape), layers))
    assert_maps_close(reference, [(student.feature_hierarchy(x, layers), x, layers) for x, layers in asked])


def square_finder():
    """Return the lesson's hand-wired layers: edges, corners, squares of 8x8."""
    edges = np.zeros((4, 1, 3, 3))
    edges[0, 0, 1] = edges[2, 0, :, 1] = [-1, 1, 0]
    edges[1, 0, 1] = edges[3, 0, :, 1] = [1, -1, 0]
    left, right, top, bottom = range(4)
    corners = np.zeros((4, 4, 3, 3))
    corners[0, top, 1, 2] = corners[0, left, 2, 1] = 1
    corners[1, top, 1, 0] = corners[1, right, 2, 1] = 1
    corners[2, bottom, 1, 2] = corners[2, left, 0, 1] = 1
    corners[3, bottom, 1, 0] = corners[3, right, 0, 1] = 1
    square = np.zeros((1, 4, 3, 3))
    square[0, 0, 0, 0] = square[0, 1, 0, 2] = square[0, 2, 2, 0] = square[0, 3, 2, 2] = 1
    return [(edges, np.zeros(4), 1, 2), (corners, np.full(4, -1.0), 1, 2), (square, np.array([-3.0]), 1, 1)]


@points(1)
def test_feature_hierarchy_finds_the_square(student, rng):
    """a square lights up exactly one cell of the last map, wherever it is, and the cell moves along"""
    top, left = (int(place) for place in rng.integers(1, 12, size=2))
    images, expected = np.zeros((3, 1, 24, 28)), np.zeros((3, 1, 6, 7))
    for image, lit, (y, x) in zip(images, expected, [(top, left), (top + 4, left), (top, left + 4)], strict=True):
        image[0, y : y + 8, x : x + 8] = 1
        lit[0, y // 4 + 1, x // 4 + 1] = 1
    maps = student.feature_hierarchy(images, square_finder())
    assert len(maps) == 4, f"3 blocks make a list of 4 arrays, the images first; yours has {len(maps)}."
    assert_close(maps[-1], expected)


@points(3)
def test_feature_hierarchy_within_its_budget(budget):
    """a small image goes through two layers within the time budget"""

    def image_and_layers(rng):
        first = (rng.normal(size=(8, 1, 5, 5)), rng.normal(size=8), 0, 2)
        second = (rng.normal(size=(16, 8, 5, 5)), rng.normal(size=16), 0, 2)
        return rng.normal(size=(1, 1, 28, 28)), [first, second]

    def images_and_layer(rng, N, C, H, W, K, kh, kw):
        layer = (rng.normal(size=(K, C, kh, kw)), rng.normal(size=K), 0, 2)
        return rng.normal(size=(N, C, 2 * H + kh - 1, 2 * W + kw - 1)), [layer]

    sizes = {"N": 1, "C": 1, "H": 2, "W": 2, "K": 1, "kh": 2, "kw": 1}
    budget("feature_hierarchy", image_and_layers, images_and_layer, **sizes)


@gate
@points(0.5)
def test_receptive_field_of_one_block(student, reference, rng):
    """a number of the image sees one pixel, a number after one convolution as many as its kernel"""
    kernels = (1, 3, 7, int(rng.integers(20, 1000)), int(rng.integers(2000, 3000)))
    assert_fields(student, reference, *([(kernel, 1)] for kernel in kernels))


@points(0.5)
def test_receptive_field_of_plain_convolutions(student, reference, rng):
    """without pooling, each convolution adds its kernel minus one"""
    layers = [(kernel, 1) for kernel in rng.permutation(np.arange(2, 9)).tolist()]
    assert_fields(student, reference, layers, layers[2:])


@points(0.5)
def test_receptive_field_of_pooling(student, reference, rng):
    """a pooling window sees more, too, and widens every step after it"""
    large, larger = rng.integers(4, 1000, size=2).tolist()
    assert_fields(student, reference, [(1, 2), (1, 3), (large, 1)], [(3, 2), (larger, 2), (5, 3), (2, 1)])


@points(0.5)
def test_receptive_field_of_lenet(student, reference):
    """the last convolution of LeNet-5 sees all of its 32x32 image, its second one 14 pixels"""
    assert_fields(student, reference, [(5, 2), (5, 2), (5, 1)], [(5, 2), (5, 1)])


@points(0.25)
def test_relu_kinds_of_numbers(student, reference, kinds_of_numbers, assert_all_close):
    """whole numbers and bytes become floats, float32 and read-only arrays are fine"""
    arrays = (*kinds_of_numbers(3, 4), *kinds_of_numbers(2, 3, 2)[:2])
    assert_all_close([(student.relu(x), reference.relu(x)) for x in arrays])


@points(0.25)
def test_relu_carries_nan(student, reference, rng, assert_all_close):
    """NaN stays NaN, infinity stays infinity, minus infinity becomes 0"""
    one, two, three, *others = rng.uniform(1, 9, size=8)
    small = np.array([[np.nan, one, -two, three], [-np.inf, 0.0, np.inf, two]])
    arrays = small, np.array([[np.inf, others[0], -one], [others[1], -np.inf, others[2]], [others[3], two, np.nan]])
    assert_all_close([(student.relu(x), reference.relu(x)) for x in arrays])


@points(0.25)
def test_conv_block_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """images of bytes and of whole numbers, filters and biases of whole numbers, float32 are fine; NaN shows in its windows"""
    answers = []
    for shape, size in [((2, 3, 6, 7), (4, 3, 3, 2)), ((1, 2, 8, 5), (3, 2, 2, 2))]:
        (pixels, whole, single, fixed), w, b = kinds_of_numbers(*shape), rng.normal(size=size), rng.normal(size=size[0])
        (_, whole_w, single_w, _), (_, whole_b, single_b, _) = kinds_of_numbers(*size), kinds_of_numbers(size[0])
        kinds = (pixels, w, b), (whole, w, b), (fixed, whole_w, whole_b), (single, single_w, single_b)
        answers += [blocked(student, reference, *used, 1, 2) for used in kinds]
    # Every window holds this pixel, so an answer by Fourier transform, which spreads it, is right too.
    for shape, size in [((2, 1, 3, 3), (2, 1, 2, 2)), ((3, 2, 3, 3), (4, 2, 2, 2))]:
        x, w = rng.normal(size=shape), rng.normal(size=size)
        x[0, 0, 1, 1] = np.nan
        scale = largest_sum(reference, x[1:], w, pool=2)
        answers.append((student.conv_block(x, w, None, 0, 2), reference.conv_block(x, w, None, 0, 2), scale))
    assert_all_close(answers)


@points(0.25)
def test_conv_block_of_narrow_kernels(student, reference, rng, assert_all_close):
    """kernels of one number, of one row and of one column, one channel, one filter"""
    shapes = [
        ((2, 3, 4, 5), (4, 3, 1, 1)),
        ((2, 3, 5, 4), (4, 3, 1, 2)),
        ((1, 1, 5, 6), (1, 1, 3, 1)),
        ((1, 2, 4, 4), (1, 2, 1, 3)),
    ]
    asked = [(rng.normal(size=image), rng.normal(size=filters), rng.normal(size=filters[0]), 1, 2) for image, filters in shapes]
    assert_all_close([blocked(student, reference, *each) for each in asked])


@points(0.25)
def test_conv_block_of_what_cannot_be(student, rng, assert_all_raise):
    """filters for other channels or larger than the image, negative padding, pooling by 0 or beyond the map: ValueError"""
    x, w = rng.normal(size=(1, 3, 5, 4)), rng.normal(size=(2, 3, 2, 2))
    other, filters = rng.normal(size=(2, 2, 4, 6)), rng.normal(size=(3, 2, 3, 2))
    others = [(x, rng.normal(size=size)) for size in [(2, 2, 2, 2), (2, 3, 2, 5)]]
    pools = [(x, w, None, 0, 0), (other, filters, None, 0, 0), (x, w, None, 0, 4)]
    assert_all_raise(ValueError, student.conv_block, *others, (x, w, None, -1, 1), *pools)


def with_floats_first(maps, images):
    """Return the maps with the images as floats: they may come back as integers or as floats."""
    if isinstance(maps, list) and maps and np.shape(maps[0]) == images.shape:
        return [np.asarray(maps[0], float), *maps[1:]]
    return maps


@points(0.25)
def test_feature_hierarchy_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """images of bytes, of whole numbers and of float32 go through, a single one too, and NaN stays in its image"""
    layers = [
        (rng.normal(size=(2, 1, 3, 2)), rng.normal(size=2), 1, 2),
        (rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3), 0, 1),
    ]
    pixels, whole, single, read_only = kinds_of_numbers(2, 1, 7, 8)
    asked = (pixels, whole, read_only[:1], kinds_of_numbers(1, 1, 8, 6)[0])
    answers = [(student.feature_hierarchy(images, layers), images) for images in asked]
    singles = [(w.astype(np.float32), b.astype(np.float32), padding, pool) for w, b, padding, pool in layers]
    of_single = student.feature_hierarchy(single, singles)
    # The filter sees the whole image, so it does not matter how the sums are taken.
    holes, w = rng.normal(size=(2, 1, 3, 4)), rng.normal(size=(2, 1, 3, 4))
    holes[1, 0, 2, 0] = np.nan
    of_holes = student.feature_hierarchy(holes, [(w, None, 0, 1)])
    assert_maps_close(reference, [(with_floats_first(maps, images), images.astype(float), layers) for maps, images in answers])
    assert_maps_close(reference, [(of_single, single, singles)])
    assert len(of_holes) == 2, f"1 block makes a list of length 2, the images first; yours has length {len(of_holes)}."
    assert_all_close([(of_holes[1], reference.conv_block(holes, w), largest_sum(reference, holes[:1], w))])


@points(0.25)
def test_receptive_field_of_what_cannot_be(student, rng, assert_all_raise):
    """a kernel or a pooling window of 0 raises ValueError"""
    kernel, other = rng.integers(1000, 2000, size=2).tolist()
    chains = [[(kernel, 1), (0, 1)], [(kernel, 0)], [(other, 2), (0, 2)], [(other, 2), (kernel, 0)]]
    assert_all_raise(ValueError, student.receptive_field, *((chain,) for chain in chains))
