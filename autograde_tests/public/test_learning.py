"""Learning: the loss and its gradient, back through convolution and pooling, one step, and a network that learns to read."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points, shaped_like


def assert_loss(answer, expected, scale=None):
    """Compare (loss, dlogits) part by part."""
    assert isinstance(answer, tuple | list), f"cross_entropy returns (loss, dlogits); yours is of type {type(answer).__name__}."
    assert len(answer) == 2, f"cross_entropy returns (loss, dlogits); yours has {len(answer)} parts."
    assert isinstance(answer[0], float | np.floating | np.ndarray), f"the loss is a float, not {type(answer[0]).__name__}."
    # A small number inside the logarithm (a millionth or less) does not show here; it shows where it does harm.
    assert_close(float(np.asarray(answer[0]).item()), float(expected[0]), scale=scale or max(1.0, abs(expected[0])), c=1e10)
    # The rounding error of a logit is the relative error of its exponential.
    assert_close(answer[1], expected[1], scale=scale or 1.0)


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


def some(rng, dout_shape, x_shape, w_shape):
    """Return a random dout, images, filters and biases."""
    return rng.normal(size=dout_shape), rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


def distinct(rng, shape):
    """Return different numbers in random order, half of them negative."""
    return rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2 + 0.25


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


@gate
@points(0.5)
def test_cross_entropy_of_one_row(student, rng):
    """one row of three logits, fairly sure and right"""
    sure = rng.uniform(4, 8)
    logits = np.log(np.array([[sure, 1.0, 1.0]]))
    gradient = np.array([[sure / (sure + 2) - 1, 1 / (sure + 2), 1 / (sure + 2)]])
    assert_loss(student.cross_entropy(logits, np.array([0])), (-np.log(sure / (sure + 2)), gradient))


@points(0.25)
def test_cross_entropy_of_a_batch(student, reference, rng):
    """five random rows of four logits: the loss is a mean over rows, and so is its gradient"""
    logits, labels = rng.normal(size=(5, 4)), np.array([3, 0, 0, 2, 1])
    assert_loss(student.cross_entropy(logits, labels), reference.cross_entropy(logits, labels))


@points(0.5)
def test_cross_entropy_of_large_logits(student, reference, rng):
    """rows near 1000, near -1000 and near 0, and a label that got a probability of nearly nothing"""
    logits = rng.normal(size=(4, 3)) + np.array([[1000.0], [-1000.0], [0.0], [0.0]])
    logits[3] = [800.0, 0.0, -5.0]
    labels = np.array([2, 0, 1, 1])
    assert_loss(student.cross_entropy(logits, labels), reference.cross_entropy(logits, labels), scale=1000.0)


@points(0.25)
def test_cross_entropy_of_integers_and_float32(student, reference, rng):
    """logits that are whole numbers (int64); a single row in float32, whose label is a byte (uint8)"""
    whole, single = rng.integers(-1, 2, size=(3, 4)), rng.normal(size=(1, 4)).astype(np.float32)
    for logits, labels in ((whole, np.array([1, 3, 0])), (single, np.array([2], np.uint8))):
        assert_loss(student.cross_entropy(logits, labels), reference.cross_entropy(logits, labels))


@points(0.25)
def test_cross_entropy_refuses_what_does_not_fit(student, rng):
    """too few labels, a label above M - 1 or below 0: each raises ValueError"""
    for labels in ([0, 1], [0, 4, 1], [0, -1, 1]):
        assert_raises(ValueError, student.cross_entropy, rng.normal(size=(3, 4)), np.array(labels))


@gate("padding")
@points(0.5)
def test_conv2d_backward_of_one_image(student, reference, rng):
    """one image of 3x3, one filter of 3x3, padding 1: the gradients of image and filter"""
    dout, x, w = rng.integers(0, 5, size=(3, 1, 1, 3, 3)).astype(float)
    b = np.array([7.0])
    (dx, dw, _), scales = gradients_and_scales(reference, dout, x, w, b, 1, 1)
    assert_gradients(student.conv2d_backward(dout, x, w, b, 1, 1), (dx, dw, None), scales)


@points(0.5)
def test_conv2d_backward_of_a_batch(student, reference, rng):
    """two images of three channels, five filters: dx adds up over filters, dw over images"""
    arguments = some(rng, (2, 5, 6, 6), (2, 3, 6, 6), (5, 3, 3, 3))
    (dx, dw, _), scales = gradients_and_scales(reference, *arguments, 1, 1)
    assert_gradients(student.conv2d_backward(*arguments, 1, 1), (dx, dw, None), scales)


@points(0.25)
def test_conv2d_backward_of_biases(student, reference, rng):
    """db is one number per filter, summed over images and places; without biases (b is None) it is None"""
    dout, x, w, b = some(rng, (2, 5, 6, 6), (2, 3, 6, 6), (5, 3, 3, 3))
    db = reference.conv2d_backward(dout, x, w, b, 1, 1)[2]
    assert_close(gradients(student.conv2d_backward(dout, x, w, b, 1, 1))[2], db, scale=np.abs(dout).sum())
    none = gradients(student.conv2d_backward(dout, x, w, None, 1, 1))[2]
    assert none is None, f"without a bias it has no gradient: db is None, not {type(none).__name__}."


@points(0.25)
def test_conv2d_backward_without_padding(student, reference, rng):
    """padding 0: there is no frame to cut off"""
    arguments = some(rng, (2, 4, 4, 4), (2, 3, 6, 6), (4, 3, 3, 3))
    (dx, dw, _), scales = gradients_and_scales(reference, *arguments, 1, 0)
    assert_gradients(student.conv2d_backward(*arguments, 1, 0), (dx, dw, None), scales)


@points(0.25)
def test_conv2d_backward_of_other_shapes(student, reference, rng):
    """filters of 3x2 on images of 4x5, padding 2: no two sizes are equal"""
    arguments = some(rng, (1, 6, 6, 8), (1, 4, 4, 5), (6, 4, 3, 2))
    (dx, dw, _), scales = gradients_and_scales(reference, *arguments, 1, 2)
    assert_gradients(student.conv2d_backward(*arguments, 1, 2), (dx, dw, None), scales)


@points(0.5)
def test_conv2d_backward_with_stride(student, reference, rng):
    """a stride of 3 that does not divide evenly: the last row and column have no gradient, and windows of 4x4 overlap"""
    arguments = some(rng, (2, 4, 3, 3), (2, 3, 10, 10), (4, 3, 4, 4))
    (dx, dw, _), scales = gradients_and_scales(reference, *arguments, 3, 1)
    assert_gradients(student.conv2d_backward(*arguments, 3, 1), (dx, dw, None), scales)


@points(0.25)
def test_conv2d_backward_of_integers_and_float32(student, reference, rng):
    """images of bytes (uint8) with whole-number filters and biases (int64); float32, read-only: all gradients are fractions"""
    dout, x = rng.normal(size=(2, 3, 4, 4)), rng.integers(0, 256, size=(2, 1, 4, 4), dtype=np.uint8)
    w, b = rng.integers(-3, 4, size=(3, 1, 3, 3)), rng.integers(-3, 4, size=3)
    single = tuple(array.astype(np.float32) for array in (dout, x, w, b))
    for array in single:
        array.flags.writeable = False
    for arguments in ((dout, x, w, b), single):
        expected, scales = gradients_and_scales(reference, *arguments, 1, 1)
        assert_gradients(student.conv2d_backward(*arguments, 1, 1), expected, scales)


@points(0.25)
def test_conv2d_backward_of_one_each(student, reference, rng):
    """one filter, of a single number; one filter as large as the image"""
    for shapes in (((2, 1, 4, 5), (2, 3, 4, 5), (1, 3, 1, 1)), ((2, 1, 1, 1), (2, 3, 4, 5), (1, 3, 4, 5))):
        arguments = some(rng, *shapes)
        (dx, dw, _), scales = gradients_and_scales(reference, *arguments, 1, 0)
        assert_gradients(student.conv2d_backward(*arguments, 1, 0), (dx, dw, None), scales)


@points(0.25)
def test_conv2d_backward_refuses_what_does_not_fit(student, rng):
    """a dout with a row too few, or of another stride: each raises ValueError"""
    dout, x, w, b = some(rng, (2, 3, 3, 3), (2, 2, 5, 5), (3, 2, 3, 3))
    assert_raises(ValueError, student.conv2d_backward, dout[:, :, :2], x, w, b, 2, 1)
    assert_raises(ValueError, student.conv2d_backward, dout, x, w, b, 1, 1)


@gate
@points(0.5)
def test_maxpool2d_backward_of_four_windows(student, rng):
    """each window's gradient goes to its largest number"""
    tens = np.array([[[[1.0, 3.0, 2.0, 0.0], [2.0, 0.0, 1.0, 1.5], [0.0, -1.0, 5.0, 6.0], [-2.0, 9.0, 7.0, 8.0]]]])
    x = 10 * tens + rng.integers(5, size=tens.shape)
    dout, dx = rng.permutation(np.arange(1.0, 10.0))[:4].reshape(1, 1, 2, 2), np.zeros((1, 1, 4, 4))
    (dx[0, 0, 0, 1], dx[0, 0, 0, 2]), (dx[0, 0, 3, 1], dx[0, 0, 3, 3]) = dout[0, 0]
    assert_close(student.maxpool2d_backward(dout, x, 2, 2, 0), dx)


@points(0.5)
def test_maxpool2d_backward_where_windows_overlap(student, reference, rng):
    """windows of 3 that move by 2 share numbers: one that wins twice gets both gradients"""
    x, dout = distinct(rng, (2, 3, 7, 10)), rng.normal(size=(2, 3, 3, 4))
    scale = np.abs(dout).max() * 4
    assert_close(student.maxpool2d_backward(dout, x, 3, 2, 0), reference.maxpool2d_backward(dout, x, 3, 2, 0), scale=scale)


@points(0.25)
def test_maxpool2d_backward_with_padding(student, reference, rng):
    """negative numbers only: the frame wins no window and takes no gradient away"""
    x, dout = distinct(rng, (3, 2, 5, 8)) - 1000, rng.normal(size=(3, 2, 3, 4))
    scale = np.abs(dout).max() * 4
    assert_close(student.maxpool2d_backward(dout, x, 3, 2, 1), reference.maxpool2d_backward(dout, x, 3, 2, 1), scale=scale)


@points(0.25)
def test_maxpool2d_backward_of_a_tie(student, rng):
    """of equal numbers the first one in row order gets the gradient"""
    x = np.array([[[[0.0, 4.0, 1.0, 1.0], [4.0, 4.0, 1.0, 1.0]]]])
    dx = np.zeros((1, 1, 2, 4))
    dx[0, 0, 0, 1], dx[0, 0, 0, 2] = left, right = rng.uniform(1, 9, size=2)
    assert_close(student.maxpool2d_backward(np.array([[[[left, right]]]]), x, 2, 2, 0), dx)


@points(0.25)
def test_maxpool2d_backward_of_integers_and_float32(student, reference, rng):
    """maps of whole numbers (int64) and a dout of fractions; float32, and a single window over the whole map"""
    x, dout = rng.permutation(64).reshape(2, 2, 4, 4) - 32, rng.normal(size=(2, 2, 2, 2))
    single = dout[:, :, :1, :1].astype(np.float32), x.astype(np.float32)
    for arguments in ((dout, x, 2, 2, 0), (*single, 4, 1, 0)):
        assert_close(student.maxpool2d_backward(*arguments), reference.maxpool2d_backward(*arguments))


@points(0.25)
def test_maxpool2d_backward_refuses_what_does_not_fit(student, rng):
    """a dout with a column too many raises ValueError"""
    dout, x = rng.normal(size=(1, 1, 2, 3)), rng.normal(size=(1, 1, 4, 4))
    assert_raises(ValueError, student.maxpool2d_backward, dout, x, 2, 2, 0)


@points(0.5)
def test_sgd_step_downhill(student, rng):
    """every parameter moves against its gradient, by the learning rate, in float64 or float32; with a rate of 0 none moves"""
    params = {"w": rng.normal(size=(2, 3)), "b": rng.normal(size=4).astype(np.float32)}
    grads = {name: rng.normal(size=value.shape).astype(value.dtype) for name, value in params.items()}
    for lr in (0.25, 0.0):
        answer = student.sgd_step(params, grads, lr)
        assert isinstance(answer, dict), f"sgd_step returns a dict, not {type(answer).__name__}."
        assert sorted(answer) == ["b", "w"], f"the new parameters are named b and w, not {sorted(answer)}."
        for name, value in params.items():
            assert_close(answer[name], value - value.dtype.type(lr) * grads[name], scale=5.0)


@points(0.25)
def test_sgd_step_refuses_what_does_not_fit(student, rng):
    """a parameter without a gradient, or a gradient without a parameter, raises ValueError"""
    two, one = {"a": rng.normal(size=3), "b": rng.normal(size=2)}, {"a": rng.normal(size=3)}
    assert_raises(ValueError, student.sgd_step, two, one, 0.1)
    assert_raises(ValueError, student.sgd_step, one, two, 0.1)


@gate
@points(0.5)
def test_train_a_single_step(student, reference, rng):
    """a single image, a single step: the new parameters"""
    params = network(rng, 2, 6, 6, 3)
    # One filter finds something everywhere, and the other nothing: there no gradient passes.
    params["conv_w"] = np.abs(params["conv_w"]) * np.array([1, -1])[:, None, None, None]
    arguments = rng.random(size=(1, 1, 6, 6)), np.array([2]), params, 1, 0.5, 1, 1
    assert_parameters(student.train(*arguments), reference.train(*arguments))


@points(0.5)
def test_train_two_epochs_in_batches(student, reference, rng):
    """two epochs, shuffled again for each, with a smaller last batch: parameters and losses; no epoch, for a single image"""
    images, labels, params = rng.random(size=(8, 1, 6, 6)), np.arange(8) % 5, network(rng, 3, 6, 6, 5)
    for arguments in ((images, labels, params, 2, 0.25, 3, 11), (images[:1], labels[:1], params, 0, 0.25, 3, 11)):
        assert_trained(student.train(*arguments), reference.train(*arguments))


@points(0.25)
def test_train_on_images_that_are_not_square(student, reference, rng):
    """images of 4x10 pixels, three steps"""
    arguments = rng.random(size=(6, 1, 4, 10)), np.arange(6) % 3, network(rng, 2, 4, 10, 3), 1, 0.25, 2, 5
    assert_trained(student.train(*arguments), reference.train(*arguments))


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
