"""The platform operator's pages have no sign-in of their own: one comes to them as everybody comes in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .second_factor import is_missing
from .web import to_second_factor


class OperatorSite(admin.AdminSite):
    """Django's own form would walk around the second factor and the limits on guessing, so it is never shown."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not is_missing(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where Django sends whoever may not see a page: to the sign-in, the second factor, or away."""
        asked = request.GET.get(REDIRECT_FIELD_NAME, request.path)
        if not request.user.is_authenticated:
            return redirect_to_login(asked)
        if self.has_permission(request):
            return redirect("admin:index")
        if super().has_permission(request):
            return to_second_factor(request)
        raise PermissionDenied

    def logout(  # type: ignore[override]  # a redirect, as Django's own answer is in truth
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from .views import sign_out

        return sign_out(request)

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("accounts:own-password")
