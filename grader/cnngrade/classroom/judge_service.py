"""A judge as a program of its own, which a worker of a cluster starts: submissions come as bytes, reports go as JSON.

It is given the number of an open socket, over which it hears what to judge with, then one submission after the other, and
answers each. It ends with the process that started it, which holds the other end of its standard input.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.judge_in_turn import judge_in_turn
from cnngrade.classroom.machine import machine_of
from cnngrade.classroom.parcels import from_parcel, parcel_as_folder
from cnngrade.course.load import load_course
from cnngrade.errors import CnngradeError, CourseError, is_shortage
from cnngrade.judge.judgement import Judgement
from cnngrade.model import Unit
from cnngrade.runtime import settle
from cnngrade.sandbox.backends import choose, require


def _end_with_parent() -> None:
    """End this process when the one that started it ends, however it does: nobody would receive what it judges."""
    while os.read(0, 1):
        pass
    os._exit(1)


class _JudgeService:
    """One end of the socket: `answer` is what the other hears of the submission that came last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def answer(self, what: object) -> None:
        self._connection.send_bytes(json.dumps(what).encode("ascii"))

    def asked(self) -> tuple[Any, list[bytes]]:
        return from_parcel(self._connection.recv_bytes())

    def works(self, unit: Unit) -> Iterator[HandedIn]:
        """Yield submissions as they come, each in a folder that is there until the next is asked for."""
        while True:
            try:
                (student, note), (files,) = self.asked()
            except EOFError:
                return
            with contextlib.ExitStack() as stack:
                try:
                    place = tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True)
                    folder = Path(stack.enter_context(place)) / unit.name
                    parcel_as_folder(files, folder)
                except OSError as error:
                    # Names that this system cannot have are no fault of the machine.
                    no_room = f"There is no room for a submission: {error.strerror or error} ({error.filename})."
                    self.answer({"refused": no_room} if is_shortage(error) else {"unfit": str(error)})
                    continue
                yield HandedIn(student, folder, note)

    def judged(self, judgement: Judgement) -> None:
        self.answer({"judgement": judgement.to_json()})

    def serve(self) -> None:
        """Judge what comes; whatever keeps this machine from it is said in place of an answer."""
        said, _ = self.asked()
        try:
            course = load_course(Path(said["course"]), unfinished=True)
            unit = course.unit(said["unit"])
            require(course.policy.packages)
            sandbox = choose(said["sandbox"])
            self.answer({"machine": machine_of(course, unit)})
        except CnngradeError as error:
            self.answer({"refused": str(error)})
            return
        try:
            judge_in_turn(course, unit, self.works(unit), sandbox, said["secret"], self.judged)
        except CourseError as error:
            self.answer({"unsound": str(error)})


def main() -> None:
    """Serve until nobody is at the other end."""
    settle()
    # Ctrl-C reaches the whole group; whoever started this process ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # What tests print belongs to no answer.
    os.dup2(2, 1)
    with contextlib.closing(Connection(int(sys.argv[1]))) as connection, contextlib.suppress(BrokenPipeError):
        _JudgeService(connection).serve()
