from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.queries import people_to_ask
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from pupils.beside import links_beside
from pupils.models import Pupil
from pupils.protected import may_ask
from pupils.web import locate_pupil

from ..as_of import AsOf, asked_for, enrolments
from ..as_of_choice import as_of_choice
from ..charts import charts_of
from ..deed_marks import NumberedDeed, numbered
from ..deeds import Deed, deeds_for
from ..timeline import series_of

# The sheet for the talk is one page: up to so many charts are drawn in such a size, and so much support is told of.
MOST_ON_SHEET = 6
SHEET_SIZES = [(6, "large"), (12, "usual"), (18, "small")]


@requires(Permission.SEE_PUPILS, locate_pupil, opens_in_emergency=True)
@limited(Limited.PUPIL_PAGES)
def pupil(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """One time line per indicator, and what has been done."""
    today = request.sight.today
    as_of = asked_for(request.GET.get("as_of"), today)
    school_class = request.line[-1]
    support = [] if as_of else numbered(deeds_for(pupil, request.sight))
    facts = {"as_of": as_of.day.isoformat()} if as_of else {}
    record("pupil seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk], **facts)
    new = f"{reverse('interventions:intervention-new', args=[school_class.key])}?pupil={pupil.key}"
    sheet = reverse("colourmaps:pupil-sheet", args=[pupil.key])
    seen_on = as_of.day if as_of else today
    charts = charts_of(series_of(pupil, as_of), support, seen_on, request.municipality.country)
    talks = reverse("interventions:talk-list", args=[pupil.key])
    may_see_readers = request.sight.can_in_line(Permission.SEE_READERS, request.line)
    readers = reverse("pupils:seen-by", args=[pupil.key])
    may_answer = request.sight.can_in_line(Permission.ANSWER_DATA_SUBJECTS, request.line)
    extract = reverse("pupils:register-extract", args=[pupil.key])
    may_meet = request.sight.can_in_line(Permission.MEET, request.line)
    actions = [
        *([{"label": _("Talks"), "url": talks, "kind": ""}] if may_meet else []),
        *([{"label": _("Sheet for the talk"), "url": sheet, "kind": ""}] if charts else []),
        {"label": _("Decide on an intervention"), "url": new, "kind": ""},
        *_about_identity(request, pupil),
        *([{"label": _("Who has seen this"), "url": readers, "kind": ""}] if may_see_readers else []),
        *([{"label": _("Register extract"), "url": extract, "kind": ""}] if may_answer else []),
    ]
    context = {
        "pupil": pupil,
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, request.path)],
        "facts": [_("class %(name)s") % {"name": _class_then(pupil, as_of) if as_of else school_class.name}],
        "as_of": as_of_choice(as_of, today, request.path),
        "actions": [] if as_of or request.sight.emergency else actions,
        "charts": charts,
        "support": support,
        "beside": []
        if as_of or request.sight.emergency
        else links_beside(pupil, request.sight, request.line),
        "new_url": "" if request.sight.emergency else new,
        "empty_title": _("No results yet"),
        "empty_text": _(
            "They appear here when a file of results has been imported, or the class's file filled in."
        ),
    }
    return render(request, "colourmaps/pupil.html", context)


def _about_identity(request: MunicipalityRequest, pupil: Pupil) -> list[dict[str, str]]:
    """Who the pupil is, for those who are named; that the pupil is to be protected, for who answers for it."""
    if may_ask(request.sight, pupil, request.line):
        return [{"label": _("Who is it?"), "url": reverse("pupils:name", args=[pupil.key]), "kind": ""}]
    if not pupil.is_protected and request.sight.can_in_line(Permission.GUARD_PUPILS, request.line):
        protect = reverse("pupils:protect", args=[pupil.key])
        return [{"label": _("Protected identity"), "url": protect, "kind": ""}]
    return []


def _class_then(pupil: Pupil, as_of: AsOf) -> str:
    """The name of the class that the pupil was in, as far as was known; a dash for none."""
    there = [each for each in enrolments(Q(pupil=pupil), as_of) if each.is_in_force(as_of.day)]
    return there[-1].school_class.name if there else "–"


@requires(Permission.SEE_PUPILS, locate_pupil)
@limited(Limited.PUPIL_PAGES)
def pupil_sheet(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """The pupil's results and support on one page of paper, for the talk with pupil and guardian."""
    school_class = request.line[-1]
    deeds = deeds_for(pupil, request.sight)
    record("pupil sheet seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk])
    support = support_on_sheet(deeds)
    charts = charts_of(series_of(pupil), support, request.sight.today, request.municipality.country)
    context = {
        "pupil": pupil,
        "back_url": reverse("colourmaps:pupil", args=[pupil.key]),
        "place": ", ".join(unit.name for unit in reversed(request.line[-2:])),
        "today": request.sight.today,
        "charts": charts,
        "has_breaks": any(chart["breaks"] for chart in charts),
        "size": sheet_size(len(charts)),
        "support": support,
        "n_left_out": len(deeds) - len(support),
        "to_ask": people_to_ask(request.line, request.sight.today),
    }
    return render(request, "colourmaps/pupil_sheet.html", context)


def support_on_sheet(deeds: Sequence[Deed]) -> list[NumberedDeed]:
    """What the sheet has room for: what has not ended, and the latest of what has."""
    ended = [deed for deed in deeds if deed.has_ended]
    n_ended = max(0, MOST_ON_SHEET - (len(deeds) - len(ended)))
    left_out = ended[: len(ended) - n_ended]
    return numbered([deed for deed in deeds if deed not in left_out][-MOST_ON_SHEET:])


def sheet_size(n_charts: int) -> str:
    """How large the charts are drawn, so that all of them have room on one page (pages/colourmaps-pupil-sheet.css)."""
    return next((size for most, size in SHEET_SIZES if n_charts <= most), "smallest")
