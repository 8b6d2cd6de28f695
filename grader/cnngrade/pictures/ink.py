"""How a number becomes a character of a terminal: as ASCII, as a block, or as half a coloured block."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from cnngrade.pictures.compare import Scale

Shares = NDArray[np.float64]
"""Numbers as shares of a scale, (rows, columns), or (3, rows, columns) in colour; NaN where there is none."""


class Ink(enum.Enum):
    """What a terminal can show: coloured inks have 256 colours or all of them, and two rows of numbers in a line."""

    ASCII = enum.auto()
    BLOCKS = enum.auto()
    COLOURS_256 = enum.auto()
    COLOURS = enum.auto()

    @property
    def is_coloured(self) -> bool:
        """Whether characters have colours of their own."""
        return self in (Ink.COLOURS_256, Ink.COLOURS)


# From 0 upwards, and from 0 downwards.
_RAMPS = {Ink.ASCII: (" .:-=+*#%@", " 'coaxwXM"), Ink.BLOCKS: (" ░▒▓█", " ·∘○●")}


_HALF = "▀"


_NO_NUMBER = "?"


_LUMA = np.array([0.299, 0.587, 0.114])


# From -1 over 0 to 1.
_BLUE, _WHITE, _RED = np.array([[33.0, 102.0, 172.0], [247.0, 247.0, 247.0], [178.0, 24.0, 43.0]])


# How bright the six steps of a colour are, where there are 256.
_CUBE = np.array([0, 95, 135, 175, 215, 255])


def best_ink(encoding: str, colour: bool, environment: Mapping[str, str]) -> Ink:
    """Return the best ink of a terminal with this encoding; `colour` says whether colours are wanted."""
    try:
        "".join([*_RAMPS[Ink.BLOCKS], _HALF]).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Ink.ASCII
    if colour and (environment.get("COLORTERM") in ("truecolor", "24bit") or "WT_SESSION" in environment):
        return Ink.COLOURS
    return Ink.COLOURS_256 if colour and "256color" in environment.get("TERM", "") else Ink.BLOCKS


def legend(ink: Ink) -> str:
    """Say once what the characters of all pictures mean."""
    if ink.is_coloured:
        return "Black is 0 and white the largest number; where there are negative ones, red is above 0 and blue below."
    above, below = (ramp.strip() for ramp in _RAMPS[ink])
    return f"Blank is 0. From 0 up: {above} (the last is the largest number). From 0 down: {below} (the last is the smallest)."


def meaning(scale: Scale, ink: Ink) -> str:
    """Return what the ends of a scale are in this ink; nothing where they are those of a photograph."""
    if scale.usual:
        return ""
    high, low = ("red", "blue") if ink.is_coloured else (ramp[-1] for ramp in _RAMPS[ink])
    if scale.signed:
        return f"{high} is {scale.high:.2g}, {low} is {scale.low:.2g}"
    return f"{'white' if ink.is_coloured else high} is {scale.high:.2g}"


def characters_of(shares: Shares, signed: bool, ink: Ink) -> list[str]:
    """Return the lines that show these numbers; a coloured one holds two rows of them, so their number must be even."""
    if ink.is_coloured:
        return _coloured(shares, signed, ink)
    grey = np.tensordot(_LUMA, shares, axes=1) if shares.ndim == 3 else shares
    above, below = _RAMPS[ink]
    # Parts are means, and means of what has both signs are small: faint answers must show, too.
    power = 0.6 if signed else 1.0

    def character(share: float) -> str:
        if share != share:
            return _NO_NUMBER
        ramp = above if share >= 0 else below
        return ramp[round(abs(share) ** power * (len(ramp) - 1))]

    return ["".join(map(character, line)) for line in grey.tolist()]


def _rgb(shares: Shares, signed: bool) -> NDArray[np.float64]:
    """Return the colours (rows, columns, 3) of numbers, from 0 to 255."""
    if shares.ndim == 3:
        return 255.0 * shares.transpose(1, 2, 0)
    grey = shares[..., None]
    if not signed:
        return np.repeat(255.0 * grey, 3, axis=2)
    colours: NDArray[np.float64] = np.where(grey < 0, _WHITE + (_WHITE - _BLUE) * grey, _WHITE + (_RED - _WHITE) * grey)
    return colours


def _among_all(red: int, green: int, blue: int) -> str:
    return f"2;{red};{green};{blue}"


def _among_256(red: int, green: int, blue: int) -> str:
    """Return the nearest of the 24 greys, or of the 6x6x6 colours, by its number."""
    if red == green == blue and 4 <= red < 247:
        return f"5;{232 + min(max(round((red - 8) / 10), 0), 23)}"
    first, second, third = (int(np.abs(_CUBE - part).argmin()) for part in (red, green, blue))
    return f"5;{16 + 36 * first + 6 * second + third}"


def _coloured(shares: Shares, signed: bool, ink: Ink) -> list[str]:
    named: Callable[[int, int, int], str] = _among_all if ink is Ink.COLOURS else _among_256
    colours, lines = _rgb(shares, signed), []
    for upper, lower in zip(colours[::2], colours[1::2], strict=True):
        line = ""
        for top, bottom in zip(upper, lower, strict=True):
            if np.isfinite([top, bottom]).all():
                front, back = (named(*map(round, colour.tolist())) for colour in (top, bottom))
                line += f"\x1b[38;{front};48;{back}m{_HALF}"
            else:
                line += f"\x1b[0m{_NO_NUMBER}"
        lines.append(f"{line}\x1b[0m")
    return lines
