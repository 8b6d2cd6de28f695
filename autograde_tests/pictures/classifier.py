"""The pictures of the unit `classifier`: digits misread, how sure the network is, and what it sees on the way."""

import numpy as np

from cnngrade import picture, play


def digits(data):
    """Return raw digits (N, 8, 8) that were held back, their labels, and the trained weights."""
    with np.load(data / "lenet.npz") as file:
        held_back = file["held_back"]
        params = {name: file[name].astype(np.float64) for name in file.files if name != "held_back"}
    with np.load(data / "digits.npz") as file:
        return file["images"][held_back], file["labels"][held_back], params


@picture
def classify_the_digits_misread(functions, data):
    """The digits that the network misreads, by their places among the 360 that it has never seen. Could you have read them?"""
    raw, labels, params = digits(data)
    names = np.asarray(functions.classify(raw, params)).ravel()
    if len(names) != len(labels):
        return {"no name for every digit": np.zeros((1, 1))}
    misread = np.flatnonzero(names != labels)[:12]
    return {f"{place}: a {labels[place]} read as {int(names[place])}": raw[place] / 16.0 for place in misread}


@picture
def softmax_as_bars(functions, data):
    """The same ten logits, times 1, 3 and 10: the larger they are, the surer the answer."""
    logits = np.array([0.2, -1.0, 0.8, 2.0, -0.4, 1.6, -2.0, 0.0, 1.1, -0.7])
    panels = {}
    for factor in (1, 3, 10):
        probabilities = np.clip(np.nan_to_num(np.asarray(functions.softmax(factor * logits), float)), 0, 1)
        bars = np.zeros((40, 40))
        for number, share in enumerate(np.resize(probabilities, 10)):
            bars[40 - round(38 * share) :, 4 * number : 4 * number + 3] = 1
        panels[f"logits times {factor}"] = bars
    return panels


@picture
def lenet_of_a_digit(functions, data):
    """Ten digits, and a row of ten logits for each: red says yes, blue says no. The reddest of a row names the digit."""
    raw, labels, params = digits(data)
    chosen = [int(np.flatnonzero(labels == label)[0]) for label in range(10)]
    images = np.kron(raw[chosen] / 16.0, np.ones((4, 4)))[:, None]
    logits = np.asarray(functions.lenet(images, params), float)
    return {"the digits": images[:, 0].reshape(2, 5, 32, 32).transpose(0, 2, 1, 3).reshape(64, 160), "their logits": logits}


@picture
def linear_as_a_template(functions, data):
    """A dense layer that compares each digit with ten templates: red where it is like the mean digit of that label."""
    raw, labels, _ = digits(data)
    means = np.stack([raw[labels == label].mean(axis=0) / 16.0 for label in range(10)])
    templates = means - means.mean(axis=0)
    answers = functions.linear(raw[:12].reshape(12, 64) / 16.0, templates.reshape(10, 64), np.zeros(10))
    return {
        "twelve digits": raw[:12].reshape(2, 6, 8, 8).transpose(0, 2, 1, 3).reshape(16, 48) / 16.0,
        "ten templates": templates.reshape(2, 5, 8, 8).transpose(0, 2, 1, 3).reshape(16, 40),
        "a row for each digit": answers,
    }


@play
def linear_of_two_rows(data):
    """Two rows of four numbers, three units with a weight for each of them, and their biases."""
    w = np.array([[1.0, 0.0, -1.0, 2.0], [0.5, 0.5, 0.5, 0.5], [0.0, -2.0, 0.0, 1.0]])
    return {"x": np.array([[1.0, 2.0, 3.0, 4.0], [0.0, -1.0, 2.0, 0.5]]), "w": w, "b": np.array([10.0, 0.0, -1.0])}


@play
def softmax_of_two_rows(data):
    """Two rows of logits, one with numbers near 1000. The probabilities of each row sum to 1."""
    return {"x": np.array([[2.0, 1.0, 0.0, -1.0, 0.5], [1000.0, 998.0, 999.5, 0.0, -1000.0]])}


@play
def lenet_of_three_digits(data):
    """The ten logits of three digits that were held back, with the trained weights."""
    raw, _, params = digits(data)
    return {"images": np.kron(raw[:3] / 16.0, np.ones((4, 4)))[:, None], "params": params}
