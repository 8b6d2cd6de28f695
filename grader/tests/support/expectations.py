"""What a submission of the corpus is expected to give, as its own first lines say.

    # expect:
    #   verdict: partial                                    of the whole report; a list where several are right
    #   functions: {conv2d: wrong, correlate2d: passed}     of all cases of a function together
    #   not_passed: [slow]                                  each case ends in `passed` or in one of these
    #   earned: 0                                           points, or `all`
    #   causes: [The kernel is flipped]                     each is part of a known mistake that is named
    #   sentence: changed one of its arguments              part of something that the student reads
    #   call_seconds: 1                                     the policy for this one, so that an endless loop ends soon
    #   packages: [scipy]                                   what the course of this one lets submissions use, besides NumPy

Only `verdict` is required. In a notebook the lines begin the first cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from cnngrade.errors import Verdict
from cnngrade.model import Policy, Report, ReportVerdict
from cnngrade.report.terminal import report_as_text
from cnngrade.scoring import part_of, verdict_of

V = TypeVar("V", bound=Enum)

_BLOCK = re.compile(r"\A# expect:\n((?:#   .*(?:\n|\Z))+)")


class MalformedExpectation(ValueError):
    """The first lines of a submission do not say what is expected, or say it in words that mean nothing here."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true of a report. None and empty values ask for nothing."""

    verdict: frozenset[ReportVerdict]
    functions: Mapping[str, frozenset[ReportVerdict]] = field(default_factory=dict)
    not_passed: frozenset[Verdict] | None = None
    earned: float | None = None
    earned_all: bool = False
    causes: tuple[str, ...] = ()
    sentence: str = ""
    call_seconds: float | None = None
    packages: tuple[str, ...] = ()


def _verdicts(value: Any, where: str, kind: type[V]) -> frozenset[V]:
    names = value if isinstance(value, list) else [value]
    known = {verdict.value: verdict for verdict in kind}
    if not names or not all(isinstance(name, str) and name in known for name in names):
        raise MalformedExpectation(f"{where}: {value!r} is not a verdict or a list of verdicts ({', '.join(known)})")
    return frozenset(known[name] for name in names)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedExpectation(f"{where}: {value!r} is not a string")
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise MalformedExpectation(f"{where}: {value!r} is not a number from 0 up")
    return float(value)


def parse(text: str) -> Expectation:
    """Read the block at the beginning of `text`; raises MalformedExpectation."""
    block = _BLOCK.match(text)
    if block is None:
        raise MalformedExpectation('the first line must be "# expect:", and the lines after it must begin with "#   "')
    try:
        said = yaml.safe_load(re.sub("^#   ", "", block.group(1), flags=re.MULTILINE))
    except yaml.YAMLError as error:
        raise MalformedExpectation(f"the block is not YAML: {error}") from error
    if not isinstance(said, dict) or "verdict" not in said:
        raise MalformedExpectation("the block must be a mapping that holds a verdict")
    allowed = {"verdict", "functions", "not_passed", "earned", "causes", "sentence", "call_seconds", "packages"}
    if strange := sorted(map(str, set(said) - allowed)):
        raise MalformedExpectation(f"unknown: {', '.join(strange)}; known: {', '.join(sorted(allowed))}")
    functions = said.get("functions", {})
    causes = said.get("causes", [])
    packages = said.get("packages", [])
    if not isinstance(functions, dict) or not isinstance(causes, list) or not isinstance(packages, list):
        raise MalformedExpectation("functions is a mapping of names to verdicts, causes a list of strings, packages as well")
    earned = said.get("earned")
    return Expectation(
        verdict=_verdicts(said["verdict"], "verdict", ReportVerdict),
        functions={
            _text(name, "functions"): _verdicts(value, f"functions, {name}", ReportVerdict) for name, value in functions.items()
        },
        not_passed=_verdicts(said["not_passed"], "not_passed", Verdict) if "not_passed" in said else None,
        earned=None if earned in (None, "all") else _number(earned, "earned"),
        earned_all=earned == "all",
        causes=tuple(_text(cause, "causes") for cause in causes),
        sentence=_text(said["sentence"], "sentence") if "sentence" in said else "",
        call_seconds=_number(said["call_seconds"], "call_seconds") if "call_seconds" in said else None,
        packages=tuple(_text(package, "packages") for package in packages),
    )


def read(path: Path) -> Expectation:
    """Read what the submission `path` is expected to give; raises MalformedExpectation with the file's name."""
    text = path.read_text()
    try:
        if path.suffix == ".ipynb":
            text = "".join(json.loads(text)["cells"][0]["source"])
        return parse(text)
    except MalformedExpectation as error:
        raise MalformedExpectation(f"{path.parent.name}/{path.name}: {error}") from error


def policy_for(expected: Expectation, policy: Policy) -> Policy:
    """Return the policy that a submission asks to be judged by."""
    if expected.call_seconds:
        policy = replace(policy, call_seconds=expected.call_seconds)
    return replace(policy, packages=(*policy.packages, *expected.packages))


def _seen_by_student(report: Report) -> str:
    rendered = report_as_text(report, colour=False, width=1000)
    return "\n".join([rendered, *(outcome.for_student for outcome in report.outcomes), *report.problems, report.output])


def _names(verdicts: frozenset[ReportVerdict]) -> str:
    return " or ".join(sorted(verdict.value for verdict in verdicts))


def differences(expected: Expectation, report: Report) -> list[str]:
    """Return a sentence for every way in which the report is not as expected."""
    found = []
    if (verdict := verdict_of(report.outcomes)) not in expected.verdict:
        found.append(f"the verdict is {verdict.value}, not {_names(expected.verdict)}")
    for function, verdicts in expected.functions.items():
        if (verdict := verdict_of(part_of(report, function).outcomes)) not in verdicts:
            found.append(f"{function} is {verdict.value}, not {_names(verdicts)}")
    if expected.not_passed is not None:
        strange = {outcome.verdict for outcome in report.outcomes} - expected.not_passed - {Verdict.PASSED}
        found += [f"a case is {verdict.value}" for verdict in sorted(strange, key=lambda verdict: verdict.value)]
    points = report.possible if expected.earned_all else expected.earned
    if points is not None and report.earned != points:
        found.append(f"{report.earned} points are earned, not {points}")
    named = {outcome.cause for outcome in report.outcomes if outcome.cause}
    missing = [cause for cause in expected.causes if not any(cause in sentence for sentence in named)]
    found += [f"no cause says {cause!r}, only {sorted(named)}" for cause in missing]
    if expected.sentence not in _seen_by_student(report):
        found.append(f"the student does not read {expected.sentence!r}")
    return found
