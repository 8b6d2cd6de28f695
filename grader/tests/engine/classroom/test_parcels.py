"""Folders travel as bytes: what comes out is what went in, and what cannot travel stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnngrade.classroom import parcels
from cnngrade.classroom.parcels import folder_as_parcel, from_parcel, parcel_as_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "empty").mkdir(parents=True)
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "unit.py").write_bytes(b"x = 1\r\n")
    (folder / "deep" / "er" / "ö \n.bin").write_bytes(bytes(range(256)))
    os.utime(folder / "unit.py", ns=(1, 1_700_000_000_123_456_789))
    return folder


def test_a_folder_comes_out_as_it_went_in(folder: Path, tmp_path: Path) -> None:
    """with empty folders, strange names, every byte, and the times of its files"""
    parcel = folder_as_parcel(folder)
    assert parcel is not None
    parcel_as_folder(parcel, tmp_path / "there")
    inside = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    assert sorted(path.relative_to(tmp_path / "there") for path in (tmp_path / "there").rglob("*")) == inside
    for path in (each for each in inside if (folder / each).is_file()):
        here, there = folder / path, tmp_path / "there" / path
        assert (there.read_bytes(), there.stat().st_mtime_ns) == (here.read_bytes(), here.stat().st_mtime_ns)
    with pytest.raises(ValueError):  # noqa: PT011  whatever says so, it is no parcel
        from_parcel(parcel[:-1])


def test_so_much_travels_and_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """what counts is what the files of a folder hold together"""
    monkeypatch.setattr(parcels, "MOST_BYTES", 7 + 256)
    assert folder_as_parcel(folder) is not None
    (folder / "one more").write_bytes(b"!")
    assert folder_as_parcel(folder) is None


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "gone"])
def test_what_cannot_travel(folder: Path, kind: str) -> None:
    """only this machine can say what there is to say about it"""
    if kind == "pipe":
        os.mkfifo(folder / "deep" / "odd")
    elif kind == "gone":
        folder = folder / "nowhere"
    else:
        (folder / "deep" / "odd").symlink_to(folder / "unit.py" if kind == "link" else "nowhere")
    assert folder_as_parcel(folder) is None
