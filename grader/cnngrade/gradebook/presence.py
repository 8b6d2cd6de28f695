"""Whether a class has a gradebook yet, asked without making one."""

from __future__ import annotations

from pathlib import Path

from cnngrade.course import paths
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.session import course_directory
from cnngrade.gradebook.unusable import address_of
from cnngrade.model import Course


def has_gradebook(course: Course) -> bool:
    """Say whether the classroom has a gradebook: its file is there, or it is on a server, which is not asked.

    Raises CourseError for a configuration that does not run or names no address, and Fault where the system denies it.
    """
    if not paths.nbgrader_config(course).is_file():
        return False
    address = address_of(course_directory(classroom_config.read(course)))
    return address.get_backend_name() != "sqlite" or bool(address.database and Path(address.database).is_file())
