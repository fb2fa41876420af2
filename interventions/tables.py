"""Interventions as a list: one table for every place that shows them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Unit
from colourmaps.tables import labelled

from .models import Intervention
from .states import State, state_in_words, state_of

TAG_CLASSES = {
    State.COMING: "",
    State.RUNNING: "accent",
    State.LATE: "strong",
    State.ENDED: "",
    State.EVALUATED: "soft",
}
ROW_CLASSES = {State.LATE: "late"}
NAMES_SHOWN, UNITS_SHOWN = 2, 4


class InterventionTable(tables.Table):
    """places: the unit above each unit, by id (queries.parents_of); on: the day on which states are told.

    ownerless: ids of those that nobody answers for any more (queries.ownerless_among). verdicts: verdict_words.
    """

    title = tables.Column(verbose_name=gettext_lazy("What we do"))
    state = tables.Column(verbose_name=gettext_lazy("Now"), accessor="pk", orderable=False)
    for_whom = tables.Column(verbose_name=gettext_lazy("For whom"), accessor="pk", orderable=False)
    unit = tables.Column(verbose_name=gettext_lazy("Unit"), accessor="unit__name")
    indicator = tables.Column(
        verbose_name=gettext_lazy("Indicator"), orderable=False, attrs=labelled(gettext_lazy("Indicator"))
    )
    responsible = tables.Column(
        verbose_name=gettext_lazy("Responsible"),
        accessor="responsible__name",
        attrs=labelled(gettext_lazy("Responsible")),
    )
    starts_on = tables.DateColumn(
        verbose_name=gettext_lazy("Start"), short=True, attrs=labelled(gettext_lazy("Start"), "when")
    )
    follow_up_on = tables.DateColumn(
        verbose_name=gettext_lazy("Follow-up"), short=True, attrs=labelled(gettext_lazy("Follow-up"), "when")
    )
    verdict = tables.Column(
        verbose_name=gettext_lazy("Verdict"),
        accessor="pk",
        orderable=False,
        attrs=labelled(gettext_lazy("Verdict")),
    )

    class Meta:
        template_name = "components/table.html"
        attrs = {"class": "stacks"}
        row_attrs = {"class": lambda record, table: ROW_CLASSES.get(state_of(record, table.on))}

    def __init__(
        self,
        *args: Any,
        on: datetime.date,
        places: Mapping[int, Unit] | None = None,
        ownerless: Collection[int] = (),
        verdicts: Mapping[int, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.on, self.ownerless, self.verdicts = on, ownerless, verdicts or {}
        self.places = places or {}
        super().__init__(*args, **kwargs)

    def render_title(self, record: Intervention) -> str:
        address = reverse("interventions:intervention", args=[record.key])
        return format_html('<a href="{}">{}</a>', address, record.title)

    def render_for_whom(self, record: Intervention) -> str:
        return for_whom_in_words(record)

    def render_unit(self, record: Intervention) -> str:
        place = self.places.get(record.unit_id)
        if place is None or not record.unit.is_school_class:
            return record.unit.name
        return format_html('{} <span class="soft">{}</span>', record.unit.name, place.name)

    def render_responsible(self, record: Intervention) -> str:
        if record.pk not in self.ownerless:
            return record.responsible.name
        return format_html(
            '{} <span class="tag strong">{}</span>', record.responsible.name, _("nobody answers")
        )

    def render_verdict(self, record: Intervention) -> str:
        return self.verdicts.get(record.pk, "")

    def render_state(self, record: Intervention) -> str:
        classes = TAG_CLASSES[state_of(record, self.on)]
        return format_html('<span class="tag {}">{}</span>', classes, state_in_words(record, self.on))


def for_whom_in_words(intervention: Intervention) -> str:
    """The pupils' names, or how many they are; the unit, where it names none.

    A list goes across classes, and becomes a file: a protected pupil is in neither, so then only the number is told.
    """
    pupils = list(intervention.pupils.all())
    if 0 < len(pupils) <= NAMES_SHOWN and not any(pupil.is_protected for pupil in pupils):
        return "; ".join(pupil.shown_name for pupil in pupils)
    return for_how_many_in_words(intervention)


def for_how_many_in_words(intervention: Intervention) -> str:
    n_pupils = len(intervention.pupils.all())
    if n_pupils == 0:
        return _("the whole of %(unit)s") % {"unit": whole_units_in_words(intervention)}
    return ngettext("%(n)s pupil", "%(n)s pupils", n_pupils) % {"n": n_pupils}


def whole_units_in_words(intervention: Intervention) -> str:
    """Its unit; of several that it covers their names, or how many they are where the names would fill the row."""
    names = sorted(unit.name for unit in intervention.covered_units.all()) or [intervention.unit.name]
    if len(names) <= UNITS_SHOWN:
        return ", ".join(names)
    return ngettext("%(n)s unit", "%(n)s units", len(names)) % {"n": len(names)}


def where_in_words(intervention: Intervention) -> str:
    """For how many and where: "2 pupils, 4A", "the whole of 4A"."""
    if not intervention.pupils.all():
        return for_how_many_in_words(intervention)
    return f"{for_how_many_in_words(intervention)}, {intervention.unit.name}"


def pupils_named_in(*shown: tables.Table) -> set[int]:
    """Ids of the pupils whose names stand in the visible rows of tables; for the log of who has seen what."""
    lists = [list(row.record.pupils.all()) for table in shown for row in table.paginated_rows]
    return {pupil.pk for pupils in lists if len(pupils) <= NAMES_SHOWN for pupil in pupils}
