"""The sessions of an intervention as their page and the intervention's page show them. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.access import Sight
from accounts.web import MunicipalityRequest

from .delivery import Delivery, delivery_of
from .forms import MarkForm
from .models import Intervention, Session, SessionState
from .population import population_of
from .session_rules import Mark
from .states import is_evaluated


@dataclass(frozen=True)
class Row:
    """A session in the list. refused: what was sent for it and could not be done, with the sentences."""

    session: Session
    is_next: bool = False
    refused: MarkForm | None = None

    @property
    def mark(self) -> Mark:
        return Mark.of(self.session)

    @property
    def is_marked(self) -> bool:
        return self.session.state != SessionState.PLANNED

    @property
    def sent_present(self) -> str:
        """What somebody typed and got back, or what is marked."""
        if self.refused:
            return self.refused.data.get("n_present", "")
        return "" if self.session.n_present is None else str(self.session.n_present)


def sessions_context(
    request: MunicipalityRequest, intervention: Intervention, refused: MarkForm | None = None
) -> dict[str, Any]:
    """For sessions_part.html and the page around it."""
    today = request.sight.today
    sessions = list(intervention.sessions.all())
    unmarked = [one for one in sessions if one.state == SessionState.PLANNED]
    to_mark = [one for one in unmarked if one.on <= today]
    return {
        "intervention": intervention,
        "delivery": delivery_of(sessions, today),
        "to_mark": _rows(to_mark, refused, has_next=True),
        "ahead": _rows([one for one in unmarked if one.on > today], refused),
        "marked": _rows([one for one in reversed(sessions) if one not in unmarked], refused),
        "is_open": not is_evaluated(intervention),
    }


def _rows(sessions: Sequence[Session], refused: MarkForm | None, *, has_next: bool = False) -> list[Row]:
    return [
        Row(
            session,
            is_next=has_next and n == 0,
            refused=refused if refused and refused.session.pk == session.pk else None,
        )
        for n, session in enumerate(sessions)
    ]


def delivered_context(intervention: Intervention, sight: Sight) -> dict[str, Any]:
    """For delivered_part.html: how much of what was planned has been done, in words."""
    delivery = delivery_of(intervention.sessions.all(), sight.today)
    return {"delivery": delivery, "asks_for_sessions": asks_for_sessions(intervention, delivery, sight.today)}


def asks_for_sessions(intervention: Intervention, delivery: Delivery, on: datetime.date) -> bool:
    """A plan that says how often, and has no days yet, is asked for them."""
    return not delivery.n_planned and intervention.ended_on is None and bool(intervention.times_per_week)


def n_expected_of(intervention: Intervention, on: datetime.date) -> int:
    """How many pupils it is for, today or on its first day."""
    return len(population_of(intervention, max(on, intervention.starts_on)))
