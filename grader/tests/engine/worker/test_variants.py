"""Calls of a function with edits in it: each variant costs only itself, and the submission's module stays as it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrade.model import Policy
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.transport import Remote
from cnngrade.worker import wire
from cnngrade.worker.cells import Cell
from cnngrade.worker.edits import Program
from cnngrade.worker.serve import Workplace
from cnngrade.worker.variants import CUT, LARGE, NO_CODE, UNSENDABLE, Lines

CODE = """
import sys
import numpy as np
from numpy.lib.stride_tricks import as_strided

CALLS = []
COUNT = 0
FACTOR = 2.0

def helper(a):
    return a * FACTOR

def scaled(a):
    return helper(a) + 1.0

def counted(a):
    global COUNT
    COUNT += 1
    return a + COUNT

def loop(n):
    i = 0
    while i < n:
        i += 1
    return i

def swallowing(n):
    try:
        while n > 3:
            try:
                n += 1
            except ValueError:
                pass
    except BaseException:
        return -1
    return n

def comprehended(n):
    return sum(i for i in range(n * 1000))

def hungry(n):
    return np.zeros((n, 2))

def deep(n):
    return deep(n - 1) if n > 0 else 0

def leave(n):
    if n > 3:
        sys.exit(3)
    return n

def chatty(n):
    print("x" * 1000)
    print("y", file=sys.stderr)
    return n - 1

def drawn(n):
    return np.random.normal(size=n - 1)

def stored(a):
    a[0] = 7.0
    return a[1:]

def thing(n):
    return {1, n - 2} if n > 2 else n

def windows(a, n):
    return as_strided(a, (n, 2), (a.strides[0], a.strides[0])).sum(axis=1)

def viewed(a, n):
    return np.lib.stride_tricks.as_strided(a, (n, 2), (a.strides[0], a.strides[0])).sum(axis=1)

def listed(n):
    return [0.125] * (n - 1)

def raises(a):
    b = a[0]
    c = a[b]
    return a[c] - 1

def jitted(n):
    return n - 1
"""

MEGABYTE = 1 << 20


def workplace(code: str = CODE) -> Workplace:
    work = Workplace()
    work.receive("unit", "unit.py", [(code, "unit.py", 1)])
    work.load()
    return work


def tried(
    work: Workplace,
    function: str,
    choices: list[list[int]],
    *args: Any,
    seconds: float = 20.0,
    steps: int = 10_000,
    **more: Any,
) -> dict[str, Any]:
    answer = work.variants(function, [], choices, args, {}, steps, more.get("most_bytes", MEGABYTE), seconds)
    assert answer["ok"]
    return answer


def every(function: str, code: str = CODE) -> list[list[int]]:
    return [[number] for number in range(len(Program([Cell(code, "unit.py")], function, []).edits))]


def ends(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [answer["ends"][number] for number in answer["which"]]


def kinds(answer: dict[str, Any]) -> set[str]:
    return {end[3] for end in ends(answer)}


def values(answer: dict[str, Any]) -> list[Any]:
    return [answer["value"][end[0] - 1] for end in ends(answer) if end[0]]


def test_the_program_without_an_edit_answers_as_the_function_does() -> None:
    answer = tried(workplace(), "scaled", [[]], np.array([1.0, 2.0]))
    assert ends(answer) == [(1, False, False, "", 0, 0)]
    assert answer["value"][0].tolist() == [3.0, 5.0]


def test_an_edit_in_a_helper_or_a_value_of_the_file_is_seen_by_the_function() -> None:
    program = Program([Cell(CODE, "unit.py")], "scaled", [])
    choices = [[number] for number, edit in enumerate(program.edits) if edit.line in (8, 11)]
    answers = {tuple(np.ravel(value).tolist()) for value in values(tried(workplace(), "scaled", choices, np.array([1.0, 3.0])))}
    assert {(2.0, 4.0), (1.0, 1.0), (1.5, 2.5)} <= answers


def test_equal_answers_travel_once() -> None:
    answer = tried(workplace(), "scaled", every("scaled"), np.array([1.0, 2.0]))
    packed = [wire.pack({"value": value}) for value in answer["value"]]
    assert len(packed) == len(set(packed)) < len(answer["which"]) == len(every("scaled"))
    assert len(set(answer["ends"])) == len(answer["ends"])


def test_what_variants_bind_is_not_seen_by_the_module() -> None:
    work = workplace()
    before = dict(vars(work.module))
    assert values(tried(work, "counted", [[], [], []], 1)) == [2, 2, 2]
    tried(work, "counted", every("counted"), 1)
    assert dict(vars(work.module)) == before
    assert work.call("counted", (1,), {})["value"] == 2


@pytest.mark.parametrize("function", ["loop", "swallowing", "comprehended"])
def test_a_variant_that_loops_is_cut_short(function: str) -> None:
    start = time.process_time()
    answer = tried(workplace(), function, every(function), 3, steps=2_000, seconds=4.0)
    assert len(answer["which"]) > 50
    assert CUT in kinds(answer) or function == "swallowing"
    assert time.process_time() - start < 10


@pytest.mark.skipif(sys.platform == "win32", reason="there is no alarm")
def test_a_function_without_edits_that_loops_is_cut_short_by_the_clock() -> None:
    work = workplace("def g(n):\n    while n:\n        n + 1\n\ndef f(n):\n    g(n)\n")
    start = time.monotonic()
    answer = work.variants("f", ["g"], [[], []], (1,), {}, 10**9, MEGABYTE, 0.8)
    assert kinds(answer) == {CUT}
    assert time.monotonic() - start < 3


def test_a_variant_that_loops_slowly_is_cut_short_by_the_clock() -> None:
    code = "import time\ndef f(n):\n    while n < 3:\n        time.sleep(0.001)\n    return n\n"
    start = time.monotonic()
    answer = tried(workplace(code), "f", [[], [], [], []], 1, seconds=1.0, steps=10**9)
    assert kinds(answer) == {CUT}
    assert time.monotonic() - start < 3


def test_when_the_seconds_are_over_the_rest_is_not_tried() -> None:
    code = "import time\ndef f(n):\n    time.sleep(0.05)\n    return n\n"
    answer = tried(workplace(code), "f", [[]] * 100, 1, seconds=0.4)
    assert 1 <= len(answer["which"]) <= 9


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process cannot be kept from asking for memory")
def test_a_variant_that_wants_too_much_memory_raises_and_the_limit_is_put_back() -> None:
    import resource  # there is none on Windows

    before = resource.getrlimit(resource.RLIMIT_AS)
    answer = tried(workplace("import numpy as np\ndef f(n):\n    return np.zeros((n, 2)).size\n"), "f", [[]], 1 << 30)
    assert kinds(answer) == {"MemoryError"}
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_variant_may_recurse_leave_and_print(capfd: pytest.CaptureFixture[str]) -> None:
    work = workplace()
    assert {"RecursionError", ""} <= kinds(tried(work, "deep", every("deep"), 2, steps=1_000_000)) | kinds(
        tried(work, "deep", [[]], 100_000, steps=1_000_000)
    )
    assert "SystemExit" in kinds(tried(work, "leave", every("leave"), 3))
    assert 2 in values(tried(work, "chatty", every("chatty"), 3))
    assert capfd.readouterr() == ("", "")


def test_random_numbers_are_the_same_in_every_variant() -> None:
    first, second = values(tried(workplace(), "drawn", [[], []], 4))
    assert first.tolist() == second.tolist()


def test_changed_and_shared_arguments_are_told_and_each_variant_gets_its_own() -> None:
    answer = tried(workplace(), "stored", [[], []], np.array([1.0, 2.0]))
    assert ends(answer) == [(1, True, True, "", 0, 0)] * 2
    work = workplace()
    copied = [end for end in ends(tried(work, "stored", every("stored"), np.array([1.0, 2.0]))) if end[0] and not end[1]]
    assert copied


def test_what_cannot_be_sent_or_is_too_large_is_told() -> None:
    work = workplace()
    assert kinds(tried(work, "thing", [[]], 3)) == {UNSENDABLE}
    assert kinds(tried(work, "hungry", [[], []], 1 << 17, most_bytes=MEGABYTE)) == {LARGE}
    assert kinds(tried(work, "listed", [[]], 190_000, most_bytes=1 << 30)) == {LARGE}
    assert kinds(tried(work, "hungry", [[]], 10)) == {""}


@pytest.mark.parametrize("function", ["windows", "viewed"])
def test_a_view_beyond_its_array_is_an_exception(function: str) -> None:
    work, array = workplace(), np.arange(6.0)
    assert values(tried(work, function, [[]], array, 5))[0].tolist() == [1.0, 3.0, 5.0, 7.0, 9.0]
    assert kinds(tried(work, function, [[]], array, 10**9)) == {"ValueError"}
    assert work.call("windows", (array, 2), {})["value"].tolist() == [1.0, 3.0]


def test_where_an_exception_came_from_is_told() -> None:
    answer = tried(workplace(), "raises", [[]], np.array([1, 7]))
    assert ends(answer) == [(0, False, False, "IndexError", 0, CODE[: CODE.index("return a[c] - 1")].count("\n") + 1)]


def test_edits_that_there_are_not_and_names_of_values_are_no_code() -> None:
    work = workplace()
    assert kinds(tried(work, "loop", [[10**6], [-1]], 3)) == {NO_CODE}
    assert kinds(tried(work, "FACTOR", [[]], 3)) == {NO_CODE}


def test_a_compiled_function_is_run_as_python() -> None:
    code = "import numba\n@numba.njit\ndef f(n):\n    return n - 1\n"
    assert 5 in values(tried(workplace(code), "f", every("f", code), 4))


def test_lines_that_a_call_executes() -> None:
    first = "def g(a):\n    return a + 1\n"
    second = "def f(a):\n    if a > 2:\n        return g(a)\n    raise ValueError\n"
    work = Workplace()
    work.receive("unit", "unit.py", [(first, "unit.py", 1), (second, "unit.py", 4)])
    work.load()
    assert work.covered("f", (3,), {})["lines"] == [(0, 2), (1, 5), (1, 6)]
    assert work.covered("f", (1,), {})["lines"] == [(1, 5), (1, 7)]
    assert sys.gettrace() is None or "coverage" in str(sys.gettrace())


def test_cells_of_a_notebook_have_files_of_their_own() -> None:
    cells = [Cell("", "a.ipynb cell 1"), Cell("", "a.ipynb cell 2"), Cell("", "a.py", 1), Cell("", "a.py", 9)]
    lines = Lines(cells)
    assert [lines.cell("a.ipynb cell 2", 5), lines.cell("a.py", 8), lines.cell("a.py", 9)] == [1, 2, 3]


def test_a_call_that_never_ends_is_not_followed_for_ever() -> None:
    work = workplace("def f():\n    while True:\n        pass\n")
    assert work.covered("f", (), {})["lines"] == [(0, 2), (0, 3)]


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    folder: Path = tmp_path_factory.mktemp("worker")
    remote = Remote(Fresh(Policy(call_seconds=20.0, import_seconds=20.0), folder))
    cells = [(CODE, "unit.py", 1)]
    remote.request(wire.parcel({"op": "receive", "name": "unit", "path": str(folder / "unit.py"), "cells": cells}), 20, 60)
    assert remote.request(wire.parcel({"op": "load"}), 20, 60)["ok"]
    yield remote
    remote.close()


def test_the_judge_takes_what_a_worker_answers(worker: Remote) -> None:
    asked = {"function": "scaled", "args": (np.array([1.0, 2.0]),), "kwargs": {}}
    covered = worker.request(wire.parcel(asked | {"op": "covered"}), 20, 60)
    assert covered["lines"] == [(0, CODE[: CODE.index("return a * FACTOR")].count("\n") + 1), (0, 14)]
    choices = [[], *every("scaled")]
    bounds = {"others": [], "choices": choices, "most_steps": 1_000, "most_bytes": MEGABYTE, "seconds": 20.0}
    answer = worker.request(wire.parcel(asked | bounds | {"op": "variants"}), 20, 60)
    assert answer["ok"]
    assert len(answer["which"]) == len(choices)
    assert answer["value"][0].tolist() == [3.0, 5.0]
