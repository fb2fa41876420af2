"""Year groups that are shown only together, where figures of a single one would tell of pupils. No database.

Some schools end with a year group that others have, too: then those that have it together with older ones are told
apart by what is shown of all pupils, and no pool of schools helps. What is shown is then of "years 6, 7". Which year
groups are joined is decided when a round is shown for the first time, and kept: so no reader can compare the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .disclosure import Part
from .disclosure.tables import Slice, Table
from .disclosure.versions import Version
from .release_proposal import Proposal
from .slices import ALL, BY_YEAR_GROUP, Split, joined_years, years_in

Parts = Mapping[Part, Table]


def as_shown(parts: Parts, shown: Mapping[Part, Version]) -> Parts:
    """The true tables of the split, with those year groups joined that have been shown so."""
    joined = {slice_ for version in shown.values() for slice_ in version.table.slices}
    into = {year: slice_ for slice_ in joined for year in years_in(slice_) if year != slice_}
    return _joined(parts, into)


def safely_joined(parts: Parts, of_all: Table, proposal: Proposal) -> Parts | None:
    """The tables with as few year groups joined as it takes for their colours to be shown; None if nothing helps.

    proposal: of the colours, in which that cannot be done without.
    """
    for _year_group in parts[Part.COLOURS].slices:
        slices = parts[Part.COLOURS].slices
        if len(slices) <= 2:
            return None
        told = proposal.result.withdrawn.get(BY_YEAR_GROUP) or frozenset(slices)
        parts = _joined(parts, _one_more_pair(parts[Part.COLOURS], told & frozenset(slices)))
        tables: dict[Split, Table] = {ALL: of_all, BY_YEAR_GROUP: parts[Part.COLOURS]}
        proposal = Proposal(proposal.part, tables, {}, {}, proposal.limits)
        if proposal.result.versions[BY_YEAR_GROUP].partition.shown:
            return parts
    return None


def _one_more_pair(table: Table, told: Collection[Slice]) -> Mapping[Slice, Slice]:
    """The year group with the fewest pupils, of those that tell of pupils, with the one beside it that has fewer."""
    slices = sorted(table.slices, key=lambda slice_: years_in(slice_)[0])
    n_pupils = {slice_: sum(sum(each.get(slice_, ())) for each in table.leaves.values()) for slice_ in slices}
    place = slices.index(min(told, key=lambda slice_: (n_pupils[slice_], slice_)))
    beside = [slices[other] for other in (place - 1, place + 1) if 0 <= other < len(slices)]
    pair = [slices[place], min(beside, key=lambda slice_: (n_pupils[slice_], slice_))]
    return dict.fromkeys(pair, joined_years(pair))


def _joined(parts: Parts, into: Mapping[Slice, Slice]) -> Parts:
    return {part: table.with_slices_joined(into) for part, table in parts.items()} if into else parts


def own_slices(slices: Iterable[Slice]) -> list[Slice]:
    """All that a table with these slices tells something about: they, and the year groups that are shown only so."""
    return sorted({each for slice_ in slices for each in (slice_, *years_in(slice_))})
