"""Entries cross from one municipality to another as copies; no person's name crosses unless somebody says so."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from ..catalogue.ages import check_ages
from ..catalogue.offers import TAKEN_FIELDS, differing_fields, offer_of
from ..catalogue.results import results_of
from ..models import CatalogueEntry, SharedEntry


@transaction.atomic
def publish_entry(
    *, entry: CatalogueEntry, with_contact: bool, with_results: bool, on: datetime.date, by: User
) -> SharedEntry:
    """Offers the entry to all municipalities, or what it has become since: the next version of the offer."""
    of_entry: dict[str, Any] = {"municipality": entry.municipality, "entry_key": entry.key}
    before = SharedEntry.objects.select_for_update().filter(**of_entry).first()
    fields: dict[str, Any] = {
        **entry.content,
        "contact": entry.contact if with_contact else "",
        "results": results_of([entry])[entry.pk].counts if with_results else None,
        "version": _next_version(before, entry),
        "published_on": on,
        "withdrawn_on": None,
    }
    offer, _is_new = SharedEntry.objects.update_or_create(**of_entry, defaults=fields)
    record(
        "catalogue entry published",
        by=by,
        subject=entry.key,
        version=offer.version,
        contact=with_contact,
        results=with_results,
    )
    return offer


def _next_version(before: SharedEntry | None, entry: CatalogueEntry) -> int:
    """Only what a copy takes over makes a version that the copies are told of."""
    if before is None:
        return 1
    return before.version + bool(differing_fields(before, entry))


@transaction.atomic
def withdraw_offer(*, entry: CatalogueEntry, on: datetime.date, by: User) -> None:
    """Nobody new finds it; copies that were taken stay. Without an offer, nothing happens."""
    offer = offer_of(entry)
    if offer is None:
        return
    offer.withdrawn_on = on
    offer.save(update_fields=["withdrawn_on"])
    record("catalogue offer withdrawn", by=by, subject=entry.key)


@transaction.atomic
def take_copy(*, offer: SharedEntry, on: datetime.date, by: User) -> CatalogueEntry:
    """An own entry with what the offer says; the one there is, if it was taken before.

    Waiting time and contact are of the place, and so left open. Whoever takes it keeps it.
    """
    municipality = current_municipality()
    copy, is_new = CatalogueEntry.objects.get_or_create(
        municipality=municipality,
        source_key=offer.key,
        withdrawn_on=None,
        defaults={
            **{name: getattr(offer, name) for name in TAKEN_FIELDS},
            **_source(offer),
            "owner": by,
            "checked_on": on,
        },
    )
    if is_new:
        record("catalogue entry copied", by=by, subject=copy.key, source=offer.key, version=offer.version)
    return copy


@transaction.atomic
def follow_source(
    *, entry: CatalogueEntry, source: SharedEntry, fields: Collection[str], by: User
) -> CatalogueEntry:
    """Takes over the fields that are named and keeps all others; the source's version has been looked at.

    Raises ValidationError if what is taken over does not go together with what is kept.
    """
    entry = CatalogueEntry.objects.select_for_update().get(pk=entry.pk)
    for name, value in {**{name: getattr(source, name) for name in fields}, **_source(source)}.items():
        setattr(entry, name, value)
    check_ages(entry.age_from, entry.age_to)
    entry.save()
    record(
        "catalogue source followed",
        by=by,
        subject=entry.key,
        version=source.version,
        fields=sorted(fields),
    )
    return entry


def _source(offer: SharedEntry) -> dict[str, Any]:
    return {
        "source_version": offer.version,
        "source_name": offer.municipality.name,
        "source_date": offer.published_on,
    }
