"""Where a small edit can be made in a function's syntax tree, what is known of the names there, and how an edit is put in.

Nothing here runs a student's code: the judge enumerates the same edits from the same source as the worker does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

NEAREST, NEAR, FAR, FARTHEST = range(4)
"""How near an edit is to what people do: the levels of edits, in the order in which they are tried."""


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign


Loop = ast.For | ast.While


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
