"""Sessions that have been and nobody has marked, and the next of this week."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Session, SessionState
from ..tables import where_in_words
from .asked import Asked
from .duty import GRACE, Duty, Group, Kind, when_in_words

DAY = datetime.timedelta(days=1)


def sessions(asked: Asked) -> Sequence[Duty]:
    """Also of those who take part. A line per intervention; of one that has ended only what is still to mark."""
    by_id = asked.taking_part
    if not by_id:
        return []
    sunday = asked.today + (6 - asked.today.weekday()) * DAY
    unmarked = Session.objects.filter(intervention__in=by_id, state=SessionState.PLANNED, on__lte=sunday)
    past = Q(on__lte=asked.today)
    counted = unmarked.order_by().values("intervention_id")
    counted = counted.annotate(
        n_past=Count("pk", filter=past), oldest=Min("on", filter=past), next_on=Min("on", filter=~past)
    )
    return [
        _duty(by_id[row["intervention_id"]], row, asked)
        for row in counted
        if row["n_past"] or by_id[row["intervention_id"]].ended_on is None
    ]


def _duty(one: Any, row: Mapping[str, Any], asked: Asked) -> Duty:
    n_past, due_on = row["n_past"], row["oldest"] or row["next_on"]
    is_late = bool(n_past) and due_on < asked.today - GRACE
    words = _("Mark sessions: %(title)s") if n_past else _("Session: %(title)s")
    to_mark = ngettext("%(n)s to mark", "%(n)s to mark", n_past) % {"n": n_past}
    return Duty(
        kind=Kind.SESSIONS,
        group=Group.LATE if is_late else Group.DUE,
        what=words % {"title": one.title},
        when=to_mark if n_past else when_in_words(due_on, asked.today),
        due_on=due_on,
        where=where_in_words(one),
        url=reverse("interventions:session-list", args=[one.key]),
        unit=one.unit,
        n=n_past or 1,
    )
