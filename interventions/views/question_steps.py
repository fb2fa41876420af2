"""A question is taken, answered, read, asked again and sorted from its page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AccessDenied
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ..questions.asked import find_question
from ..questions.choices import open_areas
from ..questions.forms import AnswerForm, AskAgainForm, SortForm
from ..services.questions import answer_question, ask_again, mark_answers_read, sort_question, take_question
from .question import looked_at, show
from .question_trying import check_may_act, seen_at, try_step


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_take(request: MunicipalityRequest, key: str) -> HttpResponse:
    asked = find_question(request, key)
    check_may_act(asked)
    try:
        take_question(question=asked.question, seen=seen_at(request), by=request.user)
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
        check_may_act(asked)
    form = AnswerForm(request.POST, stop=asked.last, school=looked_at(asked), today=request.sight.today)

    def answer() -> None:
        answer_question(
            question=asked.question,
            seen=seen_at(request),
            text=form.cleaned_data["text"],
            answered_on=form.cleaned_data.get("answered_on"),
            by=request.user,
            knows_pupils=asked.knows_pupils,
            no_names=form.cleaned_data["no_name"],
        )

    if try_step(request, form, answer, _("The answer goes back to all who have had the question.")):
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
    form = AskAgainForm(request.POST, school=looked_at(asked))

    def again() -> None:
        ask_again(
            question=asked.question,
            seen=seen_at(request),
            why=form.cleaned_data["why"],
            by=request.user,
            knows_pupils=asked.knows_pupils,
            no_names=form.cleaned_data["no_name"],
        )

    if try_step(request, form, again, _("The question is open again.")):
        return redirect("interventions:question", key)
    return show(request, asked, again_form=form)


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@require_POST
def question_sort(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Whose it is to change, and what it is about."""
    asked = find_question(request, key)
    if not asked.is_mine:
        check_may_act(asked)
    form = SortForm(request.POST, areas=open_areas(asked.question))
    if form.is_valid():
        sort_question(
            question=asked.question, whose=form.cleaned_data["whose"], area=form.chosen_area, by=request.user
        )
        messages.success(request, _("The question is sorted."))
    return redirect("interventions:question", key)
