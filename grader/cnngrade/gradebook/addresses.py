"""The addresses that may stand in a student's text: those of the web, of letters, of places on the page, and of what is here.

A list of what is allowed. Whatever else there is, and however it is spelled, is not on it.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

ATTACHED = "attachment:"
"""How the address of a picture begins that is attached to the cell."""


# A browser takes a backslash for a slash, and overlooks what is not visible.
_REST = r"[^\s\\\x00-\x1f\x7f]*"


# Of the letters that are like one another in some language, a browser knows those of ASCII alone.
_WEB = re.compile(rf"(?ai:https?)://(?P<host>[^\s\\\x00-\x1f\x7f/?#@:]+)(?P<port>[^\s\\\x00-\x1f\x7f/?#@]*)(?:[/?#]{_REST})?")


_LETTER = re.compile(rf"(?ai:mailto):{_REST}")


_ON_THE_PAGE = re.compile(rf"#{_REST}")


# A name that ends in a number is a number to a browser, and one without a dot is known on this network alone. Of a name in any
# letters the end must be in these, so that none can be taken for another one.
_OUTSIDE = re.compile(r"(?:[\w-]+\.)+(?ai:[a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])")


_NOT_OUTSIDE = re.compile(r"(?:.*\.)?(?:localhost|localdomain|local|internal|intranet|lan|home|arpa)", re.IGNORECASE)


_PORT = re.compile(r"(?::[0-9]+)?")


_IN_NO_NAME = frozenset("\\:\0")


_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}


_DATA = re.compile(rf"data:image/(?:png|jpe?g|gif|webp|svg\+xml)(?:;[a-z0-9=-]+)*,{_REST}", re.IGNORECASE)


def is_web(url: str) -> bool:
    """Say whether an address is one of the web, written as a browser reads it."""
    return _WEB.fullmatch(url) is not None


def is_outside(url: str) -> bool:
    """Say whether an address of the web names a host that others know too, and not this machine or its network."""
    web = _WEB.fullmatch(url)
    if web is None or not _PORT.fullmatch(web["port"]):
        return False
    host = unicodedata.normalize("NFC", unquote(web["host"]))
    return _OUTSIDE.fullmatch(host) is not None and _NOT_OUTSIDE.fullmatch(host) is None


def is_data(url: str) -> bool:
    """Say whether an address is itself a picture."""
    return _DATA.fullmatch(url) is not None


def file_named(url: str, handout: Path | None) -> Path | None:
    """Return the file in the folder `handout` that an address names; None where it names none, or one that is elsewhere."""
    name = unquote(url)
    parts = PurePosixPath(name).parts
    if handout is None or not parts or set(name) & _IN_NO_NAME or ".." in parts or name.startswith("/"):
        return None
    path = handout.joinpath(*parts)
    try:
        return path if path.is_file() else None
    except OSError:
        # No file has a name of this length.
        return None


def picture_named(url: str, handout: Path | None) -> Path | None:
    """Return the picture in the folder `handout` that an address names; None where it names none."""
    path = file_named(url, handout)
    return path if path is not None and media_type(path.name) else None


def media_type(name: str) -> str | None:
    """Return the media type of a picture by its file's name; None for another file."""
    return _PICTURES.get(Path(name).suffix.lower())


def may_lead(url: str, handout: Path | None = None) -> bool:
    """Say whether an address may be a link's; files are those in the folder `handout`."""
    known = _WEB.fullmatch(url) or _LETTER.fullmatch(url) or _ON_THE_PAGE.fullmatch(url)
    return known is not None or file_named(url, handout) is not None
