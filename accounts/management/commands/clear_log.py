from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.log_retention import clear_log, kept_since
from accounts.models import Municipality
from accounts.refusal import ActRefused
from accounts.tenancy import municipality_scope


class Command(BaseCommand):
    help = (
        "Removes what is older than the log has to be kept, whole seals at a time; the rest can still be verified. Run "
        "it as the owner of the tables: no other role may delete from the log. See docs/audit.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", metavar="CODE", required=True)
        parser.add_argument(
            "--before", metavar="DATE", type=datetime.date.fromisoformat, help="default: five years ago"
        )

    def handle(self, *, municipality: str, before: datetime.date | None, **options: Any) -> None:
        chosen = Municipality.objects.filter(code=municipality).first()
        if chosen is None:
            raise CommandError(f"There is no municipality {municipality}.")
        with municipality_scope(chosen):
            try:
                n_gone = clear_log(before=before or kept_since(timezone.localdate()), by=None)
            except ActRefused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{n_gone} events removed.")
