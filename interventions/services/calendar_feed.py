"""The address of a person's calendar is made, read and taken away. The secret is in no log and in no table."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from ..models import CalendarFeed

SECRET_BYTES = 32
# Calendars ask every few minutes: when it was last read is only kept to the quarter of an hour.
NOTED_EVERY = datetime.timedelta(minutes=15)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_feed(*, by: User) -> str:
    """A new address for the person's calendar; the one before stops. Returns its secret, which is kept nowhere."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarFeed.objects.update_or_create(
        municipality=current_municipality(),
        user=by,
        defaults={"digest": digest_of(secret), "made_at": timezone.now(), "last_read_at": None},
    )
    record("calendar address made", by=by)
    return secret


@transaction.atomic
def remove_feed(*, by: User) -> None:
    """Whoever subscribes to it gets nothing any more."""
    n, _of_models = CalendarFeed.objects.filter(user=by).delete()
    if n:
        record("calendar address removed", by=by)


def note_read(feed: CalendarFeed) -> None:
    now = timezone.now()
    unread = Q(last_read_at__isnull=True) | Q(last_read_at__lt=now - NOTED_EVERY)
    CalendarFeed.objects.filter(unread, pk=feed.pk).update(last_read_at=now)
