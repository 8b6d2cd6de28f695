"""Draw the pictures in the lessons: `python solutions/data/lesson_pictures.py` (needs matplotlib).

They are pictures of `cnngrade show` as the solutions draw them: those that the lessons name, in exercises/data/pictures.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "grader"), str(ROOT)]

from cnngrade.course.load import load_course
from cnngrade.jobs.show import show_expected
from cnngrade.pictures.matplotlib import comparison_as_png

FOLDER = ROOT / "exercises" / "data" / "pictures"


def main() -> None:
    course = load_course(ROOT)
    FOLDER.mkdir(exist_ok=True)
    for unit in course.units:
        lesson = (ROOT / "exercises" / f"{unit.name}.py").read_text(encoding="utf-8")
        wanted = re.findall(r"\(data/pictures/(\w+)\.png\)", lesson)
        for comparison in show_expected(course, unit):
            if comparison.name in wanted:
                path = FOLDER / f"{comparison.name}.png"
                path.write_bytes(comparison_as_png(comparison, rows_named=False))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size >> 10} KiB")


if __name__ == "__main__":
    main()
