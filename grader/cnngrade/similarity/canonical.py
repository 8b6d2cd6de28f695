"""Python's statements as trees in one way of writing for what can be written in several.

Taken away: docstrings, annotations, texts in strings, and values that nobody uses. Made the same: `x += y` and `x = x + y`,
`a > b` and `b < a`, the order of `+` and `*`, `np.sum(x)` and `x.sum()`, a value with a name of its own and one that stands
where it is used, a `while` that counts and a `for`. What is left of a compound statement is its head; its body follows it.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnngrade.similarity.source import SourceText
from cnngrade.similarity.tree import Node, shape, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef

_KNOWN = frozenset(dir(builtins)) - {"_"}

_Several = ast.Tuple | ast.List

_SWAPPED = {ast.Gt: "Lt", ast.GtE: "LtE"}

_COMMUTING = frozenset({"Add", "Mult", "BitAnd", "BitOr", "Eq", "NotEq"})

_Place = ast.AST | Sequence[ast.AST] | None

# A table of more numbers than this is data, and no code.
_DATA = 100

_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(slots=True)
class Statement:
    """The head of a statement; `stored` is the name that it does nothing but bind, "" for any other."""

    tree: Node
    stored: str = ""


class Canonical:
    """Turns definitions into statements. `known` says what names mean that nobody chose; `modules` are the names of modules."""

    def __init__(self, source: SourceText, known: Mapping[str, str], modules: Iterable[str]) -> None:
        self._source, self._known, self._modules = source, known, frozenset(modules)

    def statements(self, body: Sequence[ast.stmt], is_of_function: bool = False) -> list[Statement]:
        """Return the statements of a definition, or of what is left of it; raises RecursionError for too deep a tree.

        `is_of_function` says that the statements are what is left of a function.
        """
        self._uses = _uses(body)
        statements = _tidy([statement for node in body for statement in self._all(node, is_of_function)])
        return [statement for statement in statements if statement.tree.size > 1]

    def _all(self, node: ast.stmt, is_local: bool) -> Iterator[Statement]:
        """Yield the heads of a statement and of all in it; `is_local` says that it stands in a function."""
        counted = self._counting(node)
        if counted is not None:
            yield counted
            inside = node.body[:-1]  # type: ignore[attr-defined]
        else:
            for head in self._heads(node):
                # Names of a module or a class are used elsewhere.
                yield head if is_local else Statement(head.tree)
            inside = [part for block in _blocks(node) for part in block]
        is_local = isinstance(node, Function) or (is_local and not isinstance(node, ast.ClassDef))
        for part in inside:
            yield from self._all(part, is_local)

    def _counting(self, node: ast.stmt) -> Statement | None:
        """Return the `for` that a `while` stands for, None where it does not count up to something."""
        if not isinstance(node, ast.While) or not node.body:
            return None
        match node.test:
            case ast.Compare(left=ast.Name(id=name) as target, ops=[ast.Lt()], comparators=[end]):
                pass
            case ast.Compare(left=end, ops=[ast.Gt()], comparators=[ast.Name(id=name) as target]):
                pass
            case _:
                return None
        if not _adds_one(node.body[-1], name):
            return None
        numbers = self._node("range()", [self._of(end)], end)
        return Statement(self._node("for", [self._of(target), numbers], node.test))

    def _heads(self, node: ast.stmt) -> Iterator[Statement]:
        """Yield what a statement does itself, apart from the blocks in it."""
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from self._assigned(target, value)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                yield from self._assigned(target, value)
            case ast.AugAssign(target=target, op=op, value=value):
                whole = self._operation(type(op).__name__, [self._of(target), self._of(value)], node)
                yield self._storing(self._of(target), whole, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._of_function(node)
            case ast.ClassDef():
                yield Statement(self._node("class", list(map(self._of, node.bases)), node.bases or None))
            case ast.For() | ast.AsyncFor():
                yield Statement(self._node("for", [self._of(node.target), self._of(node.iter)], [node.target, node.iter]))
            case ast.While(test=test):
                yield Statement(self._node("while", [self._of(test)], test))
            case ast.If(test=test):
                yield Statement(self._node("if", [self._of(_without_not(test) if node.orelse else test)], test))
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    yield Statement(self._node("with", [self._of(item.context_expr)], item.context_expr))
            case ast.Match(subject=subject):
                yield Statement(self._node("match", [self._of(subject)], subject))
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Import() | ast.ImportFrom() | ast.Global() | ast.Nonlocal():
                pass
            case ast.Return() | ast.Expr() | ast.Raise() | ast.Assert() | ast.Delete():
                inside = [self._of(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
                yield Statement(self._node(type(node).__name__.lower(), inside, node))

    def _of_function(self, node: Function) -> Iterator[Statement]:
        arguments = node.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for default in (*arguments.defaults, *(part for part in arguments.kw_defaults if part is not None)):
            yield Statement(self._node("default", [self._of(default)], default))
        for decorator in node.decorator_list:
            yield Statement(self._node("decorator", [self._of(decorator)], decorator))
        if len(given) > 1:
            names = [self._name(argument.arg, argument) for argument in given]
            yield Statement(self._node("def", names, given))

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[Statement]:
        if isinstance(target, _Several) and isinstance(value, _Several) and len(target.elts) == len(value.elts):
            for one, its in zip(target.elts, value.elts, strict=True):
                yield from self._assigned(one, its)
            return
        yield self._storing(self._of(target), self._of(value), [target, value])

    def _storing(self, target: Node, value: Node, place: _Place) -> Statement:
        return Statement(self._node("=", [target, value], place), target.name)

    def _node(self, label: str, children: list[Node], place: _Place) -> Node:
        return Node(label, children, span=self._source.span(place)).sized()

    def _name(self, name: str, place: ast.AST) -> Node:
        return Node("", name=name, span=self._source.span(place))

    def _operation(self, label: str, children: list[Node], place: ast.AST) -> Node:
        if label in _COMMUTING:
            children = sorted(children, key=self._rank)
        return self._node(label, children, place)

    def _rank(self, node: Node) -> tuple[int, str, list[int]]:
        """Return by what the sides of a sum are put in order: nothing that another name would change."""
        return node.size, shape(node), [self._uses[part.name] for part in walk(node) if not part.label]

    def _of(self, node: ast.expr) -> Node:
        match node:
            case ast.Name(id=name):
                if meaning := self._known.get(name) or (name if name in _KNOWN else ""):
                    return self._node(meaning, [], node)
                return self._name(name, node)
            case ast.Constant(value=value):
                return self._node(_of_constant(value), [], node)
            case ast.JoinedStr():
                return self._node("'", [], node)
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(type(op).__name__, [self._of(left), self._of(right)], node)
            case ast.UnaryOp(op=op, operand=operand):
                return self._node(type(op).__name__, [self._of(operand)], node)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sides = [self._of(left), self._of(right)]
                if type(op) in _SWAPPED:
                    return self._node(_SWAPPED[type(op)], sides[::-1], node)
                return self._operation(type(op).__name__, sides, node)
            case ast.Attribute(value=value, attr=attr):
                return self._node(f".{attr}", [] if self._is_module(value) else [self._of(value)], node)
            case ast.Call():
                return self._call(node)
            case ast.Lambda(body=body):
                return self._node("lambda", [self._of(body)], node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Starred(value=value):
                return self._node("*", [self._of(value)], node)
            case ast.Slice():
                parts = (node.lower, node.upper, node.step)
                label = ":".join("+" if part else "" for part in parts)
                return self._node(f"[{label}]", [self._of(part) for part in parts if part], node)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) if len(parts) > _DATA:
                return self._node("data", [], node)
            case ast.Dict(values=values) if len(values) > _DATA:
                return self._node("data", [], node)
            case ast.List() | ast.Tuple():
                return self._node("()", list(map(self._of, node.elts)), node)
        return self._anything(node)

    def _anything(self, node: ast.expr) -> Node:
        label = type(node).__name__
        if isinstance(node, ast.BoolOp | ast.Compare):
            label += " ".join(type(op).__name__ for op in ([node.op] if isinstance(node, ast.BoolOp) else node.ops))
        inside = [self._of(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        return self._node(label, inside, node)

    def _is_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._modules

    def _call(self, node: ast.Call) -> Node:
        arguments = list(map(self._of, node.args))
        named = sorted(node.keywords, key=lambda keyword: keyword.arg or "")
        arguments += [self._node(f"{keyword.arg or '**'}=", [self._of(keyword.value)], keyword) for keyword in named]
        called = self._of(node.func)
        if called.label:
            # A method's object and a function's first argument are one.
            return Node(f"{called.label}()", [*called.children, *arguments], span=self._source.span(node)).sized()
        return self._node("()()", [called, *arguments], node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Node:
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        parts = list(map(self._of, made))
        for generator in node.generators:
            head = self._node("for", [self._of(generator.target), self._of(generator.iter)], [generator.target, generator.iter])
            parts += [head, *map(self._of, generator.ifs)]
        return self._node("comprehension", parts, node)


def _without_not(test: ast.expr) -> ast.expr:
    return test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test


def _of_constant(value: object) -> str:
    if isinstance(value, str | bytes):
        return "'"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else repr(value)
    # A whole number may have more digits than Python writes out.
    return repr(value)[:40] if not isinstance(value, int) or value.bit_length() < 200 else "large"


def _uses(body: Iterable[ast.stmt]) -> Counter[str]:
    """Return how often each name is used."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    read = [node.id for node in nodes if isinstance(node, ast.Name)]
    # `x += y` reads what it stores.
    return Counter(
        [*read, *(node.target.id for node in nodes if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name))]
    )


def _adds_one(statement: ast.stmt, name: str) -> bool:
    return ast.unparse(statement) in (f"{name} += 1", f"{name} = {name} + 1", f"{name} = 1 + {name}")


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """Return what stands in a statement, the two sides of `if not` exchanged as its head is."""
    found = [getattr(node, name) for name in _BLOCKS if getattr(node, name, None)]
    if isinstance(node, ast.If) and node.orelse and _without_not(node.test) is not node.test:
        found.reverse()
    return [*found, *(part.body for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())))]


def _tidy(statements: list[Statement]) -> list[Statement]:
    """Put values with a name of their own where they are used, if that is one place, and take those away that nobody uses."""
    stored = Counter(statement.stored for statement in statements)
    places: dict[str, list[tuple[int, Node, int]]] = {}
    for index, statement in enumerate(statements):
        for part in walk(statement.tree):
            for at, child in enumerate(part.children):
                if not child.label:
                    places.setdefault(child.name, []).append((index, part, at))
    kept = []
    for index, statement in enumerate(statements):
        name = statement.stored
        uses = places.get(name, [])[stored[name] :] if name else []
        if name and stored[name] == 1 and len(places[name]) == 2 and places[name][1][0] > index:
            _, user, at = places[name][1]
            user.children[at] = statement.tree.children[-1]
        elif not name or uses:
            kept.append(statement)
    for statement in kept:
        for part in reversed(list(walk(statement.tree))):
            part.sized()
    return kept
