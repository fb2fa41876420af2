"""How the leaves of a table are divided into blocks: what is shown by itself, and what only as a sum with others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

# A unit, by its primary key; always positive.
Node = int
# A unit without units below it in the table; or, negative, those pupils of a unit that are in none of the units below.
Leaf = int
Block = frozenset[Leaf]


def rest_of(node: Node) -> Leaf:
    """The leaf for what a unit has beside the units below it. It has no page."""
    return -node


@dataclass(frozen=True)
class Partition:
    """Blocks that no two share a leaf of. A block of one is shown by itself, one of several – a pool – as their sum.

    unshown: those of the blocks that are in no shown sum at all, because none would be safe.
    """

    blocks: frozenset[Block]
    unshown: frozenset[Block] = field(default=frozenset())

    @classmethod
    def of(cls, blocks: Iterable[Iterable[Leaf]], unshown: Iterable[Iterable[Leaf]] = ()) -> Partition:
        """From lists, such as those of as_lists(). The unshown are blocks, too, named twice or not."""
        hidden = frozenset(map(frozenset, unshown))
        return cls(frozenset(map(frozenset, blocks)) | hidden, hidden)

    @classmethod
    def into_single(cls, leaves: Iterable[Leaf]) -> Partition:
        """Each leaf by itself."""
        return cls.of([leaf] for leaf in leaves)

    def __iter__(self) -> Iterator[Block]:
        """The blocks, always in the same order."""
        return iter(sorted(self.blocks, key=sorted))

    @cached_property
    def _by_leaf(self) -> Mapping[Leaf, Block]:
        return {leaf: block for block in self.blocks for leaf in block}

    @cached_property
    def leaves(self) -> frozenset[Leaf]:
        return frozenset(self._by_leaf)

    @cached_property
    def shown(self) -> list[Block]:
        return [block for block in self if block not in self.unshown]

    @property
    def pools(self) -> list[Block]:
        """The blocks of several leaves that are shown as their sum."""
        return [block for block in self.shown if len(block) > 1]

    @cached_property
    def hidden(self) -> frozenset[Leaf]:
        """The leaves that are not shown by themselves."""
        return frozenset(leaf for leaf in self.leaves if not self.is_shown_alone(leaf))

    @property
    def shown_alone(self) -> frozenset[Leaf]:
        return self.leaves - self.hidden

    def block_of(self, leaf: Leaf) -> Block:
        """Raises KeyError if the leaf is not in the table."""
        return self._by_leaf[leaf]

    def is_shown_alone(self, leaf: Leaf) -> bool:
        return self.block_of(leaf) == {leaf} and self.block_of(leaf) not in self.unshown

    def shows(self, leaves: Collection[Leaf]) -> bool:
        """Whether the leaves are a union of shown blocks, so that their sum may be shown."""
        wanted = frozenset(leaves)
        return all(
            self.block_of(leaf) <= wanted and self.block_of(leaf) not in self.unshown for leaf in wanted
        )

    def is_coarsening_of(self, other: Partition) -> bool:
        """Whether nothing can be read from this one that could not be from the other."""
        return all(
            block <= self.block_of(min(block)) for block in other if block <= self.leaves
        ) and other.unshown <= {block for whole in self.unshown for block in other if block <= whole}

    def within(self, leaves: Collection[Leaf]) -> Partition:
        """The same for the leaves that a table has: others are dropped, new ones are blocks of their own."""
        new = [[leaf] for leaf in set(leaves) - self.leaves]
        kept = {block: block & frozenset(leaves) for block in self.blocks}
        unshown = [kept[block] for block in self.unshown if kept[block]]
        return Partition.of([*filter(None, kept.values()), *new], unshown)

    def joined_with(self, other: Partition) -> Partition:
        """The finest partition of the same leaves that is coarser than both. Unshown is what is so in either."""
        blocks: dict[Leaf, set[Leaf]] = {leaf: {leaf} for leaf in self.leaves | other.leaves}
        for block in (*self, *other):
            whole = set().union(*(blocks[leaf] for leaf in block))
            blocks.update(dict.fromkeys(whole, whole))
        unshown = {leaf for block in (*self.unshown, *other.unshown) for leaf in block}
        wholes = {frozenset(block) for block in blocks.values()}
        return Partition.of(wholes, (block for block in wholes if block & unshown))

    def as_lists(self) -> tuple[list[list[Leaf]], list[list[Leaf]]]:
        """The blocks and the unshown among them, sorted: the arguments of of()."""
        return [sorted(block) for block in self], sorted(sorted(block) for block in self.unshown)
