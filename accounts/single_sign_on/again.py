"""Signing in again by the municipality's provider, for whoever has no password here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from ..signing_in.again import OTHER_WAYS
from .queries import providers_in_force


def ways_again(request: Any, path: str) -> list[tuple[str, str]]:
    """The way to the municipality's page with its buttons, which leads back to the path."""
    if request.municipality is None or not providers_in_force(request.sight.today):
        return []
    address = reverse("accounts:municipality-sign-in", args=[request.municipality.code])
    return [(_("Single sign-on"), f"{address}?{urlencode({'next': path})}")]


OTHER_WAYS.append(ways_again)
