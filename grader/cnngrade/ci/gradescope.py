"""Gradescope's autograders: a zip with setup.sh and run_autograder, and where its machine keeps a submission.

As its documentation has it: the zip is unpacked to /autograder/source, setup.sh runs once, by root, when the image is built,
and run_autograder for each submission. A run that leaves no valid results.json is an error of the autograder, which both
students and staff are shown; one that Gradescope stops for its time gets 0, so that the script ends earlier by itself.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cnngrade.ci.course_part import course_part
from cnngrade.ci.grading_place import GradingPlace
from cnngrade.ci.one_work import NothingHandedIn
from cnngrade.ci.requirements import RECORDING, pinned
from cnngrade.ci.target import RUNNABLE, About, Bundle, BundleFile, CiTarget, Contents, Packing
from cnngrade.errors import CnngradeError
from cnngrade.report.gradescope import gradescope_nothing, gradescope_results
from cnngrade.report.words import points_in_words

_TOP = Path("/autograder")


_LIMIT_SECONDS = 570
"""Gradescope's own limit is ten minutes where nobody has set another."""


_SETUP = """\
#!/usr/bin/env bash
# Written by cnngrade ci. Gradescope runs this once, when it builds the autograder.
set -euo pipefail
cd /autograder/source
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install --yes --no-install-recommends ca-certificates libseccomp2 python3-venv

# Gradescope's own programs need the system's Python as it is, and Ubuntu 22.04's is too old for cnngrade.
python=""
for each in python{python} python3.13 python3.12 python3.11 python3; do
  if "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python="$each"
    break
  fi
done
if [ -n "$python" ]; then
  "$python" -m venv /opt/cnngrade 2>/dev/null || {{
    apt-get install --yes --no-install-recommends "$python-venv"
    "$python" -m venv --clear /opt/cnngrade
  }}
else
  python3 -m venv /opt/uv
  /opt/uv/bin/python -m pip install --no-cache-dir uv
  UV_PYTHON_INSTALL_DIR=/opt/python /opt/uv/bin/uv venv --seed --python {python} /opt/cnngrade
fi
/opt/cnngrade/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt ./{wheel}

# What has to be compiled is compiled now, not for each submission, and the build's output shows what is missing.
/opt/cnngrade/bin/cnngrade ci-grade gradescope --rehearse || echo "Nothing will be graded until this is fixed."
"""


_RUN = """\
#!/usr/bin/env bash
# Written by cnngrade ci. Gradescope runs this for each submission.
# A submission that Gradescope itself stops, after ten minutes unless that was changed, gets 0: this stops before.
status=0
timeout --kill-after=10 {seconds} /opt/cnngrade/bin/cnngrade ci-grade gradescope || status=$?
if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
  echo "Not graded: it took longer than {seconds} seconds. Give the autograder more CPU in the assignment's settings."
fi
exit "$status"
"""


def _bundle(contents: Contents) -> Bundle:
    said = {"python": f"{sys.version_info.major}.{sys.version_info.minor}", "wheel": contents.wheel_name}
    return {
        "setup.sh": BundleFile(_SETUP.format(**said).encode(), RUNNABLE),
        "run_autograder": BundleFile(_RUN.format(seconds=_LIMIT_SECONDS).encode(), RUNNABLE),
        "requirements.txt": BundleFile(pinned("instructor", contents.course.policy.packages, RECORDING)),
        contents.wheel_name: BundleFile(contents.wheel),
        **course_part(contents.course, contents.units, "course"),
    }


def _notes(contents: Contents) -> tuple[str, ...]:
    unit, policy = contents.units[0], contents.course.policy
    points = unit.points - unit.prose_points
    gib = -(-(policy.memory_mib + 1024) // 1024)
    lines = [
        f"Upload it as the autograder of a programming assignment ({points_in_words(points)}); read what building it prints.",
        f"Give it at least {gib} GB of memory and 1 CPU: less makes faults of what is right.",
        "It holds hidden tests, solutions and the classroom's secret: give it to nobody.",
    ]
    if unit.prose_points:
        lines.append(
            f"A person gives the {points_in_words(unit.prose_points)} for the question in prose: add a manual question."
        )
    return tuple(lines)


def _student() -> str:
    """Return who is graded: of a group, always the same one of its members."""
    try:
        document = json.loads((_TOP / "submission_metadata.json").read_text(encoding="utf-8"))
        return f"gradescope {min(str(user['id']) for user in document['users'])}"
    except (OSError, ValueError, KeyError, TypeError):
        # Then the numbers in the tests are nobody's own.
        return "gradescope"


def _refusal(error: CnngradeError) -> dict[str, Any] | None:
    return gradescope_nothing(f"Nothing was judged. {error}") if isinstance(error, NothingHandedIn) else None


TARGET = CiTarget("gradescope", "Gradescope", Packing.ZIP, About.UNIT, _bundle, _notes)

PLACE = GradingPlace(
    _TOP / "source" / "course",
    _TOP / "submission",
    _TOP / "results" / "results.json",
    _student,
    gradescope_results,
    _refusal,
    shows_staff=True,
)
