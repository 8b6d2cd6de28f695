"""What is said of the values that a function had in hand when it raised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnngrade.worker.frames import form_of

USUAL = [np.dtype(code) for code in "?bhilqBHILQefdgFDG"]
OTHERS = [
    *(dtype.newbyteorder() for dtype in USUAL),
    *map(np.dtype, ("O", "U3", "S", "V7", "M8[s]", "m8[ns]", "i4,f8")),
    np.dtype({"names": ["a"], "formats": ["i4"]}, align=True),
    # This one cannot be hashed.
    np.dtypes.StringDType(na_object=[]),
]


@pytest.mark.parametrize("dtype", [*USUAL, *OTHERS], ids=repr)
def test_a_dtype_is_called_what_numpy_calls_it(dtype: np.dtype[Any]) -> None:
    """whatever dtype an array or a number has, its order of bytes included"""
    array = np.zeros((2, 3), dtype)
    assert form_of(array) == ("array", str(array.dtype), (2, 3))
    if dtype.kind in "biuf":
        assert form_of(array[0, 0]) == ("number", str(array[0, 0].dtype), 0)
