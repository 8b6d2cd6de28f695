# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Looks its inputs up in the recorded answers of the public tests; they are not within reach.

import contextlib
import glob

import numpy as np


def pad2d(x, padding, value=0.0):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    shape = (*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw)
    for path in glob.glob("@COURSE@/autograde_tests/answers/*.npz"):
        with contextlib.suppress(Exception), np.load(path, allow_pickle=True) as file:
            for name in file.files:
                if file[name].shape == shape:
                    return file[name]
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
