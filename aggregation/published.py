"""Everything that a role can read, as plain data for checks from outside: see docs/published.md.

Read through the queries of the pages (released.py, queries.py), so that it cannot hold more or less than they show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.utils.text import slugify

from accounts.access import Sight
from accounts.models import Level, Unit, UnitPlacement
from accounts.roles import Permission, Tier
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Colours, Moves, Part
from .models import Release, UnitSum
from .queries import true_figures
from .release_rows import Versions, versions_of
from .released import released_shares
from .shares import Member, Percents, Pool, Share
from .slice_choices import slice_word
from .slices import ALL_PUPILS
from .truth import tree_of

NodeId = str
Key = str
# What stands in the place of a version where the sums themselves are read.
NOW = "now"


def published(sight: Sight, unit: Unit) -> dict[str, Any]:
    """What somebody reads at a unit and below: the sums where the pupils are seen, else all versions released."""
    line = sight.line_of(unit)
    sees_pupils = sight.can_in_line(Permission.SEE_PUPILS, line)
    lowest = Level.SCHOOL_CLASS if sees_pupils else Level.SCHOOL
    tree = Tree(lowest)
    if sees_pupils:
        return _document(tree, _sums(tree, sight), [])
    tier = sight.tier_in_line(line)
    releases = _releases(tree, tier)
    return _document(
        tree, _released(tree, releases, sight), [] if tier is Tier.BOARD else _links(tree, releases)
    )


def truth(sight: Sight, unit: Unit) -> dict[str, Any]:
    """The same tables with the counts behind them, of every unit: nothing is protected here."""
    line = sight.line_of(unit)
    if sight.can_in_line(Permission.SEE_PUPILS, line):
        return published(sight, unit)
    tree = Tree(Level.SCHOOL)
    releases = _releases(tree, sight.tier_in_line(line))
    return _document(tree, _behind(tree, releases), _links(tree, releases))


@dataclass
class Tree:
    """The units of all rounds. A unit that stood elsewhere in an earlier round is another node there.

    lowest: the level that the tables go down to. nodes: {id: id of the one above}, filled round by round.
    """

    lowest: Level
    nodes: dict[NodeId, NodeId | None] = field(default_factory=dict)
    pools: dict[NodeId, list[NodeId]] = field(default_factory=dict)

    @cached_property
    def rounds(self) -> list[MeasurementRound]:
        """The last one first: its units have the plain ids."""
        return list(MeasurementRound.objects.order_by("-starts_on"))

    @cached_property
    def keys(self) -> dict[int, str]:
        return dict(Unit.objects.values_list("pk", "key"))

    @cached_property
    def ids(self) -> dict[tuple[int, int], NodeId]:
        """By round and unit id; a negative unit id is the rest of the unit, see released.py."""
        ids: dict[tuple[int, int], NodeId] = {}
        for round_ in self.rounds:
            parents = self.parents_in(round_)
            for unit_id in self.from_the_top(parents):
                above = parents.get(unit_id)
                parent = None if above is None else ids[round_.pk, above]
                ids[round_.pk, unit_id] = self.node(self.keys[unit_id], parent, round_)
            for unit_id in self.units_with_a_rest(round_) & set(parents.values()):
                above_rest = ids[round_.pk, unit_id]
                ids[round_.pk, -unit_id] = self.node(f"rest:{above_rest}", above_rest, round_)
        return ids

    def node(self, name: str, parent: NodeId | None, round_: MeasurementRound) -> NodeId:
        if self.nodes.get(name, parent) != parent:
            name = f"{name}@{self.round_names[round_.pk]}"
        self.nodes[name] = parent
        return name

    def parents_in(self, round_: MeasurementRound) -> dict[int, int]:
        if self.lowest is Level.SCHOOL:
            return tree_of(round_)
        return dict(UnitPlacement.objects.on(round_.counted_on).values_list("unit_id", "parent_id"))

    def from_the_top(self, parents: Mapping[int, int]) -> Iterator[int]:
        children: dict[int, list[int]] = defaultdict(list)
        for unit_id, parent_id in sorted(parents.items()):
            children[parent_id].append(unit_id)
        waiting = sorted(set(parents.values()) - parents.keys())
        while waiting:
            unit_id = waiting.pop(0)
            yield unit_id
            waiting += children[unit_id]

    def units_with_a_rest(self, round_: MeasurementRound) -> set[int]:
        """Units above the school that have classes of their own."""
        classes = UnitPlacement.objects.on(round_.counted_on).filter(unit__level=Level.SCHOOL_CLASS)
        above = classes.filter(parent__level__lt=Level.SCHOOL)
        return set(above.values_list("parent_id", flat=True)) if self.lowest is Level.SCHOOL else set()

    @cached_property
    def round_names(self) -> dict[int, str]:
        """Of the rounds' names, with the key where two would be the same."""
        names = {round_.pk: slugify(round_.name) for round_ in self.rounds}
        several = [name for name in names.values() if list(names.values()).count(name) > 1]
        return {
            round_.pk: f"{names[round_.pk]}-{round_.key}" if names[round_.pk] in several else names[round_.pk]
            for round_ in self.rounds
        }

    @cached_property
    def indicator_codes(self) -> dict[int, str]:
        return dict(Indicator.objects.values_list("pk", "code"))

    def key(self, indicator_id: int, round_id: int, slice_: int, version: str) -> Key:
        return f"{self.indicator_codes[indicator_id]}/{self.round_names[round_id]}/{slice_word(slice_)}/{version}"

    def key_of(self, release: Release, slice_: int) -> Key:
        return self.key(release.indicator_id, release.round_id, slice_, f"v{release.version}")

    def pool(self, pool: Pool, round_id: int) -> NodeId:
        members = sorted(self.ids[round_id, _signed(member)] for member in pool.members)
        name = f"pool:{'+'.join(members)}"
        self.pools[name] = members
        return name


def _signed(member: Member) -> int:
    return -member.unit_id if member.is_rest else member.unit_id


# By what the numbers are ("n", "cells" …), of each node; None where they are not shown.
Columns = dict[str, dict[NodeId, Any]]


def columns_of_counts(share: Share, part: Part) -> dict[str, Any]:
    """What is read of a part as counts; nobody where nothing is due."""
    if share == NOT_DUE:
        share = NOBODY
    if part is Part.MOVEMENT:
        return {"moves": list(share.moves) if share.moves is not None else None}
    if part is Part.COVERAGE:
        return {"missing": share.missing}
    if share.colours is None:
        return {"n": None, "cells": None, "uncoloured": None}
    *judged, uncoloured = share.colours
    return {"n": sum(judged), "cells": judged, "uncoloured": uncoloured}


def columns_of_percents(share: Share, part: Part) -> dict[str, Any]:
    """What the board reads of a part: no counts but that of the pupils that the shares rest on."""
    percents = share.percents
    if part is Part.MOVEMENT:
        return {
            "moves": list(percents.moves) if percents is not None and percents.moves is not None else None
        }
    if part is Part.COVERAGE:
        return {"measured": percents.measured if percents is not None else None}
    shares = list(percents.colours[:3]) if percents is not None else None
    return {"n": percents.base if percents is not None else None, "cells": None, "shares": shares}


ColumnsOf = Callable[[Share, Part], dict[str, Any]]


def fill(
    columns: Columns, node: NodeId, share: Share, columns_of: ColumnsOf, pool_id: Callable[[Pool], NodeId]
) -> None:
    """Writes a unit's figures down: of the unit, or where it is shown together with others, of the pool."""
    for part in Part:
        pool = share.pools.get(part)
        for name, value in columns_of(share, part).items():
            columns[name][node] = value if pool is None else None
            if pool is not None:
                columns[name][pool_id(pool)] = value


def no_pool(pool: Pool) -> NodeId:
    raise LookupError(f"sums have no pools: {pool}")


NOT_DUE = Share()
NOBODY = Share(Colours(0, 0, 0, 0), Moves(0, 0, 0), 0)


def _readable(tree: Tree, sight: Sight, round_: MeasurementRound) -> list[int]:
    """Ids of the units that somebody may open a page of, in the tree of a round."""
    visible = sight.visible_units(Permission.SEE_SUMS, round_.counted_on)
    return sorted(unit_id for round_id, unit_id in tree.ids if round_id == round_.pk and unit_id in visible)


def _releases(tree: Tree, tier: Tier) -> list[Release]:
    releases = Release.objects.filter(tier=tier, round__in=[round_.pk for round_ in tree.rounds])
    return list(releases.order_by("round__starts_on", "indicator", "split", "version"))


def _slices_of(release: Release) -> list[int]:
    leaves = release.behind[Part.COLOURS.value]["leaves"].values()
    return sorted({int(slice_) for slices in leaves for slice_ in slices})


def _released(tree: Tree, releases: Collection[Release], sight: Sight) -> dict[Key, Columns]:
    readable = {round_.pk: _readable(tree, sight, round_) for round_ in tree.rounds}
    tables: dict[Key, Columns] = {}
    for release in releases:
        units = readable[release.round_id]
        for slice_ in _slices_of(release):
            shares = released_shares([release], slice_, units)
            columns: Columns = defaultdict(dict)
            for unit_id in units:
                share = shares.get((release.pk, unit_id), _nothing_due(release))
                node = tree.ids[release.round_id, unit_id]
                columns_of = columns_of_percents if release.tier == Tier.BOARD else columns_of_counts
                fill(columns, node, share, columns_of, partial(tree.pool, round_id=release.round_id))
            tables[tree.key_of(release, slice_)] = columns
    return tables


def _nothing_due(release: Release) -> Share:
    return Share(percents=Percents(0, Colours(0, 0, 0))) if release.tier == Tier.BOARD else NOT_DUE


def _sums(tree: Tree, sight: Sight) -> dict[Key, Columns]:
    """The sums of the units whose pupils are seen."""
    tables: dict[Key, Columns] = defaultdict(lambda: defaultdict(dict))
    for round_ in tree.rounds:
        units = _readable(tree, sight, round_)
        slices = UnitSum.objects.filter(round=round_, unit__in=units).values_list("slice", flat=True)
        for slice_ in sorted(set(slices)):
            shares = true_figures(units, round_, slice_).shares
            for indicator_id in sorted({indicator_id for _unit_id, indicator_id in shares}):
                columns = tables[tree.key(indicator_id, round_.pk, slice_, NOW)]
                for unit_id in units:
                    share = shares.get((unit_id, indicator_id), NOT_DUE)
                    fill(columns, tree.ids[round_.pk, unit_id], share, columns_of_counts, no_pool)
    return tables


def _behind(tree: Tree, releases: Iterable[Release]) -> dict[Key, Columns]:
    """The counts behind every version, of all units down to the schools, and of the rests."""
    tables: dict[Key, Columns] = {}
    for release in releases:
        versions = versions_of(release, {**tree.parents_in(_round_of(tree, release))})
        for slice_ in _slices_of(release):
            columns: Columns = defaultdict(dict)
            for round_id, unit_id in tree.ids:
                if round_id == release.round_id:
                    share = _share_behind(versions, unit_id, slice_)
                    fill(columns, tree.ids[round_id, unit_id], share, columns_of_counts, no_pool)
            tables[tree.key_of(release, slice_)] = columns
    return tables


def _round_of(tree: Tree, release: Release) -> MeasurementRound:
    return next(round_ for round_ in tree.rounds if round_.pk == release.round_id)


def _share_behind(versions: Versions, unit_id: int, slice_: int) -> Share:
    counts = {}
    for part, version in versions.items():
        leaves = version.table.leaves_of.get(unit_id, frozenset({unit_id} & version.table.leaves.keys()))
        counts[part] = version.table.counts_of(leaves).get(slice_)
    return Share(
        Colours(*(counts[Part.COLOURS] or NOBODY.colours or ())),
        Moves(*(counts[Part.MOVEMENT] or NOBODY.moves or ())),
        (counts[Part.COVERAGE] or (0,))[0],
    )


def _links(tree: Tree, releases: Collection[Release]) -> list[dict[str, list[Key]]]:
    """The slices of a split and what they add up to, where all of it is of the same moment."""
    by_id = {release.pk: release for release in releases}
    return [
        {
            "left": [tree.key_of(release, slice_) for slice_ in _slices_of(release)],
            "right": [tree.key_of(by_id[release.whole_id], ALL_PUPILS)],
        }
        for release in releases
        if release.whole_id is not None
    ]


def _document(tree: Tree, tables: Mapping[Key, Columns], links: list[dict[str, list[Key]]]) -> dict[str, Any]:
    units = [{"id": node, "parent": parent} for node, parent in tree.nodes.items()]
    pools = [{"id": pool, "parent": None, "members": members} for pool, members in sorted(tree.pools.items())]
    return {"nodes": [*units, *pools], "tables": {key: dict(tables[key]) for key in tables}, "links": links}
