"""A student's Markdown on nbgrader's pages: as it was written, and without effect."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from cnngrade.gradebook.attachments import Pictures, attached
from cnngrade.gradebook.harmless_markdown import MAX_PARSED, Shown, harmless

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURES: Pictures = {"a.png": {"image/png": DOT}, "my plot (1).png": {"image/png": DOT}}

# What nbconvert makes of Markdown that holds no HTML; `data` is a picture's own content.
TAGS = re.compile(
    "p|em|strong|code|pre|span|div|img|a|[uod]l|li|d[dt]|table|thead|tbody|t[rhd]|h[1-6r]|del|br|blockquote|input"
)
ATTRIBUTES = re.compile(r"class|href|src|alt|title|id|type|disabled|checked|start|style")
LEADS = re.compile(r"https?://[^/].*|mailto:.*|#.*|attachment:(a|my%20plot%20\(1\))\.png", re.IGNORECASE)
SHOWS = re.compile(r"data:image/(png|jpeg|svg\+xml|webp);base64,.*|data/dot\.png")


def is_followed(name: str, address: str) -> bool:
    """Say whether a browser would do more with an address than open a page of the web, or show what is here."""
    allowed = LEADS if name == "href" else SHOWS
    return allowed.fullmatch(address) is None or "\\" in address


class Page(HTMLParser):
    """What a browser makes of a page: its tags, and the text that a person reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.pictures, self.links, self.harm = "", [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not ATTRIBUTES.fullmatch(name) or (name in ("href", "src") and is_followed(name, value or "")):
                self.harm.append(f"{tag} {name}={value}")
        if not TAGS.fullmatch(tag):
            self.harm.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "img":
            self.pictures.append(dict(attrs)["src"])

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.harm.append(f"comment {data}")

    handle_decl = unknown_decl = handle_pi = handle_comment


def page_of(shown: Shown) -> Page:
    return Page(MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=shown.pictures)).render(shown.source))


def shown_page(typed: str, pictures: Pictures = PICTURES) -> Page:
    shown = harmless(typed, pictures)
    if len(typed) <= MAX_PARSED and typed.isascii():
        assert harmless(shown.source, shown.pictures) == shown
    page = page_of(shown)
    assert page.harm == []
    return page


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("the loop `i<n` ends", "the loop i<n ends"),
        ("i<n", "i<n"),
        ("so $a<b$ holds", "so $a<b$ holds"),
        ("$$\na<b\n$$", "$$\na<b\n$$"),
        ("\\begin{equation}a<b\\end{equation}", "\\begin{equation}a<b\\end{equation}"),
        ("```python\nif a<b: print(x<y)\n```", "if a<b: print(x<y)"),
        ("```\nfor(i=0;i<n;i++) x=a<b&&c>d;\n```", "for(i=0;i<n;i++) x=a<b&&c>d;"),
        ("~~~what\ni<n\n~~~", "i<n"),
        ("so:\n\n    if a<b:", "if a<b:"),
        ("| a | b |\n|---|---|\n| `i<n` | i<n |", "i<n"),
        ("> - `i<n`\n> - i<n", "i<n"),
        ("1. one\n   ```\n   i<n\n   ```", "i<n"),
        ("**`i<n`** and *i<n*", "i<n and i<n"),
        ("a < b && c > d", "a < b && c > d"),
        ("`&lt;` is written &amp;lt;", "&lt; is written &lt;"),
        ("`<b>` is bold", "<b> is bold"),
        ("# i<n", "i<n"),
        ("`` `i<n` ``", "`i<n`"),
        ("\\<b> and \\\\<b>", "<b> and \\<b>"),
        ("<!-- my answer -->", "<!-- my answer -->"),
        ("<div>\nmy answer\n</div>", "<div>\nmy answer\n</div>"),
        ("`a\n<div>\nb`", "`a\n<div>\nb`"),
        ("<details><summary>more</summary>\n\n`i<n`\n\n</details>", "i<n"),
        ("a `b` <c and `d<e`", "a b <c and d<e"),
        ("<https://example.org/a>", "https://example.org/a"),
    ],
)
def test_less_than_is_read_as_less_than(typed: str, read: str) -> None:
    """`i<n` is `i<n` in text, code and formulas, and so is whatever looks like HTML"""
    assert read in shown_page(typed).text


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "```mermaid\ngraph TD; a[<img src=x onerror=alert(1)>]\n```",
        "``` mermaid\n<script>alert(1)</script>\n```",
        "```mermaid\n<https://x/onmouseover=alert(1)>\n```",
        "[click](javascript:alert(1))",
        "[click](<javascript:alert(1)>)",
        "[click](java&#115;cript:alert(1))",
        "[click](java&Tab;script:alert(1))",
        "[click](%6aavascript:alert(1))",
        "[click](&#1;javascript:alert(1))",
        "[click](vbscript:x) [click](data:text/html,<script>alert(1)</script>)",
        "[click][1]\n\n[1]: javascript:alert(1)",
        "[1]\n\n[1]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1)) ![x](data:text/html,alert(1))",
        "[![a](attachment:a.png)](javascript:alert(1))",
        "`x` <b onclick=alert(1)>`</b>`",
        "$a$ <svg/onload=alert(1)> $b$",
        "| <b> | `<b>` |\n|---|---|\n| <script>x</script> | $<b>$ |",
        "```\n<b>\n\n``\n<script>alert(1)</script>",
        "$$ `<b>` \n\n$$ <script>alert(1)</script>",
        'a "b<i title="c">d',
        "![<b>](attachment:a.png '<script>')",
        "<a href='https://example.org'>x</a>",
        "</div></div><script>",
        "<?php x ?> <![CDATA[ x ]]> <!DOCTYPE html>",
        "\U000f0000<b>",
        "[click](files/javascript:alert(1)) [click](/files/javascript:alert(1))",
        "[click](tel:1) [click](file:///etc/passwd) [click](view-source:javascript:alert(1)) [click](blob:x)",
        "[click](//example.org) [click](\\\\\\\\example.org) [click](/\\\\example.org) [click](https:example.org)",
        "[click](/formgrader?path=a) [click](../../../formgrader?path=a) [click](?path=a) [click](page.html)",
        "![click](//example.org/a.png) ![click](/logout) ![click](../../../logout) ![click](ftp://example.org/a.png)",
        "so $\\href{javascript:alert(1)}{click}$ and \\href{https://example.org}{click}",
        "$\\def\\a#1{\\href{#1}{click}}\\a{javascript:alert(1)}$ $\\mmlToken{mi}[href=javascript:alert(1)]{click}$",
        "[click](attachment:javascript:alert(1)) [click](attachment:page.html)",
    ],
)
def test_nothing_acts_in_a_browser(typed: str) -> None:
    """no tag, no comment and no address of a student's reaches the page; the words of the text do"""
    page = shown_page(typed)
    if not re.search(r"attachment:|mermaid|\]: ", typed):
        assert page.text.count("alert(1)") == typed.count("alert(1)")
    assert page.text.count("click") == typed.count("click")


@pytest.mark.parametrize(
    "typed",
    [
        "![drawing](attachment:a.png)",
        '![drawing](attachment:a.png "a title")',
        "![drawing][d]\n\n[d]: attachment:a.png",
        "![drawing](attachment:my%20plot%20(1).png)",
        "![drawing](<attachment:my plot (1).png>)",
        "![drawing](attachment:my plot (1).png)",
        "| ![drawing](attachment:my plot (1).png) (see above) |\n|---|",
        "![drawing](attachment:A.PNG)",
        "[![drawing](attachment:a.png)](https://example.org)",
        '<img src="attachment:a.png">',
        "<img width='200' src='attachment:a.png' alt='a [drawing]'/>",
        "<IMG SRC=attachment:a.png>",
        '<img src="attachment:my plot (1).png">',
        f"![image.png](data:image/png;base64,{DOT})",
        f'<img src="data:image/png;base64,{DOT}">',
        f"![large](data:image/png;base64,{base64.b64encode(base64.b64decode(DOT) + bytes(60_000)).decode()})",
    ],
)
def test_a_picture_is_shown(typed: str) -> None:
    """however an editor links it: inline, by reference, as HTML, or in the text itself as Colab does"""
    page = shown_page(typed)
    assert [source[:22] for source in page.pictures] == ["data:image/png;base64,"]
    assert "not here" not in page.text


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("see ![image.png](attachment:image.png)", "image.png"),
        ("see ![][p]\n\n[p]: attachment:image.png 'title'", "image.png"),
        ("see ![p]\n\n[p]: attachment:image.png", "image.png"),
        ("see ![a [b] c](attachment:x%20(2).png)", "x (2).png"),
        ('see <img src="attachment:image.png" width="3">', "image.png"),
        ("see ![a](attachment:<b>.png)", ""),
        ("- see ![a](attachment:%3Cscript%3E.png)", "<script>.png"),
        ("see ![a](attachment:)", ""),
        ("see [![a](attachment:q_*.png)](https://example.org)", "q_*.png"),
        ("see ![a](attachment:`b`.png)", ""),
    ],
)
def test_a_picture_that_is_missing_becomes_a_note(typed: str, name: str) -> None:
    """a link without its attachment is said in words, where it stands, and stops no page"""
    page = shown_page(typed)
    assert page.pictures in ([], [f"data:image/png;base64,{DOT}"] * 2)
    assert f"see (The picture {name} is not here" in page.text if name else "see" in page.text


@pytest.mark.parametrize(
    ("typed", "read", "address"),
    [
        ("see ![a plot](https://example.org/a.png)", "see a plot", "https://example.org/a.png"),
        ("see ![](HTTP://example.org/a.png 'title')", "see picture", "HTTP://example.org/a.png"),
        ("see ![a plot][p]\n\n[p]: https://example.org/a.png", "see a plot", "https://example.org/a.png"),
        ("see ![][p]\n\n[p]: <https://example.org/a.png>", "see picture", "https://example.org/a.png"),
        ("see ![p]\n\n[p]: https://example.org/a.png", "see p", "https://example.org/a.png"),
        ("see ![a](https://example.org/a_(b).png)", "see a", "https://example.org/a_(b).png"),
        ("- see ![a](https://example.org/a.png?b=c&d=e)", "see a", "https://example.org/a.png?b=c&d=e"),
    ],
)
def test_a_picture_on_the_web_becomes_a_link(typed: str, read: str, address: str) -> None:
    """nothing is fetched from a student's server because somebody opens a page"""
    page = shown_page(typed)
    assert page.pictures == []
    assert page.links == [address]
    assert page.text.strip() == read


@pytest.mark.parametrize(
    "typed", ["![a](data/dot.png)", "![a](./data/dot.png)", "![a][d]\n\n[d]: data/dot.png", "[a](data/dot.png)"]
)
def test_files_of_the_handout_may_be_named(tmp_path: Path, typed: str) -> None:
    """as the lessons name them; where they are not handed out, a picture becomes a note"""
    picture = tmp_path / "data" / "dot.png"
    picture.parent.mkdir()
    picture.write_bytes(base64.b64decode(DOT))
    assert harmless(typed, {}, handout=tmp_path) == Shown(typed, {})
    elsewhere = harmless(typed, {}, handout=tmp_path / "data").source
    assert "not here" in elsewhere if typed.startswith("!") else elsewhere == "\\" + typed


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/secret.png", "data/../../secret.png", "..\\\\secret.png", "data/notes.txt"]
)
def test_no_other_file_is_shown(tmp_path: Path, name: str) -> None:
    """a picture's address does not leave the handout, nor show what is no picture"""
    handout = tmp_path / "handout"
    (handout / "data").mkdir(parents=True)
    (handout / "data" / "notes.txt").write_text("words")
    (tmp_path / "secret.png").write_bytes(base64.b64decode(DOT))
    assert page_of(harmless(f"![x]({name})", {}, handout=handout)).pictures == []


def test_links_in_code_are_left_alone() -> None:
    """what is quoted is not a picture, and needs none"""
    text = '`![a](attachment:b.png)` and `<img src="attachment:b.png">`\n\n```\n![a](attachment:b.png)\n```\n'
    assert harmless(text, {}) == Shown(text, {})


def test_only_pictures_are_attached() -> None:
    """PNG, JPEG, GIF, WebP and SVG by what they are; a list of lines, line ends and SVG as text are read, junk is not"""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    in_base64 = base64.b64encode(svg.encode()).decode()
    webp = base64.b64encode(b"RIFF\x1a\0\0\0WEBPVP8L").decode()
    jpeg = base64.b64encode(b"\xff\xd8\xff\xe0 JFIF").decode()
    kept = attached(
        {
            "attachments": {
                "lines.png": {"image/png": [DOT[:20] + "\n", DOT[20:]]},
                "photo.jpg": {"image/jpg": jpeg},
                "renamed.png": {"image/png": jpeg},
                "unnamed": {"application/octet-stream": webp},
                "drawing.svg": {"image/svg+xml": [svg]},
                "packed.svg": {"image/svg+xml": in_base64},
                "two": {"text/plain": "a plot", "image/gif": "R0lGODlhAQABAAAAACw="},
                "page.png": {"text/html": "PGI+"},
                "broken.png": {"image/png": '"onerror=alert(1)'},
                "empty.png": {"image/png": ""},
                "number.png": {"image/png": 3},
                "list": ["image/png"],
                "half \ud800": {"image/png": DOT},
            }
        }
    )
    assert kept == {
        "lines.png": {"image/png": DOT},
        "photo.jpg": {"image/jpeg": jpeg},
        "renamed.png": {"image/jpeg": jpeg},
        "unnamed": {"image/webp": webp},
        "drawing.svg": {"image/svg+xml": in_base64},
        "packed.svg": {"image/svg+xml": in_base64},
        "two": {"image/gif": "R0lGODlhAQABAAAAACw="},
        "half ?": {"image/png": DOT},
    }
    page = shown_page("![s](attachment:drawing.svg)", kept)
    assert page.pictures == [f"data:image/svg+xml;base64,{in_base64}"]
    for junk in (None, 3, [], {"attachments": 3}["attachments"]):
        assert attached({"attachments": junk}) == {}


def test_a_long_text_is_shown_as_it_was_typed() -> None:
    """what would take nbconvert minutes is not read as Markdown"""
    text = "\\\\[" * 20_000 + "<script>```"
    assert text in shown_page(text).text
    assert "i<n" in shown_page("`i<n`" + " x" * MAX_PARSED).text


PIECES = [
    *(
        "`",
        "``",
        "```",
        "~~~",
        "$",
        "$$",
        "\\\\(",
        "\\\\)",
        "\\begin{a}",
        "\\end{a}",
        "mermaid",
        "\n",
        "\n\n",
        "    ",
        " ",
        "\t",
        "\\",
    ),
    *(
        "<",
        ">",
        "<b",
        "</b>",
        "<!--",
        "-->",
        "<script>",
        "<img src=",
        "=",
        "'",
        '"',
        "&lt;",
        "&",
        ";",
        "https://x.y",
        "//x.y",
        "/files/",
        "\\\\href{",
        "#",
        ":",
        "a",
    ),
    *("[", "](", ")", "![", "]", "]:", "[a]: ", "attachment:", "a.png", "javascript:", "data:", "(<"),
    *("|", "|-|-|", "- ", "# ", "1. ", "> ", "*", "_", "~"),
]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("`<b\n\n`")
@example("![a](javascript:[a]: javascript:![a]\n\n[a]: javascript:")
def test_no_markdown_acts(typed: str) -> None:
    """whatever the pieces of Markdown are put together to"""
    shown_page(typed)
