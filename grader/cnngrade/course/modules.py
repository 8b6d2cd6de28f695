"""Import the trusted files of a course, each under one name."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
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
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    package = name.split(".")[0]
    if _from_another_root(package, root):
        for loaded in [key for key in sys.modules if key == package or key.startswith(package + ".")]:
            del sys.modules[loaded]
        importlib.invalidate_caches()
    if name in sys.modules:
        return sys.modules[name]
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module(name)
    except Exception as error:
        if is_shortage(error):
            raise Fault(f"{path} could not be loaded: {type(error).__name__}: {error}.") from error
        raise CourseError(
            f"{path}: {type(error).__name__}: {error}\nFix the file; nothing can be judged without it."
        ) from error
    finally:
        sys.path.remove(str(root))


def load_afresh(path: Path, root: Path) -> types.ModuleType:
    """Import the trusted file `path` again, whatever was loaded before: its module-level state starts fresh."""
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    sys.modules.pop(name, None)
    return load_module(path, root)
