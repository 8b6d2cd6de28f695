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


def _stand_in(name: str, functions: tuple[str, ...]) -> ModuleType:
    """Return what is to be found in a module's place: functions that load it when they are called.

    Asked for anything else, it loads it at once: another version of nbgrader may need more of it.
    """
    module = ModuleType(name)

    def of_the_real_one(attribute: str) -> Any:
        if attribute.startswith("__"):
            # Python asks for these at each import, and whoever looks through all modules.
            raise AttributeError(attribute)
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    def called_later(function: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            return of_the_real_one(function)(*args, **kwargs)

        call.__name__ = call.__qualname__ = function
        return call

    vars(module).update({function: called_later(function) for function in functions}, __getattr__=of_the_real_one)
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
        try:
            with _in_their_place({name: _stand_in(name, functions) for name, functions in _LATER.items()}):
                importlib.import_module("nbgrader.converters")
        except ModuleNotFoundError:
            # Another version of nbgrader needs a module within one of these. What is loaded of it refers to what is not.
            for name in [name for name in sys.modules if name.partition(".")[0] == "nbgrader"]:
                del sys.modules[name]
            importlib.import_module("nbgrader.converters")
