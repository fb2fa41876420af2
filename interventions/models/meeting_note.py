"""What is written down at a meeting beside its decisions: for oneself, for those there, for the level above."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel

from .meeting import AnalysisMeeting


class NoteAudience(models.TextChoices):
    PRIVATE = "private", _("only I")
    UNIT = "unit", _("those who may enter this meeting")
    SHARED = "shared", _("the level above as well")


class MeetingNote(TenantModel):
    """An answer to a guiding question, or a free note. One per meeting, on which all write; private ones per person.

    prompt: the number of the question in the meeting's version of them, from 1; 0 for what answers none.
    What a school shares with the level above has been looked through for names of its pupils (questions/border.py).
    version: as of MeetingCase.
    """

    meeting = models.ForeignKey(AnalysisMeeting, on_delete=models.CASCADE, related_name="notes")
    audience = models.CharField(_("for whom"), max_length=7, choices=NoteAudience)
    prompt = models.PositiveSmallIntegerField(_("question"), default=0)
    text = models.TextField(_("note"), max_length=3000, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("written"), auto_now=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("note of a meeting")
        verbose_name_plural = _("notes of meetings")
        ordering = ["prompt", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "meeting", "audience", "prompt"],
                condition=~Q(audience=NoteAudience.PRIVATE),
                name="meetingnote_once_together",
            ),
            models.UniqueConstraint(
                fields=["municipality", "meeting", "by", "prompt"],
                condition=Q(audience=NoteAudience.PRIVATE),
                name="meetingnote_once_each",
            ),
        ]

    def __str__(self) -> str:
        return f"note of {self.meeting_id} for {self.audience}"
