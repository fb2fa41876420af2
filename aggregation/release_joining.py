"""Year groups that are shown only together, where figures of a single one would tell of pupils. No database.

Some schools end with a year group that others have, too: then those that have it together with older ones are told
apart by what is shown of all pupils, and no pool of schools helps. What is shown is then of "years 6, 7". Which year
groups are joined is decided when a round is shown for the first time, and kept: so no reader can compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

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
        is_told = BY_YEAR_GROUP in proposal.result.withdrawn
        pair = _at_a_border(parts[Part.COLOURS]) if is_told else _smallest(parts[Part.COLOURS])
        parts = _joined(parts, dict.fromkeys(pair, joined_years(pair)))
        tables: dict[Split, Table] = {ALL: of_all, BY_YEAR_GROUP: parts[Part.COLOURS]}
        proposal = Proposal(proposal.part, tables, {}, {}, proposal.limits)
        if proposal.result.versions[BY_YEAR_GROUP].partition.shown:
            return parts
    return None


def _at_a_border(table: Table) -> Sequence[Slice]:
    """The two year groups beside each other that have the fewest schools in common: there others begin or end.

    Where something can be worked out, it is by way of schools that do not have the year groups of others in their pool.
    """
    schools = {
        slice_: {leaf for leaf, slices in table.leaves.items() if any(slices.get(slice_, ()))}
        for slice_ in table.slices
    }

    def in_common(pair: Sequence[Slice]) -> float:
        one, other = (schools[slice_] for slice_ in pair)
        return len(one & other) / max(1, len(one | other))

    return min(_pairs(table), key=in_common)


def _smallest(table: Table) -> Sequence[Slice]:
    """The two year groups beside each other that have the fewest pupils."""

    def n_pupils(pair: Sequence[Slice]) -> int:
        return sum(sum(slices.get(slice_, ())) for slices in table.leaves.values() for slice_ in pair)

    return min(_pairs(table), key=n_pupils)


def _pairs(table: Table) -> list[Sequence[Slice]]:
    slices = sorted(table.slices, key=lambda slice_: years_in(slice_)[0])
    return list(pairwise(slices))


def _joined(parts: Parts, into: Mapping[Slice, Slice]) -> Parts:
    return {part: table.with_slices_joined(into) for part, table in parts.items()} if into else parts


def own_slices(slices: Iterable[Slice]) -> list[Slice]:
    """All that a table with these slices tells something about: they, and the year groups that are shown only so."""
    return sorted({each for slice_ in slices for each in (slice_, *years_in(slice_))})
