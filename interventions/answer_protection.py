"""What a reader may be shown of an answer, so that no pupil can be made out whom the reader does not see.

docs/small_groups.md tells why this is safe, and against whom it is not.
"""

from __future__ import annotations

import math
from enum import Enum

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.tenancy import current_municipality

from .effect import Estimate, Moments, Verdict
from .frozen_answer import Answer
from .models import FollowUp, Intervention
from .population import unit_ids_of
from .queries import sees_all_pupils

# The change of a pupil whom the reader does not see stays open within so many standard deviations of the start values.
LEFT_OPEN = 4
NICE = (1, 2, 5, 10)


class Seen(Enum):
    """How much of an answer a reader is shown.

    ALL: every figure. OTHERS_ROUNDED: the own pupils' figures as they are; what tells of those who were compared with,
    rounded. VERDICT_ROUNDED: the verdict with its difference, rounded; no other figure. WORDS: the verdict without
    any figure. NOTHING: not even that.
    """

    ALL = "all"
    OTHERS_ROUNDED = "others rounded"
    VERDICT_ROUNDED = "verdict rounded"
    WORDS = "words"
    NOTHING = "nothing"

    @property
    def has_figures(self) -> bool:
        """Whether the figures of the intervention's own pupils are shown."""
        return self in (Seen.ALL, Seen.OTHERS_ROUNDED)


def seen_of(intervention: Intervention, follow_up: FollowUp, answer: Answer, sight: Sight) -> Seen:
    """By the pupils whom the reader sees today; a reader who sees no pupils, by the rules for sums."""
    if not sees_all_pupils(intervention, sight):
        return _seen_without_pupils(intervention, answer)
    followed = {entry["class"] for entry in follow_up.values if entry["class"] is not None}
    if not followed <= sight.visible_units(Permission.SEE_PUPILS, follow_up.round.counted_on):
        return Seen.WORDS
    visible = sight.visible_units(Permission.SEE_PUPILS, intervention.starts_on)
    return Seen.ALL if set(answer.classes) <= visible else Seen.OTHERS_ROUNDED


def _seen_without_pupils(intervention: Intervention, answer: Answer) -> Seen:
    if intervention.members.all():
        return Seen.NOTHING
    if answer.effect.verdict is Verdict.CANNOT_SAY:
        return Seen.WORDS
    levels = Unit.objects.filter(pk__in=unit_ids_of(intervention)).values_list("level", flat=True)
    is_of_schools = all(level <= Level.SCHOOL for level in levels)
    base = current_municipality().smallest_base
    return Seen.VERDICT_ROUNDED if is_of_schools and is_broad(answer, base) else Seen.NOTHING


def is_broad(answer: Answer, base: int) -> bool:
    """Whether every school has so many treated pupils that it could be shown by itself, and the comparison has, too.

    So that the head of one school, who knows its pupils, and takes them away from the whole, is left with as many.
    """
    return (
        all(n >= base for n in answer.schools.values())
        and "" not in answer.schools
        and answer.effect.n_matched_treated >= base
        and answer.effect.n_matched_comparison >= base
    )


def step_of(moments: Moments) -> float | None:
    """To what a difference is rounded; None where all started alike, and nothing can be shown.

    In the difference a pupil counts with a weight of at most 1 / free, so a change of LEFT_OPEN deviations moves it by
    at most one step: who knows all the others learns at most on which side of one point of that range the pupil was.
    """
    products = moments.alike.products.sum(axis=0)
    explained = products[0, 1] ** 2 / products[1, 1] if products[1, 1] else 0.0
    free = float(products[0, 0] - explained)
    deviation = moments.spread.deviation
    return nice_above(LEFT_OPEN * deviation / free) if free > 0 and deviation else None


def nice_above(number: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 … and 0.5, 0.2, 0.1 … that is not below the number."""
    power = 10.0 ** math.floor(math.log10(number))
    return next(power * nice for nice in NICE if power * nice >= number * (1 - 1e-9))


def rounded(estimate: Estimate, step: float) -> Estimate:
    return Estimate(*(step * round(each / step) for each in (estimate.value, estimate.low, estimate.high)))


def n_about(n: int) -> int:
    """A number of pupils whom the reader does not see, in tens."""
    return 10 * round(n / 10)
