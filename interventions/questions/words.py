"""A question in words and figures, ready for its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import Unit
from accounts.roles import Permission, Tier
from colourmaps.cells import MOVEMENT_CLASSES, MOVEMENT_WORDS, WORDS, State
from colourmaps.classification import Movement
from colourmaps.scales import format_value

from ..models import Audience, QuestionEvidence
from .asked import Asked
from .places import where_in_words


@dataclass(frozen=True)
class Figures:
    """What stood in the map when the question was asked. counts: (state, word, number); url: the map of today."""

    indicator: str
    round: str
    of_whom: str
    state: str = ""
    word: str = ""
    value: str = ""
    movement: tuple[str, str] = ("", "")
    counts: tuple[tuple[str, str, int], ...] = ()
    missing: int | None = None
    url: str = ""


def figures_for(asked: Asked, sight: Sight, line: list[Unit]) -> Figures | None:
    """Of the reader's own audience; for those who see no sums of the school, what was looked at and no number."""
    rows = {row.audience: row for row in asked.question.evidence.select_related("unit", "indicator", "round")}
    if asked.is_inside and Audience.SCHOOL in rows:
        return _in_the_school(rows[Audience.SCHOOL], asked)
    row = rows.get(Audience.HEADS)
    if row is None:
        return None
    above = [unit for unit in line if unit.level <= row.unit.level]
    may_see = sight.can_in_line(Permission.SEE_SUMS, above)
    is_counted = asked.is_inside or (may_see and sight.tier_in_line(above) is Tier.HEADS)
    address = reverse("aggregation:indicator", args=[row.unit.key, row.indicator.code]) if may_see else ""
    return Figures(
        indicator=row.indicator.name,
        round=row.round.name,
        of_whom=row.unit.name,
        counts=_counts(row) if is_counted else (),
        missing=row.missing if is_counted else None,
        url=f"{address}?round={row.round.key}" if address else "",
    )


def _in_the_school(row: QuestionEvidence, asked: Asked) -> Figures:
    pupil = asked.question.pupil
    if pupil is None:
        name = "colourmaps:class-indicator" if row.unit.is_school_class else "aggregation:indicator"
        url = reverse(name, args=[row.unit.key, row.indicator.code])
        return Figures(
            row.indicator.name,
            row.round.name,
            row.unit.name,
            counts=_counts(row),
            missing=row.missing,
            url=url,
        )
    movement = Movement(row.movement or 0)
    return Figures(
        indicator=row.indicator.name,
        round=row.round.name,
        of_whom=pupil.shown_name,
        state=row.state,
        word=str(WORDS[State(row.state)]),
        value="" if row.value is None else format_value(row.value, row.indicator.scale, with_unit=True),
        movement=(MOVEMENT_CLASSES[movement], str(MOVEMENT_WORDS[movement])),
        url=f"{reverse('colourmaps:pupil', args=[pupil.key])}#{row.indicator.code}",
    )


def _counts(row: QuestionEvidence) -> tuple[tuple[str, str, int], ...]:
    numbers = ((State.RED, row.red), (State.YELLOW, row.yellow), (State.GREEN, row.green))
    return tuple((state.value, str(WORDS[state]), n) for state, n in numbers if n is not None)


def way_in_words(asked: Asked) -> list[dict[str, Any]]:
    """Each stop with what happened there, as far as the reader may read it; where it stands is the last."""
    answers = {answer.stop_id: answer for answer in asked.shown_answers}
    rows = []
    for before, stop in zip([None, *asked.way], asked.way, strict=False):
        where = where_in_words(stop, is_inside=asked.is_inside)
        rows.append(
            {
                "where": where,
                "what": _what_happened(before is not None and _is_same_place(before, stop), stop.owner_id),
                "stop": stop,
                "why": stop.why if asked.is_inside or stop.is_for_above else "",
                "answer": answers.get(stop.pk),
            }
        )
    return rows


def _is_same_place(before: Any, stop: Any) -> bool:
    return (before.rung, before.unit_id, before.queue_id, before.recipient) == (
        stop.rung,
        stop.unit_id,
        stop.queue_id,
        stop.recipient,
    )


def _what_happened(is_same_place: bool, owner_id: int | None) -> str:
    if not is_same_place:
        return _("came to")
    return _("taken by") if owner_id else _("asked again at")
