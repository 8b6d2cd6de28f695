"""Convolution: what one filter does at one place, then everywhere, then with channels, filters, stride and padding."""

import numpy as np

from cnngrade import gate, points


def some(rng, x_shape, w_shape):
    """Return random images, filters and one bias per filter."""
    return rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


def largest_sum(reference, x, w, b=None, **options):
    """Return the largest sum of absolute products: rounding errors are measured by it."""
    return reference.conv2d(np.abs(x), np.abs(w), None if b is None else np.abs(b), **options).max()


def correlated(student, reference, image, kernel):
    """Return the student's answer, the right one, and the largest sum of absolute products: rounding is measured by it."""
    scale = reference.correlate2d(np.abs(image.astype(float)), np.abs(kernel.astype(float))).max()
    return student.correlate2d(image, kernel), reference.correlate2d(image, kernel), scale


def convolved(student, reference, x, w, b=None, **options):
    """Return the student's answer, the right one, and the largest sum of absolute products: rounding is measured by it."""
    arrays = [None if array is None else array.astype(float) for array in (x, w, b)]
    answer = student.conv2d(x, w, **options) if b is None else student.conv2d(x, w, b, **options)
    return answer, reference.conv2d(x, w, b, **options), largest_sum(reference, *arrays, **options)


@gate
@points(0.5)
def test_correlate2d_first_patch(student, reference, rng, assert_all_close):
    """a 2x2 kernel on a 3x3 image gives four dot products, on a 4x4 image nine, and so does a 3x3 kernel on 5x5"""
    # Each sum shows the four numbers of its patch as digits.
    kernel = np.array([[1.0, 10.0], [100.0, 1000.0]])
    images = [rng.permutation(np.arange(1.0, side**2 + 1)).reshape(side, side) for side in (3, 4)]
    larger = np.array([[0.0, 1.0, 0.5], [2.0, -1.0, 4.0], [-2.0, 0.0, 3.0]])
    asked = [*((image, kernel) for image in images), (rng.permutation(np.arange(1.0, 26.0)).reshape(5, 5), larger)]
    assert_all_close([correlated(student, reference, *each) for each in asked])


@points(1)
def test_correlate2d_every_place(student, reference, rng, assert_all_close):
    """the kernel visits every place where it fits, in rows and in columns"""
    shapes = [((10, 7), (4, 3)), ((7, 10), (3, 4)), ((9, 6), (2, 4))]
    asked = [(rng.normal(size=image), rng.normal(size=kernel)) for image, kernel in shapes]
    assert_all_close([correlated(student, reference, *each) for each in asked])


@points(0.5)
def test_correlate2d_as_it_stands(student, rng, assert_all_close):
    """a kernel with a single 1 in its upper right corner copies the image from there: it is not flipped"""
    images = [rng.normal(size=shape) for shape in [(5, 7), (6, 4)]]
    kernel = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    assert_all_close([(student.correlate2d(image, kernel), image[:-1, 2:]) for image in images])


@points(0.5)
def test_correlate2d_on_a_digit(student, reference, rng, digits, filters, assert_all_close):
    """blur, sharpen, emboss and edges of a handwritten digit, and of its upper half"""
    digit = np.ascontiguousarray(rng.choice(digits)[0])
    asked = [(digit, kernel) for kernel in filters[:, 0]] + [(digit[:4], filters[0, 0])]
    assert_all_close([correlated(student, reference, *each) for each in asked])


@gate
@points(0.5)
def test_conv2d_one_filter(student, reference, rng, forgive_axes, assert_all_close):
    """one filter of 3x3 on one image of one channel is correlate2d with two more axes; and one of 2x2"""
    w = np.array([[[[1.0, 0.0, 2.0], [0.5, -1.0, 3.0], [0.0, -4.0, -2.5]]]])
    smaller = np.array([[[[2.0, -1.0], [0.5, 3.0]]]])
    images = [rng.permutation(np.arange(float(side**2))).reshape(1, 1, side, side) for side in (5, 6, 4)]
    asked = list(zip(images, (w, w, smaller), strict=True))
    answers = [student.conv2d(x, w) for x, w in asked]
    expected = [reference.conv2d(x, w) for x, w in asked]
    assert_all_close([(forgive_axes(mine, right), right) for mine, right in zip(answers, expected, strict=True)])


@points(1)
def test_conv2d_every_channel(student, reference, rng, assert_all_close):
    """each filter sums over all input channels, and each filter makes a map of its own"""
    shapes = [((3, 4, 9, 6), (2, 4, 4, 2)), ((2, 3, 7, 10), (5, 3, 3, 4)), ((2, 5, 6, 6), (4, 5, 3, 3))]
    asked = [some(rng, *shape)[:2] for shape in shapes]
    assert_all_close([convolved(student, reference, *each) for each in asked])


@points(0.5)
def test_conv2d_bias(student, reference, rng, assert_all_close):
    """each filter adds its own bias, once to each number of its map, also where there are as many filters as rows or columns"""
    columns = [((3, 2, 5, 6), (4, 2, 2, 3)), ((2, 3, 6, 4), (3, 3, 2, 2))]
    rows = [((2, 2, 5, 7), (3, 2, 3, 2)), ((1, 3, 4, 6), (2, 3, 3, 3))]
    asked = [some(rng, *shape) for shape in (*columns, *rows)]
    assert_all_close([convolved(student, reference, *each) for each in asked])


@points(0.5)
def test_conv2d_stride(student, reference, rng, assert_all_close):
    """a stride of 2 or 3 takes every other or every third place, and an incomplete last step is left out"""
    ways = [((1, 3, 9, 8), (4, 3, 3, 2), 3), ((2, 4, 6, 7), (2, 4, 2, 2), 2), ((3, 2, 10, 7), (3, 2, 3, 3), 2)]
    asked = [(some(rng, x, w), stride) for x, w, stride in ways]
    assert_all_close([convolved(student, reference, *each, stride=stride) for each, stride in asked])


@points(0.5)
def test_conv2d_padding(student, reference, rng, assert_all_close):
    """padding puts rings of zeros around each image, on all four sides"""
    ways = [((3, 2, 6, 4), (2, 2, 3, 3), 1), ((2, 3, 5, 6), (3, 3, 3, 2), 2), ((1, 3, 4, 7), (4, 3, 4, 5), 3)]
    asked = [(some(rng, x, w), padding) for x, w, padding in ways]
    assert_all_close([convolved(student, reference, *each, padding=padding) for each, padding in asked])


@points(1)
def test_conv2d_all_together(student, reference, rng, assert_all_close):
    """images, channels, filters, bias, stride and padding at once, none of them of the same size"""
    ways = [((3, 2, 10, 6), (4, 2, 4, 3), 3, 2), ((2, 3, 7, 10), (5, 3, 3, 4), 2, 1)]
    asked = [(some(rng, x, w), stride, padding) for x, w, stride, padding in ways]
    assert_all_close(
        [
            (student.conv2d(*each, stride, padding), *convolved(student, reference, *each, stride=stride, padding=padding)[1:])
            for each, stride, padding in asked
        ]
    )


@points(0.25)
def test_conv2d_bytes(student, reference, rng, assert_all_close):
    """images as they come from a file (uint8) give feature maps with fractions and signs"""
    answers = []
    for x_shape, w_shape, stride, padding in [((2, 3, 8, 9), (4, 3, 3, 3), 3, 1), ((1, 2, 6, 5), (3, 2, 2, 3), 2, 0)]:
        x, (_, w, b) = rng.integers(0, 256, size=x_shape, dtype=np.uint8), some(rng, x_shape, w_shape)
        answers.append(convolved(student, reference, x, w, b, stride=stride, padding=padding))
    assert_all_close(answers)


@points(0.5)
def test_conv2d_photograph(student, reference, rng, photographs, filters, assert_all_close):
    """blur, sharpen, emboss and edges of a colour photograph, all channels together"""
    photograph = next(iter(photographs.values()))
    top, left = rng.integers(photograph.shape[2] - 12), rng.integers(photograph.shape[3] - 17)
    parts = [photograph[:, :, top : top + rows, left : left + columns] for rows, columns in [(12, 9), (9, 14)]]
    w = np.repeat(filters / 3, 3, axis=1)
    assert_all_close([convolved(student, reference, np.ascontiguousarray(x), w, padding=1) for x in parts])


@points(0.5)
def test_conv2d_impossible_steps(student, rng, assert_all_raise):
    """stride 0 and negative padding raise ValueError"""
    asked, others = some(rng, (2, 3, 6, 7), (4, 3, 2, 3)), some(rng, (1, 2, 8, 6), (3, 2, 3, 2))
    assert_all_raise(ValueError, student.conv2d, (*asked, 0), (*asked, 1, -1), (*others, 1, -2))


@points(4)
def test_conv2d_within_its_budget(budget):
    """two images of four channels and 40x40 pixels, eight filters of 5x5"""

    def images_and_filters(rng, N, C, H, W, K, kh, kw):
        return rng.normal(size=(N, C, H + kh - 1, W + kw - 1)), rng.normal(size=(K, C, kh, kw))

    sizes = {"N": 1, "C": 1, "H": 2, "W": 2, "K": 1, "kh": 2, "kw": 1}
    budget("conv2d", lambda rng: images_and_filters(rng, 2, 4, 36, 36, 8, 5, 5), images_and_filters, **sizes)


@points(0.25)
def test_correlate2d_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """images of bytes and of whole numbers, kernels of whole numbers, float32, read-only arrays; NaN shows where it is seen"""
    (pixels, whole, single, fixed), kernel = kinds_of_numbers(5, 8), rng.normal(size=(3, 2))
    _, whole_kernel, single_kernel, _ = kinds_of_numbers(3, 2)
    more_pixels, more_whole, _, _ = kinds_of_numbers(6, 4)
    asked = [(pixels, kernel), (whole, kernel), (fixed, whole_kernel), (single, single_kernel)]
    asked += [(more_pixels, kernel), (more_whole, kernel), (more_pixels.astype(float), whole_kernel)]
    answers = [correlated(student, reference, *each) for each in asked]
    # Every patch holds this pixel, so an answer by Fourier transform, which spreads it, is right too.
    for shape, size in [((3, 4), (2, 3)), ((5, 3), (3, 2))]:
        image = rng.normal(size=shape)
        image[shape[0] // 2, shape[1] // 2] = np.nan
        answers.append((student.correlate2d(image, rng.normal(size=size)), np.full(np.subtract(shape, size) + 1, np.nan)))
    assert_all_close(answers)


@points(0.25)
def test_correlate2d_narrow_kernels(student, reference, rng, assert_all_close):
    """kernels of one number, of one row and of one column"""
    shapes = [((6, 5), (1, 1)), ((6, 5), (1, 3)), ((4, 7), (1, 4)), ((6, 5), (4, 1))]
    asked = [(rng.normal(size=image), rng.normal(size=kernel)) for image, kernel in shapes]
    assert_all_close([correlated(student, reference, *each) for each in asked])


@points(0.25)
def test_correlate2d_of_what_cannot_be(student, rng, assert_all_raise):
    """a kernel taller or wider than the image raises ValueError"""
    image = rng.normal(size=(5, 4))
    kernels = [rng.normal(size=shape) for shape in [(6, 3), (3, 5)]]
    assert_all_raise(ValueError, student.correlate2d, *((image, kernel) for kernel in kernels))


@points(0.25)
def test_conv2d_whole_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """images of whole numbers, or filters and biases of whole numbers, give fractions and signs all the same"""
    answers = []
    for x_shape, w_shape in [((2, 3, 5, 6), (4, 3, 2, 3)), ((1, 2, 6, 4), (3, 2, 3, 2))]:
        _, w, b = some(rng, x_shape, w_shape)
        _, whole, _, fixed = kinds_of_numbers(*x_shape)
        answers.append(convolved(student, reference, whole, w, b, padding=1))
        whole_w, whole_b = kinds_of_numbers(*w_shape)[1], kinds_of_numbers(w_shape[0])[1]
        answers.append(convolved(student, reference, fixed, whole_w, whole_b, padding=1))
    assert_all_close(answers)


@points(0.25)
def test_conv2d_of_float32(student, reference, rng, assert_all_close):
    """float32 images, filters and biases are convolved to the accuracy of float32"""
    shapes = [((3, 2, 7, 5), (4, 2, 2, 3)), ((2, 3, 5, 6), (3, 3, 3, 2))]
    asked = [[array.astype(np.float32) for array in some(rng, *shape)] for shape in shapes]
    assert_all_close([convolved(student, reference, *each, padding=1) for each in asked])


@points(0.25)
def test_conv2d_carries_nan(student, reference, rng, assert_all_close):
    """NaN, and infinities that cancel, show in every window that holds them, and in no other image"""
    answers = []
    for shape, size in [((3, 2, 3, 4), (4, 2, 2, 3)), ((3, 1, 4, 3), (2, 1, 3, 2))]:
        x, w = rng.normal(size=shape), 0.5 + rng.random(size=size)
        # Every window holds these pixels, so an answer by Fourier transform, which spreads them, is right too.
        x[0, -1, 1, 1] = np.nan
        x[2, 0, 1, 1], x[2, 0, -2, -2] = np.inf, -np.inf
        answers.append((student.conv2d(x, w), reference.conv2d(x, w), reference.conv2d(np.abs(x[1:2]), w).max()))
    assert_all_close(answers)


@points(0.25)
def test_conv2d_of_one_each(student, reference, rng, assert_all_close):
    """one image, one channel, one filter: all four axes stay"""
    asked = [some(rng, (1, 1, 4, 6), (1, 1, 3, 2)), some(rng, (1, 3, 6, 5), (1, 3, 2, 3))]
    assert_all_close([convolved(student, reference, *each) for each in asked])


@points(0.25)
def test_conv2d_narrow_kernels(student, reference, rng, assert_all_close):
    """kernels of one row and of one column"""
    asked = [some(rng, (2, 3, 6, 5), (4, 3, 3, 1)), some(rng, (2, 3, 5, 6), (4, 3, 1, 3))]
    assert_all_close([convolved(student, reference, *each) for each in asked])


@points(0.25)
def test_conv2d_of_what_does_not_fit(student, rng, assert_all_raise):
    """a kernel larger than the padded image, filters for other channels and a bias of another length raise ValueError"""
    x, w, b = some(rng, (2, 3, 4, 5), (4, 3, 2, 3))
    other_x, other_w, other_b = some(rng, (1, 2, 5, 4), (3, 2, 3, 2))
    larger = [(x, rng.normal(size=(4, 3, *size)), b, 1, 1) for size in [(7, 3), (2, 8)]]
    channels = [(x, rng.normal(size=(4, 2, 2, 3)), b), (other_x, rng.normal(size=(3, 4, 3, 2)), other_b)]
    biases = [(x, w, b[:2]), (x, w, np.append(b, [1.0, 2.0])), (other_x, other_w, np.append(other_b, 1.0))]
    assert_all_raise(ValueError, student.conv2d, *larger, *channels, *biases)
