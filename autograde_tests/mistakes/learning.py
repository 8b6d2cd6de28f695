"""Known mistakes of the unit `learning`."""

import numpy as np

from cnngrade import mistake, solution_for

solution = solution_for(__file__)


def softmax(logits, axis=1):
    """Return the probabilities, stably."""
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def loss_of(p, labels):
    """Return minus the logarithm of each right label's probability."""
    return -np.log(p[np.arange(len(labels)), labels])


@mistake(
    "The loss is a sum over the batch. It is the mean over its images, so that it means the same for batches of any size.",
    about="batch",
)
def cross_entropy_summed(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss * len(labels), dlogits


@mistake(
    "The gradient is not divided by N. The loss is a mean over the batch, and its gradient is divided by N as well.",
    about="batch",
)
def cross_entropy_gradient_not_divided(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss, dlogits * len(labels)


@mistake(
    "Loss and gradient are sums over the batch. Both are divided by N, since the loss is a mean over the images.", about="batch"
)
def cross_entropy_all_summed(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss * len(labels), dlogits * len(labels)


@mistake("The sign is wrong: the logarithm of a probability is negative, and the loss is minus that.")
def cross_entropy_negative(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return -loss, dlogits


@mistake("The gradient has the wrong sign. It is softmax minus one-hot: positive where a probability is too large.")
def cross_entropy_gradient_uphill(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss, -dlogits


@mistake("The gradient is the softmax alone. At the right label, subtract 1.")
def cross_entropy_gradient_without_label(logits, labels):
    loss, _ = solution.cross_entropy(logits, labels)
    return loss, softmax(logits.astype(float)) / len(labels)


@mistake("The softmax is taken over the batch. It is taken over each image's own logits, axis=1.")
def cross_entropy_over_the_batch(logits, labels):
    solution.cross_entropy(logits, labels)
    p = softmax(logits.astype(float), axis=0)
    onehot = np.eye(logits.shape[1])[labels]
    return float(loss_of(p, labels).mean()), (p - onehot) / len(labels)


@mistake(
    "The exponentials overflow: exp(1000) is infinite. Subtract the largest logit of each row before exp.", about="numbers"
)
def cross_entropy_overflows(logits, labels):
    solution.cross_entropy(logits, labels)
    with np.errstate(all="ignore"):
        exponentials = np.exp(logits.astype(float))
        p = exponentials / exponentials.sum(axis=1, keepdims=True)
        return float(loss_of(p, labels).mean()), (p - np.eye(logits.shape[1])[labels]) / len(labels)


@mistake(
    "A probability that is rounded to 0 makes the loss infinite. Take the logarithm of the sum of exponentials and subtract "
    "the label's logit, instead of the logarithm of a quotient.",
    about="numbers",
)
def cross_entropy_logarithm_of_zero(logits, labels):
    solution.cross_entropy(logits, labels)
    with np.errstate(all="ignore"):
        return float(loss_of(softmax(logits.astype(float)), labels).mean()), solution.cross_entropy(logits, labels)[1]


def with_epsilon(logits, labels, epsilon):
    """Return the loss with a small number inside the logarithm, and the right gradient."""
    _, dlogits = solution.cross_entropy(logits, labels)
    p = softmax(logits.astype(float))
    loss = float(-np.log(p[np.arange(len(labels)), labels] + epsilon).mean())
    return loss, dlogits


EPSILON = "A small number inside the logarithm hides too much: a very wrong answer has a very large loss."


def epsilon_mistake(epsilon):
    """Return the mistake with one of the small numbers that people add."""

    def cross_entropy(logits, labels):
        return with_epsilon(logits, labels, epsilon)

    return mistake(EPSILON, about="numbers")(cross_entropy)


cross_entropy_with_epsilon_1e6 = epsilon_mistake(1e-6)
cross_entropy_with_epsilon_1e7 = epsilon_mistake(1e-7)
cross_entropy_with_epsilon_1e8 = epsilon_mistake(1e-8)
cross_entropy_with_epsilon_1e9 = epsilon_mistake(1e-9)
cross_entropy_with_epsilon_1e10 = epsilon_mistake(1e-10)
cross_entropy_with_epsilon_1e12 = epsilon_mistake(1e-12)
cross_entropy_with_epsilon_1e15 = epsilon_mistake(1e-15)
cross_entropy_with_epsilon_of_floats = epsilon_mistake(np.finfo(float).eps)


@mistake(
    "The largest logit of the whole batch is subtracted, so other rows vanish. Each row has its own largest.", about="batch"
)
def cross_entropy_largest_of_the_batch(logits, labels):
    solution.cross_entropy(logits, labels)
    with np.errstate(all="ignore"):
        exponentials = np.exp(logits.astype(float) - logits.max())
        p = exponentials / exponentials.sum(axis=1, keepdims=True)
        return float(loss_of(p, labels).mean()), (p - np.eye(logits.shape[1])[labels]) / len(labels)


@mistake("The gradient is divided by the number of all logits. The loss is a mean over images, so divide by N alone.")
def cross_entropy_divided_by_all(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss, dlogits / logits.shape[1]


@mistake("The logarithm has the base 2. The loss is made with the natural logarithm, np.log.")
def cross_entropy_in_bits(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss / np.log(2), dlogits


@mistake("This is a squared error. Cross-entropy is minus the logarithm of the right label's probability.")
def cross_entropy_squared_error(logits, labels):
    solution.cross_entropy(logits, labels)
    difference = softmax(logits.astype(float)) - np.eye(logits.shape[1])[labels]
    return float((difference**2).sum(axis=1).mean()), difference / len(labels)


@mistake("Nothing is checked: labels that do not fit the logits must raise ValueError.")
def cross_entropy_nothing_checked(logits, labels):
    fitting = np.resize(np.asarray(labels, int) % logits.shape[1], len(logits))
    return solution.cross_entropy(logits, fitting)


EACH_GRADIENT = (
    "Each gradient has its array's dtype, so whole numbers make it whole, and bytes overflow. Make gradients of floats."
)


@mistake(
    "Where a probability is rounded to 0 the loss is NaN, as 0 times minus infinity is (one-hot times the logarithm)."
    " Take the logarithm of "
    "the sum of exponentials, and only the label's own number.",
    about="numbers",
)
def cross_entropy_one_hot_times_logarithm(logits, labels):
    _, dlogits = solution.cross_entropy(logits, labels)
    with np.errstate(all="ignore"):
        onehot = np.eye(logits.shape[1])[labels]
        return float(-(onehot * np.log(softmax(logits.astype(float)))).sum() / len(labels)), dlogits


ALL_LABELS = "Every row is asked for the labels of all rows: p[np.arange(N), labels] needs labels of shape (N,), not (N, 1)."


def log_softmax(logits):
    """Return the logarithms of the probabilities, stably."""
    shifted = logits.astype(float) - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(ALL_LABELS, about="batch")
def cross_entropy_labels_as_column(logits, labels):
    _, dlogits = solution.cross_entropy(logits, labels)
    return float(-log_softmax(logits)[np.arange(len(labels)), labels[:, None]].mean()), dlogits


@mistake(ALL_LABELS, about="batch")
def cross_entropy_labels_of_all_rows(logits, labels):
    solution.cross_entropy(logits, labels)
    gradient = softmax(logits.astype(float))
    gradient[:, labels] -= 1
    return float(-log_softmax(logits)[:, labels].mean()), gradient / len(labels)


@mistake(
    "1 is subtracted in whole rows of the gradient, as where labels are its only index. At the right label of each "
    "row subtract 1: dlogits[np.arange(N), labels] -= 1."
)
def cross_entropy_gradient_of_whole_rows(logits, labels):
    loss, _ = solution.cross_entropy(logits, labels)
    gradient = softmax(logits.astype(float))
    gradient[labels] -= 1
    return loss, gradient / len(labels)


@mistake("The gradient is divided by N twice. The loss is a mean over the batch: divide once.", about="batch")
def cross_entropy_gradient_divided_twice(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss, dlogits / len(labels)


@mistake("The loss is divided by the number of all logits. It is a mean over the images: divide by N alone.")
def cross_entropy_loss_divided_by_all(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss / logits.shape[1], dlogits


@mistake("Loss and gradient are divided by the number of all logits. The loss is a mean over images, so divide by N alone.")
def cross_entropy_both_divided_by_all(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss / logits.shape[1], dlogits / logits.shape[1]


@mistake("The softmax is taken over the whole batch: all probabilities together sum to 1. Each row sums to 1.", about="batch")
def cross_entropy_over_everything(logits, labels):
    solution.cross_entropy(logits, labels)
    with np.errstate(all="ignore"):
        exponentials = np.exp(logits.astype(float) - logits.max())
        p = exponentials / exponentials.sum()
        return float(loss_of(p, labels).mean()), (p - np.eye(logits.shape[1])[labels]) / len(labels)


@mistake("Loss and gradient both have the wrong sign. The loss is minus the logarithm of the right label's probability.")
def cross_entropy_both_negative(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return -loss, -dlogits


@mistake("The gradient has the logits' dtype, so whole-number logits make it whole. Make it of floats.", about="numbers")
def cross_entropy_gradient_of_whole_numbers(logits, labels):
    loss, dlogits = solution.cross_entropy(logits, labels)
    return loss, dlogits.astype(logits.dtype)


def backward(dout, x, w, b, stride, padding, *, spread=1, add=True, kernel=None, overlay=None):
    """Return the right dx as a slow NumPy version makes it, with some of its steps changed."""
    kernel = w if kernel is None else kernel
    height, width = dout.shape[2:]
    padded = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding + 8, x.shape[3] + 2 * padding + 8))
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            part = np.tensordot(dout, kernel[:, :, u, v], axes=(1, 0)).transpose(0, 3, 1, 2)
            place = padded[:, :, u : u + spread * (height - 1) + 1 : spread, v : v + spread * (width - 1) + 1 : spread]
            if add:
                place += part
            else:
                place[...] = part
    return padded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


def altered(dout, x, w, b, stride, padding, **gradients):
    """Return the right gradients with some of them replaced; without a bias it has none."""
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    return gradients.get("dx", dx), gradients.get("dw", dw), None if b is None else gradients.get("db", db)


def windows(x, w, stride, padding):
    """Return all windows of the padded images, (N, C, Ho, Wo, kh, kw)."""
    padded = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]


@mistake(
    "The stride is missing in dx: the gradients go to neighbouring windows. Output (i, j) came from i*stride, j*stride.",
    about="stride",
)
def conv2d_backward_dx_without_stride(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, dx=backward(dout, x, w, b, stride, padding))


@mistake(
    "The stride is missing in dw: the image under a weight is taken pixel by pixel. Take every stride-th row and column.",
    about="stride",
)
def conv2d_backward_dw_without_stride(dout, x, w, b, stride, padding):
    solution.conv2d_backward(dout, x, w, b, stride, padding)
    grown = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding + 9), (padding, padding + 9)))
    patches = np.lib.stride_tricks.sliding_window_view(grown, dout.shape[2:], axis=(2, 3))
    dw = np.einsum("ncuvij,nkij->kcuv", patches[:, :, : w.shape[2], : w.shape[3]], dout)
    return altered(dout, x, w, b, stride, padding, dw=dw)


@mistake(
    "The stride is missing in both dx and dw. Output (i, j) came from the window that starts at (i*stride, j*stride).",
    about="stride",
)
def conv2d_backward_without_stride(dout, x, w, b, stride, padding):
    _, dw, _ = conv2d_backward_dw_without_stride(dout, x, w, b, stride, padding)
    return altered(dout, x, w, b, stride, padding, dx=backward(dout, x, w, b, stride, padding), dw=dw)


OVERWRITES = "Windows that overlap overwrite each other's gradient. A pixel in several windows gets the sum: += instead of =."


@mistake(OVERWRITES)
def conv2d_backward_overwrites(dout, x, w, b, stride, padding):
    dx = backward(dout, x, w, b, stride, padding, spread=stride, add=False)
    return altered(dout, x, w, b, stride, padding, dx=dx)


@mistake(
    "In dx each pixel gets the weight from the opposite place of the kernel, not the one that it was multiplied by in"
    " the forward pass. Where it slides over a padded dout, it has to be turned by 180 degrees."
)
def conv2d_backward_kernel_turned(dout, x, w, b, stride, padding):
    dx = backward(dout, x, w, b, stride, padding, spread=stride, kernel=w[:, :, ::-1, ::-1])
    return altered(dout, x, w, b, stride, padding, dx=dx)


@mistake("The gradient of the filters is rotated by 180 degrees. dw[u, v] belongs to the pixels under w[u, v].")
def conv2d_backward_dw_turned(dout, x, w, b, stride, padding):
    dw = solution.conv2d_backward(dout, x, w, b, stride, padding)[1]
    return altered(dout, x, w, b, stride, padding, dw=dw[:, :, ::-1, ::-1])


@mistake(
    "db is summed over the images only. Each bias was added at every place of its map, so sum over N, Ho and Wo.", about="bias"
)
def conv2d_backward_db_over_images(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, db=dout.sum(axis=0))


@mistake("db is summed over the places only. It is one number per filter: sum over the images as well.", about="bias")
def conv2d_backward_db_over_places(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, db=dout.sum(axis=(2, 3)))


@mistake("db is a mean. Each bias was added once at every place, so its gradient is the sum of dout.", about="bias")
def conv2d_backward_db_mean(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, db=dout.mean(axis=(0, 2, 3)))


@mistake("db sums everything into one number. There is one bias per filter: keep the filter axis.", about="bias")
def conv2d_backward_db_single(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, db=np.full(len(w), dout.sum()))


@mistake("dx still has its frame. Take off `padding` rows and columns on each side: dx has the shape of x.", about="padding")
def conv2d_backward_dx_with_frame(dout, x, w, b, stride, padding):
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx = solution.conv2d_backward(dout, framed, w, b, stride, 0)[0]
    return altered(dout, x, w, b, stride, padding, dx=dx)


@mistake(
    "dx is cut at the wrong corner: it begins with the frame. Take off `padding` rows and columns on every side.",
    about="padding",
)
def conv2d_backward_dx_cut_at_the_end(dout, x, w, b, stride, padding):
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx = solution.conv2d_backward(dout, framed, w, b, stride, 0)[0]
    return altered(dout, x, w, b, stride, padding, dx=dx[:, :, : x.shape[2], : x.shape[3]])


@mistake(
    "Where padding is 0 nothing is left of dx, as of padding:-padding, since -0 is 0. Cut from padding to padding + H and + W.",
    about="padding",
)
def conv2d_backward_dx_cut_by_minus_zero(dout, x, w, b, stride, padding):
    dx = solution.conv2d_backward(dout, x, w, b, stride, padding)[0]
    return altered(dout, x, w, b, stride, padding, dx=dx if padding else dx[:, :, 0:-0, 0:-0])


@mistake("The image's height is used as its width, or the kernel's. Take each size from its own axis.", about="shape")
def conv2d_backward_width_from_height(dout, x, w, b, stride, padding):
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    height, kernel = x.shape[2], w.shape[2]
    room = ((0, 0), (0, 0), (0, 0), (0, max(0, height - x.shape[3])))
    kernel_room = ((0, 0), (0, 0), (0, 0), (0, max(0, kernel - w.shape[3])))
    return np.pad(dx, room)[..., :height], np.pad(dw, kernel_room)[..., :kernel], db


@mistake("The frame is missing in dw: pad the images first, as in the forward pass.", about="padding")
def conv2d_backward_dw_without_frame(dout, x, w, b, stride, padding):
    solution.conv2d_backward(dout, x, w, b, stride, padding)
    shifted = np.pad(x.astype(float), ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    dw = solution.conv2d_backward(dout, shifted, w, b, stride, 0)[1]
    return altered(dout, x, w, b, stride, padding, dw=dw)


@mistake(
    "dx loses the rows and columns that no window covers when the stride does not divide evenly. Their gradient is 0, and "
    "dx has the shape of x.",
    about="stride",
)
def conv2d_backward_stride_must_divide(dout, x, w, b, stride, padding):
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    covered = [(size - 1) * stride + kernel for size, kernel in zip(dout.shape[2:], w.shape[2:], strict=True)]
    return dx[:, :, : covered[0] - padding, : covered[1] - padding], dw, db


@mistake("dw is divided by the number of images. The mean is in dout already; here it is summed.", about="batch")
def conv2d_backward_dw_mean(dout, x, w, b, stride, padding):
    dw = solution.conv2d_backward(dout, x, w, b, stride, padding)[1]
    return altered(dout, x, w, b, stride, padding, dw=dw / len(x))


@mistake("dw and db are divided by the number of images. The mean is in dout already; here they are summed.", about="batch")
def conv2d_backward_all_means(dout, x, w, b, stride, padding):
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    return dx, dw / len(x), None if db is None else db / len(x)


@mistake("Only the first image contributes to dw. Sum over all images of the batch.", about="batch")
def conv2d_backward_first_image_only(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, dw=solution.conv2d_backward(dout[:1], x[:1], w, b, stride, padding)[1])


@mistake("Only the last image contributes to dw: each one overwrites the one before. Add them up with +=.", about="batch")
def conv2d_backward_last_image_only(dout, x, w, b, stride, padding):
    return altered(dout, x, w, b, stride, padding, dw=solution.conv2d_backward(dout[-1:], x[-1:], w, b, stride, padding)[1])


@mistake("Only the last filter contributes to dx: each one overwrites the one before. Sum over all filters.", about="channels")
def conv2d_backward_last_filter_only(dout, x, w, b, stride, padding):
    bias = None if b is None else b[-1:]
    dx = solution.conv2d_backward(dout[:, -1:], x, w[-1:], bias, stride, padding)[0]
    return altered(dout, x, w, b, stride, padding, dx=dx)


@mistake("The gradients are returned in the wrong order. It is dx, dw, db, like the arguments.")
def conv2d_backward_other_order(dout, x, w, b, stride, padding):
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    return dw, db, dx


@mistake("The signs are wrong: these are the gradients times -1. Going downhill is left to sgd_step.")
def conv2d_backward_negative(dout, x, w, b, stride, padding):
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    return -dx, -dw, None if db is None else -db


@mistake(EACH_GRADIENT, about="numbers")
def conv2d_backward_of_whole_numbers(dout, x, w, b, stride, padding):
    solution.conv2d_backward(dout, x, w, b, stride, padding)
    with np.errstate(all="ignore"):
        dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
        return dx.astype(x.dtype), dw.astype(w.dtype), None if b is None else db.astype(b.dtype)


@mistake("Without a bias there is still a db. Where b is None, db is None.", about="bias")
def conv2d_backward_db_without_bias(dout, x, w, b, stride, padding):
    return solution.conv2d_backward(dout, x, w, np.zeros(len(w), w.dtype), stride, padding)


def windows_back(dout, x, w, b, stride, padding, give):
    """Return dx as loops over the windows make it; `give(part, gradient)` says what is in a window after one more."""
    solution.conv2d_backward(dout, x, w, b, stride, padding)
    framed = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
    for i, j in np.ndindex(*dout.shape[2:]):
        rows, columns = slice(i * stride, i * stride + w.shape[2]), slice(j * stride, j * stride + w.shape[3])
        framed[:, :, rows, columns] = give(framed[:, :, rows, columns], np.tensordot(dout[:, :, i, j], w, axes=(1, 0)))
    return framed[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


@mistake(OVERWRITES)
def conv2d_backward_windows_overwrite(dout, x, w, b, stride, padding):
    dx = windows_back(dout, x, w, b, stride, padding, lambda part, gradient: gradient)
    return altered(dout, x, w, b, stride, padding, dx=dx)


@mistake(OVERWRITES)
def conv2d_backward_windows_and_filters_overwrite(dout, x, w, b, stride, padding):
    dx = windows_back(dout[:, -1:], x, w[-1:], None, stride, padding, lambda part, gradient: gradient)
    return altered(dout, x, w, b, stride, padding, dx=dx)


LAST_PLACE = "Only the last place of the map contributes to dw: each one overwrites the one before. Add them up with +=."


@mistake(LAST_PLACE)
def conv2d_backward_dw_last_place_only(dout, x, w, b, stride, padding):
    last = np.zeros_like(dout)
    last[:, :, -1, -1] = dout[:, :, -1, -1]
    return altered(dout, x, w, b, stride, padding, dw=solution.conv2d_backward(last, x, w, b, stride, padding)[1])


@mistake(LAST_PLACE)
def conv2d_backward_dw_last_place_of_last_image(dout, x, w, b, stride, padding):
    last = np.zeros_like(dout)
    last[-1, :, -1, -1] = dout[-1, :, -1, -1]
    return altered(dout, x, w, b, stride, padding, dw=solution.conv2d_backward(last, x, w, b, stride, padding)[1])


FILTER_OF_IMAGE = "The filter is looked up by the image's number: w[n]. Gradient dout[n, k] came through filter w[k]."


@mistake(FILTER_OF_IMAGE, about="filters")
def conv2d_backward_filter_of_image(dout, x, w, b, stride, padding):
    solution.conv2d_backward(dout, x, w, b, stride, padding)
    if len(x) > len(w):
        raise IndexError("index out of bounds")
    maps = [
        solution.conv2d_backward(dout[n : n + 1].sum(axis=1, keepdims=True), x[n : n + 1], w[n : n + 1], None, stride, padding)[
            0
        ]
        for n in range(len(x))
    ]
    return altered(dout, x, w, b, stride, padding, dx=np.concatenate(maps))


@mistake("dx is made with the kernel's rows and columns swapped. Row u, column v of the window belongs to w[u, v].")
def conv2d_backward_kernel_transposed(dout, x, w, b, stride, padding):
    solution.conv2d_backward(dout, x, w, b, stride, padding)
    if w.shape[2] != w.shape[3]:
        raise ValueError("operands could not be broadcast together")
    dx = solution.conv2d_backward(dout, x, w.swapaxes(2, 3), b, stride, padding)[0]
    return altered(dout, x, w, b, stride, padding, dx=dx)


@mistake(
    "The channels of dx are all the same: the filter's first slice, or the sum of all, goes to each. w[k, c] goes to channel c."
)
def conv2d_backward_channels_summed(dout, x, w, b, stride, padding):
    dx = solution.conv2d_backward(dout, x, w, b, stride, padding)[0]
    return altered(dout, x, w, b, stride, padding, dx=np.repeat(dx.sum(axis=1, keepdims=True), x.shape[1], axis=1))


@mistake(EACH_GRADIENT, about="numbers")
def conv2d_backward_dx_of_the_images_dtype(dout, x, w, b, stride, padding):
    dx = solution.conv2d_backward(dout, x, w, b, stride, padding)[0]
    with np.errstate(all="ignore"):
        return altered(dout, x, w, b, stride, padding, dx=dx.astype(np.int64).astype(x.dtype) if x.dtype.kind in "iu" else dx)


@mistake(EACH_GRADIENT, about="numbers")
def conv2d_backward_dw_of_the_filters_dtype(dout, x, w, b, stride, padding):
    dw = solution.conv2d_backward(dout, x, w, b, stride, padding)[1]
    return altered(dout, x, w, b, stride, padding, dw=dw.astype(w.dtype) if w.dtype.kind in "iu" else dw)


@mistake(EACH_GRADIENT, about="numbers")
def conv2d_backward_db_of_the_biases_dtype(dout, x, w, b, stride, padding):
    db = solution.conv2d_backward(dout, x, w, b, stride, padding)[2]
    return altered(dout, x, w, b, stride, padding, db=db if b is None or b.dtype.kind == "f" else db.astype(b.dtype))


@mistake(EACH_GRADIENT, about="numbers")
def conv2d_backward_dx_and_dw_of_their_dtypes(dout, x, w, b, stride, padding):
    dx, dw, _ = solution.conv2d_backward(dout, x, w, b, stride, padding)
    if x.dtype.kind == "f":
        return altered(dout, x, w, b, stride, padding)
    with np.errstate(all="ignore"):
        dx = dx.astype(np.int64).astype(x.dtype)
    return altered(dout, x, w, b, stride, padding, dx=dx, dw=dw.astype(w.dtype))


@mistake("dw and db are divided by the number of places as well. dout has the mean in it already; here they are summed.")
def conv2d_backward_means_over_places(dout, x, w, b, stride, padding):
    dx, dw, db = solution.conv2d_backward(dout, x, w, b, stride, padding)
    places = dout.shape[2] * dout.shape[3]
    return dx, dw / places, None if db is None else db / places


@mistake("A dout of the wrong shape must raise ValueError: it cannot be the gradient of conv2d's output.")
def conv2d_backward_nothing_checked(dout, x, w, b, stride, padding):
    shape = windows(x, w, stride, padding).shape
    fitting = np.zeros((len(x), len(w), *shape[2:4]), dout.dtype)
    rows, columns = min(shape[2], dout.shape[2]), min(shape[3], dout.shape[3])
    fitting[:, :, :rows, :columns] = dout[:, :, :rows, :columns]
    return solution.conv2d_backward(fitting, x, w, b, stride, padding)


def pooled(dout, x, kernel, stride, padding, give):
    """Go through all windows; `give(numbers, gradient)` says what each place of a window gets."""
    solution.maxpool2d_backward(dout, x, kernel, stride, padding)
    padded = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    dx = np.zeros(padded.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * stride, i * stride + kernel), slice(j * stride, j * stride + kernel)
            flat = padded[:, :, rows, columns].reshape(*x.shape[:2], -1)
            share = give(flat, dout[:, :, i, j, None])
            dx[:, :, rows, columns] += share.reshape(*x.shape[:2], kernel, kernel)
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


def winner(flat, last=False):
    """Return 1 at the first (or last) largest number of each window and 0 elsewhere."""
    index = flat.shape[-1] - 1 - flat[..., ::-1].argmax(axis=-1) if last else flat.argmax(axis=-1)
    return np.eye(flat.shape[-1])[index]


@mistake("Equal numbers all get the whole gradient, so a tie counts twice. Only the first of the window gets it.", about="ties")
def maxpool2d_backward_ties_counted_twice(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: (flat == flat.max(axis=-1, keepdims=True)) * d)


@mistake("Equal numbers share the gradient. Only the first of the window gets it, all of it.", about="ties")
def maxpool2d_backward_ties_shared(dout, x, kernel_size, stride, padding):
    def give(flat, d):
        equal = flat == flat.max(axis=-1, keepdims=True)
        return equal * d / equal.sum(axis=-1, keepdims=True)

    return pooled(dout, x, kernel_size, stride, padding, give)


@mistake(
    "Of equal numbers the last one gets the gradient. It must be the first one in row order: use > and not >=.", about="ties"
)
def maxpool2d_backward_last_of_a_tie(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: winner(flat, last=True) * d)


WINDOWS_OVERWRITE = "Windows that overlap overwrite each other. A number that wins twice gets both gradients: += instead of =."


@mistake(WINDOWS_OVERWRITE, about="stride")
def maxpool2d_backward_overwrites(dout, x, kernel_size, stride, padding):
    solution.maxpool2d_backward(dout, x, kernel_size, stride, padding)
    padded = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    dx = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        part = padded[n, c, i * stride : i * stride + kernel_size, j * stride : j * stride + kernel_size]
        u, v = np.unravel_index(part.argmax(), part.shape)
        dx[n, c, i * stride + u, j * stride + v] = dout[n, c, i, j]
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


def overwritten(dout, x, kernel, stride, padding, give):
    """Go through all windows, each of which replaces what was in its place: `give(numbers, gradient)` says by what."""
    solution.maxpool2d_backward(dout, x, kernel, stride, padding)
    padded = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    dx = np.zeros(padded.shape)
    for i, j in np.ndindex(*dout.shape[2:]):
        rows, columns = slice(i * stride, i * stride + kernel), slice(j * stride, j * stride + kernel)
        flat = padded[:, :, rows, columns].reshape(*x.shape[:2], -1)
        dx[:, :, rows, columns] = give(flat, dout[:, :, i, j, None]).reshape(*x.shape[:2], kernel, kernel)
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


@mistake(WINDOWS_OVERWRITE, about="stride")
def maxpool2d_backward_windows_overwrite(dout, x, kernel_size, stride, padding):
    return overwritten(dout, x, kernel_size, stride, padding, lambda flat, d: winner(flat) * d)


@mistake(
    "Windows that overlap overwrite each other: += instead of =. And equal numbers all get the whole gradient, where only the "
    "first of the window should.",
    about="stride",
)
def maxpool2d_backward_windows_overwrite_and_ties_count_twice(dout, x, kernel_size, stride, padding):
    return overwritten(dout, x, kernel_size, stride, padding, lambda flat, d: (flat == flat.max(axis=-1, keepdims=True)) * d)


@mistake(
    "Where padding is 0 nothing is left of dx, as of padding:-padding, since -0 is 0. Cut from padding to padding + H and + W.",
    about="padding",
)
def maxpool2d_backward_cut_by_minus_zero(dout, x, kernel_size, stride, padding):
    dx = solution.maxpool2d_backward(dout, x, kernel_size, stride, padding)
    return dx if padding else dx[:, :, 0:-0, 0:-0].copy()


@mistake(
    "dx is cut at the wrong corner: it begins with the frame. Take off `padding` rows and columns on every side.",
    about="padding",
)
def maxpool2d_backward_cut_at_the_end(dout, x, kernel_size, stride, padding):
    dx = solution.maxpool2d_backward(dout, x, kernel_size, stride, padding)
    framed = np.pad(dx, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return framed[:, :, : x.shape[2], : x.shape[3]].copy()


@mistake("The windows move by 1. Window (i, j) starts at (i*stride, j*stride).")
def maxpool2d_backward_without_stride(dout, x, kernel_size, stride, padding):
    solution.maxpool2d_backward(dout, x, kernel_size, stride, padding)
    padded = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    near = [size + kernel_size - 1 for size in dout.shape[2:]]
    dx = np.zeros(padded.shape)
    dx[:, :, : near[0], : near[1]] = pooled(
        dout, padded[:, :, : near[0], : near[1]], kernel_size, 1, 0, lambda flat, d: winner(flat) * d
    )
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


@mistake(
    "The gradients of all channels go to where the first channel is largest. Each channel has its own largest number.",
    about="channels",
)
def maxpool2d_backward_places_of_first_channel(dout, x, kernel_size, stride, padding):
    return solution.maxpool2d_backward(dout, np.repeat(x[:, :1], x.shape[1], axis=1), kernel_size, stride, padding)


@mistake("Every number of a window gets the gradient. Only the largest contributes to the answer.")
def maxpool2d_backward_to_everybody(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: np.ones_like(flat) * d)


@mistake("The gradient is spread evenly over the window. That is average pooling; here the largest number gets it all.")
def maxpool2d_backward_of_the_mean(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: np.ones_like(flat) * d / kernel_size**2)


@mistake("The gradient goes to the first place of each window. It goes to where the largest number is.")
def maxpool2d_backward_to_the_corner(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: (np.arange(flat.shape[-1]) == 0) * d)


@mistake("The gradient goes to the smallest number of each window. The largest one was passed on, and gets it.")
def maxpool2d_backward_to_the_smallest(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: np.eye(flat.shape[-1])[flat.argmin(axis=-1)] * d)


@mistake(
    "The gradient is lost at the border where all numbers are negative, as to a frame of zeros, which wins there. "
    "Make the frame of minus infinity.",
    about="padding",
)
def maxpool2d_backward_frame_of_zeros(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: winner(np.where(np.isinf(flat), 0, flat)) * d)


@mistake("The largest absolute value gets the gradient. It is the largest number, with its sign.", about="numbers")
def maxpool2d_backward_by_size(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: winner(np.where(np.isinf(flat), -1, np.abs(flat))) * d)


@mistake("The winner's place holds its number instead of its gradient. Put dout there, not x.")
def maxpool2d_backward_values(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: np.where(winner(flat) > 0, flat, 0))


@mistake("The winner's place holds 1 instead of its gradient. Put dout there, or multiply by it.")
def maxpool2d_backward_mask(dout, x, kernel_size, stride, padding):
    return pooled(dout, x, kernel_size, stride, padding, lambda flat, d: winner(flat) + 0 * d)


@mistake("The kernel's size is used as the stride. Window (i, j) starts at (i*stride, j*stride).", about="stride")
def maxpool2d_backward_stride_is_kernel(dout, x, kernel_size, stride, padding):
    solution.maxpool2d_backward(dout, x, kernel_size, stride, padding)
    room = dout.shape[2] * kernel_size + kernel_size, dout.shape[3] * kernel_size + kernel_size
    grown = np.full((*x.shape[:2], max(room[0], x.shape[2] + 2), max(room[1], x.shape[3] + 2)), -1e9)
    grown[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    dx = np.zeros(grown.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        part = grown[n, c, i * kernel_size : (i + 1) * kernel_size, j * kernel_size : (j + 1) * kernel_size]
        u, v = np.unravel_index(part.argmax(), part.shape)
        dx[n, c, i * kernel_size + u, j * kernel_size + v] += dout[n, c, i, j]
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


@mistake(
    "dx still has its frame. Take off `padding` rows and columns on every side, so that it has the shape of x.", about="padding"
)
def maxpool2d_backward_with_frame(dout, x, kernel_size, stride, padding):
    dx = solution.maxpool2d_backward(dout, x, kernel_size, stride, padding)
    return np.pad(dx, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


@mistake("A dout of the wrong shape must raise ValueError: it cannot be the gradient of maxpool2d's output.")
def maxpool2d_backward_nothing_checked(dout, x, kernel_size, stride, padding):
    size = [(side + 2 * padding - kernel_size) // stride + 1 for side in x.shape[2:]]
    fitting = np.zeros((*x.shape[:2], *size), dout.dtype)
    rows, columns = min(size[0], dout.shape[2]), min(size[1], dout.shape[3])
    fitting[:, :, :rows, :columns] = dout[:, :, :rows, :columns]
    return solution.maxpool2d_backward(fitting, x, kernel_size, stride, padding)


@mistake(
    "dx has the dtype of x, so the gradient is cut to whole numbers where x holds these. Make dx of floats.", about="numbers"
)
def maxpool2d_backward_of_whole_numbers(dout, x, kernel_size, stride, padding):
    return solution.maxpool2d_backward(dout, x, kernel_size, stride, padding).astype(x.dtype)


UPHILL = "The step goes uphill: the gradient points to where the loss grows. Subtract it."
RATE_LEFT_OUT = "The learning rate is left out. A step is lr times the gradient."


@mistake(UPHILL)
def sgd_step_uphill(params, grads, lr):
    return solution.sgd_step(params, grads, -lr)


@mistake(RATE_LEFT_OUT)
def sgd_step_without_rate(params, grads, lr):
    return solution.sgd_step(params, grads, 1.0)


@mistake("This is the change, not the result. Subtract it from the parameters.")
def sgd_step_change_only(params, grads, lr):
    solution.sgd_step(params, grads, lr)
    return {name: lr * grads[name] for name in params}


@mistake("The parameters are multiplied by the step instead of moved by it. new = old - lr * gradient.")
def sgd_step_multiplied(params, grads, lr):
    solution.sgd_step(params, grads, lr)
    return {name: params[name] * (1 - lr * grads[name]) for name in params}


@mistake("The gradient is divided by the learning rate. A small rate makes a small step: multiply.")
def sgd_step_divided(params, grads, lr):
    solution.sgd_step(params, grads, lr)
    return {name: params[name] - grads[name] / (lr or 1.0) for name in params}


@mistake("Only the direction of the gradient is used, not its size. The step is lr times the gradient.")
def sgd_step_sign(params, grads, lr):
    solution.sgd_step(params, grads, lr)
    return {name: params[name] - params[name].dtype.type(lr) * np.sign(grads[name]) for name in params}


@mistake("The input parameters are changed, as by -=, which works in place. Make new arrays: new = old - lr * gradient.")
def sgd_step_in_place(params, grads, lr):
    solution.sgd_step(params, grads, lr)
    for name in params:
        params[name] -= (lr * grads[name]).astype(params[name].dtype)
    return params


@mistake("Parameters and gradients that have different names must raise ValueError.")
def sgd_step_nothing_checked(params, grads, lr):
    return {name: value - value.dtype.type(lr) * grads[name] if name in grads else value for name, value in params.items()}


def forward_and_back(images, labels, params, relu_gradient=True, ties="first", scale=1.0):
    """Return the loss of a batch and its gradients, with some steps changed."""
    maps = solution.conv2d(images, params["conv_w"], params["conv_b"], 1, 1)
    clipped = np.maximum(maps, 0)
    flat = solution.maxpool2d(clipped, 2).reshape(len(images), -1)
    loss, dlogits = solution.cross_entropy(flat @ params["fc_w"].T + params["fc_b"], labels)
    dlogits = dlogits * scale
    dpooled = (dlogits @ params["fc_w"]).reshape(*maps.shape[:2], maps.shape[2] // 2, maps.shape[3] // 2)
    dmaps = solution.maxpool2d_backward(dpooled, clipped, 2, 2, 0)
    if relu_gradient:
        dmaps = dmaps * (maps > 0)
    _, dconv_w, dconv_b = solution.conv2d_backward(dmaps, images, params["conv_w"], params["conv_b"], 1, 1)
    return loss, {"conv_w": dconv_w, "conv_b": dconv_b, "fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)}


def training(
    images, labels, params, epochs, lr, batch, seed, *, back=forward_and_back, orders=None, freeze=(), keep=None, after=False
):
    """Return trained parameters and, for each epoch, the batches' losses and sizes; with some steps changed."""
    rng, epochs_losses = np.random.default_rng(seed), []
    trained = {name: np.array(value) for name, value in params.items()}
    for epoch in range(epochs):
        order = orders(rng, len(images), epoch) if orders else rng.permutation(len(images))
        losses = []
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            if keep and not keep(len(chosen), start):
                continue
            loss, grads = back(images[chosen], labels[chosen], trained)
            trained = trained | solution.sgd_step(
                {name: trained[name] for name in trained if name not in freeze},
                {name: grads[name] for name in trained if name not in freeze},
                lr,
            )
            if after:
                loss = back(images[chosen], labels[chosen], trained)[0]
            losses.append((loss, len(chosen)))
        epochs_losses.append(losses)
    return trained, epochs_losses


def weighted(losses):
    """Return each epoch's mean loss over images."""
    return [float(sum(loss * size for loss, size in epoch) / max(sum(size for _, size in epoch), 1)) for epoch in losses]


def mistrained(*arguments, **options):
    """Return what `train` returns, with some steps changed."""
    trained, losses = training(*arguments, **options)
    return trained, weighted(losses)


def negated(images, labels, params):
    loss, grads = forward_and_back(images, labels, params)
    return loss, {name: -value for name, value in grads.items()}


@mistake(UPHILL)
def train_uphill(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, back=negated)


@mistake(RATE_LEFT_OUT)
def train_without_rate(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, 1.0, batch, seed)


@mistake("The images are not shuffled. Each epoch visits them in the order of rng.permutation(N).", about="order")
def train_not_shuffled(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, orders=lambda rng, n, epoch: np.arange(n))


@mistake(
    "Every epoch has the same order: the random numbers start again each time. Make the generator once, before the loop.",
    about="order",
)
def train_same_order_each_epoch(images, labels, params, epochs, lr, batch, seed):
    orders = lambda rng, n, epoch: np.random.default_rng(seed).permutation(n)  # noqa: E731
    return mistrained(images, labels, params, epochs, lr, batch, seed, orders=orders)


@mistake(
    "The order comes from NumPy's old generator, as after np.random.seed. Make rng = np.random.default_rng(seed), once.",
    about="order",
)
def train_old_generator(images, labels, params, epochs, lr, batch, seed):
    old = np.random.RandomState(seed)
    return mistrained(images, labels, params, epochs, lr, batch, seed, orders=lambda rng, n, epoch: old.permutation(n))


@mistake(
    "The images are shuffled but not their labels, so each image learns another one's label. Use one order for both.",
    about="order",
)
def train_labels_not_shuffled(images, labels, params, epochs, lr, batch, seed):
    rng, trained, losses = np.random.default_rng(seed), {name: np.array(value) for name, value in params.items()}, []
    for _ in range(epochs):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss, grads = forward_and_back(images[chosen], labels[start : start + batch], trained)
            trained = solution.sgd_step(trained, grads, lr)
            total += loss * len(chosen)
        losses.append(total / len(order))
    return trained, losses


@mistake("The last batch is left out when it is smaller than the others. It counts as well.", about="batch")
def train_last_batch_dropped(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, keep=lambda size, start: size == batch)


@mistake("All images are one batch. A step is taken after every `batch` images.", about="batch")
def train_one_batch(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, len(images), seed)


@mistake(
    "A step is taken after every single image. It is taken after every `batch` images, with their mean gradient.", about="batch"
)
def train_image_by_image(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, 1, seed)


@mistake("Only one batch of each epoch is used. An epoch visits all images, batch after batch.", about="batch")
def train_first_batch_only(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, keep=lambda size, start: start == 0)


@mistake("The gradient passes ReLU as if it were not there. It passes only where ReLU's input was above 0.")
def train_without_gradient_of_relu(images, labels, params, epochs, lr, batch, seed):
    def back(images, labels, params):
        return forward_and_back(images, labels, params, relu_gradient=False)

    return mistrained(images, labels, params, epochs, lr, batch, seed, back=back)


@mistake("The filters never change: only the linear layer learns. All four parameters take part in each step.")
def train_filters_frozen(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, freeze=("conv_w", "conv_b"))


@mistake("The linear layer never changes: only the filters learn. All four parameters take part in each step.")
def train_linear_layer_frozen(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, freeze=("fc_w", "fc_b"))


@mistake("The biases never change. All four parameters take part in each step.")
def train_biases_frozen(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, freeze=("conv_b", "fc_b"))


@mistake(
    "The gradients are sums over the batch. The loss is a mean over images, and so are its gradients: divide by N once.",
    about="batch",
)
def train_gradients_summed(images, labels, params, epochs, lr, batch, seed):
    def back(images, labels, params):
        return forward_and_back(images, labels, params, scale=len(labels))

    return mistrained(images, labels, params, epochs, lr, batch, seed, back=back)


@mistake("The gradients are divided by the batch's size twice. cross_entropy has already done it.", about="batch")
def train_gradients_divided_twice(images, labels, params, epochs, lr, batch, seed):
    def back(images, labels, params):
        return forward_and_back(images, labels, params, scale=1 / len(labels))

    return mistrained(images, labels, params, epochs, lr, batch, seed, back=back)


@mistake("The losses are taken after the steps. Take the loss of each image before the step of its batch.", about="losses")
def train_losses_after_the_step(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, lr, batch, seed, after=True)


@mistake(
    "A small last batch counts as much as a full one in the loss. Weight each batch's loss by its number of images.",
    about="batch",
)
def train_losses_not_weighted(images, labels, params, epochs, lr, batch, seed):
    trained, losses = training(images, labels, params, epochs, lr, batch, seed)
    return trained, [float(np.mean([loss for loss, _ in epoch])) for epoch in losses]


@mistake("The losses are those of the last batches. Return the mean over all images of each epoch.", about="losses")
def train_losses_of_the_last_batch(images, labels, params, epochs, lr, batch, seed):
    trained, losses = training(images, labels, params, epochs, lr, batch, seed)
    return trained, [float(epoch[-1][0]) for epoch in losses]


@mistake("The losses are sums. Return the mean over the images of each epoch.", about="losses")
def train_losses_summed(images, labels, params, epochs, lr, batch, seed):
    trained, losses = training(images, labels, params, epochs, lr, batch, seed)
    return trained, [float(sum(loss * size for loss, size in epoch)) for epoch in losses]


@mistake("There is one loss for each batch. There is one for each epoch: the mean over its images.", about="losses")
def train_losses_of_batches(images, labels, params, epochs, lr, batch, seed):
    trained, losses = training(images, labels, params, epochs, lr, batch, seed)
    return trained, [float(loss) for epoch in losses for loss, _ in epoch]


@mistake("The parameters come back unchanged: the result of sgd_step is never kept.")
def train_nothing_learned(images, labels, params, epochs, lr, batch, seed):
    return mistrained(images, labels, params, epochs, 0.0, batch, seed)


@mistake("The input parameters are changed. Start with copies, so that the same start can be used again.")
def train_in_place(images, labels, params, epochs, lr, batch, seed):
    trained, losses = solution.train(images, labels, params, epochs, lr, batch, seed)
    for name, value in trained.items():
        params[name][...] = value
    return params, losses


@mistake("The maps are taken to be as wide as they are high. Images need not be square: use H//2 and W//2.", about="shape")
def train_width_from_height(images, labels, params, epochs, lr, batch, seed):
    height, filters = images.shape[2], len(params["conv_w"])
    room = max(height - images.shape[3], 0)
    square = np.pad(images, ((0, 0), (0, 0), (0, 0), (0, room)))[..., :height]
    side, maps = height // 2, params["fc_w"].reshape(len(params["fc_b"]), filters, height // 2, -1)
    kept = np.pad(maps, ((0, 0), (0, 0), (0, 0), (0, max(side - maps.shape[3], 0))))[..., :side]
    trained, losses = solution.train(square, labels, params | {"fc_w": kept.reshape(len(maps), -1)}, epochs, lr, batch, seed)
    if kept.shape != maps.shape:
        width = min(side, maps.shape[3])
        maps = maps.copy()
        maps[..., :width] = trained["fc_w"].reshape(kept.shape)[..., :width]
        trained["fc_w"] = maps.reshape(len(maps), -1)
    return trained, losses


@mistake("One epoch is missing.")
def train_one_epoch_less(images, labels, params, epochs, lr, batch, seed):
    return solution.train(images, labels, params, max(epochs - 1, 0), lr, batch, seed)


@mistake(
    "The new parameters are thrown away within an epoch: each step starts from those that the epoch began with.", about="batch"
)
def train_step_thrown_away(images, labels, params, epochs, lr, batch, seed):
    rng, losses = np.random.default_rng(seed), []
    new = {name: np.array(value) for name, value in params.items()}
    for _ in range(epochs):
        current, order, total = new, rng.permutation(len(images)), 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss, grads = forward_and_back(images[chosen], labels[chosen], current)
            new = solution.sgd_step(current, grads, lr)
            total += loss * len(chosen)
        losses.append(total / len(order))
    return new, losses


@mistake("Each epoch begins again with the parameters that were given. Go on with those of the epoch before.", about="epochs")
def train_each_epoch_from_the_start(images, labels, params, epochs, lr, batch, seed):
    rng, losses, trained = np.random.default_rng(seed), [], {name: np.array(value) for name, value in params.items()}
    for _ in range(epochs):
        order, total = rng.permutation(len(images)), 0.0
        trained = {name: np.array(value) for name, value in params.items()}
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss, grads = forward_and_back(images[chosen], labels[chosen], trained)
            trained = solution.sgd_step(trained, grads, lr)
            total += loss * len(chosen)
        losses.append(total / len(order))
    return trained, losses


@mistake(
    "The generator is made anew with seed + epoch. Make rng = np.random.default_rng(seed) once, before the loop.", about="order"
)
def train_seed_and_epoch(images, labels, params, epochs, lr, batch, seed):
    orders = lambda rng, n, epoch: np.random.default_rng(seed + epoch).permutation(n)  # noqa: E731
    return mistrained(images, labels, params, epochs, lr, batch, seed, orders=orders)


@mistake("ReLU's gradient passes where the gradient is above 0. It passes where ReLU's input was.")
def train_gradient_clipped(images, labels, params, epochs, lr, batch, seed):
    def back(images, labels, params):
        maps = solution.conv2d(images, params["conv_w"], params["conv_b"], 1, 1)
        clipped = np.maximum(maps, 0)
        flat = solution.maxpool2d(clipped, 2).reshape(len(images), -1)
        loss, dlogits = solution.cross_entropy(flat @ params["fc_w"].T + params["fc_b"], labels)
        dpooled = (dlogits @ params["fc_w"]).reshape(*maps.shape[:2], maps.shape[2] // 2, maps.shape[3] // 2)
        dmaps = np.maximum(solution.maxpool2d_backward(dpooled, clipped, 2, 2, 0), 0)
        _, dconv_w, dconv_b = solution.conv2d_backward(dmaps, images, params["conv_w"], params["conv_b"], 1, 1)
        return loss, {"conv_w": dconv_w, "conv_b": dconv_b, "fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)}

    return mistrained(images, labels, params, epochs, lr, batch, seed, back=back)


@mistake("The trained parameters are returned without the losses. Return both: (params, losses).")
def train_without_losses(images, labels, params, epochs, lr, batch, seed):
    return solution.train(images, labels, params, epochs, lr, batch, seed)[0]
