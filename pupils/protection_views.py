"""Protected identity: which pupils of a school have it, who is named for them, and who asks to see a name."""

from __future__ import annotations

import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AccessDenied
from accounts.act_page import ActPage, Preview
from accounts.audit import record
from accounts.fresh import freshly_signed_in
from accounts.models import Level, RoleAssignment, Unit, User
from accounts.queries import subtree_ids
from accounts.refusal import ActRefused
from accounts.roles import ROLES, Permission
from accounts.web import Found, MunicipalityRequest, breadcrumb_of, requires, requires_somewhere

from .models import ProtectedAccess, Protection, Pupil, Unmasking
from .protected import (
    answering_for,
    identity_of,
    may_answer,
    may_ask,
    open_requests,
    pupils_of_school,
    school_of,
    shown_now,
)
from .protecting import (
    answer_request,
    ask_for_name,
    end_access,
    end_protection,
    hide_name,
    name_person,
    note_unmasking,
    protect_pupil,
)
from .protection_forms import WHOLE_SCHOOL, AskForm, NameForm, ProtectForm, ReasonForm
from .queries import class_of
from .web import locate_pupil


def locate_access(key: str) -> Found:
    access = ProtectedAccess.objects.filter(key=key).select_related("school", "pupil", "user").first()
    unit = access.school if access and access.school else None
    if access is not None and access.pupil is not None:
        school_class = class_of(access.pupil, timezone.localdate())
        unit = school_class and school_of(school_class, timezone.localdate())
    if access is None or unit is None:
        raise Http404
    return Found(access, unit)


def locate_unmasking(key: str) -> Found:
    unmasking = Unmasking.objects.filter(key=key).select_related("pupil", "asked_by").first()
    school_class = class_of(unmasking.pupil, timezone.localdate()) if unmasking else None
    if unmasking is None or school_class is None:
        raise Http404
    return Found(unmasking, school_class)


def people_seeing_pupils(school: Unit, on: datetime.date) -> list[User]:
    """Who holds a role today that sees pupils of the school: nobody else can be named."""
    roles = [code for code, role in ROLES.items() if Permission.SEE_PUPILS in role.permissions]
    held = RoleAssignment.objects.on(on).filter(
        unit__in=subtree_ids([school.pk], on), role__in=roles, user__is_active=True
    )
    people = {each.user_id: each.user for each in held.select_related("user")}
    return sorted(people.values(), key=lambda each: each.name)


@requires_somewhere(Permission.GUARD_PUPILS)
@require_GET
def protected_list(request: MunicipalityRequest) -> HttpResponse:
    """The schools of which the person decides who is named, and what waits for an answer."""
    guarded = request.sight.visible_units(Permission.GUARD_PUPILS, request.sight.today)
    schools = Unit.objects.on(request.sight.today).filter(pk__in=guarded, level=Level.SCHOOL).order_by("name")
    waiting = list(open_requests().select_related("pupil", "asked_by"))
    lines = answering_for(waiting, request.sight)
    shown = [each for each in waiting if each.pk in lines]
    if shown:
        record("requests for names seen", by=request.user, pupils={each.pupil_id for each in shown})
    context = {
        "schools": schools,
        "may_open": request.sight.has(Permission.OPEN_IN_EMERGENCY),
        "waiting": [(each, lines[each.pk][-1].name) for each in shown],
    }
    return render(request, "pupils/protected_list.html", context)


@requires(Permission.GUARD_PUPILS)
@require_GET
def protected_school(request: MunicipalityRequest, school: Unit) -> HttpResponse:
    """The protected pupils of a school by pseudonym, for who sees its pupils; and who is named for them."""
    if school.level != Level.SCHOOL:
        raise Http404
    today = request.sight.today
    sees = request.sight.can_in_line(Permission.SEE_PUPILS, request.line)
    homes = pupils_of_school(school, today) if sees else []
    of_school = ProtectedAccess.objects.on(today).filter(school=school)
    of_pupils = ProtectedAccess.objects.on(today).filter(pupil__in=[each.pupil_id for each in homes])
    accesses = (
        (of_school | of_pupils).select_related("user", "pupil", "given_by").order_by("user__name", "pk")
    )
    if sees:
        record(
            "protected pupils seen", by=request.user, unit=school, pupils=[each.pupil_id for each in homes]
        )
    context = {
        "school": school,
        "sees": sees,
        "homes": homes,
        "accesses": [(each, _days_of(each)) for each in accesses],
        "unmaskings": _latest_unmaskings([each.pupil_id for each in homes]),
        "breadcrumb": _crumbs((school.name, "")),
    }
    return render(request, "pupils/protected_school.html", context)


def _latest_unmaskings(pupil_ids: list[int]) -> list[tuple[Unmasking, str]]:
    found = Unmasking.objects.filter(pupil__in=pupil_ids).select_related("pupil", "asked_by", "answered_by")
    return [(each, state_in_words(each)) for each in found.order_by("-asked_at")[:20]]


def state_in_words(unmasking: Unmasking) -> str:
    if unmasking.answered_by is None:
        is_open = open_requests().filter(pk=unmasking.pk).exists()
        return _("waits for a second person") if is_open else _("lapsed: nobody answered within a day")
    who = {"name": unmasking.answered_by.name}
    if unmasking.shown_until is None:
        return _("refused by %(name)s") % who
    return _("approved by %(name)s") % who


def _days_of(access: ProtectedAccess) -> str:
    if access.valid_to is None:
        return _("from %(day)s") % {"day": date_format(access.valid_from, "DATE_FORMAT")}
    last = access.valid_to - datetime.timedelta(days=1)
    days = {"first": date_format(access.valid_from, "DATE_FORMAT"), "last": date_format(last, "DATE_FORMAT")}
    return _("%(first)s to %(last)s") % days


@requires(Permission.GUARD_PUPILS)
@freshly_signed_in
def access_new(request: MunicipalityRequest, school: Unit) -> HttpResponse:
    """Names a person for one protected pupil of the school or for all of them, between two dates, for a reason."""
    if school.level != Level.SCHOOL:
        raise Http404
    today = request.sight.today
    sees = request.sight.can_in_line(Permission.SEE_PUPILS, request.line)
    homes = pupils_of_school(school, today) if sees else []
    people = people_seeing_pupils(school, today)
    back = reverse("pupils:protected-school", args=[school.key])
    if homes:
        record(
            "protected pupils seen", by=request.user, unit=school, pupils=[each.pupil_id for each in homes]
        )

    def chosen(form: forms.BaseForm) -> tuple[User, Pupil | None]:
        said = form.cleaned_data
        person = next(each for each in people if each.key == said["person"])
        pupil = next((each.pupil for each in homes if each.pupil.key == said["pupil"]), None)
        return person, pupil

    def preview_of(form: forms.BaseForm) -> Preview:
        person, pupil = chosen(form)
        said = form.cleaned_data
        facts = [
            (_("Person"), person.name),
            (_("For"), pupil.shown_name if pupil else _("all protected pupils of the school")),
            (_("First day"), date_format(said["valid_from"], "DATE_FORMAT")),
            (_("Last day"), date_format(said["last_day"], "DATE_FORMAT")),
            (_("Reason"), said["reason"]),
        ]
        note = _("The name is still shown only when another person approves each time, and for minutes.")
        return Preview(_("Name this person?"), facts, _("Name the person"), [note])

    def carry_out(form: forms.BaseForm) -> tuple[str, str]:
        person, pupil = chosen(form)
        said = form.cleaned_data
        name_person(
            user=person,
            by=request.user,
            reason=said["reason"],
            valid_from=said["valid_from"],
            valid_to=said["last_day"] + datetime.timedelta(days=1),
            pupil=pupil,
            school=school if said["pupil"] == WHOLE_SCHOOL else None,
        )
        return _("%(name)s is named.") % {"name": person.name}, back

    page = ActPage(
        heading=_("Name a person, %(school)s") % {"school": school.name},
        back=back,
        preview_of=preview_of,
        carry_out=carry_out,
        intro=_("Only who is named can ask to see the name. Name few, and for as long as it is needed."),
        context={"breadcrumb": _crumbs((school.name, back), (_("Name a person"), ""))},
    )
    form = NameForm(request.POST or None, people=people, pupils=homes, today=today)
    return page.answer(request, form)


@requires(Permission.GUARD_PUPILS, locate_access)
@require_POST
def access_end(request: MunicipalityRequest, access: ProtectedAccess) -> HttpResponse:
    end_access(access=access, on=request.sight.today, by=request.user)
    messages.success(request, _("%(name)s is not named any more.") % {"name": access.user.name})
    return redirect("pupils:protected-school", request.line[-1].key)


@requires(Permission.GUARD_PUPILS, locate_pupil)
@freshly_signed_in
def protect(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """A pupil gets protected identity by decision, or has it no more."""
    if not request.sight.can_in_line(Permission.SEE_PUPILS, request.line):
        raise AccessDenied(_("You have no role at this unit that allows this."))
    return _end_page(request, pupil) if pupil.is_protected else _protect_page(request, pupil)


def _protect_page(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    record("pupil to protect seen", by=request.user, unit=request.line[-1], pupils=[pupil.pk])
    address = reverse("colourmaps:pupil", args=[pupil.key])

    def preview_of(form: forms.BaseForm) -> Preview:
        kind = Protection(form.cleaned_data["protection"]).label
        facts = [(_("Pupil"), pupil.shown_name), (_("Kind of protection"), str(kind))]
        notes = [
            _("Name and numbers leave the register now; everybody sees a pseudonym from then on."),
            _("Uploaded files and messages of imports that hold the name are removed."),
            _("The name is in no search, file, mail or list across classes."),
            _("Nobody is named for the pupil yet: do that next."),
        ]
        return Preview(_("Protect this pupil?"), facts, _("Protect the pupil"), notes)

    def carry_out(form: forms.BaseForm) -> tuple[str, str]:
        said = form.cleaned_data
        protect_pupil(pupil=pupil, protection=said["protection"], by=request.user, reason=said["reason"])
        return _("The pupil has protected identity now, and is shown as “%(name)s”.") % {
            "name": pupil.shown_name
        }, address

    crumbs = [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, address)]
    page = ActPage(
        heading=_("Protected identity: %(name)s") % {"name": pupil.shown_name},
        back=address,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": [*crumbs, (_("Protected identity"), "")]},
    )
    return page.answer(request, ProtectForm(request.POST or None))


def _end_page(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    school = next((unit for unit in request.line if unit.level == Level.SCHOOL), request.line[-1])
    back = reverse("pupils:protected-school", args=[school.key])

    def preview_of(form: forms.BaseForm) -> Preview:
        facts = [(_("Pupil"), pupil.shown_name), (_("Reason"), form.cleaned_data["reason"])]
        notes = [
            _("Name and numbers come back to the register, and everybody who sees the class sees them."),
            _("Who was named for the pupil is not any more."),
        ]
        return Preview(_("End the protection?"), facts, _("End the protection"), notes)

    def carry_out(form: forms.BaseForm) -> tuple[str, str]:
        end_protection(pupil=pupil, by=request.user, reason=form.cleaned_data["reason"])
        return _("The pupil does not have protected identity any more."), back

    page = ActPage(
        heading=_("End the protection of %(name)s") % {"name": pupil.shown_name},
        back=back,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": _crumbs((school.name, back), (pupil.shown_name, ""))},
    )
    return page.answer(request, ReasonForm(request.POST or None))


@requires(Permission.SEE_PUPILS, locate_pupil)
@freshly_signed_in
def name(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """Who a protected pupil is: asked for by a named person, shown for minutes once another person has approved."""
    if not may_ask(request.sight, pupil, request.line):
        raise AccessDenied(_("Only persons whom the principal has named can ask who a protected pupil is."))
    shown = shown_now(request.sight, pupil, request.line)
    waiting = open_requests().filter(pupil=pupil, asked_by=request.user).first()
    form = AskForm(request.POST or None)
    status = 200
    if request.method == "POST" and not shown and not waiting:
        status = 422
        if form.is_valid():
            try:
                ask_for_name(pupil=pupil, by=request.user, **form.cleaned_data)
                messages.success(
                    request, _("Another person has been asked. The name is shown here afterwards.")
                )
                return redirect("pupils:name", pupil.key)
            except ActRefused as refusal:
                form.add_error("reason", str(refusal))
    record(
        "protected identity seen" if shown else "request for a name seen",
        by=request.user,
        unit=request.line[-1],
        subject=shown.key if shown else "",
        pupils=[pupil.pk],
    )
    address = reverse("colourmaps:pupil", args=[pupil.key])
    context = {
        "pupil": pupil,
        "back": address,
        "shown": shown,
        "identity": identity_of(pupil) if shown else None,
        "waiting": waiting,
        "form": form,
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, address)],
    }
    return render(request, "pupils/name.html", context, status=status)


@requires(Permission.SEE_PUPILS, locate_pupil)
@require_POST
def name_hide(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    shown = shown_now(request.sight, pupil, request.line)
    if shown is not None:
        hide_name(unmasking=shown, by=request.user)
        messages.success(request, _("The name is hidden again."))
    return redirect("colourmaps:pupil", pupil.key)


@requires(Permission.SEE_PUPILS, locate_unmasking)
@freshly_signed_in
def unmasking(request: MunicipalityRequest, unmasking: Unmasking) -> HttpResponse:
    """What somebody asks for, for the second person; the answer is a decision of its own."""
    may = may_answer(request.sight, unmasking, request.line)
    guards = request.sight.can_in_line(Permission.GUARD_PUPILS, request.line)
    if not may and not (guards and unmasking.asked_by_id != request.user.pk):
        raise AccessDenied(_("Another person has to answer this: one who is named for the pupil."))
    is_open = open_requests().filter(pk=unmasking.pk).exists()
    if request.method == "POST":
        return _answered(request, unmasking, is_open=is_open)
    record(
        "request for a name seen",
        by=request.user,
        unit=request.line[-1],
        subject=unmasking.key,
        pupils=[unmasking.pupil_id],
    )
    context = {
        "unmasking": unmasking,
        "state": state_in_words(unmasking),
        "place": ", ".join(unit.name for unit in reversed(request.line[-2:])),
        "is_open": is_open,
        "minutes": ngettext("%(n)d minute", "%(n)d minutes", unmasking.minutes) % {"n": unmasking.minutes},
        "may_note": guards and unmasking.answered_by_id is not None and unmasking.noted_by_id is None,
    }
    return render(request, "pupils/unmasking.html", context)


def _answered(request: MunicipalityRequest, unmasking: Unmasking, *, is_open: bool) -> HttpResponse:
    answer = request.POST.get("answer")
    here = redirect("pupils:unmasking", unmasking.key)
    if answer == "note" and request.sight.can_in_line(Permission.GUARD_PUPILS, request.line):
        note_unmasking(unmasking=unmasking, by=request.user)
        return redirect("start")
    if answer not in ("approve", "refuse") or not is_open:
        messages.warning(request, _("This has been answered, or has lapsed."))
        return here
    try:
        answer_request(unmasking=unmasking, is_approved=answer == "approve", by=request.user)
    except ActRefused as refusal:
        messages.error(request, str(refusal))
        return here
    messages.success(request, _("Your answer is kept, and the person who asked sees it."))
    return redirect("start")


def _crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Protected identity"), reverse("pupils:protected-list")), *crumbs]
