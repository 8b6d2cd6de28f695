"""Ratios of times, written for people."""

from __future__ import annotations

import math


def ratio_text(ratio: float) -> str:
    """Return a ratio with three digits, such as "0.8x", "47.3x" or "1,240x"."""
    if math.isinf(ratio):
        return "endlessly"
    if ratio >= 99.95:
        return f"{ratio:,.0f}x"
    return f"{ratio:.1f}".removesuffix(".0") + "x" if ratio >= 0.05 or ratio == 0 else f"{ratio:.1g}x"


def factor_text(value: float) -> str:
    """Return a factor with three digits, such as "0.8" or "47.3"."""
    return ratio_text(value).removesuffix("x")
