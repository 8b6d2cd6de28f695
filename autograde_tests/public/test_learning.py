"""Learning: the loss and its gradient, back through convolution and pooling, one step, and a network that learns to read."""

import numpy as np

from cnngrade import assert_close, gate, points


def assert_loss(answer, expected, scale=None):
    """Compare (loss, dlogits) part by part."""
    assert isinstance(answer, tuple | list), f"cross_entropy returns (loss, dlogits); yours is of type {type(answer).__name__}."
    assert len(answer) == 2, f"cross_entropy returns (loss, dlogits); yours has {len(answer)} parts."
    assert isinstance(answer[0], float | np.floating | np.ndarray), f"the loss is a float, not {type(answer[0]).__name__}."
    # A small number inside the logarithm (a millionth or less) does not show here; it shows where it does harm.
    assert_close(float(np.asarray(answer[0]).item()), float(expected[0]), scale=scale or max(1.0, abs(expected[0])), c=1e10)
    assert_close(answer[1], expected[1], scale=1.0)


def assert_gradients(answer, expected, scales):
    """Compare (dx, dw, db) one by one, each under its name."""
    assert isinstance(answer, tuple | list), f"conv2d_backward returns (dx, dw, db), not {type(answer).__name__}."
    assert len(answer) == 3, f"conv2d_backward returns three gradients; yours has {len(answer)} parts."
    for name, mine, right, scale in zip(("dx", "dw", "db"), answer, expected, scales, strict=True):
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


def network(rng, filters, pixels, classes):
    """Return random parameters of a small network for images of pixels x pixels."""
    inputs = filters * (pixels // 2) ** 2
    return {
        "conv_w": rng.normal(size=(filters, 1, 3, 3)) * 0.5,
        "conv_b": rng.normal(size=filters) * 0.1,
        "fc_w": rng.normal(size=(classes, inputs)) / inputs**0.5,
        "fc_b": rng.normal(size=classes) * 0.1,
    }


def assert_trained(answer, expected):
    """Compare (params, losses); a training adds up its rounding errors, so there is more room than for a single sum."""
    assert isinstance(answer, tuple | list), f"train returns (params, losses), not {type(answer).__name__}."
    assert len(answer) == 2, f"train returns (params, losses); yours has {len(answer)} parts."
    params, losses = answer
    assert isinstance(params, dict), f"the trained parameters are a dict, not {type(params).__name__}."
    assert sorted(params) == sorted(expected[0]), f"the trained parameters are {sorted(expected[0])}, not {sorted(params)}."
    assert isinstance(losses, list), f"the losses are a list of floats, one per epoch, not {type(losses).__name__}."
    assert len(losses) == len(expected[1]), f"there is one loss per epoch, {len(expected[1])} in all; you return {len(losses)}."
    for name in ("fc_b", "fc_w", "conv_b", "conv_w"):
        try:
            assert_close(params[name], expected[0][name], scale=1.0, c=1e5)
        except AssertionError as error:
            raise type(error)(f"{name}: {error}") from None
    assert_close(np.array(losses, float), np.array(expected[1]), scale=1.0, c=1e5)


@gate
@points(0.5)
def test_cross_entropy_of_two_rows(student):
    """two rows of three logits: one fairly sure and right, one undecided"""
    logits = np.log(np.array([[6.0, 1.0, 1.0], [2.0, 2.0, 2.0]]))
    loss = -(np.log(6 / 8) + np.log(1 / 3)) / 2
    gradient = np.array([[6 / 8 - 1, 1 / 8, 1 / 8], [1 / 3, 1 / 3, 1 / 3 - 1]]) / 2
    assert_loss(student.cross_entropy(logits, np.array([0, 2])), (loss, gradient))


@points(0.5)
def test_cross_entropy_of_a_batch(student, reference, rng):
    """five random rows of four logits: the loss is a mean over rows, and so is its gradient"""
    logits, labels = 2 * rng.normal(size=(5, 4)), np.array([3, 0, 0, 2, 1])
    assert_loss(student.cross_entropy(logits, labels), reference.cross_entropy(logits, labels))


@points(0.5)
def test_cross_entropy_of_large_logits(student, reference, rng):
    """rows near 1000, near -1000 and near 0, and a label that got a probability of nearly nothing"""
    logits = rng.normal(size=(4, 3)) + np.array([[1000.0], [-1000.0], [0.0], [0.0]])
    logits[3] = [800.0, 0.0, -5.0]
    labels = np.array([2, 0, 1, 1])
    assert_loss(student.cross_entropy(logits, labels), reference.cross_entropy(logits, labels), scale=1000.0)


@gate
@points(0.5)
def test_conv2d_backward_in_one_row(student):
    """a row of four pixels, a kernel of two numbers, three outputs"""
    x, w = np.array([[[[1.0, 2.0, 3.0, 5.0]]]]), np.array([[[[10.0, 1.0]]]])
    answer = student.conv2d_backward(np.array([[[[1.0, 0.5, 2.0]]]]), x, w, np.array([7.0]), 1, 0)
    expected = np.array([[[[10.0, 6.0, 20.5, 2.0]]]]), np.array([[[[8.0, 13.5]]]]), np.array([3.5])
    assert_gradients(answer, expected, [np.array(30.0)] * 3)


@points(1)
def test_conv2d_backward_of_a_batch(student, reference, rng):
    """different numbers of images, channels and filters: each gradient has the shape of its array"""
    arguments = some(rng, (2, 5, 4, 6), (2, 3, 6, 9), (5, 3, 3, 4))
    expected, scales = gradients_and_scales(reference, *arguments, 1, 0)
    assert_gradients(student.conv2d_backward(*arguments, 1, 0), expected, scales)


@points(0.5)
def test_conv2d_backward_with_padding(student, reference, rng):
    """the frame is cut off the gradient of the images, and counts in the gradient of the filters"""
    arguments = some(rng, (3, 2, 6, 8), (3, 4, 4, 5), (2, 4, 3, 2))
    expected, scales = gradients_and_scales(reference, *arguments, 1, 2)
    assert_gradients(student.conv2d_backward(*arguments, 1, 2), expected, scales)


@points(0.5)
def test_conv2d_backward_with_stride(student, reference, rng):
    """a stride of 2 that does not divide evenly: the last row and column have no gradient, and windows overlap"""
    arguments = some(rng, (2, 4, 3, 4), (2, 3, 8, 10), (4, 3, 3, 3))
    expected, scales = gradients_and_scales(reference, *arguments, 2, 0)
    assert_gradients(student.conv2d_backward(*arguments, 2, 0), expected, scales)


@gate
@points(0.5)
def test_maxpool2d_backward_of_four_windows(student):
    """each window's gradient goes to its largest number"""
    x = np.array([[[[1.0, 3.0, 2.0, 0.0], [2.0, 0.0, 1.0, 1.5], [0.0, -1.0, 5.0, 6.0], [-2.0, 9.0, 7.0, 8.0]]]])
    dx = np.zeros((1, 1, 4, 4))
    dx[0, 0, 0, 1], dx[0, 0, 0, 2], dx[0, 0, 3, 1], dx[0, 0, 3, 3] = 5, 6, 7, 8
    assert_close(student.maxpool2d_backward(np.array([[[[5.0, 6.0], [7.0, 8.0]]]]), x, 2, 2, 0), dx)


@points(0.5)
def test_maxpool2d_backward_where_windows_overlap(student, reference, rng):
    """windows of 3 that move by 2 share numbers: one that wins twice gets both gradients"""
    x, dout = distinct(rng, (2, 3, 7, 10)), rng.normal(size=(2, 3, 3, 4))
    scale = np.abs(dout).max() * 4
    assert_close(student.maxpool2d_backward(dout, x, 3, 2, 0), reference.maxpool2d_backward(dout, x, 3, 2, 0), scale=scale)


@points(0.5)
def test_maxpool2d_backward_with_padding(student, reference, rng):
    """negative numbers only: the frame wins no window and takes no gradient away"""
    x, dout = distinct(rng, (3, 2, 5, 8)) - 1000, rng.normal(size=(3, 2, 3, 4))
    scale = np.abs(dout).max() * 4
    assert_close(student.maxpool2d_backward(dout, x, 3, 2, 1), reference.maxpool2d_backward(dout, x, 3, 2, 1), scale=scale)


@points(0.5)
def test_maxpool2d_backward_of_a_tie(student):
    """of equal numbers the first one in row order gets the gradient"""
    x = np.array([[[[0.0, 4.0, 1.0, 1.0], [4.0, 4.0, 1.0, 1.0]]]])
    dx = np.zeros((1, 1, 2, 4))
    dx[0, 0, 0, 1], dx[0, 0, 0, 2] = 3, 5
    assert_close(student.maxpool2d_backward(np.array([[[[3.0, 5.0]]]]), x, 2, 2, 0), dx)


@points(0.5)
def test_sgd_step_downhill(student, rng):
    """every parameter moves against its gradient, by the learning rate"""
    params = {"w": rng.normal(size=(2, 3)), "b": rng.normal(size=4)}
    grads = {name: rng.normal(size=value.shape) for name, value in params.items()}
    answer = student.sgd_step(params, grads, 0.25)
    assert isinstance(answer, dict), f"sgd_step returns a dict, not {type(answer).__name__}."
    assert sorted(answer) == ["b", "w"], f"the new parameters are named b and w, not {sorted(answer)}."
    for name, value in params.items():
        assert_close(answer[name], value - 0.25 * grads[name], scale=5.0)


@gate
@points(0.5)
def test_train_a_single_step(student, reference, rng):
    """one epoch, one batch of all images: one step"""
    images, labels, params = rng.random(size=(4, 1, 6, 6)), np.array([2, 0, 1, 2]), network(rng, 2, 6, 3)
    assert_trained(student.train(images, labels, params, 1, 0.5, 4, 1), reference.train(images, labels, params, 1, 0.5, 4, 1))


@points(0.5)
def test_train_two_epochs_in_batches(student, reference, rng):
    """two epochs, shuffled again for each, with a smaller last batch"""
    images, labels, params = rng.random(size=(8, 1, 6, 6)), np.arange(8) % 5, network(rng, 3, 6, 5)
    arguments = images, labels, params, 2, 0.25, 3, 11
    assert_trained(student.train(*arguments), reference.train(*arguments))


@points(0.5)
def test_train_learns_to_read(student, digits, digit_labels):
    """from eight random filters to at least 95 % of the digits that were held back"""
    order = np.random.default_rng(0).permutation(len(digits))
    held_back, shown = order[:300], order[300:1300]
    begin = network(np.random.default_rng(5), 8, 8, 10) | {"conv_b": np.zeros(8)}
    begin["conv_w"] *= 0.6
    # Twice over a thousand digits is enough: the reference reads 97.7 % of the others.
    trained, _ = student.train(digits[shown], digit_labels[shown].astype(int), begin, 2, 0.3, 8, 2)
    padded = np.pad(digits[held_back], ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    maps = np.einsum("ncijuv,kcuv->nkij", windows, trained["conv_w"]) + trained["conv_b"][:, None, None]
    pooled = np.maximum(maps, 0).reshape(300, 8, 4, 2, 4, 2).max(axis=(3, 5))
    read = (pooled.reshape(300, -1) @ trained["fc_w"].T + trained["fc_b"]).argmax(axis=1)
    share = float((read == digit_labels[held_back]).mean())
    assert share >= 0.95, f"Of 300 digits that it has never seen, the network reads {share:.1%}; at least 95 % is needed."


@points(1.5)
def test_train_within_its_budget(budget, digits, digit_labels):
    """one epoch on 96 digits, eight filters, batches of 48"""

    def digits_and_filters(rng):
        chosen = rng.permutation(len(digits))[:96]
        return digits[chosen], digit_labels[chosen].astype(int), network(rng, 8, 8, 10), 1, 0.1, 48, 4

    def one_batch(rng, N, H, W, K):
        params = network(rng, K, 2, 3) | {"fc_w": rng.normal(size=(3, K * (H // 2) * (W // 2)))}
        return rng.normal(size=(N, 1, H, W)), np.arange(N) % 3, params, 1, 0.1, N, 4

    budget("train", digits_and_filters, one_batch, N=1, H=4, W=4, K=1)
