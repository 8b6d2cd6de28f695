"""The link to a scheduler of dask: bytes go out as tasks, and bytes come back."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Collection
from typing import Any

from cnngrade.classroom.cluster import Cluster, is_encrypted, require_safe
from cnngrade.classroom.cluster_tasks import end_run
from cnngrade.errors import Fault, UsageError
from cnngrade.safe_text import visible_line

_RESULT_SECONDS = 60
_END_SECONDS = 5.0

Future = Any
"""A task of dask's that was handed over."""


class TaskFailed(Exception):
    """A task brought no answer; `killed` says that the workers that it ran on died, one after the other."""

    def __init__(self, text: str, killed: bool) -> None:
        super().__init__(text)
        self.killed = killed


def _client(cluster: Cluster) -> Any:
    """Return a client of the scheduler; raises UsageError where it cannot be reached."""
    try:
        import dask
        from distributed import Client
        from distributed.security import Security
    except ImportError as error:
        raise UsageError("A cluster needs dask, which is not installed here: pip install 'cnngrade[cluster]'") from error
    # What dask says about lost connections, with tracebacks, this module says in a sentence.
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "tornado")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Our tasks hold submissions, and are as large as these.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})

    class QuietClient(Client):  # type: ignore[misc]
        """A client that nobody waits for: dask's own, when it has not connected, is closed for 20 seconds as Python ends."""

        def __del__(self) -> None:
            pass

    files = {"tls_ca_file": cluster.ca_file, "tls_client_cert": cluster.cert, "tls_client_key": cluster.key}
    try:
        given = {name: str(path) for name, path in files.items() if path}
        security = Security(require_encryption=is_encrypted(cluster.address), **given)
        return QuietClient(
            cluster.address,
            security=security,
            timeout=cluster.connect_seconds,
            set_as_default=False,
            # A result that is anything but bytes or plain values is not opened. That is no border against the machines of the
            # cluster, whose exceptions and messages dask does unpickle here.
            serializers=["dask", "msgpack", "pickle"],
            deserializers=["dask", "msgpack"],
        )
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise UsageError(_why_unreachable(cluster, error)) from error


def _why_unreachable(cluster: Cluster, error: BaseException) -> str:
    reasons = [error]
    while (last := reasons[-1].__cause__ or reasons[-1].__context__) is not None:
        reasons.append(last)
    reason = visible_line(str(reasons[-1]) or type(reasons[-1]).__name__)
    remedy = (
        "Give the files by which both sides know each other: --tls-ca-file, --tls-cert and --tls-key."
        if is_encrypted(cluster.address)
        else "Start one: dask scheduler --host 127.0.0.1 --dashboard-address 127.0.0.1:8787"
    )
    return f"There is no scheduler of dask that answers at {visible_line(cluster.address)} ({reason}). {remedy}"


class DaskLink:
    """Tasks to the workers of one scheduler, and their answers in the order in which they come. To be closed."""

    def __init__(self, cluster: Cluster, run: str) -> None:
        """Connect; raises UsageError where nobody answers, or where it is not safe to send anything."""
        require_safe("scheduler", [cluster.address])
        self._cluster, self._run = cluster, run
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._client = _client(cluster)
        try:
            # It may be reached at 127.0.0.1, and listen to the world.
            require_safe("scheduler", [str(self._client.scheduler_info()["address"])])
        except BaseException:
            self.close()
            raise

    def workers(self) -> dict[str, int]:
        """Return the threads of each worker, by its address; raises UsageError for one that is reached without TLS."""
        self._require_connection()
        try:
            found: dict[str, int] = self._client.nthreads()
        except OSError as error:
            raise self._lost() from error
        require_safe("worker", found)
        return found

    def submit(self, function: Callable[[bytes], bytes], task: bytes, workers: Collection[str]) -> Future:
        """Have a task done by one of these workers."""
        self._require_connection()
        future = self._client.submit(function, task, workers=list(workers), allow_other_workers=False, pure=False)
        future.add_done_callback(self._done.put)
        return future

    def next_done(self, seconds: float) -> Future | None:
        """Return a task that is done, None if none is for so long; raises Fault when the scheduler is gone."""
        try:
            done = self._done.get(timeout=seconds)
        except queue.Empty:
            done = None
        self._require_connection()
        return done

    def answer(self, done: Future) -> bytes:
        """Return what a task answered; raises TaskFailed, and Fault when the scheduler is gone."""
        try:
            return bytes(done.result(timeout=_RESULT_SECONDS))
        except Exception as error:
            self._require_connection()
            killed = type(error).__name__ == "KilledWorker"
            raise TaskFailed(visible_line(f"{type(error).__name__}: {error}"), killed) from error
        finally:
            done.release()

    def forget(self, future: Future) -> None:
        """Have a task no longer done, if it is not done yet."""
        future.cancel(force=True)

    def _require_connection(self) -> None:
        if self._client.status != "running":
            raise self._lost()

    def _lost(self) -> Fault:
        return Fault(
            f"The scheduler {visible_line(self._cluster.address)} is gone. What was finished is kept: start a scheduler and "
            "workers again, and run the same command, or go on without --cluster."
        )

    def close(self) -> None:
        """End what the tasks have left on the workers, and the connection."""
        _within(_END_SECONDS, self._end_run)
        with contextlib.suppress(Exception):
            self._client.close(timeout=_END_SECONDS)

    def _end_run(self) -> None:
        with contextlib.suppress(Exception):
            if self._client.status == "running":
                self._client.run(end_run, self._run, on_error="ignore")


def _within(seconds: float, function: Callable[[], None]) -> None:
    """Call a function and wait for it, but not longer: one that waits for a machine that hangs keeps nobody here."""
    caller = threading.Thread(target=function, daemon=True)
    caller.start()
    caller.join(seconds)
