"""The administrator's pages of people: who can sign in, with which roles, from when and until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..act_page import ActPage, Preview
from ..administration_views import administration_crumbs, dates_in_words
from ..fresh import freshly_signed_in
from ..models import RoleAssignment, Unit, User
from ..queries import subtree_ids
from ..refusal import ActRefused
from ..roles import ROLES, Permission, RoleCode
from ..second_factor import factors_of, must_show
from ..signing_in.own import sessions_of
from ..signing_in.services import end_sessions, forget_factors, one_time_link
from ..web import MunicipalityRequest, configure_table, requires_for_all
from .forms import EndRoleForm, FilterForm, InvitationForm, NoForm, RoleForm
from .reading import former_roles_of, people_of, person_by_key, roles_of
from .services import end_account, give_role, invite, open_account, take_role
from .tables import PersonTable

ROWS_PER_PAGE = 50
NO_DAY = "–"

door: Callable[[Callable], Callable] = requires_for_all(Permission.CONFIGURE)


@door
def person_list(request: MunicipalityRequest) -> HttpResponse:
    """Filtered by role and unit in the address, by name in what is sent."""
    today = request.sight.today
    asked = request.POST if request.method == "POST" else request.GET
    form = FilterForm(asked, today=today)
    people = people_of(form.filters(lambda unit: subtree_ids([unit.pk], today)), today)
    table = PersonTable(people, {}, today)
    configure_table(request, table, ROWS_PER_PAGE)
    table.roles_by_person = roles_of([row.record.pk for row in table.paginated_rows], today)
    context = {
        "form": form,
        "table": table,
        "n_people": people.count(),
        "breadcrumb": administration_crumbs((_("People"), "")),
    }
    return render(request, "accounts/person_list.html", context)


@door
def person_page(request: MunicipalityRequest, key: str) -> HttpResponse:
    return _page(request, find_person(key))


@door
@freshly_signed_in
@require_POST
def person_act(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What the pressed button says of the sign-in. A one-time link is shown once, on the page that answers."""
    user, by, act = find_person(key), request.user, request.POST.get("act", "")
    try:
        if act == "link":
            link = request.build_absolute_uri(one_time_link(user, by=by))
            return _page(request, user, link=link)
        messages.success(request, _done(act, user, by))
    except ActRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:person", user.key)


def _done(act: str, user: User, by: User) -> str:
    if act == "end-sessions":
        n_ended = end_sessions(user=user, by=by)
        return ngettext("%(n)d session is ended.", "%(n)d sessions are ended.", n_ended) % {"n": n_ended}
    if act == "forget-factors":
        forget_factors(user=user, by=by)
        return _("The second factors are forgotten. A new one is set up at the next sign-in.")
    raise ActRefused(_("There is no such thing to do."))


def _page(request: MunicipalityRequest, user: User, link: str = "") -> HttpResponse:
    """One person: roles that are held, come and have been, how the person signs in, and what can be done."""
    today = request.sight.today
    held = roles_of([user.pk], today)[user.pk]
    context = {
        "person": user,
        "facts": _facts_of(user),
        "held": [(one, purpose_of(one), dates_in_words(one), one.valid_from > today) for one in held],
        "former": [(one, dates_in_words(one)) for one in former_roles_of(user, today)],
        "is_oneself": user.pk == request.user.pk,
        "has_password": user.has_usable_password(),
        "factors": [str(Authenticator.Type(each.type).label) for each in factors_of(user)],
        "must_show": must_show(user),
        "sessions": sessions_of(user),
        "link": link,
        "breadcrumb": administration_crumbs(_list_crumb(), (user.name, "")),
    }
    return render(request, "accounts/person.html", context)


@door
@freshly_signed_in
def person_new(request: MunicipalityRequest) -> HttpResponse:
    people = reverse("accounts:person-list")

    def preview_of(form: InvitationForm) -> Preview:
        asked = form.cleaned_data
        facts = [
            (_("Name"), asked["name"]),
            (_("User name"), asked["login"]),
            *_facts_of_role(asked),
        ]
        return Preview(
            _("Invite %(name)s?") % {"name": asked["name"]}, facts, _("Invite"), _notes_of_role(asked["role"])
        )

    def carry_out(form: InvitationForm) -> tuple[str, str]:
        user = invite(**form.cleaned_data, by=request.user)
        return _("%(name)s is invited.") % {"name": user.name}, reverse("accounts:person", args=[user.key])

    page = ActPage(
        heading=_("Invite somebody"),
        intro=_(
            "Nobody sees anything without a role. It begins and ends by itself on the days that you say."
        ),
        back=people,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": administration_crumbs(_list_crumb(), (_("Invite somebody"), ""))},
    )
    return page.answer(request, InvitationForm(request.POST or None, today=request.sight.today))


@door
@freshly_signed_in
def person_role(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One more role."""
    user = find_person(key)
    here = reverse("accounts:person", args=[user.key])

    def preview_of(form: RoleForm) -> Preview:
        asked = form.cleaned_data
        question = _("Give %(name)s this role?") % {"name": user.name}
        return Preview(question, _facts_of_role(asked), _("Give the role"), _notes_of_role(asked["role"]))

    def carry_out(form: RoleForm) -> tuple[str, str]:
        give_role(user=user, **form.cleaned_data, by=request.user)
        return _("The role is given."), here

    page = ActPage(
        heading=_("A role for %(name)s") % {"name": user.name},
        back=here,
        preview_of=preview_of,
        carry_out=carry_out,
        context=_crumbs(user, _("A role")),
    )
    return page.answer(request, RoleForm(request.POST or None, today=request.sight.today))


@door
@freshly_signed_in
def person_role_end(request: MunicipalityRequest, key: str, number: int) -> HttpResponse:
    user = find_person(key)
    here = reverse("accounts:person", args=[user.key])
    today = request.sight.today
    held = next((one for one in roles_of([user.pk], today)[user.pk] if one.pk == number), None)
    if held is None:
        raise Http404
    assignment: RoleAssignment = held

    def preview_of(form: EndRoleForm) -> Preview:
        on = max(form.cleaned_data["on"], today)
        facts = [
            (_("Role"), str(assignment.get_role_display())),
            (_("Unit"), assignment.unit.name),
            (_("First day without the role"), date_format(on, "DATE_FORMAT")),
        ]
        notes = [_("What %(name)s has written and decided stays.") % {"name": user.name}]
        return Preview(_("End the role?"), facts, _("End the role"), notes)

    def carry_out(form: EndRoleForm) -> tuple[str, str]:
        take_role(assignment=assignment, on=max(form.cleaned_data["on"], today), by=request.user)
        return _("The role ends."), here

    page = ActPage(
        heading=_("End a role of %(name)s") % {"name": user.name},
        intro=f"{assignment.get_role_display()}, {assignment.unit.name}",
        back=here,
        preview_of=preview_of,
        carry_out=carry_out,
        context=_crumbs(user, _("End a role")),
    )
    return page.answer(request, EndRoleForm(request.POST or None, initial={"on": today}))


@door
@freshly_signed_in
def person_end(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The account ends, or is opened again."""
    user = find_person(key)
    here = reverse("accounts:person", args=[user.key])
    today = request.sight.today

    def preview_of(_form: NoForm) -> Preview:
        if not user.is_active:
            notes = [_("The roles that have ended do not come back.")]
            return Preview(_("Open the account again?"), [(_("Name"), user.name)], _("Open it"), notes)
        held = roles_of([user.pk], today)[user.pk]
        facts = [(_("Name"), user.name), (_("Roles that end"), str(len(held)))]
        notes = [
            _("Open sessions end at their next page, and files that wait are given to nobody."),
            _("What %(name)s has written and decided stays.") % {"name": user.name},
        ]
        return Preview(_("End the account today?"), facts, _("End the account"), notes)

    def carry_out(_form: NoForm) -> tuple[str, str]:
        if user.is_active:
            end_account(user=user, on=today, by=request.user)
            return _("The account has ended."), here
        open_account(user=user, by=request.user)
        return _("The account is open again. Give it a role."), here

    label = _("End the account") if user.is_active else _("Open the account again")
    page = ActPage(
        heading=f"{label}: {user.name}",
        back=here,
        preview_of=preview_of,
        carry_out=carry_out,
        context=_crumbs(user, label),
    )
    return page.answer(request, NoForm(request.POST or {}))


def find_person(key: str) -> User:
    """404 for somebody whom the municipality does not have."""
    user = person_by_key(key)
    if user is None:
        raise Http404
    return user


def purpose_of(held: RoleAssignment) -> Any:
    return ROLES[held.role].purpose


def _facts_of(user: User) -> list[str]:
    signed_in = date_format(localtime(user.last_login), "DATETIME_FORMAT") if user.last_login else _("never")
    state = [] if user.is_active else [_("the account has ended")]
    return [user.login, _("last signed in: %(when)s") % {"when": signed_in}, *state]


def _facts_of_role(asked: dict[str, Any]) -> list[tuple[str, str]]:
    unit: Unit = asked["unit"]
    held = RoleAssignment(valid_from=asked["valid_from"], valid_to=asked["valid_to"])
    return [
        (_("Role"), str(RoleCode(asked["role"]).label)),
        (_("Unit"), unit.name),
        (_("Time"), dates_in_words(held)),
    ]


def _notes_of_role(role: str) -> list[str]:
    """What the role opens, a sentence each."""
    permissions = sorted(ROLES[role].permissions, key=lambda permission: list(Permission).index(permission))
    return [_("With this role, one:"), *(f"– {permission.sentence}" for permission in permissions)]


def _list_crumb() -> tuple[str, str]:
    return _("People"), reverse("accounts:person-list")


def _crumbs(user: User, last: str) -> dict[str, Any]:
    here = reverse("accounts:person", args=[user.key])
    return {"breadcrumb": administration_crumbs(_list_crumb(), (user.name, here), (last, ""))}
