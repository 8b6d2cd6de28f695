"""How platforms import marks: readers of our own, by what each documents or its source does, without cnngrade."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass


class ImportRefused(Exception):
    """The platform would not take the file."""


def _table(data: bytes, encoding: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=separator, strict=True))


@dataclass(frozen=True)
class CanvasImport:
    """What Canvas takes: grades by user and assignment, and the points of each assignment, by their numbers."""

    grades: dict[tuple[str, str], str]
    points: dict[str, str]


def canvas(data: bytes) -> CanvasImport:
    """Import as Canvas's gradebook importer does: UTF-8; semicolons if the first three lines agree on more of them."""
    text = data.decode("utf-8")
    first = text.splitlines()[:3]
    counts = {sign: {len(next(csv.reader([line], delimiter=sign), [])) for line in first} for sign in ",;"}
    agreed = {sign: max(found) if len(found) == 1 else 0 for sign, found in counts.items()}
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if agreed[";"] > agreed[","] else ","))
    header, *rest = rows
    apart = len(header) > 4 and "LastName" in header[0] and "FirstName" in header[1]
    if not (("Student" in header[0] and "ID" in header[1]) or (apart and "ID" in header[2])) or "Section" not in header:
        raise ImportRefused("invalid header row")
    assignments = {
        place: found[1]
        for place, name in enumerate(header)
        if place > header.index("Section") and (found := re.search(r"\((\d+)\)$", name))
    }
    done = CanvasImport({}, {})
    for row in rest:
        if not any(row) or all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.IGNORECASE) for cell in row):
            continue
        if "Points Possible" in row[0]:
            done.points.update({number: _with_point(row[place]) for place, number in assignments.items()})
            continue
        user = row[2 if apart else 1]
        for place, number in assignments.items():
            done.grades[user, number] = _with_point(row[place].strip()) if place < len(row) else ""
    return done


def _with_point(field: str) -> str:
    if not re.fullmatch(r"-?[0-9.,]+%?", field):
        return field
    *before, last = re.split("[,.]", field)
    return f"{''.join(before)}.{last}" if before else last


@dataclass(frozen=True)
class MoodleWords:
    """What a Moodle in some language calls things, and which decimal sign it has."""

    participant: str = "Participant "
    identifier: str = "Identifier"
    grade: str = "Grade"
    modified: str = "Last modified (grade)"
    sign: str = "."


def _moodle_float(text: str, sign: str) -> float | None:
    plain = text.replace(" ", "").replace(sign, ".")
    if not plain:
        return None
    # PHP's cast takes the number that a text begins with.
    found = re.match(r"-?\d+(\.\d+)?", plain)
    return float(found[0]) if found else 0.0


def moodle_worksheet(data: bytes, words: MoodleWords, maximum: float) -> dict[str, float]:
    """Import as the offline grading worksheet is: by headers in Moodle's language; no grade, or one too high, is skipped."""
    header, *rows = _table(data, "utf-8-sig", ",")
    try:
        identifier, grade, _ = (header.index(name) for name in (words.identifier, words.grade, words.modified))
    except ValueError as error:
        raise ImportRefused(str(error)) from error
    done = {}
    for row in rows:
        if len(row) != len(header):
            raise ImportRefused("weird columns")
        points = _moodle_float(row[grade], words.sign)
        if points is not None and 0 <= points <= maximum:
            done[row[identifier][len(words.participant) :]] = points
    return done


def moodle_gradebook(data: bytes, user: str, item: str, sign: str = ".") -> dict[str, float | None]:
    """Import as the gradebook's CSV is, with the columns that a person chooses; a bad grade stops everything."""
    header, *rows = _table(data, "utf-8-sig", ",")
    done: dict[str, float | None] = {}
    for row in rows:
        cell = row[header.index(item)].strip()
        if cell in ("", "-"):
            done[row[header.index(user)]] = None
            continue
        if not re.fullmatch(r"\d+(\.\d+)?", cell.replace(" ", "").replace(sign, ".")):
            raise ImportRefused(f"bad grade {cell}")
        done[row[header.index(user)]] = _moodle_float(cell, sign)
    return done


def blackboard(data: bytes) -> dict[tuple[str, str], str]:
    """Upload as to the Grade Center: tabs or commas; users by Username, columns by the number after the bar."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    first = data.decode(encoding).splitlines()[0]
    header, *rows = _table(data, encoding, "\t" if first.count("\t") > first.count(",") else ",")
    if "Username" not in header:
        raise ImportRefused("no Username")
    return {
        (row[header.index("Username")], number[1]): row[place]
        for row in rows
        for place, name in enumerate(header)
        if (number := re.search(r"\|(\d+)$", name))
    }


def brightspace(data: bytes) -> dict[tuple[str, str], str]:
    """Import as Brightspace does: ids, grades by the items' names, a sign at the end of each line, and nothing else."""
    header, *rows = _table(data, "utf-8-sig", ",")
    keys = [place for place, name in enumerate(header) if name in ("OrgDefinedId", "Username")]
    if keys != list(range(len(keys))) or not keys or header[-1] != "End-of-Line Indicator":
        raise ImportRefused(f"headers: {header}")
    items = {}
    for place in range(len(keys), len(header) - 1):
        item = re.fullmatch(r"(.*) Points Grade(?: <Numeric MaxPoints:[^>]*>)?", header[place])
        if not item:
            raise ImportRefused(f"what is {header[place]}?")
        items[place] = item[1]
    if any(row[-1] != "#" or len(row) != len(header) for row in rows):
        raise ImportRefused("a line does not end")
    return {(row[keys[-1]].removeprefix("#"), item): row[place] for row in rows for place, item in items.items()}
