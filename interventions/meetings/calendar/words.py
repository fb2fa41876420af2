"""What is said of a series and of where its meetings stand."""

from __future__ import annotations

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ...models import MeetingSeries, Rule
from ..states import MeetingState

# A sign for each state, beside its word: never alone.
SIGNS = {
    MeetingState.PLANNED: "○",
    MeetingState.RUNNING: "▸",
    MeetingState.HELD: "●",
    MeetingState.CANCELLED: "×",
    MeetingState.MISSED: "!",
}
MONTHLY = {
    1: gettext_lazy("every month, the first %(weekday)s"),
    2: gettext_lazy("every month, the second %(weekday)s"),
    3: gettext_lazy("every month, the third %(weekday)s"),
    4: gettext_lazy("every month, the fourth %(weekday)s"),
    5: gettext_lazy("every month, the last %(weekday)s"),
}


def how_often(series: MeetingSeries) -> str:
    """For example "every month, the second Tuesday, 14:00"."""
    words = _rule_in_words(series)
    return f"{words}, {time_format(series.at)}" if series.at else words


def _rule_in_words(series: MeetingSeries) -> str:
    if series.rule == Rule.MONTHLY:
        place = (series.first_on.day - 1) // 7 + 1
        return str(MONTHLY[place]) % {"weekday": date_format(series.first_on, "l")}
    if series.rule == Rule.EACH_ROUND:
        return ngettext(
            "%(n)s day after each measurement round",
            "%(n)s days after each measurement round",
            series.days_after,
        ) % {"n": series.days_after}
    return _("%(rule)s, as on %(day)s") % {
        "rule": series.get_rule_display(),
        "day": date_format(series.first_on, "j F"),
    }
