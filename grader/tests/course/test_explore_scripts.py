"""What the pages of explore compute, in JavaScript: run by node's own test runner, against answers of the solutions."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnngrade.pages.arrays import array_as_json
from solutions import classifier, convolution, filters, hierarchy, learning, padding, pixels, pooling
from solutions.data.training_run import enlarged
from support.places import ROOT

SCRIPTS = Path(__file__).parent / "explore"
DATA = ROOT / "exercises" / "data"
NODE = shutil.which("node")

Case = dict[str, Any]


def _image(rng: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    return rng.normal(size=shape)


def _arrays() -> list[Case]:
    halves = np.array([0, -0.0, 1, -2.5, 65504, 6e-8, -6.1e-5, 1 / 3, np.inf, -np.inf], np.float16)
    kinds = [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.float32, np.float64, np.int64, np.bool_]
    given = [halves, np.array([np.nan], np.float16), *(np.array([[0, 1, 2], [100, 3, 1]]).astype(kind) for kind in kinds)]
    given += [np.arange(6, dtype=">i4").reshape(2, 3), np.arange(12.0).reshape(3, 4).T]
    return [{"dtype": str(array.dtype), "array": array, "numbers": array.astype(np.float64)} for array in given]


def _convolutions(rng: np.random.Generator) -> list[Case]:
    cases = []
    for shape, sizes, stride, frame in [
        ((1, 5, 7), (1, 3, 3), 1, 0), ((3, 8, 6), (4, 3, 2), 1, 1), ((2, 9, 7), (5, 2, 3), 2, 0), ((2, 7, 8), (3, 4, 3), 3, 2),
        ((3, 4, 4), (2, 4, 4), 1, 0), ((4, 5, 6), (2, 1, 1), 1, 0),
    ]:  # fmt: skip
        x, w, b = _image(rng, *shape), _image(rng, sizes[0], shape[0], *sizes[1:]), _image(rng, sizes[0])
        for biases in (b, None):
            answer = convolution.conv2d(x[None], w, biases, stride, frame)[0]
            cases.append({"x": x, "w": w, "b": biases, "stride": stride, "padding": frame, "answer": answer})
    return cases


def _pooling(rng: np.random.Generator) -> list[Case]:
    cases = []
    for shape, size, stride in [((1, 8, 8), 2, 2), ((3, 7, 9), 2, 2), ((2, 8, 7), 3, 2), ((2, 6, 5), 1, 1), ((1, 9, 9), 4, 4)]:
        x = _image(rng, *shape) - 3
        largest, mean = (pool(x[None], size, stride)[0] for pool in (pooling.maxpool2d, pooling.avgpool2d))
        cases.append({"x": x, "size": size, "stride": stride, "largest": largest, "mean": mean})
    return cases


def _layers(rng: np.random.Generator) -> list[Any]:
    return [
        (_image(rng, 4, 2, 3, 3), _image(rng, 4), 1, 2),
        (_image(rng, 3, 4, 3, 3), _image(rng, 3) + 2, 0, 2),
        (np.abs(_image(rng, 2, 3, 1, 1)), _image(rng, 2) + 5, 0, 1),
    ]


def _hierarchies(rng: np.random.Generator) -> list[Case]:
    cases = []
    for shape in ((2, 14, 17), (2, 16, 13)):
        x, layers = _image(rng, *shape), _layers(rng)
        answers = [maps[0] for maps in hierarchy.feature_hierarchy(x[None], layers)]
        named = [{"weights": w, "biases": b, "padding": frame, "pool": pool} for w, b, frame, pool in layers]
        cases.append({"x": x, "layers": named, "answers": answers})
    return cases


def _set_by_hand() -> list[Case]:
    """Return the network that the lesson on hierarchies sets by hand."""
    layers = runpy.run_path(str(ROOT / "exercises" / "hierarchy.py"))["hand_wired"]()
    return [{"weights": w, "biases": b, "padding": frame, "pool": pool} for w, b, frame, pool in layers]


def trained_lenet() -> dict[str, NDArray[np.float64]]:
    """Return the weights of the LeNet that the course brings, without the list of digits held back."""
    with np.load(DATA / "lenet.npz") as file:
        return {name: file[name].astype(np.float64) for name in file.files if name != "held_back"}


def _lenets() -> list[Case]:
    params, cases = trained_lenet(), []
    with np.load(DATA / "digits.npz") as file:
        digits = file["images"][[0, 492, 1729]]
    for digit in digits:
        image = (digit / 16.0).repeat(4, axis=0).repeat(4, axis=1)[None, None]
        layers = [(params[f"conv{n}_w"], params[f"conv{n}_b"], 0, 2) for n in (1, 2)]
        _, block1, block2 = hierarchy.feature_hierarchy(image, layers)
        logits = classifier.lenet(image, params)
        cases.append({
            "digit": digit, "params": params, "block1": block1[0], "block2": block2[0], "logits": logits[0],
            "probabilities": classifier.softmax(logits)[0],
        })  # fmt: skip
    return cases


def _losses(rng: np.random.Generator) -> list[Case]:
    cases = []
    huge = np.array([1000.0, -1000.0, 0.0])
    for logits, label in [(_image(rng, 5), 2), (np.zeros(3), 1), (huge, 1), (_image(rng, 10) * 9, 0)]:
        loss, gradient = learning.cross_entropy(logits[None], np.array([label]))
        cases.append({"logits": logits, "label": label, "loss": loss, "gradient": gradient[0]})
    return cases


def _filter_gradients(rng: np.random.Generator) -> list[Case]:
    cases = []
    for channels, height, width, count, size in [(1, 6, 7, 2, 3), (3, 5, 8, 4, 2), (2, 4, 4, 1, 4)]:
        x, w, b = _image(rng, channels, height, width), _image(rng, count, channels, size, size), np.zeros(count)
        dout = _image(rng, count, height - size + 1, width - size + 1)
        _, dw, db = learning.conv2d_backward(dout[None], x[None], w, b, 1, 0)
        cases.append({"dout": dout, "x": x, "dw": dw, "db": db})
    return cases


def _winners(rng: np.random.Generator) -> list[Case]:
    cases = []
    for x, size in [(_image(rng, 2, 6, 4), 2), (_image(rng, 1, 7, 9), 2), (_image(rng, 3, 6, 9), 3), (np.zeros((1, 4, 4)), 2)]:
        dout = _image(rng, len(x), x.shape[1] // size, x.shape[2] // size)
        dx = learning.maxpool2d_backward(dout[None], x[None], size, size, 0)[0]
        cases.append({"dout": dout, "x": x, "size": size, "dx": dx})
    return cases


def _network(images: NDArray[Any], labels: NDArray[Any], p: dict[str, NDArray[Any]]) -> tuple[Any, Any, dict[str, Any]]:
    """Return logits, loss and gradients of conv2d -> relu -> maxpool 2 -> linear, made of the reference's functions."""
    maps = convolution.conv2d(images, p["conv_w"], p["conv_b"])
    on = np.maximum(maps, 0)
    pooled = pooling.maxpool2d(on, 2)
    flat = pooled.reshape(len(images), -1)
    logits = classifier.linear(flat, p["fc_w"], p["fc_b"])
    loss, back = learning.cross_entropy(logits, labels)
    d = learning.maxpool2d_backward((back @ p["fc_w"]).reshape(pooled.shape), on, 2, 2, 0) * (maps > 0)
    _, dw, db = learning.conv2d_backward(d, images, p["conv_w"], p["conv_b"], 1, 0)
    return logits, loss, {"conv_w": dw, "conv_b": db, "fc_w": back.T @ flat, "fc_b": back.sum(axis=0)}


def _beginning(rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    conv, dense = _image(rng, 3, 1, 5, 5) * 0.1, _image(rng, 4, 3 * 3 * 4) * 0.1
    return {"conv_w": conv, "conv_b": np.full(3, 0.1), "fc_w": dense, "fc_b": np.zeros(4)}


def _trainings(rng: np.random.Generator) -> list[Case]:
    images, labels, begin = rng.uniform(size=(14, 1, 10, 12)), rng.integers(0, 4, 14), _beginning(rng)
    batches = [rng.permutation(14)[:size] for size in (5, 5, 4, 1, 14, 3, 2, 7, 7, 6)]
    end, losses = begin, []
    for batch in batches:
        _, loss, grads = _network(images[batch], labels[batch], end)
        end = learning.sgd_step(end, grads, 0.3)
        losses.append(loss)
    return [{
        "images": images, "labels": labels.tolist(), "batches": [batch.tolist() for batch in batches], "rate": 0.3,
        "begin": begin, "end": end, "losses": np.array(losses),
    }]  # fmt: skip


def _judged(rng: np.random.Generator) -> list[Case]:
    images, labels, params = rng.uniform(size=(11, 1, 10, 12)), rng.integers(0, 4, 11), _beginning(rng)
    logits, loss, _ = _network(images, labels, params)
    accuracy = float((logits.argmax(axis=1) == labels).mean())
    return [{"images": images, "labels": labels.tolist(), "params": params, "loss": loss, "accuracy": accuracy}]


def _softened(rng: np.random.Generator) -> list[Case]:
    digits = rng.integers(0, 17, (3, 8, 8))
    return [{"digit": digit, "answer": soft} for digit, soft in zip(digits, enlarged(digits), strict=True)]


def _of_the_later_units(rng: np.random.Generator) -> dict[str, list[Case]]:
    fields = [[(5, 2), (5, 2), (5, 1)], [(3, 1), (3, 1)], [(1, 1)], [(3, 3), (2, 2), (7, 1)], []]
    moves = [(0, 0), (1, 0), (0, -1), (-2, 3), (9, 0), (4, -4)]
    layer = _image(rng, 9), _image(rng, 4, 9), _image(rng, 4)
    logits = [_image(rng, 6), np.array([1000.0, 1000.0, -1000.0]), np.array([-1e4, -1e4 - 1])]
    moved = _image(rng, 2, 5, 6)
    signs = np.array([[-2.0, -0.0, 0.0], [3.5, np.nan, -np.inf]])[None]
    return {
        "relu": [{"x": signs, "answer": hierarchy.relu(signs)}],
        "pooling": _pooling(rng),
        "linear": [{
            "x": layer[0], "w": layer[1], "b": layer[2], "answer": classifier.linear(layer[0][None], *layer[1:])[0],
        }],
        "softmax": [{"x": x, "answer": classifier.softmax(x)} for x in logits],
        "shift": [{"x": moved, "down": dy, "right": dx, "answer": pixels.shift(moved[None], dy, dx)[0]} for dy, dx in moves],
        "lenet": _lenets(),
        "feature_hierarchy": _hierarchies(rng),
        "set_by_hand": _set_by_hand(),
        "receptive_field": [{"layers": layers, "answer": hierarchy.receptive_field(layers)} for layers in fields],
        "cross_entropy": _losses(rng),
        "conv2d_backward": _filter_gradients(rng),
        "maxpool2d_backward": _winners(rng),
        "training": _trainings(rng),
        "judged": _judged(rng),
        "softened": _softened(rng),
    }  # fmt: skip


def _windows() -> list[Case]:
    """Windows counted one by one, and as many as the reference says."""
    cases = []
    settings = [(6, 3, 1, 0), (6, 3, 2, 1), (8, 3, 2, 0), (7, 3, 2, 1), (32, 11, 6, 5), (5, 2, 3, 0), (1, 3, 1, 1)]
    for size, kernel, stride, frame in settings:
        starts = [start for start in range(-frame, size + frame - kernel + 1) if (start + frame) % stride == 0]
        assert len(starts) == padding.output_size(size, kernel, stride, frame)
        coverage = [sum(start <= pixel < start + kernel for start in starts) for pixel in range(size)]
        left = size + frame - max(start + kernel for start in starts)
        numbers = {"size": size, "kernel": kernel, "stride": stride, "padding": frame}
        cases.append({**numbers, "starts": starts, "coverage": coverage, "leftOver": left})
    return cases


def _alike(rng: np.random.Generator) -> list[Case]:
    rows = _image(rng, 2, 9)
    pairs = [(rows[0], rows[1]), (np.arange(5.0), -np.arange(5.0)), (np.array([0, 0, 3.0]), np.array([0, 2, 3.0]))]
    cases = []
    for one, other in pairs:
        equal = one == other
        numbers = {"all": int(equal.sum()), "zeros": int((equal & (one == 0)).sum())}
        cases.append({"one": one, "other": other, "correlation": float(np.corrcoef(one, other)[0, 1]), "equal": numbers})
    return cases


def _maps_of_a_kernel(rng: np.random.Generator) -> list[Case]:
    cases = []
    for shape, size in [((5, 7), 3), ((4, 9), 1), ((6, 6), 5)]:
        x, kernel = _image(rng, *shape), _image(rng, size, size)
        framed = filters.feature_maps(x[None, None], kernel[None])[0, 0]
        cases.append({"x": x, "kernel": kernel, "inside": convolution.correlate2d(x, kernel), "framed": framed})
    return cases


def _blurred(x: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """The photograph under a Gaussian that is three sigma wide on each side; beyond its border it goes on as it ends."""
    reach = int(np.ceil(3 * sigma))
    wide = np.pad(x, reach, mode="edge")
    return np.asarray(convolution.correlate2d(wide, filters.gaussian(2 * reach + 1, sigma)))


def _of_the_first_units(rng: np.random.Generator) -> dict[str, list[Case]]:
    sizes = [(5, 3, 1, 0), (8, 3, 2, 1), (7, 2, 3, 0), (4, 4, 1, 0), (9, 5, 4, 2), (28, 5, 1, 2)]
    framed = _image(rng, 2, 3, 5)
    bytes_ = rng.integers(0, 256, (3, 6, 7)).astype(np.uint8)
    return {
        "arrays": _arrays(),
        "output_size": [
            {"size": size, "kernel": kernel, "stride": stride, "padding": frame,
             "answer": padding.output_size(size, kernel, stride, frame)} for size, kernel, stride, frame in sizes
        ],
        "pad2d": [
            {"x": framed, "padding": frame, "value": value, "answer": padding.pad2d(framed[None], frame, value)[0]}
            for frame, value in [(0, 0.0), (1, 0.0), (2, -7.5)]
        ],
        "conv2d": _convolutions(rng),
        "windows": _windows(),
        "same_padding": [{"kernel": odd, "answer": padding.same_padding(odd)} for odd in range(1, 12, 2)],
        "frames": [
            {"x": framed[0], "rows": rows, "columns": columns, "value": value,
             "answer": padding.pad2d(framed[None], (rows, columns), value)[0, 0]}
            for rows, columns, value in [(0, 0, 0.0), (1, 3, 0.0), (2, 0, -7.5)]
        ],
        "parameters": [
            {"shape": shape, "units": units, "size": size, "dense": pixels.count_dense_parameters(shape, units),
             "conv": pixels.count_conv_parameters(shape[0], units, size)}
            for shape, units, size in [((1, 28, 28), 10, 5), ((3, 1080, 1920), 1, 5), ((3, 224, 99), 64, 7), ((1, 8, 8), 1, 9)]
        ],
        "grey": [{"x": x, "answer": pixels.to_grayscale(x[None])[0, 0]} for x in (_image(rng, 3, 5, 4), bytes_)],
        "alike": _alike(rng),
        "gaussian": [
            {"size": size, "sigma": sigma, "answer": filters.gaussian(size, sigma)}
            for size, sigma in [(1, 2.0), (3, 1.0), (7, 0.5), (21, 5.0)]
        ],
        "kernels": [{"sobel": filters.sobel(), "laplacian": filters.laplacian()}],
        "compass": [
            {"degrees": degrees, "answer": np.tensordot([np.cos(angle), np.sin(angle)], filters.sobel(), 1)}
            for degrees in (0, 45, 90, 195, 345) for angle in [np.deg2rad(degrees)]
        ],
        "maps_of_a_kernel": _maps_of_a_kernel(rng),
        "edge_strength": [
            {"x": x, "answer": filters.edge_strength(x[None, None])[0, 0]} for x in (_image(rng, 3, 3), _image(rng, 6, 9))
        ],
        "to_display": [
            {"x": x, "answer": filters.to_display(x[None, None])[0, 0]}
            for x in (_image(rng, 4, 5), np.full((2, 3), -4.0), np.array([[1e-20, 0.0], [3e-20, 0.0]]))
        ],
        "blurred": [
            {"x": x, "sigma": sigma, "answer": _blurred(x, sigma)}
            for x, sigma in [(_image(rng, 9, 11), 1.5), (_image(rng, 4, 3), 2.0), (_image(rng, 5, 6), 0.5)]
        ],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """Return what JSON has for a value: arrays as the pages' data has them."""
    if isinstance(value, np.ndarray):
        return array_as_json(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.skipif(NODE is None, reason="there is no node: `apt-get install nodejs` brings it")
def test_the_scripts_compute_what_the_solutions_do(tmp_path: Path) -> None:
    """every test of the pages' JavaScript passes"""
    rng, expected = np.random.default_rng(20), tmp_path / "expected.json"
    expected.write_text(json.dumps(_plain({**_of_the_first_units(rng), **_of_the_later_units(rng)})))
    files = sorted(SCRIPTS.glob("*.test.mjs"))
    assert files
    done = subprocess.run(
        [str(NODE), "--test", "--test-reporter=tap", *map(str, files)],
        env={**os.environ, "EXPECTED": str(expected)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"# pass {sum(path.read_text().count(chr(10) + 'test(') for path in files)}" in done.stdout
