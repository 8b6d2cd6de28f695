"""All units of a course at a glance: a line for each, with a bar, its points and what is open, and then what comes next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from cnngrade.errors import Verdict
from cnngrade.model import Report, Unit
from cnngrade.report import words
from cnngrade.report.terminal import Screen
from cnngrade.safe_text import visible_line
from cnngrade.scoring import part_of, rounded


class UnitState(Enum):
    """How far somebody is in a unit, from not having it to having all public cases passed and the question answered."""

    NOT_THERE = "not there"
    NOT_READABLE = "not readable"
    NOT_BEGUN = "not begun"
    BEGUN = "begun"
    QUESTION_OPEN = "question open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """A unit, how far it is, and the report where it was checked.

    `next_step` is what to do about it, as a sentence without its beginning, and `problem` why nothing is known of it.
    """

    unit: Unit
    state: UnitState
    report: Report | None = None
    answered: bool = True
    next_step: str = ""
    problem: str = ""

    @property
    def public(self) -> float | None:
        """What the public cases are worth; None where nobody knows before the unit is handed out."""
        return self.report.possible if self.report is not None else self.unit.public_points

    @property
    def earned(self) -> float | None:
        """The points earned; None where a fault keeps them from being known."""
        return self.report.earned if self.report is not None else 0.0


_BAR = 12


_NARROWEST = 28
"""Columns that what is open needs beside the bars; with fewer it stands below them."""


_GREEN, _YELLOW, _BOLD = "32", "33", "1"


_PAINT = {UnitState.DONE: _GREEN, UnitState.QUESTION_OPEN: _GREEN, UnitState.BEGUN: _YELLOW}


def overview_as_text(title: str, units: Sequence[UnitProgress], colour: bool, width: int = 100, encoding: str = "utf-8") -> str:
    """Return the overview as lines of at most `width` columns (40 at least), without a final line end.

    `encoding` is that of the console; what it cannot show becomes an escape, and bars are of plain characters.
    """
    screen = Screen(colour, max(width, 40), encoding)
    text = "\n".join(line.rstrip() for line in _lines(screen, title, units))
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _lines(screen: Screen, title: str, units: Sequence[UnitProgress]) -> Iterator[str]:
    for line in textwrap.wrap(visible_line(title), screen.width) or [""]:
        yield screen.paint(line, _BOLD)
    yield ""
    names = max(len(entry.unit.name) for entry in units)
    shares = max(len(_share(entry)) for entry in units)
    indent = 2 + names + 2 + _BAR + 2 + shares + 2
    is_narrow = screen.width - indent < _NARROWEST
    for entry in units:
        head = f"  {entry.unit.name:{names}}  {_bar(screen, entry)}  {_share(entry):>{shares}}"
        # What the console cannot show takes the room of its escape.
        text = _open(entry).encode(screen.encoding, "backslashreplace").decode(screen.encoding)
        if is_narrow:
            yield head
            yield from screen.wrapped(text, 4)
        else:
            first, *more = textwrap.wrap(text, screen.width - indent) or [""]
            yield f"{head}  {first}"
            yield from (f"{'':{indent}}{line}" for line in more)
    yield ""
    yield from screen.wrapped(_points(units), 0)
    yield ""
    yield from screen.wrapped(f"Next: {_next(units)}", 0)


def _bar(screen: Screen, entry: UnitProgress) -> str:
    """Return the public points as a bar, which is full only where all are earned and empty only where none is."""
    full, empty = ("\u2588", "\u2591") if screen.can_show("\u2588\u2591") else ("#", ".")
    if not entry.public or entry.state is UnitState.NOT_THERE:
        return " " * _BAR
    share = (entry.earned or 0.0) / entry.public
    cells = _BAR if share >= 1 else min(max(int(share * _BAR), share > 0), _BAR - 1)
    bar = full * cells + empty * (_BAR - cells)
    return screen.paint(bar, _PAINT[entry.state]) if entry.state in _PAINT else bar


def _share(entry: UnitProgress) -> str:
    if entry.state is UnitState.NOT_THERE or entry.public is None:
        return ""
    return words.share_text(entry.earned, entry.public) if entry.earned is not None else f"?/{words.points_text(entry.public)}"


def _open(entry: UnitProgress) -> str:
    """Return what of a unit is open, in a few words."""
    match entry.state:
        case UnitState.NOT_THERE:
            return "not handed out yet, or its folder is elsewhere"
        case UnitState.NOT_READABLE:
            return visible_line(entry.problem)
        case UnitState.NOT_BEGUN:
            return "not begun" + ("; the question has an answer" if entry.answered and entry.unit.prose_points else "")
        case UnitState.DONE:
            return "all public cases passed" + (", the question has an answer" if entry.unit.prose_points else "")
        case UnitState.QUESTION_OPEN:
            return "all public cases passed; the question has no answer yet"
        case UnitState.BEGUN:
            question = "" if entry.answered else "; the question"
            return f"open: {_and_so_on(_functions_open(entry.report))}{question}" if entry.report else ""


def _functions_open(report: Report) -> list[str]:
    functions = dict.fromkeys(outcome.case.function for outcome in report.outcomes)
    return [
        visible_line(name)
        for name in functions
        if any(outcome.verdict is not Verdict.PASSED for outcome in part_of(report, name).outcomes)
    ]


def _and_so_on(names: Sequence[str], most: int = 4) -> str:
    return ", ".join([*names[:most], f"{len(names) - most} more"] if len(names) > most + 1 else names)


def _points(units: Sequence[UnitProgress]) -> str:
    """Return how the points of the units that are there are made up, and how many of the public ones are earned."""
    there = [entry for entry in units if entry.public is not None and entry.state is not UnitState.NOT_THERE]
    if not there:
        return "No unit is here yet."
    public = rounded(sum(entry.public or 0.0 for entry in there))
    prose = rounded(sum(entry.unit.prose_points for entry in there))
    total = rounded(sum(entry.unit.points for entry in there))
    earned = rounded(sum(entry.earned or 0.0 for entry in there))
    kinds = words.points_by_kind(public, rounded(max(total - public - prose, 0.0)), prose)
    so_far = f"{words.points_text(earned)} of {words.points_text(public)} public point{'' if public == 1 else 's'}"
    return f"{so_far}. In all: {kinds} = {words.points_in_words(total)}."


# What is begun comes before a question, and that before what is not begun; of the same kind, the first unit.
_BY_URGENCY = (UnitState.BEGUN, UnitState.QUESTION_OPEN, UnitState.NOT_BEGUN, UnitState.NOT_READABLE)


def _next(units: Sequence[UnitProgress]) -> str:
    """Return what to do next."""
    if waiting := [entry for entry in units if entry.state in _BY_URGENCY]:
        first = min(waiting, key=lambda entry: _BY_URGENCY.index(entry.state))
        return f"{first.unit.name}: {visible_line(first.next_step)}"
    if any(entry.state is UnitState.DONE for entry in units):
        later = " of the units that are here" if any(entry.state is UnitState.NOT_THERE for entry in units) else ""
        return f"nothing is left to fix{later}. Hidden cases run when your work is graded."
    return "put the folder of a unit into this one."
