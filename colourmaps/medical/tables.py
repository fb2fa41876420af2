"""Lists of this app: what has been decided to be shared."""

from __future__ import annotations

import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from colourmaps.tables import labelled

from .models import Crossing
from .words import receiver_in_words


class CrossingTable(tables.Table):
    """Needs crossings with pupil, receiver, unit and decided_by read along. on: the day of the page."""

    pupil = tables.Column(verbose_name=gettext_lazy("Pupil"), orderable=False)
    receiver = tables.Column(
        verbose_name=gettext_lazy("Shared with"),
        orderable=False,
        empty_values=(),
        attrs=labelled(gettext_lazy("Shared with")),
    )
    purpose = tables.Column(verbose_name=gettext_lazy("What for"), attrs=labelled(gettext_lazy("What for")))
    valid_from = tables.Column(
        verbose_name=gettext_lazy("From"), attrs=labelled(gettext_lazy("From"), "when")
    )
    valid_to = tables.Column(
        verbose_name=gettext_lazy("Last day"), attrs=labelled(gettext_lazy("Last day"), "when")
    )
    state = tables.Column(verbose_name=gettext_lazy("Now"), orderable=False, empty_values=())

    class Meta:
        template_name = "components/table.html"
        attrs = {"id": "crossings", "class": "stacks"}
        empty_text = gettext_lazy("Nothing has been shared.")

    def __init__(self, *args: Any, on: datetime.date, **options: Any) -> None:
        self.on = on
        super().__init__(*args, **options)

    def render_pupil(self, record: Crossing) -> str:
        address = reverse("medical:crossing", args=[record.key])
        return format_html('<a href="{}">{}</a>', address, record.pupil.shown_name)

    def render_receiver(self, record: Crossing) -> str:
        return receiver_in_words(record)

    def render_valid_from(self, record: Crossing) -> str:
        return date_format(record.valid_from, "SHORT_DATE_FORMAT")

    def render_valid_to(self, record: Crossing) -> str:
        return date_format(record.last_on, "SHORT_DATE_FORMAT")

    def render_state(self, record: Crossing) -> str:
        tag = "accent" if record.holds(self.on) else "soft"
        return format_html('<span class="tag {}">{}</span>', tag, state_in_words(record, self.on))


def state_in_words(crossing: Crossing, on: datetime.date) -> str:
    if crossing.withdrawn_at is not None:
        return _("withdrawn")
    if crossing.holds(on):
        return _("in force")
    return _("to come") if on < crossing.valid_from else _("ended")
