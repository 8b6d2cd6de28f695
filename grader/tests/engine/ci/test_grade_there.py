"""One submission on a platform: what is written for whom, whatever a student hands in and whatever goes wrong."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from cnngrade.ci import gradescope, prairielearn
from cnngrade.ci.grading_place import GradingPlace
from cnngrade.classroom.judge_class import report_for
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, ExitCode, Fault, SubmissionError
from cnngrade.jobs import ci_grade as job
from cnngrade.jobs.ci import write_bundles
from cnngrade.jobs.ci_grade import grade_there, rehearse
from cnngrade.sandbox import backends
from support import tiny_course
from support.platform_schemas import GRADESCOPE, PRAIRIELEARN
from support.sandboxes import need

SCRIPT = tiny_course.script(**tiny_course.RIGHT)
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"
WRONG = tiny_course.script(double="def double(x):\n    return x", triple=tiny_course.RIGHT["triple"])
PLATFORMS = {"gradescope": (gradescope, GRADESCOPE), "prairielearn": (prairielearn, PRAIRIELEARN)}
platforms = pytest.mark.parametrize("name", PLATFORMS)


@pytest.fixture(autouse=True)
def _needs_a_sandbox() -> None:
    need("landlock")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The course as each platform unpacks it."""
    root = tmp_path_factory.mktemp("course")
    course = load_course(tiny_course.make_course(root))
    (written,) = write_bundles(course, "gradescope", course.units)
    with zipfile.ZipFile(written.place) as archive:
        archive.extractall(root / "source")
    (folder,) = write_bundles(course, "prairielearn", course.units)
    question = folder.place / "questions" / course.name / tiny_course.UNIT
    return {"gradescope": root / "source" / "course", "prairielearn": question / "tests" / "course"}


@dataclass(frozen=True)
class There:
    """A platform's folders, somewhere else."""

    name: str
    place: GradingPlace
    schema: dict[str, Any]

    def hand_in(self, **files: str | bytes) -> None:
        for name, text in files.items():
            path = self.place.submission / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def results(self) -> dict[str, Any] | None:
        """Return what the platform reads, which keeps to its form, or None."""
        if not self.place.results.exists():
            return None
        document: dict[str, Any] = json.loads(self.place.results.read_text(encoding="utf-8"))
        jsonschema.validate(document, self.schema)
        return document

    def points(self) -> float:
        """Return how many of the 5 points of the cases the platform reads; the document must hold them."""
        document = self.results()
        assert document is not None
        return float(document["score"]) * (5 if self.name == "prairielearn" else 1)

    def has_no_score(self) -> bool:
        """Say whether the platform can read no score."""
        document = self.results()
        if self.name == "prairielearn":
            return document is not None and document["gradable"] is False and "score" not in document
        return document is None


def there_in(folder: Path, name: str, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> There:
    module, schema = PLATFORMS[name]
    monkeypatch.setattr(module, "_TOP", folder)
    place = replace(
        module.PLACE, course=parts[name], submission=folder / "submission", results=folder / "results" / "results.json"
    )
    place.submission.mkdir()
    monkeypatch.setattr(job, "grading_place", lambda _: place)
    return There(name, place, schema)


@pytest.fixture
def there(request: pytest.FixtureRequest, tmp_path: Path, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> There:
    return there_in(tmp_path, request.param, parts, monkeypatch)


@pytest.fixture
def on_gradescope(tmp_path: Path, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> There:
    return there_in(tmp_path, "gradescope", parts, monkeypatch)


everywhere = pytest.mark.parametrize("there", PLATFORMS, indirect=True)


def zipped(**files: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return whole.getvalue()


def notebook(script: str) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": script}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@everywhere
def test_right_and_wrong(there: There) -> None:
    """right work gets all points and wrong work those of the cases that pass, with the known mistake and no hidden title"""
    there.hand_in(**{"scaling.py": SCRIPT})
    assert grade_there(there.name).error is None
    assert there.points() == 5
    there.hand_in(**{"scaling.py": WRONG})
    assert grade_there(there.name).error is None
    assert there.points() == 2
    text = there.place.results.read_text()
    assert "a single number is doubled" in text
    assert "a table is doubled as well" not in text
    assert "0.8125" not in text


@pytest.mark.parametrize(
    "files",
    [
        {"Scaling (2).PY": SCRIPT},
        {"my work/final scaling.py": SCRIPT, "my work/notes.txt": "x", ".git/HEAD": "ref", "__MACOSX/._scaling.py": "x"},
        {"hw3.ipynb": notebook(SCRIPT)},
        {"all.zip": zipped(**{"ada/scaling.py": SCRIPT, "ada/data/own.csv": "1"})},
        {"scaling.ipynb": notebook("import scaling\nfrom scaling import *"), "scaling.py": SCRIPT},
        {"scaling.py": "from helpers import *\n", "helpers.py": SCRIPT},
        {"scaling.py": SCRIPT, "test_scaling.py": "def test(): assert False", "conftest.py": "raise SystemExit"},
        {"scaling.py": SCRIPT.encode("utf-8-sig").replace(b"\n", b"\r\n")},
        {"Lösung scaling (Ende).py": SCRIPT},
    ],
    ids=["renamed", "in folders", "notebook of any name", "zip", "both", "module", "tests of its own", "Windows", "letters"],
)
def test_which_file_is_the_work(on_gradescope: There, files: dict[str, str | bytes]) -> None:
    """the work is found as `collect` finds it, whatever it is called and packed in"""
    on_gradescope.hand_in(**files)
    done = grade_there("gradescope")
    assert done.error is None
    assert on_gradescope.points() == 5, done.report


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.ipynb": notebook(SCRIPT), "b.ipynb": notebook(WRONG)}, "Which file is the work cannot be told"),
        ({"work.rar": b"Rar!"}, "work.rar is an archive that is not opened here"),
        ({"work.zip": b"no zip"}, "work.zip is no zip archive"),
        ({"<b>\n\x1b[31m.py": SCRIPT}, r"<b> \x1b[31m.py: its name has control characters"),
        ({f"part{number}.py": SCRIPT for number in range(1_001)}, "There are 1,001 files"),
        ({"scaling.ipynb": POINTER}, "scaling.ipynb is a pointer of Git LFS"),
        ({"work/scaling.py": POINTER, "helpers.py": SCRIPT}, "work/scaling.py is a pointer of Git LFS"),
        ({"all.zip": zipped(**{"scaling.ipynb": POINTER})}, "is a pointer of Git LFS"),
        ({"growing.ipynb": json.dumps({"cells": [], "metadata": {"cnngrade": {"unit": "growing"}}})}, "another unit"),
    ],
    ids=["two notebooks", "another archive", "damaged zip", "names", "many", "LFS", "LFS script", "LFS zip", "another unit"],
)
@everywhere
def test_where_it_cannot_be_told(there: There, files: dict[str, str | bytes], said: str) -> None:
    """there is no score: in PrairieLearn the student reads why and loses nothing, on Gradescope the staff does"""
    there.hand_in(**files)
    done = grade_there(there.name)
    assert isinstance(done.error, SubmissionError)
    assert said in str(done.error)
    assert there.has_no_score()
    if there.name == "prairielearn":
        (told,) = there.results()["format_errors"]  # type: ignore[index]
        assert said.casefold() in told.casefold()


@pytest.mark.parametrize("what", ["link", "pipe"])
def test_a_module_that_is_not_read(on_gradescope: There, what: str) -> None:
    """the student, whose work cannot import it, reads why it is not there"""
    on_gradescope.hand_in(**{"scaling.py": "from helpers import *\n", "scaling2.txt": "x"})
    helpers = on_gradescope.place.submission / "helpers.py"
    if what == "link":
        helpers.symlink_to(on_gradescope.place.course / "solutions" / "scaling.py")
    else:
        os.mkfifo(helpers)
    assert grade_there("gradescope").error is None
    assert on_gradescope.points() == 0
    document = on_gradescope.results()
    assert document is not None
    assert {"link": "helpers.py: it is a link.", "pipe": "helpers.py: it is not a regular file."}[what] in document["output"]


@pytest.mark.parametrize(
    ("files", "said"),
    [({}, "no file was handed in"), ({"essay.pdf": b"%PDF"}, "there is neither a notebook nor a script of scaling")],
    ids=["nothing", "something else"],
)
@everywhere
def test_nothing_handed_in(there: There, files: dict[str, str | bytes], said: str) -> None:
    """without any notebook, script or archive there is nothing to judge, which the student reads, and can hand in again"""
    there.hand_in(**files)
    done = grade_there(there.name)
    assert isinstance(done.error, SubmissionError)
    document = there.results()
    assert document is not None
    assert said in json.dumps(document).casefold()
    assert document.get("score") == (0 if there.name == "gradescope" else None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ broken", "is not a notebook"),
        ("def double(x:\n", "was never closed"),
        ("raise SystemExit\n", "SystemExit"),
        ("\x00\x01", "scaling"),
        ("", "scaling"),
        ("import os\nos._exit(0)\n", "ended"),
    ],
    ids=repr,
)
def test_work_that_does_not_run(on_gradescope: There, text: str, said: str) -> None:
    """it earns nothing, and the student reads why"""
    on_gradescope.hand_in(**{"scaling.ipynb" if text.startswith("{") else "scaling.py": text})
    assert grade_there("gradescope").error is None
    assert on_gradescope.points() == 0
    assert said in on_gradescope.place.results.read_text()


@dataclass(frozen=True)
class Trouble:
    """A platform on which something is made to fail."""

    there: There
    patch: pytest.MonkeyPatch


def no_sandbox(trouble: Trouble) -> None:
    trouble.patch.setattr(backends, "_missing", lambda name: "the kernel offers none")


def a_fault_in_the_judge(trouble: Trouble) -> None:
    def judge(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    trouble.patch.setattr(job, "judge_work", judge)


def unreadable_work(trouble: Trouble) -> None:
    shutil.rmtree(trouble.there.place.submission)


def results_that_are_no_json(trouble: Trouble) -> None:
    place = replace(trouble.there.place, results_of=lambda report, unit: {"score": float("nan")})
    trouble.patch.setattr(job, "grading_place", lambda _: place)


TROUBLES = [no_sandbox, a_fault_in_the_judge, unreadable_work, results_that_are_no_json]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
@everywhere
def test_a_fault_is_no_score(there: There, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[Trouble], None]) -> None:
    """whatever fails on our side, the platform can read no score, not even one that was there before"""
    there.hand_in(**{"scaling.py": SCRIPT})
    there.place.results.parent.mkdir()
    there.place.results.write_text('{"score": 1}')
    trouble(Trouble(there, monkeypatch))
    done = CliRunner().invoke(main, ["ci-grade", there.name])
    assert (done.exit_code == 0) == (there.name == "prairielearn")
    assert "Not graded: " in done.stderr
    assert there.has_no_score()


@pytest.mark.parametrize(
    "lacks", ["kept/.secret", "solutions/scaling.py", "autograde_tests/hidden/test_scaling.py", "course.yml"]
)
@everywhere
def test_a_bundle_that_lacks_a_file(there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    """it is a fault of the course's, and there is no score"""
    course = tmp_path / "course"
    shutil.copytree(there.place.course, course)
    (course / lacks).unlink()
    monkeypatch.setattr(job, "grading_place", lambda _: replace(there.place, course=course))
    there.hand_in(**{"scaling.py": SCRIPT})
    assert isinstance(grade_there(there.name).error, CourseError)
    assert there.has_no_score()


@everywhere
def test_a_test_that_fails_by_itself(there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """a case that the solution does not pass either makes a fault, and the staff reads which on Gradescope"""
    course = tmp_path / "course"
    shutil.copytree(there.place.course, course)
    hidden = course / "autograde_tests" / "hidden" / "test_scaling.py"
    nonsense = (
        "@points(1)\ndef test_double_of_nonsense(student):\n    'twice 2 is 5'\n    assert_close(student.double(2.0), 5.0)\n"
    )
    hidden.write_text(f"{hidden.read_text()}\n\n{nonsense}")
    monkeypatch.setattr(job, "grading_place", lambda _: replace(there.place, course=course))
    there.hand_in(**{"scaling.py": SCRIPT})
    done = CliRunner().invoke(main, ["ci-grade", there.name])
    assert done.exit_code == (ExitCode.FAULT if there.name == "gradescope" else 0)
    assert there.has_no_score()
    assert ("twice 2 is 5" in done.stdout) == (there.name == "gradescope")


@everywhere
def test_ended_in_the_middle(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    """a process that is killed while it judges leaves no score"""
    there.hand_in(**{"scaling.py": SCRIPT})
    there.place.results.parent.mkdir()
    there.place.results.write_text('{"score": 1}')

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "judge_work", killed)
    with pytest.raises(KeyboardInterrupt):
        grade_there(there.name)
    assert there.has_no_score()


def test_results_that_cannot_be_written(on_gradescope: There) -> None:
    """it is a fault that names the file"""
    on_gradescope.hand_in(**{"scaling.py": SCRIPT})
    on_gradescope.place.results.mkdir(parents=True)
    with pytest.raises(Fault, match=r"results\.json cannot be"):
        grade_there("gradescope")


def test_the_same_numbers_each_time(on_gradescope: There, tmp_path: Path) -> None:
    """a submission that is graded again is asked for the same numbers, another student's for others, and so is a group's"""
    telling = tiny_course.script(
        double="def double(x):\n    raise ValueError(repr(np.asarray(x).tolist()))", triple=tiny_course.RIGHT["triple"]
    )
    on_gradescope.hand_in(**{"scaling.py": telling})
    metadata = tmp_path / "submission_metadata.json"

    def asked(users: str) -> str:
        metadata.write_text(f'{{"id": 1, "users": {users}}}')
        done = grade_there("gradescope")
        assert done.report is not None
        return done.report.outcomes[0].for_student + done.report.outcomes[0].for_staff

    first = asked('[{"id": 7, "email": "a@x"}]')
    assert "ValueError" in first
    assert asked('[{"id": 7, "email": "b@x"}]') == first
    assert asked('[{"id": 8}]') != first
    assert asked('[{"id": 9}, {"id": 7}]') == first


def test_as_grade_grades(on_gradescope: There, parts: dict[str, Path]) -> None:
    """the report is that of `grade` in the instructor's own classroom, the numbers in it included"""
    telling = tiny_course.script(double="def double(x):\n    return np.asarray(x) * 2.5", triple=tiny_course.RIGHT["triple"])
    on_gradescope.hand_in(**{"scaling.py": telling})
    there = grade_there("gradescope").report
    assert there is not None
    course = load_course(parts["gradescope"].parents[1])
    here = report_for(course, course.units[0], "gradescope", on_gradescope.place.submission)
    assert "yours" in here.outcomes[0].for_staff
    assert there.outcomes == here.outcomes
    assert (there.earned, there.findings, there.staff_notes) == (here.earned, here.findings, here.staff_notes)


def test_who_is_graded(on_gradescope: There, tmp_path: Path) -> None:
    """of a group it is always the same member, and where Gradescope does not say, everybody gets the same numbers"""
    metadata = tmp_path / "submission_metadata.json"
    for text, who in (
        ('{"users": [{"id": 7}]}', "gradescope 7"),
        ('{"users": [{"id": 9}, {"id": 7}]}', "gradescope 7"),
        *((damaged, "gradescope") for damaged in ("", "3", "{}", '{"users": []}', '{"users": [3]}', '{"users": [{}]}')),
    ):
        metadata.write_text(text)
        assert on_gradescope.place.student() == who


def test_the_variant_of_a_question(there_pl: There, tmp_path: Path) -> None:
    """PrairieLearn's students have numbers by the variant of the question that they got"""
    data = tmp_path / "data" / "data.json"
    data.parent.mkdir()
    data.write_text('{"variant_seed": "abc123"}')
    assert there_pl.place.student() == "prairielearn abc123"
    for damaged in ("", "[]", "{}", "3"):
        data.write_text(damaged)
        assert there_pl.place.student() == "prairielearn"


@pytest.fixture
def there_pl(tmp_path: Path, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> There:
    return there_in(tmp_path, "prairielearn", parts, monkeypatch)


@everywhere
def test_the_rehearsal(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    """the handout is judged where students' work will be, which says that grading works there, or what is missing"""
    report = rehearse(there.name)
    assert (report.earned, report.possible) == (0, 5)
    done = CliRunner().invoke(main, ["ci-grade", there.name, "--rehearse"])
    assert done.exit_code == 0, done.output
    assert "Grading works here. The handout as it is: 0 of 5 points" in done.stdout
    assert "Landlock" in done.stdout
    assert not there.place.results.exists()
    no_sandbox(Trouble(there, monkeypatch))
    done = CliRunner().invoke(main, ["ci-grade", there.name, "--rehearse"])
    assert done.exit_code == ExitCode.USAGE
    assert "Nothing on this machine can confine the student's code" in done.stderr


def test_links_are_not_followed(on_gradescope: There, tmp_path: Path) -> None:
    """a link among what was handed in leads to nobody else's work"""
    other = tmp_path / "other.py"
    other.write_text(SCRIPT)
    (on_gradescope.place.submission / "scaling.py").symlink_to(other)
    os.mkfifo(on_gradescope.place.submission / "scaling.ipynb")
    done = grade_there("gradescope")
    assert "it is a link" in str(done.error)
    assert on_gradescope.has_no_score()


def test_what_there_is_no_grading_for() -> None:
    """a target that grades nothing itself says so"""
    done = CliRunner().invoke(main, ["ci-grade", "docker"])
    assert done.exit_code == ExitCode.USAGE
    assert "Nothing is graded by docker itself" in done.stderr


def test_the_part_of_the_course(parts: dict[str, Path]) -> None:
    """it is a course of the unit alone, with the policy, name and secret of the whole, so that verdicts are the same"""
    whole = load_course(parts["gradescope"].parents[1])
    part = load_course(parts["gradescope"])
    assert (part.name, part.title) == (whole.name, whole.title)
    assert part.policy == replace(whole.policy, late_penalty_per_day=0.0)
    assert part.units == tuple(replace(unit, due=None, release=None) for unit in whole.units)
    assert paths.secret_file(part).read_text() == paths.secret_file(whole).read_text()
