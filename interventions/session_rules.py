"""What a session must fulfil; asked by the forms and again by the services. Each rule has its sentence."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Intervention, Session, SessionState
from .states import is_evaluated

LONGEST = datetime.timedelta(days=730)


@dataclass(frozen=True)
class Mark:
    """What came of a session. n_present: where it was held; None else."""

    state: str
    n_expected: int
    n_present: int | None = None

    @classmethod
    def of(cls, session: Session) -> Mark:
        return cls(session.state, session.n_expected, session.n_present)

    @property
    def token(self) -> str:
        """What a page that showed it sends back, so that a mark made meanwhile is noticed."""
        return f"{self.state}-{'' if self.n_present is None else self.n_present}-{self.n_expected}"

    @property
    def in_words(self) -> str:
        if self.state == SessionState.HELD:
            return _("held, %(present)s of %(expected)s present") % {
                "present": self.n_present,
                "expected": self.n_expected,
            }
        return str(SessionState(self.state).label)


def check_open(intervention: Intervention) -> None:
    """Raises ValidationError once the intervention is evaluated: the evaluation rests on the counts."""
    if is_evaluated(intervention):
        raise ValidationError(_("It has been evaluated. Its sessions stay as they were."))


def check_day(intervention: Intervention, day: datetime.date) -> None:
    """Raises ValidationError unless there can be a session on the day."""
    if day < intervention.starts_on:
        raise ValidationError(
            _("It starts on %(day)s. Choose that day or a later one.")
            % {"day": date_format(intervention.starts_on)}
        )
    if intervention.ended_on is not None and day > intervention.ended_on:
        raise ValidationError(
            _("It ended on %(day)s. Choose that day or an earlier one.")
            % {"day": date_format(intervention.ended_on)}
        )
    if day > intervention.starts_on + LONGEST:
        raise ValidationError(_("That is more than two years after the start. Is the year right?"))


def check_mark(day: datetime.date, mark: Mark) -> None:
    """Raises ValidationError unless this can have come of a session on the day."""
    if mark.state != SessionState.HELD:
        return
    if day > timezone.localdate():
        raise ValidationError(
            _("%(day)s has not been yet. Mark it when it has been held.") % {"day": date_format(day)}
        )
    present = mark.n_present or 0
    if present > mark.n_expected:
        raise ValidationError(
            {
                "n_present": ngettext(
                    "%(present)s present, but only %(expected)s pupil is expected. Change one of the two numbers.",
                    "%(present)s present, but only %(expected)s pupils are expected. "
                    "Change one of the two numbers.",
                    mark.n_expected,
                )
                % {"present": present, "expected": mark.n_expected}
            }
        )
