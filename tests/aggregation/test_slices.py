"""The encoding of slices: every number belongs to one split, every split knows its parts, and people get words."""

import datetime

import pytest

from accounts.tenancy import municipality_scope
from aggregation.slice_choices import slice_of_word, slice_word
from aggregation.slices import (
    ALL,
    ALL_PUPILS,
    BY_SEX,
    BY_YEAR_GROUP,
    Split,
    joined_years,
    rest_name,
    slice_name,
    slice_of_group,
    slice_of_sex,
    slice_of_year_group,
    split_name,
    split_of,
    splits_in_use,
    years_in,
)
from pupils.models import Sex
from tests.factories.pupils import GroupFactory
from tests.fixtures import Place

AUTUMN = datetime.date(2026, 10, 1)


@pytest.mark.parametrize(
    ("number", "split"),
    [
        (ALL_PUPILS, ALL),
        (slice_of_year_group(0), BY_YEAR_GROUP),
        (slice_of_year_group(13), BY_YEAR_GROUP),
        (slice_of_sex(Sex.UNKNOWN), BY_SEX),
        (slice_of_sex(Sex.FEMALE), BY_SEX),
        (slice_of_sex(Sex.MALE), BY_SEX),
        (slice_of_group(1), Split("group:1")),
        (slice_of_group(4711), Split("group:4711")),
    ],
)
def test_slice_belongs_to_its_split_and_the_split_has_it(number: int, split: Split) -> None:
    assert split_of(number) == split
    assert number in split.slices


def test_no_slice_belongs_to_two_splits() -> None:
    splits = [ALL, BY_YEAR_GROUP, BY_SEX, Split("group:1"), Split("group:2")]
    numbers = [number for split in splits for number in split.slices]

    assert len(numbers) == len(set(numbers)) == 1 + 14 + 3 + 2


@pytest.mark.parametrize("number", [-1, 1, 99, 114, 199, 203, 1000])
def test_other_numbers_are_no_slices(number: int) -> None:
    with pytest.raises(ValueError, match="no slice"):
        split_of(number)


@pytest.mark.parametrize("year_group", [-1, 14])
def test_year_group_that_no_enrolment_can_have_is_no_slice(year_group: int) -> None:
    with pytest.raises(ValueError, match="no year group"):
        slice_of_year_group(year_group)


def test_only_a_registered_group_has_a_rest() -> None:
    splits = (ALL, BY_YEAR_GROUP, BY_SEX, Split("group:7"))
    assert [split.has_rest for split in splits] == [False, False, False, True]
    assert [split.group_id for split in splits] == [None, None, None, 7]


def test_splits_in_use_are_those_of_the_groups_that_are_switched_on(in_solviken: Place, fjordvik) -> None:
    with municipality_scope(fjordvik.municipality):
        GroupFactory(is_summed=True)
    GroupFactory()
    summed = GroupFactory(is_summed=True)

    assert splits_in_use() == [ALL, BY_YEAR_GROUP, BY_SEX, Split(f"group:{summed.pk}")]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (ALL_PUPILS, "all pupils"),
        (slice_of_year_group(0), "year F"),
        (slice_of_year_group(4), "year 4"),
        (joined_years([slice_of_year_group(7), slice_of_year_group(6)]), "years 6, 7"),
        (slice_of_sex(Sex.FEMALE), "girls"),
        (slice_of_sex(Sex.MALE), "boys"),
        (slice_of_sex(Sex.UNKNOWN), "sex not stated"),
    ],
)
def test_slice_has_a_name_for_people(in_english: None, number: int, name: str) -> None:
    assert slice_name(number, country="SE", on=AUTUMN) == name


def test_joined_year_groups_are_a_slice_of_the_split_and_have_a_word() -> None:
    years = [slice_of_year_group(year) for year in (0, 6, 13)]
    joined = joined_years([joined_years(years[:2]), years[2]])

    assert (years_in(joined), split_of(joined)) == (tuple(years), BY_YEAR_GROUP)
    assert slice_word(joined) == "year-0-6-13"
    assert slice_of_word("year-0-6-13") == joined
    assert slice_of_word("year-6-99") is None
    assert years_in(years[0]) == (years[0],)


def test_group_is_called_by_its_own_name(in_solviken: Place, in_english: None) -> None:
    group = GroupFactory(name="Nyanlända")
    split = split_of(slice_of_group(group.pk))

    assert slice_name(slice_of_group(group.pk), country="SE", on=AUTUMN) == split_name(split) == "Nyanlända"
    assert rest_name(group) == "not Nyanlända"
