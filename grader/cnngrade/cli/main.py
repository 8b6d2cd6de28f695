"""The command `cnngrade` and its commands, in the order in which they are used."""

from __future__ import annotations

import importlib

import click

from cnngrade import __version__
from cnngrade.alike import nearest
from cnngrade.runtime import settle

# A budget's baseline runs on one thread, as students' code does.
settle()

EXIT_CODES = (
    "Exit codes: 0 done and all passed; 1 something did not pass; 2 wrong usage; 3 the course is unsound; "
    "4 a fault of the grader; 130 stopped by Ctrl-C."
)


_HOMES = {
    "check": "student",
    "hint": "student",
    "show": "student",
    "explore": "student",
    "new": "author",
    "verify": "author",
    "calibrate": "author",
    "release": "instructor",
    "roster": "roster",
    "collect": "instructor",
    "extend": "extend",
    "grade": "instructor",
    "feedback": "instructor",
    "report": "class_report",
    "similar": "similar",
    "export": "export",
    "ci": "ci",
    "ci-grade": "ci",
    "doctor": "machine",
    "demo": "machine",
}
"""The commands in the order in which they are used, each with its module, which is loaded when the command is asked for."""


def _with_help(command: click.Command) -> click.Command:
    """Return the command with its help, which is a docstring: `python -OO` has taken it away."""
    if command.help is None and command.callback is not None:
        # Only then is it needed.
        from cnngrade.course.docstrings import docstring_of

        command.help = docstring_of(command.callback)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _with_help(inner)
    return command


class _InOrder(click.Group):
    """Lists the commands in the order in which they are used, not alphabetically."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None for a name that is none of them."""
        if cmd_name not in _HOMES:
            return None
        return _with_help(getattr(importlib.import_module(f"cnngrade.cli.{_HOMES[cmd_name]}"), cmd_name.replace("-", "_")))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that a line begins with; where there is none of that name, the error says which it may be."""
        name = args[0]
        if name not in _HOMES and not name.startswith("-") and not ctx.resilient_parsing:
            near = nearest(name, _HOMES)
            meant = f"Did you mean {near}?" if near else f"There are: {', '.join(_HOMES)}."
            ctx.fail(f"No such command: {name}. {meant}")
        return super().resolve_command(ctx, args)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="cnngrade")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Exercises that say which mistake it is.

    \b
    Students:     cnngrade check, hint, show, explore
    Instructors:  cnngrade verify, release, roster, collect, extend, grade, feedback, report, similar, export
    First look:   cnngrade demo
    """


_with_help(main)
