"""The pictures of the unit `learning`: where gradients go, and filters before and after they have learned."""

import numpy as np

from cnngrade import picture, play


def digits(data):
    """Return the digits, (N, 1, 8, 8) from 0 to 1, and their labels.

    A very slight slope makes every pixel different, so that no window of a pooling has a tie.
    """
    with np.load(data / "digits.npz") as file:
        images, labels = file["images"][:, None] / 16.0, file["labels"].astype(int)
    return 0.99 * images + np.arange(64).reshape(8, 8) / 10_000, labels


def begin(filters, strength):
    """Return parameters for `filters` filters that are noise of this strength."""
    rng = np.random.default_rng(18)
    return {
        "conv_w": rng.normal(size=(filters, 1, 3, 3)) * strength,
        "conv_b": np.full(filters, 0.1),
        "fc_w": rng.normal(size=(10, filters * 16)) * 0.05,
        "fc_b": np.zeros(10),
    }


def tiled(images):
    """Return images of one size as one, four in a row, with room between them."""
    framed = [np.pad(image, ((0, 1), (0, 1))) for image in images]
    return np.vstack([np.hstack(framed[start : start + 4]) for start in range(0, len(framed), 4)])


def exciting(kernel, images):
    """Return the mean of the 50 patches of `images` that answer a kernel most strongly."""
    patches = np.lib.stride_tricks.sliding_window_view(images[:, 0], (3, 3), axis=(1, 2)).reshape(-1, 9)
    return patches[np.argsort(-(patches @ kernel.ravel()), kind="stable")[:50]].mean(axis=0).reshape(3, 3)


@picture
def conv2d_backward_of_one_place(functions, data):
    """One place of the map asks for more. Then dx is the filter, at the place where it looked, and dw is the patch that it
    saw there.
    """
    digit = digits(data)[0][2:3]
    edges = np.array([[[[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]]])
    dout = np.zeros((1, 1, 8, 8))
    dout[0, 0, 3, 4] = 1
    dx, dw, _ = functions.conv2d_backward(dout, digit, edges, np.zeros(1), 1, 1)
    return {"the digit": digit[0, 0], "the filter": edges[0, 0], "dout": dout[0, 0], "dx": dx[0, 0], "dw": dw[0, 0]}


@picture
def maxpool2d_backward_of_a_digit(functions, data):
    """The gradient of each window goes to its brightest pixel, and nowhere else."""
    digit = digits(data)[0][3:4]
    dx = functions.maxpool2d_backward(np.ones((1, 1, 4, 4)), digit, 2, 2, 0)
    return {"the digit": digit[0, 0], "who gets the gradient": dx[0, 0]}


@picture
def train_the_filters(functions, data):
    """Eight filters before and after learning to read, each drawn at full strength. Noise becomes edges: nearly all of them are
    bright on one side and dark on the other.
    """
    images, labels = digits(data)
    # Faint, so that what they end as is not what they began as.
    before = begin(8, 0.02)
    trained, _ = functions.train(images[:400], labels[:400], before, 4, 0.3, 16, 5)
    learned = np.asarray(trained["conv_w"])[:, 0]
    return {
        "at random": tiled([kernel / abs(kernel).max() for kernel in before["conv_w"][:, 0]]),
        "learned": tiled([kernel / abs(kernel).max() for kernel in learned]),
        "what excites each of them": tiled([exciting(kernel, images[:400]) for kernel in learned]),
    }


@picture
def train_the_loss(functions, data):
    """The loss, epoch by epoch, as bars: steep at first, then slower."""
    images, labels = digits(data)
    _, losses = functions.train(images[:128], labels[:128], begin(4, 0.3), 12, 0.4, 16, 2)
    bars = np.zeros((40, 5 * len(losses)))
    for number, loss in enumerate(losses):
        height = int(np.clip(np.nan_to_num(loss, nan=2.5) / 2.5 * 40, 0, 40))
        bars[40 - height :, 5 * number : 5 * number + 4] = 1
    return {"loss by epoch": bars}


@play("loss", "dlogits")
def cross_entropy_of_three_rows(data):
    """Three rows of logits and their labels: right and sure, wrong and sure, undecided."""
    logits = np.array([[4.0, 0.0, -1.0, 0.5], [3.0, -2.0, 0.0, 1.0], [0.5, 0.5, 0.5, 0.5]])
    return {"logits": logits, "labels": np.array([0, 1, 3])}


@play("dx", "dw", "db")
def conv2d_backward_of_three_places(data):
    """A digit, two filters, and three places of the maps that ask for more or for less."""
    w = np.array(
        [[[[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]], [[[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]]]]
    )
    dout = np.zeros((1, 2, 4, 4))
    dout[0, 0, 1, 2], dout[0, 0, 2, 2], dout[0, 1, 3, 1] = 1.0, -2.0, 0.5
    return {"dout": dout, "x": np.round(16 * digits(data)[0][2:3]), "w": w, "b": np.zeros(2), "stride": 2, "padding": 1}


@play
def maxpool2d_backward_of_windows_that_overlap(data):
    """The gradient of each window goes to its largest number; some numbers win in several windows."""
    x = np.array([[[[1.0, 5.0, 2.0, 0.0], [4.0, 3.0, 9.0, 1.0], [2.0, 8.0, 6.0, 7.0], [0.0, 1.0, 2.0, 3.0]]]])
    return {"dout": np.arange(1.0, 10.0).reshape(1, 1, 3, 3), "x": x, "kernel_size": 2, "stride": 1, "padding": 0}


@play("params", "losses")
def train_for_two_epochs(data):
    """Two filters that learn from twelve digits, four at a time, for two epochs."""
    images, labels = digits(data)
    params = begin(2, 0.2)
    return {"images": images[:12], "labels": labels[:12], "params": params, "epochs": 2, "lr": 0.2, "batch": 4, "seed": 3}
