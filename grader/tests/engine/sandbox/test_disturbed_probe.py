"""What somebody does to the worker that tries a sandbox, or the machine lacks just then, says nothing of the sandbox."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnngrade.errors import Disturbed, Fault
from cnngrade.model import Policy
from cnngrade.sandbox import backends, confined, unconfined
from cnngrade.sandbox.backends import AUTO, LANDLOCK, choose
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.connection import Connection
from support.sandboxes import need, sandboxes_here

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


@pytest.fixture
def strongest() -> Iterator[str]:
    """The strongest sandbox of this machine, which nobody has tried yet."""
    if not sandboxes_here():
        pytest.skip("this machine has no sandbox")
    backends._held.cache_clear()
    yield sandboxes_here()[0]
    backends._held.cache_clear()


def kill_worker(source: Warm) -> None:
    os.kill(source._pid, signal.SIGKILL)


def terminate_worker(source: Warm) -> None:
    os.kill(source._pid, signal.SIGTERM)


def kill_server(source: Warm) -> None:
    assert source._server is not None
    source._server.kill()


def kill_server_inside(source: Warm) -> None:
    """End what bwrap has started, not bwrap; where there is none, the server."""
    status = Path(f"/proc/{source._pid}/status").read_text().splitlines()
    parent = next(int(line.split()[1]) for line in status if line.startswith("PPid"))
    os.kill(parent, signal.SIGKILL)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def disturbing(monkeypatch: pytest.MonkeyPatch, act: Callable[[Warm], object], times: int) -> list[str]:
    """Let somebody act on the workers that are started, so many times; returns the sandboxes of all that were started."""
    started: list[str] = []

    class Troubled(Warm):
        def start(self) -> Connection:
            worker = super().start()
            started.append(self.name)
            if len(started) <= times:
                act(self)
                # It ends with its server, though not at once.
                while is_running(self._pid):
                    time.sleep(0.001)
            return worker

    monkeypatch.setattr(backends, "Warm", Troubled)
    return started


@pytest.mark.parametrize(
    ("act", "chosen"),
    [
        (kill_worker, AUTO),
        *(pytest.param(act, name, marks=pytest.mark.slow) for act, name in [(terminate_worker, ""), (kill_server, AUTO)]),
        pytest.param(kill_server_inside, "", marks=pytest.mark.slow),
    ],
)
def test_a_probe_that_is_disturbed(
    strongest: str, monkeypatch: pytest.MonkeyPatch, act: Callable[[Warm], object], chosen: str
) -> None:
    """it is tried three times; then there is a fault, and neither a refusal nor the next sandbox"""
    with monkeypatch.context() as patch:
        started = disturbing(patch, act, times=2)
        assert choose(AUTO) == strongest
        assert started == [strongest] * 3
    backends._held.cache_clear()
    with monkeypatch.context() as patch:
        started = disturbing(patch, act, times=100)
        with pytest.raises(Fault, match=f"Whether the sandbox {strongest} holds could not be found out, .* 3 times"):
            choose(chosen or strongest)
        assert started == [strongest] * 3


@contextlib.contextmanager
def no_descriptors() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(int(path.name) for path in Path("/proc/self/fd").iterdir()) + 1, before[1]))
    taken = []
    with contextlib.suppress(OSError):
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    try:
        yield
    finally:
        for one in taken:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_probe_without_descriptors(strongest: str) -> None:
    """where the judge itself has none left, that is a fault at once; with them the sandbox is there"""
    with no_descriptors(), pytest.raises(Fault, match=r"could not be found out: .*Too many open files"):
        choose(AUTO)
    assert choose(AUTO) == strongest


@pytest.fixture(params=confined.MAX_FILES)
def name(request: pytest.FixtureRequest) -> str:
    need(request.param)
    return str(request.param)


def with_server(monkeypatch: pytest.MonkeyPatch, prelude: str) -> None:
    """Let fork servers run some code before they begin."""

    def interpreter(module: str, *arguments: str) -> list[str]:
        whole = unconfined.interpreter(module, *arguments)
        return [part.replace("from cnngrade", f"{prelude}; from cnngrade") for part in whole]

    monkeypatch.setattr(confined, "interpreter", interpreter)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise KeyError('of ours')", "has ended: KeyError: 'of ours'"),
        ("import os; os._exit(3)", "has ended: it ended with exit status 3"),
        ("raise MemoryError", "has ended: MemoryError"),
    ],
)
def test_a_server_that_ends_once_it_is_ready(monkeypatch: pytest.MonkeyPatch, name: str, code: str, said: str) -> None:
    """what it said last is told, or how it ended"""
    lines = f"import cnngrade.worker.forkserver as f; f.Forkserver._begin = lambda *_: exec({code!r})"
    with_server(monkeypatch, lines)
    with contextlib.closing(Warm(Policy(), name)) as source, pytest.raises(Fault, match=said) as caught:
        source.start()
    assert type(caught.value) is Fault


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGKILL, Disturbed), (signal.SIGTERM, Disturbed), (signal.SIGSEGV, Fault)]
)
def test_a_server_that_is_ended_once_it_is_ready(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, kind: type[Fault]
) -> None:
    """somebody's signal disturbs, and what is judged may be judged again; one that it has raised by itself is a fault"""
    need(LANDLOCK)  # in a namespace of its own it would not end by these
    code = f"import cnngrade.worker.forkserver as f, os; f.Forkserver._begin = lambda *_: os.kill(os.getpid(), {number:d})"
    with_server(monkeypatch, code)
    said = f"has ended: it was ended by {number.name}"
    with contextlib.closing(Warm(Policy(), LANDLOCK)) as source, pytest.raises(Fault, match=said) as caught:
        source.start()
    assert type(caught.value) is kind
