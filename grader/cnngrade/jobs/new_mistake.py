"""Write the frame of a known mistake from a group of wrong answers that nobody has named."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from cnngrade.answers.mistake_files import mistake_files
from cnngrade.answers.mistakes import load_mistakes
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.files import USUAL, write_atomically
from cnngrade.insight.groups import unnamed_groups
from cnngrade.insight.unnamed import UnnamedGroup
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name

_HEAD = """\
# A known mistake of {function}. The code below {whose}.
# A student wrote it: cnngrade runs it in a worker, as it runs submissions. Do not import it.
#
# For instance: {example}
#
# sentence:
# about:
#
# Write after "sentence:" what a student who made this mistake is told; further lines begin with "#" and two spaces. "about:" is
# for one word, such as "dtype", where the mistake is about something else than the plain idea of the function. Read the code,
# and rename the file if you like ({function}_NAME.py). Then: cnngrade verify {unit}; cnngrade grade {unit}

"""


def new_mistake(course: Course, unit: Unit, name: str) -> Path:
    """Write the frame of a known mistake from the group that is called so, and return its file: its sentence is missing.

    Raises UsageError where there is no such group, its answers could prove no mistake, its code is not known, or a mistake of
    that name is there already; Fault where nothing can be written.
    """
    groups = unnamed_groups(course, unit)
    group = next((group for group in groups if group.name == name), None)
    if group is None:
        raise UsageError(
            f"There is no group {visible_name(name)} among the wrong answers of {unit.name}. {_which_there_are(unit, groups)}"
        )
    if not group.has_proof:
        raise UsageError(
            f"{name} gives no answer in numbers where it is wrong ({group.example.answered}). A mistake is named only where "
            "numbers prove it; an exception, None, zeros and NaN prove nothing. Nothing was written."
        )
    if not group.example.source:
        raise UsageError(
            f"The code of {name} cannot be taken out of any of its submissions. Write the mistake yourself, in "
            f"{paths.mistakes_file(course, unit.name)}."
        )
    path = paths.mistakes_folder(course, unit.name) / f"{name.replace('-', '_')}.py"
    known = [*load_mistakes(course, unit), *(file.known for file in mistake_files(course, unit))]
    if path.exists() or path.stem in {entry.name for entry in known}:
        raise UsageError(f"There is a mistake {path.stem} already. Write its sentence, or rename or delete {path} first.")
    write_atomically(path, _frame(unit, group), mode=USUAL)
    return path


def _which_there_are(unit: Unit, groups: Sequence[UnnamedGroup]) -> str:
    if not groups:
        return f"There are none; they are found by `cnngrade grade {unit.name}`."
    return f"There are: {', '.join(group.name for group in groups)}."


def _frame(unit: Unit, group: UnnamedGroup) -> str:
    count = len(group.students)
    whose = "is one student's" if count == 1 else f"answers as that of {count} students"
    example = f"{group.example.call}\ncame: {group.example.answered}\nright: {group.example.expected}"
    head = _HEAD.format(
        function=group.function,
        whose=whose,
        unit=unit.name,
        example=textwrap.indent(example, "#   ", lambda line: True).removeprefix("#   "),
    )
    return head + group.example.source
