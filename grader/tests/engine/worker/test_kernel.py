"""A notebook means in a worker what it means in a kernel; a script what it means to Python."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrade.errors import StudentFailure
from cnngrade.model import Policy
from cnngrade.sandbox.backends import BACKENDS, NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline, Remote
from cnngrade.submission.own_modules import MAX_MODULES
from cnngrade.submission.read import read_work
from support.sandboxes import need, sandboxes_here
from support.sweeps import sweep

POLICY = Policy(call_seconds=60.0, import_seconds=60.0)
WITH_NUMBA = Policy(call_seconds=60.0, import_seconds=60.0, packages=("numpy", "numba"))


def notebook_of(*sources: str, tags: dict[int, str] | None = None) -> str:
    cells = [
        {"cell_type": "code", "metadata": {"tags": [tags[at]]} if tags and at in tags else {}, "source": source, "outputs": []}
        for at, source in enumerate(sources, 1)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """Forking a worker takes a hundredth of starting one: all tests here share those that they are forked from."""
    yield
    for source in _WARM.values():
        source.close()
    _WARM.clear()


_WARM: dict[tuple[Policy, str], Warm] = {}


@contextlib.contextmanager
def at_work(path: Path, policy: Policy = POLICY, sandbox: str = "") -> Iterator[Student]:
    """A submission at work in a sandbox, in any that this machine has where none is named."""
    chosen = sandbox or next(iter(sandboxes_here()), NONE)
    need(chosen)
    if chosen != NONE and (policy, chosen) not in _WARM:
        _WARM[policy, chosen] = Warm(policy, chosen)
    source: WorkerSource = _WARM[policy, chosen] if chosen != NONE else Fresh(policy, path.parent)
    student = Student(Remote(source), policy, read_work(path, "work"))
    try:
        yield student
    finally:
        student.close()


def answer_of(folder: Path, *sources: str, **options: Any) -> tuple[Any, tuple[str, ...]]:
    """Return what `f(2)` answers in a notebook of these cells, and its problems."""
    path = folder / "work.ipynb"
    path.write_text(notebook_of(*sources), encoding="utf-8")
    with at_work(path, **options) as student:
        return student.functions.f(2), student.lifecycle.problems()


F = "def f(x): return x + 1"


@pytest.mark.parametrize(
    "source",
    [
        f"%matplotlib inline\n!pip install x\n{F}",
        f"np.pad?\n{F}",
        f"?print\n{F}",
        f"print??\n{F}",
        f"files = !ls -l\nfiles.n, files.s, len(files)\n{F}",
        f"where = %pwd\n{F}",
        f"%%time\n{F}",
        f"\n\n%%time\n\n{F}",
        f"%%capture out\n{F}\nout.show()",
        f"%%prun -l 3\n{F}",
        f"%%time\n%%capture\n%matplotlib inline\n{F}",
        f"%%timeit -n 1 -r 1\n{F}",
        "%time f = lambda x: x + 1",
        "y = %time 1\nf = lambda x: x + y",
        f"%timeit -o f(\\\n 2)\n{F}",
        f"result = %timeit -o 1\nresult.best\n{F}",
        f";\n{F};",
        f"    {F}",
        ">>> def f(x):\n...     return x + 1\n",
        "In [3]: def f(x):\n   ...:     return x + 1\n",
        f"import asyncio\nawait asyncio.sleep(0)\n{F}",
        "async def later(): return 1\none = await later()\nf = lambda x: x + one",
        f"import asyncio\nasync def one(): return 1\ntask = asyncio.create_task(one())\n{F}",
        f"import asyncio\nasync def one(): return 1\nassert asyncio.run(one())\n{F}",
        f"if get_ipython().__class__.__name__ != 'ZMQInteractiveShell':\n    raise RuntimeError\n{F}",
        f"async with __import__('contextlib').AsyncExitStack(): pass\n{F}",
        f"display(1)\nget_ipython().run_line_magic('matplotlib', 'inline')\n{F}",
        f"get_ipython().run_cell_magic('time', '', {F!r})",
        "get_ipython().ex('y = 1')\nget_ipython().run_cell('z = y')\nf = lambda x: x + get_ipython().ev('y * z')",
        f"import IPython, matplotlib as m\nassert [int(part) for part in m.__version__.split('.')], IPython.__version__\n{F}",
        f"# In a converted notebook\nget_ipython().run_cell_magic('capture', 'out', {'%who' + chr(10) + F!r})",
        f"get_ipython().magic('load_ext autoreload')\nget_ipython().ast_node_interactivity = 'all'\n{F}",
        f"from IPython import get_ipython\nfrom IPython.display import display, HTML, clear_output\ndisplay(HTML('<b>'))\n{F}",
        f"import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 3)\naxes[1, 2].imshow([[1]])\nplt.show()\n{F}",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\ndef f(x):\n    ax.plot([x])\n    return x + 1",
        "from tqdm.notebook import tqdm, trange\ndef f(x): return sum(tqdm(range(x), desc='x')) + len(list(trange(x)))",
        f"from IPython.core.magic import Magics\nclass Mine(Magics):\n    pass\n{F}",
        f"from google.colab import drive\ndrive.mount('/content/drive')\n{F}",
        f"if __name__ == '__main__':\n    {F}",
        f"import cnngrade\nimport functools\ncnngrade.check('f')\n{F}",
        "import cnngrade\nexec('f = lambda x: x + 1')\ncnngrade.check('f')",
        f"steps = []\nimport cnngrade\nsteps.append(1)\ncnngrade.check('f')\n{F}\nassert steps",
        f"%%capture out --no-stderr\n{F}\nout",
        f"%env ONE=1\nimport os\nassert os.environ['ONE'] == '1'\nhere = %pwd\nassert here.startswith('/')\n{F}",
        "import matplotlib.pyplot as plt\nn, edges, _ = plt.hist([1, 2], bins=1)\nf = lambda x: x + len(n)",
        f"import cnngrade\n{F}\nassert cnngrade.check('f') is None or True",
        "%pylab inline\nf = lambda x: int(arange(x + 2)[-1])",
        f"%%time\nnp.pad?\n{F}",
        f"%cd /tmp\n%env A=1\n%autoreload 2\n%config InlineBackend.figure_format = 'retina'\n{F}",
    ],
)
def test_what_a_kernel_reads(tmp_path: Path, source: str) -> None:
    """each of IPython's forms beside a definition leaves the definition what it is, and nothing is reported"""
    assert answer_of(tmp_path, source) == (3, ())


@pytest.mark.parametrize("sandbox", [name for name in BACKENDS if name != NONE])
def test_the_same_in_the_sandboxes(tmp_path: Path, sandbox: str) -> None:
    """magics, awaiting and quiet packages work where a class is graded"""
    quiet = "import matplotlib.pyplot as plt\nplt.plot([1])\nnp.pad?\ndisplay(1)"
    source = f"import asyncio\nawait asyncio.sleep(0)\nawait asyncio.to_thread(print, 1)\n{quiet}\n{F}"
    assert answer_of(tmp_path, source, sandbox=sandbox) == (3, ())


def test_lines_stay_where_they_are(tmp_path: Path) -> None:
    """an error below magics over several lines names the line of the cell"""
    source = "\n%time x = \\\n  1\n!ls \\\n -l\n\n\ny = 1 / 0"
    path = tmp_path / "work.ipynb"
    path.write_text(notebook_of(source, F), encoding="utf-8")
    with at_work(path) as student:
        assert student.functions.f(2) == 3
        assert student.lifecycle.problems() == ("work.ipynb cell 1, line 8: ZeroDivisionError: division by zero",)


def test_future_imports_hold_for_what_follows(tmp_path: Path) -> None:
    """`from __future__ import annotations` holds in all later cells, of notebooks and of scripts"""
    assert answer_of(tmp_path, "from __future__ import annotations", "def f(x: Undefined): return x + 1") == (3, ())
    script = tmp_path / "work.py"
    script.write_text("from __future__ import annotations\n# %%\na = 1\n# %%\ndef f(x: Undefined): return x + a\n")
    with at_work(script) as student:
        assert student.functions.f(2) == 3


def test_only_a_notebook_is_main(tmp_path: Path) -> None:
    """a script is imported, as graders and Python import it; one that nbconvert made of a notebook runs as the notebook does"""
    body = "def f(x): return x\nif __name__ == '__main__':\n    f = lambda x: x + 1\n"
    script = tmp_path / "work.py"
    script.write_text(body)
    with at_work(script) as student:
        assert student.functions.f(2) == 2
    script.write_text(f"#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\n{body}")
    with at_work(script) as student:
        assert student.functions.f(2) == 3


def test_what_a_script_defines_as_a_program_counts(tmp_path: Path) -> None:
    """definitions below the main guard of a script are there; what the program does is not done"""
    script = tmp_path / "work.py"
    script.write_text(
        "import argparse, sys\nassert argparse.ArgumentParser().parse_args() and len(sys.argv) == 1\n"
        "if '__main__' == __name__:\n    import math\n"
        "    TWO = -2\n    def f(x): return x + ONE + TWO + 2\n    sys.exit(f(1))\nelse:\n    ONE = 1\n"
    )
    with at_work(script) as student:
        assert student.functions.f(2) == 3
        assert student.lifecycle.problems() == ()


def test_what_a_program_binds_is_pointed_out(tmp_path: Path) -> None:
    """a name that is missing because it is bound where a script is a program is told with its line"""
    script = tmp_path / "work.py"
    script.write_text("def f(x): return x + ONE\nif __name__ == '__main__':\n    print(1)\n    ONE = abs(1)\n")
    told = r"'ONE' is not defined.* There is a ONE in work\.py, line 4, but what a script does as a program is not run"
    with at_work(script) as student, pytest.raises(StudentFailure, match=told):
        student.functions.f(1)


def test_dataclasses_and_pickles_find_their_module(tmp_path: Path) -> None:
    """what looks its module up by name finds it"""
    source = (
        "from __future__ import annotations\nimport dataclasses, pickle, typing\n@dataclasses.dataclass\nclass P:\n    x: int\n"
        "def f(x): return pickle.loads(pickle.dumps(P(x))).x + len(typing.get_type_hints(P))"
    )
    assert answer_of(tmp_path, source) == (3, ())


@pytest.mark.parametrize("sandbox", BACKENDS)
def test_numba_may_be_told_to_cache(tmp_path: Path, sandbox: str) -> None:
    """`cache=True` works in a cell, which is in no file, and in a module beside the work"""
    (tmp_path / "helpers.py").write_text("import numba\n@numba.njit(cache=True)\ndef one(x): return 1\n")
    cells = (
        "from numba import njit, vectorize\nimport helpers",
        "@njit(cache=True)\ndef more(x): return x + helpers.one(x)",
        "@vectorize(['float64(float64)'], cache=True)\ndef same(x): return x",
        "def f(x): return more(int(same(x)))",
    )
    assert answer_of(tmp_path, *cells, policy=WITH_NUMBA, sandbox=sandbox) == (3, ())


@pytest.mark.parametrize("sandbox", sweep(BACKENDS, BACKENDS[:1]))
@pytest.mark.parametrize(
    "source",
    [
        "from helpers import one\ndef f(x): return x + one()",
        "import helpers as h\ndef f(x): return x + h.one()",
        "from tools.more import one\ndef f(x): return x + one()",
        "from tools import more\ndef f(x): return x + more.one()",
        "import tools.more\ndef f(x): return x + tools.more.one()",
        "from packed import one\ndef f(x): return x + one()",
        "%run helpers.py\ndef f(x): return x + one()",
        "%run ./helpers.py -v\ndef f(x): return x + one()",
        "import importlib\nh = importlib.import_module('helpers')\ndef f(x): return x + h.one()",
        "from helpers import *\ndef f(x): return x + one()",
        "import math; from helpers import one\ndef f(x): return x + one()",
        "from tools import (  # mine\n    more,\n)\ndef f(x): return x + more.one()",
        "from tools import \\\n    more\ndef f(x): return x + more.one()",
        "def f(x): import helpers; return x + helpers.one()",
        "try: from helpers import one\nexcept ImportError: one = None\ndef f(x): return x + one()",
        "h = __import__('helpers')\ndef f(x): return x + h.one()",
        "import sys\nsys.path.insert(0, './lib')\nfrom apart import one\ndef f(x): return x + one()",
        "import sys, os\nsys.path.append(os.path.join('lib'))\nimport apart\ndef f(x): return x + apart.one()",
        '%run "my-helpers.py"\ndef f(x): return x + one()',
        "%run -i my-helpers\ndef f(x): return x + one()",
        "%run code.py\ndef f(x): return x + one()",
        "%run 'other book.ipynb'\ndef f(x): return x + one()",
        "%run tools/more\ndef f(x): return x + one()",
    ],
)
def test_own_modules_beside_the_work(tmp_path: Path, sandbox: str, source: str) -> None:
    """a module that the work imports is read with it, where it is checked and in every sandbox"""
    (tmp_path / "helpers.py").write_text("import further\ndef one(): return further.ONE\n")
    (tmp_path / "further.py").write_text("ONE = 1\n")
    (tmp_path / "lib").mkdir()
    for name in ("my-helpers.py", "code.py", "lib/apart.py"):
        (tmp_path / name).write_text("def one(): return 1\n")
    (tmp_path / "other book.ipynb").write_text(notebook_of("np.pad?", "def one(): return 1"))
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "more.py").write_text("def one(): return 1\n")
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "__init__.py").write_text("from .inner import one\nfrom . import inner\n")
    (tmp_path / "packed" / "inner.py").write_text("def one(): return 1\n")
    assert answer_of(tmp_path, source, sandbox=sandbox) == (3, ())


def test_an_own_module_that_fails_is_named(tmp_path: Path) -> None:
    """an error in a module of the student's own names its file and line"""
    (tmp_path / "helpers.py").write_text("def one():\n    return 1 / 0\n")
    (tmp_path / "broken.py").write_text("a = = 1\n")
    path = tmp_path / "work.ipynb"
    path.write_text(notebook_of("import helpers\ndef f(x): return helpers.one()", "import broken\ndef g(x): return 1"))
    with at_work(path) as student:
        with pytest.raises(StudentFailure, match=r"(?s)division by zero.*helpers\.py, line 2, in one"):
            student.functions.f(1)
        with pytest.raises(StudentFailure, match=r"cell 2, line 1: SyntaxError: invalid syntax \(broken\.py, line 1\)"):
            student.functions.g(1)


@pytest.mark.parametrize("bad", ["bytes", "huge", "folder", "link", "pipe"])
def test_a_module_that_cannot_be_read_costs_what_needs_it(tmp_path: Path, bad: str) -> None:
    """its import fails and says why; what does without it is judged"""
    helpers = tmp_path / "helpers.py"
    if bad == "bytes":
        helpers.write_bytes(b"\xff\xfe\x00\x81")
    elif bad == "huge":
        helpers.write_text("x = 1\n" * 500_000)
    elif bad == "folder":
        helpers.mkdir()
    elif bad == "link":
        helpers.symlink_to(tmp_path / "elsewhere.py")
    else:
        os.mkfifo(helpers)
    tried = "try:\n    from helpers import one\nexcept ImportError:\n    def one(): return 1\n"
    assert answer_of(tmp_path, f"{tried}def f(x): return x + one()") == (3, ())
    path = tmp_path / "work.ipynb"
    path.write_text(notebook_of("import helpers\ndef f(x): return x\ndef g(x): return helpers.one()"))
    with at_work(path) as student:
        assert student.functions.f(2) == 2
        with pytest.raises(StudentFailure, match="helpers"):
            student.functions.g(2)


def test_a_folder_behind_a_link_is_not_looked_into(tmp_path: Path) -> None:
    """whether it is a package, a folder on the path, or that of a file that is run"""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "secret.py").write_text("ONE = 1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "lib").symlink_to(tmp_path / "solutions")
    sources = ("import lib.secret", "import sys\nsys.path.insert(0, 'lib')\nimport secret", "%run lib/secret.py")
    more = ("import sys\nsys.path.insert(0, '../solutions')\nimport secret", "%run ../solutions/secret.py")
    (inside / "work.ipynb").write_text(notebook_of(*sources, *more))
    assert read_work(inside / "work.ipynb", "work").modules == ()


def test_no_own_module_takes_the_place_of_another(tmp_path: Path) -> None:
    """a file that is called as Python's, NumPy's or the grader's own modules are is not read; nor is one behind a link"""
    for name in ("numpy", "math", "cnngrade", "secret"):
        (tmp_path / f"{name}.py").write_text("ONE = 1\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.py").write_text("ONE = 1\n")
    inside = tmp_path / "work"
    inside.mkdir()
    (inside / "shortcut").symlink_to(tmp_path / "elsewhere")
    path = inside / "work.py"
    path.write_text(
        "import numpy, math, cnngrade\nfrom shortcut import secret\nfrom shortcut.secret import ONE\nimport secret\n"
    )
    assert read_work(path, "work").modules == ()
    for name in ("numpy", "math", "cnngrade"):
        (inside / f"{name}.py").write_text("ONE = 1\n")
    assert read_work(path, "work").modules == ()
    (inside / "secret.py").write_text("ONE = 1\n")
    assert [module.name for module in read_work(path, "work").modules] == ["secret"]


def test_imports_without_end(tmp_path: Path) -> None:
    """names that no file can have, and more imports than anybody writes, are passed over"""
    path = tmp_path / "work.py"
    many = "\n".join(f"import m{number}" for number in range(50_000))
    path.write_text(f"import {'x' * 5_000}\nfrom {'y.' * 3_000}z import a\nfrom ... import b\nimport .\n{many}\n")
    assert read_work(path, "work").modules == ()
    for number in range(100):
        (tmp_path / f"h{number}.py").write_text(f"import h{number + 1}\n")
    path.write_text("import h0\n")
    assert len(read_work(path, "work").modules) == MAX_MODULES


def test_the_digest_is_of_all_that_is_run(tmp_path: Path) -> None:
    """a change in a module beside the work makes another submission of it; a file that is not imported does not"""
    path = tmp_path / "work.py"
    path.write_text("import helpers\n")
    alone = read_work(path, "work").submission.digest
    (tmp_path / "other.py").write_text("ONE = 1\n")
    assert read_work(path, "work").submission.digest == alone
    (tmp_path / "helpers.py").write_text("ONE = 1\n")
    first = read_work(path, "work").submission.digest
    (tmp_path / "helpers.py").write_text("ONE = 2\n")
    assert len({alone, first, read_work(path, "work").submission.digest}) == 3


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (("def f(x): return x", "f = f(2)"), r"f is no function any more.* \(int\) in work\.ipynb cell 2, line 1"),
        (("def f(x): return x", "a = 1\nfor f in range(3):\n    pass"), r"no function any more.*cell 2, line 2"),
        (
            ("%%writefile f.py\ndef f(x): return x",),
            r"There is a f in work\.ipynb cell 1, but a cell with %%writefile is not run",
        ),
        (("%%bash\nf() { ls; }\ndef f",), "f is not defined in work.ipynb.$"),
        (("a = 1",), "f is not defined in work.ipynb.$"),
    ],
)
def test_why_a_function_is_missing(tmp_path: Path, sources: tuple[str, ...], says: str) -> None:
    """a name that was given away, and a definition in a cell that is not run, are pointed out with their place"""
    with pytest.raises(StudentFailure, match=says):
        answer_of(tmp_path, *sources)


def test_a_name_that_was_given_away_in_a_running_kernel() -> None:
    """the same where the functions are those of the notebook's own kernel"""
    module = types.ModuleType("__main__")
    vars(module)["f"] = np.ones(2)
    student = Student(Inline(module), POLICY)
    with pytest.raises(StudentFailure, match=r"no function any more: its name was given to a value \(NumPy array of dtype"):
        student.functions.f(1)


def test_a_definition_in_a_cell_to_play_in(tmp_path: Path) -> None:
    """it is pointed out where the stub is still unwritten, and where a name is missing that it binds"""
    path = tmp_path / "work.ipynb"
    stub = 'def f(x):\n    raise NotImplementedError("f is yours to write")'
    path.write_text(
        notebook_of(stub, "def f(x): return helper(x)\nhelper = abs", "def g(x): return helper(x)", tags={2: "playground"})
    )
    with at_work(path) as student:
        with pytest.raises(
            StudentFailure, match=r"yours to write\. There is a f in work\.ipynb cell 2, but that is a cell to play"
        ):
            student.functions.f(1)
        with pytest.raises(StudentFailure, match=r"'helper' is not defined.* There is a helper in work\.ipynb cell 2"):
            student.functions.g(1)


@pytest.mark.parametrize(
    ("version", "source"),
    [
        ((3, 12), "def f(x):\n    type X = int\n    return x"),
        ((3, 12), "def f[T](x: T) -> T:\n    return x"),
        ((3, 12), "class f[T]:\n    def __new__(cls, x): return x"),
        ((3, 12), """def f(x):\n    return f"{ {'a': x}["a"] }" """),
        ((3, 14), "def f(x):\n    try:\n        return x\n    except ValueError, KeyError:\n        pass"),
        ((3, 14), "def f(x):\n    return t'{x}'"),
    ],
)
def test_syntax_of_a_later_python(tmp_path: Path, version: tuple[int, int], source: str) -> None:
    """syntax that this Python does not know yet is told from a slip, with both versions"""
    path = tmp_path / "work.ipynb"
    path.write_text(notebook_of(source, "def g(x):\n    retrun x"))
    with at_work(path) as student:
        with pytest.raises(StudentFailure) as caught:
            student.functions.g(1)
        assert "may be" not in str(caught.value)
        if sys.version_info >= version:
            student.functions.f(1)
        else:
            says = f"may be syntax of Python 3.{version[1]}; Python 3.{sys.version_info[1]} runs"
            with pytest.raises(StudentFailure, match=says):
                student.functions.f(1)


def test_an_import_that_fails_costs_what_needs_it(tmp_path: Path) -> None:
    """the rest of its cell runs; what misses the name says which import failed"""
    path = tmp_path / "work.ipynb"
    path.write_text(notebook_of("import torch\nimport math\ndef f(x): return math.floor(x)\ndef g(x): return torch.tensor(x)"))
    with at_work(path) as student:
        assert student.functions.f(2.5) == 2
        with pytest.raises(StudentFailure, match=r"g raised ModuleNotFoundError.*torch.*cell 1, line 1"):
            student.functions.g(1)
