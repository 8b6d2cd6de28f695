"""Everything that is measured, in one run: each part a program of its own, with a time limit; docs/benchmarks.md is written.

    python grader/benchmarks/run_all.py [--quick] [--only NAME]... [--against CHECKOUT] [--python PYTHON]... [--no-docs]

Runs the parts one after the other (--list names them) and shows what they print: medians with quartiles, and whether the aims
are reached. A part that has ended well writes its own section of docs/benchmarks.md; the section of one that has not run, or
has failed, stays as it was. --quick takes fewer samples and smaller classes. --against
measures another working tree of this project in turn with this one, where a part can. --python names other versions of Python,
with what the course needs, in which loops are counted too. Ctrl-C ends the part that runs and keeps what is done.

Exit status: 0 if every part has ended well, whatever the aims are; 1 if one has failed or took too long; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from figures.arguments import one_of, other_checkout
from figures.page import PAGE, marks, sections
from figures.parts import PARTS, Part, other_pythons, usable_python
from figures.programs import ROOT, cpu_of_children, environment
from figures.section import AIM, MISSED, REACHED, WRITE

QUICK_SHARE = 0.5
"""Of a full run's time limit, what a quick run has."""
GRACE = 10.0
"""Seconds in which a part that is ended may clean up."""
DONE, LEFT_OUT = "done", "left out: no --against"
HERE = Path(__file__).resolve().parent


@dataclass
class Result:
    """How a part ended: DONE, or why not; its aims as it printed them."""

    part: Part
    ending: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    aims: list[str] = field(default_factory=list)

    def line(self) -> str:
        reached = sum(aim.endswith(REACHED) for aim in self.aims)
        aims = f"{reached} of {len(self.aims)} aims reached" if self.aims else ""
        return f"{self.part.name:14}{self.ending:24}{self.seconds:6.0f} s {self.cpu:6.0f} s of CPU   {aims}".rstrip()


def end(process: subprocess.Popen[str]) -> None:
    """End a part as Ctrl-C would, and after a while, or once it has ended, whatever is left of what it had started."""
    try:
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    finally:
        # Also where Ctrl-C comes again.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def interrupt(_number: int, _frame: object) -> None:
    """Do for other signals what Ctrl-C does: a part in a session of its own would outlive this program."""
    raise KeyboardInterrupt


def show(printed: IO[str], aims: list[str]) -> None:
    """Print what a part prints, and keep what it says of aims."""
    with printed:
        for line in printed:
            print(line, end="", flush=True)
            if line.startswith(AIM):
                aims.append(line.strip())


def run(part: Part, arguments: Sequence[str], seconds: float, result: Result) -> None:
    """Run a part, show what it prints, and note how it ended; raises KeyboardInterrupt once the part has ended."""
    command = [sys.executable, "-u", str(HERE / part.program), *arguments]
    start, before = time.monotonic(), cpu_of_children()
    # In a session of its own, so that what it has started can be ended with it.
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, errors="replace", start_new_session=True
    )
    assert process.stdout is not None
    # A thread that is not waited for to the end: something that a part has left behind may keep the pipe open.
    reader = threading.Thread(target=show, args=(process.stdout, result.aims), daemon=True)
    reader.start()
    try:
        code = process.wait(seconds)
        result.ending = f"failed, status {code}" if code else DONE
    except subprocess.TimeoutExpired:
        end(process)
        result.ending = f"longer than {seconds / 60:.3g} minutes"
    except KeyboardInterrupt:
        result.ending = "interrupted"
        end(process)
        raise
    finally:
        reader.join(GRACE)
        result.seconds, result.cpu = time.monotonic() - start, cpu_of_children() - before


def run_parts(parts: Sequence[Part], asked: argparse.Namespace, results: list[Result]) -> None:
    """Run the parts, and note how each ended as soon as it has."""
    for number, part in enumerate(parts, 1):
        result = Result(part)
        results.append(result)
        print(f"\n== {number} of {len(parts)}: {part.name}, {part.what}", flush=True)
        if part.needs_other and not asked.against:
            result.ending = LEFT_OUT
            continue
        pythons = (asked.python or other_pythons()) if part.pythons else []
        arguments = part.arguments(asked.quick, asked.against, pythons) + ([] if asked.no_docs else [WRITE])
        run(part, arguments, 60 * part.minutes * (QUICK_SHARE if asked.quick else 1.0), result)


def summary(results: Sequence[Result]) -> str:
    """Return a line for each part, and the aims that were missed."""
    missed = [f"  {aim}" for result in results for aim in result.aims if aim.endswith(MISSED)]
    return "\n".join(["", *(result.line() for result in results), *(["", "missed:", *missed] if missed else [])])


def main(arguments: Sequence[str] | None = None, parts: Sequence[Part] = PARTS) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer samples, smaller classes")
    names = one_of(part.name for part in parts)
    parser.add_argument("--only", action="append", type=names, default=[], metavar="NAME", help="this part (several times)")
    parser.add_argument("--against", type=other_checkout, metavar="CHECKOUT", help="a working tree of another version")
    parser.add_argument(
        "--python", action="append", type=usable_python, default=[], metavar="PYTHON", help="another Python (several times)"
    )
    parser.add_argument("--no-docs", action="store_true", help="print only")
    parser.add_argument("--list", action="store_true", help="name the parts, and run none")
    asked = parser.parse_args(arguments)
    if asked.list:
        for part in parts:
            print(f"{part.name:14}{part.program:24}{part.what}")
        return 0
    chosen = [part for part in parts if part.name in asked.only or not asked.only]
    if not asked.no_docs and (missing := {part.name for part in chosen} - set(sections(PAGE.read_text(encoding="utf-8")))):
        parser.error(f"{PAGE} has no section for {', '.join(sorted(missing))}; its marks are {marks('NAME')}")
    results: list[Result] = []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        run_parts(chosen, asked, results)
    except KeyboardInterrupt:
        print("\ninterrupted; what was done before is kept", flush=True)
        print(summary(results))
        return 130
    print(summary(results))
    return 1 if any(result.ending not in (DONE, LEFT_OUT) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
