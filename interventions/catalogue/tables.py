"""The catalogue as a list; on a phone each row is a block with its labels."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import CatalogueEntry
from .ages import ages_in_words
from .entries import is_stale
from .results import Results
from .words import cost_in_words, counts_in_words, waiting_in_words

NEED_SHOWN = 110


def _column(label: Any, **options: Any) -> tables.Column:
    """A column that is no order of its own; the label is said again in each row where rows are blocks."""
    attrs = {"td": {"data-label": label}}
    return tables.Column(verbose_name=label, orderable=False, attrs=attrs, **options)


class CatalogueTable(tables.Table):
    """results: by id of the entry. ?query of the list is kept by its links."""

    title = tables.Column(verbose_name=gettext_lazy("What it is called"), orderable=False)
    ages = _column(gettext_lazy("For whom"), accessor="pk")
    profession = _column(gettext_lazy("Who gives it"))
    waiting = _column(gettext_lazy("Waiting time"), accessor="pk")
    cost = _column(gettext_lazy("Cost"), accessor="pk")
    evidence_level = _column(gettext_lazy("What others know"))
    came = _column(gettext_lazy("What we have found"), accessor="pk")

    class Meta:
        template_name = "components/table.html"
        attrs = {"id": "catalogue"}

    def __init__(
        self,
        *args: Any,
        country: str,
        on: datetime.date,
        results: Mapping[int, Results],
        **kwargs: Any,
    ) -> None:
        self.country, self.on, self.results = country, on, results
        super().__init__(*args, **kwargs)

    def render_title(self, record: CatalogueEntry) -> str:
        need = Truncator(record.need).chars(NEED_SHOWN)
        return format_html(
            '<a href="{}">{}</a> {}<small class="soft">{}</small>',
            reverse("interventions:entry", args=[record.key]),
            record.title,
            tags_of(record, self.on),
            need,
        )

    def render_ages(self, record: CatalogueEntry) -> str:
        return ages_in_words(record.age_from, record.age_to, self.country, self.on)

    def render_profession(self, record: CatalogueEntry) -> str:
        return str(record.get_profession_display()).capitalize()

    def render_waiting(self, record: CatalogueEntry) -> str:
        return waiting_in_words(record.waiting_weeks)

    def render_cost(self, record: CatalogueEntry) -> str:
        return cost_in_words(record)

    def render_evidence_level(self, record: CatalogueEntry) -> str:
        return str(record.get_evidence_level_display()).capitalize()

    def render_came(self, record: CatalogueEntry) -> str:
        found = self.results.get(record.pk)
        if found is None:
            return _("not used yet")
        return counts_in_words(found.counts) if found.n_measured else _("not followed up yet")


def tags_of(entry: CatalogueEntry, on: datetime.date) -> SafeString:
    """What must be known before an entry is trusted: the same words on every page."""
    tags = [format_html('<span class="tag {}">{}</span> ', *tag) for tag in _tags(entry, on)]
    return mark_safe("".join(tags))  # noqa: S308 – every part is escaped


def _tags(entry: CatalogueEntry, on: datetime.date) -> list[tuple[str, str]]:
    if entry.withdrawn_on:
        return [("strong", _("withdrawn"))]
    tags = []
    if is_stale(entry, on):
        tags.append(("strong", _("not checked since %(day)s") % {"day": date_format(entry.checked_on)}))
    if not entry.has_owner:
        tags.append(("strong", _("nobody keeps it")))
    if entry.source_key:
        tags.append(("soft", _("from %(municipality)s") % {"municipality": entry.source_name}))
    return tags
