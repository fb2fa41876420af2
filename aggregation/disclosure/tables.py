"""The figures of one indicator in one round, for one part and one split: what is protected as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .partitions import Leaf, Node, Partition, rest_of
from .rules import Counts, Part

# Which of a unit's pupils, as the caller numbers them. A table has the slices of one split: together they are all.
Slice = int
Slices = Mapping[Slice, Counts]


@dataclass(frozen=True)
class Table:
    """leaves: the counts of each leaf by slice, nobody where a slice is not named; part: what the counts are of.

    parents: the tree, each node to the one above, None or nothing for the topmost. A leaf that is the rest of a node
    (rest_of) stands under that node, without being named here.
    """

    leaves: Mapping[Leaf, Slices]
    parents: Mapping[Node, Node | None]
    part: Part

    @classmethod
    def from_nodes(
        cls,
        figures: Mapping[Node, Slices],
        parents: Mapping[Node, Node | None],
        part: Part,
    ) -> Table:
        """A table from the figures of all its nodes, each of which contains those of the nodes below.

        figures: of every node that somebody may see; those with nothing below them become leaves. What another has
        beside its children becomes a leaf of its own, if that is anybody. Raises ValueError if a node has less than its
        children together, or if a node is not positive.
        """
        if any(node <= 0 for node in figures):
            raise ValueError("nodes are positive")
        children: dict[Node, list[Node]] = defaultdict(list)
        for node in figures:
            above = parents.get(node)
            if above is not None and above in figures:
                children[above].append(node)
        leaves: dict[Leaf, Slices] = {node: figures[node] for node in figures if node not in children}
        for node, below in children.items():
            rest = _difference(figures[node], [figures[child] for child in below])
            if any(count < 0 for counts in rest.values() for count in counts):
                raise ValueError(f"node {node} has less than those below it")
            if any(map(any, rest.values())):
                leaves[rest_of(node)] = rest
        return cls(leaves, {node: parents.get(node) for node in figures}, part)

    @cached_property
    def slices(self) -> tuple[Slice, ...]:
        return tuple(sorted({slice_ for counts in self.leaves.values() for slice_ in counts}))

    @cached_property
    def n_kinds(self) -> int:
        return max((len(each) for counts in self.leaves.values() for each in counts.values()), default=0)

    def with_slices_joined(self, into: Mapping[Slice, Slice]) -> Table:
        """The same pupils, several slices counted as one. into: of each that is joined, the slice that it becomes."""
        leaves = {leaf: _sum(_renamed(slices, into)) for leaf, slices in self.leaves.items()}
        return replace(self, leaves=leaves)

    def parent_of(self, leaf_or_node: Leaf) -> Node | None:
        return -leaf_or_node if leaf_or_node < 0 else self.parents.get(leaf_or_node)

    @cached_property
    def leaves_of(self) -> Mapping[Node, frozenset[Leaf]]:
        """The leaves below each node; of a leaf itself. Nodes without any are left out."""
        below: dict[Node, set[Leaf]] = defaultdict(set)
        for leaf in self.leaves:
            node: Node | None = leaf
            while node is not None:
                below[node].add(leaf)
                node = self.parent_of(node)
        return {node: frozenset(leaves) for node, leaves in below.items()}

    @cached_property
    def inner_nodes(self) -> tuple[Node, ...]:
        """The nodes above the leaves, those farthest from the top first."""
        nodes = [node for node in self.leaves_of if node not in self.leaves]
        return tuple(sorted(nodes, key=lambda node: (-self.depth(node), node)))

    def depth(self, node: Node) -> int:
        above = self.parent_of(node)
        return 0 if above is None else 1 + self.depth(above)

    def counts_of(self, leaves: Iterable[Leaf]) -> Slices:
        """The sum of several leaves, by slice."""
        return _sum([self.leaves[leaf] for leaf in leaves])

    def shown_nodes(self, partition: Partition) -> frozenset[Node]:
        """The nodes, leaves among them, that are a union of shown blocks."""
        return frozenset(node for node, below in self.leaves_of.items() if partition.shows(below))

    def shown_sums(self, partition: Partition) -> dict[frozenset[Leaf], Slices]:
        """Everything that may be read, by the leaves that it is the sum of: the shown blocks, and the shown nodes."""
        nodes = (self.leaves_of[node] for node in self.shown_nodes(partition))
        return {leaves: self.counts_of(leaves) for leaves in sorted({*partition.shown, *nodes}, key=sorted)}


def over_slices(slices: Mapping[Slice, Sequence[int]]) -> Counts:
    """All slices of a split together, which are all pupils."""
    return tuple(map(sum, zip(*slices.values(), strict=True)))


def _renamed(slices: Slices, into: Mapping[Slice, Slice]) -> Iterator[Slices]:
    for slice_, counts in slices.items():
        yield {into.get(slice_, slice_): counts}


def _sum(slices: Iterable[Slices]) -> dict[Slice, Counts]:
    totals: dict[Slice, Counts] = {}
    for each in slices:
        for slice_, counts in each.items():
            before = totals.get(slice_, (0,) * len(counts))
            totals[slice_] = tuple(map(sum, zip(before, counts, strict=True)))
    return totals


def _difference(whole: Slices, parts: Iterable[Slices]) -> dict[Slice, Counts]:
    below = _sum(parts)
    rest = {slice_: (0,) * len(counts) for slice_, counts in below.items()} | dict(whole)
    return {
        slice_: tuple(a - b for a, b in zip(counts, below.get(slice_, (0,) * len(counts)), strict=True))
        for slice_, counts in rest.items()
    }
