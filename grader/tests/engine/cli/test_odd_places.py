"""The commands in folders of any name, and in an interpreter that was told to optimise."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.release import write_handout
from cnngrade.report.json import report_from_json
from support import tiny_course
from support.places import GRADER

posix_names = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not have folders of these names")
ODD = Path("CNN [2026]", "a::b", 'it\'s "x" ü 中 {0}', "%41 #?*")
HALF = tiny_course.script(double=tiny_course.RIGHT["double"])
SHOWN = "2 of 4 points"


def run(*command: str, folder: Path, **environment: str) -> str:
    """Run a module as a command in `folder` and return what it printed; it must end well, be the marks what they may."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(GRADER), "PATH": path, "COLUMNS": "100"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in ((0, 1) if "check" in command else (0,)), (command, done.stdout, done.stderr)
    return done.stdout + done.stderr


def make_course(root: Path) -> None:
    """Write the tiny course, with a solution that imports its neighbour."""
    tiny_course.make_course(root)
    (root / "solutions" / "twice.py").write_text("def twice(x):\n    return x + x\n")
    text = tiny_course.SOLUTION.replace("return 2 * np.asarray(x)", "return twice(np.asarray(x))")
    (root / "solutions" / "scaling.py").write_text(
        text.replace("import numpy as np", "import numpy as np\nfrom solutions.twice import twice")
    )


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    make_course(root)
    course = load_course(root)
    folder = tmp_path_factory.mktemp("handout")
    write_handout(course, course.units[0], folder)
    (folder / "scaling.py").write_text(HALF)
    return folder


@posix_names
@pytest.mark.parametrize(
    "names",
    [
        ("CNN [2026]", "[", "a\\b", "a::b", "ü 中 é"),
        *(
            pytest.param(names, marks=pytest.mark.slow)
            for names in [("::", "a:b"), ("it's", 'the "new"'), ("$HOME", "${PATH}", "~", "{0}"), ("%41", "#?", "*")]
        ),
    ],
)
def test_a_student_works_anywhere(handout: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    """check finds the tests below folders of any name"""
    folder = tmp_path.joinpath(*names, "scaling")
    shutil.copytree(handout, folder)
    assert SHOWN in run("cnngrade", "check", folder=folder)


@posix_names
def test_a_student_works_from_elsewhere(handout: Path, tmp_path: Path) -> None:
    """check finds the tests of a file that is named from another folder"""
    folder = tmp_path / ODD / "scaling"
    shutil.copytree(handout, folder)
    assert SHOWN in run("cnngrade", "check", str(folder / "scaling.py"), folder=tmp_path)


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_plain_locale_does_no_harm(handout: Path, tmp_path: Path, locale: dict[str, str]) -> None:
    """a system without a language of its own takes folders whose names it cannot show"""
    folder = tmp_path / "ü 中" / "scaling"
    shutil.copytree(handout, folder)
    assert SHOWN in run("cnngrade", "check", folder=folder, **locale)


@pytest.mark.slow
def test_an_optimising_interpreter_does_no_harm(handout: Path, tmp_path: Path) -> None:
    """without docstrings and assertions a report has the same titles, and a command the same help"""
    folder = tmp_path / "work"
    shutil.copytree(handout, folder)
    for command in (["check", "--json"], ["show", "-h"], ["-h"], ["show"]):
        outputs = []
        for environment in ({}, {"PYTHONOPTIMIZE": "2"}):
            done = subprocess.run(
                [sys.executable, "-m", "cnngrade", *command],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(GRADER)} | environment,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            outputs.append(report_from_json(json.loads(done.stdout)).outcomes if "--json" in command else done.stdout)
        assert outputs[0] == outputs[1]
        assert outputs[0]


@posix_names
@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "environment", "by_nbgrader"),
    [
        pytest.param(ODD, {}, False, id="any name"),
        pytest.param(ODD, {}, True, id="any name, and by nbgrader"),
        # nbgrader itself does not find its configuration in such a folder.
        pytest.param(Path("a:b $HOME"), {"PYTHONOPTIMIZE": "2"}, False, id="optimised"),
    ],
)
def test_a_class_is_graded_anywhere(tmp_path: Path, place: Path, environment: dict[str, str], by_nbgrader: bool) -> None:
    """verify, release, collect, grade and feedback in a folder of any name, and nbgrader's own commands after them"""
    root = tmp_path / place / "course [1]"
    make_course(root)

    def command(*arguments: str) -> str:
        return run("cnngrade", *arguments, folder=root, **environment)

    assert "sound" in command("verify")
    command("release", "scaling")
    classroom = root / "classroom"
    release = classroom / "release" / "scaling"
    (release / "scaling.py").write_text(HALF)
    assert SHOWN in run("cnngrade", "check", folder=release, **environment)
    archive = root / "works [2].zip"
    with zipfile.ZipFile(archive, "w") as works:
        works.writestr("ann/scaling.py", tiny_course.script(**tiny_course.RIGHT))
        works.writestr("bob/scaling.py", HALF)
    command("collect", "scaling", "--from", archive.name)
    assert "ann: 5 of 5 points" in command("grade", "scaling")
    command("feedback", "scaling")
    pages = {
        path.parent.parent.name: path.read_text(encoding="utf-8") for path in classroom.glob("feedback/*/scaling/scaling.html")
    }
    assert set(pages) == {"ann", "bob"}
    assert "triple is yours to write" in pages["bob"]
    if by_nbgrader:
        shutil.rmtree(classroom / "feedback")
        run("nbgrader", "autograde", "scaling", "--force", folder=classroom, **environment)
        run("nbgrader", "generate_feedback", "scaling", folder=classroom, **environment)
        run("nbgrader", "export", "--to", "marks.csv", folder=classroom, **environment)
        assert {path.name for path in (classroom / "feedback").iterdir()} == {"ann", "bob"}
        assert not list(classroom.glob("feedback/**/.cnngrade-key"))
        marks = [line.split(",") for line in (classroom / "marks.csv").read_text().splitlines()]
        assert [(line[3], float(line[7])) for line in marks[1:]] == [("ann", 5.0), ("bob", 3.0)]
    # Nothing was written beside the course, to a name that was taken for something else.
    assert [path.name for path in tmp_path.iterdir()] == [place.parts[0]]
    assert [path.name for path in (tmp_path / place).iterdir()] == ["course [1]"]
