"""Readers of what strangers write end in a value or in the package's clear error: no other exception, no hang, no flood.

Each reader is given what is whole and then spoilt, since what is merely random goes no further than its first line. A reader
that takes twenty seconds for all its examples is taken to hang. CNNGRADE_FUZZ=20 makes up twenty times as many, and others.
"""

from __future__ import annotations

import contextlib
import copy
import json
import math
import os
import random
import signal
import stat
import string
import struct
import tempfile
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

import tinycourse
from cnngrade.answers.replay import FORMAT, Recording
from cnngrade.classroom import report_store
from cnngrade.course.hints import Hints, load_hints
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Fault, SubmissionError, UsageError, WireError
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.gradebook.merge import lay_file
from cnngrade.gradebook.student_cells import StudentCell, student_cells
from cnngrade.jobs.collect import Collected, Fate, collect
from cnngrade.jobs.hint import MEMORY, _memory
from cnngrade.model import Course, Report, Unit
from cnngrade.report.json import report_from_json, report_to_json
from cnngrade.worker import wire
from fuzz_atheris import COURSE_YML, TARGETS, main, seeds
from handmade_reports import EVERY_VERDICT

TIMES = int(os.environ.get("CNNGRADE_FUZZ", "1"))
ALLOWED_SECONDS = 20 * TIMES


class Hang(BaseException):
    """No `except Exception` of a reader may catch it."""


def fuzz(examples: int) -> settings:
    """Return settings under which every run makes up the same examples, unless more are asked for."""
    checks = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)
    return settings(
        max_examples=TIMES * examples,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=(*checks, HealthCheck.large_base_example),
    )


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hang(f"{ALLOWED_SECONDS} seconds are over")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    former = signal.signal(signal.SIGALRM, stop)
    signal.alarm(ALLOWED_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


# What is made up

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
ODD = [
    math.nan, math.inf, -math.inf, -0.0, 10**400, -(10**400), 2**63, 2**64, 1e308, True, "", "\0", "\ud800", "\udfff\ud800",
    "\u202e", "x" * 5_000, "../..", "/etc/passwd", "NaN", "1e999", "<<", "*a", "&a", "!!python/object:os.system", [], {},
    [[]], [{}], {"": None},
]  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT, st.sampled_from(ODD).map(copy.deepcopy))
JUNK = st.recursive(
    SCALARS, lambda parts: st.one_of(st.lists(parts, max_size=3), st.dictionaries(ANY_TEXT, parts, max_size=3)), max_leaves=8
)


def nested(depth: int) -> Any:
    tree: Any = "deep"
    for level in range(depth):
        tree = [tree] if level % 2 else {"cells": tree}
    return tree


@st.composite
def spoilt(draw: st.DrawFn, whole: Any, most: int = 4) -> Any:
    """Return a copy of plain data in which some parts are replaced, deleted, doubled, renamed, or moved elsewhere."""
    tree = copy.deepcopy(whole)
    # One number for each change, since a draw for each step would leave no room for the junk itself.
    for seed in draw(st.lists(st.integers(0, 2**32), min_size=1, max_size=most)):
        chance = random.Random(seed)
        place, key, node = None, None, tree
        while isinstance(node, dict | list) and node and (place is None or chance.random() < 0.8):
            key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
            place, node = node, node[key]
        if place is None:
            return draw(JUNK)
        match chance.choice(["replace", "replace", "replace", "delete", "double", "rename", "wrap", "nest"]):
            case "replace":
                place[key] = draw(JUNK)
            case "delete":
                del place[key]
            case "double" if isinstance(place, list):
                place.insert(key, copy.deepcopy(node))
            case "rename" if isinstance(place, dict):
                place[draw(ANY_TEXT)] = place.pop(key)
            case "wrap":
                place[key] = [node]
            case "nest":
                place[key] = nested(chance.choice([40, 300]))
    return tree


@st.composite
def damaged(draw: st.DrawFn, whole: bytes, most: int = 6) -> bytes:
    """Return bytes of which some are changed, put in, taken away or cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(0, most))):
        place = draw(st.integers(0, len(data)))
        patch = draw(
            st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from([b"\0\0\0\0", b"\xff" * 8, b"\x7f\xff\xff\xff"]))
        )
        match draw(st.sampled_from(["change", "change", "insert", "delete", "cut", "double"])):
            case "change":
                data[place : place + len(patch)] = patch
            case "insert":
                data[place:place] = patch
            case "delete":
                del data[place : place + len(patch)]
            case "cut":
                del data[place:]
            case "double":
                data[place:place] = data[place // 2 : place][:200]
    return bytes(data)


def lenient(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# The targets that atheris is given too


@pytest.mark.parametrize("target", TARGETS)
def test_random_bytes(target: str) -> None:
    """bytes from nowhere are refused by every reader"""

    @fuzz(60)
    @given(st.one_of(st.binary(max_size=300), ANY_TEXT.map(lenient)))
    @example(b"")
    @example(b"\xef\xbb\xbf")
    @example(b"\0" * 100)
    def run(data: bytes) -> None:
        TARGETS[target](data)

    run()


@pytest.mark.parametrize("target", TARGETS)
def test_whole_and_then_damaged(target: str) -> None:
    """what was whole before a few bytes of it changed is still something, or refused"""
    for whole in seeds()[target]:

        @fuzz(60 if target == "course" else 150)
        @given(damaged(whole))
        def run(data: bytes) -> None:
            TARGETS[target](data)

        run()


def test_the_driver_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """without atheris, or without a target, the script says so on one line"""
    assert main(["fuzz_atheris.py"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# The wire

MESSAGE = {
    "op": "call", "args": (np.arange(6.0).reshape(2, 3), [1, "two", None, -2.5], {"k": (True, np.float32(2.0))}),
    "kept": wire.Token(3, "Model"), "flags": np.array([True, False]),
}  # fmt: skip


def parts_of(frame: bytes) -> tuple[dict[str, Any], bytes]:
    header_bytes = struct.unpack_from("<4sIQ", frame)[1]
    return json.loads(frame[16 : 16 + header_bytes]), frame[16 + header_bytes :]


def frame_of(header: Any, body: bytes) -> bytes:
    data = lenient(json.dumps(header, ensure_ascii=False)) if not isinstance(header, bytes) else header
    return struct.pack("<4sIQ", b"CNG1", len(data), len(body)) + data + body


HEADER, BODY = parts_of(wire.pack(MESSAGE))


@fuzz(300)
@given(spoilt(HEADER), damaged(BODY, 2))
def test_headers_that_do_not_fit(header: Any, body: bytes) -> None:
    """a header whose tree, numbers or sizes were changed is a message or a WireError, and asks for little memory"""
    tracemalloc.start()
    try:
        TARGETS["wire"](frame_of(header, body))
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


DTYPE_NAMES = st.one_of(
    st.sampled_from(
        ["<f8", ">f8", "|b1", "|O", "|V8", "<U4", "<M8[ns]", "q7", "", "<f16", "<c32", "f8,f8", "(2,)f8", "O", "\ud800"]
    ),
    ANY_TEXT,
)
SIDES = st.one_of(st.integers(-2, 4), st.sampled_from([2**31, 2**32, 2**62, 2**63, 2**64, 10**30, True, 1.0, None, "1"]))


@fuzz(300)
@given(
    descr=st.one_of(DTYPE_NAMES, JUNK, st.just([("a", "<i4"), ("a", "<f8")]), st.just(("<f8", (2**31, 2**31)))),
    order=st.one_of(st.booleans(), JUNK),
    shape=st.one_of(st.lists(SIDES, max_size=5).map(tuple), st.just((0,) * 64), st.just((0, 2**62)), JUNK),
    rest=st.binary(max_size=40),
    version=st.sampled_from([b"\1\0", b"\1\0", b"\1\0", b"\2\0", b"\3\0", b"\xff\xff"]),
)
def test_arrays_that_lie(descr: Any, order: Any, shape: Any, rest: bytes, version: bytes) -> None:
    """an array's own header may say anything of dtype, order and shape, and is believed in nothing"""
    text = lenient(repr({"descr": descr, "fortran_order": order, "shape": shape})) + b"\n"
    blob = b"\x93NUMPY" + version + struct.pack("<H", len(text) & 0xFFFF) + text + rest
    tracemalloc.start()
    try:
        TARGETS["wire"](frame_of({"m": {"x": {"a": 0}}, "sizes": [len(blob)]}, blob))
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@fuzz(100)
@given(st.lists(st.tuples(st.sampled_from(["m", "sizes", "x"]), JUNK), max_size=6))
def test_names_that_repeat(pairs: list[tuple[str, Any]]) -> None:
    """JSON may name a thing twice, which no dict of Python's would show"""
    text = "{" + ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs) + "}"
    TARGETS["wire"](frame_of(text.encode(), b""))


DTYPES = st.one_of(hnp.boolean_dtypes(), hnp.integer_dtypes(), hnp.floating_dtypes(), hnp.complex_number_dtypes())
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)))
BITS = st.integers(0, 2**64 - 1).map(lambda bits: np.array([bits], np.uint64).view(np.float64))
PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT, ARRAYS, BITS, ARRAYS.map(lambda array: array[()])
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(ANY_TEXT | st.integers(), parts, max_size=3),
    ),
    max_leaves=8,
)


def assert_same(sent: Any, arrived: Any) -> None:
    assert type(sent) is type(arrived)
    if isinstance(sent, np.ndarray | np.generic):
        assert arrived.dtype == sent.dtype.newbyteorder("=")
        assert arrived.shape == sent.shape
        # By the bits: a NaN has a sign and a payload.
        native = np.ascontiguousarray(sent).astype(sent.dtype.newbyteorder("="))
        if native.dtype.itemsize <= 8 or native.dtype == np.complex128:
            assert native.tobytes() == np.ascontiguousarray(arrived).tobytes()
    elif isinstance(sent, dict):
        assert list(sent) == list(arrived)
        assert_all_same(list(sent.values()), list(arrived.values()))
    elif isinstance(sent, list | tuple):
        assert_all_same(list(sent), list(arrived))
    elif isinstance(sent, float):
        assert math.isnan(sent) == math.isnan(arrived)
        assert math.isnan(sent) or struct.pack("<d", sent) == struct.pack("<d", arrived)
    else:
        assert sent == arrived


def assert_all_same(sent: list[Any], arrived: list[Any]) -> None:
    assert len(sent) == len(arrived)
    for one, other in zip(sent, arrived, strict=True):
        assert_same(one, other)


@fuzz(150)
@given(PLAIN)
def test_plain_values_arrive_bit_for_bit(value: Any) -> None:
    """what is sent arrives: types, dtypes, shapes, and the bits of every NaN in an array"""
    assert_same(value, wire.unpack(wire.pack({"value": value}))["value"])


# course.yml

COURSE = yaml.safe_load(COURSE_YML.read_text(encoding="utf-8"))


@fuzz(80)
@given(spoilt(COURSE))
def test_a_course_with_anything_in_any_place(data: Any) -> None:
    """any value in the place of any other makes a course or an error; JSON is YAML"""
    TARGETS["course"](lenient(json.dumps(data, indent=1)))


LINES = [
    "\t", "\t- x", "units:", "units: []", "- a", "? [a, b]", "a: &a [x]", "b: *a", "<<: *a", "title: twice", "name: *nobody",
    "--- ", "...", "%YAML 9.9", "%TAG ! x", "points: 0x" + "f" * 600, "points: .inf", "points: 1:59", "points: 1_0",
    "points: 0o9", "title: !!int", "title: !!bool x", "title: !!binary =", "title: !!set {a}", "title: !!omap",
    "title: !!timestamp x", "title: !!python/name:os.system", 'title: "\\ud800"', 'title: "\\UFFFFFFFF"', 'title: "\\q"',
    "title: 'open", 'title: "open', "title: |9", "title: >-", "due: 2026-99-99", "classroom: ..", 'classroom: "\\0"',
    "classroom: exercises", "classroom: /etc", 'name: "a\\n"', "\x85", "\u2028", "\ufeff", "\x00", "\x1b[2J", "x: {", "x: [",
    "x: }", ": :", "# \u202e", "{[" * 40, "- " * 60, "handout: true", "stub_digests: {a: 1}",
]  # fmt: skip


@fuzz(120)
@given(st.lists(st.tuples(st.integers(0, 80), st.sampled_from(LINES), st.booleans()), min_size=1, max_size=3))
def test_a_course_with_odd_lines(changes: list[tuple[int, str, bool]]) -> None:
    """lines that YAML reads otherwise than one thinks, or not at all"""
    lines = COURSE_YML.read_text(encoding="utf-8").split("\n")
    for place, line, instead in changes:
        lines[place : place + instead] = [" " * (place % 5) + line]
    TARGETS["course"](lenient("\n".join(lines)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp037", "utf-7"])
def test_a_course_in_another_encoding(encoding: str) -> None:
    """a file in any encoding is a course or an error that says to save it again"""
    text = COURSE_YML.read_text(encoding="utf-8") + "# caf\u00e9\n"
    TARGETS["course"](text.encode(encoding, "replace"))


def laughs(levels: int, form: str) -> str:
    """Return lists of ten aliases each, level over level: ten to the power of `levels` of the first."""
    lines = ["l0: &l0 [ha]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*l{level - 1}"] * 10)
        lines.append(f"l{level}: &l{level} {form.format(aliases)}")
    return "\n".join(lines) + "\n"


BOMBS = {
    "a billion laughs": laughs(30, "[{}]"),
    "a billion merges": laughs(30, "{{<<: [{}]}}"),
    "a list in itself": "units: &a [*a, *a]\ntitle: x\n",
    "a table in itself": "&a {title: *a, units: [*a]}\n",
    "ten thousand brackets": "[" * 10_000,
    "ten thousand tables": "{a: " * 10_000,
    "many levels": "\n".join(" " * level + "a:" for level in range(300)),
    "many keys": "\n".join(f"k{number}: 1" for number in range(2_000)),
    "many of one key": "title: x\n" * 2_000,
    "a number of many digits": "title: x\nunits: []\npoints: 1" + "0" * 100_000,
    "a number in base sixteen": "title: x\nunits: []\npoints: 0x" + "f" * 100_000,
    "a long key": "k" * 100_000 + ": 1",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_a_course_that_explodes(text: str) -> None:
    """a short file that would become endless is an error, with little memory"""
    tracemalloc.start()
    try:
        TARGETS["course"](text.encode())
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()


# Notebooks and scripts


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(tinycourse.make_course(tmp_path_factory.mktemp("fuzz") / "course"))


@pytest.fixture(scope="module")
def released(tiny: Course) -> NotebookNode:
    return source_notebook(tiny, tiny.units[0], tinycourse.POINTS)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "scaling.ipynb"


def assert_read(path: Path, released: NotebookNode) -> None:
    """every reader of a submission ends well, and the notebook laid from it has every graded cell once"""
    TARGETS["cells"](path.read_bytes())
    with contextlib.suppress(SubmissionError):
        cells = student_cells(path)
        assert all(isinstance(cell, StudentCell) for cell in cells)
    laid = lay_file(released, path)
    nbformat.validate(laid)
    MetadataValidator().validate_nb(laid)
    marked = [cell.metadata.nbgrader for cell in laid.cells if "nbgrader" in cell.metadata]
    assert marked == [cell.metadata.nbgrader for cell in released.cells if "nbgrader" in cell.metadata]
    # nbgrader writes it.
    nbformat.writes(laid).encode("utf-8")


def worked_on(released: NotebookNode) -> dict[str, Any]:
    """Return the released notebook as plain data, with pictures, outputs and cells of the student's own."""
    plain: dict[str, Any] = json.loads(nbformat.writes(released))
    for cell in plain["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in tinycourse.RIGHT:
            cell["source"] = tinycourse.RIGHT[cell["metadata"]["nbgrader"]["grade_id"]]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
    plain["cells"].append(
        {"cell_type": "markdown", "id": "pic", "metadata": {"tags": ["answer"]}, "source": "![](attachment:a.png) <b>",
         "attachments": {"a.png": {"image/png": "aGVsbG8="}}}
    )  # fmt: skip
    plain["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "source": "helper = 1", "outputs": []})
    return plain


def test_a_notebook_with_anything_in_any_place(released: NotebookNode, place: Path) -> None:
    """a real notebook in which any part was replaced, lost, doubled or moved is laid whole"""

    @fuzz(90)
    @given(spoilt(worked_on(released)))
    def run(data: Any) -> None:
        place.write_text(json.dumps(data), encoding="utf-8")
        assert_read(place, released)

    run()


CELL_KEYS = ["cell_type", "metadata", "source", "outputs", "id", "attachments", "execution_count"]


def test_cells_of_anything(released: NotebookNode, place: Path) -> None:
    """cells whose every key may hold anything"""
    marks = st.dictionaries(st.sampled_from(["grade_id", "grade", "solution", "locked", "points", "checksum"]), JUNK)
    tags = st.one_of(JUNK, st.just(["playground"]), st.just(["answer"]))
    metadata = st.fixed_dictionaries({}, optional={"nbgrader": st.one_of(marks, JUNK), "tags": tags})
    kinds = st.one_of(st.sampled_from(["code", "markdown", "raw"]), JUNK)
    sources = st.one_of(
        JUNK,
        st.lists(JUNK, max_size=3),
        st.sampled_from(
            ["def double(x):\n  pass\ndef triple(x):\n  pass", "cnngrade.check(", "(" * 300, "\0", "def double(\ud800"]
        ),
    )
    pictures = st.dictionaries(ANY_TEXT, st.dictionaries(st.sampled_from(["image/png", "image/gif", "text/html", "x"]), JUNK))
    known = {
        "cell_type": kinds,
        "metadata": st.one_of(metadata, JUNK),
        "source": sources,
        "attachments": st.one_of(pictures, JUNK),
    }
    cells = st.one_of(st.fixed_dictionaries({}, optional=known), st.dictionaries(st.sampled_from(CELL_KEYS), JUNK), JUNK)

    @fuzz(80)
    @given(st.lists(cells, max_size=5))
    def run(found: list[Any]) -> None:
        place.write_text(json.dumps({"cells": found}), encoding="utf-8")
        assert_read(place, released)

    run()


def markdown(**more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": "text"} | more


ODD_NOTEBOOKS: dict[str, Callable[[], str]] = {
    "nested deeply": lambda: '{"cells": ' * 50_000,
    "nested and closed": lambda: '{"cells": [' + "[" * 100_000 + "]" * 100_000 + "]}",
    "metadata nested": lambda: (
        '{"cells": [{"cell_type": "code", "source": "a", "metadata": ' + '{"a":' * 900 + "1" + "}" * 902 + "]}"
    ),
    "a number of ten thousand digits": lambda: '{"cells": [], "nbformat": ' + "9" * 10_000 + "}",
    "a million cells": lambda: '{"cells": [' + "{}," * 1_000_000 + "{}]}",
    "ten thousand answers": lambda: json.dumps(
        {"cells": [markdown(metadata={"tags": ["answer"]}, source=f"{n}") for n in range(9_000)]}
    ),
    "two thousand definitions": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": f"def double(x):\n    return {n}"} for n in range(1_900)]}
    ),
    "pictures that are none": lambda: json.dumps(
        {
            "cells": [
                markdown(attachments={"a": {"image/png": text}})
                for text in ("%%%", "a", "\ud800", "====", "YQ==\n", 3, None, ["YQ=="])
            ]
        }
    ),
    "a megabyte of spaces": lambda: json.dumps({"cells": [{"cell_type": "code", "source": " " * 1_000_000 + "x"}]}),
    "ten megabytes of code to play in": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "metadata": {"tags": ["playground"]}, "source": "a=1\n" * 2_500_000}]}
    ),
    "halves of surrogate pairs": lambda: '{"cells": [{"cell_type": "code", "source": "\\ud800 = \'\\udfff\'"}]}',
    "names twice": lambda: '{"cells": [], "cells": [{"cell_type": "code", "source": "a", "source": 1}]}',
    "not a number": lambda: '{"cells": [{"cell_type": NaN, "source": Infinity}]}',
    "a bracket too many": lambda: json.dumps({"cells": [{"cell_type": "code", "source": "(" * 100_000 + ")" * 100_000}]}),
    "minus a hundred thousand times": lambda: json.dumps({"cells": [{"cell_type": "code", "source": "-" * 100_000 + "1"}]}),
    "attributes without end": lambda: json.dumps({"cells": [{"cell_type": "code", "source": "a" + ".a" * 100_000}]}),
}


@pytest.mark.parametrize("make", ODD_NOTEBOOKS.values(), ids=ODD_NOTEBOOKS.keys())
def test_notebooks_that_are_too_much(released: NotebookNode, place: Path, make: Callable[[], str]) -> None:
    """depth, number and length beyond anything that is written by hand"""
    place.write_text(make(), encoding="utf-8")
    assert_read(place, released)


ODD_CODE = [
    "# %%\n", "#%% [markdown]\n", '# %% tags=["playground"]\n', "# %% {", "# ---\n", "# jupyter: &a [*a]\n", "# +\n", "# -\n",
    "'''", '"""', "# %% [markdown] tags=['answer']\n# *x*\n", "def double(x):\n    return x\n", "def triple(x): return x\n",
    "\x0c", "\x00", "\r", "\r\n", "\u2028", "\ud800", "(", ")", "\\", "\t", "  ", "cnngrade.check(1)\n", "import cnngrade\n",
    "%magic\n", "!ls\n", "# !ls\n", "async def", "@", "lambda: (yield)", "f'{", "0" * 5_000, "\u202e", "class double: pass\n",
    "double = triple = 1\n", "# %% [raw]\n", "# %%time\n",
]  # fmt: skip


def test_scripts_of_odd_pieces(released: NotebookNode, tmp_path: Path) -> None:
    """a script is cut up and laid, whatever it is put together from"""
    path = tmp_path / "scaling.py"

    @fuzz(80)
    @given(st.lists(st.one_of(st.sampled_from(ODD_CODE), ANY_TEXT), max_size=10), st.booleans())
    def run(pieces: list[str], whole_before: bool) -> None:
        path.write_bytes(lenient((tinycourse.EXERCISE if whole_before else "") + "".join(pieces)))
        with warnings.catch_warnings():
            # Python warns of an odd number or string in the code that it parses.
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            assert_read(path, released)

    run()


# Archives

UNIT = Unit("convolution", "Convolution", 20.0, 1.0, ("conv2d",))
PIECES = [
    "alice", "Alice", "bob", "convolution.py", "convolution.ipynb", "Convolution.py", "convolution (1).py", "..", ".", "",
    " ", "a\\b", "C:", "NUL", "con.py", "=1", "+1", "-x", "@SUM", "\x1b[2J", "\u202e", "e\u0301", "\u00e9", "\ud800", "\0",
    "a\nb", "timestamp.txt", "__MACOSX", ".git", "x" * 300, "Ada Lovelace_1234_assignsubmission_file_",
    "adal_12_34_convolution.py", "<b>", "\U0001f600", "n.zip", "convolution",
]  # fmt: skip
NAMES = st.one_of(
    st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(PIECES), ANY_TEXT), min_size=1, max_size=4).map("/".join),
    ANY_TEXT,
)
KINDS = st.sampled_from(
    [0, stat.S_IFREG, stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK, 0xF000]
)
ENTRIES = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from([b"", b"def conv2d(x, w): return x\n", b"/etc/passwd", b"../../x", b"PK\3\4", bytes(5_000)]),
        KINDS,
        st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
        # What the directory says afterwards: flags (1: encrypted), checksum and size.
        st.sampled_from([None, None, None, "flag", "flags", "crc", "size", "huge", "method", "date"]),
    ),
    min_size=1,
    max_size=6,
)


def make_archive(path: Path, entries: list[tuple[str, bytes, int, int, str | None]]) -> None:
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, data, kind, method, _ in entries:
            info = zipfile.ZipInfo("x", (2026, 2, 3, 4, 5, 6))
            # What zipfile would mend is written as it is; halves of surrogate pairs have no bytes at all.
            info.filename = name.encode("utf-8", "replace").decode("utf-8")
            info.external_attr, info.compress_type = (kind | 0o644) << 16, method
            archive.writestr(info, data)
        for info, (*_, lie) in zip(archive.infolist(), entries, strict=True):
            match lie:
                case "flag":
                    info.flag_bits |= 1
                case "flags":
                    info.flag_bits |= 0xFFFF & ~0x800
                case "crc":
                    info.CRC ^= 1
                case "size":
                    info.file_size += 1
                case "huge":
                    info.file_size = info.compress_size = 1 << 40
                case "method":
                    info.compress_type = 97
                case "date":
                    info.date_time = (2107, 15, 31, 31, 63, 62)


def assert_collected_well(source: Path, root: Path) -> None:
    """`root` holds `source` and the course: what is written lies in the classroom, and is whole files in students' folders"""
    before = {path: path.lstat().st_mtime_ns for path in root.iterdir()}
    course = Course("vision", "Vision", root / "course", (UNIT,))
    course.root.mkdir(exist_ok=True)
    with contextlib.suppress(UsageError):
        for line in collect(course, UNIT, source):
            assert isinstance(line, Collected)
            assert str(line).isprintable()
            assert line.reason or line.fate is Fate.COLLECTED
    assert set(root.iterdir()) == {*before, course.root}
    assert all(path.lstat().st_mtime_ns == when for path, when in before.items() if path != course.root)
    assert {path.name for path in course.root.iterdir()} <= {"classroom"}
    assert {path.name for path in course.root.glob("classroom/*")} <= {"submitted"}
    for student in course.root.glob("classroom/submitted/*"):
        assert not student.name.startswith((".", "-", "@", "=", "+"))
        assert [path.name for path in student.iterdir()] == [UNIT.name]
        for path in student.rglob("*"):
            assert not path.is_symlink()
            assert path.is_dir() or path.is_file()


@fuzz(150)
@given(ENTRIES)
def test_archives_of_anything(entries: list[tuple[str, bytes, int, int, str | None]]) -> None:
    """names, kinds, methods, flags, checksums and sizes of an archive may all be lies"""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        make_archive(root / "all.zip", entries)
        assert_collected_well(root / "all.zip", root)


def whole_archive() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.zip"
        work = b"def conv2d(x, w): return x\n"
        make_archive(path, [(f"{name}/convolution.py", work, stat.S_IFREG, 8, None) for name in ("alice", "bob")])
        return path.read_bytes()


@fuzz(250)
@given(damaged(whole_archive()))
def test_archives_with_damage(data: bytes) -> None:
    """an archive with bytes changed, put in, or cut off is read in part or is an error for people"""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "all.zip").write_bytes(data)
        assert_collected_well(root / "all.zip", root)


# What lies on our own disk, where anybody may have edited it

REPORT = report_to_json(EVERY_VERDICT)


@fuzz(250)
@given(spoilt(REPORT))
def test_reports_with_anything_in_any_place(data: Any) -> None:
    """plain data is a report, which is written as it was read, or a WireError"""
    with contextlib.suppress(WireError):
        report = report_from_json(data)
        assert isinstance(report, Report)
        assert report_from_json(report_to_json(report)) == report


def test_stored_reports_that_were_edited(tiny: Course) -> None:
    """a stored report is a report or none; there is no third"""
    path = report_store.report_file(tiny, tiny.units[0], "ada")
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {"key": "k", "report": REPORT}
    texts = st.one_of(
        spoilt(stored).map(json.dumps).map(lenient),
        damaged(json.dumps(stored).encode()),
        st.sampled_from(
            [b"", b"[" * 100_000, b"null", b"9" * 5_000, b'{"key": "k", "report": ' + b"[" * 900 + b"]" * 900 + b"}"]
        ),
    )

    @fuzz(200)
    @given(texts, st.sampled_from(["k", "other", None]))
    def run(data: bytes, key: str | None) -> None:
        path.write_bytes(data)
        assert isinstance(report_store.load(tiny, tiny.units[0], "ada", key), Report | None)
        assert all(isinstance(report, Report) for report in report_store.stored_reports(tiny, tiny.units[0]))

    run()
    path.unlink()


def test_hints_memories_that_were_edited(tmp_path: Path) -> None:
    """the memory of given hints is counts by name, whatever stands in its file"""

    @fuzz(100)
    @given(st.one_of(JUNK.map(json.dumps).map(str.encode), st.binary(max_size=40), st.just(b"[" * 100_000)))
    def run(data: bytes) -> None:
        (tmp_path / MEMORY).write_bytes(data)
        assert all(isinstance(name, str) and count >= 0 for name, count in _memory(tmp_path).items())

    run()


def test_hints_that_were_edited(tiny: Course) -> None:
    """a file of hints is hints or a CourseError that names it"""
    path = tiny.root / "autograde_tests" / "hints" / "scaling.yml"
    whole = path.read_bytes()

    @fuzz(40)
    @given(st.one_of(spoilt(yaml.safe_load(whole)).map(json.dumps).map(str.encode), damaged(whole), st.just(b"[" * 1_000)))
    def run(data: bytes) -> None:
        path.write_bytes(data)
        try:
            assert isinstance(load_hints(tiny, tiny.units[0]), Hints)
        except CourseError as error:
            assert "scaling.yml" in str(error)  # noqa: PT017 - either end is well

    run()
    path.write_bytes(whole)


def write_answers(path: Path, index: bytes, expectations: bytes) -> None:
    members = {"index": index, "values": b"", "expectations": expectations}
    with path.open("wb") as file:
        np.savez_compressed(file, **{name: np.frombuffer(data, np.uint8) for name, data in members.items()})


def assert_recording(path: Path) -> None:
    with contextlib.suppress(Fault):
        recording = Recording(path)
        assert isinstance(recording.index, dict)
        assert isinstance(recording.values, bytes)
        assert isinstance(recording.expectations(), dict)


def test_recorded_answers_that_were_damaged(tmp_path: Path) -> None:
    """a file of answers is read or is a Fault that says to get it again"""
    path = tmp_path / "answers.npz"
    index = {"format": FORMAT, "cases": {"a": [["f", ["int 1", [], []], 0, 0]]}, "budgets": {}}
    write_answers(path, json.dumps(index).encode(), b'{"mistakes": [], "calls": []}')
    whole = path.read_bytes()

    @fuzz(100)
    @given(damaged(whole))
    def run(data: bytes) -> None:
        path.write_bytes(data)
        assert_recording(path)

    run()

    @fuzz(50)
    @given(
        *[st.one_of(spoilt(index).map(json.dumps).map(str.encode), st.sampled_from([b"[]", b"1", b"[" * 100_000, b"\xff"]))] * 2
    )
    def edited(one: bytes, other: bytes) -> None:
        write_answers(path, one, other)
        assert_recording(path)

    edited()
    for stranger in (b"\x93NUMPY\1\0", string.printable.encode(), b"PK\5\6" + bytes(18)):
        path.write_bytes(stranger)
        assert_recording(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("index", "values", "expectations"):
            archive.writestr(name, b"no array")
    assert_recording(path)
