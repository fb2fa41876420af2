"""Which of a unit's pupils a sum is of: all, a year group, a sex, a registered group.

A slice is one such part, as the whole number that stands in UnitSum.slice. A split is a family of slices that are all
pupils together: no pupil is in two slices of a split, and none in no slice. Of a registered group the rest of the
pupils is the other part; it is never stored: all minus the group.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.written_reads import Columns, rows_of
from pupils.models import PupilGroup, Sex
from pupils.school_years import year_group_name

ALL_PUPILS = 0
OF_YEAR_GROUPS = 100
SEX_NOT_STATED = 200
OF_GROUPS = 1000
GREATEST_YEAR_GROUP = 13
# Of year groups that are only shown together: plus a bit for each.
OF_JOINED_YEARS = 1_000_000_000
SLICE_OF_SEX = {Sex.UNKNOWN.value: SEX_NOT_STATED, Sex.FEMALE.value: 201, Sex.MALE.value: 202}
GROUP_PREFIX = "group:"


@dataclass(frozen=True, order=True)
class Split:
    """code: "all", "year_group", "sex", or "group:" and the id of the registered group."""

    code: str

    @property
    def group_id(self) -> int | None:
        """The registered group that is told apart from the rest; None for the other splits."""
        return int(self.code.removeprefix(GROUP_PREFIX)) if self.code.startswith(GROUP_PREFIX) else None

    @property
    def has_rest(self) -> bool:
        """Whether a part of the pupils is stored nowhere: all minus the slice of the split."""
        return self.group_id is not None

    @property
    def slices(self) -> tuple[int, ...]:
        """Every slice that the split can have; in a unit some of them may have no pupils, and then no sums."""
        if self.group_id is not None:
            return (slice_of_group(self.group_id),)
        return _SLICES_OF_SPLIT[self]


ALL = Split("all")
BY_YEAR_GROUP = Split("year_group")
BY_SEX = Split("sex")


def slice_of_year_group(year_group: int) -> int:
    """Raises ValueError for a year group that no enrolment can have."""
    if not 0 <= year_group <= GREATEST_YEAR_GROUP:
        raise ValueError(f"no year group: {year_group}")
    return OF_YEAR_GROUPS + year_group


def joined_years(slices: Iterable[int]) -> int:
    """The slice of several year groups together, some of which may be joined ones. No UnitSum has it."""
    return OF_JOINED_YEARS + sum(1 << number - OF_YEAR_GROUPS for each in slices for number in years_in(each))


def years_in(number: int) -> tuple[int, ...]:
    """The year groups' own slices that a slice is of, the youngest first; the slice itself if it is no joined one."""
    bits = number - OF_JOINED_YEARS
    if bits < 0:
        return (number,)
    return tuple(each for each in BY_YEAR_GROUP.slices if bits >> each - OF_YEAR_GROUPS & 1)


def slice_of_sex(code: str) -> int:
    """code: of Pupil.sex, "" where it is not stated. Raises KeyError for others."""
    return SLICE_OF_SEX[code]


def slice_of_group(group_id: int) -> int:
    return OF_GROUPS + group_id


def slice_of_rest(group_id: int) -> int:
    """The pupils who are not in a registered group, in figures that are made of sums: no UnitSum has it."""
    return -slice_of_group(group_id)


_SLICES_OF_SPLIT = {
    ALL: (ALL_PUPILS,),
    BY_YEAR_GROUP: tuple(slice_of_year_group(year_group) for year_group in range(GREATEST_YEAR_GROUP + 1)),
    BY_SEX: tuple(sorted(SLICE_OF_SEX.values())),
}
_SPLIT_OF_SLICE = {number: split for split, numbers in _SLICES_OF_SPLIT.items() for number in numbers}


def split_of(number: int) -> Split:
    """The split that the slice belongs to. Raises ValueError for a number that is no slice."""
    if number > OF_JOINED_YEARS:
        return BY_YEAR_GROUP
    if abs(number) > OF_GROUPS:
        return Split(f"{GROUP_PREFIX}{abs(number) - OF_GROUPS}")
    if number not in _SPLIT_OF_SLICE:
        raise ValueError(f"no slice: {number}")
    return _SPLIT_OF_SLICE[number]


GROUP = Columns(PupilGroup, "g")
SUMMED_SQL = f"""
    select {GROUP.sql} from pupils_pupilgroup g where g.municipality_id = %(municipality)s and g.is_summed
    order by g.name
"""


def summed_groups() -> list[PupilGroup]:
    """The registered groups of the municipality that have sums of their own, by name."""
    return [GROUP.made_of(row) for row in rows_of(SUMMED_SQL)]


def splits_in_use() -> list[Split]:
    """The splits by which the municipality's pupils are summed up: all, year group, sex, and each such group."""
    groups = [Split(f"{GROUP_PREFIX}{group.pk}") for group in summed_groups()]
    return [ALL, BY_YEAR_GROUP, BY_SEX, *groups]


def split_name(split: Split) -> str:
    """What a filter calls the split; of a registered group its own name."""
    if split.group_id is not None:
        return PupilGroup.objects.get(pk=split.group_id).name
    return {ALL: _("all pupils"), BY_YEAR_GROUP: _("year group"), BY_SEX: _("girls and boys")}[split]


def slice_name(number: int, *, country: str, on: datetime.date) -> str:
    """What a page calls the pupils of the slice.

    country, on: which the names of the year groups depend on. Raises ValueError for a number that is no slice.
    """
    split = split_of(number)
    if len(years := years_in(number)) > 1:
        names = [year_group_name(each - OF_YEAR_GROUPS, country, on) for each in years]
        return _("years %(years)s") % {"years": ", ".join(names)}
    if split == BY_YEAR_GROUP:
        return _("year %(year)s") % {"year": year_group_name(number - OF_YEAR_GROUPS, country, on)}
    if split == BY_SEX:
        return {SEX_NOT_STATED: _("sex not stated"), 201: _("girls"), 202: _("boys")}[number]
    return split_name(split)


def rest_name(group: PupilGroup) -> str:
    """What a page calls the pupils who are not in a registered group."""
    return _("not %(group)s") % {"group": group.name}
