"""A roster says who somebody on a platform is, and says why where it cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.classroom.roster import Participant, Roster, default_id
from cnngrade.classroom.roster_file import read_roster, roster_text, write_roster
from cnngrade.errors import UsageError
from cnngrade.submission.platforms.handed import Person

ROSTER = """\
id,first_name,last_name,email,canvas,moodle,github,teams,section
ada,Ada,Lovelace,Ada@uni.example,12,101 202,countess,Ada L.,A
jdoe,John,Doe,,13; 14,,,,B
jdoe2,John,Doe,,,,,,
rao,\u0905\u0928\u093f\u0924\u093e,\u0936\u0930\u094d\u092e\u093e,,,,,,
mueller,Anna-Lena,M\u00fcller,,,,,,
sinead,Sinead,O'Connor,,,,,,
sammy,Sammy,Davis Jr.,,,,,,
soren,S\u00f8ren,\u00c5gaard,,,,,,
puig,Gal\u00b7la,Puig i Pla,,,,,,
"""


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Roster:
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return read_roster(path)


FOUND = [
    # (platform, person, id, by)
    ("canvas", Person("12", "nobody"), "ada", "Canvas id"),
    ("canvas", Person("14", "doejohn"), "jdoe", "Canvas id"),
    ("moodle", Person("202", "Somebody Else"), "ada", "Moodle id"),
    ("moodle", Person("Participant-101", anonymous=True), "ada", "Moodle id"),
    ("moodle", Person("Participant 202", anonymous=True), "ada", "Moodle id"),
    ("moodle", Person("Teilnehmer/in202", anonymous=True), "ada", "Moodle id"),
    ("github", Person("Countess"), "ada", "GitHub id"),
    ("teams", Person("", "ADA  L."), "ada", "Teams name"),
    ("gradescope", Person("ada@UNI.example", "A. L.", "ada@UNI.example"), "ada", "email"),
    ("gradescope", Person("4711", "A. L.", "ada@uni.example"), "ada", "email"),
    ("sakai", Person("ADA", "Byron, Ada"), "ada", "id"),
    ("blackboard", Person("MUELLER"), "mueller", "id"),
    ("nbgrader", Person("jdoe2"), "jdoe2", "id"),
    ("", Person("ada lovelace"), "ada", "name"),
    ("", Person("Lovelace, Ada"), "ada", "name"),
    ("", Person("AdA"), "ada", "id"),
    ("moodle", Person("5", "Lovelace Ada"), "ada", "name"),
    ("moodle", Person("5", "ADA LOVELACE"), "ada", "name"),
    ("canvas", Person("99", "muellerannalena"), "mueller", "name"),
    ("canvas", Person("99", "m\u00fcllerannalena"), "mueller", "name"),
    ("canvas", Person("99", "davisjrsammy"), "sammy", "name"),
    ("moodle", Person("5", "Anna-Lena M\u00fcller (Gast)"), "mueller", "name"),
    ("moodle", Person("5", "Mueller, Anna Lena"), "mueller", "name"),
    ("moodle", Person("5", "Anna-Lena Mu\u0308ller"), "mueller", "name"),
    ("moodle", Person("5", "Anna-Lena Muller"), "mueller", "name"),
    ("moodle", Person("5", "Sin\u00e9ad O\u2019Connor"), "sinead", "name"),
    ("moodle", Person("5", "OConnor, Sinead"), "sinead", "name"),
    ("moodle", Person("5", "Sammy Davis"), "sammy", "name"),
    ("moodle", Person("5", "Davis, Sammy, Jr"), "sammy", "name"),
    ("moodle", Person("5", "Soren Agaard"), "soren", "name"),
    ("moodle", Person("5", "Soeren Aagaard"), "soren", "name"),
    ("moodle", Person("5", "\u0905\u0928\u093f\u0924\u093e \u0936\u0930\u094d\u092e\u093e"), "rao", "name"),
    ("moodle", Person("5", "Galla Puig i Pla"), "puig", "name"),
    ("moodle", Person("5", "\u200eGal\u00b7la Puig I Pla\u200f"), "puig", "name"),
]


@pytest.mark.parametrize(("platform", "person", "student", "by"), FOUND, ids=[ascii(f"{row[0]} {row[1]}") for row in FOUND])
def test_who_it_is(roster: Roster, platform: str, person: Person, student: str, by: str) -> None:
    """ids come before addresses, addresses before logins, and names last, however they are written"""
    found = roster.find(person, platform)
    assert (found.id, found.by, found.reason) == (student, by, "")


NOT_FOUND = [
    ("canvas", Person("99", "lovelaceada"), "lovelaceada (Canvas 99) is not in the roster: Ada Lovelace (ada) is 12 there"),
    (
        "moodle",
        Person("5", "Doe, John"),
        "Doe, John (Moodle 5) may be John Doe (jdoe) and John Doe (jdoe2): write that id into",
    ),
    ("", Person("John Doe"), "John Doe may be John Doe (jdoe) and John Doe (jdoe2): rename one of them"),
    ("moodle", Person("12", "Grace Hopper"), "Grace Hopper (Moodle 12) is not in the roster"),
    ("canvas", Person("b4Ks2", "Ada Lovelace", anonymous=True), "Ada Lovelace (Canvas b4Ks2) is anonymous"),
    ("canvas", Person("", "Ada Lovelace", anonymous=True), "Ada Lovelace is anonymous"),
    ("github", Person("jdoe"), "GitHub jdoe is not in the roster"),
    ("moodle", Person("5", "Sinead O'Conor"), "the nearest name is Sinead O'Connor (sinead)"),
    ("moodle", Person("5", "\u0905\u0928\u0924 \u0936\u0930\u092e"), "is not in the roster"),
    ("moodle", Person("5", "Ada"), "Ada (Moodle 5) is not in the roster"),
    ("moodle", Person("5", "\U0001f642"), "is not in the roster"),
    ("gradescope", Person("eve@uni.example", "", "eve@uni.example"), "eve@uni.example is not in the roster"),
    ("canvas", Person("1\x1b[31m", "e\x07"), "e\\x07 (Canvas 1\\x1b[31m) is not in the roster"),
]


@pytest.mark.parametrize(("platform", "person", "reason"), NOT_FOUND, ids=[ascii(f"{row[0]} {row[1]}") for row in NOT_FOUND])
def test_who_it_may_not_be(roster: Roster, platform: str, person: Person, reason: str) -> None:
    """whoever is not in the roster, or may be two of it, is nobody, and the reason names them"""
    found = roster.find(person, platform)
    assert found.id == ""
    assert reason in found.reason


def test_two_of_one_name_of_whom_one_is_known() -> None:
    """of two namesakes the one whom the platform knows under another id is not meant"""
    people = Roster(
        (
            Participant("jdoe", "John", "Doe", ids={"canvas": ("13",)}),
            Participant("jdoe2", "John", "Doe"),
        )
    )
    assert people.find(Person("14", "doejohn"), "canvas").id == "jdoe2"
    assert people.find(Person("13", "doejohn"), "canvas").id == "jdoe"


def test_what_else_a_platform_knows_somebody_by() -> None:
    """a second id, and the other way to read a login, tell who it is unless they are somebody else's"""
    jane = Participant("j_doe", "Jane", "Doe", ids={"ilias": ("1234",)})
    roster = Roster((jane, Participant("doe", "John", "Doe"), Participant("77", "Ann", "Au")))
    assert roster.find(Person("x", "Jane Doe", aliases=("1234",)), "ilias").id == "j_doe"
    assert roster.find(Person("doe_x", "John Doe", aliases=("5", "doe")), "ilias").id == "doe"
    assert roster.find(Person("bob", "Bob Bee", aliases=("77", "doe")), "ilias").id == ""
    assert roster.find(Person("x_doe", aliases=("j_doe",)), "blackboard").id == "j_doe"
    assert roster.find(Person("3_x", aliases=("77",)), "blackboard").id == ""
    assert "doe" in roster.find(Person("doe", aliases=("j_doe",)), "blackboard").reason


def test_a_number_that_equals_an_id_says_nothing() -> None:
    """Canvas, Moodle and Brightspace count people: a number of theirs that is somebody's matriculation number is chance"""
    people = Roster((Participant("4711", "Ada", "Lovelace"),))
    for platform in ("canvas", "moodle", "brightspace"):
        assert people.find(Person("4711", "Grace Hopper"), platform).id == ""
    assert people.find(Person("4711"), "gradescope").id == "4711"


def test_case_is_the_rosters(roster: Roster) -> None:
    """an id is found whatever its case, and comes back as the roster has it"""
    assert roster.known("ADA") == roster.known("ada") == "ada"
    assert roster.known("eve") == ""


def test_what_is_read_is_what_was_written(roster: Roster, tmp_path: Path) -> None:
    """a roster survives writing and reading, columns of the course's own included, and is for its owner alone"""
    write_roster(tmp_path / "again.csv", roster)
    assert (tmp_path / "again.csv").stat().st_mode & 0o077 == 0
    again = read_roster(tmp_path / "again.csv")
    assert again == roster
    assert again.participants[0].more == {"section": "A"}
    assert roster_text(again) == roster_text(roster)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """a cell that a spreadsheet would compute is written as text, and read as what it was"""
    names = ["=cmd", "+1", "-1", "@SUM", "'=1", "O'Neil", "'t Hooft"]
    people = Roster(tuple(Participant(f"p{at}", name, "x", more={"=note": name}) for at, name in enumerate(names)), ("=note",))
    write_roster(tmp_path / "roster.csv", people)
    text = (tmp_path / "roster.csv").read_text(encoding="utf-8")
    assert not [cell for line in text.splitlines() for cell in line.split(",") if cell.startswith(("=", "+", "-", "@"))]
    assert [each.first_name for each in read_roster(tmp_path / "roster.csv").participants] == names


SPELLINGS = {
    "utf-8": ("utf-8", ","), "utf-8 with a mark": ("utf-8-sig", ";"), "utf-16": ("utf-16", "\t"),
    "utf-16 big": ("utf-16-be", ","), "windows": ("cp1252", ";"),
}  # fmt: skip
HEADERS = [
    "id,First name,Last name,E-Mail,Canvas ID",
    "Login,FIRST_NAME,Surname,email address,canvas",
    "Student ID,Vorname,Nachname,EMail,Canvas user id",
    '"id","first_name","last_name","email","canvas"',
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_however_it_was_saved(tmp_path: Path, spelling: str, header: str, end: str) -> None:
    """encodings, separators, line ends and the usual names of columns are understood"""
    encoding, separator = SPELLINGS[spelling]
    lines = [header, 'zoe,"Zo\u00eb",M\u00fcller,zoe@uni.example,7', ",,,,", 'abc,"A, B;\tC",D,,']
    text = lines[0].replace(",", separator) + end + lines[1].replace(",", separator) + end
    text += lines[2].replace(",", separator) + end + f'abc{separator}"A, B;\tC"{separator}D{separator}{separator}' + end
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    zoe, other = read_roster(path).participants
    assert zoe == Participant("zoe", "Zo\u00eb", "M\u00fcller", "zoe@uni.example", {"canvas": ("7",)})
    assert (other.id, other.first_name) == ("abc", "A, B; C")


UNSOUND = [
    ("first_name,last_name\nAda,Lovelace\n", "has no column id; it has first_name, last_name"),
    ("id,canvas\nada,1\nADA,2\n", "line 3, column id: ADA is that of line 2, too"),
    ("id,canvas\nada,1\nbob,2 1\n", "line 3, column canvas: 1 is that of line 2 (ada), too"),
    ("id,Moodle number\nada,Participant 1\nbob,1\n", "line 3, column Moodle number: 1 is that of line 2 (ada), too"),
    ("id,name\nada,x\n.bob,y\n", 'line 3, column id: ".bob" is not a student id'),
    ("id,email\n,x@y\n", "line 2, column id: there is no id"),
    ("id,first_name\nada,b,c\n", "line 2: there are 3 cells, and 2 columns"),
    ("id,canvas,Canvas ID\nada,1,2\n", "the columns canvas and Canvas ID are both canvas"),
    ("id,id\nada,1\n", "two columns are called id"),
    ("", "is empty"),
    ("\n\n", "is empty"),
    ('id,first_name\nada,"' + "x" * 200_000, "is not a table that can be read"),
]


@pytest.mark.parametrize(("text", "told"), UNSOUND, ids=[row[1] for row in UNSOUND])
def test_what_is_wrong_with_a_roster(tmp_path: Path, text: str, told: str) -> None:
    """an error names the file, the line and the column"""
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_roster(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(("data", "told"), [
    (b"PK\x03\x04rest", "is a workbook. Save it as CSV"),
    (b"\xd0\xcf\x11\xe0rest", "is a workbook. Save it as CSV"),
    (b"\xff\xfea", "is no text"),
    (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00", "is no text"),
    (b"id\nad\x81\x8d\n", "is no text in an encoding that can be told"),
])  # fmt: skip
def test_what_is_no_text(tmp_path: Path, data: bytes, told: str) -> None:
    """a workbook or other bytes are no roster, and the error says what to do"""
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=told):
        read_roster(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """what is larger than any list of people is not read"""
    path = tmp_path / "roster.csv"
    with path.open("wb") as file:
        file.truncate(33 << 20)
    with pytest.raises(UsageError, match="is larger than 32 MiB"):
        read_roster(path)


def test_no_file_at_all(tmp_path: Path) -> None:
    """a roster that is not there, or is a folder, is an error for people"""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_roster(path)


WITHOUT_A_ROSTER = [
    (Person("123456", "Jane Doe"), "123456"),
    (Person("Participant-101", anonymous=True), "Participant-101"),
    (Person("jdoe@uni.example", "Jane Doe", "jdoe@uni.example"), "jdoe@uni.example"),
    (Person("", "Jane Doe", "jdoe@uni.example"), "jdoe@uni.example"),
    (Person("", "Doe, Jane"), "Doe_Jane"),
    (Person("o'connor", "Sinead"), "o'connor"),
    (Person("u\u0308x"), "\u00fcx"),
    (Person("a b"), "a-b"),
]


@pytest.mark.parametrize(("person", "student"), WITHOUT_A_ROSTER)
def test_ids_without_a_roster(person: Person, student: str) -> None:
    """without a roster the platform's own id is the student's, and a name becomes one where there is none"""
    assert default_id(person) == student
