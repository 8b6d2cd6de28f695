"""course.yml as YAML: plain data whose every part knows its line, or an error that names the line."""

from __future__ import annotations

import math
from typing import Any

import yaml

from cnngrade.course.yaml_lines import FILE, NodePath, Problem
from cnngrade.errors import CourseError

_MAX_OPEN = 50


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        # A whole number has no limit of its own, and one that is not a float cannot be added up or printed.
        return False


class _Loader(yaml.SafeLoader):
    """Reads no deeper than anybody writes: PyYAML takes the square of the number of brackets that are open."""

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        if self.flow_level >= _MAX_OPEN:
            text = "lists and tables are nested too deeply"
            raise yaml.scanner.ScannerError(None, None, text, self.get_mark())
        super().fetch_flow_collection_start(token)


class YamlDocument:
    """The parsed file: plain data, and the line of every part of it. Dates stay strings, so that errors can quote them.

    `problems` is what YAML allows and we do not: keys that repeat, numbers that are not finite, strings that no file can hold,
    and aliases for whole lists or tables (they may contain themselves).
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[NodePath, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        loader = _Loader(text)
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
        line = self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.CollectionNode):
            if id(node) in self._seen:
                self.problems.append(Problem(line, "an alias (*name) repeats a list or a table. Write it out instead."))
                return None
            self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._table(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(part, (*path, index)) for index, part in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:timestamp":
            return str(node.value)
        try:
            value = self._loader.construct_object(node)
        except ValueError as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error
        if isinstance(value, int | float) and not _is_finite(value):
            self.problems.append(Problem(line, f"{node.value[:40]} is not a number to compute with. Write a finite one."))
            return None
        if isinstance(value, str):
            self._check_text(value, line)
        return value

    def _check_text(self, text: str, line: int) -> None:
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            self.problems.append(Problem(line, "a text holds half of a character (\\ud800 to \\udfff). Write it again."))

    def _table(self, node: yaml.MappingNode, path: NodePath) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(line, "a list or a table cannot be a key. Use a word."))
                continue
            key = str(key_node.value)
            self._check_text(key, line)
            if key in table:
                first = self.lines[(*path, key)]
                self.problems.append(Problem(line, f'"{key}" is here for the second time (first on line {first}). Keep one.'))
                continue
            self.lines[(*path, key)] = line
            table[key] = self._value(value_node, (*path, key))
        return table


def read_yaml(text: str) -> YamlDocument:
    """Parse the file's text; raises CourseError with the line at which it cannot be read."""
    try:
        return YamlDocument(text)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is noticed at the file's end; the place to fix is where it was opened.
        to_the_end = error.problem is not None and "end of stream" in error.problem
        mark = (error.context_mark if to_the_end else None) or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CourseError(
            f"{FILE}, line {line}: this is not YAML: {error.problem}. Look at the indentation and the quotes."
        ) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise CourseError(
            f"{FILE}, line {line}: there is an invisible character here (code {error.character}). Write the line again."
        ) from error
    except yaml.YAMLError as error:
        raise CourseError(f"{FILE}: this is not YAML: {error}") from error
    except RecursionError as error:
        raise CourseError(f"{FILE}: lists and tables are nested too deeply. Look for brackets left open.") from error
    except Exception as error:
        # PyYAML fails in ways of its own on escapes, tags and directives that make no sense.
        text = f"{FILE}: this is not YAML: {type(error).__name__}: {error}. Look for backslashes and tags."
        raise CourseError(text) from error
