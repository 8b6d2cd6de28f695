"""Modules of the student's own, imported from the text that came with the work: their files need not be here."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from cnngrade.worker.cells import OwnModule, remember_lines

RUN_AS_FILES = (".py", ".ipynb")
"""How the names of the files end that `%run` runs."""


def file_run(line: str) -> str:
    """Return the file that the line of a `%run` names: the first word that is no option, completed as IPython does."""
    found = re.search(r"""(?:^|\s)(?:"([^"]+)"|'([^']+)'|([^-\s"'][^\s"']*))""", line)
    name = next(filter(None, found.groups()), "").removeprefix("./") if found else ""
    return name if name.endswith(RUN_AS_FILES) else f"{name}.py"


class OwnModules(MetaPathFinder, Loader):
    """Finds these modules where Python finds none of their name; it has to be asked after Python's own finders."""

    def __init__(self, modules: Iterable[OwnModule]) -> None:
        self._modules = {module.name: module for module in modules}

    def text(self, name: str) -> str | None:
        """Return the text of a module, None if there is none of that name."""
        return self._modules[name].source if name in self._modules else None

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a module is: here, if it came with the work, or is the folder of one that did."""
        own = self._modules.get(name)
        is_folder = any(other.startswith(f"{name}.") for other in self._modules)
        if own is None and not is_folder:
            return None
        is_package = is_folder or (own is not None and own.is_package)
        return importlib.util.spec_from_loader(name, self, origin=own.filename if own else None, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's text under the name of its file."""
        own = self._modules.get(module.__name__)
        if own is None:
            return
        module.__file__ = own.filename
        remember_lines(own.filename, own.source.split("\n"))
        exec(compile(own.source, own.filename, "exec", dont_inherit=True), module.__dict__)
