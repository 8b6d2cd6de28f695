"""The known mistakes of the course, taken for ones that nobody has named: one cause in one group, others in others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from support.asked_alike import corpus, fixed_calls, in_groups, mistakes
from support.places import ROOT

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
    assert split == []
    for group in groups:
        if len({entry.cause for entry in group}) > 1:
            assert frozenset(entry.name for entry in group) in ALIKE
    files = [entry for group in groups for entry in group if entry.kind == "corpus"]
    apart = {entry.name for entry in files if ("mistake", entry.cause) not in causes[at["corpus", entry.name]]}
    assert apart == APART.intersection(entry.name for entry in files)
