"""A check runs where the student's own code runs; as graded, it runs where the grading does, and comes to the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.errors import Verdict
from cnngrade.jobs.check import check
from cnngrade.jobs.grade import grade
from cnngrade.jobs.targets import Target
from cnngrade.jobs.watch import Watch
from cnngrade.model import Course, Outcome, ReportVerdict
from cnngrade.scoring import verdict_of
from cnngrade.worker.denied import Denied
from support import tiny_course
from support.places import GRADER
from support.sandboxes import sandboxes_here

RIGHT = tiny_course.script(**tiny_course.RIGHT)

# What runs in a student's kernel, and runs in the grading, or does not and then says why.
BEFORE = {
    "nothing": ("", None),
    "a device that takes prints": ("import os\nDEVNULL = open(os.devnull, 'w')", None),
    "a pool of processes": ("import multiprocessing as mp\npool = mp.Pool(2)", Denied.PROCESS),
    "a program": ("import subprocess\nsubprocess.run(['true'])", Denied.PROCESS),
    "a file of one's own": ("weights = open('weights.txt').read()", Denied.FILE),
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


def cnngrade(*arguments: str, folder: Path, program: str = "") -> subprocess.CompletedProcess[str]:
    start = ["-c", program] if program else ["-m", "cnngrade"]
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    return subprocess.run([sys.executable, *start, *arguments], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(("before", "denied"), BEFORE.values(), ids=BEFORE)
def test_as_graded_comes_to_what_the_grading_does(course: Course, before: str, denied: Denied | None) -> None:
    """what passes there passes as graded; what fails there fails as graded, with the same sentences, and is noted before"""
    if not sandboxes_here():
        pytest.skip("this machine has no sandbox")
    exercises, handed_in = course.root / "exercises", course.root / "classroom" / "submitted" / "ada" / "scaling"
    handed_in.mkdir(parents=True)
    text = tiny_course.script(**tiny_course.RIGHT | {"double": f"{before}\n{tiny_course.RIGHT['double']}"})
    for folder in (exercises, handed_in):
        (folder / "scaling.py").write_text(text)
    (exercises / "weights.txt").write_text("1")

    target = Target(course, course.unit("scaling"), exercises / "scaling.py")
    checked, as_graded = check(target), check(target, as_graded=True)
    (graded,) = grade(course, target.unit, gradebook=False).reports

    assert verdict_of(checked.outcomes) is ReportVerdict.PASSED
    assert verdict_of(graded.outcomes) is (ReportVerdict.PARTIAL if denied else ReportVerdict.PASSED)
    assert list(map(_ending, as_graded.outcomes)) == [_ending(end) for end in graded.outcomes if not end.case.hidden]
    assert as_graded.layers == graded.layers != checked.layers
    assert as_graded.problems[0] == f"This ran in the sandbox {sandboxes_here()[0]}, as in the grading."
    assert as_graded.problems[1:] == graded.problems
    for problems in (checked.problems, graded.problems):
        assert len(problems) == (denied is not None)
        assert denied is None or denied.value in problems[0]


def _ending(outcome: Outcome) -> tuple[str, Verdict, str]:
    return outcome.case.id, outcome.verdict, outcome.for_student


def test_as_graded_says_where_it_ran_and_what_is_missing(course: Course) -> None:
    """the terminal names the sandbox, and beside it what the code tried in vain; the exit code is that of the result"""
    if not sandboxes_here():
        pytest.skip("this machine has no sandbox")
    (course.root / "exercises" / "scaling.py").write_text("import os\nos.system('true')\n" + RIGHT)
    done = cnngrade("check", "scaling", "--as-graded", folder=course.root)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert f"Note: This ran in the sandbox {sandboxes_here()[0]}, as in the grading." in said
    assert f"Note: scaling.py, line 2: os.system cannot work here; {Denied.PROCESS.value}." in said


_WITHOUT_LANDLOCK_AND_BUBBLEWRAP = """
import errno, os
import pyseccomp
from cnngrade.cli.main import main
deny = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
deny.add_rule(pyseccomp.ERRNO(errno.ENOSYS), 444)
deny.load()
os.environ["PATH"] = ""
main()
"""


def test_where_there_is_no_sandbox_nothing_runs(course: Course, tmp_path: Path) -> None:
    """as graded is then refused with what is missing, and the code does not run unconfined"""
    pytest.importorskip("pyseccomp")
    (course.root / "exercises" / "scaling.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n" + RIGHT)
    done = cnngrade("check", "--as-graded", folder=course.root, program=_WITHOUT_LANDLOCK_AND_BUBBLEWRAP)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    for part in (
        "This machine has no sandbox, so nothing can be checked as it is graded",
        "bubblewrap: bubblewrap is not installed",
        "landlock: the kernel offers no Landlock",
        "Fix one of these, or check without --as-graded.",
    ):
        assert part in done.stderr
    assert not (tmp_path / "ran").exists()
    assert cnngrade("check", folder=course.root, program=_WITHOUT_LANDLOCK_AND_BUBBLEWRAP).returncode == 0
    assert (tmp_path / "ran").exists()


def test_as_graded_needs_the_packages_of_the_grading(course: Course) -> None:
    """a package that submissions may use and that is not here is asked for, before anything is judged"""
    if not sandboxes_here():
        pytest.skip("this machine has no sandbox")
    text = (course.root / "course.yml").read_text()
    assert "\npolicy:\n" in text
    (course.root / "course.yml").write_text(text + "  packages: [numpy, no-such-package]\n")
    done = cnngrade("check", "--as-graded", folder=course.root)
    assert done.returncode == 2
    assert "pip install no-such-package" in done.stderr


def test_a_module_beside_the_work_belongs_to_it(course: Course) -> None:
    """the report names it, so that it is handed in too; when it is saved, the work is checked again"""
    work, helpers = course.root / "exercises" / "scaling.py", course.root / "exercises" / "helpers.py"
    doubled = "from helpers import TWO\ndef double(x): return TWO * np.asarray(x)"
    work.write_text(tiny_course.script(**tiny_course.RIGHT | {"double": doubled}))
    helpers.write_text("TWO = 3\n")
    watch = Watch((str(work),), course.root)
    wrong = watch.run().report
    helpers.write_text("TWO = 2\n")
    os.utime(helpers, (2_000_000_000, 2_000_000_000))
    assert not watch.was_saved()
    assert watch.was_saved()
    right = watch.run().report
    assert right.earned == right.possible > wrong.earned
    assert "Judged with it: helpers.py." in right.problems
