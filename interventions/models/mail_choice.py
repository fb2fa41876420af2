"""Which mails a person wants."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel


class Digest(models.TextChoices):
    """How often at most, and only when there is something to tell."""

    WEEKLY = "weekly", _("once a week at most")
    MONTHLY = "monthly", _("once a month at most")
    NEVER = "never", _("never")


class MailChoice(TenantModel):
    """What a person has chosen of mails; who has chosen nothing is as a new row.

    last_sent_on: the day of the last digest, claimed before it is sent.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    digest = models.CharField(_("summary"), max_length=7, choices=Digest, default=Digest.WEEKLY)
    reminders = models.BooleanField(_("reminders of follow-ups"), default=True)
    last_sent_on = models.DateField(_("last summary"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("choice of mails")
        verbose_name_plural = _("choices of mails")
        constraints = [models.UniqueConstraint(fields=["municipality", "user"], name="mailchoice_once_each")]

    def __str__(self) -> str:
        return f"mails of {self.user_id}"
