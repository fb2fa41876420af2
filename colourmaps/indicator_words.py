"""An indicator in words: what its page says of it, and what a line of the list does."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from accounts.models import Municipality
from pupils.school_years import year_group_name

from .forms.scale_fields import KINDS, kind_of
from .limits import Limits, limits_in_words
from .models import DueIndicator, Indicator, SeriesBreak, Threshold
from .scales import ValueType, format_number

Facts = list[tuple[str, list[str]]]


def kind_in_words(indicator: Indicator) -> str:
    """The kind of value with its ends or steps: "points, 0–40"; a named scale says it all."""
    scale, kind = indicator.scale, kind_of(indicator.scale)
    label = str(dict(KINDS)[kind])
    if scale.value_type is ValueType.STEPS or kind == ValueType.STEPS:
        return f"{label}: {' < '.join(step.label for step in scale.steps)}"
    is_told = scale.steps or scale.value_type is ValueType.STANINE
    has_ends = scale.minimum is not None or scale.maximum is not None
    ends = replace(scale, value_type=ValueType.NUMBER, decimals=0) if not scale.steps else scale
    return f"{label}, {ends.in_words()}" if has_ends and not is_told else label


def year_groups_in_words(groups: Collection[int], country: str, on: datetime.date) -> str:
    """The year groups, those that follow each other joined: "F–3, 6"."""
    names = [
        (year_group_name(run[0], country, on), year_group_name(run[-1], country, on))
        for run in _runs(sorted(groups))
    ]
    return ", ".join(first if first == last else f"{first}–{last}" for first, last in names)


def _runs(numbers: list[int]) -> Iterator[list[int]]:
    for _key, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        yield [number for _place, number in run]


def measured_in_words(indicator: Indicator, municipality: Municipality, on: datetime.date) -> str:
    if not indicator.year_groups:
        return _("any")
    return year_groups_in_words(indicator.year_groups, municipality.country, on)


def facts_of(indicator: Indicator, municipality: Municipality, on: datetime.date) -> list[dict[str, Any]]:
    """The parts of the page: heading and facts, each a term and its lines; what is not said says so."""
    not_said = _("not said")

    def said(text: str) -> list[str]:
        return [text or not_said]

    value = [
        (_("Kind of value"), [kind_in_words(indicator)]),
        (_("What is good"), [str(indicator.get_direction_display())]),
        (_("Measurement error"), [_error_in_words(indicator)]),
        (_("Shelf life"), [_shelf_life_in_words(indicator)]),
        *_grade_facts(indicator),
        (_("Limits now"), _limits_now(indicator, municipality, on)),
    ]
    where = [
        (_("Year groups"), [measured_in_words(indicator, municipality, on)]),
        (_("Due in"), _due_in_words(indicator, municipality)),
        (_("Series"), _breaks_in_words(indicator)),
        (_("Version"), [indicator.version]),
    ]
    ground = [
        (_("Purpose"), said(indicator.purpose)),
        (_("Legal ground"), said(indicator.legal_ground)),
        (_("Secrecy area"), [str(indicator.get_secrecy_area_display())]),
        (_("Source"), said(indicator.source)),
        (_("Owner"), said(indicator.owner)),
    ]
    words = [
        *((language, [name]) for language, name in _by_language(indicator.names)),
        (_("Column heads"), list(indicator.aliases) or [_("none but the names")]),
    ]
    return [
        {"heading": heading, "facts": facts}
        for heading, facts in [
            (_("The value"), value),
            (_("When it is measured"), where),
            (_("Why and on what ground"), ground),
            (_("What it is called"), words),
        ]
    ]


def _error_in_words(indicator: Indicator) -> str:
    if not indicator.measurement_error:
        return _("none: every change counts")
    return _("%(error)s: a change of at most so much counts as unchanged") % {
        "error": format_number(indicator.measurement_error)
    }


def _shelf_life_in_words(indicator: Indicator) -> str:
    n = indicator.shelf_life_months
    if n is None:
        return _("none: a value from an earlier round is outdated at once")
    return ngettext("%(n)s month", "%(n)s months", n) % {"n": n}


def _grade_facts(indicator: Indicator) -> Facts:
    facts = []
    if indicator.subject:
        facts.append((_("Subject"), [str(indicator.get_subject_display())]))
    if indicator.rule:
        told = _(
            "from the pupil's grades of the round, by the rule “%(rule)s”, and again when a grade is corrected"
        )
        facts.append((_("Worked out"), [told % {"rule": indicator.get_rule_display()}]))
    return facts


def _limits_now(indicator: Indicator, municipality: Municipality, on: datetime.date) -> list[str]:
    """Year groups with the same limits stand together, with what the limits rest on."""
    in_force = Threshold.objects.on(on).filter(indicator=indicator).order_by("year_group")
    by_limits: dict[tuple[Limits, str], list[int]] = {}
    for threshold in in_force:
        key = (Limits(threshold.yellow_limit, threshold.green_limit), threshold.source)
        by_limits.setdefault(key, []).append(threshold.year_group)
    if not by_limits:
        return [_("none, so no colours: the municipality sets them")]
    return [
        _("Year group %(groups)s: %(limits)s")
        % {
            "groups": year_groups_in_words(groups, municipality.country, on),
            "limits": limits_in_words(indicator, limits),
        }
        + (f" ({source})" if source else "")
        for (limits, source), groups in by_limits.items()
    ]


def _due_in_words(indicator: Indicator, municipality: Municipality) -> list[str]:
    due = DueIndicator.objects.filter(indicator=indicator).select_related("round")
    rows = due.order_by("-round__starts_on", "year_group")
    lines = [
        f"{round_.name}: "
        + year_groups_in_words([row.year_group for row in of_round], municipality.country, round_.starts_on)
        for round_, of_round in groupby(rows, key=lambda row: row.round)
    ]
    return lines or [_("no round yet")]


def _breaks_in_words(indicator: Indicator) -> list[str]:
    breaks = SeriesBreak.objects.filter(indicator=indicator).select_related("round")
    lines = [
        _("breaks from “%(round)s” on: %(kind)s") % {"round": each.round, "kind": each.get_kind_display()}
        + (f" ({each.reason})" if each.reason else "")
        + f", {date_format(each.decided_at, 'SHORT_DATE_FORMAT')}"
        for each in breaks.order_by("-round__starts_on")
    ]
    return lines or [_("unbroken")]


def _by_language(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each text with the name of its language in that language, in the order of the menu of languages."""
    return [(name_of_language(code), texts[code]) for code, _name in settings.LANGUAGES if texts.get(code)]


def name_of_language(code: str) -> str:
    name = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]
