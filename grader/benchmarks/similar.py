"""How well does `cnngrade similar` find copies, and how long does it take? Beside copydetect, which compares winnowed tokens.

    python grader/benchmarks/similar.py [--seeds N] [--sizes N ...] [--write-docs]

For each unit of the course a class is made of the scripts of the corpus that were written by themselves (`wrong` and `unseen`),
and of a disguised copy of every third of them; grader/tests/support/disguises.py says what the disguises do. Every pair of a
class that is not a script and its copy is counted as independent. For each disguise, over all units and seeds:

    first      of the pairs that are most alike, as many as there are copies, how many are copies
    at 1/1000  how many copies are more alike than all but one in a thousand of the independent pairs
    told       how many copies are told of at the threshold that the command has, and after the slash how many other pairs

Compared are the command; the same without rarity, each fingerprint weighing alike; copydetect as it comes, with the exercise as
boilerplate; and copydetect's fingerprints weighed by rarity as the command weighs its own. For copydetect the greater of the
two shares of a pair counts, and its own threshold of display (0.33).

Then classes of these sizes, made of all scripts for `convolution` and of disguised copies, are compared: CPU seconds, memory.
"""

from __future__ import annotations

import argparse
import functools
import io
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from figures.arguments import positive
from figures.programs import ROOT
from figures.section import Section, add_writing

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import SubmissionError
from cnngrade.jobs.similar import THRESHOLD, similar
from cnngrade.similarity.likeness import Rarity, share_of
from cnngrade.similarity.submitted import Compared, comparable
from cnngrade.submission.read import script_cells
from support.disguises import DISGUISES, disguised
from support.places import CORPUS

COURSE = load_course(ROOT)
NOISE, WINDOW, SHOWN = 25, 6, 0.33

Pair = tuple[str, str]
Program = Callable[[str, Mapping[str, str]], dict[Pair, float]]


@functools.cache
def read(unit: str, text: str) -> Compared:
    try:
        cells = script_cells(text, f"{unit}.py")
    except SubmissionError:
        cells = []
    return comparable("", cells, COURSE.unit(unit).functions)


@functools.cache
def known(unit: str) -> frozenset[str]:
    files = [paths.exercise_file(COURSE, unit), paths.solution_file(COURSE, unit), paths.variants_file(COURSE, unit)]
    return frozenset().union(*(read(unit, path.read_text(encoding="utf-8")).fingerprints for path in files if path.is_file()))


class Alike(Rarity):
    """A rarity that is none: everything that was not handed out weighs alike."""

    def __init__(self, unit: str) -> None:
        super().__init__((), known(unit))
        self._known = known(unit)

    def total(self, prints: Iterable[str]) -> float:
        return float(sum(text not in self._known for text in prints))


def command(unit: str, texts: Mapping[str, str]) -> dict[Pair, float]:
    read_texts = {name: read(unit, text) for name, text in texts.items()}
    rarity = Rarity(read_texts.values(), known(unit))
    return shares({name: one.fingerprints for name, one in read_texts.items()}, rarity)


def without_rarity(unit: str, texts: Mapping[str, str]) -> dict[Pair, float]:
    return shares({name: read(unit, text).fingerprints for name, text in texts.items()}, Alike(unit))


def shares(prints: Mapping[str, frozenset[str]], rarity: Rarity) -> dict[Pair, float]:
    return {(one, other): share_of(prints[one], prints[other], rarity) for one, other in itertools.combinations(prints, 2)}


@functools.cache
def winnowed(unit: str, text: str) -> Any:
    from copydetect.detector import CodeFingerprint

    stub = CodeFingerprint("a.py", NOISE, 1, fp=io.StringIO(paths.exercise_file(COURSE, unit).read_text(encoding="utf-8")))
    return CodeFingerprint("a.py", NOISE, WINDOW, list(stub.hashes), fp=io.StringIO(text))


@functools.cache
def larger_share(unit: str, one: str, other: str) -> float:
    from copydetect.detector import compare_files

    both = winnowed(unit, one), winnowed(unit, other)
    return float(max(compare_files(*both)[1])) if all(found.hashes for found in both) else 0.0


def copydetect(unit: str, texts: Mapping[str, str]) -> dict[Pair, float]:
    return {(one, other): larger_share(unit, texts[one], texts[other]) for one, other in itertools.combinations(texts, 2)}


def copydetect_by_rarity(unit: str, texts: Mapping[str, str]) -> dict[Pair, float]:
    prints = {name: frozenset(winnowed(unit, text).hashes) for name, text in texts.items()}
    return shares(prints, Rarity([Compared("", (), (), (some,)) for some in prints.values()], ()))


PROGRAMS: dict[str, tuple[Program, float]] = {
    "similar": (command, THRESHOLD),
    "similar, without rarity": (without_rarity, THRESHOLD),
    "copydetect": (copydetect, SHOWN),
    "copydetect, by rarity": (copydetect_by_rarity, THRESHOLD),
}


def class_of(unit: str, disguise: str, seed: int) -> tuple[dict[str, str], set[Pair]]:
    """Return the texts of a class, and which pairs are a script and its copy."""
    files = sorted(CORPUS.glob(f"*/[0-9][0-9][0-9]_{unit}_*.py"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    copies = {}
    for name, text in itertools.islice(texts.items(), seed % 3, None, 3):
        copies[f"copy of {name}"] = disguised(text, disguise, seed)
    return texts | copies, {(name.removeprefix("copy of "), name) for name in copies}


def figures(program: Program, threshold: float, disguise: str, seeds: int) -> str:
    of_copies: list[float] = []
    of_others: list[float] = []
    first = 0
    for unit, seed in itertools.product([unit.name for unit in COURSE.units], range(seeds)):
        texts, copies = class_of(unit, disguise, seed)
        found = program(unit, texts)
        most = sorted(found, key=found.__getitem__, reverse=True)[: len(copies)]
        first += sum(pair in copies for pair in most)
        of_copies += [found[pair] for pair in copies]
        of_others += [share for pair, share in found.items() if pair not in copies]
    rare = sorted(of_others, reverse=True)[len(of_others) // 1000]
    above = sum(share > rare for share in of_copies)
    told, others = sum(share >= threshold for share in of_copies), sum(share >= threshold for share in of_others)
    count = len(of_copies)
    return f"{100 * first / count:.0f}, {100 * above / count:.0f}, {100 * told / count:.0f} / {others:,}"


def tell_of_copies(seeds: int, section: Section) -> None:
    unit_classes = [class_of(unit.name, "renamed", seed) for unit in COURSE.units for seed in range(seeds)]
    copies = sum(len(pairs) for _, pairs in unit_classes)
    pairs = sum(len(texts) * (len(texts) - 1) // 2 for texts, _ in unit_classes)
    classes = f"{copies:,} copies in {len(unit_classes)} classes, {pairs - copies:,} other pairs"
    rows = []
    for disguise in DISGUISES:
        rows.append([disguise, *(figures(*program, disguise, seeds) for program in PROGRAMS.values())])
        print(f"{disguise}: {rows[-1][1]}", file=sys.stderr, flush=True)
    section.table(["disguise", *PROGRAMS], rows, f"{classes}: first, at 1/1000, told / others")


def tell_of_size(size: int) -> None:
    """Compare a class of so many, in this process, and print the cells of what it took."""
    unit = COURSE.unit("convolution")
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob(f"*/[0-9][0-9][0-9]_{unit.name}_*.py"))]
    texts += [path.read_text(encoding="utf-8") for path in sorted((CORPUS / unit.name).glob("*.py"))]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        # A course is where its file is, and the class is to be in the new folder.
        shutil.copy(ROOT / "course.yml", root)
        for name in ("exercises", "solutions", "autograde_tests"):
            (root / name).symlink_to(ROOT / name)
        course = load_course(root)
        for number in range(size):
            place = paths.submission(course, unit.name, f"s{number}")
            place.mkdir(parents=True)
            (place / f"{unit.name}.py").write_text(of_class(texts, number), encoding="utf-8")
        begin = time.process_time()
        found = similar(course, unit)
        seconds = time.process_time() - begin
    print(json.dumps([f"{size:,}", f"{seconds:.1f}", f"{most_memory():.0f} MiB", str(found.in_all)]))


def most_memory() -> float:
    """Return how much memory this program had at most, in MiB: what counts its parent's as well is no use here."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def of_class(texts: list[str], number: int) -> str:
    """Return the text of a student: the first hand in what they wrote, the others disguised copies of it."""
    text = texts[number % len(texts)]
    try:
        return text if number < len(texts) else disguised(text, list(DISGUISES)[number % len(DISGUISES)], number)
    except SyntaxError:
        return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=positive, default=3)
    parser.add_argument("--sizes", type=positive, nargs="*", default=[30, 300, 2000])
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    add_writing(parser)
    wish = parser.parse_args()
    if wish.size:
        tell_of_size(wish.size)
        return
    section = Section("similar", ("copydetect",))
    tell_of_copies(wish.seeds, section)
    rows = []
    for size in wish.sizes:
        # Memory is that of a process of its own.
        command = [sys.executable, __file__, "--size", str(size)]
        rows.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
        print(f"{size} submissions: {rows[-1][1]} s", file=sys.stderr, flush=True)
    section.table(["submissions", "CPU seconds", "memory at most", "groups"], rows)
    section.end(wish.write_docs)


if __name__ == "__main__":
    main()
