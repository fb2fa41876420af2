"""How small a group may be whose figures are shown to those who see no pupils: set by the administrator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.act_page import ActPage, Preview
from accounts.administration_views import administration_crumbs
from accounts.models import Level, UnitPlacement
from accounts.models.municipality import FLOOR_OF_BASE, FLOOR_OF_COUNT
from accounts.refusal import ActRefused
from accounts.roles import Permission, Tier
from accounts.services import set_limits
from accounts.web import MunicipalityRequest, requires_for_all
from pupils.queries import home_enrolments

from .forms import LimitsForm
from .models import ALL_PUPILS, Release, UnitSum
from .release_decision import BOARD_BASE
from .slices import ALL

INTRO = gettext_lazy(
    "Those who see the pupils see every number. Heads, the board and collaboration partners see figures only where "
    "they rest on so many pupils that no child can be made out. You can ask for more than the product does, never for "
    "less: at least %(base)d pupils behind a figure, at least %(count)d of a colour. For the board and for "
    "partners it is at least %(board)d pupils in any case."
)


@requires_for_all(Permission.CONFIGURE)
def limits(request: MunicipalityRequest) -> HttpResponse:
    """The limits of the municipality, changed after a preview."""
    here = reverse("aggregation:limits")

    def carry_out(form: LimitsForm) -> tuple[str, str]:
        set_limits(**form.cleaned_data, by=request.user)
        return _("The limits are set. All rounds are being looked at anew."), here

    page = ActPage(
        heading=_("Limits for small groups"),
        intro=INTRO % {"base": FLOOR_OF_BASE, "count": FLOOR_OF_COUNT, "board": BOARD_BASE},
        back=reverse("accounts:administration"),
        preview_of=lambda form: preview(request, form),
        carry_out=carry_out,
        context={"breadcrumb": administration_crumbs((_("Limits for small groups"), ""))},
    )
    return page.answer(request, LimitsForm(request.POST or None, municipality=request.municipality))


def preview(request: MunicipalityRequest, form: LimitsForm) -> Preview:
    municipality, wanted = request.municipality, form.cleaned_data
    base, count = wanted["smallest_base"], wanted["smallest_count"]
    if (base, count) == (municipality.smallest_base, municipality.smallest_count):
        raise ActRefused(_("These are the limits that you have already."))
    sizes = pupils_per_school(request)
    shown = set(_first_shown().values_list("round_id", "indicator_id"))
    counted = set(UnitSum.objects.filter(slice=ALL_PUPILS).values_list("round_id", "indicator_id").distinct())
    facts = [
        (_("Pupils that a figure must rest on"), _change(municipality.smallest_base, base)),
        (_("Pupils that must have the same colour"), _change(municipality.smallest_count, count)),
        (
            _("Schools with fewer pupils than a figure must rest on"),
            _change(_n_below(sizes, municipality.smallest_base), _n_below(sizes, base), of=len(sizes)),
        ),
        (_("Tables that stay by the limits by which they were first shown"), _of_rounds(shown & counted)),
        (_("Tables that are looked at anew by the new limits"), _of_rounds(counted - shown)),
    ]
    notes = [
        _(
            "What has been shown cannot be taken back. So the new limits hold for rounds of which nothing has been "
            "shown yet, and for all that come."
        )
    ]
    return Preview(_("Set these limits?"), facts, _("Set the limits"), notes)


def _first_shown() -> QuerySet[Release]:
    return Release.objects.filter(tier=Tier.HEADS, split=ALL.code, superseded_at__isnull=True)


def pupils_per_school(request: MunicipalityRequest) -> list[int]:
    """How many pupils each school has today."""
    today = request.sight.today
    at_school = dict(
        UnitPlacement.objects.on(today)
        .filter(unit__level=Level.SCHOOL_CLASS)
        .values_list("unit_id", "parent_id")
    )
    homes = home_enrolments(today).values_list("school_class_id", flat=True)
    return list(Counter(at_school[class_id] for class_id in homes if class_id in at_school).values())


def _n_below(sizes: Iterable[int], base: int) -> int:
    return sum(size < base for size in sizes)


def _change(before: int, after: int, of: int | None = None) -> str:
    words = str(after)
    if before != after:
        words = _("%(after)d, until now %(before)d") % {"after": after, "before": before}
    return words if of is None else _("%(number)s (of %(all)d)") % {"number": words, "all": of}


def _of_rounds(tables: set[tuple[int, int]]) -> str:
    n_rounds = len({round_id for round_id, _indicator_id in tables})
    return _("%(tables)d, in %(rounds)d rounds") % {"tables": len(tables), "rounds": n_rounds}
