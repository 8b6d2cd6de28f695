"""One cause is told once: what a reader of a report has read above is not there again below."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cnngrade.errors import Verdict
from cnngrade.model import Finding, FindingKind, Outcome, Report, SourceLine
from cnngrade.report.html import report_fragment, reports_as_page
from cnngrade.report.terminal import report_as_text
from cnngrade.report.words import next_step
from cnngrade.scoring import report_of
from support.browser import chromium, needs_a_browser, watched
from support.handmade_reports import SUBMISSION, outcome

FLIPPED = "The kernel is flipped. Slide it as it is."
BYTES = "Bytes wrap around at 256. Collect the sums in floats."


def of(*outcomes: Outcome, problems: tuple[str, ...] = ()) -> Report:
    return report_of(SUBMISSION, "title", outcomes, problems)


def text_of(report: Report, width: int = 100) -> str:
    return report_as_text(report, colour=False, width=width)


def flowing(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def raised(title: str, size: int, line: str = "convolution.py, line 7, in conv2d: out[i] = 1") -> Outcome:
    fact = f"conv2d raised IndexError: index {size} is out of bounds\n{line}\n    out ({size}, 3)\nAn index runs past the end."
    return outcome(title, Verdict.RAISED, text=fact)


RENDERINGS = {
    "terminal": text_of,
    "page": lambda report: reports_as_page([report]),
    "notebook": lambda report: report_fragment(report, None),
}
renderings = pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)


@renderings
def test_an_exception_is_told_once(render) -> None:
    """of the same exception on the same line, a later case gives the message alone; the same message is not given again"""
    text = flowing(render(of(raised("a", 4), raised("b", 3), raised("c", 4), raised("d", 4))))
    assert text.count("line 7, in conv2d") == text.count("An index runs past the end.") == text.count("out (") == 1
    assert text.count("As above: conv2d raised IndexError: index 3 is out of bounds") == 1
    assert text.count("index 4 is out of bounds") == 1
    assert text.count("The same as above.") == 2


@renderings
def test_another_line_is_told(render) -> None:
    """an exception that was raised elsewhere is told with all of its lines, and so is the same one in another function"""
    other = raised("b", 4, "line 7, in conv2d: out[i] = 1\nline 9, where it fails: out[j] = 2")
    elsewhere = raised("c", 4)
    elsewhere = replace(elsewhere, case=replace(elsewhere.case, function="correlate2d"))
    text = flowing(render(of(raised("a", 4), other, elsewhere)))
    assert text.count("line 9, where it fails: out[j] = 2") == 1
    assert text.count("line 7, in conv2d: out[i] = 1") == 3


@renderings
def test_wrong_numbers_are_told_whole(render) -> None:
    """the lines of a table of numbers are never left out, even if some have been read; the same table is"""
    tables = ["yours:\n  1 2\n  3 4", "yours:\n  1 2\n  5 6", "yours:\n  1 2\n  3 4"]
    text = flowing(render(of(*(outcome(f"case {n}", Verdict.WRONG, text=table) for n, table in enumerate(tables)))))
    assert (text.count("1 2"), text.count("The same as above.")) == (2, 1)


@renderings
def test_arguments_are_told_of_the_first_call(render) -> None:
    """each case says how it called the function, and the first one of a function what the arguments were"""
    calls = [f"f(x, w, stride={n})\n    x (1, {n}, 5) float64" for n in (7, 8, 9)]
    cases = [replace(outcome(f"case {n}", Verdict.WRONG, text=f"fact {n}"), call=call) for n, call in enumerate(calls)]
    cases.append(replace(outcome("other", Verdict.WRONG, function="g"), call="g(y)\n    y (2,)"))
    text = flowing(render(of(*cases)))
    assert [text.count(f"stride={n})") for n in (7, 8, 9)] == [1, 1, 1]
    assert [text.count(shape) for shape in ("x (1, 7, 5)", "x (1, 8, 5)", "x (1, 9, 5)", "y (2,)")] == [1, 0, 0, 1]


@renderings
def test_a_mistake_is_told_in_full_once(render) -> None:
    """a known mistake is told in full once; where another one stood between, its first sentence says which it is"""
    causes = [FLIPPED, FLIPPED, BYTES, FLIPPED, FLIPPED]
    told = (outcome(f"case {n}", Verdict.WRONG, text=f"fact {n}", cause=cause) for n, cause in enumerate(causes))
    text = flowing(render(of(*told))).partition("Next:")[0 if render is not RENDERINGS["page"] else 2]
    assert text.count("Slide it as it is.") == text.count("Collect the sums in floats.") == 1
    assert text.count("Known mistake, as above: The kernel is flipped.") == 1
    assert text.count("The same known mistake.") == 2


@renderings
def test_what_waits_says_once_for_what(render) -> None:
    """the case that others wait for is named once for each function"""
    waiting = [outcome(f"case {n}", Verdict.SKIPPED, text='waits for "first"') for n in range(3)]
    text = flowing(render(of(outcome("first", Verdict.WRONG), waiting[0], outcome("other", function="f"), *waiting[1:])))
    assert text.count("waits for") == 1


@renderings
@pytest.mark.parametrize(
    "sentence", ["x.py, line 2: SyntaxError: '(' was never closed", "The file holds more code than can be run."]
)
def test_what_the_note_says_is_not_said_below(render, sentence) -> None:
    """the reason why a part of the file does not run stands in a note, to which the cases refer"""
    missing = f"conv2d is missing because its cell does not run. {sentence}"
    undefined = f"f is not defined in x.py. A part of it does not run: {sentence}"
    lost = replace(outcome("a", Verdict.RAISED, text=missing), call="conv2d(argument 1)")
    cases = (lost, outcome("b", Verdict.UNFINISHED, function="f", text=undefined))
    text = flowing(render(of(*cases, problems=(sentence,)))).replace("&#x27;", "'")
    assert text.count(sentence) == 1
    assert "conv2d is missing because its cell does not run. See the note above." in text
    assert "A part of it does not run: see the note above." in text
    assert "The call:" not in text


def never_run(text: str, said: bool, verdict: Verdict = Verdict.RAISED) -> Report:
    """Return a report on a file of two functions and six cases of which one sentence says all."""
    gates = [outcome(f"gate of {name}", verdict, function=name, text=text) for name in ("f", "g")]
    waiting = [outcome(f"{name} {n}", Verdict.SKIPPED, function=name, text="waits") for name in ("f", "g") for n in range(2)]
    if said:
        first, *rest = (replace(entry, verdict=verdict, for_student="") for entry in (*gates, *waiting))
        return of(replace(first, for_student=text), *rest, problems=(text,))
    return of(*gates, *waiting)


@renderings
@pytest.mark.parametrize("verdict", [Verdict.RAISED, Verdict.OVER_TIME, Verdict.OVER_MEMORY])
@pytest.mark.parametrize("said", [True, False])
def test_a_file_that_does_not_run_is_one_sentence(render, verdict, said) -> None:
    """where nothing could be called there is one row with the reason, not a screen of cases"""
    text = flowing(render(never_run("Your file cannot be used at all.", said, verdict)))
    assert text.count("Your file cannot be used at all.") == 1
    assert text.count("None of the 6 cases ran.") == 1
    assert "gate of" not in text
    assert "fix exercises/convolution.py first: none of its functions could be called." in text


@renderings
def test_a_fault_in_every_case_is_one_row(render) -> None:
    """where the grader failed for the whole file, that is said once"""
    text = flowing(render(never_run("The disk is full.", said=True, verdict=Verdict.FAULT)))
    assert text.count("None of the 6 cases ran.") == 1
    assert text.count("The disk is full.") == 1


@renderings
def test_a_function_that_fails_everywhere_keeps_its_cases(render) -> None:
    """one function that fails in the same words in each of its cases is no file that does not run"""
    text = flowing(render(of(*(outcome(f"case {n}", Verdict.RAISED, text="f raised ValueError: no") for n in range(4)))))
    assert all(f"case {n}" in text for n in range(4))
    assert text.count("f raised ValueError: no") == 1


@renderings
def test_findings_stand_once_at_the_first_failing_case(render) -> None:
    """what was found about a function stands below its first case that did not pass"""
    cases = [outcome("a"), *(outcome(name, Verdict.WRONG, text=f"fact {name}") for name in "bcd")]
    place = Finding("conv2d", FindingKind.PLACE, "Line 57: look at this slice.\n    out[i:]", (SourceLine("x.py", 57),))
    report = replace(of(*cases), findings=(Finding("conv2d", FindingKind.INPUTS, "Wrong whenever x is empty."), place))
    text = flowing(render(report))
    assert text.index("fact b") < text.index("Wrong whenever x is empty.") < text.index("out[i:]") < text.index("fact c")
    assert text.count("out[i:]") == text.count("Wrong whenever x is empty.") == 1
    assert next_step(report) == "fix conv2d in exercises/convolution.py. Line 57: look at this slice."


@renderings
@pytest.mark.parametrize("where", ["line", "cell [3], line"])
def test_code_in_an_exception_is_not_shown_again(render, where) -> None:
    """below a place that was found stands no line of code that the report on the exception shows; any other does"""
    lines = f"{where} 7, in conv2d:  out[i] = 1\nand {where} 5:  for i in x:\n    i 3\nAn index runs past the end."
    case = outcome("a", Verdict.RAISED, text=f"conv2d raised IndexError: index 3\n{lines}")
    told = f"Look at two places.\n{where} 5: look at the loop.\n    for i in x:\n{where} 9: look at the name.\n    x = y"
    found = Finding("conv2d", FindingKind.PLACE, told, (SourceLine("x.py", 5), SourceLine("x.py", 9)))
    text = flowing(render(replace(of(case), findings=(found,))))
    assert text.count("for i in x:") == 1
    assert text.index("5: look at the loop.") < text.index("9: look at the name.") < text.index("x = y")


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("Look at two places.\nLine 5: look at a.\n    a\nLine 9: look at b.\n    b", "two places: line 5 and line 9."),
        (
            "Look at one of two places.\nCell [3], line 5: look at a.\n    a\nCell [4], line 1: look at b.\n    b",
            "one of two places: cell [3], line 5 or cell [4], line 1.",
        ),
        (
            "Look at two places.\nN.ipynb cell 5, line 2: look at a.\n    line 1: look at x\nN.ipynb cell 5, line 3: look at b",
            "two places: N.ipynb cell 5, line 2 and N.ipynb cell 5, line 3.",
        ),
    ],
)
def test_what_is_next_names_both_places(told, place) -> None:
    """where a change at one of two lines would do, or two are needed, the last line of a report says which"""
    found = Finding("conv2d", FindingKind.PLACE, told, (SourceLine("x.py", 5), SourceLine("x.py", 9)))
    report = replace(of(outcome("a", Verdict.WRONG, text="fact")), findings=(found,))
    assert next_step(report) == f"fix conv2d in exercises/convolution.py. Look at {place}"


def test_a_count_is_no_advice() -> None:
    """that some calls are right does not say what to do next: the case does"""
    count = Finding("conv2d", FindingKind.INPUTS, "Right in 2 of 7 calls.")
    report = replace(of(raised("a ring of zeros", 4, "line 7, in conv2d:  out[i] = 1")), findings=(count,))
    assert next_step(report) == 'fix conv2d in exercises/convolution.py, line 7: "a ring of zeros".'


@renderings
def test_a_sentence_that_names_a_line_is_no_line_of_code(render) -> None:
    """of the same exception at the same lines only the message is told again, whatever figures its explanation holds"""
    cases = [
        outcome(
            f"size {size}",
            Verdict.RAISED,
            text=f"f raised IndexError: index {size}\ncell [2], line 7, in f:  out[i] = 1\n    i {size}\n"
            f"`out` has {size} entries: in cell [2], line 5 it runs over `range(k)`.",
        )
        for size in (3, 4)
    ]
    text = flowing(render(of(*cases)))
    assert text.count("it runs over") == 1
    assert "As above: f raised IndexError: index 4" in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_arrays_side_by_side_stay_whole(width) -> None:
    """a line that is too wide ends between two arrays, not in one that would fit"""
    arrays = ["images (3, 4, 6, 4) float64", "filters = [[1, 10], [100, 1000]] float64", "bias = [0.3416, 0.6105, 2] float64"]
    case = replace(outcome("a", Verdict.WRONG, text="fact"), call="f(images, filters, bias)\n  " + "   ".join(arrays))
    lines = text_of(of(case), width).split("\n")
    assert max(map(len, lines)) <= width
    assert all(any(array in line for line in lines) for array in arrays)
    assert len({len(line) - len(line.lstrip()) for line in lines if any(array in line for array in arrays)}) == 1


# Code and the carets below it

CODE = "    def conv2d(x, w, stride=1, padding=0, and=2, something_long=3, something_longer=4):"
CARETS = " " * CODE.index("and=2") + "^^^"


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("place", [0, 4, 30, 50, len(CODE) - 1])
def test_carets_point_to_their_place(width, place) -> None:
    """however narrow the terminal, the caret is below the same character"""
    code = "".join(chr(0x4E00 + n) if character != " " else character for n, character in enumerate(CODE))
    fact = f"x.py, line 3\n{code}\n{' ' * place}^\nSyntaxError: invalid syntax"
    for report in (of(outcome("a", Verdict.RAISED, text=fact)), of(problems=(fact,))):
        lines = text_of(report, width).split("\n")
        below = next(number for number, line in enumerate(lines) if line.strip() == "^")
        pointed = lines[below - 1][lines[below].index("^")]
        assert pointed == code[place]
        assert max(map(len, lines)) <= width


def test_code_is_set_in_columns_in_a_page() -> None:
    """indented lines are preformatted, so that a caret is below its place in a browser too"""
    fact = f"x.py, line 3\n{CODE}\n{CARETS}\nSyntaxError: <invalid> syntax"
    for text in (reports_as_page([of(outcome("a", Verdict.RAISED, text=fact))]), report_fragment(of(problems=(fact,)), None)):
        (pre,) = re.findall(r"<pre[^>]*white-space:pre;[^>]*>([^<]*)</pre>", text)
        assert pre == f"{CODE}\n{CARETS}"
        assert "SyntaxError: &lt;invalid&gt; syntax" in text


# The left and the right end of the text between two places in the only preformatted lines of a page.
MEASURE = """([start, end]) => {
    const range = document.createRange();
    const text = document.querySelector("pre").firstChild;
    range.setStart(text, start);
    range.setEnd(text, end);
    const box = range.getBoundingClientRect();
    return [box.left, box.right];
}"""


@needs_a_browser
def test_carets_are_below_their_place_in_a_browser() -> None:
    """on a page and in a notebook's cell the carets begin and end where the code does that they point to"""
    start, end = CODE.index("and=2"), CODE.index("and=2") + 3
    below = len(CODE) + 1
    report = of(outcome("a", Verdict.RAISED, text=f"x.py, line 3\n{CODE}\n{CARETS}\nSyntaxError: invalid syntax"))
    with chromium() as browser, watched(browser, "http://127.0.0.1:9") as (page, _):
        for text in (reports_as_page([report]), f"<body>{report_fragment(report, None)}</body>"):
            page.set_content(text)
            code, carets = (page.evaluate(MEASURE, [place + start, place + end]) for place in (0, below))
            assert code == pytest.approx(carets, abs=0.5)
            assert code[1] - code[0] > 10


@needs_a_browser
def test_code_is_scrolled_within_a_narrow_page() -> None:
    """a line of code as long as it may be widens neither the page of a phone nor the output of a cell"""
    code = f"Line 3: look at this name.\n    {'x = ' + ' + '.join(['value'] * 40)}"
    place = Finding("conv2d", FindingKind.PLACE, code, (SourceLine("x.py", 3),))
    report = replace(of(outcome("a", Verdict.WRONG, text="fact")), findings=(place,))
    with chromium() as browser, watched(browser, "http://127.0.0.1:9") as (page, _):
        page.set_viewport_size({"width": 420, "height": 800})
        for text in (reports_as_page([report]), f"<body>{report_fragment(report, None)}</body>"):
            page.set_content(text)
            assert page.evaluate("document.documentElement.scrollWidth") == 420
            assert page.evaluate("Math.max(...[...document.querySelectorAll('td *')].map(e => e.scrollWidth))") > 420
