"""What came of the interventions that were adopted from an entry: computed, with all that did not help.

Counts of interventions only. Of pupils it is said how many, and that only where they are enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Level
from accounts.tenancy import current_municipality

from ..effect import Verdict
from ..models import CatalogueEntry, CostLine, FollowUp, Intervention
from ..unit_lines import parent_ids, schools_above


@dataclass
class Came:
    """What came of interventions of one verdict, and what they cost; beside each other, never divided."""

    n: int = 0
    money: int = 0
    hours: Decimal = Decimal(0)


@dataclass
class Results:
    """n_waiting: adopted, and not followed up yet.

    by_verdict: each of the four, also where there are none, and always in this order.
    """

    by_verdict: dict[str, Came] = field(
        default_factory=lambda: {verdict.value: Came() for verdict in Verdict}
    )
    n_waiting: int = 0

    @property
    def n_used(self) -> int:
        return self.n_measured + self.n_waiting

    @property
    def n_measured(self) -> int:
        return sum(came.n for came in self.by_verdict.values())

    @property
    def counts(self) -> dict[str, int]:
        return {verdict: came.n for verdict, came in self.by_verdict.items()}


def results_of(entries: Collection[CatalogueEntry]) -> dict[int, Results]:
    """By id of the entry; in one query for all of them."""
    results: dict[int, Results] = defaultdict(Results)
    for entry_id, verdict, money, hours in with_costs(_with_verdicts(entries)).values_list(
        "entry_id", "verdict", "money", "hours"
    ):
        came = results[entry_id].by_verdict.get(verdict)
        if came is None:
            results[entry_id].n_waiting += 1
            continue
        came.n += 1
        came.money += money
        came.hours += hours
    return results


def _with_verdicts(entries: Collection[CatalogueEntry]) -> QuerySet[Any]:
    """The interventions that were adopted from the entries, each with its latest verdict or none."""
    latest = FollowUp.objects.filter(intervention=OuterRef("pk")).reverse()
    return Intervention.objects.filter(entry__in=[entry.pk for entry in entries]).annotate(
        verdict=Subquery(latest.values("verdict")[:1])
    )


def with_costs(interventions: QuerySet[Any]) -> QuerySet[Any]:
    """Each with the sums of its cost lines, as money and hours."""
    lines = CostLine.objects.filter(intervention=OuterRef("pk")).order_by().values("intervention")
    money = lines.annotate(total=Sum("money")).values("total")
    hours = lines.annotate(total=Sum("hours")).values("total")
    exact = DecimalField(max_digits=12, decimal_places=1)
    return interventions.annotate(
        money=Coalesce(Subquery(money, output_field=IntegerField()), 0),
        hours=Coalesce(Subquery(hours, output_field=exact), Decimal(0), output_field=exact),
    )


def schools_of_use(entry: CatalogueEntry) -> list[str]:
    """Names of the schools where it has been used, never of a class; what is above a school stands for itself."""
    units = [each.unit for each in entry.interventions.select_related("unit")]
    parents = parent_ids()
    below = schools_above([unit.pk for unit in units if unit.level > Level.SCHOOL], parents)
    return sorted({below[unit.pk].name if unit.pk in below else unit.name for unit in units})


def n_pupils_measured(entry: CatalogueEntry) -> int | None:
    """How many pupils the latest follow-ups rest on; None where they are too few to be told of."""
    follow_ups = FollowUp.objects.filter(intervention__entry=entry).values_list("intervention_id", "values")
    latest = dict(follow_ups)  # in order of the rounds: the last one stays
    pupils = {each["pupil"] for values in latest.values() for each in values if each["value"] is not None}
    return len(pupils) if len(pupils) >= current_municipality().smallest_base else None
