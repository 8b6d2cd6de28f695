"""Every attack of the corpus gets what it deserves, in every sandbox of this machine, and harms nothing and nobody.

The attacks are told where everything is: the words in `World.words` are put into their texts before they are judged.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report, ReportVerdict, Unit
from cnngrade.report.html import report_fragment, reports_as_page
from cnngrade.report.json import report_from_json, report_to_json
from cnngrade.report.terminal import report_as_text
from cnngrade.sandbox.confined import BUBBLEWRAP, Warm
from cnngrade.sandbox.unconfined import MARK
from cnngrade.scoring import verdict_of
from cnngrade.student.candidate import Candidate, candidate
from support.expectations import differences, policy_for, read
from support.places import CORPUS, ROOT
from support.sandboxes import need, sandboxes_here, without_landlock
from support.sweeps import sweep

ATTACKS = sorted(path for path in (CORPUS / "attacks").iterdir() if path.suffix in (".py", ".ipynb"))
UNIT = "padding"
SECRET = "the-canary-sings-at-midnight"
FAST = {
    "arguments": "resized",
    "beside": "conftest sitecustomize",
    "bomb": "disk_many fork memory stdout threads",
    "count": "answered_by_itself",
    "crash": "closed_descriptors recursion segfault",
    "disk": "hidden_from_the_count nameless",
    "exec": "second_judge",
    "exit": "as_skip hard_in_a_call under_the_graders_names",
    "fault": "by_identity claimed",
    "frames": "gc_functions reference stack_source",
    "hidden": "tests_read",
    "ipython": "fake_check",
    "kill": "by_ptrace judge siblings",
    "leak": "by_exception",
    "loop": "deadlock ignores_signals in_c",
    "net": "abstract tcp",
    "notebook": "edited_grade_cells hostile_metadata nested_metadata outputs_claim_full_marks",
    "patch": "compare numpy_comparisons pytest snapshot",
    "read": "hard_link inherited_descriptors memory_of_the_judge open other_students proc_of_the_judge",
    "solution": "by_import from_recorded_answers",
    "source": "nested_check",
    "stay": "double_fork threads without_environment",
    "sys": "io_uring namespaces",
    "text": "html_printed imitated_report str_raises",
    "time": "counts_calls finished_later memo_by_id patched_clocks",
    "type": "object_array self_changing subclass_equality",
    "value": "many_parts nan strides_into_memory token_forged",
    "wire": "claims colliding_keys garbage oversize pickle two_answers wrong_length",
    "write": "gradebook memory_of_the_server mount solution_and_tests",
}
"""The attacks that ask most of the judge and of the sandbox, by kind: the first word of a name."""
BATCHES = {path: number * 4 // len(ATTACKS) for number, path in enumerate(ATTACKS)}
"""Which attacks are judged in one session: neighbours, since a process that runs tests is given neighbours."""
STRENGTHS = ("strongest sandbox", "next sandbox", "bubblewrap without Landlock")
WITHOUT_LANDLOCK = 2
AFTERWARDS = "afterwards"
SHARING = 4
"""So many attacks in the strongest sandbox have one right submission after them; elsewhere, each has one of its own."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


@dataclass
class World:
    """What an attack would like to reach: files of the grading user, and somebody who listens."""

    folder: Path
    words: dict[str, str] = field(default_factory=dict)
    listeners: list[socket.socket] = field(default_factory=list)

    @classmethod
    def made(cls, folder: Path) -> World:
        canary = folder / "canary"
        canary.mkdir(parents=True)
        (canary / "solution.py").write_text((ROOT / "solutions" / f"{UNIT}.py").read_text())
        for name in ("secret.txt", "gradebook.db", "victim.txt"):
            (canary / name).write_text(SECRET)
        world = cls(canary)
        places = {"@UNIX@": str(folder / "listener"), "@ABSTRACT@": f"cnngrade-{os.getpid()}-{folder.name}"}
        for family, address in (
            (socket.AF_INET, ("127.0.0.1", 0)),
            (socket.AF_UNIX, places["@UNIX@"]),
            (socket.AF_UNIX, "\0" + places["@ABSTRACT@"]),
        ):
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.bind(address)
            listener.listen()
            world.listeners.append(listener)
        port = str(world.listeners[0].getsockname()[1])
        world.words = {**places, "@CANARY@": str(canary), "@COURSE@": str(ROOT), "@JUDGE@": str(os.getpid()), "@PORT@": port}
        return world

    def state(self) -> dict[str, object]:
        """Return what must stay as it is, file by file."""
        found: dict[str, object] = {".": sorted(path.name for path in self.folder.iterdir())}
        for path in self.folder.iterdir():
            facts = path.stat()
            found[path.name] = (path.read_bytes(), facts.st_mode, facts.st_mtime_ns, facts.st_nlink)
        return found

    def visited(self) -> bool:
        """Say whether somebody has connected."""
        return bool(select.select(self.listeners, [], [], 0)[0])

    def close(self) -> None:
        for listener in self.listeners:
            listener.close()


def marked(mark: str) -> set[int]:
    """Return the processes that come from the sandbox with this mark."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes():
                found.add(int(process.name))
    return found


@dataclass
class Judged:
    """The report on an attack, and what it did besides."""

    report: Report
    harm: list[str]


def _written(path: Path, world: World, folder: Path) -> Path:
    text = path.read_text(encoding="utf-8")
    for word, meant in world.words.items():
        text = text.replace(word, meant)
    folder.mkdir(parents=True)
    written = folder / f"{UNIT}{path.suffix}"
    written.write_text(text, encoding="utf-8")
    return written


def _harm_to(honest: Report) -> list[str]:
    """Say what a right submission did not get, if anything."""
    ends = [outcome for outcome in honest.outcomes if outcome.verdict is not Verdict.PASSED]
    said = [f"{end.case.id} {end.verdict.value} {end.cost} {end.for_student} {end.for_staff}" for end in ends]
    is_passed = verdict_of(honest.outcomes) is ReportVerdict.PASSED
    return [] if is_passed else ["\n".join(["the next right submission:", *said])]


def _judge_all(course: Course, unit: Unit, paths: list[Path], name: str, folder: Path, sharing: int) -> dict[str, Judged]:
    """Judge attacks in one session, after every `sharing` of them a right submission that none of them may touch."""
    world = World.made(folder)
    honest = folder / "honest" / f"{UNIT}.py"
    honest.parent.mkdir()
    honest.write_text((CORPUS / UNIT / "full_and_slice.py").read_text())
    before = world.state()
    judged: dict[str, Judged] = {}
    with contextlib.closing(Warm(course.policy, name)) as source:

        def candidates() -> Iterator[Candidate]:
            for number, path in enumerate(paths, 1):
                limits = policy_for(read(path), course.policy)
                file = _written(path, world, folder / "attacks" / path.name)
                yield candidate(replace(course, policy=limits), file, unit, path.name, source)
                if number % sharing == 0 or path == paths[-1]:
                    yield candidate(course, honest, unit, AFTERWARDS, source)

        def take(report: Report) -> None:
            if report.submission.student != AFTERWARDS:
                judged[report.submission.student] = Judged(report, [])
                return
            harm = _harm_to(report)
            if world.state() != before:
                harm.append(f"files were changed: {world.state()}")
            if world.visited():
                harm.append("somebody connected")
            server = source._server.pid if source._server else 0
            if left := marked(source.mark) - {server, *_children(server)}:
                harm.append(f"processes are left: {left}")
            for one in list(judged.values())[-sharing:]:
                one.harm += harm

        judge_many(Suite(course, unit, hidden=True), candidates(), take)
    world.close()
    return judged


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _children(pid: int) -> set[int]:
    """Return a process's children and theirs."""
    found = {int(process.name) for process in Path("/proc").glob("[0-9]*") if _parent(int(process.name)) == pid}
    return found | {inner for child in found for inner in _children(child)}


def _sandbox(strength: int) -> str:
    """Return this machine's strongest sandbox (0) or the next one (1); skips the test where there is none."""
    if strength == WITHOUT_LANDLOCK:
        need(BUBBLEWRAP)
        return BUBBLEWRAP
    if strength and strength >= len(sandboxes_here()):
        pytest.skip("this machine has no further sandbox")
    return sandboxes_here()[strength]


@pytest.fixture(scope="session")
def judged(request, tmp_path_factory) -> Callable[[int, Path], Judged]:
    """Return a function that gives the result of an attack; a batch's selected attacks are judged when one is asked for."""
    course = load_course(ROOT)
    course = replace(course, policy=replace(course.policy, submission_seconds=60.0))
    selected = [item.callspec.params for item in request.session.items if getattr(item, "originalname", "") == "test_attack"]
    results: dict[tuple[int, Path], Judged] = {}

    def bring(strength: int, path: Path) -> Judged:
        if (strength, path) not in results:
            batch = [params["path"] for params in selected if params["strength"] == strength]
            batch = [other for other in batch if BATCHES[other] == BATCHES[path]]
            folder = tmp_path_factory.mktemp(f"attacks-{strength}-{BATCHES[path]}")
            with without_landlock() if strength == WITHOUT_LANDLOCK else contextlib.nullcontext():
                found = _judge_all(course, course.unit(UNIT), batch, _sandbox(strength), folder, 1 if strength else SHARING)
            results.update({(strength, other): found[other.name] for other in batch})
        return results[strength, path]

    return bring


def _attacks(strength: int, fast: Collection[str]) -> list[ParameterSet]:
    """Return every attack for one sandbox, slow except for those of these names."""
    ids = [f"{path.name}-{STRENGTHS[strength]}" for path in ATTACKS]
    chosen = {name for name, path in zip(ids, ATTACKS, strict=True) if path.stem in fast}
    return sweep([(strength, path) for path in ATTACKS], chosen, ids)


# Every developer sees some of each kind in the strongest sandbox; of the others, which take as long again, what the strongest
# one's own file system and what Landlock keep out of sight.
@pytest.mark.parametrize(
    ("strength", "path"),
    [
        *_attacks(0, {f"{kind}_{rest}" for kind, names in FAST.items() for rest in names.split()}),
        *_attacks(1, {"disk_after_the_first_thread", "disk_filled"}),
        *_attacks(WITHOUT_LANDLOCK, {"read_memory_of_the_server"}),
    ],
)
def test_attack(strength, path, judged):
    """the attack gets what it deserves, harms nothing, ends in time, and is reported in words that are safe to read"""
    found = judged(strength, path)
    report = found.report
    page = "\n".join([report_as_text(report, colour=False, staff=True), report_as_text(report, colour=False)])
    wrong = differences(read(path), report)
    assert not found.harm, "\n".join(found.harm)
    assert wrong == [], page
    assert report.seconds < 60 + 20
    text = json.dumps(report_to_json(report))
    assert SECRET not in text
    assert "GOT:" not in report.output  # what an attack prints that got through where neither points nor files show it
    assert report_from_json(json.loads(text)) == report
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    shown = reports_as_page([report], staff=True) + report_fragment(report, None)
    assert not re.search(r"<(script|img|iframe|a|object|embed|link|form)\b", shown, re.IGNORECASE)
    assert len(shown) < 400_000


def test_attacks_are_many_and_say_what_they_are():
    """there are at least sixty, and each says in a sentence what it tries and why it deserves what it gets"""
    assert len(ATTACKS) >= 60
    for path in ATTACKS:
        text = path.read_text(encoding="utf-8")
        sentence = re.search(r"# sentence: (.{30,})", text)
        assert sentence, path.name
        assert "fault" not in {verdict.value for verdict in read(path).verdict}


def test_every_developer_sees_each_kind():
    """of each kind of attack there are some that are not slow"""
    assert {path.stem.partition("_")[0] for path in ATTACKS} == set(FAST)
