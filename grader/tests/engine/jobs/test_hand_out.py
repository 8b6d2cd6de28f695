"""The one folder that students get: what is in it, that it is installed and checked with nothing else, and the zip of it."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.metadata
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import cnngrade
from cnngrade.classroom.roster import Participant, Roster
from cnngrade.classroom.roster_file import write_roster
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.jobs import wheel as making
from cnngrade.jobs.hand_out import HandedOut, make_handout, release_units
from cnngrade.jobs.handout_data import data_files
from cnngrade.jobs.wheel import wheel, wheel_name
from cnngrade.model import Course
from support import tiny_course
from support.course_folders import WHEEL, hand_out_two
from support.places import ENGINE

UNITS = ("scaling", "growing")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, HandedOut]:
    """A course of two units: one is released, with all that belongs to it, where the other was released before."""
    root = tmp_path_factory.mktemp("course")
    hand_out_two(root)
    course = load_course(root)
    write_roster(paths.roster(course), Roster((Participant("ada", "Augusta", "Lovelace"),)))
    told: list[str] = []
    done = release_units(course, course.units[:1], lambda unit, step: None, lambda one: told.append(one.unit.name))
    assert told == ["scaling"]
    return course, done


def test_what_is_in_it(released: tuple[Course, HandedOut]) -> None:
    """a README, the wheel, a list of units, and for each unit what nbgrader released, byte for byte; no line of a solution"""
    course, done = released
    assert {path.name for path in done.folder.iterdir()} == {"README.md", "course.yml", wheel_name(), *UNITS}
    for unit in UNITS:
        theirs = paths.release_folder(course, unit)
        files = {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()}
        assert {path.relative_to(done.folder / unit) for path in (done.folder / unit).rglob("*") if path.is_file()} == files
        assert all((done.folder / unit / file).read_bytes() == (theirs / file).read_bytes() for file in files)
    assert (done.folder / "scaling" / "scaling.ipynb").is_file()
    texts = [path.read_bytes() for path in done.folder.rglob("*") if path.is_file()]
    assert not any(b"return 2 * np.asarray(x)" in text for text in texts)


def test_who_takes_part(released: tuple[Course, HandedOut]) -> None:
    """the roster's people are in the gradebook from the release on, and nothing that is handed out names one of them"""
    course, done = released
    with closing(sqlite3.connect(paths.gradebook(course))) as database:
        assert list(database.execute("SELECT id, first_name, last_name FROM student")) == [("ada", "Augusta", "Lovelace")]
    texts = [
        path.read_bytes()
        for path in (*done.folder.rglob("*"), *paths.release_folder(course, "scaling").rglob("*"))
        if path.is_file()
    ]
    assert not any(b"Augusta" in text for text in texts)


def test_the_list_of_units(released: tuple[Course, HandedOut]) -> None:
    """the list names every unit with its points, and each unit's own course.yml says what its public cases are worth"""
    _, done = released
    listed = yaml.safe_load((done.folder / "course.yml").read_text())
    assert [unit["name"] for unit in listed["units"]] == list(UNITS)
    assert listed["overview"] is listed["handout"] is True
    assert listed["policy"] == {"packages": ["numpy"]}
    for unit in UNITS:
        (entry,) = yaml.safe_load((done.folder / unit / "course.yml").read_text())["units"]
        assert (entry["public"], entry["points"], entry["prose"]) == (4, 6, 1)


def test_the_readme(released: tuple[Course, HandedOut]) -> None:
    """its commands name the wheel that is there and a unit that is there, and its table every unit"""
    _, done = released
    text = (done.folder / "README.md").read_text()
    assert f'python -m pip install "./{wheel_name()}[pictures]" jupyterlab' in text
    assert "cnngrade check scaling " in text
    for unit in UNITS:
        assert f"| [{unit}]({unit}/README.md) |" in text
        assert f"python -m pip install ./{wheel_name()}\n" in (done.folder / unit / "README.md").read_text()
        assert "2026-03-01 12:00 UTC" in text
    assert "pip install cnngrade" not in text


def test_the_zip_is_the_folder(released: tuple[Course, HandedOut], tmp_path: Path) -> None:
    """it holds the same files in one folder, and is the same, byte for byte, when it is made again"""
    course, done = released
    with zipfile.ZipFile(done.archive) as archive:
        archive.extractall(tmp_path)
        assert archive.testzip() is None
    assert [path.name for path in tmp_path.iterdir()] == [course.name]
    ours, theirs = done.folder, tmp_path / course.name
    files = {path.relative_to(ours) for path in ours.rglob("*") if path.is_file()}
    assert {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()} == files
    assert all((ours / file).read_bytes() == (theirs / file).read_bytes() for file in files)
    before = done.archive.read_bytes()
    make_handout(course, wheel())
    assert done.archive.read_bytes() == before


def test_it_is_installed_and_checked(released: tuple[Course, HandedOut], tmp_path: Path) -> None:
    """with the wheel alone in a new environment, and no network, the units of the unpacked zip can be checked"""
    course, done = released
    with zipfile.ZipFile(done.archive) as archive:
        archive.extractall(tmp_path)
    top, venv = tmp_path / course.name, tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet"]
    # Where it finds a cnngrade already, pip installs none.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NO_COLOR")}
    installed = subprocess.run(
        [*install, f"./{wheel_name()}"], cwd=top, env=environment, capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    # What cnngrade needs comes from this environment; cnngrade itself does not, whose folder another .pth names.
    (site,) = (venv / "lib").glob("python*/site-packages")
    (site / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (top / "scaling" / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT))

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)

    where = run(str(python), "-c", "import cnngrade; print(cnngrade.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(venv)
    done_check = run(str(venv / "bin" / "cnngrade"), "check", "scaling")
    assert done_check.returncode == 0, done_check.stderr
    assert "4 of 4 points" in done_check.stdout
    everything = run(str(venv / "bin" / "cnngrade"), "check")
    assert everything.returncode == 1, everything.stderr
    assert "4 of 8 public points. In all: 8 public + 2 hidden + 2 in prose = 12 points." in everything.stdout


def test_the_wheel_is_sound(tmp_path: Path) -> None:
    """it holds the engine's files and no others, each as its RECORD says, and is the same when it is made again"""
    data = wheel()
    assert data == wheel()
    path = tmp_path / wheel_name()
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        facts = f"cnngrade-{cnngrade.__version__}.dist-info"
        record = {row[0]: row[1:] for row in csv.reader(archive.read(f"{facts}/RECORD").decode().splitlines())}
        assert list(record) == names
        for name in names[:-1]:
            assert record[name] == [f"sha256={_code(archive.read(name))}", str(len(archive.read(name)))]
        assert "Name: cnngrade\n" in archive.read(f"{facts}/METADATA").decode()
        installed = importlib.metadata.distribution("cnngrade").read_text("entry_points.txt")
        assert installed
        assert archive.read(f"{facts}/entry_points.txt").decode() == installed
    code = {f"cnngrade/{file.relative_to(ENGINE).as_posix()}" for file in ENGINE.rglob("*.py")}
    inside = {name for name in names if not name.startswith(facts)}
    assert code <= inside
    assert {Path(name).suffix for name in inside - code} <= {".json", ".ini", ".typed", ".html", ".css", ".js"}
    assert not any("__pycache__" in name for name in inside)


def _code(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def test_no_wheel_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """where the modules are of another version than what was installed, or nothing was, no wheel is made, and it says why"""
    monkeypatch.setattr(cnngrade, "__version__", "99.0")
    with pytest.raises(UsageError, match=r"This is cnngrade 99\.0, and .* is what was installed"):
        wheel()
    monkeypatch.setattr(making, "_NAME", "no-such-package")
    with pytest.raises(UsageError, match="not installed here"):
        wheel()


def test_what_is_not_released_yet(tmp_path: Path) -> None:
    """a unit that is not released is listed and has no folder; once it is, the folder is made anew and holds both"""
    done = hand_out_two(tmp_path / "course")
    course = load_course(tmp_path / "course")
    aside = tmp_path / "aside"
    shutil.move(paths.release_folder(course, "growing"), aside)
    first = make_handout(course, WHEEL)
    assert ([unit.name for unit in first.units], [unit.name for unit in first.missing]) == (["scaling"], ["growing"])
    assert not (first.folder / "growing").exists()
    assert [unit["name"] for unit in yaml.safe_load((first.folder / "course.yml").read_text())["units"]] == list(UNITS)
    (first.folder / "stray.txt").write_text("somebody worked here")
    shutil.move(aside, paths.release_folder(course, "growing"))
    assert "explore" not in (first.folder / "README.md").read_text()
    paths.explore_source(course, "scaling").parent.mkdir()
    paths.explore_source(course, "scaling").write_text("a page")
    second = make_handout(course, WHEEL)
    assert not second.missing
    assert "    cnngrade explore scaling        an interactive page" in (second.folder / "README.md").read_text()
    assert {path.name for path in second.folder.iterdir()} == {"README.md", "course.yml", wheel_name(), *UNITS}
    assert done.archive == second.archive


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """where the system refuses it, it is a fault with its place, and the former folder stays"""
    done = hand_out_two(tmp_path / "course")
    course = load_course(tmp_path / "course")
    shutil.rmtree(done.folder.parent)
    done.folder.parent.write_text("a file in the place of the folder")
    with pytest.raises(Fault, match="cannot be written"):
        make_handout(course, WHEEL)


DATA = ("mine.npz", "theirs.npz", "shared.npz", "by_fixture.npz", "LICENCES.md", "explored.npz", "deep/picture.png")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("scaling", {"mine.npz", "shared.npz", "by_fixture.npz", "LICENCES.md", "deep/picture.png"}),
        ("growing", {"theirs.npz", "shared.npz", "LICENCES.md"}),
    ],
)
def test_data_travels_to_the_units_that_name_it(tmp_path: Path, unit: str, expected: set[str]) -> None:
    """a file goes to the units whose lesson, tests, pictures or fixtures name it, and to all if none does"""
    root = tiny_course.add_unit(tiny_course.make_course(tmp_path))
    for name in DATA:
        path = root / "exercises" / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    for name in (".hidden", "__pycache__/x.pyc"):
        path = root / "exercises" / "data" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    tests = root / "autograde_tests"
    (tests / "conftest.py").write_text(
        'import pytest\n\nSHARED = "shared.npz"\n\n\ndef stored(data):\n    return data / "by_fixture.npz"\n\n\n'
        "@pytest.fixture\ndef given(data):\n    return stored(data)\n"
    )
    with (root / "exercises" / "scaling.py").open("a") as file:
        file.write("#\n# ![A picture](data/deep/picture.png)\n")
    with (tests / "public" / "test_scaling.py").open("a") as file:
        file.write('\n\ndef helper(given):\n    return "mine.npz"\n')
    with (tests / "pictures" / "growing.py").open("a") as file:
        file.write('\n\nDATA = "theirs.npz"\n')
    (root / "exercises" / "explore").mkdir()
    (root / "exercises" / "explore" / "notes.mjs").write_text('"explored.npz"')
    assert {path.as_posix() for path in data_files(load_course(root), unit)} == expected


@pytest.mark.parametrize("arguments", [[], ["--all", "scaling"]])
def test_the_command(arguments: list[str]) -> None:
    """`release` needs units or --all, and not both"""
    done = CliRunner().invoke(main, ["release", *arguments])
    assert done.exit_code == 2
    assert "Name the units, or give --all" in done.output


def test_reports_of_a_course_folder(released: tuple[Course, HandedOut], tmp_path: Path) -> None:
    """--json in the course's folder is a list of the reports on all units that are there"""
    top = Path(shutil.copytree(released[1].folder, tmp_path / "course"))
    command = [sys.executable, "-m", "cnngrade", "check", "--json"]
    done = subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)
    assert [report["rest"] for report in json.loads(done.stdout)] == 2 * [{"hidden": 1, "prose": 1, "answered": False}]
