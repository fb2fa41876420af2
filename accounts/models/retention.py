from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..keys import KeyField
from ..tenancy import TenantModel
from .job import Job


class RetentionDecision(TenantModel):
    """How long a type of information is kept, by whose decision. The newest of a type counts; older ones stay.

    kind: code of an InformationType (accounts.declarations). years: from the day that the type counts from.
    """

    kind = models.CharField(_("type of information"), max_length=30)
    years = models.PositiveSmallIntegerField(_("years"))
    decided_on = models.DateField(_("decided"))
    decided_by = models.CharField(_("decided by"), max_length=100)
    reference = models.CharField(_("reference of the decision"), max_length=60)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    noted_at = models.DateTimeField(_("noted"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision on retention")
        verbose_name_plural = _("decisions on retention")
        ordering = ["noted_at", "pk"]
        indexes = [models.Index(fields=["municipality", "kind"], name="retentiondecision_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.years} ({self.reference})"


class RetentionRun(TenantModel):
    """That a decision was carried out, and the proof of it.

    before: what began earlier went. rows: how many, by table. digest: SHA-256, each step over the one before it and
    the ids that it took. archive: the file that was made first, where the type asks for one.
    """

    key = KeyField()
    decision = models.ForeignKey(
        RetentionDecision, on_delete=models.PROTECT, related_name="runs", verbose_name=_("decision")
    )
    before = models.DateField(_("what began before"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    archive_seal = models.CharField(_("seal of the archive's file"), max_length=64, blank=True)
    rows = models.JSONField(_("what went"), default=dict)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        ordering = ["-asked_at"]
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="retentionrun_key_once")]

    def __str__(self) -> str:
        return f"removal {self.key}"

    @property
    def n_rows(self) -> int:
        return sum(self.rows.values())


class ExportedFile(TenantModel):
    """A file with everything of the municipality, or with what is about to be removed; made by a job, for one person.

    Nobody but `by` gets it, and not after expires_at; then the file goes, and the row tells that there was one.
    """

    key = KeyField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    purpose = models.CharField(_("purpose"), max_length=200)
    run = models.ForeignKey(
        RetentionRun, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("removal")
    )
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    made_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    expires_at = models.DateTimeField(_("kept until"))
    stored_as = models.CharField(max_length=40, blank=True, editable=False)
    n_rows = models.PositiveIntegerField(_("rows"), default=0)
    n_bytes = models.PositiveBigIntegerField(_("size"), default=0)
    seal = models.CharField(_("seal"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="exportedfile_key_once")]

    def __str__(self) -> str:
        return f"export {self.key}"
