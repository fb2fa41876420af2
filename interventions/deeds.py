"""A pupil's interventions as the pupil's page draws them (colourmaps/deeds.py)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Sight
from colourmaps.deeds import Deed
from pupils.models import Pupil

from .models import Intervention
from .queries import interventions_of
from .states import state_in_words
from .verdicts import verdict_words


def deeds_of(pupil: Pupil, sight: Sight) -> Sequence[Deed]:
    """What is done for the pupil alone, in a group or for the whole class; no other pupil is named."""
    interventions = list(interventions_of(pupil, sight))
    verdicts = verdict_words(interventions, sight)
    return [_deed(each, sight.today, verdicts.get(each.pk, "")) for each in interventions]


def _deed(intervention: Intervention, today: datetime.date, verdict: str) -> Deed:
    """verdict: of its latest follow-up in a word, or empty."""
    return Deed(
        indicator_id=intervention.indicator_id,
        title=intervention.title,
        aim=intervention.aim,
        for_whom=_for_whom(intervention),
        responsible=intervention.responsible.name,
        decided_on=timezone.localdate(intervention.decided_at),
        starts_on=intervention.starts_on,
        follow_up_on=intervention.follow_up_on,
        runs_until=_runs_until(intervention, today),
        has_ended=intervention.ended_on is not None,
        state=with_verdict(state_in_words(intervention, today), verdict),
        url=reverse("interventions:intervention", args=[intervention.key]),
    )


def with_verdict(state: str, verdict: str) -> str:
    """A verdict is about all whom it was for, and not about this pupil: that must be said on the pupil's page."""
    if not verdict:
        return state
    return _("%(state)s; for the group: %(verdict)s") % {"state": state, "verdict": verdict}


def _runs_until(intervention: Intervention, today: datetime.date) -> datetime.date | None:
    if intervention.ended_on is not None:
        return intervention.ended_on
    return today if intervention.starts_on <= today else None


def _for_whom(intervention: Intervention) -> str:
    n_pupils = len(intervention.pupils.all())
    if n_pupils == 0:
        return _("the whole of %(unit)s") % {"unit": intervention.unit.name}
    if n_pupils == 1:
        return _("the pupil alone")
    return ngettext("a group of %(n)s pupil", "a group of %(n)s pupils", n_pupils) % {"n": n_pupils}
