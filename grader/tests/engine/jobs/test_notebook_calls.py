"""What a notebook's cells call, in a real kernel: checks of functions and units, hints, pictures, and what was not run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.hint import MEMORY
from cnngrade.jobs.release import write_handout
from support import tiny_course
from support.live_kernel import LiveKernel, live_kernel
from support.tiny_course import RIGHT, STUBS

GIVEN = '''\
# %% [markdown]
# ## What you already have
# ```
# # this is no heading
# ```

# %%
ONE = 1


def added(x, y):
    """Add two arrays."""
    return np.add(x, y)


'''
ENDLESS = "def double(x):\n    print('begun')\n    n = len(x)\n    while n:\n        n += 1\n    return x"
BY_HELPER = "def double(x):\n    return added(x, x)"
BY_DOUBLE = "def triple(x):\n    return np.add(double(x), x)"
WRONG = "def double(x):\n    return np.asarray(x) + 1.5"
NOT_RUN = (
    'The cell "What you already have", which defines ONE and added, was not run in this kernel. '
    "Run it and the cells above it, then this one again."
)
NOTHING_RUN = "Nothing of yours is defined in this kernel, as after a restart. Run the cells above first, then this one again."


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tiny_course.add_page(tiny_course.make_course(tmp_path_factory.mktemp("course")))
    exercise = root / "exercises" / "scaling.py"
    twice = "# %% [markdown]\n# ## Twice"
    assert twice in tiny_course.EXERCISE
    exercise.write_text(tiny_course.EXERCISE.replace(twice, GIVEN + twice), encoding="utf-8")
    course = load_course(root)
    folder = tmp_path_factory.mktemp("handout")
    write_handout(course, course.units[0], folder)
    return folder


@pytest.fixture(scope="module")
def shared(handout: Path) -> Iterator[LiveKernel]:
    """A kernel, which the tests use in turn."""
    with live_kernel(handout) as kernel:
        yield kernel


@pytest.fixture
def kernel(shared: LiveKernel, handout: Path) -> LiveKernel:
    """The kernel as after a restart, in the handout as it was given out."""
    shared.run(f"%cd -q {handout}", "%reset -f")
    (handout / MEMORY).unlink(missing_ok=True)
    (handout / "scaling.ipynb").unlink(missing_ok=True)
    return shared


def checked(kernel: LiveKernel, *names: str) -> tuple[str, str]:
    """Check, and return the plain form and the text of the page."""
    shown = kernel.run("import cnngrade", f"cnngrade.check({', '.join(map(repr, names))})")
    assert shown.traceback == ""
    return shown.plain[0], shown.text


def test_a_function_is_worth_its_points_and_a_unit_is_told(kernel: LiveKernel) -> None:
    """the plain form of one function is its points, which nbgrader reads; of several, or the unit, it is the whole report"""
    kernel.run("import numpy as np", RIGHT["double"], STUBS["triple"])
    assert checked(kernel, "double")[0] == "2"
    for names in ((), ("scaling",), ("double", "triple")):
        plain, text = checked(kernel, *names)
        assert "2 of 4 points" in plain
        assert 'Next: read "Three times" in scaling.ipynb, then write triple.' in plain
        assert 'For a hint: cnngrade.hint("triple")' in plain
        assert "triple is yours to write" in text
        assert 'Next: read "Three times" in scaling.ipynb, then write triple. For a hint: cnngrade.hint("triple")' in text


def test_a_unit_shows_what_is_open(kernel: LiveKernel) -> None:
    """of a whole unit what is done is folded away, and what is open is not"""
    kernel.run("import numpy as np", RIGHT["double"], STUBS["triple"])
    page = kernel.run("import cnngrade", "cnngrade.check()").html[0]
    assert [part.split(">")[0].split()[0] for part in page.split("<details")[1:]] == ['style="margin:0.4em', "open"]
    kernel.run(RIGHT["triple"])
    assert "<details open" not in kernel.run("cnngrade.check()").html[0]


def test_what_has_to_be_run_is_named_once(kernel: LiveKernel) -> None:
    """a name of a given cell that was not run: the note names the cell, each case refers to it, and no line is looked for"""
    kernel.run("import numpy as np", BY_HELPER, "def triple(x):\n    return added(x, added(x, x))")
    _, text = checked(kernel)
    assert text.count(NOT_RUN) == 1
    assert text.count("name 'added' is not defined. See the note above.") == 2
    assert "look at" not in text
    assert 'Next: run the cell "What you already have" and the cells above it, then this one again.' in text
    assert "For a hint" not in text


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            [RIGHT["double"]],
            r'Note: The cell "import numpy as np" was not run in this kernel\. Run it and the cells above it, then',
        ),
        (["1 / 0\nimport numpy as np", RIGHT["double"]], r"Note: np is not there, although cell \[\d+\] defines it\. Run cell"),
        (
            ["def double(x):\n    return ONE * (x + x)"],
            'Note: The cell "What you already have", which defines ONE and added, was',
        ),
        (
            ["import numpy as np", "del np", RIGHT["double"]],
            r"Note: np is not there, although cell \[\d+\] defines it\. Run cell",
        ),
        (["import numpy as np\ndel np", RIGHT["double"]], r'Note: The cell "import numpy as np" was not run in this kernel\.'),
        (["def double(x):\n    return nothing(x)"], r"name 'nothing' is not defined (?!See)"),
        (["def double(x):\n    return triple(x) - x"], r"name 'triple' is not defined (?!See)"),
        (
            ["import numpy as np", "%reset_selective -f np", RIGHT["double"]],
            r"Note: np is not there, although cell \[\d+\] defines it\. Run cell",
        ),
        (
            [RIGHT["double"], "%reset -f", "def double(x):\n    return np.add(x, x)"],
            'Note: The cell "import numpy as np" was not run',
        ),
    ],
)
def test_every_missing_name_is_told_as_it_is(kernel: LiveKernel, cells: list[str], told: str) -> None:
    """an import, a cell that stopped, a value, what was deleted; what was never there or is a stub has no cell to run"""
    kernel.run(*cells)
    _, text = checked(kernel, "double")
    assert re.search(told, text), text
    assert text.count("Note:") == told.count("Note:")


def test_a_restarted_kernel_is_told(kernel: LiveKernel) -> None:
    """where only the check was run everything is missing, and that is said in one note"""
    for names in (("double",), (), ("double", "triple")):
        _, text = checked(kernel, *names)
        assert text.count("Nothing of yours") == 1
        assert NOTHING_RUN in text
        assert "double is not defined. See the note above." in text
        assert "Next: run the cells above first, then this one again." in text
    assert NOTHING_RUN in kernel.run("cnngrade.hint()").text
    assert NOTHING_RUN in kernel.run('cnngrade.show("double")').text


def test_cells_are_named_as_the_saved_notebook_has_them(kernel: LiveKernel, handout: Path) -> None:
    """the headings are those of the notebook's file, and an edited function that was not run is one to run"""
    cells = [
        nbformat.v4.new_markdown_cell("# All\n\n## My *own* `helpers` ##"),
        nbformat.v4.new_code_cell("import numpy as np\n\ndef added(x, y):\n    return x + y"),
        nbformat.v4.new_markdown_cell("```\n# not this one\n```"),
        nbformat.v4.new_code_cell(RIGHT["triple"]),
        nbformat.v4.new_code_cell("%%time\nhelp_me = 3"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), handout / "scaling.ipynb")
    kernel.run(BY_HELPER, "help_me = 4")
    _, text = checked(kernel)
    assert 'The cell "My own helpers", which defines np and added, was not run in this kernel.' in text
    assert "triple is not defined. See the note above." in text
    assert 'The cell "My own helpers", which defines triple, was not run in this kernel.' in text


def test_a_function_waits_for_the_one_that_it_calls(kernel: LiveKernel) -> None:
    """also where it alone is checked: what it calls is judged with it, counts for nothing, and has to be put right first"""
    kernel.run("import numpy as np", WRONG, BY_DOUBLE)
    plain, text = checked(kernel, "triple")
    assert plain == "0"
    assert "triple: 0 of 2 points" in text.replace(" :", ":")
    assert "triple calls double, which is wrong as well: put double right first." in text
    assert "Next: triple calls double, which is wrong as well: put double right first. For a hint: cnngrade.hint()" in text
    assert "a single number is doubled" not in text
    kernel.run(STUBS["double"])
    assert "triple calls double, which is still to do: write double first." in checked(kernel, "triple")[1]
    kernel.run(RIGHT["double"])
    assert checked(kernel, "triple")[0] == "2"
    # What passes is no cause, and what is called by nobody is not judged.
    kernel.run(WRONG, "def triple(x):\n    return np.asarray(x) + 7.5")
    assert "calls" not in checked(kernel, "triple")[1]


def test_an_interrupted_call_is_stopped(kernel: LiveKernel) -> None:
    """the case says where it was stopped, the rest is not run, nothing counts, and the kernel lives"""
    kernel.run("import numpy as np\nimport cnngrade", ENDLESS, RIGHT["triple"])
    shown = kernel.run('cnngrade.check("double")', interrupted_at="begun")
    assert shown.traceback == "Stopped."
    assert "no score yet (of 2 points)" in shown.text
    where = r"You stopped double\. cell \[\d+\], line [45], in double: (while n:|n \+= 1) "
    assert re.search(f"stopped a single number is doubled {where}", shown.text), shown.text
    assert "wrong" not in shown.text
    assert "raised" not in shown.text
    assert "Next: check again: this check was stopped before it was done." in shown.text
    assert shown.printed.count("begun") == 1
    shown = kernel.run("cnngrade.check()", interrupted_at="begun")
    assert "stopped every number of a row is tripled The check was stopped before this case was done." in shown.text
    assert kernel.run(RIGHT["double"], 'cnngrade.check("double")').plain == ["2"]


def test_interrupted_hints_and_pictures_are_one_line(kernel: LiveKernel, handout: Path) -> None:
    """no hint is used up, and nobody reads the way through this package"""
    kernel.run("import numpy as np\nimport cnngrade", ENDLESS)
    assert kernel.run("cnngrade.hint()", interrupted_at="begun").traceback == "Stopped. No hint was used."
    assert not (handout / MEMORY).exists()
    said = kernel.run('cnngrade.show("double")', interrupted_at="begun").traceback.split("\n")
    assert said[0] == "Stopped. You stopped double."
    assert re.match(r"cell \[\d+\], line [45], in double:", said[1])
    assert kernel.run("1 + 1").plain == ["2"]


def test_a_run_is_played_back(kernel: LiveKernel) -> None:
    """what was not run is said above the page, an interrupted call is stopped, and the page has what the kernel answers"""
    shown = kernel.run("import cnngrade\n\ncnngrade.show('double', play=True)")
    assert shown.text.startswith(NOTHING_RUN)
    assert "Not written yet: this is what to expect." in shown.plain[0]
    stopped = kernel.run("import numpy as np", ENDLESS, "cnngrade.explore('double', play=True)", interrupted_at="begun")
    assert stopped.html == []
    assert stopped.traceback.startswith("Stopped. You stopped double.")
    shown = kernel.run(RIGHT["double"], "cnngrade.show('double', play=True)")
    assert shown.plain == ["double: Three rows of numbers, twice.\n  All 12 numbers are as expected."]
    assert shown.html[0].startswith("<iframe")


def test_hints_are_those_of_the_command(kernel: LiveKernel, handout: Path) -> None:
    """the same series in the same file, for the unit, a function and what is called; a function that is not there is said"""
    kernel.run("import numpy as np\nimport cnngrade", STUBS["double"], STUBS["triple"])
    first = kernel.run("cnngrade.hint()")
    assert "Begin with double; triple is the same again." in first.plain[0]
    assert "scaling (hint 1 of 3)" in first.text
    assert "1. What does the word thrice say?" in kernel.run('cnngrade.hint("triple")').plain[0]
    assert json.loads((handout / MEMORY).read_text()) == {"scaling": 1, "scaling/triple": 1}
    again = kernel.run('cnngrade.hint("triple", again=True)')
    assert "1. What does the word thrice say?" in again.plain[0]
    assert "2. You have just made two thirds of it." in again.plain[0]
    assert '<ol start="1"' in again.html[0]
    kernel.run("del triple")
    assert "triple is not defined" in kernel.run('cnngrade.hint("triple")').plain[0]
    kernel.run(RIGHT["double"], RIGHT["triple"])
    assert kernel.run("cnngrade.hint()").plain == ["Nothing failed, so there is no hint to give."]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('check("doubel")', "cnngrade: A tiny course has no unit, function or file called doubel. Did you mean double?"),
        ('check("xyz")', "cnngrade: A tiny course has no unit, function or file called xyz. There are: scaling."),
        ('hint("scal")', "cnngrade: A tiny course has no unit, function or file called scal. Did you mean scaling?"),
        ('show("double", "trple")', "cnngrade: A tiny course has no unit, function or file called trple. Did you mean triple?"),
    ],
)
def test_a_wrong_name_is_one_line(kernel: LiveKernel, call: str, told: str) -> None:
    """what is wrong with a call is said in a line, without a traceback"""
    assert kernel.run("import cnngrade", f"cnngrade.{call}").traceback == told


def test_among_several_units_the_notebook_says_which(kernel: LiveKernel, tmp_path: Path) -> None:
    """by its name, as Jupyter and VS Code tell it, or by what is defined; a unit may be named; else it is asked"""
    root = tiny_course.make_course(tmp_path / "course")
    for path in [*root.rglob("*scaling.*"), *root.rglob("marking.md")]:
        shutil.copy(path, path.with_name(path.name.replace("scaling", "measuring")))
    for path in root.rglob("*measuring.*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("double", "length").replace("triple", "width"), encoding="utf-8")
    unit = tiny_course.COURSE_YML.split("units:\n")[1].split("policy:")[0]
    other = unit.replace("scaling", "measuring").replace("double", "length").replace("triple", "width")
    (root / "course.yml").write_text(tiny_course.COURSE_YML.replace(unit, unit + other), encoding="utf-8")
    kernel.run(f"%cd -q {root}", "import os\nimport numpy as np\nimport cnngrade")
    asked = kernel.run("cnngrade.check()").traceback
    assert asked == (
        'cnngrade: Which unit is this? Say cnngrade.check("scaling"), cnngrade.check("measuring"), or the name of a function.'
    )
    assert "measuring" in kernel.run('cnngrade.check("measuring")').text
    assert "belong to different units" in kernel.run('cnngrade.check("double", "length")').traceback
    kernel.run("os.environ['JPY_SESSION_NAME'] = '/gone/my measuring (2).ipynb'")
    assert "length" in kernel.run("cnngrade.check()").text
    kernel.run("del os.environ['JPY_SESSION_NAME']\n__vsc_ipynb_file__ = 'scaling.ipynb'")
    assert "double" in kernel.run("cnngrade.check()").text
    kernel.run("del __vsc_ipynb_file__", RIGHT["double"])
    assert "triple" in kernel.run("cnngrade.check()").text


def test_a_unit_from_stub_to_done(kernel: LiveKernel) -> None:
    """stub, check, wrong, hint, picture, right, and then what is next: one after the other in one kernel"""
    kernel.run("import numpy as np\nimport cnngrade", STUBS["double"], STUBS["triple"])
    assert 'Next: read "Twice" in scaling.ipynb, then write double.' in kernel.run('cnngrade.check("double")').text
    wrong = kernel.run("def double(x):\n    return np.asarray(x) ** 2", 'cnngrade.check("double")')
    assert wrong.plain == ["0"]
    assert "Known mistake: The numbers are squared." in kernel.run("cnngrade.check()").text
    assert "The mistake: The numbers are squared." in kernel.run('cnngrade.hint("double")').text
    assert "As expected" not in kernel.run('cnngrade.show("double")').plain[0]
    right = kernel.run(RIGHT["double"], 'cnngrade.check("double")')
    assert right.plain == ["2"]
    assert "Next: go on: every public case of double passed. cnngrade.check() checks the whole unit." in right.text
    assert "As expected" in kernel.run('cnngrade.show("double")').plain[0]
    assert 'then write triple. For a hint: cnngrade.hint("triple")' in kernel.run("cnngrade.check()").text
    done = kernel.run(RIGHT["triple"], "cnngrade.check()").text
    assert "4 of 4 points" in done
    assert "4 public + 1 hidden + 1 in prose = 6 points" in done
    assert "Next: answer the question in scaling.ipynb, which is worth 1 point: no answer is there yet." in done
