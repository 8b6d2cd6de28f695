"""A class at a glance as an instructor reads it in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from cnngrade.budget.ratio import ratio_text
from cnngrade.insight import wording
from cnngrade.insight.class_report import ClassReport, CourseReport, People
from cnngrade.report.terminal import Screen
from cnngrade.report.words import points_text, share_text
from cnngrade.safe_text import visible_block, visible_line, visible_name

_NARROWEST = 60


_BAR = 40


_BOLD = "1"


_MOST = 12
"""Lines of one kind; the page and JSON have all of them."""


_MOST_GROUPS = 6


_MOST_NAMES = 12


_CALL = (4, 400)


def course_report_as_text(report: CourseReport, colour: bool, width: int = 100, encoding: str = "utf-8") -> str:
    """Return the report as lines of at most `width` columns (60 at least), without a final line end.

    `encoding` is that of the console; what it cannot show becomes an escape, and bars are of plain characters.
    """
    screen = Screen(colour, max(width, _NARROWEST), encoding)
    lines: list[str] = []
    if len(report.units) + len(report.ungraded) > 1:
        lines += [*_overview(screen, report), ""]
    for number, unit in enumerate(report.units):
        lines += ["", ""] if number else []
        lines += _unit(screen, unit)
    text = "\n".join(line.rstrip() for line in lines)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def topic_lines(report: ClassReport) -> Iterator[str]:
    """Yield the lines that say the most: how the class did, and what to talk about in the next lesson."""
    scores = wording.middle_text(report)
    yield f"{report.unit}: {wording.graded_text(report)}{f', {scores}' if scores else ''}"
    for number, topic in enumerate(report.topics, 1):
        share = f"{topic.people.count} of {report.graded}"
        yield f"{number}. {share}, {visible_line(wording.about(topic.function))}: {visible_line(topic.text)}"
    if not report.topics:
        yield wording.nothing_to_talk_about(report)


def _overview(screen: Screen, report: CourseReport) -> Iterator[str]:
    yield screen.paint(visible_line(report.title), _BOLD)
    names = max(len(name) for name in (*(unit.unit for unit in report.units), *(unit.unit for unit in report.ungraded)))
    for unit in report.units:
        scores = unit.scores
        middle = "" if scores.median is None else f", median {share_text(scores.median, scores.possible)}"
        worst = f", most often: {visible_line(unit.topics[0].text)}" if unit.topics else ""
        text = f"{unit.graded} of {unit.class_size} graded{middle}{worst}"
        yield from _entry(screen, f"  {unit.unit:{names}}  ", text)
    for entry in report.ungraded:
        told = f"not graded yet; {wording.student_count(entry.handed_in)} handed in" if entry.handed_in else "not graded yet"
        yield from _entry(screen, f"  {entry.unit:{names}}  ", told)


def _unit(screen: Screen, report: ClassReport) -> Iterator[str]:
    for line in textwrap.wrap(visible_line(report.title), screen.width) or [""]:
        yield screen.paint(line, _BOLD)
    scores = wording.middle_text(report)
    yield from screen.wrapped(f"{wording.graded_text(report)}{f': {scores}' if scores else ''}", 0)
    for note in report.notes:
        yield from screen.wrapped(f"Note: {visible_block(note, *_CALL)}", 0)
    yield from _topics(screen, report)
    yield from _scores(screen, report)
    yield from _functions(screen, report)
    yield from _mistakes(screen, report)
    yield from _groups(screen, report)
    yield from _exceptions(screen, report)
    yield from _budgets(screen, report)
    yield from _cases(screen, report)
    yield from _attention(screen, report)
    yield from _times(screen, report)


def _heading(screen: Screen, text: str) -> Iterator[str]:
    yield ""
    yield screen.paint(text, _BOLD)


def _entry(screen: Screen, head: str, text: str) -> Iterator[str]:
    """Yield a text behind the head of its first line."""
    lines = list(screen.wrapped(text, len(head)))
    yield head + (lines[0] if lines else "").strip()
    yield from lines[1:]


def _who(screen: Screen, who: People, indent: int) -> Iterator[str]:
    if who.names:
        more = f" and {who.count - _MOST_NAMES} more" if who.count > _MOST_NAMES else ""
        yield from screen.wrapped(", ".join(map(visible_name, who.names[:_MOST_NAMES])) + more, indent)


def _more(count: int, most: int = _MOST) -> Iterator[str]:
    if count > most:
        yield f"  and {count - most} more, which --html and --json show"


def _topics(screen: Screen, report: ClassReport) -> Iterator[str]:
    yield from _heading(screen, "To talk about in the next lesson")
    for number, topic in enumerate(report.topics, 1):
        share = wording.percent(topic.people.count, report.graded)
        head = f"  {number}. {topic.people.count:4} ({share:>4})  "
        yield from _entry(screen, head, f"{visible_line(wording.about(topic.function))}: {visible_line(topic.text)}")
    if not report.topics:
        yield f"  {wording.nothing_to_talk_about(report)}"


def _scores(screen: Screen, report: ClassReport) -> Iterator[str]:
    scores = report.scores
    if not scores.count:
        return
    yield from _heading(screen, "Scores")
    yield from screen.wrapped(wording.sentence(wording.SOURCES[scores.source]), 2)
    labels = [wording.bin_text(entry, entry is scores.bins[-1]) for entry in scores.bins]
    yield from _bars(screen, labels, [entry.count for entry in scores.bins])


def _bars(screen: Screen, labels: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    full = "\u2588" if screen.can_show("\u2588") else "#"
    width, digits = max(map(len, labels)), len(str(max(counts)))
    room = min(screen.width - width - digits - 6, _BAR)
    for label, count in zip(labels, counts, strict=True):
        cells = max(round(count / max(counts) * room), 1) if count else 0
        yield f"  {label:{width}}  {count:{digits}}  {full * cells}"


def _functions(screen: Screen, report: ClassReport) -> Iterator[str]:
    if not report.functions:
        return
    yield from _heading(screen, "Functions")
    names = max(len(each.function) for each in report.functions)
    for each in report.functions:
        mean = f"mean {share_text(each.mean, each.possible):10}"
        right = f"right for {each.right} ({wording.percent(each.right, report.graded)})"
        yield from _entry(screen, f"  {each.function:{names}}  ", f"{mean}  {right}, not written by {each.unwritten.count}")


def _mistakes(screen: Screen, report: ClassReport) -> Iterator[str]:
    yield from _heading(screen, "Known mistakes, by how many made them")
    if not report.mistakes:
        yield "  none"
    for each in report.mistakes[:_MOST]:
        share = wording.percent(each.people.count, report.graded)
        cost = f"costs {points_text(each.cost)} on average"
        head = f"  {each.people.count:4} ({share:>4})  "
        yield from _entry(screen, head, f"{each.function}: {visible_line(each.sentence)} ({cost})")
        yield from _who(screen, each.people, len(head))
    yield from _more(len(report.mistakes))


def _groups(screen: Screen, report: ClassReport) -> Iterator[str]:
    if not (report.groups or report.nameless):
        return
    yield from _heading(screen, "Wrong answers without a name")
    for nameless in report.nameless:
        told = f"{wording.student_count(nameless.people.count)} with wrong answers that no known mistake explains"
        yield from screen.wrapped(f"{nameless.function}: {told}", 2)
    for rule in report.inputs[:_MOST]:
        yield from _entry(screen, f"  {rule.people.count:4}  ", f"{rule.function}: {visible_line(rule.text)}")
        yield from _who(screen, rule.people, 8)
    yield from _more(len(report.inputs))
    for each in report.groups[:_MOST_GROUPS]:
        head = f"  {each.people.count:4} {'alike' if each.people.count > 1 else '     '}  "
        call, *arguments = visible_block(each.call, *_CALL).split("\n")
        yield from _entry(screen, head, call)
        for argument in arguments:
            yield from screen.wrapped(argument, len(head))
        yield from screen.wrapped(f"gives {visible_line(each.answered)}", len(head))
        yield from screen.wrapped(f"and should give {visible_line(each.expected)}", len(head))
        yield from _who(screen, each.people, len(head))
        if each.command:
            yield from screen.wrapped(f"Name it: {visible_line(each.command)}", len(head))
    yield from _more(len(report.groups), _MOST_GROUPS)


def _exceptions(screen: Screen, report: ClassReport) -> Iterator[str]:
    if not report.exceptions:
        return
    yield from _heading(screen, "Calls that ended without an answer")
    for each in report.exceptions[:_MOST]:
        head = f"  {each.people.count:4}  "
        yield from _entry(screen, head, f"{wording.about(each.function)}: {visible_line(wording.said(each))}")
        for line in each.lines:
            count = f" ({line.count})" if len(each.lines) > 1 else ""
            yield from screen.wrapped(f"at {visible_line(line.code)}{count}", len(head) + 2)
        yield from _who(screen, each.people, len(head))
    yield from _more(len(report.exceptions))


def _budgets(screen: Screen, report: ClassReport) -> Iterator[str]:
    if not report.budgets:
        return
    yield from _heading(screen, "Time budgets")
    for each in report.budgets:
        yield from screen.wrapped(f'{each.function}, "{visible_line(each.title)}": {wording.budget_text(each)}', 2)
        for loop in each.loops:
            over = visible_line(wording.joined(loop.axes))
            yield from _entry(screen, f"    {loop.people.count:4} ", f"with a loop over {over} in Python")
            yield from _who(screen, loop.people, 9)
        if each.beyond.count:
            slowest = f"over the limit; the slowest needs {ratio_text(each.ratios[-1])}"
            yield from _entry(screen, f"    {each.beyond.count:4} ", slowest)
            yield from _who(screen, each.beyond, 9)


def _cases(screen: Screen, report: ClassReport) -> Iterator[str]:
    if not report.cases:
        return
    yield from _heading(screen, "The hardest cases: passed, not tried, discrimination")
    for each in wording.hardest(report.cases)[:_MOST]:
        title = f"{each.function}: {visible_line(each.title)}{' (hidden)' if each.hidden else ''}"
        passed, waits = wording.percent(each.passed, each.judged), each.not_tried or ""
        head = f"  {passed:>5}  {waits:>4}  {wording.discrimination_text(each):>5}  "
        yield from _entry(screen, head, title)
        if odd := wording.odd_case(each):
            yield from screen.wrapped(odd, len(head))
    yield from _more(len(report.cases))


def _attention(screen: Screen, report: ClassReport) -> Iterator[str]:
    found = list(wording.attention(report))
    if not found:
        return
    yield from _heading(screen, "Who needs you")
    for what, remedy, who in found:
        yield from screen.wrapped(f"{who.count} {what}{f' ({remedy})' if remedy else ''}", 2)
        yield from _who(screen, who, 4)


def _times(screen: Screen, report: ClassReport) -> Iterator[str]:
    times = report.times
    yield from _heading(screen, "When work came in, and what judging took")
    if times.bins:
        yield from _bars(screen, [entry.label for entry in times.bins], [entry.count for entry in times.bins])
    told = [wording.due_text(times), f"{times.untimed} came at a time that nobody knows" if times.untimed else ""]
    yield from screen.wrapped(wording.sentence("; ".join(filter(None, [*told, wording.judging_text(times)]))), 2)
