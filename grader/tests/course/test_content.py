"""What the course promises beyond its tests: real data with its sources, pictures, hints, a scheme for every question."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnngrade.answers.mistakes import load_mistakes
from cnngrade.budget.variants import Kind
from cnngrade.course import paths
from cnngrade.course.hints import load_hints
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.calibrate import load_variants
from cnngrade.pictures.draw import draw_expected, load_pictures
from support.places import ROOT

COURSE = load_course(ROOT)
DATA = ROOT / "exercises" / "data"
UNITS = [unit.name for unit in COURSE.units]


def test_the_course_has_its_eight_units() -> None:
    """eight units, worth a hundred points together, one of each for prose"""
    assert UNITS == ["pixels", "padding", "convolution", "filters", "pooling", "hierarchy", "classifier", "learning"]
    assert sum(unit.points for unit in COURSE.units) == 100
    assert all(unit.prose_points == 1 for unit in COURSE.units)


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_is_complete(name: str) -> None:
    """pictures, three hints per function and a marking scheme with full, half and no points; hints hold no code"""
    unit = COURSE.unit(name)
    assert len(load_pictures(COURSE, unit)) >= 2
    hints = load_hints(COURSE, unit)
    assert hints is not None
    texts = [*hints.unit, *(text for group in (hints.functions, hints.budgets) for three in group.values() for text in three)]
    assert [text for text in texts if re.search(r"`|np\.|\w\(|\[.*:|==|\+=", text)] == []
    scheme = paths.marking_file(COURSE, name).read_text(encoding="utf-8")
    assert re.search(r"^\| 1 \|", scheme, re.MULTILINE)
    assert re.search(r"^\| 0\.5 \|", scheme, re.MULTILINE)
    assert re.search(r"^\| 0 \|", scheme, re.MULTILINE)


@pytest.mark.parametrize("name", UNITS)
def test_what_is_taken_from_the_solution_is_there(name: str) -> None:
    """no known mistake fails because it asks the solution for something that it does not have"""
    solution = load_module(paths.solution_file(COURSE, name), ROOT)
    tree = ast.parse(paths.mistakes_file(COURSE, name).read_text(encoding="utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    asked = {node.attr for node in attributes if ast.unparse(node.value) == "solution"}
    assert asked
    assert sorted(name for name in asked if not hasattr(solution, name)) == []


@pytest.mark.parametrize("name", [unit.name for unit in COURSE.units if unit.budgets])
def test_every_budget_has_variants(name: str) -> None:
    """six or more for each function with a time budget, good and slow ones, few in between, each with its limit"""
    unit = COURSE.unit(name)
    variants = load_variants(COURSE, unit)
    assert len({variant.sentence for variant in variants}) == len(variants)
    for function in unit.budgets:
        kinds = [variant.kind for variant in variants if variant.function == function]
        assert len(kinds) >= 6
        assert kinds.count(Kind.GOOD) >= 3
        assert kinds.count(Kind.SLOW) >= 2
        assert kinds.count(Kind.BETWEEN) <= 2


@pytest.mark.parametrize(
    ("name", "shapes", "options"),
    [
        ("padding", [(2, 3, 4, 5)], ((2,), ((1, 3), 0.5), (0, -1.0))),
        ("convolution", [(2, 3, 7, 8), (4, 3, 2, 3), (4,)], ((), (2, 1), (3, 0))),
        ("pooling", [(2, 3, 7, 8)], ((2,), (3, 1), (3, 2, 1), ((2, 3), None, (1, 1)))),
    ],
)
def test_variants_are_right_beyond_their_budget(name: str, shapes: list[tuple[int, ...]], options: tuple[tuple, ...]) -> None:
    """with other arguments than those whose time is taken, every variant answers as the solution does"""
    unit, rng = COURSE.unit(name), np.random.default_rng(5)
    solution = load_module(paths.solution_file(COURSE, name), ROOT)
    variants = load_variants(COURSE, unit)
    code = load_module(paths.variants_file(COURSE, name), ROOT)
    arrays = [rng.normal(size=shape) for shape in shapes]
    for variant in variants:
        for option in options:
            expected = getattr(solution, variant.function)(*arrays, *option)
            np.testing.assert_allclose(getattr(code, variant.name)(*arrays, *option), expected, err_msg=variant.name)


@pytest.mark.parametrize("name", UNITS)
def test_every_picture_can_be_drawn_and_seen(name: str) -> None:
    """with the solution, each panel holds more than one colour and is no larger than a screen needs"""
    unit = COURSE.unit(name)
    for picture in load_pictures(COURSE, unit):
        panels = draw_expected(COURSE, unit, picture).panels
        assert 1 <= len(panels) <= 12
        assert any(np.ptp(panel.image) > 0 for panel in panels)
        assert max(max(panel.image.shape) for panel in panels) <= 256


@pytest.mark.parametrize("name", UNITS)
def test_mistakes_are_explained_in_sentences(name: str) -> None:
    """each mistake has a sentence that ends like one, and none is longer than a few lines"""
    sentences = [mistake.sentence for mistake in load_mistakes(COURSE, COURSE.unit(name))]
    assert [text for text in sentences if not text.endswith(".") or len(text) > 240 or "\n" in text] == []


def test_data_is_small_and_says_where_it_is_from() -> None:
    """all data together is below 2 MB, digits and weights below 0.3 MB, and every file has its row of source and licence"""
    files = [path for path in DATA.iterdir() if path.suffix != ".md"]
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 2e6
    assert sum((DATA / name).stat().st_size for name in ("digits.npz", "lenet.npz")) < 0.3e6
    licences = (DATA / "LICENCES.md").read_text(encoding="utf-8")
    assert [path.name for path in files if f"| `{path.name}{'/' if path.is_dir() else ''}`" not in licences] == []


def test_lessons_show_pictures_that_are_there() -> None:
    """every lesson has a drawn picture, every picture that it names is a file, and no file is unused"""
    lessons = {name: paths.exercise_file(COURSE, name).read_text(encoding="utf-8") for name in UNITS}
    named = {name: re.findall(r"\(data/(pictures/\w+\.png)\)", text) for name, text in lessons.items()}
    assert all(named.values())
    assert sorted(path for paths in named.values() for path in paths) == sorted(
        path.relative_to(DATA).as_posix() for path in (DATA / "pictures").iterdir()
    )


def test_the_weights_are_as_good_as_stated() -> None:
    """the shipped weights name 98.6 % of the digits held back, measured here, with no digit among them that was trained on"""
    with np.load(DATA / "lenet.npz") as file:
        held_back = file["held_back"]
        params = {name: file[name].astype(np.float64) for name in file.files if name != "held_back"}
    with np.load(DATA / "digits.npz") as file:
        digits, labels = file["images"][held_back], file["labels"][held_back]
    assert len(set(held_back.tolist())) == 360
    names = load_module(paths.solution_file(COURSE, "classifier"), ROOT).classify(digits, params)
    right = int((names == labels).sum())
    assert right == 355
    for path in (DATA / "LICENCES.md", ROOT / "exercises" / "classifier.py"):
        stated = path.read_text(encoding="utf-8")
        assert "355" in stated
        assert "98.6 %" in stated


@pytest.mark.slow
def test_the_weights_can_be_made_again(tmp_path: Path) -> None:
    """the script makes weights as good as those in the file, from its seed"""
    root = tmp_path / "course"
    for folder in ("solutions", "exercises"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    script = root / "solutions" / "data" / "lenet_weights.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    share = float(re.search(r"held back: ([\d.]+)%", done.stdout).group(1))
    assert share >= 97
    with np.load(root / "exercises" / "data" / "lenet.npz") as made, np.load(DATA / "lenet.npz") as kept:
        assert made.files == kept.files
        np.testing.assert_array_equal(made["held_back"], kept["held_back"])
