"""Finding units and pupils by name, among what the person may see. Pupils with protection are not found."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import Sight
from accounts.models import Unit
from accounts.roles import Permission
from pupils.identity import search_key
from pupils.models import Enrolment, Protection
from pupils.queries import home_enrolments

# Enough to choose from; more say that the question should be narrower.
MOST = 25
SHORTEST = 2


@dataclass(frozen=True)
class Findings:
    units: list[Unit]
    enrolments: list[Enrolment]

    @property
    def is_empty(self) -> bool:
        return not self.units and not self.enrolments


def find(text: str, sight: Sight) -> Findings:
    """Units and pupils whose names hold the text, whatever the case; å, ä and ö are letters of their own."""
    wanted = search_key(text)
    if len(wanted) < SHORTEST:
        return Findings([], [])
    return Findings(_units(wanted, sight), _enrolments(wanted, sight))


def _units(wanted: str, sight: Sight) -> list[Unit]:
    """Compared here and not in the database: SQLite does not know that Å and å are one letter."""
    visible = sight.visible_units(Permission.SEE_SUMS, sight.today)
    units = (
        Unit.objects.on(sight.today).filter(pk__in=visible).select_related("kind").order_by("level", "name")
    )
    return [unit for unit in units if wanted in search_key(unit.name)][:MOST]


def _enrolments(wanted: str, sight: Sight) -> list[Enrolment]:
    classes = sight.visible_units(Permission.SEE_PUPILS, sight.today)
    found = home_enrolments(sight.today).filter(
        school_class_id__in=classes, pupil__protection=Protection.NONE
    )
    for word in wanted.split():  # in any order: "Anna Ek" and "Ek Anna" are the same
        found = found.filter(pupil__search_name__contains=word)
    return list(found.select_related("pupil", "school_class").order_by("pupil__search_name")[:MOST])
