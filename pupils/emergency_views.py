"""Opening a class or a pupil elsewhere in an emergency; what is open, what was, and who has taken note of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AccessDenied
from accounts.act_page import ActPage, Preview
from accounts.audit import record
from accounts.emergencies import end_emergency, most_hours, note_emergency, open_in_emergency
from accounts.fresh import freshly_signed_in
from accounts.models import AuditEvent, EmergencyAccess, EmergencyKind, Level, Unit, UnitPlacement
from accounts.refusal import ActRefused
from accounts.roles import Permission
from accounts.web import Found, MunicipalityRequest, requires, requires_for_all, requires_somewhere, unit_url

from .emergency import one_pupil
from .models import Pupil
from .protection_forms import EmergencyForm

MOST_SHOWN = 200
NUMBER_OF_SOMEBODY = re.compile(r"\d{6}")


def locate_emergency(key: str) -> Found:
    access = EmergencyAccess.objects.filter(key=key).select_related("unit__kind", "user").first()
    if access is None:
        raise Http404
    return Found(access, access.unit)


def _own(request: MunicipalityRequest, key: str) -> EmergencyAccess:
    """One that the person has opened; somebody else's is as unknown as one that never was."""
    access = EmergencyAccess.objects.filter(key=key, user=request.user).select_related("unit").first()
    if access is None:
        raise Http404
    return access


@requires_somewhere(Permission.OPEN_IN_EMERGENCY)
@require_GET
def emergency_list(request: MunicipalityRequest) -> HttpResponse:
    """What the person has opened in emergencies, and the way to open something."""
    mine = EmergencyAccess.objects.filter(user=request.user).select_related("unit")[:MOST_SHOWN]
    return render(request, "pupils/emergency_list.html", {"rows": _rows(mine)})


@requires_somewhere(Permission.OPEN_IN_EMERGENCY)
@freshly_signed_in
def emergency_new(request: MunicipalityRequest) -> HttpResponse:
    """A class elsewhere, or one pupil of it, for hours and with a reason; its principal is told at once."""
    classes = classes_elsewhere(request)
    back = reverse("pupils:emergency-list")

    def meant(form: forms.BaseForm) -> tuple[Unit, int | None]:
        said = form.cleaned_data
        unit = next(each for each, _words in classes if each.key == said["school_class"])
        # Names are not looked for: who sees none of the pupils would learn from the answer who goes there.
        if NUMBER_OF_SOMEBODY.search(said["reason"]):
            raise ActRefused(
                _("The reason has what may be somebody's number. Write it without names and numbers.")
            )
        if not said["pupil"].strip():
            return unit, None
        pupil_id = one_pupil(said["pupil"], unit, request.sight.today)
        if pupil_id is None:
            raise ActRefused(_("Nobody in the class can be opened by this. Write it as in the register."))
        return unit, pupil_id

    def preview_of(form: forms.BaseForm) -> Preview:
        unit, pupil_id = meant(form)
        said, fields = form.cleaned_data, _fields_of(form)
        what = _("one pupil of class %(name)s") if pupil_id else _("class %(name)s")
        facts = [
            (_("Opens"), what % {"name": dict(fields["school_class"].choices)[unit.key]}),
            (_("What has happened"), str(EmergencyKind(said["kind"]).label)),
            (_("Reason"), said["reason"]),
            (_("For how long"), dict(fields["hours"].choices)[said["hours"]]),
        ]
        notes = [
            _("The principal of the school is told at once, and has to take note of it."),
            _("Every page that you open there is recorded. The access auditor sees it."),
            _("You see results. You write nothing, get no files, and see nobody with protected identity."),
        ]
        return Preview(_("Open it in an emergency?"), facts, _("Open it"), notes)

    def carry_out(form: forms.BaseForm) -> tuple[str, str]:
        unit, pupil_id = meant(form)
        said = form.cleaned_data
        access = open_in_emergency(
            unit=unit,
            pupil_id=pupil_id,
            kind=said["kind"],
            reason=said["reason"],
            hours=said["hours"],
            by=request.user,
        )
        return _("It is open now. End it when you have seen what you needed."), way_in(access)

    page = ActPage(
        heading=_("Open in an emergency"),
        back=back,
        preview_of=preview_of,
        carry_out=carry_out,
        intro=_("For when a child needs it and nobody who usually sees the pupil can be asked."),
        context={"breadcrumb": [(_("Emergency"), back), (_("Open"), "")]},
    )
    form = EmergencyForm(
        request.POST or None, classes=classes, kinds=EmergencyKind.choices, most_hours=most_hours()
    )
    return page.answer(request, form)


def _fields_of(form: forms.BaseForm) -> Any:
    """Django's own types know of no choices."""
    return form.fields


def classes_elsewhere(request: MunicipalityRequest) -> list[tuple[Unit, str]]:
    """The classes of today that the person does not see anyway, with their school in words."""
    today = request.sight.today
    own = request.sight.visible_units(Permission.SEE_PUPILS, today)
    placed = UnitPlacement.objects.on(today).filter(unit__level=Level.SCHOOL_CLASS).exclude(unit__in=own)
    placed = placed.select_related("unit", "parent").order_by("parent__name", "unit__name")
    return [
        (each.unit, f"{each.parent.name}, {each.unit.name}")
        for each in placed
        if each.unit.is_in_force(today)
    ]


def way_in(access: EmergencyAccess) -> str:
    if access.pupil_id is None:
        return unit_url(access.unit)
    pupil = Pupil.objects.filter(pk=access.pupil_id).first()
    return reverse("colourmaps:pupil", args=[pupil.key]) if pupil else reverse("pupils:emergency-list")


@requires_somewhere(Permission.OPEN_IN_EMERGENCY)
@require_GET
def emergency(request: MunicipalityRequest, key: str) -> HttpResponse:
    """To what is open."""
    return redirect(way_in(_own(request, key)))


@requires_somewhere(Permission.OPEN_IN_EMERGENCY)
@require_POST
def emergency_end(request: MunicipalityRequest, key: str) -> HttpResponse:
    try:
        end_emergency(access=_own(request, key), by=request.user)
        messages.success(request, _("It is closed again."))
    except ActRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect("pupils:emergency-list")


@requires(Permission.GUARD_PUPILS, locate_emergency)
def emergency_note(request: MunicipalityRequest, access: EmergencyAccess) -> HttpResponse:
    """What was opened at the own school, by whom and why; whoever answers for the pupils takes note of it."""
    if not request.sight.can_in_line(Permission.SEE_PUPILS, request.line):
        raise AccessDenied(_("You have no role at this unit that allows this."))
    if request.method == "POST":
        try:
            note_emergency(access=access, by=request.user)
        except ActRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("pupils:emergency-note", access.key)
        messages.success(request, _("You have taken note of it."))
        return redirect("start")
    record("emergency seen", by=request.user, unit=access.unit, subject=access.key)
    context = {"access": access, "row": _rows([access])[0], "may_note": access.noted_by_id is None}
    return render(request, "pupils/emergency_note.html", context)


@requires_for_all(Permission.READ_ACCESS_LOG)
@require_GET
def emergency_log(request: MunicipalityRequest) -> HttpResponse:
    """Every emergency of the municipality, for the access auditor: by whom, where, why, how long, and who took note."""
    found = EmergencyAccess.objects.select_related("unit", "user", "noted_by")[:MOST_SHOWN]
    record("emergencies listed", by=request.user)
    rows = _rows(found)
    return render(request, "pupils/emergency_log.html", {"rows": rows})


def _rows(accesses: Iterable[EmergencyAccess]) -> list[dict[str, Any]]:
    """Each as it is shown, with how many pages were opened by it; two statements, however many there are."""
    found = list(accesses)
    reads = AuditEvent.objects.filter(action="read in emergency", subject__in=[each.key for each in found])
    n_reads = dict(reads.order_by().values_list("subject").annotate(n=Count("pk")))
    return [
        {
            "access": access,
            "what": _("one pupil") if access.pupil_id else _("the class"),
            "is_open": access.is_open(timezone.now()),
            "closes": date_format(timezone.localtime(access.closes_at), "DATETIME_FORMAT"),
            "n_reads": n_reads.get(access.key, 0),
        }
        for access in found
    ]
