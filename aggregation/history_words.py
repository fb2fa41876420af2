"""What a table of history says beside its counts: which units of then a row is made of, and what is in no row."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import cast

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .history import HistoryRow, HistoryTable, Source


def sources_in_words(row: HistoryRow) -> str:
    """Where the row's pupils were counted then; empty where it was the unit itself and nothing else."""
    if [source.unit for source in row.sources] in ([], [row.unit]):
        return ""
    return _("counted then as %(units)s") % {"units": _listed(row.sources)}


def nobody_in_words(table: HistoryTable) -> list[str]:
    """A sentence for each unit that is in the sum but in none of the rows."""
    return [
        _("%(units)s closed on %(day)s without a successor: in the sum, but in none of today's units.")
        % {"units": _listed(row.sources), "day": _end_in_words(row)}
        for row in table.of_nobody
    ]


def _end_in_words(row: HistoryRow) -> str:
    ended_on = cast("datetime.date", row.unit.valid_to)  # only what has ended belongs to nobody
    return date_format(ended_on, "DATE_FORMAT")


def _listed(sources: Sequence[Source]) -> str:
    return ", ".join(
        ngettext("%(unit)s (%(n)d class)", "%(unit)s (%(n)d classes)", source.n_classes)
        % {"unit": source.unit, "n": source.n_classes}
        for source in sources
    )
