"""Which mails a person wants, and the way out that stands in each of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.tenancy import municipality_scope
from accounts.web import MunicipalityRequest, public, signed_in

from ..forms import MailChoiceForm
from ..letters import mail_address_of, read_way_out
from ..services import choose_mails, mail_choice_of, stop_mails


@signed_in
def mail_choice(request: MunicipalityRequest) -> HttpResponse:
    choice = mail_choice_of(request.user)
    initial = {"digest": choice.digest, "reminders": choice.reminders}
    form = MailChoiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        choose_mails(by=request.user, **form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect("interventions:mail-choice")
    context = {"form": form, "address": mail_address_of(request.user)}
    status = 422 if form.is_bound else 200
    return render(request, "interventions/mail_choice.html", context, status=status)


@public
@csrf_exempt  # the mail programme of the person sends it by itself (RFC 8058); the address is the secret
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Without signing in. A look changes nothing, since mail programmes open links to check them; a click does."""
    found = read_way_out(token)
    if found is None:
        return render(request, "interventions/mail_stop.html", status=404)
    person, municipality, letter = found
    if request.method == "POST":
        with municipality_scope(municipality):
            stop_mails(person=person, letter=letter)
    context = {"letter": letter.label, "is_stopped": request.method == "POST"}
    response = render(request, "interventions/mail_stop.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
