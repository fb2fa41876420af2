import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.data_protection import as_text, pack_of
from accounts.models import Municipality
from accounts.tenancy import municipality_scope


class Command(BaseCommand):
    help = "Writes what an assessment of impact asks for, read from the settings that run just now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the municipality's official code")
        parser.add_argument("--json", action="store_true", help="for programs; Markdown otherwise")

    def handle(self, *, code: str, json: bool, **options: object) -> None:
        municipality = Municipality.objects.filter(code=code).first()
        if municipality is None:
            raise CommandError(f"There is no municipality with the code {code}.")
        with municipality_scope(municipality), translation.override(municipality.language):
            chapters = pack_of(municipality)
        self.stdout.write(_as_json(chapters) if json else as_text(chapters))


def _as_json(chapters: list) -> str:
    return json.dumps([asdict(each) for each in chapters], ensure_ascii=False, indent=1)
