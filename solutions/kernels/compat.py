"""The private parts of numba that the kernels need, all of them: where numba moves one, it is found again here.

numba keeps no promise about these names from one version to the next, so pyproject.toml has an upper bound for it.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from numba.core.caching import _Cache as Cache
from numba.core.cgutils import get_or_insert_function
from numba.core.compiler import CompileResult
from numba.core.registry import cpu_target
from numba.core.serialize import dumps
from numba.misc.appdirs import AppDirs

__all__ = [
    "Cache",
    "compiled_for",
    "compiled_from_bytes",
    "compiled_to_bytes",
    "cpu_codegen",
    "get_or_insert_function",
    "processor",
    "set_cache",
    "user_cache_folder",
]


def set_cache(dispatcher: Any, cache: Cache) -> None:
    """Let a compiled function keep its versions in `cache`: what `enable_caching` does, with a cache of our own."""
    dispatcher._cache = cache


def compiled_for(codegen: Any) -> tuple[str, str, str]:
    """Return the platform, processor and features that machine code is made for."""
    triple, name, features = codegen.magic_tuple()
    return triple, name, features


def cpu_codegen() -> Any:
    """Return what makes machine code here."""
    return cpu_target.target_context.codegen()


def processor() -> tuple[str, frozenset[str]]:
    """Return the platform that numba compiles for here, and the features of the processor such as +avx2."""
    triple, _, features = compiled_for(cpu_codegen())
    return triple, frozenset(features.split(","))


def compiled_to_bytes(compiled: Any) -> bytes:
    """Return a compiled version of a function as bytes for a file."""
    stored: bytes = dumps(compiled._reduce())
    return stored


def compiled_from_bytes(target_context: Any, stored: bytes) -> Any:
    """Return the compiled version that `compiled_to_bytes` made these bytes of, ready to be called."""
    return CompileResult._rebuild(target_context, *pickle.loads(stored))


def user_cache_folder() -> Path:
    """Return the folder of this user for files that can be made again."""
    return Path(AppDirs(appname="cnngrade", appauthor=False).user_cache_dir)
