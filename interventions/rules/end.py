from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import Intervention


def check_end(intervention: Intervention, on: datetime.date) -> None:
    """Raises ValidationError unless the intervention can end on the day.

    One that has not begun can be called off: it then ends on the day it would have started.
    """
    if intervention.ended_on is not None:
        raise ValidationError(
            {"on": _("It has already ended, on %(day)s.") % {"day": date_format(intervention.ended_on)}}
        )
    if on < intervention.starts_on:
        raise ValidationError(
            {
                "on": _("It cannot end before its start, %(day)s.")
                % {"day": date_format(intervention.starts_on)}
            }
        )
    if on > max(intervention.starts_on, timezone.localdate()):
        raise ValidationError(
            {"on": _("Choose a day that has been. Until then the intervention is running.")}
        )
