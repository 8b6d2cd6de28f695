"""A course of one small unit, for tests that need a course and not this one: `double` and `triple`, and a question in prose."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnngrade.model import Unit

UNIT = "scaling"
BARE_UNIT = Unit("convolution", "Convolution", 20.0, 1.0, ("conv2d",))
"""A unit for readers that look at names alone; no file of it is there."""

COURSE_YML = """\
title: A tiny course
units:
  - name: scaling
    title: Numbers, twice and three times
    points: 6
    prose: 1
    functions: [double, triple]
    due: 2026-03-01 12:00
policy:
  late_penalty_per_day: 0.25
"""

EXERCISE = '''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Scaling
# Every number of an array, twice and three times.

# %%
import numpy as np

# %% [markdown]
# ## Twice
# Add the array to itself.


# %%
def double(x):
    """Return every number of x twice.

    >>> double(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    raise NotImplementedError("double is yours to write")


# %% tags=["playground"]
try:
    print(double(np.arange(3.0)))
except NotImplementedError as unfinished:
    print(unfinished)

# %% [markdown]
# ## Three times
# And once more.


# %%
def triple(x):
    """Return every number of x three times.

    >>> triple(np.array([1.0, 2.0]))
    array([3., 6.])
    """
    raise NotImplementedError("triple is yours to write")


# %% [markdown] tags=["prose"]
# ## Question
# Why is twice not the same as squared?

# %% [markdown] tags=["answer"]
# *Write your answer here.*
'''

SOLUTION = '''\
"""The reference of the unit scaling."""

import numpy as np


def double(x):
    return 2 * np.asarray(x)


def triple(x):
    return 3 * np.asarray(x)
'''

PUBLIC_TESTS = '''\
from cnngrade import assert_close, gate, points


@gate
@points(1)
def test_double_of_one_number(student, reference, rng):
    """a single number is doubled"""
    x = [3.0 + rng.random()]
    assert_close(student.double(x), reference.double(x))


@points(1)
def test_double_of_a_row(student, reference, rng):
    """every number of a row is doubled"""
    x = rng.normal(size=5)
    assert_close(student.double(x), reference.double(x))


@points(2)
def test_triple_of_a_row(student, reference, rng):
    """every number of a row is tripled"""
    x = rng.normal(size=5)
    assert_close(student.triple(x), reference.triple(x))
'''

HIDDEN_TESTS = '''\
import numpy as np

from cnngrade import assert_close, points


@points(1)
def test_double_of_a_table(student, reference):
    """a table is doubled as well"""
    x = np.array([[-0.8125, 1.0], [2.0, 3.0]])
    assert_close(student.double(x), reference.double(x))
'''

MISTAKES = """\
from cnngrade import mistake, solution_for

solution = solution_for(__file__)


@mistake("The numbers are squared. Twice a number is the number plus itself.")
def double_squared(x):
    return solution.double(x) ** 2 / 4


@mistake("The numbers are doubled, and once more is needed.")
def triple_double(x):
    return solution.double(x)
"""

MARKING = "# Marking\n\nSquaring depends on the number, doubling does not: a full answer says so with an example.\n"

HINTS = """\
unit:
  - Begin with double; triple is the same again.
  - Write the numbers of a short row below each other, before and after.
  - Compare your numbers with the example one by one.
functions:
  double:
    - What does the word twice say?
    - The array can be added to something that you already have.
    - Take the array, add the same array to it, and give back the sum.
  triple:
    - What does the word thrice say?
    - You have just made two thirds of it.
    - Double the array first, then add it once more.
"""

PICTURES = '''\
import numpy as np

from cnngrade import picture


@picture
def double_of_a_ramp(functions, data):
    """A ramp, and the same ramp twice as steep."""
    ramp = np.linspace(0.0, 1.0, 12).reshape(3, 4)
    return {"the ramp": ramp, "twice": functions.double(ramp)}


@picture
def triple_of_colours(functions, data):
    """Three colours."""
    colours = np.arange(24.0).reshape(3, 2, 4) / 75
    return {"brighter": functions.triple(colours), "as a number": functions.triple(np.array([[-1.0, 2.0]]))}
'''

PLAYS = '''

from cnngrade import play


@play
def double_of_a_table(data):
    """Three rows of numbers, twice."""
    return {"x": np.arange(12.0).reshape(3, 4)}


@play
def triple_of_a_row(data):
    """A row, three times."""
    return {"x": np.array([1.0, -2.0, 0.5])}
'''

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Scaling</title>
<link rel="stylesheet" href="explore.css">
</head>
<body>
<main id="page"><h1>Scaling</h1></main>
<script type="application/json" id="data" data-file="numbers.npz" data-arrays="ramp[:3] halves"></script>
<script type="application/json" id="run">null</script>
<script type="module" src="scaling.mjs"></script>
</body>
</html>
"""

PAGE_SCRIPT = """\
import { twice } from "./lib/twice.mjs";

const told = document.createElement("p");
told.id = "told";
told.textContent = `twice 4 is ${twice(4)}; run: ${document.getElementById("run").textContent}`;
document.getElementById("page").append(told);
"""

PAGE_LIB = """\
export function twice(number) {
  return 2 * number;
}
"""

BUDGET_LIMIT = 60

BUDGET = '''

@points(1)
def test_double_within_its_budget(budget):
    """a hundred thousand numbers are doubled within the budget"""
    budget("double", lambda rng: (rng.normal(size=100_000),))
'''

BUDGET_HINTS = """\
budgets:
  double:
    - How many numbers does Python see?
    - An array knows how to be added.
    - Leave every loop away and add the array to itself.
"""

VARIANTS = """\
import numpy as np

from cnngrade import variant


@variant("good", "The array is added to itself.")
def double_added(x):
    return x + x


@variant("good", "What three times has too much is taken away again.")
def double_by_triple(x):
    return np.subtract(triple(x), x)  # noqa: F821


@variant("between", "The rows of a table, one by one.")
def double_by_row(x):
    return np.concatenate([row + row for row in x.reshape(1000, -1)])


@variant("slow", "A loop over the numbers.")
def double_by_number(x):
    return np.array([2 * number for number in x])


@variant("slow", "np.vectorize.")
def double_vectorized(x):
    return np.vectorize(lambda number: 2 * number)(x)
"""

RIGHT = {"double": "def double(x):\n    return 2 * np.asarray(x)", "triple": "def triple(x):\n    return 3 * np.asarray(x)"}
"""A right body for each function, to put in the place of a stub."""

STUBS = {
    name: EXERCISE[EXERCISE.index(f"def {name}(x)") :].partition(f'("{name} is yours to write")')[0]
    + f'("{name} is yours to write")'
    for name in ("double", "triple")
}
"""The stubs as they are in the exercise."""

POINTS = {"double": 3.0, "triple": 2.0}
"""What the tests of each function are worth, public and hidden."""


def make_course(root: Path) -> Path:
    """Write the course into `root` (which need not exist) and return `root`."""
    files = {
        "course.yml": COURSE_YML,
        f"exercises/{UNIT}.py": EXERCISE,
        f"solutions/{UNIT}.py": SOLUTION,
        f"autograde_tests/public/test_{UNIT}.py": PUBLIC_TESTS,
        f"autograde_tests/hidden/test_{UNIT}.py": HIDDEN_TESTS,
        f"autograde_tests/mistakes/{UNIT}.py": MISTAKES,
        f"autograde_tests/hints/{UNIT}.yml": HINTS,
        f"autograde_tests/pictures/{UNIT}.py": PICTURES,
        f"solutions/{UNIT}.md": MARKING,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def add_page(root: Path, plays: str = PLAYS, **files: str) -> Path:
    """Give the course in `root` an interactive page, and calls to play on it, and return `root`.

    `files` replaces the text of a file of the page: "page", "script" or "lib".
    """
    folder, data = root / "exercises" / "explore", root / "exercises" / "data"
    (folder / "lib").mkdir(parents=True)
    data.mkdir(exist_ok=True)
    np.savez(data / "numbers.npz", ramp=np.arange(5.0), halves=np.array([0.5, 1.5], np.float16))
    (folder / f"{UNIT}.html").write_text(files.get("page", PAGE), encoding="utf-8")
    (folder / f"{UNIT}.mjs").write_text(files.get("script", PAGE_SCRIPT), encoding="utf-8")
    (folder / "lib" / "twice.mjs").write_text(files.get("lib", PAGE_LIB), encoding="utf-8")
    (folder / "explore.css").write_text("p { color: rgb(1, 2, 3) }\n", encoding="utf-8")
    (root / "autograde_tests" / "pictures" / f"{UNIT}.py").write_text(PICTURES + plays, encoding="utf-8")
    return root


def add_budget(root: Path, line: float = BUDGET_LIMIT, variants: str = VARIANTS) -> Path:
    """Give `double` of the course in `root` a time budget, with a case, hints and variants, and return `root`."""
    book, tests = root / "course.yml", root / "autograde_tests" / "public" / f"test_{UNIT}.py"
    text = book.read_text(encoding="utf-8").replace("points: 6", "points: 7")
    book.write_text(text.replace("    due:", f"    budgets: {{double: {line:g}}}\n    due:"), encoding="utf-8")
    tests.write_text(PUBLIC_TESTS + BUDGET, encoding="utf-8")
    (root / "autograde_tests" / "hints" / f"{UNIT}.yml").write_text(HINTS + BUDGET_HINTS, encoding="utf-8")
    path = root / "autograde_tests" / "variants" / f"{UNIT}.py"
    path.parent.mkdir()
    path.write_text(variants, encoding="utf-8")
    return root


OTHER_UNIT = "growing"
"""The second unit of a course of two: as the first, with `fourfold` for `double`; `triple` is a function of both."""


def add_unit(root: Path) -> Path:
    """Give the course in `root` a second unit, and return `root`."""
    book = root / "course.yml"
    text = book.read_text(encoding="utf-8")
    entry = text[text.index("  - name: scaling") : text.index("policy:")]
    book.write_text(text.replace("policy:", f"{_other(entry)}policy:"), encoding="utf-8")
    for path in [path for path in root.rglob(f"*{UNIT}*") if path.is_file() and path.suffix != ".pyc"]:
        path.with_name(path.name.replace(UNIT, OTHER_UNIT)).write_text(
            _other(path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    return root


def _other(text: str) -> str:
    text = text.replace(UNIT, OTHER_UNIT).replace("Numbers, twice", "Numbers, four times")
    return text.replace("double", "fourfold")


def other_script(**functions: str) -> str:
    """Return the second unit's exercise as a script with stubs replaced, given by the names that they have in the first."""
    return _other(script(**functions))


def script(**functions: str) -> str:
    """Return the exercise as a script with stubs replaced: `script(double="def double(x): ...")`."""
    text = EXERCISE
    for name, source in functions.items():
        text = text.replace(STUBS[name], source)
    return text
