"""An intervention is evaluated, and so closed."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User

from ..closing_rules import check_evaluation
from ..models import Evaluation, FollowUp, Intervention


@transaction.atomic
def evaluate_intervention(
    *,
    intervention: Intervention,
    follow_up: FollowUp | None,
    learnt: str,
    next_step: str,
    ended_on: datetime.date,
    by: User,
) -> Evaluation:
    """What was learnt, by the follow-up that was read. One that still runs ends on the day.

    Raises ValidationError if a rule is broken (closing_rules.check_evaluation), and if somebody was quicker.
    """
    intervention = Intervention.objects.select_for_update(of=("self",)).get(pk=intervention.pk)
    check_evaluation(intervention, follow_up, ended_on)
    evaluation = Evaluation.objects.create(
        municipality_id=intervention.municipality_id,
        intervention=intervention,
        follow_up=follow_up,
        learnt=learnt,
        next_step=next_step,
        evaluated_by=by,
    )
    if intervention.ended_on is None:
        intervention.ended_on = ended_on
        intervention.save(update_fields=["ended_on"])
    record(
        "intervention evaluated",
        by=by,
        unit=intervention.unit,
        subject=intervention.key,
        next_step=next_step,
        verdict=evaluation.follow_up.verdict,
        ended_on=intervention.ended_on.isoformat(),
    )
    return evaluation
