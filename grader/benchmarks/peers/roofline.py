"""The roofline: how fast each workload runs, beside what the machine could do with that many operations per byte."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt

from peers.machine import Machine


class Point(NamedTuple):
    """A workload: operations for each byte that has to be moved, and the GF/s of the kernels and of torch (0: not there)."""

    name: str
    intensity: float
    ours: float
    torch: float


def _labels(points: list[Point]) -> list[tuple[str, tuple[float, float]]]:
    """Return numbers and where they go; points on top of one another have their numbers written together."""
    groups: list[tuple[list[int], float, float]] = []
    for number, point in enumerate(points, 1):
        x, y = point.intensity, max(point.ours, point.torch)
        for numbers, other_x, other_y in groups:
            if abs(math.log10(x / other_x)) < 0.1 and abs(math.log10(y / other_y)) < 0.12:
                numbers.append(number)
                break
        else:
            groups.append(([number], x, y))
    return [(", ".join(map(str, numbers)), (x, y)) for numbers, x, y in groups]


def draw(points: list[Point], machine: Machine, file: Path) -> None:
    """Write the picture as SVG: the same points make the same file."""
    mpl.rcParams.update({"svg.hashsalt": "roofline", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"})
    figure, axes = plt.subplots(figsize=(8.5, 5.2))
    peak, memory, cache = machine.flops["float32"] / 1e9, machine.copied / 1e9, machine.cached / 1e9
    low, high = 0.04 * min(point.intensity for point in points), 2.5 * max(point.intensity for point in points)
    for bytes_a_second, label in ((memory, "memory"), (cache, "second-level cache")):
        ridge = peak / bytes_a_second
        axes.plot([low, ridge], [low * bytes_a_second, peak], color="0.6", linewidth=1)
        place = (low * 1.3, low * 1.3 * bytes_a_second)
        axes.annotate(f"{label}: {bytes_a_second:.0f} GB/s", place, (12, -4), textcoords="offset points", color="0.4")
    axes.plot([peak / cache, high], [peak, peak], color="0.3", linewidth=1.4)
    axes.text(peak / cache, peak * 1.1, f"FMA peak: {peak:.0f} GF/s", color="0.2")
    for point in points:
        axes.plot(point.intensity, point.ours, "o", color="#1f6f8b", markersize=6)
        if point.torch:
            axes.plot(point.intensity, point.torch, "o", markerfacecolor="white", markeredgecolor="#c0504d", markersize=6)
            axes.plot([point.intensity] * 2, [point.torch, point.ours], color="0.8", linewidth=0.8, zorder=0)
    for numbers, place in _labels(points):
        axes.annotate(numbers, place, (0, 6), textcoords="offset points", ha="center")
    key = "\n".join(f"{number}  {point.name}" for number, point in enumerate(points, 1))
    figure.text(0.735, 0.9, key, va="top", linespacing=1.5)
    axes.plot([], [], "o", color="#1f6f8b", label="kernels")
    axes.plot([], [], "o", markerfacecolor="white", markeredgecolor="#c0504d", label="torch")
    axes.legend(loc="lower right", frameon=False)
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(0.5, 2 * peak))
    axes.set_xlabel("operations for each byte of images, weights and maps")
    axes.set_ylabel("GF/s, one thread, float32")
    axes.spines[["top", "right"]].set_visible(False)
    figure.subplots_adjust(left=0.08, right=0.72, bottom=0.1, top=0.95)
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    plt.close(figure)
