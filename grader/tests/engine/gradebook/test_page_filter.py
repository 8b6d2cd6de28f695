"""What reaches a page of formgrader or feedback: the last word is nh3's."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from cnngrade.gradebook.addresses import is_outside
from cnngrade.gradebook.page_filter import clean, shown_text

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
REL = 'rel="noopener noreferrer"'


@pytest.mark.parametrize(
    "page",
    [
        "<p>a &lt; b &amp;&amp; c, <em>so</em> $a&lt;b$</p>",
        '<div class="highlight"><pre><span></span><span class="k">if</span> a&lt;b:\n</pre></div>',
        '<table><thead><tr><th style="text-align:right">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
        '<ul><li class="task-list-item"><input class="task-box" type="checkbox" checked="" disabled="">x</li></ul>',
        f'<p><a href="https://example.org/a?b=c&amp;d=e#f" title="t" {REL}>x</a></p>',
        f'<p><a href="mailto:ada@example.org" {REL}>x</a></p>',
        f'<p><img src="data:image/png;base64,{DOT}" alt="a plot" title="t"></p>',
        f'<p><img src="data:image/svg+xml;base64,{DOT}" alt=""></p>',
        "<details open=\"\"><summary>more</summary>less</details><dl><dt>a</dt><dd>b</dd></dl><ol start=\"3\"><li>c</li></ol>",
    ],
)  # fmt: skip
def test_what_nbconvert_makes_of_markdown_stays(page: str) -> None:
    """text, code, formulas, tables, lists, links and pictures"""
    assert clean(page) == page


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<script>alert(1)</script><p onclick=alert(1)>x</p>", "<p>x</p>"),
        ('<a href="javascript:alert(1)">x</a>', f"<a {REL}>x</a>"),
        ('<a href="java&Tab;script&colon;alert(1)">x</a>', f"<a {REL}>x</a>"),
        ('<a href="data:text/html,x">x</a>', f"<a {REL}>x</a>"),
        ('<a href="/formgrader?path=x">x</a>', f"<a {REL}>x</a>"),
        ('<a href="?path=x">x</a><a href="//example.org">x</a>', f"<a {REL}>x</a>" * 2),
        ('<a href="http://localhost:8888/formgrader?path=x">x</a>', f"<a {REL}>x</a>"),
        ('<a href="https:\\\\example.org">x</a>', f"<a {REL}>x</a>"),
        ('<img src="https://example.org/a.png" onerror=alert(1)>', "<img>"),
        ('<img src="/logout"><img src="data:text/html,x"><img srcset="https://example.org/a.png 2x">', "<img>" * 3),
        ('<p style="position:fixed;background:url(https://example.org)">x</p><style>p{}</style>', "<p>x</p>"),
        ('<td style="text-align:left;position:fixed">x</td>', "x"),
        ('<svg onload=alert(1)><a href="javascript:alert(1)">x</a></svg>', ""),
        ('<form action="/x"><input type="image" src="https://example.org/a.png"><button>x</button></form>', "<input>x"),
        ("<base href='https://example.org'><meta http-equiv=refresh content='0;url=x'><link rel=stylesheet href=x>", ""),
        ("<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>", ""),
        ("<!-- a comment --><?php x ?>", ""),
        ("</div></body></html><script>alert(1)</script>", ""),
    ],
)
def test_nothing_else_stays(page: str, left: str) -> None:
    """no script, no handler, no address but those of the list, no style, no form, no other document"""
    assert clean(page) == left


def test_ids_are_nobody_elses() -> None:
    """a heading named like a field of formgrader is not found in its place, and links to headings still lead there"""
    page = '<h1 id="answer">answer<a class="anchor-link" href="#answer">¶</a></h1>'
    assert clean(page) == f'<h1 id="text-answer">answer<a class="anchor-link" href="#text-answer" {REL}>¶</a></h1>'


def test_pictures_of_the_handout_become_part_of_the_page(tmp_path: Path) -> None:
    """whose files are not beside the graded notebook; others are not looked for"""
    (tmp_path / "handout" / "data").mkdir(parents=True)
    for name in ("handout/data/a b.png", "secret.png", "handout/notes.txt"):
        (tmp_path / name).write_bytes(base64.b64decode(DOT))
    page = '<img src="data/a%20b.png"><img src="../secret.png"><img src="notes.txt"><img src="missing.png">'
    assert clean(page, tmp_path / "handout") == f'<img src="data:image/png;base64,{DOT}"><img><img><img>'


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org", True),
        ("http://de.wikipedia.org:8080/wiki/Faltung_(Mathematik)?a=b#c", True),
        ("HTTPS://EXAMPLE.ORG/", True),
        ("https://xn--bcher-kva.example/", True),
        ("https://münchen.example/", True),
        ("https://www.m%C3%BCller.de/x", True),
        ("https://www.mu\u0308ller.de:443", True),
        ("https://\u5377\u79ef.example/", True),
        ("https://\u5377\u79ef.\u4e2d\u56fd/", False),
        ("https://a.lo\u0441al/", False),
        ("https://a.loc\u00ad\u00adal/", False),
        ("https://m\u00fcller.local/", False),
        ("https://m\u00fcller\u3002local/", False),
        ("http://\u00b9\u00b2\u2077.0.0.1/", False),
        ("http://\U0001fbf1.\U0001fbf0.\U0001fbf0.\U0001fbf1/", False),
        ("http://127%2e0%2e0%2e1/", False),
        ("http://hub%2elocal/", False),
        ("http://localhost%2f.example/", False),
        ("http://hub.xn--local-/", False),
        ("http\u017f://example.org/", False),
        ("https://example.org:8x/", False),
        ("http://localhost/", False),
        ("http://LOCALHOST:8888/x", False),
        ("http://a.localhost/", False),
        ("http://localhost./", False),
        ("http://hub/", False),
        ("http://hub.local/", False),
        ("http://127.0.0.1:8888/", False),
        ("http://127.1/", False),
        ("http://2130706433/", False),
        ("http://0x7f.0.0.0x1/", False),
        ("http://[::1]/", False),
        ("http://\uff11\uff12\uff17.0.0.1/", False),
        ("http://%6c%6fcalhost/", False),
        ("http://example.org@localhost/", False),
        ("http://example.org\\@localhost/", False),
        ("http://example.org:80@localhost/", False),
        ("https:example.org", False),
        ("https:///example.org", False),
        ("//example.org", False),
        ("ftp://example.org", False),
    ],
)
def test_a_link_leads_outside(address: str, expected: bool) -> None:
    """to a host that others know, never to this machine: formgrader itself is on it"""
    assert is_outside(address) is expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"id": "extra-001", "metadata": {}}, True),
        ({"id": "answer", "metadata": {"nbgrader": {"solution": True}}}, True),
        ({"id": "play", "metadata": {"tags": ["playground"]}}, True),
        ({"id": "lesson", "metadata": {"tags": ["lesson"]}}, False),
        ({"id": "task", "metadata": {"nbgrader": {"solution": False, "grade": True}}}, False),
        ({"id": "extra-001-not", "metadata": {}}, False),
        (None, False),
    ],
)
def test_a_students_text_is_known_by_its_box(cell: dict[str, Any] | None, expected: bool) -> None:
    """the answer, cells of the student's own and those to play with; lessons and comments are not theirs"""
    environment = Environment(autoescape=False)
    environment.filters["shown"] = shown_text
    page = environment.from_string("{{ text | shown }}").render(cell=cell, resources={}, text="<p>x</p></div><p>y</p>")
    own = ' class="cnngrade-text cnngrade-student"' if expected else ' class="cnngrade-text"'
    assert page.partition("</style>")[2].strip() == f"<div{own}><p>x</p><p>y</p></div>"
