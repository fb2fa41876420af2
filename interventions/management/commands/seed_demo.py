import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo import (
    FACTOR_KEY,
    OPERATOR,
    PASSWORD,
    WITH_FACTOR,
    SignIn,
    ensure_operator,
    ensure_second_factor,
    sign_ins_of,
)
from accounts.tenancy import municipality_scope
from interventions.demo import DEMO_TOWNS, make_demo_town, remove_municipality
from interventions.demo.demo_towns import FEWEST_PUPILS

USUAL_PUPILS = 1500
OPERATOR_SEES = "the operator's pages, no municipality"


class Command(BaseCommand):
    help = "Makes the demo's two invented municipalities, where they are missing, and lists who can sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete the two and make them again")
        parser.add_argument(
            "--pupils", type=int, default=USUAL_PUPILS, help="in Solviken; Fjordvik has a tenth"
        )
        parser.add_argument(
            "--worker", action="store_true", help="a worker runs next: leave it to release the older rounds"
        )
        parser.add_argument("--sign-ins", action="store_true", help="only list who can sign in")

    def handle(self, *, reset: bool, pupils: int, sign_ins: bool, worker: bool, **options: Any) -> None:
        if sign_ins:
            self.list_sign_ins()
            return
        if pupils < FEWEST_PUPILS:
            raise CommandError(f"The demo needs at least {FEWEST_PUPILS} pupils.")
        if reset:
            self.remove()
        ensure_operator()
        for demo in DEMO_TOWNS:
            if demo.municipality():
                self.say(f"{demo.name} is there already; --reset makes it again.")
                continue
            started = time.monotonic()
            self.say(f"{demo.name} (invented)")
            make_demo_town(demo, pupils, self.say, leaves_to_worker=worker)
            self.say(f"  ready in {time.monotonic() - started:.1f} s")
        ensure_second_factor()

    def remove(self) -> None:
        for demo in DEMO_TOWNS:
            if municipality := demo.municipality():
                remove_municipality(municipality)
                self.say(f"{demo.name} is removed.")

    def list_sign_ins(self) -> None:
        for demo in DEMO_TOWNS:
            if municipality := demo.municipality():
                with municipality_scope(municipality):
                    self.table(demo.name, sign_ins_of(demo.logins))
        self.table("Platform", [SignIn("operator", OPERATOR, OPERATOR_SEES)])
        self.say(f"\n{WITH_FACTOR} shows a code as well: put the key {FACTOR_KEY} into an authenticator app.")

    def table(self, title: str, sign_ins: list[SignIn]) -> None:
        self.say(f"\n{title}")
        width = max((len(sign_in.login) for sign_in in sign_ins), default=0)
        for sign_in in sign_ins:
            self.say(f"  {sign_in.role:<26} {sign_in.login:<{width}}  {PASSWORD}  {sign_in.sees}")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
