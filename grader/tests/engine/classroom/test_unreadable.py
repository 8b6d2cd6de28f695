"""What the grading user cannot read, or the machine cannot hold, is our failure: it is named, and is not kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cnngrade.course.load import load_course
from cnngrade.sandbox.backends import LANDLOCK
from support import tiny_course
from support.graded_class import Class, release
from support.places import GRADER
from support.sandboxes import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="permissions, and the sandboxes, are those of Linux")

RIGHT = tiny_course.script(**tiny_course.RIGHT)
# Root reads everything until it gives that up; anybody else has nothing to give up.
ORDINARY = "import sys\nfrom cnngrade.worker.confinement import drop_capabilities\nfrom cnngrade.cli.main import main\n"
ORDINARY += "drop_capabilities()\nmain(sys.argv[1:])"


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Return a released class in which some work cannot be read."""
    root = tmp_path_factory.mktemp("unreadable")
    course = load_course(tiny_course.make_course(root / "course"))
    made = Class(course, course.units[0])
    release(course, made.unit, root / "handout")
    for student in ("ada", "file", "folder", "one_of_two", "module", "link"):
        made.hand_in(student, "scaling.py", RIGHT)
    made.hand_in("one_of_two", "scaling.ipynb", made.notebook())
    made.hand_in("module", "helper.py", "def nothing(): pass\n")
    made.hand_in("module", "scaling.py", "import helper\n" + RIGHT)
    return made


LOCKED = ("file/scaling/scaling.py", "one_of_two/scaling/scaling.ipynb", "module/scaling/helper.py", "folder/scaling")


@contextmanager
def locked(class_: Class) -> Iterator[None]:
    places = [class_.room / "submitted" / place for place in LOCKED]
    modes = [place.stat().st_mode for place in places]
    for place in places:
        place.chmod(0)
    try:
        yield
    finally:
        for place, mode in zip(places, modes, strict=True):
            place.chmod(mode)


def grade(class_: Class, *options: str) -> tuple[int, dict[str, Any], str]:
    environment = {**os.environ, "PYTHONPATH": str(GRADER)}
    command = [sys.executable, "-c", ORDINARY, "grade", "scaling", "--json", *options]
    done = subprocess.run(command, cwd=class_.course.root, env=environment, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.returncode, {report["submission"]["student"]: report for report in json.loads(done.stdout)}, done.stderr


@pytest.mark.slow
def test_work_that_may_not_be_read(class_: Class) -> None:
    """such work has no score and says which file it is, with the gradebook and without; made readable, it is judged"""
    need(sandbox := LANDLOCK)  # root that has given up its rights may make no namespaces
    with locked(class_):
        code, plain, _ = grade(class_, "--no-gradebook", "--sandbox", sandbox)
        assert code == 4
        assert {student: report["earned"] for student, report in plain.items()} == {
            "ada": 5.0, "link": 5.0, "file": None, "folder": None, "one_of_two": None, "module": None,
        }  # fmt: skip
        for student, name in (
            ("file", "scaling.py"),
            ("folder", "scaling"),
            ("one_of_two", "scaling.ipynb"),
            ("module", "helper.py"),
        ):
            assert any(name in problem and "Permission denied" in problem for problem in plain[student]["problems"]), plain[
                student
            ]
        kept = {path.stem for path in (class_.room / "reports" / "scaling").glob("*.json")}
        assert kept == {"ada", "link"}
        again, entered, said = grade(class_, "--sandbox", sandbox)
        assert again == 4
        assert {name: (report["earned"], report["problems"]) for name, report in entered.items()} == {
            name: (report["earned"], report["problems"]) for name, report in plain.items()
        }
        assert {path.stem for path in (class_.room / "reports" / "scaling").glob("*.json")} == kept
        graded = {row[0] for row in class_.rows()["submission"]}
        assert graded == {"ada", "link"}, said
    code, reports, _ = grade(class_, "--sandbox", sandbox)
    assert {report["earned"] for name, report in reports.items() if name != "one_of_two"} == {5.0}
    assert None not in {report["earned"] for report in reports.values()}
    assert code == 0
