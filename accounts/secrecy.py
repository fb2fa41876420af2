"""Which secrecy area a thing belongs to, and whose permission opens it. The one place that says so. Pure.

The law draws the wall, not the organisation: the medical part of pupil health (school nurse, school doctor) and the
rest of the school are independent branches of one authority, and nothing passes from the one to the other by itself
(offentlighets- och sekretesslagen 8:2, 25:1, 23:2). A principal belongs to the rest. docs/secrecy.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from .roles import Permission


class SecrecyArea(models.TextChoices):
    """The law's branch that a result belongs to; medical pupil health is closed to the others.

    Source: offentlighets- och sekretesslagen 25:1 (medical), 23:2 (the rest of the school).
    """

    SCHOOL = "school", _("school and pupil support")
    MEDICAL = "medical", _("medical pupil health")


# Neither opens the other: whoever is to see both holds a role of each.
OPENED_BY = {
    SecrecyArea.SCHOOL: Permission.SEE_PUPILS,
    SecrecyArea.MEDICAL: Permission.SEE_MEDICAL,
}
# What is written of the medical part in the audit log begins so: that something was recorded of a pupil says
# already that there is something.
MEDICAL_ACTION = "medical "


def areas_of(permissions: Iterable[Permission]) -> frozenset[SecrecyArea]:
    """The areas that somebody with the permissions reads; none of them, none."""
    held = frozenset(permissions)
    return frozenset(area for area, permission in OPENED_BY.items() if permission in held)


def area_of_action(action: str) -> SecrecyArea:
    """The area that an event of the audit log speaks of."""
    return SecrecyArea.MEDICAL if action.startswith(MEDICAL_ACTION) else SecrecyArea.SCHOOL
