from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.permission_words import as_data


class Command(BaseCommand):
    help = "Who may do what: roles, permissions and every address with its door, as the page for administrators has it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs; without it, a line each")

    def handle(self, **options: Any) -> None:
        matrix = as_data()
        if options["json"]:
            self.stdout.write(json.dumps(matrix, ensure_ascii=False, indent=2))
            return
        for code, role in matrix["roles"].items():
            self.stdout.write(f"{code}, down to {role['lowest_level'].lower()}: {role['purpose']}")
            for permission in role["permissions"]:
                self.stdout.write(f"  {matrix['permissions'][permission]}")
        for address in matrix["addresses"]:
            self.stdout.write(f"{address['name']:40} {address['permission'] or address['door']}")
