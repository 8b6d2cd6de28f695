"""What a student sees of the unit `hierarchy`."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


def largest_sum(reference, x, w, b=None, padding=0, pool=1):
    """Return the largest sum of absolute products: rounding errors are measured by it."""
    return reference.conv_block(abs(x), abs(w), None if b is None else abs(b), padding, pool).max()


def assert_maps_close(maps, reference, x, layers):
    """Compare the images and the maps after every block, one by one."""
    assert isinstance(maps, list), f"feature_hierarchy returns a list of arrays; yours is of type {type(maps).__name__}."
    blocks = "1 block makes" if len(layers) == 1 else f"{len(layers)} blocks make"
    assert len(maps) == len(layers) + 1, (
        f"{blocks} a list of length {len(layers) + 1}, the images first; yours has length {len(maps)}."
    )
    absolute = [(abs(w), None if b is None else abs(b), padding, pool) for w, b, padding, pool in layers]
    scales = reference.feature_hierarchy(abs(x), absolute)
    for actual, expected, scale in zip(maps, reference.feature_hierarchy(x, layers), scales, strict=True):
        assert_close(actual, expected, scale=scale.max())


def assert_fields(actual, reference, layers):
    """Compare a list of receptive fields, exactly."""
    expected = reference.receptive_field(layers)
    assert isinstance(actual, list), f"receptive_field returns a list of ints; yours is of type {type(actual).__name__}."
    assert actual == expected, f"receptive_field({layers})\nyours:    {actual}\nexpected: {expected}"


TINY_IMAGE = np.array(
    [[[[1, -4, 2, 0, 3], [5, 1, -7, 2, 8], [0, 6, 1, 9, -3], [4, -2, 8, 1, 5], [-3, 7, 0, -6, 2]]]], dtype=np.float64
)
TINY_FILTER = np.array([[[[-1.0, 2.0], [1.0, -3.0]]]])


def tiny_image(rng):
    """Return ten times the tiny image, and a little more: too little to make another number the largest of a window."""
    return 10 * TINY_IMAGE + rng.integers(1, 3, size=TINY_IMAGE.shape)


@gate
@points(0.5)
def test_relu_clips_negative_numbers(student, reference, rng):
    """negative numbers become 0, the others stay"""
    # One number is between 0 and 1, where an upper end at 1 is no slope.
    x = np.array([[-1.0, 0.0, 1.0], [0.01, -1.0, -1.0]]) * (rng.permutation(100)[:6].reshape(2, 3) + 0.5)
    assert_close(student.relu(x), reference.relu(x))


@points(0.5)
def test_relu_keeps_the_shape(student, reference, rng):
    """relu works number by number on an array of any shape"""
    for shape in [(7,), (2, 3, 4, 5)]:
        x = 3 * rng.normal(size=shape)
        assert_close(student.relu(x), reference.relu(x))


@gate
@points(0.5)
def test_conv_block_on_a_tiny_image(student, reference, rng, forgive_axes):
    """a convolution whose numbers are all positive stays as it is"""
    x, w = np.abs(tiny_image(rng)), np.array([[[[1.0, 2.0], [0.5, 3.0]]]])
    expected = reference.conv_block(x, w)
    assert_close(forgive_axes(student.conv_block(x, w), expected), expected)


@points(0.25)
def test_conv_block_pools_the_map(student, reference, rng):
    """negative numbers become 0, and then the largest number of each 2x2 window is kept"""
    x = tiny_image(rng)
    assert_close(student.conv_block(x, TINY_FILTER, pool=2), reference.conv_block(x, TINY_FILTER, pool=2))


@points(0.5)
def test_conv_block_without_pooling(student, reference, rng):
    """with pool=1 and without a bias, a block is convolution and ReLU"""
    x, w = rng.normal(size=(2, 3, 7, 10)), rng.normal(size=(5, 3, 3, 4))
    scale = largest_sum(reference, x, w)
    assert_close(student.conv_block(x, w), reference.conv_block(x, w), scale=scale)


@points(1)
def test_conv_block_with_everything(student, reference, rng):
    """every image, channel and filter counts, with padding, bias and pooling"""
    # Biases so low that some windows hold nothing but negative numbers.
    x, w, b = rng.normal(size=(2, 3, 8, 13)), rng.normal(size=(5, 3, 3, 4)), rng.normal(-6, size=5)
    scale = largest_sum(reference, x, w, b, 2, 3)
    assert_close(student.conv_block(x, w, b, padding=2, pool=3), reference.conv_block(x, w, b, padding=2, pool=3), scale=scale)


@points(0.25)
def test_conv_block_that_finds_nothing(student, reference, rng):
    """where the filter finds nothing the map is 0, and the bias is added before ReLU"""
    x, w, b = rng.uniform(1, 2, size=(1, 2, 10, 11)), -rng.uniform(1, 2, size=(3, 2, 2, 3)), np.array([-1.0, 2.0, 90.0])
    scale = largest_sum(reference, x, w, b, pool=2)
    assert_close(student.conv_block(x, w, b, pool=2), reference.conv_block(x, w, b, pool=2), scale=scale)


@gate
@points(0.5)
def test_feature_hierarchy_keeps_every_map(student, reference, rng):
    """the list holds the image first, then the maps after each block"""
    layers = [(TINY_FILTER, np.zeros(1), 0, 1), (np.array([[[[0.5, -1.0], [2.0, 1.0]]]]), np.zeros(1), 0, 1)]
    images = np.abs(tiny_image(rng))
    assert_maps_close(student.feature_hierarchy(images, layers), reference, images, layers)


@points(0.5)
def test_feature_hierarchy_reads_the_maps_of_the_block_before(student, reference, rng):
    """each block reads the maps of the block before, with its own filters, bias, padding and pool"""
    x = rng.normal(size=(2, 3, 18, 23))
    layers = [
        (rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4), 1, 2),
        (rng.normal(size=(6, 4, 2, 4)), rng.normal(size=6), 2, 1),
        (rng.normal(size=(5, 6, 3, 2)), rng.normal(size=5), 1, 3),
    ]
    assert_maps_close(student.feature_hierarchy(x, layers), reference, x, layers)


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
    for kernel in (1, 3, int(rng.integers(4, 1000))):
        assert_fields(student.receptive_field([(kernel, 1)]), reference, [(kernel, 1)])


@points(0.5)
def test_receptive_field_of_plain_convolutions(student, reference, rng):
    """without pooling, each convolution adds its kernel minus one"""
    layers = [(kernel, 1) for kernel in rng.permutation(np.arange(2, 9)).tolist()]
    assert_fields(student.receptive_field(layers), reference, layers)


@points(0.5)
def test_receptive_field_of_pooling(student, reference, rng):
    """a pooling window sees more, too, and widens every step after it"""
    layers = [(1, 2), (1, 3), (int(rng.integers(4, 1000)), 1)]
    assert_fields(student.receptive_field(layers), reference, layers)


@points(0.5)
def test_receptive_field_of_lenet(student, reference):
    """the last convolution of LeNet-5 sees all of its 32x32 image"""
    layers = [(5, 2), (5, 2), (5, 1)]
    assert_fields(student.receptive_field(layers), reference, layers)


@points(0.25)
def test_relu_kinds_of_numbers(student, reference, kinds_of_numbers):
    """whole numbers and bytes become floats, float32 and read-only arrays are fine"""
    for x in kinds_of_numbers(3, 4):
        assert_close(student.relu(x), reference.relu(x))


@points(0.25)
def test_relu_carries_nan(student, rng):
    """NaN stays NaN, infinity stays infinity, minus infinity becomes 0"""
    number = rng.uniform(1, 2)
    x = np.array([[np.nan, number, -number], [-np.inf, 0.0, np.inf]])
    assert_close(student.relu(x), np.array([[np.nan, number, 0.0], [0.0, 0.0, np.inf]]))


@points(0.25)
def test_conv_block_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """images of bytes and of whole numbers, filters and biases of whole numbers, float32 are fine; NaN shows in its windows"""
    (pixels, whole, single, fixed), w, b = kinds_of_numbers(2, 3, 6, 7), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    (_, whole_w, single_w, _), (_, whole_b, single_b, _) = kinds_of_numbers(4, 3, 3, 2), kinds_of_numbers(4)
    for used in ((pixels, w, b), (whole, w, b), (fixed, whole_w, whole_b), (single, single_w, single_b)):
        scale = largest_sum(reference, *(array.astype(float) for array in used), 1, 2)
        assert_close(student.conv_block(*used, 1, 2), reference.conv_block(*used, 1, 2), scale=scale)
    # Every window holds this pixel, so an answer by Fourier transform, which spreads it, is right too.
    x, w = rng.normal(size=(2, 1, 3, 3)), rng.normal(size=(2, 1, 2, 2))
    x[0, 0, 1, 1] = np.nan
    scale = largest_sum(reference, x[1:], w, pool=2)
    assert_close(student.conv_block(x, w, None, 0, 2), reference.conv_block(x, w, None, 0, 2), scale=scale)


@points(0.25)
def test_conv_block_of_narrow_kernels(student, reference, rng):
    """kernels of one number, of one row and of one column, one channel, one filter"""
    for image, filters in [((2, 3, 4, 5), (4, 3, 1, 1)), ((2, 3, 5, 4), (4, 3, 1, 2)), ((1, 1, 5, 6), (1, 1, 3, 1))]:
        x, w, b = rng.normal(size=image), rng.normal(size=filters), rng.normal(size=filters[0])
        scale = largest_sum(reference, x, w, b, 1, 2)
        assert_close(student.conv_block(x, w, b, 1, 2), reference.conv_block(x, w, b, 1, 2), scale=scale)


@points(0.25)
def test_conv_block_of_what_cannot_be(student, rng):
    """filters for other channels or larger than the image, negative padding, pooling by 0 or beyond the map: ValueError"""
    x, w = rng.normal(size=(1, 3, 5, 4)), rng.normal(size=(2, 3, 2, 2))
    assert_raises(ValueError, student.conv_block, x, rng.normal(size=(2, 2, 2, 2)))
    assert_raises(ValueError, student.conv_block, x, rng.normal(size=(2, 3, 2, 5)))
    assert_raises(ValueError, student.conv_block, x, w, None, -1, 1)
    assert_raises(ValueError, student.conv_block, x, w, None, 0, 0)
    assert_raises(ValueError, student.conv_block, x, w, None, 0, 4)


@points(0.25)
def test_feature_hierarchy_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """images of bytes, of whole numbers and of float32 go through, a single one too, and NaN stays in its image"""
    layers = [
        (rng.normal(size=(2, 1, 3, 2)), rng.normal(size=2), 1, 2),
        (rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3), 0, 1),
    ]
    pixels, whole, single, read_only = kinds_of_numbers(2, 1, 7, 8)
    for images in (pixels, whole, read_only[:1]):
        maps = student.feature_hierarchy(images, layers)
        # The images may come back as integers or as floats.
        if isinstance(maps, list) and maps and np.shape(maps[0]) == images.shape:
            maps = [np.asarray(maps[0], float), *maps[1:]]
        assert_maps_close(maps, reference, images.astype(float), layers)
    singles = [(w.astype(np.float32), b.astype(np.float32), padding, pool) for w, b, padding, pool in layers]
    assert_maps_close(student.feature_hierarchy(single, singles), reference, single, singles)
    # The filter sees the whole image, so it does not matter how the sums are taken.
    holes, w = rng.normal(size=(2, 1, 3, 4)), rng.normal(size=(2, 1, 3, 4))
    holes[1, 0, 2, 0] = np.nan
    maps = student.feature_hierarchy(holes, [(w, None, 0, 1)])
    assert len(maps) == 2, f"1 block makes a list of length 2, the images first; yours has length {len(maps)}."
    assert_close(maps[1], reference.conv_block(holes, w), scale=largest_sum(reference, holes[:1], w))


@points(0.25)
def test_receptive_field_of_what_cannot_be(student, rng):
    """a kernel or a pooling window of 0 raises ValueError"""
    kernel = int(rng.integers(2, 1000))
    assert_raises(ValueError, student.receptive_field, [(kernel, 1), (0, 1)])
    assert_raises(ValueError, student.receptive_field, [(kernel, 0)])
