"""`cnngrade similar`: what it reads, whom it compares, what it says, and that it runs and changes nothing."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cnngrade.classroom.collected import Origin, remember
from cnngrade.classroom.judge_class import judge_class
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.files import digest_of_file
from cnngrade.jobs.similar import similar
from cnngrade.model import Course
from cnngrade.similarity.alike_class import AlikeClass
from support import tiny_course
from support.alike import hand_in, independent
from support.disguises import disguised
from support.handmade_class import store, wrong

TEXTS = independent()
SOURCE = TEXTS["022_convolution_tap_without_step"]
OTHERS = list(TEXTS.values())[10:18]


def as_notebook(text: str) -> str:
    """Return a script as a notebook with a cell for each definition, and one that is broken."""
    sources = ["# %load nothing\nfor (", *re.split(r"\n(?=def )", text), "%timeit 1 + 1\n!ls"]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": one} for one in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def fill(course: Course, more: Mapping[str, str]) -> None:
    """Let eight hand in what they wrote by themselves, and others what is named."""
    for number, text in enumerate(OTHERS):
        hand_in(course, f"alone{number}", text)
    for student, text in more.items():
        hand_in(course, student, text, f"{tiny_course.UNIT}.{'ipynb' if text.startswith('{') else 'py'}")


def who(found: AlikeClass) -> list[set[str]]:
    return [{found.submissions[at].student for at in group.members} for group in found.groups]


def give(course: Course, *command: str) -> Result:
    with contextlib.chdir(course.root):
        return CliRunner().invoke(main, ["similar", *command], catch_exceptions=False)


def everything_in(folder: Path) -> dict[str, str]:
    return {str(path): digest_of_file(path) for path in folder.rglob("*") if path.is_file()}


def test_a_copy_in_a_notebook_is_told_of_beside_the_script(course):
    """a script and a notebook, renamed and with a broken cell, are compared as the same functions"""
    fill(course, {"ada": SOURCE, "ben": as_notebook(disguised(SOURCE, "renamed", 3))})
    found = similar(course, course.units[0])
    assert who(found) == [{"ada", "ben"}]
    assert len(found.submissions) == 10
    assert list(found.not_compared) == []


def test_nothing_is_run_and_nothing_in_the_classroom_changes(course, tmp_path):
    """work that would write a file is read, and classroom, reports and gradebook stay as they are"""
    trap = f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).write_text('x')\n"
    fill(course, {"ada": trap + SOURCE, "ben": trap + SOURCE})
    store(course, wrong("ada", "The numbers are squared."))
    before = everything_in(course.root)
    page = tmp_path / "alike.html"
    result = give(course, "scaling", "--html", str(page))
    assert result.exit_code == 0
    assert not (tmp_path / "ran").exists()
    assert everything_in(course.root) == before
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_what_the_command_says(course):
    """the warning, then the pair with its functions; JSON and nothing else with --json; the exit code is 0"""
    fill(course, {"ada": SOURCE, "ben": disguised(SOURCE, "split", 3)})
    result = give(course, "scaling")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "scaling: 10 submissions compared with each other."
    assert "not a verdict" in lines[1]
    assert re.fullmatch(r"  1\.  \d\d %  ada and ben: (double|triple) \d+ %, (double|triple) \d+ %", lines[3])
    document = json.loads(give(course, "scaling", "--json").stdout)
    assert [group["members"] for group in document["groups"]] == [["ada", "ben"]]
    assert document["groups"][0]["share"] == pytest.approx(similar(course, course.units[0]).groups[0].share, abs=1e-4)
    none = give(course, "scaling", "--threshold", "100")
    assert none.stdout.splitlines()[1:] == ["No two are alike by 100 % or more."]


def test_the_most_alike_come_first_and_the_others_are_counted(course):
    """--most shows so many, and says how many there are besides"""
    more = {}
    for number, text in enumerate(list(TEXTS.values())[20:23]):
        more |= {f"a{number}": text, f"b{number}": disguised(text, "dead code", number)}
    fill(course, more)
    shares = [group.share for group in similar(course, course.units[0]).groups]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    result = give(course, "scaling", "--most", "1")
    assert result.stdout.splitlines()[-1] == "2 more, less alike, are not shown (--most)."


def test_work_that_cannot_be_read_is_named_and_costs_nobody(course):
    """an empty file, a link, a folder without work, and no notebook at all; the others are compared"""
    fill(course, {"ada": SOURCE, "ben": SOURCE, "empty": "", "broken": "{"})
    hand_in(course, "linked", SOURCE).unlink()
    (paths.submission(course, "scaling", "linked") / "scaling.py").symlink_to(paths.submission(course, "scaling", "ada"))
    paths.submission(course, "scaling", "nothing").mkdir(parents=True)
    found = similar(course, course.units[0])
    assert {left_out.student for left_out in found.not_compared} == {"empty", "broken", "linked", "nothing"}
    assert who(found) == [{"ada", "ben"}]
    assert "not compared, or not as a whole: linked: scaling.py is not a regular file" in give(course, "scaling").stdout


def test_a_class_of_none_or_one_is_an_error_that_says_what_to_do(course):
    """nobody to compare with: collect first, or name a folder"""
    with pytest.raises(UsageError, match=r"no submissions to be read.*cnngrade collect scaling"):
        similar(course, course.units[0])
    hand_in(course, "ada", SOURCE)
    result = give(course, "scaling")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "1 submission to be read" in result.stderr
    hand_in(course, "ben", "")
    assert "1 could not be read: scaling.py is empty." in give(course, "scaling").stderr
    hand_in(course, "ben", tiny_course.EXERCISE)
    assert give(course, "scaling").stdout.splitlines() == [
        "scaling: 2 submissions compared with each other.",
        "No two are alike by 65 % or more.",
    ]


def test_last_years_class_is_compared_with(course, tmp_path):
    """--also finds what was copied from others, not what others copied from each other, nor what somebody writes again"""
    fill(course, {"ada": disguised(SOURCE, "renamed", 1), "cy": disguised(OTHERS[-1] + "\nx = 1\n", "split", 2)})
    folder = tmp_path / "2025" / "submitted"
    for student in ("dan", "eve"):
        (folder / student / "scaling").mkdir(parents=True)
        (folder / student / "scaling" / "scaling.py").write_text(SOURCE)
    again = OTHERS[0]
    (folder / "alone0").mkdir()
    (folder / "alone0" / "scaling.ipynb").write_text(as_notebook(again))
    (folder / "alone0" / "readme.py").write_text("print('no work')")
    (folder / ".git").mkdir()
    (folder / ".git" / "copy.py").write_text(SOURCE)
    (folder / "scaling.py").write_text(disguised(again, "split", 1))
    (folder / "alone1.py").write_text(disguised(OTHERS[1], "split", 1))
    found = similar(course, course.units[0], also=folder)
    assert found.with_former == 5
    assert {"alone0", "submitted/scaling.py"} in who(found)
    assert not any("submitted/alone1.py" in group for group in who(found))
    assert {"ada", "submitted/dan/scaling/scaling.py", "submitted/eve/scaling/scaling.py"} in who(found)
    assert not any("submitted/alone0/scaling.ipynb" in group for group in who(found))
    result = give(course, "scaling", "--also", str(folder))
    assert result.stdout.startswith("scaling: 10 submissions compared with each other, and with 5 of others.")
    empty = give(course, "scaling", "--also", str(course.root / "exercises"))
    assert empty.exit_code == 2
    assert "writes a function of scaling" in empty.stderr


def test_one_file_of_a_group_is_not_alike_to_itself(course):
    """members of a group for whom one file was collected are not told of; who copied from them is"""
    fill(course, {"ada": SOURCE, "ben": SOURCE})
    origin = Origin("w1.zip", "moodle", "Group A_77", ("scaling.py",), "", (), "0" * 64)
    for student in ("ada", "ben"):
        remember(course, "scaling", student, origin)
    assert who(similar(course, course.units[0])) == []
    remember(course, "scaling", "ben", replace(origin, found="Group B_78"))
    assert who(similar(course, course.units[0])) == [{"ada", "ben"}]


def test_a_rare_mistake_that_both_made_is_a_hint(course):
    """a known mistake is named if few made it, with how many; one that many made is not, and a damaged report says nothing"""
    rare, common = "The numbers are squared.", "The numbers are doubled."
    for student in ("ada", "ben"):
        report = wrong(student, rare)
        store(course, replace(report, outcomes=(*report.outcomes, *wrong(student, common).outcomes)))
    for number in range(8):
        store(course, wrong(f"alone{number}", common))
    # Keeping a report hands something in.
    fill(course, {"ada": SOURCE, "ben": SOURCE})
    paths.report_file(course, "scaling", "alone3").write_text("{")
    found = similar(course, course.units[0])
    assert found.hints_on(found.groups[0].links[0]) == (f"Both, and 2 of 10 in all: {rare}",)
    assert f"Both, and 2 of 10 in all: {rare}" in give(course, "scaling").stdout
    paths.report_file(course, "scaling", "ada").write_text('{"report": 7}')
    assert similar(course, course.units[0]).hints_on(found.groups[0].links[0]) == ()


def test_the_same_wrong_answers_without_a_name_are_a_hint(course):
    """two whose functions answer alike, wrongly, and as nobody else's do, have that in common as well"""
    wrong_twice = SOURCE.replace("double", "helper").replace("triple", "other")
    for name, times in (("double", 2), ("triple", 3)):
        wrong_twice += f"\n\ndef {name}(x):\n    return np.asarray(x) * {times} + 1\n"
    fill(course, {"ada": wrong_twice, "ben": disguised(wrong_twice, "dead code", 1)})
    judge_class(course, course.units[0], students=["ada", "ben"])
    found = similar(course, course.units[0])
    assert who(found) == [{"ada", "ben"}]
    hints = found.hints_on(found.groups[0].links[0])
    assert [hint.partition(" (")[0] for hint in hints] == [
        f"Both, and 2 of 10 in all: {function} gives the same wrong answers, which have no name yet"
        for function in ("double", "triple")
    ]


def test_names_that_are_no_names(course):
    """a student's folder may be called anything that a file system takes"""
    fill(course, {"<b>": SOURCE, "=1+1": SOURCE, "a\u202eb": SOURCE, "x\ny": SOURCE})
    result = give(course, "scaling")
    assert result.exit_code == 0
    assert "a\\u202eb" in result.stdout
    assert "x\\ny" in result.stdout


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_a_page_that_cannot_be_written_is_an_error(course):
    """a full disk, or a folder that is not there to be made"""
    fill(course, {"ada": SOURCE, "ben": SOURCE})
    (course.root / "file").write_text("")
    result = give(course, "scaling", "--html", "file/alike.html")
    assert result.exit_code == 4
    assert "cannot be written" in result.stderr


def test_an_unknown_unit_and_odd_numbers_are_refused(course):
    """what is wrong with a command is said, and nothing is read"""
    assert "has no unit scalling. Did you mean scaling?" in give(course, "scalling").stderr
    for wrong_option in (("--threshold", "0"), ("--threshold", "101"), ("--most", "0"), ("--also", "nowhere")):
        assert give(course, "scaling", *wrong_option).exit_code == 2
