"""What may cross between judge and worker, and what a forged frame can do: nothing but be refused."""

from __future__ import annotations

import contextlib
import json
import struct
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade.errors import WireError
from cnngrade.worker import wire

DTYPES = st.one_of(hnp.boolean_dtypes(), hnp.integer_dtypes(), hnp.floating_dtypes(), hnp.complex_number_dtypes())
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0, max_side=4)))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), ARRAYS)
VALUES = st.recursive(
    SCALARS,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4),
        st.lists(parts, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers()), parts, max_size=4),
    ),
    max_leaves=12,
)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray | np.generic):
        alike = type(left) is type(right) and right.dtype == left.dtype.newbyteorder("=")
        return alike and np.array_equal(left, right, equal_nan=left.dtype.kind in "fc")
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return left == right or (left != left and right != right)


@given(VALUES)
def test_plain_values_arrive_as_they_were_sent(value: Any) -> None:
    """nested tuples, lists, dicts, numbers, texts and arrays of every plain dtype come through unchanged"""
    assert same(value, wire.unpack(wire.pack({"value": value}))["value"])


def test_an_array_arrives_contiguous_and_keeps_its_lock() -> None:
    """whatever its strides, an array arrives C-contiguous; a read-only one arrives read-only"""
    x = np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1)[::2]
    x.flags.writeable = False
    y = wire.unpack(wire.pack({"x": x}))["x"]
    assert y.flags.c_contiguous
    assert not y.flags.writeable
    assert np.array_equal(x, y)
    assert wire.unpack(wire.pack({"x": np.ones(3)}))["x"].flags.writeable


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, np.array([object()]), np.array(["text"]), np.zeros(2, [("a", "i4")]), np.datetime64("2026-01-01")],
)
def test_other_values_need_a_token(value: Any) -> None:
    """what is not plain is refused, or stands behind a token where one is offered"""
    with pytest.raises(wire.NotPlain):
        wire.pack({"value": value})
    token = wire.Token(7, "thing")
    assert wire.unpack(wire.pack({"value": [value]}, lambda _: token))["value"] == [token]


def test_too_deep_is_refused() -> None:
    """a value nested beyond the limit is not sent"""
    deep: Any = 1
    for _ in range(wire.MAX_DEPTH + 2):
        deep = [deep]
    with pytest.raises(WireError, match="too deeply"):
        wire.pack({"value": deep})


def frame(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<4sIQ", b"CNG1", len(header), len(body)) + header + body


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + data


ONE = "{'descr': '<f8', 'fortran_order': False, 'shape': (0,)}"


def with_array(blob: bytes) -> bytes:
    return frame(json.dumps({"m": {"x": {"a": 0}}, "sizes": [len(blob)]}).encode(), blob)


FORGED = {
    "nothing that is a frame": b"GET / HTTP/1.1\r\n\r\n",
    "cut off in the prefix": b"CNG1\x00",
    "cut off in the header": frame(b"{}")[:-1],
    "a header beyond the limit": struct.pack("<4sIQ", b"CNG1", 0xFFFFFFFF, 0),
    "a body beyond the limit": struct.pack("<4sIQ", b"CNG1", 2, 1 << 60) + b"{}",
    "no JSON": frame(b"\xff\xfe"),
    "no message": frame(b"[]"),
    "sizes that are no list": frame(b'{"m": {}, "sizes": 3}'),
    "a size that is no number": frame(b'{"m": {}, "sizes": ["1"]}', b"x"),
    "a negative size": frame(b'{"m": {}, "sizes": [-1]}', b"x"),
    "a NaN for a size": frame(b'{"m": {}, "sizes": [NaN]}', b"x"),
    "bytes left over": frame(b'{"m": {}, "sizes": []}', b"x"),
    "an array that is not there": frame(b'{"m": {"x": {"a": 3}}, "sizes": []}'),
    "an array named twice": frame(
        json.dumps({"m": {"x": {"l": [{"a": 0}, {"a": 0}]}}, "sizes": [len(npy(ONE))]}).encode(), npy(ONE)
    ),
    "more arrays than parts": frame(b'{"m": {}, "sizes": [' + b"9," * 200_001 + b"9]}"),
    "an unknown node": frame(b'{"m": {"x": {"code": "1"}}, "sizes": []}'),
    "an array of objects": with_array(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"\0" * 8)),
    "an unknown dtype": with_array(npy("{'descr': 'q7', 'fortran_order': False, 'shape': (1,)}", b"\0" * 8)),
    "a structured dtype": with_array(npy("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,)}", b"\0" * 4)),
    "a negative shape": with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", b"\0" * 8)),
    "a huge shape": with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}", b"\0" * 8)),
    "a shape that overflows": with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}")),
    "a shape of True": with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}", b"\0" * 8)),
    "columns first": with_array(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1,)}", b"\0" * 8)),
    "code for a header": with_array(npy("__import__('os').abort()")),
    "another version": with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", b"\0" * 8, b"\x02\x00")),
    "deep nesting": frame(b'{"m": {"x": ' + b'{"l": [' * 5000 + b"]}" * 5000 + b'}, "sizes": []}'),
    "too long a number": frame(b'{"m": {"x": ' + b"9" * 10_000 + b'}, "sizes": []}'),
}


@pytest.mark.parametrize("bytes_", FORGED.values(), ids=FORGED.keys())
def test_forged_frames_are_refused(bytes_: bytes) -> None:
    """a malformed frame raises WireError, whatever is wrong with it, before much memory is asked for"""
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            wire.unpack(bytes_)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_a_good_frame_is_not_refused() -> None:
    """the forged frames differ from a good one in what they forge alone"""
    good = with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", struct.pack("<d", 2.5)))
    assert wire.unpack(good)["x"].tolist() == [2.5]
    assert wire.unpack(with_array(npy(ONE)))["x"].shape == (0,)


@settings(max_examples=300)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4), st.integers(0, 400))
def test_damaged_frames_are_refused_or_harmless(place: int, patch: bytes, cut: int) -> None:
    """a frame with bytes changed or cut off is another message or a WireError, never another exception"""
    good = wire.pack({"op": "call", "args": (np.arange(6.0).reshape(2, 3), [1, "two", None]), "flag": True})
    bad = good[: len(good) - cut] if cut < len(good) else b"x"
    bad = bad[:place] + patch + bad[place + len(patch) :]
    with contextlib.suppress(WireError):
        assert isinstance(wire.unpack(bad), dict)


def test_an_empty_stream_is_its_end() -> None:
    """between frames the end of the stream is the end, not an error"""
    with pytest.raises(EOFError):
        wire.unpack(b"")
