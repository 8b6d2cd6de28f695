"""What is made up to be read: any data, whole data with parts spoilt, whole bytes with some damaged.

CNNGRADE_FUZZ=20 makes up twenty times as many, and others.
"""

from __future__ import annotations

import copy
import math
import os
import random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("CNNGRADE_FUZZ", "1"))
ALLOWED_SECONDS = 20 * TIMES


class Hang(BaseException):
    """No `except Exception` of a reader may catch it."""


def fuzz(examples: int) -> settings:
    """Return settings under which every run makes up the same examples, unless more are asked for."""
    checks = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)
    return settings(
        max_examples=TIMES * examples,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=(*checks, HealthCheck.large_base_example),
    )


# What is made up

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
ODD = [
    math.nan, math.inf, -math.inf, -0.0, 10**400, -(10**400), 2**63, 2**64, 1e308, True, "", "\0", "\ud800", "\udfff\ud800",
    "\u202e", "x" * 5_000, "../..", "/etc/passwd", "NaN", "1e999", "<<", "*a", "&a", "!!python/object:os.system", [], {},
    [[]], [{}], {"": None},
]  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT, st.sampled_from(ODD).map(copy.deepcopy))
JUNK = st.recursive(
    SCALARS, lambda parts: st.one_of(st.lists(parts, max_size=3), st.dictionaries(ANY_TEXT, parts, max_size=3)), max_leaves=8
)


def nested(depth: int) -> Any:
    tree: Any = "deep"
    for level in range(depth):
        tree = [tree] if level % 2 else {"cells": tree}
    return tree


@st.composite
def spoilt(draw: st.DrawFn, whole: Any, most: int = 4) -> Any:
    """Return a copy of plain data in which some parts are replaced, deleted, doubled, renamed, or moved elsewhere."""
    tree = copy.deepcopy(whole)
    # One number for each change, since a draw for each step would leave no room for the junk itself.
    for seed in draw(st.lists(st.integers(0, 2**32), min_size=1, max_size=most)):
        chance = random.Random(seed)
        place: Any = None
        key: Any = None
        node = tree
        while isinstance(node, dict | list) and node and (place is None or chance.random() < 0.8):
            key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
            place, node = node, node[key]
        if place is None:
            return draw(JUNK)
        match chance.choice(["replace", "replace", "replace", "delete", "double", "rename", "wrap", "nest"]):
            case "replace":
                place[key] = draw(JUNK)
            case "delete":
                del place[key]
            case "double" if isinstance(place, list):
                place.insert(key, copy.deepcopy(node))
            case "rename" if isinstance(place, dict):
                place[draw(ANY_TEXT)] = place.pop(key)
            case "wrap":
                place[key] = [node]
            case "nest":
                place[key] = nested(chance.choice([40, 300]))
    return tree


@st.composite
def damaged(draw: st.DrawFn, whole: bytes, most: int = 6) -> bytes:
    """Return bytes of which some are changed, put in, taken away or cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(0, most))):
        place = draw(st.integers(0, len(data)))
        patch = draw(
            st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from([b"\0\0\0\0", b"\xff" * 8, b"\x7f\xff\xff\xff"]))
        )
        match draw(st.sampled_from(["change", "change", "insert", "delete", "cut", "double"])):
            case "change":
                data[place : place + len(patch)] = patch
            case "insert":
                data[place:place] = patch
            case "delete":
                del data[place : place + len(patch)]
            case "cut":
                del data[place:]
            case "double":
                data[place:place] = data[place // 2 : place][:200]
    return bytes(data)


def lenient(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
