"""What is kept of an intervention's results on request: the follow-up, and a start that had no value."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ..services import freeze_baseline_anew, freeze_follow_up
from ..web import find_to_change


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def follow_up(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_to_change(request, key)
    try:
        freeze_follow_up(intervention=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The results are kept as the follow-up."))
    return redirect("interventions:intervention", found.key)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def baseline_anew(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_to_change(request, key)
    try:
        freeze_baseline_anew(intervention=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The results at the start are kept."))
    return redirect("interventions:intervention", found.key)
