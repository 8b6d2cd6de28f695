"""What only the instructor sees of the unit `classifier`."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


def network(rng, sizes):
    """Return random parameters for layers of the given shapes."""
    params = {}
    for layer, shape in sizes.items():
        params[f"{layer}_w"] = rng.normal(size=shape) * 1.5 / np.sqrt(np.prod(shape[1:]))
        params[f"{layer}_b"] = rng.normal(size=shape[0]) * 0.5
    return params


@points(0.25)
def test_linear_of_other_numbers(student, reference, rng):
    """uint8 pixels, float32 throughout, one unit, one number, equal numbers of units, inputs and images, read-only arrays"""
    pixels = rng.integers(0, 256, size=(3, 4), dtype=np.uint8)
    w, b = rng.normal(size=(5, 4)), rng.normal(size=5)
    pixels.flags.writeable = w.flags.writeable = b.flags.writeable = False
    assert_close(
        student.linear(pixels, w, b), reference.linear(pixels, w, b), scale=reference.linear(pixels, abs(w), abs(b)).max()
    )
    for shape in [(1, 4, 1), (2, 1, 3), (3, 3, 3), (1, 1, 1)]:
        x, w, b = (
            a.astype(np.float32)
            for a in (rng.normal(size=shape[:2]), rng.normal(size=(shape[2], shape[1])), rng.normal(size=shape[2]))
        )
        scale = reference.linear(abs(x), abs(w), abs(b)).max()
        assert_close(student.linear(x, w, b), reference.linear(x, w, b), scale=scale)


@points(0.25)
def test_softmax_of_other_numbers(student, reference, rng):
    """whole numbers, float32, a single row, a single number; NaN stays in its row"""
    for x in (np.arange(6).reshape(2, 3), rng.normal(size=(3, 4)).astype(np.float32), rng.normal(size=5), np.array([[7.0]])):
        assert_close(student.softmax(x), reference.softmax(x), scale=8.0)
    x = rng.normal(size=(3, 4))
    x[1, 2] = np.nan
    assert_close(student.softmax(x), reference.softmax(x), scale=8.0)


@points(0.25)
def test_lenet_of_other_sizes(student, reference, rng):
    """colour images, odd maps whose last row is dropped, float32 throughout"""
    sizes = {"conv1": (4, 3, 2, 2), "conv2": (2, 4, 3, 3), "fc1": (3, 8), "fc2": (7, 3), "fc3": (1, 7)}
    params, images = network(rng, sizes), rng.normal(size=(2, 3, 14, 14))
    scale = reference.lenet(abs(images), {name: abs(value) for name, value in params.items()}).max()
    assert_close(student.lenet(images, params), reference.lenet(images, params), scale=scale)
    params = {name: value.astype(np.float32) for name, value in params.items()}
    images = images.astype(np.float32)
    assert_close(student.lenet(images, params), reference.lenet(images, params), scale=scale)


@points(0.25)
def test_lenet_refuses_what_does_not_fit(student, rng):
    """images of another size or with other channels raise ValueError"""
    params = network(rng, {"conv1": (2, 1, 3, 3), "conv2": (3, 2, 2, 2), "fc1": (5, 12), "fc2": (4, 5), "fc3": (2, 4)})
    assert_raises(ValueError, student.lenet, rng.normal(size=(2, 1, 16, 16)), params)
    assert_raises(ValueError, student.lenet, rng.normal(size=(2, 2, 12, 12)), params)


@points(0.25)
def test_classify_of_one_image(student, reference, digits, held_back, lenet_params):
    """a single image gives one name in a row; int64 and floats are as good as uint8"""
    raw = (digits[held_back[7:8], 0] * 16).astype(np.uint8)
    for images in (raw, raw.astype(np.int64), raw.astype(np.float64)):
        assert_close(student.classify(images, lenet_params), reference.classify(images, lenet_params))


@points(1)
def test_classify_every_digit_held_back(student, reference, digits, held_back, lenet_params):
    """all 360 digits held back get the names that the reference gives them"""
    raw = (digits[held_back, 0] * 16).astype(np.uint8)
    names, right = student.classify(raw, lenet_params), reference.classify(raw, lenet_params)
    assert isinstance(names, np.ndarray), f"classify returns an array of whole numbers, not {type(names).__name__}."
    assert names.shape == right.shape, f"there is one name per image, {right.shape} in all; yours have shape {names.shape}."
    others = int((names != right).sum())
    assert others == 0, f"{others} of {len(right)} digits get another name than from the reference."
