"""Cases that did not pass, told at the lines of the code that they are about, in the forms in which platforms show that.

GitHub reads commands from what a step prints. Students' text is in them, and in the rest of what is printed: neither can give a
command of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from cnngrade.errors import Verdict
from cnngrade.files import digest
from cnngrade.model import Outcome, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.report.file_places import FilePlace, FilePlaces
from cnngrade.report.order import never_ran, steps
from cnngrade.safe_text import visible_block, visible_line

MOST = 10
"""GitHub shows that many errors of a step, that many warnings and that many notices, and leaves out what comes after them."""


_TEXT = (12, 2_000)


class AnnotationLevel(Enum):
    """What an annotation is, as GitHub calls it: something to fix, a failure of the grader's, something still to be written."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


_LEVELS = {Verdict.FAULT: AnnotationLevel.WARNING, Verdict.UNFINISHED: AnnotationLevel.NOTICE}


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is told at a place: a title of one line, a text, and how much it matters."""

    place: FilePlace
    title: str
    text: str
    level: AnnotationLevel


def annotations_of(reports: Iterable[Report], root: Path | None = None) -> list[Annotation]:
    """Return what students are told at the lines of their code, what to work on first before the rest.

    The cases of a function with the same place are one annotation. `root` is the folder from which paths are told.
    """
    return [entry for report in reports for entry in _of_report(as_students_see(report), FilePlaces(report, root))]


def _of_report(report: Report, places: FilePlaces) -> Iterator[Annotation]:
    if never_ran(report):
        # One thing is wrong, and with the file.
        outcome = next(step.outcome for step in steps(report) if step.outcome.for_student)
        level = _LEVELS.get(outcome.verdict, AnnotationLevel.ERROR)
        yield Annotation(places.of(outcome), visible_line(report.title), visible_block(words.case_text(outcome), *_TEXT), level)
        return
    together: dict[tuple[FilePlace, str, AnnotationLevel], list[Outcome]] = {}
    for step in steps(report):
        level = _LEVELS.get(step.outcome.verdict, AnnotationLevel.ERROR)
        together.setdefault((places.of(step.outcome), step.outcome.case.function, level), []).append(step.outcome)
    for (place, _, level), (first, *others) in together.items():
        told = [words.case_text(first)]
        told += place.told_besides(told)
        told += [f"The same line: {words.case_title(other)}" for other in others]
        yield Annotation(place, words.case_title(first), visible_block("\n".join(told), *_TEXT), level)


def github_commands(annotations: Sequence[Annotation]) -> str:
    """Return the workflow commands that annotate lines, one a line; the last says how many there was no room for."""
    lines = []
    for level in AnnotationLevel:
        # The last notice is ours.
        room = MOST - 1 if level is AnnotationLevel.NOTICE else MOST
        lines += [_command(annotation) for annotation in annotations if annotation.level is level][:room]
    if left := len(annotations) - len(lines):
        lines.append(f"::notice::{left} more {'place is' if left == 1 else 'places are'} told in the log of this step.")
    return "\n".join(lines)


def _command(annotation: Annotation) -> str:
    place = annotation.place
    properties = {"file": place.path, "line": str(place.line or ""), "title": annotation.title}
    given = ",".join(f"{key}={_escaped_property(value)}" for key, value in properties.items() if value)
    return f"::{annotation.level.value} {given}::{_escaped(annotation.text)}"


def _escaped(text: str) -> str:
    """Return text as the runner takes it back apart: nothing in it ends the line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def without_commands(token: str) -> tuple[str, str]:
    """Return the lines between which GitHub's runner looks for no commands; whose text stands there may not know the token."""
    return f"::stop-commands::{token}", f"::{token}::"


def gitlab_code_quality(annotations: Sequence[Annotation]) -> str:
    """Return the JSON that GitLab reads as a report on code quality: a list of entries, each at a line of a file."""
    return json.dumps([_entry(annotation) for annotation in annotations], indent=1) + "\n"


def _entry(annotation: Annotation) -> dict[str, Any]:
    place = annotation.place
    # Two entries with one fingerprint are taken for the same.
    told_apart = f"{place.path}\0{place.line}\0{annotation.title}\0{annotation.text}"
    return {
        "description": f"{annotation.title}\n{annotation.text}",
        "check_name": "cnngrade",
        "fingerprint": digest(told_apart.encode("utf-8", "replace")),
        "severity": "major" if annotation.level is AnnotationLevel.ERROR else "info",
        "location": {"path": place.path, "lines": {"begin": place.line or 1}},
    }
