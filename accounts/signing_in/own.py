"""My sign-in: password, second factors, recovery codes and open sessions of whoever is signed in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import view_recovery_codes
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..fresh import freshly_signed_in
from ..models import Session, User
from ..refusal import ActRefused
from ..second_factor import factors_of, must_show
from ..web import own_account
from . import services
from .views import GO_ON_TO


class OwnRequest(HttpRequest):
    """A request that has passed the door of the own account."""

    user: User


@own_account
@require_GET
def my_sign_in(request: OwnRequest) -> HttpResponse:
    user = request.user
    factors = list(factors_of(user))
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "has_password": user.has_usable_password(),
        "must_show": must_show(user, getattr(request, "sight", None)),
        "app": next((each for each in factors if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in factors if each.type == Authenticator.Type.WEBAUTHN],
        "n_codes": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": sessions_of(user),
        "this_session": request.session.session_key,
    }
    return render(request, "accounts/my_sign_in.html", context)


def sessions_of(user: User) -> list[Session]:
    """The open ones, the last used first."""
    return list(
        Session.objects.filter(user=user, expire_date__gt=timezone.now())
        .defer("session_data")
        .order_by("-seen_at")
    )


@own_account
@freshly_signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_password(request: OwnRequest) -> HttpResponse:
    """Another password. Whoever signs in by an identity provider alone has none, and gets none here."""
    user = request.user
    if not user.has_usable_password():
        return redirect("accounts:my-sign-in")
    form = SetPasswordForm(user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(
            request, "accounts/own_password.html", {"form": form}, status=422 if form.errors else 200
        )
    password = form.cleaned_data["new_password1"]
    services.choose_password(user=user, password=password, except_session=request.session.session_key or "")
    update_session_auth_hash(request, user)
    messages.success(request, _("The password is changed. You are signed out everywhere else."))
    return redirect("accounts:my-sign-in")


@own_account
@freshly_signed_in
@require_POST
def remove_factor(request: OwnRequest) -> HttpResponse:
    chosen = request.POST.get("factor", "")
    factor = factors_of(request.user).filter(pk=chosen).first() if chosen.isdecimal() else None
    if factor is not None:
        try:
            services.remove_factor(user=request.user, authenticator=factor)
            messages.success(request, _("It is removed, and opens nothing any more."))
        except ActRefused as refusal:
            messages.error(request, str(refusal))
    return redirect("accounts:my-sign-in")


@own_account
@freshly_signed_in
@require_GET
def recovery_codes(request: OwnRequest) -> HttpResponse:
    """Shown once, right after they are made; afterwards only how many are left."""
    codes, is_first_time = view_recovery_codes(request)
    if codes is None or not is_first_time:
        return redirect("accounts:my-sign-in")
    context = {
        "codes": codes.get_unused_codes(),
        "go_on_to": request.session.pop(GO_ON_TO, reverse("accounts:my-sign-in")),
    }
    return render(request, "accounts/recovery_codes.html", context)


@own_account
@freshly_signed_in
@require_POST
def new_recovery_codes(request: OwnRequest) -> HttpResponse:
    """Others, in place of those that were: for who has used most of them, or has lost the paper."""
    if factors_of(request.user).exists():
        services.make_recovery_codes(user=request.user)
    return redirect("mfa_view_recovery_codes")


@own_account
@require_POST
def end_own_sessions(request: OwnRequest) -> HttpResponse:
    """Signed out everywhere else; here the person goes on."""
    n_ended = services.end_sessions(user=request.user, except_session=request.session.session_key or "")
    sentence = ngettext("%(n)d other session is ended.", "%(n)d other sessions are ended.", n_ended)
    messages.success(request, sentence % {"n": n_ended})
    return redirect("accounts:my-sign-in")
