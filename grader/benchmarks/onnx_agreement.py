"""Does the reference agree with ONNX? The operator cases that the onnx package builds, answered by the course's functions.

    python grader/benchmarks/onnx_agreement.py [--write-docs]

Every case of Conv, MaxPool, AveragePool, Pad, Relu, Softmax, Gemm and GlobalAveragePool that is a single operator. What the
course's functions do not say themselves is put together from them: frames that differ on two sides are cut from an even one, a
mean that leaves the frame out is a quotient of two means, one-dimensional images are images of one row. A case that cannot be
said is listed with its reason. Printed is the largest difference relative to the largest expected number; the bound is 1e-5
(the cases are float32). Exit status 1 if one disagrees; a missing onnx is reported, with status 2.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from figures.section import Section, add_writing

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from solutions.classifier import linear, softmax
from solutions.convolution import conv2d
from solutions.hierarchy import relu
from solutions.padding import pad2d
from solutions.pooling import avgpool2d, global_avgpool2d, maxpool2d

BOUND = 1e-5
Array = np.ndarray[Any, Any]
Attributes = dict[str, Any]


class CannotSay(Exception):
    """The case asks for something that is not in the course; the text says what."""


def frame(x: Array, pads: list[int], value: float) -> Array:
    """Put rows and columns of `value` around the images: pads are top, left, bottom, right."""
    top, left, bottom, right = pads
    rows, columns = max(top, bottom), max(left, right)
    framed = pad2d(x, (rows, columns), value)
    return framed[:, :, rows - top : framed.shape[2] - rows + bottom, columns - left : framed.shape[3] - columns + right]


def flat(x: Array, attributes: Attributes) -> tuple[Array, Attributes]:
    """Make images of one row of one-dimensional ones; refuse three dimensions, dilation and rounding up."""
    dimensions = x.ndim - 2
    if dimensions == 3:
        raise CannotSay("three dimensions")
    if any(step != 1 for step in attributes.get("dilations", [])):
        raise CannotSay("dilation")
    if attributes.get("ceil_mode", 0):
        raise CannotSay("an incomplete last window counts (ceil_mode)")
    if attributes.get("group", 1) != 1:
        raise CannotSay("groups")
    full: Attributes = {"strides": [1] * dimensions, "pads": [0] * 2 * dimensions} | attributes
    if dimensions == 1:
        first, last = full["pads"]
        full |= {"strides": [1, *full["strides"]], "pads": [0, first, 0, last], "kernel_shape": [1, *full["kernel_shape"]]}
        x = x[:, :, None]
    automatic = full.get("auto_pad", b"NOTSET").decode()
    if automatic.startswith("SAME"):
        missing = [
            max((-(-side // step) - 1) * step + kernel - side, 0)
            for side, step, kernel in zip(x.shape[2:], full["strides"], full["kernel_shape"], strict=True)
        ]
        less, more = [total // 2 for total in missing], [total - total // 2 for total in missing]
        full["pads"] = [*less, *more] if automatic == "SAME_UPPER" else [*more, *less]
    elif automatic == "VALID":
        full["pads"] = [0] * 4
    return x, full


def answer_conv(inputs: list[Array], attributes: Attributes) -> Array:
    x, full = flat(inputs[0], attributes)
    if full["strides"][0] != full["strides"][1]:
        raise CannotSay("different strides for rows and columns")
    return conv2d(frame(x, full["pads"], 0.0), inputs[1], inputs[2] if len(inputs) > 2 else None, full["strides"][0])


def answer_max_pool(inputs: list[Array], attributes: Attributes) -> Array:
    x, full = flat(inputs[0], attributes)
    out = maxpool2d(frame(x, full["pads"], -np.inf), tuple(full["kernel_shape"]), tuple(full["strides"]))
    return out if inputs[0].ndim == 4 else out[:, :, 0]


def answer_average_pool(inputs: list[Array], attributes: Attributes) -> Array:
    x, full = flat(inputs[0], attributes)
    kernel, stride = tuple(full["kernel_shape"]), tuple(full["strides"])
    out = avgpool2d(frame(x, full["pads"], 0.0), kernel, stride)
    if not full.get("count_include_pad", 0):
        out = out / avgpool2d(frame(np.ones_like(x), full["pads"], 0.0), kernel, stride)
    return out if inputs[0].ndim == 4 else out[:, :, 0]


def answer_pad(inputs: list[Array], attributes: Attributes) -> Array:
    mode = attributes.get("mode", b"constant").decode()
    if mode != "constant":
        raise CannotSay(f"a frame that is not constant ({mode})")
    x, pads = inputs[0], inputs[1]
    axes = [int(axis) % x.ndim for axis in inputs[3]] if len(inputs) > 3 else list(range(x.ndim))
    before, after = np.zeros(x.ndim, int), np.zeros(x.ndim, int)
    before[axes], after[axes] = pads[: len(axes)], pads[len(axes) :]
    if before[:2].any() or after[:2].any() or before.min() < 0 or after.min() < 0:
        raise CannotSay("images or channels are padded, or something is cut off")
    return frame(x, [*before[2:], *after[2:]], float(inputs[2]) if len(inputs) > 2 and inputs[2].size else 0.0)


def answer_gemm(inputs: list[Array], attributes: Attributes) -> Array:
    a = inputs[0].T if attributes.get("transA") else inputs[0]
    w = inputs[1] if attributes.get("transB") else inputs[1].T
    out = linear(np.float32(attributes.get("alpha", 1.0)) * a, w, np.zeros(len(w), np.float32))
    return out if len(inputs) < 3 else out + np.float32(attributes.get("beta", 1.0)) * inputs[2]


OPERATORS: dict[str, Callable[[list[Array], Attributes], Array]] = {
    "Conv": answer_conv,
    "MaxPool": answer_max_pool,
    "AveragePool": answer_average_pool,
    "Pad": answer_pad,
    "Relu": lambda inputs, attributes: relu(inputs[0]),
    "Softmax": lambda inputs, attributes: softmax(inputs[0], attributes.get("axis", -1)),
    "Gemm": answer_gemm,
    "GlobalAveragePool": lambda inputs, attributes: global_avgpool2d(inputs[0])[:, :, None, None],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_writing(parser)
    asked = parser.parse_args()
    try:
        import onnx
        from onnx.backend.test.case.node import collect_testcases
    except ImportError:
        print("onnx is not installed: nothing was compared. `make bench` installs it.")
        return 2
    with warnings.catch_warnings():
        # Cases of other operators overflow on purpose while they are built.
        warnings.simplefilter("ignore")
        cases = [case for case in collect_testcases(None) if len(case.model.graph.node) == 1]
    disagree, rows, left_out = 0, [], Counter[str]()
    for operator, answer in OPERATORS.items():
        agree, worst = 0, 0.0
        for case in (case for case in cases if case.model.graph.node[0].op_type == operator):
            node = case.model.graph.node[0]
            attributes = {part.name: onnx.helper.get_attribute_value(part) for part in node.attribute}
            for inputs, outputs in case.data_sets:
                # Of MaxPool's two outputs the second one says where, which the course does not ask for.
                expected = np.asarray(outputs[0], float)
                try:
                    ours = np.asarray(answer([np.asarray(array) for array in inputs], attributes), float)
                except CannotSay as reason:
                    left_out[str(reason)] += 1
                    print(f"{case.name} cannot be said: {reason}", file=sys.stderr)
                    continue
                off = np.inf
                if ours.shape == expected.shape:
                    off = np.abs(ours - expected).max() / max(np.abs(expected).max(), 1e-30)
                agree, worst = agree + bool(off <= BOUND), max(worst, float(off))
                if off > BOUND:
                    disagree += 1
                    print(f"{case.name} DISAGREES: {off:.3g}")
        rows.append([operator, str(agree), f"{worst:.1e}"])
    section = Section("onnx", ("onnx",))
    section.table(["operator", "cases that agree", "largest difference, of the largest expected number"], rows)
    reasons = [[reason, str(count)] for reason, count in left_out.most_common()]
    section.table(["what the course does not have", "cases that need it"], reasons)
    section.end(None if disagree else asked.write_docs)
    return 1 if disagree else 0


if __name__ == "__main__":
    sys.exit(main())
