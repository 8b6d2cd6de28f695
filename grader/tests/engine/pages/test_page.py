"""A unit's interactive page: its modules as one script, its data and style inside, and nothing let in or out."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Fault
from cnngrade.model import Course
from cnngrade.pages.arrays import array_as_json, arrays_of
from cnngrade.pages.page import LARGEST_PAGE, build_page, json_for_a_page, with_run
from cnngrade.pages.scripts import one_script
from support import tiny_course
from support.browser import RAN, Watch, chromium, needs_a_browser, watched


def course_with(root: Path, **files: str) -> Course:
    return load_course(tiny_course.add_page(tiny_course.make_course(root), **files))


def built(root: Path, **files: str) -> str:
    course = course_with(root, **files)
    return build_page(course, course.units[0])


def written(folder: Path, **modules: str) -> Path:
    """Write modules, `a` as a.mjs, and return the first one's path."""
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(modules))}.mjs"


def read_back(stored: dict[str, object]) -> np.ndarray:
    raw = base64.b64decode(str(stored["base64"]))
    return np.frombuffer(raw, np.dtype(str(stored["dtype"])).newbyteorder("<")).reshape(stored["shape"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def opened(browser: Browser, path: Path, text: str) -> tuple[str, Watch, list[str]]:
    """Open a page from the disk; returns the text of its element `told`, what was watched, and the console's errors."""
    path.write_text(text, encoding="utf-8")
    errors: list[str] = []
    with watched(browser, path.as_uri()) as (page, watch):
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path.as_uri())
        told = page.text_content("#told", timeout=5_000) if page.query_selector("#told") else ""
        # A script that was let in has had its turn by then.
        page.evaluate("new Promise(done => setTimeout(done, 50))")
    return str(told), watch, errors


# Modules as one script


def test_modules_come_after_those_they_import(tmp_path):
    """each module is there once, those that it imports before it, whoever else imports them"""
    script = one_script(written(
        tmp_path,
        a='import { b } from "./b.mjs";\nimport { d as e } from "./d.mjs";\nb(e);',
        b='import { d } from "./d.mjs";\nexport function b(x) { return d + x; }',
        d="export const d = 1;",
    ))  # fmt: skip
    assert re.findall(r"^// (\w+)\.mjs", script, re.MULTILINE) == ["d", "b", "a"]


def test_lines_keep_their_numbers(tmp_path):
    """an import over several lines leaves as many lines, so that an error's line can be counted"""
    script = one_script(
        written(tmp_path, a='import {\n  b,\n  c,\n} from "./b.mjs";\nthere();', b="export const b = 1;\nexport const c = 2;")
    )
    body = script.split("// a.mjs\n")[1]
    assert body.splitlines().index("there();") == 5


@pytest.mark.parametrize(
    "form",
    [
        "export function x() { return 2; }",
        "export async function x() { return 2; }",
        "export function* x() { yield 2; }",
        "export async function* x() { yield 2; }",
        "export class x { }",
        "export const x = 2;",
        "export const x = (a) => a;",
    ],
)
def test_what_can_be_exported(tmp_path, form):
    """functions of every kind, classes and constants"""
    script = one_script(written(tmp_path, a='import { x } from "./b.mjs";', b=form))
    assert "return { x };" in script
    assert "export" not in script


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("\nexport default function () { }", 2),
        ("export { x };", 1),
        ("\n\nexport let x = 1;", 3),
        ("export var x = 1;", 1),
        ('export * from "./b.mjs";', 1),
        ('import x from "./b.mjs";', 1),
        ('import * as x from "./b.mjs";', 1),
        ('import "./b.mjs";', 1),
        ('import { x } from "b";', 1),
        ("import { x } from './b.mjs';", 1),
        ('const x = 1;\nconst y = import("./b.mjs");', 2),
        ("const x = import.meta.url;", 1),
        ("  import { x } from 'somewhere';", 1),
        ('import { x as } from "./b.mjs";', 1),
    ],
)
def test_other_forms_are_refused_with_their_line(tmp_path, form, line):
    """what would need a module loader is said where it stands"""
    with pytest.raises(CourseError, match=rf"a\.mjs, line {line}: "):
        one_script(written(tmp_path, a=form, b="export const x = 1;"))


@pytest.mark.parametrize("text", ["const x = '</script>';", "// </SCRIPT >", "const x = '<!-- ';"])
def test_nothing_ends_the_script(tmp_path, text):
    """a module that a page would take for the end of its script is refused"""
    with pytest.raises(CourseError, match=r"line 2: .* would end the page's script"):
        one_script(written(tmp_path, a="\n" + text))


def test_a_cycle_is_named(tmp_path):
    """modules that import each other are refused, and so is one that imports itself"""
    ring = {"a": 'import { b } from "./b.mjs";', "b": 'import { c } from "./c.mjs";', "c": 'import { a } from "./a.mjs";'}
    with pytest.raises(CourseError, match=r"a\.mjs imports itself, through a\.mjs and b\.mjs and c\.mjs"):
        one_script(written(tmp_path, **ring))
    with pytest.raises(CourseError, match="imports itself"):
        one_script(written(tmp_path, own='import { x } from "./own.mjs";'))


def test_what_is_imported_must_be_exported(tmp_path):
    """a name that the other module does not export is found when the page is made"""
    with pytest.raises(CourseError, match=r"a\.mjs imports y, which b\.mjs does not export"):
        one_script(written(tmp_path, a='import { x, y as z } from "./b.mjs";', b="export const x = 1;\nconst y = 2;"))


def test_a_module_that_is_not_there(tmp_path):
    """a missing module, and one that is no text, are named"""
    with pytest.raises(CourseError, match=r"b\.mjs cannot be read"):
        one_script(written(tmp_path, a='import { x } from "./b.mjs";'))
    (tmp_path / "b.mjs").write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match=r"b\.mjs cannot be read"):
        one_script(tmp_path / "a.mjs")


# Arrays


@pytest.mark.parametrize(
    "dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8", ">u2", ">i4", ">f2", ">f4", ">f8", "?", "i8", "u8", ">i8"]
)
def test_arrays_of_every_dtype(dtype):
    """the numbers come back, little-endian and in C order, whatever the array's own order is"""
    array = np.array([[0, 1, 100], [1, 3, 0]]).astype(dtype)
    for given in (array, array.T, array[:, ::2], array[0, 0], array[:0]):
        stored = array_as_json(given)
        assert stored["dtype"] in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64")
        np.testing.assert_array_equal(read_back(stored), given.astype(np.float64))


def test_what_is_no_number_stays_as_it_is():
    """NaN and the infinities are in the numbers, too"""
    given = np.array([np.nan, np.inf, -np.inf, -0.0])
    np.testing.assert_array_equal(read_back(array_as_json(given)), given)


@pytest.mark.parametrize("array", [np.array([1j]), np.array(["a"]), np.array([b"a"]), np.zeros(1, "M8[s]")])
def test_arrays_of_anything_else_are_refused(tmp_path, array):
    """complex numbers, text and times are not drawn by any page"""
    np.savez(tmp_path / "a.npz", a=array)
    with pytest.raises(CourseError, match="holds no real numbers"):
        arrays_of(tmp_path / "a.npz", "a")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("c", "has no array c. It has a, b"),
        ("a[0]", r"has no array a\[0\]"),
        ("a b[::2]", "has no array"),
        ("a,b", "has no array"),
    ],
)
def test_an_array_that_is_not_there(tmp_path, wanted, said):
    """a name that the file does not have, and a part that cannot be read, are said"""
    np.savez(tmp_path / "a.npz", a=np.arange(4), b=np.arange(4))
    with pytest.raises(CourseError, match=said):
        arrays_of(tmp_path / "a.npz", wanted)


def test_parts_of_arrays(tmp_path):
    """the first ones, the last ones, and some between"""
    np.savez(tmp_path / "a.npz", a=np.arange(6, dtype=np.uint8))
    for wanted, expected in (("a[:2]", [0, 1]), ("a[4:]", [4, 5]), ("a[2:3]", [2]), ("a[:]", range(6)), ("a", range(6))):
        np.testing.assert_array_equal(read_back(arrays_of(tmp_path / "a.npz", wanted)["a"]), list(expected))


def test_data_that_cannot_be_read(tmp_path):
    """a file that is missing, damaged, cut, one array alone, or of Python's objects, is said to be unreadable"""
    np.savez(tmp_path / "objects.npz", a=np.array([{}], dtype=object))
    np.save(tmp_path / "alone.npy", np.arange(3))
    np.savez_compressed(tmp_path / "whole.npz", a=np.arange(1000))
    whole = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "damaged.npz").write_bytes(whole.replace(whole[200:260], bytes(60)))
    (tmp_path / "head.npz").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "empty.npz").write_bytes(b"")
    for name in ("missing.npz", "objects.npz", "alone.npy", "cut.npz", "damaged.npz", "head.npz", "empty.npz"):
        with pytest.raises(CourseError, match=f"{name} cannot be read"):
            arrays_of(tmp_path / name, "a")


# The page


@needs_a_browser
def test_the_page_runs_from_the_disk(tmp_path, browser):
    """opened from the disk the page runs its modules, has its style, and asks for nothing else"""
    told, watch, errors = opened(browser, tmp_path / "a page, größer.html", built(tmp_path / "course"))
    assert told == "twice 4 is 8; run: null"
    assert (errors, watch.refused, watch.strange) == ([], [], [])
    assert len(watch.asked) == 1


@needs_a_browser
def test_nothing_else_runs_in_the_page(tmp_path, browser):
    """scripts and handlers in the page's own text, and whatever its script would fetch, are kept out by its policy"""
    page = tiny_course.PAGE.replace("</main>", (
        f"<p onclick=\"console.log('{RAN}handler')\" id='p'>x</p><script>console.log('{RAN}inline')</script>"
        f"<svg onload=\"console.log('{RAN}svg')\"></svg></main>"
    ))  # fmt: skip
    script = (
        tiny_course.PAGE_SCRIPT
        + """
document.getElementById("p").click();
const sent = ["fetch", "image", "eval"];
fetch("http://127.0.0.1:9/").catch(() => {});
new Image().src = "http://127.0.0.1:9/image.png";
try { eval("console.log('ran-eval')"); } catch { /* as it should be */ }
const later = document.createElement("script");
later.textContent = "console.log('ran-later')";
document.body.append(later);
"""
    )
    told, watch, _ = opened(browser, tmp_path / "page.html", built(tmp_path / "course", page=page, script=script))
    assert told.startswith("twice 4 is 8")
    assert watch.ran == set()
    assert watch.strange == []
    assert len(watch.refused) >= 5


HOSTILE = [
    "</script><script>console.log('ran-closed')</script>",
    "<!--<script>",
    "]]></script >",
    "\u2028\u2029",
    "'\"\\\n\r\t\0",
    "<img src=x onerror=console.log('ran-image')>",
    "\\1 \\g<1> $1 $&",
]


@needs_a_browser
def test_no_text_of_a_run_leaves_its_place(tmp_path, browser):
    """whatever a run says is data: it ends no script, and comes out as it went in"""
    page = with_run(built(tmp_path / "course"), {"said": HOSTILE})
    script = "JSON.parse(document.getElementById('run').textContent).said"
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    with watched(browser, path.as_uri()) as (shown, watch):
        shown.goto(path.as_uri())
        assert shown.evaluate(script) == HOSTILE
        assert (watch.ran, watch.strange) == (set(), [])


def test_a_run_takes_the_place_of_another(tmp_path):
    """a page that is filled twice plays the second run alone"""
    page = built(tmp_path)
    assert with_run(with_run(page, {"a": "first"}), {"a": "</script>second"}) == with_run(page, {"a": "</script>second"})


def test_a_page_without_a_place_for_a_run_is_damaged(tmp_path):
    """a handout's page that somebody has cut is not filled"""
    with pytest.raises(Fault, match="no place for calls to play"):
        with_run(built(tmp_path).replace('id="run"', 'id="ran"'), {})


def test_json_ends_no_script():
    """no character that HTML looks at is left in it"""
    assert set("<>&") & set(json_for_a_page(HOSTILE)) == set()


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('<meta charset="utf-8">\n', "", "needs `<meta charset"),
        ('<script type="application/json" id="run">null</script>\n', "", "has 0 lines like"),
        ('<link rel="stylesheet" href="explore.css">\n', "", "has 0 lines like `<link"),
        ('<script type="module" src="scaling.mjs"></script>\n', "", "has 0 lines like `<script type=.module"),
        (
            'src="scaling.mjs"></script>',
            'src="scaling.mjs"></script><script type="module" src="other.mjs"></script>',
            "has 2 lines",
        ),
        ("</main>", '<img src="https://example.org/x.png"></main>', "asks for nothing, and this does: <img"),
        ("</main>", '<iframe src="other.html"></iframe></main>', "asks for nothing, and this does: <iframe"),
        ("</main>", '<script src="//example.org/x.js"></script></main>', "asks for nothing, and this does: <script"),
        ("numbers.npz", "missing.npz", "missing.npz cannot be read"),
        ("halves", "quarters", "has no array quarters"),
        ("scaling.mjs", "missing.mjs", "missing.mjs cannot be read"),
        ("explore.css", "missing.css", "missing.css cannot be read"),
    ],
)
def test_a_page_that_cannot_be_made(tmp_path, line, instead, said):
    """what a page lacks, has twice or asks for is said"""
    assert line in tiny_course.PAGE
    with pytest.raises(CourseError, match=said):
        built(tmp_path, page=tiny_course.PAGE.replace(line, instead))


def test_a_style_that_would_end_itself(tmp_path):
    """a style that holds its own end is refused"""
    course = course_with(tmp_path)
    (tmp_path / "exercises" / "explore" / "explore.css").write_text("/* </STYLE> */")
    with pytest.raises(CourseError, match="its style holds"):
        build_page(course, course.units[0])


def test_a_page_is_not_too_large(tmp_path):
    """a page above its size is refused, with both sizes"""
    course = course_with(tmp_path)
    np.savez(tmp_path / "exercises" / "data" / "numbers.npz", ramp=np.zeros((3, 25_000)), halves=np.zeros(1))
    with pytest.raises(CourseError, match=f"would have 80.,... bytes, and may have {LARGEST_PAGE:,}"):
        build_page(course, course.units[0])
