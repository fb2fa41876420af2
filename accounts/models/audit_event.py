from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..roles import RoleCode
from ..tenancy import LooseTenantModel


class AuditKind(models.TextChoices):
    """What was done, as coarse as the log is asked for: see `accounts.audit_kinds.kind_of`."""

    READ = "read", _("read")
    EXPORT = "export", _("taken out")
    WRITE = "write", _("written")
    SIGN_IN = "sign-in", _("sign-in")
    DENIAL = "denial", _("refused")
    PERMISSION = "permission", _("permissions changed")


class AuditEvent(LooseTenantModel):
    """Who did or saw what. Rows are only ever added; nothing here is a foreign key, so it outlives what it speaks of.

    Never free text about a pupil, never a name or an identity number: ids and codes alone.

    role, role_unit_id: the grant that opened the page, empty where no page did. page: the name of its address.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    actor_id = models.IntegerField(_("actor"), null=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=AuditKind, blank=True, default="", db_default=""
    )
    action = models.CharField(_("action"), max_length=60)
    role = models.CharField(_("role"), max_length=30, choices=RoleCode, blank=True, default="", db_default="")
    role_unit_id = models.IntegerField(_("unit of the role"), null=True)
    page = models.CharField(_("page"), max_length=100, blank=True, default="", db_default="")
    unit_id = models.IntegerField(_("unit"), null=True)
    subject = models.CharField(_("subject"), max_length=60, blank=True)
    purpose = models.TextField(_("purpose"), blank=True, default="", db_default="")
    pupil_ids = models.JSONField(_("pupils"), default=list)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["municipality", "at"], name="auditevent_by_time"),
            models.Index(fields=["municipality", "actor_id", "at"], name="auditevent_by_actor"),
            models.Index(fields=["municipality", "id"], name="auditevent_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class AuditPupil(LooseTenantModel):
    """That an event concerns a pupil: `AuditEvent.pupil_ids` again, to be found by pupil.

    A table of whole numbers, and no index on the list itself: below row-level security PostgreSQL uses an index only
    for comparisons that it knows to leak nothing, and "contains" is none (docs/audit.md).
    """

    pk = models.CompositePrimaryKey("municipality_id", "pupil_id", "event_id")
    pupil_id = models.IntegerField(_("pupil"))
    event_id = models.BigIntegerField(_("event"))

    class Meta:
        verbose_name = _("pupil of an event")
        verbose_name_plural = _("pupils of events")

    def __str__(self) -> str:
        return f"pupil {self.pupil_id} in event {self.event_id}"
