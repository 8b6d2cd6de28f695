"""The guide for authors describes every key of course.yml, and its examples hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnngrade.course.load import load_course
from cnngrade.course.scaffold import new_unit
from cnngrade.course.schema import schema, violations
from cnngrade.course.yaml_document import YamlDocument
from support.places import ROOT

GUIDE = (ROOT / "docs" / "author.md").read_text(encoding="utf-8")
SECTION = GUIDE[GUIDE.index("## course.yml, key by key") : GUIDE.index("## A unit's files")]
ROWS = dict(re.findall(r"^\| `([a-z_.]+)` \| `(.+?)` \| .+ \|$", SECTION, re.MULTILINE))
EXAMPLE = re.search(r"^```yaml\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


def keys(rules: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key that an author may write, as the guide names it, with its rules."""
    for name, below in rules["properties"].items():
        if below.get("description", "").startswith("Written by `cnngrade release`"):
            continue
        yield prefix + name, below
        inner = below.get("items", below)
        if "properties" in inner:
            yield from keys(inner, f"{prefix}{name}.")


KEYS = dict(keys(schema()))


def test_every_key_is_described() -> None:
    """the table has a row for each key that an author may write, and for no other"""
    assert set(ROWS) == set(KEYS)
    written = set(schema()["properties"]) | set(schema()["properties"]["units"]["items"]["properties"])
    for name in written - {key.rpartition(".")[2] for key in KEYS}:
        assert f"`{name}`" in SECTION, name


@pytest.mark.parametrize("key", sorted(ROWS))
def test_the_example_of_a_key_is_valid(key: str) -> None:
    """the example beside a key has the form that the schema asks for there"""
    value = YamlDocument(f"value: {ROWS[key]}").data["value"]
    assert [found.keyword for found in violations(value, KEYS[key])] == []


def test_the_whole_example_is_a_course(tmp_path: Path) -> None:
    """the example with every key loads, once its units have their files, and says what it says"""
    assert EXAMPLE is not None
    (tmp_path / "course.yml").write_text(EXAMPLE[1], encoding="utf-8")
    course = load_course(tmp_path, unfinished=True)
    for unit in course.units:
        new_unit(course, unit.name, unit.title, unit.points)
    course = load_course(tmp_path)
    assert [unit.functions for unit in course.units] == [("balanced", "reverse"), ("rotate",)]
    used = set(YamlDocument(EXAMPLE[1]).lines)
    names = {".".join(part for part in path if isinstance(part, str)) for path in used}
    assert set(KEYS) <= names
