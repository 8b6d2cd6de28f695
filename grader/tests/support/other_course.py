"""A course of another topic: classes whose objects keep something, and functions of words. Neither has an array in it.

It is begun as any author begins one, with `cnngrade new --course`, whose files are then written over.
"""

from __future__ import annotations

from pathlib import Path

from cnngrade.course.scaffold import new_course

_HEAD = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # {title}
"""

STACKS = (
    _HEAD.format(title="Stacks, queues and trees")
    + '''
# %% [markdown]
# ## A stack
# What came last goes first.


# %%
class Stack:
    """A pile: items are put on top and taken from the top.

    >>> pile = Stack()
    >>> pile.push(1)
    >>> pile.push(2)
    >>> pile.pop(), len(pile)
    (2, 1)
    """

    def __init__(self):
        raise NotImplementedError("Stack is yours to write")

    def push(self, item):
        """Put an item on top."""
        raise NotImplementedError("push is yours to write")

    def pop(self):
        """Take the top item off and return it; raises IndexError where there is none."""
        raise NotImplementedError("pop is yours to write")

    def __len__(self):
        raise NotImplementedError("__len__ is yours to write")


# %% [markdown]
# ## Brackets
# A stack holds the brackets that are still open.


# %%
def balanced(text):
    """Say whether every bracket of a text, round or square, is closed by its own kind in turn.

    >>> balanced("(a[b])"), balanced("(a[b)]")
    (True, False)
    """
    raise NotImplementedError("balanced is yours to write")


# %% [markdown]
# ## A search tree
# Smaller numbers go to the left, others to the right.


# %%
class Tree:
    """Numbers in order, each once.

    >>> tree = Tree([3, 1, 2])
    >>> list(tree), 2 in tree, tree.root.value
    ([1, 2, 3], True, 3)
    """

    def __init__(self, numbers=()):
        self.root = None
        for number in numbers:
            self.insert(number)

    def insert(self, number):
        """Put a number in its place; one that is there already changes nothing."""
        raise NotImplementedError("insert is yours to write")

    def __contains__(self, number):
        raise NotImplementedError("__contains__ is yours to write")

    def __iter__(self):
        raise NotImplementedError("__iter__ is yours to write")


# %% [markdown] tags=["prose"]
# ## Question
# What would a queue be good for?

# %% [markdown] tags=["answer"]
# *Write your answer here.*
'''
)

STACK = '''\
class Stack:
    """A pile on a list."""

    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise IndexError("the stack is empty")
        return self.items.pop()

    def __len__(self):
        return len(self.items)
'''

BALANCED = """\
def balanced(text):
    open_ones = Stack()
    for letter in text:
        if letter in "([":
            open_ones.push(letter)
        elif letter in ")]":
            if not len(open_ones) or open_ones.pop() + letter not in ("()", "[]"):
                return False
    return not len(open_ones)
"""

TREE = '''\
class Node:
    def __init__(self, value):
        self.value, self.left, self.right = value, None, None


class Tree:
    """A search tree that is never balanced again."""

    def __init__(self, numbers=()):
        self.root = None
        for number in numbers:
            self.insert(number)

    def insert(self, number):
        if self.root is None:
            self.root = Node(number)
            return
        node = self.root
        while node.value != number:
            side = "left" if number < node.value else "right"
            if getattr(node, side) is None:
                setattr(node, side, Node(number))
            node = getattr(node, side)

    def __contains__(self, number):
        node = self.root
        while node is not None and node.value != number:
            node = node.left if number < node.value else node.right
        return node is not None

    def __iter__(self):
        waiting, node = [], self.root
        while waiting or node is not None:
            while node is not None:
                waiting.append(node)
                node = node.left
            node = waiting.pop()
            yield node.value
            node = node.right
'''

STACKS_PUBLIC = '''\
from cnngrade import assert_close, assert_raises, gate, points


def numbers(rng, count):
    return rng.choice(10_000, count, replace=False).tolist()


@gate
@points(1)
def test_Stack_gives_back_what_it_was_given(student, rng):
    """an item that was pushed comes back, and the stack is empty again"""
    (item,) = numbers(rng, 1)
    pile = student.Stack()
    pile.push(item)
    assert pile.pop() == item
    assert len(pile) == 0


@points(2)
def test_Stack_is_last_in_first_out(student, reference, rng):
    """what came last goes first"""
    mine, right = student.Stack(), reference.Stack()
    for item in numbers(rng, 4):
        mine.push(item)
        right.push(item)
    found = [mine.pop() for _ in range(4)]
    assert_close(found, [right.pop() for _ in range(4)])


@points(2)
def test_Stack_keeps_two_piles_apart(student, rng):
    """two stacks have nothing to do with each other"""
    one, other = student.Stack(), student.Stack()
    *items, last = numbers(rng, 7)
    for item in items:
        one.push(item)
    other.push(last)
    found = [one.pop(), one.pop(), one.pop(), other.pop(), len(one), len(other)]
    assert_close(found, [*items[:2:-1], last, 3, 0])


@points(1)
def test_Stack_refuses_to_pop_what_is_not_there(student, rng):
    """an empty stack raises IndexError"""
    pile = student.Stack()
    for item in numbers(rng, 2):
        pile.push(item)
    pile.pop()
    pile.pop()
    assert_raises(IndexError, pile.pop)


@points(1)
def test_balanced_of_round_brackets(student, reference, rng):
    """round brackets"""
    for _ in range(6):
        text = "".join("()a"[sign] for sign in rng.integers(0, 3, 6))
        assert_close(student.balanced(text), reference.balanced(text))


@points(2)
def test_Tree_is_in_order(student, reference, rng):
    """the numbers come in order, each once"""
    given = numbers(rng, 6)
    assert_close(list(student.Tree(given + given[:2])), list(reference.Tree(given + given[:2])))


@points(1)
def test_Tree_is_in_order_after_more_came(student, rng):
    """numbers that are inserted later come in their places"""
    given = numbers(rng, 7)
    tree = student.Tree(given[:3])
    for number in given[3:]:
        tree.insert(number)
    assert_close(list(tree), sorted(given))


@points(1)
def test_Tree_puts_smaller_numbers_to_the_left(student, rng):
    """smaller numbers are to the left of a node"""
    low, middle, high = sorted(numbers(rng, 3))
    root = student.Tree([middle, high, low]).root
    assert_close([root.value, root.left.value, root.right.value, root.left.left], [middle, low, high, None])
'''

STACKS_HIDDEN = '''\
from cnngrade import assert_close, points


@points(1)
def test_Stack_of_many(student, rng):
    """a hundred items"""
    pile = student.Stack()
    given = rng.integers(0, 10_000, 100).tolist()
    for item in given:
        pile.push(item)
    assert_close([pile.pop() for _ in given], given[::-1])


@points(1)
def test_balanced_of_both_kinds(student):
    """both kinds of brackets"""
    assert_close([student.balanced(text) for text in ("([])", "([)]", "[", "")], [True, False, False, True])


@points(1)
def test_Tree_finds_its_numbers(student, rng):
    """a number is found where it is, and nowhere else"""
    given = rng.choice(10_000, 8, replace=False).tolist()
    tree = student.Tree(given[:4])
    assert all(number in tree for number in given[:4])
    assert not any(number in tree for number in given[4:])
'''

STACKS_MISTAKES = """\
from cnngrade import mistake, solution_for

solution = solution_for(__file__)


@mistake("What came first goes first: that is a queue. A stack gives back what came last.")
class Stack_that_is_a_queue(solution.Stack):
    def pop(self):
        if not self.items:
            raise IndexError
        return self.items.pop(0)


@mistake("All stacks share their items: the list belongs to the class. Make it in __init__.")
class Stack_shared(solution.Stack):
    def __init__(self):
        vars(type(self)).get("items") or setattr(type(self), "items", [])


@mistake("The top item is looked at and stays where it is.")
class Stack_that_peeks(solution.Stack):
    def pop(self):
        return self.items[-1]


@mistake("A closing bracket of the other kind counts as well.")
def balanced_by_number(text):
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if depth < 0:
            return False
    return depth == 0


@mistake("The numbers come in the order in which they were inserted.")
class Tree_as_a_list:
    def __init__(self, numbers=()):
        self.numbers, self.root = list(dict.fromkeys(numbers)), None

    def insert(self, number):
        if number not in self.numbers:
            self.numbers.append(number)

    def __contains__(self, number):
        return number in self.numbers

    def __iter__(self):
        return iter(self.numbers)
"""

STACKS_HINTS = """\
unit:
  - Begin with Stack.
  - Draw a pile of plates.
  - Follow the example with a pencil.
functions:
  Stack:
    - What has a list that a pile has, too?
    - A list has two ends, and one of them is the top.
    - Keep a list, add to its end, and take from its end.
  balanced:
    - Which bracket has to be closed next?
    - The one that was opened last.
    - Push what is opened; what is closed must fit what you pop.
  Tree:
    - Where does a number go that is smaller than the root?
    - Go down until there is room.
    - To go through it in order, take the left side, the node, the right side.
"""

WORDS = (
    _HEAD.format(title="Words")
    + '''
# %% [markdown]
# ## Counting
# How often does each word occur?


# %%
def count_words(text):
    """Return {word: how often it occurs}; words are separated by spaces.

    >>> count_words("a b a")
    {'a': 2, 'b': 1}
    """
    raise NotImplementedError("count_words is yours to write")


# %% [markdown]
# ## Merging
# Two sorted lists make one.


# %%
def merge(one, other):
    """Return the numbers of two sorted lists in order.

    >>> merge([1, 4], [2, 3])
    [1, 2, 3, 4]
    """
    raise NotImplementedError("merge is yours to write")


# %% [markdown]
# ## Backwards
# The other way round.


# %%
def backwards(text):
    """Return a text with its words in the opposite order.

    >>> backwards("to be or not")
    'not or be to'
    """
    raise NotImplementedError("backwards is yours to write")
'''
)

WORDS_RIGHT = {
    "count_words": """\
def count_words(text):
    found = {}
    for word in text.split():
        found[word] = found.get(word, 0) + 1
    return found
""",
    "merge": """\
def merge(one, other):
    return sorted(one + other)
""",
    "backwards": """\
def backwards(text):
    return " ".join(text.split()[::-1])
""",
}

WORDS_PUBLIC = '''\
from cnngrade import assert_close, points


def words(rng, count):
    return " ".join(rng.choice(["ant", "bee", "cat", "dog", "eel", "fox"], count).tolist())


@points(2)
def test_count_words_of_a_text(student, reference, rng):
    """each word is counted"""
    texts = [words(rng, count) for count in (4, 7, 9, 12, 20)]
    found = [student.count_words(text) for text in texts]
    assert_close(found, [reference.count_words(text) for text in texts])


@points(2)
def test_merge_of_two_lists(student, reference, rng):
    """two lists become one"""
    pairs = [[sorted(rng.integers(0, 5_000, size).tolist()) for size in sizes] for sizes in ((5, 3), (4, 6), (6, 5), (0, 3))]
    found = [student.merge(*pair) for pair in pairs]
    assert_close(found, [reference.merge(*pair) for pair in pairs])


@points(2)
def test_backwards_of_a_text(student, reference, rng):
    """the last word comes first"""
    texts = [words(rng, count) for count in (2, 3, 5, 8)]
    found = [student.backwards(text) for text in texts]
    assert_close(found, [reference.backwards(text) for text in texts])
'''

WORDS_HIDDEN = '''\
from cnngrade import assert_close, points


@points(2)
def test_count_words_of_nothing(student):
    """a text without a word, and one with many spaces"""
    assert_close([student.count_words(""), student.count_words("a  a ")], [{}, {"a": 2}])
'''

WORDS_MISTAKES = """\
from cnngrade import mistake, solution_for

solution = solution_for(__file__)


@mistake("Every word counts once only.")
def count_words_once(text):
    return dict.fromkeys(text.split(), 1)


@mistake("The lists are put one after the other; nothing puts the numbers in order.")
def merge_one_after_the_other(one, other):
    return one + other


@mistake("The letters are turned round. The words should be.")
def backwards_by_letter(text):
    return text[::-1]
"""

WORDS_HINTS = """\
unit:
  - Begin with the shortest text.
  - Write down what should come out.
  - Compare word by word.
functions:
  count_words:
    - What do you do on paper?
    - A dict holds a number for each word.
    - Go through the words; add one to the number of each.
  merge:
    - Which number comes first?
    - The smaller one of the two first ones.
    - Take the smaller first number until both lists are empty.
  backwards:
    - Where are the words separated?
    - A list can be read from its end.
    - Split the text, turn the list round, and join it.
"""

RIGHT = {"Stack": STACK, "balanced": BALANCED, "Tree": TREE}
"""A right answer for each name of the unit `stacks`."""

POINTS = {"Stack": 7.0, "balanced": 2.0, "Tree": 5.0}


def make_other_course(root: Path) -> Path:
    """Write the course into `root` and return it."""
    new_course(root, "Data structures", "stacks", 15)
    book = (root / "course.yml").read_text(encoding="utf-8")
    book = book.replace("points: 15\n\n", "points: 23\n\n")
    book = book.replace("functions: [stacks_first]", "functions: [Stack, balanced, Tree]")
    entry = '  - name: words\n    title: "Words"\n    points: 8\n    functions: [count_words, merge, backwards]\n'
    (root / "course.yml").write_text(f"{book.rstrip()}\n{entry}", encoding="utf-8")
    files = {
        "exercises/stacks.py": STACKS,
        "solutions/stacks.py": "\n\n".join(['"""The reference of the unit stacks."""\n', *RIGHT.values()]),
        "solutions/stacks.md": "# Marking\n\nA full answer names something that is served in the order in which it came.\n",
        "autograde_tests/public/test_stacks.py": STACKS_PUBLIC,
        "autograde_tests/hidden/test_stacks.py": STACKS_HIDDEN,
        "autograde_tests/mistakes/stacks.py": STACKS_MISTAKES,
        "autograde_tests/hints/stacks.yml": STACKS_HINTS,
        "exercises/words.py": WORDS,
        "solutions/words.py": "\n\n".join(['"""The reference of the unit words."""\n', *WORDS_RIGHT.values()]),
        "autograde_tests/public/test_words.py": WORDS_PUBLIC,
        "autograde_tests/hidden/test_words.py": WORDS_HIDDEN,
        "autograde_tests/mistakes/words.py": WORDS_MISTAKES,
        "autograde_tests/hints/words.yml": WORDS_HINTS,
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def stacks_script(**parts: str) -> str:
    """Return the exercise of the unit `stacks` with definitions in the place of its stubs."""
    text = STACKS
    for name, source in parts.items():
        start = text.index(f"class {name}:" if name[0].isupper() else f"def {name}(")
        end = text.index("\n\n\n# %%" if "\n\n\n# %%" in text[start:] else "\n# %% [markdown]", start)
        end = min(end, text.index("\n# %%", start))
        text = f"{text[:start]}{source}{text[end:]}"
    return text
