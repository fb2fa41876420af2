"""Links on a pupil's page to what an app to the right keeps of the pupil. Filled from the right, as deeds are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.access import Sight
from accounts.models import Unit

from .models import Pupil


@dataclass(frozen=True)
class Link:
    """label: the text of the link. facts: in words beside it."""

    label: str
    url: str
    facts: str


# Of a pupil, for a reader, who sees the pupil by the line of the class.
LinksFor = Callable[[Pupil, Sight, Sequence[Unit]], Sequence[Link]]
_sources: list[LinksFor] = []


def tell_of_links(source: LinksFor) -> None:
    """Hands in a function that answers what else the reader may open of a pupil."""
    _sources.append(source)


def links_beside(pupil: Pupil, sight: Sight, line: Sequence[Unit]) -> list[Link]:
    return [link for source in _sources for link in source(pupil, sight, line)]
