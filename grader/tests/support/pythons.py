"""The Python interpreters of this machine, by version."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def _candidates(version: str) -> Iterator[Path]:
    """Where an interpreter of a version may be: this one, those on the path, and pyenv's, which need not be on it."""
    if version == "{}.{}".format(*sys.version_info):
        yield Path(sys.executable)
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"))


@functools.cache
def python_of(version: str) -> Path | None:
    """Return an interpreter of a version such as "3.12" that runs, None if there is none."""
    says = "import sys; print('{}.{}'.format(*sys.version_info))"
    for path in _candidates(version):
        if path.exists():
            # What pyenv puts on the path ends with an error if the version is not chosen.
            done = subprocess.run([path, "-c", says], capture_output=True, text=True, check=False)
            if done.stdout.strip() == version:
                return path
    return None
