"""An entry as the beginning of an intervention. Pure: no database."""

from __future__ import annotations

from typing import Any

from ..models import CatalogueEntry


def prefill_of(entry: CatalogueEntry) -> dict[str, Any]:
    """What a new intervention takes over, by the names of Intervention's fields; costs: of CostLine's."""
    return {
        "title": entry.title,
        "aim": entry.aim,
        "practice": entry.practice,
        "kind": entry.kind,
        "times_per_week": entry.times_per_week,
        "minutes_each_time": entry.minutes_each_time,
        "costs": _costs_of(entry),
    }


def _costs_of(entry: CatalogueEntry) -> list[dict[str, Any]]:
    money, hours = entry.cost_money or 0, entry.cost_hours or 0
    return (
        [{"what": entry.cost_per or entry.title[:100], "money": money, "hours": hours}]
        if money or hours
        else []
    )
