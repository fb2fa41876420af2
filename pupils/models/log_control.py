from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.tenancy import TenantModel


class Selection(models.TextChoices):
    """Why a read is looked at. Own child and neighbours are none: no relation and no address is known here."""

    RANDOM = "random", _("random sample")
    SAME_SURNAME = "same surname", _("same surname as the reader")
    PROTECTED = "protected", _("protected identity")
    AFTER_HOURS = "after hours", _("outside working hours")
    MANY = "many", _("unusually many pupils in a day")


class Judgement(models.TextChoices):
    NONE = "", _("not judged yet")
    JUSTIFIED = "justified", _("justified")
    TO_EXPLAIN = "to explain", _("to be explained")
    NOT_JUSTIFIED = "not justified", _("not justified")


def _person(**options: Any) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class LogControl(TenantModel):
    """A look through who read what in a period: drawn once, judged line by line, signed, and then left as it is.

    seed: by which the same lines are drawn again. found: {selection: how many there were}, of which a number was drawn.
    day_begins, day_ends: the hours of work, between which a read on a weekday is not outside them.
    """

    key = KeyField()
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    selections = models.JSONField(_("selections"), default=list)
    n_random = models.PositiveSmallIntegerField(_("size of the random sample"), default=20)
    day_begins = models.PositiveSmallIntegerField(_("working hours begin"), default=6)
    day_ends = models.PositiveSmallIntegerField(_("working hours end"), default=19)
    seed = models.PositiveIntegerField(_("seed"))
    n_reads = models.PositiveIntegerField(_("reads in the period"), default=0)
    found = models.JSONField(_("found"), default=dict)
    made_by = _person(verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))
    outcome = models.TextField(_("outcome"), blank=True)
    signed_by = _person(null=True, verbose_name=_("signed by"))
    signed_at = models.DateTimeField(_("signed"), null=True)

    class Meta:
        verbose_name = _("control of the log")
        verbose_name_plural = _("controls of the log")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="logcontrol_key_once"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="logcontrol_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(outcome="")),
                name="logcontrol_signed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"control {self.key}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class LogControlLine(TenantModel):
    """A read that is looked at. why: a list of {selection, and the figures behind it}."""

    key = KeyField()
    control = models.ForeignKey(
        LogControl, on_delete=models.PROTECT, related_name="lines", verbose_name=_("control")
    )
    event_id = models.BigIntegerField(_("event"))
    why = models.JSONField(_("why"), default=list)
    judgement = models.CharField(
        _("judgement"), max_length=13, choices=Judgement, default=Judgement.NONE, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    judged_by = _person(null=True, verbose_name=_("judged by"))
    judged_at = models.DateTimeField(_("judged"), null=True)

    class Meta:
        verbose_name = _("line of a control of the log")
        verbose_name_plural = _("lines of controls of the log")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="logcontrolline_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "control", "event_id"], name="logcontrolline_event_once"
            ),
            models.CheckConstraint(
                condition=Q(judgement="", judged_by__isnull=True)
                | (~Q(judgement="") & Q(judged_by__isnull=False)),
                name="logcontrolline_judged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.key}"
