"""A `Report` as JSON and back: the public, versioned format (schemas/report.schema.json), and how reports are stored.

`report_from_json(report_to_json(report)) == report` for every report. JSON has no infinity: an infinite ratio is null.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from cnngrade.errors import Verdict, WireError
from cnngrade.model import (
    Case,
    Cost,
    Finding,
    FindingKind,
    Layer,
    Outcome,
    Report,
    ReportVerdict,
    Rest,
    SourceLine,
    Submission,
)
from cnngrade.report.audience import as_students_see
from cnngrade.scoring import verdict_of

SCHEMA = 1


T = TypeVar("T")


def report_to_json(report: Report, for_students: bool = False) -> dict[str, Any]:
    """Return `report` as plain values; `for_students` leaves out what is for the staff alone (see `as_students_see`).

    Raises ValueError for a number that JSON cannot hold (not a number, or infinite where it is not a ratio).
    """
    if for_students:
        report = as_students_see(report)
    submission = report.submission
    plain = {
        "schema": SCHEMA,
        "submission": {
            "student": submission.student,
            "unit": submission.unit,
            "path": submission.path.as_posix(),
            "digest": submission.digest,
        },
        "title": report.title,
        "verdict": verdict_of(report.outcomes).value,
        "earned": None if report.earned is None else _finite(report.earned),
        "possible": _finite(report.possible),
        "outcomes": [_outcome_to_json(outcome, for_students) for outcome in report.outcomes],
        "problems": list(report.problems),
        "output": report.output,
        "seconds": _finite(report.seconds),
        "staff_notes": list(report.staff_notes),
        "findings": [_finding_to_json(finding) for finding in report.findings],
        "layers": [{"name": layer.name, "active": layer.active, "text": layer.text} for layer in report.layers],
    }
    if report.rest is not None:
        plain["rest"] = _rest_to_json(report.rest)
    if report.functions:
        plain["functions"] = list(report.functions)
    return plain


def _rest_to_json(rest: Rest) -> dict[str, Any]:
    return {"hidden": _finite(rest.hidden), "prose": _finite(rest.prose), "answered": rest.answered}


def _outcome_to_json(outcome: Outcome, for_students: bool) -> dict[str, Any]:
    case, cost = outcome.case, outcome.cost
    plain: dict[str, Any] = {
        "case": {
            "id": case.id,
            "title": case.title,
            "points": _finite(case.points),
            "hidden": case.hidden,
            "function": case.function,
        },
        "verdict": outcome.verdict.value,
        "earned": _finite(outcome.earned),
        "for_student": outcome.for_student,
        "for_staff": outcome.for_staff,
        "cause": outcome.cause,
        "cost": None if cost is None else _cost_to_json(cost),
        "own_inputs": outcome.own_inputs,
        "call": outcome.call,
        "seconds": _finite(outcome.seconds),
        "place": None if outcome.place is None else _place_to_json(outcome.place),
    }
    if for_students:
        del plain["for_staff"]
    return plain


def _cost_to_json(cost: Cost) -> dict[str, Any]:
    ratio = None if cost.ratio == math.inf else _finite(cost.ratio)
    beyond = None if cost.loops_cost_beyond is None else _finite(cost.loops_cost_beyond)
    return {
        "ratio": ratio,
        "line": _finite(cost.limit),
        "estimated": cost.estimated,
        "looped": list(cost.looped),
        "loops_cost_beyond": beyond,
    }


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    places = [_place_to_json(place) for place in finding.places]
    return {"function": finding.function, "kind": finding.kind.value, "text": finding.text, "places": places}


def _place_to_json(place: SourceLine) -> dict[str, Any]:
    return {"file": place.file, "line": place.line}


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"a report cannot hold the number {number!r}")
    return float(number)


def report_from_json(plain: Mapping[str, Any]) -> Report:
    """Return the report that `report_to_json` made `plain` of; raises WireError, saying where, if it is not such a report.

    What was left out for students comes back as "".
    """
    try:
        return _report(plain)
    except (ValueError, RecursionError) as error:
        raise WireError(f"This is not a report: {error}.") from None


def _report(plain: Any) -> Report:
    whole = _Fields(plain)
    version = whole.take("schema", _number)
    if version != SCHEMA:
        raise WireError(f"This report is of schema {version:g}; this cnngrade reads schema {SCHEMA}. Update cnngrade.")
    # It follows from the outcomes; readers in other languages need not know the rule.
    whole.take("verdict", ReportVerdict)
    return whole.close(
        Report(
            submission=whole.take("submission", _submission),
            title=whole.take("title", _text),
            outcomes=whole.take("outcomes", _list_of(_outcome)),
            earned=whole.take("earned", _or_none(_number)),
            possible=whole.take("possible", _number),
            problems=whole.take("problems", _list_of(_text)),
            output=whole.take("output", _text),
            seconds=whole.take("seconds", _number),
            layers=whole.take("layers", _list_of(_layer), default=()),
            staff_notes=whole.take("staff_notes", _list_of(_text), default=()),
            findings=whole.take("findings", _list_of(_finding), default=()),
            rest=whole.take("rest", _or_none(_rest), default=None),
            functions=whole.take("functions", _list_of(_text), default=()),
        )
    )


def _rest(plain: Any) -> Rest:
    fields = _Fields(plain)
    return fields.close(
        Rest(
            hidden=fields.take("hidden", _number),
            prose=fields.take("prose", _number),
            answered=fields.take("answered", _truth),
        )
    )


def _finding(plain: Any) -> Finding:
    fields = _Fields(plain)
    return fields.close(
        Finding(
            function=fields.take("function", _text),
            kind=fields.take("kind", FindingKind),
            text=fields.take("text", _text),
            places=fields.take("places", _list_of(_place)),
        )
    )


def _place(plain: Any) -> SourceLine:
    fields = _Fields(plain)
    return fields.close(SourceLine(file=fields.take("file", _text), line=fields.take("line", _whole)))


def _layer(plain: Any) -> Layer:
    fields = _Fields(plain)
    return fields.close(
        Layer(name=fields.take("name", _text), active=fields.take("active", _truth), text=fields.take("text", _text))
    )


def _submission(plain: Any) -> Submission:
    fields = _Fields(plain)
    return fields.close(
        Submission(
            student=fields.take("student", _text),
            unit=fields.take("unit", _text),
            path=fields.take("path", lambda path: Path(_text(path))),
            digest=fields.take("digest", _text),
        )
    )


def _outcome(plain: Any) -> Outcome:
    fields = _Fields(plain)
    return fields.close(
        Outcome(
            case=fields.take("case", _case),
            verdict=fields.take("verdict", Verdict),
            earned=fields.take("earned", _number),
            for_student=fields.take("for_student", _text),
            for_staff=fields.take("for_staff", _text, default=""),
            cause=fields.take("cause", _or_none(_text)),
            cost=fields.take("cost", _or_none(_cost)),
            own_inputs=fields.take("own_inputs", _truth, default=False),
            call=fields.take("call", _text, default=""),
            seconds=fields.take("seconds", _number, default=0.0),
            place=fields.take("place", _or_none(_place), default=None),
        )
    )


def _case(plain: Any) -> Case:
    fields = _Fields(plain)
    return fields.close(
        Case(
            id=fields.take("id", _text),
            title=fields.take("title", _text),
            points=fields.take("points", _number),
            hidden=fields.take("hidden", _truth),
            function=fields.take("function", _text),
        )
    )


def _cost(plain: Any) -> Cost:
    fields = _Fields(plain)
    ratio = fields.take("ratio", _or_none(_number))
    return fields.close(
        Cost(
            ratio=math.inf if ratio is None else ratio,
            limit=fields.take("line", _number),
            estimated=fields.take("estimated", _truth),
            looped=fields.take("looped", _list_of(_text)),
            loops_cost_beyond=fields.take("loops_cost_beyond", _or_none(_number), None),
        )
    )


_NEEDED: Any = object()
"""In the place of a default: the member has to be there."""


class _Fields:
    """The members of one JSON object, each to be taken once. A ValueError names the member; the path grows on its way up."""

    def __init__(self, plain: Any) -> None:
        if not isinstance(plain, Mapping):
            raise ValueError("not an object")
        self._rest = dict(plain)

    def take(self, name: str, read: Callable[[Any], T], default: Any = _NEEDED) -> T:
        if name not in self._rest and default is _NEEDED:
            raise ValueError(f'"{name}" is missing')
        try:
            return read(self._rest.pop(name, default))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def close(self, value: T) -> T:
        if self._rest:
            raise ValueError(f'"{min(map(str, self._rest))}" does not belong there')
        return value


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise ValueError("not a string")
    return plain


def _number(plain: Any) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise ValueError("not a number")
    try:
        number = float(plain)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _whole(plain: Any) -> int:
    if isinstance(plain, bool) or not isinstance(plain, int):
        raise ValueError("not a whole number")
    return plain


def _truth(plain: Any) -> bool:
    if not isinstance(plain, bool):
        raise ValueError("neither true nor false")
    return plain


def _or_none(read: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda plain: None if plain is None else read(plain)


def _list_of(read: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    def read_all(plain: Any) -> tuple[T, ...]:
        if not isinstance(plain, list | tuple):
            raise ValueError("not a list")
        values = []
        for index, value in enumerate(plain):
            try:
                values.append(read(value))
            except ValueError as error:
                raise ValueError(f"[{index}]: {error}") from None
        return tuple(values)

    return read_all
