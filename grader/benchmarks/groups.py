"""Do submissions with one cause land in one group, and others in others?

    python grader/benchmarks/groups.py [UNIT ...]

Every known mistake of the course is taken for one that nobody has named, and answers the calls that a class is asked: once as
it stands, and once with the roundings of another order of adding up. With them go the wrong answers of the corpus of which
somebody has read that they have one fault, which is one of these mistakes. Printed for each unit:

    groups            how many groups there are of how many mistakes; several codes with one sentence may behave otherwise
    roundings         mistakes whose two ways are in one group
    corpus            wrong answers that are in the group of their mistake, of those of which that is known
    two causes        groups in which two sentences meet, and the mistakes in them: no call of the tests tells these apart
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.course.load import load_course
from support.asked_alike import Asked, corpus, fixed_calls, in_groups, mistakes


def told(name: str, groups: list[list[Asked]], seconds: float) -> list[str]:
    """Return the lines about a unit."""
    asked = [entry for group in groups for entry in group]
    at = {(entry.kind, entry.name): number for number, group in enumerate(groups) for entry in group}
    rounded = [entry.name for entry in asked if entry.kind == "mistake, rounded"]
    files = [entry for entry in asked if entry.kind == "corpus"]
    homes = {entry.name: {at[other.kind, other.name] for other in asked if other.cause == entry.cause} for entry in files}
    found = [
        entry
        for entry in files
        if any(other.kind == "mistake" and other.cause == entry.cause for other in groups[at["corpus", entry.name]])
    ]
    mixed = [group for group in groups if len({entry.cause for entry in group}) > 1]
    lines = [
        f"{name:12} {len({entry.name for entry in asked if entry.kind == 'mistake'})} mistakes, {len(groups)} groups, "
        f"roundings {sum(at['mistake', one] == at['mistake, rounded', one] for one in rounded)} of {len(rounded)}, "
        f"corpus {len(found)} of {len(homes)}, two causes in {len(mixed)}   ({seconds:.0f} s)"
    ]
    lines += [f"    apart: {entry.name}" for entry in files if entry not in found]
    lines += [f"    together: {', '.join(dict.fromkeys(entry.name for entry in group))}" for group in mixed]
    return lines


def main() -> None:
    """Print the figures of the units that are named, or of all."""
    course = load_course(ROOT)
    for unit in course.units:
        if sys.argv[1:] and unit.name not in sys.argv[1:]:
            continue
        start = time.monotonic()
        calls, solution = fixed_calls(course, unit)
        with tempfile.TemporaryDirectory() as folder:
            asked = [*mistakes(course, unit, calls, solution), *corpus(course, unit, calls, Path(folder))]
        print("\n".join(told(unit.name, in_groups(asked), time.monotonic() - start)), flush=True)


if __name__ == "__main__":
    main()
