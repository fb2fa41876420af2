"""That pupils were opened in an emergency or a name was shown, for who answers for them; what waits for a second one.

Nobody is named, and no pseudonym either: the page may be open in a staff room.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import EmergencyAccess
from accounts.roles import Permission
from pupils.models import Unmasking
from pupils.protected import ASKED_FOR_HOURS, may_answer
from pupils.queries import class_of

from .asked import Asked
from .duty import Duty, Group, Kind, age_in_words


def sight_of_pupils(asked: Asked) -> Sequence[Duty]:
    """One statement for the names and one for the emergencies; more only where there is something to tell."""
    if not asked.sight.has(Permission.SEE_PUPILS):
        return []
    duties = list(_names(asked))
    if asked.sight.has(Permission.GUARD_PUPILS):
        duties += _emergencies(asked)
    return duties


def _emergencies(asked: Asked) -> Iterator[Duty]:
    found = list(
        EmergencyAccess.objects.filter(noted_by=None).exclude(user=asked.user).select_related("unit")
    )
    own = asked.sight.visible_units(Permission.GUARD_PUPILS, asked.today) if found else set()
    for access in found:
        if access.unit_id in own:
            yield _duty(
                _("Opened in an emergency: take note of it"),
                access.opened_at,
                access.unit.name,
                reverse("pupils:emergency-note", args=[access.key]),
            )


def _names(asked: Asked) -> Iterator[Duty]:
    """What is asked for and waits, what is shown now, and what was shown and is not noted."""
    now = timezone.now()
    waits = Q(answered_by=None, asked_at__gt=now - datetime.timedelta(hours=ASKED_FOR_HOURS))
    told = waits | Q(shown_until__gt=now) | Q(shown_until__isnull=False, noted_by=None)
    for unmasking in Unmasking.objects.filter(told).select_related("pupil").order_by("pk"):
        school_class = class_of(unmasking.pupil, asked.today)
        line = asked.sight.line_of(school_class) if school_class else []
        if not line or not asked.sight.can_in_line(Permission.SEE_PUPILS, line):
            continue
        if unmasking.asked_by_id == asked.user.pk:
            yield from _own(unmasking, line[-1].name, now)
        elif unmasking.answered_by_id is None and may_answer(asked.sight, unmasking, line):
            yield _duty(
                _("Somebody asks to see the name of a protected pupil: answer"),
                unmasking.asked_at,
                line[-1].name,
                reverse("pupils:unmasking", args=[unmasking.key]),
            )
        elif _is_to_be_noted(unmasking, asked) and asked.sight.can_in_line(Permission.GUARD_PUPILS, line):
            yield _duty(
                _("The name of a protected pupil was shown: take note of it"),
                unmasking.answered_at or unmasking.asked_at,
                line[-1].name,
                reverse("pupils:unmasking", args=[unmasking.key]),
            )


def _is_to_be_noted(unmasking: Unmasking, asked: Asked) -> bool:
    """Not what the person has approved alone: it is known already."""
    is_shown = unmasking.shown_until is not None and unmasking.noted_by_id is None
    return is_shown and unmasking.answered_by_id != asked.user.pk


def _own(unmasking: Unmasking, where: str, now: datetime.datetime) -> Iterator[Duty]:
    """What the person has asked for: waiting, or shown for some minutes."""
    url = reverse("pupils:name", args=[unmasking.pupil.key])
    if unmasking.answered_by_id is None:
        what = _("You have asked to see a name: a second person has to answer")
        yield _duty(what, unmasking.asked_at, where, url, group=Group.WAITING)
    elif unmasking.shown_until is not None and unmasking.shown_until > now:
        yield _duty(
            _("The name that you asked for is shown now, for some minutes"), unmasking.asked_at, where, url
        )


def _duty(what: str, at: datetime.datetime, where: str, url: str, group: Group = Group.DUE) -> Duty:
    on, today = timezone.localdate(at), timezone.localdate()
    return Duty(
        kind=Kind.SIGHT,
        group=group,
        what=what,
        when=age_in_words(on, today),
        due_on=on,
        where=where,
        url=url,
    )
