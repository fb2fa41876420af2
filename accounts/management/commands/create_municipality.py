from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Country, Municipality
from accounts.services import create_municipality


class Command(BaseCommand):
    help = "Makes an empty municipality."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the municipality's official code, for example 0180")
        parser.add_argument("name")
        parser.add_argument("--country", choices=Country.values, default=Country.SWEDEN.value)

    def handle(self, *, code: str, name: str, country: str, **options: object) -> None:
        if Municipality.objects.filter(code=code).exists():
            raise CommandError(f"There already is a municipality with the code {code}.")
        create_municipality(code=code, name=name, country=country)
        self.stdout.write(
            f"{name} ({code}) is made. Next: import_results, or sign in to the operator's pages."
        )
