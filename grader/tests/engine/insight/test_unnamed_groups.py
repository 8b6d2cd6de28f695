"""Wrong answers that nobody has named: grouped by how they behave, and named all together by one sentence."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cnngrade.answers.answer_key import recorded_answer_key
from cnngrade.answers.behaviour import FunctionBehaviour
from cnngrade.answers.fingerprint import TOLERANCE, Fingerprint, fingerprint
from cnngrade.classroom import report_store
from cnngrade.classroom.behaviour_store import load_behaviour
from cnngrade.classroom.judge_class import judge_class
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import UsageError
from cnngrade.insight.groups import Member, group_name, grouped, unnamed_groups
from cnngrade.jobs.new_mistake import new_mistake
from cnngrade.jobs.record_answers import record_answers
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import candidate
from support import tiny_course

RIGHT_TRIPLE = tiny_course.RIGHT["triple"]

# One more than twice, in four ways; two of them with other roundings, one with a helper and a constant of its own.
PLUS_ONE = {
    "ada": 'def double(x):\n    """Ada made this."""\n    # by Ada\n    return 2 * np.asarray(x) + 1',
    "ben": "def double(x):\n    return np.array([0.1 * number * 20 + 1 for number in np.asarray(x)])",
    "cyd": "ONE = [1]\n\ndef more(x):\n    return x + ONE[0]\n\ndef double(x):\n    return more(np.asarray(x) + x)",
    "dee": "def double(x):\n    return ((np.asarray(x, float) + 0.5) / 3) * 6",
}
OTHERS = {
    "eva": "def double(x):\n    return np.asarray(x) * 4",
    "fay": "def double(x):\n    return np.asarray(x).reshape(7) * 2",
    "gil": "def double(x):\n    while True:\n        pass",
    "hal": "def double(x):\n    return np.asarray(x) ** 2",  # this one has a name
    "ian": tiny_course.RIGHT["double"],
    "jan": "def double(x):\n    import os\n    os._exit(0)",
    "lea": "def double(x):\n    x = np.asarray(x)\n    return x * 2 if x.ndim < 2 else x * 2 + 7.0625",
    # Wrong where lea is; the right answer is a list for a row, which the row's case allows.
    "lou": "def double(x):\n    x = np.asarray(x)\n    y = x * 2 if x.ndim < 2 else x * 2 + 7.0625\n"
    "    return y.tolist() if x.size == 5 else y",
    "pia": "def double(x):\n    x = np.asarray(x)\n    return x * 2 if x.size < 2 else x * 2 - 3",
    "quy": "def double(x):\n    return 2 *",  # this one does not run at all
    "kim": "def double(x):\n    return np.random.default_rng().normal(size=np.shape(x))",
    "mia": "def double(x):\n    2 * np.asarray(x)",
    "nat": "def double(x):\n    return 0 * np.asarray(x)",
    "ola": "exec('def double(x):\\n    return 2 * np.asarray(x) + 5')",
}
BY_ANOTHER = "def triple(x):\n    return double(x) + x"


def hand_in(course: Course, student: str, double: str, triple: str = RIGHT_TRIPLE) -> None:
    folder = paths.submission(course, tiny_course.UNIT, student)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{tiny_course.UNIT}.py").write_text(tiny_course.script(double=double, triple=triple), encoding="utf-8")


@pytest.fixture(scope="module")
def class_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tiny_course.make_course(tmp_path_factory.mktemp("class") / "course")
    text = (root / "course.yml").read_text()
    (root / "course.yml").write_text(text.replace("policy:\n", "policy:\n  call_seconds: 1\n"))
    course = load_course(root)
    tests = paths.public_tests(course, tiny_course.UNIT)
    of_a_row = "x = rng.normal(size=5)\n    assert_close({}, reference.double(x))"
    asked = tests.read_text().replace(of_a_row.format("student.double(x)"), of_a_row.format("np.asarray(student.double(x))"))
    tests.write_text(f"import numpy as np\n\n{asked}")
    for student, double in (PLUS_ONE | OTHERS).items():
        hand_in(course, student, double, BY_ANOTHER if student == "cyd" else RIGHT_TRIPLE)
    judge_class(course, course.units[0])
    return root


@pytest.fixture
def class_of(class_root: Path) -> Course:
    return load_course(class_root)


def test_students_with_one_fault_are_together(class_of: Course) -> None:
    """one fault in four ways of writing is one group; others are apart; who has a name, is right or only calls it is in none"""
    groups = unnamed_groups(class_of, class_of.units[0])
    assert [group.students for group in groups if len(group.students) > 1] == [tuple(PLUS_ONE), ("lea", "lou")]
    alone = {group.students[0] for group in groups if len(group.students) == 1}
    assert alone == {"eva", "fay", "gil", "jan", "kim", "mia", "nat", "ola", "pia"}
    assert {group.function for group in groups} == {"double"}
    assert groups[0].students == tuple(PLUS_ONE)
    assert len({group.name for group in groups}) == len(groups)


def test_the_example_is_the_smallest(class_of: Course) -> None:
    """the example is the shortest code, without comments and docstrings, and the smallest call that it answers wrongly"""
    group = unnamed_groups(class_of, class_of.units[0])[0]
    assert group.example.student == "ada"
    assert group.example.source == "import numpy as np\n\ndef double(x):\n    return 2 * np.asarray(x) + 1\n"
    assert group.example.call.startswith("double([")
    number = float(group.example.call.removeprefix("double([").removesuffix("])"))
    assert (float(group.example.answered[1:-1]), float(group.example.expected[1:-1])) == pytest.approx(
        (2 * number + 1, 2 * number), rel=1e-3
    )


def test_no_hidden_input_is_shown(class_of: Course) -> None:
    """what a class may see of a group holds nothing of hidden cases, also where these alone show the mistake"""
    groups = {group.students[0]: group.example for group in unnamed_groups(class_of, class_of.units[0])}
    assert groups["lea"].call == "double(...) in a hidden case"
    # The hidden table is smaller than the row.
    assert groups["pia"].call.startswith("double(x)\n  x = [")
    for example in groups.values():
        assert "0.8125" not in f"{example.call} {example.answered} {example.expected}"


def test_what_is_kept_is_damaged(class_of: Course) -> None:
    """a damaged, foreign or missing file costs its student the group and nobody anything else"""
    unit = class_of.units[0]
    path = paths.behaviour_file(class_of, unit.name, "ben")
    whole = path.read_text()
    document = json.loads(whole)
    other = document | {"behaviour": [document["behaviour"][0] | {"function": "strangers"}]}
    odd = document | {"behaviour": [document["behaviour"][0] | {"answers": [["form", ["a"], [1.0], None]]}]}
    deep = "[" * 100_000
    damaged = ["", whole[: len(whole) // 2], "[]", "null", '"text"', deep, json.dumps(document | {"key": "another"})]
    try:
        for text in [*damaged, json.dumps(other), json.dumps(odd)]:
            path.write_text(text)
            assert unnamed_groups(class_of, unit)[0].students == ("ada", "cyd", "dee"), text[:40]
        path.unlink()
        assert unnamed_groups(class_of, unit)[0].students == ("ada", "cyd", "dee")
    finally:
        path.write_text(whole)
    assert unnamed_groups(class_of, unit)[0].students == tuple(PLUS_ONE)


def members(class_of: Course) -> list[Member]:
    unit, found = class_of.units[0], []
    for student in PLUS_ONE | OTHERS:
        stored = report_store.load_with_key(class_of, unit, student)
        assert stored
        found += [Member(student, entry) for entry in load_behaviour(class_of, unit, student, stored[1])]
    return found


def test_nothing_is_asked_after_a_call_that_ended_the_worker(class_of: Course) -> None:
    """each such call costs a worker, and the next one would end no better"""
    asked = {member.student: len(member.behaviour.answers) for member in members(class_of)}
    assert (asked["jan"], asked["gil"], asked["eva"]) == (1, 1, 3)


def test_groups_do_not_depend_on_the_order(class_of: Course) -> None:
    """whoever comes first, the groups are the same; rounding that adds up from one to the next does not split them"""
    found = members(class_of)
    expected = {frozenset(member.student for member in group) for group in grouped(found)}
    first = found[0].behaviour

    def moved(answer: Fingerprint | None, steps: int) -> Fingerprint | None:
        pairs = zip(answer.numbers, answer.sizes, strict=True) if answer else ()
        return answer and replace(answer, numbers=tuple(number + 0.75 * TOLERANCE * steps * size for number, size in pairs))

    moves = [tuple(moved(answer, steps) for answer in first.answers) for steps in (1, 2, 3)]
    chain = [Member(f"r{steps}", replace(first, answers=answers)) for steps, answers in enumerate(moves, 1)]
    for seed in range(6):
        mixed = [*found, *chain]
        random.Random(seed).shuffle(mixed)
        groups = {frozenset(member.student for member in group) for group in grouped(mixed)}
        assert groups == {group | {"r1", "r2", "r3"} if "ada" in group else group for group in expected}


def test_what_was_cut_off_joins_the_group_that_begins_so(class_of: Course) -> None:
    """a function whose time ran out is with those that answered as it did so far, if there is one such group"""
    found = members(class_of)
    first = next(member for member in found if member.student == "ada")
    wrong = next(index for index, answer in enumerate(first.behaviour.answers) if answer is not None)
    cut = Member("zoe", replace(first.behaviour, answers=first.behaviour.answers[: wrong + 1], is_cut=True))
    assert {"ada", "zoe"} <= next({m.student for m in group} for group in grouped([*found, cut]) if len(group) > 1)
    short = Member("zoe", replace(cut.behaviour, source="def double(x): ..."))
    (group,) = [group for group in grouped([*found, short]) if short in group]
    assert [member.student for member in group][:: len(group) - 1] == ["ada", "zoe"]
    strange = replace(cut.behaviour, answers=(*first.behaviour.answers[:wrong], fingerprint([9.0])))
    assert ["zoe"] in [[m.student for m in group] for group in grouped([*found, Member("zoe", strange)])]


ASKED = FunctionBehaviour("double", "calls", (fingerprint(np.arange(9.0)), fingerprint(np.arange(9.0))), False, "", "", "", "")


def answering(student: str, *answers: object, asked: str = "calls", is_cut: bool = False) -> Member:
    said = tuple(None if answer is None else fingerprint(answer) for answer in answers)
    return Member(student, replace(ASKED, asked=asked, answers=said, is_cut=is_cut))


ROW = np.arange(9.0)
APART = {
    "one of two answers alike": [answering("a", ROW, ROW), answering("b", ROW, ROW + 1)],
    "a right answer and a wrong one": [answering("a", ROW, None), answering("b", ROW, ROW)],
    "answers to other calls": [answering("a", ROW), answering("b", ROW, asked="others")],
    "one of many answers not alike": [answering("a", *[ROW] * 60), answering("b", *[ROW] * 59, ROW + 1)],
    "numbers in another order": [answering("a", ROW), answering("b", ROW[::-1])],
}


@pytest.mark.parametrize("what", APART)
def test_what_keeps_two_apart(what: str) -> None:
    """functions are together only if all that they answer, to the same calls, is alike"""
    assert [len(group) for group in grouped(APART[what])] == [1, 1]


def test_what_was_cut_off_joins_nobody_where_it_fits_two() -> None:
    """where the answers that are missing could be either group's, nobody guesses"""
    two = [answering("a", ROW, ROW), answering("b", ROW, ROW + 1)]
    cut = answering("zoe", ROW, is_cut=True)
    assert sorted(len(group) for group in grouped([cut, *two])) == [1, 1, 1]
    assert sorted(len(group) for group in grouped([cut, two[0]])) == [2]


@pytest.mark.parametrize("size", [1.25, 0.125, 2.0, 3.75, 0.5, 1e-3, 12.5, 1.05, 96.0])
def test_rounding_does_not_rename_a_group(size: float) -> None:
    """a group is called the same whoever is its example, also where the numbers are round ones"""
    names = {group_name(answering("a", np.array([size * (1 + 1e-12 * step)]))) for step in (-1, 0, 1)}
    assert len(names) == 1


def test_one_sentence_names_them_all(class_root: Path, tmp_path: Path) -> None:
    """the frame of a group, once its sentence is written, names everybody in it at the next grading, and on their machines"""
    class_of = load_course(shutil.copytree(class_root, tmp_path / "course"))
    unit = class_of.units[0]
    group = unnamed_groups(class_of, unit)[0]
    path = new_mistake(class_of, unit, group.name)
    text = path.read_text()
    assert "ada" not in text.casefold()
    assert path.parent == paths.mistakes_folder(class_of, unit.name)
    with pytest.raises(UsageError, match="already"):
        new_mistake(class_of, unit, group.name)
    # Without its sentence it changes nothing: nobody is judged again.
    fresh: list[str] = []
    judge_class(class_of, unit, on_report=lambda report, new: fresh.extend([report.submission.student] if new else []))
    assert fresh == []
    sentence = "One too many: twice a number is not one more."
    path.write_text(text.replace("# sentence:", "# sentence: One too many: twice a number\n#   is not one more."))
    judged = judge_class(class_of, unit, list(PLUS_ONE))
    for entry in judged:
        failed = [outcome for outcome in entry.report.outcomes if outcome.earned == 0 and outcome.case.function == "double"]
        told = {outcome.cause for outcome in failed if outcome.verdict.value != "skipped"}
        assert told == {sentence}, entry.work.student
    answers = tmp_path / "answers.npz"
    record_answers(class_of, unit, answers)
    suite = Suite(class_of, unit, answer_key=recorded_answer_key(answers))
    for student in PLUS_ONE:
        script = paths.submission(class_of, unit.name, student) / f"{unit.name}.py"
        report = judge_one(suite, candidate(class_of, script, unit, "", Fresh(class_of.policy, tmp_path)))
        assert sentence in {outcome.cause for outcome in report.outcomes}, student
    assert not any(set(group.students) & set(PLUS_ONE) for group in unnamed_groups(class_of, unit))


def test_no_frame_where_no_name_could_be_given(class_of: Course) -> None:
    """what only raises, does not end or is not there makes no frame, and says what to do"""
    unit = class_of.units[0]
    groups = {group.students[0]: group for group in unnamed_groups(class_of, unit)}
    refused = dict.fromkeys(("fay", "gil", "jan", "mia", "nat"), "numbers") | {"ola": "cannot be taken out"}
    assert {student for student, group in groups.items() if not group.can_be_named} == set(refused)
    for student, said in refused.items():
        with pytest.raises(UsageError, match=said):
            new_mistake(class_of, unit, groups[student].name)
    with pytest.raises(UsageError, match="There are: "):
        new_mistake(class_of, unit, "double-00000")


def test_the_command(class_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`new mistake` writes the frame and says what to do; of anything else it says what was asked for wrongly"""
    root = shutil.copytree(class_root, tmp_path / "course")
    monkeypatch.chdir(root)
    course = load_course(root)
    name = unnamed_groups(course, course.units[0])[0].name
    done = CliRunner().invoke(main, ["new", "mistake", "scaling", name])
    path = paths.mistakes_folder(course, "scaling") / f"{name.replace('-', '_')}.py"
    assert done.exit_code == 0, done.output
    assert str(path) in done.output
    assert "cnngrade verify scaling; cnngrade grade scaling" in done.output
    assert "# sentence:\n# about:\n" in path.read_text()
    wrong = {
        ("mistake",): "cnngrade new mistake UNIT GROUP",
        ("mistake", "scaling"): "cnngrade new mistake UNIT GROUP",
        ("mistake", "scaling", name, "more"): "cnngrade new mistake UNIT GROUP",
        ("mistake", "scaling", name, "--course"): "cnngrade new mistake UNIT GROUP",
        ("mistake", "sca", name): "sca",
        ("mistake", "scaling", "../../etc"): "There is no group ../../etc",
        ("mistake", "scaling", "a\x1b[31m\nb"): "There is no group a\\x1b[31m\\nb",
        ("one", "two"): "cnngrade new one",
    }
    for words, said in wrong.items():
        done = CliRunner().invoke(main, ["new", *words])
        assert done.exit_code == 2, words
        assert said in done.output, done.output
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_class_of_nobody(course: Course) -> None:
    """before anybody has handed in there are no groups, and the command says where they come from"""
    assert unnamed_groups(course, course.units[0]) == ()
    with pytest.raises(UsageError, match="cnngrade grade scaling"):
        new_mistake(course, course.units[0], "double-12345")
