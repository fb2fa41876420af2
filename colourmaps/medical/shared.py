"""What has been let through the wall to a reader: evaluated anew at every request, and read on a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import Unit
from pupils.beside import Link
from pupils.models import Pupil

from .models import Crossing
from .queries import crossings_on, unit_ids


def crossings_for(pupil: Pupil, sight: Sight, line: Sequence[Unit]) -> list[Crossing]:
    """The decisions that hold today and mean the reader, whom the door has let to the pupil by the line of today."""
    return [
        crossing for crossing in crossings_on(sight.today, pupil.pk) if means(crossing, sight, unit_ids(line))
    ]


def means(crossing: Crossing, sight: Sight, unit_ids: set[int]) -> bool:
    """Whether the reader is the person meant, or holds today the role that is meant, at a unit above the pupil."""
    if crossing.receiver_id is not None:
        return crossing.receiver_id == sight.user.pk
    return crossing.unit_id in unit_ids and any(
        held.role == crossing.role and held.unit_id == crossing.unit_id for held in sight.assignments
    )


def links_for(pupil: Pupil, sight: Sight, line: Sequence[Unit]) -> list[Link]:
    """One line on the pupil's page where something is shared with the reader; what it is stands behind it."""
    crossings = crossings_for(pupil, sight, line)
    if not crossings:
        return []
    last_on = max(crossing.last_on for crossing in crossings)
    return [
        Link(
            _("Shared by medical pupil health"),
            reverse("medical:shared", args=[pupil.key]),
            _("with you, until %(day)s") % {"day": date_format(last_on, "DATE_FORMAT")},
        )
    ]
