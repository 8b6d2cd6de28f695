"""What a student wrote in words, in whatever kind of cell: in text cells, in comments, in strings among the code."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from textwrap import dedent

from cnngrade.submission.read import MAX_CODE_BYTES

# Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which put no spaces between words.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)


# Letters, digits, and signs that stand for a word; editors rewrite the punctuation of Markdown.
_WORD = rf"[^\W{_UNSPACED}]+|[^\x00-\x7f\s]"


_UNSPACED_LETTER = f"[{_UNSPACED}]"


_LETTER = rf"[^\W\d_{_UNSPACED}]"


# Sets of so many letters take longer to compile than a check to look for an answer, and most checks need none of them.
_compiled = functools.cache(re.compile)


_COMMENT = re.compile(r"#+:?[^\S\n]*(.*)$", re.MULTILINE)


_TOP_COMMENT = re.compile(r"^#+:?[^\S\n]*(.*)$", re.MULTILINE)


_NOT_INDENTED_COMMENT = re.compile(r"^(?!\s)[^#\n]*#+:?[^\S\n]*(.*)$", re.MULTILINE)


# What IPython reads and Python does not.
_COMMAND = re.compile(r"^[^\S\n]*+(?:(?:[\w, ]+=[^\S\n]*+)?[%!?].*|[\w.*]+\?\??)$", re.MULTILINE)


# What editors and converters write into a script.
_NOT_SAID = re.compile(r"In ?\[[\d ]*\]:?|!/\S*|!/usr/bin/env python\S*|(?:-\*-)?\s*coding[:=].*|%%.*|Created on .*|@author:.*")


_DECORATION = re.compile(r"[\s*_>#\\-]+")


_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


# Where Python ends a line.
_LINE_END = re.compile(r"\r\n?|\n")


_AROUND_A_LINE = " \t#\"'"


_DEFINITION = re.compile(r"@|(?:async[^\S\n]+)?def\b|class\b")


_COMMENT_LINE = re.compile(r"([^\S\n]*)#+:?(.*)")


# How an answer is announced, in some of the languages in which students write.
_LABEL = re.compile(
    r"\W*(?:(?:(?:the|my|our|here|is)\s+)*(?:answers?|questions?|antwort|frage|r[eé]ponse|respuesta|resposta|risposta"
    r"|antwoord|svar|odpowied[zź]|ответ|cevap)(?![^\W_])|[aq]\s*[:.)]\s|回答|答案|答[:\uff1a])",
    re.IGNORECASE,
)


# What code has and a sentence that happens to be Python ("it is not so") does not.
_CODE_SIGN = re.compile(r"[=(\[{.:+*/@<>-]|^(?:return|import|from|raise|del|assert|global)\b")


_A_PHRASE = 3
"""Words that say something: fewer in a comment are a label."""


_A_SENTENCE = 6
"""Words that say more than a label."""


_A_PARAGRAPH = 25
"""Words that say more than comments in the middle of code do."""


_LETTERS_OF_A_WORD = 2


_LONGEST_STATEMENT = 10_000


_SAME_LINE = 0.7
"""The part of a line's words by which it is still one that was handed out, in the wording of another release."""


def bare(text: str) -> str:
    """Return a text without spaces, line ends and Markdown's signs for emphasis and headings: what editors change."""
    return _DECORATION.sub("", text)


def words(text: str) -> list[str]:
    """Return the words of a text in their order."""
    return _compiled(_WORD).findall(text)


def differing_words(one: str, other: str) -> int:
    """Count the words that one of two texts has more often than the other."""
    ours, theirs = Counter(words(one)), Counter(words(other))
    return (ours - theirs).total() + (theirs - ours).total()


def is_part(text: str, whole: str) -> bool:
    """Say whether `whole` becomes `text` when words are left out."""
    rest = iter(words(whole))
    return all(word in rest for word in words(text))


def has_new_paragraph(text: str, whole: str) -> bool:
    """Say whether one of a text's paragraphs has mostly words that `whole` has not, or stands before or after all of it."""
    if bare(text).startswith(bare(whole)) or bare(text).endswith(bare(whole)):
        return len(bare(text)) > len(bare(whole))
    theirs = frozenset(words(whole))
    paragraphs = [words(paragraph) for paragraph in _BLANK_LINE.split(text)]
    return any(2 * sum(word in theirs for word in paragraph) < len(paragraph) for paragraph in paragraphs)


def lines_of(sources: Iterable[str]) -> frozenset[str]:
    """Return the lines of texts or of code, by which words that were handed out are told from a student's."""
    return frozenset(bare_line(line) for source in sources for line in source.splitlines())


def bare_line(line: str) -> str:
    """Return a line without its indentation, and without the signs that make it a comment or a string."""
    return line.strip(_AROUND_A_LINE)


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


def new_lines(lines: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the lines that are not `known`, as `lines_of` returns them, and that no editor wrote."""
    bare_lines = map(bare_line, lines)
    return [line for line in bare_lines if line not in known and not _NOT_SAID.fullmatch(line)]


def _phrase_of(lines: Iterable[str], known: Collection[str]) -> str:
    said = "\n".join(new_lines(lines, known))
    return said if len(words(said)) >= _A_PHRASE else ""


def _ipython_statements(source: str) -> list[ast.stmt] | None:
    statements = _statements(source)
    return _statements(_COMMAND.sub("", source)) if statements is None else statements


def _length(text: str) -> int:
    """Count the words of a text that spaces part from others; without spaces, two letters count as one."""
    spaced = sum(1 for part in text.split() if _compiled(_LETTER).search(part))
    return spaced + -(-len(_compiled(_UNSPACED_LETTER).findall(text)) // _LETTERS_OF_A_WORD)


def _is_announced(text: str) -> bool:
    label = _LABEL.match(text)
    return label is not None and bool(words(text[label.end() :])) and not text[label.end() :].lstrip().startswith("=")


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_code(text: str) -> bool:
    """Say whether a comment is code that was taken out: a statement, the line that begins a block, or a command to IPython."""
    if _COMMAND.fullmatch(text):
        return True
    forms = (text, f"{text} pass", f"if x: pass\n{text} pass", f"try: pass\n{text} pass")
    return bool(_CODE_SIGN.search(text)) and len(text) <= _LONGEST_STATEMENT and any(map(_parses, forms))


def _comments(source: str) -> Iterator[tuple[list[str], int]]:
    """Yield the comments of code, lines that follow each other as one, and how many words in them are no comment on code.

    A comment beside code, right above it in a function, or right above a function is about that. One with which a function or
    all the code ends is not.
    """
    block: list[str] = []
    column = 0
    is_apart = False
    for line in source.splitlines():
        comment = _COMMENT_LINE.fullmatch(line)
        if comment:
            column = len(comment[1])
            is_apart = False
            block.append(comment[2])
        elif line.strip():
            if block:
                is_last = column > 0 and not line[0].isspace()
                is_apart = is_apart or (column == 0 and not _DEFINITION.match(line))
                yield block, _A_PHRASE if is_last else _A_SENTENCE if is_apart else _A_PARAGRAPH
            block = []
            if beside := _COMMENT.findall(line):
                yield beside, _A_PARAGRAPH
        else:
            is_apart = True
    if block:
        yield block, _A_PHRASE


def _in_comments(source: str, known: frozenset[str]) -> Iterator[str]:
    for block, least in _comments(source):
        if not _is_announced("\n".join(block)) and _is_code(dedent("\n".join(block))):
            continue
        lines = new_lines(block, known)
        said = "\n".join(line for line in lines if _is_announced(line) or not _is_code(line))
        if _length(said) >= least or any(map(_is_announced, said.splitlines())):
            yield said


def _is_text_alone(node: ast.expr | None) -> bool:
    """Say whether an expression is a text, or calls something with texts and nothing else: `Markdown("...")`."""
    if isinstance(node, ast.Call):
        return bool(node.args) and all(map(_is_text_alone, node.args))
    if isinstance(node, ast.BinOp):
        return _is_text_alone(node.left) and _is_text_alone(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _names(statement: ast.stmt) -> Iterator[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    yield from (target.id for target in targets if isinstance(target, ast.Name))


@functools.lru_cache(maxsize=16)
def _words_of_lines(lines: frozenset[str]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(words(line)) for line in lines)


def _was_handed_out(line: str, known: frozenset[str]) -> bool:
    found = frozenset(words(line))
    return any(len(found & other) >= _SAME_LINE * max(len(found), len(other)) for other in _words_of_lines(known))


def _docstrings(statements: list[ast.stmt], functions: Collection[str]) -> set[ast.stmt]:
    """Return what may be the docstrings of `functions`, one for each; any other function's describes it."""
    found = {statement.name: statement.body[0] for statement in statements if isinstance(statement, ast.FunctionDef)}
    return {first for name, first in found.items() if name in functions or _LABEL.match(name)}


_WITH_STATEMENTS = ("body", "handlers", "cases", "orelse", "finalbody")
"""The fields of statements, in their order, that hold others."""


def _all_statements(top: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement and all in it, outer ones first, in the order of `ast.walk`: that looks at expressions as well."""
    level: list[ast.AST] = [top]
    while level:
        yield from (node for node in level if isinstance(node, ast.stmt))
        level = [inner for node in level for name in _WITH_STATEMENTS for inner in getattr(node, name, ())]


def _last_statements(statements: Iterable[ast.stmt]) -> set[ast.stmt]:
    """Return the statements with which functions end that have others before them."""
    return {node.body[-1] for node in statements if isinstance(node, ast.FunctionDef) and len(node.body) > 1}


def _in_strings(source: str, known: frozenset[str], functions: Collection[str]) -> Iterator[str]:
    """Yield what strings say, other than the message of an exception: how much it has to be depends on where they are."""
    statements = _ipython_statements(source) or []
    everything, lines_of_code = [inner for top in statements for inner in _all_statements(top)], _LINE_END.split(source)
    at_the_top, last, docstrings = set(statements), _last_statements(everything), _docstrings(statements, functions)
    for statement in everything:
        if hasattr(statement, "body") or isinstance(statement, ast.Match | ast.Raise | ast.Assert):
            continue
        if not any('"' in line or "'" in line for line in lines_of_code[statement.lineno - 1 : statement.end_lineno]):
            continue
        value = getattr(statement, "value", None)
        least = _A_SENTENCE
        if statement in at_the_top:
            least = _A_PHRASE if _is_text_alone(value) else _A_SENTENCE
        elif isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and statement not in docstrings:
            # It describes the code that it is in, as a comment there does, unless no code follows it.
            least = _A_PHRASE if statement in last else _A_PARAGRAPH
        named = any(_LABEL.match(name) for name in _names(statement))
        for node in ast.walk(statement):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            lines = new_lines(node.value.splitlines(), known)
            text = "\n".join(lines)
            enough = 1 if named or _is_announced(text) else least
            if statement in docstrings and _length(text) >= enough:
                text = "\n".join(line for line in lines if not _was_handed_out(line, known))
            if _length(text) >= enough:
                yield text


def said_in_code(source: str, known: frozenset[str], functions: Collection[str]) -> str:
    """Return what code of the student's own says in words: in comments, in strings, or because it is not code at all.

    Lines that are `known` do not count, and fewer words than a phrase has are "". A docstring counts in one of `functions`.
    """
    statements = _ipython_statements(source)
    if statements is None:
        return _phrase_of(source.splitlines(), known)
    lines = [*_NOT_INDENTED_COMMENT.findall(source), *_strings(statements)]
    return _phrase_of("\n".join(lines).splitlines(), known) or said_with_code(source, known, functions)


def said_between_functions(source: str, known: frozenset[str]) -> str:
    """Return what code says outside its functions, as `said_in_code` does."""
    lines = [*_TOP_COMMENT.findall(source), *_strings(_statements(source) or [])]
    return _phrase_of("\n".join(lines).splitlines(), known)


def said_with_code(source: str, known: frozenset[str], functions: Collection[str]) -> str:
    """Return what says more than comments on code do, in code that is judged; "" where nothing does.

    That is what begins with a word like "answer"; a phrase in a comment or a string with which a function or the code ends, or
    in a statement at the top level that is nothing but a string; a sentence in a comment with a blank line below it or at the
    top level, in the docstring of one of `functions`, or in another string that describes no code; a paragraph anywhere.
    """
    return "\n".join([*_in_comments(source, known), *_in_strings(source, known, functions)])


def said_in_module(source: str, known: frozenset[str], functions: Collection[str]) -> str:
    """Return what `said_with_code` does for a module of the student's own, whose docstring describes it."""
    statements = _ipython_statements(source)
    first = statements[0] if statements and len(list(_strings(statements[:1]))) else None
    lines = source.splitlines()
    if first is not None and _length("\n".join(_strings([first]))) < _A_PARAGRAPH:
        lines[first.lineno - 1 : first.end_lineno] = []
    return said_with_code("\n".join(lines), known, functions)
