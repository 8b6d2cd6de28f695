"""Which inputs fail: the plainest rule that tells the calls that a function answers rightly from the others.

A rule is told only where it separates all calls and enough of them stand behind it. Whether it is the cause is for the student
to see: what is said is what was observed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from cnngrade.findings.feature import Feature, Rank
from cnngrade.findings.features import DTYPES, IMPLIED, features
from cnngrade.findings.relations import DIVIDES
from cnngrade.findings.seen_calls import SeenCall
from cnngrade.findings.signature import Signature

# So many subjects may share a rule; more are no rule that anybody would see.
_MOST_SUBJECTS = 3


# How many calls on its smaller side a rule needs that nothing else competes with.
_ENOUGH = 3


def rule_of(seen: Sequence[SeenCall], signature: Signature) -> str:
    """Return the sentences that say which of the calls fail, "" where no rule is plain and well supported.

    Nor is there one where a call changed its arguments, or returned one: that has been said, and no input is to blame.
    Calls that should raise an exception are told apart from those that should answer.
    """
    if any(call.says_why for call in seen):
        return ""
    answering = [call for call in seen if not call.due]
    refusing = [call for call in seen if call.due]
    not_refused = [call for call in refusing if not call.is_right]
    rule = _rule(answering, signature)
    if not not_refused:
        return rule
    due = _exceptions(refusing)
    count = _all(len(refusing), "") if len(not_refused) == len(refusing) else f"{len(not_refused)} of the {len(refusing)}"
    if answering and all(call.is_right for call in answering):
        return f"Right in {_all(len(answering))} that should answer; wrong in {count} that should raise {due}."
    return f"{rule} Wrong as well in {count} that should raise {due}." if rule else ""


def tally_of(seen: Sequence[SeenCall]) -> str:
    """Return in how many of the calls that should answer the function is right, "" if in all or in none of them."""
    if any(call.says_why for call in seen):
        return ""
    answering = [call for call in seen if not call.due]
    right = sum(call.is_right for call in answering)
    return f"Right in {right} of {len(answering)} calls." if 0 < right < len(answering) else ""


def _exceptions(refusing: Sequence[SeenCall]) -> str:
    names = sorted({call.due for call in refusing})
    return names[0] if len(names) == 1 else "an exception"


def _rule(calls: Sequence[SeenCall], signature: Signature) -> str:
    right = sum(call.is_right for call in calls)
    wrong = len(calls) - right
    if not right or not wrong:
        return ""
    truth = tuple(call.is_right for call in calls)
    every = features([call.arguments for call in calls], signature)
    found = _merged(feature for feature in every if feature.truth in (truth, tuple(not value for value in truth)))
    plain = [feature for feature in found if feature.rank is Rank.VALUE]
    shapes = [feature for feature in found if feature.rank is Rank.SHAPE]
    least = min(right, wrong)
    # Most arrays hold negative numbers, and the few that hold none are small: signs are a rule where nothing else is.
    shapes = [shape for shape in shapes if shape.family != "signs"] or ([] if plain or least < _ENOUGH else shapes)
    if plain and all(feature.family in DTYPES for feature in plain) and any(shape.family not in IMPLIED for shape in shapes):
        # Sizes or dtypes: either may be chance.
        return ""
    if plain:
        return _sentence(chosen, truth) if (chosen := _plainest(plain, shapes, right, wrong)) else ""
    if shapes:
        # A single call that is right among wrong ones is right by chance as likely as by its shape.
        is_alone = len(shapes) == 1 and (least >= 2 or right > _ENOUGH)
        return _sentence(shapes, truth) if is_alone or (least >= _ENOUGH and len(shapes) == 2) else ""
    if least >= 2 and (joined := _either(every, truth) or _both(every, truth)):
        return joined
    relations = [feature for feature in found if feature.rank is Rank.RELATION]
    is_supported = least >= _ENOUGH or (least >= 2 and bool(relations) and relations[0].family == DIVIDES)
    return _sentence(relations, truth) if len(relations) == 1 and is_supported else ""


def _plainest(plain: list[Feature], shapes: list[Feature], right: int, wrong: int) -> list[Feature]:
    """Return the one or two of the features that separate the calls of which to speak, none where too little is behind them.

    plain: about arguments' values and kinds   shapes: about shapes and contents, which may be the true cause as well
    """
    least = min(right, wrong)
    if len(plain) > 1:
        return plain if len(plain) == 2 and least >= _ENOUGH else []
    rivals = [shape for shape in shapes if not (shape.family in IMPLIED and shape.about <= plain[0].about)]
    if not rivals:
        return plain if max(right, wrong) >= _ENOUGH or least >= 2 else []
    if len(rivals) == 1 and least >= 2:
        return [*plain, *rivals]
    return plain if least >= _ENOUGH else []


def _merged(found: Iterable[Feature]) -> list[Feature]:
    """Return the features, with those that say the same of several subjects as one; too many subjects are no rule."""
    together: dict[tuple[Any, ...], Feature] = {}
    for feature in found:
        can_merge = len(feature.subjects) == 1 and feature.rank is not Rank.RELATION
        key = (feature.rank, feature.predicate, feature.truth) if can_merge else (feature,)
        if key in together:
            earlier = together[key]
            subjects = (*earlier.subjects, *feature.subjects)
            feature = replace(earlier, subjects=subjects, about=earlier.about | feature.about)
        together[key] = feature
    return [feature for feature in together.values() if len(feature.subjects) <= _MOST_SUBJECTS]


def _either(every: Sequence[Feature], truth: tuple[bool, ...]) -> str:
    """Return the sentence of a rule that is wrong where one thing or the other is so: the same thing of two arguments."""
    found = []
    plain = [feature for feature in every if feature.rank is Rank.VALUE or feature.family == "length"]
    for one, other in itertools.combinations(plain, 2):
        if one.family != other.family or (one.rank is Rank.SHAPE and one.about != other.about):
            continue
        for value in (True, False):
            fails = [(a is value) or (b is value) for a, b in zip(one.truth, other.truth, strict=True)]
            if tuple(not failing for failing in fails) == truth:
                found.append((one, other, value))
    if len(found) != 1:
        return ""
    one, other, value = found[0]
    right, wrong = sum(truth), len(truth) - sum(truth)
    both = Feature(one.rank, (*one.subjects, *other.subjects), one.predicate, truth, one.family)
    either = f"{one.subjects[0]} or {other.clause(value)}"
    return f"Right in {_all(right)} where {both.clause(not value)}; wrong in {_all(wrong, '')} where {either}."


def _both(every: Sequence[Feature], truth: tuple[bool, ...]) -> str:
    """Return the sentence of a rule that is wrong where two things are so at once, and right where either is so alone."""
    plain = [feature for feature in every if feature.rank is Rank.VALUE]
    found = []
    for one, other in itertools.combinations(plain, 2):
        if one.subjects == other.subjects:
            continue
        for first, second in itertools.product((True, False), repeat=2):
            holds = [(a is first, b is second) for a, b in zip(one.truth, other.truth, strict=True)]
            fails = tuple(not all(pair) for pair in holds)
            if fails == truth and (True, False) in holds and (False, True) in holds:
                found.append((one.clause(first), other.clause(second)))
    if len(found) != 1:
        return ""
    right, wrong = sum(truth), len(truth) - sum(truth)
    first_clause, second_clause = found[0]
    return f"Wrong in {_all(wrong)} where {first_clause} and {second_clause}; right in {_all(right, 'other')}."


def _sentence(rule: Sequence[Feature], truth: tuple[bool, ...]) -> str:
    """Return the sentence that one feature tells the calls apart, or two that always do it together."""
    right, wrong = sum(truth), len(truth) - sum(truth)
    if len(rule) == 1:
        value = rule[0].truth == truth
        good, bad = rule[0].clause(value), rule[0].pronoun_clause(not value)
    else:
        good = " and ".join(feature.clause(feature.truth == truth) for feature in rule)
        bad = " and ".join(feature.clause(feature.truth != truth) for feature in rule)
    return f"Right in {_all(right)} where {good}; wrong in {_all(wrong, '')} where {bad}."


def _all(count: int, noun: str = "call") -> str:
    words = {1: "the one", 2: "both"}.get(count, f"all {count}")
    return " ".join(_parts(words, noun and (noun if count == 1 else f"{noun}s")))


def _parts(*words: str) -> Iterator[str]:
    return (word for word in words if word)
