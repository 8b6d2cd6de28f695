"""What tests in several rooms ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cnngrade.course.load import load_course
from cnngrade.model import Course
from support import tiny_course

# How long an example took tells how busy this machine is.
settings.register_profile("cnngrade", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cnngrade")


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
