"""What `verify` found out about a unit: the values, and how they read as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cnngrade.answers.mistakes import KnownMistake
from cnngrade.budget.placement import Placement
from cnngrade.jobs.gates import GateProof
from cnngrade.jobs.own_inputs import Copyable
from cnngrade.model import Case, Unit
from cnngrade.report.placement import placement_as_json


@dataclass(frozen=True, slots=True)
class Defect:
    """Something that makes a unit unsound: which step found it, and what is wrong."""

    step: str
    text: str


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one known mistake: the cases that caught it, and whether a student is told its name."""

    mistake: KnownMistake
    cases: tuple[str, ...]
    named: bool
    named_by_handout: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """What a release needs of the proof of a sound unit: its cases, and how many mistakes are known, caught and named.

    `when` says when it was proved, "" if that is now.
    """

    cases: tuple[Case, ...]
    known: int
    caught: int
    named: int
    when: str = ""


@dataclass(slots=True)
class Proof:
    """What `verify` found out about one unit."""

    unit: Unit
    findings: list[Defect] = field(default_factory=list)
    mistakes: list[Caught] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    gates: list[GateProof] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    copyable: Copyable | None = None
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def proven(self) -> Proven:
        """Return what a release needs of it."""
        caught = sum(bool(entry.cases) for entry in self.mistakes)
        named = sum(entry.named_by_handout for entry in self.mistakes)
        return Proven(tuple(self.cases), len(self.mistakes), caught, named)


def _mistake_line(caught: Caught, width: int) -> str:
    by = caught.cases[0] if caught.cases else "NOT CAUGHT"
    more = f" and {len(caught.cases) - 1} more" if len(caught.cases) > 1 else ""
    named = "named" if caught.named_by_handout else "named in grading" if caught.named else "not named"
    return f"    {caught.mistake.name:{width}}  {named:16}  {by}{more}"


def _gate_lines(proved: GateProof, mistakes: bool) -> Iterator[str]:
    case, closed_by = proved.gate.case, [entry.mistake.name for entry in proved.closed_by]
    yield f"  {case.id} is a gate that {len(closed_by)} of {len(proved.known)} known mistakes of {case.function} close"
    if mistakes:
        names = ", ".join(name.removeprefix(f"{case.function}_") for name in closed_by)
        yield from textwrap.wrap(names, 100, initial_indent=" " * 4, subsequent_indent=" " * 4)


def _lines(proof: Proof, mistakes: bool) -> Iterator[str]:
    unit = proof.unit
    named = sum(caught.named for caught in proof.mistakes)
    here = sum(caught.named_by_handout for caught in proof.mistakes)
    caught = sum(bool(entry.cases) for entry in proof.mistakes)
    word = "sound" if proof.sound else "NOT SOUND"
    yield f"{unit.name}: {word}   {len(proof.cases)} cases, {unit.points:g} points, {proof.seconds:.1f} s"
    for finding in proof.findings:
        head, *rest = finding.text.splitlines() or [""]
        yield f"  {finding.step}: {head}"
        yield from (f"    {line}" for line in rest)
    if proof.mistakes:
        known = len(proof.mistakes)
        yield f"  {caught} of {known} known mistakes caught; {here} named on a student's machine, {named} in grading"
    if copyable := proof.copyable:
        names = f": {', '.join(case.id for case in copyable.cases)}" if mistakes and copyable.cases else ""
        yield f"  {copyable.points:g} of {copyable.possible:g} points could be copied from the handout{names}"
    for gate in proof.gates:
        yield from _gate_lines(gate, mistakes)
    yield from (f"  {placement.summary()}" for placement in proof.placements)
    if mistakes:
        width = max((len(entry.mistake.name) for entry in proof.mistakes), default=0)
        yield from (_mistake_line(entry, width) for entry in proof.mistakes)


def proof_as_text(proof: Proof, *, mistakes: bool = True) -> str:
    """Return the proof for a terminal; `mistakes` adds the table of known mistakes."""
    return "\n".join(_lines(proof, mistakes))


def proof_as_json(proof: Proof) -> dict[str, Any]:
    """Return the proof as plain JSON."""
    return {
        "unit": proof.unit.name,
        "sound": proof.sound,
        "seconds": round(proof.seconds, 3),
        "cases": len(proof.cases),
        "findings": [{"step": finding.step, "text": finding.text} for finding in proof.findings],
        "mistakes": [
            {
                "name": entry.mistake.name,
                "function": entry.mistake.function,
                "sentence": entry.mistake.sentence,
                "caught_by": list(entry.cases),
                "named_on_student_machine": entry.named_by_handout,
                "named_in_grading": entry.named,
            }
            for entry in proof.mistakes
        ],
        "copyable": proof.copyable and {"points": proof.copyable.points, "cases": [case.id for case in proof.copyable.cases]},
        "gates": [
            {
                "case": entry.gate.case.id,
                "function": entry.gate.case.function,
                "about": list(entry.gate.about),
                "closed_by": [
                    {"name": closing.mistake.name, "about": closing.mistake.about, "share_behind": round(closing.share, 3)}
                    for closing in entry.closed_by
                ],
            }
            for entry in proof.gates
        ],
        "lines": [placement_as_json(placement) for placement in proof.placements],
    }
