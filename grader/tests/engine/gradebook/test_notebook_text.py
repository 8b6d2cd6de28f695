"""The text of a graded notebook is the one that nbformat would write, byte for byte."""

from __future__ import annotations

from typing import Any

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from cnngrade.gradebook.notebook_text import notebook_text

TEXTS = st.text(st.sampled_from('a"\\/\n\r\t\x0b\x0c\x1c\x85\u2028\u00e9\U0001f600<\x00\x7f'), max_size=8)

PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)

BUNDLES = st.dictionaries(
    st.sampled_from(["text/plain", "text/html", "image/svg+xml", "image/png", "application/javascript"]),
    TEXTS | st.lists(TEXTS, max_size=2),
    max_size=3,
) | st.dictionaries(st.sampled_from(["application/json", "application/x+json"]), PLAIN, max_size=2)

METADATA = st.dictionaries(st.sampled_from(["trusted", "tags", "\u00fc"]), PLAIN, max_size=3)

KINDS_OF_OUTPUT = st.one_of(
    st.fixed_dictionaries(
        {"output_type": st.sampled_from(["execute_result", "display_data"]), "data": BUNDLES, "metadata": METADATA}
    ),
    st.fixed_dictionaries({"output_type": st.just("stream"), "name": st.just("stdout"), "text": TEXTS | st.lists(TEXTS)}),
    st.fixed_dictionaries({"output_type": st.just("error"), "ename": TEXTS, "traceback": st.lists(TEXTS, max_size=2)}),
)

SOURCES = TEXTS | st.lists(TEXTS, max_size=2)

CELLS = st.one_of(
    st.fixed_dictionaries(
        {"cell_type": st.just("code"), "source": SOURCES, "metadata": METADATA, "execution_count": st.none() | st.integers()}
        | {"outputs": st.lists(KINDS_OF_OUTPUT, max_size=2)}
    ),
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["markdown", "raw"]), "source": SOURCES, "metadata": METADATA},
        optional={"attachments": st.dictionaries(TEXTS, BUNDLES, max_size=2), "id": TEXTS},
    ),
)

OF_A_NOTEBOOK = st.dictionaries(st.sampled_from(["orig_nbformat", "signature", "language_info", "z"]), PLAIN, max_size=3)


@given(st.lists(CELLS, max_size=3), OF_A_NOTEBOOK)
@settings(max_examples=80, deadline=None)
def test_as_nbformat_writes_it(cells: list[dict[str, Any]], metadata: dict[str, Any]) -> None:
    """whatever is in its cells, outputs and metadata; and the notebook stays as it was"""
    notebook = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    before = repr(notebook)
    assert notebook_text(notebook) == nbformat.v4.writes(notebook)
    assert repr(notebook) == before


def test_another_version() -> None:
    """an exporter of another version of the format gets that version"""
    notebook = new_notebook(cells=[new_code_cell("1\n2")])
    assert notebook_text(notebook, 3) == nbformat.writes(notebook, version=3)
