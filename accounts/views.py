from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from . import services
from .forms import LanguageForm
from .web import public

# When somebody last compared the statement with the pages and the tests.
ACCESSIBILITY_REVIEWED_ON = datetime.date(2026, 11, 28)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("accounts:sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language, on the person if signed in and else in a cookie, and goes back to the page."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(address if is_ours and address.startswith("/") else "/")
    form = LanguageForm(request.POST)
    if form.is_valid():
        language = form.cleaned_data["language"]
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            services.choose_language(by=request.user, language=language)
    return response


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: what has been tested, what has not, and whom to tell.

    Source: lagen (2018:1937) om tillgänglighet till digital offentlig service, 13 §.
    """
    context = {"contact": settings.ACCESSIBILITY_CONTACT, "reviewed_on": ACCESSIBILITY_REVIEWED_ON}
    return render(request, "accounts/accessibility.html", context)


@public
def health(request: HttpRequest) -> HttpResponse:
    """Whether the process answers and reaches its database; for the load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok", content_type="text/plain")
