"""Import the trusted files of a course, each under one name."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterator
from pathlib import Path

from cnngrade.errors import CourseError, Fault, is_shortage


def _from_another_root(name: str, root: Path) -> bool:
    """Say whether the package `name` was imported from a course other than the one at `root`."""
    package = sys.modules.get(name)
    places = [Path(place).resolve() for place in getattr(package, "__path__", [])]
    return package is not None and (root / name).resolve() not in places


def load_module(path: Path, root: Path) -> types.ModuleType:
    """Import the trusted file `path` below `root` under its dotted path from there, once; raises CourseError and Fault.

    `root/solutions/x.py` becomes `solutions.x`, so that one solution can import another. numba's caches ask for both: a name in
    `sys.modules`, and no file under two names.
    """
    name = _name(path, root)
    with _below(path, root, name):
        return sys.modules[name] if name in sys.modules else importlib.import_module(name)


def load_afresh(path: Path, root: Path) -> types.ModuleType:
    """Import the trusted file `path` again, whatever was loaded before: its module-level state starts fresh."""
    name = _name(path, root)
    sys.modules.pop(name, None)
    with _below(path, root, name):
        package = name.rpartition(".")[0]
        if package:
            importlib.import_module(package)
        spec = importlib.util.spec_from_file_location(name, path, loader=_LoadedOften(name, str(path)))
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        return module


@functools.lru_cache(maxsize=32)
def _compiled(path: str, text: bytes) -> types.CodeType:
    code: types.CodeType = compile(text, path, "exec", dont_inherit=True)
    return code


class _LoadedOften(importlib.machinery.SourceFileLoader):
    """Compiles a text once in this process: `verify` loads a file of known mistakes again for each of them."""

    def get_code(self, fullname: str) -> types.CodeType:
        """Return the code of the file as it is now."""
        return _compiled(self.path, self.get_data(self.path))


def _name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts)


@contextlib.contextmanager
def _below(path: Path, root: Path, name: str) -> Iterator[None]:
    """Let `path` be imported from the course at `root`, and say of an error in it whose it is."""
    package = name.split(".")[0]
    if _from_another_root(package, root):
        for loaded in [key for key in sys.modules if key == package or key.startswith(package + ".")]:
            del sys.modules[loaded]
        importlib.invalidate_caches()
    sys.path.insert(0, str(root))
    try:
        yield
    except Exception as error:
        if is_shortage(error):
            raise Fault(f"{path} could not be loaded: {type(error).__name__}: {error}.") from error
        raise CourseError(
            f"{path}: {type(error).__name__}: {error}\nFix the file; nothing can be judged without it."
        ) from error
    finally:
        sys.path.remove(str(root))
