"""All that comes out of judging one submission, as one plain value that can cross to another process or machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngrade.answers.behaviour import FunctionBehaviour, behaviour_from_json, behaviour_to_json
from cnngrade.model import Report
from cnngrade.report.json import report_from_json, report_to_json


@dataclass(frozen=True, slots=True)
class Judgement:
    """The report on a submission, and how those of its functions behave that are wrong without a name."""

    report: Report
    behaviour: tuple[FunctionBehaviour, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"report": report_to_json(self.report), "behaviour": behaviour_to_json(self.behaviour)}

    @classmethod
    def from_json(cls, document: Any) -> Judgement:
        """Return what `to_json` was made from; raises as `report_from_json` and `behaviour_from_json` do."""
        return cls(report_from_json(document["report"]), behaviour_from_json(document["behaviour"]))
