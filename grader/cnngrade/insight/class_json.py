"""A class at a glance as JSON: a public, versioned format (schemas/class-report.schema.json)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from cnngrade.insight.class_report import CourseReport

CLASS_SCHEMA = 1


def course_report_to_json(report: CourseReport) -> dict[str, Any]:
    """Return the report as plain values, each field by its name; an infinite ratio is null, as JSON has no infinity."""
    plain: dict[str, Any] = _plain(report)
    return {"schema": CLASS_SCHEMA, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_plain(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return value
