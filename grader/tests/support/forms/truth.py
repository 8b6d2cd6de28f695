"""The questions that the tests of the tiny course ask, put to whatever a kernel or a script has defined."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_TABLE = np.array([[-0.8125, 1.0], [2.0, 3.0]])
_QUESTIONS: Mapping[str, tuple[Any, ...]] = {"double": ([3.0], np.arange(-2.0, 3.0), _TABLE), "triple": (np.arange(-2.0, 3.0),)}
_FACTORS = {"double": 2, "triple": 3}


def _is_right(function: Any, factor: int, x: Any) -> bool:
    try:
        answer = np.asarray(function(x), dtype=np.float64)
    except BaseException:
        return False
    expected = factor * np.asarray(x)
    return answer.shape == expected.shape and bool(np.allclose(answer, expected))


def note_right(namespace: Mapping[str, Any], path: str) -> None:
    """Write into `path` which of the functions answer every question rightly, with a space between their names."""
    right = [
        name for name, factor in _FACTORS.items() if all(_is_right(namespace.get(name), factor, x) for x in _QUESTIONS[name])
    ]
    Path(path).write_text(" ".join(right))
