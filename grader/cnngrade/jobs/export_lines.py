"""What an instructor reads about an export: which marks went where, which did not, and who has to be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnngrade.classroom.roster import Participant
from cnngrade.classroom.to_platforms.fill import UnitGoneOut
from cnngrade.classroom.to_platforms.own_table import GRADESCOPE
from cnngrade.classroom.to_platforms.unit_mark import MarkState, Rounding
from cnngrade.jobs.export import Exported, ExportWish
from cnngrade.safe_text import visible_name

_MOST_NAMED = 20
_PLAIN = Rounding()


def exported_lines(exported: Exported, wish: ExportWish) -> Iterator[str]:
    """Yield the lines; who is asked about comes last, and where the file is after all."""
    for unit in exported.units:
        yield from _unit_lines(exported, unit, wish)
    if exported.is_resaved:
        yield f"A spreadsheet has saved the file, not as {exported.title} does. If it is refused, begin with a new download."
    if exported.left_out:
        yield f"Never released, and left out: {', '.join(unit.name for unit in exported.left_out)}."
    if exported.renamed:
        named = _listed(f"{each.participant} is {each.listed} there" for each in exported.renamed)
        yield f"Found by id, and called otherwise in the file ({len(exported.renamed)}): {named}."
    if exported.strangers:
        yield f"In the file and not in the class, left as they are: {_listed(map(str, exported.strangers))}."
    if others := [each for each in exported.absent if each not in exported.lost]:
        yield f"In the class and not in the file, without a mark: {_people(others)}."
    if exported.lost:
        yield f"In the class and not in the file, with a mark that went nowhere: {_people(exported.lost)}."
    if wish.to == GRADESCOPE.name:
        yield "Gradescope itself takes in no table of marks: this one is for programs that read Gradescope's."
    if exported.doubts:
        yield f"In doubt, and left as they are ({len(exported.doubts)}):"
        for owned in exported.doubts[:_MOST_NAMED]:
            yield visible_name(f"  line {owned.listed.line}, {owned.listed}: {owned.doubt}.")
        if len(exported.doubts) > _MOST_NAMED:
            yield f"  and {len(exported.doubts) - _MOST_NAMED} more"
    what = "Nothing was written: this is what would be in" if wish.dry_run else "Written:"
    yield f"{what} {visible_name(str(exported.path))}"


def _unit_lines(exported: Exported, unit: UnitGoneOut, wish: ExportWish) -> Iterator[str]:
    column = f', column "{visible_name(unit.column)}"' if unit.there is not None or unit.column != unit.unit.name else ""
    count = f"{len(unit.gone)} mark{'' if len(unit.gone) == 1 else 's'}"
    yield f"{unit.unit.name}: {count} for {exported.title}{column}, {_points(unit, wish)}"
    changed = [each for each in unit.gone if each.is_changed]
    if changed:
        named = _listed(f"{each.participant} ({each.former.strip()}, now {each.now})" for each in changed)
        yield f"  other than in the file ({len(changed)}): {named}"
    if late := [each for each in unit.gone if each.mark.penalty]:
        named = _listed(f"{each.participant} (-{_PLAIN.text(each.mark.penalty)})" for each in late)
        yield f"  after a late penalty ({len(late)}): {named}"
    if so_far := [each.participant for each in unit.gone if each.mark.state in (MarkState.WAITS, MarkState.CHANGED)]:
        yield f"  with points so far only ({len(so_far)}): {_people(so_far)}"
    if zero := [each.participant for each in unit.gone if each.mark.state is MarkState.NOTHING]:
        yield f"  0, since nothing was handed in ({len(zero)}): {_people(zero)}"
    for state, people in unit.kept.items():
        yield f"  no mark, {state.value} ({len(people)}): {_people(people)}. {_ADVICE[state].format(unit=unit.unit.name)}"
    if unit.words:
        named = _listed(f"{participant} ({word})" for participant, word in unit.words)
        yield f"  left as they are, with a word in place of a mark ({len(unit.words)}): {named}. --overrule writes over it"
    if unit.locked:
        yield f"  locked on the platform, which takes in no mark ({len(unit.locked)}): {_people(unit.locked)}"
    if unit.above:
        yield f"  above the {_PLAIN.text(unit.there or unit.possible)} points there ({len(unit.above)}): {_people(unit.above)}"


_ADVICE = {
    MarkState.WAITS: "Mark in formgrader what waits, or give --provisional for the points so far",
    MarkState.CHANGED: "Next: cnngrade grade {unit}",
    MarkState.WITHOUT: "Next: cnngrade grade {unit}",
    MarkState.NOTHING: "--missing zero gives 0 to those whose time is over",
}


def _points(unit: UnitGoneOut, wish: ExportWish) -> str:
    rounded = f"rounded to {wish.decimals} decimal{'' if wish.decimals == 1 else 's'} (halves up)"
    possible = _PLAIN.text(unit.possible)
    if unit.there is None:
        unknown = "" if wish.into is None else " (how many there are on the platform, the file does not say)"
        return f"out of {possible} points{unknown}, {rounded}"
    there = _PLAIN.text(unit.there)
    scaled = f", scaled from {possible}" if unit.there != unit.possible else ""
    return f"out of {there} points{scaled}, {rounded}"


def _people(people: Sequence[Participant]) -> str:
    return _listed(map(str, people))


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(visible_name(name) for name in every[:_MOST_NAMED]) + more
