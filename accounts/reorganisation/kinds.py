"""The acts that a page of a unit offers, as data: what each is called, what it does, and for units of which levels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Level

BELOW_ROOT = frozenset(Level) - {Level.MUNICIPALITY}
ABOVE_CLASSES = frozenset(Level) - {Level.SCHOOL_CLASS}


@dataclass(frozen=True)
class ActKind:
    """code: as it stands in the address."""

    code: str
    label: Promise
    sentence: Promise
    levels: Collection[Level]


KINDS = {
    kind.code: kind
    for kind in (
        ActKind(
            "move",
            _("Move"),
            _("It stands under another unit from a day on, with all that is below it."),
            BELOW_ROOT,
        ),
        ActKind(
            "merge",
            _("Merge"),
            _("It becomes one with others from a day on. What stands below them goes on in the new whole."),
            BELOW_ROOT & ABOVE_CLASSES,
        ),
        ActKind(
            "divide",
            _("Divide"),
            _("Some of what stands directly below it goes on under a new unit from a day on."),
            BELOW_ROOT & ABOVE_CLASSES,
        ),
        ActKind(
            "close",
            _("Close down"),
            _("It ends on a day, and nobody goes on for it. Nothing may stand below it any more."),
            BELOW_ROOT,
        ),
        ActKind(
            "code",
            _("New code"),
            _("It has another official code from a day on. The one until then stays in its history."),
            BELOW_ROOT,
        ),
        ActKind("rename", _("Rename"), _("It is called something else, on earlier days too."), BELOW_ROOT),
        ActKind(
            "add",
            _("New unit below"),
            _("A unit that has not been there before, from a day on."),
            ABOVE_CLASSES,
        ),
    )
}
