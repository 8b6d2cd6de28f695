"""Frames between judge and worker: forged headers, arrays with false headers, and plain values bit for bit."""

from __future__ import annotations

import json
import math
import struct
import tracemalloc
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade.worker import wire
from support.fuzzing import ANY_TEXT, JUNK, damaged, fuzz, lenient, spoilt
from support.readers import TARGETS

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
    """an array's own header may say anything about dtype, order and shape, and none of it is trusted"""
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
