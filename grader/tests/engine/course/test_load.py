"""course.yml: what it says becomes a Course, and what is wrong with it becomes a line number and a remedy."""

from __future__ import annotations

import copy
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.course import schema, yaml_document
from cnngrade.course.document import as_json, read_document
from cnngrade.course.load import find_course, load_course
from cnngrade.errors import CourseError
from support import tiny_course
from support.places import ENVIRONMENT, ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny_course.make_course(tmp_path / "course")


def problem(root: Path, old: str, new: str) -> str:
    """Return what is said about the tiny course after one change."""
    book = root / "course.yml"
    text = book.read_text()
    assert old in text
    book.write_text(text.replace(old, new, 1))
    with pytest.raises(CourseError) as caught:
        load_course(root)
    return str(caught.value)


def test_a_course_is_read(root: Path) -> None:
    """title, units, dates (UTC unless they say otherwise) and policy; the name follows from the title"""
    course = load_course(root)
    (unit,) = course.units
    assert (course.name, course.title, course.root) == ("a-tiny-course", "A tiny course", root)
    assert (unit.points, unit.prose_points, unit.functions) == (6.0, 1.0, ("double", "triple"))
    assert unit.due == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert course.policy.late_penalty_per_day == 0.25
    assert not course.handout


def test_our_own_course_is_read() -> None:
    """the course in this repository loads, with its units in order"""
    course = load_course(ROOT)
    assert [unit.name for unit in course.units][:3] == ["pixels", "padding", "convolution"]
    assert len(course.units) == 8


def test_dates_may_have_a_zone(root: Path) -> None:
    """a date with a zone is the moment that it names; a unit is released as its day begins"""
    book = root / "course.yml"
    book.write_text(book.read_text().replace("due: 2026-03-01 12:00", "due: 2026-03-01 12:00+02:00\n    release: 2026-02-01"))
    (unit,) = load_course(book).units
    assert unit.due == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert unit.release == datetime(2026, 2, 1, tzinfo=UTC)
    assert unit.due is not None
    assert unit.due.utcoffset() == timedelta(hours=2)


def test_the_course_is_found_from_below(root: Path, tmp_path: Path) -> None:
    """any folder below the course will do; elsewhere the error says where was looked"""
    assert find_course(root / "exercises") == root / "course.yml"
    with pytest.raises(CourseError, match=r"no course\.yml in .*elsewhere"):
        find_course(tmp_path / "elsewhere")


def of_loops(said: str) -> str:
    """Return the unit's prose with a budget for `double` and a limit of its loops below it, on line 8."""
    return f"prose: 1\n    budgets: {{double: 5}}\n    loops_cost_beyond: {said}"


LIMITS_OF_LOOPS = [
    (
        "prose: 1",
        of_loops("{double: 6}"),
        8,
        "6 is above the budget of double (5), beyond which any code costs points. Write 5",
    ),
    ("prose: 1", of_loops("{double: 5.001}"), 8, "5.001 is above the budget of double (5)"),
    ("prose: 1", of_loops("{double: 0}"), 8, "less than or equal to the minimum of 0"),
    ("prose: 1", of_loops("{double: -2}"), 8, "less than or equal to the minimum of 0"),
    ("prose: 1", of_loops("{double: .inf}"), 8, "Write a finite one"),
    ("prose: 1", of_loops("{double: .nan}"), 8, "Write a finite one"),
    ("prose: 1", of_loops("{double: '4'}"), 8, "Remove the quotes"),
    ("prose: 1", of_loops("{double: true}"), 8, '"double" must be a number, not True'),
    ("prose: 1", of_loops("{double: [H]}"), 8, '"double" must be a number'),
    ("prose: 1", of_loops("{double: }"), 8, '"double" has no value'),
    ("prose: 1", of_loops("4"), 8, '"loops_cost_beyond" must be a table (key: value), not 4'),
    ("prose: 1", of_loops("{triple: 4}"), 8, '"triple" has no time budget, so nothing is counted in it. Give it one'),
    (
        "prose: 1",
        of_loops("{dubble: 4}"),
        8,
        "not a function of scaling with a time budget: nothing is counted in it. Did you mean d",
    ),
    ("prose: 1", "prose: 1\n    loops_cost_beyond: {double: 4}", 7, '"double" has no time budget, so nothing is counted in it'),
    ("prose: 1", "prose: 1\n    loops_cost_beyond: {what: 4}", 7, "nothing is counted in it. Remove this line."),
    ("prose: 1", "prose: 1\n    may_loop_over: {what: [H]}", 7, "nothing is counted in it. Remove this line."),
    ("prose: 1", "prose: 1\n    loop_cost_beyond: {double: 4}", 7, "Did you mean loops_cost_beyond?"),
]


def test_a_limit_of_loops_is_read(root: Path) -> None:
    """a positive number, whole or not, up to the budget itself; a unit without one has none"""
    book = root / "course.yml"
    assert load_course(book).units[0].loops_cost_beyond == {}
    whole = book.read_text()
    for ratio in (5, 4.5, 1e-3, 1):
        book.write_text(whole.replace("prose: 1", of_loops(f"{{double: {ratio}}}")))
        assert load_course(book).units[0].loops_cost_beyond == {"double": ratio}


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    title: Numbers", "    title: 'Numbers", 4, "not YAML"),
        ("    points: 6", "   points: 6", 5, "not YAML"),
        ("    points: 6", "    points: 6\n    points: 7", 6, '"points" is here for the second time (first on line 5)'),
        ("    points: 6", "    pionts: 6", 5, "Did you mean points?"),
        ("policy:", "polcy:", 9, "Did you mean policy?"),
        ("late_penalty_per_day", "late_penalty", 10, "Did you mean late_penalty_per_day?"),
        ("    points: 6\n", "", 3, '"points" is missing'),
        ("points: 6", "points: six", 5, "must be a number"),
        ("points: 6", "points: 0", 5, "points"),
        ("functions: [double, triple]", "functions: double", 7, "must be a list"),
        ("functions: [double, triple]", "functions: []", 7, "is empty"),
        ("functions: [double, triple]", "functions: [double, double]", 7, 'the function "double" twice'),
        ("name: scaling", "name: My Unit", 3, "cannot be used"),
        ("prose: 1", "prose: 7", 6, "worth more than the whole unit"),
        ("prose: 1", "prose: 1\n    budgets: {tripel: 5}", 7, "Did you mean triple?"),
        ("double, triple]", "Double, triple]\n    budgets: {Double: 5}", 8, 'a budget for "Double", which is a class'),
        *LIMITS_OF_LOOPS,
        ("due: 2026-03-01 12:00", "due: 2026-02-30", 8, "not a date"),
        ("due: 2026-03-01 12:00", "due: soon", 8, "not a date"),
        ("due: 2026-03-01 12:00", "due: 2026-03-01\n    release: 2026-04-01", 8, "before it is released"),
        ("title: A tiny", "points: 7\ntitle: A tiny", 1, "add up to 6 points, not to 7"),
        ("title: A tiny", "classroom: ../elsewhere\ntitle: A tiny", 1, "is not inside"),
        ("title: A tiny", "classroom: exercises/class\ntitle: A tiny", 1, "part of the course's own files"),
        ("title: A tiny", 'classroom: "a\\0b"\ntitle: A tiny', 1, "a character that no folder may have"),
        ("title: A tiny", "classroom: .\ntitle: A tiny", 1, "is not inside"),
        ("points: 6", "points: .nan", 5, "Write a finite one"),
        ("points: 6", 'points: "6"', 5, "Remove the quotes"),
        ("points: 6", "points: !!int six", 5, "not YAML"),
        ("points: 6", "points: !what 6", 5, "not YAML"),
        ("points: 6", "points:", 5, '"points" has no value. What the unit is worth'),
        ("title: Numbers, twice and three times", "title: 2026", 4, "Put it in quotes"),
        ("Numbers", "Num\x01bers", 4, "an invisible character"),
        ("name: scaling", "name: class", 3, '"class" is a word of Python'),
        ("[double, triple]", "[double, lambda]", 7, '"lambda" is a word of Python'),
        ("[double, triple]", '[double, "triple\\n"]', 7, "cannot be a name in Python"),
        ("[double, triple]", "&all [*all]", 7, "Write it out instead"),
        ("policy:", "? [a, b]\n: 1\npolicy:", 9, "cannot be a key"),
        ("policy:", "  - scaling\npolicy:", 9, 'each entry of "units" must be a table'),
        ("due: 2026-03-01 12:00", "due: 2026", 8, "2026-10-08 18:00"),
        ("due: 2026-03-01 12:00", "due: 2026-03-01 00:00\n    release: 2026-03-01", 8, "at the moment when it is released"),
        ("policy:", "handout: false\npolicy:", 9, '"handout" must be true or left out'),
        ("policy:", "policy:\n  memory_mib: 100", 10, "keeps NumPy from starting"),
        ("late_penalty_per_day: 0.25", "late_penalty_per_day: 25", 10, "late_penalty_per_day"),
        ("name: scaling", "name: scalin", 3, "Did you mean scaling?"),
    ],
)
def test_mistakes_are_named_by_line(root: Path, old: str, new: str, line: int, says: str) -> None:
    """every kind of mistake names file and line, and says what to do"""
    said = problem(root, old, new)
    assert f"course.yml, line {line}: " in said
    assert says in said


def test_two_units_of_one_name(root: Path) -> None:
    """a name that is taken is named at its second place"""
    unit = "  - {name: scaling, title: Again, points: 1, functions: [f]}\n"
    assert 'line 9: there are two units called "scaling"' in problem(root, "policy:", unit + "policy:")


@pytest.mark.parametrize(
    "name",
    [
        "exercises/scaling.py",
        "solutions/scaling.py",
        "autograde_tests/public/test_scaling.py",
        "autograde_tests/hidden/test_scaling.py",
        "autograde_tests/mistakes/scaling.py",
    ],
)
def test_missing_files_are_named(root: Path, name: str) -> None:
    """a unit without one of its files says which, and how to make it"""
    (root / name).unlink()
    with pytest.raises(CourseError, match=rf"line 3: unit \"scaling\" has no file {name}.*cnngrade new scaling"):
        load_course(root)


def test_several_problems_are_reported_at_once(root: Path) -> None:
    """one run tells what can be told, in the order of the lines"""
    said = problem(root, "points: 6\n    prose: 1", "points: six\n    prsoe: 1").splitlines()
    assert [line.partition(":")[0] for line in said] == ["course.yml, line 5", "course.yml, line 6"]


def test_other_encodings_are_named(root: Path) -> None:
    """a file that is not UTF-8 says in which line"""
    book = root / "course.yml"
    book.write_bytes(book.read_bytes().replace(b"Numbers", b"Z\xe4hlen"))
    with pytest.raises(CourseError, match=r"line 4: the file is not UTF-8"):
        load_course(root)


def test_an_empty_file_is_not_a_course(root: Path) -> None:
    """an empty course.yml is said to be empty, and what belongs in it"""
    (root / "course.yml").write_text("")
    with pytest.raises(CourseError, match=r"line 1: the file is empty.*title and units"):
        load_course(root)


@pytest.fixture
def handout(root: Path) -> Path:
    """The tiny course as a folder that was handed out: public tests and recorded answers, and nothing that was kept back."""
    book = root / "course.yml"
    book.write_text(book.read_text() + "handout: true\n")
    for name in ("exercises/scaling.py", "solutions/scaling.py"):
        (root / name).unlink()
    for name in ("hidden/test_scaling.py", "mistakes/scaling.py"):
        (root / "autograde_tests" / name).unlink()
    answers = root / "autograde_tests" / "answers" / "scaling.npz"
    answers.parent.mkdir(exist_ok=True)
    answers.write_bytes(b"")
    return root


def test_a_handout_needs_only_what_was_handed_out(handout: Path) -> None:
    """solution, hidden tests and mistakes may be missing; public tests and answers may not"""
    assert load_course(handout).handout
    (handout / "autograde_tests/answers/scaling.npz").unlink()
    with pytest.raises(CourseError, match=r"line 3: .*no file autograde_tests/answers/scaling\.npz\. Get the unit's"):
        load_course(handout)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("[double, triple]", "double", 7, "must be a list"),
        ("points: 6", "points: -6", 5, "points"),
        ("name: scaling", "name: ../scaling", 3, "cannot be used"),
        ("policy:", "clasroom: x\npolicy:", 9, "Did you mean classroom?"),
        ("policy:", "classroom: ../x\npolicy:", 9, "is not inside"),
        ("0.25", "much", 10, "must be a number"),
    ],
)
def test_a_handout_is_read_as_strictly(handout: Path, old: str, new: str, line: int, says: str) -> None:
    """being fast does not excuse accepting what does not fit"""
    said = problem(handout, old, new)
    assert said.startswith(f"course.yml, line {line}: ")
    assert says in said


@pytest.mark.parametrize("points", ["6", "six"])
def test_no_course_needs_jsonschema(handout: Path, points: str) -> None:
    """no command waits for a large import, or needs it installed, be course.yml as it must be or broken"""
    book = handout / "course.yml"
    book.write_text(book.read_text().replace("points: 6", f"points: {points}"))
    program = "import sys; from pathlib import Path; sys.modules['jsonschema'] = None\n"
    program += "from cnngrade.course.load import load_course; from cnngrade.errors import CourseError\n"
    program += "try: load_course(Path(sys.argv[1])); print('good')\n"
    program += "except CourseError as error: print(error)"
    environment = ENVIRONMENT
    command = [sys.executable, "-c", program, str(handout)]
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    assert done.stdout.startswith("good" if points == "6" else 'course.yml, line 5: "points" must be a number'), done.stdout


def test_numbers_with_a_point_may_be_whole(root: Path) -> None:
    """2048.0 is 2048, and an int in the policy"""
    book = root / "course.yml"
    book.write_text(book.read_text() + "  memory_mib: 2048.0\n")
    memory = load_course(root).policy.memory_mib
    assert (memory, type(memory)) == (2048, int)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every part of plain data."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for key, part in parts for below in places(part, (*path, key)))]


OTHER = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3000), st.floats(-2, 3000), st.sampled_from(["", "x", "A b", "a_1", "2"]),
    st.just([]), st.just({}), st.lists(st.text(max_size=2), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(-1, 1)),
)  # fmt: skip


def changed(course: Any, data: st.DataObject) -> Any:
    """Return plain data with one part replaced, taken away or added."""
    *way, last = data.draw(st.sampled_from(places(course)[1:]))
    table = course = copy.deepcopy(course)
    for key in way:
        table = table[key]
    change = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if change == "replace":
        table[last] = data.draw(OTHER)
    elif change == "remove":
        del table[last]
    elif isinstance(table, dict):
        table["another"] = data.draw(OTHER)
    else:
        table.append(data.draw(OTHER))
    return course


def by_jsonschema(value: Any, rules: dict[str, Any]) -> set[tuple[tuple[Any, ...], str]]:
    errors = jsonschema.Draft202012Validator(rules).iter_errors(value)
    return {(tuple(error.absolute_path), str(error.validator)) for error in errors}


@given(st.data())
def test_the_schema_and_we_find_the_same(data: st.DataObject) -> None:
    """in any course with up to three parts changed we find what jsonschema finds: the same rules broken at the same places"""
    course = yaml.safe_load(tiny_course.COURSE_YML.replace("due: 2026-03-01 12:00", "budgets: {double: 5}"))
    course |= {"handout": True, "stub_digests": {"double": ["0"]}, "classroom": "class"}
    course["policy"] |= {"memory_mib": 2048}
    course["units"][0] |= {"may_loop_over": {"double": ["N"]}, "loops_cost_beyond": {"double": 2}}
    for _ in range(data.draw(st.integers(0, 3))):
        course = changed(course, data)
    rules = schema.schema()
    ours = {(found.path, found.keyword) for found in schema.violations(course, rules)}
    theirs = by_jsonschema(course, rules)
    assert ours == theirs
    said = schema.form_problems(yaml_document.YamlDocument(yaml.safe_dump(course)))
    assert bool(said) == bool(theirs)


@pytest.mark.parametrize("value", [None, 7, [], "x", {}])
def test_the_schema_and_we_agree_on_no_table(value: Any) -> None:
    """a file that holds no table at all breaks the same rules"""
    rules = schema.schema()
    ours = {(found.path, found.keyword) for found in schema.violations(value, rules)}
    theirs = by_jsonschema(value, rules)
    assert ours == theirs != set()


def test_the_schema_says_nothing_that_we_overlook() -> None:
    """every keyword of the schema is one that we know, and the schema is one"""
    rules = schema.schema()
    jsonschema.Draft202012Validator.check_schema(rules)
    told = {"$schema", "$id", "title", "description"}
    known = told | set(schema._KEEPS) | {"properties", "additionalProperties", "items"}

    def keywords(part: dict[str, Any]) -> set[str]:
        below = [*part.get("properties", {}).values(), part.get("items"), part.get("additionalProperties")]
        return set(part).union(*(keywords(other) for other in below if isinstance(other, dict)))

    assert keywords(rules) <= known


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(0.001, 1e9), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, PLAIN, min_size=1, max_size=4))
def test_a_released_book_is_read_without_yaml(tmp_path_factory: pytest.TempPathFactory, book: dict[str, Any]) -> None:
    """what a release writes comes back as it was, whatever texts there are in it, and knows its lines"""
    path = tmp_path_factory.getbasetemp() / "released.yml"
    path.write_text(as_json("# A course\n# Made by a release\n", book), encoding="utf-8", newline="")
    document = read_document(path)
    assert document.data == book
    assert document.line(()) == 3
    assert not document.problems


# What json reads and a release does not write, with what is said of it.
NOT_RELEASED = {
    '{"title": "a", "title": "b"}': '"title" is here for the second time',
    '{"title": NaN}': "",
    '{"title": "\\ud800"}': "half of a character",
    '{"units": [': "this is not YAML",
    '{"title": "a"} {"title": "b"}': "this is not YAML",
    "[" * 2000: "nested too deeply",
    '{"title":' * 2000: "nested too deeply",
}


@pytest.mark.parametrize("text", NOT_RELEASED)
def test_what_json_reads_and_no_release_writes(tmp_path: Path, text: str) -> None:
    """is read as YAML, which knows what is wrong with it and where"""
    path = tmp_path / "course.yml"
    path.write_text(f"# A course\n{text}\n")
    try:
        document = read_document(path)
        said = "".join(problem.text for problem in document.problems)
        assert isinstance(document, yaml_document.YamlDocument)
    except CourseError as error:
        said = str(error)
    assert NOT_RELEASED[text] in said


def test_a_released_book_that_was_edited(handout: Path) -> None:
    """says on which line it is wrong, as any other does"""
    book = handout / "course.yml"
    text = as_json("# A course\n", yaml.safe_load(book.read_text().replace("due: 2026-03-01 12:00", "")))
    book.write_text(text)
    assert load_course(handout).units[0].points == 6
    line = 1 + text[: text.index('"points"')].count("\n")
    book.write_text(text.replace('"points": 6', '"points": "six"', 1))
    with pytest.raises(CourseError, match=f'course.yml, line {line}: "points" must be a number'):
        load_course(handout)
