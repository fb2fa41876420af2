"""On what ground something may pass from medical pupil health to somebody else of the school. Pure data.

The general clause (OSL 10:27) is not among them: it does not hold for what 25:1 covers. Nor is OSL 10:2 (necessary for
the authority's own work), which is so narrow that it is no ground for a routine. A lawyer signs before go-live.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NONE_SAID = ""


@dataclass(frozen=True)
class Ground:
    """law: the place in the law, as it is cited. asks_for: what has to be written down with it."""

    code: str
    words: StrPromise
    law: str
    asks_for: StrPromise


CONSENT_ASKS = _("Who has consented, when, and to what. Older pupils consent themselves.")
GROUNDS: dict[str, tuple[Ground, ...]] = {
    "SE": (
        Ground("consent", _("the pupil or the guardian has consented"), "OSL 10:1, 12:2", CONSENT_ASKS),
        Ground(
            "no_harm",
            _("it is clear that neither the pupil nor anybody close to the pupil is harmed"),
            "OSL 25:1",
            _("What was weighed, for each of the values."),
        ),
        Ground(
            "duty",
            _("a law or an ordinance says that it must be told"),
            "OSL 10:28",
            _("Which law, and which place."),
        ),
    ),
    "NO": (
        Ground(
            "consent", _("the pupil or the guardian has consented"), "helsepersonelloven § 22", CONSENT_ASKS
        ),
    ),
    "DK": (
        Ground("consent", _("the pupil or the guardian has consented"), "sundhedsloven § 43", CONSENT_ASKS),
    ),
}


def grounds_of(country: str) -> tuple[Ground, ...]:
    return GROUNDS.get(country, ())


def ground_in_words(country: str, code: str) -> str:
    """With its place in the law; the code itself should the list have changed since."""
    found = next((each for each in grounds_of(country) if each.code == code), None)
    return f"{found.words} ({found.law})" if found else code
