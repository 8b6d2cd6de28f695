"""What a new unit's files hold for a class: one whose objects add up what they are given, to be changed into something else."""

from __future__ import annotations

from string import Template

STUB = Template('''\
# %% [markdown]
# ## The class $function
#
# What a student has to know to write it.
#
# **Predict.** What is the total of 2 and 5? A question that can be answered on paper.
#
# <details>
# <summary>Answer</summary>
#
# Both are kept: **7**.
#
# ```python
# >>> one = $function()
# >>> one.add(2)
# >>> one.add(5)
# >>> one.total()
# 7
# ```
#
# </details>


# %%
class $function:
    """Add up numbers: say what its objects keep, and what can be done with them.

    >>> one = $function()
    >>> one.add(2)
    >>> one.total()
    2
    """

    def __init__(self):
        raise NotImplementedError("$function is yours to write")

    def add(self, number):
        """Take a number in."""
        raise NotImplementedError("add is yours to write")

    def total(self):
        """Return the sum of the numbers so far; 0 if there are none."""
        raise NotImplementedError("total is yours to write")


''')


SOLUTION = Template("""\


class $function:
    def __init__(self):
        self.numbers = []

    def add(self, number):
        self.numbers.append(number)

    def total(self):
        return sum(self.numbers)
""")


PUBLIC = Template('''\


@points($public)
def test_${function}_adds_up(student, reference, rng):
    """the total grows with each number"""
    mine, right = student.$function(), reference.$function()
    found, expected = [], []
    for number in rng.integers(1, 1000, 5).tolist():
        mine.add(number)
        right.add(number)
        found.append(mine.total())
        expected.append(right.total())
    assert_close(found, expected)


@points($public)
def test_${function}_keeps_its_own_numbers(student, rng):
    """two objects have nothing to do with each other"""
    *numbers, last = rng.integers(1, 1000, 5).tolist()
    one, other = student.$function(), student.$function()
    found = []
    for number in numbers:
        one.add(number)
        found.append(one.total())
    other.add(last)
    found.append(other.total())
    assert_close(found, [*(sum(numbers[: count + 1]) for count in range(4)), last])
''')


HIDDEN = Template('''\


@points($hidden)
def test_${function}_of_nothing(student):
    """the total of no numbers is 0"""
    assert_close(student.$function().total(), 0)
''')


MISTAKES = Template("""\


@mistake("The total is the last number. All numbers count.")
class ${function}_forgetful(solution.$function):
    def total(self):
        return self.numbers[-1] if self.numbers else 0
""")
