"""What `cnngrade ci` writes, whatever the target: whole, made the same each time, and never over what somebody else wrote."""

from __future__ import annotations

import errno
import os
import re
import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnngrade.ci import targets
from cnngrade.ci.target import RUNNABLE, About, Bundle, BundleFile, CiTarget, Contents, Packing
from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.errors import ExitCode, Fault, UsageError
from cnngrade.jobs import ci as job
from cnngrade.jobs.ci import write_bundles
from cnngrade.model import Course
from support.course_folders import hand_out_two


def bundle(contents: Contents) -> Bundle:
    names = " ".join(unit.name for unit in contents.units)
    return {"read.txt": BundleFile(names.encode()), "bin/run": BundleFile(b"#!/bin/sh\n", RUNNABLE)}


def target(packing: Packing, about: About, private: bool = True) -> CiTarget:
    return CiTarget("trial", "The trial", packing, about, bundle, lambda contents: (f"{len(contents.units)} units",), private)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of two units that are handed out, which some targets need."""
    root = tmp_path_factory.mktemp("course")
    hand_out_two(root)
    return load_course(root)


def asked(monkeypatch: pytest.MonkeyPatch, *what: Packing | About | bool) -> None:
    monkeypatch.setattr(job, "ci_target", lambda name: target(*what))  # type: ignore[arg-type]


def test_a_zip_for_each_unit(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """each unit's zip is its own, the same whenever it is made, closed to others, and what is run in it may be run"""
    asked(monkeypatch, Packing.ZIP, About.UNIT)
    written = write_bundles(course, "trial", [*course.units, course.units[0]], tmp_path)
    assert [each.place.name for each in written] == ["scaling.zip", "growing.zip"]
    assert [each.notes for each in written] == [("1 units",)] * 2
    before = written[0].place.read_bytes()
    write_bundles(course, "trial", course.units, tmp_path)
    assert written[0].place.read_bytes() == before
    assert stat.S_IMODE(written[0].place.stat().st_mode) == 0o600
    with zipfile.ZipFile(written[1].place) as archive:
        modes = {entry.filename: stat.S_IMODE(entry.external_attr >> 16) for entry in archive.infolist()}
        assert modes == {"read.txt": 0o644, "bin/run": 0o755}
        assert archive.read("read.txt") == b"growing"


def test_one_folder_of_all_units(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """it is made anew as long as nobody has written in it, with the modes, and closed to others if it holds answers"""
    asked(monkeypatch, Packing.FOLDER, About.UNITS)
    place = tmp_path / "out"
    write_bundles(course, "trial", course.units[:1], place)
    (written,) = write_bundles(course, "trial", course.units, place)
    assert (place / "read.txt").read_text() == "scaling growing"
    assert os.access(place / "bin/run", os.X_OK)
    assert not os.access(place / "read.txt", os.X_OK) or os.geteuid() == 0
    assert stat.S_IMODE((place / "read.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert written.place == place
    asked(monkeypatch, Packing.FOLDER, About.UNITS, False)
    (open_to_all,) = write_bundles(course, "trial", course.units)
    assert open_to_all.place == course.root / "classroom" / "ci" / "trial"
    assert stat.S_IMODE(open_to_all.place.stat().st_mode) & 0o400


def changed(folder: Path) -> None:
    (folder / "read.txt").write_text("mine")


def added(folder: Path) -> None:
    (folder / "bin" / "own").write_text("mine")


def linked(folder: Path) -> None:
    (folder / "bin" / "run").unlink()
    (folder / "bin" / "run").symlink_to("/etc/passwd")


def dangling(folder: Path) -> None:
    (folder / "link").symlink_to("nowhere")


def as_a_link(folder: Path) -> None:
    folder.symlink_to(folder.rename(folder.with_name("moved")))


def as_a_dangling_link(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    folder.symlink_to("nowhere")


def without_a_list(folder: Path) -> None:
    (folder / ".cnngrade-ci.json").unlink()


def with_a_broken_list(folder: Path) -> None:
    (folder / ".cnngrade-ci.json").write_text("[1")


def with_a_list_of_another_kind(folder: Path) -> None:
    (folder / ".cnngrade-ci.json").write_text('{"files": [["read.txt"], 3]}')


def a_file(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    folder.write_text("mine")


@pytest.mark.parametrize(
    "spoil",
    [
        changed,
        added,
        linked,
        dangling,
        as_a_link,
        as_a_dangling_link,
        without_a_list,
        with_a_broken_list,
        with_a_list_of_another_kind,
        a_file,
    ],
)
def test_a_folder_in_which_somebody_wrote(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil) -> None:
    """it is left as it is, and the error names a file and says what to do"""
    asked(monkeypatch, Packing.FOLDER, About.UNITS)
    place = tmp_path / "out"
    write_bundles(course, "trial", course.units, place)
    spoil(place)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=r"Nothing was written\. Move it away, or name another folder: --to FOLDER"):
        write_bundles(course, "trial", course.units, place)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("content", [b"", b"no zip", "folder", "zip"])
def test_a_zip_that_somebody_else_made(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | str
) -> None:
    """it is left as it is, and nothing is written for the other unit either"""
    asked(monkeypatch, Packing.ZIP, About.UNIT)
    place = tmp_path / "growing.zip"
    if content == "folder":
        place.mkdir()
    elif content == "zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("a", "b")
    else:
        place.write_bytes(content)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"growing\.zip was not written by cnngrade ci\. Nothing was written"):
        write_bundles(course, "trial", course.units, tmp_path)
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("packing", Packing)
def test_no_room_on_the_disk(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: Packing) -> None:
    """it is a fault that names the place, and what was there before is there still"""
    asked(monkeypatch, packing, About.COURSE)
    (written,) = write_bundles(course, "trial", (), tmp_path / "out")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Fault, match=rf"{written.place.name} cannot be written: No space left on device\. Make room"):
        write_bundles(course, "trial", (), tmp_path / "out")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_which_units_are_meant(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """where a unit has to be named and is not, and where none may be, the error says so"""
    asked(monkeypatch, Packing.ZIP, About.UNIT)
    with pytest.raises(UsageError, match=r"For which units does The trial need it\? Name them, or give --all"):
        write_bundles(course, "trial", ())
    asked(monkeypatch, Packing.ZIP, About.COURSE)
    with pytest.raises(UsageError, match="What The trial needs is the same for every unit: name none"):
        write_bundles(course, "trial", course.units)


def test_the_help_names_every_target() -> None:
    """`cnngrade ci --help` says of each target what it is, in the order in which errors list them"""
    told = CliRunner().invoke(main, ["ci", "--help"]).stdout
    assert re.findall(r"^    (\w+)  +\S", told.partition("TARGET is one of:")[2].partition("Only")[0], re.MULTILINE) == [
        *targets.NAMES
    ]


@pytest.mark.parametrize("name", targets.NAMES)
def test_every_target(name: str, course: Course, tmp_path: Path) -> None:
    """the command writes what each target needs, names the place, and says what to do with it"""
    found = targets.ci_target(name)
    assert found.name == name
    units = [] if found.about is About.COURSE else ["--all"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        done = CliRunner().invoke(main, ["ci", name, *units, "--to", str(tmp_path / "out")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    places = [Path(line.removeprefix("Written: ")) for line in done.stdout.splitlines() if line.startswith("Written: ")]
    assert places
    assert all(place.exists() for place in places)
    assert any(line.startswith("  ") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dokcer"], "There is no target dokcer. Did you mean docker?"),
        (["moon", "scaling"], "There is no target moon. There are: "),
        (["docker", "scalling"], "Did you mean scaling?"),
        (["docker", "--image", "a b\nRUN x"], "No image can be called a b\\nRUN x: write it like"),
        (["docker", "scaling", "--all"], "Name the units, or give --all"),
        (["gradescope", "--all", "--image", "ada/grader"], "What Gradescope needs is no image of yours: leave out --image"),
    ],
)
def test_what_is_typed_wrong(course: Course, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str) -> None:
    """it is a usage error that names what may be meant"""
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(main, ["ci", *words])
    assert done.exit_code == ExitCode.USAGE
    assert said in done.stderr
