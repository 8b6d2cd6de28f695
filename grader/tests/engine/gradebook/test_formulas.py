r"""Which formulas of a student's MathJax sets, and which are shown as typed."""

from __future__ import annotations

import time

import pytest

from cnngrade.gradebook.formulas import MAX_LENGTH, MAX_NESTED, are_harmless
from cnngrade.gradebook.harmless_markdown import MAX_PARSED, as_code, harmless


def nested(before: str, after: str = "", times: int = MAX_NESTED + 1, inner: str = "x") -> str:
    return before * times + inner + after * times


ALIGNED = "\n".join(rf"y_{{{row}}} &= \displaystyle\sum_{{i<n}} \frac{{x_i}}{{2}} \\" for row in range(30))


@pytest.mark.parametrize(
    "text",
    [
        r"So $y_{i}<\frac{n}{2}$ and $$\sum_{i<n} \operatorname{ReLU}\left(\mathrm{conv}(x)_i\right)$$",
        rf"\begin{{align}}{ALIGNED}\end{{align}}",
        rf"$$\begin{{aligned}}{ALIGNED}\end{{aligned}}$$",
        (
            r"\\[\begin{pmatrix}\frac{1}{\sqrt{\sum_{i=1}^{n} x_{i}^{2}}} & 0 \\ 0 & "
            r"\begin{cases}1 & \text{if } a<b\\0\end{cases}\end{pmatrix}\\]"
        ),
        r"$\left\{x \in \mathbb{R} \mid \left|x\right| < 1\right\}$, \\(\pmb{w}^{T}\pmb{x}\\) and $\boldsymbol{\theta}$",
        r"it is $95\%$, $\text{50% of }\frac{1}{2}$, 5% of $x$ and {3% of $y$",
        "$x$ % a comment\n\n$$\n% on the step\nx^{2} % and another\n$$",
        r"It costs $5 and then $6 more; the set {1, 2} costs \$3 and $ alone.",
        r"Code: `\def\a{x}` and `$\sqrt{`" + "\n\n```\n" + nested(r"$\sqrt{", "}$") + "\n```",
        "$" + nested("{", "}", MAX_NESTED) + "$",
        "$" + r"\sqrt{x}+" * 200 + "$",
        r"$" + r"\displaystyle x$ and $" * 40 + "y$",
        r"$\definitely \letter \globally$",
    ],
)
def test_an_honest_formula_is_set(text: str) -> None:
    """fractions in sums in matrices, thirty lines, texts, comments and prices"""
    assert harmless(text, {}).source == text


# Each stands in a text of its own, in each of the ways in which a formula may begin and end.
HEAVY = {
    "roots": nested(r"\sqrt{", "}"),
    "exponents": nested("x^{", "}"),
    "a hundred": nested(r"\sqrt{", "}", 100),
    "spread over lines": nested("\\sqrt\n{\n", "\n}"),
    "fractions": nested(r"\frac{1}{", "}"),
    "delimiters": nested(r"\left(", r"\right)"),
    "environments": nested(r"\begin{matrix}", r"\end{matrix}"),
    "mixed": nested(r"\left[\begin{array}{c}{", r"}\end{array}\right]", MAX_NESTED // 3 + 1),
    "styles": nested(r"\displaystyle "),
    "sizes": nested(r"\large\scriptstyle ", times=MAX_NESTED // 2 + 1),
    "raised": nested(r"\raise 1em "),
    "styles after line ends": nested("\\displaystyle\\\\"),
    "twice": nested(r"\pmb{", "}", 3),
    "escaped braces": nested(r"\sqrt{\}", r"\{}"),
    "hidden by a comment": nested("{%}\n", "}"),
    "hidden by a text with a comment": nested("\\sqrt{\\text{%}", "}"),
    "hidden by closing words": nested(r"\left(\text{\right)}", r"\right)"),
    "hidden by an environment's end": nested(r"\begin{matrix}\text{\end{matrix}}", r"\end{matrix}"),
    "long": "x+" * (MAX_LENGTH // 2) + "y",
    "definition": r"\def\a{x}\a",
    "definition without a brace": r"\def\a x",
    "global definition": r"\gdef\frac#1#2{20}",
    "new command": r"\newcommand{\a}{x}",
    "renewed": r"\renewcommand\frac[2]{20}",
    "let": r"\let\a=\frac",
    "environment": r"\newenvironment{a}{x}{y}",
    "operator": r"\DeclareMathOperator{\a}{x}",
    "arrow": r"\Newextarrow{\a}{1,1}{8594}",
    "extension": r"\require{html}",
    "group": r"\begingroup x",
    "under the mouse": r"\mathtip{x}{\rule{99em}{99em}}",
    "verbatim": r"\verb|}|",
}


@pytest.mark.parametrize("formula", HEAVY.values(), ids=HEAVY)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$", "$"), ("$$", "$$"), ("\\\\(", "\\\\)"), ("\\\\[", "\\\\]"), ("\\begin{equation}", "\\end{equation}"),
        ("- a $x$ and $", "$"), ("| $", "$ |"), ("# $", "$"), ("> *a* $", "$ b"),
    ],
)  # fmt: skip
def test_a_heavy_formula_is_shown_as_typed(formula: str, before: str, after: str) -> None:
    """nested deep, however that is written, very long, or with what it leaves to other formulas"""
    text = f"{before}{formula}{after}"
    if text.startswith(("|", "#", "- ", "> ")):
        # These are one line each.
        text = text.replace("\n", " ") if "%" not in formula else f"{before[before.rindex('$') :]}{formula}$"
    assert harmless(text, {}).source == as_code(text)


@pytest.mark.parametrize(
    "text",
    ["$" + nested(r"\\sqrt{", "}") + "$", "$a$ $" + nested("x^{", "}") + "$ {", "$$ { $ " + nested(r"\sqrt{", "}") + " $$"],
)
def test_what_begins_oddly_is_still_a_formula(text: str) -> None:
    """a dollar more, a brace that stays open, a command that Markdown reads differently"""
    assert harmless(text, {}).source == as_code(text)


@pytest.mark.parametrize("piece", ["$ { ", "\\\\[ ", "$x$ ", "\\begin{a} ", "{", "$\\left", "%", "\\ref{a} ", "\\\\\\\\] $ "])
def test_no_text_is_read_for_long(piece: str) -> None:
    """whatever begins and does not end"""
    page = "$" + piece * (MAX_PARSED // len(piece))
    start = time.process_time()
    are_harmless(page)
    assert time.process_time() - start < 1
