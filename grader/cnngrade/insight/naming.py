"""Who is named in a report on a class: nobody, those who need somebody's attention, or everybody who is counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from cnngrade.insight.class_report import ClassReport, People

T = TypeVar("T")


# A folder that systems call after its owner: /home/ada, C:\Users\Ada Lovelace.
_OWNER = re.compile(r"((?<=[\\/])(?:\w{0,9}home|users|documents and settings)[\\/]+)[^\\/'\"`\n]{1,80}", re.IGNORECASE)


class Naming(Enum):
    """NOBODY: a page to show to the class. ATTENTION: who is missing, waits or has no score. EVERYBODY: mistakes, too."""

    NOBODY = "nobody"
    ATTENTION = "attention"
    EVERYBODY = "everybody"


def as_named(report: ClassReport, naming: Naming) -> ClassReport:
    """Return the report without the names of those who are not to be named; all numbers stay.

    Where nobody is, a note says what could not be read and not why: a roster's mistakes are told with names. What one student
    reads of an exception is left out then, and so is whose folder a path leads through: files are called after people.
    """
    if naming is Naming.EVERYBODY:
        return report
    nobody = _without_names(report)
    if naming is Naming.NOBODY:
        return _without_owners(
            replace(
                nobody,
                notes=tuple(f"{note.partition(':')[0].rstrip('.')}." for note in report.notes),
                exceptions=tuple(replace(each, example="") for each in nobody.exceptions),
            )
        )
    return replace(nobody, attendance=report.attendance, times=report.times)


def _without_names(value: T) -> T:
    return _changed(value, lambda part: replace(part, names=()) if isinstance(part, People) else part)


def _without_owners(value: T) -> T:
    return _changed(value, lambda part: _OWNER.sub(r"\1...", part) if isinstance(part, str) else part)


def _changed(value: T, change: Callable[[Any], Any]) -> T:
    """Return a value with each of its parts changed that `change` gives another one for, however deep it is."""
    if isinstance(value, tuple):
        found: Any = tuple(_changed(part, change) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(value, **{field.name: _changed(getattr(value, field.name), change) for field in fields(value)})
    else:
        found = value
    return change(found)  # type: ignore[no-any-return]
