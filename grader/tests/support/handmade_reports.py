"""Reports made by hand, for the tests of what is written about them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from cnngrade.errors import Verdict
from cnngrade.model import Case, Cost, Layer, Outcome, Report, Submission
from cnngrade.scoring import report_of

HOSTILE = (
    "<script>alert(1)</script> \"quoted\" 'too' & </pre><img src=x onerror=alert(1)> "
    "\x1b[31mred\x1b[0m \x1b]8;;http://example.org\x07link\x1b]8;;\x07 \x00 \x08\x08\x08 \x9b31m "
    "\u202eesrever\u202c \u2066\u2069 \u200b \ufeff \ud800 \ufffe ]]> \r over \u2028 caf\u00e9 \u4e2d\u6587 \U0001f600"
)
LONG = "x" * 100_000 + "\n" + "line\n" * 10_000


def outcome(
    title: str,
    verdict: Verdict = Verdict.PASSED,
    points: float = 1.0,
    earned: float | None = None,
    function: str = "conv2d",
    hidden: bool = False,
    text: str = "",
    staff: str = "",
    cause: str | None = None,
    cost: Cost | None = None,
) -> Outcome:
    name = f"{'hidden' if hidden else 'public'}/test_{function}_{title.replace(' ', '_')}"
    case = Case(name, title, points, hidden, function)
    if earned is None:
        earned = points if verdict is Verdict.PASSED else 0.0
    return Outcome(case, verdict, earned, text, staff, cause, cost)


SUBMISSION = Submission("", "convolution", Path("exercises/convolution.py"), "ab" * 32)
GRADED = replace(SUBMISSION, student="ada", path=Path("/srv/course/submitted/ada/convolution/convolution.py"))
TITLE = "Convolution: one filter slides across the image"

_FLIPPED = "The kernel is flipped. CNN 'convolution' slides the kernel as it stands (cross-correlation)."
# What code that has seen hidden inputs could tell by choosing which mistake to imitate.
_CHOSEN = "The SECRET mistake that no public case shows."
_TRACE = 'Traceback (most recent call last):\n  File "convolution.py", line 12, in conv2d\nIndexError: index 7 is out of bounds'

EVERY_VERDICT = report_of(
    SUBMISSION,
    TITLE,
    (
        outcome("a 1x1 kernel leaves the image as it is", function="correlate2d"),
        outcome(
            "the kernel slides as it stands, whatever its size, over images that are not square, nor even in height or width",
            Verdict.WRONG,
            function="correlate2d",
            text="420 of 420 numbers differ; first out[0, 0]: yours -0.31, expected 1.74",
            cause=_FLIPPED,
        ),
        outcome("output size follows from kernel, stride and padding"),
        outcome(
            "each filter sums over all channels", Verdict.RAISED, 2, text="IndexError: index 7 is out of bounds", staff=_TRACE
        ),
        outcome(
            "stride 3",
            Verdict.OVER_TIME,
            text="conv2d gave no answer within 10 s of CPU time and was stopped. Does a loop never end?",
        ),
        outcome("padding 2", Verdict.OVER_MEMORY),
        outcome("negative padding raises ValueError", Verdict.WRONG, 2, text="One of two arguments was refused."),
        outcome("a batch of 32 digits", Verdict.SLOW, 3, earned=1.24, cost=Cost(154.0, 62.0)),
        outcome("a photograph", Verdict.PASSED, 3, cost=Cost(1.4, 62.0)),
        outcome("uint8 images", Verdict.UNFINISHED, function="same", text="same is yours to write"),
        outcome("float32 stays float32", Verdict.SKIPPED, 0.5, function="same", text='waits for "uint8 images"'),
    ),
    problems=("Both convolution.py and convolution.ipynb are here; the script is the newer one and was judged.",),
    output="shape (2, 5, 6, 8)\n",
    seconds=1.25,
)

UNTOUCHED = report_of(
    SUBMISSION,
    TITLE,
    (
        outcome("a 1x1 kernel", Verdict.UNFINISHED, function="correlate2d", text="correlate2d is yours to write"),
        *(
            outcome(f"size {size}", Verdict.SKIPPED, 0.5, function="correlate2d", text='waits for "a 1x1 kernel"')
            for size in range(6)
        ),
        outcome("a 1x1 kernel", Verdict.UNFINISHED, 2),
        outcome("stride", Verdict.SKIPPED, 2, text='waits for "a 1x1 kernel"'),
    ),
)

ALL_PASSED = report_of(
    SUBMISSION,
    TITLE,
    [*(outcome(f"shape {n}", points=0.5) for n in range(12)), outcome("quick", points=2, cost=Cost(0.8, 62.0))],
)

STOPPED = report_of(
    SUBMISSION,
    TITLE,
    (
        outcome("a 1x1 kernel", function="correlate2d"),
        outcome("a 3x3 kernel", Verdict.STOPPED, text="You stopped conv2d.\ncell [3], line 4, in conv2d:  while n:"),
        *(
            outcome(f"size {size}", Verdict.STOPPED, text="The check was stopped before this case was done.")
            for size in range(4)
        ),
    ),
)

ESTIMATED = report_of(
    SUBMISSION,
    TITLE,
    (
        outcome("far below the limit", points=2, cost=Cost(3.14159, 62.0, estimated=True)),
        outcome("just below the limit", points=2, cost=Cost(55.0, 62.0, estimated=True)),
        outcome("just over the limit", Verdict.SLOW, 2, 1.9, cost=Cost(62.04, 62.0, estimated=True)),
        outcome("far over the limit", Verdict.SLOW, 2, cost=Cost(2412.0, 62.0, estimated=True)),
        outcome("without end", Verdict.SLOW, 2, cost=Cost(math.inf, 0.5)),
    ),
)

LOOPED = report_of(
    SUBMISSION,
    TITLE,
    (
        outcome("quick", points=2, cost=Cost(12.0, 62.0, False, ("H",), 20.0)),
        outcome("close to the limit of loops", points=2, cost=Cost(23.0, 62.0, True, ("H", "W"), 20.0)),
        outcome("beyond it", Verdict.SLOW, 2, 1.48, cost=Cost(30.0, 62.0, False, ("H", "W"), 20.0)),
        outcome("beyond both limits", Verdict.SLOW, 2, 0.32, cost=Cost(200.0, 62.0, False, ("N", "H", "W"), 20.0)),
        outcome("at any speed", Verdict.SLOW, 2, 1.0, cost=Cost(12.0, 62.0, False, ("H",))),
        outcome("without loops", points=2, cost=Cost(40.0, 62.0, loops_cost_beyond=20.0)),
    ),
)

HIDDEN = report_of(
    GRADED,
    TITLE,
    (
        outcome("stride 2"),
        outcome(
            "padding with a stride that does not divide",
            Verdict.WRONG,
            2,
            hidden=True,
            text="SECRET: x was [[1, 2]]",
            staff="SECRET: seed 7",
            cause=_FLIPPED,
        ),
        outcome("each corner of a photograph", Verdict.WRONG, hidden=True, text="SECRET: x is [4]", cause=_CHOSEN),
        outcome("one channel", Verdict.RAISED, hidden=True, text="SECRET: ValueError: x is [3]", staff="SECRET trace"),
        outcome("slow where nobody sees it", Verdict.SLOW, 2, 1.5, hidden=True, cost=Cost(77.125, 62.0)),
        outcome("slow for staff", Verdict.SLOW, 2, 1.0, cost=Cost(124.0, 62.0), staff="samples: 3"),
        replace(outcome("every channel", Verdict.WRONG, staff="SECRET: yours 2, expected 3", cause=_FLIPPED), own_inputs=True),
        replace(outcome("a bias", Verdict.RAISED, text="conv2d raised IndexError: index 7"), own_inputs=True),
    ),
    output="SECRET printed: [[1, 2]]\n",
    seconds=71.375,
)
HIDDEN = replace(HIDDEN, staff_notes=("Cell 3 does not run. SECRET: x was [[1, 2]]",))

FAULT = report_of(
    GRADED,
    TITLE,
    (
        outcome("stride 2"),
        outcome("padding", Verdict.FAULT, text="", staff="CourseError: the solution does not pass this case"),
    ),
)

UNREADABLE = report_of(SUBMISSION, TITLE, (), problems=("convolution.py is empty.",))

DANGEROUS = replace(
    report_of(
        Submission(HOSTILE, HOSTILE, Path("exercises/<b>\x1b[0m.py"), HOSTILE),
        HOSTILE,
        (
            outcome(HOSTILE, Verdict.WRONG, function="<i>f", text=HOSTILE, staff=HOSTILE, cause=HOSTILE),
            outcome(HOSTILE, Verdict.WRONG, function="<i>f", text=LONG, staff=LONG),
        ),
        problems=(HOSTILE, "y" * 50_000),
        output=HOSTILE + "\n" + LONG,
    ),
    layers=(Layer("limits", True, "time and memory"), Layer("seccomp", False, HOSTILE)),
)

REPORTS: dict[str, Report] = {
    "every_verdict": EVERY_VERDICT,
    "untouched": UNTOUCHED,
    "all_passed": ALL_PASSED,
    "stopped": STOPPED,
    "estimated": ESTIMATED,
    "looped": LOOPED,
    "hidden": HIDDEN,
    "fault": FAULT,
    "unreadable": UNREADABLE,
    "dangerous": DANGEROUS,
}
