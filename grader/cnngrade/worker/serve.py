"""The untrusted side: runs the student's code, and nothing else.

A worker is a process that imports one submission and answers calls of its functions. It knows no expected answer, no test
and no score. Whatever it says is only ever compared, by the judge, with what the judge knows; how long calls took, with the
clock of this process.

Run as `python -m cnngrade.worker.serve MEMORY_MIB [PACKAGE]...`, the packages being those that the submission may use; without
any it may use all. Requests come on standard input, answers leave on standard output (see `wire`). What the student's code
prints goes to standard error.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import numpy as np

from cnngrade.errors import Reason, TooLarge, WireError
from cnngrade.runtime import settle_allocator
from cnngrade.worker import operations, wire
from cnngrade.worker.arguments import shares, snapshot
from cnngrade.worker.cells import Cell, CellFailure, OwnModule, assembled, kinds_of, run_cells, waits_for
from cnngrade.worker.confinement import Limits, end_with_parent, limit, probe
from cnngrade.worker.frames import lines_and_frames
from cnngrade.worker.kernel import install
from cnngrade.worker.own_modules import OwnModules
from cnngrade.worker.packages import offer_only, why_missing
from cnngrade.worker.steps import counts
from cnngrade.worker.watch import explained, noticed, watch

if TYPE_CHECKING:
    from cnngrade.worker.variants import Variants

_MAX_TEXT = 2_000


_MAX_OTHERS = 1_000


_MAX_KIND = 200


# What runs between a request and the submission's code.
_OURS = (__file__, operations.__file__)


_NEW = ""  # the name under which the inputs of a sample are staged; no case has it


def _cpu_seconds() -> float:
    """Return the CPU time of all threads of this process (Windows: wall time, its CPU clock ticks 64 times a second)."""
    if sys.platform == "win32":
        return time.perf_counter()
    # Linux knows of the time of a running thread what it knew when somebody last asked for it, and this asks.
    time.thread_time()
    return time.process_time()


class Workplace:
    """One submission's module and the objects that stay with it.

    In a folder of its own, if that can be written to, the submission finds its file as well; elsewhere it is where the student
    has it. `packages` are what it may use, and messages name them when it tries another; trusted code may use all.
    """

    def __init__(self, own_folder: bool = False, packages: Sequence[str] = (), writes: bool = True) -> None:
        self.own_folder = own_folder
        self.writes = writes
        self.packages = packages
        self.run: Callable[[], tuple[ModuleType, list[CellFailure]]] | None = None
        self.module: ModuleType | None = None
        self.files: frozenset[str] = frozenset()
        self.failures: list[CellFailure] = []
        # By number, and the numbers by the identity of what is kept: one object has one token.
        self.kept: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}
        self.ever_kept = 0
        self.staged: dict[str, list[tuple[Any, ...]]] = {}
        self.cells: list[Cell] = []
        self.edited: tuple[tuple[str, list[str]], Variants] | None = None

    def handle(self, message: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request and return its answer: {"ok": True, ...} or {"ok": False, "reason": ...}."""
        identity = message.pop("id", None)
        try:
            asked = message.pop("op")
            answer: dict[str, Any]
            if asked in _OPERATIONS:
                answer = getattr(self, asked)(**message)
            else:
                answer = self.operate(operations.ON_WIRE[asked], **message)
        except BaseException as error:
            # SystemExit and KeyboardInterrupt raised by the student's code are answers like any other.
            answer = self.failure(error)
        return answer | {"id": identity} | noticed()

    def receive(
        self,
        name: str,
        path: str,
        cells: list[tuple[str, str, int]],
        modules: Sequence[tuple[str, str, str, bool]] = (),
        as_notebook: bool = False,
    ) -> dict[str, Any]:
        """Take in the submission, and write its file into a folder of its own. None of it runs: a failure is not its doing."""
        if self.own_folder:
            path = Path(path).name
        if self.own_folder and self.writes:
            Path(path).write_text(assembled([Cell(*cell) for cell in cells], path), encoding="utf-8", errors="replace")
        own = OwnModules(OwnModule(*module) for module in modules)
        self.cells = [Cell(*cell) for cell in cells]
        self.files = frozenset([*(cell[1] for cell in cells), *(module[1] for module in modules)])

        def run() -> tuple[ModuleType, list[CellFailure]]:
            sys.argv = [path]
            return run_cells(
                self.cells,
                "__main__" if as_notebook else name,
                path,
                self._message,
                lambda module: install(vars(module), own),
            )

        self.run = run
        return {"ok": True}

    def load(self) -> dict[str, Any]:
        """Run the cells of the submission; answers with its functions, the other names that it bound, and the failed cells."""
        assert self.run is not None
        self.module, self.failures = self.run()
        named = {key: value for key, value in vars(self.module).items() if not key.startswith("_")}
        functions = [key for key, value in named.items() if callable(value)]
        others = [(key, _kind(value)[:_MAX_KIND]) for key, value in named.items() if not callable(value)][:_MAX_OTHERS]
        failures = [(failure.cell, failure.text) for failure in self.failures]
        return {"ok": True, "functions": functions, "others": others, "failures": failures}

    def call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Call a function once, or a class by its name, or what belongs to a class by a name with a dot.

        Answers with its value, and whether an argument was changed or shares memory with the value.
        """
        name, *belonging = function.split(".")
        if not hasattr(self.module, name):
            raise NotImplementedError(f"{name} is not defined. In a notebook, run its cell first.")
        if not callable(value := getattr(self.module, name)):
            raise NotImplementedError(
                f"{name} is no function any more: its name was given to a value ({_kind(value)}). "
                "Give the value another name, and run the cell of the function again."
            )
        args, kwargs = self.resolve(args), self.resolve(kwargs)
        before = snapshot((*args, *kwargs.values()))
        value = functools.reduce(getattr, belonging, getattr(self.module, name))(*args, **kwargs)
        changed = before != snapshot((*args, *kwargs.values()))
        return {"ok": True, "value": value, "changed": changed, "shared": shares(value, (*args, *kwargs.values()))}

    def operate(self, operation: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Do something with a kept object; answers with what came of it, and whether an argument was changed."""
        args, kwargs = self.resolve(args), self.resolve(kwargs)
        given = (*args[1:], *kwargs.values())
        before = snapshot(given)
        value = operation(*args, **kwargs)
        return {"ok": True, "value": value, "changed": before != snapshot(given)}

    def forget(self, numbers: list[int]) -> dict[str, Any]:
        """Let go of kept objects that nobody will ask for again."""
        for number in numbers:
            if number in self.kept:
                del self.numbers[id(self.kept.pop(number))]
        return {"ok": True}

    def stage(self, name: str, inputs: list[tuple[Any, ...]]) -> dict[str, Any]:
        """Stage the arguments of several calls under a name, in the memory of those staged there before."""
        before = self.staged.get(name, [])
        arguments = [self.resolve(args) for args in inputs]
        reused = [_staged_over(old, new) for old, new in zip(before, arguments, strict=False)]
        self.staged[name] = reused + arguments[len(reused) :]
        return {"ok": True}

    def answers(self, function: str, name: str, inputs: list[tuple[Any, ...]]) -> dict[str, Any]:
        """Call a function on each of the staged inputs, after staging `inputs` if there are any; answers with the results."""
        if inputs:
            self.stage(name, inputs)
        called = getattr(self.module, function)
        return {"ok": True, "value": [called(*args) for args in self.staged[name]]}

    def sample(self, function: str, name: str, before: int, calls: int, inputs: list[tuple[Any, ...]]) -> dict[str, Any]:
        """Make calls in one go, on `inputs` or, where there are none, on the staged ones; answers with their CPU seconds.

        `before` calls on the staged inputs come just before: a process that has just slept begins with empty caches. The
        results on `inputs` come with the answer.
        """
        if inputs:
            self.stage(_NEW, inputs)
        called, known, given = getattr(self.module, function), self.staged[name], self.staged[_NEW if inputs else name]
        for index in range(before):
            called(*known[index % len(known)])
        start = _cpu_seconds()
        results = [called(*given[index % len(given)]) for index in range(calls)]
        seconds = _cpu_seconds() - start
        return {"ok": True, "seconds": seconds, "value": results if inputs else []}

    def count(self, function: str, name: str) -> dict[str, Any]:
        """Count the steps of a function on the staged inputs, a tiny one and longer ones; answers with the counts."""
        return {"ok": True, "counts": counts(getattr(self.module, function), self.staged[name])}

    def covered(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Call a function; answers with the lines of the submission that it executes, whatever comes of it."""
        from cnngrade.worker.variants import covered  # most workers are never asked

        called, args, kwargs = getattr(self.module, function), self.resolve(args), self.resolve(kwargs)
        return {"ok": True, "lines": covered(lambda: called(*args, **kwargs), self.cells)}

    def variants(
        self,
        function: str,
        others: list[str],
        choices: list[list[int]],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        most_steps: int,
        most_bytes: int,
        seconds: float,
    ) -> dict[str, Any]:
        """Call a function once with each choice of edits in it (see `edits`); answers with what came of those tried in time."""
        from cnngrade.worker.variants import Bounds, Variants  # most workers are never asked

        assert self.module is not None
        if self.edited is None or self.edited[0] != (function, others):
            self.edited = (function, others), Variants(self.module, self.cells, function, others)
        bounds = Bounds(most_steps, most_bytes, seconds)
        outcomes = self.edited[1].called(choices, self.resolve(args), self.resolve(kwargs), bounds)
        # What an edit made of the code is not what the submission did.
        noticed()
        return {"ok": True, "value": outcomes.answers, "ends": outcomes.ends, "which": outcomes.which}

    def probe(self, secret: str, folder: str, process: int) -> dict[str, Any]:
        """Try what must not work in a sandbox; answers with what did work."""
        return {"ok": True, "worked": probe(secret, folder, process)}

    def keep(self, value: Any) -> wire.Token:
        """Keep an object that cannot cross and return its token."""
        number = self.numbers.setdefault(id(value), self.ever_kept)
        if number == self.ever_kept:
            self.kept[number] = value
            self.ever_kept += 1
        return wire.Token(number, _kind(value))

    def resolve(self, value: Any) -> Any:
        """Put kept objects back in place of their tokens."""
        return wire.with_tokens(value, lambda token: self.kept[token.number])

    def failure(self, error: BaseException) -> dict[str, Any]:
        """Describe an exception in plain values."""
        trace, frames = lines_and_frames(error, _OURS, self._is_own)
        kinds, message = kinds_of(error), self._message(error)
        if cause := waits_for(error, self.failures):
            kinds, message = cause.kinds, f"{cause.message} ({cause.where})"
        said = {"reason": _reason(error).value, "kinds": list(kinds), "message": message[:_MAX_TEXT]}
        return {"ok": False, **said, "trace": trace, "frames": frames}

    def _is_own(self, frame: FrameType) -> bool:
        """Say whether a frame runs the submission's code: a function of its module, or of a module that came with it."""
        own = vars(self.module) if self.module else None
        return frame.f_globals is own or frame.f_code.co_filename in self.files

    def _message(self, error: BaseException) -> str:
        """Return what an exception says."""
        try:
            # Until there is code that runs, nobody asks for what the sandbox denies.
            return explained(error, why_missing(error, self.packages)) if self.packages and self.run else str(error)
        except BaseException:
            return "(its message cannot be shown)"

    def answer(self, message: dict[str, Any]) -> bytes:
        """Return the frame that answers `message`."""
        return self.packed(self.handle(message))

    def packed(self, answer: dict[str, Any]) -> bytes:
        """Return the frame of an answer of `handle`; of what cannot be sent it says why."""
        try:
            return wire.pack(answer, self.keep)
        except WireError as error:
            reason = Reason.TOO_LARGE if isinstance(error, TooLarge) else Reason.UNSENDABLE
            return wire.pack({"ok": False, "reason": reason.value, "message": str(error), "id": answer["id"]})


# What may be asked for: each by the name of the method that does it.
_OPERATIONS = frozenset(
    ("receive", "load", "call", "forget", "stage", "answers", "sample", "count", "covered", "variants", "probe")
)


def _kind(value: Any) -> str:
    return f"NumPy array of dtype {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__


def _reason(error: BaseException) -> Reason:
    """Return what an exception raised by the student's code means."""
    # Asked of the type: an object may have its own idea of what its class is.
    if issubclass(type(error), NotImplementedError):
        return Reason.UNFINISHED
    return Reason.OVER_MEMORY if issubclass(type(error), MemoryError) else Reason.RAISED


def _staged_over(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the new arguments, arrays in the memory of old ones that are like them: that is as warm in the caches."""
    return tuple(_copied(mine, theirs) for mine, theirs in zip(old, new, strict=False)) + new[len(old) :]


def _copied(old: Any, new: Any) -> Any:
    alike = type(old) is type(new) is np.ndarray and (old.shape, old.dtype) == (new.shape, new.dtype)
    if not (alike and old.flags.writeable and old.flags.c_contiguous and new.flags.writeable):
        return new
    np.copyto(old, new)
    return old


def _warn_at_own_lines(workplace: Workplace) -> None:
    """Have a warning that comes up in a library name the submission's own line that led there, and no path of this machine."""
    usual = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in workplace.files:
            frame = frame.f_back
        if frame is not None and filename not in workplace.files:
            filename, lineno, line = frame.f_code.co_filename, frame.f_lineno, None
        usual(message, category, filename, lineno, file, line)

    warnings.showwarning = show


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the wire on descriptors of its own; prints go to standard error, reading finds nothing."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def serve(
    requests: BinaryIO,
    answers: BinaryIO,
    own_folder: bool = False,
    packages: Sequence[str] = (),
    writes: bool = True,
) -> None:
    """Answer requests until the judge closes the wire. `packages` are what the submission may use, `writes` if it may write."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    workplace = Workplace(own_folder, packages, writes)
    _warn_at_own_lines(workplace)
    settle_allocator()
    # What is loaded by now stays: collecting the student's garbage, while a time is taken, need not go through it.
    gc.freeze()
    while True:
        try:
            message = wire.read_frame(requests)
        except (EOFError, WireError):
            return
        frame = workplace.answer(message)
        for stream in (sys.stdout, sys.stderr):
            # The student's code may have closed or replaced it.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        answers.write(frame)
        answers.flush()


def main() -> None:
    """Serve the judge that started this process."""
    requests, answers = _take_streams()
    end_with_parent()
    memory, *packages = sys.argv[1:]
    limit(Limits(memory=int(memory) << 20))
    if packages:
        offer_only(packages)
        watch(confined=False)
    serve(requests, answers, packages=packages)


if __name__ == "__main__":
    main()
