"""The examples (>>>) of a unit, in its stubs' docstrings and in its lesson's text: each must hold for the solution."""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnngrade.course import paths
from cnngrade.model import Course, Unit

_CELL = re.compile(r"# %%(?P<kind>.*)")


_FENCE = re.compile(r"# {1,4}```+ *(?P<language>[\w-]*)\s*")


def blocks_in_text(source: str) -> Iterator[tuple[int, str]]:
    """Yield the fenced blocks of Python with a `>>>` in a py:percent file's text, each after the number of its first line."""
    in_text, language, first = False, None, 0
    block: list[str] = []
    for number, line in enumerate(source.splitlines(), 1):
        if cell := _CELL.match(line):
            in_text, language = "[markdown]" in cell["kind"], None
        elif in_text and (fence := _FENCE.fullmatch(line)):
            if language is None:
                language, block, first = fence["language"], [], number + 1
                continue
            if language == "python" and any(text.lstrip().startswith(">>>") for text in block):
                yield first, "\n".join([*block, ""])
            language = None
        elif language is not None:
            block.append(line.removeprefix("#").removeprefix(" "))


def _what_fails(text: str, names: Mapping[str, Any], path: Path, line: int) -> str:
    """Run the examples of a text, in the folder of the exercises as a student does, and say what does not hold, if anything."""
    try:
        examples = doctest.DocTestParser().get_doctest(text, dict(names), "example", str(path), line)
    except ValueError as error:
        return str(error)
    said = io.StringIO()
    with contextlib.chdir(path.parent):
        doctest.DocTestRunner(verbose=False).run(examples, out=said.write)
    return said.getvalue().strip()


def _docstrings(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    """Yield the docstring of a function, or those of a class and of its methods."""
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef)] if isinstance(node, ast.ClassDef) else []
    yield from filter(None, map(ast.get_docstring, (node, *methods)))


def check_examples(course: Course, unit: Unit, solution: ModuleType) -> Iterator[str]:
    """Yield what is wrong: an example that the solution does not pass, and a docstring that has none."""
    path = paths.exercise_file(course, unit.name)
    source = path.read_text(encoding="utf-8")
    names = {"np": np} | {name: getattr(solution, name) for name in unit.functions if hasattr(solution, name)}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name not in unit.functions:
            continue
        text = "\n\n".join(_docstrings(node))
        if not text:
            continue
        if ">>>" not in text:
            yield f"{path}, line {node.lineno}: the docstring of {node.name} has no example (>>>)."
        if fails := _what_fails(text, names, path, node.lineno):
            yield f"{path}: an example of {node.name} does not hold for the solution.\n{fails}"
    for line, text in blocks_in_text(source):
        if fails := _what_fails(text, names, path, line - 1):
            yield f"{path}, line {line}: an example in the lesson's text does not hold for the solution.\n{fails}"
