"""Which installed packages a submission may import: those that its course lists, and what these need themselves.

Any other package is missing for it: `import scipy` fails as it does on a machine without SciPy. Inside a sandbox the files of
other packages cannot be read either (see `sandbox.confined`); elsewhere nothing but the import keeps them away.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

FOLDERS = ("site-packages", "dist-packages")
"""The names of the folders that hold installed packages."""


# Arguments and answers are NumPy's arrays, and a submission may call `cnngrade.check`.
ALWAYS = frozenset({"numpy", "cnngrade"})


@dataclass(frozen=True, slots=True)
class Offer:
    """What a list of packages means on this machine.

    `imports` are the names that may be imported, `files` the files and folders that hold them, `missing` the packages of the
    list that are not installed.
    """

    imports: frozenset[str]
    files: tuple[Path, ...]
    missing: tuple[str, ...]


def _same_name(package: str) -> str:
    """Return a package's name in the form in which it compares: to pip, Scikit_Learn is scikit-learn."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _needed(requirement: str, extras: frozenset[str]) -> tuple[str, frozenset[str]] | None:
    """Return the package that a requirement names, with its extras; None where that is needed for an extra nobody asked for."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^]]*)\])?", requirement)
    wanted_by = re.findall(r"extra\s*==\s*['\"]([^'\"]*)['\"]", requirement)
    if found is None or (wanted_by and not extras.intersection(map(_same_name, wanted_by))):
        return None
    return found[1], frozenset(map(_same_name, re.findall(r"[\w.-]+", found[2] or "")))


def _module_of(first: str) -> str | None:
    """Return the module that a file or folder among the installed packages is; None for facts about one or a link to one."""
    name, _, ending = first.partition(".")
    is_module = name.isidentifier() and not name.startswith("__") and not ending.endswith(("pth", "libs"))
    return name if is_module else None


def offer(packages: Sequence[str]) -> Offer:
    """Look up what the packages, and those that they need, consist of here."""
    import importlib.metadata  # slower than a worker's start, and not needed by a submission that imports only what it may

    imports, files, missing = set(ALWAYS), set[Path](), []
    waiting = [(package, frozenset[str]()) for package in packages]
    seen = set[tuple[str, frozenset[str]]]()
    while waiting:
        package, extras = waiting.pop()
        if (_same_name(package), extras) in seen:
            continue
        seen.add((_same_name(package), extras))
        try:
            found = importlib.metadata.distribution(package)
        except importlib.metadata.PackageNotFoundError:
            missing += [package] if package in packages else []
            continue
        waiting += [needed for requirement in found.requires or () if (needed := _needed(requirement, extras))]
        # A system's own packages do not list their files, and name their modules alone.
        listed = [file.parts for file in found.files or ()] or [
            (name,) for name in (found.read_text("top_level.txt") or "").split()
        ]
        modules = {module for first, *_ in listed if (module := _module_of(first))}
        if not modules and package in packages:
            missing.append(package)
        imports |= modules
        # Compiled files of single modules share a folder with those of others, and scripts are elsewhere.
        tops = {tuple(parts) if parts[0] == "__pycache__" else parts[:1] for parts in listed}
        files |= {Path(str(found.locate_file(first)), *below) for first, *below in tops if first != ".."}
    return Offer(frozenset(imports), tuple(sorted(path for path in files if path.exists())), tuple(sorted(missing)))


def _is_installed(places: Sequence[str]) -> bool:
    """Say whether a module is among the installed packages, and not beside the submission or in Python itself."""
    return any(folder.name in FOLDERS for place in places for folder in Path(place).parents)


# Where this package is. In a checkout its tests are there as well, and a worker looks there first.
_OURS = Path(__file__).resolve().parents[2]


class _OnlyOffered:
    """Finds modules as Python does, apart from installed packages that are not offered and from what is beside this one."""

    # PathFinder has none where importlib_metadata, which many packages bring, was loaded first: that has a finder of its own.
    find_distributions = staticmethod(getattr(PathFinder, "find_distributions", lambda *_: iter(())))
    invalidate_caches = staticmethod(PathFinder.invalidate_caches)

    def __init__(self, packages: Sequence[str], imports: frozenset[str] | None) -> None:
        self._packages = packages
        if imports is not None:
            self.imports = imports

    @functools.cached_property
    def imports(self) -> frozenset[str]:
        """The names that may be imported, looked up when something other than NumPy is imported."""
        return offer(self._packages).imports

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a module is, None for one that is not offered."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or path is not None or name in ALWAYS:
            return spec
        places = spec.submodule_search_locations or [spec.origin or ""]
        is_kept_away = _is_installed(list(places)) or any(Path(place).parent == _OURS for place in places)
        return None if is_kept_away and name not in self.imports else spec


def offer_only(packages: Sequence[str], imports: frozenset[str] | None = None) -> None:
    """Let this process import, of all installed packages, only these and what they need (`imports`, where that is known)."""
    place = sys.meta_path.index(PathFinder)
    sys.meta_path[place] = _OnlyOffered(packages, imports)


def why_missing(error: BaseException, packages: Sequence[str]) -> str:
    """Return an exception's message; for a module that is not there, why: what a submission may use, and what to do."""
    if type(error) is not ModuleNotFoundError or type(error.name) is not str:
        return str(error)
    top = error.name.partition(".")[0]
    if top in sys.stdlib_module_names or top in sys.modules:
        return str(error)
    if _same_name(top) in map(_same_name, packages):
        return f"{top} is not installed here. Install it: pip install {top}"
    return f"this course's grading has no {top}; besides Python's own modules submissions may use {' and '.join(packages)}"


def foreign(names: Iterable[str], packages: Sequence[str]) -> list[str]:
    """Return those of some loaded modules' names that belong to an installed package which submissions may not use."""
    found = []
    for top in sorted({name.partition(".")[0] for name in names} - ALWAYS):
        module = sys.modules.get(top)
        places = [*getattr(module, "__path__", ()), getattr(module, "__file__", None) or ""]
        if _is_installed(places) and top not in offer(packages).imports:
            found.append(top)
    return found
