"""The sheet of a class that is typed into: pupils, indicators, which cells are awaited, and what is in force."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from accounts.models import Unit
from pupils.models import Pupil

from ..cells import STATE_OF_COLOUR, STATE_OF_MARK, WORDS, State
from ..classification import Colour
from ..filling_in.contents import text_of
from ..filling_in.merge import Content
from ..filling_in.offer import CellKey, InForce, Offer, offer_of, results_in_force
from ..maps import ChosenMap
from ..models import Indicator, MeasurementRound
from ..scales import Mark, Scale

MARKED = "m"


@dataclass(frozen=True)
class ShownContent:
    """text: as a person writes it; base: names the content for the way back; look: its class; word: says the look."""

    text: str
    base: str
    look: str
    word: str


@dataclass(frozen=True)
class TypedSheet:
    offer: Offer
    in_force: Mapping[CellKey, InForce]

    def is_offered(self, pupil: Pupil, indicator: Indicator) -> bool:
        return (pupil.pk, indicator.pk) in self.offer.cells

    def shown(self, pupil: Pupil, indicator: Indicator) -> ShownContent:
        result = self.in_force.get((pupil.pk, indicator.pk))
        return shown_content(
            result.content if result else None, result.colour if result else 0, indicator.scale
        )

    @property
    def bases(self) -> dict[str, dict[str, str]]:
        """By key of the pupil and code of the indicator, of every cell that is offered."""
        return {
            pupil.key: {
                indicator.code: self.shown(pupil, indicator).base
                for indicator in self.offer.indicators
                if self.is_offered(pupil, indicator)
            }
            for pupil in self.offer.pupils
        }


def sheet_of(
    school_class: Unit,
    round_: MeasurementRound,
    today: datetime.date,
    *,
    sees_pupils: bool,
    chosen: ChosenMap | None = None,
) -> TypedSheet:
    """sees_pupils: who fills in without seeing the pupils gets what a file would hold, none with protected identity."""
    offer = offer_of(school_class, round_, today, is_for_file=not sees_pupils)
    if chosen is not None:
        offer = replace(offer, indicators=chosen.pick(offer.indicators))
    return TypedSheet(offer, results_in_force(round_, [pupil.pk for pupil in offer.pupils]))


def shown_content(content: Content | None, colour: int, scale: Scale) -> ShownContent:
    if content is None:
        state = State.MISSING
    elif content.value is None:
        state = STATE_OF_MARK[Mark(content.mark)]
    else:
        state = STATE_OF_COLOUR[Colour(colour)]
    return ShownContent(text_of(content, scale), base_of(content), state.value, str(WORDS[state]))


def base_of(content: Content | None) -> str:
    """What a cell is based on, for the browser to send back: "" for nothing, hundredths, or "m" and a mark."""
    if content is None:
        return ""
    return f"{MARKED}{int(content.mark)}" if content.value is None else str(content.value)


def content_of_base(base: str) -> Content | None:
    """Raises ValueError for what no page has sent."""
    if not base:
        return None
    if base.startswith(MARKED):
        return Content(None, Mark(int(base.removeprefix(MARKED))))
    return Content(int(base))
