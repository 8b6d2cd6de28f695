"""How an answer in prose is to be marked, beside that answer on formgrader's page.

The text is read from solutions/ at the moment when the page is made. It is in no notebook, so neither in what is handed out nor
in what is graded nor on a page for students.
"""

from __future__ import annotations

from pathlib import Path

from nbconvert.filters.markdown_mistune import markdown2html_mistune

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import CnngradeError
from cnngrade.gradebook.assignment import ANSWER
from cnngrade.gradebook.harmless_markdown import harmless
from cnngrade.gradebook.page_filter import BOX, clean

_SCHEME = "cnngrade-scheme"


_STYLE = f"""<style>
.{_SCHEME} {{ border-left: 3px solid #3a7d44; margin: 0 0 1em 1em; padding-left: 0.8em; }}
.{_SCHEME} summary {{ cursor: pointer; display: list-item; font-weight: bold; }}
.{_SCHEME} :is(h1, h2, h3) {{ font-size: 115%; font-weight: bold; margin: 0.8em 0 0.4em; }}
.{_SCHEME} .anchor-link {{ display: none; }}
.{_SCHEME} :is(td, th) {{ border-top: 1px solid #ddd; padding: 0.2em 0.6em 0.2em 0; text-align: left; vertical-align: top; }}
@media screen and (min-width: 1200px) {{
  .{_SCHEME}-beside {{ display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }}
}}
</style>
"""


TEMPLATE = f"""\
{{%- extends "index.html.j2" -%}}
{{%- block markdowncell scoped -%}}
{{%- set scheme = resources.assignment_id | marking_scheme
     if cell.metadata.get("nbgrader", {{}}).get("grade_id") == "{ANSWER}" else "" -%}}
{{%- if scheme -%}}<div class="{_SCHEME}-beside">{{%- endif -%}}
{{{{ super() }}}}
{{%- if scheme -%}}{{{{ scheme }}}}</div>{{%- endif -%}}
{{%- endblock markdowncell -%}}
"""
"""formgrader's page with the scheme beside the answer; `marking_scheme` is a filter that takes the unit's name."""


def _text(root: Path, unit: str) -> str:
    """Return what the course in `root` says on marking a unit, "" for nothing; raises CnngradeError, OSError, ValueError."""
    course = load_course(root)
    path = paths.marking_file(course, unit)
    is_unit = any(one.name == unit for one in course.units)
    return path.read_text(encoding="utf-8") if is_unit and path.is_file() else ""


def marking_scheme(root: Path, unit: str) -> str:
    """Return the scheme of a unit of the course in `root` as a part of a page; "" for an assignment that has none."""
    try:
        text = _text(root, unit)
    except (CnngradeError, OSError, ValueError) as error:
        # Marking goes on without it.
        text = f"The marking scheme cannot be read: {error}"
    if not text.strip():
        return ""
    shown = clean(markdown2html_mistune(harmless(text, {}).source))
    title = "How to mark this answer"
    return f'{_STYLE}<details open class="{_SCHEME}"><summary>{title}</summary><div class="{BOX}">{shown}</div></details>'
