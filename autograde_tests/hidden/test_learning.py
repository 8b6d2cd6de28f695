"""What only the instructor sees of the unit `learning`: numerical gradients, adjointness, rare shapes and kinds of numbers."""

import numpy as np

from cnngrade import assert_close, points, shaped_like


def conv2d(x, w, b, stride, padding):
    """Return the maps, to take derivatives of."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,kcuv->nkij", windows, w) + b[:, None, None]


def numerical(f, x, step=0.5):
    """Return the derivative of the number f(x) by each number of x. f is linear or quadratic, so that no step is too large."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        moved = np.zeros(x.shape)
        moved[place] = step
        gradient[place] = (f(x + moved) - f(x - moved)) / (2 * step)
    return gradient


def some(rng, dout_shape, x_shape, w_shape):
    """Return a random dout, images, filters and biases."""
    return rng.normal(size=dout_shape), rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


def parts(answer):
    """Return dx, dw, db, or say what came instead."""
    assert isinstance(answer, tuple | list), f"conv2d_backward returns (dx, dw, db), not {type(answer).__name__}."
    assert len(answer) == 3, f"conv2d_backward returns three gradients; yours has {len(answer)} parts."
    return answer


@points(0.25)
def test_cross_entropy_of_other_numbers(student, reference, rng):
    """float32 logits, one row, two classes, labels of any kind of integer"""
    logits = rng.normal(size=(3, 6)).astype(np.float32)
    answer, expected = student.cross_entropy(logits, np.array([5, 0, 2], np.uint8)), reference.cross_entropy
    loss, dlogits = expected(logits, np.array([5, 0, 2], np.uint8))
    assert_close(np.float32(answer[0]), np.float32(loss), scale=4.0)
    assert_close(answer[1], dlogits, scale=1.0)
    logits = rng.normal(size=(1, 2))
    answer, (loss, dlogits) = student.cross_entropy(logits, np.array([1])), expected(logits, np.array([1]))
    assert_close(float(answer[0]), loss, scale=4.0)
    assert_close(answer[1], dlogits, scale=1.0)


@points(0.5)
def test_conv2d_backward_against_numbers(student, rng):
    """each gradient equals the change of the loss when one number of the image, filter or bias is moved"""
    dout, x, w, b = some(rng, (2, 3, 2, 2), (2, 2, 4, 5), (3, 2, 3, 4))
    dx, dw, db = parts(student.conv2d_backward(dout, x, w, b, 2, 1))
    assert_close(dx, numerical(lambda x: (dout * conv2d(x, w, b, 2, 1)).sum(), x), scale=100.0)
    assert_close(dw, numerical(lambda w: (dout * conv2d(x, w, b, 2, 1)).sum(), w), scale=100.0)
    assert_close(db, numerical(lambda b: (dout * conv2d(x, w, b, 2, 1)).sum(), b), scale=100.0)


@points(0.25)
def test_conv2d_backward_is_adjoint(student, rng):
    """dout times the maps of any image is that image times dx, for strides and paddings of all kinds"""
    for x_shape, w_shape, stride, padding in [
        ((2, 3, 7, 10), (4, 3, 2, 3), 3, 0),
        ((1, 1, 5, 6), (1, 1, 5, 6), 1, 0),
        ((3, 2, 4, 5), (3, 2, 1, 1), 2, 1),
        ((2, 4, 6, 5), (2, 4, 3, 4), 4, 2),
    ]:
        x, w, no_bias = rng.normal(size=x_shape), rng.normal(size=w_shape), np.zeros(w_shape[0])
        maps = conv2d(x, w, no_bias, stride, padding)
        dout = rng.normal(size=maps.shape)
        dx, dw, _ = parts(student.conv2d_backward(dout, x, w, no_bias, stride, padding))
        shaped_like((dx, dw), (x, w))
        scale = conv2d(abs(x), abs(w), no_bias, stride, padding).sum() * 4
        assert_close(np.float64((dx * x).sum()), np.float64((dout * maps).sum()), scale=scale)
        assert_close(np.float64((dw * w).sum()), np.float64((dout * maps).sum()), scale=scale)


@points(0.25)
def test_conv2d_backward_of_rarer_arguments(student, reference, rng):
    """no bias, float32, read-only arrays"""
    dout, x, w, b = some(rng, (2, 3, 3, 3), (2, 2, 5, 7), (3, 2, 3, 4))
    dx, dw, db = parts(student.conv2d_backward(dout, x, w, None, 2, 1))
    expected = reference.conv2d_backward(dout, x, w, None, 2, 1)
    scales = reference.conv2d_backward(abs(dout), abs(x), abs(w), None, 2, 1)
    assert_close(dx, expected[0], scale=scales[0].max())
    assert_close(dw, expected[1], scale=scales[1].max())
    assert db is None, f"without a bias it has no gradient: db is None, not {type(db).__name__}."
    small = [array.astype(np.float32) for array in (dout, x, w, b)]
    for array in small:
        array.flags.writeable = False
    expected = reference.conv2d_backward(*small, 2, 1)
    scales = reference.conv2d_backward(*map(abs, small), 2, 1)
    for mine, right, scale in zip(parts(student.conv2d_backward(*small, 2, 1)), expected, scales, strict=True):
        assert_close(mine, right, scale=scale.max())


@points(0.5)
def test_maxpool2d_backward_of_rarer_arguments(student, reference, rng):
    """windows that leave a rest, windows of one number, of the whole map, float32"""
    for shape, kernel, stride, padding in [
        ((2, 3, 8, 11), 3, 3, 0),
        ((1, 2, 4, 5), 1, 1, 0),
        ((3, 1, 4, 4), 4, 1, 0),
        ((2, 1, 5, 7), 2, 3, 1),
        ((1, 3, 6, 5), 3, 1, 1),
    ]:
        x = (rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2 + 0.25).astype(np.float32)
        places = [(size + 2 * padding - kernel) // stride + 1 for size in shape[2:]]
        dout = rng.normal(size=(*shape[:2], *places)).astype(np.float32)
        expected = reference.maxpool2d_backward(dout, x, kernel, stride, padding)
        assert_close(student.maxpool2d_backward(dout, x, kernel, stride, padding), expected, scale=np.abs(dout).max() * 9)


@points(0.25)
def test_sgd_step_of_rarer_arguments(student, rng):
    """float32 parameters alone, a rate of 0, parameters in any order"""
    params = {"a": rng.normal(size=(2, 3)).astype(np.float32), "b": rng.normal(size=5).astype(np.float32)}
    grads = {"b": rng.normal(size=5).astype(np.float32), "a": rng.normal(size=(2, 3)).astype(np.float32)}
    for lr in (0.0, 0.125):
        answer = student.sgd_step(params, grads, lr)
        for name, value in params.items():
            assert_close(answer[name], value - np.float32(lr) * grads[name], scale=5.0)


@points(0.5)
def test_train_of_other_sizes(student, reference, rng):
    """images of 7x7, whose last row and column no window covers, batches larger than all images, no epoch at all"""
    images, labels = rng.random(size=(5, 1, 7, 7)), np.array([1, 0, 1, 0, 0])
    params = {
        "conv_w": rng.normal(size=(4, 1, 3, 3)),
        "conv_b": rng.normal(size=4),
        "fc_w": rng.normal(size=(2, 36)) / 6,
        "fc_b": rng.normal(size=2),
    }
    for epochs, batch in [(3, 2), (2, 50), (0, 2)]:
        trained, losses = student.train(images, labels, params, epochs, 0.1, batch, 9)
        right, right_losses = reference.train(images, labels, params, epochs, 0.1, batch, 9)
        for name, value in right.items():
            assert_close(trained[name], value, scale=1.0, c=1e5)
        assert isinstance(losses, list), f"the losses are a list, not {type(losses).__name__}."
        assert len(losses) == epochs, f"there is one loss per epoch, {epochs} in all; you return {len(losses)}."
        if epochs:
            assert_close(np.array(shaped_like(losses, right_losses), float), np.array(right_losses), scale=1.0, c=1e5)
