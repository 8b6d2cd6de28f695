"""What a notebook's kernel has besides Python, as far as work can lean on it: everything that only shows answers harmlessly.

IPython, matplotlib, progress bars and Colab's own module show something to a person. Nobody looks at a worker: where they are
not among the packages that are offered, calls of them do nothing, and the rest of the cell runs as it did for the student.
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnngrade.worker.cells import BODY_IS_PYTHON
from cnngrade.worker.compat import CacheForCells
from cnngrade.worker.own_modules import OwnModules, file_run

ONLY_SHOW = frozenset({"IPython", "ipywidgets", "matplotlib", "seaborn", "tqdm", "google"})
"""Packages that only show something."""


_COLAB = "google.colab"


class Quiet:
    """Answers everything and does nothing: called, asked for an attribute, an item or the next of its kind."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function where this decorates one, and nothing of note otherwise."""
        return args[0] if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], Quiet) else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Any:
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *raised: object) -> None:
        pass

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """Let a class be derived from this: it has nothing of it."""
        return ()

    def __repr__(self) -> str:
        return ""


class _Lines(list[str]):
    """What a shell command printed, as IPython returns it: nothing."""

    @property
    def n(self) -> str:
        """The lines as one text."""
        return "\n".join(self)

    l = s = n  # noqa: E741  # the names that IPython gives them


class ZMQInteractiveShell(Quiet):
    """What `get_ipython()` returns, called as a kernel's own class is: magics that run code run it, all others do nothing."""

    def __init__(self, namespace: dict[str, Any], modules: OwnModules) -> None:
        self.user_ns = namespace
        self._modules = modules

    def run_line_magic(self, name: str, line: str = "", *more: object, **options: object) -> Any:
        """Run a line magic: `time` and `prun` run their statement, `run` a module of the student's own."""
        if name in ("time", "prun"):
            return self._statement(line)
        if name == "run":
            return self._file(line)
        if name == "pwd":
            return str(Path.cwd())
        if name in ("env", "set_env") and (given := re.match(r"\s*(\w+)\s*[= ]\s*(.*)", line)):
            os.environ[given[1]] = given[2]
        if name == "pylab":
            exec("import numpy\nimport numpy as np\nfrom numpy import *", self.user_ns)
        return Quiet()

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Run a cell magic: those whose body is the notebook's own code run it."""
        if name in BODY_IS_PYTHON:
            exec(compile(cell, f"<%%{name}>", "exec", dont_inherit=True), self.user_ns)
        return Quiet()

    def magic(self, line: str) -> Any:
        """Run a line magic as older converters write it."""
        name, _, rest = line.lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def getoutput(self, command: str, *more: object, **options: object) -> list[str]:
        """Return what a shell command printed: nothing, for it is not run."""
        return _Lines()

    def ev(self, expression: str) -> Any:
        """Return what an expression of the notebook's names is."""
        return eval(expression, self.user_ns)

    def ex(self, statements: str) -> None:
        """Run statements among the notebook's names."""
        exec(statements, self.user_ns)

    def run_cell(self, raw_cell: str, *more: object, **options: object) -> Any:
        """Run a cell; one that is plain Python, for a worker reads no other."""
        self.ex(raw_cell)
        return Quiet()

    def _statement(self, line: str) -> Any:
        try:
            code = compile(line.strip(), "<magic>", "eval", dont_inherit=True)
        except SyntaxError:
            exec(compile(line.strip(), "<magic>", "exec", dont_inherit=True), self.user_ns)
            return None
        return eval(code, self.user_ns)

    def _file(self, line: str) -> None:
        name = file_run(line)
        text = self._modules.text(name)
        if text is None:
            raise FileNotFoundError(f"%run {line}: there is no {name} beside the work")
        exec(compile(text, name, "exec", dont_inherit=True), self.user_ns)


def _subplots(nrows: int = 1, ncols: int = 1, *_: Any, squeeze: bool = True, **__: Any) -> tuple[Any, Any]:
    """Return a figure and axes in the shape in which matplotlib returns them."""
    axes = np.empty((nrows, ncols), dtype=object)
    for place in np.ndindex(axes.shape):
        axes[place] = Quiet()
    if squeeze:
        return Quiet(), axes.item() if axes.size == 1 else axes.squeeze()
    return Quiet(), axes


def _histogram(values: Any, bins: Any = 10, *_: Any, **__: Any) -> tuple[Any, Any, Any]:
    return (*np.histogram(values, 10 if bins is None else bins), Quiet())


def _bar(iterable: Iterable[Any] = (), *_: Any, **__: Any) -> Any:
    """Return what a progress bar goes through: what it was given."""
    return _Bar(iterable)


class _Bar(Quiet):
    """A progress bar over `iterable`."""

    def __init__(self, iterable: Iterable[Any]) -> None:
        self._iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]  # a bar over what has no length has none


def _bar_over_range(*args: int, **_: Any) -> Any:
    return _Bar(range(*args))


# What is used for its result.
_ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "matplotlib": {"subplots": _subplots, "hist": _histogram},
    "tqdm": {"tqdm": _bar, "trange": _bar_over_range, "tqdm_notebook": _bar, "tnrange": _bar_over_range},
}


class _QuietModule(ModuleType):
    """A module in which every name is there."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            # Work prints it, or takes it apart.
            return "0.0"
        if name.startswith("__"):
            raise AttributeError(name)
        answers = _ANSWERS.get(self.__name__.partition(".")[0], {})
        if name == "get_ipython":
            return vars(builtins)[name]
        return answers.get(name, Quiet())


class _QuietPackages(MetaPathFinder, Loader):
    """Finds the packages that only show something where Python finds none; it has to be asked last."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a module is: here, if it belongs to one of them."""
        first = name.partition(".")[0]
        if first not in ONLY_SHOW or (first == "google" and name != "google" and not name.startswith(_COLAB)):
            return None
        return importlib.util.spec_from_loader(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module."""
        return _QuietModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Bind nothing for `import *`."""
        vars(module)["__all__"] = []


def install(namespace: dict[str, Any], modules: OwnModules) -> None:
    """Give this process what a kernel gives the notebook whose names are in `namespace`."""
    shell = ZMQInteractiveShell(namespace, modules)
    vars(builtins).update(get_ipython=lambda: shell, display=Quiet())
    # A process that was forked from one in which this was done has them already.
    others = [finder for finder in sys.meta_path if not isinstance(finder, CacheForCells | OwnModules | _QuietPackages)]
    sys.meta_path[:] = [CacheForCells(), *others, modules, _QuietPackages()]
