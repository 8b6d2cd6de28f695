"""Runs Python as a user without rights: root, who may become one, must not be the only user that a promise is tried for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.places import GRADER, ROOT

NOBODY = 65534

# In a namespace of its own: where a home folder that others may not enter holds the interpreter, it is covered by an empty one
# that holds nothing but that. $1 is the home folder, or empty; what is to be kept follows up to --, then comes the command.
_BECOME = f"""
set -e
home=$1; shift
if [ -n "$home" ]; then
    kept=$(mktemp -d)
    mount -t tmpfs tmpfs "$kept"
    number=0
    for place in "$@"; do
        [ "$place" = -- ] && break
        number=$((number + 1)); mkdir "$kept/$number"; mount --bind "$place" "$kept/$number"
    done
    mount -t tmpfs -o mode=755 tmpfs "$home"
fi
number=0
while [ "$1" != -- ]; do
    number=$((number + 1)); mkdir -p "$1"; mount --bind "$kept/$number" "$1"; shift
done
shift
[ -z "$kept" ] || {{ umount -l "$kept"; rmdir "$kept"; }}
exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "$@"
"""


def _closed_to_others(path: Path) -> Path | None:
    """Return the first folder on the way to a path that other users may not enter."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), None)


def as_ordinary_user(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run this interpreter with arguments as a user without rights; skips the test where root cannot become one."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    needed = sorted({Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT.resolve()})
    closed = {folder for path in needed if (folder := _closed_to_others(path))}
    if len(closed) > 1:
        pytest.skip("what an ordinary user would need is in several closed folders")
    home = next(iter(closed), None)
    kept = [str(path) for path in needed if home and path.is_relative_to(home)]
    command = ["unshare", "--mount", "sh", "-c", _BECOME, "sh", str(home or ""), *kept, "--", sys.executable]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(GRADER), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": "/tmp"}
    try:
        tried = subprocess.run([*command, "-c", "import cnngrade, numpy"], env=given, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("unshare and setpriv are missing")
    if tried.returncode:
        pytest.skip(f"root cannot become another user here: {tried.stderr.strip()[-300:]}")
    return subprocess.run([*command, *arguments], env={**given, **environment}, capture_output=True, text=True)
