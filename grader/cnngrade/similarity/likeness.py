"""Which submissions of a class are alike: what few others have counts, what many have does not.

A fingerprint's weight is the square of log((n + 10) / k), of n submissions of which k have it, as a share of what it would be
if only two had it: the inverse document frequency of text search, which compare50 uses, too. What was handed out, and what is
in the course's own right ways to write a function, weighs nothing. Two submissions are as much alike as the weight of the
smaller one is in the other.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnngrade.similarity.submitted import Compared

# In a small class nobody knows how common a way of writing is: so many others, who do it otherwise, are added to every class.
_OTHERS = 10


# Weights below are taken for nothing.
_LEAST = 0.02


# In weights: short code that is alike says little, so that much more is added to what a submission holds of its own.
_DOUBT = 3.0


MOST_PAIRS = 20_000
"""So many pairs of a class are kept, the most alike ones."""


class Rarity:
    """How much each fingerprint of a class weighs, from 0 for what many have to 1."""

    def __init__(self, submissions: Iterable[Compared], known: Collection[str]) -> None:
        """`known` are the fingerprints that weigh nothing."""
        everybody = [submission.fingerprints for submission in submissions]
        counts = Counter(text for prints in everybody for text in prints)
        self.counts, self._known = counts, frozenset(known)
        most = len(everybody) + _OTHERS
        self._by_count = {count: _weight(count, most) for count in set(counts.values())}

    def of(self, text: str) -> float:
        """Return the weight of a fingerprint that somebody in the class has."""
        return 0.0 if text in self._known else self._by_count[self.counts[text]]

    def unknown(self, prints: frozenset[str]) -> frozenset[str]:
        """Return the fingerprints that are neither handed out nor in the course's own ways."""
        return prints - self._known

    def total(self, prints: Iterable[str]) -> float:
        """Return the weight of several."""
        return math.fsum(map(self.of, prints))


def _weight(count: int, most: int) -> float:
    # What one person alone has weighs as what two have: it takes two to be alike.
    weight = (math.log(most / max(count, 2)) / math.log(most / 2)) ** 2 if count < most else 0.0
    return weight if weight >= _LEAST else 0.0


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How much two submissions are alike: `share` from 0 to 1, and which they are, by their numbers, the smaller first."""

    share: float
    one: int
    other: int


def share_of(one: Collection[str], other: Collection[str], rarity: Rarity) -> float:
    """Return how much of the smaller of two sets of fingerprints is in the other one, from 0 to 1."""
    both = rarity.total(text for text in one if text in other)
    return both / (min(rarity.total(one), rarity.total(other)) + _DOUBT)


def likenesses(
    submissions: Sequence[Compared],
    rarity: Rarity,
    threshold: float,
    apart: Callable[[int, int], bool] = lambda one, other: False,
) -> list[Likeness]:
    """Return the pairs whose share is at least `threshold`, the most alike first, at most MOST_PAIRS of them.

    Those that are `apart` are not compared. Memory grows with the submissions and not with their pairs.
    """
    found: list[Likeness] = []
    for likeness in _pairs(submissions, rarity, threshold):
        if apart(likeness.one, likeness.other):
            continue
        if len(found) < MOST_PAIRS:
            heapq.heappush(found, likeness)
        else:
            heapq.heappushpop(found, likeness)
    return sorted(found, key=lambda likeness: (-likeness.share, likeness.one, likeness.other))


def _pairs(submissions: Sequence[Compared], rarity: Rarity, threshold: float) -> Iterator[Likeness]:
    numbers: dict[str, int] = {}
    weights: list[float] = []
    holders: list[list[int]] = []
    own: list[list[int]] = []
    totals = np.zeros(len(submissions))
    for at, submission in enumerate(submissions):
        counted = []
        for text in submission.fingerprints:
            if weight := rarity.of(text):
                number = numbers.setdefault(text, len(numbers))
                if number == len(weights):
                    weights.append(weight)
                    holders.append([])
                holders[number].append(at)
                counted.append(number)
                totals[at] += weight
        own.append(counted)
    arrays = [np.array(some, dtype=np.int64) for some in holders]
    for at, counted in enumerate(own):
        others = [arrays[number] for number in counted if len(arrays[number]) > 1]
        if not others:
            continue
        shared = [weights[number] for number in counted if len(arrays[number]) > 1]
        both = np.bincount(np.concatenate(others), np.repeat(shared, list(map(len, others))), len(submissions))
        shares = both / (np.minimum(totals, totals[at]) + _DOUBT)
        for other in np.flatnonzero(shares >= threshold):
            if other > at:
                yield Likeness(float(shares[other]), at, int(other))


@dataclass(frozen=True, slots=True)
class AlikeGroup:
    """Submissions that hang together by pairs that are alike: the numbers of its `members`, and the strongest `links`."""

    members: tuple[int, ...]
    links: tuple[Likeness, ...]

    @property
    def share(self) -> float:
        """The share of the strongest link."""
        return self.links[0].share


def groups_of(pairs: Sequence[Likeness]) -> list[AlikeGroup]:
    """Return who hangs together, by `pairs` of which the most alike come first: each group once, the most alike first.

    A group of n has n - 1 links, and not a link for each pair in it.
    """
    home: dict[int, int] = {}

    def root(at: int) -> int:
        while home.setdefault(at, at) != at:
            home[at] = home[home[at]]
            at = home[at]
        return at

    links = []
    for pair in pairs:
        one, other = root(pair.one), root(pair.other)
        if one != other:
            home[one] = other
            links.append(pair)
    together: dict[int, list[Likeness]] = {}
    for link in links:
        together.setdefault(root(link.one), []).append(link)
    return [AlikeGroup(_members(some), tuple(some)) for some in together.values()]


def _members(links: Iterable[Likeness]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(at for link in links for at in (link.one, link.other)))
