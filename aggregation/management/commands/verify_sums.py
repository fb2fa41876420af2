from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Municipality
from accounts.tenancy import municipality_scope
from aggregation.verification import Difference, differences


class Command(BaseCommand):
    help = "Recounts every sum from the results with independent SQL; exits 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", metavar="CODE", help="only this municipality")

    def handle(self, *, municipality: str | None, **options: object) -> None:
        municipalities = Municipality.objects.all()
        if municipality:
            municipalities = municipalities.filter(code=municipality)
            if not municipalities:
                raise CommandError(f"There is no municipality with the code {municipality}.", returncode=2)
        n_different = sum(self.verify(each) for each in municipalities)
        if n_different:
            raise CommandError(f"{n_different} sums differ from the results.", returncode=1)

    def verify(self, municipality: Municipality) -> int:
        with municipality_scope(municipality):
            found = differences()
        for difference in found:
            self.stdout.write(self.describe(difference))
        self.stdout.write(f"{municipality.name}: {len(found)} differences")
        return len(found)

    def describe(self, difference: Difference) -> str:
        counts = ", ".join(
            f"{name} stored {stored}, recounted {recounted}"
            for name, (stored, recounted) in difference.counts.items()
        )
        place = (
            f"round {difference.round_id}, unit {difference.unit_id}, indicator {difference.indicator_id}, "
            f"slice {difference.slice}"
        )
        return f"{place}: {counts}"
