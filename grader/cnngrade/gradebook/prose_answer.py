"""The answer in prose, wherever the student wrote it.

Its cell is graded by a person, unless nothing was written: then nbgrader gives it 0 points by itself. So whatever may be an
answer goes into that cell or, where it is not clear that it is one, is pointed at from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from cnngrade.gradebook.addresses import ATTACHED
from cnngrade.gradebook.assignment import ANSWER
from cnngrade.gradebook.attachments import Pictures
from cnngrade.gradebook.beside import Beside, OtherFile
from cnngrade.gradebook.harmless_markdown import as_code, plain
from cnngrade.gradebook.placing import Place, ReleasedCells
from cnngrade.gradebook.student_cells import StudentCell
from cnngrade.submission.prose import (
    bare,
    new_lines,
    said_between_functions,
    said_in_code,
    said_in_module,
    said_with_code,
    text_in_code,
    words,
)

MAX_ANSWER = 1 << 20
"""Characters of all texts in the answer's cell; what is beyond them is shown beside it."""


_MOST_POINTED_AT = 5


_LOOK_INTO = "look into"


_NOT_SHOWN = "not shown here"


@dataclass(slots=True)
class Answer:
    """What goes into the answer's cell, the student's cells that are now in it, and those to be shown beside it."""

    texts: list[str] = field(default_factory=list)
    pictures: dict[str, Mapping[str, str]] = field(default_factory=dict)
    taken: list[Place] = field(default_factory=list)
    beside: list[Place] = field(default_factory=list)
    _room: int = MAX_ANSWER

    @property
    def text(self) -> str:
        """The whole answer as Markdown, not made harmless yet; "" where nothing was written."""
        return "\n\n".join(self.texts)

    def add(self, text: str, pictures: Pictures) -> bool:
        """Append a text with its pictures; False where one has the name of another picture, or the cell would be too long."""
        if any(self.pictures.get(name, picture) != picture for name, picture in pictures.items()):
            return False
        self._room -= len(text)
        if self._room < 0:
            return False
        self.texts.append(text)
        self.pictures.update(pictures)
        return True


def _as_text(cell: StudentCell) -> str:
    """Return a cell's text as Markdown: prose that stands in a code cell as prose, code as code."""
    if cell.kind != "code":
        return cell.source.strip()
    text = text_in_code(cell.source)
    return as_code(cell.source.strip(), "python") if text is None else text.strip()


class _Gathering:
    """The cells of one student, and what in them may be an answer."""

    def __init__(self, released: ReleasedCells, position: int, cells: Sequence[StudentCell], places: Sequence[Place]) -> None:
        self._released, self._position = released, position
        self._cells, self._places = cells, places

    def _is_near(self, place: Place) -> bool:
        """Say whether a cell is the question's or follows it, up to the next cell that was handed out."""
        return place.after in self._released.asked

    def _said(self, cell: StudentCell) -> str:
        if cell.kind != "code":
            return cell.source
        return said_in_code(cell.source, self._released.known, self._released.functions)

    def _is_prose(self, place: Place) -> bool:
        return place.own and (place.cell.kind == "markdown" or bool(self._said(place.cell)))

    def _is_written(self, place: Place) -> bool:
        text = place.cell.source
        return bool(place.cell.pictures or (text.strip() and bare(text) != bare(self._released.sources[self._position])))

    def answers(self) -> list[Place]:
        """Return the cells that are marked as the answer, in the best way in which any is."""
        places, answer_id = self._places, self._released.ids[self._position]
        found = [place for place in places if place.cell.grade_id == ANSWER]
        found = found or [place for place in places if ANSWER in place.cell.tags]
        return found or [place for place in places if place.cell.id and place.cell.id == answer_id]

    def _others(self) -> list[Place]:
        answers = set(map(id, self.answers()))
        return [place for place in self._places if id(place) not in answers]

    def written(self) -> list[Place]:
        """Return the answers in which something is written."""
        return [place for place in self.answers() if self._is_written(place)]

    def near(self) -> list[Place]:
        """Return the cells at the question that say something in words."""
        return [place for place in self._others() if self._is_near(place) and self._is_prose(place)]

    def said(self) -> list[Place]:
        """Return the answers in which something is written, and all other text of the student's; code where it is near only."""
        text = [place for place in self._others() if self._is_near(place) or place.cell.kind == "markdown"]
        return self.written() + [place for place in text if self._is_prose(place)]

    def text_of(self, place: Place) -> str:
        """Return what the student wrote in a cell, without what was handed out, and with all its pictures."""
        text = _as_text(place.cell)
        released = self._released.sources[place.match].strip() if place.match is not None else ""
        text = text.removeprefix(released).strip() or text
        linked = unquote(text).casefold()
        missing = [name for name in place.cell.pictures if f"{ATTACHED}{name}".casefold() not in linked]
        links = [f"![]({ATTACHED}{quote(name)})" for name in missing]
        return "\n\n".join([text, *links])

    def elsewhere(self) -> Iterator[str]:
        """Yield what else may be an answer: text anywhere, any code below the question, and words in code, each once."""
        known = self._released.known
        shown = set()
        for place in self._others():
            if self._is_prose(place) or (place.own and self._is_near(place)):
                shown.add(id(place.cell))
                said = self._said(place.cell) or place.cell.source
                # A lesson begins with what was handed out.
                yield "\n".join(new_lines(said.splitlines(), known)) or said
        code = [cell for cell in self._cells if cell.kind == "code" and not cell.untouched]
        for cell in code:
            is_whole = len(code) == 1 or len(self._released.pieces(cell)) > 1
            said = said_between_functions(cell.source, known) if is_whole else ""
            if id(cell) not in shown and (said := said or said_with_code(cell.source, known, self._released.functions)):
                yield said


def _in_other_files(released: ReleasedCells, position: int, beside: Beside) -> Iterator[tuple[str, str]]:
    """Yield the names of the other files and what in them may be an answer; "" for a file that is not read here."""
    for other in beside.files:
        if other.is_module:
            said = [said_in_module(cell.source, released.known, released.functions) for cell in other.cells]
        else:
            said = list(_Gathering(released, position, other.cells, list(released.places(other.cells))).elsewhere())
        yield from ((other.name, text) for text in said if text)
    yield from ((name, "") for name in beside.unread)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if words(line)), "")


def _pointing_at(beginnings: Sequence[str]) -> str:
    lines = ["*Nothing is written in this cell. There is text of the student's elsewhere:*", ""]
    for text in beginnings[:_MOST_POINTED_AT]:
        lines.append(f"- {plain(_first_line(text))}")
    if len(beginnings) > _MOST_POINTED_AT:
        lines.append(f"- and in {len(beginnings) - _MOST_POINTED_AT} more places")
    return "\n".join(lines)


def gather(
    released: ReleasedCells,
    cells: Sequence[StudentCell],
    places: Sequence[Place],
    beside: Beside,
    problem: str = "",
) -> Answer:
    """Find the answer among a student's `places`, and in what was handed in `beside` the judged file.

    `cells` are those of the judged file before they were cut up, `problem` says why there are none. The text is "" where
    nothing was written.
    """
    answer = Answer()
    position = released.answer
    if position is None:
        return answer
    own = _Gathering(released, position, cells, places)
    answer.taken = own.answers()
    written = own.written() or own.near()
    seen: set[str] = set()
    for place in written:
        text = own.text_of(place)
        answer.taken.append(place)
        if text not in seen and not answer.add(text, place.cell.pictures):
            answer.beside.append(replace(place, cell=replace(place.cell, grade_id="", tags=()), match=None, after=position))
        seen.add(text)
    for other in beside.files:
        if not other.is_module:
            _add_other(answer, released, position, other, cells)
    if not answer.texts and problem:
        answer.texts.append(f"*{plain(problem, 300)} If it holds an answer, that is {_NOT_SHOWN}: {_LOOK_INTO} the file.*")
    elif not answer.texts:
        beginnings = list(own.elsewhere())
        for name, text in _in_other_files(released, position, beside):
            if text not in beginnings:
                what = f"{name}: {_first_line(text)}" if text else f"{name} was handed in as well: {_LOOK_INTO} it"
                beginnings.append(what)
        if beginnings:
            answer.texts.append(_pointing_at(beginnings))
    elif beside.unread:
        names = ", ".join(plain(name) for name in beside.unread[:_MOST_POINTED_AT])
        answer.texts.append(f"*Handed in as well, and {_NOT_SHOWN}: {names}*")
    return answer


def has_to_be_opened(name: str, text: str) -> bool:
    """Say whether the `text` of an answer's cell has its reader open a file that was handed in and is not shown."""
    if f"{_LOOK_INTO} the file" in text:
        return True
    return (_LOOK_INTO in text or _NOT_SHOWN in text) and plain(name) in text


def _add_other(answer: Answer, released: ReleasedCells, position: int, other: OtherFile, cells: Sequence[StudentCell]) -> None:
    """Add what the other file says in words and the judged one does not."""
    theirs = _Gathering(released, position, other.cells, list(released.places(other.cells)))
    known = {bare(cell.source) for cell in cells}
    for place in theirs.said():
        if bare(place.cell.source) in known:
            continue
        text = f"*From {plain(other.name)}, which was handed in as well:*\n\n{theirs.text_of(place)}"
        if not answer.add(text, place.cell.pictures):
            answer.beside.append(Place(StudentCell("markdown", text, pictures=place.cell.pictures), None, position))
