"""What municipalities offer to each other. The one table that is read across them: it holds only what was published."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Municipality

from ..models import CONTENT_FIELDS, CatalogueEntry, SharedEntry

# Of the place where something is done: not taken over, and no difference from the source.
LOCAL_FIELDS = ("waiting_weeks", "contact")
TAKEN_FIELDS = tuple(name for name in CONTENT_FIELDS if name not in LOCAL_FIELDS)


def offers_to(municipality: Municipality) -> QuerySet[SharedEntry]:
    """What others offer now."""
    offered = SharedEntry.objects.filter(withdrawn_on__isnull=True).exclude(municipality=municipality)
    return offered.select_related("municipality")


def offer_of(entry: CatalogueEntry) -> SharedEntry | None:
    """What the others see of an own entry, while it is offered."""
    return SharedEntry.objects.filter(
        municipality_id=entry.municipality_id, entry_key=entry.key, withdrawn_on__isnull=True
    ).first()


def copies_of(offers: QuerySet[SharedEntry]) -> dict[str, CatalogueEntry]:
    """The own copies that are in force, by key of what they are copies of."""
    copies = CatalogueEntry.objects.filter(
        source_key__in=[offer.key for offer in offers], withdrawn_on__isnull=True
    )
    return {copy.source_key: copy for copy in copies}


def source_of(entry: CatalogueEntry) -> SharedEntry | None:
    """What a copy was taken from, if it is still offered."""
    if not entry.source_key:
        return None
    offered = SharedEntry.objects.filter(key=entry.source_key, withdrawn_on__isnull=True)
    return offered.select_related("municipality").first()


def is_newer(source: SharedEntry, copy: CatalogueEntry) -> bool:
    return source.version > (copy.source_version or 0)


def differing_fields(source: SharedEntry, copy: CatalogueEntry) -> list[str]:
    """Names of the fields that the copy has otherwise, whoever changed them."""
    return [name for name in TAKEN_FIELDS if getattr(source, name) != getattr(copy, name)]
