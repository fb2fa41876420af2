"""The catalogue is kept: a new entry, changes, the yearly check, and withdrawal with a reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.once import key_of_form, made_once
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ..catalogue.entries import keepers
from ..catalogue.forms import EntryForm, WithdrawForm
from ..catalogue.offers import offer_of
from ..models import CatalogueEntry
from ..services import add_entry, change_entry, check_entry, restore_entry, withdraw_entry
from .catalogue import breadcrumb_of_entry, find_entry, list_crumb

door: Callable[[Callable], Callable] = requires_somewhere(Permission.KEEP_CATALOGUE)


@door
@require_http_methods(["GET", "POST"])
def entry_new(request: MunicipalityRequest) -> HttpResponse:
    form = form_of(request, None, request.user)
    if form.is_valid():
        add = partial(
            add_entry,
            content=form.content,
            owner=form.cleaned_data["owner"],
            on=request.sight.today,
            by=request.user,
        )
        own = CatalogueEntry.objects.filter(owner=form.cleaned_data["owner"])
        added = made_once(own, key_of_form(request), lambda key: add(key=key))
        messages.success(request, _("The entry stands in the catalogue."))
        return redirect("interventions:entry", added.key)
    return show_form(request, form, _("New in the catalogue"), [list_crumb(), (_("New"), "")])


@door
@require_http_methods(["GET", "POST"])
def entry_edit(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_entry(request, key)
    title, crumbs = found.title, breadcrumb_of_entry(found)
    form = form_of(request, found, found.owner)
    if form.is_valid():
        change_entry(
            entry=found,
            content=form.content,
            owner=form.cleaned_data["owner"],
            checked_on=request.sight.today if form.cleaned_data["is_checked"] else None,
            by=request.user,
        )
        messages.success(request, _("The entry is changed."))
        return redirect("interventions:entry", key)
    return show_form(request, form, _("Change %(entry)s") % {"entry": title}, crumbs)


@door
@require_POST
def entry_check(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_entry(request, key)
    check_entry(entry=found, on=request.sight.today, by=request.user)
    messages.success(request, _("Noted: all of it is right today. You are asked again in a year."))
    return redirect("interventions:entry", key)


@door
@require_http_methods(["GET", "POST"])
def entry_withdraw(request: MunicipalityRequest, key: str) -> HttpResponse:
    """GET says what it would do, and asks why; POST does it."""
    found = find_entry(request, key)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        withdraw_entry(
            entry=found, reason=form.cleaned_data["reason"], on=request.sight.today, by=request.user
        )
        messages.success(request, _("The entry is withdrawn."))
        return redirect("interventions:entry", key)
    context = {
        "entry": found,
        "form": form,
        "n_used": found.interventions.count(),
        "is_offered": offer_of(found) is not None,
        "breadcrumb": breadcrumb_of_entry(found),
    }
    return render(request, "interventions/entry_withdraw.html", context, status=422 if form.is_bound else 200)


@door
@require_POST
def entry_restore(request: MunicipalityRequest, key: str) -> HttpResponse:
    try:
        restore_entry(entry=find_entry(request, key), on=request.sight.today, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The entry can be used again."))
    return redirect("interventions:entry", key)


def form_of(request: MunicipalityRequest, entry: CatalogueEntry | None, owner: User) -> EntryForm:
    return EntryForm(
        request.POST if request.method == "POST" else None,
        municipality=request.municipality,
        today=request.sight.today,
        owners=keepers(request.sight.today),
        entry=entry,
        owner=owner,
    )


def show_form(
    request: MunicipalityRequest, form: EntryForm, heading: str, crumbs: list[tuple[Any, str]]
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "breadcrumb": crumbs,
        "back_url": crumbs[-1][1] or reverse("interventions:catalogue"),
        "once": key_of_form(request),
    }
    return render(request, "interventions/entry_form.html", context, status=422 if form.is_bound else 200)
