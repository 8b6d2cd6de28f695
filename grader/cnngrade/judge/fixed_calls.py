"""Ask functions that are wrong without a name the same calls, whoever wrote them, so that they can be compared.

The calls are those that the cases made of the solution when it was judged before the class: with inputs of no student's, the
same in every process that judges with the classroom's secret. A worker of its own is asked, in the submission's sandbox, which
ends with the answers; nothing that it says reaches the student or the points.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnngrade.answers.behaviour import FunctionBehaviour
from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.errors import CnngradeError, Reason, StudentFailure, StudentRaised
from cnngrade.files import digest, digest_of_parts
from cnngrade.findings.call_text import call_text
from cnngrade.findings.excerpt import excerpt
from cnngrade.findings.history_text import history_text
from cnngrade.findings.in_few_words import in_few_words
from cnngrade.findings.signature import Signature
from cnngrade.findings.written import functions_in_cells
from cnngrade.judge.case_limits import BYTES
from cnngrade.own_limits import OverTime, limited
from cnngrade.student.proxy import Call, Student
from cnngrade.submission.read import Work
from cnngrade.worker.cells import Cell

SECONDS = 2.0
"""How much CPU time one function may take for all of its calls. Right ones take some thousandths of it."""


# As for any call, if the machine is busy.
_BY_CLOCK = 20.0


# More calls, or larger ones, tell no more of a function.
_MOST_CALLS, _MOST_BYTES = 100, 1 << 20


# No right answer of a test has a longer fingerprint.
_MOST_FORM, _MOST_NUMBERS = 4000, 1000


# After a call that ended so the next one would end no better, and each costs a worker.
_ENDS = frozenset(
    {
        Reason.OVER_TIME,
        Reason.OVER_MEMORY,
        Reason.ENDED_PROCESS,
        Reason.EXCESS,
        Reason.UNREADABLE,
        Reason.TOO_MANY_ANSWERS,
    }
)


# There is no function that could behave in any way.
_NOT_THERE = frozenset({Reason.CELL_FAILED, Reason.UNFINISHED})


# A message of these says nothing but what its author calls things.
_NAMES_ALONE = frozenset({"NameError", "UnboundLocalError"})


_KEPT_BACK = "not shown: the public cases do not show the mistake"


# A worker of a student's sends messages as long as it likes.
_MOST_MESSAGE = 400


_OF_ITS_OWN = re.compile(r"0x[0-9A-Fa-f]+|\d+\.\d+(?:e[+-]?\d+)?|\b\w+(?:\.<?\w+>?)*(?=\(\) )")


@dataclass(frozen=True, slots=True)
class _FixedCall:
    """A call, and the fingerprint of the right answer."""

    call: Call
    right: Fingerprint

    @property
    def answer(self) -> Any:
        """The right answer, or the exception that is one."""
        return self.call.value if self.call.failure is None else self.call.failure

    def is_right(self, came: Any, mine: Fingerprint, has_passed: bool) -> bool:
        """Say whether what came counts as right; `has_passed` says that its author passed the case with inputs of his own."""
        if isinstance(came, StudentRaised) and isinstance(self.call.failure, StudentRaised):
            return has_passed or self.call.failure.kinds[:1] == () or self.call.failure.kinds[0] in came.kinds
        # A case may forgive another form of the answer, such as a list.
        return mine.agrees(self.right) or (has_passed and mine.reason is None and mine.layout != self.right.layout)


def _chosen(calls: Iterable[Call]) -> Iterator[_FixedCall]:
    """Yield the calls that are asked, each once, those with small arguments first."""
    different = {(call.packed, call.fresh): call for call in reversed([*calls]) if len(call.packed) <= _MOST_BYTES}
    by_size = sorted(different.values(), key=lambda call: (len(call.packed), call.case, call.packed))
    for call in by_size[:_MOST_CALLS]:
        if call.history or b'"token"' not in call.packed:
            yield _FixedCall(call, fingerprint(call.value if call.failure is None else call.failure))


class FixedCalls:
    """The calls of each function that all submissions are asked. `made` are the calls that the solution answered."""

    def __init__(self, made: Iterable[Call]) -> None:
        by_function: dict[str, list[Call]] = {}
        for call in made:
            by_function.setdefault(call.function, []).append(call)
        self._asked = {function: [*_chosen(calls)] for function, calls in by_function.items()}

    def behaviour(
        self, student: Student, functions: Sequence[str], passed: Collection[str], seconds: float
    ) -> tuple[FunctionBehaviour, ...]:
        """Return how the functions of a submission behave; of one that answers all of it rightly there is nothing to say.

        Its worker is ended, and another one asked: each function for so many seconds at most. `passed` are the cases that the
        submission has passed.
        """
        found = (self._of(student, function, passed, seconds) for function in functions)
        return tuple(entry for entry in found if entry is not None)

    def _of(self, student: Student, function: str, passed: Collection[str], seconds: float) -> FunctionBehaviour | None:
        calls = self._asked.get(function, [])
        try:
            # Computed from what the student's code returned: here, too, it may be anything.
            with limited(seconds + _BY_CLOCK, BYTES), contextlib.closing(student.another(seconds, _BY_CLOCK)) as other:
                answers, wrong, is_cut = _answers(other, calls, passed, seconds)
                if wrong is None:
                    return None
                asked, came = wrong
                return FunctionBehaviour(
                    function,
                    digest_of_parts(*(f"{digest(entry.call.packed)} {entry.call.fresh}" for entry in calls)),
                    _comparable(answers),
                    is_cut,
                    excerpt(student.work, function) if student.work else "",
                    *_told(asked, came, student.work),
                )
        except (CnngradeError, OverTime, MemoryError):
            # Nobody is the worse for it: the points stand, and the student is in no group.
            return None


_First = tuple[_FixedCall, Any] | None


def _answers(
    student: Student, calls: Sequence[_FixedCall], passed: Collection[str], seconds: float
) -> tuple[list[Fingerprint | None], _First, bool]:
    """Return the answers, the first wrong call with what came of it, and whether the time ran out before the end.

    The call is one of a public case if any of these is wrong.
    """
    answers: list[Fingerprint | None] = []
    wrong: _First = None
    for asked in calls:
        before = student.lifecycle.spent()
        came = _come_of(student, asked.call)
        reason = came.reason if isinstance(came, StudentFailure) else None
        if reason in _NOT_THERE or student.lifecycle.has_no_file:
            return [], None, False
        if reason is Reason.OVER_TIME and student.lifecycle.spent() - before < seconds / 2:
            # The calls before it have used up the time, or the machine was too busy: of this one nothing is known.
            return answers, wrong, True
        mine = _fingerprint(came)
        is_right = asked.is_right(came, mine, asked.call.case in passed)
        answers.append(None if is_right else mine)
        if not is_right and (wrong is None or (wrong[0].call.hidden and not asked.call.hidden)):
            wrong = asked, came
        if reason in _ENDS:
            break
    return answers, wrong, False


def _comparable(answers: Sequence[Fingerprint | None]) -> tuple[Fingerprint | None, ...]:
    """Return the answers with the messages of exceptions where nothing but these can tell functions apart.

    Where some answers are in numbers, these do; what is raised beside them depends on how a fault is written.
    """
    wrong = [answer for answer in answers if answer is not None]
    if not any(answer.reason is None for answer in wrong):
        return tuple(answers)
    return tuple(
        replace(answer, form=answer.form.partition(": ")[0]) if answer is not None and answer.reason else answer
        for answer in answers
    )


def _come_of(student: Student, call: Call) -> Any:
    """Return a student's answer to a call, or the StudentFailure that came instead; raises Fault."""
    args, kwargs = call.arguments()
    student.begin(call.case, call.hidden)
    try:
        if call.history:
            return student.answers_to(*args)
        function: Callable[..., Any] = getattr(student.functions, call.function)
        return (vars(function)["fresh"] if call.fresh else function)(*args, **kwargs)
    except StudentFailure as failure:
        return failure
    finally:
        student.lifecycle.check()


def _fingerprint(came: Any) -> Fingerprint:
    """Return the fingerprint of an answer; that of an exception tells by its message which one it is, too."""
    if not isinstance(came, StudentRaised):
        return _bounded(fingerprint(came))
    kind = came.kinds[0] if came.kinds else ""
    raised_at = came.for_staff.rpartition(": ")[2].lstrip()
    if kind in _NAMES_ALONE or raised_at.startswith(("raise", "assert")):
        return Fingerprint(kind, reason=came.reason)
    return Fingerprint(f"{kind}: {_OF_ITS_OWN.sub('', came.message[:_MOST_MESSAGE])[:200]}", reason=came.reason)


def _bounded(answer: Fingerprint) -> Fingerprint:
    """Return a fingerprint that may be kept: an answer of a million parts has one of as many."""
    if len(answer.form) <= _MOST_FORM and len(answer.numbers) <= _MOST_NUMBERS:
        return answer
    form = f"{answer.form[:_MOST_FORM]} ... {digest(answer.form.encode('utf-8', 'replace'))} {len(answer.numbers)} numbers"
    return replace(answer, form=form, numbers=answer.numbers[:_MOST_NUMBERS], sizes=answer.sizes[:_MOST_NUMBERS])


def _told(asked: _FixedCall, came: Any, work: Work | None) -> tuple[str, str, str]:
    """Return a wrong call, what came of it and what should have come; nothing of a hidden case, since a class may see this."""
    if asked.call.hidden:
        return f"{asked.call.function}(...) in a hidden case", _KEPT_BACK, _KEPT_BACK
    return _call_text(asked.call, work), in_few_words(came, asked.answer), in_few_words(asked.answer, came)


def _call_text(call: Call, work: Work | None) -> str:
    if call.history:
        return history_text(call, with_numbers=True)
    cells = [*(Cell(own.source, own.filename) for own in work.modules), *work.cells] if work else []
    written = functions_in_cells(cells).get(call.function)
    return call_text(call, written.signature if written else Signature(), with_numbers=True)
