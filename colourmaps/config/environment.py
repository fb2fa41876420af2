"""Reading the environment: what must be there, and the sentence when it is not."""

import os

from django.core.exceptions import ImproperlyConfigured


def required(name: str, meaning: str) -> str:
    """The variable's value. Raises ImproperlyConfigured with a sentence that says what to set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: {meaning}.")
    return value


def number(name: str, default: int) -> int:
    """The variable as a whole number, or the default. Raises ImproperlyConfigured for anything else."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise ImproperlyConfigured(f"The environment variable {name} must be a whole number, 0 or more.")
    return int(text)


def words(text: str) -> list[str]:
    """The non-empty parts of a comma-separated text."""
    return [part.strip() for part in text.split(",") if part.strip()]
