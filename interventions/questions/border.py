"""The border of the school: no text crosses it with the name of one of its pupils that nobody has looked at."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Level, Unit
from accounts.queries import line_of
from pupils.names_in_text import names_at, names_in

from .places import Place


def school_of(unit: Unit) -> Unit | None:
    """The school that a unit is, or stands under."""
    line = line_of(unit, timezone.localdate())
    return next((above for above in line if above.level == Level.SCHOOL), None)


def crosses(school: Unit | None, place: Place, *, is_outside: bool = False) -> bool:
    """Whether what is sent to a place leaves the school."""
    return school is not None and (is_outside or not place.rung.is_inside)


def check_no_names(text: str, school: Unit, no_names: Collection[str]) -> None:
    """Raises ValidationError if words of the text may be pupils' names; no_names: those confirmed to be none.

    Only for the texts of those who know the school's pupils: to anybody else the words would tell who goes there.
    """
    found = names_in(text, names_at(school), no_names)
    if found:
        raise ValidationError(
            _(
                "These words may be names of the school's pupils: %(words)s. Change the text, or tick those that"
                " are no pupil's name here."
            ),
            code="names",
            params={"words": ", ".join(found)},
        )
