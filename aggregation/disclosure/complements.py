"""The pages' protection up to now: single figures are hidden, each with complements. Pure: no database.

One decision holds for a whole table, that is one indicator in one round for all units from the municipality down to the
school, so that every page and every reader has the same blanks. What can be worked out from the table is, exactly: each
shown unit minus the shown units below it, and sums of those. So a table is safe if every such difference is.

Guards against readers who know nothing but the table; not against one who knows a hidden unit exactly, nor against the
comparison of two rounds or of a table before and after a correction. pools.py guards against these too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from operator import add, sub

from .rules import Counts, Figures, Limits, Part, Rule, broken_rule

Node = int


def hidden_parts(
    table: Mapping[Node, Figures], parents: Mapping[Node, Node], limits: Limits
) -> dict[Node, dict[Part, Rule]]:
    """What is hidden of each node, and why.

    table: every node that anybody who sees no pupils may see; parents: the node above, none for the topmost.
    """
    of_kinds = partial(broken_rule, limits=limits, part=Part.COLOURS)
    of_coverage = partial(broken_rule, limits=limits, part=Part.COVERAGE)
    colours = hidden_nodes({node: each.colours for node, each in table.items()}, parents, of_kinds)
    moves = hidden_nodes({node: each.moves for node, each in table.items()}, parents, of_kinds, colours)
    missing = {node: (each.missing,) for node, each in table.items()}
    coverage = hidden_nodes(missing, parents, of_coverage, colours)
    hidden: dict[Node, dict[Part, Rule]] = defaultdict(dict)
    for part, nodes in ((Part.COLOURS, colours), (Part.MOVEMENT, moves), (Part.COVERAGE, coverage)):
        for node, rule in nodes.items():
            hidden[node][part] = rule
    return dict(hidden)


def hidden_nodes(
    counts: Mapping[Node, Counts],
    parents: Mapping[Node, Node],
    rule_of: Callable[[Counts], Rule | None],
    already: Mapping[Node, Rule] | None = None,
) -> dict[Node, Rule]:
    """Which nodes of a tree are hidden so that nothing can be worked out that breaks a rule.

    already: hidden whatever their counts are. Then what breaks a rule by itself; then, from the top, under each shown
    node whose difference is unsafe, the fewest and smallest nodes that make it safe. What turns out not to be needed is
    shown again.
    """
    broken = {node: rule for node, each in counts.items() if (rule := rule_of(each))}
    pattern = _Pattern(counts, parents, rule_of, hidden=broken | dict(already or {}))
    complements: list[Node] = []
    for node in pattern.from_the_top:
        while node not in pattern.hidden and pattern.is_unsafe(node):
            way = pattern.way_to_safety(node)
            complements += way
            pattern.hidden |= dict.fromkeys(way, Rule.COMPLEMENT)
    pattern.show_the_needless(complements)
    return pattern.hidden


@dataclass
class _Pattern:
    """A table while it is being protected: its tree, and the nodes that are hidden so far."""

    counts: Mapping[Node, Counts]
    parents: Mapping[Node, Node]
    rule_of: Callable[[Counts], Rule | None]
    hidden: dict[Node, Rule]

    @cached_property
    def children(self) -> dict[Node | None, list[Node]]:
        """By parent; under None, the nodes that have nothing above them in the table."""
        children: dict[Node | None, list[Node]] = defaultdict(list)
        for node in self.counts:
            parent = self.parents.get(node)
            children[parent if parent in self.counts else None].append(node)
        return dict(children)

    @cached_property
    def from_the_top(self) -> list[Node]:
        """Each node after the one above it."""
        nodes = list(self.children.get(None, ()))
        for node in nodes:
            nodes.extend(self.children.get(node, ()))
        return nodes

    @cached_property
    def rest(self) -> dict[Node, Counts]:
        """What a node has beside its children: all of a school; of others what belongs to no unit in the table."""
        return {
            node: _combine(sub, each, (self.counts[child] for child in self.children.get(node, ())))
            for node, each in self.counts.items()
        }

    def left_over(self, node: Node) -> Counts:
        """The node minus the shown nodes below it: what is known in one sum, if the node is shown."""
        hidden = (child for child in self.children.get(node, ()) if child in self.hidden)
        return _combine(add, self.rest[node], map(self.left_over, hidden))

    def is_unsafe(self, node: Node, gain: Counts | None = None) -> bool:
        """Whether what is left over at a shown node, and the gain, may not be known.

        It must break no rule. And of each kind that the node has, it must have some: otherwise it would be known that
        no hidden node has any, and so how many one has in all that is hidden above shown ones.
        """
        left_over = _combine(add, self.left_over(node), [gain] if gain else [])
        if not any(left_over):
            return False
        lacks_a_kind = any(
            there and not left for there, left in zip(self.counts[node], left_over, strict=True)
        )
        return lacks_a_kind or self.rule_of(left_over) is not None

    def way_to_safety(self, node: Node) -> tuple[Node, ...]:
        """What to hide next below a shown node: what makes it safe at once if anything does, then few, then small."""

        def price(way: tuple[tuple[Node, ...], Counts]) -> tuple[bool, int, int]:
            nodes, gain = way
            return self.is_unsafe(node, gain), len(nodes), sum(sum(self.counts[each]) for each in nodes)

        return min(self.ways_down(node), key=price)[0]

    def ways_down(
        self, node: Node, above: tuple[Node, ...] = (), gain: Counts | None = None
    ) -> Iterator[tuple[tuple[Node, ...], Counts]]:
        """The shown nodes to hide so that more is left over at the node, and how much more: a line downwards each."""
        for child in self.children.get(node, ()):
            if child in self.hidden:
                yield from self.ways_down(child, above, gain)
                continue
            nodes, more = (*above, child), _combine(add, self.left_over(child), [gain] if gain else [])
            if any(more):
                yield nodes, more
            yield from self.ways_down(child, nodes, more)

    def show_the_needless(self, complements: Iterable[Node]) -> None:
        """Shows those again, the largest first, that give nothing away."""
        for node in sorted(complements, key=lambda each: -sum(self.counts[each])):
            above = self.shown_above(node)
            del self.hidden[node]
            if any(self.is_unsafe(each) for each in (node, above) if each is not None):
                self.hidden[node] = Rule.COMPLEMENT

    def shown_above(self, node: Node) -> Node | None:
        parent = self.parents.get(node)
        while parent in self.hidden:
            parent = self.parents.get(parent)
        return parent if parent in self.counts else None


def _combine(operation: Callable[[int, int], int], first: Counts, others: Iterable[Counts]) -> Counts:
    for other in others:
        first = tuple(map(operation, first, other))
    return first
