"""Wrong answers that nobody has named, in groups of those that behave alike.

Two functions behave alike if they answer every one of the fixed calls alike, right ones and wrong ones, up to rounding. Who is
put together with whom does not depend on the order in which they come: groups are what hangs together by pairs that agree.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnngrade.answers.behaviour import FunctionBehaviour
from cnngrade.answers.fingerprint import TOLERANCE, Fingerprint
from cnngrade.classroom import report_store
from cnngrade.classroom.behaviour_store import load_behaviour
from cnngrade.classroom.handed_in import who_handed_in
from cnngrade.insight.unnamed import Example, UnnamedGroup
from cnngrade.model import Course, Unit

_LETTERS = 5

_SOME = 16

# What an answer without arrays and floats may prove something by: a whole number other than 0, or a string.
_TELLING_FORM = re.compile(r"""\bint -?[1-9]|['"]""")


@dataclass(frozen=True, slots=True)
class Member:
    """One student's function."""

    student: str
    behaviour: FunctionBehaviour


def unnamed_groups(course: Course, unit: Unit) -> tuple[UnnamedGroup, ...]:
    """Return the groups of wrong answers without a name in the class's reports on a unit, the largest first.

    A student's function is in one group. One that nobody else has is a group of its own. No student's code is run.
    """
    return tuple(_named_groups(course, unit))


def _named_groups(course: Course, unit: Unit) -> list[UnnamedGroup]:
    groups = grouped(_members(course, unit))
    taken: Counter[str] = Counter()
    found = []
    # In an order that has nothing to do with who is in a group, so that names stay when somebody is added.
    for members in sorted(groups, key=lambda members: (group_name(members[0]), members[0].behaviour.asked, _rank(members[0]))):
        name = group_name(members[0])
        taken[name] += 1
        found.append(_group(unit, members, name if taken[name] == 1 else f"{name}-{taken[name]}"))
    return sorted(found, key=lambda group: (-len(group.students), group.function, group.name))


def _members(course: Course, unit: Unit) -> Iterator[Member]:
    """Yield the functions that are wrong without a name in what the last grading left."""
    for student in sorted(who_handed_in(course)):
        stored = report_store.load_with_key(course, unit, student)
        for behaviour in load_behaviour(course, unit, student, stored[1]) if stored else ():
            if behaviour.function in unit.functions:
                yield Member(student, behaviour)


def grouped(members: Iterable[Member]) -> list[list[Member]]:
    """Return members in groups that behave alike, the smallest example of each group first."""
    alike: dict[object, list[Member]] = defaultdict(list)
    for member in members:
        alike[_form(member.behaviour)].append(member)
    groups = [group for bucket in alike.values() for group in _by_numbers(bucket)]
    whole = [group for group in groups if not group[0].behaviour.is_cut]
    for cut in (group for group in groups if group[0].behaviour.is_cut):
        # What could not be asked to the end belongs where all that it answered is answered, if that is one place.
        fitting = [group for group in whole if _begins_as(group[0].behaviour, cut[0].behaviour)]
        if len(fitting) == 1:
            fitting[0].extend(cut)
        else:
            whole.append(cut)
    return [sorted(group, key=_rank) for group in whole]


def _rank(member: Member) -> tuple[bool, bool, int, str]:
    said = member.behaviour
    # What was cut off shows less, and is no example of those who answered to the end.
    return not said.source, said.is_cut, len(said.source), member.student


def _form(behaviour: FunctionBehaviour) -> object:
    """Return all of a behaviour that is equal, not nearly equal, in a group."""
    parts = [answer and (answer.form, answer.reason, len(answer.numbers)) for answer in behaviour.answers]
    return behaviour.function, behaviour.asked, behaviour.is_cut, tuple(parts)


def _numbers(behaviour: FunctionBehaviour) -> np.ndarray:
    """Return (2, n): the numbers of all answers, and the sizes beside them."""
    wrong = [answer for answer in behaviour.answers if answer is not None]
    numbers = [number for answer in wrong for number in answer.numbers]
    return np.array([numbers, [size for answer in wrong for size in answer.sizes]])


def _by_numbers(bucket: Sequence[Member]) -> list[list[Member]]:
    """Return the groups of members of one form."""
    rows = np.stack([_numbers(member.behaviour) for member in bucket])
    # Of those that are far apart some numbers show it, and to compare all numbers of a large class takes minutes.
    some = rows[:, :, :: 1 + rows.shape[2] // _SOME].copy()
    left, groups = np.arange(len(bucket)), list[list[Member]]()
    while left.size:
        group, waiting, left = [int(left[0])], [int(left[0])], left[1:]
        while waiting and left.size:
            one = waiting.pop()
            near = left[_agree(some[one], some[left])]
            same = near[_agree(rows[one], rows[near])]
            group += same.tolist()
            waiting += same.tolist()
            left = np.setdiff1d(left, same, assume_unique=True)
        groups.append([bucket[index] for index in group])
    return groups


def _agree(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Say of each of the others whether it has the same numbers, up to rounding, as `Fingerprint.agrees` does."""
    most = TOLERANCE * np.maximum(np.maximum(one[1], others[:, 1]), 1e-300)
    same: np.ndarray = (np.abs(one[0] - others[:, 0]) <= most).all(axis=1)
    return same


def _begins_as(whole: FunctionBehaviour, cut: FunctionBehaviour) -> bool:
    """Say whether one behaviour begins with all of another, of the same calls."""
    if (whole.function, whole.asked) != (cut.function, cut.asked) or len(whole.answers) < len(cut.answers):
        return False
    pairs = zip(whole.answers, cut.answers, strict=False)
    return all(one is other or (one is not None and other is not None and one.agrees(other)) for one, other in pairs)


def group_name(member: Member) -> str:
    """Return what a group with this member is called: made of its answers, so coarsely that rounding does not touch it."""
    behaviour = member.behaviour
    said = [behaviour.asked]
    for answer in behaviour.answers:
        size = max(answer.sizes, default=0.0) if answer else 0.0
        said.append(f"{answer.form} {answer.reason} {_coarse(size)}" if answer else "right")
    return f"{behaviour.function}-{hashlib.sha256(chr(10).join(said).encode('utf-8', 'replace')).hexdigest()[:_LETTERS]}"


def _coarse(size: float) -> str:
    # Between steps of a logarithm there is no number that people choose, such as 1.25 between 1.2 and 1.3.
    return str(round(25 * math.log(size))) if math.isfinite(size) and size > 1e-9 else "0"


def _group(unit: Unit, members: Sequence[Member], name: str) -> UnnamedGroup:
    first = members[0]
    said = first.behaviour
    example = Example(first.student, said.source, said.call, said.answered, said.expected)
    students = tuple(sorted(member.student for member in members))
    return UnnamedGroup(unit.name, said.function, name, students, example, any(map(_can_prove, said.answers)))


def _can_prove(answer: Fingerprint | None) -> bool:
    """Say whether a wrong answer can be one that proves a mistake: no exception, None, zeros or NaN ever does."""
    return answer is not None and answer.reason is None and (any(answer.numbers) or bool(_TELLING_FORM.search(answer.form)))
