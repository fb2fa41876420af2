"""Keeps the names of pupils who became protected after the workbook was made out of what is said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext

from pupils.models import Protection, Pupil

from ..importing.messages import Message
from .base import Base


def without_protected_names(messages: Iterable[Message], base: Base) -> list[Message]:
    """The messages, which are stored and shown, with neutral words for the names of pupils who are protected now.

    What stands in the row of such a pupil may be the name nearly as it was, so it is not repeated either.
    """
    hidden = _protected_labels(base)
    return [_without(message, hidden) for message in messages] if hidden else list(messages)


def _protected_labels(base: Base) -> frozenset[str]:
    labels = {row.key: row.label for rows in base.classes.values() for row in rows}
    protected = Pupil.objects.filter(key__in=labels).exclude(protection=Protection.NONE)
    return frozenset(_plain(labels[key]) for key in protected.values_list("key", flat=True))


def _without(message: Message, hidden: frozenset[str]) -> Message:
    someone = gettext("a pupil")
    parameters = {
        name: someone if isinstance(said, str) and _plain(said) in hidden else said
        for name, said in message.parameters.items()
    }
    is_hidden = parameters != message.parameters or _plain(message.value) in hidden
    return replace(message, value=someone, parameters=parameters) if is_hidden else message


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
