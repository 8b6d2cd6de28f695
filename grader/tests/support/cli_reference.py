"""The text of docs/cli.md, from the commands' own help: `python grader/tests/support/cli_reference.py >docs/cli.md`."""

from __future__ import annotations

import sys

import click

from cnngrade.cli.main import EXIT_CODES, main


def reference() -> str:
    """Return the reference: the help of every command, in the order in which the command lists them."""
    parts = ["# The command\n", "Made from the command's own `--help`; a test keeps both in step.\n"]
    # As the command itself makes it: with -h for --help.
    top = main.make_context("cnngrade", [], resilient_parsing=True)
    for name in ["", *main.list_commands(top)]:
        command = main.get_command(top, name) if name else main
        assert command is not None
        parts += _of(command, click.Context(command, info_name=name, parent=top, max_content_width=100) if name else top)
    parts.append(f"{EXIT_CODES}\n")
    return "\n".join(parts)


def _of(command: click.Command, context: click.Context) -> list[str]:
    """Return the help of a command, and of those in it; what the whole command holds is listed by itself."""
    text = command.get_help(context).replace("\b\n", "")
    parts = [f"## {context.command_path}\n\n```text\n{text}\n```\n"]
    inner = command.commands if isinstance(command, click.Group) and command is not main else {}
    for name, each in inner.items():
        parts += _of(each, click.Context(each, info_name=name, parent=context, max_content_width=100))
    return parts


if __name__ == "__main__":
    sys.stdout.write(reference())
