"""Pictures in a terminal: which characters it gets, and what they mean."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cnngrade.pictures.compare import Comparison, Drawing, Panel, compare_drawings
from cnngrade.pictures.ink import Ink, best_ink, legend
from cnngrade.pictures.terminal import comparisons_as_text, panels_as_text

ANSI = re.compile(r"\x1b\[[0-9;]*m")
CHARACTERS = {Ink.ASCII: ("@", "M"), Ink.BLOCKS: ("█", "●")}


def compared(mine: object, expected: object, label: str = "a panel", caption: str = "A caption.") -> Comparison:
    own, right = (Drawing((Panel(label, np.array(values, dtype=np.float32)),)) for values in (mine, expected))
    return compare_drawings("f_x", "f", caption, own, right)


@pytest.mark.parametrize(
    ("encoding", "colour", "environment", "ink"),
    [
        ("ascii", True, {"COLORTERM": "truecolor"}, Ink.ASCII),
        ("latin-1", False, {}, Ink.ASCII),
        ("cp1252", True, {"WT_SESSION": "1"}, Ink.ASCII),
        ("cp437", False, {}, Ink.ASCII),
        ("no such encoding", False, {}, Ink.ASCII),
        ("utf-8", False, {"COLORTERM": "truecolor", "TERM": "xterm-256color"}, Ink.BLOCKS),
        ("utf-8", True, {"TERM": "dumb"}, Ink.BLOCKS),
        ("utf-8", True, {}, Ink.BLOCKS),
        ("utf-8", True, {"TERM": "xterm-256color"}, Ink.COLOURS_256),
        ("utf-8", True, {"TERM": "xterm-256color", "COLORTERM": "24bit"}, Ink.COLOURS),
        ("utf-16", True, {"WT_SESSION": "1"}, Ink.COLOURS),
    ],
)
def test_a_terminal_gets_what_it_can_show(encoding, colour, environment, ink):
    """blocks where the encoding has them, colours where they are wanted as well and there are enough, else ASCII"""
    assert best_ink(encoding, colour, environment) is ink


@pytest.mark.parametrize("ink", Ink)
def test_what_the_characters_mean_is_said_once(ink):
    """two pictures have one legend above them, which names every character that they are drawn with"""
    ramp = np.linspace(-2, 2, 40).reshape(1, 40)
    text = comparisons_as_text([compared(ramp, ramp), compared(abs(ramp), abs(ramp))], 100, ink)
    assert " ".join(text.split()).startswith(legend(ink))
    assert " ".join(text.split()).count(legend(ink)) == 1
    drawn = set(ANSI.sub("", text.partition("yours")[2])) - set(
        "yoursexpected\n f: A caption. As expected. a panel (.)is0123456789-"
    )
    if not ink.is_coloured:
        assert drawn
        assert drawn - set(f"{legend(ink)}") == set()


@pytest.mark.parametrize("ink", Ink)
@pytest.mark.parametrize(
    ("values", "high", "low"),
    [
        ([[0.0, 0.25]], "0.25", None),
        ([[0.0, 255.0]], "2.6e+02", None),
        ([[-3.0, 2.0]], "3", "-3"),
        ([[0.0, 1.0]], None, None),
        ([[0.0, 0.0]], None, None),
        ([[0.1, 0.7]], None, None),
    ],
)
def test_the_ends_of_a_scale_are_said(ink, values, high, low):
    """which number the last character is, with and without negative ones; of a photograph's scale nothing need be said"""
    text = ANSI.sub("", panels_as_text(compared(values, values), 100, ink).partition("\n\n")[2])
    names = ("red" if low else "white", "blue") if ink.is_coloured else CHARACTERS[ink]
    assert (f"{names[0]} is {high}" in text) is (high is not None)
    assert (f"{names[1]} is {low}" in text) is (low is not None)
    assert (" is " in text) is (high is not None)


@pytest.mark.parametrize("ink", Ink)
@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (1, 64), (64, 1), (85, 128), (3, 20, 30), (3, 1, 7)])
def test_lines_are_no_wider_than_the_terminal(ink, shape):
    """whatever the shape of an image; blocks of a panel stand beside each other, and colours end with their line"""
    rng = np.random.default_rng(3)
    text = comparisons_as_text(
        [compared(rng.random(shape), rng.random(shape), "a long label " * 6, "A caption. " * 20)], 72, ink
    )
    lines = text.split("\n")
    assert max(len(ANSI.sub("", line)) for line in lines) <= 72
    assert all(line.endswith("\x1b[0m") or "\x1b" not in line for line in lines)
    (head,) = (ANSI.sub("", line) for line in lines if "yours" in line)
    assert head.split() == ["yours", "expected", "difference"]


def test_numbers_have_their_colours():
    """black and white, red above 0 and blue below, two halves in one character; what is no number is a question mark"""
    grey = np.repeat(np.tile([0.0, 1.0], 18), 2)[:, None] * np.ones(10)
    signed = 2 * grey - 1
    assert "\x1b[38;2;0;0;0;48;2;255;255;255m▀" in comparisons_as_text([compared(grey, grey)], 100, Ink.COLOURS)
    assert "\x1b[38;2;33;102;172;48;2;178;24;43m▀" in comparisons_as_text([compared(signed, signed)], 100, Ink.COLOURS)
    assert "\x1b[38;5;16;48;5;231m▀" in comparisons_as_text([compared(grey, grey)], 100, Ink.COLOURS_256)
    colours = np.array([[[1.0]], [[0.5]], [[0.0]]])
    assert "\x1b[38;5;208;48;5;208m▀" in comparisons_as_text([compared(colours, colours)], 100, Ink.COLOURS_256)
    for ink in Ink:
        assert "?" in comparisons_as_text([compared([[np.nan, 1.0]], [[0.0, 1.0]])], 100, ink)


def test_a_colourful_label_does_nothing():
    """escape sequences in a student's label are shown, not sent"""
    text = comparisons_as_text([compared([[1.0]], [[1.0]], "\x1b[31mred\u202e")], 100, Ink.BLOCKS)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31mred" in text
