"""Pages for what went wrong. They say what to do, and of the cause at most a code that stands in the log as well."""

from __future__ import annotations

import logging
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from .keys import new_key
from .web import public

log = logging.getLogger(__name__)

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, and 413 for a form larger than any of ours. Without context: little of the request can be relied on."""
    status = 413 if isinstance(exception, TOO_LARGE) else 400
    page = "413.html" if status == 413 else "400.html"
    return HttpResponse(render_to_string(page), status=status)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a code. The log has the code, the name of the view and the kind of error; its formatter adds no more."""
    code = new_key()[:8]
    match = request.resolver_match
    log.error("error %s in %s", code, match.view_name if match else "no view", exc_info=sys.exc_info())
    return HttpResponse(render_to_string("500.html", {"code": code}), status=500)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent from another site, or so late that its token is no longer ours."""
    return render(request, "403_csrf.html", status=403)
