"""Modules that a student wrote beside the work: which names of its imports may mean one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from cnngrade.worker.packages import ALWAYS

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?([^#\n;]*)|import[ \t]+([^#\n;]*))", re.MULTILINE)


# What a kernel runs as a file of its own: `%run helpers.py`, and the call that it is turned into.
_RUN = re.compile(
    r"""run_line_magic\(['"]run['"],\s*['"](?:-\w+\s+)*([\w./]+?)(?:\.py)?(?:\s[^'"]*)?['"]|import_module\(['"]([\w.]+)"""
)


_LONGEST_NAME = 100


def is_own_name(name: str) -> bool:
    """Say whether a name of a module may be a student's own: Python's, NumPy's and the grader's stay what they are."""
    first = name.partition(".")[0]
    return (
        len(name) <= _LONGEST_NAME
        and name.replace(".", "").isidentifier()
        and first not in sys.stdlib_module_names
        and first not in ALWAYS
    )


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def imported_names(source: str, package: str = "") -> Iterator[str]:
    """Yield the names of the modules that a text may import, those of the packages around them too.

    `package` is the package that the text belongs to, for `from . import x`.
    """
    for dots, module, bound, plain in _IMPORT.findall(source):
        if plain:
            for part in plain.split(","):
                yield from _with_parents(part.split(" as ")[0].strip())
            continue
        parents = package.split(".") if package else []
        around = parents[: len(parents) - len(dots) + 1] if dots else []
        name = ".".join([*around, *([module] if module else [])])
        if name:
            yield from _with_parents(name)
        for part in bound.split(","):
            # `from package import module`
            yield f"{name}.{part.split(' as ')[0].strip()}".lstrip(".")
    for run, imported in _RUN.findall(source):
        yield from _with_parents(run.removeprefix("./").replace("/", ".") or imported)
