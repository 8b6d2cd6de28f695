"""A class is judged on a cluster as it is on one machine, and a cluster that might judge otherwise judges nothing."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from unittest.mock import ANY

import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from cnngrade.classroom import judge_cluster, travelling_course
from cnngrade.classroom.cluster import Cluster, require_safe
from cnngrade.classroom.cluster_machines import ClusterMachines, Job
from cnngrade.classroom.dask_link import DaskLink, TaskFailed
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.judge_class import Judged, judge_class
from cnngrade.classroom.judge_process import JudgeProcess
from cnngrade.classroom.machine import differences, machine_of
from cnngrade.classroom.parcels import as_parcel, folder_as_parcel, from_parcel, parcel_as_folder
from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Fault, UsageError
from cnngrade.judge.judgement import Judgement
from cnngrade.model import Course
from cnngrade.sandbox.backends import AUTO, NONE
from support import tiny_course
from support.graded_class import Class

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the judges of a cluster need Linux")

RIGHT = tiny_course.script(**tiny_course.RIGHT)
SQUARED = tiny_course.script(double="def double(x):\n    return x * x")
KILLS_ITS_JUDGE = "import os\n\nos.kill(os.getppid(), 9)\n" + RIGHT
STRANGE = "Zoë \u202e<b>=1+1\udcff"


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """Two workers of dask with a thread each, in this process; what they judge is judged in processes of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=":0"
        ) as cluster:
            yield cluster


@pytest.fixture
def cluster(workers: LocalCluster) -> Cluster:
    return Cluster(workers.scheduler_address)


def plain(judged: Judged) -> tuple[Any, ...]:
    """Return a report as it is compared: without what differs at every run."""
    return judged.key, replace(judged.report, seconds=0.0, output=judged.report.output)


def test_a_cluster_judges_as_this_machine_does(course: Course, cluster: Cluster) -> None:
    """reports, with their keys and places, are those of one machine: of what cannot travel, or is no work at all, too"""
    class_ = Class(course, course.units[0])
    for name, files in {
        "ada": {"scaling.py": RIGHT},
        "ben": {"scaling.py": SQUARED},
        "cem": {"scaling.py": tiny_course.EXERCISE},
        "dee": {"notes.txt": "nothing else"},
        "eva": {"scaling.ipynb": "{"},
        "fay": {"scaling.py": "from helpers import *\n" + SQUARED, "helpers.py": "def triple(x):\n    return 3 * x\n"},
        "gus": {"scaling.py": RIGHT, "scaling copy.py": SQUARED},
        STRANGE: {"scaling.py": RIGHT},
    }.items():
        for file, text in files.items():
            class_.hand_in(name, file, text)
    (class_.room / "submitted" / "hal" / "scaling").mkdir(parents=True)
    (class_.room / "submitted" / "hal" / "scaling" / "scaling.py").symlink_to(course.root / "solutions" / "scaling.py")
    news: list[str] = []
    there = judge_class(course, class_.unit, cluster=cluster, on_news=news.append)
    here = judge_class(course, class_.unit, force=True)
    assert list(map(plain, there)) == list(map(plain, here))
    assert news[0] == "Cluster: 2 judges in 2 workers on 1 machine."
    assert [line for line in news if line.startswith("1 of the submissions cannot be sent")]
    stored = judge_class(course, class_.unit, cluster=replace(cluster, address="tcp://127.0.0.1:9"))
    assert list(map(plain, stored)) == list(map(plain, here)), "what is stored needs no cluster"


def test_a_submission_that_kills_its_judge_costs_itself_alone(course: Course, cluster: Cluster) -> None:
    """it is tried twice, and then named; all others have their reports"""
    class_ = Class(course, course.units[0])
    for number in range(6):
        class_.hand_in(f"s{number:02}", "scaling.py", KILLS_ITS_JUDGE if number == 3 else RIGHT)
    seen: list[str] = []
    with pytest.raises(Fault, match="A judge process died on the work of s03: it has no score"):
        judge_class(
            course,
            class_.unit,
            cluster=cluster,
            sandbox=NONE,
            on_report=lambda report, _: seen.append(report.submission.student),
        )
    assert sorted(seen) == [f"s{number:02}" for number in range(6) if number != 3]


def test_a_submission_that_a_judge_cannot_lay_out(course: Course) -> None:
    """names that its system cannot have are said to be unfit, and the next submission is judged"""
    judge = JudgeProcess(course.root, "scaling", AUTO, "0" * 32)
    try:
        assert judge.judge("ada", "", as_parcel([[], [["a" * 300, 0]]], [b"x"])) == {"unfit": ANY}
        answer = judge.judge("ada", "A note.", as_parcel([[], [["scaling.py", 0]]], [SQUARED.encode()]))
    finally:
        judge.close()
    assert answer is not None
    assert Judgement.from_json(answer["judgement"]).report.problems[0] == "A note."


def test_tests_that_cannot_be_run(course: Course, cluster: Cluster) -> None:
    """what is wrong with the course is said as on one machine"""
    Class(course, course.units[0]).hand_in("ada", "scaling.py", RIGHT)
    (course.root / "autograde_tests" / "hidden" / "test_scaling.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(CourseError, match=r"The tests of scaling cannot be read[\s\S]*nothing_of_this_name"):
        judge_class(course, course.units[0], cluster=cluster)


def test_a_worker_that_cannot_judge(course: Course, cluster: Cluster) -> None:
    """it is named with its reason, and nothing is judged"""
    Class(course, course.units[0]).hand_in("ada", "scaling.py", RIGHT)
    with pytest.raises(UsageError, match=r"Not every machine[\s\S]*tcp://127.0.0.1:\d+: There is no sandbox \"castle\""):
        judge_class(course, course.units[0], cluster=cluster, sandbox="castle")


def test_nobody_answers(course: Course) -> None:
    """where there is no scheduler, and where no worker comes, the error says what to start"""
    Class(course, course.units[0]).hand_in("ada", "scaling.py", RIGHT)
    with pytest.raises(UsageError, match=r"no scheduler of dask that answers at tcp://127.0.0.1:9 .*dask scheduler"):
        judge_class(course, course.units[0], cluster=Cluster("tcp://127.0.0.1:9", connect_seconds=1))
    news: list[str] = []
    with (
        LocalCluster(n_workers=0, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=":0") as empty,
        pytest.raises(UsageError, match=f"No worker that can judge.*dask worker {empty.scheduler_address}"),
    ):
        judge_class(course, course.units[0], cluster=Cluster(empty.scheduler_address, wait_seconds=0.5), on_news=news.append)
    assert "Waiting for one" in news[0]


opened: list[str] = []


def note_opened(what: str) -> None:
    opened.append(what)


class Trap:
    """Something that shows when it was unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return note_opened, ("a trap",)


def answers_with_a_trap(_: bytes) -> Any:
    return Trap()


def answers_with_its_question(question: bytes) -> bytes:
    return question


def test_no_answer_becomes_an_object(cluster: Cluster) -> None:
    """bytes come back as they are, and a result of any other kind is not opened"""
    link, hostile = DaskLink(cluster, "run"), pickle.dumps(Trap())
    try:
        for function, question in ((answers_with_its_question, hostile), (answers_with_a_trap, b"")):
            link.submit(function, question, list(link.workers()))
            done = None
            while done is None:
                done = link.next_done(1)
            if question:
                assert link.answer(done) == hostile
            else:
                with pytest.raises(TaskFailed):
                    link.answer(done)
    finally:
        link.close()
    assert opened == []
    pickle.loads(hostile)
    assert opened == ["a trap"], "the trap does show when it is opened"


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("tcp://192.0.2.7:8786", "without TLS"),
        ("tcp://grader.example.org:8786", "without TLS"),
        ("tcp://0.0.0.0:8786", "without TLS"),
        ("tcp://127.0.0.1.example.org:8786", "without TLS"),
        ("tcp://[2001:db8::1]:8786", "without TLS"),
        ("127.0.0.1:8786", "no address"),
        ("ws://127.0.0.1:8786", "no address"),
        ("tls://:8786", "no address"),
        ("tcp://127.0.0.1", "no address"),
        ("tcp://127.0.0.1:99999", "no address"),
        ("tcp://[::1:8786", "no address"),
        ("", "no address"),
        ("tcp://\x1b[31m:1", "no address"),
        ("tcp://\x1b31m:1", "without TLS"),
    ],
)
def test_addresses_that_are_refused(address: str, what: str) -> None:
    """without TLS nothing is sent to another machine; the message can be printed"""
    with pytest.raises(UsageError, match=what) as refused:
        require_safe("scheduler", [address])
    assert "\x1b" not in str(refused.value)


def test_the_command(course: Course) -> None:
    """it hands on the address, and takes certificates for a cluster alone"""
    Class(course, course.units[0]).hand_in("ada", "scaling.py", RIGHT)
    book = str(course.root / "course.yml")
    for options, what in (
        (["--cluster", "tcp://192.0.2.7:8786"], "The scheduler tcp://192.0.2.7:8786 does without TLS"),
        (["--cluster", ""], '"" is no address of a scheduler'),
        (["--tls-ca-file", book], "are for --cluster, which is not given"),
        (["--cluster", "tls://127.0.0.1:9", "--tls-ca-file", book], "no scheduler of dask that answers at tls://127.0.0.1:9"),
    ):
        with contextlib.chdir(course.root):
            done = CliRunner().invoke(main, ["grade", "scaling", *options])
        assert done.exit_code == 2, done.output
        assert what in done.stderr


def test_an_address_is_looked_at_where_all_is_judged(course: Course) -> None:
    """a wrong one is told also if there is nothing to send"""
    class_ = Class(course, course.units[0])
    class_.hand_in("ada", "scaling.py", RIGHT)
    class_.judged()
    with pytest.raises(UsageError, match="no address"):
        judge_class(course, class_.unit, cluster=Cluster("grader:8786"))


def test_addresses_that_are_safe() -> None:
    """TLS, or this machine alone"""
    require_safe("worker", ["tls://grader.example.org:8786", "tcp://127.0.0.1:1", "tcp://[::1]:2", "tcp://localhost:3"])


def test_machines_that_differ(course: Course) -> None:
    """each difference that a verdict may depend on is told with both sides"""
    ours = machine_of(course, course.units[0])
    assert differences(ours, dict(ours, host="another", cores=96)) == []
    versions = ours["versions"]
    assert differences(ours, dict(ours, versions=versions | {"numpy": "1.26.0", "numba": ""})) == [
        f"numpy 1.26.0 (here {versions['numpy']})",
        f"numba is not installed (here {versions['numba']})",
    ]
    assert differences(ours, dict(ours, system="Darwin")) == [f"Darwin (here {ours['system']})"]
    assert differences(ours, dict(ours, engine="0")) == ["another cnngrade, though of the same version"]
    assert differences(ours, dict(ours, judging="0")) == ["other files of the course, though they were sent"]


def test_what_travels_of_a_course(course: Course) -> None:
    """the course's own files that verdicts depend on, and nothing of the classroom"""
    class_ = Class(course, course.units[0])
    class_.hand_in("ada", "scaling.py", RIGHT)
    (class_.room / ".secret").write_text("0" * 32)
    job = Job("run", course, course.units[0], NONE, "0" * 32)
    (_, files), _ = from_parcel(job.parcel)
    assert [name for name, _ in files] == [
        "autograde_tests/hidden/test_scaling.py",
        "autograde_tests/mistakes/scaling.py",
        "autograde_tests/public/test_scaling.py",
        "course.yml",
        "exercises/scaling.py",
        "solutions/scaling.py",
    ]
    assert job.secret.encode() not in job.parcel


def test_a_course_that_is_kept(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """it is there whole, for its user alone; a damaged one is written again, and a folder of others' is refused"""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    job = Job("run", course, course.units[0], NONE, "")
    assert travelling_course.find_course_of(job.key) is None
    folder = travelling_course.keep_course(job.parcel)
    assert travelling_course.find_course_of(job.key) == folder
    assert machine_of(load_course(folder, unfinished=True), course.units[0]) == machine_of(course, course.units[0])
    (folder / "solutions" / "scaling.py").write_text("double = None\n")
    (folder / "course.yml").unlink()
    assert travelling_course.keep_course(job.parcel) == folder
    assert machine_of(load_course(folder, unfinished=True), course.units[0]) == machine_of(course, course.units[0])
    assert [path.name for path in folder.parent.iterdir()] == [job.key]
    os.utime(folder, (0, 0))
    other = travelling_course.keep_course(as_parcel([[], []]))
    assert [path.name for path in folder.parent.iterdir()] == [other.name], "a course that nobody asked for in years goes"
    folder.parent.chmod(0o750)
    with pytest.raises(Fault, match="is open to others"):
        travelling_course.keep_course(job.parcel)


@pytest.mark.parametrize("around", ["open", "somebody's", "somebody's link", "own link"])
def test_a_cache_that_others_could_exchange(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    """neither what is judged by nor what is tidied lies behind a folder or a link of somebody else's"""
    base, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    (elsewhere / "courses" / "thesis").mkdir(parents=True)
    (elsewhere / "courses").chmod(0o700)
    os.utime(elsewhere / "courses" / "thesis", (0, 0))
    base.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    if around.endswith("link"):
        (base / "cnngrade").symlink_to(elsewhere)
    else:
        (base / "cnngrade").mkdir()
    if around == "open":
        (base / "cnngrade").chmod(0o777)
    elif around.startswith("somebody") and os.geteuid() == 0:
        os.chown(base / "cnngrade", 12345, 12345, follow_symlinks=False)
    job = Job("run", course, course.units[0], NONE, "")
    if around == "own link" or os.geteuid():
        travelling_course.keep_course(job.parcel)
    else:
        with pytest.raises(Fault, match=r"cache/cnngrade is open to others.*chmod 700 .*XDG_CACHE_HOME"):
            travelling_course.keep_course(job.parcel)
    assert (elsewhere / "courses" / "thesis").is_dir()


class Liar:
    """In the place of a link: every task is answered with this."""

    def __init__(self, said: object) -> None:
        self._said = said

    def answer(self, _: object) -> bytes:
        return self._said if isinstance(self._said, bytes) else as_parcel(self._said)


@pytest.fixture(scope="module")
def true_answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a judge says of some work."""
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("true")))
    judge = JudgeProcess(course.root, "scaling", AUTO, "0" * 32)
    try:
        answer = judge.judge("ada", "", as_parcel([[], [["scaling.py", 0]]], [SQUARED.encode()]))
    finally:
        judge.close()
    assert answer is not None
    return answer


def changed(answer: dict[str, Any], *path: Any) -> dict[str, Any]:
    """Return an answer in which one member, at the end of a path, is another one, which comes last."""
    copy: dict[str, Any] = json.loads(json.dumps(answer))
    *around, name, value = path
    place: Any = copy["judgement"]
    for step in around:
        place = place[step]
    place[name] = value
    return copy


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (("report", "submission", "student", "eve"), "another student's report"),
        (("report", "submission", "unit", "padding"), "another student's report, or one on another unit"),
        (("report", "earned", 5.0), "points that do not add up"),
        (("report", "possible", 100.0), "points that do not add up"),
        (("report", "outcomes", 0, "earned", 50.0), "points that do not add up"),
        (("report", "outcomes", []), "points that do not add up"),
        (("report", "outcomes", 0, "verdict", "splendid"), "no report on the work of ada"),
        (("report", "schema", 99), "no report on the work of ada"),
        (("report", None), "no report on the work of ada"),
        (("report", "earned", "5"), "no report on the work of ada"),
        (("behaviour", "nothing"), "no report on the work of ada"),
        (("behaviour", [3]), "no report on the work of ada"),
    ],
    ids=str,
)
def test_reports_that_are_damaged(course: Course, true_answer: dict[str, Any], path: tuple[Any, ...], what: str) -> None:
    """nothing of them is kept, and the error says what to do"""
    work = HandedIn("ada", course.root)
    assert judge_cluster._judgement(course.units[0], work, true_answer).report.earned == 0
    with pytest.raises(Fault, match=f"{what}.*Nothing of it was kept"):
        judge_cluster._judgement(course.units[0], work, changed(true_answer, *path))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff" * 64,
        [],
        {},
        "text",
        None,
        {"answers": 3},
        {"answers": [3]},
        {"answers": []},
        {"worker": 3},
        {"unsound": []},
    ],
    ids=repr,
)
def test_answers_that_are_none(said: object) -> None:
    """an answer in another form is a fault that names its kind, and no traceback"""
    with pytest.raises(Fault, match="A worker of the cluster answered what is no answer"):
        judge_cluster._told(said if isinstance(said, bytes) else as_parcel(said))


@pytest.mark.parametrize("said", [b"", [], {}, {"machine": {}}, {"machine": {"versions": 3}}, {"machine": None}], ids=repr)
def test_machines_that_say_nothing_sensible(course: Course, said: object) -> None:
    """a worker of another version, say, is refused with a sentence"""
    job = Job("run", course, course.units[0], NONE, "")
    machines = ClusterMachines(cast(DaskLink, Liar(said)), job, Cluster("tcp://127.0.0.1:9"), lambda _: None)
    assert "does not understand" in machines._reason_against("task", "tcp://127.0.0.1:1")


def test_a_folder_travels_as_it_is(tmp_path: Path) -> None:
    """names, contents, empty folders and times to the nanosecond"""
    folder = tmp_path / "from"
    (folder / "data" / "empty").mkdir(parents=True)
    names = ["scaling.py", "data/zoë.npy", "data/\udcff", "a\nb", "=1+1", "-rf", "..py"]
    for number, name in enumerate(names):
        (folder / name).write_bytes(bytes(range(number)))
        os.utime(folder / name, ns=(1, 1_700_000_000_000_000_001 + number))
    parcel = folder_as_parcel(folder)
    assert parcel is not None
    parcel_as_folder(parcel, tmp_path / "to")

    def content(top: Path) -> dict[str, Any]:
        return {
            str(path.relative_to(top)): (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else None
            for path in top.rglob("*")
        }

    assert content(tmp_path / "to") == content(folder)


@pytest.mark.parametrize("what", ["link", "link to a folder", "dangling", "pipe", "link in a folder"])
def test_a_folder_that_does_not_travel(tmp_path: Path, what: str) -> None:
    """what only this machine can judge stays here"""
    folder = tmp_path / "from"
    (folder / "inside").mkdir(parents=True)
    (folder / "scaling.py").write_text(RIGHT)
    assert folder_as_parcel(folder) is not None
    if what == "pipe":
        os.mkfifo(folder / "pipe")
    else:
        place = folder / "inside" / "l" if what == "link in a folder" else folder / "l"
        place.symlink_to({"dangling": "nowhere", "link to a folder": "inside"}.get(what, str(folder / "scaling.py")))
    assert folder_as_parcel(folder) is None
    assert folder_as_parcel(tmp_path / "missing") is None


@pytest.mark.parametrize("inside", ["/etc/passwd", "../scaling.py", "a/../../scaling.py", ".."])
def test_a_parcel_that_leads_elsewhere(tmp_path: Path, inside: str) -> None:
    """nothing is written outside of the folder"""
    for header in ([[], [[inside, 0]]], [[inside], []]):
        with pytest.raises(ValueError, match="leads out"):
            parcel_as_folder(as_parcel(header, [b"x"] * len(header[1])), tmp_path / "to")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-1], lambda whole: whole + b"x", lambda whole: whole[:20], lambda _: b""]
)
def test_a_parcel_that_is_not_whole(damage: Any) -> None:
    """is no parcel"""
    with pytest.raises(ValueError, match=r"."):
        from_parcel(damage(as_parcel({"a": 1}, [b"12345", b"67890"])))
