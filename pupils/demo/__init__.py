"""Invented pupils: who they are and how they move through the classes."""

from .register import write_pupils

__all__ = ["write_pupils"]
