"""Cells by which a student tries to act in the browser of the person who looks at them: each runs @RUN@, or asks for @AWAY@.

@RUN@ becomes a script without spaces or quotes that names its cell, @AWAY@ the address of a server that must not be asked,
and @HOME@ that of the server whose pages are shown.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from support.browser import RAN

AWAY = "https://away.example/"

_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

DOT = base64.b64decode(_DOT)
"""The smallest picture."""
_SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='@RUN@'><script>@RUN@</script><image href='@AWAY@i.png'/></svg>"

# A link's address, in many spellings. Each stands in a cell of its own, as [here](ADDRESS).
_ADDRESSES = {
    "plain": "javascript:@RUN@",
    "mixed-case": "JaVaScRiPt:@RUN@",
    "decimal-entity": "java&#115;cript:@RUN@",
    "hex-entity": "&#x6A;avascript:@RUN@",
    "entity-without-end": "&#106avascript:@RUN@",
    "colon-entity": "javascript&colon;@RUN@",
    "tab-entity": "java&Tab;script:@RUN@",
    "line-end-entity": "java&NewLine;script:@RUN@",
    "control-entity": "&#1;javascript:@RUN@",
    "control-character": "\x01javascript:@RUN@",
    "inner-control": "java\x0bscript:@RUN@",
    "no-break-space": "\xa0javascript:@RUN@",
    "percent": "%6aavascript:@RUN@",
    "percent-colon": "javascript%3A@RUN@",
    "twice-percent": "%256aavascript:@RUN@",
    "in-angles": "<javascript:@RUN@>",
    "in-angles-with-space": "< javascript:@RUN@>",
    "files-prefix": "files/javascript:@RUN@",
    "files-prefix-with-slash": "/files/javascript:@RUN@",
    "files-prefix-twice": "files/files/javascript:@RUN@",
    "attachment": "attachment:javascript:@RUN@",
    "data-html": "data:text/html,<script>@RUN@</script>",
    "data-entity": "data&colon;text/html;base64,PHNjcmlwdD5jb25zb2xlLmxvZygicmFuLWRhdGEiKTwvc2NyaXB0Pg==",
    "data-svg": "data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
    "vbscript": "vbscript:msgbox(1)",
    "file": "file:///etc/passwd",
    "blob": "blob:@HOME@/b",
    "view-source": "view-source:javascript:@RUN@",
    "filesystem": "filesystem:@HOME@/temporary/a.html",
    "jar": "jar:javascript:@RUN@!/",
    "feed": "feed:javascript:@RUN@",
    "telephone": "tel:+4900000",
    "intent": "intent://a#Intent;scheme=http;end",
    "jupyter": "vscode://a/b",
    "protocol-relative": "//away.example/a",
    "backslashes": "\\\\\\\\away.example/a",
    "slash-backslash": "/\\\\away.example/a",
    "one-slash": "https:/away.example/a",
    "no-slash": "https:away.example/a",
    "three-slashes": "https:///away.example/a",
    "with-a-name": "https://example.org@away.example/a",
    "logout": "/logout",
    "terminal": "/terminals/1",
    "configuration": "/formgrader?path=submitted/mallory/scaling",
    "configuration-relative": "../../../formgrader?path=submitted/mallory/scaling",
    "configuration-query": "?path=submitted/mallory/scaling",
    "configuration-absolute": "@HOME@/formgrader?path=submitted/mallory/scaling",
    "configuration-by-name": "http://localhost/formgrader?path=submitted/mallory/scaling",
    "configuration-by-number": "http://2130706433/formgrader?path=submitted/mallory/scaling",
    "configuration-by-hex": "http://0x7f.1/formgrader?path=submitted/mallory/scaling",
    "configuration-by-wide-digits": "http://\uff11\uff12\uff17.0.0.1/formgrader",
    "configuration-v6": "http://[::1]/formgrader",
    "page-beside": "page.html",
    "parent": "../../../../files/submitted/mallory/scaling/page.html",
}  # fmt: skip


_SOURCES = {
    "sketch": "My sketch is [on this page](javascript:@RUN@) because the picture was too large. And "
    "[here](data:text/html,<script>@RUN@</script>), ![x](@AWAY@x.png).",
    "reference": "[here][1]\n\n[1]: javascript:@RUN@",
    "short-reference": "[here]\n\n[here]: <javascript:@RUN@> 'title'",
    "collapsed-reference": "[here][]\n\n[HERE]: javascript:@RUN@",
    "nested-reference": "> - [here][n]\n>\n> [n]: javascript:@RUN@",
    "autolink": "<javascript:@RUN@>",
    "bare-address": "see javascript:@RUN@ there",
    "bare-address-home": "see @HOME@/formgrader?path=submitted/mallory/scaling there",
    "autolink-home": "see <@HOME@/formgrader?path=submitted/mallory/scaling> there",
    "linked-picture": "[![here](attachment:dot.png)](javascript:@RUN@)",
    "link-with-title": "[here](javascript:@RUN@ \"a title' onclick=@RUN@\")",
    "title-breaks-out": "[here](https://example.org '\" onmouseover=\"@RUN@')",
    "address-breaks-out": "[here](https://example.org/\"onclick=\"@RUN@)",
    "text-breaks-out": "[\"><img src=x onerror=@RUN@>](https://example.org)",
    "link-in-table": "| a |\n|---|\n| [here](javascript:@RUN@) |",
    "link-in-heading": "# [here](javascript:@RUN@)",
    "link-in-list": "- [x] [here](javascript:@RUN@)",
    "link-in-definition": "word\n: [here](javascript:@RUN@)",
    "link-after-code": "`a` [here](javascript:@RUN@) `b`",
    "link-with-brackets": "[a [b] c](javascript:@RUN@)",
    "link-over-lines": "[here](\njavascript:@RUN@\n)",
    "script": "<script>@RUN@</script>",
    "script-block": "<script>\n\n@RUN@\n\n</script>",
    "script-case": "<ScRiPt/x>@RUN@</sCrIpT >",
    "image-handler": "<img src=x onerror=@RUN@>",
    "image-handler-attached": "<img src='attachment:dot.png' onload=@RUN@>",
    "svg": "<svg/onload=@RUN@>",
    "svg-animate": "<svg><a><animate attributeName=href values=javascript:@RUN@ /><text y=20>here</text></a></svg>",
    "math-element": "<math href=javascript:@RUN@>here</math>",
    "frame": "<iframe srcdoc='<script>@RUN@</script>'></iframe>",
    "frame-like-a-page": "<iframe sandbox='allow-scripts allow-same-origin allow-top-navigation' "
    "srcdoc='&lt;script&gt;@RUN@&lt;/script&gt;&lt;img src=@AWAY@q.png&gt;'></iframe>",
    "frame-away": "<iframe src=@AWAY@frame></iframe>",
    "object": "<object data=javascript:@RUN@></object><embed src=@AWAY@e>",
    "form": "<form action=javascript:@RUN@><input type=submit value=here><button formaction=javascript:@RUN@>b</button></form>",
    "form-to-home": "<form method=post action=/formgrader/api/grade/x><input name=score value=20><button>here</button></form>",
    "details": "<details open ontoggle=@RUN@><summary>here</summary></details>",
    "style": "<style>@import '@AWAY@s.css'; body { background: url(@AWAY@b.png) }</style>",
    "style-attribute": "<p style='position:fixed;inset:0;background:url(@AWAY@c.png)'>here</p>",
    "link-element": "<link rel=stylesheet href=@AWAY@l.css><link rel=preload as=image href=@AWAY@p.png>",
    "base": "<base href=@AWAY@>",
    "refresh": "<meta http-equiv=refresh content='0;url=@AWAY@m'>",
    "audio": "<audio src=@AWAY@a.mp3 autoplay onerror=@RUN@></audio><video poster=@AWAY@v.png></video>",
    "input-image": "<input type=image src=@AWAY@i.png onerror=@RUN@>",
    "autofocus": "<input autofocus onfocus=@RUN@>",
    "picture-set": "<picture><source srcset=@AWAY@s.png><img srcset='@AWAY@t.png 2x'></picture>",
    "comment": "<!-- --><script>@RUN@</script>-->",
    "comment-end": "<!--><img src=x onerror=@RUN@>-->",
    "cdata": "<![CDATA[><img src=x onerror=@RUN@>]]>",
    "instruction": "<?x ><img src=x onerror=@RUN@>?>",
    "closes-the-page": "</div></div></body></html><script>@RUN@</script>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=@RUN@>'>",
    "mutation": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=@RUN@&gt;'>",
    "template": "<template><script>@RUN@</script></template><custom-a onclick=@RUN@>here</custom-a>",
    "unfinished": "<img src=x onerror=@RUN@ //",
    "tag-over-lines": "<img\nsrc=x\nonerror=@RUN@\n>",
    "tag-in-table": "| <img src=x onerror=@RUN@> | `a|b` |\n|---|---|\n| $<img src=x onerror=@RUN@>$ | b |",
    "mathjax-configuration": "<script type=text/x-mathjax-config>@RUN@</script>",
    "mathjax-mml": "<script type='math/mml'><math href='javascript:@RUN@'><mi>here</mi></math></script>",
    "data-link": "<a data-link='x' data-toggle=tooltip data-html=true title='<img src=x onerror=@RUN@>'>here</a>",
    "mermaid": "```mermaid\ngraph TD; a[<img src=x onerror=@RUN@>]\n```",
    "mermaid-click": "```mermaid\ngraph TD\n  a --> b\n  click a href \"javascript:@RUN@\"\n```",
    "mermaid-entities": "```mermaid\ngraph TD; a[&lt;img src=x onerror=@RUN@&gt;]\n```",
    "mermaid-closes": "```mermaid\n</pre><script>@RUN@</script>\n```",
    "fence-name": "```\"><script>@RUN@</script>\ncode\n```",
    "fence-class": "```x\" onmouseover=\"@RUN@\ncode\n```",
    "code": "`<img src=x onerror=@RUN@>` and\n\n    <script>@RUN@</script>\n",
    "code-not-closed": "```\n<b>\n\n``\n<script>@RUN@</script>",
    "code-half": "`<b`\n\n`<script>@RUN@</script>",
    "picture-script": "![x](javascript:@RUN@) ![x](data:text/html,<script>@RUN@</script>)",
    "picture-away": "![x](@AWAY@1.png)",
    "picture-away-reference": "![x][y]\n\n[y]: @AWAY@2.png",
    "picture-away-html": "<img src=@AWAY@3.png>",
    "picture-away-case": "![x](HTTPS://AWAY.EXAMPLE/4.png)",
    "picture-away-relative": "![x](//away.example/5.png)",
    "picture-away-backslash": "![x](\\\\\\\\away.example/6.png) ![x](/\\\\away.example/7.png)",
    "picture-away-linked": "[![x](@AWAY@8.png)](@AWAY@link)",
    "picture-away-entity": "![x](&#104;ttps://away.example/9.png)",
    "picture-away-files": "![x](files///away.example/10.png) ![x](/files///away.example/11.png)",
    "picture-away-in-table": "| ![x](@AWAY@12.png) |\n|---|\n| ![][p] |\n\n[p]: @AWAY@13.png",
    "picture-away-nested": "![![x](@AWAY@14.png)](@AWAY@15.png)",
    "picture-away-blob": "![x](ftp://away.example/16.png) ![x](blob:@AWAY@17) ![x](https:away.example/18.png)",
    "picture-home": "![x](/formgrader?path=submitted/mallory/scaling)",
    "picture-home-absolute": "![x](@HOME@/formgrader?path=submitted/mallory/scaling)",
    "picture-home-relative": "![x](../../../formgrader?path=submitted/mallory/scaling)",
    "picture-logout": "![x](/logout) ![x](../../../logout) ![x](data/../../../../logout)",
    "picture-title": "![x](attachment:dot.png '\" onload=\"@RUN@')",
    "picture-text": "![\" onload=\"@RUN@](attachment:dot.png)",
    "picture-svg": "![x](attachment:script.svg)",
    "picture-svg-in-the-text": "![x](data:image/svg+xml;base64,"
    + base64.b64encode(_SVG.replace("@RUN@", "console.log(`ran-svg`)").encode()).decode() + ")",
    "picture-svg-utf8": "![x](data:image/svg+xml,%3Csvg%20onload=@RUN@%3E)",
    "formula-href": "$\\href{javascript:@RUN@}{here}$",
    "formula-href-case": "$\\href{JaVaScript:@RUN@}{here}$",
    "formula-href-control": "$\\href{\x01javascript:@RUN@}{here}$ $\\href{ javascript:@RUN@}{here}$",
    "formula-href-entity": "$\\href{java&#115;cript:@RUN@}{here}$ $\\href{javascript&colon;@RUN@}{here}$",
    "formula-href-data": "$$\\href{data:text/html,@RUN@}{here}$$",
    "formula-href-home": "$\\href{/formgrader?path=submitted/mallory/scaling}{here}$",
    "formula-href-home-absolute": "$\\href{@HOME@/formgrader?path=submitted/mallory/scaling}{here}$",
    "formula-href-away": "\\begin{equation}\\href{//away.example/f}{here}\\end{equation}",
    "formula-href-file": "$\\href{file:///etc/passwd}{here}$",
    "formula-url": "$\\url{javascript:@RUN@}$",
    "formula-require": "$\\require{html}\\href{javascript:@RUN@}{here}$ $\\require{../../x}$ $\\require{autoload-all}$",
    "formula-define": "$\\def\\away#1{\\href{javascript:#1}{here}}\\away{@RUN@}$",
    "formula-rename": "$\\let\\away=\\href \\away{javascript:@RUN@}{here}$",
    "formula-style": "$\\style{position:fixed;top:0;left:0;background:url(@AWAY@f.png)}{here}$",
    "formula-class": "$\\class{mark-graded full-credit}{\\cssId{answer}{here}}$",
    "formula-mml": "$\\mmlToken{mi}[href=javascript:@RUN@ onclick=@RUN@]{here}$",
    "formula-unicode": "$\\unicode[x;background:url(@AWAY@u.png)]{x41}$",
    "formula-markup": "$<img src=x onerror=@RUN@>$ $$</div><script>@RUN@</script>$$",
    "formula-text": "$\\text{<img src=x onerror=@RUN@>}$ $\\text{&lt;img src=x onerror=@RUN@&gt;}$",
    "formula-not-closed": "$a<b \\href{javascript:@RUN@}{here}",
    "formula-in-link": "[$\\href{javascript:@RUN@}{here}$](https://example.org)",
    "formula-in-brackets": "\\\\(\\href{javascript:@RUN@}{here}\\\\) \\\\[\\href{javascript:@RUN@}{here}\\\\]",
    "formula-environment-name": "\\begin{a}<img src=x onerror=@RUN@>\\end{a}",
    "formula-image": "$\\includegraphics{@AWAY@g.png}$ $\\Image{@AWAY@h.png}$",
    "heading-of-a-field": "# answer\n\n## test_double\n\n### submission_id\n\n# answer-comment",
    "marks": "\U000f0000<img src=x onerror=@RUN@>\U000f0001[here](javascript:@RUN@)",
    "long": "[here](javascript:@RUN@) <img src=x onerror=@RUN@> " + "word " * 2_200,
    "bidi": "[here](\u202ejavascript:@RUN@) [here](\u200bjavascript:@RUN@) [here](\ufeffjavascript:@RUN@)",
}  # fmt: skip


_OUTPUTS = {
    "text/html": "<script>@RUN@</script><img src=x onerror=@RUN@>"
    "<iframe title='a page to move things on' sandbox='allow-scripts' srcdoc='&lt;script&gt;@RUN@&lt;/script&gt;'></iframe>",
    "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='@RUN@'/>",
    "application/javascript": "@RUN@",
    "text/markdown": "[here](javascript:@RUN@) <img src=x onerror=@RUN@>",
    "text/latex": "$\\href{javascript:@RUN@}{here}$</div><script>@RUN@</script>",
    "image/png": '" onerror="@RUN@',
    "application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>@RUN@</script>", "version_major": 2},
    "application/vnd.vegalite.v5+json": {"data": {"url": "@AWAY@vega.json"}},
    "text/plain": "<img src=x onerror=@RUN@>",
}


TAKES_THE_PAGE = (
    "refresh",
    "base",
    "style",
    "style-attribute",
    "comment",
    "closes-the-page",
    "unfinished",
    "noscript",
    "mutation",
)
"""Cells after which a browser that is not protected shows nothing more of a page."""


def script_of(name: str) -> str:
    """Return the script by which a cell or a text tells that it was run."""
    return f"console.log(/{RAN}{name}/.source)"


SAYS = (
    f"\"'></title></pre><img src=x onerror={script_of('said')}><script>{script_of('said')}</script>$\\href{{{AWAY}}}{{here}}$"
)
"""What stands where a text of a student's is not Markdown: in exceptions, in prints, in a notebook's own metadata."""


def _others() -> dict[str, dict[str, Any]]:
    """Return cells that are hostile by what stands beside their text."""
    breaks_out = '"><img src=x onerror=@RUN@>'
    cells: dict[str, dict[str, Any]] = {
        "raw": {"cell_type": "raw", "source": "<script>@RUN@</script>", "metadata": {"raw_mimetype": "text/html"}},
        "raw-format": {"cell_type": "raw", "source": "<img src=x onerror=@RUN@>", "metadata": {"format": "text/html"}},
        "code-source": {"cell_type": "code", "source": "</pre></div><script>@RUN@</script>  # '\"<img src=x onerror=@RUN@>"},
        "code-magic": {"cell_type": "code", "source": "%%html\n<script>@RUN@</script><img src=x onerror=@RUN@>"},
        "code-language": {
            "cell_type": "code", "source": "<img src=x onerror=@RUN@>",
            "metadata": {"magics_language": f"html{breaks_out}", "vscode": {"languageId": breaks_out}},
        },
        "tags": {"source": "words", "metadata": {"tags": [breaks_out, "x onclick=@RUN@"]}},
        "slides": {"source": "words", "metadata": {"slideshow": {"slide_type": breaks_out}, "collapsed": breaks_out}},
        "identifier": {"source": "words", "id": breaks_out[:64]},
        "grade-id": {
            "source": "words",
            "metadata": {
                "nbgrader": {
                    "grade_id": breaks_out, "grade": True, "solution": True, "locked": False, "points": breaks_out,
                    "schema_version": 3, "cell_type": "markdown", "task": True, "comment": breaks_out, "score": 99,
                },
            },
        },
        "alt": {"cell_type": "code", "source": "1", "metadata": {"alt": breaks_out, "name": breaks_out}},
        "attachment-name": {
            "source": f'![x](attachment:dot.png) ![y](<attachment:{breaks_out}>) ![z](attachment:%22onload=@RUN@.png)',
            "attachments": {breaks_out: {"image/png": _DOT}, '"onload=@RUN@.png': {"image/png": _DOT}},
        },
        "attachment-type": {
            "source": "![x](attachment:a) ![y](attachment:b) ![z](attachment:c)",
            "attachments": {
                "a": {'image/png"onload="@RUN@': _DOT},
                "b": {"text/html": base64.b64encode(b"<script>console.log('ran-attachment')</script>").decode()},
                "c": {"image/png": '" onerror="@RUN@'},
            },
        },
        "attached-html": {
            "source": "[here](attachment:page.html) ![x](attachment:page.html)",
            "attachments": {"page.html": {"text/html": "<script>@RUN@</script>"}},
        },
    }  # fmt: skip
    for kind, data in _OUTPUTS.items():
        for isolated in (False, True):
            output = {
                "output_type": "display_data",
                "data": {kind: data},
                "metadata": {kind: {"isolated": True, "width": breaks_out}, "filenames": {kind: breaks_out}}
                if isolated
                else {},
            }
            name = f"output-{kind.partition('/')[2].partition('+')[0]}{'-isolated' if isolated else ''}"
            cells[name] = {"cell_type": "code", "source": "1", "outputs": [output]}
    cells["output-error"] = {
        "cell_type": "code",
        "source": "1",
        "outputs": [
            {
                "output_type": "error",
                "ename": breaks_out,
                "evalue": breaks_out,
                "traceback": [breaks_out, "\x1b[3" + breaks_out],
            }
        ],
    }
    cells["output-stream"] = {
        "cell_type": "code",
        "source": "1",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "\x1b[38;2;1;2;3;@RUN@m" + breaks_out}],
    }
    return cells


def hostile_cells(home: str) -> dict[str, dict[str, Any]]:
    """Return all the cells as a notebook holds them, by their names; `home` is the address of the server that shows them."""
    attached = {"dot.png": {"image/png": _DOT}, "script.svg": {"image/svg+xml": _SVG}}
    cells = {f"address-{name}": {"source": f"[here]({address})"} for name, address in _ADDRESSES.items()}
    cells |= {name: {"source": source} for name, source in _SOURCES.items()} | _others()
    made = {}
    for number, (name, cell) in enumerate(cells.items()):
        whole: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "id": f"hostile-{number}"}
        if "attachment:" in cell["source"] and "attachments" not in cell:
            whole["attachments"] = attached
        whole |= cell
        if whole["cell_type"] == "code":
            whole = {"outputs": [], "execution_count": 1} | whole
        text = json.dumps(whole).replace("@RUN@", script_of(name))
        made[name] = json.loads(text.replace("@AWAY@", AWAY).replace("@HOME@", home))
    return made
