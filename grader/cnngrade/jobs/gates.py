"""Is a gate where it should be? Whoever fails it loses all points of a function: it must ask for the plain idea alone.

A mistake about something else (`@mistake(..., about="padding")`) must not close a gate that does not say that it asks for it
(`@gate("padding")`), and no gate may close for a mistake that would earn most of the points behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cnngrade.answers.mistakes import KnownMistake
from cnngrade.errors import Verdict
from cnngrade.judge.cases import Gate
from cnngrade.model import Outcome, Report

# Whoever gets more than this share of the points behind a gate right has understood what the function is for.
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Closing:
    """A known mistake that closes a gate, and the share of the points behind the gate that it would earn if that were open.

    Points for time do not count as earned: they say how fast an answer is, and other cases whether it is right.
    """

    mistake: KnownMistake
    share: float


@dataclass(frozen=True, slots=True)
class GateProof:
    """What became of one gate: how many mistakes are known of its function, which of them close it, what they are about."""

    gate: Gate
    known: tuple[KnownMistake, ...]
    closed_by: tuple[Closing, ...]

    def problems(self) -> Iterator[str]:
        """Yield why the gate is none."""
        case, about = self.gate.case, self.gate.about
        subjects = sorted({entry.about for entry in self.known} - {""})
        for word in about:
            if word not in subjects:
                there_are = f"They are about {', '.join(subjects)}." if subjects else "None says what it is about."
                yield f'{case.id}: @gate("{word}"), but no known mistake of {case.function} is about that. {there_are}'
        beside = [entry.mistake for entry in self.closed_by if entry.mistake.about not in ("", *about)]
        if beside:
            names = ", ".join(f"{entry.name} (about {entry.about})" for entry in beside)
            words = ", ".join(f'"{word}"' for word in sorted({*about, *(entry.about for entry in beside)}))
            yield (
                f"{case.id} is a gate, and mistakes beside its idea close it, so that they cost all points of {case.function}: "
                f"{names}. Ask for that in a case of its own; if it is what the gate is there for, write @gate({words})."
            )
        able = [entry for entry in self.closed_by if entry.share > _MOST and entry.mistake not in beside]
        if able:
            names = ", ".join(f"{entry.mistake.name} ({entry.share:.0%})" for entry in able)
            yield (
                f"{case.id} is a gate, and closes for mistakes that would earn most of the points behind it: {names}. "
                "Give it an input that they answer correctly, and ask for the rest in a case of its own."
            )


def closing(gates: Sequence[Gate], reports: Iterable[tuple[KnownMistake, Report]]) -> list[KnownMistake]:
    """Return the mistakes that close a gate."""
    ids = {gate.case.id for gate in gates}
    return [known for known, report in reports if ids & set(_failed(report))]


def with_open_gates(report: Report, ends: Iterable[Outcome]) -> Report:
    """Return a report in which the cases that waited for a gate have ended as `ends` say, as far as they do."""
    by_id = {outcome.case.id: outcome for outcome in ends}
    outcomes = [
        by_id.get(outcome.case.id, outcome) if outcome.verdict is Verdict.SKIPPED else outcome for outcome in report.outcomes
    ]
    return replace(report, outcomes=tuple(outcomes))


def prove_gates(
    gates: Sequence[Gate], known: Sequence[KnownMistake], unhindered: Mapping[KnownMistake, Report], timed: Collection[str]
) -> list[GateProof]:
    """Return what became of each gate.

    `unhindered` are the reports on those that close one, with open gates. `timed` are the ids of cases about time.
    """
    return [
        _prove(gate, [entry for entry in known if entry.function == gate.case.function], unhindered, timed) for gate in gates
    ]


def _prove(
    gate: Gate, known: Sequence[KnownMistake], reports: Mapping[KnownMistake, Report], timed: Collection[str]
) -> GateProof:
    judged = [(entry, reports[entry]) for entry in known if entry in reports]
    closed_by = [Closing(entry, _share(gate, report, timed)) for entry, report in judged if gate.case.id in _failed(report)]
    return GateProof(gate, tuple(known), tuple(closed_by))


def _failed(report: Report) -> list[str]:
    passed = (Verdict.PASSED, Verdict.SKIPPED)
    return [outcome.case.id for outcome in report.outcomes if outcome.verdict not in passed]


def _share(gate: Gate, report: Report, timed: Collection[str]) -> float:
    cases = [outcome.case for outcome in report.outcomes]
    behind = report.outcomes[cases.index(gate.case) + 1 :]
    right = [entry.case.points for entry in behind if entry.verdict is Verdict.PASSED and entry.case.id not in timed]
    return sum(right) / (sum(outcome.case.points for outcome in behind) or 1.0)
