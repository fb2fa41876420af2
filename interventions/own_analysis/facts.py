"""What a class's map shows, in a few counts to begin with. No pupil is named. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F

from accounts.models import Unit
from colourmaps.classification import Colour
from colourmaps.models import Indicator, MeasurementRound, Result
from colourmaps.queries import latest_breaks
from colourmaps.scales import Mark

from ..answers import Count, RedCell, count_of, red_cells, without_answer


@dataclass(frozen=True)
class IndicatorFacts:
    """Of one indicator on which somebody is red. n_new: red now, and not so the time before."""

    indicator: Indicator
    count: Count
    n_new: int


def facts_of_class(school_class: Unit, round_: MeasurementRound) -> list[IndicatorFacts]:
    """In the order of the map; those without red are left out. A fixed number of queries."""
    red = red_cells([school_class.pk], round_)
    unanswered = without_answer(red, round_)
    n_new = Counter(cell.indicator_id for cell in _newly_red(red, round_))
    indicators = Indicator.objects.filter(pk__in={cell.indicator_id for cell in red})
    return [
        IndicatorFacts(each, count_of(_of(red, each), _of(unanswered, each)), n_new[each.pk])
        for each in indicators.order_by("position", "code")
    ]


def _of(cells: Collection[RedCell], indicator: Indicator) -> Sequence[RedCell]:
    return [cell for cell in cells if cell.indicator_id == indicator.pk]


def _newly_red(red: Collection[RedCell], round_: MeasurementRound) -> list[RedCell]:
    """Those whose latest value before was yellow or green. Nothing is compared across a break of the series."""
    breaks = {pk: each.round.starts_on for pk, each in latest_breaks(round_).items()}
    before = Result.objects.filter(
        pupil__in={cell.pupil_id for cell in red},
        indicator__in={cell.indicator_id for cell in red},
        round__starts_on__lt=round_.starts_on,
        mark=Mark.MEASURED,
    )
    latest: dict[tuple[int, int], int] = {}
    rows = before.order_by("round__starts_on").annotate(begun_on=F("round__starts_on"))
    for pupil, indicator, colour, begun_on in rows.values_list(
        "pupil_id", "indicator_id", "colour", "begun_on"
    ):
        if indicator not in breaks or begun_on >= breaks[indicator]:
            latest[pupil, indicator] = colour
    passed = {Colour.YELLOW, Colour.GREEN}
    return [cell for cell in red if latest.get((cell.pupil_id, cell.indicator_id)) in passed]
