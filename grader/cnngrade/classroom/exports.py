"""Read the lists of people that learning platforms export, recognised by the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cnngrade.classroom.csv_table import CsvTable
from cnngrade.classroom.roster import PLATFORMS
from cnngrade.classroom.roster_file import column_key, known_columns, on_one_line, participant_of, split_ids
from cnngrade.errors import UsageError
from cnngrade.safe_text import visible_name
from cnngrade.submission.platforms.moodle import participant_number

# Moodle's columns are in the language of whoever downloads them. The words are compared without case, spaces and signs.
_WORDS = {
    "first_name": (
        "firstname", "givenname", "vorname", "pr\u00e9nom", "nombre", "nome", "voornaam", "imi\u0119", "f\u00f6rnamn",
        "fornavn", "etunimi", "\u540d",
    ),
    "last_name": (
        "lastname", "surname", "familyname", "nachname", "nom", "nomdefamille", "apellidos", "apellido", "cognome",
        "sobrenome", "apelido", "apelidos", "achternaam", "nazwisko", "efternamn", "etternavn", "efternavn", "sukunimi",
        "\u59d3",
    ),
    "name": (
        "name", "fullname", "displayname", "studentname", "vollst\u00e4ndigername", "nomcomplet", "nombrecompleto",
        "nombrecompletodelusuario", "nomecompleto", "volledigenaam", "imi\u0119inazwisko", "\u59d3\u540d", "\u6c0f\u540d",
    ),
    "email": (
        "email", "emailaddress", "mail", "emailadresse", "adressedecourriel", "adressecourriel", "courriel",
        "direcci\u00f3ndecorreo", "direcci\u00f3ndecorreoelectr\u00f3nico", "correoelectr\u00f3nico", "correo",
        "indirizzoemail", "endere\u00e7odeemail", "emailadres", "adresemail", "epostadress", "epostadresse",
        "s\u00e4hk\u00f6postiosoite",
        "\u0430\u0434\u0440\u0435\u0441\u044d\u043b\u0435\u043a\u0442\u0440\u043e\u043d\u043d\u043e\u0439\u043f\u043e\u0447\u0442\u044b",
        "\u30e1\u30fc\u30eb\u30a2\u30c9\u30ec\u30b9", "\u7535\u5b50\u90ae\u4ef6\u5730\u5740",
        "\u7535\u5b50\u90ae\u4ef6", "\u7535\u5b50\u90ae\u7bb1", "email\u5730\u5740", "epostaadresi", "eposta",
    ),
    "login": (
        "username", "login", "loginid", "userlogin", "netid", "anmeldename", "benutzername", "nomdutilisateur",
        "nombredeusuario", "nomeutente", "gebruikersnaam",
        "nomedeusu\u00e1rio", "nomedeutilizador", "nazwau\u017cytkownika", "anv\u00e4ndarnamn", "brukernavn",
        "brugernavn", "k\u00e4ytt\u00e4j\u00e4tunnus", "kullan\u0131c\u0131ad\u0131",
        "\u0438\u043c\u044f\u043f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044f",
        "\u043b\u043e\u0433\u0438\u043d", "\u30e6\u30fc\u30b6\u540d", "\u30e6\u30fc\u30b6\u30fc\u540d",
        "\u7528\u6237\u540d",
    ),
    "number": (
        "idnumber", "studentid", "studentnumber", "matriculationnumber", "idnummer", "matrikelnummer",
        "num\u00e9rodidentification", "n\u00famerodeid", "n\u00famerodeidentificaci\u00f3n", "numeroid", "codiceidentificativo",
        "n\u00famerodeidentifica\u00e7\u00e3o", "orgdefinedid",
    ),
}  # fmt: skip


_CANVAS_ROWS = re.compile(r"points possible|student, test$|test student$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One person in a platform's list.

    `fixed` is the id that the list itself gives ("" where it is a platform's). `logins` are what may be the id, the best first.
    `ids` and `more` are as a participant has them; `name` is the displayed one.
    """

    line: int
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    fixed: str = ""
    logins: tuple[str, ...] = ()
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        whom = self.name or self.email or self.fixed or " ".join(given for ids in self.ids.values() for given in ids)
        return visible_name(whom or " ".join(self.logins))


@dataclass(frozen=True, slots=True)
class Listing:
    """Everybody in a list, the `title` of its form, and by line what was passed over, with the reason."""

    title: str
    people: tuple[Listed, ...]
    passed_over: Mapping[int, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


class _Line:
    """The cells of one line, by what their columns mean."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self._cells = {column_key(name): on_one_line(cell) for name, cell in cells.items()}

    def __getitem__(self, key: str) -> str:
        return self._cells.get(key, "")

    def word(self, meaning: str) -> str:
        """Return the cell of the first filled column that means this, "" without one."""
        found = next((self[key] for key in _WORDS[meaning] if self[key]), "")
        # Brightspace writes a sign before logins and numbers, so that no spreadsheet changes them.
        return found.removeprefix("#") if meaning in ("login", "number") else found

    def names(self) -> tuple[str, str, str]:
        """Return displayed, first and last name: whichever the line has, and the others as they follow from it."""
        first, last, whole = self.word("first_name"), self.word("last_name"), self.word("name")
        if not (first or last):
            return split_name(whole)
        return whole or f"{first} {last}".strip(), first, last


def split_name(whole: str) -> tuple[str, str, str]:
    """Return a displayed name, the first one and the last: what is before a comma, or the last word."""
    last, comma, first = (part.strip() for part in whole.partition(","))
    if not comma:
        first, _, last = whole.rpartition(" ")
    return f"{first} {last}".strip(), first, last


def _some(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _ids(platform: str, cell: str) -> dict[str, tuple[str, ...]]:
    found = split_ids(platform, cell)
    return {platform: found} if found else {}


def _lines(table: CsvTable) -> Iterator[_Line]:
    for number, cells in table.lines:
        yield _Line(number, cells)


def _canvas(table: CsvTable) -> Listing:
    """The gradebook's export, the roster of New Analytics, the members of groups, or the users of a provisioning report."""
    people, passed_over = [], {}
    for line in _lines(table):
        number = line["canvasuserid"] or line["id"] or line["studentid"]
        names = (
            line.names()
            if line.word("first_name")
            else split_name(line["student"] or line["sortablename"] or line.word("name"))
        )
        if not number or _CANVAS_ROWS.match(line["student"] or names[0]):
            if line["student"] and not line["student"].lower().startswith("points possible"):
                passed_over[line.number] = f"{line['student']} is nobody who takes part"
            continue
        logins = _some(line["sisloginid"] or line["loginid"], line["sisuserid"] or line["studentsisid"] or line["userid"])
        email = line.word("email") or next((login for login in logins if "@" in login), "")
        people.append(Listed(line.number, *names, email=email, logins=logins, ids=_ids("canvas", number)))
    return Listing("Canvas's list", tuple(people), passed_over)


def _moodle(table: CsvTable) -> Listing:
    """The participants of a course, or the grading worksheet of an assignment, whose numbers are the names of folders."""
    people, passed_over = [], {}
    for line, (_, cells) in zip(_lines(table), table.lines, strict=True):
        number = participant_number(cells.get(table.columns[0], ""))
        names, email = line.names(), line.word("email")
        logins = _some(line.word("login"), line.word("number"))
        if not (names[0] or email or logins):
            passed_over[line.number] = f"participant {number} is anonymous: the worksheet does not say who that is"
            continue
        people.append(Listed(line.number, *names, email=email, logins=logins, ids=_ids("moodle", number)))
    is_worksheet = any(each.ids for each in people) or bool(passed_over)
    return Listing("Moodle's grading worksheet" if is_worksheet else "Moodle's participants", tuple(people), passed_over)


def _gradescope(table: CsvTable) -> Listing:
    """The roster, or the grades of an assignment. Gradescope knows people by their SID, and without one by their address."""
    people, passed_over = [], {}
    for line in _lines(table):
        names, email, number = line.names(), line.word("email"), line["sid"]
        if line["role"] and line["role"].casefold() != "student":
            passed_over[line.number] = f"{names[0] or email} is no student ({line['role']})"
            continue
        ids = _ids("gradescope", number or email)
        people.append(Listed(line.number, *names, email=email, logins=_some(number), ids=ids))
    return Listing("Gradescope's list", tuple(people), passed_over)


def _github(table: CsvTable) -> Listing:
    """GitHub Classroom's roster: the identifier is what the instructor gave, the name the one on GitHub."""
    people = []
    for line in _lines(table):
        identifier, user = line["identifier"], line["githubusername"]
        if not identifier and not user:
            continue
        is_name = " " in identifier
        names = split_name(identifier if is_name else line["name"])
        email = identifier if "@" in identifier else ""
        logins = _some("" if is_name else identifier)
        people.append(Listed(line.number, *names, email=email, logins=logins, ids=_ids("github", user)))
    return Listing("GitHub Classroom's roster", tuple(people))


def _plain(table: CsvTable) -> Listing:
    """A table of the instructor's own: with an id, or with logins, names and addresses alone."""
    columns = known_columns(table)
    has_ids = column_key(columns.get("id", "")) == "id"
    people, passed_over = [], {}
    for line, (number, cells) in zip(_lines(table), table.lines, strict=True):
        given, names = participant_of(cells, columns), line.names()
        logins = _some(given.id) if has_ids else _some(line.word("login"), line.word("number"))
        person = Listed(number, *names, email=line.word("email"), logins=logins, ids=given.ids)
        if not str(person):
            passed_over[number] = "it names nobody"
        else:
            people.append(replace(person, fixed=given.id, more=given.more) if has_ids else person)
    others = tuple(name for name in table.columns if name not in columns.values()) if has_ids else ()
    return Listing("a table", tuple(people), passed_over, others)


def _keys(table: CsvTable) -> set[str]:
    return {column_key(name) for name in table.columns}


def _is_canvas(table: CsvTable) -> bool:
    keys = _keys(table)
    has_sis = bool({"sisloginid", "sisuserid"} & keys)
    return (
        "canvasuserid" in keys
        or {"studentid", "studentsisid"} <= keys
        or ("id" in keys and (has_sis or {"student", "section"} <= keys))
    )


def _is_gradescope(table: CsvTable) -> bool:
    return {"sid", "email"} <= _keys(table)


def _is_github(table: CsvTable) -> bool:
    return {"identifier", "githubusername"} <= _keys(table)


def _is_worksheet(table: CsvTable) -> bool:
    numbers = [participant_number(cells.get(table.columns[0], "")) for _, cells in table.lines]
    return bool(numbers) and all(numbers)


def _is_plain(table: CsvTable) -> bool:
    keys = _keys(table)
    means = {meaning for meaning, words in _WORDS.items() if keys.intersection(words)}
    return "id" in known_columns(table) or bool(means - {"first_name"})


def _is_moodle(table: CsvTable) -> bool:
    """Say whether a table may be Moodle's: the participants of a course look like anybody's table of names."""
    return _is_worksheet(table) or _is_plain(table)


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of lists: whether a table is of it, how it is read, and the columns by which people know it."""

    is_of_it: Callable[[CsvTable], bool]
    read: Callable[[CsvTable], Listing]
    columns: str


_FORMS = {
    "canvas": _Form(_is_canvas, _canvas, "Student, ID, SIS Login ID"),
    "gradescope": _Form(_is_gradescope, _gradescope, "First Name, Last Name, SID, Email"),
    "github": _Form(_is_github, _github, "identifier, github_username"),
    "moodle": _Form(_is_moodle, _moodle, "First name, Last name, Email address, or Identifier and Full name"),
    "plain": _Form(_is_plain, _plain, "id, first_name, last_name, email"),
}


FORMS = tuple(_FORMS)
"""The forms of lists that are known."""


def _form_of(table: CsvTable) -> _Form | None:
    """Return the form that the columns of a table are of, None if they are of none."""
    for name in ("canvas", "gradescope", "github"):
        if _FORMS[name].is_of_it(table):
            return _FORMS[name]
    if _is_worksheet(table):
        return _FORMS["moodle"]
    return _FORMS["plain"] if _is_plain(table) else None


def read_listing(table: CsvTable, form: str = "") -> Listing:
    """Return who is in a table, read as the named form or as the one that its columns are of; raises UsageError."""
    if not form:
        found = _form_of(table)
        if found is None:
            raise _unknown(table, "people: no id, login, name or address")
        return found.read(table)
    named = _FORMS[form]
    if not named.is_of_it(table):
        raise _unknown(table, f"the columns {named.columns} of {PLATFORMS.get(form, 'a plain list')}")
    return named.read(table)


def _unknown(table: CsvTable, lacking: str) -> UsageError:
    has = visible_name(", ".join(table.columns[:8]))
    return UsageError(f"{table.path} does not have {lacking}. It has: {has}. Rename the columns, or export the list again.")
