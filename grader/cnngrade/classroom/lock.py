"""One grading, and one collecting, at a time in a classroom."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from cnngrade.classroom.log import account
from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.files import USUAL, how_to_share, is_shared, make_folder, share, write_atomically
from cnngrade.model import Course


class Exclusive(Enum):
    """What only one process at a time does in a classroom: as it is called, and what is done to submissions."""

    GRADING = ("grading", "graded")
    COLLECTING = ("collecting", "collected")


def _named_in(owner: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        return owner.read_text(encoding="utf-8")
    return "a process that has just begun"


@contextlib.contextmanager
def alone(course: Course, work: Exclusive = Exclusive.GRADING) -> Iterator[None]:
    """Keep others from the same work in the course's classroom; raises UsageError if somebody is at it there.

    The lock ends with the process that holds it, however that ends. Raises Fault where the lock cannot be used.
    """
    from filelock import FileLock, Timeout  # few commands need it

    doing, done = work.value
    lock = paths.lock_file(course, doing)
    owner = lock.with_suffix(".owner")
    held = FileLock(lock, timeout=0)
    try:
        make_folder(lock.parent)
        held.acquire()
    except Timeout:
        raise UsageError(
            f"Somebody is {doing} in {lock.parent} already ({_named_in(owner)}). Wait until that is done, or end it, and run "
            "this again: what is finished is kept."
        ) from None
    except PermissionError as error:
        raise Fault(f"Nothing can be {done}: {how_to_share(lock, lock.parent)}.") from error
    except OSError as error:
        raise Fault(f"{lock} cannot be written: {error.strerror or error}. Make room or fix the permissions.") from error
    try:
        # Only for those who are told to wait: a disk too full for it stops nobody.
        with contextlib.suppress(OSError, Fault):
            if is_shared(lock.parent):
                share(lock)
            write_atomically(owner, f"{account()}, process {os.getpid()}", USUAL)
        yield
    finally:
        held.release()
