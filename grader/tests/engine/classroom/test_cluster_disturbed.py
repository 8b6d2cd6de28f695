"""Machines of a cluster die, come late or differ: the gradebook is that of an undisturbed run, or the next run makes it so.

Scheduler and workers are started by dask's own commands, and killed as a power cut does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from cnngrade.classroom import report_store
from cnngrade.classroom.cluster import Cluster
from cnngrade.classroom.judge_class import judge_class
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.sandbox.backends import NONE
from support import tiny_course
from support.dask_cluster import Running, certificates, dask_cluster, kill
from support.graded_class import Class, release
from support.places import GRADER

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the judges of a cluster need Linux"),
    pytest.mark.slow,
]

STUDENTS = 16
SLOW = "def double(x):\n    import time\n    time.sleep(0.15)\n    return 2 * np.asarray(x)"
RIGHT = tiny_course.script(**tiny_course.RIGHT)
KILLS_THE_WORKER = (
    "import os\n\njudge = os.getppid()\nworker = int(open(f'/proc/{judge}/stat').read().rpartition(')')[2].split()[1])\n"
    "os.kill(worker, 9)\n" + RIGHT
)


@dataclass(frozen=True)
class Undisturbed:
    """A class before it was graded, and what one run on one machine makes of it."""

    before: Class
    rows: dict[str, list[tuple[object, ...]]]
    files: dict[str, tuple[int, bytes]]


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    root = tmp_path_factory.mktemp("class")
    course = load_course(tiny_course.make_course(root / "course"))
    class_ = Class(course, course.units[0])
    release(course, class_.unit, root / "handout")
    for number in range(STUDENTS):
        if number % 4 == 0:
            class_.hand_in(f"s{number:02}", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer=f"Because {number}."))
        elif number % 4 == 1:
            class_.hand_in(f"s{number:02}", "scaling.py", tiny_course.EXERCISE)
        else:
            class_.hand_in(f"s{number:02}", "scaling.py", tiny_course.script(double=SLOW))
    report_store.secret(course)
    once = class_.copy(root / "once")
    done = begun(once, "--jobs", "2")
    assert done.wait() == 0, done.said()
    return Undisturbed(class_, once.rows(), once.files())


def begun(class_: Class, *options: str) -> Running:
    """Begin to grade the class by command."""
    return Running([sys.executable, "-m", "cnngrade", "grade", "scaling", *options], class_.course.root)


def assert_as_undisturbed(class_: Class, undisturbed: Undisturbed) -> None:
    assert class_.rows() == undisturbed.rows
    assert class_.files() == undisturbed.files


def stored(class_: Class) -> dict[str, int]:
    """Return when each report was written that is there."""
    reports = class_.room / "reports" / "scaling"
    return {path.stem: path.stat().st_mtime_ns for path in reports.glob("*.json")}


def judges_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def assert_ended(processes: list[psutil.Process], seconds: float = 20.0) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def test_a_worker_that_is_killed(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """its task is done by the other one, nothing that has come is judged again, and its judge ends with it"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    with dask_cluster(tmp_path / "dask", workers=2) as cluster:
        grading = begun(class_, "--cluster", cluster.address)
        grading.until(lambda: len(stored(class_)) >= 3)
        before, judges = stored(class_), judges_of(cluster.processes[1])
        assert judges
        kill(cluster.processes[1])
        assert_ended(judges)
        assert grading.wait() == 0, grading.said()
        assert {name: stored(class_)[name] for name in before} == before
    assert_as_undisturbed(class_, undisturbed)


def test_a_scheduler_that_is_killed(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """the command says so and ends with 4; workers and judges end; the next run goes on, on another cluster or without"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    with dask_cluster(tmp_path / "dask", workers=2) as cluster:
        grading = begun(class_, "--cluster", cluster.address)
        grading.until(lambda: len(stored(class_)) >= 3)
        before, judges = stored(class_), [judge for worker in cluster.processes[1:] for judge in judges_of(worker)]
        kill(cluster.scheduler)
        assert grading.wait(20) == 4, grading.said()
        assert f"The scheduler {cluster.address} is gone. What was finished is kept" in grading.said()
        assert "Traceback" not in grading.said()
        assert_ended([psutil.Process(worker.pid) for worker in cluster.processes[1:]] + judges, 60)
    other = class_.copy(tmp_path / "other")
    with dask_cluster(tmp_path / "second", workers=1) as cluster:
        grading = begun(class_, "--cluster", cluster.address)
        assert grading.wait() == 0, grading.said()
    assert {name: stored(class_)[name] for name in before} == before
    assert_as_undisturbed(class_, undisturbed)
    grading = begun(other)
    assert grading.wait() == 0, grading.said()
    assert_as_undisturbed(other, undisturbed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_grading_that_is_ended(undisturbed: Undisturbed, tmp_path: Path, number: signal.Signals) -> None:
    """nothing that came is lost, the workers have nothing left to do, and the same command goes on"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    with dask_cluster(tmp_path / "dask", workers=2) as cluster:
        grading = begun(class_, "--cluster", cluster.address)
        grading.until(lambda: len(stored(class_)) >= 3)
        grading.process.send_signal(number)
        assert grading.wait(15) == (130 if number == signal.SIGINT else -number), grading.said()
        before = stored(class_)
        if number == signal.SIGINT:
            assert_ended([judge for worker in cluster.processes[1:] for judge in judges_of(worker)])
        again = begun(class_, "--cluster", cluster.address)
        assert again.wait() == 0, again.said()
        assert {name: stored(class_)[name] for name in before} == before
    assert_as_undisturbed(class_, undisturbed)


def test_a_submission_that_kills_worker_after_worker(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """it alone has no report, and is named"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    class_.hand_in("s05", "scaling.py", KILLS_THE_WORKER)
    seen: list[str] = []
    with dask_cluster(tmp_path / "dask") as cluster:
        # With a nanny: dask's own, which starts a worker again that has died.
        cluster.worker(nanny=True)
        cluster.worker(nanny=True)
        with pytest.raises(Fault, match="A judge process died on the work of s05: it has no score"):
            judge_class(
                class_.course,
                class_.unit,
                cluster=Cluster(cluster.address),
                sandbox=NONE,
                on_report=lambda report, _: seen.append(report.submission.student),
            )
    assert sorted(seen) == [f"s{number:02}" for number in range(STUDENTS) if number != 5]


def older(folder: Path) -> dict[str, str]:
    """Return the environment of a worker on whose machine cnngrade is another."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text('import cnngrade\n\ncnngrade.__version__ = "0.0.9"\n')
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(GRADER)])}


def test_a_worker_with_another_version(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """there from the start, it stops the grading before anything is judged; coming late, it is named and judges nothing"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    with dask_cluster(tmp_path / "dask", workers=1) as cluster:
        bad = cluster.worker(env=older(tmp_path / "older"))
        refused = begun(class_, "--cluster", cluster.address)
        assert refused.wait() == 2, refused.said()
        assert "Not every machine of the cluster can judge like this one" in refused.said()
        assert "cnngrade 0.0.9 (here " in refused.said()
        assert stored(class_) == {}
        kill(bad)
        grading = begun(class_, "--cluster", cluster.address)
        grading.until(lambda: len(stored(class_)) >= 1)
        # While the good one stands still, the late one would get all that is left.
        cluster.processes[1].send_signal(signal.SIGSTOP)
        late = cluster.worker(env=older(tmp_path / "older2"))
        grading.until(lambda: "is given nothing to judge: on " in grading.said())
        cluster.processes[1].send_signal(signal.SIGCONT)
        assert grading.wait() == 0, grading.said()
        assert late.poll() is None
    assert_as_undisturbed(class_, undisturbed)


def test_workers_that_come_and_go(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """grading waits for the first, uses those that come, and goes on when all were gone for a while"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    with dask_cluster(tmp_path / "dask") as cluster:
        grading = begun(class_, "--cluster", cluster.address)
        grading.until(lambda: f"Waiting for one: dask worker {cluster.address}" in grading.said())
        first = cluster.worker()
        grading.until(lambda: len(stored(class_)) >= 2)
        kill(first)
        time.sleep(3)
        assert grading.process.poll() is None, grading.said()
        cluster.worker(threads=2)
        assert grading.wait() == 0, grading.said()
    assert_as_undisturbed(class_, undisturbed)


def test_tls(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """with certificates of one authority everything is encrypted; with others, or with none, nobody is let in"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    ours, theirs = certificates(tmp_path / "ours"), certificates(tmp_path / "theirs")
    with dask_cluster(tmp_path / "dask", workers=2, options=ours, scheme="tls") as cluster:
        for wrong in ([], theirs, [*ours[:2], *theirs[2:]]):
            refused = begun(class_, "--cluster", cluster.address, *wrong)
            assert refused.wait() == 2, refused.said()
            assert f"There is no scheduler of dask that answers at {cluster.address}" in refused.said()
            assert "Traceback" not in refused.said()
        grading = begun(class_, "--cluster", cluster.address, *ours)
        assert grading.wait() == 0, grading.said()
    assert_as_undisturbed(class_, undisturbed)


def test_a_cluster_that_listens_to_others_without_tls(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """nothing is sent to it, though it is reached at 127.0.0.1"""
    with dask_cluster(tmp_path / "dask", host="0.0.0.0") as cluster:
        address = f"tcp://127.0.0.1:{cluster.address.rpartition(':')[2]}"
        if cluster.address == address:
            pytest.skip("this machine has no other address")
        with pytest.raises(UsageError, match="does without TLS"):
            judge_class(undisturbed.before.course, undisturbed.before.unit, cluster=Cluster(address))


def test_a_worker_that_listens_to_others_without_tls(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """nothing is judged, though its address is at 127.0.0.1: so does each that is started without --host"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    with dask_cluster(tmp_path / "dask") as cluster:
        cluster.worker(host="")
        refused = begun(class_, "--cluster", cluster.address)
        assert refused.wait() == 2, refused.said()
        assert "It listens to other machines, at tcp://0.0.0.0:" in refused.said()
        assert "start everything with --host 127.0.0.1" in refused.said()
        assert stored(class_) == {}
