"""What the kernels take from inside numba, and what it means when a version of numba has moved it."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from packaging.requirements import Requirement

from cnngrade.course.modules import load_module
from support.places import ROOT

COMPAT_FILE = ROOT / "solutions" / "kernels" / "compat.py"
SOURCES = sorted(
    path
    for folder in ("solutions", "grader/benchmarks", "autograde_tests")
    for path in (ROOT / folder).rglob("*.py")
    if path != COMPAT_FILE
)
# What stops working without each of them.
NEEDED_FOR = {
    "numba.core.caching._Cache": "the cache of compiled kernels is one of these",
    "numba.core.cgutils.get_or_insert_function": "the vectors call LLVM's own functions: fma, masked loads, sums of lanes",
    "numba.core.compiler.CompileResult": "compiled kernels are read from a file",
    "numba.core.registry.cpu_target": "the tables of tiles are chosen by what the processor offers",
    "numba.core.serialize.dumps": "compiled kernels are written to a file",
    "numba.misc.appdirs.AppDirs": "compiled kernels are kept in the home where the course's folder takes no files",
}
PRIVATE_ATTRIBUTES = {"_cache", "_rebuild", "_reduce", "magic_tuple"}


def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports from numba."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] == "numba"}


def is_private(name: str) -> bool:
    """numba promises what is in `numba` itself and in `numba.extending`."""
    return any(part in ("core", "misc", "np", "cpython", "typed") or part.startswith("_") for part in name.split("."))


def test_every_private_name_has_its_purpose_here() -> None:
    """for every private name in compat it is said what it is for"""
    assert {name for name in imports(COMPAT_FILE) if is_private(name)} == set(NEEDED_FOR)


@pytest.mark.parametrize("name", NEEDED_FOR)
def test_numba_still_has(name: str) -> None:
    """each private name is where compat looks for it"""
    module, _, attribute = name.rpartition(".")
    lost = f"numba {numba.__version__} has no {name}; without it this does not work: {NEEDED_FOR[name]}. See {COMPAT_FILE}"
    try:
        found = importlib.import_module(module)
    except ImportError:
        pytest.fail(lost)
    assert hasattr(found, attribute), lost


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_else_reaches_into_numba(path: Path) -> None:
    """only compat imports from inside numba, or uses its private attributes"""
    assert not {name for name in imports(path) if is_private(name)}
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert not {node.attr for node in nodes if isinstance(node, ast.Attribute)} & PRIVATE_ATTRIBUTES


@pytest.fixture(scope="module")
def compat() -> Any:
    load_module(ROOT / "solutions" / "convolution.py", ROOT)
    return sys.modules["solutions.kernels.compat"]


def test_a_function_asks_the_cache_that_it_was_given(compat: Any) -> None:
    """numba asks our cache before it compiles, hands over what it has compiled, and calls what came out of bytes again"""
    kept: dict[str, bytes] = {}
    asked = []

    class Kept(compat.Cache):  # type: ignore[misc, name-defined]
        cache_path = ""

        def load_overload(self, sig: Any, target_context: Any) -> Any:
            target_context.refresh()
            asked.append(str(sig))
            return compat.compiled_from_bytes(target_context, kept[str(sig)]) if str(sig) in kept else None

        def save_overload(self, sig: Any, data: Any) -> None:
            assert len(compat.compiled_for(data.codegen)) == 3
            kept[str(sig)] = compat.compiled_to_bytes(data)

        def enable(self) -> None: ...
        def disable(self) -> None: ...
        def flush(self) -> None: ...

    def plus_one(x: Any) -> Any:
        return x + 1

    answers, hits = [], []
    for _ in range(2):
        function = numba.njit(no_cfunc_wrapper=True)(plus_one)
        compat.set_cache(function, Kept())
        answers.append(float(function(np.float32(2))))
        hits.append(sum(function.stats.cache_hits.values()))
    broken = f"numba {numba.__version__} uses a cache in another way; see ContentCache in solutions/kernels/cache.py"
    assert (answers, hits, len(kept), len(asked)) == ([3.0, 3.0], [0, 1], 1, 2), broken


def test_the_processor_is_described_as_expected(compat: Any) -> None:
    """the platform is a triple such as x86_64-unknown-linux-gnu, and features are +names and -names"""
    platform, features = compat.processor()
    assert platform.count("-") >= 2
    assert features
    assert all(re.fullmatch(r"[+-].+", feature) for feature in features)


def test_numba_is_bounded_on_both_sides() -> None:
    """pyproject names the versions of numba that this file was run with: private parts may move in the next one"""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(text) for text in project["optional-dependencies"]["instructor"]]
    (bounds,) = [requirement.specifier for requirement in wanted if requirement.name == "numba"]
    assert numba.__version__ in bounds
    assert not bounds.contains("1.0")
