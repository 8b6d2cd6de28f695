"""A unit's pictures: what its functions do to real data, for looking at.

    @picture
    def f_of_a_photograph(functions, data):
        \"\"\"The caption: what there is to see.\"\"\"
        return {"the photograph": image, "what f makes of it": functions.f(image)}

A picture belongs to the unit's function whose name its own name begins with. It is made of panels, each an array (H, W), or
(3, H, W) for colours from 0 to 1. The same code draws the student's panels, with the student's functions, and the expected
ones, with the solution's; a handout holds the expected panels as numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngrade.course import paths
from cnngrade.course.docstrings import docstring_of
from cnngrade.course.modules import load_module
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError, Fault, Reason, StudentFailure
from cnngrade.model import Course, Unit
from cnngrade.pictures.compare import Drawing, Panel
from cnngrade.student.proxy import Functions, Student
from cnngrade.student.transport import Inline

_MARK = "__cnngrade_picture__"


_Code = TypeVar("_Code", bound=Callable[..., Any])


_LARGEST = 1024


_MOST_PANELS = 64


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of `function`: its name, what there is to see, and the code that makes its panels."""

    name: str
    function: str
    caption: str
    code: Callable[..., Any]


def picture(code: _Code) -> _Code:
    """Mark a function of a course's pictures file as a picture; its docstring is the caption."""
    setattr(code, _MARK, True)
    return code


def load_pictures(course: Course, unit: Unit) -> list[Picture]:
    """Return the unit's pictures, none if it has no file of pictures; raises CourseError."""
    path = paths.pictures_file(course, unit.name)
    if not path.is_file():
        return []
    found = []
    for name, code in vars(load_module(path, course.root)).items():
        if not getattr(code, _MARK, False):
            continue
        function, caption = function_of(name, unit.functions), docstring_of(code)
        if function is None:
            raise CourseError(
                f"{path}: the picture {name} belongs to no function of {unit.name}. "
                f"Begin its name with one of {', '.join(unit.functions)}."
            )
        if not caption:
            raise CourseError(f"{path}: the docstring of the picture {name} is its caption, and it has none.")
        found.append(Picture(name, function, " ".join(caption.split("\n\n")[0].split()), code))
    return found


def _panel(label: Any, value: Any) -> Panel:
    """Return one panel; what cannot be drawn becomes a sentence that says what it is."""
    label = str(label)[:80]
    if not isinstance(value, np.ndarray | np.generic | int | float | list | tuple):
        return Panel(label, None, f"not an array: {type(value).__name__}")
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return Panel(label, None, "not an array of numbers")
    if array.size and (array.ndim == 2 or (array.ndim == 3 and len(array) == 3)):
        return Panel(label, array[..., :_LARGEST, :_LARGEST].astype(np.float32))
    return Panel(label, None, f"an array of shape {array.shape}")


def draw(entry: Picture, functions: Functions, data: Path) -> Drawing:
    """Make the picture's panels with `functions`; whatever comes instead of an answer becomes the drawing's sentence."""
    with np.errstate(all="ignore"):
        try:
            made = entry.code(functions, data)
            if not isinstance(made, Mapping):
                return Drawing((), "The picture did not come out: it gives no panels.")
            return Drawing(tuple(_panel(label, value) for label, value in list(made.items())[:_MOST_PANELS]))
        except StudentFailure as failure:
            return Drawing((), str(failure), unfinished=failure.reason is Reason.UNFINISHED)
        except Exception as error:
            # The course's code draws the solution's answers; with others it may fail in any way.
            return Drawing((), f"The picture cannot be made of these answers: {type(error).__name__}: {error}"[:500])


def draw_expected(course: Course, unit: Unit, entry: Picture) -> Drawing:
    """Make the picture with the solution's functions; raises CourseError when that fails."""
    solution = load_module(paths.solution_file(course, unit.name), course.root)
    drawing = draw(entry, Student(Inline(solution), course.policy).functions, paths.data_folder(course))
    problem = drawing.problem or next((f"{panel.label}: {panel.problem}" for panel in drawing.panels if panel.problem), "")
    if problem or not drawing.panels:
        raise CourseError(
            f"{paths.pictures_file(course, unit.name)}: the solution's {entry.name} cannot be drawn: {problem or 'no panels'}"
        )
    return drawing


def record_pictures(course: Course, unit: Unit, path: Path) -> None:
    """Write what the unit's pictures look like with the solution; nothing where there are none. Raises CourseError."""
    members: dict[str, NDArray[Any]] = {}
    index: dict[str, list[tuple[str, float]]] = {}
    for entry in load_pictures(course, unit):
        index[entry.name] = []
        for number, panel in enumerate(draw_expected(course, unit, entry).panels):
            assert panel.image is not None
            finite = np.abs(panel.image[np.isfinite(panel.image)])
            scale = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
            # Half precision is more than a picture shows; scaled, since it ends at 65,504.
            members[f"{entry.name}/{number}"] = (panel.image / np.float32(scale)).astype(np.float16)
            index[entry.name].append((panel.label, scale))
    if index:
        path.parent.mkdir(parents=True, exist_ok=True)
        members["index"] = np.frombuffer(json.dumps(index).encode(), np.uint8)
        np.savez_compressed(path, allow_pickle=False, **members)


def recorded_drawings(path: Path) -> dict[str, Drawing]:
    """Return the drawings that `record_pictures` wrote, by the names of the pictures; raises Fault for a damaged file."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            index = json.loads(archive["index"].tobytes())
            return {
                name: Drawing(
                    tuple(
                        Panel(label, archive[f"{name}/{number}"].astype(np.float32) * np.float32(scale))
                        for number, (label, scale) in enumerate(panels)
                    )
                )
                for name, panels in index.items()
            }
    except Exception as error:
        # zipfile, zlib, json and numpy each fail in ways of their own on damaged data.
        raise Fault(f"{path} is missing or damaged ({error}). Get the unit's folder again.") from error
