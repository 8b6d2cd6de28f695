"""Run nbgrader's converters and open its gradebook in this process, with the classroom's configuration and no chatter."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SAWarning
from traitlets.config import Config

from cnngrade.course import paths
from cnngrade.errors import Fault
from cnngrade.gradebook.compat import ask_alembic_here

ask_alembic_here()


class _Errors(logging.Handler):
    """Keeps what a converter logs as an error: its own exception says only that there was one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())

    def cause(self) -> str | None:
        """Return the last line of the first traceback: the exception that stopped the submission."""
        for text in self.texts:
            if "Traceback (most recent call last)" in text:
                return text.strip().splitlines()[-1]
        return next(iter(self.texts), None)


def course_directory(config: Config) -> CourseDirectory:
    """Return nbgrader's view of the classroom folder that `config` describes."""
    coursedir = CourseDirectory(config=config)
    # nbgrader copies what is beside a graded notebook to the student's feedback.
    coursedir.ignore = [*(name for name in coursedir.ignore if name != paths.KEY_FILE), paths.KEY_FILE]
    return coursedir


def quiet_log(handler: logging.Handler) -> logging.Logger:
    """Return a log that sends errors to `handler` and nothing to anybody else."""
    log = logging.Logger("cnngrade.gradebook", logging.ERROR)
    log.addHandler(handler)
    return log


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep to ourselves what SQLAlchemy warns of: the order in which nbgrader enters a submission.

    It does no harm and cannot be changed here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


def _unusable(coursedir: CourseDirectory, error: OperationalError) -> Fault:
    """Say what is wrong with the gradebook, where, and what to do about it."""
    where, cause = make_url(coursedir.db_url), str(error.orig).rstrip(".")
    place = where.database if where.drivername.startswith("sqlite") else where.render_as_string(hide_password=True)
    kept = "then run the command again: reports that are stored are kept, and what is in the gradebook stays."
    if "locked" in cause:
        return Fault(f"The gradebook {place} is locked. Close formgrader or wait for the other nbgrader command, {kept}")
    if "full" in cause:
        return Fault(f"There is no room left for the gradebook {place}. Make room on its disk, {kept}")
    return Fault(
        f"The gradebook {place} cannot be used: {cause}. Fix its permissions; or, if nbgrader was upgraded, copy the "
        f"gradebook and run `nbgrader db upgrade` in {coursedir.root}; {kept}"
    )


@contextlib.contextmanager
def open_gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """Open the classroom's gradebook, making it if there is none; it is closed at the end of the block.

    Raises Fault where the database cannot be read or written in the block: another program has locked it, or the disk is full.
    """
    try:
        with _without_warnings(), Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            yield gradebook
    except OperationalError as error:
        raise _unusable(coursedir, error) from error


def run(converter_class: type[BaseConverter], coursedir: CourseDirectory, config: Config, **settings: Any) -> None:
    """Run one converter on what `coursedir` selects, overwriting what it made before; raises Fault with the cause."""
    errors = _Errors()
    try:
        converter = converter_class(coursedir=coursedir, config=config, log=quiet_log(errors), force=True, **settings)
        with _without_warnings():
            converter.start()
    except NbGraderException as error:
        raise Fault(f"nbgrader stopped: {errors.cause() or error}") from error
