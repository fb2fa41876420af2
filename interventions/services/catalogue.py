"""The catalogue is kept: entries are added, changed, checked, withdrawn and restored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.keys import new_key
from accounts.models import User
from accounts.tenancy import current_municipality

from ..models import CatalogueEntry
from .sharing import withdraw_offer


@transaction.atomic
def add_entry(
    *, content: Mapping[str, Any], owner: User, on: datetime.date, by: User, key: str = ""
) -> CatalogueEntry:
    """A new entry, checked on the day. content: by the names of EntryContent's fields. key: of accounts/once.py."""
    entry = CatalogueEntry.objects.create(
        municipality=current_municipality(), key=key or new_key(), owner=owner, checked_on=on, **content
    )
    record("catalogue entry added", by=by, subject=entry.key, owner=owner.pk)
    return entry


@transaction.atomic
def change_entry(
    *,
    entry: CatalogueEntry,
    content: Mapping[str, Any],
    owner: User,
    by: User,
    checked_on: datetime.date | None = None,
) -> CatalogueEntry:
    """checked_on: the day, where the person has gone through all of it; else it is as old as it was."""
    entry = _locked(entry)
    changed = [name for name, value in content.items() if getattr(entry, name) != value]
    for name, value in content.items():
        setattr(entry, name, value)
    entry.owner = owner
    entry.checked_on = checked_on or entry.checked_on
    entry.save()
    record("catalogue entry changed", by=by, subject=entry.key, fields=changed, owner=owner.pk)
    return entry


@transaction.atomic
def check_entry(*, entry: CatalogueEntry, on: datetime.date, by: User) -> None:
    """Somebody has looked, and all of it is still right."""
    entry.checked_on = on
    entry.save(update_fields=["checked_on"])
    record("catalogue entry checked", by=by, subject=entry.key)


@transaction.atomic
def withdraw_entry(*, entry: CatalogueEntry, reason: str, on: datetime.date, by: User) -> None:
    """No longer to be adopted or offered; what was adopted from it goes on and is counted as before."""
    entry = _locked(entry)
    entry.withdrawn_on, entry.withdrawn_reason = on, reason
    entry.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    withdraw_offer(entry=entry, on=on, by=by)
    record("catalogue entry withdrawn", by=by, subject=entry.key)


@transaction.atomic
def restore_entry(*, entry: CatalogueEntry, on: datetime.date, by: User) -> None:
    """Takes a withdrawal back. Whoever does it has looked: the entry counts as checked.

    Raises ValidationError if another copy of the same source has taken its place.
    """
    entry = _locked(entry)
    others = CatalogueEntry.objects.filter(source_key=entry.source_key, withdrawn_on__isnull=True)
    if entry.source_key and others.exclude(pk=entry.pk).exists():
        raise ValidationError(_("Another copy of the same source is in use. Withdraw that one first."))
    entry.withdrawn_on, entry.withdrawn_reason, entry.checked_on = None, "", on
    entry.save(update_fields=["withdrawn_on", "withdrawn_reason", "checked_on"])
    record("catalogue entry restored", by=by, subject=entry.key)


def _locked(entry: CatalogueEntry) -> CatalogueEntry:
    return CatalogueEntry.objects.select_for_update().get(pk=entry.pk)
