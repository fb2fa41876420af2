from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.access import Sight
from accounts.roles import ROLES, Permission
from accounts.web import MunicipalityRequest, signed_in
from colourmaps.map_page import own_classes

from ..duties import Duties, Duty, duties_of
from ..own_maps import OwnMap, own_maps

# More lines of a group are a click away: a page of a hundred is read by nobody.
SHOWN = 12


class DutyList(NamedTuple):
    """A group as it is shown. more: what stands behind a click."""

    heading: str
    shown: Sequence[Duty]
    more: Sequence[Duty]

    @property
    def n(self) -> int:
        return len(self.shown) + len(self.more)


class NextStep(NamedTuple):
    label: str
    url: str


@signed_in
def start(request: MunicipalityRequest) -> HttpResponse:
    """What is late, due and waiting for others; then the own maps. Nothing else."""
    sight = request.sight
    duties = duties_of(sight)
    maps = own_maps(sight)
    context = {
        "groups": list(_groups(duties)),
        "duties": duties,
        "maps": maps,
        "has_team": len(own_classes(sight)) > 1,
        "next_step": _next_step(sight, maps, duties),
        "roles": [
            (held.get_role_display(), held.unit, ROLES[held.role].purpose) for held in sight.assignments
        ],
    }
    return render(request, "interventions/start.html", context)


def _groups(duties: Duties) -> Iterator[DutyList]:
    for heading, found in (
        (pgettext("duties", "Late"), duties.late),
        (_("Today and within two weeks"), duties.due),
        (_("Waiting for others"), duties.waiting),
    ):
        if found:
            yield DutyList(heading, found[:SHOWN], found[SHOWN:])


# What a role comes for, where nothing waits: the first of these that the person may do.
NEXT_STEPS = (
    (Permission.IMPORT_RESULTS, "colourmaps:import-list", gettext_lazy("Import a file of results")),
    (
        Permission.CONFIGURE,
        "accounts:administration",
        gettext_lazy("Set up units, people, indicators and limits"),
    ),
    (Permission.ANSWER_QUESTIONS, "interventions:question-list", gettext_lazy("All questions")),
    (Permission.SEE_MEDICAL, "medical:class-list", gettext_lazy("Health talks, class by class")),
)


def _next_step(sight: Sight, maps: Sequence[OwnMap], duties: Duties) -> NextStep | None:
    """Beside duties only what is neither among them nor among the maps."""
    if maps and duties.own:
        return None
    if maps:
        return NextStep(_("Open the map of %(unit)s") % {"unit": maps[0].name}, maps[0].url)
    led_to = {duty.url for duty in duties.own}
    steps = (
        NextStep(str(label), reverse(name)) for permission, name, label in NEXT_STEPS if sight.has(permission)
    )
    return next((step for step in steps if step.url not in led_to), None)
