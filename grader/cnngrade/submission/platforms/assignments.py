"""Which assignment of a download is the unit, where a platform's names tell assignments apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from cnngrade.alike import one_spelling


def titles_of_unit(files: Collection[tuple[str, str, str]], unit: str) -> set[str]:
    """Return the titles that may be the unit's, of files by title, person and the name that the person gave the file.

    It is the only title, the one that is the unit's name or else bears it, or the one with most people's files called after the
    unit.
    """
    titles = {title for title, _, _ in files}
    exact = {title for title in titles if _words(unit) == _words(title)}
    named = exact or {title for title in titles if _words(unit) <= _words(title)} or titles
    names = (f"{unit}.ipynb".casefold(), f"{unit}.py".casefold())
    people = {(title, person) for title, person, inside in files if inside.casefold() in names and title in named}
    most = Counter(title for title, _ in people).most_common(2)
    is_clear = len(most) == 1 or (len(most) == 2 and most[0][1] > most[1][1])
    return {most[0][0]} if len(named) > 1 and is_clear else named


def which_title(titles: Collection[str]) -> str:
    """Return why a file is refused where nothing says which of these titles is the unit's."""
    return f"nothing says which assignment is the unit, {' or '.join(sorted(titles)[:3])}: leave only the folders of one"


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", one_spelling(text)))
