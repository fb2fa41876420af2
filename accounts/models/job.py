from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..keys import KeyField
from ..tenancy import TenantModel


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Job(TenantModel):
    """Work that has been accepted. The row is the truth; the message broker is only a door-bell.

    Written in the transaction of what asked for it. A worker claims it with a lease; a sweep wakes what nobody
    woke and takes back what a dead worker held.
    """

    read_across = "workers are of no municipality: they see by the jobs of all whose turn it is"

    id = models.BigAutoField(primary_key=True)
    key = KeyField()
    task = models.CharField(_("task"), max_length=100)
    arguments = models.JSONField(_("arguments"), default=dict)
    is_heavy = models.BooleanField(
        _("heavy"),
        default=False,
        db_default=False,
        help_text=_("Takes more than a few seconds. A municipality has one such job running at a time."),
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    phase = models.CharField(_("phase"), max_length=100, blank=True)
    n_done = models.PositiveIntegerField(_("done"), default=0)
    n_total = models.PositiveIntegerField(_("of"), default=0)
    failure = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    queued_at = models.DateTimeField(_("queued"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    lease_until = models.DateTimeField(_("held until"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="job_key_once"),
            models.UniqueConstraint(
                fields=["municipality"],
                condition=models.Q(state=JobState.RUNNING, is_heavy=True),
                name="job_one_heavy",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "queued_at"], name="job_newest"),
            # When a municipality last had its turn.
            models.Index(fields=["municipality", "is_heavy", "started_at"], name="job_last_begun"),
            models.Index(
                fields=["municipality", "finished_at"],
                condition=models.Q(is_heavy=True),
                name="job_last_heavy",
            ),
            models.Index(
                fields=["queued_at"],
                condition=models.Q(state__in=[JobState.WAITING, JobState.RUNNING]),
                name="job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.get_state_display()})"
