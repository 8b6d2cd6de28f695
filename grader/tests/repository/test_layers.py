"""The engine is a house of rooms, and it does not know which course it grades."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import cnngrade
from support.places import ENGINE, ROOT

# A package imports from those before it in this list, and from the modules beside them, which import from no package.
ROOMS = (
    "worker", "course", "budget", "sandbox", "submission", "report", "student", "answers", "findings", "pictures", "pages",
    "judge",
    "classroom", "gradebook", "insight", "similarity", "ci", "jobs", "cli",
)  # fmt: skip
MOST_MODULES_IN_THE_ROOT = 12

# What the engine may not say, besides the names in course.yml.
COURSE_WORDS = ("conv", "conv2d", "convolution", "convolutional", "pool", "pooling", "maxpool", "stride", "padding", "im2col")

# (file, word): why this one is not about the course.
NOT_THE_COURSE = {
    ("student/meanings/arguments.py", "linear"): "a mode of NumPy's pad",
    ("classroom/judge_class.py", "pool"): "a pool of processes",
    ("gradebook/session.py", "pool"): "a module of SQLAlchemy",
    ("student/live_values.py", "flatten"): "a method of NumPy's arrays",
    ("student/meanings/arguments.py", "flatten"): "a method of NumPy's arrays",
    ("student/meanings/names.py", "stride"): "a module of NumPy's",
    ("student/meanings/numpy_names.py", "stride"): "a module of NumPy's",
    ("report/html.py", "padding"): "a property of CSS",
    ("insight/class_style.py", "padding"): "a property of CSS",
    ("pictures/matplotlib.py", "padding"): "a property of CSS",
    ("similarity/page.py", "padding"): "a property of CSS",
    ("gradebook/config.py", "filters"): "a setting of nbconvert",
    ("gradebook/feedback_page.py", "filters"): "a package and a setting of nbconvert",
    ("gradebook/harmless_markdown.py", "filters"): "a package of nbconvert",
    ("gradebook/marking_scheme.py", "filters"): "a package of nbconvert",
    ("gradebook/marking_scheme.py", "padding"): "a property of CSS",
    ("gradebook/page_filter.py", "filters"): "a package of nbconvert",
    ("gradebook/page_filter.py", "padding"): "a property of CSS",
    ("worker/variants.py", "stride"): "a module of NumPy",
}


def sources() -> list[Path]:
    return sorted(ENGINE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the dotted name of a module of the engine without the leading `cnngrade`."""
    parts = path.relative_to(ENGINE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(name: str) -> int:
    """Return the place of a module's package in the list; a module that is in no package comes before them all."""
    first = name.split(".")[0]
    return ROOMS.index(first) if first in ROOMS else -1


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that is imported anywhere in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides the room it leads to"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def names_at_start(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and dotted name of what is imported when the module is loaded: not inside functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    later = {line for function in functions for line, _ in imported_names(function)}
    return [(line, name) for line, name in imported_names(tree) if line not in later]


def inner_imports(source: str, modules: set[str]) -> set[str]:
    """Return the modules of the engine, without the leading `cnngrade`, that the source imports."""
    found = set()
    for _, name in imported_names(ast.parse(source)):
        parts = name.split(".")[1:] if name.split(".")[0] == "cnngrade" else []
        # `from cnngrade.a import b` names a module a.b or something in a.
        candidates = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        found.update(itertools.islice((name for name in candidates if name in modules), 1))
    return found


def upward(imports: dict[str, set[str]]) -> list[str]:
    return [
        f"{name} imports {other}, whose room is above"
        for name, others in sorted(imports.items())
        for other in sorted(others)
        if room_of(other) > room_of(name)
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
    # `__main__` starts the command.
    return {
        name: inner_imports(path.read_text(), set(names)) - {""} for name, path in names.items() if name not in ("", "__main__")
    }


def test_every_package_is_a_room():
    """the packages of the engine are those in the list, and each says in its first line what is in it"""
    packages = {path.parent.name: path for path in ENGINE.glob("*/__init__.py")}
    assert set(packages) == set(ROOMS)
    assert [name for name, path in packages.items() if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_few_modules_are_outside_the_rooms():
    """a newcomer sees at most a dozen modules beside the packages"""
    assert len(list(ENGINE.glob("*.py"))) <= MOST_MODULES_IN_THE_ROOT


def test_imports_go_down(imports):
    """no module imports from a room above its own"""
    assert upward(imports) == []


def test_imports_have_no_cycle(imports):
    """no module imports itself, however long the way"""
    assert cycle(imports) == []


def test_imports_are_really_read():
    """an import upwards and a cycle are found, inside functions too"""
    modules = {"model", "judge", "judge.session", "report.html", "student.proxy", "answers.mistakes", "gradebook.feedback"}
    assert inner_imports("def f():\n    from cnngrade.gradebook.feedback import write", modules) == {"gradebook.feedback"}
    assert inner_imports("from cnngrade.judge.session import judge", modules) == {"judge.session"}
    assert inner_imports("import cnngrade.report.html", modules) == {"report.html"}
    assert inner_imports("from cnngrade.report import html\nfrom cnngrade import model", modules) == {"report.html", "model"}
    assert upward({"model": {"judge.session"}, "judge.session": {"model"}}) == [
        "model imports judge.session, whose room is above"
    ]
    round_trip = {"student.proxy": {"answers.mistakes"}, "answers.mistakes": {"model", "student.proxy"}, "model": set()}
    assert cycle(round_trip) == ["answers.mistakes", "student.proxy", "answers.mistakes"]


def test_the_facade_loads_nothing():
    """`import cnngrade` runs no import of the engine until something is asked for"""
    tree = ast.parse((ENGINE / "__init__.py").read_text())
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    assert [name for _, name in imported_names(tree) if name.startswith("cnngrade")] == []


def test_no_room_hides_what_a_notebook_calls():
    """no package or module of the engine has the name of something in the facade: once loaded, it would stand in its place"""
    assert {path.stem if path.suffix else path.name for path in ENGINE.iterdir()} & set(cnngrade.__all__) == set()


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


def test_one_name_is_one_thing():
    """no two classes and no two public functions of the engine share a name"""
    # A command of the command line has the name of the job that it calls, and each program begins in its `main`.
    places: dict[str, list[str]] = {}
    for path in sources():
        name = name_of(path)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (
                node.name.startswith("_") or node.name == "main" or name.startswith("cli.")
            ):
                continue
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                places.setdefault(node.name, []).append(name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_what_is_private_stays_in_its_module():
    """no module imports a name of the engine that begins with one underscore"""
    found = [
        f"{path.relative_to(ENGINE)}:{line} {name}"
        for path in sources()
        for line, name in imported_names(ast.parse(path.read_text()))
        if re.match(r"cnngrade\..*\b_(?!_)", name)
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
        words.update(unit["functions"])
    return words


def mentions(source: str, words: set[str]) -> list[tuple[int, str]]:
    """Return line and word where the source says one of the words; `_` and every other non-letter end a word."""
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
