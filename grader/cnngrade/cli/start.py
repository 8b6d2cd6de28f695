"""Where the command begins: what is needed before anything else is loaded, and what is left out at the end.

A student waits for `cnngrade check` after each change, and most of that time went into starting: the worker's interpreter, and
NumPy in it once more. On Linux the worker is forked from this process instead, before the judge is in it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
from typing import NoReturn

_FORKING = frozenset({"check", "hint", "show"})
"""The commands that run a student's code in a worker, as far as no sandbox is asked for."""


_NO_WORK = frozenset({"-h", "--help", "--as-graded"})


def main() -> NoReturn:
    """Run the command that this process was started for, and end the process."""
    try:
        _run(sys.argv[1:])
    except SystemExit as ending:
        if ending.code is None or isinstance(ending.code, int):
            _leave(ending.code or 0)
        raise
    except KeyboardInterrupt:
        # Still loading: what the command says of an interrupt is not there yet.
        print("Stopped.", file=sys.stderr)
        sys.exit(130)


def _run(words: list[str]) -> NoReturn:
    from cnngrade.runtime import loading, settle  # for what interrupts even this

    settle()
    with contextlib.ExitStack() as at_end:
        with loading():
            if needs_workers(words):
                from cnngrade.worker import prefork  # no other command has a use for it

                if server := prefork.start():
                    from cnngrade.sandbox.preforked import use  # what is loaded before that is in every worker

                    at_end.callback(use(server).close)
            from cnngrade.cli.main import main as command  # as above
        command()
        sys.exit(0)


def needs_workers(words: list[str]) -> bool:
    """Say whether a command line needs a worker that may be forked."""
    command = next((word for word in words if not word.startswith("-")), "")
    is_completed = any(name.startswith("_") and name.endswith("_COMPLETE") for name in os.environ)
    return command in _FORKING and not _NO_WORK.intersection(words) and not is_completed


def _leave(status: int) -> None:
    """End the process without taking apart what is loaded, which takes longer than a small check.

    What is to happen at the end happens. Where something else still runs here, or measures this process, it returns.
    """
    others = [thread for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()]
    if others or sys.gettrace() or sys.getprofile() or _is_monitored():
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        # Python has words and an exit status of its own for that.
        return
    os._exit(status)


def _is_monitored() -> bool:
    """Say whether a profiler or a debugger listens in the way of Python 3.12 and newer."""
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(monitoring.get_tool(number) for number in range(6))
