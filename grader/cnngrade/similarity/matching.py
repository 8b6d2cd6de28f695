"""Which parts of two submissions are alike: what to look at side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cnngrade.similarity.canonical import Statement
from cnngrade.similarity.fingerprints import of_statement
from cnngrade.similarity.likeness import Rarity
from cnngrade.similarity.submitted import Compared
from cnngrade.similarity.tree import Node, Span, merged, spans_of

# In weights: a part that weighs less is too common to be shown as alike.
_SHOWN = 0.15


# Statements in a row are one part, even if some between them are not alike.
_GAP = 3


_MOST_PARTS = 40


@dataclass(slots=True)
class AlikePart:
    """A part that is in both: where in the one, and where in the other, and what its fingerprints weigh."""

    one: list[Span] = field(default_factory=list)
    other: list[Span] = field(default_factory=list)
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class AlikeDefinition:
    """A definition of the one, the one of the other's that is most like it, and how much of the first is in the second."""

    one: str
    other: str
    share: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A tree of the other's: in which of its statements, counted from its first."""

    statement: int
    tree: Node


def _statements(submission: Compared) -> list[Statement]:
    return [statement for definition in submission.definitions for statement in definition.statements]


def alike_parts(one: Compared, other: Compared, rarity: Rarity) -> list[AlikePart]:
    """Return the parts that are alike and not common, in the order of the one's text."""
    places: dict[str, list[_Place]] = {}
    for at, statement in enumerate(_statements(other)):
        for text, tree in of_statement(statement):
            places.setdefault(text, []).append(_Place(at, tree))
    parts: list[AlikePart] = []
    last = (-_GAP, -_GAP)
    for at, statement in enumerate(_statements(one)):
        for tree, text in _largest(statement.tree, lambda text: text in places and rarity.of(text) >= _SHOWN):
            place = _taken(places[text], last[1])
            if not (0 <= at - last[0] <= _GAP and 0 <= place.statement - last[1] <= _GAP and parts):
                parts.append(AlikePart())
            parts[-1].one += spans_of(tree)
            parts[-1].other += spans_of(place.tree)
            parts[-1].weight += rarity.of(text)
            last = (at, place.statement)
    weighty = sorted(parts, key=lambda part: -part.weight)[:_MOST_PARTS]
    return [
        AlikePart(merged(part.one), merged(part.other), part.weight) for part in parts if any(part is kept for kept in weighty)
    ]


def _largest(tree: Node, is_alike: Callable[[str], bool]) -> Iterator[tuple[Node, str]]:
    """Yield the largest trees of a statement that are in both, with their fingerprints."""
    prints = {id(node): text for text, node in of_statement(Statement(tree))}
    left = [tree]
    while left:
        node = left.pop()
        text = prints.get(id(node), "")
        if text and is_alike(text):
            yield node, text
        else:
            left.extend(reversed(node.children))


def _taken(places: list[_Place], after: int) -> _Place:
    """Return one of the places where a tree stands, and take it away while there is another: the next one, if there is one."""
    at = next((at for at, place in enumerate(places) if 0 <= place.statement - after <= _GAP), 0)
    return places.pop(at) if len(places) > 1 else places[at]


def alike_definitions(one: Compared, other: Compared, rarity: Rarity) -> list[AlikeDefinition]:
    """Return the one's functions and classes of which at least half is in the other, the most alike first."""
    theirs = other.fingerprints
    found = []
    for definition, own in zip(one.definitions, one.own, strict=True):
        whole = rarity.total(own)
        share = rarity.total(own & theirs) / whole if whole >= 1 else 0.0
        if definition.name and share >= 0.5:
            weights = [rarity.total(own & prints) for prints in other.own]
            best = max(range(len(weights)), key=weights.__getitem__)
            found.append(AlikeDefinition(definition.name, other.definitions[best].name, share))
    return sorted(found, key=lambda alike: -alike.share)


def counted_places(submission: Compared, rarity: Rarity) -> list[Span]:
    """Return where a submission holds what counts: what nobody handed out and few others have."""
    trees = [
        tree
        for statement in _statements(submission)
        for tree, _ in _largest(statement.tree, lambda text: rarity.of(text) >= _SHOWN)
    ]
    return merged([span for tree in trees for span in spans_of(tree)])
