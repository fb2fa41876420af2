from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Job, User
from accounts.tenancy import TenantModel


class Erasure(TenantModel):
    """A pupil who is to be erased, or has been: the decision, and the proof that it was carried out.

    pupil_id: the bare number, which afterwards leads nowhere but to the log. key_hash, number_hash, own_id_hash: keyed,
    so that the pupil can be told again in a backup that is older, and by nobody without the key of the installation.
    strikes_shared_names: also where somebody else has the same name, which may then be lost there.
    rows: how many went, were emptied, lost an entry or a word, by table. digest: SHA-256 of what went, id by id.
    doubtful: places at which a word is a name that others have as well, as [table, id, field]; they were left.
    """

    key = KeyField()
    pupil_id = models.IntegerField(_("pupil"))
    key_hash = models.CharField(max_length=64, editable=False)
    number_hash = models.CharField(max_length=64, blank=True, editable=False)
    own_id_hash = models.CharField(max_length=64, blank=True, editable=False)
    decided_on = models.DateField(_("decided"))
    decided_by = models.CharField(_("decided by"), max_length=100)
    reference = models.CharField(_("reference of the decision"), max_length=60)
    ground = models.CharField(_("ground"), max_length=300)
    strikes_shared_names = models.BooleanField(_("also where others have the same name"), default=False)
    asked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("carried out by"),
        help_text=_("Empty where a list was replayed after a restore."),
    )
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    erased_at = models.DateTimeField(_("erased"), null=True)
    rows = models.JSONField(_("what went"), default=dict)
    doubtful = models.JSONField(_("left for a person"), default=list)
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="erasure_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "pupil_id"],
                condition=models.Q(erased_at__isnull=True),
                name="erasure_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.key}"
