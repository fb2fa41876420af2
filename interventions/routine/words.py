"""What the classes of cases are called, and in which order they stand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Municipality
from colourmaps.models import IndicatorArea

from ..catalogue.ages import ages_in_words
from ..models import Outcome, Source, SupportQueue
from .merging import Group
from .minutes import BANDS, DROPPED, NONE, SEVERAL, UNDECIDED, UNKNOWN, Dimension

Labels = Mapping[Dimension, Mapping[str, str]]


def labels(municipality: Municipality, today: datetime.date) -> Labels:
    """By dimension and class, in the order in which the classes are shown. One query."""
    support = {queue.key: queue.name for queue in SupportQueue.objects.all()}
    return {
        Dimension.SOURCE: {value: str(label) for value, label in Source.choices},
        Dimension.AREA: {value: str(label) for value, label in IndicatorArea.choices}
        | {SEVERAL: _("several areas"), NONE: _("no indicator")},
        Dimension.AGE: {band: _band_in_words(band, municipality.country, today) for band in BANDS}
        | {UNKNOWN: _("age not known"), NONE: _("about no single pupil")},
        Dimension.SUPPORT: support | {NONE: _("without a support function")},
        Dimension.OUTCOME: {
            Outcome.MEASURE.value: _("a measure"),
            Outcome.NONE.value: _("no measure, with a reason"),
            Outcome.OTHERWISE.value: _("already handled otherwise"),
            DROPPED: _("not taken up, with a reason"),
            UNDECIDED: _("nothing written"),
        },
    }


def _band_in_words(band: str, country: str, on: datetime.date) -> str:
    first, end = BANDS[band]
    if band.startswith("-"):
        return _("up to %(age)s years") % {"age": end - 1}
    if band.endswith("-"):
        return _("%(age)s years and older") % {"age": first}
    return ages_in_words(first, end - 1, country, on)


def group_in_words(group: Group, names: Mapping[str, str]) -> str:
    """The classes that are told together, one after the other."""
    return capfirst(_(" or ").join(names.get(each, each) for each in group))
