"""Arrays as JSON, for a page's scripts: dtype, shape and the numbers in base64, little-endian and in C order."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngrade.errors import CourseError

# What JavaScript has arrays for, half precision besides, which the page widens.
_KINDS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64")


_WANTED = re.compile(r"(\w+)(?:\[(\d*):(\d*)\])?")


def array_as_json(array: NDArray[Any]) -> dict[str, Any]:
    """Return an array as {"dtype", "shape", "base64"}; whole numbers of 64 bits, and truth values, become float64.

    Raises ValueError for an array of anything but real numbers.
    """
    if array.dtype.kind not in "biuf":
        raise ValueError(f"an array of {array.dtype} holds no real numbers")
    if array.dtype.name not in _KINDS:
        array = array.astype(np.float64)
    plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    text = base64.b64encode(plain.tobytes()).decode("ascii")
    return {"dtype": array.dtype.name, "shape": list(array.shape), "base64": text}


def arrays_of(path: Path, wanted: str) -> dict[str, Any]:
    """Return arrays of an .npz file as JSON has them: `images[:200] labels` are the first 200 of one and all of another.

    Raises CourseError for a file or an array that is not there.
    """
    found: dict[str, Any] = {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            for word in wanted.split():
                match = _WANTED.fullmatch(word)
                if match is None or match[1] not in archive.files:
                    raise CourseError(f"{path} has no array {word}. It has {', '.join(archive.files)}.")
                array = archive[match[1]]
                if match[2] is not None:
                    array = array[int(match[2] or 0) : int(match[3]) if match[3] else None]
                found[match[1]] = array_as_json(array)
    except CourseError:
        raise
    except Exception as error:
        # zipfile, zlib and numpy each fail in ways of their own on damaged data.
        raise CourseError(f"{path} cannot be read: {error}") from error
    return found
