"""The calendar that a person subscribes to: its address is made and taken away, and read without a sign-in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Sight
from accounts.roles import Permission
from accounts.tenancy import across_municipalities, municipality_scope
from accounts.web import MunicipalityRequest, public, requires_somewhere

from ..meetings.calendar.feed import calendar_of
from ..models import CalendarFeed
from ..services.calendar_feed import digest_of, make_feed, note_read, remove_feed

NOTHING = "Not found\n"


@requires_somewhere(Permission.MEET)
def calendar_feed(request: MunicipalityRequest) -> HttpResponse:
    """The address is shown in the answer to the form that makes it, and never again."""
    address = ""
    if request.method == "POST" and request.POST.get("do") == "remove":
        remove_feed(by=request.user)
        messages.success(
            request, _("The address is removed. Calendars that subscribe to it get nothing any more.")
        )
        return redirect("interventions:calendar-feed")
    if request.method == "POST":
        path = reverse("interventions:calendar-file", args=[make_feed(by=request.user)])
        address = request.build_absolute_uri(path)
    context = {
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "address": address,
        "webcal": f"webcal:{address.partition(':')[2]}",
    }
    return render(request, "interventions/meetings/calendar_feed.html", context)


@public
@require_safe
def calendar_file(request: HttpRequest, secret: str) -> HttpResponse:
    """The meetings of whoever the secret belongs to. For any other the same 404, whether it was ever right or not."""
    with across_municipalities():
        feeds = CalendarFeed.objects.select_related("user", "municipality")
        feed = feeds.filter(digest=digest_of(secret), user__is_active=True).first()
    if feed is None:
        return _private(HttpResponseNotFound(NOTHING, content_type="text/plain; charset=utf-8"))
    language = feed.user.language or feed.municipality.language
    with municipality_scope(feed.municipality), translation.override(language):
        content = calendar_of(Sight(feed.user), feed.municipality, request.build_absolute_uri)
        note_read(feed)
    return _private(HttpResponse(content, content_type="text/calendar; charset=utf-8"))


def _private(response: HttpResponse) -> HttpResponse:
    """Kept nowhere on the way, and the address is told to nobody."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
