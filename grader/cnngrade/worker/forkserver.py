"""Keeps an interpreter warm and forks a confined worker from it for each submission.

Run by the judge as `python -m cnngrade.worker.forkserver DESCRIPTOR` with one end of a socket; started inside bubblewrap where
that is the sandbox. What is loaded here is inherited by every worker, so nothing is loaded that a student may not read: no
test, no solution, no answer. One worker lives at a time. Messages are JSON objects, one per packet:

    {"setup": ...}              once, how workers are confined -> {"ready": true} + the scratch folder
    {"begin": true} + 3 pipes   fork a worker. It may hand over {"asking": true} + a listener (see `creations`); once confined
                                it says {"begun": true} itself, so that the kernel tells who it is, or {"failed": why} and
                                the number of an error or, if it was ended, its status
    {"end": seconds}            wait that long for it to end by itself, then end it -> {"status", "cpu", "forced", "clean"}
"""

from __future__ import annotations

import gc
import json
import linecache
import os
import random
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from cnngrade.worker import serve, wire
from cnngrade.worker.compat import let_asyncio_wake_itself
from cnngrade.worker.confinement import (
    Limits,
    ask_before,
    confine,
    end_with_parent,
    file_rules,
    forbid_new_privileges,
    show_to_others,
    without,
)
from cnngrade.worker.packages import offer_only
from cnngrade.worker.watch import watch

MESSAGE_BYTES = 65_536


_GRACE_STEP = 0.002


_WARM = "def works(x, n):\n    return x\n\ndef fails(x, n):\n    raise ValueError(n)\n"


class Forkserver:
    """The server's side of the socket."""

    def __init__(self, control: socket.socket, setup: dict[str, Any]) -> None:
        self._control = control
        self._limits = Limits(**setup["limits"])
        self._program = bytes.fromhex(setup["program"])
        self._scratch = Path(setup["scratch"])
        roots, offered, hidden = ([Path(path) for path in setup[name]] for name in ("readable", "offered", "hidden"))
        readable = [part for root in roots for part in without(root, hidden)]
        self._asking = setup["asking"]
        self._is_looked_into = setup["is_looked_into"]
        # What is written to a device goes nowhere, and whatever is in the scratch folder goes with the worker.
        writable = [*map(Path, setup["devices"])]
        (writable if self._asking else readable).append(self._scratch)
        # Python looks a module up in a list of its folder's files.
        self._rules = file_rules([*readable, *offered], writable, listable=[*filter(Path.is_dir, roots), *hidden])
        self._data = setup["data"]
        self._packages = setup["packages"]
        self._worker = 0

    def serve(self) -> None:
        """Carry out what the judge asks until it closes the socket."""
        while True:
            packet, pipes, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 3)
            if not packet:
                return
            message = json.loads(packet)
            if "begin" in message:
                self._begin(pipes)
            else:
                self._say(self._end(float(message["end"])))

    def _say(self, message: dict[str, Any]) -> None:
        # A plain write: a confined worker has no right to send.
        os.write(self._control.fileno(), json.dumps(message).encode())

    def _begin(self, pipes: list[int]) -> None:
        alive, speaks = os.pipe()
        try:
            self._worker = os.fork()
        except OSError as error:
            for pipe in (*pipes, alive, speaks):
                os.close(pipe)
            self._say({"failed": f"no worker can be started: {error}", "number": error.errno})
            return
        if self._worker == 0:
            os.close(alive)
            try:
                self._live(pipes, speaks)
            finally:
                os._exit(1)
        for pipe in (*pipes, speaks):
            os.close(pipe)
        # One that is ended before it can say a word would keep the judge waiting.
        if not os.read(alive, 1):
            self._say({"failed": "the worker was ended before it could begin", "status": _how_it_ended(self._worker)})
        os.close(alive)

    def _live(self, pipes: list[int], speaks: int) -> None:
        requests, answers, prints = pipes
        try:
            self._become_worker(prints)
            said: dict[str, Any] = {"begun": True}
        except BaseException as error:
            said = {"failed": f"{type(error).__name__}: {error}", "number": getattr(error, "errno", None)}
        os.write(speaks, b".")
        os.close(speaks)
        self._say(said)
        self._control.close()
        if "begun" in said:
            with os.fdopen(requests, "rb") as incoming, os.fdopen(answers, "wb") as outgoing:
                serve.serve(incoming, outgoing, own_folder=True, packages=self._packages, writes=bool(self._asking))

    def _become_worker(self, prints: int) -> None:
        end_with_parent()
        # Not the judge's nor the server's standard streams: reading finds nothing, prints go where they are capped.
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (prints, 1), (prints, 2)):
            os.dup2(source, target)
        os.close(nothing)
        os.close(prints)
        folder = self._scratch / "work"
        folder.mkdir()
        if self._data:
            (folder / "data").symlink_to(self._data)
        os.chdir(folder)
        place = str(folder)
        os.environ.update(HOME=place, TMPDIR=place, MPLCONFIGDIR=place, NUMBA_CACHE_DIR=f"{place}/numba")
        tempfile.tempdir = None
        # A fork has its parent's state: two submissions must not draw the same numbers.
        random.seed()
        np.random.seed()  # the legacy generator is the one that is global
        if self._asking:
            self._hand_over_questions()
        confine(self._limits, self._program, self._rules)
        watch(confined=True, writes=bool(self._asking))

    def _hand_over_questions(self) -> None:
        """Let the judge decide which files and folders may be created. It may have to see what is open and mapped here."""
        forbid_new_privileges()
        listener = ask_before(self._asking["call"], bytes.fromhex(self._asking["program"]))
        socket.send_fds(self._control, [b'{"asking": true}'], [listener])
        os.close(listener)
        show_to_others(self._is_looked_into)

    def _end(self, grace: float) -> dict[str, Any]:
        """End the worker and everything in its folder."""
        until = time.monotonic() + grace
        ended, status, usage = os.wait4(self._worker, os.WNOHANG)
        while not ended and time.monotonic() < until:
            time.sleep(_GRACE_STEP)
            ended, status, usage = os.wait4(self._worker, os.WNOHANG)
        if not ended:
            os.kill(self._worker, signal.SIGKILL)
            _, status, usage = os.wait4(self._worker, 0)
        answer = {"status": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime, "forced": not ended}
        return answer | {"clean": empty(self._scratch)}


def _how_it_ended(child: int) -> int:
    """Return the exit status of a child, negative for a signal, and leave it to be waited for."""
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def empty(folder: Path) -> bool:
    """Remove everything in a folder, however deep and however named; says whether that succeeded."""
    try:
        number = 0
        while entries := list(folder.iterdir()):
            for entry in entries:
                if entry.is_symlink() or not entry.is_dir():
                    entry.unlink()
                    continue
                entry.chmod(0o700)
                # Folders inside are brought up first: no path grows long, and nothing here calls itself.
                for inner in list(entry.iterdir()):
                    if inner.is_dir() and not inner.is_symlink():
                        number += 1
                        # Without root's rights one may not move what one may not write to.
                        inner.chmod(0o700)
                        inner.rename(folder / f".{number}.emptied")
                    else:
                        inner.unlink()
                entry.rmdir()
    except OSError:
        return False
    return True


def _warm_up() -> None:
    """Do once what every worker does, so that none has to load or compute what all of them share."""
    # NumPy's lazily loaded parts, random numbers among them.
    np.random.default_rng(0).normal(size=4)
    np.ones((4, 4)) @ np.ones((4, 4))
    np.fft.fft(np.ones(4))
    place = serve.Workplace()
    submission = {"op": "receive", "name": "warm", "path": "warm.py", "cells": [(_WARM, "warm.py", 1)]}
    for request in (submission, {"op": "load"}):
        place.answer(wire.unpack(wire.pack(request)))
    for function in ("works", "fails"):
        message: dict[str, Any] = {"op": "call", "function": function, "args": (np.ones((2, 2)), 1), "kwargs": {}}
        wire.unpack(place.answer(wire.unpack(wire.pack(message))))
    del sys.modules["warm"]
    linecache.clearcache()


def main() -> None:
    """Serve the judge that started this process."""
    end_with_parent()
    # Nor is a worker's memory shown to what looks from outside, unless the judge has to look.
    show_to_others(False)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        setup = json.loads(control.recv(MESSAGE_BYTES))["setup"]
        offer_only(setup["packages"], frozenset(setup["imports"]))
        _warm_up()
        let_asyncio_wake_itself()
        gc.collect()
        gc.freeze()
        folder = os.open(setup["scratch"], os.O_RDONLY | os.O_DIRECTORY)
        socket.send_fds(control, [b'{"ready": true}'], [folder])
        os.close(folder)
        Forkserver(control, setup).serve()
        # An interpreter has nothing to tidy up, and the judge is waiting.
        os._exit(0)


if __name__ == "__main__":
    main()
