"""The latest verdicts on interventions, for lists and time lines; and one answer to several of them together.

A word is for those who see all the pupils; what others may be told is on the page alone (answer_protection).
Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from operator import add

from accounts.access import Sight
from colourmaps.models import Indicator

from .effect import Choice, Effect, pooled
from .frozen_answer import Answer, answer_from
from .judgement import measure_of
from .models import FollowUp, Intervention
from .queries import pupils_seen_by
from .verdict_words import VerdictWord


def latest_follow_ups(interventions: Iterable[Intervention]) -> dict[int, FollowUp]:
    """By id of the intervention; one query."""
    found = FollowUp.objects.filter(intervention__in=[each.pk for each in interventions])
    return {each.intervention_id: each for each in found.select_related("round")}


def verdict_words(interventions: Iterable[Intervention], sight: Sight) -> dict[int, str]:
    """By id of the intervention, of the latest follow-up; none before the first, or where the reader may have none.

    A fixed number of queries, and none for none.
    """
    ids = [each.pk for each in interventions]
    if not ids:
        return {}
    told = Intervention.objects.filter(pupils_seen_by(sight), pk__in=ids)
    rows = FollowUp.objects.filter(intervention__in=told)
    latest = rows.values_list("intervention_id", "verdict")
    return {intervention: str(VerdictWord(verdict).label) for intervention, verdict in latest}


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
    together = added_up(answers, next(iter(interventions)).indicator) if answers else None
    return together.effect if together else None


def added_up(answers: Iterable[Answer], indicator: Indicator) -> Answer | None:
    """One answer of several on the indicator, as `pooled_answer` says; None if none can be added."""
    added = [(answer, answer.moments) for answer in answers if answer.moments is not None]
    if not added:
        return None
    choices = {answer.choice for answer, _moments in added}
    choice = Choice.BY_RESULT if choices == {Choice.BY_RESULT} else Choice.BY_JUDGEMENT
    moments = [each for _answer, each in added]
    effect = pooled(moments, measure_of(indicator), choice=choice)
    return Answer(effect, reduce(add, moments), choice=choice)
