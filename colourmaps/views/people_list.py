"""People by a list: a file is read, shown as what it comes to, and done when it is confirmed. Nothing is kept of it.

What the file said travels signed in the form, since it holds no more than what the page shows.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.administration_views import administration_crumbs
from accounts.audit import record
from accounts.fresh import freshly_signed_in
from accounts.limited import Limited, limited
from accounts.people.plan import Change, ListPlan, PersonPlan, Row, plan_of
from accounts.people.reading import here
from accounts.people.services import carry_out_list
from accounts.refusal import ActRefused
from accounts.roles import Permission, RoleCode
from accounts.web import MunicipalityRequest, requires_for_all

from ..exporting.downloads import FileType, file_response
from ..exporting.people_list import people_workbook
from ..exporting.safe_cells import file_name
from ..forms.upload import FileForm
from ..importing.people_list import read_people
from ..importing.workbook import UnreadableFile

SALT = "people-list"
# A preview that has been lying longer is made again from the file.
SECONDS = 60 * 60
DO = "do"

door: Callable[[Callable], Callable] = requires_for_all(Permission.CONFIGURE)


class PeopleListForm(FileForm):
    is_whole = forms.BooleanField(
        label=gettext_lazy("The list names everybody: whoever and whatever is not in it ends today"),
        required=False,
    )


@door
@freshly_signed_in
def people_list(request: MunicipalityRequest) -> HttpResponse:
    """The form; what a file comes to; and the deed."""
    if request.method != "POST":
        return _show_form(request, PeopleListForm())
    if request.POST.get("step") == DO:
        return _do(request)
    form = PeopleListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    try:
        rows = _rows_of(form.cleaned_data["file"])
    except UnreadableFile as reason:
        form.add_error("file", str(reason))
        return _show_form(request, form, status=422)
    return _show_plan(request, rows, is_whole=form.cleaned_data["is_whole"])


@door
@limited(Limited.EXPORTS)
@require_GET
def people_list_workbook(request: MunicipalityRequest) -> HttpResponse:
    """Everybody with their roles, as the list to send in again."""
    found = here(request.user, request.sight.today)
    people = [person for person in found.people.values() if person.is_active]
    people.sort(key=lambda person: (person.name.casefold(), person.login))
    record("list of people fetched", by=request.user, people=len(people))
    name = file_name(_("People"), request.municipality.name, suffix=".xlsx")
    return file_response(people_workbook(people, found.units), name, FileType.XLSX)


def _rows_of(upload: UploadedFile) -> list[Row]:
    with tempfile.NamedTemporaryFile(suffix=".upload") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return read_people(Path(file.name))


def _do(request: MunicipalityRequest) -> HttpResponse:
    try:
        sent = signing.loads(request.POST.get("list", ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        messages.warning(request, _("The list has been lying too long. Choose the file again."))
        return redirect("colourmaps:people-list")
    rows = [_row_from(values) for values in sent["rows"]]
    plan = plan_of(rows, here(request.user, request.sight.today), is_whole=sent["is_whole"])
    if plan.seal != request.POST.get("seal"):
        messages.warning(request, _("Something has changed since you looked. This is what it comes to now."))
        return _show_plan(request, rows, is_whole=sent["is_whole"])
    try:
        carry_out_list(plan=plan, on=request.sight.today, by=request.user)
    except ActRefused as refusal:
        messages.error(request, str(refusal))
        return _show_plan(request, rows, is_whole=sent["is_whole"])
    messages.success(request, _("The list is read in."))
    return redirect("accounts:person-list")


def _show_form(request: MunicipalityRequest, form: PeopleListForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "breadcrumb": _crumbs()}
    return render(request, "colourmaps/people_list.html", context, status=status)


def _show_plan(request: MunicipalityRequest, rows: list[Row], *, is_whole: bool) -> HttpResponse:
    found = here(request.user, request.sight.today)
    plan = plan_of(rows, found, is_whole=is_whole)
    units = {unit.pk: unit.name for unit in found.units}
    context = {
        "plan": plan,
        "counts": [(change.label, len(plan.of(change))) for change in Change],
        "people": [(person, _words_of(person, units)) for person in _changing(plan)],
        "list": signing.dumps(
            {"rows": [_packed(row) for row in rows], "is_whole": is_whole}, salt=SALT, compress=True
        ),
        "breadcrumb": _crumbs(),
    }
    return render(request, "colourmaps/people_list_preview.html", context)


def _changing(plan: ListPlan) -> list[PersonPlan]:
    """Those who end first: what cannot be missed."""
    order = [Change.ENDED, Change.NEW, Change.CHANGED]
    return [person for change in order for person in plan.of(change)]


def _words_of(person: PersonPlan, units: dict[int, str]) -> list[str]:
    """What happens to somebody, a line each."""
    given = [
        _("gets: %(role)s, %(unit)s")
        % {"role": RoleCode(role.role).label, "unit": units.get(role.unit_id, "–")}
        for role in person.gives
    ]
    ended = [
        _("ends: %(role)s, %(unit)s")
        % {"role": RoleCode(held.role).label, "unit": units.get(held.unit_id, "–")}
        for held, _day in person.ends
    ]
    opened = [_("the account is opened again")] if person.is_opened else []
    return opened + given + ended


def _packed(row: Row) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in asdict(row).items()
    }


def _row_from(values: dict[str, Any]) -> Row:
    days = {
        name: datetime.date.fromisoformat(values[name]) if values[name] else None
        for name in ("valid_from", "valid_to")
    }
    return Row(**values | days)


def _crumbs() -> list[tuple[str, str]]:
    return administration_crumbs((_("People"), reverse("accounts:person-list")), (_("Read in a list"), ""))
