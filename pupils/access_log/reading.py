"""The log in rows for people: whose reads, of which pupils, on which page. Ids become names only here."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, AuditKind, AuditPupil, Unit, User
from accounts.roles import ROLES

from ..models import Pupil
from ..queries import home_enrolments
from .page_words import page_in_words
from .selection import FEW_PUPILS, LOOKS

# Of a child's log and of an account's so many rows are on the page; the workbook has more.
MOST_ROWS = 500
MOST_IN_FILE = 50_000


@dataclass(frozen=True)
class LogRow:
    """An event in words. pupils: those who are named, if they are few; n_pupils: how many it concerns."""

    event: AuditEvent
    who: str
    role: str
    page: str
    kind: str
    unit: str
    n_pupils: int
    pupils: list[Pupil] = field(default_factory=list)

    @property
    def at(self) -> datetime.datetime:
        return self.event.at

    @property
    def purpose(self) -> str:
        return self.event.purpose


def rows_of(events: Sequence[AuditEvent], *, names_pupils: bool = False) -> list[LogRow]:
    """The events in words, in a fixed number of statements. names_pupils: of events that concern a few."""
    people = {user.pk: user.name for user in User.objects.filter(pk__in={e.actor_id for e in events})}
    unit_ids = {e.unit_id for e in events} | {e.role_unit_id for e in events}
    units = {unit.pk: unit.name for unit in Unit.objects.filter(pk__in=unit_ids - {None})}
    few = {pupil for e in events if names_pupils and len(e.pupil_ids) <= FEW_PUPILS for pupil in e.pupil_ids}
    pupils = Pupil.objects.in_bulk(few)
    return [
        LogRow(
            event=e,
            who=people.get(e.actor_id or 0, _("the system") if e.actor_id is None else _("removed account")),
            role=_role_in_words(e, units),
            page=page_in_words(e.page, e.action),
            kind=str(AuditKind(e.kind).label) if e.kind else "",
            unit=units.get(e.unit_id, ""),
            n_pupils=len(e.pupil_ids),
            pupils=[pupils[pk] for pk in e.pupil_ids if pk in pupils],
        )
        for e in events
    ]


def _role_in_words(event: AuditEvent, units: dict[int, str]) -> str:
    role = ROLES.get(event.role)
    if role is None:
        return ""
    where = units.get(event.role_unit_id or 0, "")
    return f"{role.code.label}, {where}" if where else str(role.code.label)


def events_of_pupil(pupil: Pupil, first: datetime.datetime, last: datetime.datetime) -> QuerySet[AuditEvent]:
    """Everything that concerns a pupil, looks and writes alike, the newest first: whoever wrote has seen."""
    theirs = AuditPupil.objects.filter(pupil_id=pupil.pk).values("event_id")
    return AuditEvent.objects.filter(pk__in=theirs, at__gte=first, at__lt=last).order_by("-at", "-pk")


def events_of_account(
    person: User, first: datetime.datetime, last: datetime.datetime
) -> QuerySet[AuditEvent]:
    """What an account has looked at and taken out, the newest first."""
    return AuditEvent.objects.filter(actor_id=person.pk, kind__in=LOOKS, at__gte=first, at__lt=last).order_by(
        "-at", "-pk"
    )


@dataclass(frozen=True)
class PupilRead:
    """A pupil whose data an account has read, how many times, and when first and last. school_class: the one today."""

    pupil: Pupil
    n: int
    first_at: datetime.datetime
    last_at: datetime.datetime
    school_class: str


def pupils_read(events: QuerySet[AuditEvent]) -> list[PupilRead]:
    """Whose data the reads showed, the most read first."""
    tally: dict[int, tuple[int, datetime.datetime, datetime.datetime]] = {}
    for at, pupil_ids in events.order_by("at").values_list("at", "pupil_ids").iterator(chunk_size=5000):
        for pupil_id in pupil_ids:
            n, first_at, _last_at = tally.get(pupil_id, (0, at, at))
            tally[pupil_id] = n + 1, first_at, at
    classes = classes_today(tally)
    pupils = Pupil.objects.in_bulk(list(tally))
    read = [
        PupilRead(pupils[pk], *counted, classes.get(pk, "")) for pk, counted in tally.items() if pk in pupils
    ]
    return sorted(read, key=lambda each: (-each.n, each.pupil.shown_name))


def classes_today(pupil_ids: Iterable[int]) -> dict[int, str]:
    enrolments = home_enrolments(timezone.localdate()).filter(pupil__in=list(pupil_ids))
    return dict(enrolments.values_list("pupil_id", "school_class__name"))


def named_in(rows: Collection[LogRow]) -> set[int]:
    return {pupil.pk for row in rows for pupil in row.pupils}
