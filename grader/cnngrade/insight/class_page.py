"""A class at a glance as one page that stands alone: no script, nothing is fetched, and its links lead to places on it.

Every text that comes from a person or a program is made visible and escaped; the page forbids scripts as well.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from cnngrade.course.dates import shown_time
from cnngrade.insight import wording
from cnngrade.insight.class_charts import budget_chart, hand_in_chart, score_chart
from cnngrade.insight.class_report import (
    CaseFigures,
    ClassReport,
    CourseReport,
    ExceptionFigures,
    GroupFigures,
    MistakeFigures,
    People,
    UngradedUnit,
)
from cnngrade.insight.class_style import CLASS_STYLE
from cnngrade.insight.page_parts import Part, case_meter, code, counted_of, cut, folded_rest, line, names, table, unfolding
from cnngrade.report.html import whole_page, with_code
from cnngrade.report.words import points_in_words, points_text, share_text
from cnngrade.safe_text import visible_block, visible_line

_NOTE = (8, 1_000)


_EXAMPLE = (14, 2_000)


_MOST_GROUPS = 8


_SOURCE = (60, 6_000)


_ABOUT = (
    "Each student counts once for a mistake, however many cases show it. The points lost are those of these cases, and of the "
    "cases that wait for one of them. Quartiles are by the inclusive method, as in NumPy and spreadsheets. Discrimination is "
    "the corrected point-biserial correlation, between passing a case and the points of all other cases, of those for whom the "
    "case ran: from about 0.3 on a case tells good work from poor. It is left out with fewer than 20 students, or where "
    "nearly all pass or fail."
)


def course_report_as_page(report: CourseReport) -> str:
    """Return the whole page: one unit, or a table of units and then each of them."""
    several = len(report.units) + len(report.ungraded) > 1
    title = report.title if several else report.units[0].title
    body = "\n".join(_course(report) if several else _unit(report, report.units[0], level=1))
    about = f'<p class="small">{html.escape(_ABOUT)}</p>'
    return whole_page(f"{line(title)}: the class at a glance", CLASS_STYLE, body, about)


def _course(report: CourseReport) -> Iterator[str]:
    yield f'<p class="above">The class at a glance, {line(shown_time(report.made))}</p>'
    yield f"<h1>{line(report.title)}</h1>"
    rows = [_overview_row(unit) for unit in report.units] + [_ungraded_row(entry) for entry in report.ungraded]
    yield from table("The units of the course", ("Unit", "#Graded", "#Mean", "#Median", "Most often"), rows)
    for unit in report.units:
        yield "<article>"
        yield from _unit(report, unit, level=2)
        yield "</article>"


def _overview_row(unit: ClassReport) -> list[str]:
    scores = unit.scores
    most = with_code(visible_line(unit.topics[0].text)) if unit.topics else "-"
    figures = [share_text(each, scores.possible) if each is not None else "-" for each in (scores.mean, scores.median)]
    return [f'<a href="#{line(unit.unit)}">{line(unit.unit)}</a>', f"{unit.graded} of {unit.class_size}", *figures, most]


def _ungraded_row(entry: UngradedUnit) -> list[str]:
    told = f"{wording.student_count(entry.handed_in)} handed in" if entry.handed_in else "nothing handed in"
    return [line(entry.unit), "-", "-", "-", f"not graded yet, {told}"]


def _unit(whole: CourseReport, report: ClassReport, level: int) -> Iterator[str]:
    if level == 1:
        yield f'<p class="above">{line(whole.title)}, {line(report.unit)}, {line(shown_time(whole.made))}</p>'
    yield f'<h{level} id="{line(report.unit)}">{line(report.title)}</h{level}>'
    yield from _figures(report)
    for note in report.notes:
        yield f'<div class="note">{with_code(visible_block(note, *_NOTE))}</div>'
    parts = [part for part in _parts(report) if part.body]
    yield from _first_screen(report, level + 1)
    yield f'<nav aria-label="{line(report.unit)}: sections"><ul>'
    yield "".join(f'<li><a href="#{_place(report, part)}">{html.escape(part.title)}</a></li>' for part in parts)
    yield "</ul></nav>"
    for part in parts:
        yield "<section>"
        yield f'<h{level + 1} id="{_place(report, part)}" tabindex="-1">{html.escape(part.title)}</h{level + 1}>'
        yield part.body
        yield "</section>"


def _place(report: ClassReport, part: Part) -> str:
    return f"{line(report.unit)}-{part.place}"


def _figures(report: ClassReport) -> Iterator[str]:
    scores, who = report.scores, report.attendance
    found = [("Graded", str(report.graded), f"of {report.class_size} in {wording.whole_text(report)}")]
    if scores.median is not None and scores.mean is not None:
        possible = f"of {points_in_words(scores.possible)}"
        found += [("Median", points_text(scores.median), possible), ("Mean", points_text(scores.mean), possible)]
    found.append(("Handed in nothing", str(who.missing.count), ""))
    if who.waiting is not None:
        found.append(("Wait for a person", str(who.waiting.count), ""))
    if report.due is not None:
        found.append(("Late", str(report.times.late.count), ""))
    yield '<dl class="figures">'
    for label, figure, more in found:
        yield f"<div><dt>{label}</dt><dd>{figure} <small>{more}</small></dd></div>"
    yield "</dl>"


def _first_screen(report: ClassReport, level: int) -> Iterator[str]:
    yield '<div class="first"><section>'
    yield f"<h{level}>To talk about in the next lesson</h{level}>"
    yield from _topics(report)
    yield "</section><section>"
    yield f"<h{level}>Scores</h{level}>"
    if report.scores.count:
        text = html.escape(wording.sentence(wording.SOURCES[report.scores.source]))
        middle = html.escape(wording.sentence(wording.middle_text(report)))
        yield f"<figure>{score_chart(report.scores)}<figcaption>{middle} {text}</figcaption></figure>"
    else:
        yield "<p>Nobody has a score.</p>"
    yield "</section></div>"


def _topics(report: ClassReport) -> Iterator[str]:
    if not report.topics:
        yield f"<p>{wording.nothing_to_talk_about(report)}</p>"
        return
    yield '<ol class="topics">'
    for topic in report.topics:
        part = wording.percent(topic.people.count, report.graded)
        yield f'<li><div class="count">{topic.people.count} <small>{part}</small></div>'
        yield f'<div><p class="about">{_about(topic.function)}</p><p>{with_code(visible_line(topic.text))}</p>'
        yield f"{names(topic.people)}</div></li>"
    yield "</ol>"


def _about(function: str) -> str:
    return code(function) if function else html.escape(wording.about(function))


def _parts(report: ClassReport) -> Iterator[Part]:
    yield Part("mistakes", "Known mistakes", "\n".join(_mistakes(report)))
    yield Part("unnamed", "Wrong answers without a name", "\n".join(_groups(report)))
    yield Part("exceptions", "Calls that ended without an answer", "\n".join(_exceptions(report)))
    yield Part("budgets", "Time budgets", "\n".join(_budgets(report)))
    yield Part("cases", "Functions and cases", "\n".join(_cases(report)))
    yield Part("attention", "Who needs you", "\n".join(_attention(report)))
    yield Part("times", "When work came in", "\n".join(_times(report)))


def _mistakes(report: ClassReport) -> Iterator[str]:
    if not report.mistakes:
        yield "<p>Nobody made a mistake that has a name.</p>"
        return
    heads = ("#Students", "Mistake", "#Points lost")
    rows = [_mistake_row(each, report) for each in report.mistakes]
    yield from folded_rest("Known mistakes, by how many made them; points on average", heads, rows, "mistakes")


def _mistake_row(each: MistakeFigures, report: ClassReport) -> list[str]:
    told = f"<div>{code(each.function)}: {with_code(visible_line(each.sentence))}</div>{names(each.people)}"
    return [counted_of(each.people.count, report.graded), told, points_text(each.cost)]


def _groups(report: ClassReport) -> Iterator[str]:
    for nameless in report.nameless:
        told = f"{wording.student_count(nameless.people.count)} with wrong answers that no known mistake explains."
        yield f"<div>{code(nameless.function)}: {told} {names(nameless.people)}</div>"
    if report.groups:
        yield "<p>Those in a group answer every call alike. One sentence names a whole group at the next grading.</p>"
    for each in report.groups[:_MOST_GROUPS]:
        yield from _group(each)
    if rest := report.groups[_MOST_GROUPS:]:
        yield unfolding(f"{len(rest)} more groups", "\n".join(part for each in rest for part in _group(each)))
    if report.inputs:
        rows = [
            [
                counted_of(each.people.count, report.graded),
                f"<div>{code(each.function)}: {with_code(visible_line(each.text))}</div>{names(each.people)}",
            ]
            for each in report.inputs
        ]
        yield from folded_rest("Which inputs fail, as reports tell it", ("#Students", "Inputs"), rows, "rules")


def _group(each: GroupFigures) -> Iterator[str]:
    yield '<div class="group">'
    yield f'<p class="about">{wording.group_text(each)}, {code(each.function)}</p>'
    yield f"<pre>{cut(each.call, _EXAMPLE)}</pre>"
    yield f"<p>gives {code(each.answered)}</p><p>and should give {code(each.expected)}</p>"
    yield unfolding(
        "The shortest of their functions" if each.people.count > 1 else "The function",
        f"<pre>{cut(each.source, _SOURCE)}</pre>",
    )
    yield names(each.people)
    yield f"<p>Name it: {code(each.command)}</p></div>" if each.command else "</div>"


def _exceptions(report: ClassReport) -> Iterator[str]:
    if report.exceptions:
        rows = [_exception_row(each, report) for each in report.exceptions]
        caption = "What ended calls, by how many students; # stands for a number, (...) for a shape"
        yield from folded_rest(caption, ("#Students", "What happened, and where"), rows, "kinds")


def _exception_row(each: ExceptionFigures, report: ClassReport) -> list[str]:
    lines = "".join(
        f"<div>at {code(entry.code)}{f' ({entry.count})' if len(each.lines) > 1 else ''}</div>" for entry in each.lines
    )
    example = unfolding("What one of them reads", f"<pre>{cut(each.example, _EXAMPLE)}</pre>") if each.example else ""
    told = f"<div>{_about(each.function)}: {with_code(visible_line(wording.said(each)))}</div>"
    return [counted_of(each.people.count, report.graded), f"{told}{lines}{example}{names(each.people)}"]


def _budgets(report: ClassReport) -> Iterator[str]:
    for each in report.budgets:
        told = f"{code(each.function)}, {line(each.title)}. {html.escape(wording.sentence(wording.budget_text(each)))}"
        yield f"<figure>{budget_chart(each)}<figcaption>{told}</figcaption></figure>"
        rows = [
            [
                counted_of(loop.people.count, report.graded),
                f"<div>a loop over {line(wording.joined(loop.axes))} in Python</div>{names(loop.people)}",
            ]
            for loop in each.loops
        ]
        if each.beyond.count:
            rows.append([counted_of(each.beyond.count, report.graded), f"<div>over the limit</div>{names(each.beyond)}"])
        if rows:
            yield from table(f"Who loses points of the budget of {each.function}", ("#Students", "Why"), rows)


def _cases(report: ClassReport) -> Iterator[str]:
    if not report.cases:
        return
    yield (
        '<ul class="key"><li><span class="good"></span>passed</li><li><span class="bad"></span>wrong or raised</li>'
        '<li><span class="middle"></span>slow or stopped</li><li><span class="rest"></span>not tried</li></ul>'
    )
    for function in report.functions:
        right = f"right for {function.right} ({wording.percent(function.right, report.graded)})"
        unwritten = f"not written by {function.unwritten.count}"
        mean = f"mean {share_text(function.mean, function.possible)}"
        yield f"<div>{code(function.function)}: {mean}, {right}, {unwritten} {names(function.unwritten)}</div>"
        rows = [_case_row(each) for each in report.cases if each.function == function.function]
        heads = ("#Passed", "Case", "#Discrimination")
        yield from table(f"The cases of {function.function}", heads, rows)


def _case_row(each: CaseFigures) -> list[str]:
    hidden = " <small>(hidden)</small>" if each.hidden else ""
    odd = f"<div>{wording.odd_case(each)}</div>" if wording.odd_case(each) else ""
    waits = f'<div class="small">not tried by {each.not_tried}</div>' if each.not_tried else ""
    told = f"<div>{line(each.title)}{hidden}</div>{odd}{waits}"
    return [f"{wording.percent(each.passed, each.judged)}{case_meter(each)}", told, wording.discrimination_text(each)]


def _attention(report: ClassReport) -> Iterator[str]:
    found = list(wording.attention(report))
    if not found:
        yield "<p>Nobody: everybody in the class handed in and has a score.</p>"
        return
    rows = [[str(who.count), _need(what, remedy, who)] for what, remedy, who in found]
    yield from table("Who needs somebody's attention", ("#Students", "What they need"), rows)


def _need(what: str, remedy: str, who: People) -> str:
    do = f" ({code(remedy)})" if remedy else ""
    return f"<div>{html.escape(what)}{do}</div>{names(who)}"


def _times(report: ClassReport) -> Iterator[str]:
    times = report.times
    untimed = f"{times.untimed} came at a time that nobody knows" if times.untimed else ""
    told = "; ".join(filter(None, [wording.due_text(times), untimed, wording.judging_text(times)]))
    caption = f"<figcaption>{html.escape(wording.sentence(told))}</figcaption>"
    if times.bins:
        yield f"<figure>{hand_in_chart(times.bins)}{caption}</figure>"
    else:
        yield f"<p>{html.escape(wording.sentence(told))}</p>"
