"""A break of a series as a sentence, for panels and pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models import SeriesBreak


def series_break_in_words(series_break: SeriesBreak) -> str:
    """ "From HT 2026 on not comparable with the rounds before: new version of the test. Reason."."""
    words = _("From %(round)s on not comparable with the rounds before: %(kind)s.") % {
        "round": series_break.round.name,
        "kind": series_break.get_kind_display(),
    }
    return f"{words} {series_break.reason}".strip()
