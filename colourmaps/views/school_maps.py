"""The maps that a school uses: adopted and left in one step, and narrowed to what the school looks at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere, unit_url

from ..forms.colour_map import SubsetForm
from ..maps import indicators_of
from ..models import ColourMap, MapAdoption
from ..services import adopt_map, leave_map, leave_out

door: Callable[[Callable], Callable] = requires(Permission.CHOOSE_MAPS)


@requires_somewhere(Permission.CHOOSE_MAPS)
@require_GET
def school_map_list(request: MunicipalityRequest) -> HttpResponse:
    """The schools whose maps the person chooses; of one alone, at once its page."""
    ids = request.sight.visible_units(Permission.CHOOSE_MAPS, request.sight.today)
    schools = list(Unit.objects.filter(pk__in=ids, level=Level.SCHOOL).order_by("name"))
    if len(schools) == 1:
        return redirect("colourmaps:school-maps", schools[0].key)
    return render(
        request, "colourmaps/school_map_list.html", {"heading": _("Maps of the schools"), "schools": schools}
    )


@door
@require_GET
def school_maps(request: MunicipalityRequest, school: Unit) -> HttpResponse:
    """The shared maps, and which of them the school uses."""
    _check_school(school)
    adoptions = {
        each.colour_map_id: each
        for each in MapAdoption.objects.filter(school=school).select_related("colour_map")
    }
    shared = ColourMap.objects.filter(shared_at__isnull=False)
    context: dict[str, Any] = {
        "heading": _("Maps of %(school)s") % {"school": school.name},
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (_("Maps"), request.path)],
        "school": school,
        "school_url": unit_url(school),
        "maps": [
            _line(each, adoptions.get(each.pk))
            for each in sorted(shared, key=lambda each: (each.name.casefold(), each.pk))
        ],
    }
    return render(request, "colourmaps/school_maps.html", context)


@door
@require_POST
def school_map_adopt(request: MunicipalityRequest, school: Unit, map_key: str) -> HttpResponse:
    colour_map = _shared(school, map_key)
    adopt_map(colour_map=colour_map, school=school, by=request.user)
    messages.success(
        request,
        _("The school uses the map “%(name)s”. It can be chosen at the school and its classes.")
        % {"name": colour_map},
    )
    return redirect("colourmaps:school-maps", school.key)


@door
@require_POST
def school_map_leave(request: MunicipalityRequest, school: Unit, map_key: str) -> HttpResponse:
    colour_map = _shared(school, map_key)
    leave_map(colour_map=colour_map, school=school, by=request.user)
    messages.success(request, _("The school no longer uses the map “%(name)s”.") % {"name": colour_map})
    return redirect("colourmaps:school-maps", school.key)


@door
@require_http_methods(["GET", "POST"])
def school_map(request: MunicipalityRequest, school: Unit, map_key: str) -> HttpResponse:
    """Which of the map's indicators the school looks at."""
    adoption = get_object_or_404(MapAdoption, school=school, colour_map=_shared(school, map_key))
    colour_map = adoption.colour_map
    posted = request.POST if request.method == "POST" else None
    form = SubsetForm(posted, adoption=adoption, indicators=indicators_of(colour_map))
    if form.is_valid():
        leave_out(adoption=adoption, codes=form.left_out, by=request.user)
        messages.success(request, _("The school's choice is saved. The map itself is unchanged."))
        return redirect("colourmaps:school-maps", school.key)
    context = {
        "heading": _("%(map)s at %(school)s") % {"map": colour_map.name, "school": school.name},
        "breadcrumb": [
            *breadcrumb_of(request.sight, request.line),
            (_("Maps"), reverse("colourmaps:school-maps", args=[school.key])),
        ],
        "school": school,
        "form": form,
    }
    return render(request, "colourmaps/school_map.html", context, status=422 if form.is_bound else 200)


def _check_school(school: Unit) -> None:
    if school.level != Level.SCHOOL:
        raise Http404


def _shared(school: Unit, map_key: str) -> ColourMap:
    _check_school(school)
    return get_object_or_404(ColourMap, key=map_key, shared_at__isnull=False)


def _line(colour_map: ColourMap, adoption: MapAdoption | None) -> dict[str, Any]:
    """What the page says of a map. narrowed: how many of its indicators the school looks at, if not all."""
    indicators = indicators_of(colour_map)
    left_out = set(adoption.left_out) if adoption else set()
    n_shown = sum(each.code not in left_out for each in indicators)
    narrowed = ""
    if n_shown < len(indicators):
        narrowed = ngettext(
            "the school looks at %(n)s of %(of)s", "the school looks at %(n)s of %(of)s", n_shown
        ) % {"n": n_shown, "of": len(indicators)}
    names = ", ".join(each.name for each in indicators)
    return {"map": colour_map, "is_used": adoption is not None, "names": names, "narrowed": narrowed}
