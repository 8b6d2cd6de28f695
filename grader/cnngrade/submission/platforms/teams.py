"""Microsoft Teams: `Submitted files/First Last/Assignment/Version N/`, as in the class's SharePoint library."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from cnngrade.alike import one_spelling
from cnngrade.submission.platforms.assignments import titles_of_unit, which_title
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source, without_files
from cnngrade.submission.platforms.levels import MAX_NAME, Draft, folders_in, student_level

_VERSION = re.compile(
    r"(?:version|versión|versió|versione|versão|versie|versjon|wersja|verze|verzia|verzió|versiunea|версия|версія|sürüm|bertsioa"
    r"|έκδοση|バージョン|版本|버전)[ \u00a0]?(\d{1,6})",
    re.IGNORECASE,
)


# What a student works on is not handed in. Of a folder in another language the versions tell: only what is handed in has any.
_WORKING = frozenset({
    "working files", "arbeitsdateien", "fichiers de travail", "archivos de trabajo", "file di lavoro", "werkbestanden",
    "arquivos de trabalho", "ficheiros de trabalho", "pliki robocze", "pracovní soubory", "작업 파일", "作業ファイル",
    "工作文件",
})  # fmt: skip


_NOT_HANDED_IN = "it is in the folder of what students work on, which they have not turned in"


@dataclass(frozen=True, slots=True)
class _TurnedIn:
    path: str
    name: str
    assignment: str
    version: int
    inside: str


def _file(path: str, around: str) -> _TurnedIn | None:
    parts = path.removeprefix(around).split("/", 3)
    if not path.startswith(around) or len(parts) < 4 or len(parts[0]) > MAX_NAME:
        return None
    version = _VERSION.fullmatch(one_spelling(parts[2]))
    return _TurnedIn(path, parts[0], parts[1], int(version[1]), parts[3]) if version else None


def _around(source: Source, folders: Mapping[str, frozenset[str]]) -> str | None:
    """Return the folder around the students' folders, with a slash, None where this is not Teams's layout.

    Beside it there may be the folder of what the same students work on, whatever its name is.
    """

    def is_student(folder: str) -> bool:
        inside = [name for title in folders.get(folder, ()) for name in folders.get(f"{folder}/{title}", ())]
        return any(_VERSION.fullmatch(one_spelling(name)) for name in inside)

    with_files = {path.partition("/")[0] for path in source.paths if path.count("/") == 1}
    tops = folders.get("", frozenset())
    handed_in = [top for top in tops if any(is_student(f"{top}/{name}") for name in folders.get(top, ()))]
    beside = set(_WORKING)
    if len(handed_in) == 1:
        names = folders[handed_in[0]]
        beside |= {
            one_spelling(top) for top in tops if top not in {*handed_in, *with_files} and folders.get(top, names) & names
        }
    beside -= {one_spelling(top) for top in handed_in if one_spelling(top) not in _WORKING}
    return student_level(folders, is_student, beside)


def _person(name: str) -> Person:
    return Person("", unicodedata.normalize("NFC", name))


def read_teams(source: Source) -> Reading | None:
    """Return what Teams's names say, None for another layout."""
    folders = folders_in(source.paths)
    around = _around(source, folders)
    tops = {one_spelling(top) for top in folders.get("", ())}
    draft = Draft()
    if around is None:
        if not tops or not tops <= _WORKING:
            return None
        draft.refused = {path: _NOT_HANDED_IN for path in source.paths if "/" in path}
        return draft.reading()
    found = {path: file for path in source.paths if (file := _file(path, around)) is not None}
    chosen = titles_of_unit([(file.assignment, file.name, file.inside) for file in found.values()], source.unit)
    for path in source.paths:
        file = found.get(path)
        if file is None and around and "/" in path and not path.startswith(around):
            draft.own.add(path)
        elif file is None:
            draft.leave(path)
        elif file.assignment not in chosen:
            draft.put_aside(path, file.assignment)
        elif len(chosen) > 1:
            draft.refused[path] = which_title(chosen)
        else:
            draft.claim(Claim(path, (_person(file.name),), file.inside, (file.version,)))
    # Beside the folder of what was turned in: FOLDER/First Last/Assignment/file.
    working = [parts for path in draft.own if len(parts := path.split("/")) > 3 and parts[2] in chosen]
    turned_in = {person for claim in draft.claims.values() for person in claim.people}
    waiting = sorted({person.name for parts in working if (person := _person(parts[1])) not in turned_in})
    draft.notes += without_files((Person("", name) for name in waiting), "what has not been turned in")
    return draft.reading()


TEAMS = Platform("teams", "Teams", read_teams)
