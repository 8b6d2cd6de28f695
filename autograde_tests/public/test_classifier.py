"""Classifier: dense layers, probabilities, the network, and real handwriting."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


def network(rng, sizes):
    """Return random parameters for layers of the given shapes, large enough that every layer's ReLU has work to do."""
    params = {}
    for layer, shape in sizes.items():
        params[f"{layer}_w"] = rng.normal(size=shape) * 1.5 / np.sqrt(np.prod(shape[1:]))
        params[f"{layer}_b"] = rng.normal(size=shape[0]) * 0.5
    return params


# All sizes differ, and so do height and width.
SMALL = {"conv1": (2, 1, 3, 4), "conv2": (3, 2, 2, 3), "fc1": (7, 18), "fc2": (6, 7), "fc3": (5, 6)}


def small_network():
    """Return the parameters of a small network, the same for everybody: in some random ones a layer lets nothing through."""
    return network(np.random.default_rng(0), SMALL)


def logit_scale(reference, images, params):
    """Return the largest logit with absolute numbers throughout: rounding errors are measured by it."""
    return reference.lenet(np.abs(images), {name: np.abs(value) for name, value in params.items()}).max()


def assert_logits(student, reference, images, params):
    """Compare the logits of a whole network."""
    scale = logit_scale(reference, images, params)
    assert_close(student.lenet(images, params), reference.lenet(images, params), scale=scale)


@gate
@points(0.5)
def test_linear_of_two_units(student, rng, forgive_axes):
    """three numbers, two units: two dot products"""
    small, middle, large = np.cumsum(rng.integers(1, 9, size=3)).astype(float)
    x, w = np.array([[small, middle, large]]), np.array([[1.0, 10.0, 100.0], [0.0, 1.0, -1.0]])
    expected = np.array([[small + 10 * middle + 100 * large, middle - large]])
    assert_close(forgive_axes(student.linear(x, w, np.zeros(2)), expected), expected)


@points(0.25)
def test_linear_of_a_batch(student, reference, rng):
    """four images, five numbers each, three units"""
    x, w, b = rng.normal(size=(4, 5)), rng.normal(size=(3, 5)), rng.normal(size=3)
    assert_close(student.linear(x, w, b), reference.linear(x, w, b), scale=reference.linear(abs(x), abs(w), abs(b)).max())


@points(0.5)
def test_linear_refuses_what_does_not_fit(student, rng):
    """images of another length and a bias of another length raise ValueError"""
    assert_raises(ValueError, student.linear, rng.normal(size=(4, 5)), rng.normal(size=(3, 6)), np.zeros(3))
    assert_raises(ValueError, student.linear, rng.normal(size=(4, 5)), rng.normal(size=(3, 5)), np.zeros(1))


@gate
@points(0.5)
def test_softmax_of_one_row(student, rng):
    """logits whose exponentials are three small numbers, such as 1, 2 and 5"""
    exponentials = rng.permutation(np.arange(1.0, 10.0))[None, :3]
    # An error of a millionth, as from a small number in the divisor, does not close the gate; the next case asks for more.
    assert_close(student.softmax(np.log(exponentials)), exponentials / exponentials.sum(), scale=1e8)


@points(0.5)
def test_softmax_of_large_numbers(student, reference, rng):
    """rows near 1000, near -1000 and near 0 in one batch"""
    x = rng.normal(size=(3, 4)) + np.array([[1000.0], [-1000.0], [0.0]])
    assert_close(student.softmax(x), reference.softmax(x), scale=1000.0)


@points(0.5)
def test_softmax_along_other_axes(student, reference, rng):
    """each column sums to 1 with axis=0; without an axis, the last one is used"""
    x = rng.normal(size=(4, 3))
    assert_close(student.softmax(x, axis=0), reference.softmax(x, axis=0), scale=8.0)
    x = rng.normal(size=(2, 4, 3))
    assert_close(student.softmax(x), reference.softmax(x), scale=8.0)


@gate
@points(0.5)
def test_lenet_of_ones(student, reference, rng, forgive_axes):
    """a network whose weights are all 1, on one image: an image goes in, a row of logits comes out"""
    sizes = {"conv1": (1, 1, 3, 3), "conv2": (1, 1, 2, 2), "fc1": (2, 4), "fc2": (2, 2), "fc3": (3, 2)}
    params = {f"{layer}_w": np.ones(size) for layer, size in sizes.items()}
    params |= {f"{layer}_b": np.zeros(size[0]) for layer, size in sizes.items()}
    image = rng.random(size=(1, 1, 12, 12))
    expected = reference.lenet(image, params)
    assert_close(forgive_axes(student.lenet(image, params), expected), expected, scale=logit_scale(reference, image, params))


@points(1)
def test_lenet_of_random_weights(student, reference, rng):
    """all layers of different sizes, negative numbers everywhere, a batch of four"""
    assert_logits(student, reference, rng.normal(size=(4, 1, 12, 19)), small_network())


@points(0.5)
def test_lenet_of_each_image_by_itself(student, reference, rng):
    """an image gives the same logits alone as in a batch with a much brighter one"""
    params, images = small_network(), rng.normal(size=(3, 1, 12, 19))
    images[1] *= 40
    assert_logits(student, reference, images, params)
    assert_logits(student, reference, np.ascontiguousarray(images[:1]), params)


@points(1)
def test_lenet_with_trained_weights(student, reference, rng, digits, held_back, lenet_params):
    """two digits that it has never seen, through the real LeNet-5"""
    images = np.kron(digits[rng.permutation(held_back)[:2]], np.ones((4, 4)))
    assert_logits(student, reference, images, lenet_params)


@gate
@points(0.5)
def test_classify_three_digits(student, digits, digit_labels, held_back, lenet_params):
    """three digits that it has never seen are named correctly"""
    raw = (digits[held_back[:3], 0] * 16).astype(np.uint8)
    assert_close(student.classify(raw, lenet_params), digit_labels[held_back[:3]].astype(int))


@points(1)
def test_classify_as_the_reference_does(student, reference, rng, digits, digit_labels, held_back, lenet_params):
    """twenty digits get the same names as from the reference, and so do faint copies with a quarter of the ink"""
    raw = (digits[held_back, 0] * 16).astype(np.uint8)
    names = reference.classify(raw, lenet_params)
    misread = np.flatnonzero(names != digit_labels[held_back])
    chosen = np.concatenate([misread[:4], rng.permutation(len(names))])[:20]
    assert_close(student.classify(raw[chosen], lenet_params), names[chosen])
    faint = raw[chosen] // 4
    assert_close(student.classify(faint, lenet_params), reference.classify(faint, lenet_params))


@points(0.25)
def test_linear_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """bytes and whole numbers in images, weights and biases do not overflow, float32 is fine, and NaN stays in its row"""
    hole = rng.normal(size=(4, 5))
    hole[1, 3] = np.nan
    images, weights, biases = (*kinds_of_numbers(4, 5), hole), kinds_of_numbers(3, 5), kinds_of_numbers(3)
    floats = weights[3], biases[3]
    for x, w, b in [*zip(images[:4], weights, biases, strict=True), (images[0], *floats), (hole, *floats)]:
        wide = (np.nan_to_num(abs(array.astype(float))) for array in (x, w, b))
        assert_close(student.linear(x, w, b), reference.linear(x, w, b), scale=reference.linear(*wide).max())


@points(0.25)
def test_linear_of_one_each(student, reference, rng):
    """one image, one number or one unit: both axes stay"""
    for N, D, M in [(1, 4, 3), (2, 1, 3), (3, 2, 1)]:
        x, w, b = rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=M)
        assert_close(student.linear(x, w, b), reference.linear(x, w, b), scale=reference.linear(abs(x), abs(w), abs(b)).max())


@points(0.25)
def test_softmax_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """whole numbers and float32 are fine, a single number gets 1, and NaN makes its row NaN"""
    hole = rng.normal(size=(3, 4))
    hole[2, 1] = np.nan
    for x in (*kinds_of_numbers(3, 4)[1:], hole, rng.normal(size=(2, 1)), rng.normal(size=(1, 4))):
        assert_close(student.softmax(x), reference.softmax(x), scale=8.0)


@points(0.25)
def test_lenet_kinds_of_numbers(student, reference, kinds_of_numbers):
    """images of bytes and whole numbers, float32 throughout"""
    params, (pixels, whole, single, _) = small_network(), kinds_of_numbers(2, 1, 12, 19)
    for images in (pixels, whole):
        scale = logit_scale(reference, abs(images.astype(float)), params)
        assert_close(student.lenet(images, params), reference.lenet(images, params), scale=scale)
    assert_logits(student, reference, single, {name: value.astype(np.float32) for name, value in params.items()})


@points(0.25)
def test_lenet_of_what_cannot_be(student, rng):
    """images of another size and images with other channels raise ValueError"""
    params = small_network()
    assert_raises(ValueError, student.lenet, rng.normal(size=(2, 1, 16, 19)), params)
    assert_raises(ValueError, student.lenet, rng.normal(size=(2, 3, 12, 19)), params)


@points(0.25)
def test_classify_kinds_of_numbers(student, reference, rng, digits, held_back, lenet_params):
    """one digit gives an array of one name; int64 and floats are as good as uint8"""
    raw = (digits[rng.permutation(held_back)[:2], 0] * 16).astype(np.uint8)
    names = reference.classify(raw, lenet_params)
    assert_close(student.classify(np.ascontiguousarray(raw[:1]), lenet_params), names[:1])
    for images in (raw.astype(np.int64), raw.astype(np.float64), raw.astype(np.float32)):
        assert_close(student.classify(images, lenet_params), names)
