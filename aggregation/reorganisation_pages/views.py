from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.act_page import ActPage, Preview
from accounts.administration_views import administration_crumbs, day_of, tree_crumb
from accounts.models import Level, Unit
from accounts.reorganisation import KINDS
from accounts.roles import Permission
from accounts.statements import long_statements
from accounts.web import MunicipalityRequest, locate_unit, requires_for_all

from .acts import ACTS
from .forms import ActForm


@requires_for_all(Permission.CONFIGURE)
def reorganise(request: MunicipalityRequest, key: str, act: str) -> HttpResponse:
    """An act on a unit: asked for, shown in numbers, done."""
    unit: Unit = locate_unit(key).thing
    kind = KINDS.get(act)
    if kind is None or Level(unit.level) not in kind.levels:
        raise Http404
    chosen = ACTS[act]
    back = reverse("accounts:unit", args=[unit.key])

    def preview_of(form: ActForm) -> Preview:
        return chosen.preview(**form.arguments)

    def carry_out(form: ActForm) -> tuple[str, str]:
        # Sums of many rounds may follow, and a roll-up may be at it: both take longer than a page usually may.
        with long_statements():
            new: Any = chosen.do(**form.arguments, by=request.user)
        reached = new if isinstance(new, Unit) else unit
        return str(chosen.done), reverse("accounts:unit", args=[reached.key])

    page = ActPage(
        heading=_("%(act)s: %(unit)s") % {"act": kind.label, "unit": unit.name},
        intro=kind.sentence,
        back=back,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": administration_crumbs(tree_crumb(), (unit.name, back), (str(kind.label), ""))},
    )
    return page.answer(request, chosen.form(request.POST or None, unit=unit, on=day_of(request)))
