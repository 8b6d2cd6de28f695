"""A platform's machine: its folders at the absolute paths that it documents, in a view of the disk that nobody else has.

The view is a root of its own, in which everything else of this machine is where it always is. Only root can make it, and
platforms run as root too.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support.places import GRADER, ROOT

_ROOT = """\
root=/mnt
mount -t tmpfs -o mode=755 tmpfs "$root"
for each in /*; do
  if [ -L "$each" ]; then
    cp -P "$each" "$root$each"
  elif [ -d "$each" ] && [ "$each" != "$root" ]; then
    mkdir "$root$each"
    mount --rbind "$each" "$root$each"
  fi
done
"""


@dataclass(frozen=True)
class PlatformMachine:
    """A machine whose `folders`, by their absolute paths, are these of ours."""

    folders: Mapping[str, Path]

    def run(self, command: str, user: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the shell there, in the root's folder, as a user by number; what it prints comes together."""
        lines = [_ROOT]
        for place, folder in self.folders.items():
            around = Path(place).parent
            if around != Path("/") and not (around / Path(place).name).exists():
                # What is beside it there stays there.
                lines.append(f'mount -t tmpfs -o mode=755 tmpfs "$root{around}"')
            lines.append(f'mkdir -p "$root{place}"; mount --bind {shlex.quote(str(folder))} "$root{place}"')
        as_user = f"setpriv --reuid {user} --regid {user} --clear-groups" if user else ""
        lines.append(f'exec chroot "$root" {as_user} sh -c {shlex.quote(command)}')
        whole = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", "\n".join(lines)]
        ours = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/root"} | environment
        return subprocess.run(whole, env=ours, capture_output=True, text=True, check=False, timeout=300)


def reachable(scratch: Path) -> dict[str, Path]:
    """Return the folders that let any user reach Python and this project, which may be in root's closed home.

    What else is in a closed folder is not there. `scratch` is an empty folder for what takes its place.
    """
    needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT]
    closed = {path: above for path in needed if (above := _closed_above(path)) is not None}
    folders: dict[str, Path] = {}
    for number, above in enumerate(dict.fromkeys(closed.values())):
        folders[str(above)] = scratch / str(number)
        folders[str(above)].mkdir()
    return folders | {str(path): path for path in closed}


def _closed_above(path: Path) -> Path | None:
    """Return the topmost folder around `path` that other users may not enter."""
    return next((above for above in reversed(path.parents) if not above.stat().st_mode & 0o001), None)


def installed(folder: Path, path: str = "bin/cnngrade") -> Path:
    """Write, in the place of an installation, a command `cnngrade` that is this checkout's; return the folder."""
    command = folder / path
    command.parent.mkdir(parents=True, exist_ok=True)
    python = shlex.quote(str(Path(sysconfig.get_path("scripts")) / Path(sys.executable).name))
    command.write_text(f'#!/bin/sh\nexec env PYTHONPATH={shlex.quote(str(GRADER))} {python} -m cnngrade "$@"\n')
    command.chmod(0o755)
    return folder
