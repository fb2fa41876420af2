"""What is sealed so that a copy of the database alone cannot read it: names and numbers of protected pupils."""

from .box import Sealed, Unreadable, current_name, is_set_up, mac, macs, open_sealed, seal

__all__ = ["Sealed", "Unreadable", "current_name", "is_set_up", "mac", "macs", "open_sealed", "seal"]
