"""What several benchmarks are asked for on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path


def positive(text: str) -> int:
    """Return a number of rounds, submissions and the like."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def one_of(known: Iterable[str]) -> Callable[[str], str]:
    """Return what reads one of these names. With `choices`, argparse would refuse that there is none."""
    names = list(known)

    def read(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(names)}")
        return text

    return read


def other_checkout(text: str) -> Path:
    """Return the folder of another version of this project."""
    folder = Path(text).resolve()
    if not (folder / "course.yml").is_file() or not (folder / "grader" / "cnngrade").is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a working tree of this project")
    return folder
