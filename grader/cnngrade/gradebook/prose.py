"""What a student wrote in words, in whatever kind of cell: in text cells, in comments, in strings among the code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from cnngrade.submission.read import MAX_CODE_BYTES

# Letters, digits, and signs that stand for a word; editors rewrite the punctuation of Markdown.
_WORD = re.compile(r"\w+|[^\x00-\x7f\s]")


_COMMENT = re.compile(r"#+:?[^\S\n]*(.*)$", re.MULTILINE)


_TOP_COMMENT = re.compile(r"^#+:?[^\S\n]*(.*)$", re.MULTILINE)


# What IPython reads and Python does not.
_COMMAND = re.compile(r"^[^\S\n]*+(?:(?:[\w, ]+=[^\S\n]*+)?[%!?].*|[\w.*]+\?\??)$", re.MULTILINE)


# What editors and converters write into a script.
_NOT_SAID = re.compile(r"In ?\[[\d ]*\]:?|!/\S*|!/usr/bin/env python\S*|(?:-\*-)?\s*coding[:=].*|%%.*")


_DECORATION = re.compile(r"[\s*_>#\\-]+")


_AROUND_A_LINE = " \t#"


_A_PHRASE = 3
"""Words that say something: fewer in a comment are a label."""


def bare(text: str) -> str:
    """Return a text without spaces, line ends and Markdown's signs for emphasis and headings: what editors change."""
    return _DECORATION.sub("", text)


def words(text: str) -> list[str]:
    """Return the words of a text in their order."""
    return _WORD.findall(text)


def differing_words(one: str, other: str) -> int:
    """Count the words that one of two texts has more often than the other."""
    ours, theirs = Counter(words(one)), Counter(words(other))
    return (ours - theirs).total() + (theirs - ours).total()


def is_part(text: str, whole: str) -> bool:
    """Say whether `whole` becomes `text` when words are left out."""
    rest = iter(words(whole))
    return all(word in rest for word in words(text))


def lines_of(sources: Iterable[str]) -> frozenset[str]:
    """Return the lines of texts or of code, by which words that were handed out are told from a student's."""
    return frozenset(line.strip(_AROUND_A_LINE) for source in sources for line in source.splitlines())


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


def unknown_lines(text: str, known: Collection[str]) -> str:
    """Return the lines of a text that are not `known`, as `lines_of` returns them; "" where they are no phrase."""
    found = []
    for line in text.splitlines():
        bare_line = line.strip(_AROUND_A_LINE)
        if bare_line not in known and not _NOT_SAID.fullmatch(bare_line):
            found.append(bare_line)
    said = "\n".join(found)
    return said if len(words(said)) >= _A_PHRASE else ""


def _ipython_statements(source: str) -> list[ast.stmt] | None:
    statements = _statements(source)
    return _statements(_COMMAND.sub("", source)) if statements is None else statements


def said_in_code(source: str, known: Collection[str]) -> str:
    """Return what code says in words: in comments, in bare strings, or because it is not code at all.

    Lines that are `known` do not count, and fewer words than a phrase has are "".
    """
    statements = _ipython_statements(source)
    lines = [source] if statements is None else [*_COMMENT.findall(source), *_strings(statements)]
    return unknown_lines("\n".join(lines), known)


def said_between_functions(source: str, known: Collection[str]) -> str:
    """Return what code says outside its functions, as `said_in_code` does."""
    return unknown_lines("\n".join([*_TOP_COMMENT.findall(source), *_strings(_statements(source) or [])]), known)
