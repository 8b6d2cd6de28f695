"""Grades one submission for Classroom 50, which runs this file in the student's checkout and reads result.json there.

It needs Python and a network, and nothing else: what it checks with lies beside it. Written by cnngrade ci.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

FACTORS = (1, 2, 4, 5, 10, 20, 50, 100)
"""Classroom 50 knows whole points alone: the first of these that makes all points of a unit whole multiplies them."""


def factor_of(report: Mapping[str, Any]) -> int:
    """Return by what points are multiplied so that what each case is worth is whole."""
    worth = [outcome["case"]["points"] for outcome in report["outcomes"]]
    whole = (factor for factor in FACTORS if all(abs(points * factor - round(points * factor)) < 1e-6 for points in worth))
    return next(whole, FACTORS[-1])


def result_of(report: Mapping[str, Any], environment: Mapping[str, str], now: str) -> dict[str, Any]:
    """Return what Classroom 50 reads, of a report with a score; raises KeyError where its runner says too little."""
    factor = factor_of(report)
    tests = []
    for outcome in report["outcomes"]:
        case = outcome["case"]
        most = round(case["points"] * factor)
        passed = outcome["verdict"] == "passed"
        # What is not passed never shows as all points because it was rounded.
        score = most if passed else min(int(outcome["earned"] * factor + 1e-6), most)
        told = {} if passed else {"message": outcome["for_student"][:2000]}
        name = " ".join(f"{case['function']}: {case['title']}".split())
        tests.append({"test-name": name, "passed": passed, "score": score, "max-score": most, **told})
    commit = environment["COMMIT_URL"]
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environment.get("OWNER") or environment["USERNAME"],
        "submission": environment["SUBMISSION_TAG"],
        "commit": commit,
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": now,
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def replaced(path: Path, data: bytes) -> None:
    """Write a file in the checkout. What a student has put in its place, a link perhaps, is not followed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(name).replace(path)


@contextlib.contextmanager
def installed(settings: Mapping[str, str]) -> Iterator[tuple[Path, Path]]:
    """Yield the command and the folder of the unit, in a place of their own; raises SystemExit, CalledProcessError, OSError."""
    archive = HERE / settings["handout"]
    if hashlib.sha256(archive.read_bytes()).hexdigest() != settings["digest"]:
        raise SystemExit(f"{archive.name} is not the one that cnngrade ci has written with this file.")
    with tempfile.TemporaryDirectory(prefix="cnngrade-") as name:
        place = Path(name)
        with zipfile.ZipFile(archive) as handout:
            handout.extractall(place)
        venv.create(place / "tools", with_pip=True)
        programs = place / "tools" / "bin"
        pip = [str(programs / "python"), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", "requirements.txt", settings["wheel"]], cwd=place, check=True)
        yield programs / "cnngrade", place / settings["unit"]


def main() -> int:
    """Check the submission in the current folder and write result.json there; return 1 where there is no score."""
    checkout = Path.cwd()
    # One that a student has committed is no result.
    with contextlib.suppress(FileNotFoundError):
        (checkout / "result.json").unlink()
    settings = json.loads((HERE / "cnngrade.json").read_text(encoding="utf-8"))
    with installed(settings) as (cnngrade, unit), tempfile.TemporaryDirectory(prefix="cnngrade-") as written:
        summary = Path(written) / "summary.md"
        arguments = [settings["unit"], "--work", str(checkout), "--as-graded", "--json", "--summary", str(summary)]
        done = subprocess.run([str(cnngrade), "check", *arguments], cwd=unit, stdout=subprocess.PIPE, check=False)
        report = json.loads(done.stdout) if done.returncode in (0, 1) else {}
        if report.get("earned") is None:
            sys.stderr.write(f"There is no score: cnngrade ended with {done.returncode}. That costs nobody a point.\n")
            return 1
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        replaced(checkout / "result.json", json.dumps(result_of(report, os.environ, now), indent=1).encode())
        replaced(checkout / "release-body.md", summary.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
