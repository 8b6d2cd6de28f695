"""Plain values as bytes: the only thing that passes between the judge and a worker.

A message is a dict of strings to plain values: None, bool, int, float, str, tuple, list, dict, NumPy scalars and arrays, and
`Token`s for objects that stay in the worker. Of an instance of a subclass (a named tuple, an OrderedDict) the plain value
crosses. Arrays travel as npy (`numpy.lib.format`, never pickled). A frame is

    magic "CNG1", header length (uint32), body length (uint64), header (JSON), body (npy blobs, each padded to 64 bytes)

Reading trusts nothing: lengths, depths, dtypes and shapes are checked before memory is asked for, and whatever does not fit is
a `WireError`.
"""

from __future__ import annotations

import functools
import io
import json
import math
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from cnngrade.errors import TooLarge, WireError

MAX_HEADER_BYTES = 4 << 20


MAX_BODY_BYTES = 128 << 20


MAX_DEPTH = 32


MAX_ITEMS = 200_000


# Numbers can be chosen so that a dict has to compare each with every other.
MAX_KEYS = 5_000


# Each is a class at the reader's.
MAX_KINDS = 500


_PREFIX = struct.Struct("<4sIQ")


_MAGIC = b"CNG1"


_PLAIN_KINDS = "biufc"


_ALIGN = 64


_MAX_AXES = 32


_MAX_HEAD_BYTES = 2048


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Token:
    """Represents an object that stays in the worker. `kind` is the name of its type, for people.

    One that was read is of a subclass with that name, so that whoever words a sentence with its type, a test of a course or
    Python itself, names the type that its author knows.
    """

    number: int
    kind: str

    def __eq__(self, other: object) -> bool:
        """Say whether both represent the same object."""
        return isinstance(other, Token) and (self.number, self.kind) == (other.number, other.kind)

    def __hash__(self) -> int:
        """Return the same for tokens of the same object."""
        return hash((self.number, self.kind))

    def __repr__(self) -> str:
        """Return what people may read."""
        return f"<an object of type {self.kind}>"


def with_tokens(value: Any, other: Callable[[Token], Any]) -> Any:
    """Return a plain value with `other(token)` in the place of each token, keys of dicts among them."""
    if isinstance(value, Token):
        return other(value)
    if isinstance(value, tuple | list):
        return type(value)(with_tokens(part, other) for part in value)
    if isinstance(value, dict):
        return {with_tokens(key, other): with_tokens(part, other) for key, part in value.items()}
    return value


@functools.lru_cache(maxsize=64)
def _token_type(kind: str) -> type[Token]:
    """Return the class of tokens with this kind; raises ValueError for what cannot be the name of a class."""
    return type(kind, (Token,), {"__slots__": ()})


class NotPlain(WireError):
    """A value of a type that cannot cross."""


# What an instance of a subclass holds, whatever its own methods say.
_PLAIN_VALUE: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (dict, lambda value: dict(dict.items(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (list, lambda value: list(list.__iter__(value))),
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)


def is_plain_dtype(dtype: np.dtype[Any]) -> bool:
    """Say whether arrays of `dtype` may cross: booleans, integers, floats and complex numbers."""
    return dtype.kind in _PLAIN_KINDS and dtype.fields is None and dtype.subdtype is None


# What crosses as it is.
_LEAVES = frozenset((type(None), bool, int, float, str))


# The names of nodes: of an array and a number of NumPy's, by their place in the body, and of what holds parts.
_ARRAY, _SCALAR, _TUPLE, _LIST, _DICT = "a", "s", "t", "l", "d"


_ARRAYS, _HOLDS_PARTS = frozenset((_ARRAY, _SCALAR)), frozenset((_TUPLE, _LIST, _DICT))


# Of most arrays the dtype is one of these, which need not be looked at any further.
_USUAL = {dtype: dtype for dtype in map(np.dtype, ("float64", "float32", "int64", "uint8", "bool"))}


class _Encoder:
    def __init__(self, keep: Callable[[Any], Token | None] | None) -> None:
        self.keep = keep
        self.blobs: list[bytes] = []
        self.items = 0
        self.keys = 0

    def message(self, values: dict[str, Any]) -> dict[str, Any]:
        self.enter(len(values), 0)
        return {key: self.tree(value, 0) for key, value in values.items()}

    def enter(self, parts: int, depth: int) -> None:
        """Note that so many parts follow, at that depth."""
        self.items += parts
        if self.items > MAX_ITEMS or (parts and depth > MAX_DEPTH):
            raise WireError("the value is nested too deeply or has too many parts")

    def tree(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _LEAVES:
            return value
        if kind is tuple or kind is list:
            self.enter(len(value), depth + 1)
            # Most parts are leaves, and a call for each would take longer than anything else here.
            parts = [part if type(part) in _LEAVES else self.tree(part, depth + 1) for part in value]
            return {_TUPLE if kind is tuple else _LIST: parts}
        if kind is np.ndarray and value.dtype in _USUAL:
            return self.array(value)
        if kind is dict:
            self.keys += len(value)
            if self.keys > MAX_KEYS:
                raise WireError(f"the value holds dicts of more than {MAX_KEYS} keys")
            self.enter(2 * len(value), depth + 1)
            return {_DICT: [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in value.items()]}
        # Asked of the type: an object may have its own idea of what its class is.
        if issubclass(kind, Token):
            return {"token": value.number, "of": value.kind}
        if issubclass(kind, np.generic) and is_plain_dtype(value.dtype):
            return {_SCALAR: self.blob(np.asarray(value))}
        if issubclass(kind, np.ndarray) and is_plain_dtype(value.dtype):
            return self.array(value)
        for base, plain_value in _PLAIN_VALUE:
            if issubclass(kind, base):
                return self.tree(plain_value(value), depth)
        token = self.keep(value) if self.keep else None
        if token is None:
            raise NotPlain(f"{_name_of(value)} cannot cross between judge and worker")
        self.enter(1, depth + 1)
        return self.tree(token, depth + 1)

    def array(self, value: np.ndarray[Any, Any]) -> dict[str, Any]:
        node: dict[str, Any] = {_ARRAY: self.blob(np.asarray(value))}
        if not value.flags.writeable:
            node["readonly"] = True
        return node

    def blob(self, array: np.ndarray[Any, Any]) -> int:
        head = _npy_head(array.dtype, array.shape)
        data = array.tobytes()
        self.blobs.append(b"".join((head, data, b"\0" * (-(len(head) + len(data)) % _ALIGN))))
        return len(self.blobs) - 1


@functools.lru_cache(maxsize=512)
def _npy_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the header that precedes the data of an array, in C order."""
    stream = io.BytesIO()
    facts = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(stream, facts)
    return stream.getvalue()


def _name_of(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"a NumPy array of dtype {value.dtype}"
    return f"an object of type {type(value).__name__}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """An encoded message, to which more keys with plain numbers and strings can be added without encoding it again.

    `operation` is what it asks for, "" until that is said.
    """

    entries: str
    blobs: Sequence[bytes]
    operation: str = ""

    @property
    def holds_token(self) -> bool:
        """Whether an object is among what is sent. In a string of the message the quotes would be escaped."""
        return '{"token": ' in self.entries

    def adding(self, **more: str | int) -> Parcel:
        """Return the message with more keys, which it must not have yet."""
        entries, operation = json.dumps(more)[1:-1], str(more.get("op", self.operation))
        return Parcel(f"{self.entries}, {entries}" if self.entries else entries, self.blobs, operation)

    def frame(self) -> bytes:
        """Return the message as one frame; raises WireError where it is too large."""
        header = f'{{"m": {{{self.entries}}}, "sizes": {[len(blob) for blob in self.blobs]}}}'.encode()
        body_bytes = sum(map(len, self.blobs))
        if len(header) > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
            raise TooLarge(f"the value is too large to send ({(len(header) + body_bytes) >> 20} MiB)")
        return b"".join((_PREFIX.pack(_MAGIC, len(header), body_bytes), header, *self.blobs))


def parcel(message: dict[str, Any], keep: Callable[[Any], Token | None] | None = None) -> Parcel:
    """Return `message` encoded.

    `keep` is asked for a `Token` when a value of another type turns up; without it, or one, that raises `NotPlain`.
    """
    encoder = _Encoder(keep)
    tree = encoder.message(message)
    try:
        return Parcel(json.dumps(tree)[1:-1], encoder.blobs, str(message.get("op", "")))
    except ValueError as error:
        raise TooLarge(f"a number is too large to send: {error}") from error


def pack(message: dict[str, Any], keep: Callable[[Any], Token | None] | None = None) -> bytes:
    """Return `message` as one frame; see `parcel`."""
    return parcel(message, keep).frame()


# The one form in which `_npy_head` writes a header. NumPy's own reader evaluates it as Python, however deeply it is nested.
_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<>|=][biufc][0-9]{1,2})', 'fortran_order': False, 'shape': \(([0-9, ]*)\),? ?\} *\n",
    re.DOTALL,
)


@functools.lru_cache(maxsize=512)
def _read_npy_head(head: bytes) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and dtype of an array that may cross; raises WireError, ValueError and TypeError."""
    found = _HEAD.fullmatch(head)
    if found is None:
        raise WireError("an array comes with an unknown header")
    dtype, shape = np.dtype(found[1].decode()), tuple(int(length) for length in found[2].split(b",") if length.strip())
    if not is_plain_dtype(dtype) or len(shape) > _MAX_AXES:
        raise WireError(f"an array of dtype {dtype} with {len(shape)} axes may not cross")
    return shape, dtype


def _read_blob(blob: memoryview) -> np.ndarray[Any, Any]:
    # Magic and version take 8 bytes, then comes the length of the header.
    start = 10 + int.from_bytes(blob[8:10], "little")
    if start > _MAX_HEAD_BYTES:
        raise WireError("the header of an array is too long")
    shape, dtype = _read_npy_head(bytes(blob[:start]))
    count = math.prod(shape)
    if not 0 <= len(blob) - start - count * dtype.itemsize < _ALIGN:
        raise WireError("an array's length does not fit its shape")
    plain = np.frombuffer(blob, dtype=dtype, count=count, offset=start).reshape(shape)
    return plain.astype(dtype.newbyteorder("="), copy=True)


class _Decoder:
    def __init__(self, arrays: list[np.ndarray[Any, Any]]) -> None:
        self.arrays = arrays
        self.named: set[int] = set()
        self.kinds: set[str] = set()
        self.items = 0
        self.keys = 0

    def message(self, nodes: dict[Any, Any]) -> dict[str, Any]:
        self.enter(len(nodes), 0)
        return {str(key): self.value(node, 0) for key, node in nodes.items()}

    def enter(self, parts: int, depth: int) -> None:
        """Note that so many parts follow, at that depth."""
        self.items += parts
        if self.items > MAX_ITEMS or (parts and depth > MAX_DEPTH):
            raise WireError("the message is nested too deeply or has too many parts")

    def value(self, node: Any, depth: int) -> Any:
        if type(node) in _LEAVES:
            return node
        if type(node) is dict:
            if len(node) == 1:
                ((kind, inside),) = node.items()
                if type(inside) is list and kind in _HOLDS_PARTS:
                    return self.parts(kind, inside, depth + 1)
                if type(inside) is int and kind in _ARRAYS:
                    return self.array(inside)[()] if kind == _SCALAR else self.array(inside)
            elif len(node) == 2:
                return self.pair(node)
        raise WireError("the message holds something unknown")

    def parts(self, kind: str, parts: list[Any], depth: int) -> Any:
        value = self.value
        if kind == _DICT:
            self.keys += len(parts)
            if self.keys > MAX_KEYS:
                raise WireError(f"the message holds dicts of more than {MAX_KEYS} keys")
            self.enter(2 * len(parts), depth)
            return {value(k, depth): value(v, depth) for k, v in parts}
        self.enter(len(parts), depth)
        # Most parts are leaves, and a call for each would take longer than anything else here.
        found = [part if type(part) in _LEAVES else value(part, depth) for part in parts]
        return tuple(found) if kind == _TUPLE else found

    def pair(self, node: dict[str, Any]) -> Any:
        """Return what a node with two entries stands for."""
        index, number, kind = node.get(_ARRAY), node.get("token"), node.get("of")
        if type(index) is int and node.get("readonly") is True:
            array = self.array(index)
            array.flags.writeable = False
            return array
        if type(number) is int and type(kind) is str:
            return self.token(number, kind[:80])
        raise WireError("the message holds something unknown")

    def token(self, number: int, kind: str) -> Token:
        self.kinds.add(kind)
        if len(self.kinds) > MAX_KINDS:
            raise WireError(f"the message holds objects of more than {MAX_KINDS} types")
        return _token_type(kind)(number, kind)

    def array(self, index: int) -> np.ndarray[Any, Any]:
        # Each is named once: naming one large array many times would make a small message take hours.
        if index in self.named or not 0 <= index < len(self.arrays):
            raise WireError("the message names an array that it does not hold, or one twice")
        self.named.add(index)
        return self.arrays[index]


def _unpack(header: bytes, body: bytes) -> dict[str, Any]:
    # Given bytes, json would first find out in which encoding they are. `frame` escapes what is not ASCII.
    parsed = json.loads(str(header, "ascii"))
    view = memoryview(body)
    arrays, start = [], 0
    if len(parsed["sizes"]) > MAX_ITEMS:
        raise WireError("the message has too many parts")
    for size in parsed["sizes"]:
        if type(size) is not int or size <= 0 or start + size > len(view):
            raise WireError("an array is longer than the message")
        arrays.append(_read_blob(view[start : start + size]))
        start += size
    if start != len(view):
        raise WireError("the message has bytes left over")
    return _Decoder(arrays).message(parsed["m"])


def arrived(value: Any) -> np.ndarray[Any, Any] | None:
    """Return what arrives of a usual array, without encoding it; None for any other value, and where it may be refused."""
    if type(value) is not np.ndarray or not value.flags.writeable or value.dtype not in _USUAL:
        return None
    if value.ndim > _MAX_AXES or value.nbytes > MAX_BODY_BYTES // 2:
        return None
    return value.astype(_USUAL[value.dtype], order="C", copy=True)


def size_of(value: Any) -> int:
    """Return about how many bytes a plain value takes, arrays in full."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, dict):
        return sum(size_of(key) + size_of(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return sum(map(size_of, value))
    return len(value) if isinstance(value, str) else 8


def read_frame(stream: IO[bytes]) -> dict[str, Any]:
    """Read one message. Raises EOFError where the stream ends between frames, WireError for anything malformed."""
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        raise EOFError
    if len(prefix) < _PREFIX.size:
        raise WireError("the stream ends inside a message")
    magic, header_bytes, body_bytes = _PREFIX.unpack(prefix)
    if magic != _MAGIC or header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise WireError("this is not a message, or one beyond the size limit")
    header, body = stream.read(header_bytes), stream.read(body_bytes)
    if len(header) < header_bytes or len(body) < body_bytes:
        raise WireError("the stream ends inside a message")
    try:
        return _unpack(header, body)
    except (WireError, MemoryError):
        # A message within these limits is no reason to run out of memory.
        raise
    except Exception as error:
        # Whatever a forged header makes json, numpy or this code raise, it is the sender's doing.
        raise WireError(f"malformed message: {type(error).__name__}: {str(error)[:200]}") from error


def unpack(frame: bytes) -> dict[str, Any]:
    """Return the message of one whole frame; raises WireError."""
    return read_frame(io.BytesIO(frame))
