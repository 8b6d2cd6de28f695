"""Objects with methods as a test sees them: `stack.push(1)` runs where the object is, and what comes back is a plain value.

A test gets a handle. Whatever it does with that is one request for the keeper of the object: a worker, the solution or a
recording. Nothing of the object is in this process, and a handle is never a plain value: no comparison takes it for one.

The object is a stranger's, and its methods may lie. So a value of the test goes to it by an operator (`==`, `<`, `in`, `+`)
only where the test itself made the object, by calling a class of the unit. An object that comes back where a number was
expected is equal to no number and cannot be computed with.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from cnngrade.errors import StudentRaised, Told
from cnngrade.worker.operations import ARITHMETIC
from cnngrade.worker.wire import NotPlain, Token

_MOST_LABEL = 80


class Keeper(Protocol):
    """Who has the objects behind handles."""

    def operate(self, operation: str, label: str, link: Link, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Carry out one of the `operations`; `label` is what to call it. Returns a plain value, with handles of objects."""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """What a handle stands for: a token of `keeper`.

    `root` is the class or the function by which the test came to it, `label` the way from there, as in "Tree.root.left". The
    test `made` it if it called a class for it. `since` is the keeper's, to know handles of objects that are gone.
    """

    token: Token
    keeper: Keeper
    root: str
    label: str
    made: bool
    since: object
    methods: set[str] = field(default_factory=set)


class _HasNoLength(StudentRaised, TypeError):
    """What Python takes for an object without a length: it asks for one, and does without it, when it makes a list."""

    def __init__(self, error: StudentRaised) -> None:
        def tell(with_floats: bool) -> Told:
            return (str(error) if with_floats else error.without_floats), error.places

        super().__init__("", error.kinds, error.message, error.for_staff, tell)


class Handle:
    """An object that stays where it is. What it offers beyond attributes, calls, items and iteration, `MadeObject` has."""

    __slots__ = ("_link",)
    _link: Link
    # NumPy then leaves operators to the object, and says what it is asked for otherwise.
    __array_ufunc__ = None

    def __init__(self, link: Link) -> None:
        object.__setattr__(self, "_link", link)

    def __repr__(self) -> str:
        return repr(self._link.token)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{name} of a student's object is not asked for: its name begins with _")
        link = self._link
        if name not in link.methods:
            if found := _ask(self, "attribute", name, self, name):
                return found[0]
            link.methods.add(name)

        def method(*args: Any, **kwargs: Any) -> Any:
            return _ask(self, "method", name, self, name, *args, **kwargs)

        method.__name__ = method.__qualname__ = name
        return method

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            raise AttributeError(f"{name} of a student's object is not set: its name begins with _")
        _ask(self, "set", name, self, name, value)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the object."""
        return _ask(self, "invoke", "__call__", self, *args, **kwargs)

    def __bool__(self) -> bool:
        return bool(_ask(self, "bool", "__bool__", self))

    def __len__(self) -> int:
        try:
            return int(_ask(self, "len", "__len__", self))
        except StudentRaised as error:
            if "TypeError" in error.kinds:
                raise _HasNoLength(error) from None
            raise

    def __iter__(self) -> Iterator[Any]:
        iterator = _ask(self, "iter", "__iter__", self)
        if not is_handle(iterator):
            raise TypeError(f"the iterator of {self!r} is a plain value")
        return _items(iterator)

    def __next__(self) -> Any:
        if found := _ask(self, "next", "__next__", self):
            return found[0]
        raise StopIteration

    def __getitem__(self, key: Any) -> Any:
        if type(key) is slice:
            return _ask(self, "slice", "__getitem__", self, key.start, key.stop, key.step)
        return _ask(self, "getitem", "__getitem__", self, key)

    def __eq__(self, other: object) -> bool:
        """Say whether both are the same object. Python asks the other one as well, if this one says that it cannot tell."""
        return NotImplemented if link_of(other) is None else _is_same(self, other) or NotImplemented

    def __hash__(self) -> int:
        return hash(self._link.token.number)

    def __array__(self, *_: object, **__: object) -> Any:
        raise TypeError(f"{self!r} is not an array")

    def __reduce_ex__(self, _: object) -> Any:
        raise TypeError(f"{self!r} stays with the code that made it: it can be neither copied nor stored")


def _items(iterator: Handle) -> Iterator[Any]:
    while found := _ask(iterator, "next", "__next__", iterator):
        yield found[0]


def _is_same(one: Handle, other: object) -> bool:
    mine, theirs = link_of(one), link_of(other)
    assert mine is not None
    # Another worker gives the same numbers to objects of its own.
    return theirs is not None and _place(mine) == _place(theirs)


def _place(link: Link) -> tuple[Keeper, object, int]:
    return link.keeper, link.since, link.token.number


def _compared(name: str) -> Callable[[Any, Any], Any]:
    def compare(self: MadeObject, other: object) -> Any:
        return _ask(self, name, f"__{name}__", self, other)

    return compare


class MadeObject(Handle):
    """An object that the test made by calling a class: what it says of itself, and of a value beside it, was asked for."""

    __slots__ = ()

    __eq__, __ne__ = _compared("eq"), _compared("ne")
    __lt__, __le__, __gt__, __ge__ = _compared("lt"), _compared("le"), _compared("gt"), _compared("ge")

    def __hash__(self) -> int:
        return int(_ask(self, "hash", "__hash__", self))

    def __str__(self) -> str:
        return str(_ask(self, "str", "__str__", self))

    def __contains__(self, item: object) -> bool:
        return bool(_ask(self, "contains", "__contains__", self, item))

    def __setitem__(self, key: Any, value: Any) -> None:
        _ask(self, "setitem", "__setitem__", self, key, value)

    def __delitem__(self, key: Any) -> None:
        _ask(self, "delitem", "__delitem__", self, key)

    def __neg__(self) -> Any:
        return _ask(self, "neg", "__neg__", self)

    def __pos__(self) -> Any:
        return _ask(self, "pos", "__pos__", self)

    def __abs__(self) -> Any:
        return _ask(self, "abs", "__abs__", self)

    def __enter__(self) -> Any:
        return _ask(self, "enter", "__enter__", self)

    def __exit__(self, kind: object, *_: object) -> None:
        """Leave the object if all went well in the block. In what went wrong there, such as an assertion, it has no say."""
        if kind is None:
            _ask(self, "exit", "__exit__", self)


def _arithmetic(name: str, reflected: bool) -> Callable[[Any, Any], Any]:
    def compute(self: MadeObject, other: object) -> Any:
        return _ask(self, name, f"__{name}__", *((other, self) if reflected else (self, other)))

    return compute


for _name in ARITHMETIC:
    setattr(MadeObject, f"__{_name}__", _arithmetic(_name, reflected=False))
    setattr(MadeObject, f"__r{_name}__", _arithmetic(_name, reflected=True))


def _ask(handle: Handle, operation: str, name: str, /, *args: Any, **kwargs: Any) -> Any:
    link = link_of(handle)
    assert link is not None
    return link.keeper.operate(operation, f"{link.label}.{name}", link, args, kwargs)


def is_handle(value: object) -> bool:
    """Say whether a value is a handle. Asked of the type: a handle passes everything else on."""
    return issubclass(type(value), Handle)


def link_of(value: object) -> Link | None:
    """Return what a handle stands for; None for any other value. Asks nobody."""
    found: Link | None = object.__getattribute__(value, "_link") if is_handle(value) else None
    return found


def token_for(link: Link, keeper: Keeper, since: object) -> Token | None:
    """Return the token of an object, None if it is gone; raises NotPlain for what another keeper has."""
    if link.keeper is not keeper:
        raise NotPlain(f"{link.token} can be handed only to the code that made it: the reference has its own objects")
    return link.token if link.since == since else None


def holds_token(value: object) -> bool:
    """Say whether a plain value holds a token."""
    if isinstance(value, dict):
        return any(holds_token(key) or holds_token(part) for key, part in value.items())
    return any(map(holds_token, value)) if isinstance(value, tuple | list) else isinstance(value, Token)


def handle_of(link: Link) -> Handle:
    """Return the handle, of a class with the name of the object's: that is what people, and Python's messages, call it."""
    short = link if len(link.label) <= _MOST_LABEL else _shortened(link)
    return _class_of(link.token.kind, link.made)(short)


def _shortened(link: Link) -> Link:
    return Link(link.token, link.keeper, link.root, link.root, link.made, link.since)


@functools.lru_cache(maxsize=64)
def _class_of(kind: str, made: bool) -> type[Handle]:
    return type(kind, (MadeObject if made else Handle,), {"__slots__": ()})
