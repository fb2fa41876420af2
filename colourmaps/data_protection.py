"""What is measured and why: a chapter of the data-protection pack."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.data_protection import Chapter
from accounts.models import Municipality

from .models import Indicator


def indicators(municipality: Municipality) -> Chapter:
    """Of each the purpose and ground; where one is missing, that is said: nothing may be measured without."""
    missing = _("MISSING")
    rows = [
        (
            str(each),
            str(each.get_area_display()),
            each.purpose or missing,
            each.legal_ground or missing,
            str(each.get_secrecy_area_display()),
        )
        for each in Indicator.objects.order_by("area", "position", "pk")
    ]
    head = (_("Indicator"), _("Area"), _("Purpose"), _("Legal ground"), _("Secrecy area"))
    return Chapter(_("What is measured"), "", head, rows)
