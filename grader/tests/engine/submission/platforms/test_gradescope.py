"""What Gradescope exports."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from cnngrade.submission.platforms.gradescope import read_gradescope
from cnngrade.submission.platforms.handed import Person
from cnngrade.submission.platforms.moments import order_of
from support.platform_tables import BERLIN, Row, Table, read_alone, read_table, source_of

JANE = Person("123456789", "Jane Doe", "jane@uni.edu")
JOHN = Person("john@uni.edu", "John Roe", "john@uni.edu")
METADATA = "submission_metadata.yml"

FULL = """\
---
submission_111:
  :submitters:
  - :name: Jane Doe
    :sid: '123456789'
    :email: jane@uni.edu
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :status: processed
  :results:
    score: 2.0
    output: |-
      submission_112:
        :submitters:
        - :name: Jane Doe
          :email: jane@uni.edu
    tests:
    - {name: a, output: "x: [1, 2]\\n", ":submitters": [{":name": Eve}]}
  :history:
  - :id: 110
    :created_at: 2026-04-20 10:00:00.000000000 Z
    :submitters:
    - :name: Eve
submission_112:
  :submitters:
  - :name: &1 Jane Doe
    :sid: 123456789
    :email: &2 jane@uni.edu
  - :name: John Roe
    :sid:
    :email: john@uni.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &3 2026-04-26 17:34:00.861687000 Z
    zone: &4 !ruby/object:ActiveSupport::TimeZone
      name: America/New_York
    time: 2026-04-26 13:34:00.861687000 Z
submission_113:
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: *3
    zone: *4
    time: *3
  :submitters:
  - :name: *1
    :sid: '123456789'
    :email: *2
"""
SHORT = """\
submission_111:
  :submitters:
  - :name: Jane Doe
    :email: jane@uni.edu
submission_9:
  :submitters: []
"""

JSON = """\
{"submission_5": {"submitters": [{"name": "Zoë", "sid": 7}], "created_at": "2026-04-26T17:34:00"},
 "submission_6.ipynb": {"submitters": [{"sid": "8"}]}}
"""

ZONELESS = datetime(2026, 4, 26, 17, 34, tzinfo=BERLIN)
MOMENT = datetime(2026, 4, 26, 17, 34, 0, 861_687, UTC)


TABLES = [
    Table(
        "submitters, a group, times with zones, references, and results that look like submissions",
        (
            Row("submission_111/convolution.ipynb", JANE, "convolution.ipynb", (order_of(MOMENT),), MOMENT),
            Row("submission_111/src/helper.py", JANE, "src/helper.py", (order_of(MOMENT),), MOMENT),
            Row("submission_112/convolution.py", (JANE, JOHN), "convolution.py", (order_of(MOMENT),), MOMENT),
            Row("submission_113/convolution.ipynb", JANE, "convolution.ipynb", (order_of(MOMENT),), MOMENT),
        ),
        own=(METADATA,),
        texts={METADATA: FULL},
    ),
    Table(
        "no more than names and addresses",
        (Row("submission_111/convolution.ipynb", Person("jane@uni.edu", "Jane Doe", "jane@uni.edu"), "convolution.ipynb"),),
        own=(METADATA,),
        refused=("submission_112/convolution.ipynb", "submission_9/convolution.ipynb", "lost.ipynb"),
        texts={METADATA: SHORT},
    ),
    Table(
        "keys without colons, quotes everywhere, a time of no zone, a submission that is one file",
        (
            Row("submission_5/c.ipynb", Person("7", "Zoë", ""), "c.ipynb", attempt=(order_of(ZONELESS),), submitted=ZONELESS),
            Row("submission_6.ipynb", Person("8", "", ""), "submission_6.ipynb"),
        ),
        own=(METADATA,),
        texts={METADATA: JSON},
        zone=BERLIN,
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_gradescope_is_read(table):
    """the metadata say whose each submission is, and when it was made"""
    read_table("gradescope", table)


def test_without_metadata_nobody_is_invented():
    """a submission's number is nobody's id: every file is refused, with what to do"""
    for folder in ("", "assignment_4567_export/"):
        paths = [f"{folder}submission_{number}/convolution.ipynb" for number in (111, 112)]
        reading = read_alone("gradescope", *paths)
        assert reading is not None
        assert not reading.claims
        assert set(reading.refused) == set(paths)
        assert "submission_metadata.yml is missing" in reading.refused[paths[0]]


def test_whose_files_are_missing_is_said():
    """who has a submission in the metadata and no file in the export is named"""
    reading = read_gradescope(source_of(METADATA, "submission_111/c.py", texts={METADATA: FULL}))
    assert reading is not None
    assert ["John Roe (john@uni.edu)" in note and "Jane" not in note for note in reading.notes] == [True]


def test_metadata_in_a_students_folder_are_the_students():
    """a file that a student handed in says nothing about anybody"""
    forged = f"submission_111/{METADATA}"
    reading = read_gradescope(source_of(forged, "submission_111/convolution.ipynb", texts={forged: FULL}))
    assert reading is not None
    assert not reading.claims
    assert forged in reading.refused


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        (FULL + "submission_114:\n  :submitters:\n  - :name: 'Eve", {"111", "112", "113"}),
        (FULL.replace(":sid: 123456789", ":sid: [123"), {"111"}),
        ("", set()),
        ("- submission_111\n- 2\n", set()),
        ("submission_111: Jane Doe\n", set()),
        ('submission_111: {":submitters": Jane}\n', set()),
        ('submission_111: {":submitters": [Jane, [x], {":name": [y]}]}\n', set()),
        ("\0\0", set()),
        ("\udcff: 1", set()),
        ("%YAML 9.9\n@", set()),
    ],
)
def test_damaged_metadata_lose_no_more_than_they_must(text, readable):
    """what stands before the damage is read, the rest is refused, and nothing fails"""
    paths = [f"submission_{number}/c.py" for number in (111, 112, 113, 114)]
    reading = read_gradescope(source_of(METADATA, *paths, texts={METADATA: text}))
    assert reading is not None
    assert set(reading.claims) == {f"submission_{number}/c.py" for number in readable}
    assert set(reading.refused) == set(paths) - set(reading.claims)
    if "[123" in text:
        assert "submission_metadata.yml, line 28, is not the YAML" in reading.refused["submission_112/c.py"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "{a: " * 200_000,
        "- " * 100_000,
        "a: &a [x, x]\n" + "".join(f"k{i}: &k{i} [{', '.join([f'*k{i - 1}' if i else '*a'] * 99)}]\n" for i in range(40)),
        'submission_1: &a {<<: *a, ":submitters": *a}\n',
        "x: " + "y" * 5_000_000,
        "submission_1:\n  :submitters:\n" + "  - :name: Eve\n" * 50_000,
    ],
    ids=[
        "open lists",
        "open mappings",
        "nested dashes",
        "aliases of aliases",
        "an alias of itself",
        "one long word",
        "many names",
    ],
)
def test_hostile_metadata_take_no_long_time(text):
    """lists without end, aliases of aliases and long words neither fail nor take long"""
    began = time.perf_counter()
    assert read_gradescope(source_of(METADATA, "submission_1/c.py", texts={METADATA: text})) is not None
    assert time.perf_counter() - began < 10


def test_a_large_class_is_read():
    """three hundred students with long results and histories are read; their outputs are passed over"""
    output = "".join(f"      line {i}: expected 1.0, got 2.0\n" for i in range(300))
    entry = (
        "submission_{0}:\n  :submitters:\n  - :name: Student {0}\n    :sid: '{0}'\n    :email: s{0}@uni.edu\n"
        "  :created_at: 2026-04-26 17:34:00.861687000 Z\n  :results:\n    output: |\n" + output + "  :history:\n"
        + "".join(f"  - :id: {i}\n    :created_at: 2026-04-20 10:00:00 Z\n    :results:\n      score: 1\n" for i in range(10))
    )  # fmt: skip
    text = "---\n" + "".join(entry.format(number) for number in range(300))
    assert len(text) > 2 << 20
    reading = read_gradescope(source_of(METADATA, *(f"submission_{i}/c.py" for i in range(300)), texts={METADATA: text}))
    assert reading is not None
    assert {claim.people[0].id for claim in reading.claims.values()} == {str(number) for number in range(300)}


@pytest.mark.parametrize(
    "paths",
    [
        ("ada/convolution.ipynb", "bob/convolution.ipynb"),
        ("submissions/ada/convolution.ipynb",),
        ("ada/submission_1/convolution.ipynb", "bob/convolution.ipynb"),
        ("submission_1.ipynb",),
    ],
)
def test_others_layouts_are_not_gradescopes(paths):
    """plain folders are not Gradescope's"""
    assert read_alone("gradescope", *paths) is None
