"""Which packages a submission may use: the same in a check and in every sandbox; one that is missing is named as the cause."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import Fault, StudentFailure
from cnngrade.jobs import notebook
from cnngrade.jobs.release import release
from cnngrade.model import Policy
from cnngrade.sandbox.backends import BACKENDS, NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from cnngrade.worker.packages import foreign, offer
from support import tiny_course
from support.places import GRADER, ROOT
from support.sandboxes import SANDBOXES, need
from support.sweeps import sweep

PLAIN = Policy(call_seconds=20.0, import_seconds=20.0)
WITH_SCIPY = replace(PLAIN, packages=("numpy", "scipy"))
WITH_A_STRANGER = replace(PLAIN, packages=("numpy", "no-such-package"))

pytest.importorskip("scipy")


@contextlib.contextmanager
def source(name: str, policy: Policy, folder: Path) -> Iterator[WorkerSource]:
    need(name)
    made: WorkerSource = Fresh(policy, folder) if name == NONE else Warm(policy, name)
    with contextlib.closing(made):
        yield made


@contextlib.contextmanager
def working(name: str, policy: Policy, folder: Path, code: str) -> Iterator[Student]:
    """A submission at work: `none` is where a student checks it, the others are sandboxes of the grading."""
    path = folder / "work.py"
    path.write_text(textwrap.dedent(code).lstrip("\n"), encoding="utf-8")
    with source(name, policy, folder) as made:
        student = Student(Remote(made), policy, read_work(path, "work"))
        try:
            yield student
        finally:
            student.close()


in_each = pytest.mark.parametrize("name", sweep(BACKENDS, SANDBOXES[:1]))


@in_each
@pytest.mark.parametrize(
    "form", ["from scipy import signal", "import scipy.signal as signal", "import scipy; signal = scipy.signal"]
)
def test_a_package_that_is_not_offered(name: str, form: str, tmp_path: Path) -> None:
    """though installed it is not offered; its import is named, with its line, where a function needs what that would bind"""
    code = f"""
        # %%
        import numpy as np
        {form}

        # %%
        def f(x):
            return float(np.sum(signal.convolve(x, x)))

        def g(x):
            return signl
        """
    with working(name, PLAIN, tmp_path, code) as student:
        with pytest.raises(StudentFailure) as caught:
            student.functions.f([1.0])
        assert "f raised ModuleNotFoundError: this course's grading has no scipy" in str(caught.value)
        assert "submissions may use numpy (work.py, line 3)\nline 7, in f" in str(caught.value)
        assert len(student.lifecycle.problems()) == 1
        with pytest.raises(StudentFailure, match="g raised NameError: name 'signl' is not defined"):
            student.functions.g([1.0])


def test_a_star_may_have_bound_any_name(tmp_path: Path) -> None:
    """where `import *` failed, a name that is not defined would have come from there"""
    code = """
        from scipy.signal import *

        # %%
        def f(x):
            return convolve(x, x)
        """
    cause = "f raised ModuleNotFoundError: this course's grading has no scipy"
    with working(BACKENDS[-1], PLAIN, tmp_path, code) as student, pytest.raises(StudentFailure, match=cause):
        student.functions.f([1.0])


@in_each
def test_what_follows_from_a_missing_package(name: str, tmp_path: Path) -> None:
    """a decorator of it that fails in a later cell, and the function that fails with that, name the import; no other fails"""
    code = """
        # %%
        import scipy
        import numpy as np

        # %%
        @scipy.whatever
        def helper(x):
            return x

        # %%
        def f(x):
            return helper(x)

        # %%
        def g(x):
            return np.sum(x)
        """
    with working(name, PLAIN, tmp_path, code) as student:
        with pytest.raises(StudentFailure, match=r"grading has no scipy; .* \(work\.py, line 2\)"):
            student.functions.f([1.0])
        assert student.functions.g([1.0]) == 1.0
        assert len(student.lifecycle.problems()) == 1


@in_each
def test_a_package_that_is_offered(name: str, tmp_path: Path) -> None:
    """what the course lists works, with what it needs itself"""
    code = "import scipy.signal\nimport numpy as np\ndef f(x): return float(scipy.signal.convolve(x, np.ones(1)).sum())"
    with working(name, WITH_SCIPY, tmp_path, code) as student:
        assert student.functions.f([1.0, 2.0]) == 3.0
        assert student.lifecycle.problems() == ()


@in_each
def test_a_package_inside_a_function(name: str, tmp_path: Path) -> None:
    """an import that waits for the call says the same; one that is caught is the submission's own business"""
    code = """
        def f(x):
            import scipy
            return x

        def g(x):
            import importlib.util
            try:
                import scipy
            except ImportError:
                return importlib.util.find_spec("scipy") is None
        """
    with working(name, PLAIN, tmp_path, code) as student:
        with pytest.raises(StudentFailure, match="f raised ModuleNotFoundError: this course's grading has no scipy"):
            student.functions.f([1.0])
        assert student.functions.g([1.0]) is True


@pytest.mark.parametrize("name", SANDBOXES)
def test_files_of_other_packages_cannot_be_read(name: str, tmp_path: Path) -> None:
    """in a sandbox it is not the import alone that keeps a package away: its files are closed, those of NumPy are not"""
    places = {module: str(next(iter(__import__(module).__path__))) + "/__init__.py" for module in ("scipy", "numpy", "pytest")}
    code = f"""
        import importlib.machinery, sys
        sys.meta_path.insert(0, importlib.machinery.PathFinder)
        def f(module):
            try:
                open({places!r}[module]).read(1)
            except OSError:
                return False
            return True
        def g(module):
            try:
                __import__(module)
            except (ImportError, OSError):
                return False
            return True
        """
    with working(name, PLAIN, tmp_path, code) as student:
        assert [student.functions.f(module) for module in places] == [False, True, False]
        assert [student.functions.g(module) for module in places] == [False, True, False]


@in_each
def test_a_check_inside_a_submission(name: str, tmp_path: Path) -> None:
    """a cell that calls cnngrade.check beside the student's own code still runs, though none of what a check needs is there"""
    code = "import cnngrade\nfrom cnngrade import show\ncnngrade.check('f'); show('f')\ndef f(x): return x"
    with working(name, PLAIN, tmp_path, code) as student:
        assert student.functions.f(1.0) == 1.0
        assert student.lifecycle.problems() == ()


@pytest.mark.parametrize("name", SANDBOXES)
def test_a_sandbox_without_a_listed_package(name: str, tmp_path: Path) -> None:
    """a sandbox does not start where it cannot offer what the course lists, and that is not the submission's fault"""
    with source(name, WITH_A_STRANGER, tmp_path) as made, pytest.raises(Fault, match="no-such-package"):
        made.start()


def test_a_check_without_a_listed_package(tmp_path: Path) -> None:
    """a student without a package that the course lists can check work that does without, and is told what to install"""
    policy = replace(PLAIN, packages=("numpy", "no_such_package"))
    code = "def f(x):\n    return x\ndef g(x):\n    import no_such_package"
    with working(NONE, policy, tmp_path, code) as student:
        assert student.functions.f(1.0) == 1.0
        with pytest.raises(
            StudentFailure, match=r"no_such_package is not installed here\. Install it: pip install no_such_package"
        ):
            student.functions.g(1.0)


@pytest.mark.slow
def test_a_class_is_not_graded_without_a_package(tmp_path: Path) -> None:
    """`grade` and `release` refuse, and `doctor` says what is missing; nobody loses a point for it"""
    root = tiny_course.make_course(tmp_path / "course")
    book = root / "course.yml"
    book.write_text(book.read_text() + "  packages: [no-such-package]\n")
    folder = root / "classroom" / "submitted" / "ada" / "scaling"
    folder.mkdir(parents=True)
    (folder / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(GRADER), os.environ.get("PYTHONPATH"))))}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cnngrade", *arguments]
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)

    for arguments in (["grade", "scaling", "--sandbox", "none", "--no-gradebook"], ["release", "scaling"]):
        done = run(*arguments)
        assert done.returncode == 2, done.stderr
        assert "pip install no-such-package" in done.stderr
    assert not (root / "classroom" / "reports").exists()
    # Where its lines end depends on the length of paths.
    said = " ".join(run("doctor").stdout.split())
    assert "submissions may use numpy and no-such-package; not installed" in said


def test_course_yml_lists_packages(tmp_path: Path) -> None:
    """NumPy alone unless course.yml lists more; the handout says the same, to the grader and to the student"""
    root = tiny_course.make_course(tmp_path / "course")
    assert load_course(root).policy.packages == ("numpy",)
    book = root / "course.yml"
    book.write_text(book.read_text() + "  packages: [scipy, numpy, scipy]\n")
    course = load_course(root)
    assert course.policy.packages == ("numpy", "scipy")
    folder = release(course, course.units[0], lambda unit, step: None).folder
    assert load_course(folder).policy.packages == ("numpy", "scipy")
    readme = (folder / "README.md").read_text()
    assert "Your code may use `numpy` and `scipy` and what comes with Python." in readme
    assert "What to write: `double`, `triple`." in readme
    assert "due by 2026-03-01 12:00 UTC" in readme


def test_what_a_list_of_packages_comes_to() -> None:
    """a package's needs come with it, extras do not; names compare as pip compares them"""
    alone, both = offer(["numpy"]), offer(["SciPy"])
    assert "scipy" not in alone.imports
    assert {"scipy", "numpy"} <= both.imports
    assert "pytest" not in both.imports
    assert alone.missing == both.missing == ()
    assert offer(["scipy", "no_such_package"]).missing == ("no_such_package",)
    assert set(alone.files) < set(both.files)
    assert all(path.exists() for path in both.files)


def test_what_a_package_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """requirements are followed with the extras that they ask for; a mere link to a package is not a package"""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, record: str, *requirements: str) -> None:
        facts = tmp_path / f"{name}-1.dist-info"
        facts.mkdir()
        needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{needs}")
        (facts / "RECORD").write_text(record + f"{name}-1.dist-info/METADATA,,\n../../bin/{name},,\n")

    install("first", "first/__init__.py,,\n", "second[Fast]>=1 ; python_version > '3'", "third ; extra == 'more'")
    install("second", "second.py,,\n__pycache__/second.cpython-311.pyc,,\n", 'fourth>=2; extra == "fast"')
    install("third", "third.py,,\n")
    install("fourth", "_fourth.cpython-311-x86_64-linux-gnu.so,,\n")
    install("linked", "__editable__.linked-1.pth,,\n__editable___linked_finder.py,,\n")
    (tmp_path / "first").mkdir()
    for name in ("first/__init__.py", "second.py", "_fourth.cpython-311-x86_64-linux-gnu.so"):
        (tmp_path / name).write_text("")
    found = offer(["first"])
    assert found.imports == {"numpy", "cnngrade", "first", "second", "_fourth"}
    facts = {"first-1.dist-info", "second-1.dist-info", "fourth-1.dist-info"}
    assert {path.name for path in found.files} == facts | {"first", "second.py", "_fourth.cpython-311-x86_64-linux-gnu.so"}
    assert offer(["first", "linked"]).missing == ("linked",)


def test_a_notebook_says_so() -> None:
    """a check in the running notebook notes a package that the function uses, itself or through another function"""
    module = types.ModuleType("__main__")
    code = """
from scipy import signal
import numpy as np

def helper(x):
    return [signal.convolve(x, x) for _ in range(2)]

def f(x):
    return helper(x)

def g(x):
    return np.sum(x)
"""
    exec(code, vars(module))
    course = load_course(ROOT)
    assert notebook._note(course, "g", module) == ""
    assert notebook._note(course, "f", module).startswith("f uses scipy, which will not be there when it is graded")
    assert foreign(["scipy.signal", "numpy.linalg", "json", "pytest"], ["numpy", "scipy"]) == ["pytest"]


@in_each
@pytest.mark.parametrize("module", ["tests", "benchmarks", "demo"])
def test_what_is_beside_the_engine_hides_nobodys_own_module(tmp_path: Path, name: str, module: str) -> None:
    """a module of the student's own may be called as a folder beside our package is"""
    (tmp_path / f"{module}.py").write_text("def f(): return 7\n")
    with working(name, PLAIN, tmp_path, f"from {module} import f") as student:
        assert student.functions.f() == 7
