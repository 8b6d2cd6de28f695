"""PrairieLearn's external grading: questions for a PrairieLearn course, the image that grades them, and where its files are.

As its documentation has it: a question's folder `tests` is copied to /grade/tests, what a student submits to /grade/student,
and files of the course to /grade/serverFilesCourse; the entrypoint writes /grade/results/results.json. The container has no
network.
"""

from __future__ import annotations

import html
import json
import uuid
from pathlib import Path
from typing import Any

from cnngrade.ci.course_part import course_part
from cnngrade.ci.grading_place import OURS, GradingPlace
from cnngrade.ci.images import image_files
from cnngrade.ci.requirements import RECORDING
from cnngrade.ci.target import RUNNABLE, About, Bundle, BundleFile, CiTarget, Contents, Packing
from cnngrade.errors import CnngradeError, SubmissionError
from cnngrade.model import Course, Unit
from cnngrade.report.prairielearn import prairielearn_refusal, prairielearn_results
from cnngrade.safe_text import visible_line

_TOP = Path("/grade")


_LIMIT_SECONDS = 570


_MOST_SECONDS = 600
"""The longest that PrairieLearn lets a job take."""


_IMAGE = "cnngrade-grader"


_SHARED = "cnngrade"
"""The folder in `serverFilesCourse`."""


_RUN = """\
#!/usr/bin/env bash
# Written by cnngrade ci. PrairieLearn runs this for each submission.
# Whatever happens from here on, this is what PrairieLearn finds unless there is a score.
mkdir -p /grade/results
cp /grade/serverFilesCourse/{shared}/not-graded.json /grade/results/results.json
# What PrairieLearn stops itself, after {most} seconds, counts as a failure of the student's: this stops before.
timeout --kill-after=10 {seconds} /usr/local/bin/cnngrade ci-grade prairielearn
# A container that ends otherwise may count as a failure of the student's, whatever the results say.
exit 0
"""


_QUESTION = """\
<pl-question-panel>
  <h2>{title}</h2>
  <p>
    Hand in your notebook or your script, <code>{unit}.ipynb</code> or <code>{unit}.py</code>, and the files that it imports.
  </p>
</pl-question-panel>

<pl-file-upload optional-file-patterns="*.ipynb,*.py,*.zip"></pl-file-upload>

<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
</pl-submission-panel>
"""


_README = """\
# For PrairieLearn: {title}

Build the image that grades, and put it where PrairieLearn fetches images from (Docker Hub):

    docker build --platform linux/amd64 --tag {image} image
    docker push {image}

On Docker Hub an image's name begins with that of an account, and the questions name the image. If it is not called {image}
there, write all this anew before you build: `cnngrade ci prairielearn {units} --image ACCOUNT/cnngrade-grader`. The image holds
cnngrade alone, and neither tests nor answers.

Copy `questions` and `serverFilesCourse` into the repository of your PrairieLearn course. The questions' folders `tests` hold
hidden tests, solutions and the classroom's secret: that repository is for instructors alone.
"""


def _bundle(contents: Contents) -> Bundle:
    course, image = contents.course, contents.image or _IMAGE
    title = visible_line(course.title)
    run = _RUN.format(seconds=_LIMIT_SECONDS, most=_MOST_SECONDS, shared=_SHARED)
    built = image_files(contents, f"What grades in PrairieLearn: {title}", "WORKDIR /grade\n", RECORDING)
    files = {f"image/{path}": file for path, file in built.items()}
    files["README.md"] = BundleFile(_README.format(title=title, image=image, units=_named(contents)).encode())
    shared = f"serverFilesCourse/{_SHARED}"
    files[f"{shared}/grade.sh"] = BundleFile(run.encode(), RUNNABLE)
    files[f"{shared}/not-graded.json"] = BundleFile(f"{json.dumps(prairielearn_refusal(OURS), indent=2)}\n".encode())
    for unit in contents.units:
        folder = f"questions/{course.name}/{unit.name}"
        files[f"{folder}/info.json"] = BundleFile(f"{json.dumps(_info(course, unit, image), indent=2)}\n".encode())
        files[f"{folder}/question.html"] = BundleFile(_question(unit).encode())
        files |= course_part(course, (unit,), f"{folder}/tests/course")
    return files


def _named(contents: Contents) -> str:
    """Return the units as the command takes them."""
    return "--all" if len(contents.units) == len(contents.course.units) else " ".join(unit.name for unit in contents.units)


def _info(course: Course, unit: Unit, image: str) -> dict[str, Any]:
    return {
        # The same each time: to PrairieLearn it is this which makes it the same question.
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"cnngrade:{course.name}/{unit.name}")),
        "title": visible_line(unit.title),
        "topic": visible_line(course.title),
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": image,
            "serverFilesCourse": [f"{_SHARED}/"],
            "entrypoint": f"/grade/serverFilesCourse/{_SHARED}/grade.sh",
            "timeout": _MOST_SECONDS,
        },
    }


def _question(unit: Unit) -> str:
    # PrairieLearn fills in what stands in double braces.
    title = html.escape(visible_line(unit.title)).replace("{", "&#123;").replace("}", "&#125;")
    return _QUESTION.format(title=title, unit=unit.name)


def _notes(contents: Contents) -> tuple[str, ...]:
    called = contents.image or f"{_IMAGE} (say --image ACCOUNT/{_IMAGE} for Docker Hub)"
    return (
        f"Its README.md says how to build the image, {called}, and where the questions go.",
        "It holds hidden tests, solutions and the classroom's secret: they belong where instructors alone can read.",
    )


def _student() -> str:
    """Return whose numbers the tests use: those of the variant of the question that the student has."""
    try:
        document = json.loads((_TOP / "data" / "data.json").read_text(encoding="utf-8"))
        return f"prairielearn {document['variant_seed']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "prairielearn"


def _refusal(error: CnngradeError) -> dict[str, Any]:
    return prairielearn_refusal(f"Not graded. {error}" if isinstance(error, SubmissionError) else OURS)


TARGET = CiTarget("prairielearn", "PrairieLearn", Packing.FOLDER, About.UNITS, _bundle, _notes, has_image=True)

PLACE = GradingPlace(
    _TOP / "tests" / "course",
    _TOP / "student",
    _TOP / "results" / "results.json",
    _student,
    prairielearn_results,
    _refusal,
    shows_staff=False,
)
