"""What is done for a pupil, as the pupil's page draws it. Filled from the right: colourmaps knows no interventions.

A fragment will not do here: the marks stand in the same drawing, on the same axis of days, as the results, and the
sheet for the talk with pupil and guardian must be whole without script. So the app that knows of deeds hands in one
function when it starts (interventions/apps.py), and the page asks it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.access import Sight
from pupils.models import Pupil


@dataclass(frozen=True)
class Deed:
    """What the adults do about an indicator, in words that name no other pupil.

    runs_until: the day it ended, or the day of the question while it is running; None before it has begun.
    state: where it stands, in words. url: its own page.
    """

    indicator_id: int
    title: str
    aim: str
    for_whom: str
    responsible: str
    decided_on: datetime.date
    starts_on: datetime.date
    follow_up_on: datetime.date
    runs_until: datetime.date | None
    has_ended: bool
    state: str
    url: str


DeedsOf = Callable[[Pupil, Sight], Sequence[Deed]]
_sources: list[DeedsOf] = []


def tell_of_deeds(source: DeedsOf) -> None:
    """Hands in a function that answers what has been done for a pupil, as far as the reader may see it."""
    _sources.append(source)


def deeds_for(pupil: Pupil, sight: Sight) -> list[Deed]:
    """All that is and was done for the pupil, the earliest start first."""
    deeds = [deed for source in _sources for deed in source(pupil, sight)]
    return sorted(deeds, key=lambda deed: (deed.starts_on, deed.decided_on, deed.title))
