"""One question: what was asked, where it has been, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AccessDenied
from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere

from ..models import DevelopmentArea, Rung, SupportQueue
from ..questions.asked import Asked, find_question
from ..questions.forms import AnswerForm, AskAgainForm, Looked, PassOnForm, SortForm
from ..questions.places import place_of, places_to_pass_on
from ..questions.states import TAGS, WORDS
from ..questions.tables import age_in_words, asked_where, days_old, text_for
from ..questions.words import figures_for, way_in_words
from ..services.questions import (
    answer_question,
    ask_again,
    mark_answers_read,
    pass_on_question,
    sort_question,
    take_question,
)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
def question(request: MunicipalityRequest, key: str) -> HttpResponse:
    return show(request, find_question(request, key))


def show(
    request: MunicipalityRequest,
    asked: Asked,
    *,
    answer_form: AnswerForm | None = None,
    again_form: AskAgainForm | None = None,
) -> HttpResponse:
    """The page, with what was sent and not taken on."""
    found, sight = asked.question, request.sight
    pupils = [found.pupil_id] if found.pupil_id and asked.is_inside else []
    record("question seen", by=request.user, unit=found.unit, subject=found.key, pupils=pupils)
    is_refused = answer_form is not None or again_form is not None
    context = {
        "asked": asked,
        "question": found,
        "words": text_for(found, asked.reader),
        "text_above": found.text_above if asked.is_inside and found.text_above != found.text else "",
        "state": WORDS[asked.state],
        "state_class": TAGS[asked.state],
        "asked_where": asked_where(found, asked.reader),
        "age": age_in_words(days_old(found, sight.today)),
        "figures": figures_for(asked, sight, request.line),
        "way": way_in_words(asked),
        "seen": asked.last.position,
        "answer_form": answer_form
        or (
            AnswerForm(stop=asked.last, school=_looked_at(asked), today=sight.today)
            if asked.may_close
            else None
        ),
        "again_form": again_form
        or (AskAgainForm(school=_looked_at(asked)) if asked.is_mine and asked.answer is not None else None),
        "sort_form": _sort_form(asked) if asked.may_act or asked.is_mine else None,
        "breadcrumb": breadcrumb_of(sight, request.line) if asked.is_inside else [],
    }
    return render(request, "interventions/question.html", context, status=422 if is_refused else 200)


def _looked_at(asked: Asked) -> Unit | None:
    """The school whose names are looked for in what is written now; None where it stays at the school."""
    return asked.question.school if asked.knows_pupils and asked.question.has_left_the_school else None


def _sort_form(asked: Asked) -> SortForm:
    found = asked.question
    return SortForm(
        initial={"whose": found.whose, "area": found.area.key if found.area else ""}, areas=open_areas()
    )


def open_areas() -> list[DevelopmentArea]:
    return list(DevelopmentArea.objects.filter(closed_at__isnull=True))


def open_queues() -> list[SupportQueue]:
    return list(SupportQueue.objects.filter(closed_at__isnull=True))


def _seen(request: MunicipalityRequest) -> int:
    """The position of the stop at which the page was shown."""
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isdecimal() and len(sent) < 6 else 0


def _check_may_act(asked: Asked) -> None:
    if not asked.reader.may_act(asked.last):
        raise AccessDenied(_("The question stands with somebody else now."))


def _try(request: MunicipalityRequest, form: Looked, step: Callable[[], Any], done: str) -> bool:
    """Whether the step was taken; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        step()
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, done)
    return True


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_take(request: MunicipalityRequest, key: str) -> HttpResponse:
    asked = find_question(request, key)
    _check_may_act(asked)
    try:
        take_question(question=asked.question, seen=_seen(request), by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("You answer for the question from now on."))
    return redirect("interventions:question", key)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_answer(request: MunicipalityRequest, key: str) -> HttpResponse:
    asked = find_question(request, key)
    if not asked.is_mine:
        _check_may_act(asked)
    form = AnswerForm(request.POST, stop=asked.last, school=_looked_at(asked), today=request.sight.today)

    def answer() -> None:
        answer_question(
            question=asked.question,
            seen=_seen(request),
            text=form.cleaned_data["text"],
            answered_on=form.cleaned_data.get("answered_on"),
            by=request.user,
            knows_pupils=asked.knows_pupils,
            no_names=form.cleaned_data["no_name"],
        )

    if _try(request, form, answer, _("The answer goes back to all who have had the question.")):
        return redirect("interventions:question", key)
    return show(request, asked, answer_form=form)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_read(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The reader has read what was answered."""
    asked = find_question(request, key)
    mark_answers_read(question=asked.question, by=request.user)
    return redirect("interventions:question", key)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_again(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The answer did not help: it is open again where it stands."""
    asked = find_question(request, key)
    if not asked.is_mine:
        raise AccessDenied(_("Only whoever asked can say that the answer was not enough."))
    form = AskAgainForm(request.POST, school=_looked_at(asked))

    def again() -> None:
        ask_again(
            question=asked.question,
            seen=_seen(request),
            why=form.cleaned_data["why"],
            by=request.user,
            knows_pupils=asked.knows_pupils,
            no_names=form.cleaned_data["no_name"],
        )

    if _try(request, form, again, _("The question is open again.")):
        return redirect("interventions:question", key)
    return show(request, asked, again_form=form)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_sort(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Whose it is to change, and what it is about."""
    asked = find_question(request, key)
    if not asked.is_mine:
        _check_may_act(asked)
    form = SortForm(request.POST, areas=open_areas())
    if form.is_valid():
        sort_question(
            question=asked.question, whose=form.cleaned_data["whose"], area=form.chosen_area, by=request.user
        )
        messages.success(request, _("The question is sorted."))
    return redirect("interventions:question", key)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
def question_pass_on(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Up, back, to a support function or outside; what leaves the school is looked through first."""
    asked = find_question(request, key)
    _check_may_act(asked)
    if asked.answer is not None:
        return redirect("interventions:question", key)
    form = PassOnForm(
        request.POST or None,
        question=asked.question,
        school=asked.question.school if asked.knows_pupils else None,
        places=places_to_pass_on(request.line, asked.way, open_queues()),
        may_apply=asked.last.rung >= Rung.SCHOOL,
        today=request.sight.today,
    )

    def pass_on() -> None:
        pass_on_question(
            question=asked.question,
            seen=_seen(request),
            to=form.destination(place_of(asked.last)),
            why=form.cleaned_data["why"],
            by=request.user,
            knows_pupils=asked.knows_pupils,
            application=form.application,
            for_above=form.for_above,
        )

    if request.method == "POST" and _try(request, form, pass_on, _("The question has been passed on.")):
        return redirect("interventions:question", key)
    context = {
        "form": form,
        "question": asked.question,
        "words": text_for(asked.question, asked.reader),
        "seen": asked.last.position,
        "breadcrumb": breadcrumb_of(request.sight, request.line) if asked.is_inside else [],
    }
    return render(
        request, "interventions/question_pass_on.html", context, status=422 if form.is_bound else 200
    )
