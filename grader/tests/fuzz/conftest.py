"""Readers of what strangers write end in a value or in the package's clear error: no other exception, no hang, no flood.

Each reader is given what is whole and then spoilt, since what is merely random goes no further than its first line. A reader
that takes twenty seconds for all its examples is taken to hang. CNNGRADE_FUZZ=20 makes up twenty times as many, and others.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from cnngrade.course.load import load_course
from cnngrade.model import Course
from support import tiny_course
from support.fuzzing import ALLOWED_SECONDS, Hang


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hang(f"{ALLOWED_SECONDS} seconds are over")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    former = signal.signal(signal.SIGALRM, stop)
    signal.alarm(ALLOWED_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(tiny_course.make_course(tmp_path_factory.mktemp("fuzz") / "course"))
