"""The choice of a day whose picture is shown, for templates/components/as_of.html."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .as_of import AsOf


def as_of_choice(
    as_of: AsOf | None, today: datetime.date, path: str, kept: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """kept: what else the address chooses, and goes on choosing."""
    kept = dict(kept or {})
    return {
        "day": as_of.day.isoformat() if as_of else "",
        "asked": as_of.asked if as_of else "",
        "is_moment": as_of is not None and as_of.at is not None,
        "words": _("As it stood on %(day)s.") % {"day": as_of_in_words(as_of)} if as_of else "",
        "today": today.isoformat(),
        "kept": list(kept.items()),
        "now": f"{path}?{urlencode(kept)}" if kept else path,
    }


def as_of_in_words(as_of: AsOf) -> str:
    """The day, with the time if a moment of it is meant."""
    if as_of.at is None:
        return date_format(as_of.day, "DATE_FORMAT")
    return date_format(localtime(as_of.at), "DATETIME_FORMAT")
