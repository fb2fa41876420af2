"""The administrator's pages of how long information is kept, and of exports of the whole municipality."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from . import retention
from .act_page import ActPage, Preview
from .administration_views import administration_crumbs
from .audit import record
from .declarations import TYPES, declarations
from .declarations.information import day_before
from .fresh import freshly_signed_in
from .limited import Limited, limited
from .models import ExportedFile, RetentionDecision, RetentionRun
from .municipality_file import walled
from .municipality_file.keeping import KEPT, ask_for_export, path_of
from .refusal import ActRefused
from .retention_forms import ExportForm, RemovalForm, RetentionForm
from .roles import Permission
from .web import MunicipalityRequest, requires_for_all

door: Callable[[Callable], Callable] = requires_for_all(Permission.CONFIGURE)


@door
@require_GET
def retention_plan(request: MunicipalityRequest) -> HttpResponse:
    """All types of information: how long they are kept, by whose decision, and what is due today."""
    context = {"plans": retention.plans(), "breadcrumb": administration_crumbs((_("Retention"), ""))}
    return render(request, "accounts/retention_plan.html", context)


@door
@require_GET
def retention_type(request: MunicipalityRequest, kind: str) -> HttpResponse:
    """One type: what it holds, its decisions, and the proofs of what was removed."""
    plan = retention.plan_of(_known(kind))
    context = {
        "plan": plan,
        "tables": [
            (capfirst(str(each.model._meta.verbose_name_plural)), each.says)
            for each in declarations()
            if each.kind == kind
        ],
        "decisions": RetentionDecision.objects.filter(kind=kind).order_by("-noted_at"),
        "runs": RetentionRun.objects.filter(decision__kind=kind).select_related("decision"),
        "breadcrumb": _crumbs((str(plan.type.name), "")),
    }
    return render(request, "accounts/retention_type.html", context)


@door
@freshly_signed_in
def retention_act(request: MunicipalityRequest, kind: str, act: str) -> HttpResponse:
    """A decision noted, or one carried out."""
    pages = {"decide": _decide_page, "remove": _remove_page}
    if act not in pages or TYPES[_known(kind)].removal is None:
        raise Http404
    return pages[act](request, kind)


def _decide_page(request: MunicipalityRequest, kind: str) -> HttpResponse:
    information_type = TYPES[kind]

    def preview_of(form: RetentionForm) -> Preview:
        asked = form.cleaned_data
        if asked["years"] < information_type.floor_years:
            raise ActRefused(
                _("By law this is kept for %(n)d years at least.") % {"n": information_type.floor_years}
            )
        before = day_before(request.sight.today, asked["years"])
        facts = [
            (_("Decision"), f"{asked['reference']}, {asked['decided_by']}"),
            *_facts_of(retention.due(kind, before)),
        ]
        return Preview(
            ngettext("Keep it for %(n)d year?", "Keep it for %(n)d years?", asked["years"])
            % {"n": asked["years"]},
            facts,
            _("Note the decision"),
            [_("Nothing is removed by this. That is asked for apart, and shown in numbers before.")],
        )

    def carry_out(form: RetentionForm) -> tuple[str, str]:
        retention.decide_retention(kind=kind, **form.cleaned_data, by=request.user)
        return _("The decision is noted."), reverse("accounts:retention-type", args=[kind])

    return _page(kind, _("Decision: %(type)s"), preview_of, carry_out, information_type.ground).answer(
        request, RetentionForm(request.POST or None, initial={"years": information_type.proposed_years})
    )


def _remove_page(request: MunicipalityRequest, kind: str) -> HttpResponse:
    def preview_of(form: RemovalForm) -> Preview:
        plan = retention.plan_of(kind)
        if plan.decision is None or plan.before is None:
            raise ActRefused(_("Nothing is removed without a decision. Note it first."))
        day = date_format(plan.before, "DATE_FORMAT")
        notes = [
            _("What stands and falls with these rows goes with them. It cannot be taken back."),
            *(
                [_("A file for the archive is made first; only you get it.")]
                if plan.type.archive_first
                else []
            ),
        ]
        return Preview(
            _("Remove what is from before %(day)s?") % {"day": day},
            [
                (_("Decision"), f"{plan.decision.reference}, {plan.decision.decided_by}"),
                *_facts_of(retention.due(kind, plan.before)),
            ],
            _("Remove"),
            notes,
        )

    def carry_out(form: RemovalForm) -> tuple[str, str]:
        retention.ask_for_removal(kind=kind, by=request.user)
        return _("It is being removed. The proof stands here when it is done."), reverse(
            "accounts:retention-type", args=[kind]
        )

    return _page(kind, _("Removal: %(type)s"), preview_of, carry_out, "").answer(
        request, RemovalForm(request.POST if request.method == "POST" else {})
    )


def _page(kind: str, heading: str, preview_of: Any, carry_out: Any, intro: Any) -> ActPage:
    name = str(TYPES[kind].name)
    here = reverse("accounts:retention-type", args=[kind])
    return ActPage(
        heading=heading % {"type": name},
        intro=intro,
        back=here,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": _crumbs((name, here))},
    )


def _facts_of(due: dict[str, int]) -> list[tuple[str, str]]:
    names = {each.label: capfirst(str(each.model._meta.verbose_name_plural)) for each in declarations()}
    return [(names[label], str(n)) for label, n in due.items()] or [(_("Due today"), _("nothing"))]


def _known(kind: str) -> str:
    if kind not in TYPES:
        raise Http404
    return kind


def _crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return administration_crumbs((_("Retention"), reverse("accounts:retention-plan")), *crumbs)


@door
@require_GET
def export_list(request: MunicipalityRequest) -> HttpResponse:
    """All exports; the file only for whoever asked for it, as long as it is kept."""
    files = [
        (each, each.by_id == request.user.pk and is_there(each))
        for each in ExportedFile.objects.select_related("by", "job")
    ]
    context = {"files": files, "breadcrumb": administration_crumbs((_("Exports"), ""))}
    return render(request, "accounts/export_list.html", context)


@door
@freshly_signed_in
def export_new(request: MunicipalityRequest) -> HttpResponse:
    exports = reverse("accounts:export-list")

    def preview_of(form: ExportForm) -> Preview:
        n_days = KEPT.days
        notes = [
            _("Pupils, results, meetings, plans, the log and all files. Passwords are not in it."),
            _(
                "Nor are records of medical pupil health: those who run the installation can make a file with them."
            ),
            _("Only you can fetch it, for %(n)d days. Whoever has the file has everything.") % {"n": n_days},
        ]
        facts = [
            (_("What for"), form.cleaned_data["purpose"]),
            (_("Tables"), str(len(declarations()) - len(walled()))),
        ]
        return Preview(_("Export everything that the municipality has?"), facts, _("Export"), notes)

    def carry_out(form: ExportForm) -> tuple[str, str]:
        ask_for_export(purpose=form.cleaned_data["purpose"], by=request.user)
        return _("The file is being made."), exports

    page = ActPage(
        heading=_("Export the municipality"),
        intro=_("One file in open formats, with a description of every table: for an archive, or to move."),
        back=exports,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": administration_crumbs((_("Exports"), exports), (_("New"), ""))},
    )
    return page.answer(request, ExportForm(request.POST or None))


@door
@freshly_signed_in
@limited(Limited.EXPORTS)
@require_GET
def export_file(request: MunicipalityRequest, key: str) -> FileResponse:
    """404 for everybody but its owner, and after its time, as if it had never been."""
    file = ExportedFile.objects.filter(key=key, by=request.user).first()
    if file is None or not is_there(file):
        raise Http404
    record("export fetched", by=request.user, subject=file.key, purpose=file.purpose)
    name = f"{request.municipality.code}-{timezone.localdate(file.made_at).isoformat()}.zip"
    response = FileResponse(path_of(file).open("rb"), as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_there(file: ExportedFile) -> bool:
    return bool(file.stored_as) and file.expires_at > timezone.now() and path_of(file).exists()
