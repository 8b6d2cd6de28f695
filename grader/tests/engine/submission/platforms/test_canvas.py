"""Canvas: whose each file of a download is, which attempt, and what came late."""

from __future__ import annotations

import pytest

from cnngrade.submission.platforms.handed import Person
from support.platform_tables import Row, Table, read_alone, read_table

JANE, JOHN = Person("11", "doejane"), Person("12", "roejohn")
ANON = Person("anon_b4Ks2", anonymous=True)


def row(prefix: str, original: str, person: Person, attempt: tuple[int, ...] = (), late: bool = False) -> Row:
    return Row(prefix + original, person, original, attempt, late=late)


ORIGINALS = (
    "convolution (1).ipynb", "convolution(1).ipynb", "convolution-1.ipynb", "convolution_1.ipynb", "convolution-Copy1.ipynb",
    "Copy of convolution.ipynb", "Copy_of_convolution.ipynb", "Kopie von convolution.ipynb", "Convolution.ipynb",
    "convolution_final.ipynb", "convolution - Copy.ipynb", "convolution.ipynb.txt", "convolution.ipynb.json",
    "convolution.IPYNB", "convolution solved.ipynb", "my_convolution.ipynb", "convolution_JaneDoe.ipynb", "homework3.ipynb",
    "convolution 2.ipynb", "convolution.py.txt",
)  # fmt: skip

TABLES = (
    Table(
        "a file is its student's whatever it is called",
        tuple(
            row(f"student_{number}_{900 + number}_", original, Person(str(number), "student"), (900 + number,))
            for number, original in enumerate(ORIGINALS, start=100)
        ),
    ),
    Table(
        "one file each, in time and late, and two files of one attempt",
        (
            row("doejane_11_901_", "convolution.ipynb", JANE, (901,)),
            row("roejohn_LATE_12_902_", "convolution.ipynb", JOHN, (902,), late=True),
            row("bothfiles_13_903_", "convolution.ipynb", Person("13", "bothfiles"), (904,)),
            row("bothfiles_13_904_", "convolution.py", Person("13", "bothfiles"), (904,)),
        ),
    ),
    Table(
        "older downloads write everything in lower case, and still older ones hyphens for what a name loses",
        (
            row("roejohn_late_12_902_", "convolution.ipynb", JOHN, (902,), late=True),
            row("doe--jane_11_901_", "convolution.ipynb", Person("11", "doe--jane"), (901,)),
            row("group-0_14_905_", "convolution.ipynb", Person("14", "group-0"), (905,)),
        ),
    ),
    Table(
        "names in every script, with digits and underscores, all digits, and none",
        (
            row("núñezjoséángel_20_910_", "convolution.ipynb", Person("20", "núñezjoséángel"), (910,)),
            row("शर्माअनिता_21_911_", "convolution.ipynb", Person("21", "शर्माअनिता"), (911,)),
            row("ใจดีสมชาย_22_912_", "convolution.ipynb", Person("22", "ใจดีสมชาย"), (912,)),
            row("李明_23_913_", "convolution.ipynb", Person("23", "李明"), (913,)),
            row("محمدعلي_LATE_24_914_", "convolution.ipynb", Person("24", "محمدعلي"), (914,), late=True),
            row("van_der_berg2_25_915_", "convolution.ipynb", Person("25", "van_der_berg2"), (915,)),
            row("agent007x_26_916_", "convolution.ipynb", Person("26", "agent007x"), (916,)),
            row("12345_27_917_", "convolution.ipynb", Person("27", "12345"), (917,)),
            row("_28_918_", "convolution.ipynb", Person("28", ""), (918,)),
            row("_LATE_29_919_", "convolution.ipynb", Person("29", ""), (919,), late=True),
            row("user_2_LATE_30_920_", "convolution.ipynb", Person("30", "user_2"), (920,), late=True),
            row("late_31_921_", "convolution.ipynb", Person("31", "late"), (921,)),
            row("anon_32_922_", "convolution.ipynb", Person("32", "anon"), (922,)),
            row("anonymouspaul_33_923_", "convolution.ipynb", Person("33", "anonymouspaul"), (923,)),
            row("teamred_10000000000034_10000000000924_", "a.ipynb", Person("10000000000034", "teamred"), (10000000000924,)),
        ),
    ),
    Table(
        "what students call their files stays whole",
        (
            row("doejane_11_901_", "convolution (1).ipynb", JANE, (901,)),
            row("roejohn_12_902_", "my_123_456_convolution.ipynb", JOHN, (902,)),
            row("a_13_903_", "904_905_x.ipynb", Person("13", "a"), (903,)),
            row("b_14_906_", "Übung 3_LATE_.ipynb", Person("14", "b"), (906,)),
            row("c_15_907_", "homework3", Person("15", "c"), (907,)),
            row("d_16_908_", ".ipynb", Person("16", "d"), (908,)),
            row("e_17_909_", "work.tar.gz", Person("17", "e"), (909,)),
        ),
    ),
    Table(
        "anonymous marking, with LATE before the id, after it, and in lower case; two attempts are one person's",
        (
            row("anon_b4Ks2_67890_", "convolution.ipynb", ANON, (67890,)),
            row("anon_b4Ks2_LATE_67991_", "convolution-1.ipynb", ANON, (67991,), late=True),
            row("LATE_anon_Zz9y1_67892_", "convolution.ipynb", Person("anon_Zz9y1", anonymous=True), (67892,), late=True),
            row("late_anon_77777_67893_", "a_1_2.py", Person("anon_77777", anonymous=True), (67893,), late=True),
        ),
        own=("anon_Ab1cD_text.html",),
    ),
    Table(
        "what was typed in, and addresses, are no files",
        (row("doejane_11_901_", "convolution.ipynb", JANE, (901,)),),
        own=("doejane_11_text.html", "roejohn_LATE_12_text.html", "poeanna_13_link.html"),
    ),
    Table(
        "files that answer a quiz's question: the user's number ends the name",
        (
            row("doe_jane11_question_55_901_", "convolution.ipynb", QUIZ := Person("11", "doe_jane"), (902,)),
            row("doe_jane11_question_56_902_", "notes.pdf", QUIZ, (902,)),
            row("question_12_903_", "convolution.ipynb", Person("12", "question"), (903,)),
        ),
    ),
    Table(
        "a notebook that comes again is another attempt, with all that comes with it",
        (
            row("doejane_11_901_", "convolution.ipynb", JANE, (903,)),
            row("doejane_11_902_", "helpers.py", JANE, (903,)),
            row("doejane_11_903_", "convolution.py", JANE, (903,)),
            row("doejane_11_950_", "helpers-1.py", JANE, (952,)),
            row("doejane_11_951_", "convolution-1.ipynb", JANE, (952,)),
            row("doejane_11_952_", "extra.py", JANE, (952,)),
            row("doejane_11_970_", "Convolution-2.IPYNB", JANE, (970,)),
            row("roejohn_12_800_", "convolution.py", JOHN, (800,)),
            row("roejohn_12_801_", "convolution-1.py", JOHN, (801,)),
        ),
    ),
    Table(
        "one attempt is late as a whole or not at all",
        (
            row("doejane_11_901_", "work.ipynb", JANE, (901,)),
            row("doejane_LATE_11_950_", "convolution.ipynb", JANE, (951,), late=True),
            row("doejane_LATE_11_951_", "work.py", JANE, (951,), late=True),
        ),
    ),
    Table(
        "numbers at the end may be a student's own: the files of one attempt stay together",
        (
            row("doejane_11_901_", "part-1.ipynb", JANE, (902,)),
            row("doejane_11_902_", "part-2.ipynb", JANE, (902,)),
            row("roejohn_12_903_", "convolution.ipynb", JOHN, (905,)),
            row("roejohn_12_904_", "data.csv", JOHN, (905,)),
            row("roejohn_12_905_", "data-1.csv", JOHN, (905,)),
            row("poeanna_13_906_", "convolution-1.ipynb", POE := Person("13", "poeanna"), (907,)),
            row("poeanna_13_907_", "convolution-1.py", POE, (907,)),
            row("kayalan_14_910_", "convolution-1.ipynb", KAY := Person("14", "kayalan"), (910,)),
            row("kayalan_14_930_", "convolution-2.ipynb", KAY, (930,)),
        ),
    ),
    Table(
        "a name that changed between two downloads is one person's: the number counts, and the last name",
        (
            row("doejane_11_901_", "convolution.ipynb", Person("11", "roejane"), (901,)),
            row("roejane_11_950_", "convolution-1.ipynb", Person("11", "roejane"), (950,)),
            row("roejohn_12_902_", "convolution.ipynb", JOHN, (902,)),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_a_download_of_canvas(table: Table) -> None:
    """Canvas's names say whose each file is, and no other platform claims them"""
    read_table("canvas", table)


def test_who_typed_something_in_is_named() -> None:
    """who handed in no file but a text is noted by name, once; who handed in both is not"""
    texts = ("doejane_11_text.html", "roejohn_LATE_12_text.html", "roejohn_12_link.html", "anon_Ab1cD_text.html")
    reading = read_alone("canvas", "doejane_11_901_convolution.ipynb", *texts)
    assert reading is not None
    assert reading.notes == ("No file is there of roejohn (12), anon_Ab1cD, at most a text that was typed in on the platform.",)


@pytest.mark.parametrize(
    "paths",
    [
        ("ada_2026_3_convolution.ipynb", "bo_2026_3_convolution.ipynb"),
        ("ada_2026_3_convolution.ipynb", "bo_2026_4_convolution.ipynb"),
        ("ada_1_3_convolution.ipynb", "bo_2_3_convolution.ipynb"),
        ("ada_1_text.html", "bo_2_text.html"),
    ],
)
def test_numbers_that_are_not_canvas_s(paths: tuple[str, ...]) -> None:
    """a user's number is one person's, and an attachment's one file's: other numbers make no person of two"""
    assert read_alone("canvas", *paths) is None


@pytest.mark.parametrize(
    "path",
    [
        "doejane_11_convolution.ipynb",
        "doejane_11_text.html",
        "doe jane_11_901_convolution.ipynb",
        "doejane_11_901_",
        "doejane_11_901",
        "11_901_convolution.ipynb",
        "doejane_eleven_901_convolution.ipynb",
        "doejane_\u0661\u0661_901_convolution.ipynb",
        "doejane_11_901_work/convolution.ipynb",
        "anon_b4Ks2_convolution.ipynb",
        f"doejane_{'1' * 5000}_901_convolution.ipynb",
    ],
)
def test_names_that_are_not_canvas_s(path: str) -> None:
    """a name that Canvas does not write is not claimed"""
    assert read_alone("canvas", path) is None
