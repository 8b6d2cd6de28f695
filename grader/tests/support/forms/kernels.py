"""What a real kernel, or plain Python, makes of a notebook or a script.

A kernel is ipykernel's own, and jupyter_client speaks to it; each run has a new one. What makes a kernel slow to start is its
imports: a server does these once, and every kernel is a fork of it, made before any code of a student ran in it.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NoReturn

from support.forms.form import CHECKS, Form, Runs
from support.places import ENVIRONMENT, TESTS

_SECONDS = 60.0


class KernelEnded(Exception):
    """A cell ended the kernel, as `exit()` does, and everything that was defined in it is gone."""


class Kernels:
    """Runs notebooks and scripts, each in a process of its own; the processes end with this."""

    _server: subprocess.Popen[str]
    _room: tempfile.TemporaryDirectory[str]
    _number: Iterator[int]

    def __enter__(self) -> Kernels:
        self._room = tempfile.TemporaryDirectory(prefix="kernels-")
        self._number = itertools.count()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "support.forms.kernels"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(TESTS)])},
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.communicate()
        self._room.cleanup()

    def _ask(self, **question: str) -> str:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(question), file=self._server.stdin, flush=True)
        return self._server.stdout.readline()

    def run_script(self, path: Path, afterwards: str) -> None:
        """Run a script with plain Python in its own folder, and then, whatever came of it, the statement `afterwards`."""
        self._ask(kind="script", path=str(path), afterwards=afterwards)

    def run_cells(self, sources: Sequence[str], folder: Path, afterwards: str = "") -> list[str]:
        """Run cells one after the other in a new kernel, those after one that fails too, and then the statement `afterwards`.

        Returns what the cells show as their results, as text. Raises KernelEnded.
        """
        # A test that asks for no kernel need not wait for these.
        from jupyter_client.blocking.client import BlockingKernelClient
        from jupyter_client.connect import write_connection_file

        # Sockets with names: a number that is free now may be another kernel's when this one has begun.
        socket = f"{self._room.name}/{next(self._number)}"
        connection, _ = write_connection_file(f"{socket}.json", transport="ipc", ip=socket)
        self._ask(kind="kernel", folder=str(folder), connection=connection)
        client = BlockingKernelClient(connection_file=connection)
        client.load_connection_file()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=_SECONDS)
            shown = list[str]()

            def note(message: dict[str, Any]) -> None:
                if message["msg_type"] == "execute_result":
                    shown.append(message["content"]["data"]["text/plain"])

            for source in [*sources, afterwards]:
                try:
                    reply = client.execute_interactive(
                        source, allow_stdin=False, stop_on_error=False, output_hook=note, timeout=_SECONDS
                    )
                except UnicodeEncodeError:
                    # Half a character cannot be sent to a kernel, by a browser neither: the cell does not run.
                    continue
                if any(asked["source"] == "ask_exit" for asked in reply["content"].get("payload", ())):
                    raise KernelEnded
            return shown
        finally:
            client.shutdown()
            client.stop_channels()


def opened(data: bytes) -> list[str]:
    """Return the code cells of a notebook as Jupyter opens it; raises whatever it raises."""
    import nbformat  # a test that opens no notebook need not wait for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = nbformat.reads(data.decode("utf-8"), as_version=4)
    return [cell.source for cell in content.cells if cell.cell_type == "code"]


def _cells(form: Form) -> list[str]:
    """Return the cells that the form's author runs; the course's own checks define nothing, and are left out to save time."""
    if form.runs is Runs.ONE_CELL:
        return [form.data.decode()]
    return list(form.cells) or [source for source in opened(form.data) if source not in CHECKS]


def right_when_run(form: Form, path: Path, kernels: Kernels) -> frozenset[str]:
    """Return the functions that are right when the form, which lies at `path`, has run."""
    found = path.parent.with_suffix(".right")
    afterwards = f"__import__('support.forms.truth', fromlist=['truth']).note_right(globals(), {str(found)!r})"
    if form.runs is Runs.PYTHON:
        kernels.run_script(path, afterwards)
    else:
        try:
            kernels.run_cells(_cells(form), path.parent, afterwards)
        except KernelEnded:
            return frozenset()
    return frozenset(found.read_text().split())


def _run_script(path: Path, afterwards: str) -> None:
    main = ModuleType("__main__")
    main.__file__ = str(path)
    sys.modules["__main__"] = main
    sys.argv, sys.path[0] = [str(path)], str(path.parent)
    try:
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), main.__dict__)
    except BaseException:
        traceback.print_exc()
    exec(afterwards, main.__dict__)


def _run_kernel(connection: str) -> None:
    from ipykernel.kernelapp import IPKernelApp

    # What a student's code finds in sys.argv of a kernel, and what `parser.parse_args()` there does not understand.
    sys.argv = ["ipykernel_launcher.py", "-f", connection]
    IPKernelApp.launch_instance(argv=[*sys.argv[1:], "--HistoryManager.enabled=False"])


def _in_a_child(question: dict[str, str], folder: Path, log: Path) -> NoReturn:
    status = 1
    try:
        os.chdir(folder)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(output, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ["IPYTHONDIR"] = str(log.parent / "ipython")
        if question["kind"] == "script":
            _run_script(Path(question["path"]), question["afterwards"])
        else:
            _run_kernel(question["connection"])
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Answer questions from standard input, a line of JSON each; a script's child is waited for, a kernel's is not."""
    for module in ("ipykernel.kernelapp", "ipykernel.ipkernel", "numpy", "support.forms.truth"):
        importlib.import_module(module)

    kernels = []
    for line in sys.stdin:
        question = json.loads(line)
        folder = Path(question["folder"]) if question["kind"] == "kernel" else Path(question["path"]).parent
        child = os.fork()
        if child == 0:
            _in_a_child(question, folder, folder.parent / "log.txt")
        if question["kind"] == "script":
            os.waitpid(child, 0)
        else:
            kernels.append(child)
        sys.stdout.write("done\n")
        sys.stdout.flush()
    for child in kernels:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve()
