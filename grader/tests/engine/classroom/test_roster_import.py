"""Platforms' lists of people, as they export them, become one roster."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.classroom.csv_table import csv_text, read_csv
from cnngrade.classroom.exports import FORMS, Listing, read_listing
from cnngrade.classroom.roster import Participant, Roster
from cnngrade.classroom.roster_file import read_roster, write_roster
from cnngrade.classroom.roster_merge import Merged, RosterChange, merge
from cnngrade.cli.main import main
from cnngrade.cli.roster import import_
from cnngrade.errors import UsageError

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Convolution (4314282),Assignments Current Points,Current Score
,,,,,Manual Posting,(read only),(read only)
    Points Possible,,,,,20.0,(read only),(read only)
"Doe, Jane",1201,u0001,jdoe,CNN 101,18,18,90
"O'Connor, Sin\u00e9ad",1202,u0002,so@uni.example,CNN 101,,0,
"M\u00fcller, Anna-Lena",1203,u0003,amueller@uni.example,CNN 101 and CNN 102,3,3,15
"Student, Test",1299,,6f1ed002ab559586,CNN 101,,0,
"""

CANVAS_SPLIT = """\
LastName,FirstName,ID,SIS User ID,SIS Login ID,Section
Doe,Jane,1201,u0001,jdoe,CNN 101
"""

CANVAS_SEMICOLONS = CANVAS.replace('"Doe, Jane"', "Doe\\ Jane").replace(",", ";").replace("\\", ",").replace(";,", ",")

CANVAS_USERS = """\
canvas_user_id,user_id,integration_id,authentication_provider_id,login_id,first_name,last_name,full_name,sortable_name,email,status
1201,u0001,,,jdoe,Jane,Doe,Jane Doe,"Doe, Jane",jane.doe@uni.example,active
"""

CANVAS_ANALYTICS = """\
Student name,Student ID,Student SIS ID,Email,Section name
Jane Doe,1201,u0001,jane.doe@uni.example,CNN 101
"""

CANVAS_GROUPS = """\
name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id
"Doe, Jane",1201,u0001,jdoe,CNN 101,Team 4,77,
"""

MOODLE = """\
"First name","Last name","ID number","Email address",Groups,"Last access to course"
Jane,Doe,u0001,jane.doe@uni.example,"Group A","2 days 3 hours"
Sin\u00e9ad,O'Connor,,so@uni.example,,never
"""

MOODLE_OLD = MOODLE.replace("Last name", "Surname")

MOODLE_GERMAN = """\
Vorname,Nachname,Matrikelnummer,E-Mail-Adresse,Gruppen
Jane,Doe,u0001,jane.doe@uni.example,
"""

MOODLE_FRENCH = """\
Pr\u00e9nom,"Nom de famille","Num\u00e9ro d'identification","Adresse de courriel"
Jane,Doe,u0001,jane.doe@uni.example
"""

MOODLE_SPANISH = """\
Nombre,"Apellido(s)","N\u00famero de ID","Direcci\u00f3n de correo"
Jane,Doe,u0001,jane.doe@uni.example
"""

WORKSHEET = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Last modified (grade)"
"Participant 123456","Jane Doe",u0001,jane.doe@uni.example,"Submitted for grading - ",,100.00,Yes,-
"Participant 123457","Sin\u00e9ad O'Connor",,so@uni.example,"No submission - ",,100.00,Yes,-
"""

WORKSHEET_GERMAN = """\
ID;"Vollst\u00e4ndiger Name";E-Mail-Adresse;Status;Bewertung
"Teilnehmer/in 123456";"Jane Doe";jane.doe@uni.example;"Zur Bewertung abgegeben";
"Teilnehmer/in123457";"Sin\u00e9ad O'Connor";so@uni.example;;
"""

WORKSHEET_BLIND = """\
Identifier,Status,Grade,"Maximum Grade","Grade can be changed"
"Participant 101","Submitted for grading - ",,100.00,Yes
"""

GRADESCOPE = """\
First Name,Last Name,SID,Email,Role,Sections
Jane,Doe,u0001,jane.doe@uni.example,Student,CNN 101
Sin\u00e9ad,O'Connor,,so@gmail.example,Student,CNN 101
Prof,Essor,,prof@uni.example,Instructor,
"""

GRADESCOPE_GRADES = """\
Name,SID,Email,Sections,Convolution,Convolution - Max Points,Convolution - Submission Time,Convolution - Lateness (H:M:S)
Jane Doe,u0001,jane.doe@uni.example,CNN 101,18.0,20.0,2026-03-01 10:00:00 -0500,00:00:00
"""

GITHUB = """\
"identifier","github_username","github_id","name"
"jdoe","jane-codes","40261856","Janey"
"so@uni.example","sineadoc","40261857",""
"M\u00fcller, Anna-Lena","","",""
"""

PLAIN = """\
id;Vorname;Nachname;E-Mail;section
jdoe;Jane;Doe;jane.doe@uni.example;A
"""


# What others export is read as a table of names: these have no numbers that their archives would hold.
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,Convolution Points Grade <Numeric MaxPoints:20>,End-of-Line Indicator
#u0001,#jdoe,Doe,Jane,jane.doe@uni.example,18,#
"""

BLACKBOARD = """\
Last Name\tFirst Name\tUsername\tStudent ID\tLast Access\tAvailability\tConvolution [Total Pts: 20 Score] |123
Doe\tJane\tjdoe\tu0001\t2026-05-06 12:31:11\tYes\t18
"""

SAKAI = """\
"Student ID","Name","Convolution [20.0]"
"jdoe","Doe, Jane","18"
"""

ILIAS = """\
Login;Nachname;Vorname;E-Mail;Matrikelnummer
jdoe;Doe;Jane;jane.doe@uni.example;u0001
;;;;
 ; ; ;;
"""


def listing_of(tmp_path: Path, text: str, form: str = "", encoding: str = "utf-8") -> Listing:
    path = tmp_path / "list.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return read_listing(read_csv(path), form)


def merged(tmp_path: Path, text: str, *people: Participant) -> Merged:
    return merge(Roster(people), listing_of(tmp_path, text))


def by_id(done: Merged) -> dict[str, Participant]:
    return {each.id: each for each in done.roster.participants}


JANE = {
    # name of the list: (its text, title, the id that Jane gets, her address, her ids)
    "canvas": (CANVAS, "Canvas's list", "jdoe", "", {"canvas": ("1201",)}),
    "canvas, names apart": (CANVAS_SPLIT, "Canvas's list", "jdoe", "", {"canvas": ("1201",)}),
    "canvas, semicolons": (CANVAS_SEMICOLONS, "Canvas's list", "jdoe", "", {"canvas": ("1201",)}),
    "canvas, users": (CANVAS_USERS, "Canvas's list", "jdoe", "jane.doe@uni.example", {"canvas": ("1201",)}),
    "canvas, analytics": (CANVAS_ANALYTICS, "Canvas's list", "u0001", "jane.doe@uni.example", {"canvas": ("1201",)}),
    "canvas, groups": (CANVAS_GROUPS, "Canvas's list", "jdoe", "", {"canvas": ("1201",)}),
    "moodle": (MOODLE, "a table", "u0001", "jane.doe@uni.example", {}),
    "moodle, old": (MOODLE_OLD, "a table", "u0001", "jane.doe@uni.example", {}),
    "moodle, german": (MOODLE_GERMAN, "a table", "u0001", "jane.doe@uni.example", {}),
    "moodle, french": (MOODLE_FRENCH, "a table", "u0001", "jane.doe@uni.example", {}),
    "moodle, spanish": (MOODLE_SPANISH, "a table", "u0001", "jane.doe@uni.example", {}),
    "worksheet": (WORKSHEET, "Moodle's grading worksheet", "u0001", "jane.doe@uni.example", {"moodle": ("123456",)}),
    "worksheet, german": (
        WORKSHEET_GERMAN, "Moodle's grading worksheet", "jane.doe", "jane.doe@uni.example", {"moodle": ("123456",)}
    ),
    "gradescope": (GRADESCOPE, "Gradescope's list", "u0001", "jane.doe@uni.example", {"gradescope": ("u0001",)}),
    "gradescope, grades": (GRADESCOPE_GRADES, "Gradescope's list", "u0001", "jane.doe@uni.example", {"gradescope": ("u0001",)}),
    "plain": (PLAIN, "a table", "jdoe", "jane.doe@uni.example", {}),
    "brightspace": (BRIGHTSPACE, "a table", "jdoe", "jane.doe@uni.example", {}),
    "blackboard": (BLACKBOARD, "a table", "jdoe", "", {}),
    "sakai": (SAKAI, "a table", "jdoe", "", {}),
    "ilias": (ILIAS, "a table", "jdoe", "jane.doe@uni.example", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", JANE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_one_person_in_every_list(tmp_path: Path, name: str, encoding: str) -> None:
    """a list is recognised by its columns, and the same person comes out of each"""
    text, title, student, email, ids = JANE[name]
    listing = listing_of(tmp_path, text, encoding=encoding)
    assert listing.title == title
    done = merge(Roster(), listing)
    jane = done.roster.participants[0]
    assert (jane.id, jane.first_name, jane.last_name, jane.email) == (student, "Jane", "Doe", email)
    assert jane.ids == ids
    assert {taken.step for taken in done.taken} == {RosterChange.ADDED}


def test_canvas(tmp_path: Path) -> None:
    """of Canvas's gradebook the lines of points and the test student are nobody; an address as login gives its first part"""
    listing = listing_of(tmp_path, CANVAS)
    assert list(listing.passed_over.values()) == ["Student, Test is nobody who takes part"]
    people = by_id(merge(Roster(), listing))
    assert list(people) == ["jdoe", "so", "amueller"]
    assert people["so"] == Participant("so", "Sin\u00e9ad", "O'Connor", "so@uni.example", {"canvas": ("1202",)})


def test_github_needs_somebody_to_be_known(tmp_path: Path) -> None:
    """an identifier is a login, an address or a name; GitHub's own name is not needed"""
    people = by_id(
        merged(
            tmp_path,
            GITHUB,
            Participant("jdoe", "Jane", "Doe"),
            Participant("sinead", "", "", "SO@uni.example"),
            Participant("am", "Anna-Lena", "M\u00fcller"),
        )
    )
    assert people["jdoe"].ids == {"github": ("jane-codes",)}
    assert people["jdoe"].first_name == "Jane"
    assert people["sinead"].ids == {"github": ("sineadoc",)}
    assert people["am"].ids == {}
    assert len(people) == 3


def test_a_term_of_lists(tmp_path: Path) -> None:
    """list after list, everybody keeps one line: numbers of Moodle's worksheets are added to earlier ones, nothing is lost"""
    roster = Roster()
    later = WORKSHEET.replace("123456", "222222").replace("123457", "222223")
    for text in (PLAIN, MOODLE, WORKSHEET, later, GRADESCOPE.replace("so@gmail", "so@uni"), CANVAS, CANVAS, GITHUB):
        done = merge(roster, listing_of(tmp_path, text))
        assert [taken for taken in done.taken if taken.step is RosterChange.REFUSED] == []
        roster = done.roster
    jane, sinead, anna = roster.participants
    assert jane == Participant(
        "jdoe",
        "Jane",
        "Doe",
        "jane.doe@uni.example",
        {"moodle": ("123456", "222222"), "gradescope": ("u0001",), "canvas": ("1201",), "github": ("jane-codes",)},
        {"section": "A"},
    )
    assert sinead.id == "so"
    assert sinead.ids["moodle"] == ("123457", "222223")
    assert sinead.ids["canvas"] == ("1202",)
    assert anna.ids == {"canvas": ("1203",)}


def test_what_is_there_stays(tmp_path: Path) -> None:
    """what the roster holds is never replaced, and what differs is told"""
    known = Participant("jdoe", "Janet", "", "janet@home.example", {"canvas": ("1201",)}, {"section": "B"})
    done = merged(tmp_path, CANVAS_USERS, known)
    (jane,) = done.roster.participants
    assert (jane.first_name, jane.last_name, jane.email) == ("Janet", "Doe", "janet@home.example")
    assert jane.more == {"section": "B"}
    (taken,) = done.taken
    assert taken.step is RosterChange.CHANGED
    assert "first_name stays Janet (the list has Jane)" in taken.told
    assert "email stays janet@home.example (the list has jane.doe@uni.example)" in taken.told
    assert "last_name Doe" in taken.told


def test_who_is_not_in_the_list_stays_and_is_told(tmp_path: Path) -> None:
    """nobody is taken out of a roster by a list"""
    done = merged(tmp_path, PLAIN, Participant("gone", "Long", "Gone"), Participant("jdoe"))
    assert [each.id for each in done.roster.participants] == ["gone", "jdoe"]
    assert [each.id for each in done.absent] == ["gone"]


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    """a list that was taken in before is as it was"""
    roster = merged(tmp_path, WORKSHEET).roster
    done = merge(roster, listing_of(tmp_path, WORKSHEET))
    assert done.roster == roster
    assert {(taken.step, taken.told) for taken in done.taken} == {(RosterChange.SAME, "")}


def test_who_is_in_two_sections_is_taken_once(tmp_path: Path) -> None:
    """a line that says the same of somebody once more is the same person, in the first list and in any later one"""
    twice = CANVAS + '"Doe, Jane",1201,u0001,jdoe,CNN 102,18,18,90\n'
    first = merged(tmp_path, twice)
    assert [(taken.student, taken.step) for taken in first.taken if taken.name == "Jane Doe"] == [
        ("jdoe", RosterChange.ADDED),
        ("jdoe", RosterChange.SAME),
    ]
    assert first.taken[-1].told == "as line 4"
    assert merge(first.roster, listing_of(tmp_path, twice)).roster == first.roster


@pytest.mark.parametrize(("text", "told"), [
    # Names alone may be two namesakes'.
    ("first_name,last_name\nJane,Doe\nJane,Doe\n", "there is nothing of which an id can be made"),
    (CANVAS + '"Doe, Janet",1201,u0001,jdoe,CNN 102,18,18,90\n', "is that of Jane Doe (jdoe), too"),
    (CANVAS + '"Doe, Jane",1201,,jane@uni.example,CNN 102,18,18,90\n', "is that of Jane Doe (jdoe), too"),
])  # fmt: skip
def test_a_line_that_says_something_else_of_somebody_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """only a line that differs in nothing that the roster holds is one more of the same person"""
    last = merged(tmp_path, text).taken[-1]
    assert (last.step, told in last.told) == (RosterChange.REFUSED, True)


@pytest.mark.parametrize(("first", "last"), [
    ("Jan", "van der Berg"),
    ("Gabriel", "Garc\u00eda M\u00e1rquez"),
    ("Mar\u00eda Jos\u00e9", "de la Cruz"),
    ("\u674e", "\u5c0f\u9f99"),
])  # fmt: skip
def test_a_name_that_is_parted_elsewhere_is_the_same(tmp_path: Path, first: str, last: str) -> None:
    """where a list has the whole name alone, it is not told that its parts differ from those in the roster"""
    known = Participant("a", first, last, "a@uni.example")
    (taken,) = merged(tmp_path, f"Full name,Email address\n{first} {last},a@uni.example\n", known).taken
    assert (taken.step, taken.told) == (RosterChange.SAME, "")


HEAD = "first_name,last_name,email,canvas\n"
DOUBT = {
    "two of one name": (
        (Participant("a", "John", "Doe"), Participant("b", "John", "Doe")),
        HEAD + "John,Doe,,\n",
        "that may be John Doe (a) or John Doe (b)",
    ),
    "two of one name in the list": (
        (Participant("a", "John", "Doe"),),
        HEAD + "John,Doe,,1\nJohn,Doe,,2\n",
        "that may be John Doe (a)",
    ),
    "two people by two marks": (
        (Participant("a", "Ada", "A", ids={"canvas": ("1",)}), Participant("b", "Bob", "B", "b@x")),
        HEAD + "Bob,B,b@x,1\n",
        "that is Ada A (a) by the Canvas id 1 and Bob B (b) by the email",
    ),
    "one person twice": (
        (Participant("a", "Ada", "A", "a@x"),),
        HEAD + "Ada,A,a@x,1\nAda,A,a@x,2\n",
        "Ada A (a) is in line 2 already",
    ),
    "an address twice": ((), HEAD + "Ada,A,a@x,1\nBob,B,a@x,2\n", "email a@x is that of Ada A (a), too"),
    "a number twice": ((), HEAD + "Ada,A,a@x,1\nBob,B,b@x,1\n", "Canvas 1 is that of Ada A (a), too"),
    "an id twice": ((), "id,last_name\na,A\nA,B\n", "the id A is in the list twice"),
    "an id that is none": ((), "id,last_name\n.a,A\nb,B\n", '".a" is not a student id'),
}


@pytest.mark.parametrize("name", DOUBT)
def test_doubt_is_told(tmp_path: Path, name: str) -> None:
    """where two fit, or marks do not fit together, the line is refused with both named, and the roster stays sound"""
    people, text, told = DOUBT[name]
    done = merged(tmp_path, text, *people)
    refused = [taken for taken in done.taken if taken.step is RosterChange.REFUSED]
    assert [told in taken.told for taken in refused] == [True] * len(refused)
    assert refused
    assert [each.id for each in done.roster.participants][: len(people)] == [each.id for each in people]
    held = [(name, given) for each in done.roster.participants for name, ids in each.ids.items() for given in ids]
    assert len(held) == len(set(held))


def test_two_addresses_with_one_beginning(tmp_path: Path) -> None:
    """two people whose addresses begin alike get the whole addresses for ids"""
    done = merged(tmp_path, HEAD + "Jane,Doe,jdoe@a.example,\nJohn,Doe,jdoe@b.example,\nAda,A,ada@a.example,\n")
    assert [each.id for each in done.roster.participants] == ["jdoe@a.example", "jdoe@b.example", "ada"]


def test_half_an_address_is_no_proof(tmp_path: Path) -> None:
    """an id that is the beginning of an address is somebody else's where name or address say so"""
    same = merged(tmp_path, HEAD + "Jane,Doe,jdoe@a.example,\n", Participant("jdoe"))
    assert [each.id for each in same.roster.participants] == ["jdoe"]
    other = merged(tmp_path, HEAD + "Jane,Doe,jdoe@a.example,\n", Participant("jdoe", "John", "Doe"))
    assert [each.id for each in other.roster.participants] == ["jdoe", "jdoe@a.example"]


def test_by_name_only_if_nothing_speaks_against_it(tmp_path: Path) -> None:
    """a namesake whom the platform knows under another id is another person"""
    known = Participant("jd", "Jane", "Doe", ids={"canvas": ("7",)})
    done = merged(tmp_path, CANVAS_SPLIT, known)
    assert [each.id for each in done.roster.participants] == ["jd", "jdoe"]
    (taken,) = merged(tmp_path, CANVAS_SPLIT, Participant("jd", "Jane", "Doe")).taken
    assert (taken.student, taken.step) == ("jd", RosterChange.CHANGED)
    assert taken.told.startswith("found by name")


@pytest.mark.parametrize(
    "word",
    ["Participant ", "Participant", "Teilnehmer/in ", "Teilnehmer/in", "Teilnehmer*in", "Participante ", "Participante",
     "Partecipante", "Deelnemer ", "Osallistuja ", "\u00da\u010dastn\u00edk ",
     "\u0423\u0447\u0430\u0441\u0442\u043d\u0438\u043a ", "\u53c2\u52a0\u8005"],
)  # fmt: skip
def test_a_worksheets_numbers_are_whole(tmp_path: Path, word: str) -> None:
    """in some languages nothing is between Moodle's word and the number: no digit of it is lost"""
    lines = (f'"{word}{number}","Jane Doe",j{number}@uni.example' for number in (123456, 123457, 7))
    listing = listing_of(tmp_path, "\n".join(["Identifier,Full name,Email address", *lines, ""]), encoding="utf-8")
    assert listing.title == "Moodle's grading worksheet"
    assert [each.ids for each in listing.people] == [{"moodle": (number,)} for number in ("123456", "123457", "7")]


def test_logins_with_numbers_are_no_worksheet(tmp_path: Path) -> None:
    """a column of logins with letters before numbers is not that of Moodle's participants"""
    listing = listing_of(tmp_path, "username,name,email\ns12345,Jane Doe,j@uni.example\ns12346,John Roe,r@uni.example\n")
    assert listing.title == "a table"


def test_a_blind_worksheet_names_nobody(tmp_path: Path) -> None:
    """blind marking's worksheet says which numbers there are, and not whose: nobody is invented"""
    listing = listing_of(tmp_path, WORKSHEET_BLIND)
    assert listing.people == ()
    assert list(listing.passed_over.values()) == ["participant 101 is anonymous: the worksheet does not say who that is"]


def test_staff_does_not_take_part(tmp_path: Path) -> None:
    """Gradescope's instructors and assistants are not students"""
    listing = listing_of(tmp_path, GRADESCOPE)
    assert list(listing.passed_over.values()) == ["Prof Essor is no student (Instructor)"]
    assert [each.ids for each in listing.people] == [{"gradescope": ("u0001",)}, {"gradescope": ("so@gmail.example",)}]


def test_lines_of_nobody(tmp_path: Path) -> None:
    """a line without a name, an id or an address is nobody, and is told"""
    listing = listing_of(tmp_path, "first_name,last_name,email,room\n,,,12\nAda,,,13\n")
    assert listing.passed_over == {2: "it names nobody"}
    assert [each.name for each in listing.people] == ["Ada"]


def test_excel_says_what_separates(tmp_path: Path) -> None:
    """a first line `sep=;` is Excel's, and line numbers are still those of the file"""
    listing = listing_of(tmp_path, 'sep=;\nid;first_name\nada;"A;\nB"\nbob;Bob\n')
    assert [(each.line, each.fixed) for each in listing.people] == [(3, "ada"), (5, "bob")]


def test_participants_as_moodles_own(tmp_path: Path) -> None:
    """--from moodle reads the participants, which have no number of an assignment"""
    listing = listing_of(tmp_path, MOODLE, "moodle")
    assert listing.title == "Moodle's participants"
    assert [each.logins for each in listing.people] == [("u0001",), ()]


@pytest.mark.parametrize(("text", "form", "told"), [
    ("a,b\n1,2\n", "", "does not have people: no id, login, name or address. It has: a, b"),
    (MOODLE, "canvas", "does not have the columns Student, ID, SIS Login ID of Canvas"),
    (CANVAS, "gradescope", "does not have the columns First Name, Last Name, SID, Email of Gradescope"),
    ("a\n1\n", "plain", "does not have the columns id, first_name, last_name, email of a plain list"),
    (f"{'x' * 200_000}\n1\n", "plain", "is not a table that can be read: field larger than field limit"),
])  # fmt: skip
def test_a_table_that_is_no_list(tmp_path: Path, text: str, form: str, told: str) -> None:
    """the error says which columns are lacking and which there are"""
    with pytest.raises(UsageError, match=told):
        listing_of(tmp_path, text, form)


def test_the_command_knows_every_form() -> None:
    """the choices of --from are the forms that are known"""
    (option,) = [each for each in import_.params if each.name == "form"]
    assert set(option.type.choices) == set(FORMS)


@pytest.fixture
def inside(course, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(course.root)
    return course.root


def test_the_command(inside: Path) -> None:
    """what happened is told a line each; --dry-run writes nothing; a refused line is exit code 1 and stops nobody else"""
    (inside / "canvas.csv").write_text(CANVAS, encoding="utf-8")
    run = CliRunner().invoke
    dry = run(main, ["roster", "import", "canvas.csv", "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "Nothing was written" in dry.stdout
    assert not (inside / "classroom").exists()
    done = run(main, ["roster", "import", "canvas.csv"])
    assert done.exit_code == 0, done.output
    assert "added     jdoe                 Jane Doe: canvas 1201\n" in done.stdout
    assert "Canvas's list: 3 people, 3 added, 0 changed, 0 refused, 0 as they were." in done.stdout
    assert len(read_roster(inside / "classroom" / "roster.csv").participants) == 3
    (inside / "own.csv").write_text("id,last_name,canvas\n.x,X,\neve\x07,E,\nbob,B,5\nada,A,1201\n")
    done = run(main, ["roster", "import", "own.csv"])
    assert done.exit_code == 1
    assert "refused   line 2" in done.stdout
    assert "eve\\x07" in done.stdout
    assert "added     bob" in done.stdout
    assert "refused   line 5" in done.stdout
    assert done.stdout.index("added     bob") < done.stdout.index("refused   line 2")
    assert "In the roster and not in the list: Jane Doe (jdoe), " in done.stdout
    shown = run(main, ["roster", "show"])
    assert "so                   Sin\u00e9ad O'Connor" in shown.stdout
    assert "4 people in the roster." in shown.stdout


def test_the_command_says_what_is_wrong(inside: Path) -> None:
    """a workbook, a broken roster and an empty one each have a sentence"""
    run = CliRunner().invoke
    (inside / "list.csv").write_bytes(b"PK\x03\x04")
    assert "is a workbook" in run(main, ["roster", "import", "list.csv"]).stderr
    assert "Begin with a list" in run(main, ["roster", "show"]).stdout
    (inside / "list.csv").write_bytes("id,first_name\nzoe,Zo\u00eb\n".encode("cp1252"))
    assert "read as Windows-1252" in run(main, ["roster", "import", "list.csv"]).stdout
    (inside / "classroom" / "roster.csv").write_text("id\na\nA\n")
    broken = run(main, ["roster", "import", "list.csv"])
    assert broken.exit_code == 2
    assert "line 3, column id: A is that of line 2, too" in broken.stderr


CELLS = st.text(st.sampled_from("ab1 \t\n\r,;\"'=+-@#\u00e9\u0301\u0e34\u200f\ufeff|"), max_size=6)
HEADERS = st.sampled_from(
    ["id", "Student", "ID", "SIS Login ID", "Section", "SID", "Email", "Name", "Identifier", "moodle", "x", ""]
)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_a_list_or_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """no file whatever ends in anything but people or a sentence"""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    with contextlib.suppress(UsageError):
        merge(Roster(), read_listing(read_csv(path)))
    with contextlib.suppress(UsageError):
        read_roster(path)


@given(st.lists(HEADERS, min_size=1, max_size=5, unique=True), st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=5))
def test_any_table_leaves_a_sound_roster(
    tmp_path_factory: pytest.TempPathFactory, header: list[str], rows: list[list[str]]
) -> None:
    """whatever a list holds, the roster that comes of it is read as it was written, and the list again changes nothing"""
    folder = tmp_path_factory.getbasetemp()
    (folder / "list.csv").write_text(csv_text(header, [row[: len(header)] for row in rows]), encoding="utf-8")
    try:
        listing = read_listing(read_csv(folder / "list.csv"))
    except UsageError:
        return
    done = merge(Roster(), listing)
    if done.roster.participants:
        write_roster(folder / "roster.csv", done.roster)
        assert read_roster(folder / "roster.csv") == done.roster
    again = merge(done.roster, listing)
    assert again.roster == done.roster
