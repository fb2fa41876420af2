"""What the tables of medical pupil health hold. See accounts.declarations.

They are patient records: kept for ten years at least, and in no extract that the school gives out. That there is
anything would say something already, so such an extract does not even count it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import Sight
from accounts.declarations import Declaration, InformationType, Removal, about_pupils, add_type
from accounts.models import User
from accounts.roles import Permission
from pupils.extract import add_wall

from .models import Crossing, MedicalResult

KIND = "medical"
# Patientdatalagen 3 kap. 17 §.
YEARS_OF_PATIENT_RECORDS = 10


def old_records(before: datetime.date) -> Sequence[QuerySet]:
    return [
        MedicalResult.objects.filter(measured_on__lt=before),
        Crossing.objects.filter(valid_to__lt=before),
    ]


def only_for_its_own(declaration: Declaration, rows: QuerySet, by: User) -> QuerySet | None:
    if declaration.kind == KIND and not Sight(by).has(Permission.SEE_MEDICAL):
        return None
    return rows


add_type(
    InformationType(
        KIND,
        _("Records of medical pupil health"),
        _(
            "Patient records (patientdatalagen 3:17: ten years at least; offentlighets- och sekretesslagen 25:1)."
        ),
        Removal(_("the day of the measurement, or the last day of a sharing"), old_records),
        floor_years=YEARS_OF_PATIENT_RECORDS,
        proposed_years=YEARS_OF_PATIENT_RECORDS,
        archive_first=True,
        is_walled=True,
    )
)
add_wall(only_for_its_own)

about_pupils(
    MedicalResult, kind=KIND, says=_("what medical pupil health has measured and noted of the pupil")
)
about_pupils(
    Crossing, kind=KIND, says=_("who outside medical pupil health was let see what of it, why and until when")
)
