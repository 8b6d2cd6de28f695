"""nbgrader is loaded without what grading never uses, and what was left out works when somebody asks for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[3]

# What others do with these once our package is loaded, in one process: each line has to work.
USES = """
import os, zipfile
from nbgrader.apps import NbGraderApp
from nbgrader.server_extensions.formgrader import handlers
import nbgrader.exchange.default.collect
import nbgrader, requests, requests.adapters, setuptools.archive_util, idna, rfc3987_syntax, webcolors, tornado.web, jupytext
assert issubclass(handlers.BaseHandler, tornado.web.RequestHandler) and requests.get and idna.encode("a.b")
assert setuptools.archive_util.unpack_archive.__module__ == "setuptools.archive_util"
with zipfile.ZipFile("a.zip", "w") as archive:
    archive.writestr("b", "c")
from nbgrader.utils import unzip
os.mkdir("out")
unzip("a.zip", "out")
assert open("out/b").read() == "c"
try:
    nbgrader.auth.jupyterhub.requests.request("GET", "nowhere://a")
except requests.exceptions.InvalidSchema:
    pass
else:
    raise AssertionError("this is the real one")
class Server: pass
try:
    nbgrader.load_formgrader(Server())
except AttributeError as error:
    assert "Server" in str(error)
assert "nbgrader.server_extensions.formgrader.formgrader" in sys.modules
"""


# Another version of nbgrader, as far as its imports go: it needs more of what is left out.
OTHER_VERSION = {
    "__init__.py": "from .server_extensions.formgrader import load_jupyter_server_extension, handlers\n",
    "server_extensions/__init__.py": "",
    "server_extensions/formgrader/__init__.py": "from . import handlers\ndef load_jupyter_server_extension(): return 3\n",
    "server_extensions/formgrader/handlers.py": "",
    "converters.py": (
        "import requests, requests.adapters\nfrom setuptools.archive_util import unpack_archive, unpack_directory\n"
        "class Session(requests.Session): pass\ndef get(): return requests.get\n"
    ),
}


def run(code: str, folder: Path) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ENGINE)!r})\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def of_grading(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every module that there is once grading can enter marks; afterwards all that was left out has been used."""
    load = "import json\nimport cnngrade.gradebook.record\nprint(json.dumps(list(sys.modules)))"
    modules: list[str] = json.loads(run(load + USES, tmp_path_factory.mktemp("used")))
    return modules


@pytest.mark.parametrize(
    "name", ["jupyter_server", "nbgrader.server_extensions", "setuptools", "requests", "jupytext", "arrow", "rfc3987_syntax"]
)
def test_left_out(name: str, of_grading: list[str]) -> None:
    """what only a Jupyter server, a hub, an archive or a release needs is not there, not even as a stand-in"""
    assert "nbgrader.converters.autograde" in of_grading
    assert not [module for module in of_grading if module == name or module.startswith(f"{name}.")]


def test_nbgrader_that_is_there_stays(tmp_path: Path) -> None:
    """where nbgrader was loaded first, it is whole and is left alone"""
    code = "import nbgrader\nbefore = nbgrader.load_formgrader\nimport cnngrade.gradebook.record\n"
    said = run(f"{code}print(nbgrader.load_formgrader is before, 'jupyter_server' in sys.modules)", tmp_path)
    assert said.split() == ["True", "True"]


def test_another_version_may_need_more(tmp_path: Path) -> None:
    """what nbgrader asks of a module beyond what is known of it is the module's own, also while nbgrader is loaded"""
    for name, text in OTHER_VERSION.items():
        file = tmp_path / "nbgrader" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    code = f"sys.path.insert(0, {str(tmp_path)!r})\nimport cnngrade.gradebook, nbgrader, requests\n"
    code += "from nbgrader.converters import Session, get, unpack_archive\n"
    code += "assert issubclass(Session, requests.Session) and get() is requests.get\n"
    said = run(f"{code}print(nbgrader.load_jupyter_server_extension(), nbgrader.handlers.__name__)", tmp_path)
    assert said.split() == ["3", "nbgrader.server_extensions.formgrader.handlers"]
