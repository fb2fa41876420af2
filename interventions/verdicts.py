"""The latest verdicts on interventions, for lists and time lines; and one answer to several of them together.

A word is for whoever sees pupils there, in lists for whoever sees them all; sentences with figures are in answer_page.
Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from accounts.access import Sight

from .effect import Choice, Effect, pooled
from .frozen_answer import Answer, answer_from
from .judgement import measure_of
from .models import FollowUp, Intervention
from .queries import among_pupils_seen
from .verdict_words import VerdictWord


def latest_follow_ups(interventions: Iterable[Intervention]) -> dict[int, FollowUp]:
    """By id of the intervention; one query."""
    found = FollowUp.objects.filter(intervention__in=[each.pk for each in interventions])
    return {each.intervention_id: each for each in found.select_related("round").order_by("round__starts_on")}


def verdict_words(interventions: Iterable[Intervention]) -> dict[int, str]:
    """By id of the intervention; one that has not been followed up has none. One query."""
    rows = FollowUp.objects.filter(intervention__in=[each.pk for each in interventions])
    latest = rows.order_by("round__starts_on").values_list("intervention_id", "verdict")
    return {intervention: str(VerdictWord(verdict).label) for intervention, verdict in latest}


def verdicts_for(sight: Sight, interventions: Iterable[Intervention]) -> dict[int, VerdictWord]:
    """By id, of those all of whose pupils the reader sees; others read it on its page, as far as they may."""
    seen = among_pupils_seen(interventions, sight)
    rows = FollowUp.objects.filter(intervention__in=seen).order_by("frozen_at", "pk")
    return {pk: VerdictWord(verdict) for pk, verdict in rows.values_list("intervention_id", "verdict")}


def pooled_answer(interventions: Collection[Intervention]) -> Effect | None:
    """What came of interventions on the same indicator together, by their latest follow-ups; None if none can be added.

    Added up are counts, sums and squares as they were frozen; no pupil is read, so several municipalities can be added.
    Interventions whose pupils are not comparable (no baseline, a break of the series) are left out. Those who are
    compared with may be the same for two interventions of one round; the interval is then a little too narrow.
    Raises ValueError for different indicators, whose changes cannot be added.
    """
    if len({each.indicator.code for each in interventions}) > 1:
        raise ValueError("changes of different indicators cannot be added")
    answers = [answer_from(each.answer) for each in latest_follow_ups(interventions).values()]
    return pooled_effect(answers, next(iter(interventions))) if answers else None


def pooled_effect(answers: Iterable[Answer], of: Intervention) -> Effect | None:
    """Of answers that are already read, by the measure of one of the interventions."""
    added = [answer for answer in answers if answer.moments is not None]
    if not added:
        return None
    choices = {answer.choice for answer in added}
    choice = Choice.BY_RESULT if choices == {Choice.BY_RESULT} else Choice.BY_JUDGEMENT
    moments = [answer.moments for answer in added if answer.moments is not None]
    return pooled(moments, measure_of(of.indicator), choice=choice)
