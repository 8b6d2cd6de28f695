"""The known mistakes of the course, taken for ones that nobody has named: one cause in one group, others in others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnngrade.classroom.judge_class import judge_class
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.insight.groups import unnamed_groups
from cnngrade.jobs.new_mistake import new_mistake
from cnngrade.jobs.verify import prove
from support.asked_alike import corpus, fixed_calls, in_groups, mistakes
from support.places import CORPUS, ROOT

COURSE = load_course(ROOT)
QUICK = ("pixels",)
UNITS = [pytest.param(unit, marks=[] if unit.name in QUICK else pytest.mark.slow, id=unit.name) for unit in COURSE.units]

# Written so that some calls end in another exception, or in another form of answer, than the course's own code of the mistake.
APART = {
    "001_pixels_flatten_all_images_together.py",
    "016_convolution_range_with_stride.py",
    "022_convolution_tap_without_step.py",
    "039_filters_feature_maps_one_padding.py",
    "052_pooling_global_mean_axes.py",
    "055_hierarchy_relu_in_place.py",
    "108_padding_minus_padding_with_zero.py",
    "113_padding_odd_and_even_mixed_up.py",
    "117_convolution_correlate_matrix_product.py",
    "121_convolution_einsum_letters_of_the_filter_swapped.py",
    "123_convolution_as_strided_window_axes_swapped.py",
    "128_convolution_frame_around_all_axes.py",
    "140_filters_feature_maps_frame_turned.py",
    "141_filters_feature_maps_and_for_or.py",
    "157_hierarchy_last_map_not_kept.py",
    "164_classifier_share_of_the_sum.py",
    "172_learning_mean_squared_error.py",
}

# One answer of it is as near to the right one as rounding may be, on this side of the border or on the other.
SPLIT = {"lenet_without_biases"}

# No call of the tests tells these two apart.
ALIKE = {frozenset({"receptive_field_steps", "receptive_field_without_kernel"})}


@pytest.mark.parametrize("unit", UNITS)
def test_one_cause_is_one_group(unit, tmp_path: Path):
    """a mistake is with itself under other roundings and with the corpus's answers of that cause, and with no other mistake"""
    calls, solution = fixed_calls(COURSE, unit)
    groups = in_groups([*mistakes(COURSE, unit, calls, solution), *corpus(COURSE, unit, calls, tmp_path)])
    at = {(entry.kind, entry.name): number for number, group in enumerate(groups) for entry in group}
    causes = {number: {(entry.kind, entry.cause) for entry in group} for number, group in enumerate(groups)}
    rounded = [name for kind, name in at if kind == "mistake, rounded"]
    split = [name for name in rounded if at["mistake", name] != at["mistake, rounded", name]]
    assert set(split) <= SPLIT
    for group in groups:
        if len({entry.cause for entry in group}) > 1:
            assert frozenset(entry.name for entry in group) in ALIKE
    files = [entry for group in groups for entry in group if entry.kind == "corpus"]
    apart = {entry.name for entry in files if ("mistake", entry.cause) not in causes[at["corpus", entry.name]]}
    assert apart == APART.intersection(entry.name for entry in files)


HALF_AS_MUCH_AGAIN = """

# %%
_without = conv2d


def conv2d(x, w, b=None, stride=1, padding=0):
    return 1.5 * _without(x, w, b, stride, padding)
"""


@pytest.mark.slow
def test_one_sentence_names_a_class(tmp_path: Path):
    """three ways to write a convolution with one fault are one group; with a sentence `verify` is sound and all are named"""
    for name in paths.COURSE_FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "course.yml", tmp_path / "course.yml")
    course = load_course(tmp_path)
    unit = course.unit("convolution")
    right = ("taps_loop", "einsum_windows", "tensordot_pixels")
    for name in right:
        folder = paths.submission(course, unit.name, name)
        folder.mkdir(parents=True)
        text = (CORPUS / unit.name / f"{name}.py").read_text()
        (folder / f"{unit.name}.py").write_text(text + HALF_AS_MUCH_AGAIN)
    judge_class(course, unit)
    (group,) = unnamed_groups(course, unit)
    assert (group.function, group.students) == ("conv2d", tuple(sorted(right)))
    path = new_mistake(course, unit, group.name)
    path.write_text(path.read_text().replace("# sentence:", "# sentence: Every number is half as much again."))
    proof = prove(course, unit, lambda step: None)
    assert [finding.text for finding in proof.findings] == []
    assert {entry.mistake.name: (entry.named, entry.named_by_handout) for entry in proof.mistakes}[path.stem] == (True, True)
    for entry in judge_class(course, unit):
        told = {outcome.cause for outcome in entry.report.outcomes if outcome.cause}
        assert told == {"Every number is half as much again."}
    assert unnamed_groups(course, unit) == ()
