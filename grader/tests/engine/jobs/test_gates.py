"""Gates: `verify` says which known mistakes close each, and refuses one that asks for more than its function's plain idea."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.proof import Proof, proof_as_json, proof_as_text
from cnngrade.jobs.verify import verify
from support import tiny_course
from support.places import GRADER
from support.sweeps import sweep

CASE = "public/test_double_of_one_number"
PLAIN = "x = [3.0 + rng.random()]"
ROW = "x = [3.0, 4.0 + rng.random()]"
TABLE = "x = [[3.0, 4.0 + rng.random()]]"
COLUMN = "x = [[3.0], [4.0 + rng.random()]]"
CALL = "assert_close(student.double(x), reference.double(x))"
LARGE = "x = [150.0 + rng.random()]"

MORE_MISTAKES = """

@mistake("Only the first number is doubled.", about="rows")
def double_first_only(x):
    out = np.array(x, dtype=float)
    out[..., :1] *= 2
    return out


@mistake("Rows of a table are left as they are.", about="tables")
def double_of_tables_left(x):
    return solution.double(x) if np.ndim(x) < 2 else np.array(x, dtype=float)


@mistake("Large numbers wrap around.")
def double_in_bytes(x):
    return np.remainder(solution.double(x), 256) if np.max(x) > 128 else solution.double(x)
"""

LARGE_CASE = f'''

@points(1)
def test_double_of_a_large_number(student, reference, rng):
    """a large number is doubled"""
    {LARGE}
    {CALL}
'''


def course_with(folder: Path, gate: str = PLAIN, mark: str = "@gate", more: str = MORE_MISTAKES) -> Path:
    """Return the tiny course with that input in its gate, with more known mistakes, and with a case about large numbers."""
    root = tiny_course.make_course(folder)
    book, tests = root / "course.yml", root / "autograde_tests" / "public" / "test_scaling.py"
    book.write_text(tiny_course.COURSE_YML.replace("points: 6", "points: 7"))
    assert PLAIN in tiny_course.PUBLIC_TESTS
    tests.write_text(tiny_course.PUBLIC_TESTS.replace(PLAIN, gate).replace("@gate", mark, 1) + LARGE_CASE)
    mistakes = root / "autograde_tests" / "mistakes" / "scaling.py"
    mistakes.write_text("import numpy as np\n\n" + tiny_course.MISTAKES + more)
    return root


def proved(root: Path) -> Proof:
    course = load_course(root)
    (proof,) = verify(course, course.units, lambda unit, step: None)
    assert {finding.step for finding in proof.findings} <= {"gates"}
    return proof


def test_a_plain_gate_is_sound(tmp_path: Path) -> None:
    """a gate of the plain idea is closed by the mistakes of that idea alone, and verify says by which"""
    proof = proved(course_with(tmp_path))
    assert proof.findings == []
    (entry,) = proof.gates
    assert [closing.mistake.name for closing in entry.closed_by] == ["double_squared"]
    text = proof_as_text(proof)
    assert f"{CASE} is a gate that 1 of 4 known mistakes of double close\n    squared\n" in text
    assert "    squared" not in proof_as_text(proof, mistakes=False)
    (gate,) = proof_as_json(proof)["gates"]
    assert gate == {
        "case": CASE,
        "function": "double",
        "about": [],
        "closed_by": [{"name": "double_squared", "about": "", "share_behind": 0.0}],
    }


@pytest.mark.parametrize(
    ("gate", "names"),
    sweep(
        [
            (ROW, {"double_first_only (about rows)"}),
            (COLUMN, {"double_of_tables_left (about tables)"}),
            (TABLE, {"double_first_only (about rows)", "double_of_tables_left (about tables)"}),
            (f"{PLAIN}\n    {CALL}\n    {ROW}", {"double_first_only (about rows)"}),
            (f"{COLUMN}\n    {CALL}\n    {ROW}", {"double_first_only (about rows)", "double_of_tables_left (about tables)"}),
        ],
        ["both"],
        ["row", "column", "table", "no idea", "both"],
    ),
)
def test_a_gate_that_asks_for_more_is_refused(tmp_path: Path, gate: str, names: set[str]) -> None:
    """a mistake about something else closes the gate: verify names the gate, the mistakes, and what they are about"""
    (finding,) = proved(course_with(tmp_path, gate)).findings
    assert finding.text.startswith(f"{CASE} is a gate, and mistakes beside its idea close it")
    assert set(re.findall(r"double_\w+ \(about \w+\)", finding.text)) == names


def test_a_gate_may_say_what_it_asks_for(tmp_path: Path) -> None:
    """the same gate is sound once it says so, and no wider than it says"""
    proof = proved(course_with(tmp_path / "row", ROW, '@gate("rows")'))
    assert proof.findings == []
    assert proof.gates[0].gate.about == ("rows",)
    (finding,) = proved(course_with(tmp_path / "table", TABLE, '@gate("rows")')).findings
    assert "double_of_tables_left (about tables)" in finding.text
    assert "double_first_only" not in finding.text
    assert '@gate("rows", "tables")' in finding.text


@pytest.mark.parametrize(("mark", "about"), sweep([("@gate", ""), ('@gate("large")', "large")], [('@gate("large")', "large")]))
def test_a_gate_that_closes_for_able_work_is_refused(tmp_path: Path, mark: str, about: str) -> None:
    """a mistake that would earn most of the points behind the gate must not close it, even where the gate says so"""
    more = MORE_MISTAKES.replace('around."', f'around.", about="{about}"')
    (finding,) = proved(course_with(tmp_path, LARGE, mark, more)).findings
    assert finding.text.startswith(f"{CASE} is a gate, and closes for mistakes that would earn most of the points behind it: ")
    assert "double_in_bytes (67%)" in finding.text


@pytest.mark.slow
def test_time_budgets_say_nothing_about_a_gate(tmp_path: Path) -> None:
    """points for time behind a gate are not counted: other cases say whether an answer is right"""
    squared = "return solution.double(x) ** 2 / 4"
    right_when_timed = tiny_course.MISTAKES.replace(squared, f"{squared} if np.size(x) < 9 else solution.double(x)")
    root = tiny_course.add_budget(tiny_course.make_course(tmp_path))
    tests, book = root / "autograde_tests" / "public" / "test_scaling.py", root / "course.yml"
    budget = tiny_course.BUDGET.replace("@points(1)", "@points(9)")
    tests.write_text(tiny_course.PUBLIC_TESTS + budget)
    book.write_text(book.read_text().replace("points: 7", "points: 15"))
    (root / "autograde_tests" / "mistakes" / "scaling.py").write_text("import numpy as np\n\n" + right_when_timed)
    (closing,) = proved(root).gates[0].closed_by
    assert (closing.mistake.name, closing.share) == ("double_squared", 0.0)


@pytest.mark.slow
def test_an_unknown_word_is_refused(tmp_path: Path) -> None:
    """a gate that claims to ask for what no mistake is about is told what they are about"""
    (finding,) = proved(course_with(tmp_path / "some", mark='@gate("row")')).findings
    assert finding.text == (f'{CASE}: @gate("row"), but no known mistake of double is about that. They are about rows, tables.')
    (finding,) = proved(course_with(tmp_path / "none", mark='@gate("row")', more="")).findings
    assert finding.text.endswith("None says what it is about.")


def test_every_gate_of_a_function_is_looked_at(tmp_path: Path) -> None:
    """a second gate behind a closed one is proved as well, with what is behind it"""
    root = course_with(tmp_path)
    tests = root / "autograde_tests" / "public" / "test_scaling.py"
    tests.write_text(
        tests.read_text().replace("@points(1)\ndef test_double_of_a_row", "@gate\n@points(1)\ndef test_double_of_a_row")
    )
    proof = proved(root)
    first, second = proof.gates
    assert [closing.mistake.name for closing in first.closed_by] == ["double_squared"]
    assert {"double_squared", "double_first_only"} <= {closing.mistake.name for closing in second.closed_by}
    (finding,) = proof.findings
    assert finding.text.startswith("public/test_double_of_a_row is a gate, and mistakes beside its idea close it")


def test_the_command_ends_with_3(tmp_path: Path) -> None:
    """the command refuses the unit, and what it prints holds the gate"""
    root = course_with(tmp_path, ROW)
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    for options in ([], ["--json"]):
        command = [sys.executable, "-m", "cnngrade", "verify", *options]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 3
        if options:
            assert [finding["step"] for finding in json.loads(done.stdout)[0]["findings"]] == ["gates"]
        else:
            assert "  gates: public/test_double_of_one_number is a gate, and mistakes" in done.stdout
