"""The slices that a reader can choose among, and their words in addresses and keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.tenancy import current_municipality
from colourmaps.models import MeasurementRound
from pupils.models import PupilGroup

from .slices import (
    ALL,
    ALL_PUPILS,
    BY_SEX,
    BY_YEAR_GROUP,
    OF_GROUPS,
    OF_YEAR_GROUPS,
    SEX_NOT_STATED,
    joined_years,
    rest_name,
    slice_name,
    slice_of_group,
    slice_of_rest,
    split_of,
    summed_groups,
    years_in,
)

GROUP, YEAR = "group-", "year-"
WORDS_OF_SEX = {SEX_NOT_STATED: "sex-not-stated", 201: "girls", 202: "boys"}


class SliceChoice(NamedTuple):
    """A part of the pupils: as it stands in the address, and as it is called on the page."""

    number: int
    word: str
    name: str


def slice_word(number: int) -> str:
    """all, girls, year-4, year-6-7, group-7, group-7-rest."""
    split = split_of(number)
    if split.group_id is not None:
        return f"{GROUP}{split.group_id}{'-rest' if number < 0 else ''}"
    if split == ALL:
        return "all"
    years = (str(each - OF_YEAR_GROUPS) for each in years_in(number))
    return WORDS_OF_SEX.get(number) or YEAR + "-".join(years)


def slice_of_word(word: str) -> int | None:
    """The slice that a word in an address means; None if it means none that the municipality has."""
    of_groups = _names_of_groups(summed_groups()) if word.startswith(GROUP) else ()
    known = (ALL_PUPILS, *BY_YEAR_GROUP.slices, *_joined_of(word), *BY_SEX.slices, *of_groups)
    return next((number for number in known if slice_word(number) == word), None)


def _joined_of(word: str) -> list[int]:
    """The slice of several year groups that a word names, if it does."""
    numbers = word.removeprefix(YEAR).split("-") if word.startswith(YEAR) else []
    years = [each for each in BY_YEAR_GROUP.slices if str(each - OF_YEAR_GROUPS) in numbers]
    return [joined_years(years)] if len(years) > 1 else []


def slice_choices(
    numbers: Set[int], round_: MeasurementRound, groups: Sequence[PupilGroup]
) -> list[SliceChoice]:
    """The parts of its pupils of which a unit has figures in a round that the reader may see; first all.

    numbers: of the slices. groups: see `summed_groups`.
    """
    known = [ALL_PUPILS, *sorted(numbers - {ALL_PUPILS}, key=lambda number: (abs(number), number < 0))]
    names = names_of_slices(known, round_, groups)
    return [SliceChoice(number, slice_word(number), names[number]) for number in known if number in names]


def names_of_slices(
    numbers: Sequence[int], round_: MeasurementRound, groups: Sequence[PupilGroup] | None = None
) -> dict[int, str]:
    """What a page calls the pupils of each slice; a registered group that has no figures of its own now has no name.

    groups: see `summed_groups`; read where they are not known and one is asked for.
    """
    if groups is None:
        groups = summed_groups() if any(abs(number) > OF_GROUPS for number in numbers) else []
    names = _names_of_groups(groups)
    country, on = current_municipality().country, round_.counted_on
    for number in numbers:
        if number == ALL_PUPILS:
            names[number] = _("all pupils")
        elif split_of(number).group_id is None:
            names[number] = slice_name(number, country=country, on=on)
    return names


def _names_of_groups(groups: Iterable[PupilGroup]) -> dict[int, str]:
    """By slice, of the groups that have figures of their own now, and of the pupils who are not in them."""
    names: dict[int, str] = {}
    for group in groups:
        names[slice_of_group(group.pk)] = group.name
        names[slice_of_rest(group.pk)] = rest_name(group)
    return names
