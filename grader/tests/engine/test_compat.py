"""What is used of other libraries without being offered: it is there, does what we need, and each is in one place."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.metadata
import os
import re
import sqlite3
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import nbgrader
import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties

from cnngrade.gradebook import compat as of_nbgrader
from cnngrade.gradebook.session import open_gradebook
from cnngrade.judge import compat as of_pytest
from support.places import ENGINE, ENVIRONMENT, ROOT

# The private name, what it is needed for, and what to do where a version does without.
NBGRADER = [
    (
        "nbgrader.converters:Autograde._sanitizing",
        "it chooses between the steps that sanitise a notebook and those that grade it",
        "read `sanitize_preprocessors` and `autograde_preprocessors` in compat.autograding_steps and make them there",
    ),
    (
        "nbgrader.converters:Autograde._init_preprocessors",
        "it makes the steps that nbgrader_config.py names",
        "register the steps on an exporter in compat.autograding_steps",
    ),
    (
        "nbconvert.exporters:Exporter._preprocessors",
        "it holds the steps once they are made",
        "find where nbconvert keeps what `register_preprocessor` returns",
    ),
    (
        "nbgrader.preprocessors:AssignLatePenalties._check_late_penalty",
        "it bounds a late penalty as nbgrader does",
        "bound it between 0 and the score in compat.bounded_penalty, as nbgrader's step then does",
    ),
    (
        "nbgrader.converters.base:glob",
        "nbgrader looks for notebooks with it, in folders whose names are no patterns",
        "find what nbgrader looks for notebooks with, and replace it in compat.take_folders_literally",
    ),
    (
        "nbgrader.utils:glob",
        "nbgrader looks with it for what it does not copy",
        "find what `is_ignored` looks for files with, and replace it in compat.take_folders_literally",
    ),
    (
        "nbgrader.dbutil:ALEMBIC_DIR",
        "it goes into a file in which `%` means something",
        "see how nbgrader tells alembic where its scripts are, and escape that in compat.take_folders_literally",
    ),
    (
        "nbgrader.api:get_alembic_version",
        "it starts a process for seconds, to learn the version of the tables in a new gradebook",
        "find what nbgrader calls where it makes a gradebook, and replace that in compat.ask_alembic_here",
    ),
]
# Not private, and not described either.
FORMGRADER = [
    (
        "nbgrader.server_extensions.formgrader.handlers:SubmissionHandler.write",
        "the page on which work is marked goes through it, and gets a policy there",
        "set the header Content-Security-Policy of that page elsewhere in gradebook/formgrader.py",
    ),
    (
        "nbgrader.server_extensions.formgrader.handlers:BaseHandler.exporter",
        "it makes the page on which work is marked, and has the marking scheme put beside the answer",
        "give the page's exporter the template of gradebook/marking_scheme.py elsewhere in gradebook/formgrader.py",
    ),
    (
        "nbgrader.server_extensions.formgrader.handlers:FormgraderHandler.get",
        "it runs the settings in the folder that its argument `path` names",
        "refuse every folder but the classroom's in gradebook/formgrader.py, or nothing where the argument is gone",
    ),
    (
        "nbgrader.server_extensions.formgrader.handlers:BaseHandler.render",
        "it makes formgrader's lists, without escaping what they show",
        "have jinja escape it in gradebook/formgrader.py, or nothing where nbgrader does",
    ),
    (
        "nbgrader.server_extensions.formgrader.handlers:SubmissionFilesHandler.content_security_policy",
        "it says what a file that a student handed in may do when it is opened",
        "set that header elsewhere in gradebook/formgrader.py",
    ),
    (
        "nbgrader.server_extensions.formgrader.handlers:template_path",
        "it tells which scripts are formgrader's own",
        "find the templates of the page on which work is marked in gradebook/formgrader.py",
    ),
]
PYTEST = [
    (
        "_pytest.runner:runtestprotocol",
        "it runs one test, of the cases that need all of pytest, without a report to print",
        "call the hook `pytest_runtest_protocol` in compat.run_by_pytest and swallow its report",
    ),
    (
        "_pytest.fixtures:FuncFixtureInfo.name2fixturedefs",
        "it tells which fixtures a test needs, so that most cases run without pytest's machinery",
        "find the fixtures of an item in compat.fixtures_of; without it every case is judged, slower",
    ),
    (
        "_pytest.python:get_direct_param_fixture_func",
        "its name tells a test's parameters from its fixtures",
        "find what stands for a parameter among an item's fixtures, and name it in compat.OF_A_PARAMETER",
    ),
]


OTHERS = [
    (
        "IPython.core.inputtransformer2:TransformerManager.do_one_token_transform",
        "it rewrites one line of a cell that is no Python, so that the others keep their place",
        "call `transform_cell` in submission/ipython.py and find the lines again by comparing the two texts",
    ),
    (
        "numba.core.caching:FunctionCache",
        "it refuses functions that are in no file, as those of cells are",
        "find what `Dispatcher.enable_caching` makes, and make a `NullCache` of it in worker/compat.py",
    ),
    ("numba.core.caching:NullCache", "it keeps nothing", "write one that misses every time, in worker/compat.py"),
]


def missing(name: str) -> str:
    """Return the part of module:attribute.attribute that is not there, "" if all of it is."""
    module, _, path = name.partition(":")
    found: object = importlib.import_module(module)
    for attribute in path.split("."):
        declared = getattr(found, "__annotations__", {}) | getattr(found, "__dataclass_fields__", {})
        if not hasattr(found, attribute) and attribute not in declared:
            return attribute
        found = getattr(found, attribute, None)
    return ""


@pytest.mark.parametrize(
    ("name", "need", "remedy"), [*NBGRADER, *FORMGRADER, *PYTEST, *OTHERS], ids=lambda value: value if ":" in value else ""
)
def test_a_private_name_is_there(name: str, need: str, remedy: str) -> None:
    """every private name is where we look for it; if not, this says what broke and what to do"""
    library = name.partition(":")[0].partition(".")[0].lstrip("_").lower()
    version = importlib.metadata.version(library)
    assert missing(name) == "", f"{library} {version} has no {name}: {need}. What to do: {remedy}."


def test_a_name_that_is_not_there_is_found_out() -> None:
    """a module's, a class's and a field's name are looked for, and the first that is not there is named"""
    assert missing("_pytest.runner:no_such_function") == "no_such_function"
    assert missing("nbgrader.converters:Autograde._no_such") == "_no_such"
    assert missing("_pytest.fixtures:FuncFixtureInfo.no_such_field") == "no_such_field"


@pytest.fixture
def needed() -> str:
    return "found"


@pytest.mark.parametrize("parameter", [1])
def test_the_fixtures_of_a_test_are_found(request: pytest.FixtureRequest, needed: str, parameter: int) -> None:
    """pytest tells the fixtures that this very test asks for, and its parameter by the function that stands in for one"""
    found = of_pytest.fixtures_of(request.node)
    assert found is not None
    (definition,) = found["needed"]
    assert (definition.argname, definition.scope, definition.params, definition.argnames) == ("needed", "function", None, ())
    (stand_in,) = found["parameter"]
    assert stand_in.func.__name__ == of_pytest.OF_A_PARAMETER
    assert (needed, parameter) == ("found", 1)


@pytest.mark.parametrize(("penalty", "stands"), [(-1.0, 0.0), (2.0, 2.0), (9.0, 5.0)])
def test_a_penalty_is_bounded_as_by_nbgrader(penalty: float, stands: float) -> None:
    """a late penalty is nothing at least and the score at most"""
    assert of_nbgrader.bounded_penalty(AssignLatePenalties(), 5.0, penalty) == stands


def version_in(gradebook: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(gradebook)) as database:
        return [version for (version,) in database.execute("SELECT version_num FROM alembic_version")]


def test_a_gradebook_is_made_without_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """a new gradebook has the version of the last of nbgrader's steps, and nobody is asked for it"""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", fail)
    with open_gradebook(CourseDirectory(root=str(tmp_path))):
        pass
    steps = [
        path.read_text(encoding="utf-8") for path in (Path(nbgrader.__file__).parent / "alembic" / "versions").glob("*.py")
    ]
    made, followed = (
        {name for step in steps for name in re.findall(rf"^{word} = '(\w+)'", step, re.M)}
        for word in ("revision", "down_revision")
    )
    assert version_in(tmp_path / "gradebook.db") == list(made - followed)


@pytest.mark.slow
def test_a_gradebook_is_as_nbgrader_makes_it(tmp_path: Path) -> None:
    """the version is the one that nbgrader enters without us"""
    code = f"import nbgrader.api; nbgrader.api.Gradebook('sqlite:///{tmp_path}/theirs.db').close()"
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT | {"PATH": path}, check=True)
    with open_gradebook(CourseDirectory(root=str(tmp_path))):
        pass
    assert version_in(tmp_path / "gradebook.db") == version_in(tmp_path / "theirs.db") != []


def test_notebooks_are_read_without_a_grammar_of_web_addresses() -> None:
    """to load the gradebook does not build it, which takes a second, and leaves no trace of how that was avoided"""
    code = "import sys, cnngrade.gradebook.session as _; print([name for name in sys.modules if name.startswith('rfc3987')])"
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def private_uses(source: str) -> list[str]:
    """Return private attributes of others' objects, and imports of private modules, in the source."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                found.append(f"{node.lineno}: {node.attr}")
        elif isinstance(node, ast.ImportFrom) and any(part.startswith("_") for part in (node.module or "").split(".")):
            if node.module != "__future__":
                found.append(f"{node.lineno}: {node.module}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "setattr"):
            name = node.args[1]
            if isinstance(name, ast.Constant) and str(name.value).startswith("_") and not str(name.value).startswith("__"):
                found.append(f"{node.lineno}: {name.value}")
    return found


@pytest.mark.parametrize("room", ["judge", "gradebook"])
def test_private_names_are_in_compat_alone(room: str) -> None:
    """no other module of the judge or the gradebook uses what pytest or nbgrader do not offer"""
    found = {path.name: private_uses(path.read_text()) for path in (ENGINE / room).glob("*.py")}
    assert {name: uses for name, uses in found.items() if uses and name != "compat.py"} == {}
    assert found["compat.py"] != []


def test_private_uses_are_found() -> None:
    """an attribute, an import and a getattr are found; one's own attributes and special names are not"""
    found = private_uses("x._y\nfrom _pytest.runner import z\ngetattr(x, '_w')")
    assert sorted(found) == ["1: _y", "2: _pytest.runner", "3: _w"]
    assert private_uses("self._y\nos.__file__\nfrom __future__ import annotations\ngetattr(x, '__name__')") == []


def test_versions_are_bounded() -> None:
    """the package asks for versions of these libraries below the first that nobody has tried"""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["instructor"]]
    bounded = {part.partition(">=")[0]: "<" in part for part in asked}
    assert all(bounded[name] for name in ("pytest", "nbgrader", "ipython", "numba"))
