"""Own entries of the catalogue that nobody has checked for a year."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from ..catalogue import entries_to_check
from .asked import Asked
from .duty import Duty, Group, Kind, checked_in_words


def entries(asked: Asked) -> Sequence[Duty]:
    return [
        Duty(
            kind=Kind.ENTRY,
            group=Group.LATE,
            what=_("Check the entry: %(title)s") % {"title": entry.title},
            when=checked_in_words(entry.checked_on, asked.today),
            due_on=entry.checked_on,
            where=_("catalogue"),
            url=reverse("interventions:entry", args=[entry.key]),
        )
        for entry in entries_to_check(asked.sight)
    ]
