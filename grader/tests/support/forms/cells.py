"""What students write into the cells of a notebook, IPython's own syntax above all."""

from __future__ import annotations

import sys
from typing import Any

from support.forms.form import (
    BOTH,
    DOUBLE,
    IMPORTS,
    NEITHER,
    ONLY_DOUBLE,
    ONLY_TRIPLE,
    TRIPLE,
    Form,
    as_json,
    code,
    lesson,
    notebook,
    raw,
    text,
)

HELPERS = "def twice(x):\n    return x + x\n"
_BY_FACTOR = "def double(x):\n    return factor * np.asarray(x)"
_BY_MODULE = "from {} import twice\ndef double(x):\n    return twice(np.asarray(x))"
_LENIENT = "it stops the cell in the kernel, for lack of something that another machine has; here the rest of the cell counts"
_NOT_KEPT = "what a cell shows is not kept"
IMPORT = "an import that fails costs only what needs it"


def form(name: str, right: frozenset[str] = BOTH, *, beside: dict[str, str] | None = None, **cells: Any) -> Form:
    """Return a form of the released notebook with `cells` in it, see `lesson`."""
    return Form(name, as_json(notebook(lesson(**cells))), right, beside=beside or {})


def before(name: str, lines: str, right: frozenset[str] = BOTH) -> Form:
    """Return a form in which these lines stand above the function `double`, in its cell."""
    return form(name, right, double=f"{lines}\n{DOUBLE}")


def differs(form: Form, judged: frozenset[str], because: str) -> Form:
    """Return a form that is judged in another way than it runs, and says why."""
    return Form(form.name, form.file, form.right, judged, because, form.suffix, form.runs, form.beside, form.cells)


HELP = [
    before("help after a name", "np.add?"),
    before("source after a name", "np.add??"),
    before("help before a name", "?np.add"),
    before("source before a name", "??np.add"),
    before("help on a pattern", "np.*add*?"),
    before("help on a magic", "%timeit?"),
    before("help inside an if", "if True:\n    np.add?"),
    form("help after the function", double=f"{DOUBLE}\ndouble?"),
    form("help on names that end a cell", last=["double?", "?double"]),
    before("question marks that ask for nothing", "import os  # why?\nasked = 'really?'"),
]

SHELL = [
    before("shell line", "!echo hello"),
    before("shell line of two", "!!echo hello"),
    before("shell line with Python in it", "!echo {np.pi} $HOME"),
    before("shell line over two lines", "!echo one \\\n   two"),
    before("shell line in an if", "if True:\n    !echo hello"),
    before("assigned shell line", "files = !ls"),
    before("assigned shell line in a loop", "for _ in range(2):\n    files = !ls"),
    form("shell line in the function", double="def double(x):\n    !true\n    return 2 * np.asarray(x)"),
    before("pip as a magic", "%pip --version"),
    before("pip as a shell line", "!pip --version"),
    form("bash cells", first=["%%bash\necho hello", "%%sh\necho hello", "%%script bash\necho hello", "%%!\nls"]),
    form("bash cell that says double", between=["%%bash\ndouble() { echo 2; }\ndouble"]),
]

MAGICS = [
    before("matplotlib inline", "%matplotlib inline"),
    form("matplotlib inline before the imports", imports=f"%matplotlib inline\n{IMPORTS}"),
    before("autoreload", "%load_ext autoreload\n%autoreload 2"),
    before("configuration", "%config InlineBackend.figure_format = 'retina'\n%precision 3\n%xmode Minimal\n%pdb off"),
    before("change of folder", "%cd .."),
    before("environment variable", "%env COURSE=vision"),
    before("environment variable with spaces", "%env COURSE vision\n%set_env OTHER=1"),
    before("assigned magic", "here = %pwd"),
    before("assigned magic with options", "taken = %timeit -o -q -n1 -r1 np.ones(3)"),
    before("who and whos", "%who\n%whos"),
    before("timeit line above the function", "%timeit -n1 -r1 np.ones(3)"),
    form("timeit line below the function", double=f"{DOUBLE}\n%timeit -n1 -r1 double(np.ones(3))"),
    form("time line that assigns", double=f"%time factor = 2\n{_BY_FACTOR}"),
    before("magic without a percent sign", "pwd", ONLY_TRIPLE),
    form("magic without a percent sign in a cell of its own", between=["pwd", "matplotlib inline", "cd ."]),
    before("history and store", "%history -n\n%dirs"),
    before("notebook-wide reset at the top", "%reset -f\nimport numpy as np"),
    form("time cell", double=f"%%time\n{DOUBLE}"),
    form("time cell after blank lines", double=f"\n\n%%time\n{DOUBLE}"),
    form("time cell with spaces after it", double=f"%%time   \n\n{DOUBLE}"),
    differs(
        form("time cell after a comment", ONLY_TRIPLE, double=f"# how long?\n%%time\n{DOUBLE}"),
        BOTH,
        "a cell magic that is not the first line is an unknown magic: it does nothing",
    ),
    form("capture cell", double=f"%%capture\n{DOUBLE}"),
    form("capture cell with a name", double=f"%%capture out --no-stderr\n{DOUBLE}", last=["out.show()"]),
    form("prun cell", double=f"%%prun -q\n{DOUBLE}"),
    form("time cell with magics in it", double=f"%%time\n%matplotlib inline\nnp.add?\n{DOUBLE}"),
    form("time cell in a capture cell", double=f"%%capture\n%%time\n{DOUBLE}"),
    form("html, javascript, latex", between=["%%html\n<b>hi</b>", "%%javascript\nlet x = 1", "%%latex\n$x$", "%%svg\n<svg/>"]),
    form("python cell", between=["%%python\nprint('another process')"]),
    form("cell magic that nobody knows", between=["%%R\nx <- c(1, 2)", "%%cython\ncdef int x", "%%sql\nselect 1"]),
    form("file written and not used", between=["%%writefile notes.txt\ndef double(x): pass"]),
    differs(
        form("time a cell that nothing keeps", ONLY_TRIPLE, double=f"%%timeit -n1 -r1\n{DOUBLE}"),
        BOTH,
        "%%timeit defines nothing outside itself; a function that was to be timed is the student's all the same",
    ),
    differs(
        form("memory of a cell", ONLY_TRIPLE, double=f"%%memit\n{DOUBLE}"),
        BOTH,
        "the kernel lacks the extension memory_profiler",
    ),
    differs(
        form("file written and imported", double=f"%%writefile mine.py\n{HELPERS}", between=[_BY_MODULE.format("mine")]),
        ONLY_TRIPLE,
        "the cell is left out, and the report says so",
    ),
    differs(form("extension that is missing", NEITHER, imports=f"%load_ext tensorboard\n{IMPORTS}"), BOTH, _LENIENT),
    differs(before("percent sign apart", "% matplotlib inline", ONLY_TRIPLE), BOTH, _LENIENT),
    differs(form("backend that is missing", NEITHER, imports=f"%matplotlib widget\n{IMPORTS}"), BOTH, _LENIENT),
    differs(form("magic of Colab", NEITHER, imports=f"%tensorflow_version 2.x\n{IMPORTS}"), BOTH, _LENIENT),
    differs(
        form("reset at the end", NEITHER, last=["%reset -f"]),
        BOTH,
        "what was defined was right; nobody tidies away what is to be judged",
    ),
]

TRAPS = [
    form(
        "text that looks like magics",
        double='%matplotlib inline\nTEXT = """one\n%matplotlib inline\n!ls\n# %%\nnp.add?\nsix"""\n'
        "def double(x):\n    return (len(TEXT.splitlines()) - 4) * np.asarray(x)",
    ),
    form("remainder at the start of a line", double=f"%matplotlib inline\nfactor = (7\n%5)\n{_BY_FACTOR}"),
    form("remainder continued", double=f"np.add?\nfactor = 7 \\\n% 5\n{_BY_FACTOR}"),
    form("indented cell", double="\n".join("    " + line for line in DOUBLE.splitlines())),
    form("pasted prompts", double=">>> def double(x):\n...     return 2 * np.asarray(x)\n...\n>>> double(np.ones(2))"),
    form("pasted prompts of IPython", double="In [3]: def double(x):\n   ...:     return 2 * np.asarray(x)"),
    form("semicolon at the end", last=["double(np.ones(2));", "x = 1; ;"]),
    form("semicolon alone", double=f"{DOUBLE}\n;"),
    form("quoting by a semicolon", double=f";print a b\n,print a b\n/print 1\n{DOUBLE}"),
    form("backslash at the end", ONLY_TRIPLE, double=f"{DOUBLE}\n\\\n"),
    form("cells of comments and nothing", between=["# nothing yet", "", "\n\n", "   ", "#%%", "# %% [markdown]\n# text"]),
    form("comment on an unclosed bracket", between=["# (", '"""only text"""', "pass"]),
    form("tabs", double="def double(x):\n\treturn 2 * np.asarray(x)"),
    form("form feed", double=f"\f\n{DOUBLE}\n\f"),
    form("carriage returns", double=DOUBLE.replace("\n", "\r\n") + "\r\n"),
    form("old carriage returns", double=DOUBLE.replace("\n", "\r")),
    form("no-break space", ONLY_TRIPLE, double=DOUBLE.replace(" * ", "\u00a0*\u00a0")),
    form("typographic quotes", ONLY_TRIPLE, double=f"print(\u201chello\u201d)\n{DOUBLE}"),
    form("names in other alphabets", double="größe = 2\nﬁ = 1\n变 = größe * fi\ndef double(x):\n    return 变 * np.asarray(x)"),
    form("emoji as a name", ONLY_TRIPLE, double=f"🙂 = 1\n{DOUBLE}"),
    form("emoji in text", double=f"print('🙂')  # 🙂\n{DOUBLE}"),
    form("NUL in a cell", ONLY_TRIPLE, double=f"x = '\0'\n{DOUBLE}"),
    form("indentation mixed", ONLY_TRIPLE, double="def double(x):\n\tif True:\n        return 2 * np.asarray(x)"),
    form("very long line", double=f"numbers = [{'0, ' * 20_000}]\n{DOUBLE}"),
    form("conflict left by git", ONLY_TRIPLE, double=f"<<<<<<< HEAD\n{DOUBLE}\n=======\n>>>>>>> other"),
    form("Python 2", ONLY_TRIPLE, double=f"print 'hello'\n{DOUBLE}"),
    form(
        "Python 3.12",
        BOTH if sys.version_info >= (3, 12) else ONLY_TRIPLE,
        double='names = [\'a\']\nprint(f"{", ".join(names)}")\n' + DOUBLE,
    ),
]

SHOWN = [
    before("awaited", "import asyncio\nawait asyncio.sleep(0)"),
    before("awaited result", "async def two():\n    return 2\nfactor = await two()"),
    form("awaited factor", double=f"async def two():\n    return 2\nfactor = await two()\n{_BY_FACTOR}"),
    before("async for and with", "async def one():\n    yield 1\nasync for number in one():\n    print(number)"),
    before("task", "import asyncio\nasync def job():\n    pass\ntask = asyncio.create_task(job())"),
    differs(
        before("loop of one's own", "import asyncio\nasync def job():\n    pass\nasyncio.run(job())", ONLY_TRIPLE),
        BOTH,
        "a kernel runs in a loop already; here, as in a script, none runs",
    ),
    before("display", "display(np.ones(2))"),
    form("display in the function", double="def double(x):\n    display(np.shape(x))\n    return 2 * np.asarray(x)"),
    before("display with a handle", "shown = display('a', display_id=True)\nshown.update('b')"),
    before("display imported", "from IPython.display import display, clear_output, HTML, Markdown\ndisplay(HTML('<b>'))"),
    before("module of IPython", "import IPython\nIPython.display.display(1)\nfrom IPython import get_ipython"),
    before("get_ipython with a line magic", "get_ipython().run_line_magic('matplotlib', 'inline')"),
    form("get_ipython with a cell magic", double=f"get_ipython().run_cell_magic('time', '', 'factor = 2')\n{_BY_FACTOR}"),
    form(
        "get_ipython with code",
        double=f"ip = get_ipython()\nip.ex('k = 1')\nip.run_cell('factor = k + 1')\nassert ip.ev('k') == 1\n{_BY_FACTOR}",
    ),
    before("version of IPython", "import IPython\nprint(IPython.__version__.split('.'))"),
    before("get_ipython with the shell", "get_ipython().system('ls')\nfiles = get_ipython().getoutput('ls')"),
    differs(before("magic by its old name", "get_ipython().magic('matplotlib inline')", ONLY_TRIPLE), BOTH, _LENIENT),
    before("is this Colab", "IN_COLAB = 'google.colab' in str(get_ipython())"),
    before("is this Colab by import", "try:\n    import google.colab\nexcept ImportError:\n    print('no')"),
    before("is this a notebook", "if get_ipython().__class__.__name__ != 'ZMQInteractiveShell':\n    raise RuntimeError"),
    differs(
        before("Colab's drive", "from google.colab import drive\ndrive.mount('/content/drive')", ONLY_TRIPLE), BOTH, _LENIENT
    ),
    differs(before("tqdm", "from tqdm.notebook import tqdm\nfor x in tqdm([1]): pass", ONLY_TRIPLE), BOTH, _LENIENT),
    differs(form("last result", first=["2"], double=f"factor = _\n{_BY_FACTOR}"), ONLY_TRIPLE, _NOT_KEPT),
    differs(form("numbered results", first=["2"], double=f"factor = Out[1]\n{_BY_FACTOR}"), ONLY_TRIPLE, _NOT_KEPT),
    before("matplotlib", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
    before("warnings", "import warnings\nwarnings.warn('careful')\nwarnings.filterwarnings('ignore')"),
    before("much output", "print('x' * 100_000)"),
    before("errors on standard error", "import sys\nprint('oh', file=sys.stderr)"),
]

FLOW = [
    form("main guard", double=f'if __name__ == "__main__":\n    factor = 2\n{_BY_FACTOR}'),
    form(
        "main function",
        double=f"def main():\n    global factor\n    factor = 2\nif __name__ == '__main__':\n    main()\n{_BY_FACTOR}",
    ),
    before("question to the user", "name = input('Your name? ')", ONLY_TRIPLE),
    before("sys.exit", "import sys\nsys.exit(0)", ONLY_TRIPLE),
    before("SystemExit", "raise SystemExit", ONLY_TRIPLE),
    form("sys.exit in the last cell", last=["import sys\nsys.exit()"]),
    differs(form("exit in the last cell", NEITHER, last=["exit()"]), BOTH, "the kernel is gone; the work before it is not"),
    differs(form("quit in a cell between", NEITHER, between=["quit()"]), BOTH, "the kernel is gone; the cells are judged"),
    differs(
        form("arguments parsed", ONLY_TRIPLE, double=f"import argparse\nargparse.ArgumentParser().parse_args()\n{DOUBLE}"),
        BOTH,
        "a kernel has arguments of its own, which the parser does not know; here there are none",
    ),
    differs(before("name of the file", "print(__file__)", ONLY_TRIPLE), BOTH, "here a notebook is a file with a name"),
    before("error above the function", "1 / 0", ONLY_TRIPLE),
    form("error below the function", double=f"{DOUBLE}\n1 / 0"),
    form("errors in cells of their own", between=["1 / 0", "def (", "nobody", "assert False", "raise KeyboardInterrupt"]),
    form("failing test of one's own", last=["assert (double(np.ones(2)) == 3).all(), 'why?'"]),
    form("imports missing", NEITHER, imports="pass"),
    form("imports too late", imports="pass", last=[IMPORTS]),
    form("imports in the cell that checks", imports="pass", last=[f'{IMPORTS}\nimport cnngrade\ncnngrade.check("double")']),
    differs(form("import fails first", NEITHER, imports=f"import nosuchmodule\n{IMPORTS}"), BOTH, IMPORT),
    form("import fails and is needed", ONLY_TRIPLE, double="import nosuchmodule\ndouble = nosuchmodule.double"),
    form("import fails last", imports=f"{IMPORTS}\nimport nosuchmodule"),
    form("one function missing", ONLY_DOUBLE, triple=""),
    form("one function a stub", ONLY_DOUBLE, triple="def triple(x):\n    raise NotImplementedError"),
    form("function deleted again", ONLY_TRIPLE, last=["del double"]),
    form("function overwritten by its result", ONLY_TRIPLE, last=["double = double(np.ones(2))"]),
    form("name of numpy overwritten", NEITHER, last=["np = 3"]),
    form("builtin overwritten", between=["sum = 3", "list = [1]", "print = None"]),
    form("wrong first, right last", between=["def double(x): return x", DOUBLE]),
    form("right first, wrong last", ONLY_TRIPLE, last=["def double(x): return x"]),
    form("work in a cell below the stub", double="def double(x):\n    raise NotImplementedError", between=[DOUBLE]),
    form("work in a cell above the stub", ONLY_TRIPLE, double="def double(x):\n    raise NotImplementedError", first=[DOUBLE]),
    form(
        "future annotations",
        imports=f"from __future__ import annotations\n{IMPORTS}",
        last=[DOUBLE.replace("(x)", "(x: Tensor)", 1)],
    ),
    form("annotations without a future", ONLY_TRIPLE, double=DOUBLE.replace("(x)", "(x: Tensor)", 1)),
    form(
        "future in a later cell", between=["from __future__ import annotations"], triple=TRIPLE.replace("(x)", "(x: Tensor)", 1)
    ),
    form(
        "compiled and cached",
        double="import numba\n@numba.njit(cache=True)\ndef times(x, k):\n    return k * x\n"
        "def double(x):\n    return times(np.asarray(x), 2)",
    ),
    form(
        "compiled in parallel",
        double="from numba import njit, prange\n@njit(parallel=True, fastmath=True)\ndef times(x, k):\n"
        "    out = np.empty_like(x)\n    for i in prange(x.size):\n        out.flat[i] = k * x.flat[i]\n    return out\n"
        "def double(x):\n    return times(np.asarray(x), 2)",
    ),
    form("everything in one cell", imports="pass", double=f"{IMPORTS}\n{DOUBLE}\n{TRIPLE}", triple=""),
    form("playground solves it", last=[code(DOUBLE, tags=["playground"])]),
    differs(
        form("work in a playground", double="", last=[code(DOUBLE, tags=["playground"])]),
        ONLY_TRIPLE,
        "what is in a playground is never judged, and the report says so",
    ),
    form("code in cells that are no code", ONLY_TRIPLE, double="", last=[raw(DOUBLE), text(f"```python\n{DOUBLE}\n```")]),
    form("tags of other tools", last=[code("1 / 0", tags=["skip", "raises-exception", "remove-cell"])]),
    form(
        "threads and random numbers",
        double=f"import threading, random\nrandom.seed(0)\nnp.random.seed(0)\n"
        f"t = threading.Thread(target=print)\nt.start()\nt.join()\n{DOUBLE}",
    ),
]

_BESIDE = {"helpers.py": HELPERS}

BESIDE = [
    form("own module", double=_BY_MODULE.format("helpers"), beside=_BESIDE),
    form("own module as h", double="import helpers as h\ndef double(x):\n    return h.twice(np.asarray(x))", beside=_BESIDE),
    form(
        "own module reloaded",
        double="import helpers, importlib\nimportlib.reload(helpers)\ndef double(x):\n    return helpers.twice(np.asarray(x))",
        beside=_BESIDE,
    ),
    form("own module run", double="%run helpers.py\ndef double(x):\n    return twice(np.asarray(x))", beside=_BESIDE),
    form(
        "own module that imports another",
        double=_BY_MODULE.format("helpers"),
        beside={"helpers.py": "from more import twice\n", "more.py": HELPERS},
    ),
    form(
        "own module with a main guard",
        double=_BY_MODULE.format("helpers"),
        beside={"helpers.py": f"{HELPERS}\nif __name__ == '__main__':\n    1 / 0\n"},
    ),
    form("own module that fails", ONLY_TRIPLE, double=_BY_MODULE.format("helpers"), beside={"helpers.py": "1 / 0\n"}),
    form("own module that is missing", ONLY_TRIPLE, double=_BY_MODULE.format("helpers")),
    form("script beside the notebook", double="from scaling import double", beside={"scaling.py": f"{IMPORTS}\n\n{DOUBLE}\n"}),
]

CELLS = [*HELP, *SHELL, *MAGICS, *TRAPS, *SHOWN, *FLOW, *BESIDE]
