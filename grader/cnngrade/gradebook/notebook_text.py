"""A notebook as the text of its file, as `nbformat.writes` makes it, in a fraction of the time.

Python's JSON indents in Python, a thousand small pieces for each notebook, and nbformat copies the notebook before. A graded
notebook is checked as it is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

import nbformat
from nbformat import NotebookNode

_OF_TODAY = 4


# Of what is attached to a cell or comes out of it, this is text, and stands in the file line by line.
_TEXTS = ("application/javascript", "image/svg+xml")


_TRANSIENT = ("orig_nbformat", "orig_nbformat_minor", "signature")


def _encoded(value: Any, margin: str = "\n") -> str:
    """Return a plain value as JSON, keys in order, each level one space further right; `margin` begins a line around it."""
    if isinstance(value, str):
        return encode_basestring(value)
    inside = f"{margin} "
    if isinstance(value, list | tuple):
        parts = [_encoded(part, inside) for part in value]
        return f"[{inside}{f',{inside}'.join(parts)}{margin}]" if parts else "[]"
    if isinstance(value, dict):
        parts = [f"{encode_basestring(key)}: {_encoded(part, inside)}" for key, part in sorted(value.items())]
        return f"{{{inside}{f',{inside}'.join(parts)}{margin}}}" if parts else "{}"
    return json.dumps(value)


def _lines(value: Any) -> Any:
    return value.splitlines(keepends=True) if isinstance(value, str) else value


def _bundle(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is in several media types, texts as their lines."""
    return {kind: _lines(part) if kind.startswith("text/") or kind in _TEXTS else part for kind, part in data.items()}


def _output(output: Mapping[str, Any]) -> Mapping[str, Any]:
    if output["output_type"] in ("execute_result", "display_data"):
        return {**output, "data": _bundle(output.get("data", {}))} if "data" in output else output
    return {**output, "text": _lines(output["text"])} if output["output_type"] == "stream" else output


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {"metadata": _without(cell["metadata"], ("trusted",))}
    if "source" in cell:
        changed["source"] = _lines(cell["source"])
    if "attachments" in cell:
        changed["attachments"] = {name: _bundle(data) for name, data in cell["attachments"].items()}
    if cell["cell_type"] == "code":
        changed["outputs"] = [_output(output) for output in cell["outputs"]]
    return {**cell, **changed}


def _without(metadata: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name not in names}


def notebook_text(nb: NotebookNode, version: int = _OF_TODAY) -> str:
    """Return the text of a valid notebook's file, in a version of the format."""
    if (version, nb.nbformat) != (_OF_TODAY, _OF_TODAY):
        other: str = nbformat.writes(nb, version=version)
        return other
    cells = [_cell(cell) for cell in nb.cells]
    return _encoded({**nb, "cells": cells, "metadata": _without(nb.metadata, _TRANSIENT)})
