"""Write what a platform needs to run the engine: whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.ci.target import RUNNABLE, About, Bundle, CiTarget, Contents, Packing
from cnngrade.ci.targets import ci_target
from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.files import PRIVATE, USUAL, digest, digest_of_file, replace_folder, write_bytes_atomically, zip_of
from cnngrade.jobs.wheel import wheel, wheel_name
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name

_COMMENT = b"Written by cnngrade ci"

# What may stand in a container's name, with its registry, tag and digest.
_IMAGE = re.compile(r"[a-z0-9][\w./:@-]*")

_MANIFEST = ".cnngrade-ci.json"
"""In a folder that was written here, which files it was written with."""


@dataclass(frozen=True, slots=True)
class WrittenBundle:
    """Where a bundle is, and the lines that say what to do with it."""

    place: Path
    notes: tuple[str, ...]


def write_bundles(
    course: Course, name: str, units: Sequence[Unit], to: Path | None = None, image: str = ""
) -> list[WrittenBundle]:
    """Write what the target `name` needs for these units, into the folder `to` or into the classroom.

    `image` is what a container's image is called where it is fetched from, "" for a name of our own. What was written by an
    earlier call is replaced. A place that holds anything else is left as it is, and then nothing is written. Raises UsageError
    for such a place, where no unit or a unit too many is named, for an image where none is built, and where no wheel can be
    made; CourseError; and Fault where it cannot be written.
    """
    target = ci_target(name)
    if image and not target.has_image:
        raise UsageError(f"What {target.title} needs is no image of yours: leave out --image.")
    if image and not _IMAGE.fullmatch(image):
        raise UsageError(
            f"No image can be called {visible_name(image)}: write it like ada/grader or registry.example/ada/grader:1."
        )
    built = wheel()
    ordered = [
        (_place(course, target, part, to), Contents(course, part, wheel_name(), built, image)) for part in _parts(target, units)
    ]
    bundles = [(place, contents, target.bundle(contents)) for place, contents in ordered]
    for place, _ in ordered:
        _check_place(target, place)
    for place, _, bundle in bundles:
        _write(target, place, bundle)
    return [WrittenBundle(place, target.notes(contents)) for place, contents in ordered]


def _parts(target: CiTarget, units: Sequence[Unit]) -> Iterator[tuple[Unit, ...]]:
    """Yield the units that each bundle is about; raises UsageError."""
    if target.about is About.COURSE:
        if units:
            raise UsageError(f"What {target.title} needs is the same for every unit: name none.")
        yield ()
    elif not units:
        raise UsageError(f"For which units does {target.title} need it? Name them, or give --all for every one of them.")
    else:
        once = {unit.name: unit for unit in units}.values()
        yield from [tuple(once)] if target.about is About.UNITS else [(unit,) for unit in once]


def _place(course: Course, target: CiTarget, units: tuple[Unit, ...], to: Path | None) -> Path:
    folder = to or paths.ci_bundles(course, target.name)
    if target.about is About.UNIT:
        folder = folder / units[0].name
    elif target.packing is Packing.ZIP:
        folder = folder / course.name
    return folder.with_name(f"{folder.name}.zip") if target.packing is Packing.ZIP else folder


def _check_place(target: CiTarget, place: Path) -> None:
    """Raise UsageError where a place holds anything that was not written here, and Fault where that cannot be seen."""
    try:
        if place.is_symlink():
            foreign = f"{place} is a link"
        else:
            foreign = _foreign_zip(place) if target.packing is Packing.ZIP else _foreign_file(place)
    except OSError as error:
        raise Fault(f"{place} cannot be read: {error.strerror or error}. Fix its permissions.") from error
    if foreign:
        raise UsageError(f"{foreign}. Nothing was written. Move it away, or name another folder: --to FOLDER")


def _foreign_zip(place: Path) -> str:
    """Say what is wrong with replacing a zip, "" if nothing is."""
    if not place.exists():
        return ""
    try:
        with zipfile.ZipFile(place) as archive:
            return "" if archive.comment == _COMMENT else f"{place} was not written by cnngrade ci"
    except (zipfile.BadZipFile, IsADirectoryError):
        return f"{place} was not written by cnngrade ci"


def _foreign_file(folder: Path) -> str:
    """Say what is wrong with replacing a folder, "" if nothing is; raises OSError."""
    if not folder.exists():
        return ""
    if not folder.is_dir():
        return f"{folder} is not a folder"
    try:
        written = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        written = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if path.is_symlink() or (path.is_file() and inside != _MANIFEST):
            if path.is_symlink() or inside not in written:
                return f"{folder} holds {inside}, which cnngrade ci has not written"
            if digest_of_file(path) != written[inside]:
                return f"{path} has been changed since cnngrade ci wrote it"
    return ""


def _write(target: CiTarget, place: Path, bundle: Bundle) -> None:
    if target.packing is Packing.ZIP:
        files = {path: file.data for path, file in bundle.items()}
        runnable = [path for path, file in bundle.items() if file.mode == RUNNABLE]
        write_bytes_atomically(place, zip_of(files, runnable, _COMMENT), PRIVATE if target.private else USUAL)
        return
    try:
        with replace_folder(place) as draft:
            _fill(draft, bundle)
            if target.private:
                draft.chmod(0o700)
    except OSError as error:
        raise Fault(f"{place} cannot be written: {error.strerror or error}. Make room or fix the permissions.") from error


def _fill(folder: Path, bundle: Bundle) -> None:
    manifest = {"written by": "cnngrade ci", "files": {path: digest(file.data) for path, file in bundle.items()}}
    for path, file in bundle.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
        place.chmod(file.mode)
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
