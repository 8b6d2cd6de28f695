"""Known mistakes that are files with a student's code: read as text, run in workers, proved as the others are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnngrade.answers.mistake_files import finished, mistake_files
from cnngrade.classroom.report_store import judging_digest
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError
from cnngrade.jobs.kept_proof import proof_key
from cnngrade.jobs.release import write_handout
from cnngrade.jobs.verify import prove
from cnngrade.model import Course
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import candidate
from support import other_course, tiny_course
from support.asked_alike import fixed_calls

PLUS_ONE = "# sentence: One too many.\n\nimport numpy as np\n\ndef double(x):\n    return np.asarray(x) * 2 + 1\n"


def keep(course: Course, name: str, text: str) -> Path:
    path = paths.mistakes_folder(course, tiny_course.UNIT) / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def findings(course: Course) -> list[str]:
    return [finding.text for finding in prove(course, course.units[0], lambda step: None).findings]


def test_a_file_is_proved_as_other_mistakes_are(course: Course) -> None:
    """it is caught by cases, and named in grading and on a student's machine; its code runs in workers and nowhere else"""
    trace = course.root / "ran"
    writes = f"try:\n    open({str(trace)!r}, 'w')\nexcept OSError:\n    pass\n"
    in_ours = f"import os\nif os.getpid() == {os.getpid()}:\n    raise SystemExit('in the process that judges')\n"
    keep(course, "double_plus_one", f"{PLUS_ONE}\n{writes}\n{in_ours}")
    proof = prove(course, course.units[0], lambda step: None)
    assert [finding.text for finding in proof.findings] == []
    caught = {entry.mistake.name: entry for entry in proof.mistakes}["double_plus_one"]
    assert (caught.named, caught.named_by_handout) == (True, True)
    assert caught.cases
    # A sandbox keeps it from the course's folder.
    assert not trace.exists()


BROKEN = {
    "double_loops": (PLUS_ONE.replace("return np", "while True: pass\n    return np"), "gave no answer within"),
    "double_ends": (PLUS_ONE.replace("return np", "__import__('os')._exit(1)\n    return np"), "ended the whole process"),
    "double_no_python": ("# sentence: S.\n\ndef double(x:\n    return\n", "SyntaxError"),
    "double_twice": ("# sentence: S.\n\ndef twice(x):\n    return 1\n", "double is not defined"),
    "double_raises": ("# sentence: S.\n\ndef double(x):\n    return x[7, 8]\n", "gives no wrong answer in numbers"),
    "double_nothing": ("# sentence: S.\n\ndef double(x):\n    x * 2\n", "nobody would be told its sentence, not even"),
    "double_random": (
        "# sentence: S.\n\nimport numpy as np\n\ndef double(x):\n    return np.asarray(x) + np.random.default_rng().random()\n",
        "nobody would be told its sentence, not even",
    ),
    "double_counts": (
        PLUS_ONE.replace("\ndef", "\nasked = []\n\ndef").replace("+ 1", "+ (asked.append(x) or len(asked))"),
        "answers the same call otherwise when it is asked in another order",
    ),
    "double_nan": (PLUS_ONE.replace("* 2 + 1", "* np.nan"), "nobody would be told its sentence, not even"),
    "double_again": (PLUS_ONE.replace("* 2 + 1", "** 2"), "those of another known mistake"),
    "double_empty": ("", "line 1: the sentence is empty"),
    "double_no_sentence": ("# about: x\n# sentence:   \n\n" + PLUS_ONE.partition("\n\n")[2], "line 2: the sentence is empty"),
    "double_below": ("x = 1\n# sentence: S.\n", "line 1: the sentence is empty"),
}
QUICK = ("double_raises", "double_nothing", "double_counts", "double_again", "double_no_sentence", "double_below")


@pytest.mark.parametrize("names", [QUICK, pytest.param(tuple(BROKEN), marks=pytest.mark.slow)])
def test_files_that_are_of_no_use(tmp_path: Path, names: tuple[str, ...]) -> None:
    """of each `verify` says which file it is, why nobody would be told its sentence, and what to do"""
    root = tiny_course.make_course(tmp_path)
    text = (root / "course.yml").read_text()
    (root / "course.yml").write_text(text.replace("policy:\n", "policy:\n  call_seconds: 0.2\n"))
    course = load_course(root)
    kept = {name: keep(course, name, BROKEN[name][0]) for name in names}
    found = findings(course)
    for name in names:
        said = BROKEN[name][1]
        mine = [text for text in found if text.startswith(str(kept[name]))]
        assert any(said in text for text in mine), (name, found)


def test_files_that_cannot_be_read(course: Course) -> None:
    """names that belong to no function, two mistakes of one name, bytes that are no text and too many of them are told"""
    unit = course.units[0]
    for name, text, said in [
        ("treble_wrong", PLUS_ONE, "double, triple"),
        ("double", PLUS_ONE, "FUNCTION_NAME.py"),
        ("double_large", "#" * 300_000, "larger than"),
    ]:
        path = keep(course, name, text)
        with pytest.raises(CourseError, match=said):
            mistake_files(course, unit)
        path.unlink()
    path = keep(course, "double_squared", PLUS_ONE)
    assert any("two known mistakes that are called double_squared" in text for text in findings(course))
    path.write_bytes(b"# sentence: \xff\n")
    with pytest.raises(CourseError, match="UTF-8"):
        mistake_files(course, unit)


HEADS = {
    "# sentence: One.\n": ("One.", ""),
    "#sentence:One.\n#about:size\n": ("One.", "size"),
    "# a note\n#\n# sentence: One\n#   and two.\n# about: size\n#\n#   not this\n": ("One and two.", "size"),
    "# sentence:\n#   One.\n": ("One.", ""),
    "\ufeff# sentence: Größe: 10 %.\r\n# about: size\r\n": ("Größe: 10 %.", "size"),
    "#   sentence: not this\n# sentence: One.\n": ("One.", ""),
}


@pytest.mark.parametrize("head", HEADS)
def test_what_the_head_says(course: Course, head: str) -> None:
    """a sentence may go on in further lines; byte order marks, line ends of Windows and other comments do no harm"""
    path = keep(course, "double_odd", "")
    path.write_bytes((head + "\ndef double(x):\n    # sentence: no\n    return x\n").encode())
    (file,) = mistake_files(course, course.units[0])
    assert (file.known.sentence, file.known.about) == HEADS[head]


def test_who_is_judged_again(course: Course) -> None:
    """a file with a sentence changes what verdicts depend on, a frame does not; the proofs of other units stay"""
    root = tiny_course.add_unit(course.root)
    course = load_course(root)
    one, other = course.units
    before = judging_digest(course, one)
    path = keep(course, "double_odd", PLUS_ONE.replace("One too many.", ""))
    assert judging_digest(course, one) == before
    proof = proof_key(course, other), proof_key(course, one)
    path.write_text(PLUS_ONE)
    assert judging_digest(course, one) != before
    assert judging_digest(course, other) == judging_digest(load_course(root), other)
    assert (proof_key(course, other), proof_key(course, one) == proof[1]) == (proof[0], False)
    named = judging_digest(course, one)
    path.rename(path.with_name("triple_odd.py"))
    assert judging_digest(course, one) != named


def test_students_do_not_get_it(course: Course, tmp_path: Path) -> None:
    """no line of the file is in a handout"""
    keep(course, "double_plus_one", PLUS_ONE)
    folder = tmp_path / "handout"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    assert not any(b"np.asarray(x) * 2 + 1" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not (folder / "autograde_tests" / "mistakes").exists()


STACK = "# sentence: The largest item is taken off. A stack gives back what came last.\n\n\n" + other_course.STACK.replace(
    "self.items.pop()", "self.items.pop(self.items.index(max(self.items)))"
)


@pytest.mark.slow
def test_a_class_that_is_a_known_mistake(tmp_path: Path) -> None:
    """objects of a file's class are in its worker as those of a submission are, and so can be asked what a class is asked"""
    course = load_course(other_course.make_other_course(tmp_path))
    unit = course.unit("stacks")
    path = paths.mistakes_folder(course, unit.name) / "Stack_largest.py"
    path.parent.mkdir()
    path.write_text(STACK)
    assert [file.known.function for file in finished(mistake_files(course, unit))] == ["Stack"]
    proof = prove(course, unit, lambda step: None)
    caught = {entry.mistake.name: entry for entry in proof.mistakes}["Stack_largest"]
    assert caught.cases
    assert caught.named
    assert [finding.text for finding in proof.findings] == []
    calls, _ = fixed_calls(course, unit)
    student = candidate(course, path, unit, "ada", Fresh(course.policy, tmp_path)).work.open()
    (behaviour,) = calls.behaviour(student, ["Stack"], (), 2.0)
    wrong = [answer for answer in behaviour.answers if answer is not None]
    assert all(answer.reason is None for answer in wrong)
    assert 0 < len(wrong) < len(behaviour.answers)
    assert "push" in behaviour.call
