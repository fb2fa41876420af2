"""The answer to an intervention, from what is frozen of its pupils and those with whom they are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from colourmaps.breaks_in_words import series_break_in_words
from colourmaps.models import Indicator, SeriesBreak
from colourmaps.scales import HUNDREDTHS

from .comparison import Between, Crowd, Measured, Scope, crowd_of, pairs_of
from .effect import Choice, Effect, Measure, Moments, Reason, Verdict, moments_of, pooled
from .frozen_answer import Answer

# What more pupils to compare with can change; whom to take is never decided by what came of them.
WIDER_MAY_HELP = (Reason.NO_COMPARISON, Reason.ONE_CLASS)


@dataclass(frozen=True)
class Judged:
    """An answer, and the pupils whom the intervention's were compared with."""

    answer: Answer
    comparison: Sequence[Measured] = ()


def judge(
    between: Between,
    starts: Mapping[int, int],
    follow_ups: Mapping[int, int],
    series_break: SeriesBreak | None,
) -> Judged:
    """starts, follow_ups: the frozen values of the pupils, by their ids. Across a break of the series nobody is
    compared with anybody."""
    if series_break is not None:
        n_both = len(starts.keys() & follow_ups.keys())
        effect = Effect(n_both, 0, Verdict.CANNOT_SAY, Reason.SERIES_BREAK)
        return Judged(Answer(effect, break_in_words=series_break_in_words(series_break)))
    crowd = crowd_of(between, starts, follow_ups)
    measure = measure_of(between.intervention.indicator)
    choice = _choice(between, crowd)
    for scope in crowd.scopes:
        judged = _judged(crowd, scope, measure, choice)
        if judged.answer.effect.reason not in WIDER_MAY_HELP:
            break
    return judged


def measure_of(indicator: Indicator) -> Measure:
    return Measure(indicator.is_high_good, indicator.measurement_error / HUNDREDTHS)


def _judged(crowd: Crowd, scope: Scope, measure: Measure, choice: Choice) -> Judged:
    comparison, treated = crowd.comparison(scope), crowd.rows(crowd.treated)
    everyone = pairs_of(list(crowd.everyone.values()))
    moments: Moments = moments_of(pairs_of(treated), pairs_of(comparison), everyone)
    schools = Counter(str(row.school or "") for row in treated)
    return Judged(
        Answer(
            pooled([moments], measure, choice=choice),
            moments,
            scope,
            choice,
            schools=dict(schools),
            classes=tuple(sorted({row.school_class for row in comparison})),
        ),
        comparison,
    )


def _choice(between: Between, crowd: Crowd) -> Choice:
    """By result: whole units, or in each class everybody who started as low as the best of them there.

    Else somebody knew more about them than their start value, and how much that matters nobody knows.
    """
    if not between.intervention.members.all():
        return Choice.BY_RESULT
    sign = 1 if between.intervention.indicator.is_high_good else -1
    best: dict[int, int] = {}
    for row in crowd.rows(crowd.treated):
        best[row.school_class] = max(best.get(row.school_class, sign * row.start), sign * row.start)
    passed_by = [
        row
        for row in crowd.everyone.values()
        if row.school_class in best
        and sign * row.start <= best[row.school_class]
        and row.pupil not in crowd.treated
    ]
    return Choice.BY_JUDGEMENT if passed_by else Choice.BY_RESULT
