"""Where is the mistake? Search for the smallest edit of a function that makes it right in every public call.

Single edits come first, those that people need most often before others, and with each kind the same edit at twin places; then
two edits, the second beside the first ones that came nearest. Where they are is told, never what they are.
"""

from __future__ import annotations

import collections
import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cnngrade.findings.goals import Goal
from cnngrade.findings.places import Solution, checks
from cnngrade.findings.trials import Choice, Trial, Trials
from cnngrade.findings.upstream import lines_behind
from cnngrade.worker.cells import Cell
from cnngrade.worker.edits import Edit, Program

# Places of one kind that are all changed at once, and those of which each two are.
_MOST_TWINS = 8


_MOST_PAIRED = 4


# First edits beside which a second one is looked for.
_BEAM = 4


# Cases whose calls show which first edits bring the function nearer.
_MOST_CASES = 3


# Edits of this level and above are too many to try in further calls.
_FAR = 2


# Of so few edits that make a call right it is counted how many others they make right.
_COUNTED = 24


# Failing calls and passing ones whose lines are compared.
_COMPARED = 3


# Where few bits agree, so many ways to the right answers must be found.
_WAYS = 3


# A repaired check refuses at least so many different calls that it let through, and as many right ones stay right.
_LET_THROUGH = 2


# Bits of agreement that edits need beside those that choosing one among so many takes, and those on wrong calls alone.
_MARGIN = 8.0


@dataclass(frozen=True, slots=True)
class _Near:
    """Edits that do not make the function right, and bring it nearer.

    `stuck` is a call in which it is still wrong, and `trial` what comes of that one. The calls `met` have become right.
    """

    choice: Choice
    trial: Trial
    stuck: int
    level: int
    met: frozenset[int] = frozenset()

    @property
    def nearness(self) -> tuple[float, ...]:
        """How near: more is nearer."""
        return (len(self.met), *self.trial.nearness, -self.level)


class Search:
    """The search in one function. `goals` are its public calls, at least one of them wrong."""

    def __init__(self, program: Program, cells: Sequence[Cell], goals: Sequence[Goal], trials: Trials) -> None:
        self._edits: tuple[Edit, ...] = program.edits
        self._cells, self._trials = cells, trials
        self._asked = _in_order(goals)
        self._let_through = [goal for goal in goals if goal.is_wrong and goal.raises]
        self._suspicion: dict[tuple[int, int], float] = {}
        self._nearest: list[_Near] = []
        self._but_refusals: list[Choice] = []
        self._level_but_refusals = math.inf
        self._refused_at: dict[int, tuple[int, int] | None] = {}

    def solutions(self) -> list[Solution]:
        """Return edits that make every call right: all those of the lowest level at which there are any."""
        if not any(goal.is_wrong for goal in self._asked):
            return self._solutions(self._refusing_more())
        first = self._asked[0]
        base = self._trials.unedited(first)
        # What ends otherwise when it is run again depends on more than its arguments.
        if base is None or base.is_right or base.answer is None or base.answer.reason is not first.mine.reason:
            return []
        self._suspicion = self._suspicions()
        singles = self._single_edits(base)
        if found := next(singles, []):
            if self._is_convincing():
                return self._solutions(found)
            every = self._solutions([*found, *itertools.chain.from_iterable(singles)])
            return every if self._trials.can_go_on and _agree(every) else []
        part: list[Solution] = []
        # Next best is what makes all answers right and lets something pass that was refused.
        if not (found := self._but_refusals):
            self._look_at_other_calls()
            part = self._of_a_part()
            found = self._second_edits(self._beam(), sorted({edit.level for edit in self._edits})) or self._but_refusals
        return self._solutions(found) if found and self._is_convincing() else part

    def _refusing_more(self) -> list[Choice]:
        """Return the edits of one check that refuse all that the function lets through, and nothing else.

        A single call that is let through, or none that is right, would prove nothing.
        """
        right = [goal for goal in self._asked if not goal.raises]
        if len({goal.call.packed for goal in self._let_through}) < _LET_THROUGH or len(right) < _LET_THROUGH:
            return []
        lines = {(n, test): (n, line) for n, cell in enumerate(self._cells) for line, test in checks(cell).items()}
        at = [(edit.cell, edit.line) for edit in self._edits]
        left: list[Choice] = [(number,) for number, edit in enumerate(self._edits) if at[number] in lines and edit.level < _FAR]
        for goal in [*self._let_through, *self._asked]:
            trials = self._trials.confirm(goal, left)
            is_new = goal in self._let_through
            left = [
                choice
                for choice, trial in zip(left, trials, strict=False)
                if trial.is_right and (not is_new or trial.raised_at == lines[at[choice[0]]])
            ]
        return left if self._trials.can_go_on else []

    def _solutions(self, choices: Sequence[Choice], is_partial: bool = False) -> list[Solution]:
        return [Solution(tuple(self._edits[number] for number in choice), is_partial) for choice in choices]

    def _of_a_part(self) -> list[Solution]:
        """Return what makes most wrong calls right, all those of a case among them, and none wrong that was right."""
        whole = [entry for entry in self._nearest if any(calls <= entry.met for calls in self._wrong_by_case())]
        most = max((len(entry.met) for entry in whole), default=0)
        best = [entry for entry in whole if len(entry.met) == most and self._is_convincing(entry.met)]
        level = min((entry.level for entry in best), default=0)
        kept = self._still_refusing([entry.choice for entry in best if entry.level == level])
        return self._solutions(kept, is_partial=True) if self._trials.can_go_on else []

    def _single_edits(self, base: Trial) -> Iterator[list[Choice]]:
        """Yield what makes every call right, level by level, where anything does."""
        ordered = self._ordered(base)
        for level in sorted({edit.level for edit in self._edits}):
            mine = [number for number in ordered if self._edits[number].level == level]
            for choices in ([(number,) for number in mine], list(self._twins(mine))):
                if found := self._right(choices, base, 0, level):
                    yield found
            # Two slips of everyday are likelier than a rare one, where one of them puts a whole case right.
            if level == _FAR - 1 and (found := self._second_edits(self._beside_whole_cases(), range(_FAR))):
                yield found

    def _beside_whole_cases(self) -> list[_Near]:
        """Return the nearest one that puts whole cases right, if there is one."""
        whole = [near for near in self._nearest if any(calls <= near.met for calls in self._wrong_by_case())]
        return [max(whole, key=lambda near: near.nearness)] if whole else []

    def _wrong_by_case(self) -> list[set[int]]:
        """Return the numbers of the wrong calls of each case that has any."""
        wrong: dict[str, set[int]] = {}
        for index, goal in enumerate(self._asked):
            if goal.is_wrong:
                wrong.setdefault(goal.call.case, set()).add(index)
        return list(wrong.values())

    def _second_edits(self, beam: Sequence[_Near], levels: Iterable[int]) -> list[Choice]:
        orders = [self._ordered(near.trial) for near in beam]
        for level in levels:
            found: list[Choice] = []
            for near, ordered in zip(beam, orders, strict=True):
                seconds = (number for number in ordered if self._edits[number].level == level and number not in near.choice)
                found += self._right([(*near.choice, number) for number in seconds], near.trial, near.stuck, level)
            if found:
                return found
        return []

    def _look_at_other_calls(self) -> None:
        """Note the edits that make other calls right than the first one, which may show another fault."""
        seen = {self._asked[0].call.case}
        for index, goal in enumerate(self._asked):
            if goal.is_wrong and goal.call.case not in seen and len(seen) < _MOST_CASES and self._trials.can_go_on:
                seen.add(goal.call.case)
                base = self._trials.unedited(goal)
                if base is not None and not base.is_right:
                    ordered = self._ordered(base)
                    for level in range(_FAR):
                        near = [(number,) for number in ordered if self._edits[number].level == level]
                        self._right(near, base, index, level)

    def _right(self, choices: Sequence[Choice], base: Trial, stuck: int, level: int) -> list[Choice]:
        """Return the choices that make every call right, and note those that come nearer than `base`, wrong in `stuck`."""
        found: list[Choice] = []
        first = self._asked[stuck]
        size = self._trials.batch_size(first)
        for start in range(0, len(choices), size):
            batch = choices[start : start + size]
            trials = self._trials.run(first, batch)
            for choice, trial in zip(batch, trials, strict=False):
                if not trial.is_right and trial.nearness > base.nearness:
                    self._nearest.append(_Near(choice, trial, stuck, level))
            left = [choice for choice, trial in zip(batch, trials, strict=False) if trial.is_right]
            found += self._confirmed(left, stuck, level)
            if not self._trials.can_go_on:
                break
        return found

    def _confirmed(self, choices: list[Choice], stuck: int, level: int) -> list[Choice]:
        """Return those of the choices that make the other calls right as well."""
        is_counting = len(choices) <= _COUNTED
        met = {choice: {stuck} for choice in choices}
        wrong, spoilt = dict[Choice, tuple[int, Trial]](), set[Choice]()
        left = choices
        for index, goal in enumerate(self._asked):
            if index == stuck or goal.raises or not left:
                continue
            trials = self._trials.confirm(goal, left)
            if len(trials) < len(left):
                return []
            for choice, trial in zip(left, trials, strict=True):
                if not trial.is_right:
                    wrong.setdefault(choice, (index, trial))
                    if not goal.is_wrong:
                        spoilt.add(choice)
                elif goal.is_wrong:
                    met[choice].add(index)
            left = left if is_counting else [choice for choice in left if choice not in wrong]
        for choice, (index, trial) in wrong.items():
            if choice not in spoilt:
                self._nearest.append(_Near(choice, trial, index, level, frozenset(met[choice] if is_counting else ())))
        right = [choice for choice in choices if choice not in wrong]
        refusing = self._still_refusing(right)
        if self._trials.can_go_on and level <= self._level_but_refusals:
            lax = [choice for choice in right if choice not in refusing]
            self._but_refusals += lax
            self._level_but_refusals = level if lax else self._level_but_refusals
        return refusing

    def _still_refusing(self, choices: list[Choice]) -> list[Choice]:
        """Return the choices with which what was refused still is, and at the same line: elsewhere it would be by chance."""
        for index, goal in enumerate(self._asked):
            if not goal.raises or not choices:
                continue
            if index not in self._refused_at:
                base = self._trials.unedited(goal)
                self._refused_at[index] = base.raised_at if base else None
            trials = self._trials.confirm(goal, choices)
            pairs, at = zip(choices, trials, strict=False), self._refused_at[index]
            choices = [choice for choice, trial in pairs if trial.is_right and trial.raised_at == at]
        return choices

    def _beam(self) -> list[_Near]:
        """Return the nearest ones, of each line one before any has two."""
        by_nearness = sorted(self._nearest, key=lambda near: near.nearness, reverse=True)
        lines = set[frozenset[tuple[int, int]]]()
        chosen: list[_Near] = []
        for near in by_nearness:
            places = frozenset((self._edits[number].cell, self._edits[number].line) for number in near.choice)
            if places not in lines:
                lines.add(places)
                chosen.append(near)
        return chosen[:_BEAM]

    def _twins(self, numbers: Sequence[int]) -> Iterator[Choice]:
        """Yield the same edit made at several places."""
        alike: dict[str, list[int]] = {}
        for number in sorted(numbers):
            if key := self._edits[number].twin:
                alike.setdefault(key, []).append(number)
        for group in alike.values():
            if 2 <= len(group) <= _MOST_TWINS:
                yield tuple(group)
            if len(group) > 2:
                pairs = itertools.combinations(group, 2) if len(group) <= _MOST_PAIRED else itertools.pairwise(group)
                yield from pairs

    def _ordered(self, trial: Trial) -> list[int]:
        """Return the numbers of all edits, those first that are likeliest to be where `trial` went wrong."""
        behind: dict[int, int] = {}
        cell = -1
        if trial.raised_at:
            cell, line = trial.raised_at
            behind = lines_behind(self._cells, cell, line)

        def unlikely(number: int) -> tuple[float, float]:
            edit = self._edits[number]
            steps = behind.get(edit.line, math.inf) if edit.cell == cell else math.inf
            return steps, -self._suspicion.get((edit.cell, edit.line), 0.0)

        return sorted(range(len(self._edits)), key=unlikely)

    def _suspicions(self) -> dict[tuple[int, int], float]:
        """Return for each line how much oftener failing calls execute it than passing ones do (Ochiai's measure)."""
        failing = [goal for goal in self._asked if goal.is_wrong][:_COMPARED]
        passing = [goal for goal in self._asked if not goal.is_wrong][:_COMPARED]
        in_failing = collections.Counter(line for goal in failing for line in self._trials.lines_executed(goal))
        in_passing = collections.Counter(line for goal in passing for line in self._trials.lines_executed(goal))
        return {line: count / math.sqrt(len(failing) * (count + in_passing[line])) for line, count in in_failing.items()}

    def _is_convincing(self, met: Collection[int] | None = None) -> bool:
        """Say whether the wrong answers (those of the calls `met`) cannot have become right by the mere number of edits."""
        repaired = _digits(goal for index, goal in enumerate(self._asked) if goal.is_wrong and (met is None or index in met))
        kept = _digits(goal for goal in self._asked if not goal.is_wrong)
        return repaired >= _MARGIN and repaired + kept / 2 >= _MARGIN + math.log2(max(self._trials.tried, 2))


def _agree(solutions: Sequence[Solution]) -> bool:
    """Say whether there are several ways to the right answers, of more than one kind, and all on one line.

    Where hardly any other answer was possible, one way may well be found by chance.
    """
    places = {place for solution in solutions for place in solution.places}
    kinds = {edit.what for solution in solutions for edit in solution.edits}
    return len(places) == 1 and len(solutions) >= _WAYS and len(kinds) > 1


def _digits(goals: Iterator[Goal]) -> float:
    """Return about how many bits the right answers hold; equal ones count once."""
    different: list[Goal] = []
    for goal in goals:
        if not any(goal.accepted[0].agrees(other.accepted[0]) for other in different):
            different.append(goal)
    return sum(goal.digits for goal in different)


def _in_order(goals: Sequence[Goal]) -> list[Goal]:
    """Return the goals as they are tried: wrong ones first, and short ones. No edit makes a refusal that was never written."""
    asked = [goal for goal in goals if not (goal.is_wrong and goal.raises)]
    return sorted(asked, key=lambda goal: (goal.raises, not goal.is_wrong, goal.digits < _MARGIN, len(goal.call.packed)))
