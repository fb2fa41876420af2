"""The way in: what allauth does, on our pages and behind our doors."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.flows import activate_totp
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import add_authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from ..fresh import freshly_signed_in
from ..qr import qr_code
from ..second_factor import SHOWN, has_factor, is_missing, mark_shown
from ..web import before_second_factor, public
from .again import NEXT, address_of_again
from .forms import AppForm, NewPasskeyForm
from .services import add_factor_of, choose_password, person_of_link

# In the session: the page that was asked for before the second factor was set up.
GO_ON_TO = "go_on_to"
# In the session: key and token of a one-time link, so that they stand in no address while the form is filled in.
LINK = "one_time_link"

sign_in = public(LoginView.as_view(template_name="accounts/sign_in.html"))
second_factor = public(AuthenticateView.as_view(template_name="accounts/second_factor.html"))


class PasskeySignInView(LoginWebAuthnView):
    """Without user name and password: the device knows who it is, and has asked for finger, face or PIN."""

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("That passkey opens no account here. Choose another way."))
        return redirect("accounts:sign-in")


passkey = public(PasskeySignInView.as_view())


@before_second_factor
@require_GET
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Where everybody is led who must show a second factor and has not: to the question, or to set one up."""
    path = request.GET.get(NEXT, "")
    path = path if get_adapter().is_safe_url(path) else "/"
    if not is_missing(request):
        return redirect(path)
    if has_factor(request.user):  # type: ignore[arg-type]  # the door has seen to it
        return redirect(address_of_again(path))
    request.session[GO_ON_TO] = path
    return render(request, "accounts/second_factor_needed.html")


def _first_or_shown(view: Any) -> Any:
    """A factor is added by whoever has shown one; the first one by whoever has signed in."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        if SHOWN not in request.session and has_factor(request.user):  # type: ignore[arg-type]  # as above
            return redirect(address_of_again(request.get_full_path()))
        return view(request)

    return opened


class _NewFactorView:
    """What adding an authenticator app and adding a passkey have in common."""

    request: HttpRequest

    def keep(self, authenticator: Any, has_new_codes: bool, done: str) -> HttpResponse:
        """It has been shown by being set up. On to the recovery codes, if these are new."""
        user: Any = self.request.user
        mark_shown(self.request)
        self.request.session.cycle_key()
        add_factor_of(
            user=user, authenticator=authenticator, session_key=self.request.session.session_key or ""
        )
        messages.success(self.request, done)
        if has_new_codes:
            return redirect("mfa_view_recovery_codes")
        return redirect(self.request.session.pop(GO_ON_TO, reverse("accounts:my-sign-in")))


class NewAppView(_NewFactorView, ActivateTOTPView):
    template_name = "accounts/new_app.html"
    form_class = AppForm

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        """One app per person: another phone is set up when the first one is removed."""
        if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            return redirect("accounts:my-sign-in")
        return super().dispatch(request, *arguments, **named)

    @transaction.atomic
    def form_valid(self, form: AppForm) -> HttpResponse:
        app, new_codes = activate_totp(self.request, form)
        return self.keep(app, new_codes is not None, _("The authenticator app is set up."))

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context = super(ActivateTOTPView, self).get_context_data(**named)
        secret = context["form"].secret
        address = get_factor_adapter().build_totp_url(self.request.user, secret)
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return context | {"qr": qr_code(address), "secret": " ".join(groups), "address": address}


class NewPasskeyView(_NewFactorView, AddWebAuthnView):
    template_name = "accounts/new_passkey.html"
    form_class = NewPasskeyForm

    @transaction.atomic
    def form_valid(self, form: NewPasskeyForm) -> HttpResponse:
        key, new_codes = add_authenticator(
            self.request, form.cleaned_data["name"], form.cleaned_data["credential"]
        )
        return self.keep(key, new_codes is not None, _("The passkey is set up."))

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """Always one that signs in by itself: kept on the device, and opened by a finger, a face or a PIN."""
        context = super(AddWebAuthnView, self).get_context_data(**named)
        return context | {"options": begin_registration(self.request.user, True)}


new_app = before_second_factor(freshly_signed_in(_first_or_shown(NewAppView.as_view())))
new_passkey = before_second_factor(freshly_signed_in(_first_or_shown(NewPasskeyView.as_view())))


@public
@require_safe
def one_time_link(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Takes key and token out of the address, for the page that is not to be remembered by a browser."""
    request.session[LINK] = [key, token]
    return redirect("accounts:choose-password")


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def choose_password_once(request: HttpRequest) -> HttpResponse:
    """Whoever has the link chooses the password of the account, and signs in with it."""
    person = person_of_link(*request.session.get(LINK, ["", ""]))
    if person is None:
        return render(request, "accounts/choose_password.html", {"form": None}, status=410)
    form = SetPasswordForm(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "person": person}
        return render(request, "accounts/choose_password.html", context, status=422 if form.errors else 200)
    choose_password(user=person, password=form.cleaned_data["new_password1"])
    request.session.flush()
    messages.success(request, _("The password is chosen. Sign in with it."))
    return redirect("accounts:sign-in")
