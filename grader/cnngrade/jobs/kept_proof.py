"""Proofs of sound units on the disk, so that `release` need not repeat what `verify` has just done.

A proof is kept under a digest of everything that it depends on: the unit's files, all solutions and data, what course.yml says
of the unit and of every submission, this package, the versions in use and the machine, whose times the limits were tried with.
Dates are not among them. Only sound units have one; what is not sound is proved again.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from cnngrade.classroom.report_store import said_of, versions
from cnngrade.course import paths
from cnngrade.files import USUAL, digest_of_file, digest_of_parts, write_atomically
from cnngrade.jobs.proof import Proven
from cnngrade.model import Case, Course, Unit

_ENGINE = Path(__file__).parents[1]


def _files_of_others(course: Course, unit: Unit) -> set[Path]:
    """Return the files that belong to one other unit each; solutions are not among them, since they may use each other."""
    own = (
        paths.exercise_file, paths.public_tests, paths.hidden_tests, paths.mistakes_file, paths.variants_file,
        paths.hints_file, paths.pictures_file, paths.explore_source,
    )  # fmt: skip
    others = [other.name for other in course.units if other.name != unit.name]
    kept = {path for other in others for path in paths.mistakes_folder(course, other).glob("*")}
    return kept | {place(course, other) for other in others for place in own}


def _course_files(course: Course, unit: Unit) -> Iterator[Path]:
    others = _files_of_others(course, unit)
    for name in paths.COURSE_FOLDERS:
        for path in sorted((course.root / name).rglob("*")):
            if path.is_file() and path not in others and "__pycache__" not in path.parts:
                yield path


def proof_key(course: Course, unit: Unit) -> str:
    """Return the digest of everything that the proof of a unit depends on."""
    said = [*said_of(course, unit), platform.node(), *versions(course)]
    engine = [path for path in sorted(_ENGINE.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    named = [*engine, *_course_files(course, unit)]
    for path in named:
        base = course.root if path.is_relative_to(course.root) else _ENGINE
        said += [path.relative_to(base).as_posix(), digest_of_file(path)]
    return digest_of_parts(*said)


def keep_proof(course: Course, unit: Unit, key: str, proven: Proven) -> None:
    """Keep what was proved under a key that was made before the proof began; raises Fault."""
    when = proven.when or datetime.now(course.zone).strftime("%Y-%m-%d %H:%M")
    cases = [asdict(case) for case in proven.cases]
    document = {**asdict(proven), "cases": cases, "when": when, "key": key}
    write_atomically(paths.proof_file(course, unit.name), json.dumps(document, indent=1) + "\n", mode=USUAL)


def kept_proof(course: Course, unit: Unit) -> Proven | None:
    """Return what was proved of the unit as it is now; None where nothing was, or something has changed since."""
    try:
        stored = json.loads(paths.proof_file(course, unit.name).read_text(encoding="utf-8"))
        if stored.pop("key") != proof_key(course, unit):
            return None
        cases = tuple(Case(**case) for case in stored.pop("cases"))
        return Proven(cases, **stored)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # A damaged proof counts as none: the unit is proved again.
        return None
