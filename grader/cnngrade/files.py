"""Files and folders that are written whole or not at all, and digests of what they hold."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
import shlex
import shutil
import stat
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from cnngrade.errors import Fault


def is_disk_full(error: BaseException | None) -> bool:
    """Say whether a system call failed because there is no room on a disk, or within somebody's share of it."""
    return isinstance(error, OSError) and errno.errorcode.get(error.errno or 0) in ("ENOSPC", "EDQUOT")


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_of_parts(*parts: str) -> str:
    """Return one digest of several strings in order; the same text cut elsewhere has another."""
    return digest("\n".join(digest(part.encode("utf-8", "surrogatepass")) for part in parts).encode())


def digest_of_file(path: Path) -> str:
    """Return the digest of a file of any size; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# The first that a zip can hold.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def zip_of(files: Mapping[str, bytes], runnable: Collection[str] = (), comment: bytes = b"") -> bytes:
    """Return a zip of files by their paths in it, in this order; the same files make the same zip, whenever and wherever.

    All may read the files, and run those that are `runnable`.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # As on Unix, wherever it is made.
            mode = 0o755 if name in runnable else 0o644
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | mode) << 16
            archive.writestr(entry, data)
    return whole.getvalue()


PRIVATE, USUAL = 0o600, 0o666
"""What a file is made with: readable by its owner alone, or by whom the user's umask allows."""


_SHARED = stat.S_ISGID | stat.S_IWGRP


def is_shared(folder: Path) -> bool:
    """Say whether a folder is its group's: it has the mode that nbgrader gives to those of a `groupshared` course.

    What is made in such a folder is the group's as well, whatever the user's umask says. Raises OSError.
    """
    return folder.stat().st_mode & _SHARED == _SHARED


def share(path: Path) -> None:
    """Let the group do with a file or a folder what its owner may; a link, or what is another user's, stays as it is."""
    mode = path.lstat().st_mode
    wanted = mode | (mode & stat.S_IRWXU) >> 3 | (stat.S_ISGID if stat.S_ISDIR(mode) else 0)
    if wanted != mode and not stat.S_ISLNK(mode):
        with contextlib.suppress(PermissionError):
            path.chmod(stat.S_IMODE(wanted))


def share_all(folder: Path) -> None:
    """Share a folder and all that is in it; raises OSError."""
    share(folder)
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            # Another process may be done with a file by now.
            with contextlib.suppress(FileNotFoundError):
                share(Path(place, name))


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing; in a shared folder they are shared. Raises OSError."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if missing and is_shared(missing[-1].parent):
        for place in missing:
            share(place)


def _owner(path: Path) -> tuple[str, bool]:
    """Return what to call the owner of a file or folder, and whether that is this user."""
    try:
        number = path.stat().st_uid
        is_own = number == os.geteuid()
    except (OSError, AttributeError):
        # Windows has no such numbers.
        return "another user", False
    try:
        return path.owner(), is_own
    except (KeyError, OSError):
        # In a container, and where accounts are kept elsewhere, a number may have no name.
        return f"user {number}", is_own


def how_to_share(path: Path, whole: Path | None = None) -> str:
    """Say whose file or folder keeps this user from reading or writing `path`, and what its owner can do about it.

    `whole` is the folder that is best shared as a whole; without it, that is what keeps the user out.
    """
    effective = os.access in os.supports_effective_ids
    both = os.R_OK | os.W_OK
    places = [place for place in (path, *path.parents) if os.path.lexists(place)]
    place = next((place for place in places if not os.access(place, both, effective_ids=effective)), places[0])
    owner, is_own = _owner(place)
    if is_own:
        return f"you may not read and write {place}. Fix the permissions: `chmod -R u+rwX {shlex.quote(str(place))}`"
    folder = shlex.quote(str(whole or place))
    return (
        f"{place} belongs to {owner}, and you may not read and write it. Ask {owner} to share {whole or place} with a group "
        f"that you are in: `chgrp -R GROUP {folder}; chmod -R g+rwX {folder}; find {folder} -type d -exec chmod g+s {{}} +`"
    )


def write_atomically(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Write a text file so that a crash leaves the former one or the new one, never a part; raises Fault."""
    write_bytes_atomically(path, text.encode("utf-8"), mode)


def write_bytes_atomically(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file so that a crash leaves the former one or the new one, never a part; raises Fault."""
    with _written_beside(path, data, mode) as draft:
        draft.replace(path)


def write_once(path: Path, text: str) -> None:
    """Write a private text file, whole, unless there is one: then that one stays, whoever makes it at the same time.

    Raises Fault.
    """
    with _written_beside(path, text.encode("utf-8"), PRIVATE) as draft:
        try:
            # Unlike a rename, a link takes nobody's place.
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            # Not every file system has links.
            with contextlib.suppress(FileExistsError):
                with open(path, "xb", opener=_private) as file:
                    file.write(text.encode("utf-8"))
                path.chmod(stat.S_IMODE(draft.stat().st_mode))
        draft.unlink()


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE)


@contextlib.contextmanager
def _written_beside(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """Yield a file with this content beside `path`, which is to be moved or removed in the block; raises Fault."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        make_folder(path.parent)
        try:
            with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if is_shared(path.parent):
                share(draft)
            yield draft
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
    except PermissionError as error:
        raise Fault(f"{path} cannot be written: {how_to_share(path)}. Then run this again.") from error
    except OSError as error:
        raise Fault(
            f"{path} cannot be written: {error.strerror or error}. Make room or fix the permissions, then run it again."
        ) from error


def _draft(folder: Path) -> Path:
    """Return where the folder that will take this one's place is made."""
    return folder.with_name(f".{folder.name}.draft")


def _former(folder: Path) -> Path:
    """Return where this folder waits while another takes its place."""
    return folder.with_name(f".{folder.name}.former")


def _open_up(folder: Path) -> None:
    """Let its entries be removed: a folder that may not be written keeps them. What a link leads to is left alone."""
    if not folder.is_symlink() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        folder.chmod(stat.S_IRWXU)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it, read-only or not; raises OSError."""
    if path.is_symlink() or not path.is_dir():
        path.unlink()
        return
    _open_up(path)
    for place, names, _ in os.walk(path):
        for name in names:
            _open_up(Path(place, name))
    shutil.rmtree(path)


def as_it_stands(folder: Path) -> Path:
    """Return where the folder is, itself or what `restore_folder` would bring back; nothing is changed."""
    former = _former(folder)
    return former if os.path.lexists(former) and not os.path.lexists(folder) else folder


def restore_folder(folder: Path) -> None:
    """Bring the former folder back if `replace_folder` was killed before the new one was in its place; raises OSError."""
    standing = as_it_stands(folder)
    if standing != folder:
        standing.rename(folder)


def tidy_folder(folder: Path) -> None:
    """Restore the folder and remove what a killed `replace_folder` left beside it; raises OSError.

    Only safe while nobody is replacing the folder: the draft would go too.
    """
    restore_folder(folder)
    for left in (_draft(folder), _former(folder)):
        if os.path.lexists(left):
            remove(left)


@contextlib.contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to be filled, which takes the place of `folder` at the end of the block.

    When the block fails, `folder` stays as it was. When the process is killed, wherever it is, the former folder or the new
    one is there, or `restore_folder` brings the former one back, as the next `replace_folder` does. In a shared folder the new
    one is shared. Raises OSError.
    """
    tidy_folder(folder)
    draft, former = _draft(folder), _former(folder)
    make_folder(folder.parent)
    draft.mkdir()
    try:
        yield draft
        if is_shared(folder.parent):
            share_all(draft)
        if os.path.lexists(folder):
            folder.rename(former)
        draft.rename(folder)
    except BaseException:
        tidy_folder(folder)
        raise
    if os.path.lexists(former):
        remove(former)
