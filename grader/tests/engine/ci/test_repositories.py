"""GitHub, GitLab and Classroom 50: what is written for them is run as they run it, on repositories of all kinds of students."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from cnngrade.ci import classroom50
from cnngrade.ci.gitlab_projects import projects
from cnngrade.ci.repositories import MOST_BYTES, MOST_FILES, pack_repositories
from cnngrade.ci.repositories import main as collect_repositories
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import UsageError
from cnngrade.jobs.ci import write_bundles
from cnngrade.jobs.release import write_handout
from cnngrade.model import Course
from cnngrade.submission import the_work
from support import tiny_course
from support.accounts import are_separate, machine
from support.places import GRADER, ROOT
from support.sandboxes import sandboxes_here
from support.workflow_steps import Step, installed_offline, ran, run_steps, schema_problems, workflow

RIGHT = tiny_course.script(**tiny_course.RIGHT)
WRONG = tiny_course.script(double="def double(x):\n    return np.asarray(x) ** 2", triple=tiny_course.RIGHT["triple"])
HOSTILE = tiny_course.script(
    double="""\
import os, pathlib
print("::set-output name=result::forged")
print("##[add-path]/tmp")
for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"):
    try:
        pathlib.Path(os.environ.get(name, "/nonexistent/x")).write_text("result=forged")
    except OSError:
        pass
for place in pathlib.Path("/proc/self").resolve().parent.glob("*/environ"):
    try:
        print(place.read_bytes())
    except OSError:
        pass

def double(x):
    return np.asarray(x) ** 2""",
    triple=tiny_course.RIGHT["triple"],
)
_MISCHIEF = "import pathlib, sys\npathlib.Path('WITNESS').touch()\n"
TAMPERED = {
    "autograde_tests/public/test_scaling.py": "def test_nothing():\n    '''nothing'''\n",
    "autograde_tests/answers/scaling.npz": "forged",
    "course.yml": "title: mine\nhandout: true\nunits: []\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p mischief"\n',
    "pip.conf": "[global]\nindex-url = https://example.org\n",
    "cnngrade-0.1.0-py3-none-any.whl": "forged",
    **dict.fromkeys(("conftest.py", "sitecustomize.py", "cnngrade/__init__.py", "zipfile.py", "venv.py", "pip.py"), _MISCHIEF),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    found = load_course(tiny_course.make_course(tmp_path_factory.mktemp("course")))
    folder = paths.release_folder(found, "scaling")
    folder.mkdir(parents=True)
    write_handout(found, found.units[0], folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "left.pyc").write_bytes(b"")
    return found


@pytest.fixture(scope="module")
def bundles(course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each target."""
    place = tmp_path_factory.mktemp("bundles")
    names = ("github", "gitlab", "classroom50")
    return {name: write_bundles(course, name, course.units, place / name)[0].place for name in names}


def test_only_what_students_have_is_in_a_handout(bundles: dict[str, Path]) -> None:
    """no bundle holds a line of the solution, a hidden test or a known mistake; the digest in the files is the zip's"""
    for place in bundles.values():
        held = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
        for path, data in held.items():
            archives = [zipfile.ZipFile(io.BytesIO(data))] if path.suffix == ".zip" else []
            texts = [data, *(archive.read(name) for archive in archives for name in archive.namelist())]
            for secret in (b"double_of_a_table", b"double_squared", tiny_course.RIGHT["double"].encode()):
                assert not any(secret in text for text in texts), path
    (handout,) = bundles["github"].glob("handouts/*.zip")
    digest = hashlib.sha256(handout.read_bytes()).hexdigest()
    assert digest in (bundles["github"] / "student/.github/workflows/classroom.yml").read_text()
    names = zipfile.ZipFile(handout).namelist()
    assert {"requirements.txt", "scaling/course.yml"} <= set(names)
    assert not any("__pycache__" in name for name in names)
    assert any(line.startswith(b"pyseccomp==") for line in zipfile.ZipFile(handout).read("requirements.txt").splitlines())


def test_a_unit_is_released_first(tmp_path: Path) -> None:
    """there is nothing to check with before"""
    bare = load_course(tiny_course.make_course(tmp_path))
    for name in ("github", "gitlab", "classroom50"):
        with pytest.raises(UsageError, match="cnngrade release scaling"):
            write_bundles(bare, name, bare.units)


def test_the_platform_knows_the_form(bundles: dict[str, Path]) -> None:
    """each file is held against the schema that is published for it"""
    assert schema_problems("github-workflows", *bundles["github"].rglob("*.yml")) == ""
    files = [bundles["gitlab"] / "student/scaling.gitlab-ci.yml", bundles["gitlab"] / "instructor/.gitlab-ci.yml"]
    assert schema_problems("gitlab-ci", *files) == ""


def test_rights_are_few(bundles: dict[str, Path]) -> None:
    """no job that runs students' code has a secret or may write, all end some time, and actions are named by their commits"""
    for path in (bundles["github"]).rglob("*.yml"):
        document = workflow(path)
        assert document["permissions"] == {}
        assert document["concurrency"]["group"]
        for name, job in document["jobs"].items():
            assert job["timeout-minutes"] <= 300
            text = json.dumps(job)
            runs_code = "cnngrade check" in text or "cnngrade grade" in text
            assert not ("secrets." in text and runs_code)
            assert not (runs_code and set(job["permissions"].values()) - {"read"})
            for step in job["steps"]:
                action = step.get("uses", "")
                assert not action or len(action.partition("@")[2]) == 40 or name == "run-autograding-tests"
                if action.startswith("actions/checkout"):
                    assert step["with"]["persist-credentials"] is False


# GitHub


@pytest.fixture(scope="module")
def runner() -> Iterator[tuple[list[str], Path]]:
    """The command through which the user `runner` runs something, and its home."""
    with machine({"runner": 0o022}, [], are_separate()) as host:
        account = host.accounts["runner"]
        yield list(account.through), account.home


class Hosted:
    """A hosted runner: a workspace with a student's repository, and a folder for what is temporary."""

    def __init__(self, bundle: Path, runner: tuple[list[str], Path], name: str) -> None:
        self.through, home = runner
        self.place = home / name
        self.workspace, self.temporary = self.place / "work", self.place / "temp"
        for folder in (self.workspace, self.temporary):
            folder.mkdir(parents=True)
        for file in ("output", "summary", "env", "path"):
            (self.place / file).touch()
        shutil.copytree(bundle / "handouts", self.place / "handouts")
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(self.place / "output"),
            "GITHUB_STEP_SUMMARY": str(self.place / "summary"),
            "GITHUB_ENV": str(self.place / "env"),
            "GITHUB_PATH": str(self.place / "path"),
            "RUNNER_TEMP": str(self.temporary),
        }
        self.values = {
            "github.workspace": str(self.workspace),
            "runner.temp": str(self.temporary),
            "vars.CNNGRADE_HANDOUTS": f"file://{self.place}/handouts",
        }
        job = workflow(bundle / "student/.github/workflows/classroom.yml")["jobs"]["check"]
        self.fetch, self.install, self.check = run_steps(job, self.values)

    def add(self, **files: str) -> None:
        for name, text in files.items():
            path = self.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("WITNESS", str(self.place / "witness")), encoding="utf-8")

    def run(self, step: Step, script: str = "") -> subprocess.CompletedProcess[str]:
        if self.through:
            owner = self.place.parent.stat()
            for path in (self.place, *self.place.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        return ran(step, self.environment, self.through, script)

    def prepared(self) -> None:
        fetched = self.run(self.fetch)
        assert fetched.returncode == 0, fetched.stdout + fetched.stderr
        put = self.run(self.install, installed_offline())
        assert put.returncode == 0, put.stderr

    def result(self) -> dict[str, Any]:
        line = (self.place / "output").read_text(encoding="utf-8")
        assert line.count("\n") == 1
        found: dict[str, Any] = json.loads(base64.b64decode(line.removeprefix("result=")))
        return found


@pytest.mark.skipif(not sandboxes_here(), reason="this machine has no sandbox")
@pytest.mark.parametrize(
    "kind", ["right", "tampered", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("wrong", "hostile"))]
)
def test_a_push_is_checked(bundles: dict[str, Path], runner: tuple[list[str], Path], kind: str) -> None:
    """each kind of repository gets what its one file is worth; nothing else in it runs, or changes what comes out"""
    hosted = Hosted(bundles["github"], runner, kind)
    hosted.add(**{"scaling/scaling.py": {"right": RIGHT, "wrong": WRONG}.get(kind, HOSTILE)})
    if kind == "tampered":
        hosted.add(**TAMPERED, **{f"scaling/{name}": text for name, text in TAMPERED.items()})
    hosted.prepared()
    done = hosted.run(hosted.check)
    assert done.returncode == (0 if kind == "right" else 1), done.stdout + done.stderr
    assert not (hosted.place / "witness").exists()
    result = hosted.result()
    assert (result["status"], result["max_score"]) == ("pass" if kind == "right" else "fail", 4.0)
    assert sum(test["score"] for test in result["tests"]) == (4.0 if kind == "right" else 2.0)
    assert (hosted.place / "env").read_text() == (hosted.place / "path").read_text() == ""
    assert (hosted.place / "summary").read_text(encoding="utf-8").startswith("## Numbers")
    first, *lines = done.stdout.splitlines()
    after = lines[lines.index(f"::{first.removeprefix('::stop-commands::')}::") + 1 :]
    errors = [line for line in after if line]
    assert all(line.startswith("::error file=scaling/scaling.py,line=") for line in errors)
    assert len(errors) == (0 if kind == "right" else 1)
    assert (hosted.temporary / "report.xml").is_file()


def test_a_handout_that_is_not_the_one(bundles: dict[str, Path], runner: tuple[list[str], Path]) -> None:
    """one that was exchanged is not unpacked, and a variable that is missing is named"""
    hosted = Hosted(bundles["github"], runner, "exchanged")
    with (hosted.place / "handouts" / "scaling.zip").open("ab") as file:
        file.write(b"more")
    assert hosted.run(hosted.fetch).returncode == 1
    assert not (hosted.temporary / "handout").exists()
    unset = Step("", hosted.fetch.script, hosted.fetch.folder, {"HANDOUTS": ""})
    done = hosted.run(unset)
    assert done.returncode == 1
    assert "::error::The organization's variable CNNGRADE_HANDOUTS" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not sandboxes_here(), reason="this machine has no sandbox")
def test_the_instructors_workflow_grades_the_class(bundles: dict[str, Path], tmp_path: Path) -> None:
    """it reads the repositories of the assignment and no others, grades what can be taken, and fails for what cannot"""
    root, remote, programs = tmp_path / "course", tmp_path / "remote" / "school", tmp_path / "bin"
    tiny_course.make_course(root)
    shutil.copytree(bundles["github"] / "instructor", root, dirs_exist_ok=True)
    programs.mkdir()
    for login, text in {"ada": RIGHT, "bob": WRONG}.items():
        repository = remote / f"scaling-{login}.git"
        repository.mkdir(parents=True)
        (repository / "scaling.py").write_text(text, encoding="utf-8")
        (repository / "link.py").symlink_to("/etc/passwd")
        for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "work"]):
            subprocess.run(["git", *command], cwd=repository, check=True)
    # In the place of GitHub's own program: which repositories there are.
    gh = programs / "gh"
    gh.write_text("#!/bin/sh\n[ \"$1\" = api ] && printf '%s\\n' other-eve scaling-ada scaling-bob scaling-gone\nexit 0\n")
    gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
    temporary = tmp_path / "temp"
    temporary.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(GRADER),
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY_OWNER": "school",
        "GITHUB_WORKSPACE": str(root),
        "RUNNER_TEMP": str(temporary),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{remote.parent}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }
    values = {
        "github.workspace": str(root), "runner.temp": str(temporary), "inputs.assignment": "scaling",
        "secrets.CNNGRADE_SUBMISSIONS": "token",
    }  # fmt: skip
    jobs = workflow(bundles["github"] / "instructor/.github/workflows/grade-scaling.yml")["jobs"]
    (clone,) = run_steps(jobs["collect"], values)
    cloned = ran(clone, environment)
    assert cloned.returncode == 0, cloned.stderr
    assert "::warning::scaling-gone is left out: git clone ended with 128." in cloned.stdout
    assert "2 of 3 repositories are collected." in cloned.stdout
    _, grade = run_steps(jobs["grade"], values)
    done = ran(grade, environment)
    assert done.stdout.startswith("::stop-commands::")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "refused    -                     scaling-ada/link.py: it is a link" in done.stdout
    suites = ElementTree.parse(temporary / "report.xml").getroot()
    found = {suite.get("name"): suite.find(".//property[@name='points.earned']") for suite in suites}
    earned = {name: entry.get("value") for name, entry in found.items() if entry is not None}
    assert earned["scaling ada"] == "5"
    assert float(earned["scaling bob"] or 5) < 5
    assert set(earned) == {"scaling ada", "scaling bob"}
    assert "<dd>2 <small>of 2 in the class</small></dd>" in (temporary / "class.html").read_text(encoding="utf-8")
    assert sorted(path.parts[-3] for path in (root / "classroom" / "feedback").rglob("*.html")) == ["ada", "bob"]


def committed(repository: Path, *lines: bytes) -> str:
    """Make a repository of one commit with these files, as `git fast-import` writes them; return its address."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    whole = [b"commit refs/heads/main", b"committer x <x@x> 1700000000 +0000", b"data 0", *lines, b""]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=b"\n".join(whole), check=True)
    return repository.as_uri()


def inline(path: bytes, content: bytes, mode: bytes = b"100644") -> bytes:
    return b"M %s inline %s\ndata %d\n%s" % (mode, path, len(content), content)


def bomb(repository: Path) -> str:
    """Make a repository of ten million files, which are all one."""
    address = committed(repository, inline(b"x", b"x"))
    (repository / "x.txt").write_bytes(b"x" * 1000)
    key = subprocess.run(["git", "hash-object", "-w", "x.txt"], cwd=repository, capture_output=True, check=True).stdout.strip()
    kind = b"100644 blob"
    for _ in range(7):
        tree = b"".join(b"%s %s\t%d\n" % (kind, key, number) for number in range(10))
        made = subprocess.run(["git", "mktree"], cwd=repository, input=tree, capture_output=True, check=True)
        kind, key = b"040000 tree", made.stdout.strip()
    identity = ["-c", "user.name=x", "-c", "user.email=x@x"]
    made = subprocess.run(["git", *identity, "commit-tree", key, "-m", "x"], cwd=repository, capture_output=True, check=True)
    subprocess.run(["git", "update-ref", "refs/heads/main", made.stdout.strip()], cwd=repository, check=True)
    return address


def test_repositories_of_hostile_students(tmp_path: Path) -> None:
    """whatever one of them has committed, the others are collected, links as links; nothing is run, fetched or unpacked"""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    filters = [
        inline(b".gitattributes", b"* filter=lfs export-ignore working-tree-encoding=UTF-32"),
        inline(b"n.ipynb", pointer),
    ]
    outside = b"M 160000 0123456789012345678901234567890123456789 sub"
    repositories = {
        "ada": committed(tmp_path / "ada", inline(b"scaling.py", b"a\r\nb"), inline(b"run.sh", b"", b"100755")),
        "names": committed(tmp_path / "n", inline(b'"L\\366sung.py"', b"1"), inline(b'"a\\n::error::x.py"', b"2")),
        "deep": committed(tmp_path / "d", inline(b"a/" * 1200 + b"scaling.py", b"3")),
        "links": committed(tmp_path / "l", inline(b"scaling.py", b"/etc/passwd", b"120000"), outside),
        "filters": committed(tmp_path / "f", *filters),
        "large": committed(tmp_path / "z", *(inline(b"%d" % number, bytes(MOST_BYTES // 2 + 1)) for number in range(2))),
        "many": committed(tmp_path / "m", *(inline(b"%d" % number, b"") for number in range(MOST_FILES + 1))),
        "bomb": bomb(tmp_path / "b"),
        "gone": (tmp_path / "gone").as_uri(),
        "option": "--upload-pack=touch witness",
    }
    (tmp_path / "empty").mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path / "empty")], check=True)
    repositories["empty"] = (tmp_path / "empty").as_uri()
    archive = tmp_path / "submissions.zip"
    left_out = pack_repositories(list(repositories.items()), archive)
    assert [line.partition(" ")[0] for line in left_out] == ["large", "many", "bomb", "gone", "option", "empty"]
    assert "larger than 128 MiB" in left_out[0]
    assert "more than 1,000 files" in left_out[1]
    assert "more than 1,000 files" in left_out[2]
    with zipfile.ZipFile(archive) as whole:
        held = {info.filename: (info.external_attr >> 16, whole.read(info)) for info in whole.infolist()}
    plain = stat.S_IFREG | 0o644
    assert held == {
        "ada/scaling.py": (plain, b"a\r\nb"),
        "ada/run.sh": (plain, b""),
        "names/Lösung.py": (plain, b"1"),
        "names/a\n::error::x.py": (plain, b"2"),
        f"deep/{'a/' * 1200}scaling.py": (plain, b"3"),
        "links/scaling.py": (stat.S_IFLNK, b"/etc/passwd"),
        "filters/.gitattributes": (plain, b"* filter=lfs export-ignore working-tree-encoding=UTF-32"),
        "filters/n.ipynb": (plain, pointer),
    }


def test_what_is_told_of_repositories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """where none can be read the job fails; limits are those of `collect`; a name that no platform gives is not asked for"""
    assert (MOST_FILES, MOST_BYTES) == (the_work.MAX_STUDENT_FILES, the_work.MAX_STUDENT_BYTES)
    listed = tmp_path / "list.txt"
    listed.write_text(f"../up file:///x\ngone {(tmp_path / 'gone').as_uri()}\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert collect_repositories([str(listed), str(tmp_path / "out.zip")]) == 1
    said = "::warning::gone is left out: git clone ended with 128.\n0 of 1 repositories are collected.\n"
    assert capsys.readouterr().out == said
    listed.write_text(f"ada {committed(tmp_path / 'ada', inline(b'x.py', b'1'))}\n")
    assert collect_repositories([str(listed), str(tmp_path / "out.zip")]) == 0


# GitLab


@pytest.mark.skipif(not sandboxes_here(), reason="this machine has no sandbox")
@pytest.mark.parametrize("kind", ["tampered", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("right", "wrong"))])
def test_a_pipeline_checks(bundles: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """the script of the job runs in its own folder, whatever is in the project, and leaves both reports for GitLab"""
    project = tmp_path / "project"
    project.mkdir()
    (project / "scaling.py").write_text(RIGHT if kind == "right" else WRONG, encoding="utf-8")
    if kind == "tampered":
        for name, text in TAMPERED.items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text.replace("WITNESS", str(tmp_path / "witness")), encoding="utf-8")
        (project / "cnngrade-report.xml").symlink_to(tmp_path / "elsewhere")
        (project / "cnngrade-quality.json").mkdir()
    document = workflow(bundles["gitlab"] / "student/scaling.gitlab-ci.yml")
    lines = document["check"]["script"]
    replaced = [line for line in lines if line.startswith("apt-get") or " pip " in line or line.endswith("venv tools")]
    assert len(replaced) == 3
    script = "\n".join(line for line in lines if line not in replaced[:2]).replace(replaced[2], installed_offline())
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "CI_PROJECT_DIR": str(project),
        "CNNGRADE_HANDOUTS": (bundles["gitlab"] / "handouts").as_uri(),
    }  # fmt: skip
    done = ran(Step("", script, str(project), {}), environment)
    assert done.returncode == (0 if kind == "right" else 1), done.stdout + done.stderr
    assert not (tmp_path / "witness").exists()
    assert not (tmp_path / "elsewhere").exists()
    told = json.loads((project / "cnngrade-quality.json").read_text(encoding="utf-8"))
    assert [entry["location"]["path"] for entry in told] == ([] if kind == "right" else ["scaling.py"])
    assert 'file="scaling.py"' in (project / "cnngrade-report.xml").read_text() or kind == "right"


def test_a_pipeline_without_its_variable(bundles: dict[str, Path], tmp_path: Path) -> None:
    """says which it is"""
    lines = workflow(bundles["gitlab"] / "student/scaling.gitlab-ci.yml")["check"]["script"]
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "CI_PROJECT_DIR": str(tmp_path)}
    done = ran(Step("", "\n".join(lines[:4]), str(tmp_path), {}), environment)
    assert done.returncode != 0
    assert "CNNGRADE_HANDOUTS: should be the address" in done.stderr


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_all_projects_of_a_group(count: int) -> None:
    """pages are asked for until there is no more, with the token in the header that GitLab documents"""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.headers["PRIVATE-TOKEN"] == "token"
            assert self.path.startswith("/api/v4/groups/7/projects?")
            page = int(self.path.rpartition("page=")[2])
            listed = [{"path": f"p{n}", "http_url_to_repo": f"https://x/p{n}.git"} for n in range(count)][(page - 1) * 100 :][
                :100
            ]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(listed).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/api/v4"
        found = list(projects({"CI_API_V4_URL": address, "CNNGRADE_GROUP": "7", "CNNGRADE_SUBMISSIONS": "token"}))
        server.shutdown()
    assert [name for name, _ in found] == [f"p{n}" for n in range(count)]


# Classroom 50


ENVIRONMENT = {
    "CLASSROOM": "vision", "ASSIGNMENT": "scaling", "SUBMISSION_TAG": "submit/2026-03-01T10-00-00Z-abc1234", "USERNAME": "ada",
    "COMMIT_URL": "https://x/commit/1", "RELEASE_URL": "https://x/releases/1", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada",
}  # fmt: skip


def autograder(bundle: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("autograder", bundle / "autograder" / "autograder.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_result(result: dict[str, Any]) -> None:
    """Hold a document against what Classroom 50 documents of it: these members, whole points, no score above the most."""
    assert set(result) == {
        "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release", "review",
        "datetime", "score", "max-score", "tests",
    }  # fmt: skip
    assert result["schema"] == "classroom50/result/v1"
    assert result["submission"].startswith("submit/")
    assert all(result[name] for name in ("classroom", "assignment", "owner", "commit", "release", "review"))
    for entry in (result, *result["tests"]):
        assert type(entry["score"]) is type(entry["max-score"]) is int
        assert 0 <= entry["score"] <= entry["max-score"]
    assert result["score"] == sum(test["score"] for test in result["tests"])
    assert result["max-score"] == sum(test["max-score"] for test in result["tests"])
    for test in result["tests"]:
        assert test["test-name"].isprintable()
        assert type(test["passed"]) is bool


@pytest.mark.skipif(not sandboxes_here(), reason="this machine has no sandbox")
@pytest.mark.parametrize("kind", ["tampered", "missing", pytest.param("right", marks=pytest.mark.slow)])
def test_classroom50(bundles: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """the program writes result.json in the checkout, over whatever is there; without a score it ends with 1 and writes none"""
    program, checkout, place = autograder(bundles["classroom50"]), tmp_path / "checkout", tmp_path / "place"
    checkout.mkdir()
    place.mkdir()
    (tmp_path / "elsewhere").write_text("kept")
    if kind != "missing":
        (checkout / "scaling.py").write_text(RIGHT if kind == "right" else WRONG, encoding="utf-8")
    if kind == "tampered":
        for name, text in TAMPERED.items():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_text(text.replace("WITNESS", str(tmp_path / "witness")), encoding="utf-8")
        (checkout / "result.json").symlink_to(tmp_path / "elsewhere")

    @contextlib.contextmanager
    def offline(settings: dict[str, str]) -> Iterator[tuple[Path, Path]]:
        with zipfile.ZipFile(bundles["classroom50"] / "autograder" / settings["handout"]) as archive:
            archive.extractall(place / "handout")
        subprocess.run(["bash", "-e", "-c", installed_offline()], cwd=place, check=True)
        yield place / "tools" / "bin" / "cnngrade", place / "handout" / settings["unit"]

    monkeypatch.setattr(program, "installed", offline)
    monkeypatch.chdir(checkout)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert program.main() == (1 if kind == "missing" else 0)
    assert not (tmp_path / "witness").exists()
    assert (tmp_path / "elsewhere").read_text() == "kept"
    if kind == "missing":
        assert not (checkout / "result.json").exists()
        return
    result = json.loads((checkout / "result.json").read_text(encoding="utf-8"))
    is_result(result)
    assert (result["score"], result["max-score"]) == ((4, 4) if kind == "right" else (2, 4))
    assert (checkout / "release-body.md").read_text(encoding="utf-8").startswith("## Numbers")


@pytest.mark.parametrize(
    ("points", "earned", "told"),
    [([1.0, 2.0], [1.0, 0.0], (1, 3)), ([0.5, 2.0], [0.5, 0.25], (1, 5)), ([0.25], [0.2], (0, 1)),
     ([1.2, 0.3], [1.2, 0.29], (14, 15)), ([0.333], [0.333], (33, 33)), ([0.0], [0.0], (0, 0)), ([3.0], [2.999], (2, 3))],
)  # fmt: skip
def test_points_become_whole(bundles: dict[str, Path], points: list[float], earned: list[float], told: tuple[int, int]) -> None:
    """all points are multiplied by the same number, and a case that did not pass never has all of them by rounding"""
    outcomes = [
        {"case": {"points": most, "function": "f", "title": "a\nb"}, "earned": got, "for_student": "",
         "verdict": "passed" if got == most else "slow"}
        for most, got in zip(points, earned, strict=True)
    ]  # fmt: skip
    result = autograder(bundles["classroom50"]).result_of({"outcomes": outcomes}, ENVIRONMENT, "2026-03-01T10:00:00Z")
    is_result(result)
    assert (result["score"], result["max-score"]) == told


def test_a_handout_beside_it_that_is_not_the_one(bundles: dict[str, Path], tmp_path: Path) -> None:
    """is not used, and the program says so"""
    place = tmp_path / "bundle"
    shutil.copytree(bundles["classroom50"], place)
    (place / "autograder" / "scaling.zip").write_bytes(b"other")
    program = autograder(place)
    settings = json.loads((place / "autograder" / "cnngrade.json").read_text())
    with pytest.raises(SystemExit, match=r"scaling\.zip is not the one"), program.installed(settings):
        pass


def test_a_unit_that_is_too_large(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """is refused before it is written, with both sizes"""
    monkeypatch.setattr(classroom50, "MOST_BYTES", 1 << 17)
    with pytest.raises(UsageError, match="takes no more than"):
        write_bundles(course, "classroom50", course.units, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_program_is_the_one_that_is_tested(bundles: dict[str, Path]) -> None:
    """what is written is the module of the package"""
    source = ROOT / "grader/cnngrade/ci"
    assert (bundles["classroom50"] / "autograder/autograder.py").read_bytes() == (
        source / "classroom50_autograder.py"
    ).read_bytes()
