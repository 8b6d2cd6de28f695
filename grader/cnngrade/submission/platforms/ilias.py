"""ILIAS: `Submissions/Last_First_login_NUMBER/`, in folders called `Team NUMBER` where teams hand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cnngrade.alike import one_spelling
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source
from cnngrade.submission.platforms.levels import MAX_NAME, Draft, folders_in, student_level

# What lies beside the folder of submissions.
_BESIDE = frozenset({"feedback_files", "feedback"})


# ILIAS writes it in the language of the person who downloads, and umlauts as two letters.
_LATE = frozenset({
    "late", "late submission", "submitted late", "verspaetet", "verspätet", "verspaetete abgabe", "verspätete abgabe",
    "verspaetete einreichung", "verspätete einreichung", "remise en retard", "soumission tardive", "rendu en retard",
    "entrega tardia", "entrega tardía", "entrega con retraso", "consegna in ritardo", "consegna tardiva", "te late inlevering",
})  # fmt: skip


_TEAM = re.compile(r"\S.*[ _]\d+")


# As on the server; a download leaves it out. A student may call a file so himself: it is never the time of submission.
_STAMPED = re.compile(r"(\d{14})_(.+)", re.ASCII | re.DOTALL)


# ILIAS numbers files of one name in the order in which they were uploaded.
_NUMBERED = re.compile(r"([^/]+) \(([1-9]\d{0,3})\)(\.ipynb|\.py)", re.ASCII | re.IGNORECASE)


def _member(folder: str) -> Person | None:
    """Read `Last_First_login_NUMBER`; ILIAS writes `_` for each byte of a letter that it has no other way to write."""
    *words, number = folder.split("_")
    if not (number.isascii() and number.isdigit() and len(words) >= 3 and words[-1]):
        return None
    names = [word for word in words[:-1] if word]
    if not names or not all(word[0].isalpha() or not word[0].isalnum() for word in names[:2]):
        return None
    if "" in words:
        return Person(words[-1], " ".join(names), aliases=(number,))
    # Of more words than three, either the login or a name holds the mark.
    login = "_".join(words[2:])
    return Person(login, f"{words[1]} {words[0]}", aliases=(number, *([words[-1]] if login != words[-1] else [])))


def _teams(folders: Mapping[str, frozenset[str]]) -> Mapping[str, tuple[Person, ...]]:
    """Return the members of each team's folder; one who handed in nothing has no folder in it. No member's is a team's."""
    found: dict[str, tuple[Person, ...]] = {}
    for folder, inside in folders.items():
        name = folder.rpartition("/")[2][:MAX_NAME]
        members = [_member(each) for each in sorted(inside)]
        if _TEAM.fullmatch(name) and _member(name) is None and None not in members:
            found[folder] = tuple(member for member in members if member is not None)
    return found


def _is_late(name: str) -> tuple[bool, str]:
    """Say whether a file's name says that it came late, and return it without that."""
    mark, dash, rest = name.partition(" - ")
    return (True, rest) if dash and rest and one_spelling(mark.strip()) in _LATE else (False, name)


def _claim(path: str, people: tuple[Person, ...], inside: str) -> Claim:
    folder, slash, name = inside.rpartition("/")
    late, name = _is_late(name) if not folder else (False, name)
    stamp = _STAMPED.fullmatch(name) if not folder else None
    if stamp is not None:
        return Claim(path, people, stamp[2], (int(stamp[1]),), late=late)
    return Claim(path, people, f"{folder}{slash}{name}", late=late)


def _copy(claim: Claim) -> tuple[str, int] | None:
    """Return the name and the number of a notebook or script that ILIAS has numbered, None for any other file."""
    match = _NUMBERED.fullmatch(claim.inside) if not claim.attempt else None
    return (f"{match[1]}{match[3]}", int(match[2])) if match else None


def _with_copies(claims: Sequence[Claim]) -> Iterable[Claim]:
    """Yield the claims; what was uploaded again under the same name is a later attempt.

    Where that happened to several of somebody's files, which of them belong together cannot be told: they have one name each.
    """
    held = {(claim.people, claim.inside) for claim in claims}
    copies = {claim.path: copy for claim in claims if (copy := _copy(claim)) is not None and (claim.people, copy[0]) in held}
    names: dict[tuple[Person, ...], set[str]] = {}
    for claim in claims:
        if claim.path in copies:
            names.setdefault(claim.people, set()).add(copies[claim.path][0])
    for claim in claims:
        name, number = copies.get(claim.path, (claim.inside, 1))
        again = names.get(claim.people, set())
        attempt = (number - 1,) if again == {name} else claim.attempt
        yield replace(claim, inside=name, attempt=attempt) if name in again else claim


def _with_attempts(claims: Iterable[Claim]) -> Iterable[Claim]:
    """Yield the claims; of a file that came in time and again late the second is an attempt after the first."""
    claims = list(_with_copies(list(claims)))
    late = {(claim.people, claim.inside) for claim in claims if claim.late and not claim.attempt}
    early = {(claim.people, claim.inside) for claim in claims if not claim.late and not claim.attempt}
    for claim in claims:
        if not claim.attempt and (claim.people, claim.inside) in late & early:
            yield Claim(claim.path, claim.people, claim.inside, (int(claim.late),), claim.submitted, claim.late)
        else:
            yield claim


def read_ilias(source: Source) -> Reading | None:
    """Return what ILIAS's names say, None for another layout."""
    folders = folders_in(source.paths)
    teams = _teams(folders)
    around = student_level(folders, lambda path: path in teams or _member(path.rpartition("/")[2]) is not None, _BESIDE)
    if around is None:
        return None
    draft, claims = Draft(), []
    for path in source.paths:
        top, slash, inside = path.removeprefix(around).partition("/")
        people = teams.get(f"{around}{top}")
        if people is not None:
            _, slash, inside = inside.partition("/")
        elif len(top) <= MAX_NAME and (member := _member(top)) is not None:
            people = (member,)
        if path.startswith(around) and slash and people is not None:
            claims.append(_claim(path, people, inside))
        else:
            draft.leave(path)
    for claim in _with_attempts(claims):
        draft.claim(claim)
    return draft.reading() if draft.claims else None


ILIAS = Platform("ilias", "ILIAS", read_ilias)
