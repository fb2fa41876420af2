from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.once import key_of_form, made_once
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, unit_url
from colourmaps.cells import WORDS
from colourmaps.grid import cell_of
from colourmaps.models import Indicator
from colourmaps.queries import choose_round
from pupils.queries import pupils_in

from ..models import Question
from ..questions.border import school_of
from ..questions.choices import open_areas, open_queues
from ..questions.evidence import About
from ..questions.forms import AskForm
from ..questions.places import places_to_ask, rung_of_roles
from ..questions.visiting import check_may_look
from ..services.questions import ask_question


@requires(Permission.ASK_QUESTIONS)
def question_new(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """A question about a unit. ?indicator= and ?round= name what it comes from in the map, ?pupil= a cell."""
    check_may_look(request.sight, request.line)
    about, once = _about(request, unit), key_of_form(request)
    knows_pupils = request.sight.can_in_line(Permission.SEE_PUPILS, request.line)
    line_ids = {above.pk for above in request.line}
    roles = [g.role for g in request.sight.grants(Permission.ASK_QUESTIONS) if g.unit_id in line_ids]
    places, usual = places_to_ask(request.line, rung_of_roles(roles), open_queues())
    form = AskForm(
        request.POST or None,
        school=school_of(unit) if knows_pupils else None,
        places=places,
        usual=usual,
        areas=open_areas(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            ask = partial(
                ask_question,
                unit=unit,
                text=form.cleaned_data["text"],
                whose=form.cleaned_data["whose"],
                to=form.place,
                by=request.user,
                knows_pupils=knows_pupils,
                area=form.chosen_area,
                about=about,
                for_above=form.for_above,
            )
            own = Question.objects.filter(asked_by=request.user)
            asked = made_once(own, once, lambda key: ask(key=key))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, _("The question is on its way to %(place)s.") % {"place": form.place.words}
            )
            return redirect("interventions:question", asked.key)
    context = {
        "form": form,
        "once": once,
        "heading": _("Ask, or tell of an obstacle: %(unit)s") % {"unit": unit.name},
        "about": about,
        "cell": _cell(about),
        "unit_url": unit_url(unit),
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/question_new.html", context, status=422 if form.is_bound else 200)


def _about(request: MunicipalityRequest, unit: Unit) -> About | None:
    """What the address names; 404 for what it names and the unit does not have."""
    code = request.GET.get("indicator")
    if not code:
        return None
    indicator = Indicator.objects.filter(code=code).first()
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    if indicator is None or round_ is None:
        raise Http404
    key = request.GET.get("pupil")
    if not key or not unit.is_school_class:
        return About(indicator, round_)
    members = pupils_in(unit, unit.nearest_day(request.sight.today), request.sight)
    pupil = next((each for each in members if each.key == key), None)
    if pupil is None:
        raise Http404
    return About(indicator, round_, pupil)


def _cell(about: About | None) -> dict[str, str] | None:
    """How the cell looks now, as it will be kept."""
    if about is None or about.pupil is None:
        return None
    cell, _limits, _own = cell_of(about.pupil, about.indicator, about.round)
    return {"pupil": about.pupil.shown_name, "state": cell.look[0], "word": str(WORDS[cell.state])}
