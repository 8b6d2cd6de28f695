"""Sweeps over many similar inputs: every developer tries some of each kind, `make test-slow` tries them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pytest
from _pytest.mark import ParameterSet


def sweep(cases: Iterable[object], fast: Collection[object], ids: Sequence[str] | None = None) -> list[ParameterSet]:
    """Return a parameter for each case, slow unless `fast` names it: by its id where there are `ids`, else by itself.

    A tuple is the values of several arguments. Raises ValueError for a name in `fast` that no case has: a case that is renamed
    must not become slow unnoticed.
    """
    cases = list(cases)
    names: Sequence[object] = cases if ids is None else ids
    unknown = [name for name in fast if name not in names]
    if unknown or not fast:
        raise ValueError(f"no case has these names: {unknown}" if unknown else "no case is fast")
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if name in fast else pytest.mark.slow,
            id=None if ids is None else ids[number],
        )
        for number, (case, name) in enumerate(zip(cases, names, strict=True))
    ]
