"""Opaque keys for addresses: random, so that no address can be guessed or tells who it is about."""

from typing import Any

from django.db import models
from django.utils.crypto import get_random_string

KEY_LENGTH = 12
# No vowels and no look-alikes: keys spell no words and can be read out.
KEY_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


def new_key() -> str:
    """A random key of about 57 bits."""
    return get_random_string(KEY_LENGTH, KEY_LETTERS)


class KeyField(models.CharField):
    """The key by which a row is named in addresses."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(max_length=KEY_LENGTH, default=new_key, editable=False)
        super().__init__(**kwargs)
