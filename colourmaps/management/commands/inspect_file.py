from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Municipality
from accounts.tenancy import municipality_scope
from colourmaps.importing.headers import Vocabulary
from colourmaps.importing.inspection import UNREADABLE, add_arguments, answer
from colourmaps.importing.vocabulary import vocabulary


class Command(BaseCommand):
    help = (
        "Says what a file of results or any other table seems to be: sheets, headers, columns and their meaning. "
        "Reads no database unless --municipality is given. Exit 0, or 2 if the file cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument(
            "--municipality", metavar="CODE", help="recognise its indicators, rounds, schools and classes too"
        )

    def handle(self, *, file: Path, municipality: str | None, **options: Any) -> None:
        text, status = answer(
            file,
            as_json=options["json"],
            vocabulary=self.vocabulary_of(municipality) if municipality else None,
        )
        if status and not options["json"]:
            raise CommandError(text, returncode=status)
        self.stdout.write(text)
        if status:
            raise SystemExit(status)

    def vocabulary_of(self, code: str) -> Vocabulary:
        tenant = Municipality.objects.filter(code=code).first()
        if tenant is None:
            raise CommandError(f"There is no municipality with the code {code}.", returncode=UNREADABLE)
        with municipality_scope(tenant):
            return vocabulary(timezone.localdate())
