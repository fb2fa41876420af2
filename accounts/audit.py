"""The memory of who did or saw what. Called explicitly, since bulk writes pass signals by."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from .audit_kinds import kind_of
from .models import AuditEvent, Unit, User
from .tenancy import current_municipality
from .visits import page_and_grant

# HSLF-FS 2016:40, 4 ch. 9 §, asks that the log of health records is kept for at least five years; the rest by analogy.
FEWEST_YEARS_KEPT = 5
COLUMNS = (
    *("municipality_id", "at", "actor_id", "kind", "action", "role", "role_unit_id", "page", "unit_id"),
    *("subject", "purpose", "pupil_ids", "facts"),
)
# Written out by hand: the ORM takes longer to put them together than the database to carry them out.
EVENT = f"""
    insert into "accounts_auditevent" ({", ".join(COLUMNS)}) values ({", ".join(["%s"] * len(COLUMNS))}) returning id
"""  # noqa: S608 – columns of our own model
BY_PUPIL = 'insert into "accounts_auditpupil" (municipality_id, pupil_id, event_id) select %s, named.value, '
EVENT_AND_PUPILS = f"""
    with event as ({EVENT}) {BY_PUPIL} event.id from event, unnest(%s::integer[]) as named(value)
"""
PUPILS = f"{BY_PUPIL} %s from json_each(%s) as named"


def record(
    action: str,
    *,
    by: User | None,
    unit: Unit | None = None,
    subject: str = "",
    pupils: Iterable[int] = (),
    purpose: Any = "",  # a text; whoever passes **facts on has told mypy no more than object
    **facts: object,
) -> None:
    """Adds one event. If it cannot be written, what was to be seen or done fails with it.

    action: noun and verb, "class-map seen"; subject: key or code of what it concerns; pupils: ids of the pupils read;
    purpose: why, where a person has to say it. The page and the role that opened it are known to the door (visits.py).
    """
    municipality, pupil_ids = current_municipality(), sorted(set(pupils))
    page, grant = page_and_grant(by, unit)
    values = [
        municipality.pk,
        connection.ops.adapt_datetimefield_value(timezone.now()),
        by.pk if by else None,
        kind_of(action).value,
        action,
        grant.role if grant else "",
        grant.unit_id if grant else None,
        page,
        unit.pk if unit else None,
        subject,
        str(purpose),
        json.dumps(pupil_ids),
        json.dumps(facts),
    ]
    _write(municipality.pk, values, pupil_ids)


def _write(municipality_id: int, values: list[Any], pupil_ids: list[int]) -> None:
    """The event and by which pupils it is found: all of it or none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            if pupil_ids:
                cursor.execute(EVENT_AND_PUPILS, [*values, municipality_id, pupil_ids])
            else:
                cursor.execute(EVENT, values)
        return
    # Without a savepoint: whoever goes on after this has failed would show what nobody knows of.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(EVENT, values)
        event_id = cursor.fetchone()[0]
        if pupil_ids:
            cursor.execute(PUPILS, [municipality_id, event_id, json.dumps(pupil_ids)])


def kept_since(today: datetime.date) -> datetime.date:
    """The first day of what has to be kept yet: five years back (HSLF-FS 2016:40, 4 ch. 9 §, for health records)."""
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - FEWEST_YEARS_KEPT, day=day)


def was_recorded(action: str) -> bool:
    """Whether an event of the kind was ever recorded in the municipality."""
    return AuditEvent.objects.filter(action=action).exists()
