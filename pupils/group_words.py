"""How many pupils a registered group has, in words."""

from __future__ import annotations

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Sight
from accounts.roles import Permission
from accounts.tenancy import current_municipality

from .models import PupilGroup


def size_in_words(n: int, sight: Sight) -> str:
    """A small number says who it is: it is told to those alone who set the members of the whole municipality."""
    least = current_municipality().smallest_base
    if 0 < n < least and not sight.has_for_all(Permission.KEEP_GROUPS):
        return _("fewer than %(n)d pupils") % {"n": least}
    return pupils_in_words(n)


def pupils_in_words(n: int) -> str:
    return ngettext("%(n)d pupil", "%(n)d pupils", n) % {"n": n}


def day_in_words(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")


def facts_of(group: PupilGroup) -> list[tuple[str, str]]:
    """Term and text of what the group is for, and since when."""
    facts = [
        (_("Purpose"), group.purpose),
        (_("Legal ground"), group.legal_ground),
        (_("From"), day_in_words(group.valid_from)),
    ]
    if group.valid_to is not None:
        last = group.valid_to - datetime.timedelta(days=1)
        facts.append((_("Last day"), day_in_words(last)))
    return facts
