"""Moodle: whose each file of a download is, by number; blind marking, namesakes and groups."""

from __future__ import annotations

import pytest

from cnngrade.submission.platforms.handed import Person
from support.platform_tables import Row, Table, read_alone, read_table


def blind(number: int, word: str = "Participant") -> Person:
    return Person(f"Participant-{number}", word, anonymous=True)


def row(prefix: str, inside: str, person: Person) -> Row:
    return Row(prefix + inside, person, inside)


NAMES = (
    "Jane Doe", "José Ángel Núñez", "Sinead O'Connor", "Sammy Davis Jr.", "Doe, John", "Anna-Lena Müller (Gast)", "अनिता शर्मा",
    "สมชาย ใจดี", "李明", "Åsa Öberg", "Nguyễn Văn An", "D\u2019Angelo Russo", "Gal·la Puig", "محمد علي", "R2 D2", "Madonna",
    "Mary  Ann Poe", "Jane Doe 3", "Weird_Name", "42",
)  # fmt: skip

TABLES = (
    Table(
        "folders: names of every kind, in today's form and the older one with an underscore at the end",
        tuple(
            row(f"{name}_{number}_assignsubmission_file{'_' * (number % 2)}/", "convolution.ipynb", Person(str(number), name))
            for number, name in enumerate(NAMES, start=123456)
        ),
    ),
    Table(
        "folders within a folder are the student's own, and a name may look like Moodle's",
        (
            row("Jane Doe_7_assignsubmission_file/", "src/deep/convolution.py", Person("7", "Jane Doe")),
            row("Jane Doe_7_assignsubmission_file/", "A_1_assignsubmission_file_x.py", Person("7", "Jane Doe")),
            row("John Roe_8_assignsubmission_file_/", "convolution/convolution.ipynb", Person("8", "John Roe")),
        ),
    ),
    Table(
        "flat: the name of the file after Moodle's, whatever it holds",
        (
            row("Jane Doe_7_assignsubmission_file_", "convolution.ipynb", Person("7", "Jane Doe")),
            row("Jane Doe_7_assignsubmission_file_", "my_other_1_2_x.py", Person("7", "Jane Doe")),
            row("Madonna_8_assignsubmission_file_", "1_2_convolution.ipynb", Person("8", "Madonna")),
            row("John Roe_9_assignsubmission_file_", "Jane Doe_7_assignsubmission_file_a.ipynb", Person("9", "John Roe")),
        ),
    ),
    Table(
        "what was typed in is no file, in any form, and feedback is Moodle's own; another plugin's files are the student's",
        (
            row("Jane Doe_7_assignsubmission_file/", "convolution.ipynb", Person("7", "Jane Doe")),
            row("John Roe_9_assignsubmission_noto/", "work.zip", Person("9", "John Roe")),
        ),
        own=(
            "Jane Doe_7_assignsubmission_onlinetext/onlinetext.html",
            "Jane Doe_7_assignsubmission_onlinetext/picture.png",
            "Ana María_8_assignsubmission_onlinetext_/onlinetext.html",
            "Poe_10_assignsubmission_file/onlinetext.html",
            "Poe_11_assignsubmission_onlinetext_onlinetext.html",
            "Jane Doe_7_assignfeedback_file/marked.pdf", "John Roe_9_assignfeedback_editpdf_/feedback.pdf",
        ),
    ),
    Table(
        "namesakes are told apart by number",
        (
            row("Jane Doe_101_assignsubmission_file/", "convolution.ipynb", Person("101", "Jane Doe")),
            row("Jane Doe_102_assignsubmission_file/", "convolution.ipynb", Person("102", "Jane Doe")),
            row("Jane Doe_103_assignsubmission_file/", "convolution.ipynb", Person("103", "Jane Doe")),
        ),
    ),
    Table(
        "a number that two people bear, from the downloads of two assignments, is neither's",
        (
            row("Jane Doe_101_assignsubmission_file/", "convolution.ipynb", Person("", "Jane Doe")),
            row("John Roe_101_assignsubmission_file/", "convolution.ipynb", Person("", "John Roe")),
            row("John Roe_102_assignsubmission_file/", "convolution.ipynb", Person("102", "John Roe")),
        ),
    ),
    Table(
        "blind marking",
        tuple(row(f"Participant_{n}_assignsubmission_file/", "convolution.ipynb", blind(n)) for n in (101, 102, 103)),
    ),
    Table(
        "blind marking, with a blank before the number, and flat",
        (
            row("Participant 101_assignsubmission_file/", "convolution.ipynb", blind(101)),
            row("Participant 102_assignsubmission_file_", "convolution.ipynb", blind(102)),
        ),
    ),
    *(
        Table(
            f"blind marking in another language: {word}",
            (row(f"{word}_7_assignsubmission_file_/", "convolution.ipynb", blind(7, word)),),
        )
        for word in ("Teilnehmerin", "Teilnehmer_in", "Teilnehmer in", "Participante", "Partecipante", "Участник", "in")
    ),
    Table(
        "blind marking in a language that we do not know: one word for everybody",
        tuple(row(f"Kalahok_{n}_assignsubmission_file/", "convolution.ipynb", blind(n, "Kalahok")) for n in (1, 2)),
    ),
    Table(
        "groups hand in: the group's name and number, and nothing of who is in it",
        (
            row("Team Red_17_assignsubmission_file/", "convolution.ipynb", Person("17", "Team Red")),
            row("Group 2_18_assignsubmission_file/", "convolution.ipynb", Person("18", "Group 2")),
        ),
        refused=("Default group_assignsubmission_file/convolution.ipynb",),
    ),
    Table(
        "older versions write the group before each member",
        (
            row("Group A-Jane Doe_7_assignsubmission_file_/", "convolution.ipynb", Person("7", "Jane Doe")),
            row("Group A-Anna-Lena Roe_8_assignsubmission_file_/", "convolution.ipynb", Person("8", "Anna-Lena Roe")),
            row("Default group-Li Ming_9_assignsubmission_file_/", "convolution.ipynb", Person("9", "Li Ming")),
        ),
    ),
    Table(
        "and before each participant of blind marking",
        (
            row("Reds-Participant_7_assignsubmission_file_/", "convolution.ipynb", blind(7)),
            row("Reds-Participant_8_assignsubmission_file_/", "convolution.ipynb", blind(8)),
        ),
    ),
    Table(
        "a hyphen of one's own is no group's",
        (
            row("Anna-Lena Müller_7_assignsubmission_file/", "convolution.ipynb", Person("7", "Anna-Lena Müller")),
            row("Jean-Luc Roe_8_assignsubmission_file/", "convolution.ipynb", Person("8", "Jean-Luc Roe")),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_a_download_of_moodle(table: Table) -> None:
    """Moodle's names say whose each file is, and no other platform claims them"""
    read_table("moodle", table)


def test_who_typed_something_in_is_named() -> None:
    """who handed in no file but a text is noted by name"""
    texts = [f"{name}_8_assignsubmission_onlinetext/onlinetext.html" for name in ("Ana\x1b María",)]
    reading = read_alone("moodle", "Jane Doe_7_assignsubmission_file/convolution.ipynb", *texts)
    assert reading is not None
    assert reading.notes == ("No file is there of Ana\\x1b María (8), at most a text that was typed in on the platform.",)


def test_of_many_who_typed_something_in_some_are_named() -> None:
    """twenty names are enough"""
    reading = read_alone(
        "moodle", *(f"S{number} T_{number}_assignsubmission_onlinetext/onlinetext.html" for number in range(50))
    )
    assert reading is not None
    assert "S19 T (19) and 30 more" in reading.notes[0]


def test_a_group_without_a_number_is_refused_with_the_reason() -> None:
    """of the group of everybody without a group Moodle does not say who is in it"""
    path = "Default group_assignsubmission_file/convolution.ipynb"
    reading = read_alone("moodle", path)
    assert reading is not None
    assert "does not say who is in the group" in reading.refused[path]


@pytest.mark.parametrize(
    "path",
    [
        "Jane Doe_7/convolution.ipynb",
        "Jane Doe_7_submission_file/convolution.ipynb",
        "Jane Doe_7_assignsubmission_file",
        "Jane Doe_7_assignsubmission_file_",
        "assignsubmission_file/convolution.ipynb",
        "work/Jane Doe_7_assignsubmission_file/convolution.ipynb",
    ],
)
def test_names_that_are_not_moodle_s(path: str) -> None:
    """a name that Moodle does not write is not claimed"""
    assert read_alone("moodle", path) is None
