"""What tools make of the file of a notebook: versions of the format, encodings, and metadata as each tool writes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from support.forms.cells import differs
from support.forms.form import (
    BOTH,
    DOUBLE,
    IMPORTS,
    NEITHER,
    ONLY_TRIPLE,
    TRIPLE,
    Cell,
    Form,
    Runs,
    as_json,
    code,
    grade,
    lesson,
    notebook,
    raw,
    solution,
    text,
)

RIGHT = notebook(lesson())
_PICTURE = {"image/png": "iVBORw0KGgo" * 10_000, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
_OUTPUTS: list[dict[str, Any]] = [
    {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]},
    {"output_type": "stream", "name": "stderr", "text": "oh\n"},
    {"output_type": "display_data", "data": _PICTURE, "metadata": {"needs_background": "light"}},
    {"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": ["5"]}, "metadata": {}},
    {"output_type": "error", "ename": "NameError", "evalue": "no", "traceback": ["\u001b[0;31mNameError\u001b[0m: no"]},
]


def changed(change: Callable[[int, Cell], Cell], minor: int = 5, **metadata: Any) -> dict[str, Any]:
    """Return the right notebook with every cell changed."""
    return notebook([change(number, cell) for number, cell in enumerate(lesson())], minor, **metadata)


def with_metadata(code_cell: dict[str, Any], text_cell: dict[str, Any], **of_notebook: Any) -> dict[str, Any]:
    """Return the right notebook with metadata added to its cells, by their kind, and to itself."""

    def add(_: int, cell: Cell) -> Cell:
        return cell | {"metadata": cell["metadata"] | (code_cell if cell["cell_type"] == "code" else text_cell)}

    return changed(add, 4, **of_notebook)


def without(*names: str, minor: int = 4) -> dict[str, Any]:
    """Return the right notebook with keys missing in its cells."""
    return changed(lambda _, cell: {key: value for key, value in cell.items() if key not in names}, minor)


def as_lists(_: int, cell: Cell) -> Cell:
    return cell | {"source": cell["source"].splitlines(keepends=True)}


def as_letters(_: int, cell: Cell) -> Cell:
    return cell | {"source": list(cell["source"])}


def run(number: int, cell: Cell) -> Cell:
    """Return the cell as it is after it has run, in another order than it stands in."""
    return cell | ({"execution_count": 99 - number, "outputs": _OUTPUTS} if cell["cell_type"] == "code" else {})


def version_3() -> dict[str, Any]:
    """Return the right notebook as IPython 1 and 2 wrote it."""

    def old(cell: Cell) -> Cell:
        if cell["cell_type"] != "code":
            return {"cell_type": "markdown", "metadata": {}, "source": [cell["source"]]}
        lines = cell["source"].splitlines(keepends=True)
        facts = {"cell_type": "code", "collapsed": False, "language": "python", "metadata": cell["metadata"]}
        return {**facts, "input": lines, "outputs": [], "prompt_number": 1}

    heading = {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Scaling"]}
    sheet = {"cells": [heading, *map(old, lesson())], "metadata": {}}
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]}


VERSIONS = [
    Form("as it was released", as_json(RIGHT)),
    *(Form(f"format 4.{minor}", as_json(notebook(lesson(), minor))) for minor in (0, 1, 2, 3, 4)),
    Form("format 3", as_json(version_3())),
    Form("no minor version", as_json({key: RIGHT[key] for key in ("cells", "metadata", "nbformat")} | {"nbformat_minor": 5})),
    Form("minor version of the future", as_json(RIGHT | {"nbformat_minor": 9})),
    Form("sources as lists", as_json(changed(as_lists))),
    Form("sources as lists of letters", as_json(changed(as_letters))),
    Form("no ids", as_json(RIGHT | {"cells": lesson()})),
    Form("ids twice", as_json(changed(lambda _, cell: cell | {"id": "same"}))),
    Form("no outputs", as_json(without("outputs", "execution_count"))),
    Form("no metadata in cells", as_json(notebook([{**cell, "metadata": {}} for cell in lesson()]))),
    differs(
        Form("no metadata at all", as_json(without("metadata")), NEITHER, runs=Runs.NOT),
        BOTH,
        "Jupyter refuses it; it is all there",
    ),
    Form("keys that nobody knows", as_json({**changed(lambda _, cell: cell | {"extra": [1]}), "more": {"a": None}})),
    Form("cells out of order", as_json(changed(run))),
    Form("outputs of ten megabytes", as_json(notebook([*lesson(), code("1") | {"outputs": _OUTPUTS * 90}]))),
]

ENCODINGS = [
    differs(
        Form("byte order mark", b"\xef\xbb\xbf" + as_json(RIGHT), NEITHER, runs=Runs.NOT),
        BOTH,
        "Jupyter refuses it; other editors write and read it",
    ),
    Form("windows line ends", as_json(RIGHT).replace(b"\n", b"\r\n")),
    Form("one line of json", json.dumps(RIGHT).encode()),
    Form("everything escaped", json.dumps(notebook(lesson(double=f"größe = '🙂'\n{DOUBLE}"))).encode()),
    Form("spaces around the json", b"\n\n  " + as_json(RIGHT) + b"\n\n\n"),
    Form("half an emoji", as_json(notebook(lesson())).replace(b"# Scaling", b"# \\ud83d")),
    Form("half an emoji in a cell", json.dumps(notebook(lesson(double=f"x = '\ud83d'\n{DOUBLE}"))).encode(), ONLY_TRIPLE),
    Form("utf-16", json.dumps(RIGHT).encode("utf-16"), NEITHER, runs=Runs.NOT),
    Form("cut off", as_json(RIGHT)[:-200], NEITHER, runs=Runs.NOT),
    Form("conflict in the json", b"<<<<<<< HEAD\n" + as_json(RIGHT) + b"=======\n>>>>>>> other\n", NEITHER, runs=Runs.NOT),
]

_TIMES = {"iopub.execute_input": "2026-02-24T22:20:26.666469Z", "iopub.status.busy": "2026-02-24T22:20:26.664677Z"}
_KAGGLE = {"_uuid": "051d70d956493feee0c6d64651c6a088724dca2a", "_cell_guid": "b1076dfc-b9ad-4769-8c92-a6c4dae69d19"}
_DATABRICKS = {
    "application/vnd.databricks.v1+cell": {
        "cellMetadata": {"byteLimit": 2048000, "rowLimit": 10000},
        "inputWidgets": {},
        "nuid": "0851d832-e11f-466e-aa97-41bf1894b9ad",
        "showTitle": False,
        "title": "",
    }
}
_WIDGETS = {"application/vnd.jupyter.widget-state+json": {"state": {"ab": {"model_name": "LayoutModel"}}, "version_major": 2}}

TOOLS = [
    Form(
        "Colab",
        as_json(
            with_metadata(
                {"id": "J3F5ONCyrxgK", "colab": {"base_uri": "https://localhost:8080/", "height": 139}, "outputId": "19fe063e"},
                {"id": "4mn8bnzj-Y5R"},
                colab={"provenance": [], "collapsed_sections": [], "toc_visible": True},
                accelerator="GPU",
                kernelspec={"name": "python3", "display_name": "Python 3"},
            )
            | {"nbformat_minor": 0}
        ),
    ),
    Form(
        "Colab of old",
        as_json(with_metadata({"colab_type": "code", "colab": {}}, {"colab_type": "text"}, colab={"version": "0.3.2"})),
    ),
    Form(
        "Colab's forms",
        as_json(
            notebook(
                lesson(
                    double='#@title Twice { display-mode: "form" }\nfactor = 2 #@param {type:"slider", min:0, max:9}\n'
                    'name = "a" # @param ["a", "b"] {allow-input: true}\n#@markdown Now double it.\n'
                    "def double(x):\n    return factor * np.asarray(x)",
                    between=[code("#@title\nprint(1)", cellView="form", id="setup")],
                ),
                0,
            )
        ),
    ),
    Form(
        "Kaggle",
        as_json(
            with_metadata(
                {**_KAGGLE, "_kg_hide-input": True, "trusted": True, "execution": _TIMES},
                _KAGGLE,
                kaggle={
                    "accelerator": "none",
                    "dataSources": [],
                    "isGpuEnabled": False,
                    "language": "python",
                    "sourceType": "notebook",
                },
            )
        ),
    ),
    Form(
        "papermill",
        as_json(
            with_metadata(
                {"papermill": {"duration": 1.03, "exception": False, "status": "completed"}, "tags": []},
                {"papermill": {"duration": None, "status": "pending"}, "tags": []},
                papermill={"default_parameters": {}, "version": "2.4.0", "environment_variables": {}},
            )
        ),
    ),
    Form(
        "papermill's parameters",
        as_json(
            notebook(
                lesson(
                    first=[
                        code("factor = 7", tags=["parameters"]),
                        code("# Parameters\nfactor = 2\n", tags=["injected-parameters"]),
                    ],
                    double="def double(x):\n    return factor * np.asarray(x)",
                )
            )
        ),
    ),
    Form(
        "VS Code",
        as_json(
            with_metadata(
                {"vscode": {"languageId": "python"}},
                {"vscode": {"languageId": "plaintext"}},
                vscode={"interpreter": {"hash": "aee8b7b246df8f9039afb4a5e517e"}},
                kernelspec={"display_name": ".venv", "name": "python3"},
            )
        ),
    ),
    Form(
        "Deepnote",
        as_json(
            with_metadata(
                {
                    "cell_id": "00000-ede5d12f",
                    "deepnote_cell_type": "code",
                    "deepnote_to_be_reexecuted": False,
                    "execution_millis": 895,
                    "execution_start": 1609771864303,
                    "source_hash": "dc007c46",
                },
                {"cell_id": "00001-bfed870b", "deepnote_cell_type": "markdown"},
                deepnote={},
                deepnote_notebook_id="f1a0",
                deepnote_execution_queue=[],
            )
        ),
    ),
    Form(
        "Databricks",
        as_json(
            with_metadata(
                _DATABRICKS,
                _DATABRICKS,
                **{"application/vnd.databricks.v1+notebook": {"language": "python", "notebookName": "scaling"}},
            )
        ),
    ),
    Form(
        "PyCharm",
        as_json(with_metadata({"pycharm": {"name": "#%%\n", "is_executing": False}}, {"pycharm": {"name": "#%% md\n"}})),
    ),
    Form(
        "JupyterLab",
        as_json(
            with_metadata(
                {
                    "jupyter": {"source_hidden": True, "outputs_hidden": True},
                    "collapsed": True,
                    "scrolled": "auto",
                    "editable": True,
                    "slideshow": {"slide_type": "skip"},
                    "tags": [],
                },
                {"jp-MarkdownHeadingCollapsed": True},
                toc={"base_numbering": 1},
                varInspector={"cols": {}},
                widgets=_WIDGETS,
            )
        ),
    ),
    Form(
        "conda kernel",
        as_json(with_metadata({}, {}, kernelspec={"display_name": "cnn", "language": "python", "name": "conda-env-cnn-py"})),
    ),
    Form("jupytext beside", as_json(with_metadata({}, {}, jupytext={"formats": "ipynb,py:percent"}))),
    Form(
        "marks stripped",
        as_json(notebook([code(cell["source"]) if cell["cell_type"] == "code" else cell for cell in lesson()])),
    ),
    Form("marks copied with a cell", as_json(notebook([*lesson(), *lesson()]))),
    Form(
        "marks of another cell",
        as_json(
            notebook(
                [code(IMPORTS), solution("triple", DOUBLE), solution("double", TRIPLE), grade("double", 3), grade("triple", 2)]
            )
        ),
    ),
    Form("notebook of one's own", as_json(notebook([code(IMPORTS), code(DOUBLE), code(TRIPLE)]))),
    Form("a solution turned into text", as_json(notebook(lesson(double="", last=[text(DOUBLE), raw(DOUBLE)]))), ONLY_TRIPLE),
    Form(
        "attachments and pictures",
        as_json(
            notebook([text("![a](attachment:a.png)") | {"attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}}, *lesson()])
        ),
    ),
    differs(
        Form(
            "work in a grade cell",
            as_json(
                notebook(
                    [
                        cell
                        if cell["metadata"].get("nbgrader", {}).get("grade_id") != "grade-double"
                        else cell | {"source": DOUBLE}
                        for cell in lesson(double="")
                    ]
                )
            ),
            BOTH,
        ),
        ONLY_TRIPLE,
        "a grade cell is the course's own: what a student writes into it is undone",
    ),
]

FILES = [*VERSIONS, *ENCODINGS, *TOOLS]
