"""A submission that implements nothing: it knows the right answers to the public cases, as a handout holds them, by heart.

It is made from the course as it is now: the calls of the public tests with the inputs of the handout, which anybody can find
out by running them, and the answers to these calls.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import pickle
from collections.abc import Iterable
from typing import Any

import numpy as np

from cnngrade.student.proxy import Call

_HEAD = """\
import base64
import hashlib
import pickle
from typing import Any

import numpy as np
"""

_TAIL = """

def look_up(function, args, kwargs):
    known = TABLE.get(key_of(function, args, kwargs))
    if known is None:
        raise REFUSAL("not a public case")
    return pickle.loads(base64.b64decode(known))
"""


def key_of(function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return what tells a call from others: everything that its arguments hold."""
    seen = hashlib.sha256(function.encode())

    def add(value: Any) -> None:
        if isinstance(value, np.ndarray):
            seen.update(f"{value.dtype} {value.shape}".encode() + np.ascontiguousarray(value).tobytes())
        elif isinstance(value, dict):
            add(sorted(value.items()))
        elif isinstance(value, list | tuple):
            seen.update(f"{type(value).__name__} {len(value)}".encode())
            for part in value:
                add(part)
        else:
            seen.update(repr(value).encode())

    add((args, kwargs))
    return seen.hexdigest()


def copy_of(calls: Iterable[Call], functions: Iterable[str], refusal: str) -> str:
    """Return the text of a submission that answers these calls from a table, and every other with the exception `refusal`."""
    table = {}
    for call in calls:
        if call.failure is None:
            table[key_of(call.function, *call.arguments())] = base64.b64encode(pickle.dumps(call.value)).decode()
    lines = [f"    {key!r}: {answer!r}," for key, answer in table.items()]
    defined = [f'def {name}(*args, **kwargs):\n    return look_up("{name}", args, kwargs)\n' for name in functions]
    known = "TABLE = {\n" + "\n".join(lines) + "\n}\n"
    return "\n\n".join([_HEAD, f"REFUSAL = {refusal}\n", known, inspect.getsource(key_of) + _TAIL, *defined])
