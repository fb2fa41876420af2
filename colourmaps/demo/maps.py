"""The demo's maps: a school map that every school uses, and one of mathematics that a school may choose."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Unit, User

from ..models import Indicator, IndicatorArea
from ..services import adopt_map, make_map, share_map

SCHOOL_MAP = {"sv": "Skolkarta", "en": "School map", "nb": "Skolekart", "da": "Skolekort"}
MATHS_MAP = {"sv": "Mattekarta", "en": "Maths map", "nb": "Mattekart", "da": "Matematikkort"}
ON_SCHOOL_MAP = (
    IndicatorArea.ATTENDANCE,
    IndicatorArea.LANGUAGE,
    IndicatorArea.MATHEMATICS,
    IndicatorArea.LEARNING_ENVIRONMENT,
)


def write_maps(schools: Iterable[Unit], *, by: User) -> int:
    """Returns how many maps there are."""
    indicators = list(Indicator.objects.filter(area__in=ON_SCHOOL_MAP))
    indicators.sort(key=lambda each: (ON_SCHOOL_MAP.index(IndicatorArea(each.area)), each.position))
    of_school = make_map(names=SCHOOL_MAP, area="", indicators=indicators, by=by)
    of_maths = make_map(names=MATHS_MAP, area=IndicatorArea.MATHEMATICS, indicators=[], by=by)
    for each in (of_school, of_maths):
        share_map(colour_map=each, by=by)
    for school in schools:
        adopt_map(colour_map=of_school, school=school, by=by)
    return 2
