"""Name the mistake behind wrong answers: the known one that answers every call of a function as the student's code did.

A name is given only where answers prove it: the numbers of at least two wrong ones (see `evidence`), and no answer that speaks
against it. That two functions raise the same kind of exception proves nothing, and neither does an answer that was too large or
could not be read, or a changed argument: such calls may speak against a mistake, never for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cnngrade.answers.evidence import Telling, Way, is_proof, is_table, telling, telling_of_history, way_of
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


@dataclass(frozen=True)
class _Seen:
    """A call, with the answer and the right answer. `is_cheap` says that what mistakes answer to it need not be computed."""

    call: Call
    answer: Fingerprint
    right: Fingerprint
    is_cheap: bool

    @cached_property
    def wrong(self) -> bool:
        return not self.answer.agrees(self.right)

    @cached_property
    def arguments(self) -> tuple[Any, ...]:
        """What was handed over, in an order that is the same for every call of one kind."""
        args, kwargs = self.call.arguments()
        return (*args, *(kwargs[name] for name in sorted(kwargs)))

    @cached_property
    def telling(self) -> Telling:
        """How much the answer tells, if it is wrong."""
        if not self.wrong or self.call.failure is not None:
            return Telling.NOTHING
        if self.call.history:
            return telling_of_history(self.call.value, self.right)
        return telling(self.call.value, self.right, self.arguments)

    @cached_property
    def way(self) -> Way:
        """In which way the function was asked."""
        return way_of(self.arguments) or self.call.packed

    @property
    def is_in_numbers(self) -> bool:
        """Whether the answer has the types and shapes of the right one, so that its numbers are what is wrong."""
        return self.answer.layout == self.right.layout

    @property
    def rank(self) -> tuple[bool, bool, bool, int]:
        """The order in which mistakes are asked about calls: those first that most mistakes answer otherwise at little cost."""
        return not self.wrong, not self.is_in_numbers, not self.is_cheap, len(self.call.packed)


# A right answer in which no part of another answer is found.
_UNKNOWN = Fingerprint("")


class _AskedFunction:
    """A function's calls, and the known mistakes that answer as it did."""

    def __init__(self, seen: Sequence[_Seen], mistakes: Sequence[KnownMistake], knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._mistakes = list(mistakes)
        self._seen = seen
        self.wrong: dict[str, list[_Seen]] = {}
        for entry in seen:
            if entry.wrong:
                self.wrong.setdefault(entry.call.case, []).append(entry)
        # There is but one way to ask a function without arguments.
        self._has_one_way = not any(entry.arguments for entry in seen)

    def _proves(self, seen: Iterable[_Seen]) -> bool:
        wrong = [entry for entry in seen if entry.wrong]
        if self._has_one_way and any(entry.telling and is_table(entry.call.value) for entry in wrong):
            return True
        return is_proof(((entry.way, entry.answer, entry.telling) for entry in wrong), 1 if self._has_one_way else 2)

    def _fitting(self, seen: Iterable[_Seen], candidates: Sequence[KnownMistake]) -> Sequence[KnownMistake]:
        """Return the candidates that answer every one of the calls as the student did."""
        for entry in sorted(seen, key=lambda entry: entry.rank):
            if not candidates:
                break
            candidates = [known for known in candidates if self._knowledge.mistaken(entry.call, known).agrees(entry.answer)]
        return candidates

    @cached_property
    def tells(self) -> bool:
        """Whether the wrong answers prove anything, if they are one mistake's. If not, no mistake need be asked."""
        return self._proves(self._seen)

    def everywhere(self) -> str | None:
        """Return the sentence of the mistake that explains all answers, right ones and wrong ones."""
        return _sentence(self._fitting(self._seen, self._mistakes)) if self.tells else None

    def kept(self) -> frozenset[str]:
        """Return the cases in which the answer was that of the first call, which was right, if that can be no chance."""
        answered = [entry for entry in self._seen if entry.answer.reason is None and not entry.call.history]
        first = answered[0] if answered else None
        if first is None or first.wrong or telling(first.call.value, _UNKNOWN, first.arguments) is not Telling.MUCH:
            return frozenset()
        if not all(entry.answer.agrees(first.answer) for entry in answered):
            return frozenset()
        asked: list[Fingerprint] = []
        for entry in answered:
            if not any(entry.right.agrees(other) for other in asked):
                asked.append(entry.right)
        return frozenset(entry.call.case for entry in answered if entry.wrong) if len(asked) >= 3 else frozenset()

    def of_case(self, case: str, sentences: Collection[str]) -> str | None:
        """Return the one of the sentences whose mistake explains a case."""
        candidates = [known for known in self._mistakes if known.sentence in sentences]
        return _sentence(self._fitting(self.wrong[case], candidates))

    def by_case(self) -> dict[str, str]:
        """Return {case: sentence} where several faults are there, each of which explains whole cases.

        None is claimed unless it is proved by its own cases and right wherever the student is, and what is left without a name
        are exceptions and answers of another form alone: what answers in numbers that nothing explains is often the fault that
        the named ones are a part of.
        """
        if not self.tells:
            return {}
        right = [entry for entry in self._seen if not entry.wrong]
        wrong = [entry for entries in self.wrong.values() for entry in entries]
        candidates: list[KnownMistake] = []
        for entry in sorted((entry for entry in wrong if entry.call.failure is None), key=lambda entry: entry.rank):
            fitting = self._fitting([entry], self._mistakes)
            if not fitting and entry.is_in_numbers:
                return {}
            candidates += [known for known in fitting if known not in candidates]
        explained: dict[str, list[KnownMistake]] = {}
        for known in candidates:
            cases = [case for case, entries in self.wrong.items() if self._fitting(entries, [known])]
            if self._proves(entry for case in cases for entry in self.wrong[case]) and self._fitting(right, [known]):
                for case in cases:
                    explained.setdefault(case, []).append(known)
        left = [entry for entry in wrong if entry.call.case not in explained]
        if any(entry.is_in_numbers for entry in left):
            return {}
        return {case: sentence for case, known in explained.items() if (sentence := _sentence(known))}


def _sentence(fitting: Iterable[KnownMistake]) -> str | None:
    """Return the one sentence of the mistakes; where they have several, nothing is claimed."""
    sentences = {known.sentence for known in fitting}
    return sentences.pop() if len(sentences) == 1 else None


def _named_in_public(asked: _AskedFunction) -> dict[str, str]:
    """Return {case: sentence} for the cases in which the function answered wrongly, as far as the mistake is known."""
    if not asked.wrong:
        return {}
    everywhere = asked.everywhere()
    if everywhere:
        return dict.fromkeys(asked.wrong, everywhere)
    kept = asked.kept()
    return dict.fromkeys(kept, FIRST_ANSWER_KEPT) if kept else asked.by_case()


def _named_in_hidden(asked: _AskedFunction, shown: Collection[str]) -> dict[str, str]:
    """Return {case: sentence} of the hidden cases. Where no mistake explains everything, only `shown` ones are tried there."""
    hidden = [case for case, entries in asked.wrong.items() if entries[0].call.hidden]
    if not hidden:
        return {}
    everywhere = asked.everywhere()
    if everywhere:
        return dict.fromkeys(hidden, everywhere)
    kept = asked.kept()
    if kept:
        return {case: FIRST_ANSWER_KEPT for case in hidden if case in kept}
    return {case: sentence for case in hidden if (sentence := asked.of_case(case, shown))}


def _name_function(seen: Sequence[_Seen], function: str, knowledge: Knowledge) -> dict[str, str]:
    """Return {case: sentence} for a function.

    Public cases are named by the public calls alone: no answer that was made up once hidden inputs were seen can choose what a
    student reads there.
    """
    mistakes = knowledge.mistakes(function)
    public = [entry for entry in seen if not entry.call.hidden]
    named = _named_in_public(_AskedFunction(public, mistakes, knowledge))
    if len(public) == len(seen):
        return named
    return named | _named_in_hidden(_AskedFunction(seen, mistakes, knowledge), set(named.values()))


def _looked_at(calls: Iterable[Call], knowledge: Knowledge, failed: Collection[str] | None) -> list[_Seen]:
    """Return calls with their right answers; outside of the `failed` cases (None: all) an answer counts as right."""
    seen = []
    for call in calls:
        if call.failure is not None and call.failure.reason not in _ITS_OWN_DOING:
            continue
        is_cheap = knowledge.remembers(call)
        answer = fingerprint(call.failure if call.failure is not None else call.value)
        has_passed = failed is not None and call.case not in failed
        is_asked = not has_passed or is_cheap or answer.reason is Reason.RAISED
        right = knowledge.right_answer(call) if is_asked else answer
        if right is None:
            continue
        if has_passed and answer.reason is right.reason is Reason.RAISED:
            answer = right  # an exception that a test accepts is the right one, whichever subclass it is of
        seen.append(_Seen(call, answer, right, is_cheap))
    return seen


def diagnose(
    calls: Iterable[Call], knowledge: Knowledge, failed: Collection[str] | None = None, excused: Collection[str] = ()
) -> dict[str, dict[str, str]]:
    """Return {case: {function: sentence}} for the cases with wrong answers whose mistake is known.

    Functions that none of the `failed` cases has called are left alone (None: no function is), and so are the `excused` ones,
    such as those that are wrong because another function is.

    A mistake that explains all answers of a function, right and wrong, is preferred; failing that, those that together explain
    whole cases. Where several explain the same, nothing is claimed unless they share a sentence.
    """
    by_function: dict[str, list[Call]] = {}
    for call in calls:
        by_function.setdefault(call.function, []).append(call)
    found: dict[str, dict[str, str]] = {}
    for function, mine in by_function.items():
        if function in excused or not any(failed is None or call.case in failed for call in mine):
            continue
        for case, sentence in _name_function(_looked_at(mine, knowledge, failed), function, knowledge).items():
            found.setdefault(case, {})[function] = sentence
    return found


def cases_with_repeated_answers(calls: Iterable[Call]) -> frozenset[str]:
    """Return the cases in which a function gave an answer that it gave to other arguments, too.

    How near such an answer comes to the right one says nothing of how it was computed. Public and hidden cases are looked at
    apart: what was answered once hidden inputs were seen has no say in public cases.
    """
    given: dict[tuple[str, bool, Fingerprint], list[Call]] = {}
    for call in calls:
        if call.failure is None:
            given.setdefault((call.function, call.hidden, fingerprint(call.value)), []).append(call)
    repeated = (alike for alike in given.values() if len({call.packed for call in alike}) > 1)
    return frozenset(call.case for alike in repeated for call in alike)
