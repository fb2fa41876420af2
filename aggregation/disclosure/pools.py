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
from dataclasses import dataclass, field
from itertools import combinations, islice

from .partitions import Block, Leaf, Node, Partition
from .rules import Limits, Rule, broken_rule
from .safety import Safety
from .tables import Table

# Of all that could be tried: more hardly ever finds anything better, and takes time that a release has not.
MOST_LENDERS = 16
MOST_COMPANIONS = 3
MOST_TRIED_TOGETHER = 2000


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
    the heads' partition, for the board; of the version before. What is unshown in them stays so, and their other blocks
    are safe by the caller's word only if they are so here. prefer: the pools of the round before, taken over where they
    are safe and none of their members could be shown by itself instead. strict: see Safety.
    """
    finest = Partition.into_single(table.leaves)
    for other in (coarser_than, keep):
        if other is not None:
            finest = finest.joined_with(other.within(table.leaves))
    search = _Search(table, Safety(table, limits, strict), finest)
    if prefer is not None:
        search.take_over(prefer.within(table.leaves))
    for node in [*table.inner_nodes, None]:
        search.pool_under(node)
    return search.result()


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


@dataclass
class _Search:
    """Blocks while they grow together: each is safe, or needs company."""

    table: Table
    safety: Safety
    finest: Partition
    blocks: set[Block] = field(init=False)
    needy: set[Block] = field(init=False)

    def __post_init__(self) -> None:
        self.blocks = set(self.finest.shown)
        self.needy = {block for block in self.blocks if not self.is_safe(block)}

    def result(self) -> Partition:
        return Partition.of(self.blocks - self.needy, [*self.finest.unshown, *self.needy])

    def is_safe(self, block: Block) -> bool:
        if len(block) == 1:
            return bool(self.safety.is_safe_alone[self.safety.place_of[min(block)]])
        return self.safe_of([block]) != []

    def safe_of(self, pools: Sequence[Block]) -> list[Block]:
        """Those of the pools that are safe. Of several leaves each."""
        places = [[self.safety.place_of[leaf] for leaf in sorted(pool)] for pool in pools]
        return [
            pool for pool, is_safe in zip(pools, self.safety.is_safe_pool(places), strict=True) if is_safe
        ]

    def merge(self, pool: Block) -> None:
        merged = {block for block in self.blocks if block <= pool}
        self.blocks -= merged
        self.needy -= merged
        self.blocks.add(pool)

    def take_over(self, former: Partition) -> None:
        """Pools of the round before that are still of use: safe, and no longer so without any of the safe members."""
        for pool in former.pools:
            parts = [block for block in self.blocks if block <= pool]
            if frozenset().union(*parts) == pool and self.is_safe(pool) and not self.lender_to_spare(pool):
                self.merge(pool)

    def lender_to_spare(self, pool: Block) -> Block | None:
        """A member that is safe by itself and that the others do not need."""
        members = [block for block in self.blocks if block <= pool]
        if not any(block in self.needy for block in members):
            return min(members, key=sorted)
        lenders = sorted((block for block in members if block not in self.needy), key=self.size)
        return next((block for block in reversed(lenders) if self.is_safe(pool - block)), None)

    def pool_under(self, node: Node | None) -> None:
        """Safe pools for the needy under a node, as far as the leaves under it are enough. None: the whole table."""
        inside = self.table.leaves_of[node] if node is not None else self.finest.leaves
        # A block that reaches beyond the node has its turn further up.
        for needy in sorted((block for block in self.needy if block <= inside), key=self.size):
            if needy in self.needy:
                pool = self.best_pool(needy, inside)
                if pool is not None:
                    self.merge(pool)

    def best_pool(self, needy: Block, inside: frozenset[Leaf]) -> Block | None:
        """The best safe pool with a needy block, made of blocks inside; None if there is none."""
        others = sorted((block for block in self.blocks if block <= inside and block != needy), key=self.size)
        # Those that are hidden anyway cost nothing, lenders their own figures.
        companions = [block for block in others if block in self.needy or len(block) > 1]
        lenders = [block for block in others if block not in companions][:MOST_LENDERS]
        for n_lenders in range(min(3, len(lenders)) + 1):
            safe = self.safe_of_many(
                needy.union(*chosen, *lent)
                for lent in combinations(lenders, n_lenders)
                for n_companions in range(MOST_COMPANIONS + 1 - n_lenders)
                for chosen in combinations(companions, n_companions)
                if lent or chosen
            )
            if safe:
                return min(safe, key=self.price)
        return self.grown_pool(needy, others)

    def safe_of_many(self, pools: Iterable[Block]) -> list[Block]:
        """The safe ones of the first so many."""
        return self.safe_of(list(islice(pools, MOST_TRIED_TOGETHER)))

    def grown_pool(self, needy: Block, others: Sequence[Block]) -> Block | None:
        """The first safe pool when one after the other is added, the smallest first; without whom it does not need."""
        pool = next(iter(self.safe_of(list(_growing(needy, others)))), None)
        if pool is None:
            return None
        for block in reversed(others):
            if block <= pool and self.is_safe(pool - block):
                pool -= block
        return pool

    def price(self, pool: Block) -> tuple[int, int, int, list[Leaf]]:
        """What a pool costs, beside lenders: borders crossed, members, pupils; then the order of keys."""
        return self.n_crossed(pool), len(pool), self.n_pupils(pool), sorted(pool)

    def n_crossed(self, pool: Block) -> int:
        """How many nodes have leaves in the pool while others of the pool are not theirs."""
        below = self.table.leaves_of
        return sum(bool(pool & below[node]) and not pool <= below[node] for node in self.table.inner_nodes)

    def size(self, block: Block) -> tuple[int, list[Leaf]]:
        return self.n_pupils(block), sorted(block)

    def n_pupils(self, block: Block) -> int:
        return int(sum(self.safety.counts[self.safety.place_of[leaf]].sum() for leaf in block))


def _growing(first: Block, others: Iterable[Block]) -> Iterator[Block]:
    for other in others:
        first = first | other
        yield first
