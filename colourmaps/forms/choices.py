"""What can be chosen for a file and for its columns: meanings, indicators, rounds, schools, year groups."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Level, Unit
from accounts.tenancy import current_municipality
from pupils.school_years import year_group_name, year_groups

from ..importing.mapping import ROW_MEANINGS, Mapping, Meaning, header_key
from ..models import Indicator, IndicatorArea, MeasurementRound
from .file_columns import INDICATOR, NEW_INDICATOR, choice_of

Choices = list[tuple[str, Any]]

MEANING_LABELS = {
    Meaning.IGNORE: gettext_lazy("is not read"),
    Meaning.IDENTITY: gettext_lazy("identity number"),
    Meaning.PUPIL_ID: gettext_lazy("pupil's own id"),
    Meaning.FAMILY_NAME: gettext_lazy("family name"),
    Meaning.GIVEN_NAME: gettext_lazy("given name"),
    Meaning.FULL_NAME: gettext_lazy("full name"),
    Meaning.SCHOOL_CLASS: gettext_lazy("class"),
    Meaning.YEAR_GROUP: gettext_lazy("year group"),
    Meaning.SCHOOL: gettext_lazy("school"),
    Meaning.SEX: gettext_lazy("sex"),
    Meaning.PROTECTION: gettext_lazy("protected identity"),
    Meaning.MEASURED_ON: gettext_lazy("day of measurement"),
    Meaning.INDICATOR_NAME: gettext_lazy("which indicator (a row per result)"),
    Meaning.ROUND_NAME: gettext_lazy("which measurement round (a row per result)"),
    Meaning.VALUE: gettext_lazy("the value (a row per result)"),
}
NOT_READ = (Meaning.IGNORE.value, MEANING_LABELS[Meaning.IGNORE])
SAME_ROUND = ("", gettext_lazy("the file's measurement round"))


def open_rounds(mapping: Mapping) -> list[str]:
    """Names of the rounds that results can be given to: the open ones, latest first, and those of the mapping."""
    rounds = MeasurementRound.objects.order_by("-starts_on").values_list("name", "closed_at")
    known = {header_key(name) for name, _closed_at in rounds}
    brought = [new.name for new in mapping.new_rounds if header_key(new.name) not in known]
    return [name for name, closed_at in rounds if closed_at is None] + brought


def round_choices(offered: list[str], mapping: Mapping) -> tuple[Choices, str]:
    """(the rounds of open_rounds; the one chosen now, "" if it is none of them)."""
    now = next((name for name in offered if header_key(name) == header_key(mapping.round)), "")
    return [("", _("Choose")), *((name, name) for name in offered)], now


def own_round_choices(offered: Iterable[str], now: str) -> Choices:
    """The round of one column; the one that its header names is there also if it is closed or unknown."""
    others = [] if not now or now in offered else [(now, _("%(name)s (not open)") % {"name": now})]
    return [SAME_ROUND, *((name, name) for name in offered), *others]


def school_choices(mapping: Mapping, today: datetime.date) -> tuple[Choices, str]:
    """(the schools there are, and the one that the file names if it is new; the one chosen now)."""
    schools = Unit.objects.on(today).filter(level=Level.SCHOOL).order_by("name")
    names = list(dict.fromkeys(schools.values_list("name", flat=True)))
    choices: Choices = [("", _("As the file says in each row")), *((name, name) for name in names)]
    now = next((name for name in names if header_key(name) == header_key(mapping.school)), mapping.school)
    if now and now not in names:
        choices.insert(1, (now, _("%(name)s (new)") % {"name": now}))
    return choices, now


def year_group_choices(mapping: Mapping, today: datetime.date) -> tuple[Choices, str]:
    """(the year groups of the country, and the one that holds for the whole file now; that one)."""
    country = current_municipality().country
    offered = set(year_groups(country, today))
    if mapping.year_group is not None:
        offered.add(mapping.year_group)
    names = [(str(number), year_group_name(number, country, today)) for number in sorted(offered)]
    now = "" if mapping.year_group is None else str(mapping.year_group)
    return [("", _("As the file says in each row")), *names], now


def indicator_choices(mapping: Mapping, indicators: Iterable[Indicator]) -> Choices:
    """The indicators by area, and those that the mapping brings along."""
    by_place = sorted(indicators, key=lambda indicator: IndicatorArea.values.index(indicator.area))
    by_area = [
        (
            str(IndicatorArea(area).label).capitalize(),
            [(choice_of(Meaning.INDICATOR, indicator.code), indicator.name) for indicator in members],
        )
        for area, members in groupby(by_place, key=lambda indicator: indicator.area)
    ]
    known = {indicator.code for indicator in by_place}
    brought = [
        (f"{INDICATOR}{new.code}", next(iter(new.names.values())))
        for new in mapping.new_indicators
        if new.code not in known
    ]
    return [*by_area, *([(_("New indicators"), brought)] if brought else [])]


def meaning_choices(indicators: Choices) -> Choices:
    """Not read; the pupil; the indicators; what only tables with a row per result have."""
    pupil = [
        (meaning.value, label)
        for meaning, label in MEANING_LABELS.items()
        if meaning not in ROW_MEANINGS | {Meaning.IGNORE}
    ]
    row = [(meaning.value, MEANING_LABELS[meaning]) for meaning in MEANING_LABELS if meaning in ROW_MEANINGS]
    return [NOT_READ, (_("About the pupil"), pupil), *indicators, (_("About the measurement"), row)]


def with_new(choices: Choices, name: str, n_before: int) -> Choices:
    """The choices with a new indicator of this name, placed after the first n_before of them."""
    new = (NEW_INDICATOR, _("New indicator: “%(name)s”") % {"name": name})
    return [*choices[:n_before], new, *choices[n_before:]]
