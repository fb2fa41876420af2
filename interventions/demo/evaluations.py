"""What the invented schools learnt from what they did, also where it did not help; and one chain of three."""

from __future__ import annotations

import datetime
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from accounts.demo import Town
from interventions.effect import Verdict
from interventions.models import Evaluation, FollowUp, Intervention, NextStep
from interventions.services import continue_intervention, freeze_follow_up

WEEK = datetime.timedelta(weeks=1)
DAY = datetime.timedelta(days=1)
# Evaluated so long after its last day.
WRITTEN_AFTER = WEEK

Lesson = tuple[str, NextStep]
SWEDISH: dict[str, Lesson] = {
    Verdict.BETTER: (
        "Det som gjorde skillnad var att passen blev av varje dag, också när ordinarie lärare var borta. Vi fortsätter "
        "med samma tider och lär upp en kollega till, så att det inte hänger på en person.",
        NextStep.CONTINUE,
    ),
    Verdict.NO_DIFFERENCE: (
        "Eleverna kom lika långt som jämförbara elever utan insatsen. Vi trodde att det skulle hjälpa, och det gjorde "
        "det inte. Timmarna gör mer nytta på annat håll.",
        NextStep.STOP,
    ),
    Verdict.WORSE: (
        "Större grupper gav mindre hjälp till var och en, och den extra lektionen vägde inte upp det. Vi går tillbaka "
        "till halvklass från höstterminen.",
        NextStep.CHANGE,
    ),
    Verdict.CANNOT_SAY: (
        "Gruppen var för liten för att vi ska kunna säga något säkert. Lärarna ser att eleverna är lugnare, men "
        "resultaten visar varken det ena eller det andra. Nästa gång är fler med, och vi mäter en grupp som väntar.",
        NextStep.CHANGE,
    ),
}
NORWEGIAN: dict[str, Lesson] = {
    Verdict.BETTER: (
        "Øktene ble holdt hver dag, og det var det som gjorde forskjellen. Vi fortsetter på samme måte.",
        NextStep.CONTINUE,
    ),
    Verdict.NO_DIFFERENCE: (
        "Elevene kom like langt som tilsvarende elever uten tiltaket. Timene gjør mer nytte et annet sted.",
        NextStep.STOP,
    ),
    Verdict.WORSE: ("Vi går tilbake til slik vi gjorde det før.", NextStep.CHANGE),
    Verdict.CANNOT_SAY: (
        "Gruppen var for liten til at vi kan si noe sikkert. Neste gang er flere med.",
        NextStep.CHANGE,
    ),
}


def write_evaluations(town: Town, *, told_on: datetime.date) -> int:
    """Of what has been followed up, but for what ended last and has no clear answer; returns how many."""
    lessons = NORWEGIAN if town.plan.country == "NO" else SWEDISH
    followed_up = list(FollowUp.objects.select_related("intervention__responsible").order_by("pk"))
    last = max((one.intervention.ended_on for one in followed_up if one.intervention.ended_on), default=None)
    written = [
        _write(follow_up, lessons)
        for follow_up in followed_up
        if follow_up.intervention.ended_on != last or follow_up.verdict != Verdict.CANNOT_SAY
    ]
    better = [one.intervention for one in written if one.follow_up.verdict == Verdict.BETTER]
    if written:
        _continue((better or [written[0].intervention])[0], told_on)
    return len(written)


def _write(follow_up: FollowUp, lessons: dict[str, Lesson]) -> Evaluation:
    intervention = follow_up.intervention
    learnt, next_step = lessons[follow_up.verdict]
    evaluation = Evaluation.objects.create(
        municipality_id=intervention.municipality_id,
        intervention=intervention,
        follow_up=follow_up,
        learnt=learnt,
        next_step=next_step,
        evaluated_by=intervention.responsible,
    )
    written_on = (intervention.ended_on or timezone.localdate()) + WRITTEN_AFTER
    written_at = datetime.datetime.combine(written_on, datetime.time(15), datetime.UTC)
    Evaluation.objects.filter(pk=evaluation.pk).update(evaluated_at=min(written_at, timezone.now()))
    return evaluation


def _continue(first: Intervention, told_on: datetime.date) -> None:
    """Once in autumn, which is followed up and waits for its evaluation, and once more, which is running."""
    second = _successor(first, told_on - 13 * WEEK, told_on - 3 * WEEK, told_on)
    if second is None:
        return
    second.ended_on = told_on - 2 * WEEK
    second.save(update_fields=["ended_on"])
    with suppress(ValidationError):  # where nothing has been measured since
        freeze_follow_up(intervention=second, by=second.responsible, on=second.ended_on)
    _successor(second, told_on - 12 * DAY, told_on + 16 * WEEK, told_on)


def _successor(
    intervention: Intervention, starts_on: datetime.date, follow_up_on: datetime.date, told_on: datetime.date
) -> Intervention | None:
    """By the service, since it is its doing that is shown; None where today's rules for deciding refuse it."""
    intervention = Intervention.objects.get(pk=intervention.pk)
    responsible = intervention.responsible
    try:
        successor, _made = continue_intervention(
            intervention=intervention,
            starts_on=starts_on,
            follow_up_on=follow_up_on,
            responsible=responsible,
            by=responsible,
        )
    except ValidationError:
        return None
    decided_at = datetime.datetime.combine(starts_on - 3 * DAY, datetime.time(14), datetime.UTC)
    Intervention.objects.filter(pk=successor.pk).update(
        decided_at=decided_at, expected_change=intervention.expected_change
    )
    successor.steps.filter(due_on__lt=told_on).update(done_on=F("due_on"))
    return successor
