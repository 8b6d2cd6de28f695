"""Run nbgrader's converters and open its gradebook in this process, with the classroom's configuration and no chatter."""

from __future__ import annotations

import contextlib
import logging
import os
import sysconfig
import warnings
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from cnngrade.errors import Fault


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
    return CourseDirectory(config=config)


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """Give nbgrader what it needs, and keep to ourselves what it warns of.

    It starts `alembic` to make a gradebook, which is not on the PATH when our environment is in use but not activated; and
    SQLAlchemy warns of the order in which nbgrader enters a submission, which does no harm and nobody here can change.
    """
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        os.environ["PATH"] = before


@contextlib.contextmanager
def open_gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """Open the classroom's gradebook, making it if there is none; it is closed at the end of the block."""
    with _surroundings(), Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        yield gradebook


def run(converter_class: type[BaseConverter], coursedir: CourseDirectory, config: Config, **settings: Any) -> None:
    """Run one converter on what `coursedir` selects, overwriting what it made before; raises Fault with the cause."""
    log = logging.Logger("cnngrade.nbgrader", logging.ERROR)
    errors = _Errors()
    log.addHandler(errors)
    try:
        converter = converter_class(coursedir=coursedir, config=config, log=log, force=True, **settings)
        with _surroundings():
            converter.start()
    except NbGraderException as error:
        raise Fault(f"nbgrader stopped: {errors.cause() or error}") from error
