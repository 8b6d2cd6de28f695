"""What the code of a submission says of its functions: parameters, defaults, names of axes, and what they call."""

from __future__ import annotations

from types import ModuleType

import pytest

from cnngrade.findings.signature import UNKNOWN, Signature
from cnngrade.findings.written import functions_in_cells, functions_in_module
from cnngrade.worker.cells import Cell


def signature(code: str, name: str = "f") -> Signature:
    return functions_in_cells([Cell(code, "work.py")])[name].signature


def uses(code: str, name: str = "f") -> tuple[str, ...]:
    return functions_in_cells([Cell(code, "work.py")])[name].uses


def test_parameters_and_defaults() -> None:
    """parameters come in order; a default that only running the code would tell, or that is too long to say, is not known"""
    assert signature("def f(x, w, b=None, step=1, *, mode='same', axes=(0, 1)): ...") == Signature(
        ("x", "w", "b", "step"), {"b": None, "step": 1, "mode": "same", "axes": (0, 1)}
    )
    odd = signature(f"def f(a=SIZE, b=-1.5, c=[], d={'x' * 99!r}, e=0x{'f' * 5000}, g=(1, (2, [3]))): ...").defaults
    assert odd == {"a": UNKNOWN, "b": -1.5, "c": UNKNOWN, "d": UNKNOWN, "e": UNKNOWN, "g": UNKNOWN}
    assert signature("f = lambda x, k=2: x * k") == Signature(("x", "k"), {"k": 2})
    assert signature("class f:\n    def __call__(self, x): ...") == Signature()
    assert signature(f"def f({', '.join(f'a{n}' for n in range(1000))}): ...") == Signature()
    assert signature(f"def f({'x' * 99}): ...") == Signature()


def test_names_of_axes() -> None:
    """the docstring's "x: (N, C, H, W)" names the axes of a parameter; a number is no name, and what it returns no parameter"""
    code = '''def f(x, w, b=None):
    """Do it.

    x: (N, 3, H, W), bytes too   w: (K, C, kh, kw)   b: (K,) or None
    out: (N, K, Ho, Wo)
    """
'''
    assert signature(code).axes == {"x": ("N", "", "H", "W"), "w": ("K", "C", "kh", "kw"), "b": ("K",)}


def test_arguments_get_the_names_of_parameters() -> None:
    """defaults are filled in, in the order of the parameters; what fits no parameter keeps its place or its keyword"""
    known = Signature(("x", "w", "step"), {"step": 1, "mode": UNKNOWN})
    assert known.bound((7, 8), {}) == {"x": 7, "w": 8, "step": 1}
    assert [*known.bound((7,), {"step": 2, "w": 3})] == ["x", "w", "step"]
    assert known.bound((1, 2, 3, 4), {"odd": 5}) == {"x": 1, "w": 2, "step": 3, "argument 4": 4, "odd": 5}


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("def f(x): return g(x) + np.sum(h(x))", ("g", "np", "h")),
        ("def f(x, g): return g(x)", ()),
        ("def f(x):\n    g = x\n    return g", ()),
        ("def f(x):\n    for g in x: print(g)", ("print",)),
        ("def f(x):\n    global g\n    g = 1\n    return g", ("g",)),
        ("def f(x):\n    import g\n    return g", ()),
        ("def f(x):\n    try: ...\n    except E as g: return g", ("E",)),
        ("def f(x):\n    def inner(g): return g(x) + h(x)\n    return inner(x)", ("h",)),
        ("def f(x):\n    return [k(g) for g in x]", ("k",)),
        ("def f(x): return x.g(F.g(x))", ("F",)),
        ("def f(x): return list(map(g, x))", ("list", "map", "g")),
        ("@g\ndef f(x, y=h(1)): return x", ("h", "g")),
        ("f = g", ("g",)),
        ("f = partial(g, step=1)", ("partial", "g")),
        ("try:\n    import fast\n    def f(x): return g(x)\nexcept ImportError:\n    pass", ("g",)),
        ("def f(x): return g(x)\ndef f(x): return h(x)", ("h",)),
        ("if True:\n    def f(x): return g(x)", ("g",)),
    ],
    ids=range(17),
)
def test_names_that_a_function_uses(code: str, used: tuple[str, ...]) -> None:
    """a name counts that the function reads from outside of itself, and no parameter, local variable or attribute"""
    assert uses(code) == used


def test_a_cell_that_is_no_python_costs_no_other() -> None:
    """what does not parse, or is nested too deeply, binds nothing, and the last of several definitions counts"""
    deep = "g = " + "(" * 150 + "1" + ")" * 150
    cells = [Cell("def f(x): return g(x)", "a"), Cell("def f(x:", "b"), Cell(deep, "c"), Cell("def h(x): return f(x)", "d")]
    found = functions_in_cells(cells)
    assert (found["f"].uses, found["h"].uses) == (("g",), ("f",))
    chain = "def f(x):\n    return " + "+".join(["g(x)"] * 20_000)
    assert set(functions_in_cells([Cell(chain, "e")])) <= {"f"}


def test_a_running_notebook() -> None:
    """functions of a kernel are read from what it holds: its own functions, without attributes"""
    module = ModuleType("__main__")
    code = "from math import sqrt\ndef helper(x): return sqrt(x)\ndef f(x, n=2, *, m=3):\n    return x.g(lambda y: helper(y))"
    exec(code, vars(module))
    found = functions_in_module(module)
    assert set(found) == {"helper", "f"}
    assert found["f"].uses == ("helper",)
    assert found["f"].signature == Signature(("x", "n"), {"n": 2, "m": 3})
