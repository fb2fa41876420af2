"""Of two who write on the same thing at once, the second is told what the first wrote, and loses nothing."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class Conflict(ValidationError):
    """Somebody has written on it since; the page shows what, beside what the person has typed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has written here since you opened it."), code="conflict")
