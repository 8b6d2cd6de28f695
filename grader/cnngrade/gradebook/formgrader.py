"""formgrader in a Jupyter server: what its pages may do in a browser, whose settings it reads, the marking scheme, and the log.

nbgrader_config.py, which such a server reads too, asks for this. In any other process there is nothing to do.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from markupsafe import Markup, escape
from nbgrader.api import MissingEntry
from tornado.web import HTTPError

from cnngrade.classroom.log import note
from cnngrade.course.load import load_course
from cnngrade.errors import CnngradeError
from cnngrade.gradebook.marking_scheme import TEMPLATE, marking_scheme
from cnngrade.gradebook.marks import mark_event

_HANDLERS = "nbgrader.server_extensions.formgrader.handlers"


_API_HANDLERS = "nbgrader.server_extensions.formgrader.apihandlers"


# The first part of a page is formgrader's own; the student's notebook is in what follows.
_NOTEBOOK = 'id="notebook"'


_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


_HANDLER = re.compile(r'\bonclick="([^"]*)"')


_OF_A_FILE = "sandbox; default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'"


_MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(page: str, templates: str, here: str) -> str:
    """Return the Content-Security-Policy of a page on which a submission is marked.

    Scripts are those of the page's head and, below it, those that stand in the `templates` as they are; the page's own
    server, `here`, is asked for pictures below that address alone.
    """
    own = page.partition(_NOTEBOOK)[0]
    head, _, body = own.partition("</head>")
    scripts = _SCRIPT.findall(head) + [script for script in _SCRIPT.findall(body) if script in templates]
    handlers = [handler for handler in _HANDLER.findall(body) if handler in templates]
    hashes = " ".join(dict.fromkeys(map(_hash, scripts)))
    actions = " ".join(dict.fromkeys(map(_hash, handlers)))
    rules = (
        "default-src 'self'",
        # MathJax evaluates its own settings.
        f"script-src 'self' {_MATHJAX} 'unsafe-eval' {hashes}",
        f"script-src-attr 'unsafe-hashes' {actions}",
        f"style-src 'self' 'unsafe-inline' {_MATHJAX}",
        f"font-src 'self' {_MATHJAX}",
        f"img-src data: {here} {_MATHJAX}",
        "object-src 'none'",
        "frame-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
    return "; ".join(rules)


def _escaped(value: Any) -> Any:
    """Return a text that may stand in a page, as it is if it holds nothing but letters and apostrophes.

    The pages put an id between double quotes in a script, too, and ask the server for it: there `&#39;` is no apostrophe.
    """
    return Markup(str(escape(value)).replace("&#39;", "'")) if isinstance(value, str) else value


def _note(handler: Any, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Add a mark that was saved to the classroom's log. A log that cannot be written stops nobody: it is seen missing later."""
    marks = [(row["manual_score"], row["extra_credit"]) for row in (before, now)]
    if marks[0] == marks[1]:
        return
    # On a hub the account may be the same for everybody; its servers know whose they are.
    by = os.environ.get("JUPYTERHUB_USER", "")
    try:
        course = load_course(Path(handler.exporter.config.CoursePreprocessor.course))
        note(course, mark_event(now["assignment"], now["student"], now["name"], *marks, seen=False, by=by))
    except CnngradeError as error:
        handler.log.error("%s", error)


def _send_policies(handlers: ModuleType) -> None:
    marking = handlers.SubmissionHandler
    write = marking.write
    folder = Path(handlers.template_path) / "formgrade"
    templates = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.j2")))

    def write_with_policy(self: Any, chunk: Any) -> None:
        if isinstance(chunk, str):
            here = f"{self.request.host}{self.base_url}/formgrader/submissions/"
            self.set_header("Content-Security-Policy", policy(chunk, templates, here))
        write(self, chunk)

    marking.write = write_with_policy
    # Beside a graded notebook may be what a student handed in with it, a page too.
    handlers.SubmissionFilesHandler.content_security_policy = _OF_A_FILE


def _show_schemes(handlers: ModuleType) -> None:
    exporter = handlers.BaseHandler.exporter

    def exporter_with_scheme(self: Any) -> Any:
        page = exporter.fget(self)
        page.raw_template = TEMPLATE
        course = page.config.CoursePreprocessor.course
        page.register_filter("marking_scheme", functools.partial(marking_scheme, Path(course)))
        return page

    handlers.SubmissionHandler.exporter = property(exporter_with_scheme)


def _note_marks(apihandlers: ModuleType) -> None:
    saving = apihandlers.GradeHandler
    put = saving.put

    def put_and_note(self: Any, grade: str) -> Any:
        try:
            before = self.gradebook.find_grade_by_id(grade).to_dict()
        except MissingEntry:
            before = {}
        put(self, grade)
        if before:
            _note(self, before, self.gradebook.find_grade_by_id(grade).to_dict())

    saving.put = put_and_note


def _keep_to_classroom(handlers: ModuleType) -> None:
    opening = handlers.FormgraderHandler
    get = opening.get

    def get_own(self: Any) -> Any:
        # nbgrader runs the settings in whatever folder a link names, and anybody can write a link.
        path = self.get_argument("path", "")
        if path and Path(path).resolve() != Path(self.coursedir.root).resolve():
            raise HTTPError(403, "This formgrader is for one classroom. Start another one in the other classroom.")
        return get(self)

    opening.get = get_own


def _escape_values(handlers: ModuleType) -> None:
    render = handlers.BaseHandler.render

    def render_escaped(self: Any, name: str, **values: Any) -> Any:
        # Its lists repeat a part of their own address, which anybody's link can hold.
        self.settings["nbgrader_jinja2_env"].autoescape = True
        return render(self, name, **{key: _escaped(value) for key, value in values.items()})

    handlers.BaseHandler.render = render_escaped


# formgrader reads its settings again and again.
@functools.cache
def _protect(handlers: ModuleType, apihandlers: ModuleType) -> None:
    for change in (_send_policies, _show_schemes, _keep_to_classroom, _escape_values):
        change(handlers)
    _note_marks(apihandlers)


def protect_pages() -> None:
    """Give formgrader's pages a policy that runs no student's script, and the marking scheme beside each answer.

    No other folder's settings are read, and marks that are saved are noted in the classroom's log.
    """
    handlers, apihandlers = sys.modules.get(_HANDLERS), sys.modules.get(_API_HANDLERS)
    if handlers is not None and apihandlers is not None:
        _protect(handlers, apihandlers)
