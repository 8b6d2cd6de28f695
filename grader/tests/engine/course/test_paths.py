"""Where things are in a classroom is written down once, in `course/paths`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngrade.course import paths
from cnngrade.model import Course
from support.places import ENGINE

# Names that mean nothing else, whichever string holds them.
FILES = ("timestamp.txt", "gradebook.db", "nbgrader_config.py", ".cnngrade-key", ".lock", ".secret", "log.jsonl")
# Names that are words of other things too (a key of course.yml, of a notebook's cell): counted where a path is put together.
FOLDERS = ("submitted", "autograded", "release", "source", "feedback", "reports")


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield every string that is not a docstring: neither a statement of its own."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node


def parts_of_paths(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the strings that are joined with `/` or handed to what takes paths."""
    for node in ast.walk(tree):
        sides: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            sides = node.args if name in ("Path", "joinpath", "with_name", "glob", "rglob", "Unicode", "join") else []
        yield from (side for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str))


def names_of_the_classroom(source: str) -> list[tuple[int, str]]:
    """Return line and name wherever the source names a file or folder of the classroom."""
    tree = ast.parse(source)
    found = [(node.lineno, name) for node in strings(tree) for name in FILES if name in node.value]
    for node in parts_of_paths(tree):
        found += [(node.lineno, part) for part in node.value.split("/") if part in FOLDERS]
    # Where a string is a program in itself, such as nbgrader's configuration, the programs it holds count too.
    for node in strings(tree):
        if "\n" in node.value:
            found += [(node.lineno, name) for name in FOLDERS if f'/ "{name}"' in node.value]
    return found


def test_names_of_the_classroom_are_in_paths_alone() -> None:
    """no other module of the engine writes down the name of a file or folder of the classroom"""
    found = {
        path.relative_to(ENGINE).as_posix(): names
        for path in sorted(ENGINE.rglob("*.py"))
        if (names := names_of_the_classroom(path.read_text(encoding="utf-8")))
    }
    # Sakai has a file of its own that is called so, Gradescope a folder; a job elsewhere keeps the gradebook that it made.
    elsewhere = {"submission/platforms/sakai.py": "timestamp.txt", "ci/gradescope.py": "source"}
    elsewhere |= dict.fromkeys(("ci/github.py", "ci/gitlab.py"), "gradebook.db")
    assert {file: {name for _, name in found.pop(file)} for file in elsewhere} == {
        file: {name} for file, name in elsewhere.items()
    }
    assert set(found) == {"course/paths.py"}
    assert {name for _, name in found["course/paths.py"]} >= {*FILES, "source", "feedback", "reports"}


@pytest.mark.parametrize(
    "source",
    [
        "room / 'submitted' / student",
        "x = 'timestamp.txt'",
        "f'{room}/gradebook.db'",
        "room.joinpath('release', unit)",
        "path.glob('reports/*.json')",
        "c = '''\nsource = classroom / \"source\"\n'''",
        "submitted = Unicode('submitted', help='where')",
    ],
)
def test_a_name_of_the_classroom_is_found(source: str) -> None:
    """alone, in a path, in an f-string, in a pattern and in a program that is a string"""
    assert len(names_of_the_classroom(source)) == 1


@pytest.mark.parametrize("source", ["data['release']", "cell.get('source', '')", "'''It writes timestamp.txt.'''\nx = 1"])
def test_another_use_of_the_word_is_left_alone(source: str) -> None:
    """keys of course.yml and of cells, and what a docstring says, are not paths"""
    assert names_of_the_classroom(source) == []


def test_a_classroom_is_laid_out_as_nbgrader_expects(tmp_path: Path) -> None:
    """the folders have nbgrader's names, in the folder that course.yml names"""
    from nbgrader.coursedir import CourseDirectory

    course = Course("course", "A course", tmp_path, (), classroom=Path("room"))
    theirs = CourseDirectory()
    room = tmp_path / "room"
    assert paths.submission(course, "unit", "ada") == room / theirs.submitted_directory / "ada" / "unit"
    assert paths.release_folder(course, "unit") == room / theirs.release_directory / "unit"
    assert paths.source(course) == room / theirs.source_directory
    assert paths.feedback(course) == room / theirs.feedback_directory
    assert theirs.db_url.endswith(f"/{paths.gradebook(course).name}")
