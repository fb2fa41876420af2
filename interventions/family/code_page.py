"""The page of a family code: what is put on the table or the wall on the way out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.qr import qr_code

from ..models import FamilyCode
from ..models.family_voice import MOST_ANSWERS
from .codes import grouped


def code_context(request: HttpRequest, code: FamilyCode) -> dict[str, Any]:
    """What the page shows of a code: how many have answered, and nothing of what."""
    path = reverse("interventions:voice-questions", args=[code.code])
    page = request.build_absolute_uri(reverse("interventions:voice"))
    return {
        "code": grouped(code.code),
        "is_open": code.open_until >= timezone.localdate(),
        "open_until": code.open_until,
        "n_answers": code.n_answers,
        "most_answers": MOST_ANSWERS,
        "path": path,
        "page": page.split("://", 1)[-1],
        "qr": qr_code(request.build_absolute_uri(path)),
    }
