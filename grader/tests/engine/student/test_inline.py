"""Code that runs in the judge's own process answers what would have arrived from a worker."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from cnngrade.errors import Reason, StudentFailure
from cnngrade.model import Policy
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Inline
from cnngrade.worker import wire


def inline(code: str) -> ModuleType:
    module = ModuleType("work")
    exec(f"import numpy as np\nkept = np.arange(6.0).reshape(2, 3)\n{code}", vars(module))
    return module


def answer(module: ModuleType, *args: object) -> np.ndarray:
    return Student(Inline(module), Policy()).functions.f(*args)


@pytest.mark.parametrize(
    "value",
    [
        "kept",
        "kept.T",
        "kept[::-1, ::2]",
        "kept.astype('>f8')",
        "kept.astype(np.float16)",
        "kept.astype(np.dtype('float64', metadata={'unit': 'pixels'}))",
        "np.lib.stride_tricks.sliding_window_view(kept, 2, axis=1)",
        "np.broadcast_to(kept[0], (4, 3))",
        "np.lib.stride_tricks.as_strided(kept, (4, 3), (0, 8))",
        "np.array(2.5)",
        "np.zeros((3, 0))",
        "kept > 2",
        "np.ma.masked_array(kept, kept > 2)",
        "type('Image', (np.ndarray,), {})((2, 3), buffer=kept)",
    ],
)
def test_an_array_arrives_as_it_would_have_travelled(value: str) -> None:
    """dtype, shape, order, lock and numbers: of views, of subclasses, of dtypes that are not the machine's"""
    module = inline(f"def f(): return {value}")
    found, sent = answer(module), wire.unpack(wire.pack({"value": module.f()}))["value"]
    assert (type(found), found.dtype.str, found.dtype.metadata) == (type(sent), sent.dtype.str, sent.dtype.metadata)
    assert (found.shape, found.strides, found.flags.writeable) == (sent.shape, sent.strides, sent.flags.writeable)
    assert found.tobytes() == sent.tobytes()


def test_an_answer_is_nobody_elses() -> None:
    """what the code changes later, or the test, changes nothing of the other's"""
    module = inline("def f(x):\n    kept[:] += 1\n    return kept")
    first = answer(module, 0)
    answer(module, 0)[:] = -1
    assert first.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert module.kept.tolist() == [[2, 3, 4], [5, 6, 7]]


def test_an_argument_stays_the_tests_own() -> None:
    """the function has a copy, and its answer is none of the argument's memory"""
    given = np.zeros(3)
    answer(inline("def f(x): return x"), given)[:] = 1
    assert given.tolist() == [0, 0, 0]


def test_an_array_of_objects_stays_where_it_is() -> None:
    """only a token arrives"""
    assert isinstance(answer(inline("def f(): return np.array([[1, 2], 'three'], dtype=object)")), wire.Token)


def test_an_array_that_is_too_large_is_refused() -> None:
    """as it is between processes: 128 MiB and eight bytes"""
    with pytest.raises(StudentFailure) as raised:
        answer(inline("def f(): return np.zeros((1 << 24) + 1)"))
    assert raised.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("size", [3, 1 << 18])
def test_the_arguments_of_a_call_are_fresh_copies(size: int) -> None:
    """however deep they lie, and as they were sent: what one mistake does to them no other one sees"""
    locked = np.ones(3)
    locked.flags.writeable = False
    call = Call("a case", False, "f", wire.pack({"args": ([np.zeros(size)], locked), "kwargs": {"params": {"w": np.zeros(3)}}}))
    (images, kept), given = call.arguments()
    images[0][:], given["params"]["w"][:] = 1, 1
    images.append(2)
    given["params"]["b"] = 3
    (images, kept), given = call.arguments()
    assert len(images) == 1
    assert not images[0].any()
    assert given["params"].keys() == {"w"}
    assert not given["params"]["w"].any()
    assert not kept.flags.writeable
