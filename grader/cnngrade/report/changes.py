"""What is different in a report since the one before it on the same unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cnngrade.errors import Verdict
from cnngrade.model import Outcome, Report
from cnngrade.report.words import WORDS, points_in_words
from cnngrade.safe_text import visible_line


@dataclass(frozen=True, slots=True)
class FunctionChange:
    """The cases of a function that do not end as they did: for each, how it ended before and how it ends now."""

    function: str
    cases: tuple[tuple[Outcome, Outcome], ...]

    def mark(self) -> str:
        """Return "+" where more cases pass than before, "-" where fewer do, "~" where as many do."""
        more = sum(_step(before, after) for before, after in self.cases)
        return "+" if more > 0 else "-" if more < 0 else "~"

    def as_text(self) -> str:
        """Return it as a line, such as "pad: 3 more tests pass; 1 test: to do -> wrong"."""
        gained = [after for before, after in self.cases if _step(before, after) > 0]
        lost = [after for before, after in self.cases if _step(before, after) < 0]
        parts = []
        if gained:
            parts.append(f"{len(gained)} more test{_s(gained)} pass{_es(gained)}")
        if lost:
            ends = ", ".join(WORDS[verdict] for verdict in dict.fromkeys(after.verdict for after in lost))
            first, more = visible_line(lost[0].case.title), f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            parts.append(f'{len(lost)} test{_s(lost)} that passed no longer do{_es(lost)} ({ends}): "{first}"{more}')
        others = Counter((before.verdict, after.verdict) for before, after in self.cases if not _step(before, after))
        for (before, after), count in others.items():
            parts.append(f"{count} test{'' if count == 1 else 's'}: {WORDS[before]} -> {WORDS[after]}")
        return f"{self.function}: {'; '.join(parts)}"


def _step(before: Outcome, after: Outcome) -> int:
    """Return 1 for a case that passes now and did not, -1 for one that passed and does not, 0 for any other."""
    return (after.verdict is Verdict.PASSED) - (before.verdict is Verdict.PASSED)


def _s(cases: Sequence[Outcome]) -> str:
    return "" if len(cases) == 1 else "s"


def _es(cases: Sequence[Outcome]) -> str:
    return "es" if len(cases) == 1 else ""


def changes_between(before: Report, after: Report) -> tuple[FunctionChange, ...]:
    """Return what is different for each function, if anything is; a case that only one of the reports has is left out."""
    then = {outcome.case.id: outcome for outcome in before.outcomes}
    pairs = [(then[outcome.case.id], outcome) for outcome in after.outcomes if outcome.case.id in then]
    different = [(old, new) for old, new in pairs if old.verdict is not new.verdict]
    by_function: dict[str, list[tuple[Outcome, Outcome]]] = {}
    for old, new in different:
        by_function.setdefault(new.case.function, []).append((old, new))
    return tuple(FunctionChange(function, tuple(cases)) for function, cases in by_function.items())


def points_between(before: Report, after: Report) -> str:
    """Return by how much the points changed, as "2 points more"; "" where that cannot be said, or there is nothing to say."""
    if before.earned is None or after.earned is None:
        return ""
    gained = round(after.earned - before.earned, 2)
    if not gained:
        return ""
    return f"{points_in_words(abs(gained))} {'more' if gained > 0 else 'fewer'}"
