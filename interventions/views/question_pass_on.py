from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere

from ..models import Rung
from ..questions.asked import find_question
from ..questions.choices import open_queues
from ..questions.forms import PassOnForm
from ..questions.places import place_of, places_to_pass_on
from ..questions.tables import text_for
from ..services.questions import pass_on_question
from .question_trying import check_may_act, seen_at, try_step


@requires_somewhere(Permission.ANSWER_QUESTIONS)
def question_pass_on(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Up, back, to a support function or outside; what leaves the school is looked through first."""
    asked = find_question(request, key)
    check_may_act(asked)
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
            seen=seen_at(request),
            to=form.destination(place_of(asked.last)),
            why=form.cleaned_data["why"],
            by=request.user,
            knows_pupils=asked.knows_pupils,
            application=form.application,
            for_above=form.for_above,
        )

    if request.method == "POST" and try_step(request, form, pass_on, _("The question has been passed on.")):
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
