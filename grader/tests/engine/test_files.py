"""Files and folders are there whole or not at all, whenever a process is killed, and digests tell contents apart."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngrade.errors import Fault
from cnngrade.files import (
    PRIVATE,
    USUAL,
    as_it_stands,
    digest,
    digest_of_file,
    digest_of_parts,
    how_to_share,
    make_folder,
    remove,
    replace_folder,
    restore_folder,
    tidy_folder,
    write_atomically,
)
from support.places import ENVIRONMENT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with content, alone in its place."""
    made = tmp_path / "place" / "unit"
    made.mkdir(parents=True)
    (made / "work.txt").write_text("former")
    return made


def content(folder: Path) -> str:
    return (folder / "work.txt").read_text()


def test_a_folder_is_replaced(folder: Path) -> None:
    """the new content is in the folder's place, and nothing is left beside it"""
    with replace_folder(folder) as draft:
        assert content(folder) == "former"
        (draft / "work.txt").write_text("fresh")
    assert content(folder) == "fresh"
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_is_made(tmp_path: Path) -> None:
    """where there was no folder, nor the folders above it, there is one then"""
    with replace_folder(tmp_path / "a" / "b") as draft:
        (draft / "work.txt").write_text("fresh")
    assert content(tmp_path / "a" / "b") == "fresh"


def test_a_block_that_fails_changes_nothing(folder: Path) -> None:
    """what goes wrong while the fresh folder is filled leaves the former one as it was"""

    def fill() -> None:
        with replace_folder(folder) as draft:
            (draft / "work.txt").write_text("fresh")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill()
    assert content(folder) == "former"
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_that_cannot_take_its_place_changes_nothing(folder: Path) -> None:
    """when the fresh folder is gone before it can take its place, the former one is brought back"""
    with pytest.raises(FileNotFoundError), replace_folder(folder) as draft:
        draft.rmdir()
    assert content(folder) == "former"
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("kind", ["file", "link", "broken link"])
def test_what_is_not_a_folder_gives_way(tmp_path: Path, kind: str) -> None:
    """a file or a link in the folder's place is replaced; what a link leads to is left alone"""
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    if kind == "file":
        place.write_text("in the way")
    else:
        place.symlink_to(elsewhere)
    if kind == "link":
        elsewhere.mkdir()
        (elsewhere / "kept.txt").write_text("kept")
    with replace_folder(place) as draft:
        (draft / "work.txt").write_text("fresh")
    assert content(place) == "fresh"
    assert not place.is_symlink()
    assert kind != "link" or (elsewhere / "kept.txt").read_text() == "kept"


_KILLED = """\
import os, signal, sys
from pathlib import Path
from cnngrade import files

point, left = sys.argv[2], int(sys.argv[3])
owner = {"write_text": Path, "rename": Path, "mkdir": Path, "rmtree": files.shutil}[point]
true = getattr(owner, point)

def deadly(*arguments, **settings):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return true(*arguments, **settings)

setattr(owner, point, deadly)
with files.replace_folder(Path(sys.argv[1])) as draft:
    (draft / "work.txt").write_text("fresh")
"""


def killed(folder: Path, point: str, call: int) -> None:
    """Replace the folder in a process that is killed before the `call`th call of `point`."""
    command = [sys.executable, "-c", _KILLED, str(folder), point, str(call)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not known there")
@pytest.mark.parametrize(
    ("point", "call", "kept"),
    [
        ("mkdir", 1, "former"),
        ("write_text", 1, "former"),
        ("rename", 1, "former"),
        ("rename", 2, "former"),  # between the two: the former folder has gone aside, the fresh one is not there yet
        ("rmtree", 1, "fresh"),
    ],
)
def test_a_kill_loses_neither(folder: Path, point: str, call: int, kept: str) -> None:
    """wherever the process is killed, the former folder or the fresh one is there again, and nothing else after tidying"""
    killed(folder, point, call)
    before = sorted(folder.parent.iterdir())
    assert content(as_it_stands(folder)) == kept
    assert sorted(folder.parent.iterdir()) == before
    restore_folder(folder)
    assert content(folder) == kept
    tidy_folder(folder)
    assert content(folder) == kept
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not known there")
def test_the_next_replacement_cleans_up(folder: Path) -> None:
    """what a killed process left does not hinder the next one, and the former folder survives if that fails too"""
    killed(folder, "rename", 2)
    assert not folder.exists()
    with pytest.raises(ZeroDivisionError), replace_folder(folder):
        raise ZeroDivisionError
    assert content(folder) == "former"
    assert list(folder.parent.iterdir()) == [folder]


def test_a_read_only_folder_is_removed(folder: Path) -> None:
    """folders and files that may not be written do not hinder it"""
    inner = folder / "inner"
    inner.mkdir()
    (inner / "graded.txt").write_text("read only")
    (inner / "graded.txt").chmod(0o400)
    inner.chmod(0o500)
    folder.chmod(0)
    remove(folder)
    assert list(folder.parent.iterdir()) == []


def test_a_link_in_a_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """of a link only the link is removed, and the modes of what it leads to stay"""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    outside.chmod(0o500)
    (folder / "link").symlink_to(outside)
    remove(folder)
    assert outside.stat().st_mode & 0o777 == 0o500
    assert (outside / "kept.txt").read_text() == "kept"


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """text and nothing else is left, and what cannot be written is a fault that says where"""
    write_atomically(tmp_path / "deep" / "file.txt", "ä\n")
    assert (tmp_path / "deep" / "file.txt").read_bytes() == "ä\n".encode()
    assert len(list((tmp_path / "deep").iterdir())) == 1
    with pytest.raises(Fault, match=r"file\.txt.* cannot be written: .*fix the permissions"):
        write_atomically(tmp_path / "deep" / "file.txt" / "below", "text")


def test_a_file_has_the_mode_it_needs(tmp_path: Path) -> None:
    """a file is its owner's alone unless it is asked for otherwise, and then the umask counts"""
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "private", "")
        write_atomically(tmp_path / "usual", "", mode=USUAL)
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "usual").stat().st_mode & 0o777 == 0o640


def test_digests_tell_contents_apart(tmp_path: Path) -> None:
    """a file has the digest of its bytes, and parts that are cut elsewhere have another"""
    (tmp_path / "file").write_bytes(b"abc")
    assert digest_of_file(tmp_path / "file") == digest(b"abc")
    assert digest(b"abc").startswith("ba7816bf8f01cfea")  # FIPS 180-2, appendix B.1
    cuts = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("a", "b", "c"), ("ab\nc",)]
    assert len({digest_of_parts(*parts) for parts in cuts}) == len(cuts)
    assert digest_of_parts("\ud800") != digest_of_parts("\ud801")


def modes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


@pytest.fixture(params=[0o002, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The umasks that people have."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def fill(folder: Path) -> None:
    """Write in all the ways in which this package writes."""
    write_atomically(folder / "reports" / "unit" / "ada.json", "text", PRIVATE)
    write_atomically(folder / "settings.py", "text", USUAL)
    make_folder(folder / "submitted" / "ada")
    for content in ("first", "second"):
        with replace_folder(folder / "submitted" / "ada" / "unit") as draft:
            (draft / "data").mkdir()
            (draft / "data" / "read-only").write_text(content)
            (draft / "data" / "read-only").chmod(0o444)
            (draft / "notebook").write_text(content)
            (draft / "link").symlink_to("/etc/passwd")


@pytest.mark.skipif(sys.platform == "win32", reason="groups are those of Unix")
@pytest.mark.usefixtures("umask")
def test_what_is_made_in_a_shared_folder_is_shared(tmp_path: Path) -> None:
    """in a folder of the mode that nbgrader gives to those of a group, its members may do all that the owner may"""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o2770)
    fill(tmp_path / "shared")
    for name, mode in modes(tmp_path / "shared").items():
        if not name.endswith("link"):
            assert mode >> 3 & 7 == mode >> 6 & 7, f"{name} {mode:o}"
    made = modes(tmp_path / "shared")
    assert {name for name, mode in made.items() if mode & stat.S_ISGID} == {
        *("reports", "reports/unit", "submitted", "submitted/ada", "submitted/ada/unit", "submitted/ada/unit/data"),
    }
    assert made["submitted/ada/unit/data/read-only"] == 0o444
    assert made["reports/unit/ada.json"] == 0o660
    assert stat.S_IMODE(Path("/etc/passwd").stat().st_mode) == 0o644


@pytest.mark.skipif(sys.platform == "win32", reason="groups are those of Unix")
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o770])
def test_elsewhere_the_umask_decides(tmp_path: Path, umask: int, mode: int) -> None:
    """a folder that its group may not write to, or that does not hand its group down, shares nothing"""
    (tmp_path / "own").mkdir()
    (tmp_path / "own").chmod(mode)
    fill(tmp_path / "own")
    made = modes(tmp_path / "own")
    assert made["reports/unit/ada.json"] == 0o600
    assert made["settings.py"] == 0o666 & ~umask
    assert made["submitted/ada/unit/notebook"] == 0o666 & ~umask
    assert made["submitted/ada"] & 0o777 == 0o777 & ~umask


def test_an_account_without_a_name_is_told_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """as in a container: what is this user's own is not somebody else's, and another's has a number"""
    monkeypatch.setattr(pwd, "getpwuid", lambda number: {}[number])
    path = tmp_path / "own.txt"
    path.touch(mode=0o400)
    assert "you may not read and write" in how_to_share(path)
    assert "belongs to" not in how_to_share(path)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert f"belongs to user {mine}, and you may not" in how_to_share(path)
