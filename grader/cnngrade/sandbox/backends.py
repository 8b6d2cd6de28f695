"""Which sandboxes there are for the code of others, which of them this machine has, and whether they hold.

`none` is not a sandbox: a fresh process with limits of memory and time (see `fresh`), enough for one's own code. `landlock` and
`bubblewrap` confine the code of others (see `warm`). Neither needs an administrator.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cnngrade.errors import Disturbed, Fault, UsageError, is_shortage
from cnngrade.model import Layer, Policy
from cnngrade.sandbox import seccomp
from cnngrade.sandbox.confined import BUBBLEWRAP, LANDLOCK, MESSAGE_SECONDS, Warm, confining_layers
from cnngrade.sandbox.connection import WorkerKilled, WorkerSilent
from cnngrade.sandbox.creations import why_uncounted
from cnngrade.sandbox.unconfined import UNCONFINED
from cnngrade.worker import wire
from cnngrade.worker.confinement import landlock_version
from cnngrade.worker.packages import offer

AUTO, NONE = "auto", "none"


BACKENDS = (BUBBLEWRAP, LANDLOCK, NONE)


_TRIES = 3


WITHOUT = (
    "It means that the code of students can read and change this user's files, use the network and leave programs running; "
    "only time and memory are limited."
)


def _missing(name: str) -> str:
    """Return why a backend cannot be used here, "" if it can."""
    if name == NONE:
        return ""
    if sys.platform != "linux":
        return f"it needs Linux, and this is {sys.platform}"
    try:
        seccomp.compiled()
    except seccomp.Unavailable as error:
        return str(error)
    if name == LANDLOCK and not landlock_version():
        return "the kernel offers no Landlock (it needs Linux 5.13 or newer, and a container that lets it through)"
    if name == BUBBLEWRAP and shutil.which("bwrap") is None:
        return "bubblewrap is not installed (on Debian and Ubuntu: apt install bubblewrap)"
    if name == BUBBLEWRAP and not landlock_version() and (reason := why_uncounted()):
        return f"without Landlock what code writes can neither be limited nor forbidden here ({reason})"
    return _held(name)


@functools.cache
def _held(name: str) -> str:
    """Start a worker and let it try what it must not be able to do: "" when none of that works.

    Raises Fault where the machine's trouble kept it from trying: that says nothing of the sandbox.
    """
    tries, why = 0, Fault()
    while tries < _TRIES:
        try:
            return _tried(name)
        except Disturbed as error:
            tries, why = tries + 1, error
    raise Fault(f"Whether the sandbox {name} holds could not be found out, though it was tried {tries} times: {why}") from why


def _tried(name: str) -> str:
    warm = Warm(Policy(), name)
    try:
        with tempfile.TemporaryDirectory(prefix="cnngrade-") as folder:
            secret = Path(folder) / "secret"
            secret.write_text("not for a worker", encoding="utf-8")
            worker = warm.start()
            try:
                question = {"op": "probe", "secret": str(secret), "folder": folder, "process": os.getpid(), "id": 0}
                answer = worker.request(wire.pack(question), MESSAGE_SECONDS, MESSAGE_SECONDS)
            finally:
                worker.close()
        if not answer.get("ok"):
            return f"it could not be tried: {answer.get('message')}"
        worked = answer["worked"]
        return f"inside it, this still works: {', '.join(worked)}" if worked else ""
    except (WorkerKilled, WorkerSilent) as error:
        raise Disturbed(f"Its worker was disturbed: {error}.") from error
    except Exception as error:
        if isinstance(error, Disturbed):
            raise
        if is_shortage(error):
            raise Fault(f"Whether the sandbox {name} holds could not be found out: {error}") from error
        # Whatever a kernel or a container does here is what the question was about.
        return f"it does not start here: {error}"
    finally:
        warm.close()


def available() -> dict[str, str]:
    """Return every backend with the reason why it cannot be used here ("" if it can), the strongest first; raises Fault."""
    return {name: _missing(name) for name in BACKENDS}


def choose(name: str) -> str:
    """Return the backend that `name` asks for, `auto` for the strongest; raises Fault, and UsageError if it cannot be used."""
    if name == NONE:
        return name
    if name == AUTO:
        return strongest("Nothing on this machine can confine the students' code", f"grade with --sandbox none. {WITHOUT}")
    if name not in BACKENDS:
        raise UsageError(f'There is no sandbox "{name}". There are: {", ".join((AUTO, *BACKENDS))}.')
    if reason := _missing(name):
        raise UsageError(f"The sandbox {name} cannot be used here: {reason}.")
    return name


def strongest(lack: str, otherwise: str) -> str:
    """Return the strongest sandbox of this machine; raises Fault, and UsageError where there is none.

    That says `lack`, why each sandbox cannot be used, and what can be done `otherwise`.
    """
    reasons = {}
    for backend in (BUBBLEWRAP, LANDLOCK):
        reasons[backend] = _missing(backend)
        if not reasons[backend]:
            return backend
    said = "".join(f"  {backend}: {reason}\n" for backend, reason in reasons.items())
    raise UsageError(f"{lack}:\n{said}Fix one of these, or {otherwise}")


def require(packages: Sequence[str]) -> None:
    """Raise UsageError where a package that submissions may use is not installed: grading would blame the students."""
    if missing := offer(packages).missing:
        raise UsageError(
            f"course.yml lets submissions use {' and '.join(missing)} (policy, packages), and that is not installed here.\n"
            f"Install it: pip install {' '.join(missing)}"
        )


def layers(name: str) -> tuple[Layer, ...]:
    """Return what a backend consists of: each layer, whether it is there, and what it does or what its lack allows."""
    return UNCONFINED if name == NONE else confining_layers(name)
