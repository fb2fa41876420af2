from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Municipality
from accounts.tenancy import municipality_scope
from pupils.erasure import replay


class Command(BaseCommand):
    help = "After a backup was put back: erases again whoever had been erased since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", metavar="CODE", help="only this municipality")

    def handle(self, *, municipality: str | None, **options: object) -> None:
        municipalities = Municipality.objects.all()
        if municipality:
            municipalities = municipalities.filter(code=municipality)
        for each in municipalities:
            with municipality_scope(each):
                n = replay()
            self.stdout.write(f"{each.name}: {n} erased again")
