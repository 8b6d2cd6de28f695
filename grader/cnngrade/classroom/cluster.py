"""Where a cluster of dask is and how it is reached: encrypted, unless everything is on this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cnngrade.errors import UsageError
from cnngrade.safe_text import visible_line

PLAIN, ENCRYPTED = "tcp", "tls"

HOW_TO_ENCRYPT = (
    "Whoever can reach a scheduler or a worker without TLS can run code there as you, and reads what passes: the tests, the "
    "solution, the students' work. Use tls:// with a certificate of your own authority: docs/scale.md shows the commands."
)

HOW_TO_CLOSE = "On a single machine, start everything with --host 127.0.0.1."


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler's address, and the files (PEM) by which both sides know each other; those left out, dask's settings name.

    `connect_seconds` is how long the scheduler may take to answer, `wait_seconds` how long there may be no worker.
    """

    address: str
    ca_file: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    connect_seconds: float = 10.0
    wait_seconds: float = 120.0


def _parts(address: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address; raises UsageError."""
    try:
        split = urlsplit(address)
        found = split.scheme, split.hostname or "", split.port or 0
    except ValueError:
        found = "", "", 0
    if found[0] not in (PLAIN, ENCRYPTED) or not found[1] or not found[2]:
        raise UsageError(
            f'"{visible_line(address)}" is no address of a scheduler. Write it like tls://grader.example.org:8786, or '
            "tcp://127.0.0.1:8786 for a cluster on this machine alone."
        )
    return found


def is_encrypted(address: str) -> bool:
    """Say whether an address is reached by TLS; raises UsageError for what is no address."""
    return _parts(address)[0] == ENCRYPTED


def _is_on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_open_to_others(address: str) -> bool:
    """Say whether an address is reached from other machines, and without TLS; raises UsageError for what is no address."""
    scheme, host, _ = _parts(address)
    return scheme == PLAIN and not _is_on_this_machine(host)


def require_safe(what: str, addresses: Iterable[str]) -> None:
    """Raise UsageError for an address that is no address, or is reached without TLS from other machines too.

    `what` is at these addresses: "scheduler", "worker".
    """
    for address in addresses:
        if is_open_to_others(address):
            raise UsageError(
                f"The {what} {visible_line(address)} does without TLS, and is not at 127.0.0.1: nothing was sent. "
                f"{HOW_TO_ENCRYPT}\n{HOW_TO_CLOSE}"
            )


def worker_command(address: str) -> str:
    """Return the command that starts a worker for a scheduler; raises UsageError for what is no address."""
    # Without it a worker listens to other machines, though it is only asked at 127.0.0.1.
    host = "" if is_encrypted(address) else " --host 127.0.0.1"
    return f"dask worker {visible_line(address)}{host}"
