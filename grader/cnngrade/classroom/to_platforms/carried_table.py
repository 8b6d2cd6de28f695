"""A table that a platform handed out: some of its cells are filled, and all the rest stays as it was, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.classroom.csv_table import CsvTable, separated, table_bytes, table_text, unescaped
from cnngrade.errors import UsageError

_MARKS = {"utf-8-sig": ("utf-8", b"\xef\xbb\xbf"), "utf-16": ("utf-16-le", b"\xff\xfe")}
"""By what an encoding with a mark at its beginning is called: how the rest is written, and the mark."""

# In quotes, a quote is two; what follows the closing one still belongs to the cell, as for every other reader.
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class CarriedCell:
    """One cell: what it says, and as it stands in the file."""

    text: str
    raw: str


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """One line of the table, from `begin` to `end` in the text; `number` is that of the line in the file where it begins."""

    number: int
    begin: int
    end: int
    cells: tuple[CarriedCell, ...]

    def text(self, column: int) -> str:
        """Return what a cell says, "" where the line is shorter."""
        return self.cells[column].text if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class CarriedTable:
    """The table in a file; `lines` are those below the header that hold anything."""

    path: Path
    text: str
    separator: str
    encoding: str
    mark: bytes
    header: CarriedLine
    lines: tuple[CarriedLine, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in their order; some may be the same, or empty."""
        return tuple(cell.text for cell in self.header.cells)

    def as_csv_table(self, columns: Sequence[int] | None = None) -> CsvTable:
        """Return the cells as a table of people; of columns that are called the same, the first one. Line ends stay."""
        wanted = range(len(self.columns)) if columns is None else columns
        places = {name: place for place in reversed(wanted) if (name := self.columns[place])}
        ordered = dict(sorted(places.items(), key=lambda item: item[1]))
        lines = ((line.number, {name: line.text(place) for name, place in ordered.items()}) for line in self.lines)
        return CsvTable(self.path, tuple(ordered), tuple(lines), self.encoding)

    def filled(self, cells: Mapping[tuple[int, int], str], columns: Sequence[int] | None = None) -> bytes:
        """Return the file with other texts in some cells, by (number of the line, column); only with some `columns` if named.

        A cell that was in quotes stays in quotes, and so does a text that needs them.
        """
        pieces: list[str] = []
        position = 0
        for line in (self.header, *self.lines):
            pieces.append(self.text[position : line.begin])
            pieces.append(self.separator.join(self._cells(line, cells, columns)))
            position = line.end
        pieces.append(self.text[position:])
        return self.mark + "".join(pieces).encode(self.encoding)

    def _cells(self, line: CarriedLine, cells: Mapping[tuple[int, int], str], columns: Sequence[int] | None) -> Iterator[str]:
        last = max((place for number, place in cells if number == line.number), default=-1)
        for place in range(max(len(line.cells), last + 1)) if columns is None else columns:
            raw = line.cells[place].raw if place < len(line.cells) else ""
            text = cells.get((line.number, place))
            yield raw if text is None else self._written(text, raw)

    def _written(self, text: str, former: str) -> str:
        if former.startswith('"') or any(sign in text for sign in (self.separator, '"', "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


class _CellReader:
    """Takes a text apart, from a position on."""

    def __init__(self, path: Path, text: str, separator: str, position: int, number: int) -> None:
        self._path, self._text, self._separator = path, text, separator
        self._position, self._number = position, number
        self._plain = re.compile(rf"[^{re.escape(separator)}\r\n]*")

    def lines(self) -> Iterator[CarriedLine]:
        """Yield all lines that hold anything; raises UsageError for quotes that do not end."""
        while self._position < len(self._text):
            begin, number = self._position, self._number
            cells = tuple(self._cells())
            line = CarriedLine(number, begin, self._position, cells)
            if end := _LINE_END.match(self._text, self._position):
                self._position = end.end()
                self._number += 1
            if any(cell.text for cell in cells):
                yield line

    def _cells(self) -> Iterator[CarriedCell]:
        while True:
            yield self._cell()
            if self._text[self._position : self._position + 1] != self._separator:
                return
            self._position += 1

    def _cell(self) -> CarriedCell:
        begin, inside = self._position, ""
        if self._text.startswith('"', begin):
            quoted = _QUOTED.match(self._text, begin)
            if quoted is None:
                raise self._unclosed()
            inside = quoted[0][1:-1].replace('""', '"')
            self._position = quoted.end()
        rest = self._plain.match(self._text, self._position)
        assert rest is not None  # it may be empty
        if ends := len(_LINE_END.findall(inside)):
            if rest[0].strip():
                # The quote that seems to close it opens another cell, and the lines between would be lost.
                raise self._unclosed()
            self._number += ends
        self._position = rest.end()
        return CarriedCell(unescaped((inside + rest[0]).strip()), self._text[begin : self._position])

    def _unclosed(self) -> UsageError:
        return UsageError(f"{self._path}, line {self._number}: a quote is opened and not closed. Download the file once more.")


def read_carried(path: Path) -> CarriedTable:
    """Read a table to be filled: in any encoding, with any separator and any line ends that `read_csv` knows.

    Raises UsageError if it cannot be read, is no table, has a line with more cells than columns, or could not be written as it
    is.
    """
    data = table_bytes(path)
    text, encoding = table_text(data, path)
    encoding, mark = _MARKS.get(encoding, (encoding, b""))
    if not data.startswith(mark):
        encoding, mark = ("utf-16-be", b"\xfe\xff") if encoding == "utf-16-le" else (encoding, b"")
    if mark + text.encode(encoding) != data:
        raise UsageError(f"{path} holds bytes that are no text. Download it once more, and do not save it in between.")
    body, separator = separated(text)
    begin, number = (0, 1) if body == text else (len(text) - len(body) + 1, 2)
    found = list(_CellReader(path, text, separator, begin, number).lines())
    if not found:
        raise UsageError(f"{path} is empty.")
    header, *lines = found
    for line in lines:
        if any(cell.text for cell in line.cells[len(header.cells) :]):
            raise UsageError(
                f"{path}, line {line.number}: there are {len(line.cells)} cells, and {len(header.cells)} columns. "
                "Put a cell with a separator in it into quotes."
            )
    return CarriedTable(path, text, separator, encoding, mark, header, tuple(lines))
