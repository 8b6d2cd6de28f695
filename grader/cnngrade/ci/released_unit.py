"""A unit as it was released, with all that it takes to check it: one zip, which a platform fetches and holds to its digest."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from cnngrade.ci.requirements import pinned
from cnngrade.ci.target import BundleFile, Contents
from cnngrade.course import paths
from cnngrade.course.yaml_lines import FILE
from cnngrade.errors import Fault, UsageError
from cnngrade.files import digest, zip_of

REQUIREMENTS = "requirements.txt"

REPOSITORIES = "repositories.py"
"""The program that puts students' repositories into one zip."""


@dataclass(frozen=True, slots=True)
class ReleasedUnit:
    """The zip of a unit: a folder with the unit's name, cnngrade's wheel, and a requirements file; and its SHA-256."""

    unit: str
    data: bytes
    digest: str

    @property
    def name(self) -> str:
        """What the zip is called."""
        return f"{self.unit}.zip"


def released_unit(contents: Contents) -> ReleasedUnit:
    """Return the zip of the one unit that a bundle is about; raises UsageError where it is not released, and Fault.

    It holds what students have, and nothing else: public tests, recorded answers, no line of a solution.
    """
    (unit,) = contents.units
    folder = paths.release_folder(contents.course, unit.name)
    if not (folder / FILE).is_file():
        raise UsageError(
            f"{unit.name} is not released yet, and what is checked is what students got: cnngrade release {unit.name}"
        )
    try:
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        inside = {path.relative_to(folder): path.read_bytes() for path in found}
    except OSError as error:
        raise Fault(f"{folder} cannot be read: {error.strerror or error}. Fix its permissions.") from error
    files = {
        f"{unit.name}/{path.as_posix()}": data
        for path, data in inside.items()
        if not any(part == "__pycache__" or part.startswith(".") for part in path.parts)
    }
    # The filter of system calls in the sandbox, which students do not have.
    files[REQUIREMENTS] = pinned("", [*contents.course.policy.packages, "pyseccomp"])
    files[contents.wheel_name] = contents.wheel
    data = zip_of(files)
    return ReleasedUnit(unit.name, data, digest(data))


def filled(template: str, contents: Contents, handout: ReleasedUnit) -> str:
    """Return a text with what is marked in it: @UNIT@, @DIGEST@, @WHEEL@, and @PYTHON@, the version that runs here.

    None of these is text that somebody could have written something else into.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    values = {"UNIT": handout.unit, "DIGEST": handout.digest, "WHEEL": contents.wheel_name, "PYTHON": python}
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def reads_repositories() -> BundleFile:
    """Return the program `REPOSITORIES`, which needs nothing but Python and git."""
    return BundleFile(Path(__file__).with_name(REPOSITORIES).read_bytes())
