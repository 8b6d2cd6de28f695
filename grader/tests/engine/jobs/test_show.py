"""Pictures: the student's beside the expected ones, as text, PNG and page, on the instructor's machine and in a handout."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from matplotlib import image as images

from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Fault, UsageError
from cnngrade.jobs.release import release
from cnngrade.jobs.show import PictureDisplay, show, show_expected
from cnngrade.jobs.show import compared as compared_pictures
from cnngrade.jobs.targets import Target, targets
from cnngrade.pictures import matplotlib
from cnngrade.pictures.compare import Comparison, Drawing, Panel, compare_drawings
from cnngrade.pictures.draw import load_pictures, record_pictures, recorded_drawings
from cnngrade.pictures.terminal import comparison_as_text
from cnngrade.student.candidate import InlineWork
from support import tiny_course
from support.places import GRADER


def target_with(root: Path, **functions: str) -> Target:
    """Return the tiny course's unit with stubs replaced in the file that is looked at."""
    tiny_course.make_course(root)
    (root / "exercises" / "scaling.py").write_text(tiny_course.script(**functions), encoding="utf-8")
    return targets((), root)[0]


def add_picture_of_ones(root: Path) -> None:
    """Give `double` of the tiny course in `root` a second picture."""
    code = """

@picture
def double_of_ones(functions, data):
    '''Ones, and what becomes of them.'''
    return {"twice": functions.double(np.ones((5, 7)))}
"""
    path = root / "autograde_tests" / "pictures" / "scaling.py"
    path.write_text(tiny_course.PICTURES + code, encoding="utf-8")


def panel(values: object) -> Panel:
    return Panel("a panel", np.array(values, dtype=np.float32))


def compared(mine: object, expected: object) -> Comparison:
    return compare_drawings("f_x", "f", "A caption.", Drawing((panel(mine),)), Drawing((panel(expected),)))


def test_right_work_is_as_expected(tmp_path):
    """every panel of right functions is the same, in colour, in grey and with negative numbers"""
    found = show(target_with(tmp_path, **tiny_course.RIGHT))
    assert [comparison.same for comparison in found] == [True, True]
    assert [comparison.remark() for comparison in found] == ["As expected.", "As expected."]
    assert [pair.scale.signed for pair in found[1].pairs] == [False, True]


def test_wrong_work_differs_where_it_is_wrong(tmp_path):
    """the input's panel is the same, the answer's is not, and by how much is said"""
    (first, _) = show(target_with(tmp_path, double="def double(x):\n    return 3 * np.asarray(x)"))
    assert [pair.same for pair in first.pairs] == [True, False]
    assert first.remark() == "1 of 2 panels differ. twice: differs by up to 1."
    np.testing.assert_allclose(first.pairs[1].difference, np.linspace(0, 1, 12).reshape(3, 4), atol=1e-6)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("return x[0]", "yours"),
        ("return None", "not an array"),
        ("return np.full_like(x, np.nan)", "NaN"),
        ("return [['a']]", "not an array of numbers"),
        ("raise ValueError('no \\x1b[31m colour')", "no"),
        ("import os; os._exit(3)", "ended"),
    ],
)
def test_whatever_comes_back_can_be_looked_at(tmp_path, code, said):
    """no answer keeps the pictures from being drawn, as text, as PNG and as a page"""
    (first, _) = show(target_with(tmp_path, double=f"def double(x):\n    {code}"))
    assert not first.same
    text = comparison_as_text(first, 100)
    assert said in first.remark() + text
    assert "\x1b" not in text
    assert matplotlib.comparison_as_png(first).startswith(b"\x89PNG")
    assert "<script" not in matplotlib.comparison_as_html(first)


def test_an_exception_keeps_its_lines(tmp_path, monkeypatch):
    """each line of code that led to it is a line in a terminal and on a page, with matplotlib and without"""
    (first, _) = show(target_with(tmp_path, double="def double(x):\n    y = x[0]\n    return y[:, :, :, 1, 2, 3]"))
    lines = [line.strip() for line in comparison_as_text(first, 100).splitlines()]
    (code,) = (line for line in lines if line.startswith("line "))
    assert code.endswith("return y[:, :, :, 1, 2, 3]")
    for draws in (True, False):
        monkeypatch.setattr(matplotlib, "can_draw", lambda draws=draws: draws)
        caption = matplotlib.comparison_as_html(first).partition("<figcaption>")[2]
        assert any(line.startswith(code) for line in caption.splitlines())


def test_the_same_exception_is_told_once(tmp_path):
    """of two pictures that end at the same line the second one points to the first, another function's tells its own"""
    target = target_with(tmp_path, double="def double(x):\n    return x.nothing", triple="def triple(x):\n    return x.nothing")
    add_picture_of_ones(tmp_path)
    told = {one.name: one.remark() for one in show(target)}
    assert "no attribute 'nothing'" in told["double_of_a_ramp"]
    assert told["double_of_ones"] == "The same error as above."
    assert "no attribute 'nothing'" in told["triple_of_colours"]


def test_other_exceptions_are_told(tmp_path):
    """two pictures of one function that end at different lines tell both"""
    code = "def double(x):\n    if x.shape == (5, 7):\n        return x.other\n    return x.nothing"
    target = target_with(tmp_path, double=code)
    add_picture_of_ones(tmp_path)
    assert [("nothing" in one.problem, "other" in one.problem, one.told) for one in show(target, ("double",))] == [
        (True, False, False),
        (False, True, False),
    ]


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("return 2 * np.asarray(x) + (np.ndim(x) == 1)", True),
        ("return 2 * np.asarray(x) if np.ndim(x) == 2 else None", True),
        ("assert np.ndim(x) == 2\n    return 2 * np.asarray(x)", True),
        ("if np.ndim(x) < 2:\n        raise NotImplementedError\n    return 2 * np.asarray(x)", False),
        ("return np.asarray(x) * 2", False),
    ],
)
def test_what_no_picture_shows_is_said(tmp_path, code, wrong):
    """where the picture is as expected and a public test is not passed, the picture says so; what is unwritten is not wrong"""
    (found,) = show(target_with(tmp_path, double=f"def double(x):\n    {code}"), ("double",))
    assert found.same
    assert found.right is not wrong
    assert ("check finds double wrong" in found.remark()) is wrong
    assert found.remark().startswith("As expected")
    assert len(matplotlib.comparison_as_png(found)) > 1000


def test_a_kernels_functions_are_tested_as_well(tmp_path):
    """what a notebook has defined is tested where its picture is as expected"""
    course = load_course(tiny_course.make_course(tmp_path))
    kernel = ModuleType("__main__")
    kernel.double = lambda x: 2 * np.asarray(x) + (np.ndim(x) == 1)
    kernel.triple = lambda x: 3 * np.asarray(x)
    student = InlineWork(course.policy, kernel).open()
    found = compared_pictures(course, course.units[0], load_pictures(course, course.units[0]), student, "")
    assert [(one.same, one.unseen) for one in found] == [(True, "a single number is doubled"), (True, "")]


def test_tests_that_cannot_be_run_keep_no_picture_back(tmp_path):
    """where the course's tests do not load, the pictures are compared all the same"""
    target = target_with(tmp_path, **tiny_course.RIGHT)
    (tmp_path / "autograde_tests" / "public" / "test_scaling.py").write_text("import nothing_of_this_name", encoding="utf-8")
    assert [one.remark() for one in show(target)] == ["As expected.", "As expected."]


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    """pictures of a file that is not Python say so, and show what is expected"""
    target = target_with(tmp_path)
    target.path.write_bytes(b"\xff\xfe\x00")
    found = show(target)
    assert "UTF-8" in found[0].remark()
    assert "expected" in comparison_as_text(found[0], 80)


def test_an_untouched_stub_shows_what_to_expect(tmp_path):
    """only the expected panels are drawn"""
    (first, second) = show(target_with(tmp_path))
    assert first.unfinished
    assert second.unfinished
    text = comparison_as_text(first, 80)
    assert "Not written yet" in text
    assert "yours" not in text


def test_text_shows_the_picture():
    """brighter is denser, it is never wider than the terminal, and a difference has a block of its own"""
    text = comparison_as_text(compared([[0, 0, 0, 0], [0, 0, 0, 9]], [[9, 0, 0, 0], [0, 0, 0, 9]]), 60)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 60
    assert "difference" in text
    top = lines[lines.index(next(line for line in lines if "yours" in line)) + 1]
    assert top.count("@") > 1
    assert comparison_as_text(compared([[1.0]], [[1.0]]), 40).count("yours") == 1


def test_a_png_shows_the_colours():
    """a panel of one bright and one dark half is drawn with both"""
    data = matplotlib.comparison_as_png(compared([[0.0, 1.0]], [[0.0, 1.0]]))
    pixels = images.imread(io.BytesIO(data), format="png")[..., :3]
    assert (pixels == 0).all(axis=2).sum() > 1000
    assert (pixels == 1).all(axis=2).sum() > 1000


def pixels_of(data: bytes) -> np.ndarray:
    """Return the colours of a PNG, (rows, columns, 3) from 0 to 255."""
    return np.rint(images.imread(io.BytesIO(data), format="png")[..., :3] * 255).astype(int)


@pytest.mark.parametrize(
    ("caption", "label", "values"),
    [
        ("A caption of many words. " * 12, "a panel", [[0.0, 1.0]]),
        ("A caption of many words. " * 12, "a label of many words that go on and on and on and on", np.ones((8, 8))),
        ("one_word_without_an_end" * 12, "w" * 80, np.ones((64, 2))),
        ("", "", np.ones((3, 2, 2))),
    ],
)
def test_nothing_is_cut_off(caption, label, values):
    """however long title and labels are, a white margin is around all that is drawn, and each line makes the picture higher"""
    drawing = Drawing((Panel(label, np.array(values, np.float32)),))
    drawn = pixels_of(matplotlib.comparison_as_png(compare_drawings("f_x", "f", caption, drawing, drawing)))
    for edge in (drawn[:2], drawn[-2:], drawn[:, :2], drawn[:, -2:]):
        assert (edge == 255).all()
    short = compare_drawings("f_x", "f", "A caption.", drawing, drawing)
    assert len(drawn) - len(pixels_of(matplotlib.comparison_as_png(short))) >= 17 * (len(caption) // 80)


def test_a_caption_stands_once():
    """on a page and in a notebook it is text below the picture, and no part of the image"""
    comparison = compared([[0.0, 1.0]], [[0.0, 1.0]])
    titled, bare = (pixels_of(matplotlib.comparison_as_png(comparison, titled=titled)) for titled in (True, False))
    assert len(titled) - len(bare) == 17
    page = matplotlib.comparison_as_html(comparison)
    assert page.partition("<figcaption>")[2].count("A caption.") == 1
    (data,) = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    np.testing.assert_array_equal(pixels_of(base64.b64decode(data)), bare)


@pytest.mark.parametrize("values", [[[0.0, 0.5]], [[-1.0, 0.0]], [[0.1, 0.0001]]])
def test_what_is_no_number_has_a_colour_of_its_own(values):
    """NaN is neither black nor white nor in between, whatever the scale"""
    mine = np.array(values)
    mine[0, 1] = np.nan
    plain, with_nan = (pixels_of(matplotlib.comparison_as_png(compared(own, values))) for own in (values, mine))
    blank = [int(matplotlib._BLANK[place : place + 2], 16) for place in (1, 3, 5)]
    assert not (plain == blank).all(axis=2).any()
    assert (with_nan == blank).all(axis=2).sum() > 1000


def test_the_same_picture_gives_the_same_file():
    """a PNG holds neither date nor version"""
    assert matplotlib.comparison_as_png(compared([[1.0, 2.0]], [[1.0, 2.0]])) == matplotlib.comparison_as_png(
        compared([[1.0, 2.0]], [[1.0, 2.0]])
    )


def test_without_matplotlib_a_page_holds_characters(monkeypatch):
    """where nothing can draw, the page shows what a terminal shows"""
    monkeypatch.setattr(matplotlib, "can_draw", lambda: False)
    page = matplotlib.comparisons_as_page("A <title>", [compared([[0.0, 1.0]], [[1.0, 0.0]])])
    assert "<pre" in page
    assert "<img" not in page
    assert "A &lt;title&gt;" in page


def test_recorded_pictures_are_the_drawn_ones(tmp_path):
    """what a handout holds is what the solution draws, to what the eye can tell"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    record_pictures(course, course.units[0], tmp_path / "pictures.npz")
    recorded = recorded_drawings(tmp_path / "pictures.npz")
    for comparison in show_expected(course, course.units[0]):
        again = compare_drawings("", "", "", recorded[comparison.name], Drawing(tuple(p.expected for p in comparison.pairs)))
        assert again.same


def test_a_damaged_recording_is_a_fault(tmp_path):
    """a file that is not what release wrote is the course's fault and says what to do"""
    (tmp_path / "x.npz").write_bytes(b"not a zip")
    with pytest.raises(Fault, match="Get the unit's folder again"):
        recorded_drawings(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def double_of_a_ramp", "def ramp", "belongs to no function"),
        ('    """Three colours."""\n', "", "is its caption"),
        ("functions.double(ramp)}", "None}", "not an array"),
    ],
)
def test_a_bad_picture_is_the_courses_error(tmp_path, old, new, said):
    """a picture without function or caption, or that the solution cannot draw, is named"""
    course = load_course(tiny_course.make_course(tmp_path))
    path = tmp_path / "autograde_tests" / "pictures" / "scaling.py"
    path.write_text(tiny_course.PICTURES.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        show_expected(course, course.units[0])


def test_an_unknown_function_is_named(tmp_path):
    """asking for the pictures of an unknown function lists the functions"""
    with pytest.raises(UsageError, match="double, triple"):
        show(target_with(tmp_path), ("quadruple",))


def test_a_unit_without_pictures_has_none(tmp_path):
    """a unit need not have pictures"""
    target = target_with(tmp_path)
    (tmp_path / "autograde_tests" / "pictures" / "scaling.py").unlink()
    assert load_pictures(target.course, target.unit) == []
    assert show(target) == []


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """The folder that a release of the tiny course makes, without the course."""
    root = tmp_path_factory.mktemp("released")
    course = load_course(tiny_course.make_course(root / "course"))
    handout = root / "handout"
    shutil.move(release(course, course.units[0], lambda unit, step: None).folder, handout)
    shutil.rmtree(root / "course")
    return handout


@pytest.mark.slow
def test_a_handout_that_lacks_a_picture_is_a_fault(handout, tmp_path):
    """a recording that does not know a picture is damaged, and says what to do"""
    released = Path(shutil.copytree(handout, tmp_path / "mine"))
    pictures = released / "autograde_tests" / "pictures" / "scaling.py"
    pictures.write_text(tiny_course.PICTURES.replace("double_of_a_ramp", "double_of_another"), encoding="utf-8")
    with pytest.raises(Fault, match="lacks the picture double_of_another"):
        show(targets((), released)[0])


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cnngrade", "show", *arguments]
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_command_in_a_released_folder(handout, tmp_path):
    """without the solution: files are written where the command says, right work exits with 0, a stub with 1"""
    folder = Path(shutil.copytree(handout, tmp_path / "mine"))
    done = run(folder, "scaling")
    assert done.returncode == 1
    assert "Not written yet" in done.stdout
    (folder / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    done = run(folder, "scaling", "double")
    assert done.returncode == 0, done.stdout + done.stderr
    names = {path.name for path in (folder / "pictures").iterdir()}
    assert names == {"scaling.html", "scaling-double_of_a_ramp.png", "scaling-triple_of_colours.png"}
    before = set(folder.rglob("*"))
    done = run(folder, "scaling", "--text")
    assert "yours" in done.stdout
    assert set(folder.rglob("*")) == before


def test_a_notebook_gets_pictures_under_the_stub(handout):
    """the released notebook draws the pictures of a function under its stub, in a cell that is not graded"""
    cells = json.loads((handout / "scaling.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    place = sources.index('cnngrade.show("double")')
    assert 'cnngrade.check("double")' in sources[place - 1]
    assert cells[place]["metadata"]["tags"] == ["playground"]


def test_shown_in_a_notebook():
    """a notebook gets images, a console characters"""
    shown = PictureDisplay((compared([[0.0, 1.0]], [[0.0, 1.0]]),))
    bundle = shown._repr_mimebundle_()
    assert "data:image/png;base64," in bundle["text/html"]
    assert "As expected." in bundle["text/plain"]
