"""What the municipality decides about questions: development areas, support functions and who serves them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all

from ..models import DevelopmentArea, SupportQueue
from ..questions.choices import people_of_support
from ..questions.forms import AreaForm, NameForm, QueueForm
from ..services.question_setup import add_area, add_queue, change_area, change_queue

ADDING = {"area": add_area, "queue": add_queue}


@requires_for_all(Permission.CONFIGURE)
def question_setup(request: MunicipalityRequest) -> HttpResponse:
    """The lists, with a form below each; a form says in its button what it adds."""
    adds = request.POST.get("adds", "")
    forms = {kind: NameForm(request.POST if kind == adds else None, auto_id=f"{kind}_%s") for kind in ADDING}
    if adds in ADDING and forms[adds].is_valid():
        ADDING[adds](name=forms[adds].cleaned_data["name"], by=request.user)
        messages.success(request, _("It is added, and can be chosen from now on."))
        return redirect("interventions:question-setup")
    context = {
        "areas": DevelopmentArea.objects.all(),
        "queues": SupportQueue.objects.prefetch_related("members"),
        "forms": forms,
    }
    return render(
        request, "interventions/question_setup.html", context, status=422 if adds in ADDING else 200
    )


@requires_for_all(Permission.CONFIGURE)
def question_queue(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Name and people of a support function."""
    queue = SupportQueue.objects.filter(key=key).first()
    if queue is None:
        raise Http404
    form = QueueForm(request.POST or None, queue=queue, people=people_of_support(request.sight.today))
    if request.method == "POST" and form.is_valid():
        change_queue(
            queue=queue,
            name=form.cleaned_data["name"],
            members=[form.people[key] for key in form.cleaned_data["members"]],
            is_closed=form.cleaned_data["is_closed"],
            by=request.user,
        )
        messages.success(request, _("The support function is changed."))
        return redirect("interventions:question-setup")
    return _render(request, form, queue)


@requires_for_all(Permission.CONFIGURE)
def question_area(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Name of a development area, and whether it can still be chosen."""
    area = DevelopmentArea.objects.filter(key=key).first()
    if area is None:
        raise Http404
    initial = {"name": area.name, "is_closed": area.closed_at is not None}
    form = AreaForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_area(
            area=area,
            name=form.cleaned_data["name"],
            is_closed=form.cleaned_data["is_closed"],
            by=request.user,
        )
        messages.success(request, _("The development area is changed."))
        return redirect("interventions:question-setup")
    return _render(request, form, area)


def _render(
    request: MunicipalityRequest, form: NameForm, thing: DevelopmentArea | SupportQueue
) -> HttpResponse:
    context = {"form": form, "thing": thing}
    return render(
        request, "interventions/question_setup_form.html", context, status=422 if form.is_bound else 200
    )
