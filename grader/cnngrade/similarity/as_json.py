"""Submissions that are alike, as JSON."""

from __future__ import annotations

from typing import Any

from cnngrade.similarity.alike_class import NOT_A_VERDICT, AlikeClass
from cnngrade.similarity.likeness import Likeness
from cnngrade.similarity.matching import alike_definitions, alike_parts
from cnngrade.similarity.submitted import Compared
from cnngrade.similarity.tree import Span


def alike_to_json(found: AlikeClass) -> dict[str, Any]:
    """Return what was found as a document of plain values; shares are from 0 to 1, lines count from 1 in their file or cell."""
    return {
        "schema": 1,
        "unit": found.unit,
        "notice": NOT_A_VERDICT,
        "submissions": len(found.submissions) - found.with_former,
        "of_others": found.with_former,
        "threshold": found.threshold,
        "groups_in_all": found.in_all,
        "groups": [
            {
                "share": round(group.share, 4),
                "members": [found.submissions[at].student for at in group.members],
                "links": [_link(link, found) for link in group.links],
            }
            for group in found.groups
        ],
        "common": [{"definition": held.name, "students": list(held.students)} for held in found.common],
        "not_compared": [{"student": left_out.student, "why": left_out.why} for left_out in found.not_compared],
    }


def _link(link: Likeness, found: AlikeClass) -> dict[str, Any]:
    one, other = found.two(link)
    return {
        "share": round(link.share, 4),
        "students": [one.student, other.student],
        "definitions": [
            {"one": part.one, "other": part.other, "share": round(part.share, 4)}
            for part in alike_definitions(one, other, found.rarity)
        ],
        "parts": [
            {"one": [_where(span, one) for span in part.one], "other": [_where(span, other) for span in part.other]}
            for part in alike_parts(one, other, found.rarity)
        ],
        "hints": list(found.hints_on(link)),
    }


def _where(span: Span, submission: Compared) -> dict[str, Any]:
    source = submission.sources[span[0]]
    return {"file": source.title, "first_line": source.line(span[1]), "last_line": source.line(max(span[1], span[2] - 1))}
