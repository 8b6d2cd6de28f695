"""A unit's tests collected by pytest, once, for everything that is then done with them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cnngrade.errors import CourseError
from cnngrade.judge import plugin as fixtures
from cnngrade.judge.case_context import CONTEXTS, CurrentContext
from cnngrade.judge.case_run import CaseRun, EndReport, case_run
from cnngrade.model import Course, Unit

_WITHOUT = (
    "cacheprovider", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "pastebin", "setuponly", "setupplan",
    "stepwise", "threadexception", "unittest", "unraisableexception", "warnings", "terminal", "debugging", "recwarn",
)  # fmt: skip


_ROOT = "CNNGRADE_ROOT_OF_TESTS"
"""The variable by which pytest hears of the course's folder: it would take a `$` in the folder's name for a variable."""


SessionWork = Callable[[Sequence[CaseRun], CurrentContext], None]


class _Plugin:
    """Hands the collected cases to `work`: a test can only be run while pytest runs its loop, hence the callback."""

    def __init__(self, course: Course, unit: Unit, work: SessionWork) -> None:
        self._root, self._unit, self._work = course.root, unit, work
        self._contexts = CurrentContext()
        self.done = False
        self.error: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        """Have test files looked for from the course's folder, wherever this process is."""
        given = early_config.invocation_params
        early_config.invocation_params = pytest.Config.InvocationParams(args=given.args, plugins=given.plugins, dir=self._root)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the judge's context where the fixtures look for one."""
        config.stash[CONTEXTS] = self._contexts

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong while the tests were read."""
        if report.failed:
            self.error = CourseError(f"The tests of {self._unit.name} cannot be read.\n{report.longreprtext[-3000:]}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep an interrupt that came while the tests were read: pytest only ends its session."""
        if isinstance(excinfo.value, KeyboardInterrupt):
            self.error = excinfo.value

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Report the exception that ended a phase of a test, as an object."""
        return EndReport(item, call)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work."""
        if self.error is None:
            try:
                functions = [item for item in session.items if isinstance(item, pytest.Function)]
                self._work([case_run(item, self._unit) for item in functions], self._contexts)
                self.done = True
            except BaseException as error:
                # pytest would print it as an internal error; it is raised again where the session was started.
                self.error = error
        return True


@contextlib.contextmanager
def _clean_surroundings(course: Course) -> Iterator[None]:
    """Keep environment variables and modules of other courses out of the session, and leave none behind."""
    saved = {name: os.environ.pop(name) for name in list(os.environ) if name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", _ROOT)}
    os.environ[_ROOT] = str(course.root)

    def forget() -> None:
        for name, module in sys.modules.copy().items():
            file = getattr(module, "__file__", None)
            if name.startswith("autograde_tests") or (name == "conftest" and file and str(course.root) in file):
                del sys.modules[name]

    forget()
    try:
        yield
    finally:
        os.environ.pop(_ROOT, None)
        os.environ.update(saved)
        forget()


def in_pytest(course: Course, unit: Unit, files: Sequence[Path], work: SessionWork) -> None:
    """Collect the tests in `files` and do `work` with them; raises what it raises, and CourseError where nothing can be run."""
    plugin = _Plugin(course, unit, work)
    tests = course.root / "autograde_tests"
    # pytest takes `[` and `::` for what follows a path: only the part of the path that is ours is given.
    arguments: list[Any] = [path.relative_to(course.root).as_posix() for path in files]
    arguments += ["-c", str(Path(__file__).with_name("pytest.ini")), "--import-mode=importlib"]
    arguments += [f"--rootdir=${{{_ROOT}}}", f"--confcutdir={tests}", "--capture=no", "--disable-plugin-autoload"]
    arguments += [part for name in _WITHOUT for part in ("-p", f"no:{name}")]
    # pytest ends by going back to where it takes itself to have been started.
    with _clean_surroundings(course), contextlib.chdir(Path.cwd()):
        # By its name, pytest would first look for it in what every installed package says of itself.
        status = pytest.main(arguments, plugins=[plugin, fixtures])
    if plugin.error is not None:
        raise plugin.error
    if not plugin.done:
        raise CourseError(f"The tests of {unit.name} were not run (pytest ended with status {int(status)}).")
