"""What of other people's code needs something that a worker does not have: numba a file for each cell, asyncio a socket."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

CACHING = "numba.core.caching"
"""The module whose `FunctionCache` refuses a function that is in no file, as those of a notebook's cells are."""


class _ThenChanged(Loader):
    """Loads a module as its own loader does, and changes it then."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        self._loader.exec_module(module)
        keep_nothing_of_cells(module)


class CacheForCells(MetaPathFinder):
    """Lets `cache=True` be ignored for functions of a notebook's cells: Jupyter has a file for each cell, a worker has none."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return what the other finders find, to be changed once it is loaded."""
        if name != CACHING:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            spec.loader = _ThenChanged(spec.loader)
        return spec


def keep_nothing_of_cells(caching: Any) -> None:
    """Change numba's module so that a function that is in no file has a cache that keeps nothing."""
    keeping = caching.FunctionCache

    def cache_for(function: Any) -> Any:
        return keeping(function) if Path(function.__code__.co_filename).is_file() else caching.NullCache()

    caching.FunctionCache = cache_for


class _PipeEnd:
    """One end of a pipe, as far as asyncio wakes itself up through a socket."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def setblocking(self, flag: bool) -> None:
        """Let reading wait, or not."""
        os.set_blocking(self._descriptor, flag)

    def recv(self, size: int) -> bytes:
        """Read."""
        return os.read(self._descriptor, size)

    def send(self, data: bytes) -> int:
        """Write."""
        return os.write(self._descriptor, data)

    def close(self) -> None:
        """Close this end."""
        os.close(self._descriptor)


def let_asyncio_wake_itself() -> None:
    """Give asyncio a pipe where it makes two connected sockets and the sandbox refuses them."""
    import socket  # a check on a student's machine needs none

    make = socket.socketpair

    def connected(*args: Any, **options: Any) -> Any:
        try:
            return make(*args, **options)
        except PermissionError:
            reading, writing = os.pipe()
            return _PipeEnd(reading), _PipeEnd(writing)

    socket.socketpair = connected
