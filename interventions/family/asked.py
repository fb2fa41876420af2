"""What a family is asked on the way out. A child of nine answers without help. Source: MISSION S83, S84."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Felt, Who


@dataclass(frozen=True)
class Asked:
    """field: of FamilyAnswer. text: to the family; short: as the head of a column of those who read the answers."""

    field: str
    text: Promise
    short: Promise


ASKED = (
    Asked("listened", _("Did we listen to you?"), _("Listened to")),
    Asked("influenced", _("Did you help to decide?"), _("Helped to decide")),
    Asked("understood", _("Do you know what will happen now?"), _("Knows what will happen")),
)
# In the order of the faces on the page, and of the parts of a bar.
FELT = (Felt.YES, Felt.PARTLY, Felt.NO)
FELT_WORDS: dict[Felt, Promise] = {Felt.YES: _("Yes"), Felt.PARTLY: _("A little"), Felt.NO: _("No")}
WHO_WORDS: dict[Who, Promise] = {Who.PUPIL: _("Pupil"), Who.GUARDIAN: _("Parent or guardian")}
