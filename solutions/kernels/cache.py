"""Compiled code that survives between runs, and is never older than the text that it was made from.

numba's own cache asks whether the file of the function has changed. A kernel is made of many files, so it would go on serving
what an older helper computed: a wrong grade. Here the name of a cache file is the digest of everything that went in: the texts
of all kernels and of the function's file, the signature, the processor, and the versions. Nothing is ever overwritten with
something else, so processes that start at once cannot harm each other: they write the same file, each under a name of its own
first. What an older text left is removed when a newer one is kept.
"""

from __future__ import annotations

import functools
import hashlib
import linecache
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import njit

from solutions.kernels import compat

ENTRY = {"error_model": "numpy", "nogil": True}
"""How what Python calls is compiled: a division by zero is no exception, and other threads may run meanwhile."""
HELPER = ENTRY | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""How what only kernels call is compiled."""
INLINE = {"error_model": "numpy", "inline": "always"}
"""How what holds tiles is compiled: as a part of its caller, or LLVM would optimise the tiles once more for every level."""
_CHECK_BYTES = 32
_caches: dict[str, ContentCache] = {}


@functools.cache
def _digest_of_kernels() -> bytes:
    folder = Path(__file__).parent
    texts = (f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() for path in sorted(folder.rglob("*.py")))
    return hashlib.sha256(b"\0".join(texts)).digest()


def _folders(source: Path) -> list[Path]:
    """Return where compiled code may lie, in the order of preference: where the user says, beside the source, in the home."""
    if numba.config.CACHE_DIR:
        return [Path(numba.config.CACHE_DIR)]
    return [source.parent / "__pycache__", compat.user_cache_folder() / "kernels"]


class ContentCache(compat.Cache):
    """The compiled versions of one function, kept in files that are named by what they were compiled from."""

    def __init__(self, function: Callable[..., Any]) -> None:
        code = function.__code__
        self._source = Path(code.co_filename)
        # What runs under a file's name is not always the text of that file; the linecache knows what it is.
        linecache.checkcache(code.co_filename)
        text = linecache.getlines(code.co_filename)
        versions = sys.version, numba.__version__, llvmlite.__version__
        what = [function.__module__, function.__qualname__, *versions, _digest_of_kernels(), text, code.co_code]
        self._what = hashlib.sha256(repr(what).encode()).hexdigest()
        self._name = f"{function.__module__}.{function.__name__}-{sys.implementation.cache_tag}"
        self._enabled = bool(text)
        _caches[function.__name__] = self

    @property
    def cache_path(self) -> str:
        """The folder that is asked first."""
        return str(_folders(self._source)[0])

    def keeps(self, dtype: str) -> bool:
        """Say whether a file holds the function compiled for a first array of this dtype, and for this processor."""
        pattern = f"{self._stem(dtype, compat.cpu_codegen())}-*.nbc"
        return self._enabled and any(any(folder.glob(pattern)) for folder in _folders(self._source))

    def _stem(self, dtype: Any, codegen: Any) -> str:
        """Return how the name of a file begins: what was compiled, for which dtype and which processor."""
        processor = hashlib.sha256(repr(compat.compiled_for(codegen)).encode()).hexdigest()
        return f"{self._name}-{self._what[:16]}-{dtype}-{processor[:8]}"

    def _file(self, signature: Any, codegen: Any) -> str:
        made_for = hashlib.sha256(repr((self._what, str(signature), compat.compiled_for(codegen))).encode()).hexdigest()
        first = getattr(signature[0], "dtype", "") if signature else ""
        return f"{self._stem(first, codegen)}-{made_for[:16]}.nbc"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was compiled for the signature `sig`, or None."""
        target_context.refresh()
        for folder in _folders(self._source) if self._enabled else ():
            try:
                stored = (folder / self._file(sig, target_context.codegen())).read_bytes()
            except OSError:
                continue
            check, data = stored[:_CHECK_BYTES], stored[_CHECK_BYTES:]
            # A disk that was full, or lost power, may leave half a file behind.
            if hashlib.sha256(data).digest() == check:
                return compat.compiled_from_bytes(target_context, data)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, in the first folder that takes it; where none does, the next process compiles again."""
        if not self._enabled:
            return
        stored = compat.compiled_to_bytes(data)
        name = self._file(sig, data.codegen)
        for folder in _folders(self._source):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as new:
                    (Path(new) / name).write_bytes(hashlib.sha256(stored).digest() + stored)
                    (Path(new) / name).replace(folder / name)
            except OSError:
                continue
            for path in folder.glob(f"{self._name}-*.nbc"):
                if not path.name.startswith(f"{self._name}-{self._what[:16]}-"):
                    path.unlink(missing_ok=True)
            return

    def enable(self) -> None:
        """Read and write files."""
        self._enabled = True

    def disable(self) -> None:
        """Leave the files alone."""
        self._enabled = False

    def flush(self) -> None:
        """Forget all that was compiled of this function, by whatever version."""
        for folder in _folders(self._source):
            for path in folder.glob(f"{self._name}-*.nbc"):
                path.unlink(missing_ok=True)


def is_kept(name: str, dtype: np.dtype[Any]) -> bool:
    """Say whether the function of this name that `compiled` decorates was compiled for a first array of this dtype before."""
    return _caches[name].keeps(dtype.name)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator: numba's njit with these options, and its results are kept between runs."""

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(no_cfunc_wrapper=True, **options)(function)
        # numba's own `cache=True` would fail where no folder can be written.
        compat.set_cache(dispatcher, ContentCache(function))
        return dispatcher

    return decorate
