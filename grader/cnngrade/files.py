"""Files and folders that are there whole or not at all, and digests of what they hold."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from cnngrade.errors import Fault


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a crash leaves the old one or the new one, never a part; raises Fault."""
    write_bytes_atomically(path, text.encode("utf-8"))


def write_bytes_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never a part; raises Fault."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise Fault(
            f"{path} cannot be written: {error.strerror or error}. Make room or mend the permissions, then run it again."
        ) from error
