"""A version of a table as rows: what is shown of each unit, and what is kept for the version that comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .disclosure import Counts, Limits, Part, Rule
from .disclosure.partitions import Leaf, Node, Partition
from .disclosure.pools import reasons
from .disclosure.tables import Slice, Table
from .disclosure.versions import Version
from .models import Release, ReleasedFigure
from .slices import years_in

# Of the three parts of a table.
Versions = Mapping[Part, Version]
COLUMNS = {
    Part.COLOURS: ("green", "yellow", "red", "uncoloured"),
    Part.MOVEMENT: ("up", "still", "down"),
    Part.COVERAGE: ("missing",),
}
# … and of each part its pool and its rule.
_SHOWN = (
    *(column for columns in COLUMNS.values() for column in columns),
    *(f"{part.value}_{what}" for part in COLUMNS for what in ("pool", "rule")),
)


def behind(versions: Versions) -> dict[str, Any]:
    """What Release.behind keeps of a version."""
    kept = {}
    for part, version in versions.items():
        blocks, unshown = version.partition.as_lists()
        leaves = {str(leaf): _kept(slices) for leaf, slices in version.table.leaves.items()}
        kept[part.value] = {"blocks": blocks, "unshown": unshown, "leaves": leaves}
    return kept


def _kept(slices: Mapping[Slice, Counts]) -> dict[str, list[int]]:
    return {str(slice_): list(counts) for slice_, counts in slices.items()}


def is_same_behind(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether what two releases keep is the same; nobody may be written down as zeros or not at all."""
    return _of_somebody(one) == _of_somebody(other)


def _of_somebody(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        part: (
            each["blocks"],
            each["unshown"],
            {
                (leaf, slice_): counts
                for leaf, slices in each["leaves"].items()
                for slice_, counts in slices.items()
                if any(counts)
            },
        )
        for part, each in kept.items()
    }


def versions_of(release: Release, parents: Mapping[Node, Node | None]) -> dict[Part, Version]:
    """The version that a release was, in the tree as it is now."""
    return {part: _version(release.behind[part.value], part, parents) for part in Part}


def _version(kept: Mapping[str, Any], part: Part, parents: Mapping[Node, Node | None]) -> Version:
    leaves = {
        int(leaf): {int(slice_): tuple(counts) for slice_, counts in slices.items()}
        for leaf, slices in kept["leaves"].items()
    }
    return Version(Table(leaves, parents, part), Partition.of(kept["blocks"], kept["unshown"]))


@dataclass(frozen=True)
class Figures:
    """The rows of a version, without their release. pools: see Release.pools."""

    pools: list[list[int]] = field(default_factory=list)
    rows: list[ReleasedFigure] = field(default_factory=list)


def figures_of(
    versions: Versions, truth: Mapping[Part, Table], slices: Iterable[Slice], limits: Limits
) -> Figures:
    """Of each unit and slice, the counts that are shown of it alone, or of the smallest sum that it is in.

    Of a year group that is shown only together with others, none.
    """
    figures = Figures()
    not_yet = _not_yet_shown(versions, truth)
    shown = {part: dict(_shown_of_nodes(version, limits, not_yet)) for part, version in versions.items()}
    places: dict[tuple[int, ...], int] = {}
    wanted = sorted(slices)
    joined = {year for slice_ in wanted for year in years_in(slice_) if year != slice_}
    for node in sorted({node for nodes in shown.values() for node in nodes}):
        for slice_ in wanted:
            columns: dict[str, Any] = {}
            for part, nodes in shown.items():
                figure = _NOT_BY_ITSELF if slice_ in joined else nodes[node]
                columns |= _columns(part, figure, slice_, places)
            figures.rows.append(ReleasedFigure(unit_id=node, slice=slice_, **columns))
    figures.pools.extend(list(pool) for pool in places)
    return figures


def are_shown_by(release: Release, figures: Figures) -> bool:
    """Whether a release has these very rows. Where a school has been moved they differ, though not what is behind."""
    columns = ("unit_id", "slice", *_SHOWN)
    stored = set(release.figures.values_list(*columns))
    return stored == {tuple(getattr(row, column) for column in columns) for row in figures.rows} and (
        release.pools == figures.pools
    )


def _not_yet_shown(versions: Versions, truth: Mapping[Part, Table]) -> set[Leaf]:
    """The leaves that came after the first version and wait: nobody is shown of them, but that is not how it is."""
    return {
        leaf
        for leaf in truth[Part.COLOURS].leaves
        if not any(_has_anybody(version.table, leaf) for version in versions.values())
        and any(_has_anybody(table, leaf) for table in truth.values())
    }


def _has_anybody(table: Table, leaf: Leaf) -> bool:
    return any(map(any, table.leaves.get(leaf, {}).values()))


@dataclass(frozen=True)
class ShownOfNode:
    """counts: by slice, None where nothing is shown; pool: units that these are of, None if it is the node alone."""

    counts: Mapping[Slice, Counts] | None
    pool: tuple[int, ...] | None
    rule: Rule | None
    nobody: Counts


_NOT_BY_ITSELF = ShownOfNode(None, None, Rule.NO_SAFE_POOL, ())


def _shown_of_nodes(
    version: Version, limits: Limits, not_yet: Collection[Leaf]
) -> Iterator[tuple[Node, ShownOfNode]]:
    table, partition = version.table, version.partition
    rules = reasons(table, partition, limits)
    nobody = (0,) * table.n_kinds
    for node, below in table.leaves_of.items():
        if node < 0:
            continue
        if node in not_yet:
            yield node, ShownOfNode(None, None, Rule.SMALL_CHANGE, nobody)
            continue
        closure = frozenset().union(*(partition.block_of(leaf) for leaf in below))
        if not partition.shows(closure):
            yield node, ShownOfNode(None, None, rules.get(node), nobody)
            continue
        others = closure - below
        pool = (node, *units_covering(table, others)) if others else None
        yield node, ShownOfNode(table.counts_of(closure), pool, rules.get(node), nobody)


def units_covering(table: Table, leaves: frozenset[Leaf]) -> list[Leaf]:
    """As few units as can be that have exactly the leaves; a negative one is the rest of the unit."""
    covering: list[Leaf] = []
    left = set(leaves)
    # From the top, so that a whole area is named and not each of its schools.
    for node in [*reversed(table.inner_nodes), *sorted(leaves)]:
        below = table.leaves_of[node] if node in table.leaves_of else frozenset({node})
        if below and below <= left:
            covering.append(node)
            left -= below
    return covering


def _columns(
    part: Part, shown: ShownOfNode, slice_: Slice, places: dict[tuple[int, ...], int]
) -> dict[str, Any]:
    """The columns of a part. places: of the pools met so far; a new one is added."""
    name = part.value
    pool = None if shown.pool is None else places.setdefault(tuple(sorted(shown.pool)), len(places))
    columns: dict[str, Any] = {
        f"{name}_pool": pool,
        f"{name}_rule": shown.rule.name if shown.rule is not None else "",
    }
    if shown.counts is not None:
        columns |= zip(COLUMNS[part], shown.counts.get(slice_, shown.nobody), strict=True)
    return columns
