from django.db import models
from django.utils.translation import gettext_lazy as _

from ..tenancy import LooseTenantModel

DIGEST_LENGTH = 64  # SHA-256 in hexadecimal


class AuditSeal(LooseTenantModel):
    """A link of the chain: the events that a run of sealing found, closed with the hash of the seal before it.

    number: 1, 2, 3 … without a gap. last_event_id: the highest id of an event sealed so far. See accounts/sealing.py.
    """

    pk = models.CompositePrimaryKey("municipality_id", "number")
    number = models.PositiveIntegerField(_("number"))
    sealed_at = models.DateTimeField(_("sealed"))
    n_events = models.PositiveIntegerField(_("events"))
    last_event_id = models.BigIntegerField(_("last event"))
    previous = models.CharField(_("hash before"), max_length=DIGEST_LENGTH, blank=True)
    hash = models.CharField(_("hash"), max_length=DIGEST_LENGTH)

    class Meta:
        verbose_name = _("seal of the log")
        verbose_name_plural = _("seals of the log")

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedEvent(LooseTenantModel):
    """An event's own hash, in the seal that covers it; an event is sealed once."""

    pk = models.CompositePrimaryKey("municipality_id", "event_id")
    event_id = models.BigIntegerField(_("event"))
    seal_number = models.PositiveIntegerField(_("seal"))
    digest = models.CharField(_("hash of the event"), max_length=DIGEST_LENGTH)

    class Meta:
        verbose_name = _("sealed event")
        verbose_name_plural = _("sealed events")
        indexes = [
            models.Index(fields=["municipality", "seal_number", "event_id"], name="sealedevent_by_seal")
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} in seal {self.seal_number}"


class AuditCheck(LooseTenantModel):
    """What a verification of the log came to: the newest is shown where the municipality looks after its system.

    findings: a list of {what, seal, event}, as long as is shown; n_findings: all of them.
    """

    id = models.BigAutoField(primary_key=True)
    checked_at = models.DateTimeField(_("checked"))
    n_events = models.PositiveBigIntegerField(_("events"))
    n_waiting = models.PositiveIntegerField(_("events not sealed yet"))
    newest_seal = models.PositiveIntegerField(_("newest seal"))
    newest_hash = models.CharField(_("its hash"), max_length=DIGEST_LENGTH, blank=True)
    n_findings = models.PositiveIntegerField(_("findings"))
    findings = models.JSONField(_("what was found"), default=list)

    class Meta:
        verbose_name = _("check of the log")
        verbose_name_plural = _("checks of the log")
        indexes = [models.Index(fields=["municipality", "checked_at"], name="auditcheck_by_time")]

    def __str__(self) -> str:
        return f"check of {self.checked_at:%Y-%m-%d %H:%M}"
