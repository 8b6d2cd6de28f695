"""Reports as the Markdown that GitHub shows below a run: points, a table of the cases, and what is told of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cnngrade.errors import Verdict
from cnngrade.model import Outcome, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.report.file_places import FilePlace, FilePlaces
from cnngrade.report.order import steps
from cnngrade.safe_text import visible_line, visible_name

MOST_BYTES = 1 << 20
"""A summary of a step that is larger is not shown at all."""


def reports_as_summary(reports: Iterable[Report], root: Path | None = None, most_bytes: int = MOST_BYTES) -> str:
    """Return the Markdown about reports, as their students see them, in at most `most_bytes` bytes of UTF-8.

    Details are left out where there is no room for them, and the end says so. `root` is the folder from which paths are told.
    """
    parts: list[str] = []
    size = 0
    left_out = "\nThere is more than fits here. The log of this step has it all.\n"
    for report in reports:
        for part in _parts(as_students_see(report), FilePlaces(report, root)):
            size += len(part.encode("utf-8", "replace"))
            if size > most_bytes - len(left_out):
                return "".join([*parts, left_out]) if most_bytes >= len(left_out) else ""
            parts.append(part)
    return "".join(parts)


def _parts(report: Report, places: FilePlaces) -> Iterator[str]:
    """Yield the parts of the text about a report, each whole by itself."""
    yield f"## {markdown(report.title)}: {markdown(words.score_text(report))}\n\n"
    if rest := words.rest_text(report):
        yield f"{markdown(rest)}\n\n"
    for note in (*report.problems, words.inputs_note(report)):
        if note.strip():
            yield f"{markdown(visible_line(note))}\n\n"
    yield f"{markdown(words.next_step(report))}\n\n"
    yield "".join(["| | test | points |\n|---|---|---|\n", *map(_row, report.outcomes), "\n"])
    for step in steps(report):
        yield _details(step.outcome, places.of(step.outcome))


def _row(outcome: Outcome) -> str:
    # Points of a case that could not be judged are neither earned nor lost.
    earned = "" if outcome.verdict is Verdict.FAULT else words.share_text(outcome.earned, outcome.case.points)
    return f"| {words.WORDS[outcome.verdict]} | {markdown(words.case_title(outcome))} | {markdown(earned)} |\n"


def _details(outcome: Outcome, place: FilePlace) -> str:
    where = f"{place.path}, line {place.line}" if place.line else place.path
    told = [words.case_text(outcome)]
    text = "&#10;".join(markdown(line) for line in "\n".join([*told, *place.told_besides(told)]).split("\n"))
    return f"**{markdown(words.case_title(outcome))}** in {markdown(where)}\n\n<pre>{text}</pre>\n\n"


def markdown(text: str) -> str:
    """Return a line of text of which Markdown and HTML take nothing for their own: only letters, digits, spaces stay."""
    return "".join(
        character if character.isalnum() or character == " " else f"&#{ord(character)};" for character in visible_name(text)
    )
