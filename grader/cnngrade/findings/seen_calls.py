"""The public calls of a function as they were judged: what it was called with, and whether it went right."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from cnngrade.answers.fingerprint import fingerprint
from cnngrade.answers.knowledge import Knowledge
from cnngrade.errors import Reason
from cnngrade.findings.signature import Signature
from cnngrade.student.proxy import Call

# Calls that ended otherwise were ended from outside, or the function is not there: they say nothing about inputs.
_SAYS_WHY = frozenset({Reason.CHANGED_ARGUMENT, Reason.SHARES_ARGUMENT})
_SAYS_SOMETHING = frozenset({Reason.RAISED, Reason.UNSENDABLE, Reason.TOO_LARGE, *_SAYS_WHY})


# Of more calls of one function the first are looked at.
_MOST_CALLS = 200


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A public call that was judged: its arguments by parameter, and whether it went right.

    `due` is the exception that the call should raise, "" where it should answer. Where `says_why`, it is known already what is
    wrong, which no argument has a part in: it changed an argument, or returned one.
    """

    arguments: dict[str, Any]
    is_right: bool
    due: str = ""
    says_why: bool = False


def seen_calls(
    calls: Iterable[Call], failed: Collection[str], knowledge: Knowledge, signature: Signature
) -> tuple[SeenCall, ...]:
    """Return what is known about the public `calls` of one function, each once; `failed` are the cases that did not pass.

    A call counts as right where its answer is the right one, and as wrong where it is another in a case that did not pass. Any
    other (what a case forgives, or never looks at) is left out, and so is a call that was answered in both ways.
    """
    found: dict[bytes, SeenCall | None] = {}
    for call in calls:
        if call.hidden or call.history or len(found) >= _MOST_CALLS:
            continue
        if call.failure is not None and call.failure.reason not in _SAYS_SOMETHING:
            continue
        right = knowledge.right_answer(call)
        if right is None:
            continue
        is_right = fingerprint(call.failure if call.failure is not None else call.value).agrees(right)
        if not is_right and call.case not in failed:
            continue
        due = right.form if right.reason is Reason.RAISED else ""
        seen = found.get(call.packed)
        if call.packed in found and (seen is None or seen.is_right is not is_right):
            found[call.packed] = None
        else:
            args, kwargs = call.arguments()
            says_why = call.failure is not None and call.failure.reason in _SAYS_WHY
            found[call.packed] = SeenCall(signature.bound(args, kwargs), is_right, due, says_why)
    return tuple(seen for seen in found.values() if seen is not None)
