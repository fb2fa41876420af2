"""Measurement rounds: the list, one with what is due in it, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all

from .. import round_pages
from ..forms import DueForm, RoundForm
from ..models import MeasurementRound, Result
from ..services import RoundRefused, add_round, change_round, close_round, open_round, plan_round

door: Callable[[Callable], Callable] = requires_for_all(Permission.PLAN_ROUNDS)


@door
@require_GET
def round_list(request: MunicipalityRequest) -> HttpResponse:
    context = {
        "rows": round_pages.rows_of_rounds(request.sight.today),
        "actions": [{"label": _("New round"), "url": reverse("colourmaps:round-new")}],
    }
    return render(request, "colourmaps/round_list.html", context)


@door
@require_http_methods(["GET", "POST"])
def round_new(request: MunicipalityRequest) -> HttpResponse:
    form = RoundForm(request.POST or None)
    if form.is_valid():
        try:
            added = add_round(**form.cleaned_data, by=request.user)
        except RoundRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The round is made. Check what is due in it."))
            return redirect("colourmaps:round", added.key)
    crumbs = [list_crumb(), (_("New round"), "")]
    return show_form(request, form, _("New round"), crumbs, list_crumb()[1])


@door
@require_http_methods(["GET", "POST"])
def round_page(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The table of what is due, to tick and untick as long as the round is open."""
    round_ = find_round(key)
    table = round_pages.DueTable(round_, request.municipality)
    if request.method == "GET":
        return show_round(request, table)
    form = DueForm(request.POST, boxes=table.boxes)
    if not form.is_valid():
        messages.error(request, _("The table has changed since you opened it. Nothing has been saved."))
        return show_round(request, table, status=422)
    try:
        n = plan_round(round_=round_, due=form.ticked, by=request.user)
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("colourmaps:round", key)
    if n:
        sentence = ngettext("%(n)s box is changed.", "%(n)s boxes are changed.", n) % {"n": n}
        messages.success(request, f"{sentence} {_('The sums follow in a moment.')}")
    else:
        messages.info(request, _("Nothing was different."))
    return redirect("colourmaps:round", key)


@door
@require_http_methods(["GET", "POST"])
def round_edit(request: MunicipalityRequest, key: str) -> HttpResponse:
    round_ = find_round(key)
    form = RoundForm(request.POST or None, round_=round_)
    if form.is_valid():
        try:
            change_round(round_=round_, **form.cleaned_data, by=request.user)
        except RoundRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The round is changed."))
            return redirect("colourmaps:round", key)
    heading = _("Change %(round)s") % {"round": find_round(key)}
    return show_form(request, form, heading, breadcrumb(round_), breadcrumb(round_)[-1][1])


@door
@require_http_methods(["GET", "POST"])
def round_close(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What closing does, in numbers; then does it."""
    round_ = find_round(key)
    if request.method == "POST":
        close_round(round_=round_, by=request.user)
        messages.success(request, _("The round is closed."))
        return redirect("colourmaps:round", key)
    context = {
        "round": round_,
        "n_results": Result.objects.filter(round=round_).count(),
        "breadcrumb": breadcrumb(round_),
    }
    return render(request, "colourmaps/round_close.html", context)


@door
@require_POST
def round_open(request: MunicipalityRequest, key: str) -> HttpResponse:
    open_round(round_=find_round(key), by=request.user)
    messages.success(request, _("The round is open again."))
    return redirect("colourmaps:round", key)


def show_round(
    request: MunicipalityRequest, table: round_pages.DueTable, *, status: int = 200
) -> HttpResponse:
    round_ = table.round
    state, tag = round_pages.state_of(round_, request.sight.today)
    n = sum(table.n_results.values())
    context = {
        "round": round_,
        "state": state,
        "tag": tag,
        "facts": [round_pages.days_in_words(round_), round_pages.results_in_words(n)],
        "heads": table.heads,
        "areas": table.areas(),
        "n_columns": len(table.heads) + 1,
        "breadcrumb": breadcrumb(round_),
    }
    return render(request, "colourmaps/round.html", context, status=status)


def show_form(
    request: MunicipalityRequest, form: RoundForm, heading: str, crumbs: list[tuple[Any, str]], back_url: str
) -> HttpResponse:
    context = {"form": form, "heading": heading, "breadcrumb": crumbs, "back_url": back_url}
    return render(request, "colourmaps/round_form.html", context, status=422 if form.is_bound else 200)


def find_round(key: str) -> MeasurementRound:
    """The round that an address names; another municipality's is as unknown as one that never was."""
    round_ = MeasurementRound.objects.filter(key=key).first()
    if round_ is None:
        raise Http404
    return round_


def list_crumb() -> tuple[Any, str]:
    return _("Rounds"), reverse("colourmaps:round-list")


def breadcrumb(round_: MeasurementRound) -> list[tuple[Any, str]]:
    return [list_crumb(), (round_.name, reverse("colourmaps:round", args=[round_.key]))]
