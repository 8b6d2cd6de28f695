"""Judge processes side by side, and what becomes of one that dies."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import queue
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from multiprocessing.process import BaseProcess
from typing import Any

from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.judge_in_turn import judge_in_turn
from cnngrade.errors import CourseError
from cnngrade.judge.judgement import Judgement
from cnngrade.model import Course, Unit


def _end_with_parent() -> None:
    """End this process when the one that started it ends, however it does: nobody would receive what it judges."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _judge_process(course: Course, unit: Unit, sandbox: str, secret: str, tasks: Any, results: Any) -> None:
    """Judge what comes out of `tasks` until None does; tell `results` what was begun and what came of it."""
    # Ctrl-C reaches the whole group; the parent stops the judges.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def works() -> Iterator[HandedIn]:
        while (work := tasks.get()) is not None:
            results.put(("begun", work.student))
            yield work

    def judged(judgement: Judgement) -> None:
        results.put(("judgement", judgement.to_json()))

    try:
        judge_in_turn(course, unit, works(), sandbox, secret, judged)
    except CourseError as error:
        results.put(("unsound", str(error)))


class JudgePool:
    """Judge processes that share one queue of submissions. A process that dies costs only the submission it had begun."""

    def __init__(self, course: Course, unit: Unit, works: Sequence[HandedIn], sandbox: str, secret: str, jobs: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._tasks, self._works = context.Queue(), {work.student: work for work in works}
        self._open = set(self._works)
        for entry in works:
            self._tasks.put(entry)
        self._arguments = course, unit, sandbox, secret, self._tasks
        self._context = context
        self._running: list[tuple[BaseProcess, Any, list[str]]] = []
        for _ in range(min(jobs, len(works))):
            self._tasks.put(None)
            self._add()

    def _add(self) -> None:
        # A queue for each process: one that is killed while it writes cannot spoil the others' results.
        results = self._context.Queue()
        process = self._context.Process(target=_judge_process, args=(*self._arguments, results))
        process.start()
        self._running.append((process, results, []))

    def results(self) -> Generator[tuple[str, Judgement | None], None, None]:
        """Yield (student, judgement) as they come; None for one that a dying process took with it.

        To be closed: that ends the processes.
        """
        try:
            while self._running:
                for entry in list(self._running):
                    yield from self._listen(*entry)
        finally:
            for process, _, _ in self._running:
                process.kill()
            self._tasks.cancel_join_thread()

    def _listen(self, process: BaseProcess, results: Any, begun: list[str]) -> Iterator[tuple[str, Judgement | None]]:
        alive = process.is_alive()
        try:
            while True:
                kind, content = results.get(timeout=0.05 if alive else 0.5)
                if kind == "unsound":
                    raise CourseError(content)
                if kind == "begun":
                    begun.append(content)
                    continue
                judgement = Judgement.from_json(content)
                student = judgement.report.submission.student
                begun.remove(student)
                self._open.discard(student)
                yield student, judgement
        except queue.Empty:
            pass
        if not alive:
            self._running = [entry for entry in self._running if entry[0] is not process]
            for student in begun:
                self._open.discard(student)
                yield student, None
            if process.exitcode != 0 and self._open:
                self._add()
