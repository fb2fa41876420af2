from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from ..second_factor import is_vouched


class SecondFactorStage(AuthenticateStage):
    """Between the first factor and the session: whoever has a second factor shows it, wherever the first came from."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not is_vouched(request, self.login.user)
