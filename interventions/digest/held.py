"""How many analysis meetings were held and missed in a while, for those who watch the routine."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils.translation import ngettext

from accounts.access import Sight
from accounts.queries import subtree_ids
from accounts.roles import Permission

from ..meetings.states import MeetingState, held_together, in_state
from ..models import AnalysisMeeting


def held_in_words(sight: Sight, since: datetime.date) -> list[str]:
    """At the own units and below."""
    units = [unit.pk for unit in sight.own_units(Permission.WATCH_ROUTINE)]
    if not units:
        return []
    after = Q(planned_on__gt=since, planned_on__lte=sight.today)
    found = AnalysisMeeting.objects.filter(after, unit__in=subtree_ids(units, sight.today))
    counted = (
        found.filter(held_together())
        .order_by()
        .aggregate(
            held=Count("pk", filter=in_state(MeetingState.HELD, sight.today)),
            missed=Count("pk", filter=in_state(MeetingState.MISSED, sight.today)),
        )
    )
    return list(_in_words(counted["held"], counted["missed"]))


def _in_words(n_held: int, n_missed: int) -> Iterator[str]:
    if n_held:
        yield ngettext("%(n)s analysis meeting was held", "%(n)s analysis meetings were held", n_held) % {
            "n": n_held
        }
    if n_missed:
        words = ngettext(
            "%(n)s analysis meeting did not take place",
            "%(n)s analysis meetings did not take place",
            n_missed,
        )
        yield words % {"n": n_missed}
