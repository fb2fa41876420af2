"""Where a duty leads."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def way_to(name: str, *arguments: str) -> str:
    """The address of a page; empty where this installation has none of the name."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
