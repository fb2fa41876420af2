"""An entry as the beginning of an intervention. Pure: no database."""

from __future__ import annotations

from typing import Any

from ..models import CatalogueEntry

WHAT = 100  # characters that a cost line has for what it is


def prefill_of(entry: CatalogueEntry) -> dict[str, Any]:
    """What a new intervention takes over, by the names of Intervention's fields; costs: of CostLine's.

    What the entry does not say is not there.
    """
    filled = {
        "title": entry.title,
        "aim": entry.aim,
        "practice": entry.practice,
        "kind": entry.kind,
        "times_per_week": entry.times_per_week,
        "minutes_each_time": entry.minutes_each_time,
        "costs": _costs_of(entry),
    }
    return {name: value for name, value in filled.items() if value not in (None, "", [])}


def _costs_of(entry: CatalogueEntry) -> list[dict[str, Any]]:
    costs: dict[str, Any] = {"money": entry.cost_money, "hours": entry.cost_hours}
    costs = {name: amount for name, amount in costs.items() if amount}
    return [{"what": entry.cost_per or entry.title[:WHAT], **costs}] if costs else []
