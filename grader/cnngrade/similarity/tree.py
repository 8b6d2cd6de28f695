"""Code as a tree in which only what it computes is left: no layout, no comments, none of the author's own names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Span = tuple[int, int, int]
"""A stretch of a text: the text's number, where it begins and where it ends, in characters."""


@dataclass(slots=True, eq=False)
class Node:
    """One operation, name or constant.

    `label` says what it is; of a name that its author chose it is "" and `name` tells it from the others. `span` is where it
    stands (None: nowhere of its own), `size` how many nodes there are in it.
    """

    label: str
    children: list[Node] = field(default_factory=list)
    name: str = ""
    span: Span | None = None
    size: int = 1

    def sized(self) -> Node:
        """Return this node, with its size counted from those of its children."""
        self.size = 1 + sum(child.size for child in self.children)
        return self


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all that is in it, in order."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        left.extend(reversed(node.children))


def shape(node: Node) -> str:
    """Return what a tree looks like to somebody who reads no names."""
    parts = [part.label or "_" for part in walk(node)]
    return " ".join(parts)


def form(node: Node) -> str:
    """Return a tree as text in which the author's names are numbered as they come, so that renaming changes nothing.

    What is written tells trees apart: each operation says how many parts it has.
    """
    numbers: dict[str, int] = {}
    parts = []
    for part in walk(node):
        if part.label:
            parts.append(f"{part.label}/{len(part.children)}")
        else:
            parts.append(str(numbers.setdefault(part.name, len(numbers))))
    return " ".join(parts)


def spans_of(node: Node) -> list[Span]:
    """Return where a tree stands: its own place, and the places of what was moved into it from elsewhere."""
    found: list[Span] = []
    for part in walk(node):
        if part.span is not None and not any(_is_in(part.span, other) for other in found):
            found.append(part.span)
    return found


def _is_in(inner: Span, outer: Span) -> bool:
    return inner[0] == outer[0] and outer[1] <= inner[1] and inner[2] <= outer[2]


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return the same stretches in order, those that touch or overlap as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1][0] == span[0] and span[1] <= found[-1][2]:
            found[-1] = (span[0], found[-1][1], max(found[-1][2], span[2]))
        else:
            found.append(span)
    return found
