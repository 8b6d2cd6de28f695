"""Who is named in a report on a class: nobody, those who need somebody's attention, or everybody who is counted."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from cnngrade.insight.class_report import ClassReport, People

T = TypeVar("T")


class Naming(Enum):
    """NOBODY: a page to show to the class. ATTENTION: who is missing, waits or has no score. EVERYBODY: mistakes, too."""

    NOBODY = "nobody"
    ATTENTION = "attention"
    EVERYBODY = "everybody"


def as_named(report: ClassReport, naming: Naming) -> ClassReport:
    """Return the report without the names of those who are not to be named; all numbers stay.

    Where nobody is, a note says what could not be read and not why: a roster's mistakes are told with names.
    """
    if naming is Naming.EVERYBODY:
        return report
    nobody = _without_names(report)
    if naming is Naming.NOBODY:
        return replace(nobody, notes=tuple(f"{note.partition(':')[0].rstrip('.')}." for note in report.notes))
    return replace(nobody, attendance=report.attendance, times=report.times)


def _without_names(value: T) -> T:
    if isinstance(value, People):
        return replace(value, names=())
    if isinstance(value, tuple):
        return tuple(map(_without_names, value))  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _without_names(getattr(value, field.name)) for field in fields(value)})
    return value
