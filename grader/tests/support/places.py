"""Where everything is: the one place that knows how deep the tests are."""

from __future__ import annotations

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
GRADER = TESTS.parent
"""What Python's path must hold for `import cnngrade`."""
ENGINE = GRADER / "cnngrade"
ROOT = GRADER.parent
"""The whole project, and the course that it is made for."""
CORPUS = TESTS / "corpus"
GOLDEN = TESTS / "golden"

ENVIRONMENT = os.environ | {"PYTHONPATH": str(GRADER)}
"""The environment of a process that must find the engine."""


def submissions() -> list[Path]:
    """Return the corpus's submissions that say in their first lines what they expect, each in the folder of its unit."""
    others = ("attacks", "wrong", "unseen")
    return sorted(path for path in CORPUS.glob("*/*") if path.suffix in (".py", ".ipynb") and path.parent.name not in others)
