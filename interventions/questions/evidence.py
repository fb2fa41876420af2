"""The figures behind a question as they are now, ready to be kept: for the school, and what heads have been shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Unit
from accounts.roles import Tier
from aggregation.disclosure import Part
from aggregation.models import ALL_PUPILS
from aggregation.queries import released_figures, true_figures
from aggregation.released import shown_at
from aggregation.shares import Share
from colourmaps.grid import cell_of
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Pupil

from ..models import Audience, QuestionEvidence


@dataclass(frozen=True)
class About:
    """What a question is about, as far as it comes from a map; a pupil where it comes from a cell."""

    indicator: Indicator
    round: MeasurementRound
    pupil: Pupil | None = None


def evidence_of(about: About, unit: Unit, school: Unit | None) -> list[QuestionEvidence]:
    """A row per audience, which belong to no question yet; without counts where there is nothing to show."""
    rows = [_shown_to_heads(about, school or unit)]
    if school is not None:
        rows.append(_cell(about, unit, about.pupil) if about.pupil else _sums(about, unit))
    return rows


def _row(about: About, unit: Unit, audience: Audience, **figures: int | str | None) -> QuestionEvidence:
    return QuestionEvidence(
        municipality=unit.municipality,
        audience=audience,
        unit=unit,
        indicator=about.indicator,
        round=about.round,
        **figures,
    )


def _cell(about: About, unit: Unit, pupil: Pupil) -> QuestionEvidence:
    cell, _limits, _own = cell_of(pupil, about.indicator, about.round)
    return _row(
        about,
        unit,
        Audience.SCHOOL,
        state=cell.state.value,
        value=cell.value,
        movement=cell.movement.value,
    )


def _sums(about: About, unit: Unit) -> QuestionEvidence:
    shares = true_figures([unit.pk], about.round, ALL_PUPILS).shares
    return _row(about, unit, Audience.SCHOOL, **_counts(shares.get((unit.pk, about.indicator.pk))))


def _shown_to_heads(about: About, unit: Unit) -> QuestionEvidence:
    """What was last released of the whole of a school or a unit above; without counts where it is not shown alone."""
    shown: Sequence = shown_at(about.round, Tier.HEADS).with_slice(ALL_PUPILS)
    shares = released_figures([unit.pk], ALL_PUPILS, shown).shares
    share = shares.get((unit.pk, about.indicator.pk))
    is_alone = share is not None and Part.COLOURS not in share.pools
    return _row(about, unit, Audience.HEADS, **_counts(share if is_alone else None))


def _counts(share: Share | None) -> dict[str, int | None]:
    if share is None or share.colours is None:
        return {}
    green, yellow, red, _uncoloured = share.colours
    missing = None if Part.COVERAGE in share.pools else share.missing
    return {"green": green, "yellow": yellow, "red": red, "missing": missing}
