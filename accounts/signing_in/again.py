"""Signing in again, in the middle of the work: with the password, a code, a passkey or the identity provider."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ..models import User
from ..second_factor import SHOWN, factors_of, mark_shown
from ..signed_in import FRESH_AT
from ..single_sign_on.queries import may_use_password
from ..web import before_second_factor
from .forms import CodeForm, PasskeyForm, PasswordForm
from .memory import remember

# Other ways to sign in again, as (label, address): each gets the request and the path to come back to.
OTHER_WAYS: list[Callable[[HttpRequest, str], list[tuple[str, str]]]] = []
# In a form that is sent again: what was typed on the page that asked.
KEPT, NEXT = "kept", "next"
OURS = {"csrfmiddlewaretoken"}


def ask_again(request: HttpRequest) -> HttpResponse:
    """The page that asks, in place of the one that was asked for. What was sent to that one is kept in it."""
    if "HX-Request" in request.headers:
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        address = f"{here.path}?{here.query}" if here.query else here.path
        return HttpResponse(status=401, headers={"HX-Redirect": address_of_again(address)})
    if request.method != "POST":
        return redirect(address_of_again(request.get_full_path()))
    sent = [[name, value] for name, values in request.POST.lists() if name not in OURS for value in values]
    return _page(request, request.get_full_path(), json.dumps(sent), status=403)


def address_of_again(path: str) -> str:
    return f"{reverse('accounts:sign-in-again')}?{urlencode({NEXT: path})}"


@before_second_factor
@require_http_methods(["GET", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Asks; and when the answer is right, goes back to the page, with what was sent to it."""
    asked = request.POST if request.method == "POST" else request.GET
    path = asked.get(NEXT, "")
    if not get_adapter().is_safe_url(path):
        path = reverse("admin:index") if getattr(request.user, "is_staff", False) else reverse("start")
    kept = request.POST.get(KEPT, "")
    if request.method != "POST":
        return _page(request, path, kept)
    form = _form_sent(request)
    if not form.is_valid():
        return _page(request, path, kept, form, status=422)
    _is_the_same_person(request, form)
    sent = _pairs(kept)
    if sent is None:
        return redirect(path)
    return render(request, "accounts/sign_in_go_on.html", {"path": path, "sent": sent})


def _form_sent(request: HttpRequest) -> forms.Form:
    user: User = request.user  # type: ignore[assignment]  # the door has seen to it
    if "credential" in request.POST:
        return PasskeyForm(user=user, data=request.POST)
    if "code" in request.POST:
        return CodeForm(user=user, data=request.POST)
    return PasswordForm(request.POST, request=request)


def _is_the_same_person(request: HttpRequest, form: forms.Form) -> None:
    """A new session id, and another ten minutes."""
    is_factor = not isinstance(form, PasswordForm)
    if is_factor:
        form.save()  # type: ignore[attr-defined]  # allauth's own: the factor has been used
        mark_shown(request)
    request.session.cycle_key()
    request.session[FRESH_AT] = timezone.now().timestamp()
    remember(request.user, "signed in again", way="second factor" if is_factor else "password")  # type: ignore[arg-type]


def _pairs(kept: str) -> list[tuple[str, str]] | None:
    """(name, value) of each field that was sent; None if nothing was."""
    try:
        sent = json.loads(kept)
        return [(str(name), str(value)) for name, value in sent]
    except (ValueError, TypeError):
        return None


def _page(
    request: HttpRequest, path: str, kept: str, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # the door has seen to it
    kinds = set(factors_of(user).values_list("type", flat=True))
    has_shown = SHOWN in request.session
    context: dict[str, Any] = {
        "path": path,
        "kept": kept,
        "wrong": form.errors if form else None,
        # Whoever has a second factor, and has not shown it yet, proves nothing by the password alone.
        "password_form": _shown(PasswordForm, form, request=request)
        if user.has_usable_password() and may_use_password(user) and (has_shown or not kinds)
        else None,
        "code_form": _shown(CodeForm, form, user=user) if kinds else None,
        "had_files": bool(request.FILES),
        "other_ways": [way for find in OTHER_WAYS for way in find(request, path)],
    }
    if Authenticator.Type.WEBAUTHN in kinds:
        context["passkey_options"] = begin_authentication(user)
        context["passkey_form"] = _shown(PasskeyForm, form, user=user)
    return render(request, "accounts/sign_in_again.html", context, status=status)


def _shown(kind: type[forms.Form], sent: forms.Form | None, **named: Any) -> forms.Form:
    """The form that was sent, if it is of the kind; else an empty one."""
    return sent if isinstance(sent, kind) else kind(**named)
