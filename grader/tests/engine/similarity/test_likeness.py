"""Copies are found however they are disguised, and what people write alike by themselves is not."""

from __future__ import annotations

import itertools
import time

import pytest

from cnngrade.jobs.similar import THRESHOLD
from cnngrade.similarity.common import held_by_many
from cnngrade.similarity.likeness import Likeness, Rarity, groups_of, likenesses, share_of
from cnngrade.similarity.matching import AlikePart, alike_definitions, alike_parts, counted_places
from support import tiny_course
from support.alike import class_of, independent, of
from support.disguises import DISGUISES, disguised

KNOWN = of("", tiny_course.EXERCISE).fingerprints
TEXTS = independent()
ALONE = class_of(TEXTS)


def named(names, pairs):
    return {frozenset((names[pair.one].student, names[pair.other].student)): pair.share for pair in pairs}


def test_what_was_written_independently_is_not_alike():
    """of 29 scripts for the same two functions no two come near to what is told of"""
    assert len(ALONE) == 29
    assert likenesses(ALONE, Rarity(ALONE, KNOWN), THRESHOLD - 0.2) == []


# A copy that was changed in every way is below what is told of now and then; it is still most like what it was made of.
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguised_copy_is_found(disguise):
    """of every tenth script a disguised copy is handed in: each is told of, and with nobody else's"""
    copies = {f"copy of {name}": disguised(text, disguise, 7) for name, text in itertools.islice(TEXTS.items(), 0, None, 10)}
    submissions = [*ALONE, *class_of(copies)]
    shares = named(submissions, likenesses(submissions, Rarity(submissions, KNOWN), 0.35))
    wanted = {frozenset((name, name.removeprefix("copy of "))) for name in copies}
    assert set(sorted(shares, key=lambda pair: -shares[pair])[: len(wanted)]) == wanted
    assert all(shares[pair] >= (THRESHOLD if disguise != "everything" else 0.45) for pair in wanted)


def test_a_copy_with_a_line_that_is_no_python_is_found():
    """one line that does not parse hides nothing"""
    name, text = next(iter(TEXTS.items()))
    lines = text.split("\n")
    at = next(index for index, line in enumerate(lines) if "return" in line)
    submissions = [*ALONE, of("copy", "\n".join([*lines[:at], "    return (", *lines[at + 1 :]]))]
    assert set(named(submissions, likenesses(submissions, Rarity(submissions, KNOWN), THRESHOLD))) == {
        frozenset(("copy", name))
    }


def test_half_a_copy_is_found_by_its_half():
    """of two functions one was taken and the other was not: the list of definitions says which"""
    one, other = TEXTS["022_convolution_tap_without_step"], TEXTS["121_convolution_einsum_letters_of_the_filter_swapped"]
    taken = one[one.index("def triple") :]
    mixed = other[: other.index("def triple")] + disguised(taken, "renamed", 3)
    submissions = [*ALONE, of("mixed", mixed)]
    rarity = Rarity(submissions, KNOWN)
    source = next(one for one in submissions if one.student.startswith("022"))
    parts = alike_definitions(submissions[-1], source, rarity)
    assert (parts[0].one, parts[0].other) == ("triple", "triple")
    assert parts[0].share > 0.9
    assert all(part.share < 0.7 for part in parts[1:])


def test_what_many_write_counts_little_and_is_named():
    """a function that most of a class have alike makes nobody alike, and it is said who has it"""
    common = TEXTS["022_convolution_tap_without_step"]
    common = common[common.index("def triple") :]
    own = {name: text[: text.index("def triple")] for name, text in TEXTS.items() if text.index("def triple") > 200}
    submissions, without = class_of({name: text + common for name, text in own.items()}), class_of(own)
    assert len(submissions) > 15
    rarity = Rarity(submissions, KNOWN)
    alike = named(submissions, likenesses(submissions, rarity, THRESHOLD))
    assert set(alike) <= set(named(without, likenesses(without, Rarity(without, KNOWN), THRESHOLD - 0.05)))
    held = held_by_many(submissions, rarity)[0]
    assert (held.name, len(held.students)) == ("triple", len(submissions))


def test_what_was_handed_out_does_not_count():
    """two who wrote nothing are not alike, and neither are two whose only common code was handed out"""
    stubs = class_of([tiny_course.EXERCISE] * 2)
    assert likenesses(stubs, Rarity(stubs, KNOWN), 0.01) == []
    helper = "def helper(x, y):\n    for i in range(len(x) * 2 + 1):\n        x[i] += y[i] * 3 + 1\n    return x * y - 1\n\n\n"
    both = class_of([helper + tiny_course.EXERCISE] * 2)
    known = KNOWN | of("", helper).fingerprints
    assert likenesses(both, Rarity(both, KNOWN), 0.3) != []
    assert likenesses(both, Rarity(both, known), 0.01) == []
    text = TEXTS["022_convolution_tap_without_step"]
    many = class_of([text] * 9)
    assert held_by_many(many, Rarity(many, KNOWN)) != []
    assert held_by_many(many, Rarity(many, of("", text).fingerprints)) == []


def test_in_a_class_of_two_the_same_long_code_is_told_of():
    """two people are enough: what both have is not common because all have it"""
    text = TEXTS["022_convolution_tap_without_step"]
    submissions = class_of({"ada": text, "ben": disguised(text, "renamed", 1)})
    (pair,) = likenesses(submissions, Rarity(submissions, KNOWN), THRESHOLD)
    assert (pair.one, pair.other) == (0, 1)


def test_short_code_is_no_evidence():
    """one-liners that are the same say nothing"""
    submissions = class_of(["import numpy as np\n\ndef triple(x):\n    return 3 * np.asarray(x)\n"] * 2 + list(TEXTS.values()))
    assert likenesses(submissions, Rarity(submissions, KNOWN), THRESHOLD) == []


def test_a_pair_has_the_share_that_its_two_have():
    """comparing all at once gives what comparing two gives"""
    submissions = [*ALONE[:8], *class_of({"copy": disguised(next(iter(TEXTS.values())), "split", 2)})]
    rarity = Rarity(submissions, KNOWN)
    found = likenesses(submissions, rarity, 0.0)
    assert len(found) == 36
    for pair in found:
        one, other = submissions[pair.one].fingerprints, submissions[pair.other].fingerprints
        assert pair.share == pytest.approx(share_of(one, other, rarity))
        assert pair.share == pytest.approx(share_of(other, one, rarity))


def test_those_who_hang_together_are_one_group():
    """a group has a link less than it has members, the strongest ones, and no pair is told of twice"""
    pairs = [Likeness(0.9, 0, 1), Likeness(0.8, 3, 4), Likeness(0.8, 1, 2), Likeness(0.7, 0, 2), Likeness(0.7, 4, 5)]
    groups = groups_of(pairs)
    assert [set(group.members) for group in groups] == [{0, 1, 2}, {3, 4, 5}]
    assert [group.share for group in groups] == [0.9, 0.8]
    assert groups[0].links == (Likeness(0.9, 0, 1), Likeness(0.8, 1, 2))
    everybody = [Likeness(1.0, *two) for two in itertools.combinations(range(30), 2)]
    (group,) = groups_of(everybody)
    assert (len(group.members), len(group.links)) == (30, 29)
    assert groups_of([]) == []


def test_a_ring_of_copies_is_one_group():
    """ten copies of one text in a class of forty are one group, however many pairs they are"""
    text = TEXTS["123_convolution_as_strided_window_axes_swapped"]
    ring = class_of({f"ring {seed}": disguised(text, "renamed", seed) for seed in range(10)})
    submissions = [*ALONE, *ring]
    groups = groups_of(likenesses(submissions, Rarity(submissions, KNOWN), THRESHOLD))
    assert len(groups) == 1
    assert len(groups[0].members) == 11


def test_the_parts_that_are_alike_are_found_in_both_texts():
    """what is marked is the same code in both, and moved statements are parts of their own"""
    text = TEXTS["022_convolution_tap_without_step"]
    submissions = [*ALONE, of("copy", disguised(text, "statements reordered", 2))]
    rarity = Rarity(submissions, KNOWN)
    one = next(one for one in submissions if one.student.startswith("022"))
    other = submissions[-1]
    parts = alike_parts(one, other, rarity)
    assert parts
    for part in parts:
        assert part.one
        assert part.other
        for submission, spans in ((one, part.one), (other, part.other)):
            assert all(0 <= begin < end <= len(submission.sources[number].text) for number, begin, end in spans)
    marked = " ".join(one.sources[number].text[begin:end] for part in parts for number, begin, end in part.one)
    assert "res[:, k] += seen[:, c] * w[k, c, dy, dx]" in marked
    grey = [one.sources[0].text[begin:end] for _, begin, end in counted_places(one, rarity)]
    assert not any("import" in text for text in grey)


TAP = "out[i] = x[i + 1] * w[i] + x[i - 1] * 2 - w[i]"


def parts_of(one: list[str], other: list[str]) -> list[AlikePart]:
    """Return what is alike in two functions with these lines."""
    found = [of("", "def triple(x, w, i, out):\n" + "".join(f"    {line}\n" for line in lines)) for lines in (one, other)]
    return alike_parts(*found, Rarity([*ALONE, *found], KNOWN))


def test_a_line_in_between_does_not_end_a_part():
    """statements in a row are one part, also where one of them was written otherwise"""
    last = "out[i] -= x[w[i]] ** 3 + w[x[i] // 2]"
    (part,) = parts_of([TAP, "x[0] = i", last], [TAP, "w.sort()", last])
    assert len(part.one) == len(part.other) > 1


def test_what_stands_twice_in_both_is_marked_twice():
    """two places of one text lead to two places of the other"""
    parts = parts_of([TAP, *["print(x)"] * 9, TAP], [TAP, *["w.append(1)"] * 9, TAP])
    assert len({tuple(part.one) for part in parts}) == len({tuple(part.other) for part in parts}) == 2


def test_a_large_class_takes_seconds():
    """300 submissions are compared in the time of 300, and not in that of their 45,000 pairs"""
    submissions = [*ALONE] * 10
    begin = time.process_time()
    rarity = Rarity(submissions, KNOWN)
    found = likenesses(submissions, rarity, THRESHOLD)
    assert time.process_time() - begin < 5
    groups = groups_of(found)
    assert len(groups) > 20
    assert all(len({at % len(ALONE) for at in group.members}) == 1 for group in groups)
