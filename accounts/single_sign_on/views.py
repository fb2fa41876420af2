"""The public pages: which way in a municipality has, out to its provider, and back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.socialaccount.sessions import LoginSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from ..audit import record
from ..models import IdentityProvider, Municipality, Protocol
from ..tenancy import municipality_scope
from ..throttle import count_failure, is_throttled
from ..web import public
from . import oidc, saml
from .arriving import arrive
from .begun import Begun, Purpose, taken
from .claims import Claims, as_kept, from_kept
from .entering import enter
from .linking import code_typed
from .queries import municipality_by_code, municipality_by_word, providers_in_force
from .refusals import Reason, SignInRefused
from .testing import keep_test

log = logging.getLogger(__name__)
ARRIVAL = "saml-arrival"
ARRIVAL_SECONDS = 5 * 60
# Per municipality in a quarter of an hour: a code has 16 letters, so this is for the log's sake.
MOST_WRONG_CODES, MOST_REFUSALS_WRITTEN = 100, 500


def of_municipality(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Runs a public view inside the municipality that the address names; 404 where there is none."""

    @public
    @never_cache
    @wraps(view)
    def entered(request: HttpRequest, code: str, **kwargs: str) -> HttpResponse:
        municipality = municipality_by_code(code)
        if municipality is None:
            raise Http404
        with municipality_scope(municipality):
            return view(request, municipality, **kwargs)

    return entered


@public
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """From the name of a municipality, or its code, to its page."""
    municipality = municipality_by_word(request.GET.get("municipality", ""))
    if municipality is None:
        return _no_single_sign_on(request)
    address = reverse("accounts:municipality-sign-in", args=[municipality.code])
    next_path = _own_path(request, request.GET.get("next", ""))
    return redirect(f"{address}?{_query_of(next_path)}" if next_path else address)


@public
@never_cache
@require_GET
def municipality_sign_in(request: HttpRequest, code: str) -> HttpResponse:
    """The municipality's own ways in. The same answer where it has none as where there is no such municipality."""
    municipality = municipality_by_code(code)
    if municipality is None:
        return _no_single_sign_on(request)
    with municipality_scope(municipality):
        if not providers_in_force(timezone.localdate()):
            return _no_single_sign_on(request)
        return _ways_in(request, municipality)


@require_POST
def _begin(request: HttpRequest, municipality: Municipality, key: str) -> HttpResponse:
    """Out to the provider, with the code that was typed, if one was."""
    provider = _provider(key)
    typed, code = request.POST.get("link_code", "").strip(), None
    if typed:
        code = (
            None
            if is_throttled(municipality.code, what="link-code", most=MOST_WRONG_CODES)
            else code_typed(typed)
        )
        if code is None:
            count_failure(municipality.code, what="link-code")
            return _ways_in(request, municipality, wrong_code=True)
    begun = Begun(
        next_path=_own_path(request, request.POST.get("next", "")),
        link_code=code.pk if code else None,
        is_anew=request.user.is_authenticated,
    )
    return begin_at(request, municipality, provider, begun)


begin = of_municipality(_begin)


def begin_at(
    request: HttpRequest, municipality: Municipality, provider: IdentityProvider, begun: Begun
) -> HttpResponse:
    """A page that leads on by itself. An answer that redirects would not do: our policy lets forms go to ourselves
    alone, and browsers count where they are led on to."""
    try:
        if provider.protocol == Protocol.OIDC:
            address = oidc.address_to_sign_in(request, provider, callback_address(request, provider), begun)
        else:
            address = saml.address_to_sign_in(request, provider, saml_addresses(request, provider), begun)
    except SignInRefused as refusal:
        return _refused(request, provider, refusal.reason)
    return render(request, "accounts/single_sign_on/leaving.html", {"provider": provider, "address": address})


@require_GET
def _callback(request: HttpRequest, municipality: Municipality, key: str) -> HttpResponse:
    """Back from a provider of OpenID Connect."""
    provider = _provider(key, Protocol.OIDC)
    try:
        claims, begun = oidc.arrival(request, provider, callback_address(request, provider))
        return _arrived(request, provider, claims, begun)
    except SignInRefused as refusal:
        return _refused(request, provider, refusal.reason)


callback = of_municipality(_callback)


@require_POST
def _acs(request: HttpRequest, municipality: Municipality, key: str) -> HttpResponse:
    """Back from a provider of SAML, by a form that it sends: browsers keep our cookie back here.

    What has been verified waits for a moment, under a cookie of its own, for the browser to come by itself.
    """
    provider = _provider(key, Protocol.SAML)
    try:
        answer = saml.answer_of(request, provider, saml_addresses(request, provider))
    except SignInRefused as refusal:
        return _refused(request, provider, refusal.reason)
    response = HttpResponseRedirect(reverse("accounts:saml-finish", args=[municipality.code, provider.key]))
    response.status_code = 303
    waiting = LoginSession(request, "saml_arrival", ARRIVAL)
    waiting.store.update(
        {
            "provider": provider.key,
            "at": timezone.now().timestamp(),
            "in_response_to": answer.in_response_to,
            "claims": as_kept(answer.claims),
        }
    )
    waiting.save(response)
    response.cookies[ARRIVAL]["httponly"] = True
    return response


acs = csrf_exempt(of_municipality(_acs))


@require_GET
def _finish(request: HttpRequest, municipality: Municipality, key: str) -> HttpResponse:
    """The browser that has begun comes for what its provider has said."""
    provider = _provider(key, Protocol.SAML)
    waiting = LoginSession(request, "saml_arrival", ARRIVAL)
    said = dict(waiting.store.items())
    waiting.delete()
    try:
        begun = None
        if said.get("provider") == provider.key and timezone.now().timestamp() - said["at"] < ARRIVAL_SECONDS:
            begun = taken(request, provider, said["in_response_to"])
        if begun is None:
            raise SignInRefused(Reason.NOT_BEGUN)
        return _arrived(request, provider, from_kept(said["claims"]), begun)
    except SignInRefused as refusal:
        return _refused(request, provider, refusal.reason)


finish = of_municipality(_finish)


@require_GET
def _metadata(request: HttpRequest, municipality: Municipality, key: str) -> HttpResponse:
    """What the provider has to know of us, to be uploaded there."""
    provider = _provider(key, Protocol.SAML)
    content = saml.our_metadata(provider, saml_addresses(request, provider))
    return HttpResponse(content, content_type="application/samlmetadata+xml")


metadata = of_municipality(_metadata)


def callback_address(request: HttpRequest, provider: IdentityProvider) -> str:
    return _address(request, "accounts:oidc-callback", provider)


def saml_addresses(request: HttpRequest, provider: IdentityProvider) -> saml.Addresses:
    return saml.Addresses(
        acs=_address(request, "accounts:saml-acs", provider),
        metadata=_address(request, "accounts:saml-metadata", provider),
    )


def _address(request: HttpRequest, name: str, provider: IdentityProvider) -> str:
    return request.build_absolute_uri(reverse(name, args=[provider.municipality.code, provider.key]))


def _arrived(request: HttpRequest, provider: IdentityProvider, claims: Claims, begun: Begun) -> HttpResponse:
    if begun.purpose is Purpose.TEST:
        keep_test(request, provider, claims)
        return redirect("accounts:sso-provider-test", key=provider.key)
    today = timezone.localdate()
    if not provider.is_in_force(today):
        raise SignInRefused(Reason.NOT_BEGUN)
    arrival = arrive(provider=provider, claims=claims, begun=begun, on=today)
    return enter(request, arrival, provider, begun.next_path, is_anew=begun.is_anew)


def _provider(key: str, protocol: Protocol | None = None) -> IdentityProvider:
    """Of the municipality that is entered. One that is not in force yet can be tested; one that has ended is gone."""
    today = timezone.localdate()
    provider = IdentityProvider.objects.select_related("municipality").filter(key=key).first()
    if provider is None or (protocol is not None and provider.protocol != protocol):
        raise Http404
    if provider.valid_to is not None and provider.valid_to <= today:
        raise Http404
    return provider


def _ways_in(request: HttpRequest, municipality: Municipality, *, wrong_code: bool = False) -> HttpResponse:
    context = {
        "place": municipality,
        "providers": providers_in_force(timezone.localdate()),
        "next": _own_path(request, request.POST.get("next") or request.GET.get("next", "")),
        "wrong_code": wrong_code,
    }
    return render(request, "accounts/single_sign_on/ways_in.html", context, status=422 if wrong_code else 200)


def _no_single_sign_on(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("There is no single sign-on by that name. Sign in here, or ask at your school."))
    return redirect("accounts:sign-in")


def _refused(request: HttpRequest, provider: IdentityProvider, reason: Reason) -> HttpResponse:
    if not is_throttled(provider.key, what="single-sign-on", most=MOST_REFUSALS_WRITTEN):
        record("single sign-on refused", by=None, subject=provider.key, reason=reason.value)
    count_failure(provider.key, what="single-sign-on")
    log.warning("single sign-on refused: %s", reason.value)
    context = {"provider": provider, "place": provider.municipality, "reason": reason}
    return render(request, "accounts/single_sign_on/refused.html", context, status=403)


def _own_path(request: HttpRequest, address: str) -> str:
    return address if get_adapter(request).is_safe_url(address) else ""


def _query_of(next_path: str) -> str:
    return urlencode({"next": next_path})
