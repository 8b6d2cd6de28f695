"""What strangers may put into folders and into files: each path has one place, and nobody speaks for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from cnngrade.submission.platforms.recognise import PLATFORMS
from support.platform_tables import BERLIN, source_of

FOLDERS = (
    "Doe, Jane(jdoe)", "Roe, John(jroe)", "Doe, Jane(jdoe); Roe, John(jroe)", "Team A (8d1)", "Submission attachment(s)",
    "Feedback Attachment(s)", "0f8fad5b-d9cb-469f-a165-70867728950e Anonymous", "Submissions", "Doe_Jane_jdoe_1234", "___a_1",
    "a__b_c_2", "Team 12", "Team_13", "Submitted files", "Working files", "Jane Doe", "convolution", "Unit 3", "Version 1",
    "Versi\u00f3n 22", "submission_111", "submission_112", "convolution-submissions", "-submissions", "convolution-jdoe",
    "convolution-a-main", ".git", ".github", "submitted", "ada", "inbound", "outbound", "pooling",
    "ada+convolution+2026-11-28 13:58:55.5 UTC+x", "a+b+convolution+2026-11-28 13:58:55", "b+c+2026-99-28 13:58:55 +0100+y",
    "..", "", "\x1b[2J", "\u202e", "9" * 300,
)  # fmt: skip
FILES = (
    "convolution.ipynb", "convolution+1.ipynb", "timestamp.txt", "grades.csv", "members.txt", "comments.txt", "x.zip", "a.xlsx",
    "submission_metadata.yml", "Late Submission - convolution.ipynb", "20260506123000_c.py", "_submissionText.html", "",
    "Doe, Jane(jdoe)_Submission attachment(s)_c.py", "Doe, Jane(jdoe)__submissionText.html", ".DS_Store", "\n",
)  # fmt: skip
TEXTS = (
    None, "", "20260506123011000", "2026-05-06T12:30:11Z", "9999-12-31 23:59:59.9 UTC", "\0", "\udcff",
    "Doe, Jane(jdoe); Roe, John(jroe)",
    "a,jdoe,Doe,Jane,,2026-05-06T12:30:11Z,Late\n", "submission_111:\n  :submitters:\n  - :name: Jane Doe\n", '"', "[" * 500,
    "github_username,student_repository_name,submission_timestamp\njdoe,convolution-jdoe,2026-05-06 12:30:11 UTC\n",
)  # fmt: skip
PATHS = st.builds(
    lambda folders, name: "/".join([*folders, name]), st.lists(st.sampled_from(FOLDERS), max_size=4), st.sampled_from(FILES)
)


@given(st.lists(PATHS, max_size=8, unique=True), st.sampled_from(TEXTS), st.sampled_from(["", "jdoe", "ada", "root"]))
@settings(max_examples=150, deadline=None)
def test_every_path_has_one_place(paths: list[str], text: str | None, owner: str) -> None:
    """whatever the folders and the texts are, what is claimed is somebody's, and no path has two places"""
    source = replace(source_of(*paths, zone=BERLIN), text=lambda _: text, owner=lambda _: owner)
    for platform in PLATFORMS.values():
        reading = platform.read(source)
        if reading is None:
            continue
        placed = [*reading.claims, *reading.own, *reading.refused, *reading.aside]
        assert len(placed) == len(set(placed))
        assert set(placed) <= set(paths)
        for path, claim in reading.claims.items():
            assert claim.path == path
            assert claim.people
            assert claim.inside
            assert all(person.id or person.name for person in claim.people)
            assert claim.submitted is None or claim.submitted.tzinfo is UTC


@given(st.lists(PATHS, min_size=1, max_size=8, unique=True))
@settings(max_examples=100, deadline=None)
def test_a_students_own_folder_speaks_for_nobody_else(paths: list[str]) -> None:
    """in a class of plain folders, nothing that one student puts into his own is taken for another's work"""
    others = [f"s{number}/convolution.ipynb" for number in range(4)]
    source = replace(source_of(*others, *(f"eve/{path}" for path in paths)), text=lambda _: "Doe, Jane(jdoe)")
    assert [platform.name for platform in PLATFORMS.values() if platform.read(source) is not None] == []
