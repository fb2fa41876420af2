"""What is kept of an intervention's results on request: the follow-up, and a start that had no value."""

from __future__ import annotations

from collections.abc import Callable

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
    return _kept(request, key, freeze_follow_up, _("The results are kept as the follow-up."))


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def baseline_anew(request: MunicipalityRequest, key: str) -> HttpResponse:
    return _kept(request, key, freeze_baseline_anew, _("The results at the start are kept."))


def _kept(request: MunicipalityRequest, key: str, freeze: Callable[..., object], done: str) -> HttpResponse:
    """Back to the intervention, which then shows what was kept, or with the reason why nothing was."""
    found = find_to_change(request, key)
    try:
        freeze(intervention=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
    return redirect("interventions:intervention", found.key)
