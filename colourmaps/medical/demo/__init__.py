"""Invented health talks."""

from .health_talks import write_health_talks

__all__ = ["write_health_talks"]
