"""The form of course.yml: keys, types and limits, as `schemas/course.schema.json` describes them.

A file that fits is recognised with a few lines of our own, because a check of one exercise should not wait for `jsonschema`
to be imported. Only a file that does not fit is held against the schema by `jsonschema`, which finds everything to complain of.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnngrade.course.yaml_lines import FILE, Document, NodePath, Problem, did_you_mean

_SCHEMA = Path(__file__).parents[1] / "schemas" / "course.schema.json"


_KINDS = {
    "string": "a text", "number": "a number", "integer": "a whole number", "object": "a table (key: value)", "array": "a list",
}  # fmt: skip


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "object": (dict,),
    "array": (list,),
}


_DATES = ("release", "due")


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schema


def _fits_number(value: float, schema: dict[str, Any]) -> bool:
    return (
        value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and not ("exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"])
    )


def _fits_table(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    if any(key not in value for key in schema.get("required", ())):
        return False
    return all(
        _fits(part, known[key]) if key in known else (other if isinstance(other, bool) else _fits(part, other))
        for key, part in value.items()
    )


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    if "const" in schema:
        return type(value) is type(schema["const"]) and bool(value == schema["const"])
    whole = schema["type"] == "integer" and type(value) is float and value.is_integer()
    if type(value) not in _TYPES[schema["type"]] and not whole:
        return False
    if isinstance(value, dict):
        return _fits_table(value, schema)
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(_fits(part, schema["items"]) for part in value)
    if isinstance(value, str):
        return len(value) >= schema.get("minLength", 0) and re.search(schema.get("pattern", ""), value) is not None
    return _fits_number(value, schema)


def _type_problem(error: Any, path: NodePath, key: str) -> str:
    """Say which type is needed, and how to give it."""
    found, wanted = error.instance, error.validator_value
    meaning = error.schema.get("description", "")
    what = f'"{key}"' if not path or isinstance(path[-1], str) else f'each entry of "{key}"'
    if found is None and not path:
        return "the file is empty. It must be a table with at least the keys title and units."
    if found is None:
        return f"{what} has no value. {meaning or 'Give it one, or take the line away.'}"
    remedy = ""
    if wanted == "string" and isinstance(found, bool | int | float) and key not in _DATES:
        remedy = "Put it in quotes."
    elif wanted in ("number", "integer") and isinstance(found, str) and re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", found):
        remedy = "Take the quotes away."
    return f"{what} must be {_KINDS.get(wanted, wanted)}, not {reprlib.repr(found)}. {remedy or meaning}".rstrip()


def _problems(error: Any) -> Iterator[tuple[NodePath, str]]:
    """Say in words what the schema found."""
    path: NodePath = tuple(error.absolute_path)
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), FILE)
    meaning = error.schema.get("description", "")
    match error.validator:
        case "additionalProperties":
            known = sorted(error.schema.get("properties", {}))
            for unknown in sorted(set(error.instance) - set(known)):
                yield (*path, unknown), f'there is no key "{unknown}" here.{did_you_mean(unknown, known)}'
        case "required":
            # One error is reported for each missing key, and it does not say which: take all; equal ones are told once.
            for missing in (name for name in error.validator_value if name not in error.instance):
                purpose = error.schema["properties"][missing].get("description", "")
                yield path, f'the key "{missing}" is missing. {purpose}'.rstrip()
        case "type":
            yield path, _type_problem(error, path, key)
        case "pattern":
            allowed = meaning or "letters, digits and _ only, a letter first."
            yield path, f'{reprlib.repr(error.instance)} cannot be used as "{key}": {allowed}'
        case "const":
            yield path, f'"{key}" must be {str(error.validator_value).lower()} or left out. {meaning}'.rstrip()
        case "minItems" | "minLength":
            yield path, f'"{key}" is empty. {meaning}'.rstrip()
        case _:
            yield path, f'"{key}": {error.message}. {meaning}'.rstrip()


def form_problems(document: Document) -> list[Problem]:
    """Return everything in which the file's form differs from the schema."""
    schema = _schema()
    if _fits(document.data, schema):
        return []
    # jsonschema takes long to import, and a file that fits needs none of it.
    import jsonschema

    found = [part for error in jsonschema.Draft202012Validator(schema).iter_errors(document.data) for part in _problems(error)]
    return [Problem(document.line(path), text) for path, text in dict.fromkeys(found)]
