"""The limits of time budgets: measured against variants, proved by `verify`, drawn and proposed by `calibrate`."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.budget.measure import LONG_SECONDS, Measurement, estimate
from cnngrade.budget.placement import MARGIN, Measured, Placement
from cnngrade.budget.variants import Kind, Variant
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError
from cnngrade.jobs.calibrate import FEW_SAMPLES, load_variants, placements
from cnngrade.jobs.proof import Proof, proof_as_json, proof_as_text
from cnngrade.jobs.release import write_handout
from cnngrade.jobs.verify import verify
from cnngrade.report.axis import Track
from cnngrade.report.placement import placement_as_json, placement_as_text
from cnngrade.scoring import deciding_limit
from support import tiny_course
from support.places import GRADER
from support.sweeps import sweep

NAMES = ("double_added", "double_by_triple", "double_by_row", "double_by_number", "double_vectorized")
KINDS = ("good", "between", "slow")


def proved(root: Path) -> Proof:
    course = load_course(root)
    (proof,) = verify(course, course.units, lambda unit, step: None)
    return proof


def said(proof: Proof) -> list[str]:
    """Return what the step `variants` found, and see that no other step found anything."""
    assert {finding.step for finding in proof.findings} <= {"variants"}
    return [finding.text for finding in proof.findings]


def refusals(root: Path) -> list[str]:
    """Return what the step `variants` finds, without the steps before it."""
    course = load_course(root)
    found = placements(course, course.units[0], lambda variant: None, FEW_SAMPLES)
    return [text for placement in found for text in placement.problems()]


def cnngrade(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(GRADER), "COLUMNS": "80"}
    command = [sys.executable, "-m", "cnngrade", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def course_with(folder: Path, limit: float = tiny_course.BUDGET_LIMIT, variants: str = tiny_course.VARIANTS) -> Path:
    return tiny_course.add_budget(tiny_course.make_course(folder), limit, variants)


def test_a_limit_in_a_gap_is_proved(tmp_path: Path) -> None:
    """verify measures every variant, finds the limit in its gap, and says between which variants it is"""
    heard: list[str] = []
    course = load_course(course_with(tmp_path))
    (proof,) = verify(course, course.units, lambda unit, step: heard.append(step))
    assert said(proof) == []
    assert "variants" in heard
    (placement,) = proof.placements
    assert tuple(entry.variant.name for entry in placement.measured) == NAMES
    ratios = {entry.variant.name: entry.ratio or math.nan for entry in placement.measured}
    assert max(ratios["double_added"], ratios["double_by_triple"]) < 60 < ratios["double_by_number"]
    assert "double: limit 60x between " in proof_as_text(proof, mistakes=False)
    (line,) = proof_as_json(proof)["lines"]
    assert line["well_placed"]
    assert line["line"] == 60


@pytest.mark.parametrize(
    (("limit", "variant", "asked")),
    sweep(
        [(10_000, "double_by_number (slow, ", "at least 18,000x"), (15, "double_by_row (good, ", "at most 12x")],
        [(15, "double_by_row (good, ", "at most 12x")],
    ),
)
def test_a_limit_without_distance_is_refused(tmp_path: Path, limit: float, variant: str, asked: str) -> None:
    """a variant on the wrong side is named with its ratio, what is asked of it, and the limit to write"""
    proof = proved(course_with(tmp_path, limit, tiny_course.VARIANTS.replace('"between"', '"good"')))
    (text,) = [text for text in said(proof) if text.startswith(variant)]
    assert f"it must take {asked}." in text
    assert f"Write {proof.placements[0].proposed:g} in course.yml, for the middle of the gap" in text


@pytest.mark.slow
def test_a_variant_without_an_answer_is_refused(tmp_path: Path) -> None:
    """a wrong answer has no time that counts, and of one that raises the finding holds what it raised"""
    more = '\n\n@variant("slow", "Wrong.")\ndef double_wrong(x):\n    return 3 * x\n'
    more += '\n\n@variant("good", "Raises.")\ndef double_raising(x):\n    return x @ x.nothing\n'
    wrong, raising = refusals(course_with(tmp_path, variants=tiny_course.VARIANTS + more))
    assert wrong.startswith("The variant double_wrong was not measured: wrong. The answer is wrong on this input")
    assert "double_raising was not measured: raised." in raising
    assert "has no attribute 'nothing'" in raising


def test_without_a_gap_no_limit_is_proved(tmp_path: Path) -> None:
    """where a good variant takes as long as a slow one, both are named, whatever the limit"""
    variants = tiny_course.VARIANTS.replace('@variant("slow", "A loop over', '@variant("good", "A loop over')
    (text,) = refusals(course_with(tmp_path, variants=variants))
    assert text.startswith("There is no place for a limit of double: between double_by_number (good, ")
    assert "and double_vectorized (slow, " in text
    assert 'mark it "between"' in text


@pytest.mark.slow
def test_both_sides_need_a_variant(tmp_path: Path) -> None:
    """without a slow variant, or without any, nothing shows that the limit is in a gap"""
    root = course_with(tmp_path, variants=tiny_course.VARIANTS.partition('@variant("slow"')[0])
    assert refusals(root) == ["double has no slow variant to check its limit against. Write at least one."]
    (root / "autograde_tests" / "variants" / "scaling.py").unlink()
    (text,) = said(proved(root))
    assert text.startswith("double has a time budget and no variants to check its limit against.")
    assert "autograde_tests/variants/scaling.py" in text


def test_a_budget_needs_a_case(tmp_path: Path) -> None:
    """a limit that no case measures cannot be proved"""
    root = course_with(tmp_path)
    tests = root / "autograde_tests" / "public" / "test_scaling.py"
    tests.write_text(tests.read_text().replace(tiny_course.BUDGET, tiny_course.BUDGET.replace("budget", "rng")))
    with pytest.raises(CourseError, match="scaling has no case with the fixture budget of double"):
        placements(load_course(root), load_course(root).units[0], lambda variant: None)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            '@variant("quick", "?")\ndef double_quick(x): return x + x',
            'a variant is "good", "between" or "slow", not \'quick\'',
        ),
        (
            '@variant("good", "?")\ndef triple_added(x): return x + x + x',
            "triple_added belongs to no function of scaling with a",
        ),
        ('@variant("good", "?")\ndef twice(x): return x + x', r"Begin its name with one of those \(double\), or remove it"),
        ("import nowhere", "ModuleNotFoundError"),
    ],
)
def test_a_variant_that_makes_no_sense_is_named(tmp_path: Path, source: str, words: str) -> None:
    """an unknown kind, a name that fits no function with a budget, a file that does not load"""
    course = load_course(course_with(tmp_path, variants=f"{tiny_course.VARIANTS}\n\n{source}\n"))
    with pytest.raises(CourseError, match=words):
        load_variants(course, course.units[0])


def number(ratio: str) -> float:
    return float(ratio.rstrip("x").replace(",", ""))


def assert_drawn(text: str) -> None:
    """Every row shows its variant, the limit and the proposal where they belong: as their values are ordered."""
    rows = [line for line in text.splitlines() if line.split()[:1] and line.split()[0] in KINDS and line.startswith("  ")]
    signs = {kind: sign for sign, kind in re.findall(r"(\S) (good|between|slow)\b", text[text.rindex(rows[-1]) :])}
    values = dict(re.findall(r"([|!]) (?:what passes|the middle of the gap) \(([\d,.]+x)\)", " ".join(text.split())))
    assert values.keys() == {"|", "!"}
    drawings = [line[line.index("x  ") + 3 :] for line in rows]
    own = [drawing.index(signs[line.split()[0]]) for line, drawing in zip(rows, drawings, strict=True)]
    assert own == sorted(own)
    for sign, value in values.items():
        (column,) = {drawing.index(sign) for drawing in drawings if sign in drawing}
        for line, drawing, place in zip(rows, drawings, own, strict=True):
            # A variant in the same column covers the sign.
            assert sign in drawing or place == column, line
            assert place >= column or number(line.split()[2]) <= number(value), line
            assert place <= column or number(line.split()[2]) >= number(value), line


def test_calibrate_draws_and_proposes(tmp_path: Path) -> None:
    """every variant with kind and ratio on an axis, in 80 columns; a limit between, and what to write; no file is changed"""
    root = course_with(tmp_path, limit=5000)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    done = cnngrade("calibrate", "scaling", folder=root)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    rows = [line.split() for line in lines if line.startswith(("  good ", "  between ", "  slow "))]
    assert {row[1] for row in rows} == {name.removeprefix("double_") for name in NAMES}
    assert_drawn(done.stdout)
    advice = re.search(r"For its middle, write (\S+) in course.yml as the limit of double\.", " ".join(lines))
    assert advice
    proposed = float(advice.group(1))
    ratios = {row[1]: number(row[2]) for row in rows}
    assert max(ratios["added"], ratios["by_triple"]) < proposed < min(ratios["by_number"], ratios["vectorized"])
    assert [line for line in done.stderr.splitlines() if "double_" in line] == [f"scaling: {name}" for name in NAMES]
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert after == before


@pytest.mark.slow
def test_calibrate_as_json(tmp_path: Path) -> None:
    """one document with every variant's ratio and sentence; exit 0 for a limit that keeps its distance"""
    done = cnngrade("calibrate", "scaling", "--json", folder=course_with(tmp_path))
    assert done.returncode == 0, done.stdout
    (found,) = json.loads(done.stdout)
    assert found["function"] == "double"
    assert found["well_placed"]
    assert found["proposed"] > 0
    assert [entry["name"] for entry in found["styles"]] == list(NAMES)
    assert found["styles"][0]["sentence"] == "The array is added to itself."
    assert found["styles"][0]["case"] == "public/test_double_within_its_budget"


@pytest.mark.slow
def test_calibrate_without_a_gap(tmp_path: Path) -> None:
    """exit 3, and the two variants that leave no room"""
    variants = tiny_course.VARIANTS.replace('@variant("good", "The array', '@variant("slow", "The array')
    done = cnngrade("calibrate", "scaling", folder=course_with(tmp_path, variants=variants))
    assert done.returncode == 3
    text = " ".join(done.stdout.split())
    assert "There is no place for a limit of double: between double_by_triple (good, " in text
    assert "and double_added (slow, " in text


def test_calibrate_with_nothing_to_calibrate(tmp_path: Path) -> None:
    """a unit without a budget, and one without variants: a sentence each"""
    root = tiny_course.make_course(tmp_path)
    done = cnngrade("calibrate", "scaling", folder=root)
    assert done.returncode == 2
    assert done.stderr == "Error: scaling has no time budget, so there is no limit to place.\n"
    tiny_course.add_budget(root)
    (root / "autograde_tests" / "variants" / "scaling.py").unlink()
    done = cnngrade("calibrate", "scaling", folder=root)
    assert done.returncode == 3
    assert "double has a time budget and no variants to check its limit against. Write good and slow ones in" in done.stderr


def test_no_variant_leaves_the_course(tmp_path: Path) -> None:
    """a handout has no variants, neither as a file nor in any other"""
    course = load_course(course_with(tmp_path / "course"))
    folder = tmp_path / "handout"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if "variants" in path.parts] == []
    secrets = [b"added to itself", b"np.subtract", b"row + row", b"np.vectorize", b"@variant"]
    hints = tiny_course.BUDGET_HINTS.encode()
    assert [path for path in files if any(word in path.read_bytes().replace(hints, b"") for word in secrets)] == []


def placement(limit: float, **ratios: float) -> Placement:
    """Return a placement of variants whose names begin with their kinds: good_a=3.0, slow_b=90."""
    entries = [
        Measured(Variant(f"f_{name}", "f", Kind(name.partition("_")[0]), "How it works."), "public/test_f", ratio)
        for name, ratio in ratios.items()
    ]
    return Placement("f", limit, 1, tuple(entries))


def test_the_drawing() -> None:
    """signs on a logarithmic axis, the limit and the middle through all rows, powers of ten below"""
    drawn = placement_as_text(placement(20, good_a=1.0, between_c=30, slow_b=100), 62)
    assert drawn.splitlines() == [
        "f: its variants, in multiples of the reference's time",
        "",
        "  good     good_a          1x  o              !     |",
        "  between  between_c      30x                 !     |~",
        "  slow     slow_b        100x                 !     |        x",
        "                               '1             '10         100'",
        "  o good  ~ between  x slow  | what passes (24x)  ! the middle",
        "  of the gap (10x)",
        "",
        "The gap: from f_good_a (good, 1x) to f_slow_b (slow, 100x), a",
        "factor of 100.",
        "The limit 20x lets up to 24x pass, which keeps a factor of 24",
        "from one end and 4.2 from the other.",
        "The limit 8.3 would be in its middle; the present one is well",
        "placed.",
    ]


@given(good=st.floats(0.1, 1e4), width=st.floats(0.5, 1e4))
def test_the_proposed_limit_is_well_placed(good: float, width: float) -> None:
    """wherever the gap has room for a limit, the one that is proposed keeps its distance; elsewhere none is proposed"""
    found = placement(1.0, good_a=good, slow_b=good * width)
    if found.proposed is None:
        assert width <= MARGIN**2 * (1 + 1e-9)
        assert found.gap_problem()
    else:
        assert found.gap_problem() == ""
        assert MARGIN * good * (1 - 1e-9) <= deciding_limit(found.proposed) <= good * width / MARGIN * (1 + 1e-9)
        at_it = replace(found, limit=found.proposed * (1 + 1e-12))
        assert width < MARGIN**2 * 1.0001 or list(at_it.problems()) == []
        assert "write" not in placement_as_text(at_it, 80)


VARIANTS_WITH_LOOPS = """
import numpy as np

from cnngrade import variant


@variant("good", "The array is added to itself.")
def double_added(x):
    return x + x


@variant("good", "Row by row.")
def double_by_row(x):
    return np.stack([row + row for row in x])


@variant("slow", "A loop over the numbers, and over them again.")
def double_by_number(x):
    return np.array([[sum(2 * number for _ in range(9)) / 9 for number in row] for row in x])
"""


def test_a_good_variant_loops_over_nothing_that_costs_points() -> None:
    """a fast variant that loops over an axis that it may not is not good, whatever its time; a slow one may"""
    found = placement(20, good_a=5, slow_c=80)
    looping = replace(found, measured=tuple(replace(entry, looped=("H",)) for entry in found.measured))
    (text,) = looping.problems()
    assert text.startswith("The variant f_good_a is good and loops over H in Python, which costs points")


def limited(beyond: float | None, limit: float = 100, counted: bool = True, **ratios: float) -> Placement:
    """Return a placement whose cases count loops; a variant called ..._loop has one, over H."""
    found = placement(limit, **ratios)
    loops = {True: ("H",), False: ()}
    measured = (replace(entry, looped=loops[entry.variant.name.endswith("loop")]) for entry in found.measured)
    return replace(found, measured=tuple(measured) if counted else found.measured, loops_cost_beyond=beyond)


RATIOS = {"good_a": 3.0, "good_loop": 10.0, "between_loop": 60.0, "slow_loop": 700.0, "slow_z": 900.0}


def test_a_limit_of_loops_is_above_good_variants() -> None:
    """where a loop would cost points in the time of a good variant, that is refused, with what to write"""
    assert list(limited(10, **RATIOS).problems()) == []
    assert list(limited(8.4, **RATIOS).problems()) == []
    (text,) = limited(8.3, **RATIOS).problems()
    assert text.startswith(
        "Loops of f cost no points up to 10x, and f_good_loop (good, 10x) takes longer: a loop would cost some"
    )
    assert "Write 13 in course.yml (loops_cost_beyond), or make the variant quicker." in text
    # Whether the good variant has a loop itself is no matter: another answer of its speed may have one.
    (text,) = limited(8, good_a=10, slow_b=800).problems()
    assert "f_good_a (good, 10x) takes longer" in text


@pytest.mark.parametrize(("good", "doubted"), [(23, False), (25, True), (35, True), (37, False)])
def test_just_beyond_the_limit_of_loops_is_measured_again(good: float, doubted: bool) -> None:
    """a good variant that is not much beyond what passes with loops may have been disturbed"""
    placed = limited(20, good_loops=good, slow=1000)
    assert placed.nearly_in_place(placed.slowest_good) is doubted


def test_without_a_limit_of_loops_good_variants_have_none() -> None:
    """a good variant that loops is refused where loops always cost points, and the limit that would let it is named"""
    (text,) = limited(None, **RATIOS).problems()
    assert text.startswith("The variant f_good_loop is good and loops over H in Python, which costs points")
    assert "loops_cost_beyond: {f: 13}" in text


def test_a_limit_of_loops_that_nobody_counts_is_refused() -> None:
    """where the budget's test counts no loops, what course.yml says of them means nothing"""
    (text,) = limited(20, counted=False, good_a=3, slow_b=900).problems()
    assert text.startswith(
        "course.yml says beyond which ratio loops of f cost points (loops_cost_beyond), and none are counted"
    )
    assert limited(None, counted=False, good_a=3, slow_b=900).loops_proposed is None
    assert "Loops" not in placement_as_text(limited(None, counted=False, good_a=3, slow_b=900), 80)


@given(good=st.floats(0.001, 1e4), limit=st.floats(1, 1e4))
def test_the_proposed_limit_of_loops_serves(good: float, limit: float) -> None:
    """it passes up to 1.5 times the slowest good variant, in two digits, is never above the budget's, and is not refused"""
    found = limited(None, limit, good_a=good / 2, good_b=good, slow_c=1e6)
    proposed = found.loops_proposed
    assert proposed is not None
    assert proposed <= limit
    assert proposed == limit or MARGIN * good * (1 - 1e-9) <= deciding_limit(proposed) <= 1.1 * MARGIN * good * (1 + 1e-9)
    assert proposed == limit or float(f"{proposed:.2g}") == proposed
    at_it = replace(found, loops_cost_beyond=proposed)
    assert at_it.loops_problem() == ""
    assert proposed == limit or "write loops_cost_beyond" not in placement_as_text(at_it, 80)


def test_beyond_its_budget_no_limit_of_loops_helps() -> None:
    """where a good variant is beyond the budget itself, that is said, and not a limit of loops that would be too high"""
    found = limited(20, limit=20, good_a=40, slow_b=900)
    assert found.loops_problem() == ""
    (text,) = found.problems()
    assert "too near the limit of f" in text


def test_the_limit_of_loops_is_drawn_and_proposed() -> None:
    """its own sign through all rows, what it lets pass in the legend, and a sentence: well placed, too far, or none yet"""
    told = {beyond: " ".join(placement_as_text(limited(beyond, **RATIOS), 100).split()) for beyond in (None, 13, 30, 5)}
    assert "up to f_good_loop (good, 10x), write loops_cost_beyond: {f: 13} in course.yml." in told[None]
    assert "Loops cost nothing up to 13x, beyond f_good_loop (good, 10x): this is well placed, too." in told[13]
    assert "far beyond f_good_loop (good, 10x): to end that nearer to it, write loops_cost_beyond: {f: 13} in" in told[30]
    assert "Loops of f cost no points up to 6x, and f_good_loop (good, 10x) takes longer" in told[5]
    assert [": with loops" in text for text in told.values()] == [False, True, True, True]
    assert ": with loops (15.6x)" in told[13]
    drawn = [line for line in placement_as_text(limited(13, **RATIOS), 100).splitlines() if line.startswith("  slow ")]
    assert [line.count(":") for line in drawn] == [1, 1]
    assert "loops cost points beyond 13x" in limited(13, **RATIOS).summary()
    assert {name: placement_as_json(limited(13, **RATIOS))[name] for name in ("loops_cost_beyond", "loops_proposed")} == {
        "loops_cost_beyond": 13, "loops_proposed": 13
    }  # fmt: skip


COUNTED_BUDGET = """

@points(1)
def test_double_within_its_budget(budget):
    \"\"\"long rows\"\"\"
    sized = lambda rng, H: (rng.normal(size=(H, 1000)),)
    budget("double", lambda rng: sized(rng, 20), lambda rng, H: (rng.normal(size=(H, 2)),), H=2)
"""


def test_calibrate_counts_the_loops_of_variants(tmp_path: Path) -> None:
    """a good variant with a loop is proved where course.yml lets it take its time, and the limit proposed is above it"""
    root = course_with(tmp_path, 2000, VARIANTS_WITH_LOOPS)
    tests, book = root / "autograde_tests" / "public" / "test_scaling.py", root / "course.yml"
    tests.write_text(tests.read_text().replace(tiny_course.BUDGET, COUNTED_BUDGET))
    book.write_text(book.read_text().replace("    due:", "    loops_cost_beyond: {double: 1000}\n    due:"))
    course = load_course(root)
    (found,) = placements(course, course.units[0], lambda variant: None, FEW_SAMPLES)
    assert {entry.variant.short: entry.looped for entry in found.measured} == {
        "added": (), "by_row": ("H",), "by_number": ("H",)
    }  # fmt: skip
    assert list(found.problems()) == []
    assert found.slowest_good is not None
    assert (found.slowest_good.ratio or math.inf) < (found.loops_proposed or 0) < 1000
    (text,) = replace(found, loops_cost_beyond=None).problems()
    assert text.startswith("The variant double_by_row is good and loops over H in Python")


def test_a_variant_in_between_places_no_limit() -> None:
    """a variant that is in between may be on either side of the limit, and as near as it likes"""
    assert list(placement(20, good_a=5, between_b=20, slow_c=80).problems()) == []


@given(st.floats(1e-3, 1e3), st.floats(1, 1e6), st.integers(2, 100))
def test_the_axis_holds_everything(low: float, factor: float, width: int) -> None:
    """every value has a column, in the order of values, and neither row nor ruler is wider than the axis"""
    track = Track(low, low * factor, width)
    columns = [track.column(low * factor**share) for share in (0.0, 0.3, 0.7, 1.0)]
    assert columns == sorted(columns)
    assert 0 <= columns[0] <= columns[-1] < width
    assert len(track.row({"o": low, "x": low * factor})) <= width
    assert len(track.ruler()) <= width


def test_a_slow_variant_is_called_once() -> None:
    """a ratio is taken from as many samples as are asked for, and from a single call where that takes long"""
    calls: list[int] = []

    def work(seconds: float) -> Measurement:
        def student(count: int, *_: int) -> float:
            calls.append(count)
            return seconds * count

        return Measurement(student, lambda count, *_: 0.0001 * count, (1.0,))

    quick, slow = work(0.001), work(1.0)
    estimate([quick], 12)
    assert len(calls) == 1 + 12
    assert quick.ratio == pytest.approx(10)
    calls.clear()
    estimate([slow], 12)
    assert calls == [1]
    assert slow.ratio == pytest.approx(10_000)
    assert LONG_SECONDS < 1
