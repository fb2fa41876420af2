"""Where the names of protected pupils still stand in free texts: counted by kind of text, for a person to change."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import models

from accounts.models import Municipality
from accounts.tenancy import TenantModel, municipality_scope
from pupils.identity import search_key
from pupils.models import ProtectedIdentity, Pupil
from pupils.names_in_text import names_in
from pupils.protected import Identity, identities_of, protected_pupils


def free_texts() -> list[tuple[type[models.Model], list[str]]]:
    """Every tenant table with the columns that somebody writes into; the register and the sealed store apart."""
    found: list[tuple[type[models.Model], list[str]]] = []
    for model in apps.get_models():
        if not issubclass(model, TenantModel) or model in (Pupil, ProtectedIdentity):
            continue
        columns = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.TextField)
            or (isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) > 40)
        ]
        if columns:
            found.append((model, columns))
    return found


def texts_that_name(identities: list[Identity]) -> Counter[tuple[str, int]]:
    """(kind of text, id of the row): how many of its columns have a whole name or a number in them."""
    told: Counter[tuple[str, int]] = Counter()
    for model, columns in free_texts():
        for pk, *texts in model._default_manager.values_list("pk", *columns).iterator():
            for text in filter(None, texts):
                if any(_names(text, identity) for identity in identities):
                    told[str(model._meta.verbose_name), pk] += 1
    return told


def _names(text: str, identity: Identity) -> bool:
    """The number, or every part of the name; a given name alone is many children's."""
    parts = set(search_key(f"{identity.given_name} {identity.family_name}").split())
    found = {search_key(word) for word in names_in(text, identity.words)}
    stems = {part for part in parts for word in found if word.startswith(part)}
    numbers = {identity.identity_number, identity.identity_number[2:]} - {""}
    figures = "".join(filter(str.isalnum, text)).upper()
    return (len(parts) > 1 and stems == parts) or any(number in figures for number in numbers)


class Command(BaseCommand):
    help = "Counts the free texts that hold the name or number of a protected pupil. Prints no name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, help="code of the municipality")

    def handle(self, *_args: Any, **options: Any) -> None:
        municipality = Municipality.objects.get(code=options["municipality"])
        with municipality_scope(municipality):
            keys = protected_pupils().values_list("key", flat=True)
            told = texts_that_name(list(identities_of(keys).values()))
        for (kind, pk), n in sorted(told.items()):
            self.stdout.write(f"{kind} {pk}: {n}")
        self.stdout.write(f"{len(told)} texts name a protected pupil.")
