"""What the dashboards say in whole sentences: of unusual change, of where the red is, and of what a unit is like."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Level, Unit
from accounts.tenancy import current_municipality
from colourmaps.models import MeasurementRound
from pupils.school_years import year_group_name

from .concentration import Concentration
from .context import Context
from .filters import pupils_name
from .unusual_change import UnusualChange


def change_words(change: UnusualChange, level: int) -> str:
    """Direction first, then how many of how many, then what was to be expected. level: of the unit."""
    numbers = {
        "moved": change.n_moved,
        "up": change.moves.up,
        "down": change.moves.down,
        "expected_up": round(change.n_moved - change.expected_down),
        "expected_down": round(change.expected_down),
        "others": _the_others(level),
    }
    if change.is_for_the_better:
        return (
            _(
                "more pupils than usual have moved for the better: %(up)s of the %(moved)s who moved since their own "
                "last value. Had they moved as in %(others)s, it would have been about %(expected_up)s."
            )
            % numbers
        )
    return (
        _(
            "more pupils than usual have moved for the worse: %(down)s of the %(moved)s who moved since their own "
            "last value. Had they moved as in %(others)s, it would have been about %(expected_down)s."
        )
        % numbers
    )


def _the_others(level: int) -> str:
    words = {
        Level.ADMINISTRATION: _("the other administrations"),
        Level.AREA: _("the other areas"),
        Level.SCHOOL: _("the other schools"),
        Level.SCHOOL_CLASS: _("the other classes"),
    }
    return words.get(Level(level), _("the other units"))


def concentration_words(concentration: Concentration, units: Sequence[Unit]) -> str:
    """ "3 of 14 classes hold half of the red: 4B, 5A and 6C." The names in the order of the page: no ranking."""
    level = units[0].level if units else Level.SCHOOL
    numbers = {
        "n": concentration.n_holding,
        "units": _n_units(concentration.n_units, level),
        "red_percent": round(100 * concentration.red_share),
        "pupil_percent": round(100 * concentration.pupil_share),
        "red": concentration.red,
    }
    if not concentration.is_in_few:
        return (
            _(
                "The %(red)s red are spread over the %(units)s much as the pupils are: they are not gathered in a few."
            )
            % numbers
        )
    held = {unit_id for holder in concentration.holding for unit_id in holder.units}
    names = ", ".join(unit.name for unit in units if unit.pk in held)
    sentence = _(
        "%(n)s of %(units)s hold at least half of the red (%(red_percent)s %% of it, with %(pupil_percent)s %% of the "
        "pupils measured): %(names)s."
    ) % {**numbers, "names": names}
    if any(len(holder.units) > 1 for holder in concentration.holding):
        together = _("Those that are shown together count as one here.")
        return f"{sentence} {together}"
    return sentence


def _n_units(n: int, level: int) -> str:
    words = {
        Level.AREA: ngettext("%(n)s area", "%(n)s areas", n),
        Level.SCHOOL: ngettext("%(n)s school", "%(n)s schools", n),
        Level.SCHOOL_CLASS: ngettext("%(n)s class", "%(n)s classes", n),
    }
    return words.get(Level(level), ngettext("%(n)s unit", "%(n)s units", n)) % {"n": n}


def context_words(context: Context, unit: Unit, round_: MeasurementRound) -> list[str]:
    """What a unit is like, as short facts. A class says nothing of its classes."""
    facts = []
    if context.measured:
        facts.append(
            ngettext("%(n)s pupil measured", "%(n)s pupils measured", context.measured)
            % {"n": context.measured}
        )
    if not unit.is_school_class and context.n_classes:
        facts.append(_n_units(context.n_classes, Level.SCHOOL_CLASS))
    if not unit.is_school_class and context.year_groups:
        facts.append(_("years %(years)s") % {"years": years_in_words(context.year_groups, round_)})
    facts += [
        _("about %(percent)s %% %(pupils)s")
        % {"percent": known.percent, "pupils": pupils_name(known.slice, round_).lower()}
        for known in context.shares
        if known.percent is not None
    ]
    if context.formed_from:
        facts.append(_formed_words(unit, context.formed_from))
    return facts


def _formed_words(unit: Unit, formed_from: Sequence[Unit]) -> str:
    """Where its pupils were before: "4A was 3A" is as much a part of the picture as a school that was made of two."""
    return _("since %(day)s, before %(units)s") % {
        "day": date_format(unit.valid_from, "SHORT_DATE_FORMAT"),
        "units": ", ".join(each.name for each in formed_from),
    }


def years_in_words(year_groups: Sequence[int], round_: MeasurementRound) -> str:
    """ "F–6", or "1–3, 7"."""
    runs: list[list[int]] = []
    for year_group in year_groups:
        if runs and year_group == runs[-1][-1] + 1:
            runs[-1].append(year_group)
        else:
            runs.append([year_group])
    country, on = current_municipality().country, round_.counted_on
    names = [[year_group_name(year, country, on) for year in (run[0], run[-1])] for run in runs]
    return ", ".join(first if first == last else f"{first}–{last}" for first, last in names)
