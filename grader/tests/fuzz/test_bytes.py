"""Every reader is given bytes from nowhere, and whole ones of which a few changed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.with_atheris import main
from support.fuzzing import ANY_TEXT, damaged, fuzz, lenient
from support.readers import TARGETS, seeds


@pytest.mark.parametrize("target", TARGETS)
def test_random_bytes(target: str) -> None:
    """bytes from nowhere are refused by every reader"""

    @fuzz(60)
    @given(st.one_of(st.binary(max_size=300), ANY_TEXT.map(lenient)))
    @example(b"")
    @example(b"\xef\xbb\xbf")
    @example(b"\0" * 100)
    def run(data: bytes) -> None:
        TARGETS[target](data)

    run()


@pytest.mark.parametrize("target", TARGETS)
def test_whole_and_then_damaged(target: str) -> None:
    """what was whole before a few bytes of it changed is still something, or refused"""
    for whole in seeds()[target]:

        @fuzz(60 if target == "course" else 150)
        @given(damaged(whole))
        def run(data: bytes) -> None:
            TARGETS[target](data)

        run()


def test_the_driver_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """without atheris, or without a target, the script says so on one line"""
    assert main(["with_atheris"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
