from django.db import models
from django.utils.translation import gettext_lazy as _

from ..tenancy import LooseTenantModel


class AuditEvent(LooseTenantModel):
    """Who did or saw what. Rows are only ever added; nothing here is a foreign key, so it outlives what it speaks of.

    Never free text about a pupil, never a name or an identity number: ids and codes alone.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor_id = models.IntegerField(_("actor"), null=True)
    action = models.CharField(_("action"), max_length=60)
    unit_id = models.IntegerField(_("unit"), null=True)
    subject = models.CharField(_("subject"), max_length=60, blank=True)
    pupil_ids = models.JSONField(_("pupils"), default=list)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["municipality", "at"], name="auditevent_by_time"),
            models.Index(fields=["municipality", "actor_id", "at"], name="auditevent_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
