"""Registered groups, and what pupils have asked for: chapters of the data-protection pack."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.data_protection import Chapter
from accounts.models import Municipality

from .models import Erasure, PupilGroup


def groups(municipality: Municipality) -> Chapter:
    rows = [(each.name, each.purpose, each.legal_ground) for each in PupilGroup.objects.order_by("name")]
    head = (_("Group"), _("Purpose"), _("Legal ground"))
    return Chapter(_("Registered groups of pupils"), "", head, rows)


def erasures(municipality: Municipality) -> Chapter:
    rows = [
        (
            each.reference,
            each.decided_by,
            each.decided_on.isoformat(),
            each.erased_at.isoformat() if each.erased_at else "–",
        )
        for each in Erasure.objects.all()
    ]
    head = (_("Decision"), _("Decided by"), _("Decided"), _("Erased"))
    return Chapter(_("Erased pupils"), "", head, rows)
