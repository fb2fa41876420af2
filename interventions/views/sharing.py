"""What municipalities offer to each other: published by one, found and taken over by others."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import AccessDenied
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ..catalogue.entries import in_order
from ..catalogue.forms import FollowForm, ShareForm
from ..catalogue.offers import copies_of, differing_fields, offer_of, offers_to, source_of
from ..catalogue.results import results_of
from ..catalogue.words import counts_in_words, differences, evidence_of, facts_of
from ..models import CatalogueEntry, SharedEntry
from ..services import follow_source, publish_entry, take_copy, withdraw_offer
from .catalogue import breadcrumb_of_entry, find_entry, list_crumb, may_share

door: Callable[[Callable], Callable] = requires_somewhere(Permission.KEEP_CATALOGUE)


@door
@require_http_methods(["GET", "POST"])
def entry_share(request: MunicipalityRequest, key: str) -> HttpResponse:
    """GET says what the others will see, and asks; POST publishes, or publishes what it has become since."""
    found = find_shareable(request, key)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        publish_entry(
            entry=found,
            with_contact=form.cleaned_data["with_contact"],
            with_results=form.cleaned_data["with_results"],
            on=request.sight.today,
            by=request.user,
        )
        messages.success(request, _("All municipalities can read the entry now, and take a copy."))
        return redirect("interventions:entry", key)
    context = {
        "entry": found,
        "form": form,
        "offer": offer_of(found),
        "counts": counts_in_words(results_of([found])[found.pk].counts),
        "breadcrumb": breadcrumb_of_entry(found),
    }
    return render(request, "interventions/entry_share.html", context)


@door
@require_POST
def entry_unshare(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_shareable(request, key)
    withdraw_offer(entry=found, on=request.sight.today, by=request.user)
    messages.success(
        request, _("The entry is no longer offered. Copies that others have taken stay with them.")
    )
    return redirect("interventions:entry", key)


@door
@require_GET
def offer_list(request: MunicipalityRequest) -> HttpResponse:
    offers = offers_to(request.municipality)
    copies = copies_of(offers)
    context = {
        "offers": [(each, copies.get(each.key)) for each in in_order(offers)],
        "breadcrumb": [list_crumb(), (_("Offered by others"), "")],
    }
    return render(request, "interventions/offer_list.html", context)


@door
@require_GET
def offer(request: MunicipalityRequest, offer_key: str) -> HttpResponse:
    found = find_offer(request, offer_key)
    context = {
        "offer": found,
        "copy": copies_of(offers_to(request.municipality).filter(key=offer_key)).get(offer_key),
        "facts": facts_of(found, found.municipality.country, request.sight.today),
        "evidence": evidence_of(found),
        "counts": counts_in_words(found.results) if found.results else "",
        "breadcrumb": [
            list_crumb(),
            (_("Offered by others"), reverse("interventions:offer-list")),
            (found.title, ""),
        ],
    }
    return render(request, "interventions/offer.html", context)


@door
@require_POST
def offer_take(request: MunicipalityRequest, offer_key: str) -> HttpResponse:
    copy = take_copy(offer=find_offer(request, offer_key), on=request.sight.today, by=request.user)
    messages.success(
        request, _("The copy is yours: fill in contact and waiting time here, and change what you like.")
    )
    return redirect("interventions:entry", copy.key)


@door
@require_http_methods(["GET", "POST"])
def entry_source(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What the source of a copy says otherwise; what is ticked is taken over, all else stays as it is."""
    found = find_entry(request, key)
    source = source_of(found)
    if source is None:
        messages.info(request, _("There is no source that is still offered."))
        return redirect("interventions:entry", key)
    fields = differing_fields(source, found)
    form = FollowForm(request.POST if request.method == "POST" else None, differing=fields)
    if form.is_valid():
        fields_taken = form.cleaned_data["fields_taken"]
        try:
            follow_source(entry=found, source=source, fields=fields_taken, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Noted. What you did not tick is as it was."))
            return redirect("interventions:entry", key)
    context = {
        "entry": found,
        "form": form,
        "source": source,
        "differences": differences(fields, source, found),
        "breadcrumb": breadcrumb_of_entry(found),
    }
    return render(request, "interventions/entry_source.html", context, status=422 if form.is_bound else 200)


def find_shareable(request: MunicipalityRequest, key: str) -> CatalogueEntry:
    found = find_entry(request, key)
    if not may_share(request, found):
        raise AccessDenied(_("Only whoever keeps the entry, or the administrator, offers it to others."))
    if found.withdrawn_on:
        raise Http404
    return found


def find_offer(request: MunicipalityRequest, offer_key: str) -> SharedEntry:
    found = offers_to(request.municipality).filter(key=offer_key).first()
    if found is None:
        raise Http404
    return found
