"""Where a small edit can be made in a function's syntax tree, what is known of the names there, and how an edit is put in.

Nothing here runs a student's code: the judge enumerates the same edits from the same source as the worker does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

NEAREST, NEAR, FAR, FARTHEST = range(4)
"""How near an edit is to what people do: the levels of edits, in the order in which they are tried."""


SIZE, INDEX, ARRAY, UNKNOWN = "size", "index", "array", ""
"""What a name or an expression stands for, as far as the source shows it."""


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign


Loop = ast.For | ast.While


# How names of the two sides of a picture, or of rows and columns, differ.
_SIDES = (
    ("height", "width"), ("hh", "ww"), ("HH", "WW"), ("ii", "jj"), ("rows", "cols"), ("row", "col"), ("top", "left"),
    ("bottom", "right"), ("h", "w"), ("H", "W"), ("y", "x"), ("i", "j"), ("r", "c"), ("R", "C"), ("u", "v"), ("Y", "X"),
    ("a", "b"), ("m", "n"), ("p", "q"), ("0", "1"), ("1", "2"),
)  # fmt: skip


# Other numbers than those of loops have such names as well, and are of no side.
_OF_LOOPS = frozenset("abmnpq")


_DEPTH_OF_KEYS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Puts something else in one place of a tree: `build` gets what stands there, and `more`, and returns what shall.

    Without an index the spot is the whole field of the parent, and otherwise that of `node` in the list there. A list is never
    changed itself but replaced.
    """

    parent: ast.AST
    name: str
    index: int | None
    build: Callable[..., Any]
    node: Any = None
    more: tuple[Any, ...] = ()

    def apply(self) -> Callable[[], None]:
        """Make the change and return what takes it back; raises ValueError where its spot is no more."""
        whole = getattr(self.parent, self.name)
        try:
            new = self._built(whole)
        except AttributeError:
            raise ValueError("another edit has made something else of it") from None
        _locate(new, self.parent)
        setattr(self.parent, self.name, new)
        return lambda: setattr(self.parent, self.name, whole)

    def _built(self, whole: Any) -> Any:
        if self.index is None:
            return self.build(whole, *self.more)
        new = list(whole)
        at = self._at(whole)
        new[at] = self.build(whole[at], *self.more)
        return new

    def _at(self, whole: list[Any]) -> int:
        for at, part in enumerate(whole):
            if part is self.node:
                return at
        # Another edit has made something else of the same value: this one goes on with that.
        if self.index is not None and self.index < len(whole) and not isinstance(self.node, ast.stmt):
            return self.index
        raise ValueError("another edit has taken the place away")


def _locate(new: Any, parent: ast.AST) -> None:
    """Give the new nodes a place in the source: that of what they were put into."""
    at = [getattr(parent, name, 1) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")]
    todo = (
        [new]
        if isinstance(new, ast.AST)
        else [part for part in new if isinstance(part, ast.AST)]
        if isinstance(new, list)
        else []
    )
    while todo:
        node = todo.pop()
        if "lineno" in node._attributes:
            if hasattr(node, "lineno"):
                continue
            node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = at  # type: ignore[attr-defined]
        todo.extend(ast.iter_child_nodes(node))


@dataclass(frozen=True, slots=True)
class FoundEdit:
    """An edit as it was found: its line, the kind of thing there, how near it is, its key, and the changes that make it."""

    line: int
    what: str
    level: int
    twin: str
    changes: tuple[Change, ...]
    removes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A node with where it stands: a field of the node of `up`, and the index there if that is a list."""

    node: Any
    up: Spot | None
    name: str = ""
    index: int | None = None
    around: dict[bool, str] = field(default_factory=dict)

    @property
    def parent(self) -> Any:
        """The node that this one stands in, None at the top."""
        return self.up.node if self.up else None

    @property
    def line(self) -> int:
        """The line of the source at which the node begins, or else what it stands in."""
        spot: Spot | None = self
        while spot is not None:
            if (line := getattr(spot.node, "lineno", None)) is not None:
                return int(line)
            spot = spot.up
        return 0

    def above(self) -> Iterator[Spot]:
        """Yield the places that this one stands in, nearest first."""
        spot = self.up
        while spot is not None:
            yield spot
            spot = spot.up

    def inside(self, kind: type[ast.AST] | tuple[type[ast.AST], ...], name: str = "") -> bool:
        """Say whether the node stands in a node of that kind (in its field `name`, if one is given), within its statement."""
        spot: Spot | None = self
        while spot is not None and spot.up is not None and not isinstance(spot.node, ast.stmt):
            if isinstance(spot.up.node, kind) and (not name or spot.name == name):
                return True
            spot = spot.up
        return False

    def change(self, build: Callable[..., Any], *more: Any) -> Change:
        """Return the change that puts what `build` makes of the node, and of what is given besides, in its spot."""
        assert self.up is not None
        return Change(self.up.node, self.name, self.index, build, self.node, more)

    def set(self, name: str, value: Any) -> Change:
        """Return the change that gives the node another value of a field."""
        return Change(self.node, name, None, lambda _: value)

    def find(
        self, what: str, level: int, like: str, *changes: Change, removes: bool = False, line: int = 0, here: bool = False
    ) -> FoundEdit:
        """Return an edit of the node. Where `like` is given, the same edit at like places has the same key.

        With `here` only places whose own text is alike are like places.
        """
        if like and here not in self.around:
            self.around[here] = _around(self, here)
        key = f"{what}|{like}|{self.around[here]}" if like else ""
        return FoundEdit(line or self.line, what, level, key, changes, removes)


def _around(spot: Spot, itself: bool) -> str:
    """Return what stands round a node, with names and numbers left out."""
    if spot.up is None or isinstance(spot.node, ast.stmt):
        return _text(spot.node, None, _DEPTH_OF_KEYS)
    around = spot.up
    if isinstance(around.node, ast.Tuple | ast.Slice) and around.up is not None:
        # Which of the elements it is makes no difference: height and width stand side by side.
        return f"{type(around.node).__name__}.{spot.name}:{_text(spot.node, None, _DEPTH_OF_KEYS) if itself else ''}"
    return _text(around.node, spot.node, _DEPTH_OF_KEYS if itself else 2)


def _text(node: Any, hole: Any, depth: int) -> str:
    """Return the form of a node, cut off at a depth."""
    if node is hole:
        return "_"
    if isinstance(node, ast.Name):
        return "v"
    if isinstance(node, ast.Constant):
        return "0"
    if isinstance(node, ast.expr_context):
        return ""
    if depth == 0:
        return "."
    if isinstance(node, list):
        return ",".join(_text(part, hole, depth - 1) for part in node[:12])
    if isinstance(node, ast.AST):
        parts = [_text(getattr(node, name, None), hole, depth - 1) for name in node._fields]
        return f"{type(node).__name__}({';'.join(parts)})"
    return str(node)[:40]


def _names_stored(target: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    given = function.args
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    return [argument for argument in every if argument is not None]


_MOST_NAMES = 60


_MOST_KEYS = 10


_ARITHMETIC = (ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.operator, ast.unaryop, ast.expr_context)


_MAKES_A_SIZE = frozenset({"len", "int", "round", "range", "prod", "argmax", "argmin", "floor", "ceil", "size"})


@dataclass(slots=True)
class Scope:
    """What is known of the names in one definition.

    `names` are its own, parameters first; `kinds` says what a name stands for; `keys` are the texts by which values are looked
    up; `functions` are those of the file with their parameters; `numpy` is what the file calls NumPy. `wide` says that the
    farthest edits are wanted too.
    """

    names: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    functions: dict[str, list[str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    numpy: str = "np"
    wide: bool = True
    _sides: dict[str, str] = field(default_factory=dict)
    _pairs: dict[str, str] = field(default_factory=dict)
    _known_sides: dict[ast.AST, frozenset[str]] = field(default_factory=dict)

    def fits(self, name: str, other: str) -> bool:
        """Say whether one name can stand where another does, as far as the source shows what they are."""
        kinds = {self.kinds.get(name, UNKNOWN), self.kinds.get(other, UNKNOWN)}
        return UNKNOWN in kinds or len(kinds) == 1 or kinds == {SIZE, INDEX}

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the names that stand for something of these kinds."""
        return [name for name in self.names if self.kinds.get(name, UNKNOWN) in kinds]

    def kind(self, node: ast.AST) -> str:
        """Return what an expression stands for."""
        if isinstance(node, ast.Constant):
            return SIZE if type(node.value) is int else UNKNOWN
        if isinstance(node, ast.Name):
            return self.kinds.get(node.id, UNKNOWN)
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.MatMult):
                return ARRAY
            kinds = {self.kind(node.left), self.kind(node.right)}
            return ARRAY if ARRAY in kinds else UNKNOWN if UNKNOWN in kinds else SIZE
        if isinstance(node, ast.UnaryOp):
            return self.kind(node.operand)
        if isinstance(node, ast.Subscript):
            return SIZE if isinstance(node.value, ast.Attribute) and node.value.attr == "shape" else self.kind(node.value)
        if isinstance(node, ast.Attribute):
            return SIZE if node.attr in ("shape", "ndim", "size") else ARRAY if node.attr == "T" else UNKNOWN
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in _MAKES_A_SIZE:
                return SIZE
            if called in ("max", "min", "abs") and isinstance(node.func, ast.Name):
                return SIZE if all(self.kind(argument) in (SIZE, INDEX) for argument in node.args) else UNKNOWN
            return ARRAY if isinstance(node.func, ast.Attribute) else UNKNOWN
        return UNKNOWN

    def side(self, name: str) -> str:
        """Return which of two sides a name belongs to, "" where it has no counterpart."""
        return self._sides.get(name, "")

    def counterpart(self, name: str) -> str:
        """Return the name of the same thing on the other side; "" if there is none."""
        return self._pairs.get(name, "")

    def label(self, name: str) -> str:
        """Return the same for a name and its counterpart."""
        return min(name, self._pairs.get(name, name))

    def agrees(self, spot: Spot, name: str) -> str:
        """Return for the key of an edit which name is put in, and whether it is of the side that the spot is of.

        `h + kh` and `w + kw` are the same change at like places, and so are `h + p` and `w + p`.
        """
        mine = self._sides.get(name)
        for around in (spot, *spot.above()) if mine else ():
            sides = self._sides_in(around.node)
            if len(sides) == 1:
                return f"{self.label(name)} of {'this' if sides == {mine} else 'the other'} side"
            if sides or isinstance(around.node, ast.stmt):
                break
        return name

    def has_side(self, node: ast.AST) -> bool:
        """Say whether a name of one of two sides is in an expression."""
        return bool(self._sides_in(node))

    def one_side(self, node: ast.AST) -> str:
        """Return the side of all names in an expression that have one; "" where none has, or both are there."""
        sides = self._sides_in(node)
        return next(iter(sides)) if len(sides) == 1 else ""

    def _sides_in(self, node: ast.AST) -> frozenset[str]:
        if (sides := self._known_sides.get(node)) is None:
            names = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
            sides = self._known_sides[node] = frozenset(self._sides[name] for name in names if name in self._sides)
        return sides

    def learn(self, definition: ast.AST) -> None:
        """Read the names of a definition."""
        found: dict[str, None] = {}
        if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = definition.args
            found.update(dict.fromkeys(argument.arg for argument in _arguments(definition)))
            self.parameters = list(found)
            with_default = [*arguments.posonlyargs, *arguments.args][::-1], arguments.defaults[::-1]
            for argument, default in [
                *zip(*with_default, strict=False),
                *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
            ]:
                if (
                    default is not None
                    and self.kind(default.elts[0] if isinstance(default, ast.Tuple) and default.elts else default) == SIZE
                ):
                    self.kinds[argument.arg] = SIZE
        for node in ast.walk(definition):
            if isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
                found.update(dict.fromkeys(argument.arg for argument in _arguments(node)))
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found[node.id] = None
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.attr in ("shape", "ndim", "dtype", "T")
            ):
                self.kinds.setdefault(node.value.id, ARRAY)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                self.keys = list(dict.fromkeys((*self.keys, node.slice.value)))[:_MOST_KEYS]
        self.names = [name for name in found if name.strip("_")][:_MOST_NAMES]
        # Twice: a name may be used above where it is bound, as in a loop.
        for _ in range(2):
            for node in ast.walk(definition):
                self._learn_binding(node)
                self._learn_use(node)
        self._pair()

    def _learn_binding(self, node: ast.AST) -> None:
        if isinstance(node, ast.For | ast.comprehension):
            called = node.iter.func.id if isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name) else ""
            names = _names_stored(node.target)
            if called == "range" or (called == "enumerate" and names):
                self.kinds.setdefault(names[0] if names else "", INDEX)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Tuple | ast.List):
                names = [part.id for part in target.elts if isinstance(part, ast.Name)]
                group = frozenset(names)
                for name in names:
                    self.groups[name] = self.groups.get(name, frozenset()) | group
                values = (
                    value.elts
                    if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
                    else [value] * len(target.elts)
                )
                for part, its in zip(target.elts, values, strict=True):
                    if isinstance(part, ast.Name) and (kind := self.kind(its)) and (its is not value or kind == SIZE):
                        self.kinds.setdefault(part.id, kind)
            elif isinstance(target, ast.Name) and (kind := self.kind(value)):
                self.kinds.setdefault(target.id, kind)

    def _learn_use(self, node: ast.AST) -> None:
        """Learn that what bounds a slice or a range, or is divided with a whole number as the answer, is a size."""
        match node:
            case ast.Slice():
                used = [node.lower, node.upper, node.step]
            case ast.Call(func=ast.Name(id="range")):
                used = list(node.args)
            case ast.Assign(value=ast.BinOp()) if any(isinstance(part, ast.FloorDiv) for part in ast.walk(node.value)):
                names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
                used = [node.value] if len(names) > 1 else []
            case _:
                return
        for part in used:
            if part is not None and all(isinstance(inner, _ARITHMETIC) for inner in ast.walk(part)):
                for inner in ast.walk(part):
                    if isinstance(inner, ast.Name):
                        self.kinds.setdefault(inner.id, SIZE)

    def _pair(self) -> None:
        known = set(self.names)
        for name in self.names:
            for one, other in _SIDES:
                start = name.find(one)
                while start >= 0 and name not in self._sides:
                    counterpart = name[:start] + other + name[start + len(one) :]
                    is_pair = {one, name} <= _OF_LOOPS and {self.kinds.get(name), self.kinds.get(counterpart)} == {INDEX}
                    if counterpart in known and counterpart not in self._sides and (is_pair or one not in _OF_LOOPS):
                        self._sides[name], self._sides[counterpart] = "1", "2"
                        self._pairs[name], self._pairs[counterpart] = counterpart, name
                    start = name.find(one, start + 1)


def spots(definition: ast.AST) -> Iterator[Spot]:
    """Yield the spots in a definition in the order of the source, its decorators, annotations and texts left out."""
    todo = [Spot(definition, None)]
    while todo:
        spot = todo.pop()
        yield spot
        node, below = spot.node, []
        for name in node._fields:
            if name in _LEFT_OUT or (name == "targets" and isinstance(node, ast.Delete)):
                continue
            value = getattr(node, name, None)
            if isinstance(value, list):
                below += [Spot(part, spot, name, index) for index, part in enumerate(value) if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST):
                below.append(Spot(value, spot, name))
        todo += [part for part in reversed(below) if not _is_text(part.node) and not isinstance(part.node, _NO_SPOTS)]


_LEFT_OUT = frozenset(
    {"decorator_list", "returns", "annotation", "type_comment", "ctx", "msg", "exc", "cause", "type_params", "bases"}
)


_NO_SPOTS = (
    ast.JoinedStr,
    ast.Import,
    ast.ImportFrom,
    ast.Global,
    ast.Nonlocal,
    ast.expr_context,
    ast.operator,
    ast.cmpop,
    ast.unaryop,
    ast.boolop,
)


def _is_text(node: ast.AST) -> bool:
    """Say whether a statement is a docstring, or any other text that nothing is done with."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def constant(value: Any) -> ast.expr:
    """Return the expression of a number, of None, or of a tuple of those."""
    if isinstance(value, tuple):
        return ast.Tuple([constant(part) for part in value], ast.Load())
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), constant(-value))
    return ast.Name("float", ast.Load()) if value is float else ast.Constant(value)


def name(text: str) -> ast.Name:
    """Return the expression that reads a name."""
    return ast.Name(text, ast.Load())


def called(function: ast.expr | str, *arguments: ast.expr, **keywords: ast.expr) -> ast.Call:
    """Return a call of a function, or of the name of one."""
    function = name(function) if isinstance(function, str) else function
    return ast.Call(function, list(arguments), [ast.keyword(key, value) for key, value in keywords.items()])


def method(value: ast.expr, attribute: str, *arguments: ast.expr) -> ast.Call:
    """Return a call of a method."""
    return ast.Call(ast.Attribute(value, attribute, ast.Load()), list(arguments), [])


def left_without(whole: Sequence[Any], *parts: Any) -> list[Any]:
    """Return a list without some of its elements, found by identity."""
    return [part for part in whole if not any(part is other for other in parts)]


def swapped(whole: Sequence[Any], one: int, other: int) -> list[Any]:
    """Return a list with two elements in each other's spot."""
    new = list(whole)
    new[one], new[other] = new[other], new[one]
    return new


def plain_int(node: ast.AST) -> int | None:
    """Return the number that an expression states, with its sign; None if it is no whole number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = plain_int(node.operand)
        return None if number is None else -number
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None
