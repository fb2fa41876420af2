"""What of a pupil is let through the wall: decided, listed, read about and withdrawn by the medical part."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.act_page import ActPage, Preview
from accounts.audit import record
from accounts.fresh import freshly_signed_in
from accounts.models import User
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, configure_table, requires, requires_somewhere
from pupils.models import Pupil
from pupils.queries import home_enrolments
from pupils.web import locate_pupil

from ..doors import locate_crossing
from ..forms import ShareForm, WithdrawForm
from ..grounds import ground_in_words, grounds_of
from ..models import Crossing, Purpose
from ..queries import crossings_within, medical_indicators, reads_of, results_of
from ..receivers import RoleAt, receivers_of
from ..services import decide_crossing, withdraw_crossing
from ..services.crossings import check_decision
from ..tables import CrossingTable, state_in_words
from ..words import decision_in_words, names_of
from .classes import crumbs

ROWS = 50


@requires(Permission.SHARE_MEDICAL, locate_pupil)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """A decision: filled in, then said in full, then made."""
    areas, today = request.sight.areas_at(request.line), request.sight.today
    measured = {result.indicator_id for result in results_of([pupil.pk], areas)}
    indicators = [each for each in medical_indicators() if each.pk in measured]
    receivers = {
        value_of(each): (each, words)
        for each, words in receivers_of(request.line, today).items()
        if each != request.user
    }
    back = reverse("medical:pupil", args=[pupil.key])

    def wanted(form: ShareForm) -> dict[str, Any]:
        cleaned = form.cleaned_data
        names = ("codes", "purpose", "ground", "valid_from", "last_on")
        return {
            "pupil": pupil,
            "receiver": receivers[cleaned["receiver"]][0],
            "by": request.user,
            **{name: cleaned[name] for name in names},
        }

    def preview(form: ShareForm) -> Preview:
        check_decision(**wanted(form))
        cleaned = form.cleaned_data
        facts = [
            (_("Pupil"), pupil.shown_name),
            (_("What is shared"), names_of(cleaned["codes"], indicators)),
            (_("With whom"), receivers[cleaned["receiver"]][1]),
            (_("What for"), f"{Purpose(cleaned['purpose']).label}: {cleaned['reason']}"),
            (
                _("Legal ground"),
                f"{ground_in_words(request.municipality.country, cleaned['ground'])}: {cleaned['ground_said']}",
            ),
            (_("First day"), date_format(cleaned["valid_from"], "DATE_FORMAT")),
            (_("Last day"), date_format(cleaned["last_on"], "DATE_FORMAT")),
        ]
        notes = [
            _("The receiver sees the latest result of each, on the pupil's page, and no notes."),
            _("What has been read cannot be taken back. You can withdraw the decision at any time."),
        ]
        return Preview(_("Share this?"), facts, _("Share it"), notes)

    def carry_out(form: ShareForm) -> tuple[str, str]:
        cleaned = form.cleaned_data
        decide_crossing(**wanted(form), reason=cleaned["reason"], ground_said=cleaned["ground_said"])
        return _("It is shared from %(day)s on.") % {
            "day": date_format(cleaned["valid_from"], "DATE_FORMAT")
        }, back

    page = ActPage(
        heading=_("Share something of %(pupil)s") % {"pupil": pupil.shown_name},
        intro=_(
            "What medical pupil health knows stays with it. Only what you decide here passes, to whom you say."
        ),
        back=back,
        preview_of=preview,
        carry_out=carry_out,
        context={
            "breadcrumb": [
                *crumbs(request.line),
                (pupil.shown_name, back),
                (pgettext("crossing", "Share"), ""),
            ]
        },
    )
    form = ShareForm(
        request.POST or None,
        indicators=indicators,
        receivers=[(value, words) for value, (_receiver, words) in receivers.items()],
        grounds=grounds_of(request.municipality.country),
        today=today,
    )
    record("medical pupil seen", by=request.user, unit=request.line[-1], subject=pupil.key, pupils=[pupil.pk])
    return page.answer(request, form)


def value_of(receiver: User | RoleAt) -> str:
    """How a form names a receiver."""
    if isinstance(receiver, RoleAt):
        return f"{receiver.role} {receiver.unit.key}"
    return f"person {receiver.pk}"


@requires_somewhere(Permission.SHARE_MEDICAL)
@require_GET
def crossing_list(request: MunicipalityRequest) -> HttpResponse:
    """All that has been decided of the pupils whom the person decides for, the latest first."""
    classes = request.sight.visible_units(Permission.SHARE_MEDICAL, request.sight.today)
    pupils = home_enrolments(request.sight.today).filter(school_class__in=classes).values("pupil")
    crossings = crossings_within(pupils)
    table = CrossingTable(crossings, on=request.sight.today)
    configure_table(request, table, ROWS)
    shown = {row.record.pupil_id for row in table.page.object_list}
    record("medical crossings seen", by=request.user, pupils=shown)
    context = {
        "table": table,
        "breadcrumb": [
            (_("Medical pupil health"), reverse("medical:class-list")),
            (pgettext("crossing", "Shared"), ""),
        ],
        "facts": [
            ngettext("%(n)s decision", "%(n)s decisions", len(crossings)) % {"n": len(crossings)},
        ],
    }
    return render(request, "medical/crossing_list.html", context)


@requires(Permission.SHARE_MEDICAL, locate_crossing)
@require_GET
def crossing(request: MunicipalityRequest, crossing: Crossing) -> HttpResponse:
    """One decision in full, and who has read under it."""
    today = request.sight.today
    record(
        "medical crossings seen",
        by=request.user,
        unit=request.line[-1],
        subject=crossing.key,
        pupils=[crossing.pupil_id],
    )
    facts = [
        (_("What is shared"), names_of(crossing.codes, medical_indicators())),
        *decision_in_words(crossing, request.municipality),
        (_("How the ground is met"), crossing.ground_said),
        (_("Now"), state_in_words(crossing, today)),
    ]
    if crossing.withdrawn_at and crossing.withdrawn_by:
        told = {
            "day": date_format(crossing.withdrawn_at, "DATE_FORMAT"),
            "name": crossing.withdrawn_by.name,
            "why": crossing.why_withdrawn,
        }
        facts.append((_("Withdrawn"), _("%(day)s by %(name)s: %(why)s") % told))
    has_ended = crossing.withdrawn_at is not None or crossing.last_on < today
    url = reverse("medical:crossing-withdraw", args=[crossing.key])
    context = {
        "crossing": crossing,
        "heading": _("Shared of %(pupil)s") % {"pupil": crossing.pupil.shown_name},
        "facts": facts,
        "reads": reads_of(crossing),
        "actions": [] if has_ended else [{"label": _("Withdraw"), "url": url, "kind": ""}],
        "breadcrumb": _crumbs(request, crossing),
    }
    return render(request, "medical/crossing.html", context)


@requires(Permission.SHARE_MEDICAL, locate_crossing)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MunicipalityRequest, crossing: Crossing) -> HttpResponse:
    """The decision holds no more from now on."""
    here = reverse("medical:crossing", args=[crossing.key])
    record("medical crossing seen", by=request.user, subject=crossing.key, pupils=[crossing.pupil_id])

    def preview(form: WithdrawForm) -> Preview:
        facts = [
            *decision_in_words(crossing, request.municipality),
            (_("Read so far"), ngettext("%(n)s time", "%(n)s times", n_reads) % {"n": n_reads}),
            (_("Why it is withdrawn"), form.cleaned_data["why"]),
        ]
        return Preview(
            _("Withdraw it?"),
            facts,
            _("Withdraw"),
            [
                _(
                    "The receiver's next request shows nothing any more. What has been read cannot be taken back."
                )
            ],
        )

    def carry_out(form: WithdrawForm) -> tuple[str, str]:
        withdraw_crossing(crossing=crossing, why=form.cleaned_data["why"], by=request.user)
        return _("It is withdrawn."), here

    n_reads = len(reads_of(crossing))
    page = ActPage(
        heading=_("Withdraw what is shared of %(pupil)s") % {"pupil": crossing.pupil.shown_name},
        back=here,
        preview_of=preview,
        carry_out=carry_out,
        context={"breadcrumb": [*_crumbs(request, crossing), (_("Withdraw"), "")]},
    )
    return page.answer(request, WithdrawForm(request.POST or None))


def _crumbs(request: MunicipalityRequest, crossing: Crossing) -> list[tuple[str, str]]:
    pupil = crossing.pupil
    return [
        *crumbs(request.line),
        (pupil.shown_name, reverse("medical:pupil", args=[pupil.key])),
        (pgettext("crossing", "Shared"), reverse("medical:crossing", args=[crossing.key])),
    ]
