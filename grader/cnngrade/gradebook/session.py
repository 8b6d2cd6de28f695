"""Run nbgrader's converters and open its gradebook in this process, with the classroom's configuration and no chatter."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError, SAWarning
from sqlalchemy.pool import NullPool
from traitlets.config import Config

from cnngrade.course import paths
from cnngrade.errors import Fault
from cnngrade.files import is_shared, share, share_all
from cnngrade.gradebook.compat import ask_alembic_here
from cnngrade.gradebook.unusable import address_of, unusable

ask_alembic_here()


_OPENING = 0x6F70656E
"""The number by which those who open a gradebook on one PostgreSQL server wait for each other."""


_ADDED = ("(Background on this error", "[SQL:", "[parameters:")


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
                # SQLAlchemy adds the statement and where to read more.
                lines = [line for line in text.strip().splitlines() if not line.startswith(_ADDED)]
                return lines[-1]
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


def _opened(coursedir: CourseDirectory) -> Gradebook:
    """Open the gradebook, making its tables if there are none."""
    address = address_of(coursedir)
    if address.get_backend_name() != "postgresql":
        return Gradebook(coursedir.db_url, coursedir.course_id)
    with create_engine(address, poolclass=NullPool).connect() as connection:
        # Whoever comes second finds the tables that the first one has made; the lock ends with the connection.
        connection.execute(select(func.pg_advisory_lock(_OPENING)))
        return Gradebook(coursedir.db_url, coursedir.course_id)


def open_to_group(coursedir: CourseDirectory) -> None:
    """In a course that is `groupshared`, let the group do with the classroom what we may, as far as it is ours.

    nbgrader itself leaves some folders and the gradebook to the umask.
    """
    if coursedir.groupshared:
        share_all(Path(coursedir.root))


def _share_file(coursedir: CourseDirectory) -> None:
    """Let the group of a shared classroom write to the gradebook, where it is a file."""
    where = address_of(coursedir)
    if where.get_backend_name() == "sqlite" and where.database and is_shared(Path(where.database).parent):
        share(Path(where.database))


@contextlib.contextmanager
def open_gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """Open the classroom's gradebook, making it if there is none; it is closed at the end of the block.

    Raises CourseError for an address that is none, and Fault where the database cannot be opened, read or written in the block:
    its server is not there or lets nobody in, another program has locked it, or the disk is full.
    """
    try:
        with _without_warnings(), _opened(coursedir) as gradebook:
            _share_file(coursedir)
            yield gradebook
    except (OperationalError, ProgrammingError, InterfaceError) as error:
        raise unusable(coursedir, error) from error


def run(converter_class: type[BaseConverter], coursedir: CourseDirectory, config: Config, **settings: Any) -> None:
    """Run one converter on what `coursedir` selects, overwriting what it made before.

    Raises Fault with the cause, and CourseError for an address of a gradebook that is none.
    """
    errors = _Errors()
    try:
        converter = converter_class(coursedir=coursedir, config=config, log=quiet_log(errors), force=True, **settings)
        with _without_warnings():
            converter.start()
    except NbGraderException as error:
        with open_gradebook(coursedir):
            # If it is the gradebook that cannot be used, this says so in words.
            pass
        raise Fault(f"nbgrader stopped: {errors.cause() or error}") from error
