"""What only the instructor sees of the unit `hierarchy`."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


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


@points(0.25)
def test_relu_of_other_types(student, reference, rng):
    """float32 stays float32, integers become float64"""
    for x in (rng.normal(size=(3, 4)).astype(np.float32), rng.integers(-9, 9, size=(3, 5)), np.arange(256).astype(np.uint8)):
        assert_close(student.relu(x), reference.relu(x))


@points(0.25)
def test_relu_of_nan_and_infinity(student, reference):
    """NaN stays NaN, infinity stays, minus infinity becomes 0"""
    x = np.array([np.nan, np.inf, -np.inf, 2.5, -3.0, -0.25])
    assert_close(student.relu(x), reference.relu(x))


@points(0.25)
def test_conv_block_of_other_types(student, reference, rng):
    """uint8 images count with their full range, float32 arrays are fine, inputs may be read-only"""
    pixels, w, b = rng.integers(0, 256, size=(2, 3, 8, 9)).astype(np.uint8), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    pixels.flags.writeable = w.flags.writeable = False
    scale = largest_sum(reference, pixels, w, b, 1, 2)
    assert_close(student.conv_block(pixels, w, b, 1, 2), reference.conv_block(pixels, w, b, 1, 2), scale=scale)
    x, w, b = (a.astype(np.float32) for a in (pixels / 16 - 8, w, b))
    scale = largest_sum(reference, x, w, b, 0, 2)
    assert_close(student.conv_block(x, w, b, 0, 2), reference.conv_block(x, w, b, 0, 2), scale=scale)


@points(0.25)
def test_conv_block_of_rare_shapes(student, reference, rng):
    """windows that do not fit evenly, kernels of one pixel or of the whole image, one channel, one filter"""
    for image, filters, padding, pool in [
        ((2, 4, 9, 11), (3, 4, 1, 1), 0, 4),
        ((1, 2, 3, 5), (4, 2, 3, 5), 0, 1),
        ((3, 1, 6, 8), (1, 1, 2, 2), 3, 2),
        ((1, 2, 4, 6), (2, 2, 3, 2), 1, 4),
        ((1, 1, 2, 3), (2, 1, 4, 5), 1, 1),
    ]:
        x, w, b = rng.normal(size=image), rng.normal(size=filters), rng.normal(size=filters[0])
        scale = largest_sum(reference, x, w, b, padding, pool)
        assert_close(student.conv_block(x, w, b, padding, pool), reference.conv_block(x, w, b, padding, pool), scale=scale)


@points(0.25)
def test_conv_block_with_bad_arguments(student):
    """arguments that do not fit raise ValueError"""
    x, w = np.ones((1, 2, 5, 6)), np.ones((3, 2, 2, 2))
    assert_raises(ValueError, student.conv_block, x, np.ones((3, 1, 2, 2)))
    assert_raises(ValueError, student.conv_block, x, np.ones((3, 2, 6, 2)))
    assert_raises(ValueError, student.conv_block, x, w, None, -1, 1)
    assert_raises(ValueError, student.conv_block, x, w, None, 0, 0)
    assert_raises(ValueError, student.conv_block, x, w, None, 0, 5)


@points(0.5)
def test_feature_hierarchy_of_other_lengths(student, reference, rng):
    """no layer, one layer, and four layers, some of them without a bias"""
    x, w = rng.normal(size=(2, 3, 9, 8)), [rng.normal(size=(3, 3, 2, 2)) for _ in range(4)]
    b = rng.normal(size=3)
    four = [(w[0], None, 1, 1), (w[1], b, 2, 2), (w[2], None, 0, 1), (w[3], -b, 1, 2)]
    for layers in ([], [(w[0], b, 0, 2)], four):
        assert_maps_close(student.feature_hierarchy(x, layers), reference, x, layers)


@points(0.25)
def test_feature_hierarchy_of_other_types(student, reference, rng):
    """uint8 images and float32 images go through, and each image of a batch on its own"""
    pixels = rng.integers(0, 256, size=(3, 1, 10, 12)).astype(np.uint8)
    # Images of very different brightness: scaling them by the batch changes the dim ones most.
    pixels[0] //= 64
    first = (rng.normal(size=(2, 1, 3, 3)), rng.normal(size=2), 1, 2)
    second = (rng.normal(size=(4, 2, 3, 2)), rng.normal(size=4), 0, 2)
    layers = [first, second]
    maps = student.feature_hierarchy(pixels, layers)
    # The images may come back as integers or as floats.
    if isinstance(maps, list) and maps and np.shape(maps[0]) == pixels.shape:
        maps = [np.asarray(maps[0], float), *maps[1:]]
    assert_maps_close(maps, reference, pixels.astype(float), layers)

    x, layers = pixels.astype(np.float32), [(w.astype(np.float32), b.astype(np.float32), p, s) for w, b, p, s in layers]
    assert_maps_close(student.feature_hierarchy(x, layers), reference, x, layers)


@points(0.5)
def test_receptive_field_of_deep_networks(student, reference):
    """VGG-16's last pooling sees 212 pixels; no layer leaves the image alone; kernels and windows may differ"""
    vgg = [(3, 1), (3, 2)] * 2 + [(3, 1), (3, 1), (3, 2)] * 3
    for layers in (vgg, [], [(7, 3), (1, 1), (2, 4), (5, 2), (3, 1)]):
        assert_fields(student.receptive_field(layers), reference, layers)


@points(0.25)
def test_receptive_field_with_bad_arguments(student):
    """kernels and windows below 1 raise ValueError"""
    assert_raises(ValueError, student.receptive_field, [(0, 2)])
    assert_raises(ValueError, student.receptive_field, [(3, 2), (3, 0)])
