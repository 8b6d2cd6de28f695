"""docs/engine.md is true: the rooms are those of the code, the ways lead down, and every function on them exists."""

from __future__ import annotations

import importlib
import re

import pytest

from repository.test_layers import ROOMS, room_of
from support.places import ROOT

PAGE = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
MOST_WORDS = 25


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[str]:
    """Return the first cell of every row of a table, without its head."""
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")][1:]


def ways() -> list[tuple[str, list[str]]]:
    """Return (title, names in order) for every list of calls."""
    found = []
    for part in section("Five ways through the engine").split("\n### ")[1:]:
        title, _, text = part.partition("\n")
        for calls in re.split(r"\n\n(?!- )", text):
            if names := re.findall(r"^- `([\w.]+)`", calls, re.MULTILINE):
                found.append((title, names))
    return found


def thing(name: str) -> object:
    """Return what a dotted name means: the longest module in it, and an attribute of an attribute of that."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f"there is no module of {name}")


def test_the_rooms_are_those_of_the_code() -> None:
    """the table names every package, in the order in which they may import"""
    names = [name.strip("`") for name in rows(section("The rooms"))[1:]]
    assert tuple(names) == ROOMS


def test_there_are_five_ways() -> None:
    """an array, a zip, a mistake, a budget and a convolution, each followed for several calls"""
    assert len({title for title, _ in ways()}) == 5
    assert all(len(names) > 1 for _, names in ways())


@pytest.mark.parametrize("name", sorted({name for _, names in ways() for name in names}))
def test_what_is_called_exists(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """every function on the way exists under the name that the page gives it"""
    monkeypatch.syspath_prepend(str(ROOT))
    assert callable(thing(name))


@pytest.mark.parametrize("names", [names for _, names in ways()])
def test_calls_lead_down(names: list[str]) -> None:
    """no call leads to a room above the one that it comes from"""
    places = [room_of(name.removeprefix("cnngrade.")) for name in names if name.startswith("cnngrade.")]
    assert places == sorted(places, reverse=True)


def test_the_glossary_is_short() -> None:
    """a newcomer has at most twenty-five words to learn, each once, in alphabetical order"""
    words = rows(section("Glossary"))
    assert len(words) <= MOST_WORDS
    assert words == sorted(set(words))
