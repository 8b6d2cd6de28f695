"""The student's job: run the public tests on the work in this folder.

`check` is what the command runs, in a worker of its own; `check_here` is what a grade cell of a notebook calls, on the
functions as they are in the running kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnngrade.jobs.targets import Target
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.student.candidate import candidate


def check(target: Target) -> Report:
    """Run the unit's public tests on the file in a worker process and return the Report."""
    entry = candidate(target.course, target.path, target.unit, "", note=target.note)
    return judge_one(Suite(target.course, target.unit), entry)


def watched(target: Target) -> Iterator[Report]:
    """Check the file now, and again whenever it has been saved, until the caller stops."""
    import time  # only --watch waits

    seen = None
    while True:
        stamp = target.path.stat().st_mtime_ns if target.path.exists() else None
        if stamp is not None and stamp != seen:
            seen = stamp
            yield check(target)
        time.sleep(0.3)
