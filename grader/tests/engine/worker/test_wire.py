"""What may cross between judge and worker, and what a forged frame can do: nothing but be refused."""

from __future__ import annotations

import contextlib
import enum
import json
import struct
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, namedtuple
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
    """nested tuples, lists, dicts, numbers, strings and arrays of every plain dtype come through unchanged"""
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
    """what is not plain is refused, or is replaced by a token where one is offered"""
    with pytest.raises(wire.NotPlain):
        wire.pack({"value": value})
    token = wire.Token(7, "thing")
    assert wire.unpack(wire.pack({"value": [value]}, lambda _: token))["value"] == [token]


class Whole(int): ...


class Number(float): ...


class Text(str):
    __slots__ = ()


class Several(list[Any]): ...


class Level(enum.IntEnum):
    LOW = 1


class Name(enum.StrEnum):
    WEIGHTS = "w"


Pair = namedtuple("Pair", "loss gradient")


def moved() -> OrderedDict[str, int]:
    made = OrderedDict(a=1, b=2)
    made.move_to_end("a")
    return made


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (moved(), {"a": 1, "b": 2}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Pair(0.5, [1]), (0.5, [1])),
        (Several([1, Several()]), [1, []]),
        (Whole(10**30), 10**30),
        (Number("inf"), float("inf")),
        (Text("conv_w"), "conv_w"),
        (np.str_("label"), "label"),
        (Level.LOW, 1),
        (Name.WEIGHTS, "w"),
        ({Name.WEIGHTS: Pair(Whole(1), {Text("b"): True})}, {"w": (1, {"b": True})}),
        (np.float64(1.5), np.float64(1.5)),
    ],
)
def test_what_is_a_plain_value_and_more_crosses_as_the_plain_value(value: Any, plain: Any) -> None:
    """an instance of a subclass arrives as what it holds; NumPy's own numbers, some of which are such, stay NumPy's"""

    def never(_: Any) -> wire.Token:
        raise AssertionError("this is plain")

    got = wire.unpack(wire.pack({"value": value}, never))["value"]
    assert same(got, plain)


class _Liar:
    """Says of itself what is not so, or nothing."""

    def lie(self, *_: Any) -> Any:
        raise AssertionError("asked")

    __iter__ = __len__ = __getitem__ = __bool__ = __int__ = __index__ = __float__ = __str__ = __repr__ = lie
    items = keys = values = __eq__ = __ne__ = __reduce_ex__ = __getattribute__ = lie
    __class__ = property(lie)  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("plain", [{"a": 1}, (1, 2), [1, 2], "text", 7, 0.5])
def test_an_object_is_not_asked_what_it_holds(plain: Any) -> None:
    """whatever the methods of a subclass do, none is called: its value crosses as the plain type has it"""
    liar = type("Liar", (_Liar, type(plain)), {})(plain)
    assert same(wire.unpack(wire.pack({"value": [liar]}))["value"], [plain])


def test_subclasses_have_the_same_bounds() -> None:
    """depth, items and keys are counted as in plain values, each once"""
    inside = Several()
    inside.append(inside)
    with pytest.raises(WireError, match="too deeply"):
        wire.pack({"value": inside})
    deep: Any = Several()
    for _ in range(wire.MAX_DEPTH):
        deep = Several([deep])
    assert wire.pack({"value": deep})
    with pytest.raises(WireError, match="too deeply"):
        wire.pack({"value": Several([deep])})
    assert wire.pack({"value": [Whole(1)] * (wire.MAX_ITEMS - 1)})
    with pytest.raises(WireError, match="too many parts"):
        wire.pack({"value": [Whole(1)] * wire.MAX_ITEMS})
    with pytest.raises(WireError, match="keys"):
        wire.pack({"value": Counter(range(wire.MAX_KEYS + 1))})


def test_a_kept_object_is_named_by_its_own_type() -> None:
    """the class of a token that was read has the name of the object's, in Python's messages too; there is a bound to these"""
    token = wire.unpack(wire.pack({"x": {1}}, lambda _: wire.Token(3, "Model")))["x"]
    assert token == wire.Token(3, "Model") != wire.Token(4, "Model")
    assert {token} == {wire.Token(3, "Model")}
    assert (type(token).__name__, str(token)) == ("Model", "<an object of type Model>")
    assert wire.unpack(wire.pack({"x": token}))["x"] == token
    with pytest.raises(TypeError, match="'Model' object is not subscriptable"):
        token[0]

    def kinds(count: int) -> bytes:
        return wire.pack({"x": [wire.Token(number, f"K{number}") for number in range(count)]})

    assert len(wire.unpack(kinds(wire.MAX_KINDS))["x"]) == wire.MAX_KINDS
    with pytest.raises(WireError, match="types"):
        wire.unpack(kinds(wire.MAX_KINDS + 1))


@pytest.mark.parametrize("kind", ["a\0b", "\ud800"])
def test_what_no_class_can_be_called_is_refused(kind: str) -> None:
    """a name that only a forged message has makes it one"""
    with pytest.raises(WireError):
        wire.unpack(wire.pack({"x": wire.Token(0, kind)}))


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
    "another encoding": frame('{"m": {}, "sizes": []}'.encode("utf-16")),
    "a letter that is not escaped": frame('{"m": {"é": 1}, "sizes": []}'.encode()),
    "no message": frame(b"[]"),
    "sizes that are not a list": frame(b'{"m": {}, "sizes": 3}'),
    "a size that is not a number": frame(b'{"m": {}, "sizes": ["1"]}', b"x"),
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


NESTS: dict[str, Any] = {
    "lists": lambda value: [value], "tuples": lambda value: (value,), "dicts": lambda value: {"k": value},
}  # fmt: skip


def nested(kind: str, levels: int, value: Any = 1) -> Any:
    for _ in range(levels):
        value = NESTS[kind](value)
    return value


@pytest.mark.parametrize("kind", NESTS)
def test_values_cross_to_a_depth_of_32(kind: str) -> None:
    """what is inside 32 containers crosses; the judge sends nothing deeper"""
    deep = nested(kind, 32)
    assert wire.unpack(wire.pack({"x": deep}))["x"] == deep
    with pytest.raises(WireError, match="too deeply"):
        wire.pack({"x": nested(kind, 33)})


def test_keys_and_kept_objects_have_their_depth() -> None:
    """a key is as deep as its value, and what is kept is one level below its place"""
    deep = {nested("tuples", 31): 1}
    assert wire.unpack(wire.pack({"x": deep}))["x"] == deep
    with pytest.raises(WireError, match="too deeply"):
        wire.pack({"x": {nested("tuples", 32): 1}})
    token = wire.Token(1, "set")
    assert wire.unpack(wire.pack({"x": nested("lists", 31, {1})}, lambda _: token))["x"] == nested("lists", 31, token)
    with pytest.raises(WireError, match="too deeply"):
        wire.pack({"x": nested("lists", 32, {1})}, lambda _: token)


def nodes(levels: int, opening: str, closing: str, leaf: str = "1") -> bytes:
    return frame(f'{{"m": {{"x": {opening * levels}{leaf}{closing * levels}}}, "sizes": []}}'.encode())


@pytest.mark.parametrize(("opening", "closing"), [('{"l": [', "]}"), ('{"t": [', "]}"), ('{"d": [["k", ', "]]}")])
def test_a_reader_goes_to_a_depth_of_32(opening: str, closing: str) -> None:
    """a message that was not packed by us is read to the same depth and no deeper"""
    assert wire.unpack(nodes(32, opening, closing))
    with pytest.raises(WireError, match="too deeply"):
        wire.unpack(nodes(33, opening, closing))


def test_a_reader_counts_the_depth_of_keys() -> None:
    """keys of dicts are read to the same depth as values"""
    assert wire.unpack(nodes(1, '{"d": [[', ", 1]]}", '{"t": [' * 31 + "1" + "]}" * 31))
    with pytest.raises(WireError, match="too deeply"):
        wire.unpack(nodes(1, '{"d": [[', ", 1]]}", '{"t": [' * 32 + "1" + "]}" * 32))


def test_a_message_has_200_000_parts() -> None:
    """the list itself is a part, and all values of a message count; one part more is refused on both sides"""
    full = {"x": [0] * 100_000, "y": [0] * 99_998}
    sent = wire.pack(full)
    assert wire.unpack(sent) == full
    with pytest.raises(WireError, match="too many parts"):
        wire.pack({**full, "z": 0})
    header = json.dumps({"m": {"x": {"l": [0] * 200_000}}, "sizes": []}).encode()
    with pytest.raises(WireError, match="too many parts"):
        wire.unpack(frame(header))


@pytest.mark.parametrize(("count", "says"), [(200_000, "longer than the message"), (200_001, "too many parts")])
def test_a_message_has_200_000_arrays(count: int, says: str) -> None:
    """a header that announces more arrays is not looked at further"""
    with pytest.raises(WireError, match=says):
        wire.unpack(frame(f'{{"m": {{}}, "sizes": {[9] * count}}}'.encode()))


def test_a_message_has_5_000_keys() -> None:
    """all dicts of a message together have 5,000 keys at most, on both sides"""
    full = {"x": dict.fromkeys(range(3_000), 0), "y": dict.fromkeys(range(2_000), 0)}
    assert wire.unpack(wire.pack(full)) == full
    with pytest.raises(WireError, match="more than 5000 keys"):
        wire.pack({**full, "z": {"k": 0}})
    pairs = [[key, 0] for key in range(5_001)]
    with pytest.raises(WireError, match="more than 5000 keys"):
        wire.unpack(frame(json.dumps({"m": {"x": {"d": pairs[:2_000]}, "y": {"d": pairs[2_000:]}}, "sizes": []}).encode()))


def test_a_header_has_four_mebibytes() -> None:
    """a header of exactly 4 MiB is sent and read; a byte more is refused on both sides"""

    def of_length(length: int) -> wire.Parcel:
        return wire.Parcel('"x": "' + "a" * (length - len('{"m": {"x": ""}, "sizes": []}')) + '"', [])

    assert len(wire.unpack(of_length(4 << 20).frame())["x"]) > 4_000_000
    with pytest.raises(WireError, match=r"too large to send \(4 MiB\)"):
        of_length((4 << 20) + 1).frame()
    with pytest.raises(WireError, match="beyond the size limit"):
        wire.unpack(struct.pack("<4sIQ", b"CNG1", (4 << 20) + 1, 0))


def test_a_body_has_128_mebibytes() -> None:
    """arrays of 128 MiB altogether are sent and read; a byte more is refused on both sides, before it is read"""
    blobs = [bytes(1 << 20)] * 128
    assert len(wire.Parcel("", blobs).frame()) > 128 << 20
    with pytest.raises(WireError, match=r"too large to send \(128 MiB\)"):
        wire.Parcel("", [*blobs, b"1"]).frame()
    with pytest.raises(WireError, match="ends inside a message"):
        wire.unpack(struct.pack("<4sIQ", b"CNG1", 0, 128 << 20))
    with pytest.raises(WireError, match="beyond the size limit"):
        wire.unpack(struct.pack("<4sIQ", b"CNG1", 0, (128 << 20) + 1))


def test_a_number_too_long_to_write_is_not_sent() -> None:
    """an integer that Python will not write out is refused by the sender"""
    with pytest.raises(WireError, match="a number is too large to send"):
        wire.pack({"x": 10**5_000})


def test_arrays_lie_at_multiples_of_64_bytes() -> None:
    """whatever the lengths of the arrays, each of their blobs is filled up with zeros to 64 bytes, and not beyond"""
    sent = wire.parcel({"x": [np.zeros(count, np.uint8) for count in range(130)]})
    assert [len(blob) for blob in sent.blobs] == [128] + [192] * 64 + [256] * 64 + [320]


EIGHT = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", struct.pack("<d", 2.5))


@pytest.mark.parametrize(
    ("blob", "fits"), [(EIGHT, True), (EIGHT + bytes(63), True), (EIGHT + bytes(64), False), (EIGHT[:-1], False)]
)
def test_an_array_fills_its_blob(blob: bytes, fits: bool) -> None:
    """less than 64 bytes may be left over behind the numbers, and none may be missing"""
    if fits:
        assert wire.unpack(with_array(blob))["x"].tolist() == [2.5]
    else:
        with pytest.raises(WireError, match="length does not fit its shape"):
            wire.unpack(with_array(blob))


def described(header: str) -> bytes:
    """Return a frame with an array whose header is filled up with blanks to 2,000 bytes, the newline included."""
    return with_array(npy(header.ljust(1_999), bytes(8)))


def test_an_array_has_32_axes_and_a_short_header() -> None:
    """an array of 32 axes whose header takes 2,000 bytes is read; one more of either is refused"""
    header = "{{'descr': '<f8', 'fortran_order': False, 'shape': ({})}}"
    assert wire.unpack(described(header.format("1," * 32)))["x"].shape == (1,) * 32
    for bad in (header.format("1," * 33), header.format("1,") + " " * 2_000):
        with pytest.raises(WireError):
            wire.unpack(described(bad))
    with pytest.raises(WireError, match="header of an array is too long"):
        wire.unpack(with_array(npy(header.format("1,").ljust(5_000), bytes(8))))


@pytest.mark.parametrize(
    "shape",
    [
        "(1<" * 199 + "1" + ")" * 199,
        "(1**-" * 150 + "1" + ")" * 150,
        "[lambda:" * 100 + "1" + "]" * 100,
        "(" * 800,
        "-1,",
        "1_0,",
    ],
)
def test_the_header_of_an_array_is_no_python(shape: str) -> None:
    """a header is never evaluated: what would take Python's parser too much, or mean something else to it, is refused"""
    with pytest.raises(WireError, match="an array comes with an unknown header"):
        wire.unpack(with_array(npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape})}}")))


def test_integers_with_fields_are_not_plain() -> None:
    """a dtype of a plain kind that has fields does not cross"""
    halves = np.dtype((np.int32, {"low": (np.int16, 0), "high": (np.int16, 2)}))
    assert wire.is_plain_dtype(np.dtype(np.int32))
    assert not wire.is_plain_dtype(halves)


REFUSED = {
    "the stream ends inside a message": [b"CNG1\x00", frame(b"{}")[:-1], with_array(EIGHT)[:-1]],
    "this is not a message": [b"CNG2" + with_array(EIGHT)[4:]],
    "an array is longer than the message": [
        frame(b'{"m": {}, "sizes": [0]}'),
        frame(b'{"m": {}, "sizes": [true]}', b"x"),
        frame(f'{{"m": {{}}, "sizes": [{len(EIGHT) + 1}]}}'.encode(), EIGHT),
        frame(f'{{"m": {{}}, "sizes": [{len(EIGHT)}, -1]}}'.encode(), EIGHT),
    ],
    "bytes left over": [frame(f'{{"m": {{}}, "sizes": [{len(EIGHT)}]}}'.encode(), EIGHT + b"x")],
    "an array that it does not hold": [
        frame(f'{{"m": {{"x": {{"a": {index}}}}}, "sizes": [{len(EIGHT)}]}}'.encode(), EIGHT) for index in (-1, 1)
    ],
    "holds something unknown": [
        frame(f'{{"m": {{"x": {node}}}, "sizes": []}}'.encode())
        for node in ('{"l": 1}', '{"a": "0"}', '{"s": null}', '{"token": 1}', "[]")
    ],
}  # fmt: skip


@pytest.mark.parametrize(("says", "bytes_"), [(says, bytes_) for says, frames in REFUSED.items() for bytes_ in frames])
def test_a_refusal_says_what_is_wrong(says: str, bytes_: bytes) -> None:
    """what is wrong with a frame is told, as an author of workers needs to know it"""
    with pytest.raises(WireError, match=says):
        wire.unpack(bytes_)


def test_what_a_worker_writes_is_cut_short() -> None:
    """the name of a type has 80 characters at most, and the reason of a refusal 200"""
    named = frame(json.dumps({"m": {"x": {"token": 7, "of": "a" * 1_000}}, "sizes": []}).encode())
    assert wire.unpack(named)["x"] == wire.Token(7, "a" * 80)
    with pytest.raises(WireError) as caught:
        wire.unpack(with_array(npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({'1 ' * 500},)}}")))
    assert len(str(caught.value)) == len("malformed message: ValueError: ") + 200


def test_a_parcel_takes_more_keys() -> None:
    """numbers and strings are added to an encoded message, be it empty or not"""
    assert wire.unpack(wire.parcel({}).adding(number=1, text='"').frame()) == {"number": 1, "text": '"'}
    sent = wire.parcel({"x": np.arange(3)}).adding(number=1).adding(text="a")
    read = wire.unpack(sent.frame())
    assert (read.pop("x").tolist(), read) == ([0, 1, 2], {"number": 1, "text": "a"})


def test_sizes_are_those_of_what_is_held() -> None:
    """arrays count in full, strings by their length, keys with their values, and other things as eight bytes"""
    assert wire.size_of(np.zeros((2, 3), np.float32)) == 24
    assert wire.size_of({"key": [np.zeros(5), "text", 1.0, None], 7: (True,)}) == 3 + 40 + 4 + 8 + 8 + 8 + 8


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        (wire.Token(1, "set"), True),
        ([{"a": (1, wire.Token(1, "set"))}], True),
        ('{"token": 1, "of": "set"}', False),
        ({"token": 1, '{"token": ': 2}, False),
        ("\\", False),
        (['"', '{"token": '], False),
        (np.frombuffer(b'{"token": 1}', np.uint8), False),
    ],
)
def test_a_message_knows_whether_it_holds_a_token(value: Any, holds: bool) -> None:
    """no text that looks like one makes a difference"""
    assert wire.parcel({"args": (value,), "kwargs": {}}).holds_token is holds
