from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .administration_views import administration_crumbs
from .data_protection import pack_of
from .roles import Permission
from .web import MunicipalityRequest, requires_for_all


@requires_for_all(Permission.CONFIGURE)
@require_GET
def data_protection_pack(request: MunicipalityRequest) -> HttpResponse:
    """What an assessment of impact asks for, as it is today."""
    context = {
        "chapters": pack_of(request.municipality),
        "breadcrumb": administration_crumbs((_("Data protection"), "")),
    }
    return render(request, "accounts/data_protection_pack.html", context)
