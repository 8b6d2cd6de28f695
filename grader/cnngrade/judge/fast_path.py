"""Runs a collected test again and again, without what pytest sets up and takes down around each run.

That costs more than most cases do themselves. It is left out for a test whose fixtures are plain functions, called again for
each run: they are called in pytest's order. Whatever else pytest offers (fixtures that yield, that are kept, that are
parametrised or ask for a request; skip marks; hooks of a course's own) is pytest's to run: then there is no plan.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cnngrade.judge import compat, plugin

_MARKS_OF_PYTEST = ("skip", "skipif", "xfail", "filterwarnings")


_HOOKS = (
    "pytest_runtest_protocol", "pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown",
    "pytest_fixture_setup", "pytest_fixture_post_finalizer", "pytest_pyfunc_call",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What this engine's fixtures read of pytest's request."""

    node: pytest.Item
    config: pytest.Config


@dataclass(frozen=True, slots=True)
class Ended:
    """How the run of a test ended: in which phase ("setup", "call" or "teardown"), and with which exception, if any."""

    phase: str
    error: BaseException | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a test is run: `given` are values known beforehand, `made` are fixtures to call in order."""

    test: Callable[..., object]
    arguments: tuple[str, ...]
    given: dict[str, Any]
    made: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...]

    def run(self) -> Ended:
        """Run the test and return how it ended; raises KeyboardInterrupt and what ends the whole session."""
        phase = "setup"
        try:
            values = dict(self.given)
            for name, make, needed in self.made:
                values[name] = make(**{argument: values[argument] for argument in needed})
            phase = "call"
            self.test(**{name: values[name] for name in self.arguments})
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:
            return Ended(phase, error)
        return Ended(phase, None)


def plan(item: pytest.Function) -> Plan | None:
    """Return how `item` can be run without pytest, or None where pytest must."""
    if item.cls is not None or any(item.get_closest_marker(name) for name in _MARKS_OF_PYTEST) or _has_hooks(item):
        return None
    found = compat.fixtures_of(item)
    if found is None:
        return None
    given: dict[str, Any] = {"request": _Asked(item, item.config)}
    given |= item.callspec.params if hasattr(item, "callspec") else {}
    made: dict[str, tuple[str, Callable[..., Any], tuple[str, ...]]] = {}

    def resolve(name: str) -> bool:
        definitions = found.get(name, ())
        if name in made or (name == "request" and not definitions):
            return True
        if len(definitions) != 1:
            return False
        definition = definitions[0]
        if name in given:
            return bool(definition.func.__name__ == compat.OF_A_PARAMETER)
        if not _is_plain(definition):
            return False
        if not all(resolve(argument) for argument in definition.argnames):
            return False
        made[name] = (name, definition.func, tuple(definition.argnames))
        return True

    arguments = tuple(inspect.signature(item.function).parameters)
    if "request" in arguments or not set(arguments) <= set(item.fixturenames) or not all(map(resolve, item.fixturenames)):
        return None
    return Plan(item.function, arguments, given, tuple(made.values()))


def _is_plain(definition: Any) -> bool:
    """Say whether a fixture is a function that is called for each test and has nothing to take down."""
    function = definition.func
    if definition.scope != "function" or definition.params is not None or not inspect.isfunction(function):
        return False
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return False
    return "request" not in definition.argnames or function.__module__ == plugin.__name__


def _has_hooks(item: pytest.Function) -> bool:
    """Say whether somebody other than pytest takes part in running a test."""
    implementations = (one for name in _HOOKS for one in getattr(item.ihook, name).get_hookimpls())
    return any(not getattr(one.function, "__module__", "").startswith(compat.PYTEST) for one in implementations)
