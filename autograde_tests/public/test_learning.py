"""Learning: the loss and its gradient, back through convolution and pooling, one step, and a network that learns to read."""

import numpy as np

from cnngrade import assert_close, gate, points, shaped_like


def assert_loss(answer, expected, scale=None):
    """Compare (loss, dlogits) part by part."""
    assert isinstance(answer, tuple | list), f"cross_entropy returns (loss, dlogits); yours is of type {type(answer).__name__}."
    assert len(answer) == 2, f"cross_entropy returns (loss, dlogits); yours has {len(answer)} parts."
    assert isinstance(answer[0], float | np.floating | np.ndarray), f"the loss is a float, not {type(answer[0]).__name__}."
    # A small number inside the logarithm (a millionth or less) does not show here; it shows where it does harm.
    assert_close(float(np.asarray(answer[0]).item()), float(expected[0]), scale=scale or max(1.0, abs(expected[0])), c=1e10)
    # The rounding error of a logit is the relative error of its exponential.
    assert_close(answer[1], expected[1], scale=scale or 1.0)


def losses(student, reference, asked, scale=None):
    """Ask for the losses of all logits and labels, and compare them."""
    answers = [student.cross_entropy(*each) for each in asked]
    for answer, each in zip(answers, asked, strict=True):
        assert_loss(answer, reference.cross_entropy(*each), scale=scale)


def is_empty(answer):
    """Say whether an answer is an array without numbers."""
    return isinstance(answer, np.ndarray) and not answer.size


def gradients(answer):
    """Return dx, dw, db, or say what came instead."""
    assert isinstance(answer, tuple | list), f"conv2d_backward returns (dx, dw, db), not {type(answer).__name__}."
    assert len(answer) == 3, f"conv2d_backward returns three gradients; yours has {len(answer)} parts."
    return answer


def assert_gradients(answer, expected, scales):
    """Compare dx, dw and, unless None is expected, db one by one, each under its name."""
    for name, mine, right, scale in zip(("dx", "dw", "db"), gradients(answer), expected, scales, strict=True):
        if right is None:
            continue
        try:
            assert_close(mine, right, scale=scale.max())
        except AssertionError as error:
            raise type(error)(f"{name}: {error}") from None


def gradients_and_scales(reference, dout, x, w, b, stride, padding):
    """Return the right gradients, and the sums of absolute products: rounding errors are measured by them."""
    absolute = reference.conv2d_backward(abs(dout), abs(x), abs(w), abs(b), stride, padding)
    return reference.conv2d_backward(dout, x, w, b, stride, padding), absolute


def assert_backward(student, reference, *asked, with_biases=False):
    """Ask for the gradients of all (dout, x, w, b, stride, padding), and compare them; db only where biases are asked for."""
    answers = [student.conv2d_backward(*each) for each in asked]
    for answer, each in zip(answers, asked, strict=True):
        (dx, dw, db), scales = gradients_and_scales(reference, *each)
        assert_gradients(answer, (dx, dw, db if with_biases else None), scales)


def some(rng, dout_shape, x_shape, w_shape):
    """Return a random dout, images, filters and biases."""
    return rng.normal(size=dout_shape), rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


def distinct(rng, shape):
    """Return different numbers in random order, half of them negative."""
    return rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2 + 0.25


def pooled_back(student, reference, asked):
    """Return the student's gradients of max pooling, the right ones, and by what their rounding is measured."""
    answers = [student.maxpool2d_backward(*each) for each in asked]
    scales = [np.abs(dout).max() * 4 for dout, *_ in asked]
    return zip(answers, [reference.maxpool2d_backward(*each) for each in asked], scales, strict=True)


def network(rng, filters, rows, columns, classes):
    """Return random parameters of a small network for images of that many rows and columns."""
    inputs = filters * (rows // 2) * (columns // 2)
    return {
        "conv_w": rng.normal(size=(filters, 1, 3, 3)) * 0.5,
        "conv_b": rng.normal(size=filters) * 0.1,
        "fc_w": rng.normal(size=(classes, inputs)) / inputs**0.5,
        "fc_b": rng.normal(size=classes) * 0.1,
    }


def without_ties(rng, images):
    """Return the images with a little noise.

    Where paper is blank, all numbers of a pooling window are equal. Which of them gets the gradient is asked for in a case of
    its own, of `maxpool2d_backward`; here no two are equal, so that a training does not depend on it.
    """
    return images + 0.02 * rng.random(size=images.shape)


def assert_parameters(answer, expected):
    """Compare the parameters of (params, losses). A training adds up its rounding errors, so there is more room."""
    assert isinstance(answer, tuple | list), f"train returns (params, losses), not {type(answer).__name__}."
    assert len(answer) == 2, f"train returns (params, losses); yours has {len(answer)} parts."
    params = answer[0]
    assert isinstance(params, dict), f"the trained parameters are a dict, not {type(params).__name__}."
    assert sorted(params) == sorted(expected[0]), f"the trained parameters are {sorted(expected[0])}, not {sorted(params)}."
    for name in ("fc_b", "fc_w", "conv_b", "conv_w"):
        try:
            assert_close(params[name], expected[0][name], scale=1.0, c=1e5)
        except AssertionError as error:
            raise type(error)(f"{name}: {error}") from None


def assert_trained(answer, expected):
    """Compare (params, losses)."""
    assert_parameters(answer, expected)
    losses = answer[1]
    assert isinstance(losses, list), f"the losses are a list of floats, one per epoch, not {type(losses).__name__}."
    assert len(losses) == len(expected[1]), f"there is one loss per epoch, {len(expected[1])} in all; you return {len(losses)}."
    assert_close(np.array(shaped_like(losses, expected[1]), float), np.array(expected[1]), scale=1.0, c=1e5)


def trained(student, reference, *asked):
    """Return (the student's answer, the right one) to each training; all are asked for before the first is compared."""
    return list(zip([student.train(*each) for each in asked], [reference.train(*each) for each in asked], strict=True))


@gate
@points(0.5)
def test_cross_entropy_of_one_row(student, rng):
    """one row of three logits, fairly sure and right, and one of four"""
    answers = []
    for size in (3, 4):
        sure = rng.uniform(4, 8)
        total = sure + size - 1
        gradient = np.full((1, size), 1 / total)
        gradient[0, 0] = sure / total - 1
        logits = np.log(np.array([[sure] + [1.0] * (size - 1)]))
        answers.append((student.cross_entropy(logits, np.array([0])), (-np.log(sure / total), gradient)))
    for answer, expected in answers:
        assert_loss(answer, expected)


@points(0.25)
def test_cross_entropy_of_a_batch(student, reference, rng):
    """random rows of logits: the loss is a mean over rows, and so is its gradient"""
    labels = [3, 0, 0, 2, 1], [1, 4, 2], [0, 2, 1, 2]
    losses(
        student,
        reference,
        [(rng.normal(size=(len(each), size)), np.array(each)) for each, size in zip(labels, (4, 6, 3), strict=True)],
    )


@points(0.5)
def test_cross_entropy_of_large_logits(student, reference, rng):
    """rows near 1000, near -1000 and near 0, and a label that got a probability of nearly nothing"""
    asked = []
    for labels, size in [([2, 0, 1, 1], 3), ([0, 3, 2, 1], 5)]:
        logits = rng.normal(size=(4, size)) + np.array([[1000.0], [-1000.0], [0.0], [0.0]])
        logits[3, :3] = [800.0, 0.0, -5.0]
        asked.append((logits, np.array(labels)))
    losses(student, reference, asked, scale=1000.0)


@points(0.25)
def test_cross_entropy_of_integers_and_float32(student, reference, rng):
    """logits that are whole numbers (int64); a single row in float32, whose label is a byte (uint8)"""
    whole, more, single = rng.integers(-1, 2, size=(3, 4)), rng.integers(-9, 9, size=(4, 3)), rng.normal(size=(1, 4))
    asked = [(whole, np.array([1, 3, 0])), (more, np.array([2, 0, 1, 1])), (single.astype(np.float32), np.array([2], np.uint8))]
    losses(student, reference, asked)


@points(0.25)
def test_cross_entropy_refuses_what_does_not_fit(student, rng, assert_all_raise):
    """too few labels, a label above M - 1 or below 0: each raises ValueError"""
    asked = [(3, 4, [0, 1]), (3, 4, [0, 4, 1]), (2, 5, [5, 0]), (3, 4, [0, -1, 1]), (4, 3, [-1, 2, 0, 1])]
    assert_all_raise(
        ValueError, student.cross_entropy, *((rng.normal(size=(N, M)), np.array(labels)) for N, M, labels in asked)
    )


@gate
@points(0.5)
def test_conv2d_backward_of_one_image(student, reference, rng):
    """one image of 4x4, one filter of 3x3, no padding: the gradients of image and filter; and of an image of 5x5"""
    plain, framed = [], []
    for side in (4, 5):
        x, w = rng.integers(0, 5, size=(1, 1, side, side)).astype(float), rng.integers(0, 5, size=(1, 1, 3, 3)).astype(float)
        for padding, asked in ((0, plain), (1, framed)):
            dout = rng.integers(0, 5, size=(1, 1, side + 2 * padding - 2, side + 2 * padding - 2)).astype(float)
            asked.append((dout, x, w, np.array([7.0]), 1, padding))
    answers = [student.conv2d_backward(*each) for each in plain]
    expected = [gradients_and_scales(reference, *each) for each in (*plain, *framed)]
    # 0:-0 cuts everything away, and has a case of its own; here such an answer may show what it does with a frame.
    if any(is_empty(gradients(answer)[0]) for answer in answers):
        answers, expected = [student.conv2d_backward(*each) for each in framed], expected[len(plain) :]
    for answer, ((dx, dw, _), scales) in zip(answers, expected, strict=False):
        assert_gradients(answer, (dx, dw, None), scales)


@points(0.5)
def test_conv2d_backward_of_a_batch(student, reference, rng):
    """images of a few channels, a few filters: dx adds up over filters, dw over images"""
    first, other = some(rng, (2, 5, 6, 6), (2, 3, 6, 6), (5, 3, 3, 3)), some(rng, (3, 3, 5, 5), (3, 2, 5, 5), (3, 2, 3, 3))
    assert_backward(student, reference, (*other, 1, 1), (*first, 1, 1))


@points(0.25)
def test_conv2d_backward_of_biases(student, reference, rng):
    """db is one number per filter, summed over images and places; without biases (b is None) it is None"""
    shapes = [((2, 5, 6, 6), (2, 3, 6, 6), (5, 3, 3, 3)), ((3, 2, 4, 4), (3, 2, 4, 4), (2, 2, 3, 3))]
    with_biases = [some(rng, *shape) for shape in shapes]
    answers = [gradients(student.conv2d_backward(*each, 1, 1))[2] for each in with_biases]
    nothing = [gradients(student.conv2d_backward(*each[:3], None, 1, 1))[2] for each in with_biases]
    for answer, each in zip(answers, with_biases, strict=True):
        assert_close(answer, reference.conv2d_backward(*each, 1, 1)[2], scale=np.abs(each[0]).sum())
    for none in nothing:
        assert none is None, f"without a bias it has no gradient: db is None, not {type(none).__name__}."


@points(0.25)
def test_conv2d_backward_without_padding(student, reference, rng):
    """padding 0: there is no frame to cut off"""
    first, other = some(rng, (2, 4, 4, 4), (2, 3, 6, 6), (4, 3, 3, 3)), some(rng, (3, 2, 4, 4), (3, 2, 5, 5), (2, 2, 2, 2))
    assert_backward(student, reference, (*first, 1, 0), (*other, 1, 0))


@points(0.25)
def test_conv2d_backward_of_other_shapes(student, reference, rng):
    """filters of 2x3 on images of 6x4 and of 3x2 on images of 4x5: no two sizes are equal"""
    tall, wide = some(rng, (2, 5, 7, 4), (2, 3, 6, 4), (5, 3, 2, 3)), some(rng, (1, 6, 6, 8), (1, 4, 4, 5), (6, 4, 3, 2))
    assert_backward(student, reference, (*tall, 1, 1), (*wide, 1, 2))


@points(0.5)
def test_conv2d_backward_with_stride(student, reference, rng):
    """strides of 3 and 2 that do not divide evenly: the last row and column have no gradient, and windows overlap"""
    first, other = some(rng, (2, 4, 3, 3), (2, 3, 10, 10), (4, 3, 4, 4)), some(rng, (3, 2, 3, 3), (3, 2, 8, 8), (2, 2, 3, 3))
    assert_backward(student, reference, (*first, 3, 1), (*other, 2, 0))


@points(0.25)
def test_conv2d_backward_of_integers_and_float32(student, reference, rng):
    """images of bytes (uint8) with whole-number filters and biases (int64); float32, read-only: all gradients are fractions"""
    asked = []
    for images, channels, filters, side in [(2, 1, 3, 4), (3, 2, 2, 5)]:
        dout = rng.normal(size=(images, filters, side, side))
        x = rng.integers(0, 256, size=(images, channels, side, side), dtype=np.uint8)
        w, b = rng.integers(-3, 4, size=(filters, channels, 3, 3)), rng.integers(-3, 4, size=filters)
        asked.append((dout, x, w, b, 1, 1))
    single = tuple(array.astype(np.float32) for array in asked[0][:4])
    for array in single:
        array.flags.writeable = False
    assert_backward(student, reference, *asked, (*single, 1, 1), with_biases=True)


@points(0.25)
def test_conv2d_backward_of_one_each(student, reference, rng):
    """one filter, of a single number; one filter as large as the image"""
    shapes = ((2, 1, 4, 5), (2, 3, 4, 5), (1, 3, 1, 1)), ((2, 1, 1, 1), (2, 3, 4, 5), (1, 3, 4, 5))
    assert_backward(student, reference, *((*some(rng, *shape), 1, 0) for shape in shapes))


@points(0.25)
def test_conv2d_backward_refuses_what_does_not_fit(student, rng, assert_all_raise):
    """a dout with a row too few, or of another stride: each raises ValueError"""
    dout, x, w, b = some(rng, (2, 3, 3, 3), (2, 2, 5, 5), (3, 2, 3, 3))
    other = some(rng, (1, 2, 5, 4), (1, 3, 4, 4), (2, 3, 3, 3))
    assert_all_raise(
        ValueError, student.conv2d_backward, (dout[:, :, :2], x, w, b, 2, 1), (dout, x, w, b, 1, 1), (*other, 1, 1)
    )


# Sides of maps and of the windows in them.
SQUARES = [(4, 2), (6, 3), (6, 2)]


@gate
@points(0.5)
def test_maxpool2d_backward_of_four_windows(student, reference, rng, assert_all_close):
    """each window's gradient goes to its largest number"""
    plain, framed = [], []
    for side, size in SQUARES:
        x = rng.permutation(np.arange(1.0, side**2 + 1)).reshape(1, 1, side, side)
        for padding, asked in ((0, plain), (1, framed)):
            places = (side + 2 * padding - size) // size + 1
            dout = rng.permutation(np.arange(1.0, 30.0))[: places**2].reshape(1, 1, places, places)
            asked.append((dout, x, size, size, padding))
    answers, expected = (
        [student.maxpool2d_backward(*each) for each in plain],
        [reference.maxpool2d_backward(*each) for each in plain],
    )
    in_frame = [reference.maxpool2d_backward(*each) for each in framed]
    # 0:-0 cuts everything away, and has a case of its own; here such an answer may show what it does with a frame.
    if any(is_empty(answer) for answer in answers):
        answers, expected = [student.maxpool2d_backward(*each) for each in framed], in_frame
    assert_all_close(zip(answers, expected, strict=True))


@points(0.5)
def test_maxpool2d_backward_where_windows_overlap(student, reference, rng, assert_all_close):
    """windows of 3 that move by 2, or by 1, share numbers: one that wins twice gets both gradients"""
    ways = [((3, 2, 4, 3), (3, 2, 6, 5), 3, 1), ((2, 3, 3, 4), (2, 3, 7, 10), 3, 2)]
    asked = [(rng.normal(size=dout), distinct(rng, x), size, stride, 0) for dout, x, size, stride in ways]
    assert_all_close(pooled_back(student, reference, asked))


@points(0.25)
def test_maxpool2d_backward_with_padding(student, reference, rng, assert_all_close):
    """negative numbers only: the frame wins no window and takes no gradient away"""
    ways = [((2, 2, 4, 3), (2, 2, 6, 4), 2, 2), ((3, 2, 3, 4), (3, 2, 5, 8), 3, 2)]
    asked = [(rng.normal(size=dout), distinct(rng, x) - 1000, size, stride, 1) for dout, x, size, stride in ways]
    assert_all_close(pooled_back(student, reference, asked))


@points(0.25)
def test_maxpool2d_backward_of_a_tie(student, rng, assert_all_close):
    """of equal numbers the first one in row order gets the gradient"""
    x, dx = np.array([[[[0.0, 4.0, 1.0, 1.0], [4.0, 4.0, 1.0, 1.0]]]]), np.zeros((1, 1, 2, 4))
    dx[0, 0, 0, 1], dx[0, 0, 0, 2] = left, right = rng.uniform(1, 9, size=2)
    tall, tall_dx = np.array([[[[2.0, 3.0], [3.0, 1.0], [5.0, 0.0], [5.0, 5.0]]]]), np.zeros((1, 1, 4, 2))
    tall_dx[0, 0, 0, 1], tall_dx[0, 0, 2, 0] = left, right
    assert_all_close(
        [
            (student.maxpool2d_backward(np.array([[[[left, right]]]]), x, 2, 2, 0), dx),
            (student.maxpool2d_backward(np.array([[[[left], [right]]]]), tall, 2, 2, 0), tall_dx),
        ]
    )


@points(0.25)
def test_maxpool2d_backward_of_integers_and_float32(student, reference, rng, assert_all_close):
    """maps of whole numbers (int64) and a dout of fractions; float32, and a single window over the whole map"""
    x, dout = rng.permutation(64).reshape(2, 2, 4, 4) - 32, 9 * rng.normal(size=(2, 2, 2, 2))
    other, other_dout = rng.permutation(72).reshape(1, 2, 6, 6), 9 * rng.normal(size=(1, 2, 3, 3))
    single = dout[:, :, :1, :1].astype(np.float32), x.astype(np.float32)
    assert_all_close(pooled_back(student, reference, [(dout, x, 2, 2, 0), (other_dout, other, 2, 2, 0), (*single, 4, 1, 0)]))


@points(0.25)
def test_maxpool2d_backward_refuses_what_does_not_fit(student, rng, assert_all_raise):
    """a dout with a column or a row too many raises ValueError"""
    shapes = [((1, 1, 2, 3), (1, 1, 4, 4)), ((2, 1, 3, 2), (2, 1, 4, 5))]
    asked = [(rng.normal(size=dout), distinct(rng, x), 2, 2, 0) for dout, x in shapes]
    assert_all_raise(ValueError, student.maxpool2d_backward, *asked)


@points(0.5)
def test_sgd_step_downhill(student, rng):
    """every parameter moves against its gradient, by the learning rate, in float64 or float32; with a rate of 0 none moves"""
    answers = []
    for rows, columns, size, lr in [(2, 3, 4, 0.25), (3, 2, 5, 0.125), (2, 3, 4, 0.0)]:
        params = {"w": rng.normal(size=(rows, columns)), "b": rng.normal(size=size).astype(np.float32)}
        grads = {name: rng.normal(size=value.shape).astype(value.dtype) for name, value in params.items()}
        right = {name: value - value.dtype.type(lr) * grads[name] for name, value in params.items()}
        answers.append((student.sgd_step(params, grads, lr), right))
    for answer, right in answers:
        assert isinstance(answer, dict), f"sgd_step returns a dict, not {type(answer).__name__}."
        assert sorted(answer) == ["b", "w"], f"the new parameters are named b and w, not {sorted(answer)}."
        for name, value in right.items():
            assert_close(answer[name], value, scale=5.0)


@points(0.25)
def test_sgd_step_refuses_what_does_not_fit(student, rng, assert_all_raise):
    """a parameter without a gradient, or a gradient without a parameter, raises ValueError"""
    two, one = {"a": rng.normal(size=3), "b": rng.normal(size=2)}, {"a": rng.normal(size=3)}
    more, other = {"a": rng.normal(size=4), "b": rng.normal(size=5)}, {"b": rng.normal(size=5)}
    assert_all_raise(ValueError, student.sgd_step, (two, one, 0.1), (one, two, 0.1), (more, other, 0.1))


@gate
@points(0.5)
def test_train_a_single_step(student, reference, rng):
    """a single image, a single step: the new parameters; of an image of 6x6 and of one of 8x8"""
    asked = []
    for side in (6, 8):
        params = network(rng, 2, side, side, 3)
        # One filter finds something everywhere, and the other nothing: there no gradient passes.
        params["conv_w"] = np.abs(params["conv_w"]) * np.array([1, -1])[:, None, None, None]
        asked.append((rng.random(size=(1, 1, side, side)), np.array([2]), params, 1, 0.5, 1, 1))
    for answer, expected in trained(student, reference, *asked):
        assert_parameters(answer, expected)


@points(0.5)
def test_train_two_epochs_in_batches(student, reference, rng):
    """two epochs, shuffled again for each, with a smaller last batch: parameters and losses; no epoch, for a single image"""
    images, labels, params = rng.random(size=(8, 1, 6, 6)), np.arange(8) % 5, network(rng, 3, 6, 6, 5)
    fewer = rng.random(size=(5, 1, 6, 6)), np.arange(5) % 3, network(rng, 2, 6, 6, 3), 2, 0.5, 2, 7
    asked = (images, labels, params, 2, 0.25, 3, 11), fewer, (images[:1], labels[:1], params, 0, 0.25, 3, 11)
    for answer, expected in trained(student, reference, *asked):
        assert_trained(answer, expected)


@points(0.25)
def test_train_on_images_that_are_not_square(student, reference, rng):
    """images of 10x4 and of 4x10 pixels, a few steps"""
    asked = []
    for N, rows, columns in [(4, 10, 4), (6, 4, 10)]:
        images, labels = rng.random(size=(N, 1, rows, columns)), np.arange(N) % 3
        asked.append((images, labels, network(rng, 2, rows, columns, 3), 1, 0.25, 2, 5))
    for answer, expected in trained(student, reference, *asked):
        assert_trained(answer, expected)


@points(0.25)
def test_train_learns_to_read(student, digits, digit_labels):
    """from three random filters to at least 95 % of the zeros, ones and twos that were held back"""
    rng = np.random.default_rng(0)
    chosen = rng.permutation(np.flatnonzero(digit_labels < 3))
    images, labels = without_ties(rng, digits[chosen]), digit_labels[chosen].astype(int)
    begin = network(np.random.default_rng(5), 3, 8, 8, 3)
    # Twice over two hundred digits is enough: the reference reads 99.7 % of the others. A training that loops over pixels in
    # Python needs a tenth of what a call may take.
    trained, _ = student.train(images[300:500], labels[300:500], begin, 2, 0.2, 4, 2)
    shaped_like(trained, begin)
    padded = np.pad(images[:300], ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    maps = np.einsum("ncijuv,kcuv->nkij", windows, trained["conv_w"]) + trained["conv_b"][:, None, None]
    pooled = np.maximum(maps, 0).reshape(300, 3, 4, 2, 4, 2).max(axis=(3, 5))
    read = (pooled.reshape(300, -1) @ trained["fc_w"].T + trained["fc_b"]).argmax(axis=1)
    share = float((read == labels[:300]).mean())
    assert share >= 0.95, f"Of 300 digits that it has never seen, the network reads {share:.1%}; at least 95 % is needed."


@points(1.5)
def test_train_within_its_budget(budget, digits, digit_labels):
    """one epoch on 96 digits, eight filters, batches of 48"""

    def digits_and_filters(rng):
        chosen = rng.permutation(len(digits))[:96]
        images, labels = without_ties(rng, digits[chosen]), digit_labels[chosen].astype(int)
        return images, labels, network(rng, 8, 8, 8, 10), 1, 0.1, 48, 4

    def one_batch(rng, N, H, W, K):
        return rng.normal(size=(N, 1, H, W)), np.arange(N) % 3, network(rng, K, H, W, 3), 1, 0.1, N, 4

    budget("train", digits_and_filters, one_batch, N=1, H=4, W=4, K=1)
