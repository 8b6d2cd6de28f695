"""An exception as the rules see it: what it says, where in the student's own code it came up, and what was in hand there."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cnngrade.student.live_values import Array, Number, Table, TupleOrList, Value, Values, computed, type_name
from cnngrade.student.own_code import NOWHERE, FrameSpot, Made, OwnCode, is_parameter, made, parameters

_MOST_SOURCE = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """A frame that an exception went through: the function, where it was, and what its names stood for."""

    function: str
    spot: FrameSpot
    values: Values


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an exception means. `before` are the lines to look at first, `after` those to look at besides.

    Neither holds the line at which it was raised.
    """

    sentence: str
    before: tuple[FrameSpot, ...] = ()
    after: tuple[FrameSpot, ...] = ()


@dataclass(frozen=True)
class Raised:
    """An exception: the names of its class and its bases, nearest first, and its message.

    `stops` are the student's own frames, outermost first. `given` is the frame of a function that was handed out, where the
    last of them had called one. `is_direct` says that the last frame of all is that of the last stop.
    """

    kinds: tuple[str, ...]
    message: str
    code: OwnCode
    stops: tuple[Stop, ...] = ()
    given: Stop | None = None
    is_direct: bool = True
    asked: str = ""
    _origins: dict[str, Made | None] = field(default_factory=dict)

    @property
    def stop(self) -> Stop:
        """The last of the student's own frames; rules are asked where there is one."""
        return self.stops[-1]

    @property
    def spot(self) -> FrameSpot:
        """Where that frame was."""
        return self.stop.spot

    @property
    def run(self) -> ast.AST:
        """What was run there."""
        return self.spot.run

    def nodes(self, *kinds: type[ast.AST]) -> list[ast.AST]:
        """Return what of these kinds of syntax was run, in the order of the text."""
        found = [node for node in ast.walk(self.run) if isinstance(node, kinds)]
        return sorted(found, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))

    def subscripts(self) -> Iterator[ast.Subscript]:
        """Yield what is indexed."""
        yield from (node for node in self.nodes(ast.Subscript) if isinstance(node, ast.Subscript))

    def calls(self) -> Iterator[ast.Call]:
        """Yield what is called; the outermost first."""
        yield from (node for node in self.nodes(ast.Call) if isinstance(node, ast.Call))

    def names(self) -> list[str]:
        """Return the names that were read, each once."""
        return list(dict.fromkeys(node.id for node in self.nodes(ast.Name) if isinstance(node, ast.Name)))

    def value(self, node: ast.AST) -> Value | None:
        """Return what an expression comes to there, as far as that can be told."""
        return computed(node, self.stop.values) if isinstance(node, ast.expr) else None

    def made(self, name: str) -> Made | None:
        """Return the statement that gave a name its value."""
        if name not in self._origins:
            self._origins[name] = made(name, self.spot)
        return self._origins[name]

    def line(self, spot: FrameSpot) -> str:
        """Return how to tell the line of another spot."""
        return self.code.place(spot.filename, spot.line)

    def on(self, spot: FrameSpot) -> str:
        """Return the same within a sentence: "on line 5", "in cell [2], line 5"."""
        line = self.line(spot)
        return f"on {line}" if line.startswith("line ") else f"in {line}"

    def at(self, statement: ast.stmt) -> FrameSpot:
        """Return the spot of another statement of the file."""
        return self.code.spot(self.spot.filename, statement.lineno, NOWHERE) or self.spot

    @functools.cached_property
    def caller(self) -> Stop | None:
        """The student's own frame that called the last one."""
        return self.stops[-2] if len(self.stops) > 1 else None

    def handed(self, name: str) -> ast.expr | None:
        """Return what the student's own code handed over for a parameter of the function that raised; None where nobody did."""
        caller = self.caller
        if caller is None or not is_parameter(name, self.spot):
            return None
        return argument_for(name, caller, self.stop)


def argument_for(name: str, caller: Stop, called: Stop) -> ast.expr | None:
    """Return the expression that a call hands over for a parameter; None where that cannot be told."""
    function, call = called.spot.function, caller.spot.run
    if function is None or not isinstance(call, ast.Call) or any(isinstance(part, ast.Starred) for part in call.args):
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    by_place = dict(zip(parameters(function), call.args, strict=False))
    # A method is called without its first parameter, and a decorator may call anything.
    if isinstance(call.func, ast.Attribute) or function.decorator_list:
        return None
    return named.get(name) or by_place.get(name)


def unparsed(node: ast.AST) -> str:
    """Return an expression as text, shortened."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _MOST_SOURCE else text[: _MOST_SOURCE - 3] + "..."


def is_of_library(node: ast.expr, *names: str) -> bool:
    """Say whether an expression is a library's function of one of these names: `np.zeros`, `numpy.lib.pad`, `zeros`."""
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) in names


def is_of_type(value: Value | None, kind: str) -> bool:
    """Say whether a value's type has this name, be it with its module's or without."""
    return value is not None and type_name(value).rpartition(".")[2] == kind.rpartition(".")[2]


def told(value: Value) -> str:
    """Return what a value is, as the end of "x is ..."."""
    match value:
        case Number():
            text = str(value)
            return text if text.startswith("a ") or value.kind.startswith("bool") else f"the {value.kind} {text}"
        case Array():
            return f"an array of shape {value}"
        case TupleOrList():
            return f"a {value.kind} of {value.length}"
        case Table():
            return str(value)
    name = type_name(value)
    return "None" if name == "NoneType" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}" if name else "something else"


def counted(number: int, word: str) -> str:
    """Return "1 entry", "2 entries", "3 axes"."""
    plural = {"entry": "entries", "axis": "axes"}.get(word, word + "s")
    return f"{number} {word if number == 1 else plural}"


Say = Callable[[Raised, re.Match[str]], "Explanation | str | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What an exception of a class means, if its message is of this form: a sentence, or what finds one.

    A sentence has to be true whatever the code is; what finds one returns None where it cannot tell.
    """

    kind: str
    pattern: re.Pattern[str]
    say: Say | str

    def meaning(self, raised: Raised) -> Explanation | None:
        """Return what the exception means, None where this rule is about others."""
        found = self.pattern.search(raised.message) if self.kind in raised.kinds else None
        if found is None:
            return None
        said = self.say if isinstance(self.say, str) else self.say(raised, found)
        return Explanation(said) if isinstance(said, str) else said


def rule(kind: str, pattern: str, say: Say | str) -> Rule:
    """Return a rule for a class of exceptions and a regular expression that their message holds."""
    return Rule(kind, re.compile(pattern), say)
