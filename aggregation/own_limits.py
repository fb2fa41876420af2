"""Where units are judged by limits of their own: said under a unit map, whose colours then do not mean the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from colourmaps.models import Indicator, MeasurementRound, Threshold


def own_limits_in_words(unit: Unit, round_: MeasurementRound, indicators: Sequence[Indicator]) -> list[str]:
    """One sentence per indicator of which a school at or below the unit had limits of its own; two queries at most.

    By the limits and the tree of the day on which the round is counted.
    """
    own = Threshold.objects.on(round_.counted_on).filter(school__isnull=False, indicator__in=list(indicators))
    found = list(own.select_related("school"))
    if not found:
        return []
    below = subtree_ids([unit.pk], round_.counted_on)
    sentences = []
    for indicator in indicators:
        of_indicator = [
            each for each in found if each.indicator_id == indicator.pk and each.school_id in below
        ]
        schools = {each.school.name: each for each in of_indicator if each.school is not None}
        if schools and unit.level == Level.SCHOOL:
            reasons = "; ".join(sorted({each.reason.rstrip(".") for each in of_indicator}))
            sentences.append(
                _("%(indicator)s: judged by the school's own limits, because: %(reason)s.")
                % {"indicator": indicator.name, "reason": reasons}
            )
        elif schools:
            sentences.append(
                ngettext(
                    "%(indicator)s: one school is judged by limits of its own (%(schools)s).",
                    "%(indicator)s: %(n)s schools are judged by limits of their own (%(schools)s).",
                    len(schools),
                )
                % {"indicator": indicator.name, "n": len(schools), "schools": ", ".join(sorted(schools))}
            )
    return sentences
