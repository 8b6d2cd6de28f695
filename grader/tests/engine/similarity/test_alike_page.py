"""The page of submissions that are alike: safe whatever was handed in, readable for everybody, and never a verdict."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cnngrade.similarity.alike_class import NOT_A_VERDICT, AlikeClass, NotCompared
from cnngrade.similarity.as_json import alike_to_json
from cnngrade.similarity.common import HeldByMany
from cnngrade.similarity.likeness import Rarity, groups_of, likenesses
from cnngrade.similarity.page import alike_as_page
from cnngrade.similarity.text import alike_lines
from support.alike import class_of, independent
from support.browser import RAN, chromium, needs_a_browser, watched
from support.disguises import disguised

TEXTS = independent()
SOURCE = TEXTS["022_convolution_tap_without_step"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCRIPT = f"<script>console.log('{RAN}source')</script>"

# What may be a student's name, of a folder or of last year's.
NAMES = [
    f"<img src=x onerror=\"console.log('{RAN}name')\">",
    "=HYPERLINK(\"http://evil.example\")",
    "a\u202egnp.exe",
    "\x1b[31mred\x1b[0m",
    "Zoë Ångström",
    "李雷",
    "محمد",
    "a" * 120,
    "x\ny",
    "' onclick='",
]  # fmt: skip

# What may stand in the code that is alike.
HOSTILE = [
    f'"""{SCRIPT}"""',
    "# </pre></mark><h1>Guilty</h1>",
    f"note = '</textarea>{SCRIPT}' + str(1 + 2 * 3)",
    "other = '\u202e reversed \u2066' + str(4 * 5 + 6)",
    "esc = '\x1b]0;title\x07' + str(7 * 8 + 9)",
    "tab\t= 1 +\t2 * note",
    "amp = '&lt;&amp;&#0;' + str(note * 2 + 1)",
    "long = '" + "w" * 500 + "' + str(note * 3 + 4)",
    "zoë = note + 'ü' * 3 + str(note)",
]


def alike(threshold: float = 0.65, names: list[str] | None = None, extra: str = "") -> AlikeClass:
    """Return a class in which those of `names` have one text, the others texts of their own."""
    named = {name: disguised(SOURCE, "renamed", at) + extra for at, name in enumerate(names or ["ada", "ben"])}
    submissions = class_of(named | dict(list(TEXTS.items())[:12]))
    rarity = Rarity(submissions, ())
    groups = groups_of(likenesses(submissions, rarity, threshold))
    return AlikeClass("scaling", "Numbers <twice>", threshold, submissions, rarity, groups, {}, in_all=len(groups))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def hostile(names: int = len(NAMES)) -> AlikeClass:
    return alike(names=NAMES[:names], extra="".join(f"    {line}\n" for line in HOSTILE))


def test_the_page_says_first_that_it_is_no_verdict():
    """page, text and JSON say what the list is and what it is not before they name anybody"""
    found = alike()
    page, lines, document = alike_as_page(found), "\n".join(alike_lines(found)), json.dumps(alike_to_json(found))
    for text in (page, lines, document):
        assert text.index("not a verdict") < text.index("ada")
    assert NOT_A_VERDICT in lines
    assert not re.search(r"plagiar|cheat|guilty|suspect", page + lines + document, re.IGNORECASE)


def test_each_part_leads_to_the_same_part_of_the_other_text():
    """marks have a number in both texts, no address is there twice, and no link leads nowhere"""
    page = alike_as_page(alike(names=["ada", "ben", "cy", "dan"]))
    addresses = Counter(re.findall(r' id="([^"]+)"', page))
    assert set(addresses.values()) == {1}
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) > 6
    assert set(links) <= set(addresses)
    numbers = [re.fullmatch(r"p(\d+)-([01])-(\d+)", name) for name in addresses if name.startswith("p")]
    sides = {(found[1], found[3]): {other[2] for other in numbers if other and (other[1], other[3]) == (found[1], found[3])}
             for found in numbers if found}  # fmt: skip
    assert sides
    assert set(map(frozenset, sides.values())) == {frozenset("01")}


def test_a_text_is_shown_as_it_was_written():
    """marks and grey take nothing of a definition away"""
    found = alike()
    page = alike_as_page(found)
    shown = [
        re.sub(r"<mark[^>]*><a [^>]*>\d+</a>|<[^>]+>", "", block) for block in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    ]
    one = found.two(found.groups[0].links[0])[0]
    number, begin, end = next(one for one in one.definitions if one.name == "triple").span
    text = one.sources[number].text[begin:end]
    assert text.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in shown


def test_nothing_alike_is_a_page_too():
    """a class in which nobody is alike, and one with much to say besides"""
    page = alike_as_page(alike(threshold=1.0))
    assert "No two are alike by 100 % or more." in page
    assert "<pre>" not in page
    found = alike()
    full = AlikeClass(
        found.unit, found.title, 0.65, found.submissions, found.rarity, found.groups[:1], {}, [NotCompared("<b>", "no <i>")],
        [HeldByMany("<u>", ("ada", "<s>"))], 3, 7,
    )  # fmt: skip
    text = alike_as_page(full)
    for piece in (
        "&lt;b&gt;: no &lt;i&gt;",
        "2 of 11 have the same &lt;u&gt;",
        "and with 3 of others",
        "6 more pairs or groups",
    ):
        assert piece in text


def test_a_group_of_hundreds_is_named_in_part():
    """a list of names ends after thirty, and of the pairs of a group ten are shown"""
    found = alike(0.05, [f"s{number:03}" for number in range(34)])
    for text in ("\n".join(alike_lines(found)), alike_as_page(found)):
        assert text.count("s0") < 120
        assert re.search(r"(s0\d\d, ){29}s0\d\d and 4 more", text)
        assert "23 more pairs of this group" in text
    assert 34 in [len(group["members"]) for group in alike_to_json(found)["groups"]]


def test_what_is_printed_moves_no_terminal():
    """no name and no text of a student's writes anything but itself"""
    lines = list(alike_lines(hostile()))
    assert all(line.isprintable() for line in lines)
    assert any("\\u202e" in line for line in lines)


def test_the_document_is_json_and_its_places_are_in_the_files():
    """lines count in the file that was handed in"""
    document = json.loads(json.dumps(alike_to_json(hostile())))
    (group,) = document["groups"]
    assert set(group["members"]) == set(NAMES)
    assert len(group["links"]) == len(NAMES) - 1
    for link in group["links"]:
        assert link["parts"]
        for part in link["parts"]:
            for place in part["one"] + part["other"]:
                assert place["file"] == "scaling.py"
                assert 1 <= place["first_line"] <= place["last_line"] < 80


@needs_a_browser
def test_no_source_does_anything_on_the_page(browser, tmp_path):
    """of names and code with HTML, scripts and control characters nothing runs, nothing is fetched, nothing is invisible"""
    path = tmp_path / "alike.html"
    path.write_text(alike_as_page(hostile()), encoding="utf-8")
    for without_policy in (False, True):
        with watched(browser, path.as_uri(), without_policy) as (page, watch):
            page.goto(path.as_uri())
            assert page.locator("h1").count() == 1
            assert page.locator("script, img, textarea, iframe, form").count() == 0
            assert watch.ran == set()
            assert watch.strange == []
            assert watch.refused == []
            text = page.locator("main").inner_text()
            assert not {"\u202e", "\u2066", "\x1b", "\x07"} & set(text)
            assert "</pre></mark><h1>Guilty</h1>" in text


@needs_a_browser
def test_everybody_can_use_the_page(browser, tmp_path):
    """axe-core finds nothing wrong at three widths, nothing is wider than the window, and the keyboard reaches every part"""
    axe = pytest.importorskip("axe_playwright_python.base", reason="`pip install axe-playwright-python` brings axe-core")
    path = tmp_path / "alike.html"
    path.write_text(alike_as_page(hostile(3)), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate(axe.AXE_SCRIPT)
    for width, scheme in ((320, "light"), (768, "dark"), (1280, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES)
        assert [(one["id"], node["html"][:200]) for one in found["violations"] for node in one["nodes"]] == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    page.locator("mark a").first.focus()
    page.keyboard.press("Enter")
    assert re.fullmatch(r"#p1-1-\d+", Path(page.url).name.partition("alike.html")[2])
    page.close()
