"""An id is made of any name that people have, and no name of one becomes another's id."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.submission.filenames import MAX_ID_BYTES, MAX_STUDENT, bad_student, is_displayed_name, plain_name

PEOPLE = {
    "Jane Doe": "Jane-Doe",
    "Jos\u00e9 \u00c1ngel N\u00fa\u00f1ez": "Jos\u00e9-\u00c1ngel-N\u00fa\u00f1ez",
    "Sinead O'Connor": "Sinead-O\u2019Connor",
    "Sammy Davis Jr.": "Sammy-Davis-Jr",
    "Doe, John": "Doe_John",
    "Anna-Lena M\u00fcller (Gast)": "Anna-Lena_M\u00fcller_Gast",
    "Anna Lena M\u00fcller": "Anna-Lena-M\u00fcller",
    "Gal\u00b7la Puig": "Gal\u00b7la-Puig",
    "D\u2019Angelo Russo": "D\u2019Angelo-Russo",
    "'t Hooft, Gerard": "\u2019t-Hooft_Gerard",
    "\u02bbIolani": "\u02bbIolani",
    "Kanoe\u02bba": "Kanoe\u02bba",
    "Nguy\u1ec5n V\u0103n An": "Nguy\u1ec5n-V\u0103n-An",
    "Martin Luther King, Jr.": "Martin-Luther-King_Jr",
    "J. R. R. Tolkien": "J.-R.-R.-Tolkien",
    "R2 D2": "R2-D2",
    "X": "X",
    "X \u00c6 A-12": "X_\u00c6_A-12",
    "Con": "_Con",
    "aux.txt": "_aux.txt",
    "Smith & Sons": "Smith_Sons",
    "\u202eevil\u202c Bob": "evil-Bob",
    "\u200fBob\u200e": "Bob",
}

SCRIPTS = {
    "Devanagari": "\u0905\u0928\u093f\u0924\u093e \u0936\u0930\u094d\u092e\u093e",
    "Thai": "\u0e2a\u0e21\u0e0a\u0e32\u0e22 \u0e43\u0e08\u0e14\u0e35",
    "Chinese": "\u674e\u660e",
    "Japanese": "\u5c71\u7530\u30fb\u592a\u90ce",
    "Korean": "\uae40\ucca0\uc218",
    "Arabic": "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",
    "Arabic, with vowels": "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
    "Hebrew": "\u05d3\u05b8\u05bc\u05d5\u05b4\u05d3 \u05d1\u05df\u05be\u05d2\u05d5\u05e8\u05d9\u05d5\u05df",
    "Yiddish": "\u05d9\u05f4\u05dc \u05e4\u05e8\u05e5",
    "Tamil": "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd\u0b9a\u0bc6\u0bb2\u0bcd\u0bb5\u0bbf",
    "Telugu": "\u0c30\u0c3e\u0c2e\u0c41\u0c21\u0c41",
    "Bengali": "\u09b0\u09ac\u09c0\u09a8\u09cd\u09a6\u09cd\u09b0\u09a8\u09be\u09a5",
    "Gurmukhi": "\u0a17\u0a41\u0a30\u0a2a\u0a4d\u0a30\u0a40\u0a24",
    "Malayalam": "\u0d05\u0d28\u0d3f\u0d24",
    "Sinhala": "\u0db6\u0dab\u0dca\u0da9\u0dcf\u0dbb\u0db1\u0dcf\u0dba\u0d9a",
    "Khmer": "\u179f\u17bb\u1781 \u1785\u17b6\u1793\u17cb",
    "Lao": "\u0eaa\u0ebb\u0ea1\u0e8a\u0eb2\u0e8d",
    "Burmese": "\u1019\u1031\u102c\u1004\u103a",
    "Tibetan": "\u0f56\u0f66\u0f9f\u0f53\u0f0b\u0f60\u0f5b\u0f72\u0f53",
    "Amharic": "\u12a0\u1260\u1260 \u1260\u1240\u1208",
    "Georgian": "\u10e5\u10d4\u10d7\u10d4\u10d5\u10d0\u10dc",
    "Armenian": "\u0540\u0561\u0575\u056f \u054a\u0565\u057f\u0580\u0578\u057d\u0575\u0561\u0576",
    "Greek": "\u0394\u03b7\u03bc\u03ae\u03c4\u03c1\u03b7\u03c2",
    "Cyrillic": "\u0412\u0430\u043d\u044f \u0418\u0432\u0430\u043d\u043e\u0432",
    "Mongolian": "\u182e\u1823\u1829\u182d\u1823\u182f",
    "Cherokee": "\u13e3\u13b3\u13a9",
    "N'Ko": "\u07de\u07df",
    "Thaana": "\u0787\u07a6\u0780\u07aa\u0789\u07a6\u078b\u07aa",
    "Polish": "\u0141ukasz \u017b\u00f3\u0142\u0107",
    "Romanian": "\u0218tefan \u021a\u0103ran",
    "Turkish": "\u0130pek I\u015f\u0131k",
    "Yoruba": "Ad\u00e9b\u00e1y\u1ecd\u0300",
    "Icelandic": "\u00de\u00f3r\u00f0ur",
}


@pytest.mark.parametrize("name", PEOPLE, ids=ascii)
def test_what_a_name_becomes(name: str) -> None:
    """a displayed name is an id with one sign for spaces and one for punctuation"""
    assert plain_name(name) == PEOPLE[name]
    assert bad_student(PEOPLE[name]) == ""


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_script(script: str, form: str, tmp_path: Path) -> None:
    """names keep every letter and every mark, and the id is one folder"""
    name = unicodedata.normalize(form, SCRIPTS[script])
    student = plain_name(name)
    assert student == unicodedata.normalize("NFC", SCRIPTS[script]).replace(" ", "_" if "-" in name else "-")
    assert bad_student(student) == bad_student(name.replace(" ", "-")) == ""
    (tmp_path / student).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [student]


LOSSY = [
    "Ada \U0001f642", "Ada \U0001f388", "Ada \U0001f468\u200d\U0001f393", "\U0001f642", "\U0001f388", "", "...", "?",
    "=SUM(A1)", "=SUM(B1)", "+1", "-1", "@1", "\u0301a", "a", "\udc80x", "\udc81x", "1\ufe0f\u20e3", "\u3164", "\uff1dcmd",
    "Z" * 200, "Z" * 201, "\u0e2a" * 200, "\u0e2a" * 199 + "\u0e34", "bob\x1b[31m", "bob 31m",
    "C++", "C#", "C", "$", "\ue000", "| a",
]  # fmt: skip


def test_what_cannot_be_kept_is_told_apart() -> None:
    """of names that hold what no id can, each has an id of its own"""
    ids = [plain_name(name) for name in LOSSY]
    assert {name: bad_student(student) for name, student in zip(LOSSY, ids, strict=True) if bad_student(student)} == {}
    assert len(set(ids)) == len(LOSSY)


@pytest.mark.parametrize("name", [*PEOPLE, *SCRIPTS.values()], ids=ascii)
def test_an_id_made_of_a_name_stays(name: str) -> None:
    """an id that was made of a name becomes no other when it is taken for one"""
    student = plain_name(name)
    assert plain_name(student) == student


@given(st.text(max_size=300))
def test_any_text_becomes_an_id(name: str) -> None:
    """whatever somebody calls themselves, there is an id for it, and folder, report and draft fit on a disk"""
    student = plain_name(name)
    assert bad_student(student) == ""
    assert len(student) <= MAX_STUDENT
    assert len(student.encode()) <= MAX_ID_BYTES


REFUSED = [
    "", ".a", "-a", "@a", "a.", "=1", "+1", "\u0301a", "a b", "a/b", "a\\b", "a,b", "a;b", "a:b", "a*", "a?", "[a]", "{a}",
    "(a)", "<a>", '"a"', "a|b", "a&b", "a%b", "a#b", "\u202ea", "a\u200b", "a\u3164", "\u2010a", "nul", "COM1.txt", "\udc80",
    "\U0001f642", "a" * 129, "\u0e2a" * 70,
]  # fmt: skip


@pytest.mark.parametrize("student", REFUSED, ids=ascii)
def test_no_ids(student: str) -> None:
    """formulas, separators, signs of shells and pages, and what cannot be seen are in no id"""
    assert bad_student(student)


LOGINS = [
    "o'connor",
    "ada.lovelace@uni.example",
    "1234567",
    "ada_2",
    "m\u00fcller-l\u00fcdenscheidt",
    "Participant-101",
    "u\u0308x",
]


@pytest.mark.parametrize("student", LOGINS, ids=ascii)
def test_logins_are_ids(student: str) -> None:
    """what platforms give people for logins is an id as it is"""
    assert bad_student(student) == ""


def test_what_is_plainly_a_name() -> None:
    """names of two words or more are told from what may be anything, in every script"""
    names = [name for name in (*PEOPLE, *SCRIPTS.values()) if " " in name and not set(name) & set("&\u202e")]
    assert [name for name in names if not is_displayed_name(name)] == []
    assert is_displayed_name("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627")
    others = [
        "ada",
        "",
        "=SUM(A1)",
        "-x y",
        "@ada b",
        "3 weeks",
        "a/b c",
        "Ada \U0001f642",
        "<b> x",
        "(1) x",
        " ",
        "\u200b",
        "a;b c",
    ]
    assert [text for text in others if is_displayed_name(text)] == []
