"""What must hold for an intervention to be evaluated, and to be continued by another; asked by forms and services."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Evaluation, FollowUp, Intervention
from .rules import check_end


def check_evaluation(
    intervention: Intervention, follow_up: FollowUp | None, ended_on: datetime.date | None
) -> None:
    """Raises ValidationError unless it can be evaluated by the follow-up that was read.

    ended_on: the last day of one that has not ended yet.
    """
    evaluation = Evaluation.objects.filter(intervention=intervention).select_related("evaluated_by").first()
    if evaluation is not None:
        raise ValidationError(
            _("%(name)s evaluated it on %(day)s.")
            % {"name": evaluation.evaluated_by.name, "day": date_format(evaluation.evaluated_at)}
        )
    latest = intervention.follow_ups.last()
    if latest is None:
        raise ValidationError(
            _("It has not been followed up. Follow it up first; the evaluation rests on the answer.")
        )
    if latest != follow_up:
        raise ValidationError(
            _("It has been followed up again meanwhile. Read the new answer; what you wrote is still here.")
        )
    if intervention.ended_on is None and ended_on is not None:
        _check_last_day(intervention, ended_on)


def _check_last_day(intervention: Intervention, ended_on: datetime.date) -> None:
    try:
        check_end(intervention, ended_on)
    except ValidationError as refusal:
        raise ValidationError({"ended_on": refusal.messages}) from None


def check_continuation(intervention: Intervention, starts_on: datetime.date) -> None:
    """Raises ValidationError unless the intervention can be continued by another from a day on."""
    if intervention.ended_on is None:
        raise ValidationError(_("It has not ended. Evaluate or end it first."))
    if starts_on < intervention.ended_on:
        raise ValidationError(
            {
                "starts_on": _("The one before ended on %(day)s. Choose that day or a later one.")
                % {"day": date_format(intervention.ended_on)}
            }
        )
    successor = successor_of(intervention)
    if successor is not None:
        raise ValidationError(
            _("It is continued already, from %(day)s.") % {"day": date_format(successor.starts_on)}
        )


def successor_of(intervention: Intervention) -> Intervention | None:
    """What goes on after that goes on from there, so that a chain has one end."""
    return intervention.successors.order_by("pk").first()
