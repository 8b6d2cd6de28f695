"""The table of docs/security.md says what code can do in each sandbox: each of its cells is tried."""

from __future__ import annotations

import sys

import pytest

from cnngrade.sandbox.backends import NONE
from support.places import ROOT
from support.taken_away import ATTEMPTS, COLUMNS, columns_here, shown, table, tried

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# Some systems forbid it to everybody.
NOT_EVERYWHERE = {"make a namespace"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


def documented(column: str) -> dict[str, str]:
    """Return what the page says in a column, by rows."""
    lines = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
    return {line[0]: line[1 + COLUMNS.index(column)] for line in lines if line[0] in ATTEMPTS}


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != NONE])
def test_each_sandbox_takes_away_what_the_page_says(column):
    """in a sandbox exactly that works which the page says, on a kernel without Landlock too"""
    if column not in columns_here():
        pytest.skip(f"this machine has no {column}")
    assert {row: shown(worked) for row, worked in tried(column).items()} == documented(column)


@pytest.mark.slow
def test_without_a_sandbox_it_all_works():
    """what is refused in a sandbox works outside: each attempt is known to be able to succeed"""
    worked = tried(NONE)
    assert {row for row, cell in documented(NONE).items() if cell != shown(True)} == set()
    assert {row for row in ATTEMPTS if not worked[row]} <= NOT_EVERYWHERE


def test_the_page_holds_the_whole_table():
    """the page's table is as `python grader/tests/support/taken_away.py` prints it"""
    cells = {column: {row: cell == shown(True) for row, cell in documented(column).items()} for column in COLUMNS}
    assert table(cells) in TEXT
