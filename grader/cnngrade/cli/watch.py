"""`cnngrade check --watch`: the report anew whenever the work is saved, and keys for what one does next."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from cnngrade.cli.console import is_dumb, note, say, wants_colour
from cnngrade.cli.keys import Keyboard, NoKeyboard, keyboard
from cnngrade.cli.live_line import LiveLine, telling
from cnngrade.errors import CnngradeError
from cnngrade.safe_text import visible_line, visible_name

if TYPE_CHECKING:
    from cnngrade.jobs.watch import Run, Watch
    from cnngrade.model import Report

_LOOK_EVERY_SECONDS = 0.2


_KEYS = {"r": "again", "h": "hint", "s": "show", "n": "next", "q": "quit"}


_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def watch(watched: Watch, show: Callable[[Run], None]) -> None:
    """Check, and again whenever something is saved, until `q` is pressed; `show` prints a report."""
    with keyboard() as keys:
        screen = _Screen(watched, show, keys)
        try:
            screen.check()
            while (key := keys.key(_LOOK_EVERY_SECONDS)) != "q":
                screen.press(key)
                if watched.was_saved():
                    screen.check_again()
        finally:
            screen.leave()


class _Screen:
    """What is on the terminal: the report, what is different since the one before, and a line with the keys."""

    def __init__(self, watched: Watch, show: Callable[[Run], None], keys: Keyboard) -> None:
        self._watched, self._show = watched, show
        self._report: Report | None = None
        self._has_keys = not isinstance(keys, NoKeyboard)
        self._can_clear = sys.stdout.isatty() and not is_dumb()
        self._status = ""
        self._is_asked = False

    def check(self) -> None:
        """Check what is looked at and print the report; raises what that raises."""
        self.leave()
        with LiveLine() as line:
            run = self._watched.run(telling(line, self._watched.target.unit.name))
        if self._can_clear:
            click.clear()
        self._report = run.report
        self._show(run)
        for text in _since(run):
            say(text, styled=True)
        name = visible_name(" ".join([run.target.path.name, *run.target.functions]))
        self._status = f"{run.began:%H:%M:%S} {name}, {run.seconds:.1f} s"
        self._ask()

    def check_again(self) -> None:
        """As `check`; what keeps the work from being checked for now is said, and waited for."""
        self._try(self.check)

    def press(self, key: str) -> None:
        """Do what a key stands for; nothing if it stands for nothing."""
        actions = {"r": self.check, "h": self._hint, "s": self._pictures, "n": self._next}
        if key in actions:
            self._try(actions[key])

    def leave(self) -> None:
        """Take the line with the keys away; where nothing can be taken away, begin another."""
        if self._is_asked:
            click.echo("\r\033[K" if self._can_clear else "\n", nl=False)
            self._is_asked = False

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except CnngradeError as error:
            self.leave()
            note(f"Error: {error}")
            self._ask()

    def _hint(self) -> None:
        from cnngrade.jobs.hint import hint_as_text, next_hint

        target = self._watched.target
        self.leave()
        with LiveLine() as line:
            found = next_hint(target, None, telling(line, target.unit.name))
        say()
        say(hint_as_text(found, False) if found else "Nothing failed, so there is no hint to give.")
        self._ask()

    def _pictures(self) -> None:
        from cnngrade.jobs.show import show
        from cnngrade.pictures.ink import best_ink
        from cnngrade.pictures.terminal import comparisons_as_text

        target = self._watched.target
        self.leave()
        with LiveLine(f"{target.unit.name}: drawing its pictures"):
            found = show(target, self._to_work_on()) or show(target, target.functions)
        ink = best_ink(getattr(sys.stdout, "encoding", None) or "utf-8", wants_colour(), os.environ)
        say()
        say(comparisons_as_text(found, min(_width(), 140), ink) or f"{target.unit.name} has no pictures.", styled=True)
        self._ask()

    def _to_work_on(self) -> tuple[str, ...]:
        """Return the function that the report's last line speaks of; none where there is nothing to do."""
        from cnngrade.report.order import steps

        found = steps(self._report) if self._report else ()
        return tuple(step.outcome.case.function for step in list(found)[:1])

    def _next(self) -> None:
        if self._watched.go_on():
            self.check()
            return
        self.leave()
        say(f"{self._watched.target.unit.name} is the last unit here.")
        self._ask()

    def _ask(self) -> None:
        say()
        if not self._has_keys:
            say(f"{self._status}. Checked again when it is saved; Ctrl-C ends this.")
            return
        keys = "   ".join(f"[{key}] {what}" for key, what in _KEYS.items())
        text = visible_line(self._status)
        room = _width() - 1
        line = f"{text}   {keys}" if len(text) + 3 + len(keys) <= room else keys[:room]
        self._is_asked = True
        click.echo(line, nl=False)


def _since(run: Run) -> Iterator[str]:
    """Yield the lines that say what is different since the check before; nothing after the first one."""
    from cnngrade.report.layout import wrapped

    if run.since is None:
        return
    yield ""
    if not run.changes and not run.points:
        yield f"Since {run.since:%H:%M:%S}: nothing changed."
        return
    yield f"Since {run.since:%H:%M:%S}: {run.points or 'as many points'}"
    for change in run.changes:
        mark = change.mark()
        lines = list(wrapped(change.as_text(), min(_width(), 120), 4))
        painted = click.style(mark, fg=_COLOURS[mark]) if wants_colour() else mark
        yield "\n".join([f"  {painted} {lines[0].strip()}", *lines[1:]])


def _width() -> int:
    return shutil.get_terminal_size((100, 20)).columns
