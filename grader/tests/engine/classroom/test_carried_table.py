"""A platform's table with some cells filled: everything else is the same, byte for byte."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.classroom.to_platforms.carried_table import CarriedTable, read_carried
from cnngrade.errors import UsageError

LETTERS = st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=("Cs",))
CELLS = st.text(LETTERS, max_size=6) | st.sampled_from(['"', '""', ",", ";", "\t", "\r\n", "a,b", "=1+1", "'=x", " x ", ""])
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


def carried(path: Path, data: bytes) -> CarriedTable:
    path.write_bytes(data)
    return read_carried(path)


def read_back(data: bytes, encoding: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=separator))


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(ENCODINGS),
    value=CELLS,
    column=st.integers(0, 2),
)
def test_only_what_is_filled_changes(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    separator: str,
    end: str,
    quoting: int,
    encoding: str,
    value: str,
    column: int,
) -> None:
    """whatever cells hold: the file comes back, and once a cell is filled, another reader finds that one changed alone"""
    rows = [["Student", "ID", "Section"], *([f"x{row[0]}", *row[1:]] for row in rows)]
    if any("\r" in cell for row in rows for cell in row):
        # Python's own writer leaves it without quotes before 3.13, and then no reader takes it for a part of a cell.
        quoting = csv.QUOTE_ALL
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    data = text.getvalue().encode(encoding)
    table = carried(tmp_path_factory.getbasetemp() / "carried.csv", data)
    assert table.filled({}) == data
    line = table.lines[-1]
    filled = table.filled({(line.number, column): value})
    rows[-1][column] = value
    assert read_back(filled, encoding, separator) == rows


SHAPES = [
    # (file, line and column, text, the file then)
    (b"A,B\nx,1\ny,2\n", (2, 1), "9", b"A,B\nx,9\ny,2\n"),
    (b"A,B\r\nx,1\r\ny,2", (3, 1), "9", b"A,B\r\nx,1\r\ny,9"),
    (b"A,B\rx,1\ry,2\r", (3, 1), "9", b"A,B\rx,1\ry,9\r"),
    (b'A,B\n"x\ny","1"\nz,2\n', (2, 1), "9", b'A,B\n"x\ny","9"\nz,2\n'),
    (b'A,B\n"x\ny","1"\nz,2\n', (4, 1), "9", b'A,B\n"x\ny","1"\nz,9\n'),
    (b"A,B\nx,1\n", (2, 1), "9,5", b'A,B\nx,"9,5"\n'),
    (b"A;B\nx;1\n", (2, 1), "9,5", b"A;B\nx;9,5\n"),
    (b"A,B,C\nx\n", (2, 2), "9", b"A,B,C\nx,,9\n"),
    (b"A,B\n\n,,\nx, 1 \n,\n", (4, 1), "9", b"A,B\n\n,,\nx,9\n,\n"),
    (b"sep=;\r\nA;B\r\nx;1\r\n", (3, 1), "9", b"sep=;\r\nA;B\r\nx;9\r\n"),
    (b"A;B\nx\xe4\x80;1\n", (2, 1), "9", b"A;B\nx\xe4\x80;9\n"),
    (b'A,B\nx"y",1\n', (2, 1), "9", b'A,B\nx"y",9\n'),
    (b'A,B\n"x"y,1\n', (2, 1), "9", b'A,B\n"x"y,9\n'),
    (b'A,B\n=1+1,"=""2"""\n', (2, 1), "9", b'A,B\n=1+1,"9"\n'),
    (b"\xff\xfe" + "A\tB\nx\t1\n".encode("utf-16-le"), (2, 1), "9", b"\xff\xfe" + "A\tB\nx\t9\n".encode("utf-16-le")),
    (b"\xfe\xff" + "A\tB\nx\t1\n".encode("utf-16-be"), (2, 1), "9", b"\xfe\xff" + "A\tB\nx\t9\n".encode("utf-16-be")),
]


@pytest.mark.parametrize(("data", "place", "value", "expected"), SHAPES)
def test_files_of_every_shape(tmp_path: Path, data: bytes, place: tuple[int, int], value: str, expected: bytes) -> None:
    """line ends, quotes, short and blank lines, byte marks and what is no UTF-8 stay as they are"""
    table = carried(tmp_path / "table.csv", data)
    assert table.filled({}) == data
    assert table.filled({place: value}) == expected


def test_only_some_columns(tmp_path: Path) -> None:
    """the columns that are named come out in their order, as they stand in the file"""
    table = carried(tmp_path / "table.csv", b'A,"B",C\r\n1,"2",3\r\n')
    assert table.filled({(2, 2): "9"}, columns=(1, 2)) == b'"B",C\r\n"2",9\r\n'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b'A,B\nx,"1\ny,2\n', "line 2: a quote is opened and not closed"),
        (b'A,B\nw,0\n"x,1\n"y",2\n', "line 3: a quote is opened and not closed"),
        (b"A,B\nx,1,2\n", "line 2: there are 3 cells, and 2 columns"),
        (b"PK\x03\x04...", "is a workbook"),
        (b"A,B\nx\x81\x8d,1\n", "no text in an encoding"),
        (b"A,B\nx\0,1\n", "no text in an encoding"),
    ],
)
def test_what_cannot_be_carried_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """with the line where there is one"""
    with pytest.raises(UsageError, match=said):
        carried(tmp_path / "table.csv", data)
