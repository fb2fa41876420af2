"""The lines of a control as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User

from ..models import LogControl, LogControlLine, Selection
from .reading import LogRow, rows_of


@dataclass(frozen=True)
class ShownLine:
    """is_own: whoever looks at it has read this, and may not judge it."""

    line: LogControlLine
    row: LogRow
    why: list[str]
    is_own: bool


def lines_of(control: LogControl, reader: User) -> list[ShownLine]:
    """The newest read first; a line whose event has been removed by now (retention) is left out."""
    lines = list(control.lines.select_related("judged_by"))
    events = AuditEvent.objects.in_bulk([line.event_id for line in lines])
    lines = sorted(
        (x for x in lines if x.event_id in events), key=lambda x: events[x.event_id].at, reverse=True
    )
    rows = rows_of([events[line.event_id] for line in lines], names_pupils=True)
    return [
        ShownLine(line, row, [reason_in_words(why) for why in line.why], row.event.actor_id == reader.pk)
        for line, row in zip(lines, rows, strict=True)
    ]


def reason_in_words(why: dict[str, Any]) -> str:
    """ "unusually many pupils in a day: 214, usually 24, others with the role 26"."""
    label = str(Selection(why["selection"]).label)
    if "n" not in why:
        return label
    return _("%(label)s: %(n)d, usually %(usual)d, others with the role %(of_role)d") % {
        "label": label,
        **why,
    }
