"""The text about an exception: what it says, the lines to look at with what was in hand there, and what it means."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from cnngrade.student.live_values import Array, Nothing, Number, Other, Table, TupleOrList, Value, Values, computed, value_of
from cnngrade.student.own_code import NOWHERE, FrameSpot, OwnCode, made, names_in, names_of_comprehensions
from cnngrade.student.raised import Explanation, Raised, Stop, unparsed

_MOST_SHOWN = 6


_MOST_CALLERS = 2


_WIDTH = 88


_MOST_MESSAGE = 600


# A report shows no more of a fact.
_MOST_LINES = 14


def raised_of(asked: str, answer: dict[str, Any], code: OwnCode, with_floats: bool = True) -> Raised:
    """Return the exception that a worker's answer describes, once its form was checked; it came up in a call of `asked`.

    with_floats: whether floats that the code held may be told
    """
    kinds = tuple(answer.get("kinds", ())) or ("Exception",)
    trace, own, given = answer.get("trace", ()), list[Stop](), list[Stop]()
    last = -1
    for index, span, names in answer.get("frames", ()):
        if not 0 <= index < len(trace) or not code.knows(trace[index][0]):
            continue
        filename, line, function, _ = trace[index]
        spot = code.spot(filename, line, span)
        if spot is None:
            own, given = [], []  # what came up in a text that cannot be read is not what the lines before it say
            continue
        # What Python calls a lambda or a part of a comprehension is told by the function that it stands in.
        named = spot.function.name if function.startswith("<") and spot.function else function
        # Since Python 3.12 a comprehension has no frame of its own, and its names are gone with it when it raises.
        gone = set() if function.startswith("<") else names_of_comprehensions(spot.statement)
        stop = Stop(named, spot, {name: value_of(form, with_floats) for name, form in names if name not in gone})
        if code.is_given(spot):
            given.append(stop)
        else:
            own, given, last = [*own, stop], [], index
    return Raised(kinds, answer["message"], code, tuple(own), given[0] if given else None, last == len(trace) - 1, asked)


def text_of(raised: Raised, meaning: Explanation | None, line: str) -> str:
    """Return what to tell a student about an exception; `line` is the line at which it came up, where that is all there is."""
    message = raised.message[:_MOST_MESSAGE]
    # NumPy tells at length what it has no longer; it is said more shortly below.
    message = message.partition("\n")[0] if meaning else message
    head = f"{raised.asked} raised {raised.kinds[0]}: {message}".rstrip().removesuffix(":")
    if not raised.stops:
        return "\n".join(filter(None, [head, line, meaning.sentence if meaning else ""]))
    found = meaning or Explanation("")
    lines = [head, *_lines(raised, found)]
    sentence = [found.sentence] if found.sentence else []
    room = max(_MOST_LINES - len(lines) - len(sentence), 1)
    return "\n".join([*lines, *list(_callers_lines(raised, found))[:room], *sentence])


def places_of(raised: Raised, meaning: Explanation | None) -> tuple[tuple[str, int], ...]:
    """Return (file, line) of each line that is told, in their order."""
    if not raised.stops:
        return ()
    found = meaning or Explanation("")
    callers = _callers(raised)
    spots = [*found.before, raised.spot, *found.after, *(stop.spot for stop in callers), *_handed(raised, callers)]
    return tuple(dict.fromkeys((spot.filename, spot.line) for spot in spots))


def _callers(raised: Raised) -> Sequence[Stop]:
    """Return the frames that led to the last one, nearest first; of a function that calls itself only one."""
    found = {(stop.spot.filename, stop.spot.line): stop for stop in reversed(raised.stops[:-1])}
    found.pop((raised.spot.filename, raised.spot.line), None)
    return list(found.values())[:_MOST_CALLERS]


def _lines(raised: Raised, meaning: Explanation) -> Iterator[str]:
    told = {(raised.spot.filename, raised.spot.line)}
    first = True
    for spot in meaning.before:
        if (spot.filename, spot.line) not in told:
            told.add((spot.filename, spot.line))
            function = spot.function.name if spot.function else raised.stop.function
            yield _line(raised, spot, f", in {function}" if first else "")
            first = False
    yield _line(raised, raised.spot, f", in {raised.stop.function}" if first else ", where it fails")
    yield from _shown(raised.stop)
    told |= {(stop.spot.filename, stop.spot.line) for stop in _callers(raised)}
    for spot in meaning.after:
        if (spot.filename, spot.line) not in told:
            told.add((spot.filename, spot.line))
            yield f"and {_line(raised, spot, '')}"
            if isinstance(spot.statement, ast.If):
                yield from _shown(Stop(raised.stop.function, spot, raised.stop.values))


def _callers_lines(raised: Raised, meaning: Explanation) -> Iterator[str]:
    """Yield the lines that led to the one that failed, with what was in hand there."""
    callers = _callers(raised)
    told = {(spot.filename, spot.line) for spot in (*meaning.before, raised.spot, *meaning.after)}
    told |= {(stop.spot.filename, stop.spot.line) for stop in callers}
    for stop in callers:
        yield _line(raised, stop.spot, f", in {stop.function}, which called it")
        yield from _shown(stop)
    for spot in _handed(raised, callers):
        if (spot.filename, spot.line) not in told:
            yield f"and {_line(raised, spot, '')}"


def _handed(raised: Raised, callers: Sequence[Stop]) -> list[FrameSpot]:
    """Return the lines that made the arrays which the outermost caller hands over: the fault may be there."""
    if not callers:
        return []
    first = callers[-1]
    makers = [made(name, first.spot) for name in names_in(first.spot.run) if isinstance(first.values.get(name), Array)]
    found = [
        raised.code.spot(first.spot.filename, maker.statement.lineno, NOWHERE) for maker in makers if maker and maker.value
    ]
    return [spot for spot in found if spot is not None][:2]


def _line(raised: Raised, spot: FrameSpot, what: str) -> str:
    return f"{raised.line(spot)}{what}:  {spot.text}"


def _shown(stop: Stop) -> Iterator[str]:
    """Yield what was in hand at the line: names, attributes and indexed parts with their shapes or numbers."""
    entries = dict.fromkeys(f"{unparsed(node)} {value}" for node, value in _entries(stop.spot.run, stop.values))
    if entries:
        # Wrapped between the entries, not inside them.
        text = textwrap.wrap("   ".join(entry.replace(" ", "\0") for entry in list(entries)[:_MOST_SHOWN]), _WIDTH)
        yield from (f"    {line}".replace("\0", " ") for line in text)


def _entries(node: ast.AST, values: Values) -> Iterator[tuple[ast.AST, Value]]:
    match node:
        case ast.Name(ctx=ast.Load()) | ast.Attribute() | ast.Subscript():
            value = computed(node, values)
            if isinstance(value, Array | Number | TupleOrList | Table | Nothing) or (value and isinstance(node, ast.Name)):
                if not isinstance(value, Other) or value.kind not in _NOT_SHOWN:
                    yield node, value
                return
            parts: Iterator[ast.AST] = ast.iter_child_nodes(node)
        case ast.Call():
            value = computed(node, values)
            if isinstance(value, Array):
                yield node, value
                return
            method = [node.func.value] if isinstance(node.func, ast.Attribute) else [node.func]
            parts = iter([*method, *node.args, *(keyword.value for keyword in node.keywords)])
        case ast.AugAssign(target=ast.Name(id=name)) if name in values:
            yield node.target, values[name]
            parts = iter([node.value])
        case ast.stmt():
            parts = (part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.stmt))
        case _:
            parts = ast.iter_child_nodes(node)
    for part in parts:
        yield from _entries(part, values)


# What has no shape and no number, and is no surprise.
_NOT_SHOWN = ("function", "module", "type", "builtin_function_or_method", "ufunc", "_ArrayFunctionDispatcher", "range")
