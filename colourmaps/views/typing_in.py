"""Results typed in the browser: the sheet of a class for a round, and the cells that it sends to be saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires

from ..filling_in.typing_rules import allowed_in, words_of_marks
from ..maps import MapChoice, choose_map
from ..models import MeasurementRound
from ..presentation import areas_of, heads_of
from ..queries import choose_round, open_rounds
from ..typing_in.drawing import draw_rows
from ..typing_in.requests import NotUnderstood, by_field, cells_in_form, cells_in_json, to_json
from ..typing_in.saving import Answer, CellState, TypedCell, save_cells
from ..typing_in.sheet import TypedSheet, sheet_of
from ..typing_in.words import words_for_script

door: Callable[[Callable], Callable] = requires(Permission.RECORD_RESULTS)


@door
@require_http_methods(["GET", "POST"])
def typing(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """The sheet; POST saves all that has changed in it, for browsers without script."""
    if not school_class.is_school_class:
        raise Http404
    if request.method == "GET":
        return _show(request, school_class)
    round_ = _round_named(request, school_class, request.POST.get("round", ""))
    choice = choose_map(request.GET.get("map"), request.line)
    try:
        cells = cells_in_form(request.POST, _sheet(request, school_class, round_, choice))
    except NotUnderstood:
        return HttpResponseBadRequest()
    answers = _save(request, school_class, round_, cells)
    in_question = [answer for answer in answers if answer.state is not CellState.SAVED]
    if in_question:
        return _show(request, school_class, by_field(in_question))
    messages.success(request, _("What you typed is saved."))
    return redirect(
        f"{reverse('colourmaps:typing', args=[school_class.key])}?round={round_.key}{choice.query}"
    )


@door
@require_POST
def typing_save(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """Saves the cells of a JSON body, and answers each: see typing_in/requests.py."""
    try:
        round_key, cells = cells_in_json(request.body)
    except NotUnderstood:
        return HttpResponseBadRequest()
    answers = _save(request, school_class, _round_named(request, school_class, round_key), cells)
    return JsonResponse({"cells": [to_json(answer) for answer in answers]})


def _round_named(request: MunicipalityRequest, school_class: Unit, key: str) -> MeasurementRound:
    """Exactly that round, closed or not: what was typed for one round goes into no other."""
    rounds, _latest = choose_round(key, request.sight.today, school_class)
    round_ = next((round_ for round_ in rounds if round_.key == key), None)
    if round_ is None or not school_class.is_school_class:
        raise Http404
    return round_


def _sees_pupils(request: MunicipalityRequest) -> bool:
    return request.sight.can_in_line(Permission.SEE_PUPILS, request.line)


def _sheet(
    request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound, choice: MapChoice
) -> TypedSheet:
    today, sees_pupils = request.sight.today, _sees_pupils(request)
    return sheet_of(school_class, round_, today, sees_pupils=sees_pupils, chosen=choice.chosen)


def _save(
    request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound, cells: Sequence[TypedCell]
) -> list[Answer]:
    return save_cells(
        cells,
        school_class=school_class,
        round_=round_,
        by=request.user,
        today=request.sight.today,
        sees_pupils=_sees_pupils(request),
    )


def _show(
    request: MunicipalityRequest, school_class: Unit, answers: Mapping[str, Answer] | None = None
) -> HttpResponse:
    """answers: to the cells of a form that are not saved, by the name of the field."""
    rounds, round_ = open_rounds(request.GET.get("round"), request.sight.today, school_class)
    choice = choose_map(request.GET.get("map"), request.line)
    address = reverse("colourmaps:typing", args=[school_class.key])
    context: dict[str, Any] = {
        "school_class": school_class,
        "heading": _("Type in results: %(name)s") % {"name": school_class.name},
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (_("Type in"), address)],
        "rounds": rounds,
        "round": round_,
        "map_choice": choice,
        "map_query": f"?round={round_.key}" if round_ else "",
    }
    if round_ is not None:
        sheet = _sheet(request, school_class, round_, choice)
        pupils = [pupil.pk for pupil in sheet.offer.pupils]
        record("sheet to type in seen", by=request.user, unit=school_class, subject=round_.key, pupils=pupils)
        context |= _of_sheet(request, sheet, round_, answers or {})
    return render(request, "colourmaps/typing.html", context, status=422 if answers else 200)


def _of_sheet(
    request: MunicipalityRequest, sheet: TypedSheet, round_: MeasurementRound, answers: Mapping[str, Answer]
) -> dict[str, Any]:
    school_class, indicators = sheet.offer.school_class, sheet.offer.indicators
    return {
        "is_empty": not (sheet.offer.pupils and indicators),
        "areas": areas_of(indicators),
        "heads": [(head, allowed_in(head.indicator)) for head in heads_of(indicators)],
        "rows": draw_rows(sheet, answers),
        "was": json.dumps(sheet.bases, separators=(",", ":")),
        "marks": words_of_marks(),
        "n_in_question": len(answers),
        "words": json.dumps(words_for_script()),
        "save_address": reverse("colourmaps:typing-save", args=[school_class.key]),
        "keep": f"{request.user.key}/{school_class.key}/{round_.key}",
        "sign_in_address": f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}",
    }
