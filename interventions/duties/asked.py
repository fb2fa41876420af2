"""The interventions that duties are made of, read once for all of them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.access import Sight
from accounts.roles import Permission

from ..models import Baseline, Participant
from ..queries import visible_interventions
from ..states import DUE_WITHIN, NOT_ENDED, State, in_state

# What ended so long ago without an evaluation is not asked for any more; the list still says it.
ASKED_FOR = datetime.timedelta(days=365)


class Asked:
    """Who asks, on which day, and what several kinds of duties rest on."""

    def __init__(self, sight: Sight) -> None:
        self.sight, self.user, self.today = sight, sight.user, sight.today

    @property
    def horizon(self) -> datetime.date:
        """The last day of what is due."""
        return self.today + DUE_WITHIN

    @cached_property
    def interventions(self) -> Sequence[Any]:
        """Those to follow up, whoever answers for them, and the own ones that go on or have ended.

        takes_part: the person, beside the responsible one; has_start: is measured.
        """
        if not self.sight.has(Permission.DECIDE_INTERVENTIONS):
            return []
        part = Participant.objects.filter(user=self.user, intervention=OuterRef("pk"))
        start = Baseline.objects.filter(round__isnull=False, intervention=OuterRef("pk"))
        found = visible_interventions(self.sight).annotate(takes_part=Exists(part), has_start=Exists(start))
        recently_ended = in_state(State.ENDED, self.today) & Q(ended_on__gte=self.today - ASKED_FOR)
        to_follow_up = NOT_ENDED & Q(starts_on__lte=self.today, follow_up_on__lte=self.horizon)
        own = Q(responsible=self.user) | Q(takes_part=True)
        return list(found.filter(to_follow_up | (own & (NOT_ENDED | recently_ended))))

    @property
    def taking_part(self) -> dict[int, Any]:
        """By id, those that the person answers for or takes part in."""
        return {
            one.pk: one for one in self.interventions if one.takes_part or one.responsible_id == self.user.pk
        }
