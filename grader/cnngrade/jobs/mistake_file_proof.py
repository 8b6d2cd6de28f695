"""Prove a known mistake that is a file: its sentence can be told, and its answers depend on the arguments alone.

The code is a student's. It may count its calls or draw random numbers: then what it answers in one order says nothing of what
others were asked in another, and somebody would be told a mistake that is not his.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

from cnngrade.answers.fingerprint import fingerprint
from cnngrade.answers.mistake_candidate import MistakeFileWork
from cnngrade.answers.mistake_files import MistakeFile
from cnngrade.answers.mistake_workers import NO_ANSWER, MistakeWorker
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import Report, Submission
from cnngrade.student.candidate import Candidate, OpenedWork
from cnngrade.student.proxy import Call


def prove_mistake_file(suite: Suite, solution: ModuleType, file: MistakeFile, report: Report) -> Iterator[str]:
    """Yield what keeps a file's mistake from being named, or only those who made it; `report` is how its code was judged."""
    lost = [outcome for outcome in report.outcomes if outcome.verdict not in (Verdict.PASSED, Verdict.SKIPPED)]
    if not lost:
        return
    # What raises at a gate may answer in numbers behind it, which proves it as well.
    if file.known.sentence in {outcome.cause for outcome in lost}:
        if _changes_its_answers(suite, solution, file):
            yield (
                f"{file.path}: this code answers the same call otherwise when it is asked in another order. Others would be "
                "told its sentence falsely. Take out what it keeps from call to call, and random numbers."
            )
    elif not any(outcome.verdict is Verdict.WRONG for outcome in lost):
        said = " ".join(dict.fromkeys([*report.problems, lost[0].for_student]))
        yield (
            f"{file.path}: this code gives no wrong answer in numbers. Only such an answer proves a mistake, so nobody "
            f"would be told its sentence. {said}"
        )
    else:
        yield (
            f"{file.path}: nobody would be told its sentence, not even whoever wrote this code. A mistake is proved by two "
            "wrong answers, the same each time. Zeros, None, NaN and what was handed back prove nothing, nor do answers that "
            "are those of another known mistake."
        )


def _changes_its_answers(suite: Suite, solution: ModuleType, file: MistakeFile) -> bool:
    """Say whether another worker, which is asked the last call first, answers one of them otherwise."""
    with contextlib.closing(MistakeWorker(suite.course, file)) as worker:
        for call in reversed(_calls(suite, solution, file)):
            answer = worker.answer(call)
            given = fingerprint(call.value if call.failure is None else call.failure)
            if answer != NO_ANSWER and not answer.agrees(given):
                return True
    return False


def _calls(suite: Suite, solution: ModuleType, file: MistakeFile) -> list[Call]:
    """Return the calls of the file's function that its cases make, with its answers."""
    student = MistakeFileWork(suite.course, file, solution).open()
    submission = Submission("", suite.unit.name, file.path, "")
    # Behind a gate there are more.
    judge_untimed(replace(suite, open_gates=True), [Candidate(submission, OpenedWork(student))])
    return [call for call in student.calls if call.function == file.known.function]
