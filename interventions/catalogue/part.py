"""The line about the catalogue on the page of an intervention."""

from __future__ import annotations

from typing import Any

from accounts.web import MunicipalityRequest

from ..models import Intervention
from .entries import entries_with_owners
from .tables import tags_of


def entry_of(request: MunicipalityRequest, intervention: Intervention) -> dict[str, Any]:
    """What entry_part.html needs; asks nothing where the intervention is not from the catalogue."""
    if intervention.entry_id is None:
        return {}
    today = request.sight.today
    entry = entries_with_owners(today).get(pk=intervention.entry_id)
    return {"entry": entry, "entry_tags": tags_of(entry, today)}
