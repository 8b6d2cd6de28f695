# expect:
#   verdict: passed
#   earned: all
#
# A plain program: arguments are parsed at the bottom, and there only, and it ends with sys.exit.

import argparse
import sys

import numpy as np


def check_arguments(x, w, b, stride, padding):
    if stride < 1 or padding < 0:
        raise ValueError("impossible stride or padding")
    if x.shape[1] != w.shape[1] or (b is not None and len(b) != len(w)):
        raise ValueError("channels or biases differ")
    if any(kernel > size + 2 * padding for kernel, size in zip(w.shape[2:], x.shape[2:])):
        raise ValueError("the kernel is larger than the padded image")


def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    frame = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
    frame[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    rows = range(0, frame.shape[2] - w.shape[2] + 1, stride)
    columns = range(0, frame.shape[3] - w.shape[3] + 1, stride)
    out = np.zeros((len(x), len(w), len(rows), len(columns)))
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            seen = frame[:, :, u : u + rows.stop : stride, v : v + columns.stop : stride]
            seen = seen[:, :, : len(rows), : len(columns)]
            out += np.einsum("ncij,kc->nkij", seen, w[:, :, u, v].astype(float), optimize=True)
    return out if b is None else out + np.reshape(b, (-1, 1, 1))


def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=5)
    arguments = parser.parse_args()
    print(correlate2d(np.eye(arguments.size), np.ones((2, 2))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
