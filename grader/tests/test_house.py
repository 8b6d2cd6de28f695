"""The engine is a house of floors, and it does not know which course it grades."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "grader" / "cnngrade"

# A module or subpackage of cnngrade stands on one floor and imports from its own floor and those below.
FLOORS = {
    "errors": 0,
    "model": 0,
    "wire": 0,
    "loading": 0,
    "layout": 1,
    "cells": 1,
    "marks": 1,
    "styles": 1,
    "fingerprint": 1,
    "sources": 1,
    "handed_in": 1,
    "document": 1,
    "form": 1,
    "hints": 1,
    "course": 1,
    "scoring": 1,
    "plain": 1,
    "compare": 1,
    "render": 1,
    "confinement": 1,
    "seccomp": 1,
    "worker": 2,
    "connection": 2,
    "fresh": 2,
    "forkserver": 2,
    "warm": 2,
    "sandbox": 2,
    "budget": 2,
    "counting": 2,
    "store": 2,
    "student": 3,
    "transport": 3,
    "answers": 3,
    "truth": 3,
    "candidates": 3,
    "mistakes": 3,
    "pictures": 4,
    "plugin": 4,
    "direct": 4,
    "judge": 5,
    "checking": 6,
    "showing": 6,
    "hinting": 6,
    "verify": 6,
    "release": 6,
    "grade": 6,
    "collect": 6,
    "recording": 6,
    "proof": 6,
    "placement": 6,
    "calibrate": 6,
    "new": 6,
    "doctor": 6,
    "nbgrader": 7,
    "cluster": 7,
    "demo": 7,
    "cli": 8,
}

# Adapters to what may not be installed: a job may call one, if it imports it when it gets there and not before.
ADAPTERS = ("nbgrader", "cluster")

# What the engine may not say, besides the names in course.yml.
COURSE_WORDS = ("conv", "conv2d", "convolution", "convolutional", "pool", "pooling", "maxpool", "stride", "padding", "im2col")

# (file, word): why this one is not about the course.
NOT_THE_COURSE = {
    ("grade.py", "pool"): "a pool of processes",
    ("render/html.py", "padding"): "a property of CSS",
    ("render/figure.py", "padding"): "a property of CSS",
}


def sources() -> list[Path]:
    return sorted(ENGINE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the dotted name of a module of the engine without the leading `cnngrade`."""
    parts = path.relative_to(ENGINE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def floor_of(name: str) -> int:
    return FLOORS[name.split(".")[0]]


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that is imported anywhere in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides the floor it leads to"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def names_at_start(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and dotted name of what is imported when the module is loaded: not inside functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    later = {line for function in functions for line, _ in imported_names(function)}
    return [(line, name) for line, name in imported_names(tree) if line not in later]


def inner_imports(source: str, modules: set[str]) -> set[str]:
    """Return the modules of the engine, without the leading `cnngrade`, that the source imports.

    An adapter that is only imported inside a function is left out.
    """
    found = set()
    tree = ast.parse(source)
    at_start = names_at_start(tree)
    for line, name in imported_names(tree):
        parts = name.split(".")[1:] if name.split(".")[0] == "cnngrade" else []
        if parts and parts[0] in ADAPTERS and (line, name) not in at_start:
            continue
        # `from cnngrade.a import b` names a module a.b or something in a.
        found.update([".".join(parts[:n]) for n in (2, 1) if ".".join(parts[:n]) in modules][:1])
    return found


def upward(imports: dict[str, set[str]]) -> list[str]:
    return [
        f"{name} (floor {floor_of(name)}) imports {other} (floor {floor_of(other)})"
        for name, others in sorted(imports.items())
        for other in sorted(others)
        if floor_of(other) > floor_of(name)
    ]


def cycle(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules of one import cycle, or nothing."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(imports.get(name, ())):
            if found := walk(other, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(imports) if (found := walk(name, []))), [])


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    names = {name_of(path): path for path in sources()}
    # `__init__` at the top only says where things are; it loads them when they are asked for, and nobody below needs it.
    return {name: inner_imports(path.read_text(), set(names)) - {""} for name, path in names.items() if name}


def test_every_module_has_a_floor(imports):
    """every module of the engine stands in the table of floors"""
    assert {name.split(".")[0] for name in imports} - set(FLOORS) == set()


def test_imports_go_down(imports):
    """no module imports from a floor above its own"""
    assert upward(imports) == []


def test_imports_have_no_cycle(imports):
    """no module imports itself, however long the way"""
    assert cycle(imports) == []


def test_floors_are_really_read():
    """an import upwards and a cycle are found, inside functions too"""
    modules = {"model", "judge", "render", "render.html", "student", "mistakes", "nbgrader.feedback"}
    assert inner_imports("def f():\n    from cnngrade.nbgrader.feedback import write", modules) == set()
    assert inner_imports("from cnngrade.nbgrader.feedback import write", modules) == {"nbgrader.feedback"}
    assert inner_imports("def f():\n    from cnngrade.judge import judge", modules) == {"judge"}
    assert inner_imports("import cnngrade.render.html", modules) == {"render.html"}
    assert inner_imports("from cnngrade.render import html\nfrom cnngrade import model", modules) == {"render.html", "model"}
    assert upward({"model": {"judge"}, "judge": {"model"}}) == ["model (floor 0) imports judge (floor 5)"]
    round_trip = {"student": {"mistakes"}, "mistakes": {"model", "student"}, "model": set()}
    assert cycle(round_trip) == ["mistakes", "student", "mistakes"]


def test_the_facade_loads_nothing():
    """`import cnngrade` runs no import of the engine until something is asked for"""
    tree = ast.parse((ENGINE / "__init__.py").read_text())
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    assert [name for _, name in imported_names(tree) if name.startswith("cnngrade")] == []


def test_the_engine_imports_no_course():
    """no module imports solutions, exercises or tests of a course, nor the benchmarks or tests of the engine"""
    course = {"solutions", "exercises", "autograde_tests", "tests", "benchmarks"}
    found = [
        f"{path.relative_to(ENGINE)}:{line} {name}"
        for path in sources()
        for line, name in imported_names(ast.parse(path.read_text()))
        if name.split(".")[0] in course
    ]
    assert found == []


def test_numba_is_not_needed_to_start():
    """no module imports numba when it is loaded: a student does without it"""
    found = []
    for path in sources():
        names = names_at_start(ast.parse(path.read_text()))
        found += [f"{path.relative_to(ENGINE)}:{line}" for line, name in names if name.split(".")[0] == "numba"]
    assert found == []


def said(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of every identifier and every string of the source that is not a docstring."""
    tree = ast.parse(source)
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    docstrings = {id(node.body[0].value) for node in documented if ast.get_docstring(node) is not None}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in docstrings:
            yield line, node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        for field in ("id", "attr", "name", "arg", "asname", "module"):
            if isinstance(text := getattr(node, field, None), str):
                yield line, text


def course_words() -> set[str]:
    """Return what the engine may not say: the course's vocabulary, and each unit and function that course.yml names."""
    course = yaml.safe_load((ROOT / "course.yml").read_text())
    words = set(COURSE_WORDS)
    units = course["units"]
    for unit in units if isinstance(units, list) else [{"name": name} | entry for name, entry in units.items()]:
        words.add(unit["name"])
        functions = unit.get("functions") or functions_of(unit["name"])
        words.update(functions)
    return words


def functions_of(unit: str) -> list[str]:
    """Return the functions that the unit's stubs leave to the student."""
    tree = ast.parse((ROOT / "exercises" / f"{unit}.py").read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [node.name for node in functions if ast.unparse(node.body[-1]).startswith("raise NotImplementedError")]


def mentions(source: str, words: set[str]) -> list[tuple[int, str]]:
    """Return line and word where the source says one of the words; `_` and every other sign that is no letter end a word."""
    choices = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z0-9])({choices})(?![A-Za-z0-9])", re.IGNORECASE)
    return [(line, match.group(1).lower()) for line, text in said(source) for match in pattern.finditer(text)]


def test_the_engine_does_not_know_the_course():
    """no unit, function or term of the course occurs in the engine's code"""
    words = course_words()
    assert {"convolution", "conv2d", "maxpool2d"} <= words
    found = [
        f"{path.relative_to(ENGINE)}:{line} {word}"
        for path in sources()
        for line, word in mentions(path.read_text(), words)
        if (path.relative_to(ENGINE).as_posix(), word) not in NOT_THE_COURSE
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    ["conv2d = 1", "x.conv2d()", "f(stride=2)", "x = 'see conv.py'", "f'{x} conv2d'", "def a_pool(): pass", "x = b'conv2d'"],
)
def test_a_word_of_the_course_is_found(source):
    """identifiers, attributes, arguments, strings and parts of names are all read"""
    assert len(mentions(source, set(COURSE_WORDS))) == 1


@pytest.mark.parametrize("source", ["import cnngrade", "def f():\n    'An example: conv2d.'", "spool = 1", "x = 2  # conv2d"])
def test_a_word_that_is_not_the_course_is_left_alone(source):
    """docstrings and comments may give examples, and a longer word is another word"""
    assert mentions(source, set(COURSE_WORDS)) == []
