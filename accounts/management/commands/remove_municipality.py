from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Municipality
from accounts.municipality_file import (
    FileRefused,
    Gone,
    fingerprint_of_others,
    remove_municipality,
    what_would_go,
)


class Command(BaseCommand):
    help = "Removes a municipality that leaves, without trace. Says first what would go; needs its export as proof."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the municipality's official code")
        parser.add_argument("--export", type=Path, help="file of export_municipality, of this very state")
        parser.add_argument("--confirm", metavar="NAME", help="the municipality's name, typed")

    def handle(self, *, code: str, export: Path | None, confirm: str | None, **options: Any) -> None:
        municipality = Municipality.objects.filter(code=code).first()
        if municipality is None:
            raise CommandError(f"There is no municipality with the code {code}.")
        number, name = municipality.pk, municipality.name
        if export is None or confirm is None:
            self.tell(what_would_go(municipality), "would go")
            self.stdout.write(f'Nothing has gone. To remove it: --export FILE --confirm "{name}"')
            return
        if confirm != name:
            raise CommandError(f"“{confirm}” is not the name of the municipality. Nothing has gone.")
        others = fingerprint_of_others(number)
        try:
            gone = remove_municipality(municipality, export=export)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(gone, "have gone")
        same = fingerprint_of_others(number) == others
        self.stdout.write(f"All others before: {others}")
        self.stdout.write("All others after: the same" if same else "All others have changed meanwhile")

    def tell(self, gone: Gone, verb: str) -> None:
        for label, n in gone.rows.items():
            if n:
                self.stdout.write(f"{n:>9} {label}")
        self.stdout.write(
            f"{gone.n_rows} rows, {gone.n_files} files, {gone.n_keys} keys of the cache and {gone.n_sessions} "
            f"sessions {verb}."
        )
