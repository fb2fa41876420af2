"""Where units are judged by limits of their own: said under a unit map, whose colours then do not mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from accounts.written_reads import rows_of
from colourmaps.models import Indicator, MeasurementRound

OWN_SQL = """
    select t.indicator_id, t.school_id, u.name, t.reason
    from colourmaps_threshold t join accounts_unit u on u.id = t.school_id
    where t.municipality_id = %(municipality)s
      and t.valid_from <= %(on)s and (t.valid_to is null or t.valid_to > %(on)s)
"""


class OwnLimit(NamedTuple):
    """school: its name. reason: of the decision."""

    indicator_id: int
    school_id: int
    school: str
    reason: str


def own_limits_of(unit: Unit, round_: MeasurementRound) -> list[OwnLimit]:
    """The limits of schools at or below the unit, by the limits and the tree of the day on which the round is counted.

    Two queries at most.
    """
    found = [OwnLimit._make(row) for row in rows_of(OWN_SQL, on=round_.counted_on)]
    below = subtree_ids([unit.pk], round_.counted_on) if found else set()
    return [each for each in found if each.school_id in below]


def own_limits_in_words(unit: Unit, round_: MeasurementRound, indicators: Sequence[Indicator]) -> list[str]:
    """One sentence per indicator of which a school at or below the unit had limits of its own."""
    return in_words(own_limits_of(unit, round_), unit, indicators)


def in_words(own: Sequence[OwnLimit], unit: Unit, indicators: Sequence[Indicator]) -> list[str]:
    """As own_limits_in_words, of limits that have been read."""
    sentences = []
    for indicator in indicators:
        of_indicator = [each for each in own if each.indicator_id == indicator.pk]
        schools = {each.school for each in of_indicator}
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
