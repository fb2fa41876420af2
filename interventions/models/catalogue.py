"""The municipality's overview of interventions to choose from, and what municipalities offer to each other.

Source: Tønder's "Oversigt over tidlige indsatser", kept up by those who answer for each entry.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Municipality, User
from accounts.tenancy import TenantModel
from colourmaps.models import IndicatorArea
from pupils.identity import search_key

from .kinds import Kind

OLDEST = 20
TEXT = 1000


class Profession(models.TextChoices):
    """Who gives it."""

    TEACHER = "teacher", _("teacher")
    PRESCHOOL_TEACHER = "preschool", _("preschool teacher")
    SPECIAL_TEACHER = "special", _("special needs teacher")
    PUPIL_HEALTH = "health", _("school nurse or doctor")
    COUNSELLOR = "counsellor", _("school counsellor")
    PSYCHOLOGIST = "psychologist", _("psychologist")
    SPEECH_THERAPIST = "speech", _("speech therapist")
    SOCIAL_WORKER = "social", _("social worker")
    SEVERAL = "several", _("several professions together")


class EvidenceLevel(models.TextChoices):
    """What others have found, from the firmest to none; what was found here is computed (catalogue/results.py)."""

    COMPARED = "compared", _("several studies with comparison groups")
    PROMISING = "promising", _("single studies, promising")
    PRACTICE = "practice", _("tried in practice, not studied")
    DOUBTFUL = "doubtful", _("studied, without clear effect")
    UNKNOWN = "unknown", _("not known")


class EntryContent(models.Model):
    """What is told of an intervention, wherever it is told."""

    title = models.CharField(_("what it is called"), max_length=150)
    aim = models.TextField(_("what it is to reach"), max_length=TEXT)
    practice = models.TextField(_("what is done"), max_length=TEXT)
    need = models.TextField(_("for which need"), max_length=TEXT)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.TEACHING)
    area = models.CharField(_("area"), max_length=20, choices=IndicatorArea)
    age_from = models.PositiveSmallIntegerField(_("from age"), validators=[MaxValueValidator(OLDEST)])
    age_to = models.PositiveSmallIntegerField(_("to age"), validators=[MaxValueValidator(OLDEST)])
    profession = models.CharField(_("who gives it"), max_length=12, choices=Profession)
    times_per_week = models.PositiveSmallIntegerField(_("times per week"), null=True, blank=True)
    minutes_each_time = models.PositiveSmallIntegerField(_("minutes each time"), null=True, blank=True)
    evidence_level = models.CharField(
        _("what is known of its effect"), max_length=10, choices=EvidenceLevel, default=EvidenceLevel.UNKNOWN
    )
    evidence = models.TextField(_("what the studies found"), max_length=TEXT, blank=True)
    sources = models.TextField(_("sources"), max_length=TEXT, blank=True)
    cost_money = models.PositiveIntegerField(_("money"), null=True, blank=True)
    cost_hours = models.DecimalField(
        _("hours"),
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cost_per = models.CharField(_("for what"), max_length=60, blank=True)
    training = models.CharField(_("training needed"), max_length=300, blank=True)
    waiting_weeks = models.PositiveSmallIntegerField(_("waiting time in weeks"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def content(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in CONTENT_FIELDS}


CONTENT_FIELDS = tuple(field.name for field in EntryContent._meta.local_fields)


class CatalogueEntry(TenantModel, EntryContent):
    """An intervention that the municipality knows and can adopt. Exactly one person keeps it current.

    source_key, source_version: of the SharedEntry that it is a copy of, as it was when it was last looked at. The
    copy outlives its source, so it holds the source's name and date itself.
    """

    has_owner: bool  # by catalogue.entries.entries_with_owners alone

    key = KeyField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by"))
    checked_on = models.DateField(_("checked"))
    search_text = models.TextField(editable=False)
    withdrawn_on = models.DateField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("why it is withdrawn"), max_length=300, blank=True)
    source_key = models.CharField(max_length=12, blank=True, editable=False)
    source_version = models.PositiveIntegerField(null=True, editable=False)
    source_name = models.CharField(_("taken over from"), max_length=100, blank=True, editable=False)
    source_date = models.DateField(_("as it stood there on"), null=True, editable=False)

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue entries")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="catalogueentry_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "source_key"],
                condition=~Q(source_key="") & Q(withdrawn_on__isnull=True),
                name="catalogueentry_one_copy",
            ),
            models.CheckConstraint(
                condition=Q(age_to__gte=F("age_from")), name="catalogueentry_ages_in_order"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_reason=""),
                name="catalogueentry_withdrawn_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(source_key="")
                | Q(source_version__isnull=False, source_date__isnull=False) & ~Q(source_name=""),
                name="catalogueentry_source_is_whole",
            ),
        ]

    def save(self, *args: Any, **options: Any) -> None:
        """What is searched for follows what is written, as pupils' names do: SQLite cannot compare Å and å."""
        self.search_text = search_key(f"{self.title} {self.aim} {self.need} {self.practice}")
        if options.get("update_fields"):
            options["update_fields"] = {*options["update_fields"], "search_text"}
        super().save(*args, **options)


class SharedEntry(EntryContent):
    """What a municipality offers to all others of an entry: a copy, of which no person but a chosen contact is told.

    Belongs to nobody's scope on purpose: services/sharing.py writes it, catalogue/offers.py reads it.
    entry_key: of the entry at home, which others cannot open. results: how many interventions had which verdict,
    where the municipality tells it. version: counts the times that it was published.
    """

    key = KeyField(unique=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    entry_key = models.CharField(max_length=12, editable=False)
    version = models.PositiveIntegerField(default=1)
    published_on = models.DateField(_("published"))
    withdrawn_on = models.DateField(_("withdrawn"), null=True, blank=True)
    results = models.JSONField(_("results"), null=True, blank=True)

    class Meta:
        verbose_name = _("shared entry")
        verbose_name_plural = _("shared entries")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "entry_key"], name="sharedentry_once"),
            models.CheckConstraint(condition=Q(age_to__gte=F("age_from")), name="sharedentry_ages_in_order"),
        ]
