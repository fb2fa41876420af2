"""People in an extract: staff by their role, other pupils not at all."""

from __future__ import annotations

import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Level, RoleAssignment, Unit
from accounts.queries import line_of

from ..models import Enrolment, Pupil
from ..names_in_text import names_at, parts_of, parts_of_name


class Staff:
    """The role of somebody on a day, in words; read once for all of an extract."""

    def __init__(self) -> None:
        self._held: dict[int, list[RoleAssignment]] = {}

    def role_of(self, user_id: int | None, on: datetime.date | None = None) -> str:
        """The first role of the day, else the last one that the person had; never a name."""
        if user_id is None:
            return _("the system")
        if user_id not in self._held:
            rows = RoleAssignment.objects.filter(user=user_id).select_related("unit").order_by("-valid_from")
            self._held[user_id] = list(rows)
        held = self._held[user_id]
        of_day = [each for each in held if on is None or each.is_in_force(on)]
        for each in [*of_day, *held][:1]:
            return f"{each.get_role_display()}, {each.unit.name}"
        return _("somebody of the staff")


class Others:
    """Names of the other pupils of the schools that the pupil is or was at."""

    def __init__(self, pupil: Pupil) -> None:
        self.pupil = pupil

    @cached_property
    def names(self) -> frozenset[str]:
        own = {
            part for name in (self.pupil.given_name, self.pupil.family_name) for part in parts_of_name(name)
        }
        found = frozenset().union(*(names_at(school) for school in self._schools()))
        return found - own - {*parts_of_name(self.pupil.own_id)}

    def _schools(self) -> list[Unit]:
        homes = Enrolment.objects.filter(pupil=self.pupil).select_related("school_class")
        lines = [line_of(each.school_class, each.valid_from) for each in homes]
        return list({unit.pk: unit for line in lines for unit in line if unit.level == Level.SCHOOL}.values())

    def without(self, text: str) -> str:
        """The text with a sign for every word that may be another pupil's name, and for numbers but the own ones."""
        own = {self.pupil.identity_number, self.pupil.own_id}
        sign = _("[another pupil]")
        return "".join(
            sign if part.is_name and part.text not in own else part.text
            for part in parts_of(text, self.names)
        )
