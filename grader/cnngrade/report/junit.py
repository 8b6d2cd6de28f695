"""Reports as the JUnit XML that continuous integration servers read: a suite per unit, a test case per case.

What the student has to write or fix is a failure, what waits for another case is skipped, and a fault of ours is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cnngrade.errors import Verdict
from cnngrade.model import Outcome, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.report.file_places import FilePlaces
from cnngrade.safe_text import visible_block, visible_line

_OUTPUT = (400, 20_000)


def reports_as_junit(reports: Iterable[Report], staff: bool = False, root: Path | None = None) -> str:
    """Return one XML document about all reports; `staff` adds what is for the staff alone.

    A case that did not pass names the file of the work, from the folder `root` where that is given, and the line to look at.
    No character is left in it that XML does not allow: such ones are written as escapes.
    """
    suites = [_suite(report if staff else as_students_see(report), staff, FilePlaces(report, root)) for report in reports]
    whole = Element("testsuites", name="cnngrade")
    # The schemas that consumers publish count what was skipped in the suites alone.
    for count in ("tests", "failures", "errors"):
        whole.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    whole.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
    whole.extend(suites)
    ElementTree.indent(whole)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}\n'


def _suite(report: Report, staff: bool, places: FilePlaces) -> Element:
    unit, student = visible_line(report.submission.unit), visible_line(report.submission.student)
    suite = Element("testsuite", name=f"{unit} {student}" if student else unit)
    properties = SubElement(suite, "properties")
    earned = "none" if report.earned is None else words.points_text(report.earned)
    SubElement(properties, "property", name="points.earned", value=earned)
    SubElement(properties, "property", name="points.possible", value=words.points_text(report.possible))
    repeated = Counter((outcome.case.function, outcome.case.title) for outcome in report.outcomes)
    for outcome in report.outcomes:
        # Servers tell test cases apart by class and name: cases with the same title need more than that.
        unique = repeated[outcome.case.function, outcome.case.title] == 1
        suite.append(_test_case(outcome, unit, unique, staff, places))
    if report.output.strip():
        SubElement(suite, "system-out").text = visible_block(report.output, *_OUTPUT)
    notes = [text for text in (*report.problems, "" if staff else words.inputs_note(report), *report.staff_notes) if text]
    if notes:
        SubElement(suite, "system-err").text = "\n".join(visible_block(note, *_OUTPUT) for note in notes)
    suite.set("tests", str(len(report.outcomes)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{report.seconds:.3f}")
    return suite


def _test_case(outcome: Outcome, unit: str, unique: bool, staff: bool, places: FilePlaces) -> Element:
    case = outcome.case
    title = visible_line(case.title if unique else f"{case.title} [{case.id}]")
    element = Element("testcase", classname=f"{unit}.{visible_line(case.function)}", name=title)
    element.set("time", f"{outcome.seconds:.3f}")
    if outcome.verdict is Verdict.PASSED:
        return element
    place = places.of(outcome)
    element.set("file", place.path)
    if place.line is not None:
        element.set("line", str(place.line))
    told = list(words.facts(outcome))
    if staff and outcome.for_staff.strip():
        told.append(visible_block(outcome.for_staff, *_OUTPUT))
    message = "\n".join(told).partition("\n")[0] or words.WORDS[outcome.verdict]
    text = "\n".join([*told, *place.told_besides(told)])
    if outcome.verdict in (Verdict.SKIPPED, Verdict.STOPPED):
        SubElement(element, "skipped", message=message)
    else:
        tag = "error" if outcome.verdict is Verdict.FAULT else "failure"
        SubElement(element, tag, message=message, type=outcome.verdict.value).text = text
    return element
