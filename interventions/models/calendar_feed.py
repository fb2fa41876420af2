"""The calendar of meetings that somebody's own calendar reads, without signing in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel


class CalendarFeed(TenantModel):
    """The one address by which a person's calendar is read. Whoever knows the address reads it: it tells of no pupil.

    digest: SHA-256 of the secret in the address, in hexadecimal digits; the secret is shown once and kept nowhere.
    """

    read_across = "a calendar program signs in to no municipality: the secret of the address leads to one"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    digest = models.CharField(_("digest of the secret"), max_length=64, editable=False)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar to subscribe to")
        verbose_name_plural = _("calendars to subscribe to")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "user"], name="calendarfeed_one_each"),
            models.UniqueConstraint(fields=["municipality", "digest"], name="calendarfeed_digest_once"),
        ]
        # Found by its digest alone, before a municipality is known.
        indexes = [models.Index(fields=["digest"], name="calendarfeed_by_digest")]

    def __str__(self) -> str:
        return f"calendar of user {self.user_id}"
