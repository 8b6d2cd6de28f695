"""What is wrong with a gradebook that cannot be used, where, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from cnngrade.course.paths import NBGRADER_CONFIG
from cnngrade.errors import CourseError, Fault
from cnngrade.files import how_to_share

_KEPT = "then run the command again: reports that are stored are kept, and what is in the gradebook stays."


# What a server of PostgreSQL says: any of these words, and what to do about it.
_REMEDIES = (
    (
        ("password",),
        "Correct user and password in {settings} (@ is %40, / %2F, : %3A, % %25 there), or put the password into ~/.pgpass",
    ),
    (("pg_hba.conf", "role "), "Have the server let {user} in from this machine"),
    (("database ",), "Make the database on the server (`createdb {database}`), or correct its name in {settings}"),
    (
        ("refused", "resolve", "translate host", "route", "unreachable", "timeout", "timed out"),
        "Start the server, or correct its address in {settings}",
    ),
    (("permission denied",), 'Give {user} the right (as its owner: GRANT ALL ON SCHEMA public TO "{user}")'),
    (("too many", "remaining connection"), "Close other programs that use the server"),
    (("closed", "terminat", "lost", "shutting down", "starting up"), "Wait until the server is there again"),
    (("deadlock",), "Wait for the other program that uses the gradebook"),
)


def _settings(coursedir: CourseDirectory) -> str:
    return str(Path(coursedir.root) / NBGRADER_CONFIG)


def address_of(coursedir: CourseDirectory) -> URL:
    """Return where the gradebook is; raises CourseError for what is no address or needs a package that is not installed."""
    advice = (
        f"Write one such as postgresql+psycopg://USER:PASSWORD@HOST/DATABASE into {_settings(coursedir)} (in a password @ is "
        "%40, / %2F, : %3A, % %25), or leave c.CourseDirectory.db_url out for a file in the classroom."
    )
    try:
        address = make_url(coursedir.db_url)
        address.get_dialect().import_dbapi()
    except ModuleNotFoundError as error:
        install = "pip install 'cnngrade[postgresql]'" if error.name == "psycopg" else f"pip install {error.name}"
        raise CourseError(
            f"The gradebook's address in {_settings(coursedir)} needs the package {error.name}, which is missing: {install}"
        ) from error
    except NoSuchModuleError as error:
        kind = str(coursedir.db_url).partition(":")[0]
        raise CourseError(f"The gradebook's address begins with {kind}:, and there is no such database. {advice}") from error
    except (ArgumentError, ValueError) as error:
        # Its text may hold the password.
        raise CourseError(f"What c.CourseDirectory.db_url says is no address of a database. {advice}") from error
    return address


def _remedy(cause: str, address: URL, settings: str) -> str:
    names = {"settings": settings, "user": address.username or "the user", "database": address.database or "NAME"}
    found = (text for words, text in _REMEDIES if any(word in cause for word in words))
    return next(found, "See what the server's own log says, or ask who runs it").format(**names)


def unusable(coursedir: CourseDirectory, error: DBAPIError) -> Fault:
    """Return what to tell about a database that refused to be opened, read or written."""
    address, cause = make_url(coursedir.db_url), " ".join(str(error.orig).split()).rstrip(".?")
    if not address.drivername.startswith("sqlite"):
        place, remedy = address.render_as_string(hide_password=True), _remedy(cause, address, _settings(coursedir))
        return Fault(f"The gradebook {place} cannot be used: {cause}. {remedy}; {_KEPT}")
    place = str(address.database)
    if "locked" in cause:
        return Fault(f"The gradebook {place} is locked. Close formgrader or wait for the other nbgrader command, {_KEPT}")
    if "full" in cause:
        return Fault(f"There is no room left for the gradebook {place}. Make room on its disk, {_KEPT}")
    if "readonly" in cause or "unable to open" in cause:
        return Fault(
            f"The gradebook {place} cannot be written: {how_to_share(Path(place), Path(place).parent)}. Do that, {_KEPT}"
        )
    return Fault(
        f"The gradebook {place} cannot be used: {cause}. Fix its permissions; or, if nbgrader was upgraded, copy the "
        f"gradebook and run `nbgrader db upgrade` in {coursedir.root}; {_KEPT}"
    )
