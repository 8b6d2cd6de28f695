"""How many small changes of the code do the tests notice?

    python grader/benchmarks/mutants.py [--seconds 600] [--seed 0] [MODULE]...

One operator, number, comparison or condition of a module is changed at a time (the changes are cosmic-ray's), in a copy of the
project, and the module's own tests are run. Annotations and decorators are left as they are. A change that no test notices is
printed as a diff, unless it is known to change nothing that anybody could see: those are in `equivalent_mutants.yml`, each
with its reason. The changes are a sample, drawn evenly from the places in the code; the same seed draws the same ones. Exits
with 1 where fewer than nine in ten are noticed.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Path("grader/cnngrade")
TESTS = Path("grader/tests")
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.yml")

MODULES = {
    "scoring": ("scoring.py", ("engine/test_scoring.py",)),
    "compare": ("judge/compare.py", ("engine/judge/test_compare.py",)),
    "wire": ("worker/wire.py", ("engine/worker/test_wire.py",)),
    "budget": ("budget/measure.py", ("engine/budget/test_measure.py",)),
    "diagnosis": ("answers/diagnosis.py", ("engine/answers/test_diagnosis.py",)),
    "evidence": ("answers/evidence.py", ("engine/answers/test_diagnosis.py",)),
}
ENOUGH = 0.9
TIMES_AS_LONG = 5
"""A change after which the tests take this many times as long has made a loop endless, and is noticed."""

_KINDS = (
    "ReplaceBinaryOperator", "ReplaceComparisonOperator", "ReplaceUnaryOperator", "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd", "AddNot", "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak", "NumberReplacer", "ZeroIterationForLoop",
)  # fmt: skip
_COPIED = ("grader", "course.yml", "exercises", "solutions", "autograde_tests", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module's text with one change in line `line`; `diff` shows it, `before` and `after` are that line."""

    module: str
    line: int
    text: str
    diff: str
    before: str
    after: str


def operators() -> Iterator[str]:
    """Yield the kinds of change that are tried: not those that compare by identity where equality was meant, or the reverse."""
    for name in plugins.operator_names():
        kind = name.partition("/")[2]
        identities = sum(part in ("Is", "IsNot") for part in kind.split("_")[1:])
        if kind.startswith(_KINDS) and identities != 1:
            yield name


def _meaning(text: str) -> str | None:
    """Return what a module's text means; None for what is not Python.

    Annotations are left out, since nothing evaluates them, and so are decorators: what they take (`frozen=`, `slots=`,
    `maxsize=`) guards against slips and saves memory, and a test of it would say nothing about the module.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if hasattr(node, field):
                setattr(node, field, None)
        if hasattr(node, "decorator_list"):
            node.decorator_list = []
    return ast.dump(tree)


def places(text: str) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """Return {(line, column): [(operator, which of its occurrences in the text)]}."""
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    nodes = list(ast_nodes(get_ast(text)))
    for name in operators():
        operator, occurrence = plugins.get_operator(name)(), 0
        for node in nodes:
            for (line, column), _ in operator.mutation_positions(node):
                found.setdefault((line, column), []).append((name, occurrence))
                occurrence += 1
    return found


def mutants(module: str, draw: random.Random) -> Iterator[Mutant]:
    """Yield changes of a module in a random order, one for each place before any place has its second."""
    text = (ROOT / ENGINE / MODULES[module][0]).read_text(encoding="utf-8")
    meaning, left = _meaning(text), places(text)
    while left:
        for place in draw.sample(sorted(left), len(left)):
            name, occurrence = left[place].pop(draw.randrange(len(left[place])))
            if not left[place]:
                del left[place]
            changed = mutate_code(text, plugins.get_operator(name)(), occurrence)
            if changed is None or _meaning(changed) in (None, meaning):
                continue
            diff = list(difflib.unified_diff(text.splitlines(), changed.splitlines(), lineterm="", n=0))[2:]
            before, after = (next((row[1:].strip() for row in diff[1:] if row[0] == sign), "") for sign in "-+")
            yield Mutant(module, place[0], changed, "\n".join(diff), before, after)


def run_tests(copy: Path, module: str, seconds: float | None) -> bool:
    """Say whether the module's own tests pass in the copy; False as well where they take longer than `seconds`."""
    tests = [str(copy / TESTS / name) for name in MODULES[module][1]]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / ".hypothesis")}
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def is_noticed(copy: Path, mutant: Mutant, seconds: float) -> bool:
    """Say whether the tests fail with the change."""
    path = copy / ENGINE / MODULES[mutant.module][0]
    original = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    try:
        return not run_tests(copy, mutant.module, seconds)
    finally:
        path.write_text(original, encoding="utf-8")


def equivalent_changes(module: str) -> set[tuple[str, str]]:
    """Return {(line before, line after)} of what changes nothing; an entry about a line that is gone ends the run."""
    entries = [entry for entry in yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) if entry["module"] == module]
    lines = {line.strip() for line in (ROOT / ENGINE / MODULES[module][0]).read_text(encoding="utf-8").splitlines()}
    for entry in entries:
        if entry["before"] not in lines:
            sys.exit(f"{EQUIVALENT.name}: {module} has no line {entry['before']!r}.")
    return {(entry["before"], entry["after"]) for entry in entries}


def judge_module(module: str, copies: Sequence[Path], seconds: float, seed: int) -> bool:
    """Try changes of a module for that many seconds, print the result, and say whether enough were noticed."""
    known = equivalent_changes(module)
    start = time.monotonic()
    if not run_tests(copies[0], module, None):
        sys.exit(f"{module}: its tests do not pass unchanged.")
    once = time.monotonic() - start
    drawn, lock, until = mutants(module, random.Random(seed)), threading.Lock(), time.monotonic() + seconds
    tried: list[tuple[Mutant, bool]] = []

    def try_some(copy: Path) -> None:
        while time.monotonic() < until:
            with lock:
                mutant = next(drawn, None)
            if mutant is None:
                return
            tried.append((mutant, is_noticed(copy, mutant, TIMES_AS_LONG * once + 5)))

    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(try_some, copies))
    unnoticed = [mutant for mutant, noticed in tried if not noticed]
    survivors = [mutant for mutant in unnoticed if (mutant.before, mutant.after) not in known]
    equivalent = len(unnoticed) - len(survivors)
    counted = len(tried) - equivalent
    share = 1 - len(survivors) / max(counted, 1)
    print(f"{module}: {counted - len(survivors)} of {counted} changes noticed ({share:.0%}); {equivalent} more change nothing")
    for mutant in survivors:
        print(f"  {ENGINE / MODULES[module][0]}, line {mutant.line}\n    {mutant.diff.replace(chr(10), chr(10) + '    ')}")
    sys.stdout.flush()
    return share >= ENOUGH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}; all if left out")
    parser.add_argument("--seconds", type=float, default=600, help="for all modules together (600)")
    parser.add_argument("--seed", type=int, default=0, help="which sample (0)")
    options = parser.parse_args()
    chosen = options.modules or list(MODULES)
    with tempfile.TemporaryDirectory(prefix="cnngrade-mutants-") as folder:
        copies = [Path(folder) / str(number) for number in range(os.cpu_count() or 1)]
        for copy in copies:
            copy.mkdir()
            for name in _COPIED:
                source = ROOT / name
                shutil.copytree(source, copy / name) if source.is_dir() else shutil.copyfile(source, copy / name)
        enough = [judge_module(module, copies, options.seconds / len(chosen), options.seed) for module in chosen]
    sys.exit(0 if all(enough) else 1)


if __name__ == "__main__":
    main()
