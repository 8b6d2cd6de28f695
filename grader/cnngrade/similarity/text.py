"""Submissions that are alike, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cnngrade.safe_text import visible_line, visible_name
from cnngrade.similarity.alike_class import MOST_LINKS, NOT_A_VERDICT, AlikeClass, common_text, in_percent, names_text
from cnngrade.similarity.likeness import AlikeGroup, Likeness
from cnngrade.similarity.matching import alike_definitions

_MOST_DEFINITIONS = 6


def alike_lines(found: AlikeClass) -> Iterator[str]:
    """Yield the lines about a class: groups with their links, the most alike first, and whose work was not compared."""
    yield f"{found.unit}: {_compared(found)}."
    for left_out in found.not_compared:
        yield f"  not compared, or not as a whole: {visible_name(left_out.student)}: {visible_line(left_out.why)}"
    if found.groups or found.common:
        yield NOT_A_VERDICT
    for held in found.common:
        yield f"  {common_text(held, found)}: {names_text(held.students)}."
    if not found.groups:
        yield f"No two are alike by {in_percent(found.threshold)} or more."
        return
    for number, group in enumerate(found.groups, 1):
        yield ""
        yield from _group(number, group, found)
    if more := found.not_shown:
        yield ""
        yield f"{more} more, less alike, {'is' if more == 1 else 'are'} not shown (--most)."


def _compared(found: AlikeClass) -> str:
    own = len(found.submissions) - found.with_former
    also = f", and with {found.with_former} of others" if found.with_former else ""
    return f"{own} submission{'' if own == 1 else 's'} compared with each other{also}"


def _group(number: int, group: AlikeGroup, found: AlikeClass) -> Iterator[str]:
    names = [found.submissions[at].student for at in group.members]
    if len(names) > 2:
        yield f"{number:3}. {in_percent(group.share):>5}  {len(names)} that hang together: {names_text(names)}"
        for link in group.links[:MOST_LINKS]:
            yield f"            {in_percent(link.share):>5}  {_link(link, found)}"
            yield from (f"                   {hint}" for hint in found.hints_on(link))
        if len(group.links) > MOST_LINKS:
            more = len(group.links) - MOST_LINKS
            yield f"                   {more} more pairs of this group are not shown; --json names them."
    else:
        yield f"{number:3}. {in_percent(group.share):>5}  {_link(group.links[0], found)}"
        yield from (f"            {hint}" for hint in found.hints_on(group.links[0]))


def _link(link: Likeness, found: AlikeClass) -> str:
    one, other = found.two(link)
    alike = alike_definitions(one, other, found.rarity)
    told = [f"{visible_line(part.one)} {in_percent(part.share)}" for part in alike[:_MOST_DEFINITIONS]]
    more = [f"and {len(alike) - len(told)} more"] if len(alike) > len(told) else []
    inside = f": {', '.join([*told, *more])}" if told else ""
    return f"{visible_name(one.student)} and {visible_name(other.student)}{inside}"
