"""The command `cnngrade` and its commands, in the order in which they are used."""

from __future__ import annotations

import click

from cnngrade import __version__
from cnngrade.cli import author, instructor, machine, student
from cnngrade.runtime import settle

# A budget's baseline runs on one thread, as students' code does.
settle()

EXIT_CODES = (
    "Exit codes: 0 done and all passed; 1 something did not pass; 2 wrong usage; 3 the course is unsound; "
    "4 a fault of the grader; 130 stopped by Ctrl-C."
)


class _InOrder(click.Group):
    """Lists the commands in the order in which they are used, not alphabetically."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="cnngrade")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Exercises that say which mistake it is.

    \b
    Students:     cnngrade check, hint, show
    Instructors:  cnngrade verify, release, collect, grade, feedback
    First look:   cnngrade demo
    """


for _command in (
    student.check, student.hint, student.show,
    author.new, author.verify, author.calibrate,
    instructor.release, instructor.collect, instructor.grade, instructor.feedback,
    machine.doctor, machine.demo,
):  # fmt: skip
    main.add_command(_command)
