"""What tests in several rooms ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.model import Course
from support import tiny_course


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run the tests that share what is made for more than one of them, so that it is made once."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("xdist_group") is None:
            shared = sorted(
                f"{definition.baseid}::{name}"
                for name, (*_, definition) in item._fixtureinfo.name2fixturedefs.items()
                if definition.scope != "function" and definition.baseid
            )
            if shared:
                item.add_marker(pytest.mark.xdist_group(shared[0]))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Return the tiny course, written for this test alone."""
    return load_course(tiny_course.make_course(tmp_path / "course"))


@pytest.fixture
def bare_course(tmp_path: Path) -> Course:
    """Return a course of one unit, without a single file."""
    root = tmp_path / "course"
    root.mkdir()
    return Course("vision", "Vision", root, (tiny_course.BARE_UNIT,))
