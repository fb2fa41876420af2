from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import ROLES, Permission
from accounts.web import MunicipalityRequest, signed_in
from colourmaps.map_page import own_classes

from ..agenda import agenda_of
from ..catalogue import entries_to_check
from ..oversight import counts_by_school
from ..own_maps import own_maps
from ..questions.queries import questions_waiting_for
from ..tables import follow_ups


@signed_in
def start(request: MunicipalityRequest) -> HttpResponse:
    """What is late, due, to answer, to check and waiting for others; then the own maps. Nothing else."""
    sight = request.sight
    agenda = agenda_of(sight)
    imports = reverse("colourmaps:import-list") if sight.has(Permission.IMPORT_RESULTS) else ""
    context = {
        "has_agenda": sight.has(Permission.DECIDE_INTERVENTIONS),
        "agenda": agenda,
        "late": follow_ups(agenda.late, sight.today),
        "due": follow_ups(agenda.due, sight.today),
        "unevaluated": follow_ups(agenda.unevaluated, sight.today),
        "waiting": follow_ups(agenda.waiting, sight.today),
        "schools": counts_by_school(sight),
        "today": sight.today,
        "maps": own_maps(sight),
        "has_team": len(own_classes(sight)) > 1,
        "imports": imports,
        "questions": questions_waiting_for(sight),
        "entries": entries_to_check(sight),
        "roles": [
            (held.get_role_display(), held.unit, ROLES[held.role].purpose) for held in sight.assignments
        ],
    }
    return render(request, "interventions/start.html", context)
