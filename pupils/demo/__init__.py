"""Invented pupils: who they are, how they move through the classes, and who is newly arrived."""

from .groups import write_group
from .register import write_pupils

__all__ = ["write_group", "write_pupils"]
