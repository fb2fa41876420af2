"""What each role can see, for everybody who works in the municipality: it is no secret who sees what."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .administration_views import administration_crumbs
from .permission_words import open_to_all, permission_rows, roles_in_words
from .roles import Permission
from .web import MunicipalityRequest, signed_in


@signed_in
@require_GET
def role_matrix(request: MunicipalityRequest) -> HttpResponse:
    configures = request.sight.has(Permission.CONFIGURE)
    context = {
        "roles": roles_in_words(),
        "rows": permission_rows(),
        "open_to_all": open_to_all(),
        "breadcrumb": administration_crumbs((_("What can each role see"), "")) if configures else [],
    }
    return render(request, "accounts/role_matrix.html", context)
