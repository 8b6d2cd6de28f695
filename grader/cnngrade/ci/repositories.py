"""Puts what is in students' repositories into one zip, a folder for each. Written by cnngrade ci.

    python -I repositories.py LIST ZIP

LIST has a line for each repository: its name and where it is cloned from. Nothing is checked out: what students have committed
(attributes, filters, submodules, links, names that no disk holds) is read as bytes alone, and a repository that cannot be read,
or is too large, is named and costs nobody else anything.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

MOST_FILES, MOST_BYTES = 1_000, 128 << 20
"""Of one student: as many as `cnngrade collect` reads."""

_MOST_LISTED = 8 << 20

_SECONDS = 120

_NAME = re.compile(r"\w[\w.-]*", re.ASCII)

_FILES = {b"100644", b"100755", b"120000"}


class NotTaken(Exception):
    """A repository of which nothing is taken; the text says why."""


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Return what git prints; what it says of errors may hold names that students chose, and is not shown."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"GIT_TERMINAL_PROMPT": "0"},
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise NotTaken(f"git {arguments[0]} ended with {error.returncode}") from None
    except subprocess.TimeoutExpired:
        raise NotTaken(f"git {arguments[0]} took longer than {_SECONDS} seconds") from None
    return done.stdout


def _listed(folder: Path) -> bytes:
    """Return git's list of all files, of which there may be as many as one likes; raises NotTaken for too many."""
    command = ["git", "ls-tree", "-r", "-z", "-l", "HEAD"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        found = process.stdout.read(_MOST_LISTED)
        if len(found) == _MOST_LISTED:
            process.kill()
    if len(found) == _MOST_LISTED or found.count(b"\0") > MOST_FILES:
        raise NotTaken(f"it holds more than {MOST_FILES:,} files")
    if process.returncode:
        raise NotTaken(f"git ls-tree ended with {process.returncode}")
    return found


def _name_of(path: bytes) -> str:
    try:
        return path.decode()
    except UnicodeDecodeError:
        # As old systems write names; a zip has no others than Unicode's.
        return path.decode("latin-1")


def committed_files(folder: Path) -> Iterator[tuple[str, int, bytes]]:
    """Yield path, mode and content of each file of a repository's last commit; a link's content is what it leads to.

    Raises NotTaken where there is no commit, or too much in it.
    """
    _git(folder, "rev-parse", "--quiet", "--verify", "HEAD")
    entries = [entry.split(b"\t", 1) for entry in _listed(folder).split(b"\0") if entry]
    found = [(*said.split(), path) for said, path in entries if said.split()[0] in _FILES]
    if sum(int(size) for _, _, _, size, _ in found) > MOST_BYTES:
        raise NotTaken(f"its files are larger than {MOST_BYTES >> 20} MiB together")
    blobs = _git(folder, "cat-file", "--batch", given=b"".join(key + b"\n" for _, _, key, _, _ in found))
    start = 0
    for mode, _, _, size, path in found:
        start = blobs.index(b"\n", start) + 1
        end = start + int(size)
        yield _name_of(path), int(mode, 8), blobs[start:end]
        start = end + 1


def pack_repositories(repositories: Sequence[tuple[str, str]], archive: Path) -> list[str]:
    """Write what is in the repositories, by name and address, into a zip; return a line for each that is left out."""
    left_out = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, address in repositories:
            try:
                with tempfile.TemporaryDirectory(prefix="clone-") as place:
                    _git(Path(place), "clone", "--quiet", "--bare", "--depth", "1", "--no-tags", "--", address, "clone")
                    files = list(committed_files(Path(place) / "clone"))
            except NotTaken as error:
                left_out.append(f"{name} is left out: {error}.")
                continue
            for path, mode, content in files:
                entry = zipfile.ZipInfo(f"{name}/{path}", time.localtime()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (mode if stat.S_ISLNK(mode) else stat.S_IFREG | 0o644) << 16
                whole.writestr(entry, content)
    return left_out


def main(arguments: Sequence[str]) -> int:
    """Pack what a list names; return 1 where there is nothing to collect."""
    listed, archive = arguments
    lines = [line.split() for line in Path(listed).read_text(encoding="utf-8").splitlines()]
    repositories = [(name, address) for name, address in lines if _NAME.fullmatch(name)]
    left_out = pack_repositories(repositories, Path(archive))
    warning = "::warning::" if os.environ.get("GITHUB_ACTIONS") else ""
    sys.stdout.writelines(f"{warning}{line}\n" for line in left_out)
    sys.stdout.write(f"{len(repositories) - len(left_out)} of {len(repositories)} repositories are collected.\n")
    return 0 if len(left_out) < len(repositories) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
