"""Read a table of people as spreadsheets and learning platforms save it: any usual encoding, separator and line end."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnngrade.errors import UsageError
from cnngrade.safe_text import visible_name

MAX_BYTES = 32 << 20


_FORMULA = re.compile(r"'*[=+\-@\t\r]")


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The table in a file: the names of its columns as they stand there, and its lines, each with its number in the file.

    A line holds the cells by column; blank lines are left out. `encoding` is how the file was read, "cp1252" where it is not
    Unicode: that may be a guess.
    """

    path: Path
    columns: tuple[str, ...]
    lines: tuple[tuple[int, Mapping[str, str]], ...]
    encoding: str


def table_text(data: bytes, path: Path) -> tuple[str, str]:
    """Return a file's text and encoding; raises UsageError for what is no text."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError(f"{path} is a workbook. Save it as CSV (UTF-8) in the spreadsheet, and give that file.")
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith(_UTF_16):
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    for encoding in encodings:
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if "\0" not in text:
                return text, encoding
    raise UsageError(f"{path} is no text in an encoding that can be told. Save the table as CSV (UTF-8).")


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a text with the line at which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begin = 1
    for row in reader:
        yield begin, [cell.strip() for cell in row]
        begin = reader.line_num + 1


def _separator(text: str) -> str:
    """Return what separates the cells of the first line that has any: the sign that makes most of it."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda sign: len(next(_rows(first, sign), (0, []))[1]))


def unescaped(cell: str) -> str:
    """Return what a cell says that was written so that no spreadsheet takes it for a formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _header(row: list[str], path: Path, line: int) -> list[str]:
    """Return the names of the columns, "" where a cell is empty; raises UsageError."""
    named = [name for name in row if name]
    if twice := next((name for name in named if named.count(name) > 1), ""):
        raise UsageError(f"{path}, line {line}: two columns are called {visible_name(twice)}. Rename one of them.")
    return row


def table_bytes(path: Path) -> bytes:
    """Return what a file holds that may be a table of people; raises UsageError if it cannot be read or is too large."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} is larger than {MAX_BYTES >> 20} MiB: no table of people.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def separated(text: str) -> tuple[str, str]:
    """Return a table's text and what separates its cells; where the first line only says that, it is blank."""
    if text[:4].lower() == "sep=" and len(text) > 4:
        # Excel's own way to say what separates.
        declared, text = text[4], "\n" + text.partition("\n")[2]
        if declared in ",;\t|":
            return text, declared
    return text, _separator(text)


def read_csv(path: Path) -> CsvTable:
    """Read a table with a header from a CSV file: UTF-8, UTF-16 or Windows' own; commas, semicolons or tabs.

    Raises UsageError that names the file, and the line where there is one, if it cannot be read or is no such table.
    """
    text, encoding = table_text(table_bytes(path), path)
    columns: list[str] = []
    lines: list[tuple[int, Mapping[str, str]]] = []
    try:
        text, separator = separated(text)
        for number, row in _rows(text, separator):
            if not any(row):
                continue
            if not columns:
                columns = _header([unescaped(name) for name in row], path, number)
                continue
            if any(row[len(columns) :]):
                raise UsageError(
                    f"{path}, line {number}: there are {len(row)} cells, and {len(columns)} columns. "
                    "Put a cell with a separator in it into quotes."
                )
            lines.append((number, {name: unescaped(cell) for name, cell in zip(columns, row, strict=False) if name}))
    except csv.Error as error:
        raise UsageError(f"{path} is not a table that can be read: {error}.") from error
    if not columns:
        raise UsageError(f"{path} is empty.")
    return CsvTable(path, tuple(name for name in columns if name), tuple(lines), encoding)


def csv_text(columns: list[str], rows: list[list[str]]) -> str:
    """Return a table as CSV that a spreadsheet opens as it is: no cell of it is a formula, and letters are what they are."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    for row in [columns, *rows]:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])
    text = target.getvalue()
    # Excel takes a file without this sign for one in Windows' own encoding.
    return text if text.isascii() else f"\ufeff{text}"
