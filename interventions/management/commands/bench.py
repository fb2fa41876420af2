import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

NAMES = ("class-map", "import", "roll-up")


class Command(BaseCommand):
    help = (
        "Measures the product against the barest form of the same work, in a scratch database beside the configured "
        "one. See docs/performance.md."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", choices=[*NAMES, []], default=[], metavar="|".join(NAMES))
        parser.add_argument("--pupils", type=int, help="of the class, or of the imported file")
        parser.add_argument("--indicators", type=int)
        parser.add_argument("--results", type=int, help="that the roll-up counts")
        parser.add_argument("--repeat", type=int, help="how often; the median is told")
        parser.add_argument("--json", action="store_true", help="as JSON instead of tables")
