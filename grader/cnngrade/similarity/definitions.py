"""The definitions of a submission, each as statements in one way of writing; what does not parse is read line by line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cnngrade.similarity.canonical import Canonical, Statement
from cnngrade.similarity.source import SourceText
from cnngrade.similarity.tree import Span

_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class at the top level, or (`name` is "") a statement beside them: where it stands, and what it does."""

    name: str
    span: Span
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Statements that belong together, as they were parsed, with the place of the whole: one statement, or lines of some."""

    name: str
    span: Span
    body: tuple[ast.stmt, ...]
    is_whole: bool = True


# So many lines of texts that are no Python are read in one submission, and so many of them as one statement.
_MOST_LINES = 3_000


_MOST_JOINED = 6


_NAME = re.compile(r"\s*(?:(?:async\s+)?def|class)\s+(\w+)")


_AT_THE_MARGIN = re.compile(r"[^\s)\]}#]")


_BEGINS_A_BLOCK = re.compile(r":[ \t]*(?:#.*)?$")


_GOES_ON = re.compile(r"^(\s*)(?:elif|else|except|finally|case)\b")


def _parsed(text: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(text).body
    except _UNPARSABLE:
        return None


def definitions(sources: Sequence[SourceText], functions: Iterable[str]) -> list[Definition]:
    """Return what the texts of a submission define and do; `functions` are the unit's, whose names nobody chose."""
    lines_left = [_MOST_LINES]
    pieces = [piece for source in sources for piece in _pieces(source, lines_left)]
    meant, modules = _imported(statement for piece in pieces for statement in piece.body)
    meant |= {name: name for name in functions}
    found = []
    for piece in pieces:
        try:
            statements = Canonical(sources[piece.span[0]], meant, modules).statements(piece.body, not piece.is_whole)
        except RecursionError:
            # Nested more deeply than anybody writes: it is compared with nobody's.
            continue
        found.append(Definition(piece.name, piece.span, tuple(statements)))
    return found


def _pieces(source: SourceText, lines_left: list[int]) -> Iterator[_Piece]:
    body = _parsed(source.text)
    if body is not None:
        yield from (_piece(source, statement) for statement in body)
        return
    lines = source.text.split("\n")
    for first, last in _chunks(lines):
        text = "\n".join(lines[first:last])
        parsed = _parsed(text)
        if parsed is not None:
            for statement in parsed:
                yield _piece(source, ast.increment_lineno(statement, first))
            continue
        names = [found[1] for line in lines[first:last] if (found := _NAME.match(line))]
        statements = tuple(_by_lines(lines, first, min(last, first + lines_left[0])))
        lines_left[0] -= min(last - first, lines_left[0])
        begin = source.offset(first + 1, 0)
        yield _Piece(names[0] if names else "", (source.number, begin, begin + len(text)), statements, is_whole=False)


def _piece(source: SourceText, statement: ast.stmt) -> _Piece:
    whole = [*getattr(statement, "decorator_list", ()), statement]
    span = source.span(whole)
    assert span is not None
    return _Piece(statement.name if isinstance(statement, _Definition) else "", span, (statement,))


def _chunks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of the lines that stand together: each one at the margin with those below it that do not."""
    starts = [index for index, line in enumerate(lines) if _AT_THE_MARGIN.match(line)]
    decorated = False
    kept = []
    for index in starts:
        if not decorated and not _GOES_ON.match(lines[index]):
            kept.append(index)
        decorated = lines[index].startswith("@")
    yield from zip(kept, [*kept[1:], len(lines)], strict=True)


def _by_lines(lines: Sequence[str], first: int, last: int) -> Iterator[ast.stmt]:
    """Yield the statements of lines that are no Python together: each that is one alone, and the heads of blocks."""
    at = first
    while at < last:
        for end in range(at + 1, min(at + 1 + _MOST_JOINED, last + 1)):
            statements = _alone("\n".join(lines[at:end]))
            if statements is not None:
                yield from (ast.increment_lineno(statement, at) for statement in statements)
                at = end
                break
        else:
            at += 1


def _alone(text: str) -> list[ast.stmt] | None:
    """Return the statements of lines that were taken out of a text, heads of blocks among them; None for what is no Python."""
    text = _GOES_ON.sub(r"\1if 1:#", text)
    if _BEGINS_A_BLOCK.search(text):
        text += " pass"
    if text[:1] not in (" ", "\t"):
        return _parsed(text)
    # Lines keep their columns, and stand one further down.
    block = _parsed(f"if 1:\n{text}")
    return (
        [ast.increment_lineno(statement, -1) for statement in block[0].body] if block and isinstance(block[0], ast.If) else None
    )


def _imported(statements: Iterable[ast.stmt]) -> tuple[dict[str, str], set[str]]:
    """Return what imported names mean, and which names are modules: those that nothing binds may be, in a line that is lost."""
    meant: dict[str, str] = {}
    modules, bound, used = set[str](), set[str](), set[str]()
    for statement in statements:
        for node in ast.walk(statement):
            match node:
                case ast.Import(names=names):
                    modules.update(alias.asname or alias.name.partition(".")[0] for alias in names)
                case ast.ImportFrom(names=names):
                    meant.update({alias.asname or alias.name: f".{alias.name}" for alias in names})
                case ast.Attribute(value=ast.Name(id=name)):
                    used.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    bound.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    bound.add(name)
    return meant, modules | (used - bound - meant.keys())
