"""course.yml from its file, as YAML, or as JSON where a release has written it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from cnngrade.course.yaml_lines import FILE, Document, NodePath, Problem
from cnngrade.errors import CourseError, Fault, is_shortage

# What JSON leaves as it is, and YAML takes for the end of a line or does not accept.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class _AsReleased:
    """A file as `as_json` has written it. Most are sound, and nobody asks for a line of theirs."""

    def __init__(self, text: str, data: Any) -> None:
        self.data, self.problems, self._text = data, list[Problem](), text
        self._as_yaml: Document | None = None

    def line(self, path: NodePath) -> int:
        """Return the line of the nearest part that is there."""
        from cnngrade.course.yaml_document import read_yaml  # as below

        self._as_yaml = self._as_yaml or read_yaml(self._text)
        return self._as_yaml.line(path)


def as_json(head: str, document: dict[str, Any]) -> str:
    """Return a course.yml that is read without PyYAML, which takes longer to load than the rest of the course.

    `head` are lines of comments. JSON is YAML as well.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return head + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _refused(_: str) -> NoReturn:
    raise ValueError


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    return table if len(table) == len(pairs) else _refused("a key twice")


def _released(text: str) -> _AsReleased | None:
    """Return the document if the text may be one that `as_json` has written: whatever else it is, YAML has words for it."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if not line.startswith("#")), 0)
    if not lines[first].startswith("{") or "\\u" in text:
        return None
    try:
        data = json.loads("\n".join(lines[first:]), object_pairs_hook=_table, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    return _AsReleased(text, data)


def read_document(path: Path) -> Document:
    """Parse the file; raises CourseError with the line at which it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        kind = Fault if is_shortage(error) else CourseError
        raise kind(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CourseError(f"{FILE}, line {line}: the file is not UTF-8. Save it again with the encoding UTF-8.") from error
    if document := _released(text):
        return document
    from cnngrade.course.yaml_document import read_yaml  # a student's folder can do without

    return read_yaml(text)
