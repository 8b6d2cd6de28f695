"""GitHub Classroom: `assignment-submissions/assignment-login/`, a repository each, and perhaps Classroom's table of grades."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source
from cnngrade.submission.platforms.levels import MAX_NAME, Draft, folders_in
from cnngrade.submission.platforms.moments import read_moment

AROUND = "-submissions"
"""What GitHub Classroom's program puts after the name of an assignment: the folder around everybody's repositories."""


_GITS_OWN = (".git", ".github", ".gitignore", ".gitattributes", ".gitmodules")


# A repository that was downloaded as a zip has its branch in the name, and none of git's own files.
_BRANCHES = ("-main", "-master")


_LOGIN = re.compile(r"(?!\d+\Z)[A-Za-z0-9][A-Za-z0-9-]{0,79}", re.ASCII)


# What people call several folders of their own: no logins, unless git's own files or a name around them say so.
_VERSIONS = re.compile(
    r"(?:old|new|first|last|final|copy|backup|bak|draft|solutions?|tests?|main|master|v|[-\d])+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Repository:
    """What Classroom's table says of one repository; a team has one row for each member."""

    people: tuple[Person, ...]
    submitted: datetime | None


def _table(source: Source) -> tuple[str, Mapping[str, _Repository]]:
    """Return the path of Classroom's table of grades and its rows by repository; "" and nothing where none lies at the top."""
    for path in source.paths:
        if "/" in path or not path.casefold().endswith(".csv"):
            continue
        found: dict[str, _Repository] = {}
        try:
            for row in csv.DictReader((source.text(path) or "").removeprefix("\ufeff").splitlines()):
                login, name = (row.get("github_username") or "").strip(), (row.get("student_repository_name") or "").strip()
                if login and name:
                    known = found.get(name.casefold(), _Repository((), None))
                    person = Person(login, (row.get("roster_identifier") or "").strip())
                    submitted = read_moment(row.get("submission_timestamp") or "", source.zone)
                    found[name.casefold()] = _Repository((*known.people, person), submitted or known.submitted)
        except csv.Error:
            continue
        if found:
            return path, found
    return "", {}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _assignment(folder: str) -> str:
    """Return the name of the assignment in that of a folder or an archive of its repositories, "" for another name."""
    name = folder.casefold().removesuffix(".zip")
    return name.removesuffix(AROUND) if name.endswith(AROUND) else ""


def _prefix(repositories: Sequence[str], slugs: Iterable[str]) -> str:
    """Return what stands before the login in most of the names, in lower case, "" if nothing does."""
    names = [name.casefold() for name in repositories]
    for slug in slugs:
        if slug and 2 * sum(name.startswith(f"{slug}-") for name in names) > len(names):
            return f"{slug}-"
    # What the first and the last of a sorted list share, all share.
    first, last = (min(names), max(names)) if len(names) > 1 else ("", "")
    common = first[: next((i for i, letter in enumerate(first) if last[i : i + 1] != letter), len(first))]
    return common[: common.rfind("-") + 1]


def _are_named_after(unit: str, repositories: Sequence[str]) -> bool:
    """Say whether the names alone are those of several repositories of the unit."""
    prefix = f"{_slug(unit)}-"
    logins = [name[len(prefix) :] for name in repositories if name.casefold().startswith(prefix)]
    return len(repositories) == len(logins) > 1 and not any(_VERSIONS.fullmatch(login[:100]) for login in logins)


def _of_others(repositories: Sequence[str], unit: str, others: Iterable[str]) -> Mapping[str, str]:
    """Return the repositories that are called after another unit, each with that unit.

    Of units' names that are parts of one another the longest is meant.
    """
    units = sorted((unit, *others), key=lambda name: len(_slug(name)), reverse=True)
    named = {
        name: next((each for each in units if name.casefold().startswith(f"{_slug(each)}-")), unit) for name in repositories
    }
    return {name: each for name, each in named.items() if each != unit}


def _without_branch(name: str, has_git: bool) -> str:
    ending = next((branch for branch in _BRANCHES if name.endswith(branch)), "")
    return name.removesuffix(ending) if not has_git else name


def _people(repositories: Mapping[str, str], table: Mapping[str, _Repository], prefix: str) -> Mapping[str, _Repository]:
    """Return whose repositories are, by the names of their folders: by the table, or by the login behind the prefix.

    `repositories` are the folders with their names without a branch.
    """
    people: dict[str, _Repository] = {}
    for name, plain in repositories.items():
        login = plain[len(prefix) :] if plain.casefold().startswith(prefix) and prefix else ""
        row = table.get(plain.casefold()) or table.get(name.casefold())
        if row is not None:
            people[name] = row
        elif _LOGIN.fullmatch(login):
            people[name] = _Repository((Person(login),), None)
    return people


def read_github(source: Source) -> Reading | None:
    """Return what GitHub Classroom's names say, None for another layout.

    Times of files are the clone's, and those of commits are as the student set them: only Classroom's table has any.
    """
    folders = folders_in(source.paths)
    tops = [name for name in folders.get("", ()) if not name.startswith(".")]
    around = f"{tops[0]}/" if len(tops) == 1 and _assignment(tops[0]) else ""
    repositories = sorted(name for name in folders.get(around.removesuffix("/"), ()) if len(name) <= MAX_NAME)
    table_path, table = _table(source)
    below = [path.removeprefix(around).split("/", 2) for path in source.paths if path.startswith(around)]
    with_git = {parts[0] for parts in below if len(parts) == 3 and parts[1] in _GITS_OWN}
    assignment = _assignment(around.removesuffix("/") or source.name)
    aside = {} if assignment or table else _of_others(repositories, source.unit, source.others)
    is_known = table or 2 * len(with_git) >= len(repositories) or all(name.endswith(_BRANCHES) for name in repositories)
    of_unit = [name for name in repositories if name not in aside]
    if not repositories or not (assignment or is_known or _are_named_after(source.unit, of_unit)):
        return None
    plain = {name: _without_branch(name, name in with_git) for name in of_unit}
    people = _people(plain, table, _prefix(of_unit, (assignment, _slug(source.unit))))
    draft = Draft()
    for path in source.paths:
        top, slash, inside = path.removeprefix(around).partition("/")
        if path == table_path or (path.startswith(around) and inside.split("/")[0] in _GITS_OWN):
            draft.own.add(path)
        elif path.startswith(around) and top in aside:
            draft.put_aside(path, aside[top])
        elif not (path.startswith(around) and slash and top in people):
            draft.leave(path)
        else:
            draft.claim(Claim(path, people[top].people, inside, submitted=people[top].submitted))
    is_read = draft.claims and 2 * len(people) > len(of_unit)
    return draft.reading() if is_read or not of_unit else None


GITHUB = Platform("github", "GitHub Classroom", read_github)
