"""Two people with the same file: one imports it, the other is told by whom and when."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import JobState, User

from ..models import ImportBatch, ImportState
from .messages import Level, Message, define

ALREADY_IMPORTED = define(
    "check.already_imported",
    Level.NOTE,
    gettext_lazy("The same file was imported %(when)s by %(who)s."),
)


def earlier_import(batch: ImportBatch) -> Message | None:
    """Says it when the same file has been imported before: importing it again changes nothing.

    One that has been undone does not count: it has left nothing behind.
    """
    earlier = _others(batch).filter(state=ImportState.IMPORTED).order_by("-imported_at").first()
    if earlier is None:
        return None
    who = confirmed_by(earlier)
    when = f"{timezone.localtime(earlier.imported_at):%Y-%m-%d %H:%M}"
    return Message(ALREADY_IMPORTED, parameters={"when": when, "who": who.name if who else "–"})


def import_going_on(batch: ImportBatch) -> str:
    """A sentence if somebody else's import of the same file is at work at this moment; else ""."""
    others = _others(batch).filter(state=ImportState.CONFIRMED)
    other = others.filter(job__state__in=[JobState.WAITING, JobState.RUNNING]).first()
    if other is None or other.job is None:
        return ""
    return _("The same file is being imported by %(who)s since %(when)s.") % {
        "who": other.job.by.name if other.job.by else "–",
        "when": f"{timezone.localtime(other.job.queued_at):%H:%M}",
    }


def confirmed_by(batch: ImportBatch) -> User | None:
    """Who said yes to the import; on the command line nobody did, and it is whoever ran the command."""
    return batch.confirmed_by or batch.by


def _others(batch: ImportBatch) -> QuerySet[ImportBatch]:
    return (
        ImportBatch.objects.filter(digest=batch.digest).exclude(pk=batch.pk).select_related("by", "job__by")
    )
