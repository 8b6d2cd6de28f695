"""course.yml as plain data whose every part knows its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cnngrade.errors import CourseError

FILE = "course.yml"

NodePath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line."""

    line: int
    text: str


class Document:
    """The parsed file: plain data, and the line of every part of it. Dates stay texts, so that errors can quote them."""

    def __init__(self, text: str) -> None:
        self.lines: dict[NodePath, int] = {}
        self.duplicates: list[Problem] = []
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            self._loader = loader
            self.data: Any = None if node is None else self._value(node, ())
        finally:
            loader.dispose()

    def line(self, path: NodePath) -> int:
        """Return the line of the nearest part that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _value(self, node: yaml.Node, path: NodePath) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._table(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(part, (*path, index)) for index, part in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:timestamp":
            return str(node.value)
        return self._loader.construct_object(node)

    def _table(self, node: yaml.MappingNode, path: NodePath) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in table:
                first = self.lines[(*path, key)]
                self.duplicates.append(
                    Problem(line, f'"{key}" stands here for the second time (first on line {first}). Keep one.')
                )
                continue
            self.lines[(*path, key)] = line
            table[key] = self._value(value_node, (*path, key))
        return table


def read_document(path: Path) -> Document:
    """Parse the file; raises CourseError with the line at which it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CourseError(f"{FILE}, line {line}: the file is not UTF-8. Save it again with the encoding UTF-8.") from error
    try:
        return Document(text)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is noticed at the file's end, and was forgotten where it was opened.
        to_the_end = error.problem is not None and "end of stream" in error.problem
        mark = (error.context_mark if to_the_end else None) or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CourseError(
            f"{FILE}, line {line}: this is not YAML: {error.problem}. Look at the indentation and the quotes."
        ) from error
    except yaml.YAMLError as error:
        raise CourseError(f"{FILE}: this is not YAML: {error}") from error
