"""The folder that students of a course of two small units get, made without the proof and nbgrader, which take seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.jobs.hand_out import HandedOut, make_handout
from cnngrade.jobs.release import write_handout
from support import tiny_course

WHEEL = b"in the place of a wheel"


def hand_out_two(root: Path) -> HandedOut:
    """Make a course of two units in `root`, and the folder of it that students get."""
    course = load_course(tiny_course.add_unit(tiny_course.make_course(root)))
    for unit in course.units:
        folder = paths.release_folder(course, unit.name)
        folder.mkdir(parents=True)
        write_handout(course, unit, folder)
    return make_handout(course, WHEEL)


def copy_of(handed_out: HandedOut, to: Path) -> Path:
    """Return a student's copy of the course's folder."""
    return Path(shutil.copytree(handed_out.folder, to / "course"))
