"""The latest verdicts on interventions, for lists and time lines; and one answer to several of them together.

A word is for those who see all the pupils; what others may be told is on the page alone (answer_protection).
Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from operator import add

from accounts.access import Sight

from .effect import Choice, pooled
from .frozen_answer import Answer, answer_from
from .judgement import measure_of
from .models import FollowUp, Intervention
from .queries import pupils_seen_by
from .verdict_words import VerdictWord


def latest_follow_up(intervention: Intervention) -> FollowUp | None:
    return intervention.follow_ups.select_related("round").last()


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


def pooled_answer(follow_ups: Collection[FollowUp]) -> Answer | None:
    """What came of interventions on the same indicator together, by a follow-up of each; None if none can be added.

    Added up are counts, sums and squares as they were frozen; no pupil is read, so several municipalities can be added.
    Those whose pupils are not comparable (a break of the series) are left out. Those who are compared with may be the
    same for two interventions of one round; the interval is then a little too narrow.
    Raises ValueError for different indicators, whose changes cannot be added.
    """
    indicators = {each.intervention.indicator.code: each.intervention.indicator for each in follow_ups}
    if len(indicators) > 1:
        raise ValueError("changes of different indicators cannot be added")
    added = [answer_from(each.answer) for each in follow_ups if each.answer["moments"] is not None]
    if not added:
        return None
    [indicator] = indicators.values()
    choices = {answer.choice for answer in added}
    choice = Choice.BY_RESULT if choices == {Choice.BY_RESULT} else Choice.BY_JUDGEMENT
    moments = [answer.moments for answer in added if answer.moments is not None]
    return Answer(pooled(moments, measure_of(indicator), choice=choice), reduce(add, moments), choice=choice)
