"""A student's run on the unit's page: what is declared and recorded, what came back, and what is said of it."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnngrade.cli.browser import has_screen, show_page
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.errors import CourseError, ExitCode, Fault, UsageError
from cnngrade.jobs.explore import page_of, unit_named
from cnngrade.jobs.play import page_with, play_back, prove_page
from cnngrade.jobs.release import write_handout
from cnngrade.jobs.targets import Target, targets
from cnngrade.jobs.verify import verify
from cnngrade.model import Course
from cnngrade.pages.page import with_run
from cnngrade.pages.played import Played, State, run_as_json, value_as_json
from cnngrade.pages.plays import MOST_NUMBERS, declared_plays, plays_of, record_plays, recorded_plays
from cnngrade.student.candidate import InlineWork, candidate
from support import tiny_course
from support.browser import chromium, needs_a_browser, watched
from support.places import GRADER


def course_with(root: Path, plays: str = tiny_course.PLAYS, **files: str) -> Course:
    return load_course(tiny_course.add_page(tiny_course.make_course(root), plays, **files))


def target_with(root: Path, **functions: str) -> Target:
    course_with(root)
    (root / "exercises" / "scaling.py").write_text(tiny_course.script(**functions), encoding="utf-8")
    return targets((), root)[0]


def declaring(body: str, labels: str = "") -> str:
    return f'\n\nfrom cnngrade import play\n\n\n@play{labels}\ndef double_of_it(data):\n    """A caption."""\n    {body}\n'


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a handout of the tiny course, as a student gets it."""
    course = course_with(tmp_path_factory.mktemp("course"))
    folder = tmp_path_factory.mktemp("handouts") / "my work, größer"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    return folder


# Right and wrong answers


def test_right_work_is_as_expected(tmp_path):
    """every number of right functions is as expected, and no number is marked"""
    found = play_back(target_with(tmp_path, **tiny_course.RIGHT))
    assert [(entry.play.name, entry.state) for entry in found] == [
        ("double_of_a_table", State.SAME),
        ("triple_of_a_row", State.SAME),
    ]
    assert [entry.remark() for entry in found] == ["All 12 numbers are as expected.", "All 3 numbers are as expected."]
    assert not any(part.wrong.any() for entry in found for part in entry.parts)


def test_work_that_is_not_begun(tmp_path):
    """a stub is not written yet: what is expected is there, and nothing beside it"""
    for entry in play_back(target_with(tmp_path)):
        assert entry.state is State.UNFINISHED
        assert entry.remark() == "Not written yet: this is what to expect."
        assert all(part.mine is None and part.expected.size for part in entry.parts)


HOSTILE = "</script><script>console.log('ran-it')</script>"

# What `double` does, the state, what is said, and which of the twelve numbers are marked: None where none can be.
ANSWERS = [
    ("return 2 * x + (x == 5)", State.DIFFERENT, "1 of 12 numbers differ; first [1, 1]: yours 11, expected 10", [5]),
    ("return np.where(x == 7, np.nan, 2 * x)", State.DIFFERENT, "1 of 12 numbers are NaN; first [1, 3]", [7]),
    ("return np.where(x == 1, -np.inf, 2 * x)", State.DIFFERENT, "1 of 12 numbers are infinite", [1]),
    ("return (2 * x).astype(int)", State.DIFFERENT, "whole numbers", [0]),
    ("return (2 * x).astype(np.float16)", State.DIFFERENT, "float16", []),
    ("return (2 * x + 0.1).astype(np.float32) - np.float32(0.1)", State.DIFFERENT, "right to seven digits only", "some"),
    ("return 2 * x * (1 + 1e-12)", State.SAME, "All 12 numbers", []),
    ("return 2 * x + 1j", State.DIFFERENT, "complex", None),
    ("return 2 * x.T", State.DIFFERENT, "the shape is (4, 3), expected (3, 4)", None),
    ("return 2 * x[0]", State.DIFFERENT, "the shape is (4,), expected (3, 4)", None),
    ("return np.zeros((0, 4))", State.DIFFERENT, "the shape is (0, 4), expected (3, 4)", None),
    ("return np.zeros((3000, 3000))", State.DIFFERENT, "the shape is (3000, 3000)", None),
    ("return np.zeros((1,) * 30)", State.DIFFERENT, "the shape is", None),
    ("return None", State.DIFFERENT, "Did you forget `return`?", None),
    ("return (2 * x).tolist()", State.DIFFERENT, "np.array(...)", None),
    ("return 2 * x, x", State.DIFFERENT, "a tuple", None),
    ("return 2 * x.sum()", State.DIFFERENT, "Is the `return` inside the loop", None),
    ("return 10 ** 400", State.DIFFERENT, "an array", None),
    (f"return {HOSTILE!r}", State.DIFFERENT, "a string", None),
    (f"return {{{HOSTILE!r}: x}}", State.DIFFERENT, "a dict", None),
    ("return np.array(['a', 'b'])", State.DIFFERENT, "dtype <U1", None),
    ("return np.array([{}], dtype=object)", State.DIFFERENT, "dtype object", None),
    ("return double", State.DIFFERENT, "", None),
    (f"raise ValueError({HOSTILE!r})", State.FAILED, "ValueError", None),
    ("raise ValueError('\\x1b[31m red \\u202e')", State.FAILED, "\\x1b[31m", None),
    ("raise ValueError('long ' * 100_000)", State.FAILED, "long long", None),
    ("x[0] = 1; return 2 * x", State.FAILED, "", None),
    ("return x[5]", State.FAILED, "line ", None),
    ("import os; os._exit(3)", State.FAILED, "ended", None),
    ("return double(x)", State.FAILED, "RecursionError", None),
]


def _given(number: int) -> np.ndarray:
    """Return the argument of one play: its first number says which of the answers is wanted."""
    x = np.arange(12.0).reshape(3, 4)
    x[0, 0] = (number + 1) / 1024
    return x


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """Return a play of `double` for each of the answers, all from one file of a student's."""
    root, plays = tmp_path_factory.mktemp("answers"), "\n\nfrom cnngrade import play\n"
    for number in range(len(ANSWERS)):
        given = f"np.array({_given(number).tolist()})"
        plays += f'\n\n@play\ndef double_{number}(data):\n    """A caption."""\n    return {{"x": {given}}}\n'
    course_with(root, plays)
    answers = "".join(f"def answer_{number}(x):\n    {code}\n\n\n" for number, (code, *_) in enumerate(ANSWERS))
    double = "def double(x):\n    return globals()[f'answer_{round(1024 * x[0, 0]) - 1}'](x)"
    script = tiny_course.script(double=double).replace("import numpy as np\n", f"import numpy as np\n\n\n{answers}", 1)
    (root / "exercises" / "scaling.py").write_text(script, encoding="utf-8")
    return {code: entry for (code, *_), entry in zip(ANSWERS, play_back(targets((), root)[0]), strict=True)}


@pytest.mark.parametrize(("code", "state", "said", "marked"), ANSWERS)
def test_whatever_comes_back_is_played(answered, code, state, said, marked):
    """each kind of answer has its state, its sentence and its marks, and the expected numbers stand beside it"""
    entry = answered[code]
    assert entry.state is state
    assert said in entry.remark()
    (part,) = entry.parts
    np.testing.assert_array_equal(part.expected, 2 * entry.play.arguments["x"])
    if marked is None:
        assert part.wrong is None
    elif marked == "some":
        assert part.wrong.any()
    else:
        assert np.flatnonzero(part.wrong).tolist() == marked


def test_an_answer_on_a_page_is_bounded(answered):
    """no answer makes a page large, nor its text long, and none holds what is not JSON"""
    for entry in answered.values():
        text = json.dumps(run_as_json("scaling", "x", [entry]), allow_nan=False)
        assert len(text) < 20_000
        assert "\\u001b" not in text


@needs_a_browser
def test_no_answer_does_anything_in_a_page(tmp_path, answered):
    """what strangers' functions return or raise is text and numbers in the page, and runs nowhere"""
    course = course_with(tmp_path / "course")
    path = tmp_path / "page.html"
    path.write_text(page_with(course, course.units[0], HOSTILE, list(answered.values())), encoding="utf-8")
    with chromium() as browser, watched(browser, path.as_uri()) as (page, watch):
        page.goto(path.as_uri())
        run = json.loads(page.text_content("#run"))
        assert run["work"] == HOSTILE
        assert [play["state"] for play in run["plays"]] == [state.value for _, state, *_ in ANSWERS]
        assert (watch.ran, watch.strange, watch.refused) == (set(), [], [])


def test_parts_of_an_answer(tmp_path):
    """tuples, dicts and lists are played part by part, under their names; a part that is right stays right"""
    solution = "def double(x):\n    return {'twice': 2 * x, 'rows': [x.sum(), len(x)]}, [float(x.max()), 1.0]\n"
    course = course_with(tmp_path, declaring('return {"x": np.arange(6.0).reshape(2, 3)}', '("table", "numbers")'))
    triple = "\n\ndef triple(x):\n    return 3 * x\n"
    (tmp_path / "solutions" / "scaling.py").write_text(solution + triple, encoding="utf-8")
    work = "def double(x):\n    return {'twice': 2 * x, 'rows': [x.sum(), 9]}, [float(x.max()), 2.0]"
    (tmp_path / "exercises" / "scaling.py").write_text(tiny_course.script(double=work), encoding="utf-8")
    (entry,) = play_back(Target(course, course.units[0], tmp_path / "exercises" / "scaling.py"))
    assert [(part.label, np.flatnonzero(part.wrong).tolist()) for part in entry.parts] == [
        ("table['twice']", []),
        ("table['rows']", [1]),
        ("numbers", [1]),
    ]
    assert entry.state is State.DIFFERENT
    assert entry.problem == ""


def test_a_file_that_cannot_be_read(tmp_path):
    """where the work itself cannot be read, the page says so and shows what is expected"""
    target = target_with(tmp_path)
    broken = tmp_path / "exercises" / "scaling.ipynb"
    broken.write_text("{", encoding="utf-8")
    found = play_back(Target(target.course, target.unit, broken))
    assert {entry.state for entry in found} == {State.FAILED}
    assert "scaling.ipynb" in found[0].remark()


# What is declared


@pytest.mark.parametrize(
    ("plays", "said"),
    [
        (declaring("return {}"), "must return the arguments of its function by name"),
        (declaring('return {"y": 1.0}'), r"as in \{'x': ...\}"),
        (declaring("return np.zeros(3)"), "must return the arguments"),
        (declaring('return {"x": np.zeros(3), "more": 1}'), "must return the arguments"),
        (declaring("raise OSError('no photograph')"), "cannot be made: OSError: no photograph"),
        (declaring(f'return {{"x": np.zeros({MOST_NUMBERS + 1})}}'), "an answer is made of real numbers"),
        (declaring('return {"x": np.zeros(0)}'), "an answer is made of real numbers"),
        (declaring('return {"x": np.zeros(2) + 1j}'), "an answer is made of real numbers"),
        (declaring('return {"x": np.zeros(2)}', '("one", "two")'), "names 2 parts"),
        (declaring('return {"x": np.zeros(2)}').replace("double_of_it", "half_of_it"), "belongs to no function of scaling"),
        (declaring('return {"x": np.zeros(2)}').replace('"""A caption."""', ""), "its caption, and it has none"),
        (declaring('return {"x": "text"}'), "the solution fails|real numbers"),
    ],
)
def test_a_play_that_cannot_be_made(tmp_path, plays, said):
    """what is wrong with a play is said, with its file and its name"""
    course = course_with(tmp_path, plays)
    with pytest.raises(CourseError, match=said) as raised:
        declared_plays(course, course.units[0])
    assert str(paths.pictures_file(course, "scaling")) in str(raised.value)


def test_a_unit_without_plays(tmp_path):
    """pictures alone are no plays, and neither is nothing"""
    course = course_with(tmp_path, plays="")
    assert plays_of(course, course.units[0]) == []
    with pytest.raises(UsageError, match=r"scaling has no calls to play back\.$"):
        play_back(targets((), tmp_path)[0])
    paths.pictures_file(course, "scaling").unlink()
    assert plays_of(course, course.units[0]) == []


def test_functions_are_chosen(tmp_path):
    """only the named functions are played; a function without plays and an unknown one are said"""
    target = target_with(tmp_path)
    assert [entry.play.function for entry in play_back(target, ("triple",))] == ["triple"]
    assert [entry.play.function for entry in play_back(targets(("triple",), tmp_path)[0])] == ["triple"]
    with pytest.raises(UsageError, match="scaling has no function half"):
        play_back(target, ("half",))
    course_with(tmp_path / "other", declaring('return {"x": np.zeros(2)}'))
    with pytest.raises(UsageError, match=r"no calls of triple to play back\. There are calls of double\."):
        play_back(targets((), tmp_path / "other")[0], ("triple",))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3), (2.5, 2.5), (np.float32(0.5), 0.5), (np.int64(4), 4), (True, True), (np.True_, True), (None, None), ("a", "a"),
        (float("inf"), "inf"), (float("nan"), "nan"), ((1, (2, None)), [1, [2, None]]), ({"a": [1]}, {"table": {"a": [1]}}),
        (np.zeros((100, 300)), {"left_out": "(100, 300)"}), (np.zeros(2, complex), {"left_out": "(2,)"}),
    ],
)  # fmt: skip
def test_arguments_on_a_page(value, expected):
    """numbers, tuples and dicts are in the page as they are; what is too large or no number is left out with its shape"""
    assert value_as_json(value) == expected
    json.dumps(value_as_json(value), allow_nan=False)


# What is recorded


def test_recorded_plays_are_the_same(tmp_path):
    """arguments and answers come back as they were, to the last bit"""
    course = course_with(tmp_path)
    record_plays(course, course.units[0], tmp_path / "a.plays.npz")
    for back, entry in zip(recorded_plays(tmp_path / "a.plays.npz"), declared_plays(course, course.units[0]), strict=True):
        assert (back.name, back.function, back.caption, back.labels) == (
            entry.name,
            entry.function,
            entry.caption,
            entry.labels,
        )
        assert list(back.arguments) == list(entry.arguments)
        np.testing.assert_array_equal(back.arguments["x"], entry.arguments["x"])
        np.testing.assert_array_equal(back.expected, entry.expected)


def test_a_damaged_recording(tmp_path):
    """cut, changed, of another version, or something else: the file is damaged, and a student gets it again"""
    course = course_with(tmp_path)
    path = tmp_path / "a.plays.npz"
    record_plays(course, course.units[0], path)
    whole = path.read_bytes()
    other = {"index": np.frombuffer(json.dumps({"format": 99, "plays": []}).encode(), np.uint8)}
    np.savez(tmp_path / "other.npz", allow_pickle=False, **other)
    for data in (whole[:-40], b"", b"x" * 100, whole[:300] + bytes(20) + whole[320:], (tmp_path / "other.npz").read_bytes()):
        path.write_bytes(data)
        with pytest.raises(Fault, match=r"damaged \(.*\)\. Get the unit's folder again"):
            recorded_plays(path)


def test_a_handout_plays_without_the_solution(handout):
    """a handout holds what is expected and no line of the solution; its page is filled from there"""
    course = load_course(handout)
    assert not (handout / "solutions").exists()
    (handout / "scaling.py").write_text(tiny_course.script(double="def double(x):\n    return 3 * x"), encoding="utf-8")
    found = play_back(targets((), handout)[0])
    assert [entry.state for entry in found] == [State.DIFFERENT, State.UNFINISHED]
    page = page_with(course, course.units[0], "scaling.py", found)
    assert page == with_run(page_of(course, course.units[0]), run_as_json("scaling", "scaling.py", found))
    assert '"work":"scaling.py"' in page


# What is proved


def found_in(course: Course) -> list[str]:
    """Return what the proof of a unit finds wrong with its page and its plays."""
    unit = course.units[0]
    solution = InlineWork(course.policy, load_module(paths.solution_file(course, unit.name), course.root)).open()
    stub = candidate(course, paths.exercise_file(course, unit.name), unit, "").work.open()
    try:
        return list(prove_page(course, unit, solution, stub))
    finally:
        stub.close()


def many_plays(count: int, size: int) -> str:
    return "\n\nfrom cnngrade import play\n" + "".join(
        f'\n\n@play\ndef double_of_{n}(data):\n    """A caption."""\n    return {{"x": np.arange({n}.0, {n + size})}}\n'
        for n in range(count)
    )


def test_a_sound_page(tmp_path):
    """a page that can be made, with plays that the solution answers and the stub does not, has no finding"""
    assert found_in(course_with(tmp_path)) == []
    assert found_in(course_with(tmp_path / "large", many_plays(1, MOST_NUMBERS))) == []


def test_a_page_with_its_plays_is_not_too_large(tmp_path):
    """plays that would make a page too large for a notebook are found"""
    (said,) = found_in(course_with(tmp_path, many_plays(4, MOST_NUMBERS)))
    assert re.match(r"with its plays the page has 2,...,... bytes, and may have 1,200,000\.", said)


def test_a_play_that_the_stub_answers(tmp_path):
    """a function that is there already, or answers without being written, shows a student nothing of his own"""
    course = course_with(tmp_path)
    (tmp_path / "exercises" / "scaling.py").write_text(tiny_course.script(triple="def triple(x):\n    return x"))
    assert found_in(course) == ["the play triple_of_a_row does not find the stub of triple unfinished."]


def test_an_answer_that_changes(tmp_path):
    """a solution that answers the same call in two ways cannot be played"""
    course = course_with(tmp_path)
    solution = "import random\n\n\ndef double(x):\n    return 2 * x + random.random()\n\n\ndef triple(x):\n    return 3 * x\n"
    (tmp_path / "solutions" / "scaling.py").write_text(solution)
    (said,) = found_in(course)
    assert said.startswith("the play double_of_a_table has two answers: 12 of 12 numbers differ")


@pytest.mark.parametrize(
    ("plays", "files", "said"),
    [
        (tiny_course.PLAYS, {"script": "import x from './y.mjs';"}, "line 1: only"),
        (declaring('return {"y": 1}'), {}, "by name and in order"),
    ],
)
def test_a_page_that_cannot_be_made_is_found(tmp_path, plays, files, said):
    """`verify`, and with it a release, says what is wrong with a page, or with a call to play"""
    course = course_with(tmp_path, plays, **files)
    (proof,) = verify(course, course.units, lambda unit, step: None)
    (finding,) = proof.findings
    assert finding.step == "page"
    assert said in finding.text


def test_plays_without_a_page(tmp_path):
    """calls to play need a page to be played on"""
    course = course_with(tmp_path)
    paths.explore_source(course, "scaling").unlink()
    (said,) = found_in(course)
    assert re.fullmatch(r"the call double_of_a_table is there to be played, and .*scaling\.html is not\.", said)


# The command, and the notebook


def cnngrade(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")}
    return subprocess.run(
        [sys.executable, "-m", "cnngrade", *arguments],
        cwd=folder, env={**kept, "PYTHONPATH": str(GRADER), **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_command_writes_the_page(handout):
    """`show --play` writes UNIT.play.html, tells what it found, and ends with the exit code of `show`"""
    (handout / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    done = cnngrade(handout, "show", "--play", "--no-browser")
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "All 12 numbers are as expected." in done.stdout
    assert f"Open this file in a browser: {handout / 'pictures' / 'scaling.play.html'}" in done.stdout
    (handout / "scaling.py").write_text(tiny_course.script(double="def double(x):\n    return x"), encoding="utf-8")
    done = cnngrade(handout, "show", "scaling", "double", "--play", "--out", "elsewhere")
    assert done.returncode == ExitCode.NOT_PASSED, done.stderr
    assert "11 of 12 numbers differ; first [0, 1]: yours 1, expected 2" in done.stdout
    assert "triple" not in done.stdout
    assert "No browser could be started from here." in done.stdout
    assert '"state":"different"' in (handout / "elsewhere" / "scaling.play.html").read_text(encoding="utf-8")
    assert cnngrade(handout, "show", "--play", "--text").returncode == ExitCode.USAGE


def test_the_page_is_opened(handout, tmp_path):
    """the browser that the environment names gets the page's address, whatever is in its path"""
    noted = tmp_path / "noted"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{noted}"\n')
    program.chmod(0o755)
    done = cnngrade(handout, "explore", BROWSER=f"{program} %s")
    assert done.returncode == ExitCode.DONE, done.stderr
    page = handout / "scaling.explore.html"
    assert noted.read_text() == page.as_uri()
    assert "%20" in noted.read_text()
    assert f"Opened in your browser: {page}" in done.stdout


def test_a_browser_that_fails(handout):
    """a browser that is not there, or ends with an error, is said, and where the page is"""
    for browser in ("/nowhere/browser %s", "false"):
        done = cnngrade(handout, "explore", BROWSER=browser)
        assert done.returncode == ExitCode.DONE, done.stderr
        assert "No browser could be started from here.\nOpen this file in a browser: /" in done.stdout


def test_the_page_needs_no_work(handout):
    """`explore` asks for the unit alone: without a file of the student's, and with a function's or a file's name"""
    for name in ("scaling.py", "scaling.ipynb"):
        (handout / name).unlink(missing_ok=True)
    done = cnngrade(handout, "explore", "--no-browser")
    assert done.returncode == ExitCode.DONE, done.stderr
    assert done.stdout == f"Open this file in a browser: {handout / 'scaling.explore.html'}\n"
    for name, functions in ((None, ()), ("scaling", ()), ("triple", ("triple",)), ("scaling.ipynb", ()), ("scaling.py", ())):
        course, unit, found = unit_named(name, handout)
        assert (course.root, unit.name, found) == (handout, "scaling", functions)
    with pytest.raises(UsageError, match=r"Did you mean scaling\?"):
        unit_named("scalling", handout)


def test_a_course_without_pages(tmp_path):
    """where there is no page, that is said"""
    done = cnngrade(tiny_course.make_course(tmp_path), "explore", "--no-browser")
    assert done.returncode == ExitCode.USAGE
    assert "scaling has no interactive page." in done.stderr


def test_a_terminal_alone_has_no_browser():
    """where there is no screen, none is started: a browser in the terminal would take it over"""
    assert has_screen("linux", {"DISPLAY": ":0"})
    assert has_screen("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert has_screen("linux", {"BROWSER": "firefox"})
    assert has_screen("darwin", {})
    assert has_screen("win32", {})
    assert not has_screen("linux", {"TERM": "xterm", "DISPLAY": ""})


def test_windows_opens_a_page_of_the_linux_inside_it(tmp_path, monkeypatch, capsys):
    """in WSL the page is named as Windows knows it, and where that cannot be found out, as Linux does"""
    page = tmp_path / "scaling.play.html"
    page.touch()
    tool = tmp_path / "wslpath"
    tool.write_text('#!/bin/sh\n[ "$1" = -w ] && echo "Z:$2"\n')
    tool.chmod(0o755)
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for release, said in (
        ("5.15.167.4-microsoft-standard-WSL2", f"Z:{page}"),
        ("6.1.0-28-amd64", str(page)),
    ):
        monkeypatch.setattr(platform, "release", lambda release=release: release)
        show_page(page, wanted=True)
        assert capsys.readouterr().out.splitlines()[-1] == f"Open this file in a browser: {said}"
    monkeypatch.setattr(platform, "release", lambda: "4.4.0-19041-Microsoft")
    tool.write_text("#!/bin/sh\nexit 1\n")
    show_page(page, wanted=True)
    assert capsys.readouterr().out.splitlines()[-1] == f"Open this file in a browser: {page}"


def test_the_notebook_plays_what_its_kernel_has_defined(tmp_path):
    """`show(play=True)` and `explore(play=True)` take the functions of the running program, in a frame that is shut in"""
    course_with(tmp_path)
    program = (
        "import numpy as np\nimport cnngrade\n\ndef double(x):\n    return 2 * x + (x == 3)\n\n"
        "print(cnngrade.show(play=True))\n"
        "whole = cnngrade.show('scaling', play=True)._repr_mimebundle_()['text/html']\n"
        "one = cnngrade.explore('double', play=True)._repr_mimebundle_()['text/html']\n"
        "page = cnngrade.explore('scaling')._repr_mimebundle_()['text/html']\n"
        "print(whole.count('&quot;state&quot;:&quot;'), one.count('&quot;state&quot;:&quot;different&quot;'),\n"
        "      page.count('state'), 'sandbox=\"allow-scripts\"' in whole)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(GRADER)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    told = (
        "double: Three rows of numbers, twice.\n  1 of 12 numbers differ; first [0, 3]: yours 7, expected 6.\n"
        "triple: A row, three times.\n  Not written yet: this is what to expect.\n"
    )
    assert done.stdout.startswith(told), done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].split() == ["2", "1", "0", "True"]
