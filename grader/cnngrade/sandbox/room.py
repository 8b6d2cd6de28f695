"""What keeps a worker from starting threads: what others have used up of the machine's room is not its own doing (Linux)."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "linux":
    import resource


_GROUPS = Path("/sys/fs/cgroup")


_OF_THE_MACHINE = ("kernel.threads-max", "kernel.pid_max")


def short_of_threads(wanted: int) -> str:
    """Return which limit of the user, a control group or the machine leaves no room for so many more threads, "" if none.

    Processes that cannot be seen from here, those of other containers, are not counted.
    """
    if sys.platform != "linux":
        return ""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for name, most, used in _limits(wanted):
            if most - used < wanted:
                return f"{name} is {most}, and {used} run already"
    return ""


def _limits(wanted: int) -> Iterator[tuple[str, int, int]]:
    """Yield limits: a name, how many processes and threads there may be in all, and how many there are."""
    everywhere = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    for name in _OF_THE_MACHINE:
        with contextlib.suppress(OSError, ValueError):
            yield name, int(Path("/proc/sys", *name.split(".")).read_text()), everywhere
    for group in _groups():
        with contextlib.suppress(OSError, ValueError):
            # "max" where there is no limit.
            yield f"pids.max of {group}", int((group / "pids.max").read_text()), int((group / "pids.current").read_text())
    most, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    # Nobody is kept from what he may have even if all that runs is his; and the system's own root has no such limit.
    if most != resource.RLIM_INFINITY and most - everywhere < wanted and not _is_exempt():
        yield "the user's number of processes (ulimit -u)", most, _of_user()


def _groups() -> Iterator[Path]:
    """Yield the folders of the control groups that this process is in, as far as they can be seen."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "pids"):
            continue
        group = _GROUPS / controllers / path.strip("/")
        while group.is_relative_to(_GROUPS):
            yield group
            group = group.parent


def _is_exempt() -> bool:
    return os.getuid() == 0 and Path("/proc/self/uid_map").read_text().split() == ["0", "0", "4294967295"]


def _of_user() -> int:
    """Return how many threads this user has."""
    found, user = 0, os.getuid()
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                facts = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
                if int(facts["Uid"].split()[0]) == user:
                    found += int(facts["Threads"])
    return found
