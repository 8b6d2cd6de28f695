"""A feedback page as nbconvert makes it, without doing for each student what is the same for all.

nbconvert compiles its templates anew for each page, colours the cells of the lesson again, and at last reads the whole page
back, a third of a megabyte, for the sake of pictures that say nothing to who cannot see them.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any

from bs4 import BeautifulSoup
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from cnngrade.gradebook.compat import read_back_by

# A picture, and whether it says what it shows; and what belongs to pages of JupyterLab's look, which are changed as well.
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)


_DESCRIBED = re.compile(r"""<img(?:\s+[\w:-]+(?:="[^"]*")?)*?\s+alt="[^"]*\"""", re.IGNORECASE)


_OF_THE_LAB = "jp-Notebook"


# The cells of a lesson and what a class writes alike; what is longer was written by one student.
_MOST_CELLS, _MOST_CHARACTERS = 256, 5_000


# Where Jinja notes what a filter is handed besides: the context, for one.
_HANDED = "jinja_pass_arg"


class _Untouched:
    """A page that has not to be read back: nothing in it is looked for, and its text is as it was."""

    def __init__(self, page: str) -> None:
        self._page = page

    def select(self, _: str) -> Sequence[Any]:
        return ()

    def __str__(self) -> str:
        return self._page


def _read_back(page: str, features: str) -> BeautifulSoup | _Untouched:
    """Return what nbconvert looks through the page with."""
    if _OF_THE_LAB in page or len(_PICTURE.findall(page)) != len(_DESCRIBED.findall(page)):
        return BeautifulSoup(page, features=features)
    return _Untouched(page)


class _Compiled(BytecodeCache):
    """The compiled templates of all pages that this process makes."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, bool, frozenset[tuple[str, str]]], tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._code.get(self._key(bucket), ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[self._key(bucket)] = bucket.checksum, bucket.code

    def _key(self, bucket: Bucket) -> tuple[str, bool, frozenset[tuple[str, str]]]:
        # What an instructor may switch on for a course makes other code of the same template, and so does a filter that is
        # handed more than what it filters.
        environment = bucket.environment
        handed = {(name, str(kind)) for name, made in environment.filters.items() if (kind := getattr(made, _HANDED, None))}
        return bucket.key, environment.is_async, frozenset(handed)


_compiled = _Compiled()


_coloured: OrderedDict[tuple[str | None, ...], str] = OrderedDict()
"""Code in colours, what was used last at the end."""


def _colours(highlight: Highlight2HTML) -> Callable[..., str]:
    """Return a filter of nbconvert's that colours code, unless the same was coloured for another page."""

    def colour(source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None) -> str:
        if len(source) > _MOST_CHARACTERS:
            return str(highlight(source, language, metadata))
        lexer, options = language or highlight.pygments_lexer, repr(highlight.extra_formatter_options)
        code = (source, lexer, (metadata or {}).get("magics_language"), options)
        _coloured[code] = page = _coloured.pop(code, None) or str(highlight(source, language, metadata))
        if len(_coloured) > _MOST_CELLS:
            _coloured.popitem(last=False)
        return page

    return colour


class FeedbackPage(HTMLExporter):  # type: ignore[misc]  # nbconvert ships no types
    """nbconvert's exporter for one page; what all pages have in common is kept for the next."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return a page and what belongs to it."""
        chosen: dict[str, Any] = self.filters  # type: ignore[has-type]  # one of nbconvert's traits
        if "highlight_code" not in chosen:
            language = nb.metadata.get("language_info", {})
            lexer = language.get("pygments_lexer", language.get("name"))
            self.filters = {**chosen, "highlight_code": _colours(Highlight2HTML(pygments_lexer=lexer, parent=self))}
        self.environment.bytecode_cache = _compiled
        with read_back_by(_read_back):
            page: tuple[str, dict[str, Any]] = super().from_notebook_node(nb, resources, **more)
        return page
