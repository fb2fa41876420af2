"""What a pupil may ask for: an extract of everything, and erasure by decision. For whoever answers for the pupil."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.act_page import ActPage, Preview
from accounts.audit import record
from accounts.declarations import declarations, type_of
from accounts.fresh import freshly_signed_in
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere

from .by_number import found_by_number
from .data_subject_forms import ErasureForm, FindForm, PurposeForm
from .erasure import decide_erasure, own_words, places_of
from .extract import extract_of
from .models import Erasure, Pupil
from .queries import class_of
from .web import locate_pupil

PAGE, FILE = "page", "file"


@requires_somewhere(Permission.ANSWER_DATA_SUBJECTS)
def data_subject_find(request: MunicipalityRequest) -> HttpResponse:
    """From a number to the pupil's extract; the number stands in no address. Not there and not yours are one answer."""
    form = FindForm(request.POST or None)
    if form.is_valid():
        pupil = found_by_number(form.cleaned_data["number"], request.municipality.country)
        school_class = class_of(pupil, request.sight.today) if pupil else None
        if pupil and school_class and request.sight.can(Permission.ANSWER_DATA_SUBJECTS, school_class):
            return redirect("pupils:register-extract", key=pupil.key)
        form.add_error("number", _("There is no pupil with this number for whom you answer."))
    status = 422 if form.errors else 200
    return render(request, "pupils/data_subject_find.html", {"form": form}, status=status)


@requires(Permission.ANSWER_DATA_SUBJECTS, locate_pupil)
@freshly_signed_in
def register_extract(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """First for what; then everything, as a page to print or as a file."""
    form = PurposeForm(request.POST or None, words=own_words(pupil))
    context = {"pupil": pupil, "form": form, "breadcrumb": _crumbs(request, pupil, _("Register extract"))}
    if not form.is_valid():
        status = 422 if form.errors else 200
        record("register extract form seen", by=request.user, unit=request.line[-1], pupils=[pupil.pk])
        return render(request, "pupils/register_extract_asked.html", context, status=status)
    extract = extract_of(pupil, by=request.user)
    record(
        "register extract handed out",
        by=request.user,
        unit=request.line[-1],
        subject=pupil.key,
        pupils=[pupil.pk],
        purpose=form.cleaned_data["purpose"],
        rows=extract.n_rows,
    )
    if request.POST.get("as") == FILE:
        return _file(json.dumps(extract.to_plain(), ensure_ascii=False, indent=1), f"{pupil.key}.json")
    return render(request, "pupils/register_extract.html", context | {"extract": extract})


def _file(content: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


@requires(Permission.ANSWER_DATA_SUBJECTS, locate_pupil)
@freshly_signed_in
def pupil_erasure(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """The decision, what it comes to in numbers, and the deed."""
    here = reverse("pupils:register-extract", args=[pupil.key])
    if request.method == "GET":
        record(
            "erasure looked at", by=request.user, unit=request.line[-1], subject=pupil.key, pupils=[pupil.pk]
        )

    def preview_of(form: ErasureForm) -> Preview:
        asked = form.cleaned_data
        places = places_of(pupil, strikes_shared_names=asked["strikes_shared_names"])
        record(
            "erasure looked at", by=request.user, unit=request.line[-1], subject=pupil.key, pupils=[pupil.pk]
        )
        n_doubtful = len(places.doubtful)
        return Preview(
            _("Erase everything about %(name)s?") % {"name": pupil.shown_name},
            [
                (_("Decision"), f"{asked['reference']}, {asked['decided_by']}"),
                (_("Goes"), _in_words(places.going)),
                (_("Stays without what it says"), _in_words(places.emptied)),
                (_("Loses the pupil's values"), _in_words(places.entries)),
                (_("Loses the pupil's name and numbers"), _in_words(places.struck)),
            ],
            _("Erase"),
            [
                _("It cannot be taken back. Sums of rounds that are over stay as they are."),
                _(
                    "What is kept behind a wall of its own goes as well; whether there is anything is not said here."
                ),
                _("Uploaded files in which the pupil stands go as well; so do exports that are kept."),
                *(
                    [
                        ngettext(
                            "In %(n)d place stands a name that others have too; it stays. Look through it.",
                            "In %(n)d places stands a name that others have too; they stay. Look through them.",
                            n_doubtful,
                        )
                        % {"n": n_doubtful}
                    ]
                    if n_doubtful
                    else []
                ),
            ],
        )

    def carry_out(form: ErasureForm) -> tuple[str, str]:
        decide_erasure(pupil=pupil, **form.cleaned_data, by=request.user)
        return _("The pupil is being erased. The proof stands here when it is done."), reverse(
            "pupils:erasure-list"
        )

    page = ActPage(
        heading=_("Erase a pupil"),
        intro=_(
            "By a decision alone: what a school keeps is public record, and destroying it needs a ground in law. "
            "The log keeps a number that leads nowhere."
        ),
        back=here,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": _crumbs(request, pupil, _("Erase a pupil"))},
    )
    return page.answer(request, ErasureForm(request.POST or None))


@requires_somewhere(Permission.ANSWER_DATA_SUBJECTS)
@require_GET
def erasure_list(request: MunicipalityRequest) -> HttpResponse:
    """Proofs of the erasures that the person has asked for; nobody can be told by them."""
    own = Erasure.objects.filter(asked_by=request.user).select_related("job")
    rows = [(each, _in_words(each.rows.get("gone", {}))) for each in own]
    return render(request, "pupils/erasure_list.html", {"rows": rows})


def _in_words(rows: Mapping[str, int]) -> str:
    """Without what is behind a wall of its own: that there is anything would tell something already."""
    names = {
        each.label: capfirst(str(each.model._meta.verbose_name_plural))
        for each in declarations()
        if not type_of(each.kind).is_walled
    }
    return ", ".join(f"{names[label]}: {n}" for label, n in rows.items() if label in names) or _("nothing")


def _crumbs(request: MunicipalityRequest, pupil: Pupil, last: str) -> list[tuple[str, str]]:
    may_see = request.sight.can_in_line(Permission.SEE_PUPILS, request.line)
    page = reverse("colourmaps:pupil", args=[pupil.key]) if may_see else ""
    return [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, page), (last, "")]
