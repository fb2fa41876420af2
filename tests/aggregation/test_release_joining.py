"""Year groups that can only be shown together: why, which, and that they stay so. No database."""

from __future__ import annotations

from collections.abc import Mapping

from aggregation.disclosure import Counts, Limits, Part
from aggregation.disclosure.families import protect_family
from aggregation.disclosure.tables import Table, over_slices
from aggregation.disclosure.versions import Version
from aggregation.release_joining import as_shown, own_slices, safely_joined
from aggregation.release_proposal import Proposal
from aggregation.slices import ALL, ALL_PUPILS, BY_YEAR_GROUP, joined_years

LIMITS = Limits()
SIX, SEVEN, EIGHT, NINE = 106, 107, 108, 109

# An indicator that is measured from year 6 on. Five schools end there, one begins after it, and two have all four: what
# these have in year 6 is what all have minus the five, whose pupils together are shown. So each knows the other's.
SCHOOLS: dict[int, dict[int, Counts]] = {
    17: {SIX: (20, 18, 4)},
    18: {SIX: (13, 5, 4)},
    19: {SEVEN: (31, 26, 7), EIGHT: (36, 21, 12), NINE: (31, 22, 7)},
    20: {SIX: (10, 5, 4), SEVEN: (40, 21, 9), EIGHT: (38, 17, 8), NINE: (44, 20, 5)},
    21: {SIX: (15, 5, 3)},
    22: {SIX: (11, 6, 4)},
    23: {SIX: (13, 3, 3), SEVEN: (17, 3, 3), EIGHT: (10, 7, 4), NINE: (14, 7, 1)},
    24: {SIX: (6, 3, 0)},
}
PARENTS = {1: None, 2: 1, 3: 1} | {school: 2 + school % 2 for school in SCHOOLS}


def tables(schools: Mapping[int, Mapping[int, Counts]] = SCHOOLS) -> tuple[Table, Table]:
    """Of all pupils, and by year group."""
    of_all = {school: {ALL_PUPILS: over_slices(slices)} for school, slices in schools.items()}
    return Table(of_all, PARENTS, Part.COLOURS), Table(schools, PARENTS, Part.COLOURS)


def proposal(*of: Table) -> Proposal:
    return Proposal(Part.COLOURS, dict(zip([ALL, BY_YEAR_GROUP], of, strict=True)), {}, {}, LIMITS)


def test_no_pool_hides_a_year_group_with_which_others_end() -> None:
    of_all, years = tables()

    proposed = proposal(of_all, years).result

    assert proposed.withdrawn == {BY_YEAR_GROUP: {SIX}}
    assert proposed.found == []
    assert proposed.versions[BY_YEAR_GROUP].partition.shown == []


def test_it_is_joined_with_the_one_after_it_and_all_is_shown() -> None:
    of_all, years = tables()

    joined = safely_joined({Part.COLOURS: years}, of_all, proposal(of_all, years))

    assert joined is not None
    assert joined[Part.COLOURS].slices == (EIGHT, NINE, joined_years([SIX, SEVEN]))
    assert joined[Part.COLOURS].leaves[20][joined_years([SIX, SEVEN])] == (50, 26, 13)
    shown = proposal(of_all, joined[Part.COLOURS]).result
    assert (shown.withdrawn, shown.found) == ({}, [])
    assert shown.versions[BY_YEAR_GROUP].partition.shown
    # Of the joined table nothing follows either when everything is looked at together.
    assert protect_family([of_all, joined[Part.COLOURS]], LIMITS).leaks == []


def test_smallest_year_groups_are_joined_where_all_are_too_small() -> None:
    few = (4, 2, 1)
    of_all, years = tables({17 + n: {SIX: (60, 40, 20), SEVEN: few, EIGHT: few} for n in range(4)})
    refused = proposal(of_all, years)

    joined = safely_joined({Part.COLOURS: years}, of_all, refused)

    assert not refused.shows(BY_YEAR_GROUP)
    assert joined is not None
    assert joined[Part.COLOURS].slices == (SIX, joined_years([SEVEN, EIGHT]))


def test_nothing_helps_where_two_are_left_and_tell() -> None:
    of_all, years = tables({17: {SIX: (40, 20, 2), SEVEN: (40, 20, 3)}, 18: {SIX: (40, 20, 20)}})

    assert safely_joined({Part.COLOURS: years}, of_all, proposal(of_all, years)) is None


def test_what_has_been_shown_joined_stays_so() -> None:
    of_all, years = tables()
    joined = safely_joined({Part.COLOURS: years}, of_all, proposal(of_all, years))
    assert joined is not None
    last = Version(joined[Part.COLOURS], proposal(of_all, years).first[BY_YEAR_GROUP].partition)

    assert as_shown({Part.COLOURS: years}, {Part.COLOURS: last}) == joined


def test_table_tells_about_the_year_groups_that_it_shows_joined() -> None:
    assert own_slices([EIGHT, joined_years([SIX, SEVEN])]) == [SIX, SEVEN, EIGHT, joined_years([SIX, SEVEN])]
