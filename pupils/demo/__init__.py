"""Invented pupils: who they are, how they move through the classes, who is newly arrived, who has looked at them."""

from .access_log import write_log
from .groups import write_group
from .register import write_pupils

__all__ = ["write_group", "write_log", "write_pupils"]
