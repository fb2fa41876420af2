from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Municipality
from accounts.tenancy import municipality_scope
from colourmaps.services import adopt_starter_set
from colourmaps.starter_sets import starter_sets


class Command(BaseCommand):
    help = (
        "Adds the indicators of starter sets to a municipality, without --set lists the sets of its country."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", metavar="CODE", required=True)
        parser.add_argument("--set", metavar="NAME", action="append", dest="names", default=[])

    def handle(self, *, municipality: str, names: list[str], **options: Any) -> None:
        tenant = Municipality.objects.filter(code=municipality).first()
        if tenant is None:
            raise CommandError(f"There is no municipality with the code {municipality}.")
        sets = {each.key: each for each in starter_sets(tenant.country)}
        unknown = [name for name in names if name not in sets]
        if unknown:
            raise CommandError(
                f"No starter set of its country is called {', '.join(unknown)}. There are: {', '.join(sets)}."
            )
        with municipality_scope(tenant), override("en"):
            for name in names:
                added = adopt_starter_set(starter=sets[name], on=timezone.localdate(), by=None)
                kept = len(sets[name].indicators) - len(added)
                self.stdout.write(f"{name}: {len(added)} indicators added, {kept} were there already")
            if not names:
                for each in sets.values():
                    self.stdout.write(f"{each.key:24} {len(each.indicators):3} indicators  {each.name}")
