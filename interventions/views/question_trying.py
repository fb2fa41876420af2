"""What the views that take a step with a question share: who may, which stop was seen, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.access import AccessDenied
from accounts.web import MunicipalityRequest

from ..questions.asked import Asked
from ..questions.forms import Looked


def seen_at(request: MunicipalityRequest) -> int:
    """The position of the stop at which the page was shown."""
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isdecimal() and len(sent) < 6 else 0


def check_may_act(asked: Asked) -> None:
    if not asked.reader.may_act(asked.last):
        raise AccessDenied(_("The question stands with somebody else now."))


def try_step(request: MunicipalityRequest, form: Looked, step: Callable[[], Any], done: str) -> bool:
    """Whether the step was taken; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        step()
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, done)
    return True
