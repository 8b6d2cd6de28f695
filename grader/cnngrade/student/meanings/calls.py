"""Calls, names and attributes: None where something was meant to be, what is no function, what a function does not take."""

from __future__ import annotations

import ast
import builtins
import re

import numpy as np

from cnngrade.student.live_values import Array, Nothing, Number, Other, Table, TupleOrList, Value, type_name
from cnngrade.student.own_code import FrameSpot, is_parameter
from cnngrade.student.raised import Explanation, Raised, counted, is_of_library, is_of_type, rule, told, unparsed

_RETURN_NOTHING = ("append", "extend", "insert", "sort", "reverse", "fill", "shuffle", "update", "print", "setflags", "clear")


def _origin(raised: Raised, name: str) -> tuple[str, tuple[FrameSpot, ...], tuple[FrameSpot, ...]]:
    """Return where a name's value comes from, as a sentence, and the lines to look at before and besides; "" if unknown."""
    if (argument := raised.handed(name)) is not None:
        assert raised.caller
        spot = raised.caller.spot
        return f"It is what {raised.line(spot)} hands over: `{unparsed(argument)}`.", (), ()
    if is_parameter(name, raised.spot):
        return "", (), ()
    found = raised.made(name)
    if found is None or found.statement is raised.spot.statement:
        return "", (), ()
    there = raised.at(found.statement)
    if isinstance(found.value, ast.Call):
        called = unparsed(found.value.func)
        if is_of_library(found.value.func, *_RETURN_NOTHING) and isinstance(raised.stop.values.get(name), Nothing):
            return f"{called}(...) changes what it is given and returns None.", (there,), ()
        if isinstance(raised.stop.values.get(name), Nothing):
            return f"It is what {called}(...) returned: does every way through it end with a return?", (), (there,)
    return "", (), (there,)


def _about(raised: Raised, node: ast.expr, value: Value, needs: str) -> Explanation:
    """Return a sentence about a value of the wrong kind: what it is, what is needed, where it comes from."""
    sentence = f"`{unparsed(node)}` is {told(value)} here{needs}"
    if not isinstance(node, ast.Name):
        return Explanation(f"{sentence}.")
    origin, before, after = _origin(raised, node.id)
    return Explanation(f"{sentence}. {origin}".strip(), before, after)


_ARRAY_ONLY = (
    "shape",
    "ndim",
    "size",
    "dtype",
    "T",
    "reshape",
    "astype",
    "sum",
    "max",
    "min",
    "mean",
    "copy",
    "transpose",
    "ravel",
)


def _uncalled(node: ast.expr) -> str:
    return f"`{unparsed(node)}` is a function here, not what it returns: a call has brackets, {unparsed(node)}(...)."


_FUNCTIONS = {"builtin_function_or_method", "method", "function", "type", "numpy._ArrayFunctionDispatcher", "numpy.ufunc"}


def _no_attribute(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    kind, name = found.groups()
    for node in raised.nodes(ast.Attribute):
        if not isinstance(node, ast.Attribute) or node.attr != name:
            continue
        value = raised.value(node.value)
        if kind == "numpy.ndarray" and isinstance(value, Array | None):
            return _no_method(node)
        if kind in _FUNCTIONS and isinstance(value, Other | None):
            return _uncalled(node.value)
        if value is None or not is_of_type(value, kind):
            continue
        if isinstance(value, TupleOrList) and name in _ARRAY_ONLY:
            return _about(raised, node.value, value, f", and a {kind} has no {name}; np.asarray(...) makes an array of it")
        return _about(raised, node.value, value, f", and has no {name}")
    return None


def _no_method(node: ast.Attribute) -> str | None:
    name, array = node.attr, unparsed(node.value)
    if name in ("append", "extend"):
        return f"An array has a fixed length and no {name}: fill one of the right length, or np.concatenate a list of arrays."
    if name in ("length", "len"):
        return f"An array has no {name}: len({array}) is its first length, {array}.size the number of its entries."
    if callable(getattr(np, name, None)):
        return f"{name} is a function of NumPy's and no method of an array: np.{name}({array}, ...)."
    return None


_IS_NOT = "is called like a function, and it is"


def _not_callable(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    kind = found[1]
    if kind == "module":
        return "A module is called like a function: the function in it has a name of its own, module.function(...)."
    for call in raised.calls():
        func = call.func
        value = raised.value(func)
        if isinstance(func, ast.Tuple | ast.Constant | ast.List) and type(getattr(func, "value", ())).__name__ in (
            kind,
            "tuple",
        ):
            return f"Between `{unparsed(func)}` and the bracket behind it a comma or an operator is missing."
        if isinstance(func, ast.Attribute) and func.attr in ("shape", "ndim", "size", "T", "dtype") and is_of_type(value, kind):
            part = f"; one part of it is {unparsed(func)}[...]" if isinstance(value, TupleOrList | Array) else ""
            return f"`{unparsed(func)}` is no function, and takes no brackets{part}."
        if value is None or not is_of_type(value, kind) or not isinstance(func, ast.Name):
            continue
        if isinstance(value, Array):
            return f"`{func.id}` {_IS_NOT} an array: its parts are taken out with square brackets, {func.id}[...]."
        if func.id in vars(builtins):
            made = raised.made(func.id)
            where = f" since {raised.line(raised.at(made.statement))}" if made else ""
            return f"`{func.id}` is a name of your own{where}, and no longer Python's function: choose another name."
        return _about(raised, func, value, ", and is called like a function: an operator such as * may be missing")
    return None


def _not_iterable(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    kind, statement = found[1], raised.spot.statement
    if isinstance(statement, ast.For) and is_of_type(raised.value(statement.iter), kind):
        value = raised.value(statement.iter)
        if isinstance(value, Number):
            what = unparsed(statement.iter)
            return f"A loop goes through several things, and `{what}` is one number: range({what})."
    run = raised.run
    if not isinstance(run, ast.Call):
        return None
    arguments = [part.value if isinstance(part, ast.Starred) else part for part in run.args]
    ones = [(node, value) for node in arguments if is_of_type(value := raised.value(node), kind)]
    if len(ones) != 1 or ones[0][1] is None:
        return None
    return _about(raised, ones[0][0], ones[0][1], ", and several values are needed")


def _taken_apart(raised: Raised) -> ast.Assign | None:
    """Return the assignment that takes its value apart, if that is what was run."""
    statement, run = raised.spot.statement, raised.spot.expression
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Tuple | ast.List):
        return None
    return statement if run is None or run is statement.targets[0] else None


def _each_taken_apart(raised: Raised, brings: str) -> str | None:
    """Return what each round of a loop brings where its head has several names, "" if that is not known; None otherwise."""
    loop = raised.spot.statement
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Tuple | ast.List) or not raised.is_direct:
        return None
    inner = any(isinstance(node, ast.comprehension) for node in ast.walk(loop.iter))
    if inner or not all(isinstance(name, ast.Name) for name in loop.target.elts):
        return None
    names = counted(len(loop.target.elts), "name")
    if isinstance(raised.value(loop.iter), Table):
        over = unparsed(loop.iter)
        return f"The loop has {names}, and a dict brings its keys alone: {over}.items() brings keys and values."
    return (
        f"The loop has {names}, and each round brings {brings}: enumerate(...) counts the rounds beside it." if brings else None
    )


def _not_unpacked(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    if each := _each_taken_apart(raised, "one number" if found[1] in ("int", "float") else ""):
        return each
    statement = _taken_apart(raised)
    if statement is None or not isinstance(statement.targets[0], ast.Tuple | ast.List):
        return None
    names, value = len(statement.targets[0].elts), raised.value(statement.value)
    if value is None:
        if found[1] == "NoneType" and isinstance(statement.value, ast.Call):
            called = unparsed(statement.value.func)
            return f"{called}(...) returned None, and {names} values are taken from it. Does every way through it return?"
        return None
    if not isinstance(value, Number | Nothing):
        return None
    needs = f", and {names} values are taken from it"
    meaning = _about(raised, statement.value, value, needs)
    if isinstance(value, Number) and isinstance(statement.value, ast.Name) and is_parameter(statement.value.id, raised.spot):
        name = statement.value.id
        if raised.handed(name) is None:
            return Explanation(
                f"{meaning.sentence} A single number has to be made two first: ({name}, {name}).", meaning.before, meaning.after
            )
    return meaning


def _wrong_count(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    if each := _each_taken_apart(raised, ""):
        return each
    statement = _taken_apart(raised)
    if statement is None or not isinstance(statement.targets[0], ast.Tuple | ast.List):
        return None
    names, value = statement.targets[0].elts, raised.value(statement.value)
    text = f"There are {counted(len(names), 'name')} on the left"
    node = statement.value
    if isinstance(node, ast.Attribute) and node.attr == "shape" and isinstance(array := raised.value(node.value), Array):
        return f"{text}, and `{unparsed(node.value)}` has {counted(len(array.shape), 'axis')} here: its shape is {array}."
    if isinstance(value, TupleOrList):
        return f"{text}, and `{unparsed(node)}` has {counted(value.length, 'value')}."
    if isinstance(value, Array) and value.shape:
        return f"{text}, and `{unparsed(node)}` is an array of shape {value}, which is taken apart along its first axis."
    return None


_SIGNS = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod, "**": ast.Pow, "@": ast.MatMult,
    "^": ast.BitXor, "&": ast.BitAnd, "|": ast.BitOr,
}  # fmt: skip


def _sides(raised: Raised, sign: str) -> list[ast.expr]:
    """Return both sides of each operation with this sign, those of a comparison included."""
    kind = _SIGNS.get(sign)
    found: list[ast.expr] = []
    for node in raised.nodes(ast.BinOp, ast.AugAssign, ast.Compare):
        if isinstance(node, ast.Compare):
            found += [node.left, *node.comparators] if kind is None else []
        elif isinstance(node, ast.BinOp) and isinstance(node.op, kind or ()):
            found += [node.left, node.right]
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, kind or ()):
            found += [node.target, node.value]
    return found


def _operands(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    sign, left, right = found[1].rstrip("="), found[2], found[3]
    if sign == "^" or sign == "** or pow()":
        sign = sign[:2].strip()
    if sign == "^" and {"float", "numpy.float64", "numpy.float32"} & {left, right}:
        return _POWER
    functions = _FUNCTIONS & {left, right}
    for node in _sides(raised, sign):
        value = raised.value(node)
        if functions and isinstance(value, Other | None) and isinstance(node, ast.Attribute | ast.Name):
            return _uncalled(node)
        if isinstance(value, Nothing) and "NoneType" in (left, right):
            return _about(raised, node, value, ", and cannot be computed with")
    for node in _sides(raised, sign):
        value = raised.value(node)
        if isinstance(value, TupleOrList) and value.kind in (left, right):
            return _about(
                raised, node, value, f", and `{sign}` does not go through its numbers: np.asarray(...) makes an array of it"
            )
        if (
            isinstance(value, TupleOrList) is False
            and value is not None
            and "str" in (left, right)
            and type_name(value) == "str"
        ):
            return _about(raised, node, value, ", and cannot be computed with")
    if "NoneType" in (left, right):
        return "One side is None: a function without a return gives None, and so does an argument that is left out."
    return None


_POWER = "`^` is no power in Python, it combines the bits of whole numbers. A power is `**`: x ** 2."


def _compared(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    for node in _sides(raised, found[1]):
        value = raised.value(node)
        if isinstance(value, TupleOrList | Nothing) and type_name(value) in found.groups():
            return _about(raised, node, value, f", and `{found[1]}` compares single numbers")
    return None


def _glued(_raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    return f"`+` puts a {found[1]} and another {found[1]} together, and adds no numbers; for arrays it does: np.asarray(...)."


def _sign(raised: Raised, found: re.Match[str]) -> Explanation | None:
    for node in raised.nodes(ast.UnaryOp):
        value = raised.value(node.operand) if isinstance(node, ast.UnaryOp) else None
        if isinstance(node, ast.UnaryOp) and value is not None and is_of_type(value, found[2]):
            return _about(raised, node.operand, value, f", and there is no `{found[1]}` of it")
    return None


def _no_len(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    for call in raised.calls():
        value = raised.value(call.args[0]) if len(call.args) == 1 else None
        if value is not None and is_of_type(value, found[1]):
            return _about(raised, call.args[0], value, ", and has no length")
    return None


def _unsized(_raised: Raised, _: re.Match[str]) -> str:
    return "An array without axes is one number, and has no length."


def _no_assignment(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    for subscript in raised.subscripts():
        value = raised.value(subscript.value)
        if value is not None and is_of_type(value, found[1]):
            change = ": a tuple stays as it was made, list(...) can be changed" if found[1] == "tuple" else ""
            return _about(raised, subscript.value, value, f", and nothing can be put into its parts{change}")
    return None


def _missing_argument(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    name = found[1].rpartition(".")[2].removesuffix("()")
    if not raised.stops:
        # A class is called by its own name, a method by its object's as well.
        if name not in (raised.asked.rpartition(".")[2], "__init__"):
            return None
        name = raised.asked if name == "__init__" else name
        return f"The tests call {name} as the exercise declares it: keep the parameters of its first line, with their defaults."
    if any(is_of_library(call.func, name) for call in raised.calls()):
        return f"Compare this call with the parameters of {name}: their number, order and names."
    return None


ABOUT_CALLS = (
    rule(
        "TypeError",
        r"^([\w.]+(?:\(\))?) (?:missing \d+ required|takes .* positional argument|got an unexpected keyword|got multiple)",
        _missing_argument,
    ),
)


RULES = (
    rule("AttributeError", r"^'([\w.]+)' object has no attribute '(\w+)'", _no_attribute),
    rule("TypeError", r"^'([\w.]+)' object is not callable", _not_callable),
    rule("TypeError", r"^cannot unpack non-iterable ([\w.]+) object", _not_unpacked),
    rule("TypeError", r"^'([\w.]+)' object is not iterable", _not_iterable),
    rule(
        "TypeError", r"^iteration over a 0-d array", "An array without axes is one number, and there is nothing to go through."
    ),
    rule("ValueError", r"^(?:too many|not enough) values to unpack", _wrong_count),
    rule("TypeError", r"^unsupported operand type\(s\) for (.+): '([\w.]+)' and '([\w.]+)'", _operands),
    rule("TypeError", r"^'([<>]=?)' not supported between instances of '([\w.]+)' and '([\w.]+)'", _compared),
    rule("TypeError", r"^bad operand type for unary (.): '([\w.]+)'", _sign),
    rule("TypeError", r"^can only concatenate (list|tuple)", _glued),
    rule("TypeError", r"^object of type '([\w.]+)' has no len\(\)", _no_len),
    rule("TypeError", r"^len\(\) of unsized object", _unsized),
    rule("TypeError", r"^'([\w.]+)' object does not support item assignment", _no_assignment),
    *ABOUT_CALLS,
)
