"""Names that NumPy has no longer, or never had."""

from __future__ import annotations

import difflib
import re

import numpy as np

from cnngrade.student.raised import Raised, rule

# What NumPy had once: the name, and what does the same.
_REMOVED = {
    **{name: f"Python's own {name}" for name in ("float", "int", "bool", "object", "str", "complex")},
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), "np.inf"),
    "NINF": "-np.inf", "NaN": "np.nan", "PZERO": "0.0", "NZERO": "-0.0",
    "long": "Python's own int", "unicode": "Python's own str", "float_": "np.float64", "longfloat": "np.longdouble",
    "complex_": "np.complex128", "cfloat": "np.complex128", "singlecomplex": "np.complex64", "bool8": "np.bool_",
    "int0": "np.intp", "uint0": "np.uintp", "string_": "np.bytes_", "unicode_": "np.str_", "object0": "np.object_",
    "product": "np.prod", "cumproduct": "np.cumprod", "alltrue": "np.all", "sometrue": "np.any", "round_": "np.round",
    "in1d": "np.isin", "row_stack": "np.vstack", "trapz": "np.trapezoid", "mat": "np.asmatrix",
    "asscalar": "x.item()", "asfarray": "np.asarray(x, dtype=float)", "msort": "np.sort(x, axis=0)",
    "cast": "x.astype(dtype)", "find_common_type": "np.result_type", "issubclass_": "issubclass",
    "issubsctype": "np.issubdtype", "disp": "print", "recfromcsv": "np.genfromtxt", "recfromtxt": "np.genfromtxt",
}  # fmt: skip


_REMOVED_METHODS = {
    "itemset": "x[index] = value",
    "newbyteorder": "x.view(x.dtype.newbyteorder())",
    "ptp": "np.ptp(x)",
    "tostring": "x.tobytes()",
}


# What other libraries call otherwise, or what NumPy keeps elsewhere.
_ELSEWHERE = {
    "cat": "np.concatenate", "unsqueeze": "np.expand_dims", "tensor": "np.array", "permute": "np.transpose",
    "sliding_window_view": "np.lib.stride_tricks.sliding_window_view", "as_strided": "np.lib.stride_tricks.as_strided",
    "norm": "np.linalg.norm", "inv": "np.linalg.inv", "rand": "np.random.rand", "default_rng": "np.random.default_rng",
}  # fmt: skip


_METHODS_ELSEWHERE = {
    "permute": "x.transpose(...)", "unsqueeze": "np.expand_dims(x, axis)", "numel": "x.size", "dim": "x.ndim",
    "float": "x.astype(float)", "double": "x.astype(float)", "long": "x.astype(int)", "int": "x.astype(int)",
}  # fmt: skip


def _removed(_raised: Raised, found: re.Match[str]) -> str | None:
    name = found[1]
    if name in _REMOVED and not hasattr(np, name):
        return f"NumPy has no np.{name} any more. Use {_REMOVED[name]}."
    return None


def _misspelt(_raised: Raised, found: re.Match[str]) -> str | None:
    if found[1] in _ELSEWHERE:
        return f"NumPy has no np.{found[1]}: it is {_ELSEWHERE[found[1]]}."
    names = [name for name in dir(np) if not name.startswith("_")]
    close = difflib.get_close_matches(found[1], names, n=1, cutoff=0.8)
    advice = f" Is np.{close[0]} meant?" if close else ""
    return f"NumPy has no np.{found[1]}.{advice}"


def _removed_method(_raised: Raised, found: re.Match[str]) -> str | None:
    name = found[1]
    if name in _METHODS_ELSEWHERE:
        return f"Arrays of NumPy's have no {name}: it is {_METHODS_ELSEWHERE[name]}."
    return f"Arrays have no {name} any more. Use {_REMOVED_METHODS[name]}." if name in _REMOVED_METHODS else None


RULES = (
    rule("AttributeError", r"^module 'numpy' has no attribute '(\w+)'", _removed),
    rule("AttributeError", r"^`?np\.(\w+)`? was removed in the NumPy 2\.0 release", _removed),
    rule("AttributeError", r"^module 'numpy' has no attribute '(\w+)'", _misspelt),
    rule("AttributeError", r"^`(\w+)` was removed from the ndarray class in NumPy 2\.0", _removed_method),
    rule("AttributeError", r"^'numpy\.ndarray' object has no attribute '(\w+)'", _removed_method),
    rule(
        "ValueError",
        r"^Unable to avoid copy while creating an array",
        "Since NumPy 2 copy=False means that no copy may be made. np.asarray(x) makes one only where it is needed.",
    ),
)
