"""Results that stand in tables of an app to the right, which colourmaps does not know: whether there are any.

Which app has them, and how many there are, is not told: of medical pupil health not even that is anybody else's.
"""

from __future__ import annotations

from collections.abc import Callable

from ..models import Indicator

IsUsed = Callable[[Indicator], bool]
_sources: list[IsUsed] = []


def tell_of_use(source: IsUsed) -> None:
    """Hands in a function that answers whether an indicator has results elsewhere."""
    _sources.append(source)


def is_used_elsewhere(indicator: Indicator) -> bool:
    return any(source(indicator) for source in _sources)
