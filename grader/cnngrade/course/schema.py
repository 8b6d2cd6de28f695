"""The form of course.yml: keys, types and limits, as `schemas/course.schema.json` describes them.

The schema is JSON Schema, so that an editor can help while course.yml is written. It is read here with a few lines of our own,
which know the keywords that it uses, because a check of one exercise should not wait for `jsonschema` to be imported.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.course.yaml_lines import FILE, Document, NodePath, Problem, did_you_mean

_SCHEMA = Path(__file__).parents[1] / "schemas" / "course.schema.json"


_KINDS = {
    "string": "text", "number": "a number", "integer": "a whole number", "object": "a table (key: value)", "array": "a list",
}  # fmt: skip


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "object": (dict,),
    "array": (list,),
}


_DATES = ("release", "due")


Rules = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """A part of the file that breaks a rule: where it is, what is there, and which keyword of `rules` it breaks."""

    path: NodePath
    value: Any
    keyword: str
    rules: Rules

    @property
    def wanted(self) -> Any:
        """What the keyword asks for."""
        return self.rules[self.keyword]

    @property
    def meaning(self) -> str:
        """What the schema says that this part of the file is for."""
        return str(self.rules.get("description", ""))

    @property
    def key(self) -> str:
        """The nearest key, by which a sentence names the place."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), FILE)


def schema() -> Rules:
    """Return the schema of course.yml."""
    rules: Rules = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return rules


def _is_number(value: Any) -> bool:
    return type(value) in _TYPES["number"]


def _has_type(value: Any, wanted: str) -> bool:
    return type(value) in _TYPES[wanted] or (wanted == "integer" and type(value) is float and value.is_integer())


# Whether a value keeps to a keyword; one to which the keyword does not apply does.
_KEEPS: dict[str, Callable[[Any, Any], bool]] = {
    "type": _has_type,
    "const": lambda value, wanted: type(value) is type(wanted) and bool(value == wanted),
    "required": lambda value, wanted: type(value) is not dict or all(key in value for key in wanted),
    "minItems": lambda value, wanted: type(value) is not list or len(value) >= wanted,
    "minLength": lambda value, wanted: type(value) is not str or len(value) >= wanted,
    "pattern": lambda value, wanted: type(value) is not str or re.search(wanted, value) is not None,
    "minimum": lambda value, wanted: not _is_number(value) or value >= wanted,
    "maximum": lambda value, wanted: not _is_number(value) or value <= wanted,
    "exclusiveMinimum": lambda value, wanted: not _is_number(value) or value > wanted,
}


def _parts(value: Any, keyword: str, rules: Rules) -> Iterator[tuple[str | int, Rules]]:
    """Yield the keys of the parts of a value for which a keyword has rules of their own, with these rules."""
    wanted = rules[keyword]
    if keyword == "properties" and type(value) is dict:
        yield from ((key, wanted[key]) for key in wanted if key in value)
    elif keyword == "additionalProperties" and type(value) is dict and wanted is not False:
        yield from ((key, wanted) for key in value if key not in rules.get("properties", {}))
    elif keyword == "items" and type(value) is list:
        yield from ((index, wanted) for index in range(len(value)))


def violations(value: Any, rules: Rules, path: NodePath = ()) -> Iterator[Violation]:
    """Yield every way in which the value at `path` breaks the rules."""
    for keyword in rules:
        strangers = keyword == "additionalProperties" and rules[keyword] is False and type(value) is dict
        if strangers and not set(value) <= set(rules.get("properties", {})):
            yield Violation(path, value, keyword, rules)
        if keyword in _KEEPS and not _KEEPS[keyword](value, rules[keyword]):
            yield Violation(path, value, keyword, rules)
        for key, below in _parts(value, keyword, rules):
            yield from violations(value[key], below, (*path, key))


def _type_problem(found: Violation) -> str:
    """Say which type is needed, and how to give it."""
    value, wanted, path, key = found.value, found.wanted, found.path, found.key
    what = f'"{key}"' if not path or isinstance(path[-1], str) else f'each entry of "{key}"'
    if value is None and not path:
        return "the file is empty. It must be a table with at least the keys title and units."
    if value is None:
        return f"{what} has no value. {found.meaning or 'Give it one, or remove the line.'}"
    remedy = ""
    if wanted == "string" and isinstance(value, bool | int | float) and key not in _DATES:
        remedy = "Put it in quotes."
    elif wanted in ("number", "integer") and isinstance(value, str) and re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", value):
        remedy = "Remove the quotes."
    return f"{what} must be {_KINDS[wanted]}, not {reprlib.repr(value)}. {remedy or found.meaning}".rstrip()


def _limit_problem(found: Violation) -> str:
    relation = {
        "minimum": "less than the minimum of",
        "maximum": "greater than the maximum of",
        "exclusiveMinimum": "less than or equal to the minimum of",
    }[found.keyword]
    return f'"{found.key}": {found.value!r} is {relation} {found.wanted!r}. {found.meaning}'.rstrip()


def _in_words(found: Violation) -> Iterator[tuple[NodePath, str]]:
    """Say what is wrong, and where: a missing or an unknown key has a sentence of its own each."""
    path, key, properties = found.path, found.key, found.rules.get("properties", {})
    match found.keyword:
        case "additionalProperties":
            for unknown in sorted(set(found.value) - set(properties)):
                yield (*path, unknown), f'there is no key "{unknown}" here.{did_you_mean(unknown, sorted(properties))}'
        case "required":
            for missing in (name for name in found.wanted if name not in found.value):
                purpose = properties[missing].get("description", "")
                yield path, f'the key "{missing}" is missing. {purpose}'.rstrip()
        case "type":
            yield path, _type_problem(found)
        case "pattern":
            allowed = found.meaning or "letters, digits and _ only, a letter first."
            yield path, f'{reprlib.repr(found.value)} cannot be used as "{key}": {allowed}'
        case "const":
            yield path, f'"{key}" must be {str(found.wanted).lower()} or left out. {found.meaning}'.rstrip()
        case "minItems" | "minLength":
            yield path, f'"{key}" is empty. {found.meaning}'.rstrip()
        case _:
            yield path, _limit_problem(found)


def form_problems(document: Document) -> list[Problem]:
    """Return every way in which the file's form differs from the schema."""
    said = dict.fromkeys(part for found in violations(document.data, schema()) for part in _in_words(found))
    return [Problem(document.line(path), text) for path, text in said]
