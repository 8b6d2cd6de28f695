"""What the source of a function shows of its names: what each stands for, and which two are the same thing on two sides."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from cnngrade.worker.edit_spots import Spot

SIZE, INDEX, ARRAY, UNKNOWN = "size", "index", "array", ""
"""What a name or an expression stands for, as far as the source shows it."""


# How names of the two sides of a picture, or of rows and columns, differ.
_SIDES = (
    ("height", "width"), ("hh", "ww"), ("HH", "WW"), ("ii", "jj"), ("rows", "cols"), ("row", "col"), ("top", "left"),
    ("bottom", "right"), ("h", "w"), ("H", "W"), ("y", "x"), ("i", "j"), ("r", "c"), ("R", "C"), ("u", "v"), ("Y", "X"),
    ("a", "b"), ("m", "n"), ("p", "q"), ("0", "1"), ("1", "2"),
)  # fmt: skip


# Other numbers than those of loops have such names as well, and are of no side.
_OF_LOOPS = frozenset("abmnpq")


def _names_stored(target: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    given = function.args
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    return [argument for argument in every if argument is not None]


_WITHIN = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.FunctionDef)


_MOST_NAMES = 60


_MOST_KEYS = 10


_ARITHMETIC = (ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.operator, ast.unaryop, ast.expr_context)


_MAKES_A_SIZE = frozenset({"len", "int", "round", "range", "prod", "argmax", "argmin", "floor", "ceil", "size"})


def _is_count(value: ast.expr) -> bool:
    """Say whether a calculation divides whole numbers, of more names than one: `images // 16` is one of arrays."""
    names = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
    return len(names) > 1 and any(isinstance(part, ast.FloorDiv) for part in ast.walk(value))


@dataclass(slots=True)
class Scope:
    """What is known of the names in one definition.

    `every_name` are its own, parameters first; `optional` are parameters that are None if nothing is given; `here` is the line
    of the statement that is looked at; `kinds` says what a name stands for; `keys` are the texts by which values are looked up;
    `attributes` are those that are bound of an object, by its name; `functions` are those of the file with their parameters;
    `numpy` is what the file calls NumPy. `wide` says that the farthest edits are wanted too.
    """

    every_name: list[str] = field(default_factory=list)
    here: int = 0
    parameters: list[str] = field(default_factory=list)
    optional: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    functions: dict[str, list[str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    numpy: str = "np"
    wide: bool = True
    _bound_at: dict[str, int] = field(default_factory=dict)
    _within: dict[str, list[range]] = field(default_factory=dict)
    _names_at: dict[int, list[str]] = field(default_factory=dict)
    _of_kind_at: dict[tuple[int, tuple[str, ...]], list[str]] = field(default_factory=dict)
    _sides: dict[str, str] = field(default_factory=dict)
    _pairs: dict[str, str] = field(default_factory=dict)
    _known_sides: dict[ast.AST, frozenset[str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names that have a value where `here` is, as far as the lines tell."""
        if (names := self._names_at.get(self.here)) is None:
            names = self._names_at[self.here] = [name for name in self.every_name if self._has_value(name)]
        return names

    def fits(self, name: str, other: str) -> bool:
        """Say whether one name can stand where another does, as far as the source shows what they are."""
        kinds = {self.kinds.get(name, UNKNOWN), self.kinds.get(other, UNKNOWN)}
        return UNKNOWN in kinds or len(kinds) == 1 or kinds == {SIZE, INDEX}

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the names that stand for something of these kinds."""
        if (found := self._of_kind_at.get((self.here, kinds))) is None:
            found = [name for name in self.names if self.kinds.get(name, UNKNOWN) in kinds]
            self._of_kind_at[self.here, kinds] = found
        return found

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
                first = default.elts[0] if isinstance(default, ast.Tuple) and default.elts else default
                if first is not None and self.kind(first) == SIZE:
                    self.kinds[argument.arg] = SIZE
                elif isinstance(first, ast.Constant) and first.value is None:
                    self.optional.add(argument.arg)
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
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and isinstance(node.ctx, ast.Store):
                known = self.attributes.setdefault(node.value.id, [])
                if node.attr not in known and len(known) < _MOST_KEYS:
                    known.append(node.attr)
        self.every_name = [name for name in found if name.strip("_")][:_MOST_NAMES]
        self._learn_lines(definition)
        # Twice: a name may be used above where it is bound, as in a loop.
        for _ in range(2):
            for node in ast.walk(definition):
                self._learn_binding(node)
                self._learn_use(node)
        self._pair()

    def _learn_lines(self, definition: ast.AST) -> None:
        """Learn after which line each name has a value; one of a comprehension or an inner function has it in there."""
        inner = set[ast.AST]()
        for node in ast.walk(definition):
            if isinstance(node, _WITHIN) and node is not definition:
                for part in ast.walk(node):
                    if isinstance(part, ast.arg) or (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)):
                        inner.add(part)
                        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                        self._within.setdefault(part.arg if isinstance(part, ast.arg) else part.id, []).append(lines)
        for node in ast.walk(definition):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in inner:
                self._bound_at[node.id] = min(self._bound_at.get(node.id, node.lineno), node.lineno)
        self._bound_at |= dict.fromkeys(self.parameters, 0)

    def _has_value(self, name: str) -> bool:
        there = self._bound_at.get(name)
        return (there is not None and there < self.here) or any(self.here in lines for lines in self._within.get(name, ()))

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
                used = [part for part in (node.lower, node.upper, node.step) if part is not None]
            case ast.Call(func=ast.Name(id="range")):
                used = list(node.args)
            case ast.Assign(value=value):
                used = list(filter(_is_count, value.elts if isinstance(value, ast.Tuple) else [value]))
            case _:
                return
        for part in used:
            if all(isinstance(inner, _ARITHMETIC) for inner in ast.walk(part)):
                for inner in ast.walk(part):
                    if isinstance(inner, ast.Name):
                        self.kinds.setdefault(inner.id, SIZE)

    def _pair(self) -> None:
        known = set(self.every_name)
        for name in self.every_name:
            for one, other in _SIDES:
                start = name.find(one)
                while start >= 0 and name not in self._sides:
                    counterpart = name[:start] + other + name[start + len(one) :]
                    is_pair = {one, name} <= _OF_LOOPS and {self.kinds.get(name), self.kinds.get(counterpart)} == {INDEX}
                    if counterpart in known and counterpart not in self._sides and (is_pair or one not in _OF_LOOPS):
                        self._sides[name], self._sides[counterpart] = "1", "2"
                        self._pairs[name], self._pairs[counterpart] = counterpart, name
                    start = name.find(one, start + 1)
