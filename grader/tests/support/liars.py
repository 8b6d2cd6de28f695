"""Submissions that answer rightly and lie about their time: a lie of the corpus put below an honest answer."""

from __future__ import annotations

from pathlib import Path

from support.places import CORPUS

LIES = sorted((CORPUS / "attacks" / "liars").glob("*.py"))
"""Each replaces parts of the worker, whatever the function is."""


def lying(honest: Path, function: str, lie: Path) -> str:
    """Return the text of a submission whose `function` is that of an honest one, and which tells this lie."""
    return f"{honest.read_text(encoding='utf-8')}\n\nslow = {function}\n\n{lie.read_text(encoding='utf-8')}"
