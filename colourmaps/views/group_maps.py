"""Maps of several classes: the own ones, and a year group of a school."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Level, Unit
from accounts.queries import root_unit, subtree_ids
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere
from pupils.school_years import year_group_name

from ..grid import Grid, group_grid
from ..map_page import grid_context, own_classes
from ..queries import choose_round


@requires(Permission.SEE_PUPILS)
def year_group_map(request: MunicipalityRequest, school: Unit, year_group: int) -> HttpResponse:
    """Pupils x indicators of a year group of a school, by class and name."""
    if school.level != Level.SCHOOL:
        raise Http404
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, school)
    if round_ is None:
        return render(request, "colourmaps/no_round.html", {"heading": school.name})
    on = school.nearest_day(round_.counted_on)
    below = Unit.objects.filter(pk__in=subtree_ids([school.pk], on), level=Level.SCHOOL_CLASS)
    grid = group_grid(school, list(below), round_, request.sight.today, year_group=year_group)
    record(
        "year group map seen",
        by=request.user,
        unit=school,
        subject=round_.key,
        pupils=[pupil.pk for pupil in grid.pupils],
        year_group=year_group,
    )
    name = year_group_name(year_group, request.municipality.country, round_.counted_on)
    heading = _("Year %(year)s, %(school)s") % {"year": name, "school": school.name}
    return _show(
        request,
        grid,
        {
            "heading": heading,
            "breadcrumb": breadcrumb_of(request.sight, request.line),
            "rounds": rounds,
            "empty_title": _("No pupils in this year group"),
            "empty_text": _("Choose another round above, or another year group on the map of the school."),
        },
    )


@requires_somewhere(Permission.SEE_PUPILS)
def team_map(request: MunicipalityRequest) -> HttpResponse:
    """Pupils x indicators of all classes at which the person has a role: a team's map for its analysis lead."""
    classes = own_classes(request.sight)
    root = root_unit()
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, root)
    if round_ is None:
        return render(request, "colourmaps/no_round.html", {"heading": _("My classes")})
    grid = group_grid(root, classes, round_, request.sight.today)
    for school_class in classes:
        pupils = [row.pupil.pk for row in grid.rows if row.school_class == school_class]
        record("team map seen", by=request.user, unit=school_class, subject=round_.key, pupils=pupils)
    return _show(
        request,
        grid,
        {
            "heading": _("My classes: %(classes)s") % {"classes": ", ".join(each.name for each in classes)}
            if classes
            else _("My classes"),
            "rounds": rounds,
            "actions": _plan_together(classes),
            "empty_title": _("No class is yours"),
            "empty_text": _(
                "Here stand the classes at which you have a role. Open a school to see its classes."
            ),
        },
    )


def _plan_together(classes: list[Unit]) -> list[dict]:
    """A new intervention for all of them or some; who has a class decides for it."""
    if not classes:
        return []
    address = reverse("interventions:intervention-new-together")
    query = urlencode({"unit": [each.key for each in classes]}, doseq=True)
    return [{"label": _("Decide on an intervention"), "url": f"{address}?{query}", "kind": ""}]


def _show(request: MunicipalityRequest, grid: Grid, context: dict) -> HttpResponse:
    context |= {"round": grid.round, **grid_context(request, grid, of_class=None)}
    return render(request, "colourmaps/group_map.html", context)
