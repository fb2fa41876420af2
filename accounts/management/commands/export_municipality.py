from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.audit import record
from accounts.models import Municipality
from accounts.municipality_file import export_municipality
from accounts.tenancy import municipality_scope


class Command(BaseCommand):
    help = "Writes all rows and files of a municipality to one file in open formats."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the municipality's official code")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="also hashes of passwords: to move to another installation, never to hand out",
        )

    def handle(self, *, code: str, file: Path, with_secrets: bool, **options: object) -> None:
        municipality = Municipality.objects.filter(code=code).first()
        if municipality is None:
            raise CommandError(f"There is no municipality with the code {code}.")
        if file.exists():
            raise CommandError(f"{file} is there already.")
        with municipality_scope(municipality):
            record("municipality exported", by=None, subject=code, secrets=with_secrets)
        manifest = export_municipality(municipality, file, with_secrets=with_secrets)
        self.stdout.write(
            f"{municipality.name}: {manifest.n_rows} rows of {len(manifest.tables)} tables and "
            f"{len(manifest.files)} files. Seal: {manifest.seal}"
        )
