import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import ngettext

from accounts.models import Unit
from accounts.reorganisation import Refused
from accounts.signals import reorganisation_planned

from .models import Enrolment, Pupil
from .protected import sealed_rows
from .signals import pupil_leaving


@receiver(reorganisation_planned)
def keep_classes_with_pupils(ending_ids: Collection[int], on: datetime.date, **_kwargs: Any) -> None:
    """A class in which pupils still are on the day does not end: they would be in sums of no unit above it."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    for unit in Unit.objects.filter(pk__in=ending_ids):
        n = Enrolment.objects.filter(lasting, school_class=unit).values("pupil").distinct().count()
        if n:
            raise Refused(
                ngettext(
                    "%(n)d pupil is still in “%(unit)s” on that day. Move the pupil to another class first.",
                    "%(n)d pupils are still in “%(unit)s” on that day. Move them to another class first.",
                    n,
                )
                % {"n": n, "unit": unit}
            )


@receiver(pupil_leaving)
def forget_sealed_name(pupil: Pupil, **_kwargs: Any) -> None:
    """No table says whose a sealed name is, so an erasure would not find it by itself."""
    for row in sealed_rows([pupil.key]).values():
        row.delete()
