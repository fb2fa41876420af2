"""Writes the invented catalogue of a municipality, and adopts what is done there from it."""

from __future__ import annotations

import datetime

from django.db.models import Count

from accounts.demo import Town
from accounts.models import Municipality, RoleAssignment, User
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.catalogue import prefill_of
from interventions.catalogue.offers import offers_to
from interventions.models import CatalogueEntry, CostLine, Intervention
from interventions.services import add_entry, publish_entry, take_copy, withdraw_entry

from .catalogue_texts import Told, entries_of

DAY = datetime.timedelta(days=1)


def write_catalogue(town: Town, *, on: datetime.date, is_demo: bool) -> int:
    """The entries, checked some time before the day; returns how many. Only the demo's towns offer some to others."""
    n_written = 0
    for told in entries_of(town.plan.country):
        owner = _first(told.kept_by)
        entry = add_entry(content=told.content, owner=owner, on=on - told.days_ago * DAY, by=owner)
        n_written += 1
        if told.stands_for:
            _adopt(entry, told)
        if told.withdrawn:
            withdraw_entry(entry=entry, reason=told.withdrawn, on=on - 30 * DAY, by=owner)
        if is_demo and told.is_offered:
            publish_entry(entry=entry, with_contact=True, with_results=False, on=entry.checked_on, by=owner)
    return n_written


def _adopt(entry: CatalogueEntry, told: Told) -> None:
    """What is done in the area rests on the entry, and costs what it says, unless more is known."""
    area, is_for_pupils = told.stands_for or ("", False)
    done = Intervention.objects.filter(indicator__area=area, entry__isnull=True).annotate(n=Count("members"))
    for intervention in done.filter(n__gt=0) if is_for_pupils else done.filter(n=0):
        intervention.entry = entry
        intervention.save(update_fields=["entry"])
        if not intervention.costs.exists():
            _write_costs(entry, intervention)


def _write_costs(entry: CatalogueEntry, intervention: Intervention) -> None:
    CostLine.objects.bulk_create(
        CostLine(municipality=intervention.municipality, intervention=intervention, **line)
        for line in prefill_of(entry).get("costs", [])
    )


def take_what_others_offer(municipality: Municipality, *, on: datetime.date) -> None:
    """A copy of the first that others offer, where any do. Safe to run twice."""
    offer = offers_to(municipality).order_by("pk").first()
    if offer is not None:
        with municipality_scope(municipality):
            take_copy(offer=offer, on=on - 20 * DAY, by=_first(RoleCode.PRINCIPAL))


def _first(role: RoleCode) -> User:
    held = RoleAssignment.objects.filter(role=role).select_related("user")
    return held.order_by("unit__level", "pk")[0].user
