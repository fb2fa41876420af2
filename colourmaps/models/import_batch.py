from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Job, User
from accounts.tenancy import TenantModel


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("being read")
    UNREADABLE = "unreadable", _("could not be read")
    UNDERSTOOD = "understood", _("waiting for your answer")
    CONFIRMED = "confirmed", _("being imported")
    IMPORTED = "imported", _("imported")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class ImportKind(models.TextChoices):
    FILE = "file", _("file of results")
    FILLED_IN = "filled_in", _("colour map filled in")


class ImportBatch(TenantModel):
    """One file of results: its digest, state, counts and messages."""

    key = KeyField()
    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind, default=ImportKind.FILE)
    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField(_("digest"), max_length=64)
    stored_as = models.CharField(max_length=100, blank=True, editable=False)
    n_bytes = models.PositiveIntegerField(_("size"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    mapping = models.JSONField(_("mapping"), default=dict)
    adds_pupils = models.BooleanField(_("add pupils and classes that are missing"), default=False)
    understood = models.JSONField(_("understood"), default=list)
    counts = models.JSONField(_("counts"), default=dict)
    decisions = models.JSONField(
        _("decisions"), default=dict, help_text=_("What a person has answered where the file left a doubt.")
    )
    effect = models.JSONField(
        _("effect"), default=dict, help_text=_("What it changes cell by cell, as ids and values.")
    )
    made = models.JSONField(
        _("made"), default=dict, help_text=_("Ids of the rows that it has added to the register.")
    )
    failure = models.TextField(_("reason"), blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("job"))
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    imported_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    file_removed_at = models.DateTimeField(_("file removed"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-uploaded_at"]
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="importbatch_key_once")]
        indexes = [models.Index(fields=["municipality", "digest"], name="importbatch_by_digest")]

    def __str__(self) -> str:
        return self.file_name


class ImportMessage(TenantModel):
    """What a check said about a place in the file: level, code, place and the value as it stood there."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="messages", verbose_name=_("import")
    )
    level = models.CharField(_("level"), max_length=8)
    code = models.CharField(_("code"), max_length=40)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    row = models.PositiveIntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=150, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    text = models.TextField(
        _("text"), blank=True, help_text=_("As it was first written, should the code be retired.")
    )

    class Meta:
        verbose_name = _("import message")
        verbose_name_plural = _("import messages")
        ordering = ["id"]
        indexes = [models.Index(fields=["municipality", "batch", "level"], name="importmessage_by_batch")]

    def __str__(self) -> str:
        return f"{self.level} {self.code}"


class SavedMapping(TenantModel):
    """How the columns of one kind of file are to be understood, as the coordinator last confirmed it."""

    signature = models.CharField(_("kind of file"), max_length=64)
    mapping = models.JSONField(_("mapping"))
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    saved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("saved by")
    )

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "signature"], name="savedmapping_once")
        ]

    def __str__(self) -> str:
        return self.signature
