"""Moodle: an assignment's grading worksheet, or the gradebook exported as plain text; both are imported again as CSV.

The worksheet is of one assignment. Its headers are in the language of whoever downloads it, in an order that is Moodle's: right
of the grade stands the maximum, which is the same on every line. Moodle takes a grade for a participant by the number in the
first column, unless it is above the maximum or was changed in Moodle after the download.

In the gradebook's export a column is called `Assignment: Title (Real)`. Whoever imports it says which column is which; `-` and
an empty cell take a grade away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cnngrade.alike import one_spelling
from cnngrade.classroom.exports import Listed, read_listing
from cnngrade.classroom.to_platforms.carried_table import CarriedTable
from cnngrade.classroom.to_platforms.mark_column import MarkColumn, MarkTable
from cnngrade.classroom.to_platforms.unit_mark import number_in
from cnngrade.safe_text import visible_name
from cnngrade.submission.platforms.moodle import participant_number

_ITEM = re.compile(r"(?:[^:\uff1a]*[:\uff1a]\s*)?(?P<title>.*\S)\s*\((?P<form>[^()]*)\)", re.DOTALL)
_NO_GRADE = ("", "-")
# Whether a grade can be changed, in the languages of the worksheet.
_NOES = """
no nein non não nee nie нет ні ne nej nei ei hay\u0131r όχι nem nu いいえ 否 아니오 아니요 لا לא không
"""
_YESES = """
yes ja oui sí sì si sim tak да так da ano áno jo kyllä jah evet \u03bd\u03b1\u03b9 igen はい 是 예 네 نعم כן có
"""
_NO, _YES = frozenset(_NOES.split()), frozenset(_YESES.split())
_AS_POINTS = "real"
_NOT_POINTS = re.compile("percent|prozent|pour|porc|proc|pros|letter|feedback", re.IGNORECASE)


def _item(header: str) -> re.Match[str] | None:
    """Return what a column of the gradebook's export is called, None for one about people: `Apellido(s)` is such a one."""
    item = _ITEM.fullmatch(header)
    if item is None or re.search("[:\uff1a]", header):
        return item
    return item if item["form"].casefold() == _AS_POINTS or _NOT_POINTS.match(item["form"]) else None


def _is_worksheet(table: CarriedTable) -> bool:
    numbers = [participant_number(line.text(0)) for line in table.lines]
    return bool(numbers) and all(numbers)


def _is_one(table: CarriedTable) -> bool:
    return _is_worksheet(table) or any(_item(name) for name in table.columns)


def _people(table: CarriedTable) -> Sequence[Listed]:
    if not _is_worksheet(table):
        person = [place for place, name in enumerate(table.columns) if not _item(name)]
        return read_listing(table.as_csv_table(person), "plain").people
    named = {each.line: each for each in read_listing(table.as_csv_table(), "moodle").people}
    # Where marking is blind, the number is all that there is.
    numbers = {line.number: participant_number(line.text(0)) for line in table.lines}
    return tuple(
        replace(named.get(number, Listed(number)), ids={"moodle": (participant,)}) for number, participant in numbers.items()
    )


def _is_maximum(table: CarriedTable, place: int) -> bool:
    """Say whether a column may be the maximum, and the one left of it the grade."""
    said = {line.text(place) for line in table.lines}
    most = number_in(said.pop()) if len(said) == 1 else None
    if not most:
        return False
    left = [line.text(place - 1) for line in table.lines]
    return all(text in _NO_GRADE or ((grade := number_in(text)) is not None and grade <= most) for text in left)


def _grade_column(table: CarriedTable) -> Iterator[MarkColumn]:
    """Yield the worksheet's grade; several where it cannot be told which, and none where nothing is graded."""
    places = range(2, len(table.columns))
    for place in places:
        if _is_maximum(table, place):
            header = table.columns[place - 1]
            yield MarkColumn(place - 1, header, "", points=table.lines[0].text(place), locked=frozenset(_locked(table, place)))
    if not any(_is_maximum(table, place) for place in places):
        scale = next((place for place in places if _is_scale(table, place)), None)
        if scale is not None:
            words = visible_name(", ".join(table.lines[0].text(scale).splitlines()))
            refusal = f"holds words of a scale ({words}). Have the assignment graded with points, and download it once more."
            yield MarkColumn(scale - 1, table.columns[scale - 1], "", refusal=refusal)


def _is_scale(table: CarriedTable, place: int) -> bool:
    """Say whether a column may be the words of a scale, one on a line, and the one left of it a grade of these."""
    said = {line.text(place) for line in table.lines}
    words = said.pop().splitlines() if len(said) == 1 else []
    return len(words) > 1 and all(line.text(place - 1) in (*_NO_GRADE, *words) for line in table.lines)


def _locked(table: CarriedTable, maximum: int) -> Iterator[int]:
    """Yield the lines whose grade cannot be changed; between the maximum and that column may be the state and the marker."""
    for place in range(maximum + 1, maximum + 4):
        said = {line.number: one_spelling(line.text(place).strip()) for line in table.lines}
        if _NO.union(_YES).issuperset(said.values()):
            yield from (number for number, word in said.items() if word in _NO)
            return


def _items(table: CarriedTable) -> Iterator[MarkColumn]:
    """Yield the columns of the gradebook's export; of one item that is there in several forms, only the one with points."""
    items = [(place, header, item) for place, header in enumerate(table.columns) if (item := _item(header))]
    with_points = {item["title"] for _, _, item in items if item["form"].casefold() == _AS_POINTS}
    for place, header, item in items:
        form = item["form"].casefold()
        if form == _AS_POINTS or item["title"] not in with_points:
            is_other = _NOT_POINTS.match(form) or any(line.text(place).endswith("%") for line in table.lines)
            refusal = "does not hold points. Export the grades as Real, and take that file." if is_other else ""
            yield MarkColumn(place, header, item["title"], refusal=refusal)


def _columns(table: CarriedTable) -> Sequence[MarkColumn]:
    found = tuple(_grade_column(table) if _is_worksheet(table) else _items(table))
    if len(found) == 1 and not found[0].title:
        return found
    # What is not known for what it is can still be named by a person.
    known = {each.place for each in found}
    others = (MarkColumn(place, name, name) for place, name in enumerate(table.columns) if place and name)
    return (*found, *(each for each in others if each.place not in known))


MOODLE = MarkTable(
    name="moodle",
    title="Moodle",
    wanted="the assignment's grading worksheet (Submissions, Download grading worksheet), or Grades, Export, Plain text file",
    is_one=_is_one,
    people=_people,
    columns=_columns,
    separators=",;\t",
)
