"""Which entries there are: in force, stale, without an owner, withdrawn. Reads only."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from accounts.access import Sight
from accounts.models import RoleAssignment, User
from accounts.roles import ROLES, Permission
from pupils.identity import name_sort_key

from ..models import CatalogueEntry

KEEPING_ROLES = [code for code, role in ROLES.items() if Permission.KEEP_CATALOGUE in role.permissions]
IN_FORCE = Q(withdrawn_on__isnull=True)


def stale_before(on: datetime.date) -> datetime.date:
    """What was checked before this day is stale: the same day a year ago; of 29 February, the 28th."""
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return on.replace(year=on.year - 1, day=28)


def is_stale(entry: CatalogueEntry, on: datetime.date) -> bool:
    return entry.withdrawn_on is None and entry.checked_on < stale_before(on)


def stale(on: datetime.date) -> Q:
    """As `is_stale`, of a query."""
    return IN_FORCE & Q(checked_on__lt=stale_before(on))


def entries_with_owners(on: datetime.date) -> QuerySet[CatalogueEntry]:
    """All entries; has_owner: whether the one who keeps it still has a role for that."""
    held = _keeping(on).filter(user=OuterRef("owner_id"))
    return CatalogueEntry.objects.select_related("owner").annotate(has_owner=Exists(held))


def keepers(on: datetime.date) -> list[User]:
    """Who can keep an entry, by name."""
    people = User.objects.filter(pk__in=_keeping(on).values("user_id"))
    return list(people.order_by("name", "pk"))


def _keeping(on: datetime.date) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.on(on).filter(role__in=KEEPING_ROLES, user__is_active=True)


def entries_to_check(sight: Sight) -> list[CatalogueEntry]:
    """The person's own entries that nobody has checked for a year, the oldest first: for the start page."""
    if not sight.has(Permission.KEEP_CATALOGUE):
        return []
    own = CatalogueEntry.objects.filter(stale(sight.today), owner=sight.user)
    return list(own.order_by("checked_on", "pk"))


def in_order(entries: QuerySet[Any]) -> list[Any]:
    """By title as the reader's language sorts it, which the database does not know."""
    language = get_language() or "sv"
    return sorted(entries, key=lambda entry: (name_sort_key(entry.title, "", language), entry.pk))
