"""What the commands print with, and how errors become messages and exit codes."""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from cnngrade.errors import CnngradeError, ExitCode, UsageError, Verdict
from cnngrade.model import Course, Report, Unit
from cnngrade.safe_text import visible, visible_line

_Command = TypeVar("_Command", bound=Callable[..., Any])

_PACE_FROM = 5


def say(text: str = "", styled: bool = False) -> None:
    """Print text that may name strangers' files and students: of its characters all can be seen and none does anything.

    Line ends are kept, so a name belongs in it as `visible_name` returns it. Only what has colours of ours, and was made
    visible as it was written, is `styled`. What the terminal's encoding cannot show is replaced.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    shown = text if styled else visible(text)
    # Left to itself, click takes colours away where there is no terminal, though they were asked for.
    click.echo(shown.encode(encoding, "replace").decode(encoding), color=styled or None)


def say_json(document: object) -> None:
    """Print a document as JSON, and nothing else; it stays valid, and moves no terminal."""
    # Of what JSON leaves as it is, only DEL cannot be seen.
    click.echo(json.dumps(document, indent=2).replace("\x7f", "\\u007f"))


def note(text: str) -> None:
    """Print to standard error, as `say` does."""
    click.echo(visible(text), err=True)


def is_dumb() -> bool:
    """Say whether the terminal can do nothing but print one line below the other, or nobody knows what it can do."""
    return os.environ.get("TERM") in ("dumb", "unknown")


def can_rewrite() -> bool:
    """Say whether a line on standard error can be written over: there it is a terminal, and not a dumb one."""
    return sys.stderr.isatty() and not is_dumb()


def wants_colour() -> bool:
    """Say whether what is printed has colours: as NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE says, or else as the terminal can.

    An empty variable says nothing, nor does a CLICOLOR_FORCE of 0. NO_COLOR comes first.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and not is_dumb()


def guarded(command: _Command) -> _Command:
    """Turn the package's errors into a message and an exit code; a traceback only with --debug."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CnngradeError as error:
            if click.get_current_context().find_root().params.get("debug"):
                raise
            note(f"Error: {error}")
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            note("Stopped. What was finished is kept; run the same command again to go on.")
            sys.exit(130)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            # The reader has seen enough (`| head`); click ends quietly.
            raise
        except Exception as error:
            # Nothing of this kind should get this far. Whoever sees it needs a sentence, and the exit code of a fault.
            if click.get_current_context().find_root().params.get("debug"):
                raise
            name = click.get_current_context().info_name
            what = visible_line(f"{type(error).__name__}: {error}")
            note(f"Error: cnngrade itself failed ({what}). To see where: cnngrade --debug {name} ...")
            sys.exit(ExitCode.FAULT)

    return run  # type: ignore[return-value]


def instructors_course(*, unfinished: bool = False) -> Course:
    """Load the instructor's course around this folder; raises UsageError in a released folder, which can only be checked.

    In an `unfinished` course, units and files may be missing.
    """
    from cnngrade.course.load import find_course, load_course

    course = load_course(find_course(Path.cwd()), unfinished=unfinished)
    if course.handout:
        raise UsageError(
            f"{course.root} is a released folder: it can be checked (cnngrade check), and nothing else. "
            "This command is for the instructor's course."
        )
    return course


def wanted_units(course: Course, names: Iterable[str]) -> list[Unit]:
    """Return the units of these names, all of the course's if there are none; raises UsageError."""
    from cnngrade.jobs.targets import find_unit

    return [find_unit(course, name) for name in names] or list(course.units)


def exit_status(reports: Iterable[Report]) -> ExitCode:
    """Return the exit code that tells how the reports' cases ended."""
    verdicts = [outcome.verdict for report in reports for outcome in report.outcomes]
    if Verdict.FAULT in verdicts:
        return ExitCode.FAULT
    return ExitCode.DONE if all(verdict is Verdict.PASSED for verdict in verdicts) else ExitCode.NOT_PASSED


def write_file(path: Path, text: str) -> None:
    """Write a file that the user asked for, and say where it is."""
    from cnngrade.files import USUAL, write_atomically

    write_atomically(path, text, mode=USUAL)
    note(f"Written: {path}")


class Progress:
    """How far something has got, how fast it goes, and how long it will take."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._fresh, self._start = total, 0, 0, time.monotonic()

    def step(self, fresh: bool) -> str:
        """Count one more and return the pace, "" while there is none to speak of. What was done before has none."""
        self._done += 1
        self._fresh += fresh
        passed = time.monotonic() - self._start
        if self._fresh < _PACE_FROM or not fresh:
            return ""
        left = (self._total - self._done) * passed / self._fresh
        return f"{self._fresh / passed:.1f} a second, {duration(left)} left"

    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._done == self._total

    def count(self) -> str:
        """Return how many are done, of how many."""
        return f"[{self._done:{len(str(self._total))}}/{self._total}]"


def duration(seconds: float) -> str:
    """Return a time as a person says it."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
