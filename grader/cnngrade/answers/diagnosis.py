"""Name the mistake behind wrong answers: the known one that answers every call of a function as the student's code did.

A name is given only where answers prove it. That two functions raise the same kind of exception proves nothing, and neither
does an answer that was too large or could not be read: such calls may speak against a mistake, never for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.knowledge import Knowledge
from cnngrade.answers.mistakes import KnownMistake
from cnngrade.errors import Reason
from cnngrade.student.proxy import Call

FIRST_ANSWER_KEPT = (
    "Every call returns the answer of the first one: something is kept between calls. Compute each answer from its arguments."
)


# What the function itself made of its arguments, as it would again. Any other failure came from outside or ended the call
# before its answer was known, and says nothing about the mistake.
_ITS_OWN_DOING = frozenset(
    {Reason.RAISED, Reason.UNSENDABLE, Reason.TOO_LARGE, Reason.CHANGED_ARGUMENT, Reason.SHARES_ARGUMENT}
)


# As telling as numbers: each is a mistake of its own kind.
_TELLING = frozenset({Reason.CHANGED_ARGUMENT, Reason.SHARES_ARGUMENT})


@dataclass(frozen=True, slots=True)
class _Seen:
    """A call, with the answer and the right answer. `is_cheap` says that what mistakes answer to it need not be computed."""

    call: Call
    answer: Fingerprint
    right: Fingerprint
    is_cheap: bool

    @property
    def wrong(self) -> bool:
        return not self.answer.agrees(self.right)

    @property
    def telling(self) -> bool:
        """Whether this call proves a mistake that answers the same."""
        return self.wrong and (self.answer.reason is None or self.answer.reason in _TELLING)


def _fitting(seen: Sequence[_Seen], candidates: list[KnownMistake], knowledge: Knowledge) -> list[KnownMistake]:
    """Return the candidates that answer every one of the calls as the student did, if one of these proves anything."""
    if not any(entry.telling for entry in seen):
        return []
    # What everybody is asked leaves few for what was drawn for one student; and most differ where the answer is wrong.
    for entry in sorted(seen, key=lambda entry: (not entry.is_cheap, not entry.wrong)):
        if not candidates:
            break
        candidates = [known for known in candidates if knowledge.mistaken(entry.call, known).agrees(entry.answer)]
    return candidates


def _sentence(named: Iterable[KnownMistake]) -> str | None:
    """Return the one sentence of the mistakes; where they have several, nothing is claimed."""
    sentences = {known.sentence for known in named}
    return sentences.pop() if len(sentences) == 1 else None


def _keeps_its_first_answer(seen: Sequence[_Seen]) -> bool:
    """Say whether all answers are the first one, which was right, although others were asked for."""
    answered = [entry for entry in seen if entry.answer.reason is None]
    if len(answered) < 3 or answered[0].wrong:
        return False
    return any(entry.wrong for entry in answered) and all(entry.answer.agrees(answered[0].answer) for entry in answered)


def _name_function(seen: list[_Seen], function: str, knowledge: Knowledge) -> dict[str, str]:
    """Return {case: sentence} for the cases in which the function answered wrongly, as far as the mistake is known."""
    wrong: dict[str, list[_Seen]] = {}
    for entry in seen:
        if entry.wrong:
            wrong.setdefault(entry.call.case, []).append(entry)
    if not wrong:
        return {}
    every = knowledge.mistakes(function)
    everywhere = _sentence(_fitting(seen, every, knowledge))
    if everywhere:
        return dict.fromkeys(wrong, everywhere)
    if _keeps_its_first_answer(seen):
        return dict.fromkeys(wrong, FIRST_ANSWER_KEPT)
    # Two mistakes at once, or one of several ways through the code: then each case by itself. What has explained another case
    # comes first; in hidden cases nothing else is tried, since students read there only what the public ones have shown.
    named: dict[str, str] = {}
    shown: list[KnownMistake] = []
    for case, entries in sorted(wrong.items(), key=lambda item: item[1][0].call.hidden):
        fitting = _fitting(entries, shown, knowledge)
        if not fitting and not entries[0].call.hidden:
            fitting = _fitting(entries, every, knowledge)
        sentence = _sentence(fitting)
        if sentence:
            named[case] = sentence
            shown += [known for known in fitting if known not in shown]
    return named


def diagnose(calls: Iterable[Call], knowledge: Knowledge, failed: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """Return {case: {function: sentence}} for the cases with wrong answers whose mistake is known.

    Functions that none of the `failed` cases has called are left alone (None: no function is).

    A mistake that explains all answers of a function, right and wrong, is preferred; failing that, one that explains the wrong
    ones of a case. Where several explain the same, nothing is claimed unless they share a sentence. Public cases are named by
    the public calls alone: no answer that was made up once hidden inputs were seen can choose what a student reads there.
    """
    by_function: dict[str, list[Call]] = {}
    for call in calls:
        by_function.setdefault(call.function, []).append(call)
    found: dict[str, dict[str, str]] = {}
    for function, mine in by_function.items():
        unnamed = {call.case for call in mine if failed is None or call.case in failed}
        if not unnamed:
            continue
        named = _name_calls(_looked_at(mine, knowledge, failed), function, knowledge)
        if failed is not None and unnamed - set(named):
            # What a case forgives, such as an axis too many, may be what tells a mistake.
            named = _name_calls(_looked_at(mine, knowledge, None), function, knowledge)
        for case, sentence in named.items():
            found.setdefault(case, {})[function] = sentence
    return found


def _looked_at(calls: Iterable[Call], knowledge: Knowledge, failed: Collection[str] | None) -> list[_Seen]:
    """Return calls with their right answers; outside of the `failed` cases (None: all) an answer counts as right."""
    seen = []
    for call in calls:
        if call.failure is not None and call.failure.reason not in _ITS_OWN_DOING:
            continue
        is_cheap = knowledge.remembers(call)
        answer = fingerprint(call.failure if call.failure is not None else call.value)
        is_asked = failed is None or call.case in failed or is_cheap
        right = knowledge.right_answer(call) if is_asked else answer
        if right is not None:
            seen.append(_Seen(call, answer, right, is_cheap))
    return seen


def _name_calls(seen: list[_Seen], function: str, knowledge: Knowledge) -> dict[str, str]:
    """Return {case: sentence} for a function's calls; those of public cases alone say what a public case is called."""
    public = [entry for entry in seen if not entry.call.hidden]
    named = _name_function(seen, function, knowledge)
    if len(public) < len(seen):
        shown = {entry.call.case for entry in public}
        named = {case: sentence for case, sentence in named.items() if case not in shown}
        named |= _name_function(public, function, knowledge)
    return named
