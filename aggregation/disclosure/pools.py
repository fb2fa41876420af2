"""Insider-safe pools: which schools are shown by themselves, and which only together, so that nobody can subtract.

What can be read of a table is sums of blocks (partitions.py). A sum of counts that break no rule breaks none; so it is
enough that each block may be shown, that each pool may be shown without any one of its members – who knows that one –,
and that the members' counts stay uncertain enough (safety.py). No solver is needed, and the page can say what was done:
"shown together with Norrskolan and Sjöskolan".

A small school is pooled with sisters under the same unit if any pool there is safe, otherwise with cousins, and units
whose border a pool crosses are hidden. Where several pools are safe: the fewest schools that need none of it, then the
fewest units hidden, the fewest schools, the fewest pupils. The same table gives the same partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import combinations
from operator import and_, or_

from .partitions import Block, Leaf, Node, Partition
from .rules import Limits, Rule, broken_rule
from .safety import Safety
from .tables import Table

# Pools of more than a needy block and so many others are grown, not chosen from all that there could be.
MOST_CHOSEN = 3
# … among which so many lend their figures,
MOST_LENT = 3
# … from the smallest so many of either kind.
MOST_TRIED = 16
# Pools grow out of so many others before more distant ones are looked at.
MOST_GROWN = 40


def protect(
    table: Table,
    limits: Limits,
    *,
    coarser_than: Partition | None = None,
    keep: Partition | None = None,
    prefer: Partition | None = None,
    strict: bool = True,
) -> Partition:
    """The partition by which the table is shown to those who see no pupils.

    coarser_than, keep: the result is a coarsening of both: of what the same readers see of all pupils, for a split; of
    the heads' partition, for the board; of the version before. What is unshown in them stays so. prefer: the pools of
    the round before, taken over where they are safe and of use to somebody, with nobody to spare. strict: see Safety.
    """
    finest = Partition.into_single(table.leaves)
    known: frozenset[Leaf] = frozenset()
    for other in (coarser_than, keep):
        if other is not None:
            finest = finest.joined_with(other.within(table.leaves))
    if coarser_than is not None and len(table.slices) > 1:
        known = coarser_than.shown_alone
    search = _Search(table, Safety(table, limits, known, strict), finest)
    if prefer is not None:
        search.take_over(prefer.within(table.leaves))
    return min(search.plans(), key=_Search.n_hidden).result()


def reasons(table: Table, partition: Partition, limits: Limits) -> dict[Node, Rule]:
    """Of each node that is not shown by itself, the rule that a reader may be told.

    Which member of a pool has the few of a kind is not told. That one has few pupils is: sizes are taken to be known.
    """
    told: dict[Node, Rule] = {}
    for node, below in table.leaves_of.items():
        if node < 0 or partition.shows(below):
            continue
        if any(partition.block_of(leaf) in partition.unshown for leaf in below):
            told[node] = Rule.NO_SAFE_POOL
        elif node not in table.leaves:
            told[node] = Rule.POOL_ACROSS
        else:
            is_small = Rule.FEW_PUPILS in broken_rules(table, node, limits)
            told[node] = Rule.FEW_PUPILS if is_small else Rule.POOLED_WITH_UNSAFE
    return told


def broken_rules(table: Table, leaf: Leaf, limits: Limits) -> set[Rule]:
    """What the counts of a leaf break by themselves, in any slice. For those who see them anyway."""
    rules = (broken_rule(counts, limits, table.part) for counts in table.leaves[leaf].values())
    return {rule for rule in rules if rule is not None}


@dataclass(frozen=True)
class _Profile:
    """touched, around: a bit for each inner node that has some of a block's leaves, and that has all of them."""

    touched: int
    around: int
    n_pupils: int


@dataclass
class _Search:
    """Blocks while they grow together: each is safe, or needs company."""

    table: Table
    safety: Safety
    finest: Partition
    blocks: set[Block] = field(init=False)
    needy: set[Block] = field(init=False)
    profiles: dict[Block, _Profile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.blocks = set(self.finest.shown)
        self.needy = {block for block in self.blocks if not self.is_safe(block)}

    def plans(self) -> Iterator[_Search]:
        """Pools from near ones to those of the whole table; the needy first without lenders up to some height, or not.

        The higher, the fewer schools are hidden that need it not, and the more units above them.
        """
        nodes = [*self.table.inner_nodes, None]
        for n_first in self.heights:
            plan = copy(self)
            plan.blocks, plan.needy = set(self.blocks), set(self.needy)
            for node in nodes[:n_first]:
                plan.pool_under(node, most_lent=0)
            for node in nodes:
                plan.pool_under(node)
            plan.release_lenders()
            yield plan

    @cached_property
    def heights(self) -> list[int]:
        """The places in the inner nodes at which a new level begins; the last is after the whole table."""
        depths = [self.table.depth(node) for node in self.table.inner_nodes]
        return [n for n, depth in enumerate(depths) if depth not in depths[:n]] + [len(depths) + 1]

    def n_hidden(self) -> int:
        """How many leaves and units are not shown by themselves."""
        unshown = self.needy | self.finest.unshown
        hidden_units = 0
        for block in self.blocks | unshown:
            profile = self.profile(block)
            hidden_units |= profile.touched if block in unshown else profile.touched & ~profile.around
        n_leaves = sum(len(block) for block in self.blocks | unshown if len(block) > 1 or block in unshown)
        return n_leaves + hidden_units.bit_count()

    def result(self) -> Partition:
        return Partition.of(self.blocks - self.needy, [*self.finest.unshown, *self.needy])

    def is_safe(self, block: Block) -> bool:
        if len(block) == 1:
            return bool(self.safety.is_safe_alone[self.safety.place_of[min(block)]])
        return self.first_safe([block]) is not None

    def first_safe(self, pools: Sequence[Block]) -> Block | None:
        """The first of the pools, of several leaves each, that is safe."""
        places = [[self.safety.place_of[leaf] for leaf in sorted(pool)] for pool in pools]
        first = self.safety.first_safe_pool(places)
        return None if first is None else pools[first]

    def merge(self, pool: Block) -> None:
        merged = {block for block in self.blocks if block <= pool}
        self.blocks -= merged
        self.needy -= merged
        self.blocks.add(pool)

    def take_over(self, former: Partition) -> None:
        """Pools of the round before that are still of use: safe, with somebody who needs it and nobody to spare."""
        for pool in former.pools:
            parts = [block for block in self.blocks if block <= pool]
            is_whole = frozenset().union(*parts) == pool
            if is_whole and self.needy & set(parts) and self.is_safe(pool) and not self.lender_to_spare(pool):
                self.merge(pool)

    def lender_to_spare(self, pool: Block) -> Block | None:
        """The largest part of a pool that could be shown by itself without harm to the others."""
        parts = sorted((part for part in self.finest.shown if part < pool), key=self.size, reverse=True)
        return next((part for part in parts if self.is_safe(part) and self.is_safe(pool - part)), None)

    def release_lenders(self) -> None:
        """What is no longer needed since others have joined is shown by itself."""
        for pool in sorted((block for block in self.blocks - self.needy if len(block) > 1), key=sorted):
            while lender := self.lender_to_spare(pool):
                self.blocks ^= {pool, lender, pool := pool - lender}

    def pool_under(self, node: Node | None, most_lent: int | None = None) -> None:
        """Safe pools for the needy under a node, as far as the leaves under it are enough. None: the whole table."""
        inside = self.table.leaves_of[node] if node is not None else self.finest.leaves
        # A block that reaches beyond the node has its turn further up.
        for needy in sorted((block for block in self.needy if block <= inside), key=self.size):
            if needy in self.needy:
                pool = self.best_pool(needy, inside, most_lent)
                if pool is not None:
                    self.merge(pool)

    def best_pool(self, needy: Block, inside: frozenset[Leaf], most_lent: int | None) -> Block | None:
        """The best safe pool with a needy block, made of blocks inside; None if there is none.

        most_lent: of how many lenders; None: of as many as are needed.
        """
        others = sorted((block for block in self.blocks if block <= inside and block != needy), key=self.size)
        # Those that are hidden anyway cost nothing, lenders their own figures.
        companions = [block for block in others if block in self.needy or len(block) > 1]
        lenders = [block for block in others if block not in companions]
        most_chosen = MOST_LENT if most_lent is None else most_lent
        for n_lenders in range(min(most_chosen, len(lenders)) + 1):
            choices = [
                (needy, *lent, *chosen)
                for n_companions in range(MOST_CHOSEN + 1 - n_lenders)
                for lent in combinations(lenders[:MOST_TRIED], n_lenders)
                for chosen in combinations(companions[:MOST_TRIED], n_companions)
                if lent or chosen
            ]
            pools = [frozenset().union(*choice) for choice in sorted(choices, key=self.price)]
            if (pool := self.first_safe(pools)) is not None:
                return pool
        helpers = companions if most_lent is not None else [*companions, *lenders]
        return self.grown_pool(needy, helpers if inside == self.finest.leaves else helpers[:MOST_GROWN])

    def grown_pool(self, needy: Block, others: Sequence[Block]) -> Block | None:
        """The first safe pool when one after the other is added; without those whom it then does not need."""
        pool = self.first_safe(list(_growing(needy, others)))
        if pool is None:
            return None
        for block in reversed(others):
            if block <= pool and self.is_safe(pool - block):
                pool -= block
        return pool

    def price(self, blocks: Sequence[Block]) -> tuple[int, int, int, list[Leaf]]:
        """What a pool costs, beside its lenders: borders crossed, leaves, pupils; then the order of keys."""
        profiles = [self.profile(block) for block in blocks]
        # A border is crossed if the pool is partly inside.
        crossed = reduce(or_, (each.touched for each in profiles)) & ~reduce(
            and_, (each.around for each in profiles)
        )
        return (
            crossed.bit_count(),
            sum(map(len, blocks)),
            sum(each.n_pupils for each in profiles),
            sorted(map(min, blocks)),
        )

    def size(self, block: Block) -> tuple[int, Leaf]:
        return self.profile(block).n_pupils, min(block)

    def profile(self, block: Block) -> _Profile:
        if block not in self.profiles:
            places = [self.safety.place_of[leaf] for leaf in block]
            self.profiles[block] = _Profile(
                touched=reduce(or_, (self.units_above[leaf] for leaf in block)),
                around=reduce(and_, (self.units_above[leaf] for leaf in block)),
                n_pupils=int(self.safety.counts[places].sum()),
            )
        return self.profiles[block]

    @cached_property
    def units_above(self) -> dict[Leaf, int]:
        """Of each leaf, a bit for each inner node that it stands under."""
        above = dict.fromkeys(self.table.leaves, 0)
        for bit, node in enumerate(self.table.inner_nodes):
            for leaf in self.table.leaves_of[node]:
                above[leaf] |= 1 << bit
        return above


def _growing(first: Block, others: Iterable[Block]) -> Iterator[Block]:
    for other in others:
        first = first | other
        yield first
