from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.log_verification import check_log, verify_log
from accounts.models import Municipality
from accounts.sealing import seal_events
from accounts.tenancy import municipality_scope

MOST_SAID = 50


class Command(BaseCommand):
    help = (
        "Compares the log of who saw and did what with its seals, names what was changed, removed or put in, and "
        "prints the hash of the newest seal, to be noted outside of the database. Exits 1 on a finding. See "
        "docs/audit.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", metavar="CODE", help="of one municipality; default: of all")
        parser.add_argument(
            "--anchor",
            metavar="NUMBER:HASH",
            help="a seal as it was printed before: the log must still have it (with --municipality)",
        )
        parser.add_argument("--seal", action="store_true", help="seal first what waits to be sealed")
        parser.add_argument(
            "--remember", action="store_true", help="show the outcome on the pages, as the nightly check"
        )

    def handle(
        self, *, municipality: str | None, anchor: str | None, seal: bool, remember: bool, **options: Any
    ) -> None:
        chosen = Municipality.objects.order_by("code")
        if municipality:
            chosen = chosen.filter(code=municipality)
            if not chosen:
                raise CommandError(f"There is no municipality {municipality}.")
        elif anchor:
            raise CommandError("An anchor is of one municipality: name it with --municipality.")
        n_findings = sum(self.verify(each, _anchor(anchor), seal=seal, remember=remember) for each in chosen)
        if n_findings:
            raise CommandError(f"The log is not as it was sealed: {n_findings} findings.", returncode=1)

    def verify(
        self, municipality: Municipality, anchor: tuple[int, str] | None, *, seal: bool, remember: bool
    ) -> int:
        with municipality_scope(municipality):
            if seal:
                seal_events()
            outcome = verify_log(anchor)
            if remember:
                check_log()
        newest = (
            f"newest seal {outcome.newest.number}:{outcome.newest.hash}" if outcome.newest else "no seal yet"
        )
        self.stdout.write(
            f"{municipality.code} {municipality.name}: {outcome.n_events} events compared with their seals, "
            f"{outcome.n_waiting} not sealed yet, {newest}"
        )
        for finding in outcome.findings[:MOST_SAID]:
            places = [f"seal {finding.seal}"] * bool(finding.seal) + [f"event {finding.event}"] * bool(
                finding.event
            )
            self.stdout.write(f"  {finding.fault.value}, {', '.join(places)}: {finding.sentence}")
        return len(outcome.findings)


def _anchor(said: str | None) -> tuple[int, str] | None:
    if not said:
        return None
    number, _colon, noted = said.partition(":")
    if not number.isdigit() or not noted:
        raise CommandError("An anchor is written NUMBER:HASH, as the command prints it.")
    return int(number), noted
