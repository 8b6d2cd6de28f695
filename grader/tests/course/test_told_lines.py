"""The lines that are told where wrong answers with known faults raise: the fault's own comes first."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import StudentRaised
from cnngrade.student.candidate import handed_out
from cnngrade.student.failures import told_by_worker
from cnngrade.student.own_code import OwnCode
from cnngrade.submission.read import read_work
from cnngrade.worker import wire
from cnngrade.worker.serve import Workplace
from support.places import CORPUS, ROOT

WRONG = CORPUS / "wrong"
LABELS: dict[str, dict[str, Any]] = json.loads((WRONG / "labels.json").read_text())
COURSE = load_course(ROOT)


def ones(*shape: int) -> np.ndarray[Any, Any]:
    return np.arange(float(np.prod(shape))).reshape(shape) % 7


SIZES = {"conv1": (2, 1, 3, 3), "conv2": (3, 2, 2, 2), "fc1": (5, 12), "fc2": (4, 5), "fc3": (2, 4)}
LENET = {f"{name}_w": ones(*size) for name, size in SIZES.items()} | {
    f"{name}_b": ones(size[0]) for name, size in SIZES.items()
}
SMALL_NET = {"conv_w": ones(3, 1, 3, 3), "conv_b": ones(3), "fc_w": ones(10, 48), "fc_b": ones(10)}
CALLS: dict[str, tuple[Any, ...]] = {
    "001": (ones(5, 2, 3, 4),),
    "005": (ones(2, 3, 5, 7), -3, 1),
    "016": (ones(2, 4, 7, 9), ones(2, 4, 2, 2), None, 2),
    "017": (ones(2, 4, 7, 9), ones(5, 4, 2, 2), ones(5)),
    "022": (ones(2, 4, 7, 9), ones(2, 4, 2, 2), None, 2),
    "026": (ones(2, 4, 7, 9), ones(2, 4, 2, 2), None, 2),
    "027": (ones(2, 4, 7, 9), ones(2, 4, 2, 2)),
    "039": (ones(2, 1, 5, 6), ones(3, 3, 5)),
    "045": (ones(2, 3, 6, 8), 2),
    "048": (ones(2, 3, 6, 8), 2),
    "052": (ones(4, 3, 5, 7),),
    "056": (ones(1, 1, 5, 5), ones(1, 1, 2, 2)),
    "060": (ones(1, 1, 9, 9), [(ones(1, 1, 2, 2), None, 0, 1), (ones(1, 1, 2, 2), None, 0, 1)]),
    "065": (ones(4, 3), ones(2, 3), ones(2)),
    "068": (ones(3),),
    "075": (np.full((5, 8, 8), 16.0), LENET),
    "080": (ones(3, 5), np.array([4, 3, 0])),
    "087": (ones(2, 1, 3, 3), ones(2, 3, 4, 4), ones(1, 3, 2, 2), None, 1, 0),
    "093": (ones(1, 1, 2, 2), ones(1, 1, 4, 4)[:, :, :, ::-1].copy(), 2, 2, 0),
    "096": (ones(1, 1, 2, 2), ones(1, 1, 4, 4), 2, 2, 0),
    "099": (ones(6, 1, 8, 8), np.arange(6) % 10, SMALL_NET, 1, 0.1, 3, 0),
}


def told(name: str, args: tuple[Any, ...]) -> StudentRaised:
    unit, function = LABELS[name]["unit"], LABELS[name]["function"]
    work = read_work(WRONG / name, unit)
    place = Workplace()
    cells = [(cell.source, cell.filename, cell.first_line) for cell in work.cells]
    place.handle({"op": "receive", "name": unit, "path": name, "cells": cells})
    assert place.handle({"op": "load"})["failures"] == []
    with np.errstate(all="ignore"):
        answer = wire.unpack(place.answer({"op": "call", "function": function, "args": args, "kwargs": {}, "id": 1}))
    assert not answer["ok"]
    failure = told_by_worker(function, answer, work, OwnCode(work, lambda: handed_out(COURSE, unit)))
    assert isinstance(failure, StudentRaised)
    return failure


# The call of `lenet` is told, and the line that made its argument below it: from the shapes alone nobody can know more.
SECOND = {"075"}


@pytest.mark.parametrize("number", CALLS)
def test_the_faults_line_comes_first(number: str) -> None:
    """where it can be known from one assignment or the head of a loop, the fault's own line is the first that is told"""
    name = next(name for name in LABELS if name.startswith(number))
    failure = told(name, CALLS[number])
    lines = [line for _, line in failure.places]
    assert set(lines) & set(LABELS[name]["lines"]), failure
    if number not in SECOND:
        assert lines[0] in LABELS[name]["lines"], failure


def test_every_file_that_raises_is_looked_at() -> None:
    """each of the wrong answers whose label names an exception is called here"""
    assert {name[:3] for name, label in LABELS.items() if label["exception"]} == set(CALLS)
