"""Classifier: dense layers, probabilities, the network, and real handwriting."""

import numpy as np

from cnngrade import gate, points


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


def logits(student, reference, images, params):
    """Return the student's logits of a whole network, the right ones, and by what their rounding is measured."""
    return student.lenet(images, params), reference.lenet(images, params), logit_scale(reference, images, params)


def answered(student, reference, x, w, b):
    """Return what the student's linear answers, what is right, and the largest sum of absolute products."""
    wide = (np.nan_to_num(abs(array.astype(float))) for array in (x, w, b))
    return student.linear(x, w, b), reference.linear(x, w, b), reference.linear(*wide).max()


@gate
@points(0.5)
def test_linear_of_two_units(student, reference, rng, forgive_axes, assert_all_close):
    """three numbers, two units: two dot products; and four numbers, three units"""
    small, middle, large = np.cumsum(rng.integers(1, 9, size=3)).astype(float)
    two = np.array([[small, middle, large]]), np.array([[1.0, 10.0, 100.0], [0.0, 1.0, -1.0]]), np.zeros(2)
    weights = np.array([[1.0, 0.0, 2.0, 10.0], [100.0, 1.0, 0.0, -1.0], [0.0, 10.0, 1.0, 3.0]])
    three = np.array([[large, small, middle, 7.5]]), weights, np.zeros(3)
    answers, expected = [student.linear(*asked) for asked in (two, three)], [reference.linear(*asked) for asked in (two, three)]
    assert_all_close([(forgive_axes(mine, right), right) for mine, right in zip(answers, expected, strict=True)])


@points(0.25)
def test_linear_of_a_batch(student, reference, rng, assert_all_close):
    """images, numbers and units in other numbers, and as many units as numbers, or as images"""
    sizes = [(4, 3, 3), (2, 4, 4), (3, 5, 3), (4, 2, 4), (4, 5, 3)]
    asked = [(rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=M)) for N, D, M in sizes]
    assert_all_close([answered(student, reference, *each) for each in asked])


@points(0.5)
def test_linear_refuses_what_does_not_fit(student, rng, assert_all_raise):
    """images of another length and a bias of another length raise ValueError"""
    sizes = [((4, 5), (3, 6), 3), ((4, 5), (3, 5), 1), ((3, 4), (5, 6), 5), ((2, 6), (4, 6), 1)]
    assert_all_raise(
        ValueError, student.linear, *((rng.normal(size=x), rng.normal(size=w), rng.normal(size=b)) for x, w, b in sizes)
    )


@gate
@points(0.5)
def test_softmax_of_one_row(student, rng, assert_all_close):
    """logits whose exponentials are a few small numbers, such as 1, 2 and 5"""
    rows = [rng.permutation(np.arange(1.0, 10.0))[None, :size] for size in (3, 4)]
    # An error of a millionth, as from a small number in the divisor, does not close the gate; the next case asks for more.
    assert_all_close([(student.softmax(np.log(row)), row / row.sum(), 1e8) for row in rows])


@points(0.5)
def test_softmax_of_large_numbers(student, reference, rng, assert_all_close):
    """rows near 1000, near -1000 and near 0 in one batch"""
    batches = [rng.normal(size=(3, size)) + np.array([[1000.0], [-1000.0], [0.0]]) for size in (4, 6)]
    assert_all_close([(student.softmax(x), reference.softmax(x), 1000.0) for x in batches])


@points(0.5)
def test_softmax_along_other_axes(student, reference, rng, assert_all_close):
    """each column sums to 1 with axis=0; with axis=1 it is the middle one of three; without an axis, the last one is used"""
    columns, tall, deep, deeper = (rng.normal(size=shape) for shape in [(4, 3), (5, 2), (2, 4, 3), (3, 2, 5)])
    answers = [(student.softmax(x, axis=0), reference.softmax(x, axis=0), 8.0) for x in (columns, tall, deeper)]
    answers += [(student.softmax(x), reference.softmax(x), 8.0) for x in (deep, deeper)]
    assert_all_close([*answers, (student.softmax(deep, axis=1), reference.softmax(deep, axis=1), 8.0)])


@gate
@points(0.5)
def test_lenet_of_ones(student, reference, rng, forgive_axes, assert_all_close):
    """two networks of the simplest weights, on one image each: an image goes in, a row of logits comes out"""
    answers = []
    for maps, units, classes, side in [(1, 2, 3, 12), (2, 3, 4, 14)]:
        sizes = {"conv1": (maps, 1, 3, 3), "conv2": (1, maps, 2, 2), "fc1": (units, 4), "fc2": (2, units), "fc3": (classes, 2)}
        # All units of a layer would say the same; the last one tells its numbers apart.
        params = {f"{layer}_w": np.ones(size) for layer, size in sizes.items()}
        params["fc3_w"] *= np.arange(1.0, classes + 1)[:, None]
        params |= {f"{layer}_b": np.zeros(size[0]) for layer, size in sizes.items()}
        answers.append(logits(student, reference, rng.random(size=(1, 1, side, side)), params))
    assert_all_close([(forgive_axes(mine, right), right, scale) for mine, right, scale in answers])


@points(1)
def test_lenet_of_random_weights(student, reference, rng, assert_all_close):
    """all layers of different sizes, negative numbers everywhere, a batch of four, and one of two"""
    assert_all_close([logits(student, reference, rng.normal(size=(N, 1, 12, 19)), small_network()) for N in (4, 2)])


@points(0.5)
def test_lenet_of_each_image_by_itself(student, reference, rng, assert_all_close):
    """an image gives the same logits alone as in a batch with a much brighter one"""
    params, images = small_network(), rng.normal(size=(3, 1, 12, 19))
    images[1] *= 40
    batches = (images, np.ascontiguousarray(images[:2]), np.ascontiguousarray(images[:1]))
    assert_all_close([logits(student, reference, batch, params) for batch in batches])


@points(1)
def test_lenet_with_trained_weights(student, reference, rng, digits, held_back, lenet_params, assert_all_close):
    """two digits that it has never seen, through the real LeNet-5"""
    images = np.kron(digits[rng.permutation(held_back)[:2]], np.ones((4, 4)))
    assert_all_close([logits(student, reference, images, lenet_params)])


@gate
@points(0.5)
def test_classify_three_digits(student, digits, digit_labels, held_back, lenet_params, assert_all_close):
    """three digits that it has never seen are named correctly, and eight others"""
    raw, names = (digits[held_back, 0] * 16).astype(np.uint8), digit_labels[held_back].astype(int)
    chosen = [slice(3), slice(3, 11)]
    assert_all_close([(student.classify(raw[part], lenet_params), names[part]) for part in chosen])


@points(1)
def test_classify_as_the_reference_does(
    student, reference, rng, digits, digit_labels, held_back, lenet_params, assert_all_close
):
    """twenty digits get the same names as from the reference, and so do faint copies with a quarter of the ink"""
    raw = (digits[held_back, 0] * 16).astype(np.uint8)
    names = reference.classify(raw, lenet_params)
    misread = np.flatnonzero(names != digit_labels[held_back])
    chosen = np.concatenate([misread[:4], rng.permutation(len(names))])[:20]
    faint = raw[chosen] // 4
    batches = [raw[chosen], raw[chosen[:9]], faint, np.ascontiguousarray(faint[5:])]
    assert_all_close([(student.classify(images, lenet_params), reference.classify(images, lenet_params)) for images in batches])


@points(0.25)
def test_linear_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """bytes and whole numbers in images, weights and biases do not overflow, float32 is fine, and NaN stays in its row"""
    asked = []
    for N, D, M in [(4, 5, 3), (2, 6, 4)]:
        hole = rng.normal(size=(N, D))
        hole[1, 3] = np.nan
        images, weights, biases = kinds_of_numbers(N, D), kinds_of_numbers(M, D), kinds_of_numbers(M)
        floats = weights[3], biases[3]
        asked += [*zip(images, weights, biases, strict=True), (images[0], *floats), (hole, *floats)]
    assert_all_close([answered(student, reference, *each) for each in asked])


@points(0.25)
def test_linear_of_one_each(student, reference, rng, assert_all_close):
    """one image, one number or one unit: both axes stay"""
    sizes = [(1, 4, 3), (1, 3, 5), (2, 1, 3), (3, 2, 1)]
    asked = [(rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=M)) for N, D, M in sizes]
    assert_all_close([answered(student, reference, *each) for each in asked])


@points(0.25)
def test_softmax_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """whole numbers and float32 are fine, a single number gets 1, and NaN makes its row NaN"""
    hole, other = rng.normal(size=(3, 4)), rng.normal(size=(2, 5))
    hole[2, 1] = other[0, 4] = np.nan
    kinds = (*kinds_of_numbers(3, 4)[1:], hole, other, rng.normal(size=(2, 1)), rng.normal(size=(1, 4)))
    assert_all_close([(student.softmax(x), reference.softmax(x), 8.0) for x in kinds])


@points(0.25)
def test_lenet_kinds_of_numbers(student, reference, kinds_of_numbers, assert_all_close):
    """images of bytes and whole numbers, float32 throughout"""
    params, (pixels, whole, single, _) = small_network(), kinds_of_numbers(2, 1, 12, 19)
    answers = []
    for images in (pixels, whole, kinds_of_numbers(1, 1, 12, 19)[0]):
        scale = logit_scale(reference, abs(images.astype(float)), params)
        answers.append((student.lenet(images, params), reference.lenet(images, params), scale))
    answers.append(logits(student, reference, single, {name: value.astype(np.float32) for name, value in params.items()}))
    assert_all_close(answers)


@points(0.25)
def test_lenet_of_what_cannot_be(student, rng, assert_all_raise):
    """images of another size and images with other channels raise ValueError"""
    params = small_network()
    images = [rng.normal(size=shape) for shape in [(2, 1, 16, 19), (2, 3, 12, 19), (3, 2, 12, 19)]]
    assert_all_raise(ValueError, student.lenet, *((batch, params) for batch in images))


@points(0.25)
def test_classify_kinds_of_numbers(student, reference, rng, digits, held_back, lenet_params, assert_all_close):
    """one digit gives an array of one name; int64 and floats are as good as uint8"""
    raw = (digits[rng.permutation(held_back)[:9], 0] * 16).astype(np.uint8)
    names = reference.classify(raw, lenet_params)
    answers = [(student.classify(np.ascontiguousarray(raw[:1]), lenet_params), names[:1])]
    for images in (raw.astype(np.int64), raw[:6].astype(np.float64), raw[:4].astype(np.float32)):
        answers.append((student.classify(images, lenet_params), names[: len(images)]))
    assert_all_close(answers)
