"""nbgrader loaded without what only a Jupyter server or an unpacked archive needs: that takes a third of its time.

nbgrader's package loads its server extensions, these the server, its commands and the exchange, and all for functions that
others call. Here they are loaded when somebody calls them.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

_EXTENSION = ("load_jupyter_server_extension",)


# Modules, and the functions that nbgrader uses of them. Nothing else is loaded with it that needs one of them.
_LATER = {
    "nbgrader.server_extensions.assignment_list": _EXTENSION,
    "nbgrader.server_extensions.course_list": _EXTENSION,
    "nbgrader.server_extensions.formgrader": _EXTENSION,
    "nbgrader.server_extensions.validate_assignment": _EXTENSION,
    "requests": ("request",),
    "setuptools.archive_util": ("unpack_archive", "unpack_tarfile", "unpack_zipfile"),
}


# By these `jsonschema` checks formats of texts, such as dates and web addresses, for which nobody here asks.
_OF_FORMATS = (
    "fqdn", "idna", "isoduration", "jsonpointer", "rfc3339_validator", "rfc3986_validator", "rfc3987", "rfc3987_syntax",
    "uri_template", "webcolors",
)  # fmt: skip


def _called_later(module: str, name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    return call


def _stand_in(name: str, functions: tuple[str, ...]) -> ModuleType:
    module = ModuleType(name)
    for function in functions:
        setattr(module, function, _called_later(name, function))
    return module


@contextlib.contextmanager
def _in_their_place(modules: dict[str, ModuleType | None]) -> Iterator[None]:
    """Let imports in the block find these in the place of modules that are not loaded yet; None is not to be found."""
    placed: dict[str, Any] = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def load_nbgrader() -> None:
    """Load nbgrader, unless it is loaded already."""
    if "jsonschema" not in sys.modules:
        with _in_their_place(dict.fromkeys(_OF_FORMATS)):
            importlib.import_module("jsonschema")
    if "nbgrader" not in sys.modules:
        with _in_their_place({name: _stand_in(name, functions) for name, functions in _LATER.items()}):
            importlib.import_module("nbgrader.converters")
