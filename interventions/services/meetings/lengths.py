"""How long what is written at a meeting may be: as long as its column."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext as _


def wrong_with_length(model: type[Model], field: str, text: str) -> str:
    """A sentence, empty if the text is short enough for the field."""
    most = getattr(model._meta.get_field(field), "max_length", None)
    if most is None or len(text) <= most:
        return ""
    return _("At most %(most)s characters; this has %(n)s.") % {"most": most, "n": len(text)}
