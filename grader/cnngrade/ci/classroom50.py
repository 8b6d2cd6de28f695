"""Classroom 50: the `autograder.py` that its runner starts in a student's checkout, with what it checks with beside it."""

from __future__ import annotations

import json
from pathlib import Path

from cnngrade.ci.released_unit import filled, released_unit
from cnngrade.ci.target import About, Bundle, BundleFile, CiTarget, Contents, Packing
from cnngrade.errors import UsageError

MOST_BYTES = 10 << 20
"""The runner fetches no larger bundle of an assignment."""

_README = """\
# @UNIT@ on Classroom 50

Put the files of `autograder/` into the folder `CLASSROOM/autograders/ASSIGNMENT/` of your organization's repository
`classroom50`, and write them anew, with `cnngrade ci classroom50 @UNIT@`, when you release @UNIT@ again. Packages have the
versions that are in use here, so give the assignment the runtime `{"python": "@PYTHON@"}`; the image of a container needs
libseccomp2.

Classroom 50 publishes these files, and grades in the student's own repository. So only public tests run there, with what
students have been handed out, and whoever may push to the repository can change what runs. Marks that count come from
`cnngrade collect` and `cnngrade grade` on your own machine.
"""


def _bundle(contents: Contents) -> Bundle:
    handout = released_unit(contents)
    settings = {"unit": handout.unit, "handout": handout.name, "digest": handout.digest, "wheel": contents.wheel_name}
    if len(handout.data) > MOST_BYTES - (64 << 10):
        raise UsageError(
            f"{handout.unit} is {len(handout.data) >> 20} MiB as a zip, and Classroom 50 takes no more than "
            f"{MOST_BYTES >> 20} MiB. Make its data smaller."
        )
    program = Path(__file__).with_name("classroom50_autograder.py").read_bytes()
    return {
        "README.md": BundleFile(filled(_README, contents, handout).encode()),
        "autograder/autograder.py": BundleFile(program),
        "autograder/cnngrade.json": BundleFile(f"{json.dumps(settings, indent=1)}\n".encode()),
        f"autograder/{handout.name}": BundleFile(handout.data),
    }


def _notes(_: Contents) -> tuple[str, ...]:
    return ("Its README.md says what goes where. Classroom 50 publishes it, so no hidden test is in it.",)


TARGET = CiTarget("classroom50", "Classroom 50", Packing.FOLDER, About.UNIT, _bundle, _notes, private=False)
