"""One form in which right work arrives: a file as a tool or a student writes it, and what is right in it when it has run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

IMPORTS = "import numpy as np"
DOUBLE = "def double(x):\n    return 2 * np.asarray(x)"
TRIPLE = "def triple(x):\n    return 3 * np.asarray(x)"

BOTH = frozenset({"double", "triple"})
ONLY_DOUBLE = frozenset({"double"})
ONLY_TRIPLE = frozenset({"triple"})
NEITHER = frozenset[str]()


class Runs(Enum):
    """How the form's author runs it: this is what its points are measured by."""

    KERNEL = "its cells, each in turn, in a kernel"
    PYTHON = "python NAME.py"
    ONE_CELL = "the whole script in a kernel, as `ipython NAME.py` runs it"
    NOT = "Jupyter cannot open it"


@dataclass(frozen=True)
class Form:
    """A form of the tiny unit.

    `file` are the bytes that were handed in, or brings them where a tool makes them; `right` the functions that are right when
    it has run. `judged_instead` are the functions that earn their points where these are others, and `because` says why.
    `beside` are other files of the student in the same folder. `cells` are what its author's editor runs one after the other,
    where the file is a script.
    """

    name: str
    file: bytes | Callable[[], bytes] = field(repr=False)
    right: frozenset[str] = BOTH
    judged_instead: frozenset[str] | None = None
    because: str = ""
    suffix: str = ".ipynb"
    runs: Runs = Runs.KERNEL
    beside: Mapping[str, str] = field(default_factory=dict)
    cells: Sequence[str] = ()

    @property
    def data(self) -> bytes:
        """The file's content."""
        return self.file if isinstance(self.file, bytes) else self.file()

    @property
    def judged(self) -> frozenset[str]:
        """The functions that earn their points."""
        return self.right if self.judged_instead is None else self.judged_instead

    @property
    def student(self) -> str:
        """A name for whoever handed it in."""
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower()).strip("-")


Cell = dict[str, Any]


def code(source: str, **metadata: Any) -> Cell:
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}


def text(source: str, **metadata: Any) -> Cell:
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def raw(source: str, **metadata: Any) -> Cell:
    return {"cell_type": "raw", "metadata": metadata, "source": source}


def _marks(name: str, *, grade: bool, points: float | None = None) -> Cell:
    marks = {"cell_type": "code", "checksum": "0" * 32, "grade": grade, "grade_id": name, "locked": grade}
    worth = {} if points is None else {"points": points}
    return {**marks, "schema_version": 3, "solution": not grade, "task": False, **worth}


def solution(name: str, source: str, **metadata: Any) -> Cell:
    return code(source, nbgrader=_marks(name, grade=False), **metadata)


def _check(name: str) -> str:
    return f'import cnngrade\n\ncnngrade.check("{name}")'


CHECKS = (_check("double"), _check("triple"))
"""The course's own cells, which define nothing."""


def grade(name: str, points: float) -> Cell:
    return code(_check(name), nbgrader=_marks(f"grade-{name}", grade=True, points=points))


def lesson(
    imports: str = IMPORTS,
    double: str = DOUBLE,
    triple: str = TRIPLE,
    first: Sequence[str | Cell] = (),
    between: Sequence[str | Cell] = (),
    last: Sequence[str | Cell] = (),
) -> list[Cell]:
    """Return the cells of the released notebook with work in them, and with more cells of the student's own."""

    def own(cells: Sequence[str | Cell]) -> list[Cell]:
        return [code(cell) if isinstance(cell, str) else cell for cell in cells]

    return [
        *own(first),
        text("# Scaling"),
        code(imports),
        text("## Twice"),
        solution("double", double),
        grade("double", 3),
        *own(between),
        text("## Three times"),
        solution("triple", triple),
        grade("triple", 2),
        *own(last),
        text("*Write your answer here.*"),
    ]


def notebook(cells: Sequence[Cell], minor: int = 5, **metadata: Any) -> dict[str, Any]:
    """Return a notebook of format 4; since 4.5 cells have ids."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    known = {"kernelspec": kernel, "language_info": {"name": "python"}}
    if minor >= 5:
        cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    return {"cells": list(cells), "metadata": known | metadata, "nbformat": 4, "nbformat_minor": minor}


def as_json(content: Any) -> bytes:
    """Return the file that Jupyter writes."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
