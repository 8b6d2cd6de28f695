"""What Sakai hands out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cnngrade.submission.platforms.handed import Person
from cnngrade.submission.platforms.sakai import read_sakai
from support.platform_tables import BERLIN, Row, Table, read_alone, read_table, source_of

JANE = Person("jdoe", "Doe, Jane")
JOHN = Person("jroe", "Roe, John")
NOON = datetime(2026, 5, 6, 12, 30, 11, tzinfo=UTC)
NUMBER = "0f8fad5b-d9cb-469f-a165-70867728950e"
GRADES = (
    '"Unit 3","Points"\n\n"Display ID","ID","Last Name","First Name","grade","Submission date","Late submission"\n'
    '"jdoe","jdoe","Doe","Jane","","2026-05-06T12:30:11Z","On time"\n'
    '"jroe","jroe","Roe","John","","2026-05-07T08:00:00.250Z","Late"\n'
)


TABLES = [
    Table(
        "digits alone are a time of UTC",
        (
            Row("Unit 3/Doe, Jane(jdoe)/Submission attachment(s)/convolution.ipynb", JANE, "convolution.ipynb", submitted=NOON),
            Row("Unit 3/Roe, John(jroe)/Submission attachment(s)/convolution.ipynb", JOHN, "convolution.ipynb"),
            Row("Unit 3/Roe, John(jroe)/Submission attachment(s)/convolution+1.ipynb", JOHN, "convolution.ipynb"),
            Row("Unit 3/Roe, John(jroe)/Submission attachment(s)/a+1.py", JOHN, "a+1.py"),
        ),
        own=("Unit 3/Doe, Jane(jdoe)/timestamp.txt", "Unit 3/grades.csv"),
        texts={"Unit 3/Doe, Jane(jdoe)/timestamp.txt": "20260506123011000", "Unit 3/grades.csv": '"Unit 3","Points"'},
        zone=BERLIN,
    ),
    Table(
        "a newer Sakai writes ISO times, and the table of grades says who was late",
        (
            Row("Doe, Jane(jdoe)/Submission attachment(s)/convolution.ipynb", JANE, "convolution.ipynb", submitted=NOON),
            Row(
                "Roe, John(jroe)/Submission attachment(s)/convolution.py",
                JOHN,
                "convolution.py",
                submitted=datetime(2026, 5, 7, 8, 0, 0, 250_000, UTC),
                late=True,
            ),
            Row(
                "Müller, Eva (Gast)(emueller)/Submission attachment(s)/a b.ipynb",
                Person("emueller", "Müller, Eva (Gast)"),
                "a b.ipynb",
            ),
            Row(
                "Cher,(cher@uni.edu)/Submission attachment(s)/convolution.ipynb",
                Person("cher@uni.edu", "Cher"),
                "convolution.ipynb",
            ),
            Row("Davis, Jr., Sammy(sd-1)/Submission attachment(s)/c.py", Person("sd-1", "Davis, Jr., Sammy"), "c.py"),
        ),
        own=(
            "grades.csv",
            "Doe, Jane(jdoe)/timestamp.txt",
            "Doe, Jane(jdoe)/Doe, Jane(jdoe)_submissionText.html",
            "Doe, Jane(jdoe)/comments.txt",
            "Doe, Jane(jdoe)/feedbackText.html",
            "Doe, Jane(jdoe)/Feedback Attachment(s)/marked.ipynb",
        ),
        texts={"Doe, Jane(jdoe)/timestamp.txt": "2026-05-06T12:30:11Z\n", "grades.csv": GRADES},
    ),
    Table(
        "semicolons, and dates in words",
        (
            Row(
                "Roe, John(jroe)/Submission attachment(s)/c.ipynb",
                JOHN,
                "c.ipynb",
                submitted=datetime(2026, 5, 6, 12, 30, tzinfo=BERLIN),
            ),
        ),
        own=("grades.csv", "grades.xls"),
        texts={
            "grades.csv": "Unit 3;Points\n\nDisplay ID;ID;Last Name;First Name;grade\n"
            "77;jroe;Roe;John;0;May 6, 2026 12:30 pm;On time\n"
        },
        zone=BERLIN,
    ),
    Table(
        "anonymous grading",
        (
            Row(
                f"{NUMBER} Anonymous/Submission attachment(s)/convolution.ipynb",
                Person(NUMBER, "Anonymous", anonymous=True),
                "convolution.ipynb",
                submitted=NOON,
                late=True,
            ),
        ),
        own=("grades.csv", f"{NUMBER} Anonymous/timestamp.txt"),
        texts={
            "grades.csv": f"{NUMBER} Anonymous,{NUMBER} Anonymous,Anonymous,Anonymous,,2026-05-06T12:30:11Z,Late\n",
            f"{NUMBER} Anonymous/timestamp.txt": "2026-05-06T12:30:11Z",
        },
    ),
    Table(
        "a group's folder is named after the group, and members.txt names who is in it",
        (Row("Team A (8d1)/Submission attachment(s)/convolution.ipynb", (JANE, JOHN), "convolution.ipynb", submitted=NOON),),
        own=("Team A (8d1)/members.txt", "Team A (8d1)/timestamp.txt", "grades.csv"),
        texts={
            "Team A (8d1)/members.txt": "Doe, Jane(jdoe); Roe, John(jroe)",
            "Team A (8d1)/timestamp.txt": "2026-05-06T12:30:11Z",
        },
    ),
    Table(
        "several who hand in together, in the name of the folder",
        (
            Row(
                "Doe, Jane(jdoe); Roe, John(jroe)/Submission attachment(s)/convolution.ipynb", (JANE, JOHN), "convolution.ipynb"
            ),
        ),
    ),
    Table(
        "a teacher who reads Japanese",
        (Row("Doe, Jane(jdoe)/提出物の添付ファイル/convolution.ipynb", JANE, "convolution.ipynb"),),
        own=("Doe, Jane(jdoe)/フィードバックの添付ファイル/c.ipynb",),
    ),
    Table(
        "without folders for users",
        (
            Row("Doe, Jane(jdoe)_Submission attachment(s)_convolution.ipynb", JANE, "convolution.ipynb", submitted=NOON),
            Row(
                "Roe, John(jroe)_Submission attachment(s)_my_work (1).ipynb",
                JOHN,
                "my_work (1).ipynb",
                submitted=datetime(2026, 5, 7, 8, 0, 0, 250_000, UTC),
                late=True,
            ),
        ),
        own=("Doe, Jane(jdoe)__submissionText.html", "Doe, Jane(jdoe)_comments.txt", "grades.csv"),
        texts={"grades.csv": GRADES},
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_sakai_is_read(table):
    """each form of Sakai's download says whose each file is, and when it came"""
    read_table("sakai", table)


def test_a_student_sets_no_time_of_his_own():
    """timestamp.txt among what a student attached is a file of his, and no time"""
    path = "Doe, Jane(jdoe)/Submission attachment(s)/timestamp.txt"
    work = "Doe, Jane(jdoe)/Submission attachment(s)/convolution.ipynb"
    reading = read_sakai(source_of(path, work, texts={path: "20200101000000000"}))
    assert reading is not None
    assert {claim.submitted for claim in reading.claims.values()} == {None}


@pytest.mark.parametrize(
    "paths",
    [
        ("Doe, Jane(jdoe)/Submission attachment(s)/c.py", "Roe, John(jroe)/Roe, John(jroe)_submissionText.html"),
        ("Doe, Jane(jdoe)_Submission attachment(s)_c.py", "Roe, John(jroe)__submissionText.html"),
    ],
)
def test_who_typed_in_a_text_and_handed_in_no_file_is_named(paths):
    """nobody is passed over without a word"""
    reading = read_alone("sakai", *paths)
    assert reading is not None
    assert ["Roe, John (jroe)" in note and "Doe" not in note for note in reading.notes] == [True]


def test_folders_of_which_nobody_knows_which_is_the_students_are_refused():
    """where two folders may be what was attached, a person is asked"""
    reading = read_sakai(
        source_of("Doe, Jane(jdoe)/Liitteet/c.ipynb", "Doe, Jane(jdoe)/Palaute/c.ipynb", "Doe, Jane(jdoe)/comments.txt")
    )
    assert reading is not None
    assert not reading.claims
    assert len(reading.refused) == 2
    assert "Liitteet and Palaute" in next(iter(reading.refused.values()))


@pytest.mark.parametrize(
    "paths",
    [
        ("ada/convolution.ipynb", "bob/convolution.ipynb"),
        ("ada_convolution.ipynb",),
        ("ada/Doe, Jane(jdoe)/Submission attachment(s)/convolution.ipynb", "bob/convolution.ipynb"),
        ("Doe, Jane/convolution.ipynb",),
        ("a(b)/convolution.ipynb", "(x)/c.py", ",()/c.py"),
    ],
)
def test_others_layouts_are_not_sakais(paths):
    """plain folders, and a folder in a student's that bears another's name, are not Sakai's"""
    assert read_alone("sakai", *paths) is None


def test_hostile_names_and_tables_are_read_quickly():
    """a name of any length, and a table that is no table, neither fail nor take long"""
    long = "," * 60_000 + "(" * 60_000
    source = source_of(
        f"{long}/a/b.ipynb", "Doe, Jane(jdoe)/Submission attachment(s)/c.ipynb", "\x1b[2J, x(y)/z/w.py", "grades.csv"
    )
    for text in ('"' * 1_000_000, "\0", "," * 2_000_000, '"' + "x" * 200_000):
        reading = read_sakai(replace(source, text=lambda path, text=text: text if path == "grades.csv" else None))
        assert reading is not None
        assert reading.claims["Doe, Jane(jdoe)/Submission attachment(s)/c.ipynb"].people == (JANE,)
