"""course.yml with anything in any place."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from support.fuzzing import fuzz, lenient, spoilt
from support.readers import COURSE_YML, TARGETS
from support.sweeps import sweep

COURSE = yaml.safe_load(COURSE_YML.read_text(encoding="utf-8"))


@fuzz(80)
@given(spoilt(COURSE))
def test_a_course_with_anything_in_any_place(data: Any) -> None:
    """any value in the place of any other makes a course or an error; JSON is YAML"""
    TARGETS["course"](lenient(json.dumps(data, indent=1)))


LINES = [
    "\t", "\t- x", "units:", "units: []", "- a", "? [a, b]", "a: &a [x]", "b: *a", "<<: *a", "title: twice", "name: *nobody",
    "--- ", "...", "%YAML 9.9", "%TAG ! x", "points: 0x" + "f" * 600, "points: .inf", "points: 1:59", "points: 1_0",
    "points: 0o9", "title: !!int", "title: !!bool x", "title: !!binary =", "title: !!set {a}", "title: !!omap",
    "title: !!timestamp x", "title: !!python/name:os.system", 'title: "\\ud800"', 'title: "\\UFFFFFFFF"', 'title: "\\q"',
    "title: 'open", 'title: "open', "title: |9", "title: >-", "due: 2026-99-99", "classroom: ..", 'classroom: "\\0"',
    "classroom: exercises", "classroom: /etc", 'name: "a\\n"', "\x85", "\u2028", "\ufeff", "\x00", "\x1b[2J", "x: {", "x: [",
    "x: }", ": :", "# \u202e", "{[" * 40, "- " * 60, "handout: true", "stub_digests: {a: 1}",
]  # fmt: skip


@fuzz(120)
@given(st.lists(st.tuples(st.integers(0, 80), st.sampled_from(LINES), st.booleans()), min_size=1, max_size=3))
def test_a_course_with_odd_lines(changes: list[tuple[int, str, bool]]) -> None:
    """lines that YAML reads differently than one expects, or not at all"""
    lines = COURSE_YML.read_text(encoding="utf-8").split("\n")
    for place, line, instead in changes:
        lines[place : place + instead] = [" " * (place % 5) + line]
    TARGETS["course"](lenient("\n".join(lines)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp037", "utf-7"])
def test_a_course_in_another_encoding(encoding: str) -> None:
    """a file in any encoding is a course or an error that says to save it again"""
    text = COURSE_YML.read_text(encoding="utf-8") + "# caf\u00e9\n"
    TARGETS["course"](text.encode(encoding, "replace"))


def laughs(levels: int, form: str) -> str:
    """Return lists of ten aliases each, level over level: ten to the power of `levels` of the first."""
    lines = ["l0: &l0 [ha]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*l{level - 1}"] * 10)
        lines.append(f"l{level}: &l{level} {form.format(aliases)}")
    return "\n".join(lines) + "\n"


BOMBS = {
    "a billion laughs": laughs(30, "[{}]"),
    "a billion merges": laughs(30, "{{<<: [{}]}}"),
    "a list in itself": "units: &a [*a, *a]\ntitle: x\n",
    "a table in itself": "&a {title: *a, units: [*a]}\n",
    "ten thousand brackets": "[" * 10_000,
    "ten thousand tables": "{a: " * 10_000,
    "many levels": "\n".join(" " * level + "a:" for level in range(300)),
    "many keys": "\n".join(f"k{number}: 1" for number in range(2_000)),
    "many of one key": "title: x\n" * 2_000,
    "a number of many digits": "title: x\nunits: []\npoints: 1" + "0" * 100_000,
    "a number in base sixteen": "title: x\nunits: []\npoints: 0x" + "f" * 100_000,
    "a long key": "k" * 100_000 + ": 1",
}


LARGE = {"many levels", "many of one key", "a number in base sixteen", "a long key"}


@pytest.mark.parametrize("text", sweep(BOMBS.values(), BOMBS.keys() - LARGE, [*BOMBS]))
def test_a_course_that_explodes(text: str) -> None:
    """a short file that would become endless is an error, with little memory"""
    tracemalloc.start()
    try:
        TARGETS["course"](text.encode())
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()
