"""What to talk about in the next lesson: of everything that went wrong, the three things that concern most students."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnngrade.budget.ratio import ratio_text
from cnngrade.insight.class_report import (
    BudgetFigures,
    ExceptionFigures,
    FunctionFigures,
    GroupFigures,
    InputFigures,
    MistakeFigures,
    People,
    Topic,
    TopicKind,
)
from cnngrade.insight.wording import joined, said

MOST_TOPICS = 3


_LEAST = 2
"""What concerns one student alone is for a talk with that student."""


def topics(
    graded: int,
    mistakes: Sequence[MistakeFigures],
    groups: Sequence[GroupFigures],
    inputs: Sequence[InputFigures],
    exceptions: Sequence[ExceptionFigures],
    budgets: Sequence[BudgetFigures],
    functions: Sequence[FunctionFigures],
) -> tuple[Topic, ...]:
    """Return at most three topics, that which concerns most students first; of a tie, the one that is better explained."""
    least = min(graded, _LEAST)
    # Groups tell exceptions apart that are one for a lesson.
    raising = tuple((each.function, each.kind) for each in exceptions if each.kind)
    answering = [each for each in groups if not any(_raises(each, *one) for one in raising)]
    in_groups = {each.function for each in answering}
    kinds = (
        _mistakes(mistakes),
        _groups(answering),
        # A group says the same of its students, and more exactly.
        _inputs([each for each in inputs if each.function not in in_groups]),
        _exceptions(exceptions),
        _budgets(budgets),
        _unwritten(functions),
    )
    found = [topic for kind in kinds for topic in kind if topic.people.count >= max(least, 1)]
    return tuple(sorted(found, key=lambda topic: -topic.people.count)[:MOST_TOPICS])


def _mistakes(mistakes: Sequence[MistakeFigures]) -> Iterator[Topic]:
    for each in mistakes:
        yield Topic(TopicKind.MISTAKE, each.function, each.sentence, each.people)


def _groups(groups: Sequence[GroupFigures]) -> Iterator[Topic]:
    for each in groups:
        call = each.call.partition("\n")[0]
        text = f"The same wrong answers, and no name for them yet: {call} gives {each.answered}, not {each.expected}."
        yield Topic(TopicKind.UNNAMED, each.function, text, each.people)


def _raises(group: GroupFigures, function: str, kind: str) -> bool:
    return group.function == function and group.answered.startswith(f"{kind}:")


def _inputs(inputs: Sequence[InputFigures]) -> Iterator[Topic]:
    for each in inputs:
        yield Topic(TopicKind.INPUTS, each.function, each.text, each.people)


def _exceptions(exceptions: Sequence[ExceptionFigures]) -> Iterator[Topic]:
    for each in exceptions:
        often = "Most often" if each.lines and each.lines[0].count > 1 else "For instance"
        at = f" {often} at `{each.lines[0].code}`." if each.lines else ""
        yield Topic(TopicKind.EXCEPTION, each.function, f"{said(each).rstrip('.')}.{at}", each.people)


def _budgets(budgets: Sequence[BudgetFigures]) -> Iterator[Topic]:
    for each in budgets:
        looping = {name for loop in each.loops for name in loop.people.names}
        if looping:
            over = f"{', most often over' if len(each.loops) > 1 else ' over'} {joined(each.loops[0].axes)}"
            text = f"A Python loop{over} where NumPy takes whole arrays."
            yield Topic(TopicKind.LOOP, each.function, text, People(len(looping), tuple(sorted(looping))))
        slow = tuple(name for name in each.beyond.names if name not in looping)
        if slow:
            text = f"Slower than {ratio_text(each.limit)} the reference's time, without a loop that could be counted."
            yield Topic(TopicKind.SLOW, each.function, text, People(len(slow), slow))


def _unwritten(functions: Sequence[FunctionFigures]) -> Iterator[Topic]:
    for each in functions:
        yield Topic(TopicKind.UNWRITTEN, each.function, "Not written, or not begun.", each.unwritten)
