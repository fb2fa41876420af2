"""One question: what was asked, where it has been, and what can be done with it now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere

from ..questions.asked import Asked, find_question
from ..questions.choices import open_areas
from ..questions.forms import AnswerForm, AskAgainForm, SortForm
from ..questions.states import TAGS, WORDS
from ..questions.tables import age_in_words, asked_where, days_old, text_for
from ..questions.words import figures_for, way_in_words


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
            AnswerForm(stop=asked.last, school=looked_at(asked), today=sight.today)
            if asked.may_close
            else None
        ),
        "again_form": again_form
        or (AskAgainForm(school=looked_at(asked)) if asked.is_mine and asked.answer is not None else None),
        "sort_form": _sort_form(asked) if asked.may_act or asked.is_mine else None,
        "breadcrumb": breadcrumb_of(sight, request.line) if asked.is_inside else [],
    }
    return render(request, "interventions/question.html", context, status=422 if is_refused else 200)


def looked_at(asked: Asked) -> Unit | None:
    """The school whose names are looked for in what is written now; None where it stays at the school."""
    return asked.question.school if asked.knows_pupils and asked.question.has_left_the_school else None


def _sort_form(asked: Asked) -> SortForm:
    found = asked.question
    return SortForm(
        initial={"whose": found.whose, "area": found.area.key if found.area else ""}, areas=open_areas(found)
    )
