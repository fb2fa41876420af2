"""Which figures wait before they are shown to heads and the board, and why: for coordinators. No figures here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.roles import Permission, Tier
from accounts.web import MunicipalityRequest, requires_for_all

from .models import HeldBack, ReleaseCheck
from .slices import Split, summed_groups


@requires_for_all(Permission.IMPORT_RESULTS)
def held_back_page(request: MunicipalityRequest) -> HttpResponse:
    """The tables of which newer figures are held back, the newest round first."""
    checks = ReleaseCheck.objects.exclude(held_back=HeldBack.NO).filter(tier=Tier.HEADS)
    checks = checks.select_related("round", "indicator").order_by(
        "-round__starts_on", "indicator__position", "indicator__code", "split"
    )
    names = names_of_splits()
    rows = [(check, names.get(check.split, "")) for check in checks]
    return render(request, "aggregation/held_back.html", {"rows": rows})


def names_of_splits() -> dict[str, str]:
    """By code. A group that has no figures of its own any more has none."""
    groups = {Split(f"group:{group.pk}").code: group.name for group in summed_groups()}
    return {"all": _("all pupils"), "year_group": _("by year group"), "sex": _("girls and boys"), **groups}
