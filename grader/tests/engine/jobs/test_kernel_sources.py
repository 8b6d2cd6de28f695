"""What of a kernel's names goes to a worker with a function: its text, its helpers', and what they use of other modules."""

from __future__ import annotations

import linecache
from pathlib import Path
from types import ModuleType

from cnngrade.jobs.kernel_sources import kernel_work
from cnngrade.worker.cells import run_cells
from support.tiny_course import BARE_UNIT

CELL = """\
import math
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows
SIZE, TABLE, BIG = 3, {"a": 1}, float("inf")

def helper(x):
    return windows(x, SIZE) * math.pi

def conv2d(x, w=np.zeros(1)):
    return [helper(row) for row in x] + [unknown(x)]
"""


def module_of(source: str) -> ModuleType:
    """Return a module that was defined as a kernel does it, with the text at hand."""
    module = ModuleType("__main__")
    linecache.cache["<cell 1>"] = (len(source), None, source.splitlines(True), "<cell 1>")
    exec(compile(source, "<cell 1>", "exec"), vars(module))
    return module


def test_a_function_goes_with_its_helpers_and_imports() -> None:
    """each at the lines of its own cell; values that are no plain ones, and names that nothing has, stay behind"""
    work = kernel_work(BARE_UNIT, ("conv2d",), module_of(CELL), Path("x.ipynb"))
    assert work is not None
    places = {cell.source.split("(")[0]: cell.first_line for cell in work.cells if cell.source.startswith("def")}
    assert places == {"def conv2d": 9, "def helper": 6}
    bound = {cell.source for cell in work.cells if not cell.source.startswith("def")}
    assert "SIZE = 3" in bound
    assert "import math" in bound
    assert not any("TABLE" in source or "BIG" in source for source in bound)


def test_it_runs_elsewhere_as_it_does_here() -> None:
    """the work that is sent makes the same functions"""
    source = CELL.replace("+ [unknown(x)]", "")
    here = module_of(source)
    work = kernel_work(BARE_UNIT, ("conv2d",), here, Path("x.ipynb"))
    assert work is not None
    there, failures = run_cells(work.cells, "elsewhere", "x.ipynb")
    assert failures == []
    rows = [here.np.arange(5.0)]
    assert here.np.array_equal(there.conv2d(rows), here.conv2d(rows))


def test_without_its_text_nothing_goes() -> None:
    """a function that was defined from nowhere, a name that stands for a value, and one that is not there"""
    module = ModuleType("__main__")
    exec("def conv2d(x):\n    return x\nvalue = 3", vars(module))
    assert kernel_work(BARE_UNIT, ("conv2d",), module, Path("x.ipynb")) is None
    assert kernel_work(BARE_UNIT, ("value",), module, Path("x.ipynb")) is None
    assert kernel_work(BARE_UNIT, ("missing",), module, Path("x.ipynb")) is None
