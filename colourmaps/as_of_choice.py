"""The choice of a day whose picture is shown, for templates/components/as_of.html."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .as_of import AsOf


def as_of_choice(
    as_of: AsOf | None, today: datetime.date, path: str, kept: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """kept: what else the address chooses, and goes on choosing."""
    kept = dict(kept or {})
    return {
        "day": as_of.day.isoformat() if as_of else "",
        "words": _("As it stood on %(day)s.") % {"day": date_format(as_of.day, "DATE_FORMAT")}
        if as_of
        else "",
        "today": today.isoformat(),
        "kept": list(kept.items()),
        "now": f"{path}?{urlencode(kept)}" if kept else path,
    }
