"""Modules that a student wrote beside the work: which files its imports may mean."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from cnngrade.errors import SubmissionError
from cnngrade.submission.ipython import syntax_tree
from cnngrade.worker.cells import OwnModule
from cnngrade.worker.own_modules import RUN_AS_FILES, file_run
from cnngrade.worker.packages import ALWAYS

# For a text that is no Python as a whole.
_IMPORT_LINE = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))", re.MULTILINE)


# What a kernel runs as a file of its own (`%run helpers.py`), as the call that it is turned into.
_RUN = re.compile(r"""run_line_magic\(['"]run['"],\s*(?:'([^'\n]*)'|"([^"\n]*)")""")


# Folders that a submission adds to the path: `sys.path.insert(0, "lib")`.
_PATH = re.compile(r"""\bsys\.path\.(?:append|insert)\([^"'\n)]*["'](?:\./)?([\w./ -]+?)/?["']""")


_IMPORTING = frozenset({"import_module", "__import__", "reload"})


# Whatever imports is written with one of these; of letters beyond ASCII some stand for those of ASCII.
_MAY_IMPORT = re.compile(r"import|reload|[^\x00-\x7f]")


_LONGEST_NAME = 100


MAX_MODULES = 50


MAX_IMPORTS = 2_000


def is_own_name(name: str) -> bool:
    """Say whether a name of a module may be a student's own: Python's, NumPy's and the grader's stay what they are."""
    first = name.partition(".")[0]
    could_be = len(name) <= _LONGEST_NAME and name.replace(".", "").isidentifier()
    return could_be and first not in sys.stdlib_module_names and first not in ALWAYS


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _by_from(statement: ast.ImportFrom, package: str) -> Iterator[str]:
    parents = package.split(".") if package else []
    around = parents[: len(parents) - statement.level + 1] if statement.level else []
    name = ".".join([*around, *([statement.module] if statement.module else [])])
    if name:
        yield from _with_parents(name)
    # `from package import module`
    yield from (f"{name}.{alias.name}".lstrip(".") for alias in statement.names)


def imported_names(source: str, package: str = "") -> Iterator[str]:
    """Yield the names of the modules that a text may import, those of the packages around them too.

    `package` is the package that the text belongs to, for `from . import x`.
    """
    if not _MAY_IMPORT.search(source):
        return
    tree = syntax_tree(source)
    if tree is None:
        for of, plain in _IMPORT_LINE.findall(source):
            yield from _with_parents(of or plain)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_parents(alias.name)
        elif isinstance(node, ast.ImportFrom):
            yield from _by_from(node, package)
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in _IMPORTING and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield from _with_parents(node.args[0].value.lstrip("."))


def _files_run(source: str) -> Iterator[str]:
    """Yield the names of the files that a text runs as `%run` does."""
    for line in _RUN.findall(source):
        yield file_run((line[0] or line[1]).replace("\\", ""))


def _is_plain(folder: Path, inside: str) -> bool:
    """Say whether a path leads down from a folder, through no link: one may lead to what no submission is to see."""
    parts = PurePosixPath(inside).parts
    if not parts or ".." in parts or PurePosixPath(inside).is_absolute():
        return False
    around = [folder.joinpath(*parts[:count]) for count in range(1, len(parts))]
    return not any(path.is_symlink() for path in around)


class ModulesBeside:
    """Finds the modules that the work `own` imports, and those that these import.

    `text_of` returns the Python of a file, or raises SubmissionError; of all together at most `most` characters are read.
    """

    def __init__(self, own: Path, text_of: Callable[[Path], str], most: int) -> None:
        self._own, self._text_of, self._most = own, text_of, most
        self._found: dict[str, OwnModule] = {}
        self._folders = [""]
        self._amount = 0

    def of(self, sources: Iterable[str]) -> tuple[OwnModule, ...]:
        """Return the modules for the texts of the work, by name; one that cannot be read says so when it is imported."""
        waiting: list[str] = []
        for source in sources:
            self._folders += [folder for folder in _PATH.findall(source) if _is_plain(self._own.parent, f"{folder}/x")]
            waiting += [*imported_names(source), *_files_run(source)]
        seen = set[str]()
        while waiting and len(self._found) < MAX_MODULES and len(seen) < MAX_IMPORTS:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self._add(name)
        return tuple(self._found[name] for name in sorted(self._found))

    def _add(self, name: str) -> list[str]:
        """Add a module, if there is one of that name, and return the names that it imports itself."""
        inside = self._file(name)
        if not inside or self._own.parent / inside == self._own:
            return []
        try:
            text = self._text_of(self._own.parent / inside)
            self._amount += len(text)
            if self._amount > self._most:
                raise SubmissionError(f"{inside} holds more code than is read ({self._most >> 20} MiB of all modules).")
        except SubmissionError as error:
            text = f"raise ImportError({str(error)!r})"
        is_package = inside.endswith("/__init__.py")
        self._found[name] = OwnModule(name, inside, text, is_package)
        return [*imported_names(text, name if is_package else name.rpartition(".")[0]), *_files_run(text)]

    def _file(self, name: str) -> str:
        """Return the file that a name means, as a path from the work's folder; "" if there is none."""
        if name.endswith(RUN_AS_FILES):
            candidates = [name]
        elif is_own_name(name):
            path = name.replace(".", "/")
            candidates = [f"{folder}/{path}{end}".lstrip("/") for folder in self._folders for end in ("/__init__.py", ".py")]
        else:
            return ""
        folder = self._own.parent
        found = (inside for inside in candidates if len(inside) <= _LONGEST_NAME and _is_plain(folder, inside))
        return next((inside for inside in found if _is_there(folder / inside)), "")


def _is_there(path: Path) -> bool:
    # A link is there, too: it is refused when it is read.
    return path.is_symlink() or path.is_file()
