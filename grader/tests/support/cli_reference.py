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
        context = click.Context(command, info_name=name, parent=top, max_content_width=100) if name else top
        text = command.get_help(context).replace("\b\n", "")
        parts.append(f"## cnngrade {name}".rstrip() + f"\n\n```text\n{text}\n```\n")
    parts.append(f"{EXIT_CODES}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(reference())
