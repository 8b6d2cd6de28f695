"""Runs what a workflow's file says, step by step, as its platform does: bash, the folders and the variables that it documents.

Actions are not run: those of the workflows here check out, install Python, and carry files. What is installed over the network
is put in place instead, from the wheel that the bundle holds.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")


@dataclass(frozen=True)
class Step:
    """A step that runs commands: its name, its script, its folder, and the variables that are its own."""

    name: str
    script: str
    folder: str
    environment: Mapping[str, str]


def workflow(path: Path) -> dict[str, Any]:
    """Return the document; of YAML 1.1 the word `on` is a truth value, and the platform's reader takes it for the word."""
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def schema_problems(schema: str, *files: Path) -> str:
    """Return what check-jsonschema finds wrong with files, by a schema that it brings; "" where all keep to it.

    It runs in this process: to start one takes seconds.
    """
    from check_jsonschema import main  # type: ignore[import-untyped]  # it ships no type information

    done = CliRunner().invoke(main, ["--builtin-schema", f"vendor.{schema}", *map(str, files)])
    return "" if done.exit_code == 0 else f"{done.output}{done.exception!r}"


def run_steps(job: Mapping[str, Any], values: Mapping[str, str]) -> list[Step]:
    """Return a job's steps that run commands, with each expression replaced by its value; raises KeyError for another one."""

    def filled(text: object) -> str:
        return _EXPRESSION.sub(lambda found: values[found[1]], str(text))

    return [
        Step(
            step.get("name", ""),
            filled(step["run"]),
            filled(step.get("working-directory", values["github.workspace"])),
            {name: filled(value) for name, value in step.get("env", {}).items()},
        )
        for step in job["steps"]
        if "run" in step
    ]


def ran(
    step: Step, environment: Mapping[str, str], through: Sequence[str] = (), script: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does where no shell is named: bash that ends at the first command that fails."""
    return subprocess.run(
        [*through, "bash", "-e", "-c", script or step.script],
        cwd=step.folder,
        env={**environment, **step.environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def installed_offline(handout: str = "handout", tools: str = "tools") -> str:
    """Return commands in the place of pip: the wheel of the bundle, and the packages that the tests run with."""
    packages = sysconfig.get_path("purelib")
    return f"""
{sys.executable} -I -m venv --without-pip {tools}
libraries=$(echo {tools}/lib/python*/site-packages)
{sys.executable} -I -m zipfile -e {handout}/cnngrade-*.whl "$libraries"
echo {packages} > "$libraries/tests.pth"
printf '#!%s/{tools}/bin/python\\nfrom cnngrade.cli.main import main\\nmain()\\n' "$PWD" > {tools}/bin/cnngrade
chmod +x {tools}/bin/cnngrade
"""
