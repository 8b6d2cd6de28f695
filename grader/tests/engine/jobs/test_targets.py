"""What a name means, from any folder of the course: a unit, a function, a file or a folder; and what an unknown one may be."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cnngrade.course.folder import course_folder
from cnngrade.errors import CnngradeError, UsageError
from cnngrade.jobs.explore import unit_named
from cnngrade.jobs.hand_out import HandedOut
from cnngrade.jobs.hint import next_hint
from cnngrade.jobs.show import show
from cnngrade.jobs.targets import Target, targets, unit_of_name
from support import tiny_course
from support.course_folders import copy_of, hand_out_two


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> HandedOut:
    return hand_out_two(tmp_path_factory.mktemp("course"))


@pytest.fixture
def top(handed_out: HandedOut, tmp_path: Path) -> Path:
    return copy_of(handed_out, tmp_path)


def told(found: list[Target], top: Path) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(target.unit.name, target.path.resolve().relative_to(top).as_posix(), target.functions) for target in found]


SCALING = ("scaling", "scaling/scaling.py", ())
GROWING = ("growing", "growing/growing.py", ())

# (folder, names): what they mean.
MEANINGS = {
    ("", ()): [SCALING, GROWING],
    ("", ("scaling",)): [SCALING],
    ("", ("growing/",)): [GROWING],
    ("", ("./growing",)): [GROWING],
    ("", ("double",)): [("scaling", "scaling/scaling.py", ("double",))],
    ("", ("fourfold",)): [("growing", "growing/growing.py", ("fourfold",))],
    ("", ("growing.py",)): [GROWING],
    ("", ("growing/growing.py",)): [GROWING],
    ("", ("double", "scaling")): [SCALING],
    ("", ("growing", "double")): [GROWING, ("scaling", "scaling/scaling.py", ("double",))],
    ("", ("scaling.py", "double")): [("scaling", "scaling/scaling.py", ("double",))],
    ("scaling", ()): [SCALING],
    ("scaling", ("growing",)): [GROWING],
    ("scaling", ("../growing",)): [GROWING],
    ("scaling", ("../growing/growing.py",)): [GROWING],
    ("scaling", (".",)): [SCALING],
    ("scaling", ("..",)): [SCALING, GROWING],
    ("scaling", ("growing.py",)): [GROWING],
    ("scaling", ("fourfold",)): [("growing", "growing/growing.py", ("fourfold",))],
    ("scaling", ("triple", "double")): [("scaling", "scaling/scaling.py", ("triple", "double"))],
    ("growing", ("triple",)): [("growing", "growing/growing.py", ("triple",))],
    ("growing/data", ("triple",)): [("growing", "growing/growing.py", ("triple",))],
    ("notes", ()): [SCALING, GROWING],
    ("notes", ("fourfold",)): [("growing", "growing/growing.py", ("fourfold",))],
}


@pytest.mark.parametrize(("folder", "names"), MEANINGS, ids=lambda part: "+".join(part) if isinstance(part, tuple) else part)
def test_what_a_name_means(top: Path, folder: str, names: tuple[str, ...]) -> None:
    """units, functions, files and folders are understood in the course's folder, in a unit's, and in a sibling"""
    (top / folder).mkdir(exist_ok=True)
    assert told(targets(names, top / folder), top) == MEANINGS[folder, names]


# (folder, name): what the error says.
ERRORS = {
    ("", "triple"): "triple is a function of scaling and growing. Say which unit you mean: scaling, for example.",
    ("", "scalign"): "Did you mean scaling?",
    ("", "Double"): "Did you mean double?",
    ("", "four_fold"): "Did you mean fourfold?",
    ("growing", "scaling.pyy"): "Did you mean scaling.py?",
    ("", "growng.py"): "Did you mean growing.py?",
    ("", "convolution"): "has no unit, function or file called convolution. There are: scaling, growing.",
    ("", "growing.ipynb"): "There is no file growing.ipynb in ",
    ("scaling", "autograde_tests"): "has no unit, function or file called autograde_tests.",
    ("", "course.yml"): "course.yml is neither a script (.py) nor a notebook (.ipynb).",
    ("", "notes.py"): "notes.py does not say which unit it is. There are: scaling, growing.",
    ("", "scalig.py"): "scalig.py does not say which unit it is. Did you mean scaling?",
}


@pytest.mark.parametrize(("folder", "name"), ERRORS)
def test_what_an_unknown_name_might_be(top: Path, folder: str, name: str) -> None:
    """the error says what is near, or what there is"""
    for file in ("notes.py", "scalig.py"):
        (top / file).write_text("x = 1\n")
    with pytest.raises(UsageError) as caught:
        targets((name,), top / folder)
    assert ERRORS[folder, name] in str(caught.value)


def test_a_unit_that_is_not_there(top: Path) -> None:
    """of a unit without a folder every name says so, and the others go on; of two units, the one that is there is meant"""
    (top / "growing").rename(top.parent / "growing")
    for name in ("growing", "fourfold"):
        with pytest.raises(UsageError, match="The unit growing has no folder in "):
            targets((name,), top)
    assert told(targets((), top), top) == [SCALING]
    assert told(targets(("triple",), top), top) == [("scaling", "scaling/scaling.py", ("triple",))]
    # Its folder is complete without the others, wherever it is.
    (alone,) = targets(("fourfold",), top.parent / "growing")
    assert alone.path == top.parent / "growing" / "growing.py"


def test_a_folder_that_is_no_units(top: Path) -> None:
    """a unit's folder that was put among those of another course, or below a broken course.yml, is itself and no more"""
    strange = top.parent / "strange"
    strange.mkdir()
    (top / "growing").rename(strange / "growing")
    for text in ((top / "course.yml").read_text().replace('"name": "a-tiny-course"', '"name": "another"'), "units: ["):
        (strange / "course.yml").write_text(text)
        place = course_folder(strange / "growing")
        assert place.course is place.here
        assert [unit.name for unit in place.units] == ["growing"]


def test_a_unit_that_came_later(top: Path) -> None:
    """a unit that the list does not have, in a folder of its own beside the others, is known from there"""
    book = top / "course.yml"
    listed = yaml.safe_load(book.read_text())
    assert listed["units"].pop()["name"] == "growing"
    book.write_text(yaml.safe_dump(listed))
    place = course_folder(top / "growing")
    assert [unit.name for unit in place.units] == ["scaling", "growing"]
    assert told(targets(("fourfold", "scaling"), top / "growing"), top) == [
        ("growing", "growing/growing.py", ("fourfold",)),
        SCALING,
    ]


def test_in_the_instructors_course(tmp_path: Path) -> None:
    """there a function is known, too, and its file is the exercise"""
    root = tiny_course.add_unit(tiny_course.make_course(tmp_path / "course"))
    for where in (root, root / "exercises", root / "solutions"):
        (target,) = targets(("fourfold",), where)
        assert (target.unit.name, target.path, target.functions) == (
            "growing",
            root / "exercises" / "growing.py",
            ("fourfold",),
        )


def test_hints_and_pictures_of_a_function(top: Path) -> None:
    """`hint` and `show` understand a function as `check` does"""
    (target,) = targets(("fourfold",), top / "scaling")
    hint = next_hint(target)
    assert hint is not None
    assert hint.about == "fourfold"
    assert [comparison.function for comparison in show(target)] == ["fourfold"]
    (again,) = targets(("growing",), top)
    assert {comparison.function for comparison in show(again)} == {"fourfold", "triple"}


@pytest.mark.parametrize(
    "name", ["growing", "growing/", "fourfold", "growing.ipynb", "growing/growing.py", "growing.explore.html"]
)
def test_the_unit_of_a_name(top: Path, name: str) -> None:
    """a unit is found by a file that need not be there, too: its page is asked for like its check"""
    for where in (top, top / "growing", top / "scaling"):
        course, unit, functions = unit_of_name(name, course_folder(where), where)
        assert (course.root, unit.name, functions) == (top / "growing", "growing", ("fourfold",) if name == "fourfold" else ())
    with pytest.raises(UsageError, match=r"Did you mean growing\?"):
        unit_of_name("growng", course_folder(top), top)


@pytest.mark.parametrize(
    ("where", "name", "found"),
    [
        ("scaling", "../growing", "growing"), ("scaling", "../growing/", "growing"), ("scaling", ".", "scaling"),
        ("scaling", "../growing/growing.explore.html", "growing"), ("notes", "../scaling/scaling.py", "scaling"),
        ("", "./growing", "growing"),
    ],
)  # fmt: skip
def test_the_unit_of_a_path(top: Path, where: str, name: str, found: str) -> None:
    """a unit's folder stands for the unit, as a shell completes it from a folder beside it"""
    course, unit, functions = unit_of_name(name, course_folder(top / where), top / where)
    assert (course.root, unit.name, functions) == (top / found, found, ())
    with pytest.raises(UsageError, match="Say which unit: scaling, growing"):
        unit_of_name("..", course_folder(top / "scaling"), top / "scaling")


def test_nothing_here(tmp_path: Path) -> None:
    """in a folder without a course every name is refused with the place where the course is"""
    hand_out = copy_of(hand_out_two(tmp_path / "made"), tmp_path / "downloads")
    empty = tmp_path / "downloads" / "empty"
    empty.mkdir()
    for where, says in ((empty, "cd ../course"), (tmp_path / "downloads", "cd course"), (tmp_path, "cd made")):
        for names in ((), ("double",), ("scaling.py",)):
            with pytest.raises(CnngradeError) as caught:
                targets(names, where)
            assert "There is no course.yml in" in str(caught.value)
            assert says in str(caught.value)
    assert hand_out.is_dir()


def test_paths_from_outside_the_course(top: Path) -> None:
    """a file or a unit's folder, named by its path, says itself which course it is of"""
    outside = top.parent
    for name in (f"{top.name}/growing", f"{top.name}/growing/", f"{top.name}/growing/growing.py", str(top / "growing")):
        assert told(targets((name,), outside), top) == [GROWING]
        assert unit_named(name, outside)[1].name == "growing"
    assert told(targets((top.name,), outside), top) == [SCALING, GROWING]
    with pytest.raises(CnngradeError, match=r"There is no course\.yml in"):
        targets((f"{top.name}/growing", "scaling"), outside)
