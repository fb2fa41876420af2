"""The door of every page: who is asking, in which municipality, with which permission. No words of the domain.

A view is opened by exactly one of `@requires`, `@requires_somewhere`, `@requires_for_all`, `@signed_in` and `@public`,
and on the person's own account by `@own_account` or `@before_second_factor`; a test walks all addresses and fails on a
view without one. Before a second factor is shown, where one must be, only the last of them opens.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django_htmx.middleware import HtmxDetails
from django_tables2 import Table

from .access import AccessDenied, Sight
from .audit import record
from .emergencies import record_read
from .models import Municipality, Unit, User
from .queries import line_by_key
from .roles import Permission
from .second_factor import is_missing
from .tenancy import municipality_scope
from .visits import visiting

# By each process: an address stays the same for as long as it lives.
ADDRESSES_KEPT = 4096
# Django's own pages, for the platform operator alone.
OPERATORS_PAGES = "admin"


class MunicipalityRequest(HttpRequest):
    """A request that has passed the middleware, of a person who is signed in to a municipality."""

    user: User
    municipality: Municipality
    sight: Sight
    line: list[Unit]  # of the unit that decided, from the municipality down
    htmx: HtmxDetails


class Found(NamedTuple):
    """The thing that an address names, the unit that decides who may see it, and its line of today, if that is read."""

    thing: Any
    unit: Unit
    line: list[Unit] | None = None


class Door(NamedTuple):
    """How a view is opened; read by the test that walks every address."""

    kind: str
    permission: Permission | None = None


class RefuseNulMiddleware:
    """A NUL in an address is nobody's typing error, and PostgreSQL takes none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest(render_to_string("400.html"))
        return self.get_response(request)


class DoorMiddleware:
    """A view without a door is not opened: the check at start names it, and where nobody looked it stays shut."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> None:
        match = request.resolver_match
        if not hasattr(view, "door") and not (match and OPERATORS_PAGES in match.app_names):
            raise Http404


class MunicipalityMiddleware:
    """Enters the municipality of the person who is signed in; personal pages are never stored on the way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        municipality = user.municipality if user.is_authenticated else None
        request.municipality = municipality  # type: ignore[attr-defined]  # see MunicipalityRequest
        if municipality is None:
            return self.get_response(request)
        request.sight = SimpleLazyObject(lambda: Sight(user))  # type: ignore[attr-defined,arg-type]  # as above
        with municipality_scope(municipality):
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class LanguageMiddleware:
    """The user's chosen language, else the browser's, else the municipality's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(self.language_of(request)):
            response = self.get_response(request)
            response.headers.setdefault(
                "Content-Language", translation.get_language() or settings.LANGUAGE_CODE
            )
        return response

    def language_of(self, request: HttpRequest) -> str:
        known = dict(settings.LANGUAGES)
        user = request.user if request.user.is_authenticated else None
        wishes = [
            user.language if user else "",
            request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
            browser_language(request, known),
            user.municipality.language if user and user.municipality else "",
        ]
        return next((wish for wish in wishes if wish in known), settings.LANGUAGE_CODE)


def browser_language(request: HttpRequest, known: dict[str, Any]) -> str:
    """The first of the browser's languages that the product speaks; empty if none. Norwegian is "no" to some."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = tag.split("-")[0]
        language = "nb" if language in ("no", "nn") else language
        if language in known:
            return language
    return ""


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again; htmx goes there whole, instead of putting it in the place of a part."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": reverse(settings.LOGIN_URL)})
    return redirect_to_login(_page_of(request))


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: that of the form, if something was sent, for where it was sent to may show nothing."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method in ("GET", "HEAD") or came_from.netloc != request.get_host():
        return request.get_full_path()
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """To where a second factor is shown or set up, and back again; nothing else opens before."""
    address = reverse("accounts:second-factor")
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect_to_login(_page_of(request), address)


def _guard(view: Callable, door: Door, check: Callable[..., Any]) -> Callable:
    @wraps(view)
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if request.municipality is None:
            raise Http404
        if is_missing(request):
            return to_second_factor(request)
        with visiting(request, door.permission):
            try:
                arguments = check(request, *args, **kwargs)
                return view(request, *arguments)
            except AccessDenied as denial:
                record("access denied", by=request.user, subject=request.resolver_match.view_name)
                return render(request, "403.html", {"exception": str(denial)}, status=403)

    opened.door = door  # type: ignore[attr-defined]  # read by the test that walks every address
    return opened


def locate_unit(key: str) -> Found:
    """The unit that an address names. Another municipality's unit is as unknown as one that never was."""
    line = line_by_key(key, timezone.localdate())
    if not line:
        raise Http404
    return Found(line[-1], line[-1], line)


def requires(
    permission: Permission,
    locate: Callable[[str], Found] = locate_unit,
    *,
    opens_in_emergency: bool = False,
) -> Callable[[Callable], Callable]:
    """Opens a view on one thing: the address's key names it, and its unit decides. The view gets the thing.

    404 for what does not exist in the municipality, 403 with a reason for what the person may not see.
    opens_in_emergency: also to who has opened the class or the pupil in an emergency; each read is recorded as that.
    """

    def decorate(view: Callable) -> Callable:
        def check(request: MunicipalityRequest, key: str, **kwargs: Any) -> list[Any]:
            thing, unit, line = locate(key)
            if line:
                request.sight.keep_line(line)
            request.line = request.sight.line_of(unit)
            sight = request.sight
            if opens_in_emergency and not sight.can_in_line(permission, request.line):
                _enter_by_emergency(request, thing, unit)
            if not sight.has(permission):
                sight.check(permission, unit)
            sight.check_in_line(permission, request.line)
            return [thing, *kwargs.values()]

        return _guard(view, Door("requires", permission), check)

    return decorate


def _enter_by_emergency(request: MunicipalityRequest, thing: Any, unit: Unit) -> None:
    access = request.sight.enter_by_emergency(thing, unit)
    if access is not None:
        page = request.resolver_match.view_name if request.resolver_match else ""
        record_read(access, by=request.user, page=page)


def requires_somewhere(permission: Permission) -> Callable[[Callable], Callable]:
    """Opens a view for whoever holds the permission at any unit; the view itself shows only what is theirs."""

    def decorate(view: Callable) -> Callable:
        def check(request: MunicipalityRequest, *args: Any, **kwargs: Any) -> list[Any]:
            if not request.sight.has(permission):
                raise AccessDenied(_("None of your roles allows this."))
            return [*args, *kwargs.values()]

        return _guard(view, Door("requires_somewhere", permission), check)

    return decorate


def requires_for_all(permission: Permission) -> Callable[[Callable], Callable]:
    """Opens a view for whoever holds the permission for the whole municipality; the view gets the address's parts."""

    def decorate(view: Callable) -> Callable:
        def check(request: MunicipalityRequest, *args: Any, **kwargs: Any) -> list[Any]:
            if not request.sight.has(permission):
                raise AccessDenied(_("None of your roles allows this."))
            if not request.sight.has_for_all(permission):
                raise AccessDenied(_("This concerns the whole municipality, and your role does not."))
            return [*args, *kwargs.values()]

        return _guard(view, Door("requires_for_all", permission), check)

    return decorate


def signed_in(view: Callable) -> Callable:
    """Opens a view for everybody in a municipality; it shows nothing but the person's own."""
    return _guard(view, Door("signed_in"), lambda request, *args, **kwargs: [*args, *kwargs.values()])


def own_account(view: Callable) -> Callable:
    """Opens a view on the person's own account to everybody who is signed in, also to the platform's operators."""

    @wraps(view)
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if is_missing(request):
            return to_second_factor(request)
        return _personal(view(request, *args, **kwargs))

    opened.door = Door("own_account")  # type: ignore[attr-defined]  # read by the test that walks every address
    return opened


def before_second_factor(view: Callable) -> Callable:
    """Opens a view of the sign-in itself to everybody who is signed in: nothing of any municipality is shown."""

    @wraps(view)
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return _personal(view(request, *args, **kwargs))

    opened.door = Door("before_second_factor")  # type: ignore[attr-defined]  # as above
    return opened


def _personal(response: HttpResponse) -> HttpResponse:
    """Stored nowhere on the way; of an operator, whom no municipality's middleware meets, as well."""
    response.headers["Cache-Control"] = "no-store"
    return response


def configure_table(request: HttpRequest, table: Table, rows_per_page: int) -> None:
    """Orders and pages a table as the address says, by its own columns alone. How long a page is, is ours to say."""
    asked = request.GET.getlist(table.prefixed_order_by_field)
    order_by = [each for each in asked if each.removeprefix("-") in table.base_columns]
    if order_by:
        table.order_by = order_by
    table.paginate(per_page=rows_per_page)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))


def public(view: Callable) -> Callable:
    """Opens a view for everybody: it shows nothing of any municipality."""
    view.door = Door("public")  # type: ignore[attr-defined]  # read by the test that walks every address
    return view


@lru_cache(maxsize=ADDRESSES_KEPT)
def address_of_page(name: str, *arguments: str | int) -> str:
    """As `reverse`, which builds an address anew each time, for pages with dozens of them."""
    return reverse(name, args=arguments)


def unit_url(unit: Unit) -> str:
    """The address of a unit's map."""
    return address_of_page(
        "colourmaps:class-map" if unit.is_school_class else "aggregation:unit-map", unit.key
    )


def breadcrumb_of(sight: Sight, line: list[Unit]) -> list[tuple[str, str]]:
    """(name, address) of each unit of a line, top first; the address is empty where the person may not go."""
    return [
        (unit.name, unit_url(unit) if sight.can_in_line(Permission.SEE_SUMS, line[: n + 1]) else "")
        for n, unit in enumerate(line)
    ]
