"""An entry is chosen on the form of a new intervention."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from accounts.web import MunicipalityRequest
from colourmaps.models import IndicatorArea

from ..models import CatalogueEntry
from .entries import IN_FORCE, entries_with_owners, in_order


def chosen_entry(request: MunicipalityRequest) -> CatalogueEntry | None:
    """The one that the form or the address names; one that is withdrawn cannot be chosen."""
    key = request.POST.get("entry", request.GET.get("entry", ""))
    if not key or "\x00" in key:  # PostgreSQL takes no text with it
        return None
    return entries_with_owners(request.sight.today).filter(IN_FORCE, key=key).first()


def entry_choices() -> list[tuple[str, list[CatalogueEntry]]]:
    """All that can be chosen, by area and then by title."""
    areas = list(IndicatorArea)

    def place(entry: CatalogueEntry) -> int:
        return areas.index(IndicatorArea(entry.area))

    entries: list[Any] = sorted(in_order(CatalogueEntry.objects.filter(IN_FORCE)), key=place)
    return [(str(areas[at].label).capitalize(), list(members)) for at, members in groupby(entries, place)]
