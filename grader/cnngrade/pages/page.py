"""One self-contained page of a unit: exercises/explore/NAME.html with its style, its script and its data inside.

The course's page names what goes into it, and nothing else is looked for:

    <link rel="stylesheet" href="explore.css">
    <script type="module" src="name.mjs"></script>
    <script type="application/json" id="data" data-file="digits.npz" data-arrays="images[:200] labels"></script>
    <script type="application/json" id="run">null</script>

Files of style and scripts lie beside the page, arrays in the course's data. The last one stays empty, and may be filled with
the calls of somebody's functions. The policy in the page's head lets nothing else run and nothing be fetched, whatever the data
holds.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

from cnngrade.course import paths
from cnngrade.errors import CourseError, Fault
from cnngrade.model import Course, Unit
from cnngrade.pages.arrays import arrays_of
from cnngrade.pages.scripts import one_script

LARGEST_PAGE = 600 * 1000
"""Bytes. A handout holds one page for each unit, and a notebook keeps those that were shown in it."""

_STYLE = re.compile(r'<link rel="stylesheet" href="([\w./-]+)">')


_SCRIPT = re.compile(r'<script type="module" src="([\w./-]+)"></script>')


_DATA = re.compile(
    r'<script type="application/json" id="([\w-]+)" data-file="([\w./-]+)" data-arrays="([^"]+)"></script>', re.DOTALL
)


_RUN = re.compile(r'(<script type="application/json" id="run">)(.*?)(</script>)', re.DOTALL)


_CHARSET = '<meta charset="utf-8">'


_ASKS_FOR_MORE = re.compile(r"<(?:link|script|img|iframe|object|embed|base)\b[^>]*\b(?:src|href|data)\s*=[^>]*>", re.IGNORECASE)


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") + "'"


def json_for_a_page(value: Any) -> str:
    """Return JSON that can stand inside a script of a page: no text in it can end the script."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(script: str, style: str) -> str:
    """Return the page's Content-Security-Policy: this script, this style, and pictures that the page itself has made."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error


def _the_one(pattern: re.Pattern[str], text: str, path: Path, example: str) -> str:
    found = pattern.findall(text)
    if len(found) != 1:
        raise CourseError(f"{path} has {len(found)} lines like `{example}`; it needs exactly one.")
    return str(found[0])


def build_page(course: Course, unit: Unit) -> str:
    """Return the page of a unit with all that it needs inside.

    Raises CourseError for one that is not there, that asks for more, or that is too large.
    """
    path = paths.explore_source(course, unit.name)
    text = _read(path)
    if _CHARSET not in text:
        raise CourseError(f"{path} needs `{_CHARSET}` at the beginning of its head.")
    _the_one(_RUN, text, path, '<script type="application/json" id="run">null</script>')
    style = _read(path.parent / _the_one(_STYLE, text, path, '<link rel="stylesheet" href="explore.css">'))
    script = one_script(path.parent / _the_one(_SCRIPT, text, path, '<script type="module" src="NAME.mjs"></script>'))
    if "</style" in style.lower():
        raise CourseError(f"{path}: its style holds `</style`, which would end it.")
    data = paths.data_folder(course)
    text = _DATA.sub(
        lambda match: (
            f'<script type="application/json" id="{match[1]}">{json_for_a_page(arrays_of(data / match[2], match[3]))}</script>'
        ),
        text,
    )
    text = _STYLE.sub(lambda match: f"<style>{style}</style>", text)
    # At the end, where a classic script finds the whole page, as a module does.
    text = _SCRIPT.sub("", text).replace("</body>", f"<script>{script}</script>\n</body>")
    if more := _ASKS_FOR_MORE.search(text.replace(script, "").replace(style, "")):
        raise CourseError(f"{path}: a page asks for nothing, and this does: {more[0]}")
    policy = html.escape(_policy(script, style), quote=False).replace('"', "&quot;")
    text = text.replace(_CHARSET, f'{_CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)
    if (size := len(text.encode())) > LARGEST_PAGE:
        raise CourseError(f"{path}: the page would have {size:,} bytes, and may have {LARGEST_PAGE:,}. Take less data into it.")
    return text


def with_run(page: str, run: Any) -> str:
    """Return a built page that plays the calls in `run`, plain JSON; raises Fault for a page that has no place for them."""
    filled, count = _RUN.subn(lambda match: match[1] + json_for_a_page(run) + match[3], page, count=1)
    if not count:
        raise Fault("The unit's page is damaged: it has no place for calls to play. Get the unit's folder again.")
    return filled
