"""Families answer: public pages without sign-in, session or script. Nothing about whoever answers is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.tenancy import municipality_scope
from accounts.throttle import address_of, count_failure, is_throttled
from accounts.web import browser_language, public

from ..family.codes import MOST_WRONG_CODES, grouped, open_code
from ..family.forms import VoiceForm
from ..models import FamilyCode
from ..models.family_voice import MOST_ANSWERS
from ..services.family import take_answer

WRONG_CODES = "wrong-code"


def spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Opens a page in the language that its address names, else the browser's; kept in the address, not in a cookie."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(_wished(request) or translation.get_language()):
            return view(request, *args, **kwargs)

    return public(never_cache(opened))


def _wished(request: HttpRequest) -> str:
    """The language of the address, else of the browser; empty if it is none of ours."""
    chosen, known = request.GET.get("language", ""), dict(settings.LANGUAGES)
    return chosen if chosen in known else browser_language(request, known)


def with_code(view: Callable[[HttpRequest, FamilyCode], HttpResponse]) -> Callable[..., HttpResponse]:
    """Finds the code that an address names, and enters its municipality. Wrong ones are counted by address."""

    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        if _is_guessing(request):
            return _ask_for_code(request, status=429)
        found = open_code(code, timezone.localdate())
        if found is None:
            count_failure(address_of(request), what=WRONG_CODES)
            return _ask_for_code(request, typed=code, status=404)
        language = _wished(request) or found.municipality.language
        with municipality_scope(found.municipality), translation.override(language):
            return view(request, found)

    return opened


@spoken
@require_safe
def voice(request: HttpRequest) -> HttpResponse:
    """Asks for the code, and leads to its questions."""
    typed = request.GET.get("code", "").strip()
    if _is_guessing(request):
        return _ask_for_code(request, status=429)
    found = open_code(typed, timezone.localdate()) if typed else None
    if found is not None:
        return redirect(_address("voice-questions", request, found.code))
    if typed:
        count_failure(address_of(request), what=WRONG_CODES)
    return _ask_for_code(request, typed=typed, status=404 if typed else 200)


@spoken
@require_http_methods(["GET", "HEAD", "POST"])
@with_code
def voice_questions(request: HttpRequest, code: FamilyCode) -> HttpResponse:
    form = VoiceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_answer(code=code, answer=form.answer, token=form.cleaned_data["token"])
        except ValidationError as refusal:
            return _render(request, "full", 409, sentence=refusal.messages[0])
        return redirect(_address("voice-thanks", request, code.code))
    if code.n_answers >= MOST_ANSWERS:
        return _render(request, "full", 200, sentence=_("All answers for this meeting have come in already."))
    return _render(request, "questions", 422 if form.is_bound else 200, form=form)


@spoken
@require_safe
@with_code
def voice_thanks(request: HttpRequest, code: FamilyCode) -> HttpResponse:
    """Says thanks, and nothing of what was answered; the next person goes on from here."""
    has_room = code.n_answers < MOST_ANSWERS
    return _render(
        request, "thanks", 200, next_url=_address("voice-questions", request, code.code) if has_room else ""
    )


def _is_guessing(request: HttpRequest) -> bool:
    return is_throttled(address_of(request), what=WRONG_CODES, most=MOST_WRONG_CODES)


def _ask_for_code(request: HttpRequest, *, status: int, typed: str = "") -> HttpResponse:
    sentences = {
        404: _("No meeting has this code today. Look at it once more, or ask for it again."),
        429: _("Too many wrong codes have been typed here. Wait a quarter of an hour and try again."),
    }
    shown = grouped(typed) if len(typed) == 8 else typed
    return _render(request, "code", status, typed=shown, sentence=sentences.get(status, ""))


def _render(request: HttpRequest, page: str, status: int, **context: Any) -> HttpResponse:
    language = translation.get_language()
    languages = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "url": f"?{urlencode({'language': code})}",
            "current": code == language,
        }
        for code, _name in settings.LANGUAGES
    ]
    context |= {"languages": languages, "chosen": request.GET.get("language", "")}
    response = render(request, f"interventions/family/voice_{page}.html", context, status=status)
    response.headers["Content-Language"] = language or settings.LANGUAGE_CODE
    return response


def _address(name: str, request: HttpRequest, code: str) -> str:
    """Of a page of the code, in the language that was chosen."""
    chosen = request.GET.get("language", "")
    query = f"?{urlencode({'language': chosen})}" if chosen in dict(settings.LANGUAGES) else ""
    return reverse(f"interventions:{name}", args=[code]) + query
