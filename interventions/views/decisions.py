"""What a meeting has decided is done."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ..meetings.decided import find_decision
from ..services.meetings import mark_done


@requires_somewhere(Permission.MEET)
@require_POST
def decision_done(request: MunicipalityRequest, key: str) -> HttpResponse:
    """It is done today, says whoever answers for it or may enter the meeting; and back to the start page."""
    case = find_decision(request, key)
    try:
        mark_done(case=case, on=request.sight.today, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, case.measure)
    return redirect("start")
