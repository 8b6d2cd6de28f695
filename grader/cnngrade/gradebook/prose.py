"""What a student wrote in words, in whatever kind of cell: in text cells, in comments, in strings among the code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator

from cnngrade.submission.read import MAX_CODE_BYTES

# Letters, digits, and signs that stand for a word; editors rewrite the punctuation of Markdown.
_WORD = re.compile(r"\w+|[^\x00-\x7f\s]")


_COMMENT = re.compile(r"#+:?[^\S\n]*(.*)$", re.MULTILINE)


_TOP_COMMENT = re.compile(r"^#+:?[^\S\n]*(.*)$", re.MULTILINE)


# What IPython reads and Python does not.
_COMMAND = re.compile(r"^\s*(?:[%!?].*|.*\?)$", re.MULTILINE)


_DECORATION = re.compile(r"[\s*_>#\\-]+")


_A_PHRASE = 3
"""Words that say something: fewer in a comment are a label."""


def bare(text: str) -> str:
    """Return a text without spaces, line ends and Markdown's signs for emphasis and headings: what editors change."""
    return _DECORATION.sub("", text)


def new_words(text: str, former: str) -> int:
    """Count the words of `text` that `former` does not have, or not as often."""
    return (Counter(_WORD.findall(text)) - Counter(_WORD.findall(former))).total()


def _statements(source: str) -> list[ast.stmt] | None:
    """Return the code's statements; None where it is not Python, or too much of it."""
    try:
        # A tree takes a hundred times the memory of its text.
        return ast.parse(source).body if len(source) <= MAX_CODE_BYTES else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _strings(statements: list[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def text_in_code(source: str) -> str | None:
    """Return the text of a code cell that holds nothing but comments, or nothing but bare strings; None for any other."""
    statements = _statements(source)
    if not statements:
        return None if statements is None else _COMMENT.sub(r"\1", source)
    strings = list(_strings(statements))
    return "\n".join(strings) if len(strings) == len(statements) and "#" not in source else None


def is_a_phrase(source: str, former: str = "") -> bool:
    """Say whether code says something in words: in comments, in bare strings, or because it is not code at all.

    What `former` says, the code as it was handed out, does not count.
    """

    def words(code: str) -> str:
        code = _COMMAND.sub("", code)
        statements = _statements(code)
        if statements is None:
            return code
        return "\n".join([*_COMMENT.findall(code), *_strings(statements)])

    return new_words(words(source), words(former)) >= _A_PHRASE


def says_between_functions(source: str, known: Collection[str]) -> bool:
    """Say whether code has a phrase outside of its functions, in other lines than those `known` (without spaces or `#` around)."""
    statements = _statements(source)
    lines = [*_TOP_COMMENT.findall(source), *(line for text in _strings(statements or []) for line in text.splitlines())]
    return new_words("\n".join(line for line in lines if line.strip(" \t#") not in known), "") >= _A_PHRASE
