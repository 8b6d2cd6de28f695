"""Which workers of a cluster may judge: those that have the course, a sandbox, and nothing that would judge otherwise."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cnngrade.classroom.cluster import Cluster, worker_command
from cnngrade.classroom.cluster_tasks import prepare
from cnngrade.classroom.dask_link import DaskLink, Future, TaskFailed
from cnngrade.classroom.machine import Machine, differences, machine_of
from cnngrade.classroom.parcels import as_parcel, from_parcel
from cnngrade.classroom.report_store import judging_files
from cnngrade.classroom.travelling_course import course_as_parcel
from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.files import digest
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line

_TICK = 0.5


@dataclass(frozen=True)
class Job:
    """What is judged, and how; `run` is the name of this grading among others on the same cluster."""

    run: str
    course: Course
    unit: Unit
    sandbox: str
    secret: str

    @property
    def said(self) -> dict[str, Any]:
        """What every task says of it."""
        return {"run": self.run, "unit": self.unit.name, "sandbox": self.sandbox, "secret": self.secret}

    @functools.cached_property
    def parcel(self) -> bytes:
        """The course's files that judging needs; neither other people's work nor anything else of the classroom."""
        files = judging_files(self.course, self.unit)
        files += [self.course.root / "course.yml", paths.exercise_file(self.course, self.unit.name)]
        return course_as_parcel(self.course.root, files)

    @functools.cached_property
    def key(self) -> str:
        """The digest by which workers know the parcel."""
        return digest(self.parcel)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


class ClusterMachines:
    """The workers of a cluster. `good` are those that may judge, with the number of judges that each runs at a time.

    `ours` is what this machine says of itself.
    """

    def __init__(self, link: DaskLink, job: Job, cluster: Cluster, tell: Callable[[str], None]) -> None:
        self._link, self._job, self._cluster, self._tell = link, job, cluster, tell
        self.ours = machine_of(job.course, job.unit)
        self._threads: dict[str, int] = {}
        self._asked: dict[Future, str] = {}
        self._refused: dict[str, str] = {}
        self._machines: dict[str, Machine] = {}
        self._since, self._has_begun = time.monotonic(), False
        self.good: dict[str, int] = {}

    @property
    def judges(self) -> int:
        """How many submissions can be judged at a time."""
        return sum(self.good.values())

    def gather(self) -> None:
        """Wait for the first workers, compare them with this machine, and send them the course.

        Raises UsageError when none comes, or when one of them would judge otherwise or cannot judge.
        """
        self.look()
        if not self._threads:
            self._tell(f"No worker is there yet. Waiting for one: {worker_command(self._cluster.address)}")
        while not self.good or self._asked:
            done = self._link.next_done(_TICK)
            if done is not None:
                self.heard(done)
            if self._refused:
                self._hear_the_others()
                said = "".join(f"\n  {address}: {reason}" for address, reason in sorted(self._refused.items()))
                raise UsageError(f"Not every machine of the cluster can judge like this one:{said}\nNothing was judged.")
            self.look()
            if time.monotonic() - self._since > self._cluster.wait_seconds:
                if self.good:
                    # Somebody else's work keeps the others busy.
                    break
                raise UsageError(self._nobody())
        self._has_begun = True
        for line in self._summary():
            self._tell(line)

    def _summary(self) -> Iterator[str]:
        """Say how much there is of what judges."""
        hosts: Counter[str] = Counter()
        cores: dict[str, int] = {}
        for address, judges in self.good.items():
            machine = self._machines[address]
            hosts[machine["host"]] += judges
            cores[machine["host"]] = machine["cores"]
        there = _counted(self.judges, "judge"), _counted(len(self.good), "worker"), _counted(len(hosts), "machine")
        yield "Cluster: {} in {} on {}.".format(*there)
        for host, judges in hosts.items():
            if judges > cores[host]:
                yield (
                    f"{visible_line(host)} runs {judges} judges on {_counted(cores[host], 'core')}, which is slower than one "
                    "for each core (dask worker --nthreads)."
                )

    def _hear_the_others(self) -> None:
        """Let those answer that are about to: all that is wrong is told at once."""
        end = time.monotonic() + 5.0
        while self._asked and time.monotonic() < end:
            done = self._link.next_done(_TICK)
            if done is not None:
                self.heard(done)

    def look(self) -> None:
        """See which workers there are, and ask those that are new; raises Fault when there was none for too long."""
        now = self._link.workers()
        for gone in self._threads.keys() - now.keys():
            self.good.pop(gone, None)
            self._refused.pop(gone, None)
        self._asked = {future: address for future, address in self._asked.items() if address in now}
        for address in now.keys() - self._threads.keys():
            task = as_parcel(self._job.said, [self._job.parcel])
            self._asked[self._link.submit(prepare, task, [address])] = address
        self._threads = now

    def require_some(self) -> None:
        """Raise Fault when no worker has been able to judge for too long."""
        if self.good:
            self._since = time.monotonic()
        elif time.monotonic() - self._since > self._cluster.wait_seconds:
            raise Fault(f"{self._nobody()} What was finished is kept: run the same command again.")

    def _nobody(self) -> str:
        return (
            f"No worker that can judge has been at {visible_line(self._cluster.address)} for {self._cluster.wait_seconds:g} "
            f"seconds. Start some: {worker_command(self._cluster.address)}"
        )

    def heard(self, done: Future) -> bool:
        """Take a worker's answer to what it was asked here; False for another task."""
        address = self._asked.pop(done, None)
        if address is None:
            return False
        reason = self._reason_against(done, address)
        if reason:
            self.distrust(address, reason)
        else:
            self.good[address] = self._threads[address]
        return True

    def distrust(self, address: str, reason: str) -> None:
        """Give a worker nothing to judge, for a reason; without one it is asked anew."""
        self.good.pop(address, None)
        if not reason:
            self._threads.pop(address, None)
        elif address in self._threads:
            self._refused[address] = reason
            if self._has_begun:
                self._tell(f"{visible_line(address)} is given nothing to judge: {reason}")

    def _reason_against(self, done: Future, address: str) -> str:
        try:
            said, _ = from_parcel(self._link.answer(done))
            if "refused" in said:
                return str(said["refused"])
            machine: Machine = said["machine"]
            found = differences(self.ours, machine)
            self._machines[address] = machine | {"host": str(machine["host"]), "cores": int(machine["cores"])}
        except TaskFailed as error:
            return f"{error}. Is cnngrade installed there? pip install 'cnngrade[instructor,cluster]'"
        except (ValueError, KeyError, TypeError, AttributeError):
            return "it answered what this cnngrade does not understand. Is another version there?"
        return f"on {visible_line(str(machine['host']))}: {', '.join(found)}" if found else ""
