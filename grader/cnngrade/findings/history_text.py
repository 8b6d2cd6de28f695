"""What a case did with objects, as one would type it: `stack = Stack(); stack.push(3); stack.pop()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnngrade.findings.call_text import LINES, WIDTH, in_lines, literal
from cnngrade.student.history import HistoryStep, object_number
from cnngrade.student.proxy import Call
from cnngrade.worker.wire import Token

# What stands before the first line has to fit as well.
_WIDTH = WIDTH - 12


# More statements do not fit, however short they are.
_MOST = 60


# An object that has a longer name, such as the hundredth of a chain, is told by dots.
_LONGEST_NAME = 60


_DOTS = "..."


_BETWEEN = {
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "add": "+", "sub": "-", "mul": "*", "truediv": "/",
    "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@", "and": "&", "or": "|", "xor": "^",
}  # fmt: skip


_AROUND = {
    "len": "len({0})", "bool": "bool({0})", "str": "str({0})", "hash": "hash({0})", "abs": "abs({0})", "neg": "-{0}",
    "pos": "+{0}", "iter": "list({0})", "getitem": "{0}[{1}]", "slice": "{0}[{1}:{2}]", "setitem": "{0}[{1}] = {2}",
    "delitem": "del {0}[{1}]", "contains": "{1} in {0}", "set": "{0}.{1} = {2}", "attribute": "{0}.{1}",
}  # fmt: skip


def history_text(call: Call, with_numbers: bool) -> str:
    """Return a history in at most LINES lines; `with_numbers` is False where its inputs are not the handout's.

    Where it is longer, steps in its middle are left out: how it begins and how it ends shows what went wrong.
    """
    (steps,), _ = call.arguments()
    typed = list(_Names(with_numbers).typed(steps, call.value))
    shown, left = typed, min(len(typed), _MOST)
    while left > 2 and (len(shown) > _MOST or len(_in_lines(shown)) > LINES):
        left -= 1
        shown = [*typed[: left // 2], _DOTS, *typed[left // 2 - left :]]
    return "\n".join(_in_lines(shown)[:LINES])


def _in_lines(statements: list[str]) -> list[str]:
    return in_lines("; ".join(statements), "", "    ", _WIDTH)


def _object_in(step: HistoryStep, answer: Any) -> int | None:
    """Return the number of the object that a step brought; an attribute comes in a list."""
    return object_number(answer[0] if step[0] == "attribute" and answer else answer)


class _Names:
    """What the objects of a history are called: those that were made by their class, others by the way to them."""

    def __init__(self, with_numbers: bool) -> None:
        self._with_numbers = with_numbers
        self._names: dict[int, str] = {}
        self._counts: dict[str, int] = {}

    def typed(self, steps: list[HistoryStep], answers: list[Any]) -> Iterator[str]:
        """Yield the steps as statements, without those that Python makes by itself."""
        for step, answer, before in zip(steps, answers, [None, *steps], strict=False):
            text = self._statement(step, answer)
            # A list is as long as what it is made of, if that says so.
            is_asked_by_list = step[0] == "len" and before is not None and before[0] == "iter"
            is_on_the_way = step[0] == "attribute" and _object_in(step, answer) is not None and step is not steps[-1]
            if text and not is_asked_by_list and not is_on_the_way:
                yield text

    def _statement(self, step: HistoryStep, answer: Any) -> str:
        operation, function, args, kwargs, _ = step
        number = _object_in(step, answer)
        if operation in ("make", "call", "fresh"):
            text = f"{function}({self._listed(args, kwargs)})"
            if number is not None and operation == "make":
                name = self._new_name(function.partition(".")[0])
                self._names.setdefault(number, name)
                return f"{name} = {text}"
            return text
        text = self._operation(operation, args, kwargs, answer)
        if number is not None:
            is_short = len(text) <= _LONGEST_NAME and not text.startswith(_DOTS)
            self._names.setdefault(number, text if is_short else _DOTS)
        return text

    def _operation(self, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any], answer: Any) -> str:
        owner = self._shown(args[0])
        if operation == "method":
            return f"{owner}.{args[1]}({self._listed(args[2:], kwargs)})"
        if operation == "invoke":
            return f"{owner}({self._listed(args[1:], kwargs)})"
        if operation in _BETWEEN:
            return f"{owner} {_BETWEEN[operation]} {self._shown(args[1])}"
        # The name of a method is looked up before it is called, and what a list is made of comes piece by piece.
        if operation not in _AROUND or (operation == "attribute" and answer == []):
            return ""
        named = args[1:2] if operation in ("attribute", "set") else ()
        return _AROUND[operation].format(owner, *named, *map(self._shown, args[1 + len(named) :]))

    def _listed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        return ", ".join([*map(self._shown, args), *(f"{name}={self._shown(value)}" for name, value in kwargs.items())])

    def _shown(self, value: Any) -> str:
        if isinstance(value, Token):
            return self._names.get(value.number, _DOTS)
        return literal(value, self._with_numbers) or _DOTS

    def _new_name(self, function: str) -> str:
        name = function.lower()
        self._counts[name] = self._counts.get(name, 0) + 1
        return name if self._counts[name] == 1 else f"{name}{self._counts[name]}"
