"""The maps of the municipality: made, changed, shared and deleted by whoever configures it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all

from ..forms.colour_map import MapForm
from ..maps import indicators_of
from ..models import ColourMap, Indicator, IndicatorArea
from ..services import change_map, delete_map, make_map, share_map

door: Callable[[Callable], Callable] = requires_for_all(Permission.CONFIGURE)


@door
@require_GET
def map_list(request: MunicipalityRequest) -> HttpResponse:
    """All maps, with how many schools use them."""
    maps = ColourMap.objects.annotate(
        n_indicators=Count("places", distinct=True), n_schools=Count("adoptions", distinct=True)
    )
    context = {
        "heading": _("Maps"),
        "maps": [
            (each, str(IndicatorArea(each.area).label).capitalize() if each.area else "")
            for each in sorted(maps, key=lambda each: (each.name.casefold(), each.pk))
        ],
        "n_schools": Unit.objects.on(request.sight.today).filter(level=Level.SCHOOL).count(),
    }
    return render(request, "colourmaps/map_list.html", context)


@door
@require_http_methods(["GET", "POST"])
def map_new(request: MunicipalityRequest) -> HttpResponse:
    form = _form(request)
    if form.is_valid():
        colour_map = make_map(
            names=form.names, area=form.cleaned_data["area"], indicators=form.chosen, by=request.user
        )
        messages.success(
            request, _("The map “%(name)s” is made. Schools see it when you share it.") % {"name": colour_map}
        )
        return redirect("colourmaps:map", colour_map.key)
    return _show(request, form, _("Make a map"))


@door
@require_http_methods(["GET", "POST"])
def map_page(request: MunicipalityRequest, key: str) -> HttpResponse:
    """A map to change: what it is called, and what it holds in which order."""
    colour_map = get_object_or_404(ColourMap, key=key)
    form = _form(request, colour_map)
    if form.is_valid():
        change_map(
            colour_map=colour_map,
            names=form.names,
            area=form.cleaned_data["area"],
            indicators=form.chosen,
            by=request.user,
        )
        messages.success(request, _("The map is saved."))
        return redirect("colourmaps:map", colour_map.key)
    return _show(request, form, colour_map.name, colour_map)


@door
@require_POST
def map_share(request: MunicipalityRequest, key: str) -> HttpResponse:
    colour_map = get_object_or_404(ColourMap, key=key)
    if indicators_of(colour_map):
        share_map(colour_map=colour_map, by=request.user)
        messages.success(request, _("The map is shared: each school can use it now."))
    else:
        messages.error(
            request, _("The map holds no indicator, so there is nothing to share. Give one a place.")
        )
    return redirect("colourmaps:map", colour_map.key)


@door
@require_http_methods(["GET", "POST"])
def map_delete(request: MunicipalityRequest, key: str) -> HttpResponse:
    """GET says what it would do, and asks; POST does it."""
    colour_map = get_object_or_404(ColourMap, key=key)
    if request.method == "POST":
        name = colour_map.name
        delete_map(colour_map=colour_map, by=request.user)
        messages.success(request, _("The map “%(name)s” is deleted.") % {"name": name})
        return redirect("colourmaps:map-list")
    n_schools = colour_map.adoptions.count()
    context = {
        "heading": _("Delete the map “%(name)s”") % {"name": colour_map},
        "breadcrumb": _breadcrumb(colour_map),
        "consequence": ngettext(
            "%(n)s school uses it, and will see all indicators again.",
            "%(n)s schools use it, and will see all indicators again.",
            n_schools,
        )
        % {"n": n_schools}
        if n_schools
        else _("No school uses it."),
        "back": reverse("colourmaps:map", args=[colour_map.key]),
    }
    return render(request, "colourmaps/map_delete.html", context)


def _form(request: MunicipalityRequest, colour_map: ColourMap | None = None) -> MapForm:
    return MapForm(
        request.POST if request.method == "POST" else None,
        language=request.municipality.language,
        indicators=list(Indicator.objects.all()),
        colour_map=colour_map,
    )


def _show(
    request: MunicipalityRequest, form: MapForm, heading: str, colour_map: ColourMap | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "heading": heading,
        "breadcrumb": _breadcrumb(colour_map),
        "form": form,
        "map": colour_map,
        "n_schools": colour_map.adoptions.count() if colour_map else 0,
    }
    return render(request, "colourmaps/map.html", context, status=422 if form.is_bound else 200)


def _breadcrumb(colour_map: ColourMap | None) -> list[tuple[str, str]]:
    here = [(colour_map.name, reverse("colourmaps:map", args=[colour_map.key]))] if colour_map else []
    return [(_("Maps"), reverse("colourmaps:map-list")), *here]
