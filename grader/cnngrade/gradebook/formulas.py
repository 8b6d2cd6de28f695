r"""Formulas that MathJax had better not set, on pages where students' texts are.

Each has the whole page: it may make links, define macros that the formulas of others then use, show what it likes under the
mouse, and be nested so deep that the browser gives up. A formula that does none of this needs none of these commands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

MAX_LENGTH = 5_000
"""Characters of a formula that is set."""


MAX_NESTED = 20
r"""How deep braces, environments, `\left` and the like may be nested in a formula: browsers crash at a hundred."""


_MAX_UNFINISHED = 50


# MathJax looks into everything else.
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)


_LINE_END = re.compile(r"<br\b[^>]*>\n?", re.IGNORECASE)


_ELEMENT = re.compile(r"<[^>]*>")


_NEVER = re.compile(
    r"\\(?:href|mmlToken|def|[gex]def|let|global|(?:re)?newcommand|providecommand|(?:re)?newenvironment|DeclareMathOperator"
    r"|Newextarrow|require|begingroup|endgroup|csname|mathtip|texttip|unicode|enclose|verb)(?![a-zA-Z])"
)


# What follows is how MathJax finds formulas, with the settings of nbconvert's pages.
_OPENING = re.compile(r"\$\$|\\\(|\\\[|\$|\\begin\{(?P<environment>[^}]*)\}|(?P<no_formula>\\*\\\$|\\(?:eq)?ref\{[^}]*\})")


_CLOSING = {"$$": "$$", "$": "$", r"\(": r"\)", r"\[": r"\]"}


# What opens and closes in a formula. Whether `%` begins a comment depends on what is around it: it does not in a text, and what
# a comment hides of the braces is hidden from some commands only.
_PART = re.compile(
    r"\\(?:text[a-z]*|[mhf]box)\s*\{[^{}\\$]*\}"
    r"|%(?![^\n]*[{}\\&])"
    r"|(?P<unclear>%)"
    r"|(?P<twice>\\pmb\s*\{)"
    r"|(?P<table>\\begin\s*\{(?:array|[pbBvV]?matrix|cases|aligned|(?:align|gather|eqnarray)\*?|gathered|split)\})"
    r"|(?P<open>\{|\\(?:left|begin)(?![a-zA-Z]))"
    r"|(?P<close>\}|\\(?:right|end)(?![a-zA-Z]))"
    r"|(?P<next>&|\\\\|\\cr(?![a-zA-Z]))"
    r"|(?P<rest>\\(?:(?:display|text|script|scriptscript)style|[tT]iny|scriptsize|small|normalsize|[lL]arge|LARGE|[hH]uge"
    r"|color|raise|lower|moveleft|moveright)(?![a-zA-Z]))"
    r"|\\(?:[a-zA-Z]+|.)",
    re.DOTALL,
)


_OPENED_BY = {"}": ("{", "twice"), r"\right": (r"\left",), r"\end": (r"\begin", "table")}


# MathJax sets what is in it twice: two in one another are four times the work.
_WEIGHT_OF_TWICE = 7


def _formulas(text: str) -> Iterator[str | None]:
    """Yield the formulas in a text without elements; None for one that does not end as it should."""
    position, unfinished = 0, 0
    while opening := _OPENING.search(text, position):
        position = opening.end()
        if opening["no_formula"] is not None:
            continue
        name = opening["environment"]
        closing = _CLOSING[opening[0]] if name is None else rf"\end{{{name}}}"
        depth, closed = 0, False
        for part in re.finditer(rf"{re.escape(closing)}|\\.|[{{}}]", text[position:]):
            if part[0] == closing:
                closed = True
                if depth == 0:
                    yield text[opening.start() if name is not None else position : position + part.end()]
                    position += part.end()
                    break
            elif part[0] == "{":
                depth += 1
            elif part[0] == "}":
                depth = max(depth - 1, 0)
        else:
            unfinished += 1
            if closed or unfinished > _MAX_UNFINISHED:
                yield None
                return


def _nested(formula: str) -> int:
    """Return how deep a formula is nested: at least as deep as MathJax takes it for."""
    opened: list[str] = []
    deepest = 0
    for part in _PART.finditer(formula):
        kind, what = part.lastgroup, part[0]
        if kind == "unclear":
            return MAX_NESTED + 1
        if kind in ("open", "rest", "table", "twice"):
            opened.append(what if kind == "open" else kind)
            deepest = max(deepest, len(opened) + (_WEIGHT_OF_TWICE - 1) * opened.count("twice"))
        elif kind is not None:
            inner = len(opened)
            # What changes the rest of a group ends with it.
            while inner and opened[inner - 1] == "rest":
                inner -= 1
            around = opened[inner - 1] if inner else ""
            if kind == "next" and around == "table":
                del opened[inner:]
            elif kind == "close" and around in _OPENED_BY[what]:
                del opened[inner - 1 :]
            elif what == "}":
                # The end of a group ends all that is in it; of an argument that is a text, too.
                while opened and opened.pop() not in _OPENED_BY[what]:
                    pass
    return deepest


def are_harmless(page: str) -> bool:
    """Say whether MathJax may set the formulas of a text, which is given as HTML."""
    text = _CODE.sub("<code>", page)
    if _NEVER.search(html.unescape(text)):
        return False
    for run in _ELEMENT.split(_LINE_END.sub("\n", text)):
        for formula in _formulas(html.unescape(run)):
            if formula is None or len(formula) > MAX_LENGTH or _nested(formula) > MAX_NESTED:
                return False
    return True
