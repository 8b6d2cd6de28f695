"""Several users of one machine: where the tests are run by root each is a real one, with rights of its own, else all are one.

The users are known to their own processes alone, which have an /etc/passwd of theirs: nothing is added to the machine's.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.places import GRADER, ROOT, TESTS
from support.preloaded import COMMAND, Preloaded, User, preloaded

NBGRADER = "nbgrader.apps.nbgraderapp"
_TEACHERS = 71000
"""The number of the teachers' group; those of the users follow."""


@functools.cache
def are_separate() -> bool:
    """Say whether users can be made that are others than the one who runs the tests."""
    if sys.platform != "linux" or os.geteuid() != 0 or not (shutil.which("setpriv") and shutil.which("unshare")):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Account:
    """A user with a home; commands run with their umask."""

    name: str
    home: Path
    user: User
    through: Sequence[str]
    """The command through which any program is started as this user."""
    commands: Preloaded

    def run(self, folder: Path, *arguments: str, module: str = COMMAND) -> subprocess.CompletedProcess[str]:
        """Run a command in `folder`; what it prints comes together."""
        running = self.commands.begin(folder, *arguments, module=module, user=self.user)
        said = running.communicate(timeout=300)
        assert running.returncode is not None
        return subprocess.CompletedProcess(arguments, running.returncode, said)

    def done(self, folder: Path, *arguments: str, module: str = COMMAND) -> str:
        """Run a command that succeeds, and return what it prints."""
        ended = self.run(folder, *arguments, module=module)
        assert ended.returncode == 0, f"{self.name}: {shlex.join(arguments)}\n{ended.stdout}"
        return ended.stdout

    def nbgrader(self, folder: Path, *arguments: str) -> str:
        """Run nbgrader's command, which succeeds, and return what it prints."""
        return self.done(folder, *arguments, module=NBGRADER)

    def shell(self, folder: Path, script: str) -> None:
        """Run a script of the shell, which succeeds, as this user."""
        command = [*self.through, "sh", "-ec", f"umask {self.user.umask:o}\n{script}"]
        subprocess.run(command, cwd=folder, env=dict(self.user.environment), check=True, timeout=60)


def _closed_above(path: Path) -> Path | None:
    """Return the topmost folder around `path` that other users may not enter."""
    return next((above for above in reversed(path.parents) if not above.stat().st_mode & 0o001), None)


def _opened(scratch: Path) -> list[str]:
    """Return commands that open the ways to Python and to this project, for those who share this view of the disk.

    They may be in root's home. What else is in a closed folder is not seen.
    """
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT}
    closed = {path: above for path in needed if (above := _closed_above(path)) is not None}
    lines = []
    for number, path in enumerate(sorted(closed)):
        place = shlex.quote(str(scratch / str(number)))
        lines += [f"mkdir -p {place}", f"mount --bind {shlex.quote(str(path))} {place}"]
    lines += [f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(above))}" for above in sorted(set(closed.values()))]
    for number, path in enumerate(sorted(closed)):
        place, target = shlex.quote(str(scratch / str(number))), shlex.quote(str(path))
        lines += [f"mkdir -p {target}", f"mount --bind {place} {target}"]
    return lines


@dataclass(frozen=True)
class Machine:
    """A folder that all may enter, and the accounts by name; `are_separate` says whether they are different users."""

    folder: Path
    accounts: Mapping[str, Account]
    are_separate: bool

    def give(self, path: Path, name: str, for_teachers: bool = False) -> None:
        """Make a user the owner of a folder and of all that is in it; its group is the user's own, or the teachers'."""
        if self.are_separate:
            ids = _ids(self.accounts)
            for place in (path, *path.rglob("*")):
                os.chown(place, ids[name], _TEACHERS if for_teachers else ids[name], follow_symlinks=False)

    @property
    def teachers(self) -> int:
        """The number of the teachers' group; where all are one user, that user's."""
        return _TEACHERS if self.are_separate else os.getegid()


def _ids(names: Iterable[str]) -> dict[str, int]:
    return {name: _TEACHERS + number for number, name in enumerate(names, 1)}


def _entered(folder: Path, then: str) -> list[str]:
    """Return a command in whose view of the disk the users are known; it goes on with what is appended to it, after `then`."""
    lines = [f"mount --bind {folder}/{file} /etc/{file}" for file in ("passwd", "group")]
    script = "\n".join([*_opened(folder / "places"), *lines, f'exec {then} "$@"'])
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"]


def _write_names(folder: Path, homes: Path, names: Sequence[str], teachers: Sequence[str]) -> None:
    ids = _ids(names)
    users = [f"{name}:x:{number}:{number}::{homes / name}:/bin/sh" for name, number in ids.items()]
    groups = [f"{name}:x:{number}:" for name, number in ids.items()] + [f"teachers:x:{_TEACHERS}:{','.join(teachers)}"]
    for file, lines in (("passwd", users), ("group", groups)):
        own = Path("/etc", file).read_text(encoding="utf-8")
        (folder / file).write_text(own + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def _as_user(folder: Path, user: User) -> list[str]:
    groups = ",".join(map(str, user.groups))
    return _entered(folder, f"setpriv --reuid {user.ids} --regid {user.ids} --groups {groups} --inh-caps=-all")


@contextlib.contextmanager
def machine(umasks: Mapping[str, int], teachers: Sequence[str], separate: bool) -> Iterator[Machine]:
    """Yield a machine with users, by name with their umasks; the `teachers` are a group.

    Unless they are to be `separate`, all of them are whoever runs the tests.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cnngrade-")))
        folder.chmod(0o755)
        names = list(umasks)
        if separate:
            _write_names(folder, folder / "home", names, teachers)
        accounts: dict[str, Account] = {}
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
        ours = {"PATH": path, "PYTHONPATH": f"{GRADER}{os.pathsep}{TESTS}", "LANG": "C.UTF-8"}
        begin = _entered(folder, "") if separate else []
        commands = stack.enter_context(preloaded(ours, NBGRADER, through=begin))
        for name, umask in umasks.items():
            home = folder / "home" / name
            home.mkdir(parents=True)
            home.chmod(0o700)
            user = User({**ours, "HOME": str(home)}, umask)
            if separate:
                number = _ids(names)[name]
                os.chown(home, number, number)
                groups = [number, *([_TEACHERS] if name in teachers else [])]
                user = User({**user.environment, "USER": name, "LOGNAME": name}, umask, number, groups)
            accounts[name] = Account(name, home, user, _as_user(folder, user) if separate else [], commands)
        yield Machine(folder, accounts, separate)
