"""The pictures that a student attached to a cell: those that a browser can show as pictures, and nothing else."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

Pictures = Mapping[str, Mapping[str, str]]
"""Pictures by their names, as a notebook keeps them: {name: {media type: base64}}."""


_SVG = "image/svg+xml"


_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", _SVG)


_BEGINNINGS = {
    "image/png": re.compile(rb"\x89PNG\r\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    _SVG: re.compile(rb"\s*<(\?xml|svg|!--|!DOCTYPE svg)", re.IGNORECASE),
}


def _bytes_of(text: str) -> bytes | None:
    """Return what is attached: a notebook keeps pictures in base64, and SVG as text too."""
    plain = text.removeprefix("\ufeff").encode("utf-8", "replace")
    if _BEGINNINGS[_SVG].match(plain):
        return plain
    packed = "".join(text.split())
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def as_picture(kind: str, data: object) -> dict[str, str] | None:
    """Return a picture as {media type: base64}; None where it is not one that is shown.

    `data` is a string or a list of strings. The type is what the content says and, where that says nothing, `kind`.
    """
    if isinstance(data, list):
        data = "".join(part for part in data if isinstance(part, str))
    content = _bytes_of(data) if isinstance(data, str) else None
    if content is None:
        return None
    found = next((name for name, beginning in _BEGINNINGS.items() if beginning.match(content)), kind)
    return {found: base64.b64encode(content).decode("ascii")} if found in _SHOWN else None


def _text(value: str) -> str:
    """Return a string that UTF-8 can hold; JSON may carry halves of surrogate pairs."""
    return value.encode("utf-8", "replace").decode("utf-8")


def attached(cell: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the pictures attached to a cell, whose content may be anything."""
    attachments = cell.get("attachments")
    pictures: dict[str, dict[str, str]] = {}
    for name, media in attachments.items() if isinstance(attachments, dict) else ():
        kinds = media.items() if isinstance(media, dict) else ()
        shown = (picture for kind, data in kinds if (picture := as_picture(kind, data)) is not None)
        if (picture := next(shown, None)) is not None:
            pictures[_text(name)] = picture
    return pictures
