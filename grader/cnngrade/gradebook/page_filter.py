"""The last step before a text reaches a page of formgrader or feedback: nh3 keeps what is on a list, and nothing else.

nbgrader_config.py puts it in place of nbconvert's last filter, so it sees every text cell and every comment as HTML, whoever
wrote it. Nothing in it needs to know how Markdown was spelled: nh3 reads the page as a browser does. Each text gets a box,
beyond which it cannot draw: a formula can ask for any place and any size.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nh3
from jinja2 import pass_context
from nbconvert.filters.strings import strip_files_prefix

from cnngrade.course import paths
from cnngrade.gradebook.addresses import is_data, is_outside, may_lead, media_type, picture_named

_TAGS = nh3.ALLOWED_TAGS | {"input"}


_ATTRIBUTES = {
    "*": {"class", "id", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "input": {"checked", "disabled"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "scope", "style"},
    "details": {"open"},
}


# Of the elements of a form, Markdown has the box of a task.
_FIXED_VALUES = {"input": {"type": {"checkbox"}}}


_STYLES = {"text-align"}


_SCHEMES = {"http", "https", "mailto", "data"}


# Nothing in a box is seen outside it or makes a page wider than it is, whatever its size; a long one is scrolled on a screen.
BOX = "cnngrade-text"
"""The class of the box that each text has."""


# A text of the student's own in one that says so, as a formula can look like the head of a graded cell.
_OF_THE_STUDENT = "cnngrade-student"


_STYLE = f"""<style>
.{BOX} {{ contain: paint inline-size; position: relative; overflow: auto; max-width: 100%; overflow-wrap: break-word; }}
.{BOX} img {{ max-width: 100%; }}
@media screen {{ .{BOX} {{ max-height: 300vh; }} }}
.{_OF_THE_STUDENT} {{ border-left: 3px solid #bbb; padding-left: 0.8em; }}
.{_OF_THE_STUDENT}::before {{
  content: "written by the student"; display: block; position: sticky; top: 0; left: 0; z-index: 1;
  background: #fff; color: #777; font-size: 85%;
}}
</style>
"""


# Ids that `merge` gives.
_OWN_CELL = re.compile(r"extra-[0-9]+")


# formgrader looks for its own fields by their ids, and a heading's id is what its text says.
_OWN_IDS = "text-"


def _handout_of(path: str) -> Path | None:
    """Return the folder of the release to which the notebook in the folder `path` belongs."""
    graded = Path(path)
    folder = graded.parents[2] / paths.RELEASE / graded.name if len(graded.parents) > 2 else None
    return folder if folder is not None and folder.is_dir() else None


def _kept_by(handout: Path | None) -> Callable[[str, str, str], str | None]:
    """Return nh3's question about an attribute: its value as it may stand, or None."""

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id":
            return _OWN_IDS + value
        if (tag, attribute) == ("a", "href"):
            if value.startswith("#"):
                return f"#{_OWN_IDS}{value[1:]}"
            leads = may_lead(value) and (is_outside(value) or not value.lower().startswith("http"))
            return value if leads else None
        if (tag, attribute) == ("img", "src"):
            picture = picture_named(value, handout)
            if picture is None:
                return value if is_data(value) else None
            return f"data:{media_type(picture.name)};base64,{base64.b64encode(picture.read_bytes()).decode('ascii')}"
        return value

    return kept


def clean(page: str, handout: Path | None = None) -> str:
    """Return the part of a page that a text became, without whatever could act in a browser or ask another server for anything.

    `handout` is the folder with what was handed out: its pictures become part of the page. Ids get a prefix, and so do links
    to them.
    """
    return nh3.clean(
        page,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_FIXED_VALUES,
        attribute_filter=_kept_by(handout),
        url_schemes=_SCHEMES,
        filter_style_properties=_STYLES,
    )


def _is_of_the_student(cell: Mapping[str, Any]) -> bool:
    metadata = cell.get("metadata", {})
    is_answer = metadata.get("nbgrader", {}).get("solution", False)
    return bool(is_answer or "playground" in metadata.get("tags", []) or _OWN_CELL.fullmatch(str(cell.get("id", ""))))


@pass_context
def shown_text(context: Mapping[str, Any], text: str) -> str:
    """Return what nbconvert made of a text as it may stand on a page; takes the place of nbconvert's `strip_files_prefix`.

    The text is in a box of its own, with its style; that of a student's text says whose it is.
    """
    resources = context.get("resources") or {}
    shown = clean(strip_files_prefix(text), _handout_of(resources.get("metadata", {}).get("path", "")))
    classes = f"{BOX} {_OF_THE_STUDENT}" if _is_of_the_student(context.get("cell") or {}) else BOX
    return f'{_STYLE}<div class="{classes}">{shown}</div>'
