"""What an exception means, in a sentence, and which lines to look at: the rules are tried in order, and the first one speaks.

A false sentence is worse than none. What no rule understands stays what Python or NumPy says.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnngrade.student.meanings import calls, given, indices, names, numbers, numpy_names, products, shapes, single, sizes
from cnngrade.student.raised import Explanation, Raised, Rule

_RULES = (
    *sizes.RULES,
    *indices.RULES,
    *products.RULES,
    *shapes.RULES,
    *single.RULES,
    *numpy_names.RULES,
    *calls.RULES,
    *names.RULES,
    *numbers.RULES,
)


def meaning_of(raised: Raised) -> Explanation | None:
    """Return what an exception means; None where that is not known."""
    if not raised.stops:
        # It came up before the function began: only the call itself can be the reason.
        return _by_rules(raised, calls.ABOUT_CALLS)
    if raised.given is not None:
        return given.in_given_code(raised, raised.given)
    return names.own_raise(raised) or _by_rules(raised, _RULES)


def _by_rules(raised: Raised, rules: Sequence[Rule]) -> Explanation | None:
    return next((found for rule in rules if (found := rule.meaning(raised))), None)
