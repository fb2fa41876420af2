from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.municipality_file import FileRefused, import_municipality, manifest_of


class Command(BaseCommand):
    help = "Reads a municipality from a file of export_municipality: all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            manifest = manifest_of(file)
            municipality = import_municipality(file)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{municipality.name}: {manifest.n_rows} rows and {len(manifest.files)} files are in. Next: "
            f"replay_erasures, since the file may be older than an erasure."
        )
        if not manifest.with_secrets:
            self.stdout.write("Passwords were not in the file: nobody can sign in by one before it is set.")
