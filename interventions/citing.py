"""Figures in words for the background of a plan: how it stands now, of whom the plan is for.

Of classes and pupils the true counts, for those who see the pupils. A plan for schools and what stands above them is
read by heads too, so it cites what has been released to them, whoever writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.roles import Permission, Tier
from aggregation.queries import released_figures
from aggregation.released import shown_at
from aggregation.slices import ALL_PUPILS
from aggregation.wording import words_of
from colourmaps.classification import Colour
from colourmaps.models import Indicator
from colourmaps.queries import latest_round
from colourmaps.scales import Mark
from pupils.models import Pupil
from pupils.queries import home_enrolments

from .standing import latest_results


def figures_in_words(
    units: Sequence[Unit], pupils: Collection[Pupil], indicator: Indicator, sight: Sight
) -> str:
    """For example "Reading, HT 2026 (read 16 November 2026): 7 of 24 red, 23 measured."; never empty."""
    if any(unit.level < Level.SCHOOL_CLASS for unit in units):
        return " ".join(_released_in_words(unit, indicator, sight) for unit in units)
    if not all(sight.can(Permission.SEE_PUPILS, unit) for unit in units):
        return ""
    if pupils:
        ids = {pupil.pk for pupil in pupils}
    else:
        enrolled = home_enrolments(sight.today).filter(school_class_id__in=[unit.pk for unit in units])
        ids = set(enrolled.values_list("pupil_id", flat=True))
    return _counts_in_words(ids, indicator, sight)


def _counts_in_words(pupil_ids: Collection[int], indicator: Indicator, sight: Sight) -> str:
    round_, results = latest_results(pupil_ids, indicator, until=sight.today)
    if round_ is None:
        return _("%(indicator)s: nothing has been measured.") % {"indicator": indicator.name}
    n_red = sum(result.colour == Colour.RED for result in results.values())
    n_measured = sum(result.mark == Mark.MEASURED for result in results.values())
    sentence = ngettext(
        "%(indicator)s, %(round)s (read %(day)s): %(red)s of %(n)s red, %(measured)s measured.",
        "%(indicator)s, %(round)s (read %(day)s): %(red)s of %(n)s red, %(measured)s measured.",
        len(pupil_ids),
    )
    return sentence % {
        "indicator": indicator.name,
        "round": round_.name,
        "day": date_format(sight.today),
        "red": n_red,
        "n": len(pupil_ids),
        "measured": n_measured,
    }


def _released_in_words(unit: Unit, indicator: Indicator, sight: Sight) -> str:
    names = {"unit": unit.name, "indicator": indicator.name}
    round_ = latest_round(sight.today)
    if round_ is not None:
        shown = shown_at(round_, Tier.HEADS).with_slice(ALL_PUPILS)
        share = released_figures([unit.pk], ALL_PUPILS, shown).shares.get((unit.pk, indicator.pk))
        if share is not None:
            names |= {
                "round": round_.name,
                "day": date_format(sight.today),
                "figures": words_of(share, unit.pk),
            }
            return _("%(unit)s, %(indicator)s, %(round)s (read %(day)s): %(figures)s") % names
    return _("%(unit)s, %(indicator)s: nothing has been released yet.") % names
