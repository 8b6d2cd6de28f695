"""The benchmark of verdicts under load: which conditions take part, and how large a part they have."""

from __future__ import annotations

import argparse
import importlib
import sys
from types import ModuleType

import pytest

from support.places import GRADER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its loads are Linux's own")

MEMORY = "memory streams"


@pytest.fixture
def verdicts(monkeypatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(GRADER / "benchmarks"))
    return importlib.import_module("budget_verdicts")


def test_conditions_without_a_share_divide_what_is_left(verdicts) -> None:
    """half for one of six leaves a tenth for each of the others; alone, or with none given, parts are equal"""
    shares = verdicts.shares_of([], {MEMORY: 0.5})
    assert list(shares) == list(verdicts.CONDITIONS)
    assert shares.pop(MEMORY) == 0.5
    assert list(shares.values()) == pytest.approx([0.1] * 5)
    assert verdicts.shares_of([MEMORY], {}) == {MEMORY: 1.0}
    assert verdicts.shares_of([MEMORY, "idle"], {MEMORY: 0.7}) == pytest.approx({"idle": 0.3, MEMORY: 0.7})


@pytest.mark.parametrize(
    ("only", "given"),
    [
        (["idle"], {MEMORY: 0.5}),
        ([MEMORY], {MEMORY: 0.5, "idle": 0.5}),
        ([], {MEMORY: 0.5, "idle": 0.5}),
        ([], {MEMORY: 0.6, "idle": 0.6}),
    ],
)
def test_shares_that_do_not_fit(verdicts, only: list[str], given: dict[str, float]) -> None:
    """a share of what takes no part, and shares that leave nothing for the others, are refused"""
    with pytest.raises(ValueError, match="memory streams"):
        verdicts.shares_of(only, given)


def test_a_condition_is_named_by_a_word(verdicts) -> None:
    """a word of one name is enough; of none or of several it is refused, and the names are told"""
    assert verdicts.condition_named("memory") == MEMORY
    assert verdicts.share_given("memory=0.25") == (MEMORY, 0.25)
    for text in ("cold", "4"):
        with pytest.raises(argparse.ArgumentTypeError, match=f'"{text}" is in the name of .*4 graders'):
            verdicts.condition_named(text)


@pytest.mark.parametrize(
    "text", ["memory", "memory=", "memory=1", "memory=0", "memory=nan", "memory=-0.5", "=0.5", "memory=half"]
)
def test_what_is_no_share(verdicts, text: str) -> None:
    """a share is a condition and a part between 0 and 1"""
    with pytest.raises(argparse.ArgumentTypeError):
        verdicts.share_given(text)
