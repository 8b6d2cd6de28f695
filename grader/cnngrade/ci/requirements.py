"""The packages that a platform has to install, in the versions that are installed here: then verdicts are the same."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

# Bundles are for Linux, wherever they are made.
_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}

RECORDING = ("nbgrader", "jupytext", "nh3")
"""What the gradebook needs, and judging does not."""


def pinned(extra: str = "", packages: Iterable[str] = (), but: Collection[str] = ()) -> bytes:
    """Return a requirements file with all that cnngrade needs, with an `extra`, and what else a course lets submissions use.

    What these need in turn is among it, except for what `but` names. A package that is not installed here, because its system
    is another, has the bounds that are stated for it.
    """
    waiting = [*_needed_by("cnngrade", {extra}), *map(Requirement, packages)]
    found: dict[str, str] = {}
    walked: dict[str, set[str]] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in but or (name in found and requirement.extras <= walked.get(name, set())):
            continue
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = f"{name}{requirement.specifier}"
            continue
        # What was built here and elsewhere differs after a plus sign, and only the part before it is on an index.
        found[name] = f"{name}=={Version(version).public}"
        walked.setdefault(name, set()).update(requirement.extras)
        waiting += _needed_by(name, requirement.extras)
    return "".join(f"{line}\n" for _, line in sorted(found.items())).encode()


def _needed_by(package: str, extras: AbstractSet[str]) -> Iterator[Requirement]:
    """Yield what an installed package needs on Linux, with these extras."""
    here = {key: str(value) for key, value in default_environment().items()}
    environments = [here | _LINUX | {"extra": extra} for extra in ("", *sorted(extras))]
    for text in importlib.metadata.requires(package) or ():
        requirement = Requirement(text)
        if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
            yield requirement
