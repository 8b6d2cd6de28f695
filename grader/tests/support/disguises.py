"""What people do to code that is not theirs: each disguise makes other text that does the same. For tests and figures."""

from __future__ import annotations

import ast
import builtins
import random
from collections import Counter
from collections.abc import Callable, Iterator

_BUILTIN = frozenset(dir(builtins))
_SIMPLE = ast.Assign | ast.AugAssign | ast.Return | ast.Expr
_WORDS = ("data", "value", "result", "temp", "item", "current", "arr", "num", "my", "calc", "res", "foo", "thing", "obj")


def _names(node: ast.AST, kind: type[ast.expr_context] | None = None) -> set[str]:
    found = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    return {part.id for part in found if kind is None or isinstance(part.ctx, kind)}


def _imported(tree: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names}


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module):
            for name in ("body", "orelse"):
                body = getattr(node, name, None)
                if isinstance(body, list) and body:
                    yield body


def without_comments(tree: ast.Module, _: random.Random) -> None:
    """Take docstrings away; comments and layout go with the text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]


def renamed(tree: ast.Module, rng: random.Random) -> None:
    """Give other names to variables; what stands at the top level keeps its names, and so do its parameters."""
    kept = _BUILTIN | _imported(tree) | {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    kept |= {argument.arg for node in tree.body if isinstance(node, ast.FunctionDef) for argument in _arguments(node)}
    kept |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    bound = _names(tree, ast.Store) | {argument.arg for one in _functions(tree) for argument in _arguments(one)}
    bound |= {one.name for one in _functions(tree)}
    new = {name: f"{rng.choice(_WORDS)}_{number}" for number, name in enumerate(sorted(bound - kept))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)
        elif isinstance(node, ast.FunctionDef):
            node.name = new.get(node.name, node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [new.get(name, name) for name in node.names]


def _arguments(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def definitions_reordered(tree: ast.Module, rng: random.Random) -> None:
    """Put the definitions of a file into another order."""
    places = [index for index, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    nodes = [tree.body[index] for index in places]
    rng.shuffle(nodes)
    for index, node in zip(places, nodes, strict=True):
        tree.body[index] = node


def statements_reordered(tree: ast.Module, rng: random.Random) -> None:
    """Exchange neighbouring statements that do not need each other."""
    for body in _bodies(tree):
        for index in range(len(body) - 1):
            one, two = body[index : index + 2]
            if not all(isinstance(part, ast.Assign) for part in (one, two)) or rng.random() < 0.3:
                continue
            calls = any(
                isinstance(part, ast.Call | ast.Subscript) and isinstance(getattr(part, "ctx", None), ast.Store)
                for side in (one, two)
                for part in ast.walk(side)
            )
            clash = _names(one, ast.Store) & _names(two) or _names(two, ast.Store) & _names(one)
            if not calls and not clash:
                body[index], body[index + 1] = two, one


def split(tree: ast.Module, rng: random.Random) -> None:
    """Give parts of long expressions names of their own."""
    count = 0
    for body in list(_bodies(tree)):
        new: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.Assign | ast.Return) and statement.value is not None:
                for part in ast.walk(statement.value):
                    if isinstance(
                        part, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp | ast.IfExp | ast.BoolOp
                    ):
                        break
                    if isinstance(part, ast.Call):
                        places = [
                            i
                            for i, a in enumerate(part.args)
                            if isinstance(a, ast.Call | ast.BinOp)
                            and not any(
                                isinstance(x, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.IfExp) for x in ast.walk(a)
                            )
                        ]
                        if places and rng.random() < 0.7:
                            at = rng.choice(places)
                            name = f"part{count}"
                            count += 1
                            new.append(ast.Assign([ast.Name(name, ast.Store())], part.args[at]))
                            part.args[at] = ast.Name(name, ast.Load())
                            break
            new.append(statement)
        body[:] = new


class _Putting(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr) -> None:
        self._name, self._value = name, value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._value if node.id == self._name and isinstance(node.ctx, ast.Load) else node


def inlined(tree: ast.Module, _: random.Random) -> None:
    """Put values that are used once, in the next statement, where they are used."""
    for function in _functions(tree):
        counts = Counter(part.id for part in ast.walk(function) if isinstance(part, ast.Name))
        for body in _bodies(function):
            index = 0
            while index < len(body) - 1:
                one, two = body[index : index + 2]
                if (
                    isinstance(one, ast.Assign)
                    and len(one.targets) == 1
                    and isinstance(one.targets[0], ast.Name)
                    and isinstance(two, _SIMPLE)
                ):
                    name = one.targets[0].id
                    if counts[name] == 2 and name in _names(two, ast.Load):
                        body[index : index + 2] = [_Putting(name, one.value).visit(two)]
                        continue
                index += 1


def dead_code(tree: ast.Module, rng: random.Random) -> None:
    """Add statements that do nothing for the answer."""
    extra = (
        "total_calls = 0",
        "debug = False",
        "if False:\n    print('here')",
        "start = 1 + 1",
        "unused = [None] * 3",
        "assert True",
        "checked = True",
        "pass",
    )
    for body in list(_bodies(tree)):
        for index in reversed(range(len(body))):
            if rng.random() < 0.3 and not isinstance(body[index], ast.Expr):
                body.insert(index, ast.parse(rng.choice(extra)).body[0])


def loops_rewritten(tree: ast.Module, _: random.Random) -> None:
    """Count with `while` instead of `for ... in range`."""
    for body in list(_bodies(tree)):
        new: list[ast.stmt] = []
        for node in body:
            match node:
                case ast.For(
                    target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=[end]), body=inner, orelse=[]
                ) if not any(isinstance(part, ast.Continue) for part in ast.walk(node)):
                    test = ast.Compare(ast.Name(name, ast.Load()), [ast.Lt()], [end])
                    step = ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), ast.Constant(1))
                    new += [ast.Assign([ast.Name(name, ast.Store())], ast.Constant(0)), ast.While(test, [*inner, step], [])]
                case _:
                    new.append(node)
        body[:] = new


def operands_swapped(tree: ast.Module, rng: random.Random) -> None:
    """Write `b + a` for `a + b`, `b < a` for `a > b`, and `x = x + y` for `x += y`."""
    swaps = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult) and rng.random() < 0.7:
            if not any(
                isinstance(side, ast.List | ast.Tuple | ast.Constant | ast.JoinedStr) for side in (node.left, node.right)
            ):
                node.left, node.right = node.right, node.left
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in swaps:
            node.left, node.comparators, node.ops = node.comparators[0], [node.left], [swaps[type(node.ops[0])]()]
    for body in _bodies(tree):
        for index, node in enumerate(body):
            if isinstance(node, ast.AugAssign):
                read = ast.parse(ast.unparse(node.target), mode="eval").body
                body[index] = ast.Assign([node.target], ast.BinOp(read, node.op, node.value))


def helpers(tree: ast.Module, _: random.Random) -> None:
    """Move what functions return into helpers of their own."""
    made: list[ast.stmt] = []
    top = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)} | _imported(tree) | _BUILTIN
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.decorator_list]:
        returns = [node for node in function.body if isinstance(node, ast.Return)]
        for node in returns[-1:]:
            if node.value is None:
                continue
            names = sorted(_names(node) - top)
            if len(names) < 2 or any(isinstance(part, ast.comprehension | ast.Lambda) for part in ast.walk(node)):
                continue
            name = f"finish_{len(made)}"
            made += ast.parse(f"def {name}({', '.join(names)}):\n    return {ast.unparse(node.value)}").body
            node.value = ast.parse(f"{name}({', '.join(names)})", mode="eval").body
    tree.body += made


Disguise = Callable[[ast.Module, random.Random], None]

DISGUISES: dict[str, tuple[Disguise, ...]] = {
    "comments and layout": (without_comments,),
    "renamed": (without_comments, renamed),
    "definitions reordered": (definitions_reordered,),
    "statements reordered": (statements_reordered, renamed),
    "split": (split, renamed),
    "inlined": (inlined, renamed),
    "dead code": (dead_code, renamed),
    "loops rewritten": (loops_rewritten, renamed),
    "operands swapped": (operands_swapped, renamed),
    "helpers": (helpers, renamed),
    "everything": (
        without_comments, helpers, split, statements_reordered, loops_rewritten, operands_swapped, dead_code,
        definitions_reordered, renamed,
    ),
}  # fmt: skip


def disguised(text: str, disguise: str, seed: int = 0) -> str:
    """Return a script with one of the DISGUISES; raises SyntaxError for what is no Python."""
    tree, rng = ast.parse(text), random.Random(seed)
    for change in DISGUISES[disguise]:
        change(tree, rng)
        tree = ast.parse(ast.unparse(ast.fix_missing_locations(tree)))
    return ast.unparse(tree) + "\n"
