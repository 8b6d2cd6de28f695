"""The readers of what strangers write, each as a function of bytes: for hypothesis, and for atheris."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, SubmissionError, WireError
from cnngrade.model import Course
from cnngrade.submission.read import Work, read_work
from cnngrade.worker import wire
from support.places import ROOT

COURSE_YML = ROOT / "course.yml"


@functools.cache
def _held() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="cnngrade-fuzz-")


@functools.cache
def scratch() -> Path:
    """Return a folder with a course whose every file is there; it goes when Python ends."""
    root = Path(_held().name)
    kinds = ("exercises/{}.py", "solutions/{}.py", "autograde_tests/mistakes/{}.py")
    tests = ("autograde_tests/public/test_{}.py", "autograde_tests/hidden/test_{}.py")
    for unit in yaml.safe_load(COURSE_YML.read_text(encoding="utf-8"))["units"]:
        for form in (*kinds, *tests):
            path = root / form.format(unit["name"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return root


def read_wire(data: bytes) -> None:
    """A frame is a message or a WireError; a stream may end between two."""
    with contextlib.suppress(WireError, EOFError):
        assert isinstance(wire.read_frame(io.BytesIO(data)), dict)


def read_cells(data: bytes) -> None:
    """A file is work or a SubmissionError that names it, as a notebook and as a script."""
    for name in ("work.ipynb", "work.py"):
        path = scratch() / name
        path.write_bytes(data)
        try:
            work = read_work(path, "work")
        except SubmissionError as error:
            if name not in str(error):
                raise AssertionError("the error does not say which file it is about") from error
        else:
            assert isinstance(work, Work)


def read_course(data: bytes) -> None:
    """A course.yml is a course or a CourseError that names the file."""
    path = scratch() / "course.yml"
    path.write_bytes(data)
    try:
        course = load_course(path)
    except CourseError as error:
        if "course.yml" not in str(error):
            raise AssertionError("the error does not say which file it is about") from error
        # It is printed.
        str(error).encode("utf-8", "backslashreplace")
    else:
        assert isinstance(course, Course)


TARGETS: dict[str, Callable[[bytes], None]] = {"wire": read_wire, "cells": read_cells, "course": read_course}


def seeds() -> dict[str, list[bytes]]:
    """Return something whole for each target, to begin with."""
    cell = {"cell_type": "code", "metadata": {"tags": []}, "source": ["a = 1\n", "b"], "outputs": [], "id": "a"}
    notebook = {"cells": [cell, cell | {"cell_type": "markdown"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {
        "wire": [wire.pack({"op": "call", "args": ([1, 2.5, "three", None], {"a": (True,)}, memoryview(b"").nbytes)})],
        "cells": [json.dumps(notebook).encode(), b"# %% [markdown]\n# text\n# %%\na = 1\n"],
        "course": [COURSE_YML.read_bytes()],
    }
