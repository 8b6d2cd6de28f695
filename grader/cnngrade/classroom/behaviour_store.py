"""How functions behave that are wrong without a name, on the disk: one file for each report that has any, under its key."""

from __future__ import annotations

import contextlib
import json

from cnngrade.answers.behaviour import FunctionBehaviour, behaviour_from_json, behaviour_to_json
from cnngrade.course import paths
from cnngrade.files import write_atomically
from cnngrade.model import Course, Unit


def save_behaviour(course: Course, unit: Unit, student: str, key: str, behaviour: tuple[FunctionBehaviour, ...]) -> None:
    """Keep what belongs to the report with this key, in place of what belonged to a former one; raises Fault."""
    path = paths.behaviour_file(course, unit.name, student)
    if behaviour:
        write_atomically(path, json.dumps({"key": key, "behaviour": behaviour_to_json(behaviour)}))
    else:
        # What stays because it cannot be removed has another key than the report.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def load_behaviour(course: Course, unit: Unit, student: str, key: str) -> tuple[FunctionBehaviour, ...]:
    """Return what was kept with the report that has this key; nothing where there is none, or its file is damaged."""
    try:
        stored = json.loads(paths.behaviour_file(course, unit.name, student).read_text(encoding="utf-8"))
        return behaviour_from_json(stored["behaviour"]) if stored["key"] == key else ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return ()
