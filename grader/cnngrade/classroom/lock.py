"""One grading at a time in a classroom."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.model import Course


@contextlib.contextmanager
def alone(course: Course) -> Iterator[None]:
    """Keep others from grading in the course's classroom; raises UsageError if somebody is grading there.

    The lock ends with the process that holds it, however that ends.
    """
    from filelock import FileLock, Timeout  # only grading needs it

    lock = paths.grading_lock(course)
    owner = lock.with_suffix(".owner")
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        who = owner.read_text(encoding="utf-8") if owner.exists() else "a process that has just begun"
        raise UsageError(
            f"Somebody is grading in {lock.parent} already ({who}). Wait until that is done, or end it, and run this again: "
            "what is finished is kept."
        ) from None
    except OSError as error:
        raise Fault(f"{lock} cannot be written: {error.strerror or error}. Make room or fix the permissions.") from error
    try:
        # Only for those who are told to wait: a disk too full for it stops nobody.
        with contextlib.suppress(OSError):
            owner.write_text(f"process {os.getpid()}", encoding="utf-8")
        yield
    finally:
        held.release()
